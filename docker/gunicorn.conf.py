"""How gunicorn serves the portal in a container: by threads, to every address, with its logs on standard output."""

import os

# The container's own network; docker-compose.yml says who reaches it from outside.
bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 8)
# The heartbeat file must not wait for a disk, and the container's root is read-only.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - memory of this container alone
control_socket_disable = True
# As long as gunicorn allows: what is too long for us is answered in our words, not by its bare page.
limit_request_line = 8190
timeout = 60
graceful_timeout = 20
accesslog = "-"
errorlog = "-"
