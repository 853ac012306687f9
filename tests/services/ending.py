"""Programs that start services end them also where they are told to end."""

import signal
import sys


def exit_on_sigterm() -> None:
    """Let SIGTERM end this program by an exception: what it started are groups of their own, which only the contexts
    that it goes through end."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
