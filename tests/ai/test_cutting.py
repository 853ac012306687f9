"""Of a long text the beginning, the newest reply and the end stay, every gap is said, and no letter is broken."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ticketapp.ai.cutting import MAX_STEP, cut, without_halves

GAP = re.compile(r"\n\[\.\.\. (\d+) characters left out \.\.\.\]\n")
accented = st.text(st.sampled_from("ae\u0301\u0308\u200d\ufe0f👩💻 \n>\ud800"), max_size=400)


@settings(max_examples=300, deadline=None)
@given(text=accented, limit=st.integers(20, 200))
@example(text="e" + "\u0301" * 400, limit=50)
def test_what_is_shown_and_what_is_counted_as_left_out_is_the_whole_text(text: str, limit: int) -> None:
    shown = cut(text, limit)
    pieces = GAP.split(shown)
    kept, gaps = pieces[::2], [int(gap) for gap in pieces[1::2]]
    assert sum(map(len, kept)) + sum(gaps) == len(text)
    assert sum(map(len, kept)) <= limit + MAX_STEP * len(kept)
    at = 0
    for piece, gap in zip(kept, [*gaps, 0], strict=True):
        assert text[at : at + len(piece)] == piece
        at += len(piece) + gap


@settings(max_examples=300, deadline=None)
@given(
    top=st.integers(0, 2_000),
    quoted=st.integers(1, 200),
    reply=st.integers(1, 3_000),
    limit=st.sampled_from((400, 600)),
)
@example(top=0, quoted=200, reply=200, limit=600)
@example(top=270, quoted=1, reply=900, limit=600)
def test_the_first_words_of_the_newest_reply_stay_however_long_it_is(
    top: int, quoted: int, reply: int, limit: int
) -> None:
    words = ("It fails for all of us. " * reply)[: reply - 1] + "."
    text = "t" * top + "\n" + "> old words\n" * quoted + words
    shown = cut(text, limit)
    assert words[: limit // 4] in shown
    assert shown.endswith(words[-(limit // 4) :])
    assert shown.startswith(text[: limit // 2])
    assert sum(map(len, GAP.split(shown)[::2])) == min(limit, len(text))


def test_a_text_at_the_limit_stays_whole() -> None:
    assert cut("x" * 100, 100) == "x" * 100


def test_without_quotes_the_beginning_gets_two_thirds_and_the_end_one() -> None:
    shown = cut("A" * 200 + "x" * 1000 + "Z" * 100, 300)
    assert shown == "A" * 200 + "\n[... 1000 characters left out ...]\n" + "Z" * 100


def test_a_reply_below_a_long_quotation_is_kept_between_beginning_and_end() -> None:
    quoted = "".join(f"> line {number}\n" for number in range(500))
    reply = "It still fails, now for all of us. "
    shown = cut("Hello,\n" + "a" * 2000 + "\n" + quoted + "\n" + reply + "b" * 3000 + " Regards, Jo", 800)
    assert shown.startswith("Hello,\n")
    assert reply in shown
    assert shown.endswith(" Regards, Jo")
    assert len(GAP.findall(shown)) == 2
    assert "> line" not in shown


def test_the_newest_of_several_replies_is_the_one_below_the_last_quotation() -> None:
    text = "a" * 500 + "\n> q\nOLDER " + "b" * 500 + "\n> q\n\nNEWEST " + "c" * 900
    assert "NEWEST ccc" in cut(text, 400)
    assert "OLDER" not in cut(text, 400)


@pytest.mark.parametrize("between", ["", "\n", " \n\n"])
def test_a_line_quoted_within_a_reply_ends_no_reply(between: str) -> None:
    history = between.join(f"> line {number}\n" for number in range(300))
    reply = "FIRST WORDS " + "a" * 900 + "\n> one line\n" + "b" * 90
    shown = cut("Top\n" + history + "\n" + reply, 600)
    assert "FIRST WORDS aaa" in shown
    assert shown.endswith("> one line\n" + "b" * 90)


def test_a_quotation_at_the_very_end_leaves_beginning_and_end() -> None:
    text = "Top " * 200 + "\n" + "> old\n" * 300
    assert len(GAP.findall(cut(text, 300))) == 1


@pytest.mark.parametrize("letter", ["e\u0301", "👩\u200d💻", "❤\ufe0f", "क\u094d"])
def test_a_letter_of_several_code_points_is_never_parted(letter: str) -> None:
    for limit in range(30, 60):
        for piece in GAP.split(cut(letter * 200, limit))[::2]:
            assert piece == letter * (len(piece) // len(letter))


@pytest.mark.parametrize("unit", ["> \n", ">", "> q\na", "\u0301", " \n", "a"])
def test_ten_million_characters_take_no_more_than_seconds(unit: str) -> None:
    text = (unit * 10_000_000)[:10_000_000]
    started = time.perf_counter()
    cut(text, 12_000)
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(("text", "left"), [("a b", "a b"), ("a " * 200, "a " * 98 + "a"), ("a" * 400, ""), ("", "")])
def test_of_a_text_that_was_cut_blindly_the_end_goes_with_its_word(text: str, left: str) -> None:
    assert without_halves(text, 400) == left
