"""Requests and tokens a minute: kept over every minute, shared fairly between forms and a backlog."""

import itertools
from dataclasses import replace
from random import Random

import pytest

from ticketapp.ai import Example, Manner, Pace, pace
from ticketapp.ai.pace import NO_LEVELS, Levels
from ticketapp.ai.prompting import DEFAULT_PROMPT_VERSION
from ticketapp.models.classification_settings import MOST_EXAMPLES

START = 1_000_000.0
STEP = 0.05


def drained(
    allowed: Pace, *, minutes: float, tokens: int = 1000, forms_every: float = 0.0
) -> list[tuple[float, bool]]:
    """When questions are asked, and whether by a form, while workers always want to and forms do now and then."""
    levels, asked, next_form = NO_LEVELS, [], forms_every
    for tick in range(int(minutes * 60 / STEP)):
        now = START + tick * STEP
        levels = pace.filled(levels, allowed, now)
        turns = [True, False] if forms_every and tick * STEP >= next_form else [False]
        for is_form in turns:
            while not pace.wait_seconds(levels, allowed, now, tokens=tokens, is_form=is_form):
                levels = pace.taken(levels, allowed, now, tokens=tokens)
                asked.append((now, is_form))
                if is_form:
                    next_form = tick * STEP + forms_every
                    break
    return asked


def most_in_a_minute(moments: list[float]) -> int:
    """The largest number in any 60 seconds."""
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 60:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.parametrize("allowed", [1, 3, 5, 15, 60, 600, 2000])
def test_no_minute_holds_more_requests_than_allowed_and_nearly_as_many_are_asked(allowed: int) -> None:
    moments = [moment for moment, _ in drained(Pace(requests_per_minute=allowed), minutes=5)]
    assert most_in_a_minute(moments) <= allowed
    if allowed >= 60:
        assert len(moments) >= 0.93 * allowed * 4.9


def test_no_minute_holds_more_tokens_than_allowed() -> None:
    moments = [moment for moment, _ in drained(Pace(tokens_per_minute=60_000), minutes=5)]
    assert 50 <= most_in_a_minute(moments) <= 60


@pytest.mark.parametrize(("allowed", "largest"), [(60_000, 9_000), (100_000, 15_000), (250_000, 17_500)])
@pytest.mark.parametrize("seed", range(6))
def test_no_minute_holds_more_tokens_than_allowed_whatever_the_sizes(allowed: int, largest: int, seed: int) -> None:
    die, taken, levels = Random(seed), list[tuple[float, int]](), NO_LEVELS
    setting = Pace(tokens_per_minute=allowed)
    waiting = [die.choice((400, 2000, 3900, 7000, largest)) for _ in range(500)]
    for tick in range(5 * 60 * 2):
        now = START + tick / 2
        levels = pace.filled(levels, setting, now)
        for is_form in (True, False):
            for size in waiting[:3]:
                if not pace.wait_seconds(levels, setting, now, tokens=size, is_form=is_form):
                    levels = pace.taken(levels, setting, now, tokens=size)
                    taken.append((now, size))
                    waiting.remove(size)
    windows = [sum(size for at, size in taken if first <= at < first + 60) for first, _ in taken]
    assert 0.75 * allowed < max(windows) <= allowed


def test_the_largest_question_in_a_script_of_three_bytes_a_sign_fits_a_bucket() -> None:
    example = Example(reference=1, title="", description="", category="technical", priority="low")
    manner = Manner(examples=(example,) * MOST_EXAMPLES)
    texts = {"title": "請" * 1000, "description": "請" * 20_000, "newest_reply": "請" * 5000}
    expected = pace.expected_tokens(DEFAULT_PROMPT_VERSION, **texts, manner=manner)
    assert 12_000 < expected <= pace.LARGEST_QUESTION_TOKENS


@pytest.mark.parametrize("allowed", [5, 15, 60, 600])
def test_a_form_finds_room_at_once_behind_any_backlog(allowed: int) -> None:
    every = 2.2 * 60 / allowed
    asked = drained(Pace(requests_per_minute=allowed), minutes=4, forms_every=every)
    waited = [
        later - sooner - every
        for sooner, later in itertools.pairwise([moment for moment, is_form in asked if is_form][1:])
    ]
    assert len(waited) > 3
    assert max(waited) <= STEP * 1.01
    assert any(not is_form for _, is_form in asked)


def test_without_a_setting_nobody_waits() -> None:
    assert pace.wait_seconds(NO_LEVELS, Pace(), START, tokens=10**9, is_form=False) == 0


def test_what_was_expected_too_high_is_given_back_and_what_was_too_low_is_paid_off() -> None:
    allowed = Pace(tokens_per_minute=60_000)
    full = Levels(tokens=9000, at=START)
    taken = pace.taken(full, allowed, START, tokens=3000)
    assert taken.tokens == 6000
    assert pace.corrected(taken, expected=3000, used=500).tokens == 8500
    in_debt = pace.corrected(taken, expected=3000, used=14_000)
    assert in_debt.tokens == -5000
    assert pace.wait_seconds(in_debt, allowed, START, tokens=1000, is_form=True) == pytest.approx(
        6000 / (51_000 / 60)
    )


def test_a_question_larger_than_the_bucket_is_asked_when_the_bucket_is_full() -> None:
    allowed = Pace(tokens_per_minute=10_000)
    full = pace.filled(Levels(at=START), allowed, START + 3600)
    assert pace.wait_seconds(full, allowed, START + 3600, tokens=50_000, is_form=False) == 0


def test_a_clock_that_goes_back_gives_nothing_for_nothing() -> None:
    allowed = Pace(requests_per_minute=60)
    levels = pace.filled(Levels(at=START), allowed, START + 10)
    assert pace.filled(levels, allowed, START - 40) == levels
    assert pace.filled(pace.filled(levels, allowed, START - 40), allowed, START + 10) == levels


def test_a_clock_that_was_hours_ahead_holds_nobody_up_for_hours() -> None:
    allowed = Pace(requests_per_minute=60)
    ahead = pace.filled(Levels(at=START), allowed, START + 7200)
    spent = replace(ahead, requests=0.0)
    put_right = pace.filled(spent, allowed, START)
    assert put_right == replace(spent, at=START), "it fills nothing, and fills again from now on"
    assert pace.filled(put_right, allowed, START + 2).requests == pytest.approx(2, abs=0.2)


def test_expected_tokens_grow_with_the_text_and_end_with_what_is_sent_of_it() -> None:
    def expected(description: str, **manner: object) -> int:
        return pace.expected_tokens(
            "v2", title="Hello", description=description, newest_reply="", manner=Manner(**manner)
        )

    assert expected("") < expected("a" * 3000) < expected("請" * 3000)
    assert expected("a" * 12_000) == expected("a" * 12_000_000)


@pytest.mark.parametrize(("allowed", "every"), [(20_000, 10), (60_000, 5), (100_000, 4)])
def test_a_question_larger_than_the_bucket_is_asked_while_short_ones_come(allowed: int, every: int) -> None:
    setting, levels = Pace(tokens_per_minute=allowed), NO_LEVELS
    for second in range(120):
        now = START + second
        levels = pace.filled(levels, setting, now)
        if second % every == 0 and not pace.wait_seconds(levels, setting, now, tokens=1000, is_form=False):
            levels = pace.taken(levels, setting, now, tokens=1000)
    assert pace.wait_seconds(levels, setting, START + 120, tokens=13_000, is_form=False) < 10
