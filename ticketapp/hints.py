"""Hints to the worker: a task sent by name, worth nothing if lost, because the sweep finds every row again."""

import logging
import time

from celery import Celery
from kombu.exceptions import OperationalError

PAUSE_SECONDS = 10.0
log = logging.getLogger(__name__)


class Hints:
    """Sends tasks by name over Redis. After a failure it stays silent for ten seconds, so that no page waits."""

    def __init__(self, redis_url: str) -> None:
        self._celery = Celery(broker=redis_url)
        self._celery.conf.update(
            broker_transport_options={"socket_timeout": 1, "socket_connect_timeout": 1},
            broker_connection_timeout=1,
            task_ignore_result=True,
        )
        self._silent_until = 0.0

    def __call__(self, task: str, *args: object) -> None:
        """Nudge ``worker.tasks.<task>``; never raises."""
        if time.monotonic() < self._silent_until:
            return
        try:
            self._celery.send_task(f"worker.tasks.{task}", args=args, retry=False)
        except (OperationalError, OSError) as error:
            self._silent_until = time.monotonic() + PAUSE_SECONDS
            log.warning("no hint could be sent, the sweep will find the work: %s", error)


def no_hint(_task: str, *_args: object) -> None:
    """Where web and worker share no broker, the sweep alone carries the work across."""
