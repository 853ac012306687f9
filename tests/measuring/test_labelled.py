"""Labelled tickets: what a file may hold, what is said about one that may not, and the set that ships."""

import json
from collections import Counter
from collections.abc import Sequence

import pytest

from ticketapp.ai import CATEGORIES, PRIORITIES
from ticketapp.measuring import BadLines, LabelledTicket, read_labelled, shipped_set, written

HALF = {"id": "h", "title": "T", "description": "D", "priority": "low"}
GOOD = {"id": "1", "title": "T", "description": "D", "category": "billing", "priority": "low"}
HARD = {"angry", "polite", "two_topics", "empty", "spam", "injection", "vague", "typos", "neighbour", "quoted"}


def lines(*facts: object) -> list[bytes]:
    return [json.dumps(each).encode() + b"\n" for each in facts]


@pytest.fixture(scope="module")
def shipped() -> list[LabelledTicket]:
    """The set that ships."""
    return read_labelled(shipped_set().read_bytes().splitlines())


def test_what_is_written_is_read_back() -> None:
    ticket = LabelledTicket(id="x", title="é", description="", category="general", priority="low", hard="empty")
    assert read_labelled([written(ticket).encode()]) == [ticket]
    assert "language" not in written(ticket)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([b"{"], "line 1: is no JSON in UTF-8"),
        ([b'{"id": "\xff"}'], "line 1: is no JSON in UTF-8"),
        (lines([1]), "line 1: must be a JSON object"),
        (lines(GOOD, {**GOOD, "id": "2", "category": "sales"}), "line 2: category must be one of billing, technical"),
        (lines(GOOD, {**GOOD, "id": "2", "priority": "LOW"}), "line 2: priority must be one of low, medium"),
        (lines(GOOD, {**GOOD, "id": "2", "title": 7}), "line 2: title must be text"),
        (lines(GOOD, {"id": "2"}), "line 2: title is missing"),
        (lines({**GOOD, "answer": "x"}), "line 1: answer is no field of a labelled ticket"),
        (lines({**GOOD, "id": " "}), "line 1: id must not be blank"),
        (lines(GOOD, GOOD), "line 2: id '1' is there already"),
        ([b"[" * 100_000], "line 1: is no labelled ticket: it is nested too deep"),
        ([b'{"id": "1", "title": ' + b"[" * 100_000], "line 1: is no labelled ticket: it is nested too deep"),
        (lines(GOOD, {**GOOD, "id": "\ud800x"}), r"line 2: id holds \ud800, which no ticket can hold"),
        (lines({**GOOD, "hard": "\udc00"}), r"line 1: hard holds \udc00, which no ticket can hold"),
        (lines({**GOOD, "title": "a\0b"}), r"line 1: title holds \u0000, which no ticket can hold"),
        (lines({**GOOD, "\udc00": 7}), r"line 1: \udc00 is no field of a labelled ticket"),
        (
            [b'{"id": "1", "id": "2", "title": "", "hard": "", "hard": ""}'],
            "line 1: id is there twice\nline 1: hard is",
        ),
        ([b"\xef\xbb\xbf"], "there is no ticket in it"),
        ([], "there is no ticket in it"),
    ],
)
def test_a_bad_line_is_named_with_its_field(bad: Sequence[bytes], said: str) -> None:
    with pytest.raises(BadLines) as error:
        read_labelled(bad)
    assert said in str(error.value)


def test_a_mark_before_the_first_line_is_no_part_of_it() -> None:
    first, second = lines(GOOD, {**GOOD, "id": "2"})
    assert [ticket.id for ticket in read_labelled([b"\xef\xbb\xbf" + first, second])] == ["1", "2"]
    with pytest.raises(BadLines, match="line 2: is no JSON in UTF-8"):
        read_labelled([first, b"\xef\xbb\xbf" + second])


def test_every_bad_line_is_named_at_once_up_to_a_number() -> None:
    with pytest.raises(BadLines) as error:
        read_labelled([b"{"] * 25)
    assert str(error.value).count("\n") == 20
    assert str(error.value).endswith("and 5 more")


def test_the_shipped_set_is_large_and_in_five_languages(shipped: list[LabelledTicket]) -> None:
    languages = Counter(ticket.language for ticket in shipped)
    assert len(shipped) >= 200
    assert set(languages) == {"en", "de", "fr", "es", "pl"}
    assert min(languages.values()) >= 30
    assert all(ticket.id.startswith(f"{ticket.language}-") for ticket in shipped)


def test_the_shipped_set_is_balanced(shipped: list[LabelledTicket]) -> None:
    categories = Counter(ticket.category for ticket in shipped)
    priorities = Counter(ticket.priority for ticket in shipped)
    assert set(categories) == set(CATEGORIES)
    assert set(priorities) == set(PRIORITIES)
    assert min(categories.values()) >= 45
    assert min(priorities.values()) >= 30
    for language in {ticket.language for ticket in shipped}:
        here = [ticket for ticket in shipped if ticket.language == language]
        assert {ticket.category for ticket in here} == set(CATEGORIES)
        assert {ticket.priority for ticket in here} == set(PRIORITIES)


def test_the_shipped_set_holds_hard_cases_labelled_by_harm_not_by_tone(shipped: list[LabelledTicket]) -> None:
    kinds = Counter(ticket.hard for ticket in shipped if ticket.hard)
    assert set(kinds) >= HARD
    assert kinds.total() >= 80
    of = {kind: Counter(ticket.priority for ticket in shipped if ticket.hard == kind) for kind in kinds}
    assert of["angry"]["low"] >= 8
    assert of["polite"]["critical"] >= 5
    assert of["spam"] == Counter(low=kinds["spam"])
    assert {(t.category, t.priority, t.description) for t in shipped if t.hard == "empty"} == {("general", "low", "")}
    assert {(t.category, t.priority) for t in shipped if t.hard == "injection"} == {("general", "low")}


def test_no_two_shipped_tickets_are_alike(shipped: list[LabelledTicket]) -> None:
    words = [ticket.description or ticket.title for ticket in shipped]
    assert len({text.casefold() for text in words}) == len(shipped)
    beginnings = Counter(" ".join(text.split()[:4]).casefold() for text in words if len(text.split()) > 8)
    assert max(beginnings.values()) <= 2


def test_one_field_may_be_left_open_but_not_both() -> None:
    half = read_labelled(lines(HALF))[0]
    assert (half.category, half.priority) == ("", "low")
    assert "category" not in written(half)
    with pytest.raises(BadLines, match="category or priority is missing"):
        read_labelled(lines({name: HALF[name] for name in ("id", "title", "description")}))
