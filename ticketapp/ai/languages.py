"""Which language a text is in, told by its script and its commonest small words. Pure, cheap, the same every time."""

import re
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import islice

SAMPLE_WORDS = 400
WHOLE = 60  # of one small word that only one language has
FEWEST_HITS = 90  # a word and a half
# So many times as many small words as the next language has.
_CLEAR = 1.2
# Letters that only one of the languages has.
_TELLING = {
    **dict.fromkeys("ąęłśźż", "Polish"),
    **dict.fromkeys("ěřů", "Czech"),
    **dict.fromkeys("ãõ", "Portuguese"),
    **dict.fromkeys("ğış", "Turkish"),
    "ß": "German",
    "ñ": "Spanish",
}
_LANGUAGES_OF_SCRIPTS = frozenset({"Chinese", "Japanese", "Korean"})
_OWN_NAMES = dict(
    pair.split()
    for pair in (
        *("deutsch German", "français French", "español Spanish", "italiano Italian", "português Portuguese"),
        *("nederlands Dutch", "polski Polish", "svenska Swedish", "dansk Danish", "čeština Czech", "türkçe Turkish"),
        *("русский Russian", "中文 Chinese", "日本語 Japanese", "한국어 Korean"),
    )
)
_WORD = re.compile(r"[^\W\d_]+")
_KANA = re.compile("[\u3040-\u30ff]")
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
# Of Chinese alone: what a Japanese heading without kana has none of.
_CHINESE = re.compile("[的了我们們你他她这這吗嗎请請没沒在是很]")
_HANGUL = re.compile("[\uac00-\ud7a3]")


def language_of(text: str) -> str | None:
    """The English name of the language ``text`` is in, as sections of word lists have it; None: not clear.

    Kana make a text Japanese, Hangul Korean, ideographs with words that only
    Chinese has Chinese; others are told by the commonest small words, and letters that no other has, among the
    first 400 words. A few words, or two languages mixed, are not clear.
    """
    return clear_language(text, fewest_hits=FEWEST_HITS)


def clear_language(text: str, *, fewest_hits: int) -> str | None:
    """As ``language_of``, of small words worth ``fewest_hits`` at least, ``WHOLE`` each."""
    words = _words(text)
    joined = _of_script("".join(words))
    if joined:
        return joined
    ranked = _hits(words).most_common(2)
    if not ranked or ranked[0][1] < fewest_hits:
        return None
    is_clear = len(ranked) == 1 or ranked[0][1] >= _CLEAR * ranked[1][1]
    return ranked[0][0] if is_clear else None


def small_word_hits(text: str) -> Counter[str]:
    """What speaks for each language in ``text``: ``WHOLE`` a small word that only it has."""
    return _hits(_words(text))


def known_language(name: str) -> str | None:
    """The English name of a language that ``language_of`` can tell, by that or its own name; None: there is none."""
    found = _OWN_NAMES.get(name.casefold(), name.casefold().capitalize())
    return found if found in _LANGUAGES_OF_SCRIPTS or found in sections("common.txt") else None


def known_languages() -> list[str]:
    """The English names of all languages that ``language_of`` can tell."""
    return sorted(_LANGUAGES_OF_SCRIPTS | sections("common.txt").keys())


def sections(name: str) -> dict[str, frozenset[str]]:
    """The words of each ``[section]`` of a list in ``words/``, parted by blanks; lines with ``#`` are remarks."""
    found: dict[str, frozenset[str]] = {}
    heading = ""
    for line in (files(__package__) / "words" / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif line and not line.startswith("#"):
            found[heading] = found.get(heading, frozenset()) | set(line.split())
    return found


@cache
def small_words() -> frozenset[str]:
    """The commonest small words of all languages that are known."""
    return frozenset(_languages_by_word())


def _words(text: str) -> list[str]:
    return [match[0] for match in islice(_WORD.finditer(text), SAMPLE_WORDS)]


def _hits(words: list[str]) -> Counter[str]:
    """How many small words or telling letters of each language; a word of several languages counts in parts."""
    hits: Counter[str] = Counter()
    for word in words:
        languages = _languages_by_word().get(word.casefold(), ())
        for language in languages:
            hits[language] += WHOLE // len(languages)
        hits.update(dict.fromkeys({_TELLING[letter] for letter in word.lower() if letter in _TELLING}, WHOLE))
    return hits


@cache
def _languages_by_word() -> dict[str, tuple[str, ...]]:
    by_word: dict[str, tuple[str, ...]] = {}
    for language, words in sections("common.txt").items():
        for word in words:
            by_word[word] = (*by_word.get(word, ()), language)
    return by_word


def _of_script(letters: str) -> str | None:
    """The language that the script itself tells, where at least a third of the letters are of it."""
    ideographs, kana = len(_IDEOGRAPH.findall(letters)), len(_KANA.findall(letters))
    hangul = len(_HANGUL.findall(letters))
    if 3 * max(ideographs + kana, hangul) < len(letters) or not letters:
        return None
    if hangul > ideographs + kana:
        return "Korean"
    if kana:
        return "Japanese"
    return "Chinese" if _CHINESE.search(letters) else None
