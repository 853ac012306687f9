"""A deadline for talking with a server, at whose end the connection is cut: one that drips lets no read time out."""

import imaplib
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

PATIENCE = 2.0
SLOWEST_BYTES_PER_SECOND = 20_000
CUT_AGAIN_SECONDS = 0.5
LATE = "It did not answer in time."
Connection = Callable[[], socket.socket | None]


def seconds_for(timeout_seconds: float, *, size: int = 0) -> float:
    """How long an exchange may take: twice as long as one read, and 50 microseconds for each of ``size`` bytes."""
    return PATIENCE * timeout_seconds + size / SLOWEST_BYTES_PER_SECOND


class Deadline:
    """A `with` whose connection is cut ``seconds`` after ``watch``; what that breaks is a ``TimeoutError`` then.

    What came to its end all the same is left alone.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._is_over = threading.Event()
        self._is_late = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        if self._is_late and isinstance(error, OSError | imaplib.IMAP4.abort):
            raise TimeoutError(LATE) from error

    def watch(self, connection: Connection) -> None:
        """The time runs from now on; ``connection`` gives the socket that is in use when it is over."""
        threading.Thread(target=self._cut_late, args=(connection,), name="deadline", daemon=True).start()

    def _cut_late(self, connection: Connection) -> None:
        wait = self._seconds
        while not self._is_over.wait(wait):
            self._is_late, wait = True, CUT_AGAIN_SECONDS  # STARTTLS may be putting another socket in its place
            with suppress(OSError):
                in_use = connection()
                if in_use is not None:
                    # An SSLSocket's own would make whoever reads take what comes yet as if it were not encrypted.
                    socket.socket.shutdown(in_use, socket.SHUT_RDWR)
