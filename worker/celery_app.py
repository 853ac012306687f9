"""The Celery application: where the worker's configuration is read and its clients are built.

celery -A worker.celery_app worker | celery -A worker.celery_app beat
"""

from __future__ import annotations  # Celery is generic in its stubs only

import logging
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init, before_task_publish, task_postrun, worker_process_init
from flask import Flask
from kombu.transport import redis

from config import Config
from ticketapp import create_app
from ticketapp.db import db
from ticketapp.outside import EXTENSION
from worker import broker
from worker.alive import alive_file
from worker.idling import Listeners

VISIBILITY_SECONDS = 300
MEMORY_POLLING_SECONDS = 0.05
HINT_SECONDS = 60.0


def make_celery(flask_app: Flask, config: Config) -> Celery[Any]:
    """The Celery application of this configuration, its tasks run inside the Flask application's context."""

    class FlaskTask(Task):  # type: ignore[type-arg]  # generic in the stubs only
        """A task that runs with the Flask application's context."""

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with flask_app.app_context():
                return self.run(*args, **kwargs)

    celery: Celery[Any] = Celery("ticketapp", task_cls=FlaskTask, include=["worker.tasks"])
    celery.conf.update(_settings(config))
    redis.Transport.Channel = broker.Channel
    celery.set_default()
    return celery


def _settings(config: Config) -> dict[str, Any]:
    # Messages are hints: a poll or a sweep that was not run in time is dropped, the next one does its work.
    schedule = {
        "poll-mailbox": _every(config.poll_seconds, "poll_mailbox"),
        "sweep": _every(config.sweep_seconds, "sweep"),
    }
    return {
        "broker_url": config.redis_url or "memory://localhost/",
        "broker_transport_options": _transport_options(config),
        "broker_connection_retry_on_startup": True,
        "beat_schedule": schedule,
        "beat_scheduler": "celery.beat:Scheduler",
        "beat_max_loop_interval": min(config.poll_seconds, config.sweep_seconds, 5.0),
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": False,
        "worker_prefetch_multiplier": 1,
        "worker_redirect_stdouts": False,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        "task_routes": {"worker.tasks.classify*": {"priority": 6}},
        "task_default_priority": 0,
    }


def _every(seconds: float, task: str) -> dict[str, Any]:
    return {"task": f"worker.tasks.{task}", "schedule": seconds, "options": {"expires": max(seconds, 1.0)}}


def _transport_options(config: Config) -> dict[str, Any]:
    if config.redis_url is None:
        return {"polling_interval": MEMORY_POLLING_SECONDS}
    return {
        "visibility_timeout": VISIBILITY_SECONDS,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "health_check_interval": 10,
        "queue_order_strategy": "priority",
        "priority_steps": [0, 3, 6, 9],
    }


@worker_process_init.connect
def _fresh_connections(**_: Any) -> None:
    """A forked child must not share the parent's database connections."""
    with flask_app.app_context():
        db.engine.dispose(close=False)
    flask_app.extensions[EXTENSION].classifier.warm_up()


@beat_init.connect
def _listen_for_mail(**_: Any) -> None:
    """The schedule's process listens too: there is one of it, and it does no task."""
    if _config.imap_idle:
        Listeners(flask_app, hint=_hint_at_mail).start()


def _hint_at_mail(mailbox_id: int, *, now: bool) -> None:
    from worker import tasks  # they are made for the application, which has to be there first

    tasks.nudge("poll_told_of", mailbox_id, now=now, expires=max(1.0, min(_config.poll_seconds, HINT_SECONDS)))


@before_task_publish.connect
def _beat_is_alive(**_: Any) -> None:
    alive_file("beat").touch()


@task_postrun.connect
def _worker_is_alive(**_: Any) -> None:
    alive_file("worker").touch()


_config = Config.from_env()
logging.basicConfig(level=_config.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
for _chatty in ("alembic", "mail.log", "google_genai", "httpx2"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)
flask_app = create_app(_config)
app = make_celery(flask_app, _config)
