"""Where processes keep what they have to know together: a small text by name, changed by one at a time."""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, Self, TypeVar

T = TypeVar("T")
# What is held and the time in, what is to be held (the same: no write) and an answer out; None: nothing is held.
Change = Callable[[str | None, float], tuple[str | None, T]]
TIDY_SECONDS = 60.0
# What happened further ahead than this happened before the clock was put back: nobody waits for it.
CLOCK_STEP_SECONDS = 60.0
LOCK = ".lock"


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

    def brief(self, name: str, *, seconds: float) -> Self:
        """The memory of this name beside this one, where each text is forgotten so long after it was written."""


class ProcessMemory:
    """The memory of one process alone."""

    def __init__(self, *, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._held: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self._beside: dict[str, Self] = {}

    def look(self, name: str) -> tuple[str | None, float]:
        """What is held under this name, and the time."""
        now = time.time()
        held, at = self._held.get(name, (None, 0.0))
        return None if self._is_over(at, now) else held, now

    def update(self, name: str, change: Change[T]) -> T:
        """Change what is held, with nobody else in between."""
        with self._lock:
            before, now = self.look(name)
            held, answer = change(before, now)
            if held != before:
                kept = {other: each for other, each in self._held.items() if not self._is_over(each[1], now)}
                kept.pop(name, None)
                self._held = kept if held is None else kept | {name: (held, now)}
            return answer

    def brief(self, name: str, *, seconds: float) -> Self:
        """The memory of this name beside this one, where each text is forgotten so long after it was written."""
        return self._beside.setdefault(name, type(self)(seconds=seconds))

    def _is_over(self, at: float, now: float) -> bool:
        return self._seconds is not None and now >= at + self._seconds


class FileMemory:
    """The memory of all processes of one machine: a folder with one file a name, whole at every instant.

    With ``seconds`` a file that is older counts as none, and is removed within a minute while any process uses this
    memory or the one that it is beside.
    """

    def __init__(self, folder: Path, *, seconds: float | None = None) -> None:
        self._folder = folder
        self._seconds = seconds
        self._beside: dict[str, Self] = {}
        self._tidy_at = 0.0

    def look(self, name: str) -> tuple[str | None, float]:
        """What is held under this name, and the time. Raises MemoryLost."""
        self._tidy()
        return self._read(name)

    def update(self, name: str, change: Change[T]) -> T:
        """Change what is held, with nobody else in between. Raises MemoryLost."""
        self._tidy()
        try:
            with self._locked():
                before, now = self._read(name)
                held, answer = change(before, now)
                if held is None:
                    (self._folder / name).unlink(missing_ok=True)
                elif held != before:
                    self._write(name, held)
                return answer
        except OSError as error:
            raise MemoryLost(str(error)) from error

    def brief(self, name: str, *, seconds: float) -> Self:
        """The memory of this name beside this one, in a folder inside, where each text has so long to live."""
        return self._beside.setdefault(name, type(self)(self._folder / name, seconds=seconds))

    def _read(self, name: str) -> tuple[str | None, float]:
        path = self._folder / name
        try:
            return None if self._is_over(path) else path.read_text(encoding="utf-8"), time.time()
        except FileNotFoundError:
            return None, time.time()
        except (OSError, UnicodeDecodeError) as error:
            raise MemoryLost(str(error)) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One lock for the whole folder, held for a read and a write: names may be many, and lock files stay."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / LOCK).open("w") as lock:  # closing it gives the lock back, as death does
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, name: str, held: str) -> None:
        draft = self._folder / f"{name}.draft"
        draft.write_text(held, encoding="utf-8")
        draft.replace(self._folder / name)

    def _tidy(self) -> None:
        """Once a minute remove what has had its time, drafts of those who died included."""
        if time.monotonic() < self._tidy_at:
            return
        self._tidy_at = time.monotonic() + TIDY_SECONDS
        for beside in self._beside.values():
            beside._tidy()
        if self._seconds is not None:
            with suppress(OSError):
                for path in self._folder.iterdir():
                    self._remove_over(path)

    def _remove_over(self, path: Path) -> None:
        with suppress(OSError):  # another process has removed it: the next one is looked at
            if path.name != LOCK and self._is_over(path):
                with self._locked():  # somebody may have written it anew meanwhile
                    if self._is_over(path):
                        path.unlink()

    def _is_over(self, path: Path) -> bool:
        return self._seconds is not None and time.time() >= path.stat().st_mtime + self._seconds
