"""What a call that ends late leaves of what others were told or are asking meanwhile."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.ai.memories import memory
from ticketapp.ai import Failure, FailureKind, Memory, Suggestion, Verdict
from ticketapp.ai.remembered import Remembered

__all__ = ["memory"]

ANSWERED = Verdict(
    suggestion=Suggestion("technical", "low", "It stops.", 0.9),
    failure=None,
    model="gemini-test",
    prompt_version="v1",
    latency_ms=5,
)
FAILED = replace(ANSWERED, suggestion=None, failure=Failure.of(FailureKind.UNREADABLE))


@pytest.fixture
def put(memory: Memory) -> Callable[..., Verdict | None]:
    """Puts one question for whoever does not wait: what ``ask`` says, in so many seconds at most."""

    def verdict(ask: Callable[[], Verdict], seconds: float = 5.0) -> Verdict | None:
        remembered = Remembered(memory, provider="an address and a key")
        return remembered.verdict_or("question", lambda _: ask(), deadline_seconds=seconds, waits=False)

    return verdict


def test_a_call_that_fails_takes_nothing_from_one_that_was_answered_beside_it(
    put: Callable[..., Verdict | None],
) -> None:
    assert put(lambda: FAILED) == FAILED, "from now on each asks"

    def fails_after_another_was_answered() -> Verdict:
        assert put(lambda: ANSWERED) == ANSWERED
        return FAILED

    assert put(fails_after_another_was_answered) == FAILED
    known = put(lambda: pytest.fail("it is known"))
    assert known is not None
    assert known.suggestion == ANSWERED.suggestion


def test_a_call_that_ends_after_its_time_frees_no_place_that_another_has_by_then(
    put: Callable[..., Verdict | None],
) -> None:
    has_place, may_end = threading.Event(), threading.Event()

    def asks() -> Verdict:
        has_place.set()
        may_end.wait(20)
        return ANSWERED

    with ThreadPoolExecutor(1) as others:

        def ends_late() -> Verdict:
            threading.Event().wait(0.3)
            others.submit(put, asks)
            assert has_place.wait(20)
            return FAILED

        assert put(ends_late, 0.2) == FAILED
        assert put(lambda: pytest.fail("another is asking")) is None
        may_end.set()
