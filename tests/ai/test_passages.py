"""A word's language is told around it: its sentence, its paragraph without footers, then what stands above them."""

import pytest

from ticketapp.ai.folding import folded
from ticketapp.ai.passages import Passages


def speaks(text: str, language: str, word: str) -> bool:
    seen = folded(text)
    return Passages(seen).speak(language, seen.index(word))


def test_a_footer_in_the_same_paragraph_does_not_say_what_it_is_in() -> None:
    footer = "The sender accepts no liability for this and that is it."
    assert speaks(f"Hilfe\nBrennt!\n{footer}", "German", "brennt")
    assert speaks(f"{footer}\nBrennt!", "German", "brennt")


def test_a_footer_in_another_paragraph_leaves_it_to_its_own() -> None:
    own = "Files\nWe have the files.\nStoring!"
    for text in (own, f"{own}\n\nThe sender accepts no liability for it.", f"No liability for it.\n\n{own}"):
        assert not speaks(text, "Dutch", "storing")


@pytest.mark.parametrize("sentence", ["Lager und Tor brennt!", "Halle brennt und Tor."])
def test_a_sentence_with_more_small_words_of_a_language_than_of_the_texts_is_in_it(sentence: str) -> None:
    english = "Help\nThis is what we have here with the new one and that is the way it was."
    assert speaks(f"{english}\n{sentence}", "German", "brennt")
    assert not speaks(f"{english}\nBrennt.", "German", "brennt")
    assert not speaks(f"{english}\nThe brennt und.", "German", "brennt")


def test_a_slogan_between_does_not_make_a_mail_english() -> None:
    assert speaks("Hilfe\nBrennt!\n\nThe Power of Ideas\n\nAcme, Ulm", "German", "brennt")
    assert not speaks("Hilfe\nBrennt!\n\nThe Power of Ideas and of the mind\n\nAcme, Ulm", "German", "brennt")


def test_who_asks_and_says_who_is_not_liable_tells_something() -> None:
    asks = "How do I report a data breach?"
    own = Passages(folded(f"Question\n{asks} The vendor is not liable.\n\nRegards\nJo\n\nWe are not liable."))
    assert "the vendor is not liable" in own.own_words
    assert "we are not liable" not in own.own_words
