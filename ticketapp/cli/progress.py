"""How far a long command has got, on stderr: a bar on a terminal, a line now and then in a log."""

import os
import sys
import time

import click

EVERY_SECONDS_ON_TERMINAL = 0.2
EVERY_SECONDS_IN_LOG = 10.0
WIDEST_BAR, NARROWEST_BAR = 40, 10
USUAL_COLUMNS = 80
LONG_SECONDS = 120
CLEAR_REST = "\033[K"


class Progress:
    """Counts ``noun`` up, of ``total`` where that is known: then a terminal shows a bar.

    ``before`` were done by an earlier run: the count begins there, and what is left is told by this run's speed. Use
    it as a context manager, so that its line ends.
    """

    def __init__(self, noun: str, total: int | None = None, *, before: int = 0) -> None:
        self.done = before
        self._noun, self._total, self._before = noun, total, before
        self._on_terminal = sys.stderr.isatty()
        self._began = self._told = time.monotonic()
        self._is_line_open = False
        self._width = WIDEST_BAR

    def __enter__(self) -> "Progress":
        if self._before or (self._on_terminal and self._total):
            self._tell()
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
        if self._on_terminal:
            click.echo(f"\r{self._bar()}{self._words()}{CLEAR_REST}", nl=False, err=True)
        else:
            click.echo(self._words(), err=True)
        self._is_line_open = self._on_terminal

    def _words(self) -> str:
        of_total = f" of {self._total:,}" if self._total is not None else ""
        before = f" ({self._before:,} done before)" if self._before else ""
        return f"{self.done:,}{of_total} {self._noun}{before} in {self.seconds:,.0f} s{self._left()}"

    def _left(self) -> str:
        now = self.done - self._before
        if not self._total or not now or self.done >= self._total:
            return ""
        seconds = self.seconds / now * (self._total - self.done)
        return f", about {seconds:,.0f} s left" if seconds < LONG_SECONDS else f", about {seconds / 60:,.0f} min left"

    def _bar(self) -> str:
        """In the width that the words leave, full as far as things are done; "" where that is too narrow.

        It narrows with longer words and stays so, as one that goes to and fro cannot be read.
        """
        self._width = width = min(self._width, _columns() - len(self._words()) - len("[] ") - 1)
        if not self._total or width < NARROWEST_BAR:
            return ""
        full = width * min(self.done, self._total) // self._total
        return f"[{'#' * full}{'-' * (width - full)}] "


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or USUAL_COLUMNS
    except OSError:
        return USUAL_COLUMNS
