"""Fixtures of the actions' tests."""

import pytest

from ticketapp.ai import breaker


@pytest.fixture
def long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """A breaker's first pause is longer than any test, however slowly that goes."""
    monkeypatch.setattr(breaker, "FIRST_PAUSE_SECONDS", 300.0)
