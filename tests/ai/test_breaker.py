"""When the provider is left alone, and how it is found to be back."""

import pytest

from ticketapp.ai import Failure, FailureKind, breaker
from ticketapp.ai.breaker import CLOSED, FORMS_HOLD_BACK_SECONDS, JITTER, LONGEST_PAUSE_SECONDS, Breaker

NOW = 1_000_000.0
DOWN = Failure.of(FailureKind.UNAVAILABLE)


def after(*failures: Failure, start: Breaker = CLOSED, now: float = NOW) -> Breaker:
    for failure in failures:
        start = breaker.failed(start, failure, now, call="")
    return start


def pauses(number: int) -> list[float]:
    """How long the pauses are when every probe fails."""
    state, now, found = after(*5 * [DOWN]), NOW, []
    for probe in range(number):
        found.append(state.paused_until - now)
        now = state.paused_until
        state = breaker.admitted(state, now, call=str(probe), lease_seconds=10)
        state = breaker.failed(state, DOWN, now, call=str(probe))
    return found


def test_four_failures_in_a_row_stop_nobody_and_the_fifth_does() -> None:
    assert breaker.wait_seconds(after(*4 * [DOWN]), NOW) == 0
    assert 1.6 <= breaker.wait_seconds(after(*5 * [DOWN]), NOW) <= 2.4


def test_an_answer_in_between_starts_the_count_anew() -> None:
    four = after(*4 * [DOWN])
    assert after(DOWN, start=breaker.answered(four, call="")).open_since is None


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if kind.awaits_an_admin])
def test_what_an_admin_has_to_mend_stops_everybody_at_once(kind: FailureKind) -> None:
    stopped = after(Failure.of(kind))
    assert (stopped.open_since, stopped.kind) == (NOW, kind)


def test_who_asks_to_be_left_alone_is_at_once_and_for_as_long_as_it_says() -> None:
    limited = after(Failure.of(FailureKind.RATE_LIMITED, retry_after_seconds=40))
    assert 40 <= breaker.wait_seconds(limited, NOW) <= 40 * (1 + JITTER)
    day = 86_400.0
    for_a_day = after(Failure.of(FailureKind.RATE_LIMITED, retry_after_seconds=day))
    assert day <= breaker.wait_seconds(for_a_day, NOW) <= day + 600


def test_one_probe_at_a_time_tests_the_water() -> None:
    stopped = after(*5 * [DOWN])
    later = stopped.paused_until + 0.1
    assert breaker.wait_seconds(stopped, later) == 0
    probing = breaker.admitted(stopped, later, call="probe", lease_seconds=10)
    assert breaker.wait_seconds(probing, later) > 0
    assert breaker.answered(probing, call="probe") == CLOSED


def test_a_probe_of_which_nothing_is_heard_gives_way_to_another() -> None:
    stopped = after(*5 * [DOWN])
    later = stopped.paused_until + 0.1
    probing = breaker.admitted(stopped, later, call="killed", lease_seconds=10)
    assert breaker.wait_seconds(probing, later + 9.9) > 0
    assert breaker.wait_seconds(probing, later + 10.1) == 0
    second = breaker.admitted(probing, later + 10.1, call="second", lease_seconds=10)
    assert breaker.answered(second, call="killed") == second


def test_a_probe_that_did_not_take_place_is_given_back() -> None:
    stopped = after(*5 * [DOWN])
    later = stopped.paused_until + 0.1
    probing = breaker.admitted(stopped, later, call="probe", lease_seconds=10)
    assert breaker.wait_seconds(breaker.given_back(probing, call="another"), later) > 0
    assert breaker.wait_seconds(breaker.given_back(probing, call="probe"), later) == 0


def test_pauses_double_up_to_five_minutes_and_are_spread() -> None:
    several = [pauses(10) for _ in range(50)]
    for place, usual in enumerate((2, 4, 8, 16, 32, 64, 128, 256, 300, 300)):
        found = [each[place] for each in several]
        assert all(usual * (1 - JITTER) <= pause <= usual * (1 + JITTER) for pause in found)
        assert len(set(found)) > 40
    assert max(max(each) for each in several) <= LONGEST_PAUSE_SECONDS * (1 + JITTER)


def test_calls_that_began_before_it_opened_neither_close_it_nor_make_the_pause_longer() -> None:
    stopped = after(*5 * [DOWN])
    assert breaker.answered(stopped, call="old") == stopped
    assert breaker.failed(stopped, DOWN, NOW + 1, call="old") == stopped


def test_since_when_it_is_open_survives_failed_probes() -> None:
    stopped = after(*5 * [DOWN])
    probing = breaker.admitted(stopped, NOW + 3, call="probe", lease_seconds=10)
    again = breaker.failed(probing, Failure.of(FailureKind.TIMED_OUT), NOW + 13, call="probe")
    assert (again.open_since, again.kind, again.pauses) == (NOW, FailureKind.TIMED_OUT, 2)


def test_forms_leave_the_probe_to_workers_for_a_while() -> None:
    stopped = after(*5 * [DOWN])
    ready = stopped.paused_until + 0.1
    assert breaker.wait_seconds(stopped, ready, is_form=True) > 0
    assert breaker.wait_seconds(stopped, ready + FORMS_HOLD_BACK_SECONDS, is_form=True) == 0


def test_a_pause_that_a_clock_hours_ahead_began_is_over_when_it_is_put_right() -> None:
    ahead = after(*5 * [DOWN], now=NOW + 7200)
    assert breaker.wait_seconds(ahead, NOW) == breaker.wait_seconds(ahead, NOW, is_form=True) == 0
    assert breaker.paused_until(ahead, NOW) == 0
    probing = breaker.admitted(ahead, NOW, call="probe", lease_seconds=10)
    assert breaker.wait_seconds(probing, NOW + 1) > 0, "one probe at a time, as ever"
    assert breaker.wait_seconds(probing, NOW + 10.1) == 0
    again = breaker.failed(probing, DOWN, NOW + 1, call="probe")
    assert 3 < breaker.wait_seconds(again, NOW + 1) < 5
    late = breaker.failed(ahead, Failure.of(FailureKind.RATE_LIMITED, retry_after_seconds=40), NOW, call="old")
    assert 40 <= breaker.wait_seconds(late, NOW) <= 40 * (1 + JITTER)


def test_a_probe_that_a_clock_hours_ahead_let_go_is_not_waited_for() -> None:
    stopped = after(*5 * [DOWN])
    killed = breaker.admitted(stopped, NOW + 7200, call="killed", lease_seconds=10)
    assert breaker.wait_seconds(killed, stopped.paused_until) == 0
    late = breaker.failed(killed, DOWN, stopped.paused_until, call="old")
    assert breaker.wait_seconds(late, stopped.paused_until + 0.1) == 0


def test_a_long_pause_that_was_asked_for_holds_though_the_clock_goes_back_a_little() -> None:
    limited = after(Failure.of(FailureKind.RATE_LIMITED, retry_after_seconds=24 * 3600))
    assert breaker.wait_seconds(limited, NOW - 50) > 24 * 3600
