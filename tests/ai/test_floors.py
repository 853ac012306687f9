"""The floor raises a verdict that succeeded, never lowers one, leaves failures alone, and says what it did."""

import pytest

from ticketapp.ai import PRIORITIES, Failure, FailureKind, Floor, Suggestion, Verdict, raised, read_severity_words

WORDS = read_severity_words("medium: slow\nhigh: outage\ncritical: data breach")
SAID = {"medium": "it is slow", "high": "an outage", "critical": "a data breach"}


def verdict(priority: str) -> Verdict:
    return Verdict(Suggestion("technical", priority, "Reason.", 0.7), None, "m", "v2", 5)


@pytest.mark.parametrize("floor", SAID)
@pytest.mark.parametrize("priority", PRIORITIES)
def test_the_priority_is_the_graver_of_the_two(priority: str, floor: str) -> None:
    after = raised(verdict(priority), SAID[floor], WORDS)
    assert after.suggestion is not None
    assert after.suggestion.priority == max(priority, floor, key=PRIORITIES.index)
    assert (after.floor is not None) == (PRIORITIES.index(floor) > PRIORITIES.index(priority))


def test_everything_else_of_the_verdict_stays_and_the_floor_says_what_it_did() -> None:
    after = raised(verdict("low"), "AN OUTAGE", WORDS)
    assert after.floor == Floor("outage", "low")
    assert after.floor.sentence == "Raised from low, because the text says “outage”."
    assert after.suggestion is not None
    assert (after.suggestion.category, after.suggestion.reason, after.suggestion.confidence) == (
        "technical",
        "Reason.",
        0.7,
    )


def test_a_verdict_that_failed_stays_as_it_is() -> None:
    failed = Verdict(None, Failure.of(FailureKind.TIMED_OUT), "m", "v2", 5)
    assert raised(failed, "a data breach", WORDS) is failed


def test_a_text_without_such_words_changes_nothing() -> None:
    before = verdict("low")
    assert raised(before, "All fine.", WORDS) is before
