"""The file that an evaluation's answers go into, one run at a time: begun, or gone on with where it ended."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ticketapp.measuring import Answer, BadResults, Evaluated, as_line, read_answers


@dataclass(frozen=True, slots=True)
class ResultsFile:
    """An open file of results, with the newest answer by id."""

    answers: dict[str, Answer]
    _file: BinaryIO

    def keep(self, answer: Answer) -> None:
        """Add an answer; it is in the file when this returns."""
        self._file.write(as_line(answer))
        self._file.flush()
        self.answers[answer.id] = answer


@contextmanager
def results_file(path: Path, evaluated: Evaluated) -> Iterator[ResultsFile]:
    """The file of this evaluation, nobody else's until this ends; one that is not there is begun.

    A last line that was cut off is taken away. Raises ``BadResults`` where the file is of another evaluation or none,
    where it is a device or a pipe, or where another run is writing it; OSError where it cannot be written. As the
    model's reasons tell of customers, its owner alone may read it.
    """
    _refuse_what_keeps_nothing(path)
    with open(path, "a+b", opener=_for_its_owner) as file:
        _lock(file, path)
        answers = _kept(file, path, evaluated)
        _close_to_others(file)
        yield ResultsFile(answers, file)


def _refuse_what_keeps_nothing(path: Path) -> None:
    """Looked at before it is opened, as a pipe may wait for its other end, or break."""
    if path.exists() and not path.is_file():
        raise BadResults(f"{path} keeps no answers, as it is a device or a pipe; name a file with --out.")


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _close_to_others(file: BinaryIO) -> None:
    """What was there already, made by an earlier release or by hand; somebody else's file stays."""
    if os.fstat(file.fileno()).st_uid == os.geteuid():
        os.fchmod(file.fileno(), 0o600)


def _lock(file: BinaryIO, path: Path) -> None:
    """Closing the file gives the lock back, as death does."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BadResults(
            f"Another classify evaluate is writing {path}; wait until it ends, or name another file with --out."
        ) from None


def _kept(file: BinaryIO, path: Path, evaluated: Evaluated) -> dict[str, Answer]:
    file.seek(0)
    lines = file.read().splitlines(keepends=True)
    if not any(line.endswith(b"\n") for line in lines):
        _begin(file, path, evaluated, before=b"".join(lines))
        return {}
    before, answers = read_answers(lines, name=str(path))
    if before != evaluated:
        raise BadResults(
            f"{path} holds the answers of another evaluation ({before}); "
            f"what differs: {', '.join(evaluated.differing(before))}. Name another file with --out."
        )
    if not lines[-1].endswith(b"\n"):
        file.truncate(sum(map(len, lines[:-1])))
    return answers


def _begin(file: BinaryIO, path: Path, evaluated: Evaluated, *, before: bytes) -> None:
    """Write the first line, of which ``before`` may be a part that a run left that was ended at once."""
    first = as_line(evaluated)
    if before.strip() and not first.startswith(before):
        raise BadResults(f"{path} holds no results of classify evaluate.")
    file.truncate(0)
    file.write(first)
    file.flush()
