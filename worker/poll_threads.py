"""Polls in threads of their own, for a worker that has but a few threads: a server that drips holds one of these."""

import threading
from collections.abc import Callable

from flask import Flask

MOST_AT_ONCE = 32


class PollThreads:
    """A thread for each mailbox that is polled just now, at most so many at once; they end with the process."""

    def __init__(self, flask_app: Flask, *, most: int = MOST_AT_ONCE) -> None:
        self._app = flask_app
        self._most = most
        self._busy: set[int] = set()
        self._lock = threading.Lock()

    def start(self, mailbox_id: int, poll: Callable[[], object]) -> bool:
        """Have ``poll`` done; False where this mailbox is polled already, or so many others are."""
        with self._lock:
            if mailbox_id in self._busy or len(self._busy) >= self._most:
                return False
            self._busy.add(mailbox_id)
        threading.Thread(target=self._run, args=(mailbox_id, poll), name="poll", daemon=True).start()
        return True

    def _run(self, mailbox_id: int, poll: Callable[[], object]) -> None:
        try:
            with self._app.app_context():
                poll()
        finally:
            with self._lock:
                self._busy.discard(mailbox_id)
