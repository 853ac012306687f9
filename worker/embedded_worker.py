"""The embedded worker: Celery's worker and schedule on the in-memory broker, and an SMTP listener, in one process."""

import argparse
import asyncio
import logging
import warnings
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from celery.beat import EmbeddedService

from ticketapp.outside import EXTENSION, Outside
from worker import tasks
from worker.celery_app import app, flask_app
from worker.maildir import deliver
from worker.poll_threads import PollThreads

CONCURRENCY = 4
log = logging.getLogger(__name__)


class Deliveries:
    """Takes every mail into the Maildir; it is on disk before the sender hears 250."""

    def __init__(self, maildir: Path) -> None:
        self._maildir = maildir

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook for a whole mail."""
        content = envelope.original_content or b""
        header = f"Return-Path: <{envelope.mail_from or ''}>\r\n".encode()
        try:
            await asyncio.to_thread(deliver, self._maildir, header + content)
        except OSError:
            log.exception("a mail could not be written")
            return "451 The mail could not be stored; try again later"
        return "250 The mail is stored"


class PatientSmtp(SMTP):
    """An SMTP server that takes long lines: programs that break RFC 5321 and its 1,000 bytes are many."""

    line_length_limit = 1_000_000


class Listener(Controller):
    """The SMTP listener of this machine."""

    def factory(self) -> SMTP:
        """aiosmtpd's hook for the server of one connection."""
        return PatientSmtp(self.handler, **self.SMTP_kwargs)


def main() -> None:
    """Run until terminated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp-port", type=int, help="where the Maildir takes mail; without it nothing listens")
    smtp = _listener(parser.parse_args().smtp_port)
    if smtp is not None:
        smtp.start()
    tasks.poll_threads = PollThreads(flask_app)
    # By itself it would take the scheduler that keeps a file in the current folder, whatever the settings say.
    beat = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
    beat.start()  # type: ignore[union-attr]  # the stubs forget that a process starts too
    warnings.filterwarnings("ignore", message=".*superuser privileges")  # nobody but this machine's users get here
    try:
        app.Worker(pool="threads", concurrency=CONCURRENCY, quiet=True, without_heartbeat=True).start()
    finally:
        beat.stop()
        if smtp is not None:
            smtp.stop()


def _listener(port: int | None) -> Listener | None:
    outside: Outside = flask_app.extensions[EXTENSION]
    if port is None or outside.config.maildir is None:
        return None
    return Listener(
        Deliveries(outside.config.maildir),
        hostname="127.0.0.1",
        port=port,
        data_size_limit=outside.config.mail_max_bytes,
        decode_data=False,
        enable_SMTPUTF8=True,
    )


if __name__ == "__main__":
    main()
