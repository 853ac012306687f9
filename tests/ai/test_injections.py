"""Whatever a customer writes, text and orders stay apart on the wire, and only answers of the right shape count."""

import re
import unicodedata

import pytest

from tests.ai.injections import INJECTIONS, UNSEEN, Injection
from tests.ai.test_prompting import parts_of
from tests.services.gemini import Asked, GeminiServer
from ticketapp.ai import Example, FailureKind, GeminiClassifier, Manner
from ticketapp.ai.prompting import MAX_DESCRIPTION_CHARACTERS, load_prompt, readable

PROMPT = load_prompt()
NAMES = [f"{number}: {' '.join(one.text.split())[:30]!r}" for number, one in enumerate(INJECTIONS, 1)]
SEEN = [one for one in INJECTIONS if one not in UNSEEN and one.text.isprintable()]
each_injection = pytest.mark.parametrize("injection", INJECTIONS, ids=NAMES)


def boundary_of(asked: Asked) -> str:
    code = re.search(r"^The code of this request: ([0-9a-f]{32})$", asked.orders, re.MULTILINE)
    assert code is not None
    return code[1]


def asked_with(server: GeminiServer, classifier: GeminiClassifier, **texts: str) -> Asked:
    classifier.classify(**{"title": "Help", "description": "Hello", **texts}, deadline_seconds=20)  # type: ignore[arg-type]
    return server.requests[-1]


def test_there_are_a_hundred_different_ones_in_many_scripts() -> None:
    assert len({one.text for one in INJECTIONS}) == len(INJECTIONS) >= 100
    everything = "".join(one.text for one in INJECTIONS)
    names = ("CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "CJK", "HIRAGANA", "HANGUL", "THAI", "LATIN")
    scripts = {unicodedata.name(character, "").partition(" ")[0] for character in everything}
    assert set(names) <= scripts


@each_injection
def test_the_orders_hold_nothing_of_the_text_and_the_text_stays_in_its_fence(
    server: GeminiServer, classifier: GeminiClassifier, injection: Injection
) -> None:
    asked = asked_with(server, classifier, title=injection.text, description=injection.text)
    boundary = boundary_of(asked)
    assert asked.orders == PROMPT.text.replace("{boundary}", boundary)
    assert boundary not in injection.text
    title, description = parts_of(asked.text, boundary)
    assert description == readable(injection.text, limit=MAX_DESCRIPTION_CHARACTERS)
    assert "\n" not in title
    assert [content["role"] for content in asked.body["contents"]] == ["user"]
    assert set(asked.body) == {"contents", "systemInstruction", "generationConfig"}


@pytest.mark.parametrize("injection", SEEN, ids=lambda one: " ".join(one.text.split())[:30])
def test_what_a_person_can_see_arrives_unchanged(
    server: GeminiServer, classifier: GeminiClassifier, injection: Injection
) -> None:
    asked = asked_with(server, classifier, description=injection.text)
    assert parts_of(asked.text, boundary_of(asked))[1] == injection.text


@pytest.mark.parametrize("injection", UNSEEN, ids=range(len(UNSEEN)))
def test_what_a_person_cannot_see_does_not_arrive(
    server: GeminiServer, classifier: GeminiClassifier, injection: Injection
) -> None:
    asked = asked_with(server, classifier, description=injection.text)
    shown = parts_of(asked.text, boundary_of(asked))[1]
    assert shown != injection.text
    assert re.search("[\x00-\x08\u00ad\u200b\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e0fff]", shown) is None


@each_injection
def test_what_the_text_wants_is_no_answer(
    server: GeminiServer, classifier: GeminiClassifier, injection: Injection
) -> None:
    server.next("says", text=injection.wanted)
    verdict = classifier.classify(title="Help", description=injection.text, deadline_seconds=20)
    assert verdict.suggestion is None
    assert verdict.failure is not None
    assert verdict.failure.kind in (FailureKind.OUT_OF_RANGE, FailureKind.UNREADABLE)


@pytest.mark.parametrize("part", ["newest_reply", "example"])
def test_every_other_place_for_a_strangers_text_is_fenced_too(
    server: GeminiServer, classifier: GeminiClassifier, part: str
) -> None:
    for injection in INJECTIONS[::4]:
        example = Example(
            reference=7, title=injection.text, description=injection.text, category="general", priority="low"
        )
        manner = Manner(examples=(example,) if part == "example" else ())
        reply = injection.text if part == "newest_reply" else ""
        classifier.classify(title="t", description="d", newest_reply=reply, manner=manner, deadline_seconds=20)
        asked = server.requests[-1]
        marks = [line for line in asked.text.split("\n") if boundary_of(asked) in line]
        assert len(marks) == 4
        assert readable(injection.text, limit=600) in asked.text
        assert asked.orders == PROMPT.text.replace("{boundary}", boundary_of(asked))
