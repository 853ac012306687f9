"""Whatever labels, signs and words are repeated, masking takes work in proportion to the text, and no more."""

import inspect
from functools import cache

import pytest
from hypothesis import find
from hypothesis import strategies as st

from tests.ai.proportion import Work, grows_in_proportion, seconds
from ticketapp.ai import masking_joined, masking_labels, masking_looks
from ticketapp.ai.masking import EVERY_KIND, masked
from ticketapp.ai.masking_looks import SEEN, Look

# One of each kind that is treated differently.
KINDS_OF_LABELS = ("password", "passwords", "token", "passphrase", "pin", "key", "sid", "密码")
SEPARATORS = (
    *(
        "=",
        ": ",
        " ",
        " is ",
        " are ",
        "\n",
        "=a,",
        "=a1b2c3;",
        ": a1b2 ",
        " for a ",
        ", ",
        ' "',
        " (",
        "=abc",
        ": a&",
    ),
    *(" to a ", " from a1b2 to ", "=[", " - ", "?: ", "='a", ": a1b2, new: a1b2, ", " old: a1b2 new: "),
)
# What a look may find: nothing, a word, a number, a row, a code in groups.
STARTS = ("", "a1b2", "4711", "Ab!cd", "[a", "null", "http", "a=b", "a&b=", "it's", "a a ")
FILLERS = ("a", "1", "-a", "-bc", ".", "$", "!", "AB-", "=", "&a=", "x!", "key=", "a ", "1 ")
LOOKS: dict[str, Look] = {
    f"{module.__name__.rpartition('_')[2]}.{name}": look
    for module in (masking_looks, masking_joined)
    for name, look in inspect.getmembers(module, inspect.isfunction)
    if not name.startswith("_") and [*inspect.signature(look).parameters][:2] == ["text", "at"]
}


@cache
def _every_label() -> frozenset[str]:
    """The shortest way to write each label that is known."""
    lists = [patterns for name, patterns in vars(masking_labels).items() if name.endswith("_LABELS")]
    return frozenset(
        find(st.from_regex(pattern.replace("(?<=", "(?:"), fullmatch=True), lambda _: True)
        for patterns in lists
        for pattern in patterns
    )


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_reads_on_only_where_it_takes_what_it_reads(name: str) -> None:
    look = LOOKS[name]
    for text in (start + filler * 50_000 for start in STARTS for filler in FILLERS):
        end = look(text, 0)
        if end is None or end <= SEEN:
            assert _is_bounded(look, text), text[:20]


def test_there_are_looks_and_labels_to_be_tried() -> None:
    assert {
        "looks.any_word",
        "looks.key",
        "looks.strong",
        "looks.medium",
        "looks.bare",
        "joined.word",
    } <= LOOKS.keys()
    assert {"pw", "key", "code", "userpass", "密码"} <= _every_label()


def test_every_label_repeated_costs_in_proportion_to_the_text() -> None:
    assert [label for label in _every_label() if not _is_linear(f"{label}=")] == []


@pytest.mark.parametrize("label", KINDS_OF_LABELS)
def test_every_kind_of_label_costs_in_proportion_whatever_stands_between(label: str) -> None:
    assert [between for between in SEPARATORS if not _is_linear(label + between)] == []


@pytest.mark.parametrize("start", ["", "user|password\n", "pin;key\n"])
def test_a_table_costs_in_proportion_however_wide_its_rows_are(start: str) -> None:
    units = ("password|", "pin;", "my|", " | ", "x" * 201 + "|", "|pin\n", "a|password\n")
    assert [unit for unit in units if not _is_linear(unit, lambda text: masked(start + text, EVERY_KIND))] == []


def test_reading_the_rest_at_every_word_would_be_seen() -> None:
    def reads_the_rest(text: str) -> None:
        for at in [*range(0, len(text), 4)] * 10:  # so long that no pause of the machine looks like a cost
            text.count("b", at)

    assert not _is_linear("key=", work=reads_the_rest)


def _is_bounded(look: Look, text: str) -> bool:
    def work(text: str) -> object:
        return look(text, 0)

    return any(seconds(work, text) < 20 * seconds(work, text[:1_000]) + 0.0003 for _ in range(3))


def _is_linear(unit: str, work: Work = lambda text: masked(text, EVERY_KIND)) -> bool:
    return grows_in_proportion(unit, work)
