"""Calls that end for their caller when the time is up, whatever the other side does."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")


class DeadlinePassed(Exception):
    """The time was up before the call ended."""


class AllBusy(Exception):
    """No call could be started in time, because too many are unfinished."""


class BoundedCalls:
    """Runs calls in threads of their own, at most `limit` unfinished ones at a time.

    A call whose caller has gone keeps its place until it really ends, so calls that hang cannot pile up.
    The threads are daemons: they never hold up the end of the process. (ThreadPoolExecutor joins its threads
    at exit, and would wait for a hanging call.)
    """

    def __init__(self, limit: int) -> None:
        self._places = threading.BoundedSemaphore(limit)

    def run(self, call: Callable[[float], T], deadline_seconds: float) -> T:
        """What `call(ends_at)` returns or raises; `ends_at` is on the clock of `time.monotonic`.

        Raises DeadlinePassed when it takes longer than `deadline_seconds`, AllBusy when no place came free.
        """
        ends_at = time.monotonic() + deadline_seconds
        if deadline_seconds <= 0:
            raise DeadlinePassed
        if not self._places.acquire(timeout=deadline_seconds):
            raise AllBusy
        answer: Future[T] = Future()
        self._start(answer, call, ends_at)
        wait((answer,), timeout=max(0.0, ends_at - time.monotonic()))
        if not answer.done():
            raise DeadlinePassed
        return answer.result()

    def _start(self, answer: Future[T], call: Callable[[float], T], ends_at: float) -> None:
        thread = threading.Thread(target=self._settle, args=(answer, call, ends_at), name="bounded-call", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system has no thread left
            self._places.release()
            raise

    def _settle(self, answer: Future[T], call: Callable[[float], T], ends_at: float) -> None:
        try:
            answer.set_result(call(ends_at))
        except BaseException as error:  # noqa: BLE001 - whatever it was, it is raised again where run() waits
            answer.set_exception(error)
        finally:
            self._places.release()
