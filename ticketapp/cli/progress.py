"""How far a long command has got, on stderr: one line rewritten on a terminal, a line now and then in a log."""

import sys
import time

import click

EVERY_SECONDS_ON_TERMINAL = 0.2
EVERY_SECONDS_IN_LOG = 10.0


class Progress:
    """Counts ``noun`` up, of ``total`` where that is known. Use it as a context manager, so that its line ends."""

    def __init__(self, noun: str, total: int | None = None) -> None:
        self.done = 0
        self._noun, self._total = noun, total
        self._on_terminal = sys.stderr.isatty()
        self._began = self._told = time.monotonic()
        self._is_line_open = False

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_line_open:
            self._tell()
            click.echo(err=True)

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def add(self, number: int = 1) -> None:
        """Another ``number`` are done."""
        self.done += number
        pause = EVERY_SECONDS_ON_TERMINAL if self._on_terminal else EVERY_SECONDS_IN_LOG
        if time.monotonic() - self._told >= pause:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        of_total = f" of {self._total:,}" if self._total is not None else ""
        line = f"{self.done:,}{of_total} {self._noun} in {self.seconds:,.0f} s"
        click.echo(f"\r{line}" if self._on_terminal else line, nl=not self._on_terminal, err=True)
        self._is_line_open = self._on_terminal
