"""Where processes keep what they have to know together: a small text by name, changed by one at a time."""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

T = TypeVar("T")
# What is held (None: nothing) and the time in, what is to be held (the same: no write) and an answer out.
Change = Callable[[str | None, float], tuple[str | None, T]]


class MemoryLost(Exception):
    """What is held cannot be reached now, neither to read nor to change it."""


class Memory(Protocol):
    """A place for small texts. Times are seconds since 1970, on one clock for all who share the memory."""

    def look(self, name: str) -> tuple[str | None, float]:
        """What is held under this name, and the time. Raises MemoryLost."""

    def update(self, name: str, change: Change[T]) -> T:
        """Change what is held, with nobody else in between; `change` may be called again where somebody was.

        Raises MemoryLost.
        """


class ProcessMemory:
    """The memory of one process alone."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}
        self._lock = threading.Lock()

    def look(self, name: str) -> tuple[str | None, float]:
        """What is held under this name, and the time."""
        return self._held.get(name), time.time()

    def update(self, name: str, change: Change[T]) -> T:
        """Change what is held, with nobody else in between."""
        with self._lock:
            held, answer = change(self._held.get(name), time.time())
            if held is not None:
                self._held[name] = held
            return answer


class FileMemory:
    """The memory of all processes of one machine: a folder with one file a name, whole at every instant."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look(self, name: str) -> tuple[str | None, float]:
        """What is held under this name, and the time. Raises MemoryLost."""
        try:
            return (self._folder / name).read_text(encoding="utf-8"), time.time()
        except FileNotFoundError:
            return None, time.time()
        except (OSError, UnicodeDecodeError) as error:
            raise MemoryLost(str(error)) from error

    def update(self, name: str, change: Change[T]) -> T:
        """Change what is held, with nobody else in between. Raises MemoryLost."""
        try:
            with self._locked(name):
                before, now = self.look(name)
                held, answer = change(before, now)
                if held is not None and held != before:
                    self._write(name, held)
                return answer
        except OSError as error:
            raise MemoryLost(str(error)) from error

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{name}.lock").open("w") as lock:  # closing it gives the lock back, as death does
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, name: str, held: str) -> None:
        draft = self._folder / f"{name}.draft"
        draft.write_text(held, encoding="utf-8")
        draft.replace(self._folder / name)
