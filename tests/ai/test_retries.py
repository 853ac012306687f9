"""When a failed classification comes back, and when it does not."""

import pytest

from ticketapp.ai import Failure, FailureKind, fresh_start_seconds, retry_delay_seconds
from ticketapp.ai.retries import DELAYS_SECONDS, JITTER, LAST_WHERE_THE_TEXT_MAY_BE_AT_FAULT

DAY = 24 * 3600.0
PASSING = Failure.of(FailureKind.UNREADABLE)
USUAL = ((1, 30.0), (2, 120.0), (3, 600.0), (4, 1800.0), (5, 3600.0), (19, 6 * 3600.0))


def delay_after(attempt: int, failure: Failure = PASSING) -> float:
    delay = retry_delay_seconds(attempt, failure)
    assert delay is not None
    return delay


@pytest.mark.parametrize(("attempt", "usual"), USUAL)
def test_delays_grow_and_are_spread_around_their_usual_length(attempt: int, usual: float) -> None:
    delays = [delay_after(attempt) for _ in range(300)]
    assert all(usual * (1 - JITTER) <= delay <= usual * (1 + JITTER) for delay in delays)
    assert min(delays) < usual < max(delays)
    assert len(set(delays)) > 250


def test_no_usual_delay_is_shorter_than_the_one_before() -> None:
    assert list(DELAYS_SECONDS) == sorted(DELAYS_SECONDS)


def test_after_about_three_days_of_attempts_it_gives_up() -> None:
    attempts = len(DELAYS_SECONDS)
    assert 2.3 * DAY < sum(delay_after(attempt) for attempt in range(1, attempts + 1)) < 3.6 * DAY
    assert retry_delay_seconds(attempts + 1, PASSING) is None


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if not kind.is_retryable])
def test_what_cannot_get_better_by_itself_is_never_tried_again(kind: FailureKind) -> None:
    assert retry_delay_seconds(1, Failure.of(kind, retry_after_seconds=5)) is None


def test_what_the_provider_asked_for_is_a_floor() -> None:
    limited = Failure.of(FailureKind.RATE_LIMITED, retry_after_seconds=900)
    delays = [delay_after(1, limited) for _ in range(100)]
    assert all(900 <= delay <= 900 * (1 + JITTER) for delay in delays)
    assert delay_after(5, limited) >= 1800 * (1 - JITTER)
    a_day = Failure.of(FailureKind.RATE_LIMITED, retry_after_seconds=DAY)
    assert all(DAY <= delay_after(1, a_day) <= DAY + 600 for _ in range(100))


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind.is_providers and not kind.awaits_an_admin])
def test_where_the_provider_is_at_fault_no_delay_is_longer_than_half_an_hour(kind: FailureKind) -> None:
    delays = [delay_after(attempt, Failure.of(kind)) for attempt in range(1, LAST_WHERE_THE_TEXT_MAY_BE_AT_FAULT)]
    assert 1800 < max(delays) <= 1800 * (1 + JITTER)
    assert delays[0] < delays[3]


@pytest.mark.parametrize("kind", [FailureKind.UNAVAILABLE, FailureKind.TIMED_OUT])
def test_an_error_that_a_text_may_provoke_is_given_up_after_three_days(kind: FailureKind) -> None:
    last = LAST_WHERE_THE_TEXT_MAY_BE_AT_FAULT
    assert sum(delay_after(attempt, Failure.of(kind)) for attempt in range(1, last)) > 2.7 * DAY
    assert retry_delay_seconds(last, Failure.of(kind)) is None


@pytest.mark.parametrize(
    "kind",
    [FailureKind.RATE_LIMITED, FailureKind.UNREACHABLE],
)
def test_what_is_no_texts_fault_is_never_given_up(kind: FailureKind) -> None:
    assert delay_after(10_000, Failure.of(kind)) <= 1800 * (1 + JITTER)


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind.awaits_an_admin])
def test_what_an_admin_has_to_mend_is_given_up_at_once_and_put_anew(kind: FailureKind) -> None:
    failure = Failure.of(kind)
    assert retry_delay_seconds(1, failure) is None
    for waited, usual in ((0.0, 30.0), (600.0, 600.0), (DAY, 1800.0)):
        delay = fresh_start_seconds(waited, failure)
        assert delay is not None
        assert usual * (1 - JITTER) <= delay <= usual * (1 + JITTER)


def test_nothing_else_is_put_anew() -> None:
    kinds = [kind for kind in FailureKind if fresh_start_seconds(0, Failure.of(kind)) is not None]
    assert kinds == ["refused_key", "unknown_model", "billing", "refused_account"]


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        retry_delay_seconds(0, PASSING)
