"""What takes a severity word its meaning where it stands: a negation beside it, a question how one would report it.

Pure; texts and hits are of folded text. The phrases are in ``words/harmless.txt``, a blank within one written ``_``.
"""

import re
from functools import cache, partial

from ticketapp.ai.folding import JOINED, folded
from ticketapp.ai.languages import sections
from ticketapp.ai.phrases import any_of
from ticketapp.ai.troubles import tells_of_trouble

SEEN = 60  # so much before a word may hold its negation
SEEN_BEHIND = 100  # and so much behind it what tells of it
LONGEST_QUESTION = 1000  # who writes more tells something
_any_of = partial(any_of, "harmless.txt", blank=",? ")  # a comma within is there or not
_SENTENCE = re.compile(r"[^.!?\u3002\n]*[^.!?\u3002\s][^.!?\u3002\n]*[.!?\u3002]?")
_END = re.compile(r"[.!?](?=\s)|\u3002|\n[ \t]*\n")
_SPACE = r"[ \n-]{1,2}"
_BEGUN = (" in the", " in der", " im", " in het", " in de")
_TELLING_WORDS, _TELLING_LETTERS = 3, 5
# How a question ends that may do without its mark.
_ASKS_JOINED = re.compile("(?:か|吗|嗎|呢|教えてください)\u3002?\\Z")


def is_negated(text: str, hit: re.Match[str]) -> bool:
    """Whether what stands right before or behind takes it its meaning: no outage, outage-free, a planned outage, a
    gas leak detector, unless that went off, failed, or is denied itself: not a planned outage, not prevented."""
    return _is_negated(text, hit) and not tells_of_trouble(text, *hit.span())


def is_asked_about(text: str, hit: re.Match[str]) -> bool:
    """Whether somebody asks how one would report or avoid such a thing, or where to see whether there is one, in a
    text in which nothing is told. Whoever asks others to look whether there is one has seen a reason, and whoever
    says where or when it is knows of one."""
    if _says_where(text, hit) or tells_of_trouble(text, *hit.span()):
        return False
    seen_from, start = max(0, hit.start() - SEEN), hit.start()
    if any(pattern.search(text, seen_from, start) for pattern in (_asking(), _were_there_one())):
        return True
    if _reported().match(text, hit.end()) and _how().search(text, seen_from, start):
        return True
    return bool(_whether().search(text, seen_from, start)) and not _look().search(text, seen_from, start)


def is_asked_about_joined(text: str, start: int, end: int) -> bool:
    """The same of a word in a script without blanks."""
    asking, asked = (_joined(f"{word} in joined scripts") for word in ("Asking", "Asked"))
    before = text[max(0, start - SEEN) : start]
    return bool(re.search(rf"(?:{asking})\w{{0,6}}\Z", before) or re.match(asked, text[end : end + SEEN]))


def only_asks(text: str) -> bool:
    """Whether each sentence of three words or more asks; greetings and thanks aside.

    In scripts without blanks it is one of five letters or more.
    """
    if len(text) > LONGEST_QUESTION:
        return False
    return not any(_is_telling(match[0].strip()) for match in _SENTENCE.finditer(text))


def _is_negated(text: str, hit: re.Match[str]) -> bool:
    seen_from, start = max(0, hit.start() - SEEN), hit.start()
    if _is_no_fire(text, hit):
        return True
    if _is_made_a_thing(text, start, hit.end()) or _before().search(text, seen_from, start):
        return not (_makes_more_of_it(text, hit.end()) and _denied_itself().search(text, seen_from, start))
    if _without().search(text, seen_from, start):
        return not _denied().search(text, seen_from, start)
    return bool(_weak().search(text, seen_from, start)) and not _is_told(text, start, hit.end())


def _is_no_fire(text: str, hit: re.Match[str]) -> bool:
    """Whether *on fire* is of fire safety, and no alarm goes off."""
    if not hit[0].endswith("on fire"):
        return False
    thing = _behind("Behind on fire").match(text, hit.end())
    return thing is not None and not _alarmed().match(text, thing.end())


def _says_where(text: str, hit: re.Match[str]) -> bool:
    """Right behind the word, or where the word itself begins to: a fire *in the* hall."""
    begins = next((hit.end() - len(end) for end in _BEGUN if hit[0].endswith(end)), hit.end())
    return _somewhere().match(text, begins) is not None


def _is_telling(sentence: str) -> bool:
    is_long = len(sentence.split()) >= _TELLING_WORDS or len(JOINED.findall(sentence)) >= _TELLING_LETTERS
    asks = sentence.endswith("?") or _ASKS_JOINED.search(sentence)
    return is_long and not asks and not _polite().match(sentence)


def _is_made_a_thing(text: str, start: int, end: int) -> bool:
    """Whether what stands behind makes a thing of it, an outage plan, that neither went off nor failed."""
    helps = _behind("Helps").match(text, end)
    thing = helps or _behind("Behind").match(text, end)
    if not thing or _alarmed().match(text, thing.end()) or _since().match(text, thing.end()):
        return False
    return not (helps and _is_told(text, start, thing.end()))


def _makes_more_of_it(text: str, end: int) -> bool:
    return any(_behind(heading).match(text, end) for heading in ("Helps", "Behind", "Planned behind"))


def _is_told(text: str, start: int, end: int) -> bool:
    """Whether what is planned, avoided or helps against it between these places is denied, or failed, or the rest of
    the sentence tells of it."""
    seen_from = max(0, start - SEEN)
    if any(pattern.search(text, seen_from, start) for pattern in (_denied(), _failed())):
        return True
    before = _END.split(text[seen_from:start])[-1]
    behind = _END.split(text[end : end + SEEN_BEHIND])[0]
    return bool(
        _tells("Tells").search(before) or any(_tells(each).search(behind) for each in ("Tells", "Tells behind"))
    )


@cache
def _before() -> re.Pattern[str]:
    """A negation and up to three small words, right before the place that is looked at."""
    return re.compile(rf"(?<!\w)(?:{_any_of('Before')}){_SPACE}(?:{_between()}){{0,3}}\Z")


@cache
def _without() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Without')}){_SPACE}(?:{_between()}){{0,3}}\Z")


@cache
def _weak() -> re.Pattern[str]:
    """The same of what is planned or works against it; what is against a certain thing tells of that one."""
    any_one = rf"(?!(?:{_any_of('Certain')})(?!\w)){_between()}"
    words = "|".join(_any_of(heading) for heading in ("Against", "Planned"))
    return re.compile(rf"(?<!\w)(?:{words}){_SPACE}(?:{any_one}){{0,3}}\Z")


@cache
def _denied_itself() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Denied')}){_SPACE}(?:{_between()}){{0,2}}\Z")


@cache
def _denied() -> re.Pattern[str]:
    """What is planned is denied right before, what works against it also with a few words between."""
    few = rf"(?:(?!(?:{_any_of('Another matter')})(?!\w))[\w'-]{{1,20}}[ \n]{{1,2}}){{0,4}}"
    planned = rf"(?:{_any_of('Denied')}){_SPACE}(?:{_between()}){{0,2}}(?:{_any_of('Planned')})"
    against = rf"(?:{_any_of('Denied')}){_SPACE}{few}(?:{_any_of('Against')}|{_any_of('Without')})"
    without = rf"(?:{_any_of('None')}){_SPACE}{few}(?:{_any_of('Without')})"
    return re.compile(rf"(?<!\w)(?:{planned}|{against}|{without}){_SPACE}(?:{_between()}){{0,3}}\Z")


@cache
def _failed() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Failed')})(?:[ \n]{{1,2}}[\w'-]{{1,20}}){{0,6}}{_SPACE}\Z")


@cache
def _tells(heading: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of(heading)})(?!\w)")


@cache
def _somewhere() -> re.Pattern[str]:
    return re.compile(rf"{_few_words(3)},?[ \n]{{1,2}}(?:{_any_of('Somewhere')})(?!\w)")


@cache
def _behind(heading: str) -> re.Pattern[str]:
    return re.compile(rf"[ -](?:{_any_of(heading)})(?!\w)")


@cache
def _since() -> re.Pattern[str]:
    return re.compile(rf"{_few_words(3)},?[ \n]{{1,2}}(?:{_any_of('Since')})(?!\w)")


@cache
def _alarmed() -> re.Pattern[str]:
    return re.compile(rf"{_few_words(3)}[ \n]{{1,2}}(?:{_any_of('Alarmed')})(?!\w)")


@cache
def _asking() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Asking')})(?: |(?<='))(?:(?:{_any_of('Any')})[ '])?\Z")


@cache
def _how() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('How')}){_few_words(5)}[ \n]{{1,2}}\Z")


@cache
def _reported() -> re.Pattern[str]:
    return re.compile(rf"[ \n]{{1,2}}(?:{_any_of('Reported')})(?!\w)")


@cache
def _whether() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Whether')}){_few_words(4)}[ \n]{{1,2}}\Z")


@cache
def _were_there_one() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Were there one')}){_few_words(4)}[ \n]{{1,2}}\Z")


@cache
def _look() -> re.Pattern[str]:
    """At the beginning of a clause: where can you see is asked of anybody."""
    begins = r"(?:\A|(?<=[.!?,;:\n]))[ \n\u00bf]{0,2}"
    whether = rf",?[ \n]{{1,2}}(?:{_any_of('Whether')})(?!\w)"
    return re.compile(rf"{begins}(?:{_any_of('Look')}){_few_words(3)}{whether}")


@cache
def _polite() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any_of('Polite')})(?!\w)")


@cache
def _joined(heading: str) -> str:
    return "|".join(re.escape(folded(word)) for word in sorted(sections("harmless.txt")[heading]))


@cache
def _between() -> str:
    return rf"(?:{_any_of('Between')})(?:[ \n]{{1,2}}|(?<='))"


def _few_words(most: int) -> str:
    return rf"(?:[ \n]{{1,2}}[\w'-]{{1,20}}){{0,{most}}}?"
