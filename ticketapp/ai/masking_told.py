"""What labels such as ``password:`` announce: how a value may follow each kind of label, and where it ends. Pure.

Each step looks so far at most, or takes what it looked at, so that all of them together are linear.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain

from ticketapp.ai import masking_joined as joined
from ticketapp.ai import masking_looks as looks
from ticketapp.ai.masking_labels import LABEL, MANY
from ticketapp.ai.masking_lists import AND, told_as_list
from ticketapp.ai.masking_looks import SEEN, Look
from ticketapp.ai.masking_meanings import means_something_else
from ticketapp.ai.masking_quotes import behind_quote, within_quotes

Span = tuple[int, int]
_MARKS = r"(?:[\"'`*\u201c\u201d\u201e\u00ab\u00bb]{0,2}|<[a-z /]{1,8}>)"
_IS = (
    r"(?:is|was|will[ \t]be|ist|war|lautete?|wird|est|c['\u2019]est|[ée]tait|sera|es|era|será|è|é|e['\u2019]"
    r"|sarà|jest|było|luidt|är|er)"
    r"(?:[ \t](?:now|jetzt|maintenant|ahora|adesso|agora|nu|teraz|(?:le|el|o|il)(?=[ \t]\d)))?"
)
_OF = (
    r"[ \t]{1,2}(?:for|of|on|from|to|für|von|vom|bei|auf|zu|pour|de|du|para|del|per|di|do|da|voor|van|op|dla|для|от)"
)
_WORDS_BETWEEN = r"(?:[ \t]{1,2}\(?[^\W\d_]{1,20}(?:['\u2019][^\W\d_]{1,20})?\)?){1,4}?"
_COLON = rf"\??{_MARKS}(?:[ \t]{{1,2}}{_IS})?{_MARKS}[ \t]{{0,3}}:{_MARKS}[ \t]{{0,3}}"
_EQUALS = rf"{_MARKS}[ \t]{{0,3}}:?=[>=]?(?:[ \t]=)?[ \t]{{0,3}}"
_SAID = rf"(?:[ \t]{{1,2}}{_IS}|[ \t]{{0,2}}[-\u2013\u2014>\u2192]{{1,2}}|['\u2019]s)[ \t]{{1,3}}"
# Polish says it so; in English the same word follows others.
_AFTER_TO_OR_IS = re.compile(rf"{_SAID}|[ \t]to[ \t]{{1,3}}", re.IGNORECASE)
_AFTER_USER = re.compile(rf"{_COLON}[^\s/]{{1,64}} / ", re.IGNORECASE)
_AFTER_CHANGED = re.compile(
    r"(?:[ \t][^\W\d_]{1,20}){0,5}?"
    r"[ \t](?:changed|set|reset|updated|switched|cambiado|cambiada|changé|geändert|gesetzt)[ \t](?:to|auf|a|à)[ \t]"
    r"|(?:[ \t]bitte)?[ \t](?:auf|in|zu)[ \t](?=\S{1,60}[ \t](?:geändert|gesetzt|zurückgesetzt|ändern|setzen))"
    r"|[ \t](?:op|naar|in)[ \t](?=\S{1,60}[ \t](?:zetten|gezet|wijzigen|gewijzigd|veranderen|veranderd))",
    re.IGNORECASE,
)
_LIST_GOES_ON = re.compile(
    rf"(?:[ \t]{{0,2}}[,;/|][ \t]{{0,2}}(?:{AND})?|[ \t]{{1,2}}{AND})(?=[^\s,;/|])", re.IGNORECASE
)
# Old password …, new: …
_OTHER = (
    r"(?:(?:my|the|das|mein|le|mon|el|mi|il|la|o|a|het|mijn|moje)[ \t])?"
    r"(?:new|old|current|previous|neue?[srn]?|alte?[srn]?|nouveau|nouvelle|ancien(?:ne)?|nuev[oa]|antigu?[oa]|viej[oa]"
    r"|nov[oa]|nuov[oa]|vecchi[oa]|nieuwe?|oude?|nowe|nowy|stare|stary)(?:[ \t]one)?"
)
_LIST_GOES_ON_TO_THE_OTHER = re.compile(
    r"(?:[ \t]{0,2}[,;/|.]?[ \t]{0,3}\r?\n(?:[ \t]{0,3}\r?\n)?|[ \t]{0,2}[,;/|.]|(?=[ \t]))[ \t]{0,3}"
    rf"(?:{AND})?{_OTHER}(?:{_COLON}|{_EQUALS}|{_SAID})",
    re.IGNORECASE,
)
# My password. Old: …, new: …
_AFTER_OLD_AND_NEW = re.compile(
    rf"[\s\S]{{0,60}}?(?<![^\W_]){_OTHER}{_COLON}(?=\S{{4,60}}\s{{1,3}}(?:{AND})?{_OTHER}{_COLON})", re.IGNORECASE
)
_LIST_GOES_ON_BELOW = re.compile(r"[,;]?[ \t]{0,3}\r?\n[ \t]{0,3}(?:[-*\u2022][ \t]{1,2})?(?=[^\s,;/|])")
# Passwords … for user42 and …
_LIST_GOES_ON_BEHIND_WHOSE = re.compile(
    rf"(?:{_OF}[ \t]{{1,2}}[^\s,;]{{1,64}}|[ \t]{{1,2}}\([^()\n]{{1,40}}\))"
    rf"(?:[ \t]{{0,2}}[,;][ \t]{{0,2}}(?:{AND})?|[ \t]{{1,2}}{AND})(?=[^\s,;/|]{{1,64}}(?:{_OF}|[ \t]{{1,2}}\())",
    re.IGNORECASE,
)
_SETTING_TO = re.compile(
    r"\b(?:set|sets|changed?|reset|updated?|switched|setzen?|setzt|ändern?|mis|changé|cambiado)\b", re.IGNORECASE
)
_OFTEN_HARMLESS = frozenset({"key", "sid", "code", "auth", "session", "signature"})
_AFTER_EQUALS = re.compile(rf"{_EQUALS}|>(?=[^\s<>]{{1,200}}</)|&gt;[ \t]")
_AFTER_COLON = re.compile(_COLON, re.IGNORECASE)
_AFTER_SAID = re.compile(_SAID, re.IGNORECASE)
_ARE = (
    r"[ \t]{1,2}(?:are|were|sind|waren|lauten|sont|étaient|son|eran|sono|são|eram|zijn|są|är)"
    r"(?:[ \t](?:now|both|either|jetzt|beide|maintenant|ahora|adesso|agora|nu|teraz))?[ \t]{1,3}"
)
_AFTER_ARE = re.compile(_ARE, re.IGNORECASE)
_AFTER_WORDS_ARE = re.compile(rf"{_WORDS_BETWEEN}{_ARE}", re.IGNORECASE)
# Username and password are jo and …
_BEHIND_USER = re.compile(
    r"(?<![^\W_])(?:user|login|user[ -]?name|benutzer(?:name)?|identifiant|utilisateur|usuario|usuário|utente"
    rf"|gebruiker(?:snaam)?|użytkownik|e-?mail|account)(?:[ \t]{{1,2}}{AND}|[ \t]?/[ \t]?)"
    r"(?:(?:my|the|das|mein|le|mon|la|a|il|het)[ \t])?\Z",
    re.IGNORECASE,
)
_AFTER_USER_ARE = re.compile(
    rf"{_ARE}[^\s,]{{1,64}}[ \t]{AND}(?=[^\s,;]{{4,60}}(?:\s{{0,3}}(?:[\r\n]|\Z)|[,;]|(?<=[.!?])\s))", re.IGNORECASE
)
# Password for user42 is …
_AFTER_WHOSE = re.compile(
    rf"{_OF}(?:[ \t]{{1,2}}[^\s:=]{{1,64}}){{1,4}}?"
    rf"(?:[ \t]{{0,3}}[:=][ \t]{{0,3}}|[ \t]{{1,2}}{_IS}[ \t]{{1,3}}|{_ARE})",
    re.IGNORECASE,
)
# PIN of my card is …, PIN that I got is …
_AFTER_MINE = re.compile(
    r"(?:(?:[ \t](?:of|for|to|from|on|für|von|zu|pour|de|para|della|per|do|da|van|voor))?"
    r"[ \t](?:my|our|his|her|meine[rsm]?|unsere[rsm]?|ma|mon|notre|mi|nuestra|(?:la[ \t])?mia|nostra|(?:a[ \t])?minha"
    r"|mijn|onze|mojej)(?:[ \t][^\W\d_]{1,20}){1,3}?"
    r"|,?[ \t](?:that|which|I|you|we|den|die|das|ich|que|che|dat|ik)(?:[ \t'\u2019][^\W\d_]{1,20}){1,6}?,?)"
    rf"(?:{_COLON}|{_SAID})",
    re.IGNORECASE,
)
# Both passwords, … and …, are
_AFTER_COMMA_A_ROW = re.compile(
    rf"[ \t]?,[ \t]{{1,2}}(?=(?:[^\s,]{{4,60}},[ \t]){{0,4}}[^\s,]{{4,60}},?[ \t]{AND}[^\s,]{{4,60}},)",
    re.IGNORECASE,
)
# Password, which I use, is …
_AFTER_CLAUSE = re.compile(
    rf"[ \t]?,[ \t](?:which|that|das|die|que|che|dat)(?:[ \t][^\W\d_]{{1,20}}){{1,8}},?[ \t]{_IS}[ \t]{{1,2}}",
    re.IGNORECASE,
)
# Password, …, is not accepted
_BETWEEN_COMMAS = re.compile(
    r"[ \t]?,[ \t](?=[^\s,]{5,60},[ \t](?:is|was|does|ist|geht|wird|est|ne|es|no|è|non|não|nie|werkt)(?!\w))",
    re.IGNORECASE,
)
_AFTER_BLANKS = re.compile(r"[ \t]{1,3}[(\[]?")
_AFTER_BLANKS_AND_MARK = re.compile(r"[ \t]{1,3}[\"'`\u201c\u201d\u201e\u00ab]")
_AFTER_DOTS = re.compile(r"[ \t]?(?:\.{2,4}|\u2026)[ \t]{0,3}")
_AFTER_WORDS = re.compile(rf"{_WORDS_BETWEEN}(?:[ \t]{{0,3}}[:=][ \t]{{0,3}}|{_SAID})", re.IGNORECASE)
_AFTER_JOINED_COLON = re.compile(rf"(?:は|是|为|為|는|은)?(?:{_COLON}|{_EQUALS})")
_AFTER_JOINED_IS = re.compile(r"(?:は|是|为|為|는|은)?[ \t]{0,2}")
# Changed from … to …
_AFTER_FROM = re.compile(
    r"(?:[ \t][^\W\d_]{1,20}){0,3}?[ \t](?:from|von|vom|de|da|van|z)[ \t]{1,2}"
    r"(?=\S{4,60}[ \t](?:to|auf|zu|naar|à|a|na)[ \t]\S)",
    re.IGNORECASE,
)
_AFTER_TO = re.compile(r"[ \t](?:back[ \t])?(?:to|auf|zu|naar|à|a|na)[ \t]", re.IGNORECASE)
_AFTER_BELOW = re.compile(
    rf"(?:[ \t]{_IS})?{_MARKS}:?{_MARKS}[ \t]{{0,3}}(?:\r?\n[ \t]{{0,3}}){{1,3}}", re.IGNORECASE
)


def told_after_labels(text: str) -> Iterator[Span]:
    """Where what words like ``password:`` announce begins and ends. A label within such a secret is part of it."""
    label = LABEL.search(text)
    while label:
        end = label.end()
        for start, stop in chain(_told(text, label), told_as_list(text, label)):
            yield start, stop
            end = max(end, stop)
        label = LABEL.search(text, end)


def _told(text: str, label: re.Match[str]) -> Iterator[Span]:
    """The secret after one label, and those that follow it in a row."""
    told = next(_first_of(text, label), None)
    ways = _ways_on(text, label, told) if told else ()
    while told:
        yield told
        told = next(_next_of(text, behind_quote(text, told[1]), ways), None)


def _ways_on(text: str, label: re.Match[str], first: Span) -> tuple[tuple[re.Pattern[str], Look], ...]:
    """How more may follow the first: as strong as it, or where the label says that there are several, as clear."""
    is_many = MANY.fullmatch(label[0])
    if label["number"]:
        ways = (_LIST_GOES_ON_TO_THE_OTHER, _LIST_GOES_ON, *((_LIST_GOES_ON_BELOW,) if is_many else ()))
        return tuple((way, look) for way in ways for look in (looks.code, joined.code))
    strong = partial(looks.strong, least=min(looks.LEAST_STRONG, first[1] - first[0]))
    if _AFTER_FROM.match(text, label.end(), first[0] + SEEN):
        return ((_AFTER_TO, strong),)
    if not is_many:
        other = ((_LIST_GOES_ON_TO_THE_OTHER, look) for look in (looks.password, joined.word))
        return (*other, (_LIST_GOES_ON, strong))
    return (
        (_LIST_GOES_ON, _alike(text[slice(*first)])),
        (_LIST_GOES_ON_BEHIND_WHOSE, strong),
        (_LIST_GOES_ON_BELOW, strong),
    )


def _alike(first: str) -> Look:
    """How the next of several looks, as clear as the first."""
    if joined.is_joined_secret(first):
        return joined.word
    return looks.after_colon if first.isalpha() else looks.medium


def _next_of(text: str, at: int, ways: tuple[tuple[re.Pattern[str], Look], ...]) -> Iterator[Span]:
    for going_on, look in ways:
        more = going_on.match(text, at)
        if more is None:
            continue
        start, end = within_quotes(text, more.end(), look)
        if end is not None:
            yield start, end


def _first_of(text: str, label: re.Match[str]) -> Iterator[Span]:
    for announced, look in _ways(text, label):
        found = announced.match(text, label.end())
        if found is None:
            continue
        start, end = within_quotes(text, found.end(), look)
        if end is not None and not means_something_else(text, label, start, end):
            yield start, end


def _ways(text: str, label: re.Match[str]) -> Iterator[tuple[re.Pattern[str], Look]]:
    """How a secret may follow this label, clearest first, and how it must look then."""
    if label["setting"]:
        yield _AFTER_EQUALS, looks.key if label["setting"].lower() in _OFTEN_HARMLESS else looks.any_word
        return
    if label["lone"]:
        yield _AFTER_COLON, looks.long_key
        return
    if label["joined"]:
        yield _AFTER_JOINED_COLON, looks.ascii_word
        yield _AFTER_JOINED_IS, looks.strong
        return
    yield _AFTER_EQUALS, looks.any_word
    if label["number"]:
        yield _AFTER_COLON, looks.code_of_clear_label
        yield _AFTER_SAID, looks.code_of_clear_label
        yield _AFTER_MINE, looks.code_of_clear_label
        yield _AFTER_BLANKS, looks.bare_code
    yield _AFTER_COLON, _after_colon(label)
    yield _AFTER_TO_OR_IS, looks.phrase_or_word if label["phrase"] else looks.after_is
    yield from _ways_of_joined_words(label)
    if label["phrase"]:
        yield _AFTER_ARE, looks.phrase_or_word
    yield _AFTER_USER, looks.after_colon
    if _BEHIND_USER.search(text, max(0, label.start() - 40), label.start()):
        yield _AFTER_USER_ARE, looks.password
    yield _AFTER_CHANGED, looks.strong
    yield _AFTER_BELOW, looks.alone_below
    yield from _ways_in_a_sentence(label)
    yield _AFTER_BLANKS_AND_MARK, looks.quoted
    if _SETTING_TO.search(text, max(0, label.start() - 40), label.start()):
        yield _AFTER_TO, looks.strong


def _ways_of_joined_words(label: re.Match[str]) -> Iterator[tuple[re.Pattern[str], Look]]:
    """More is asked of joined words behind a word for key or code, as names of programs stand there too."""
    if label["key"] or label["number"]:
        look = joined.key if label["key"] else joined.code
        yield from ((way, look) for way in (_AFTER_COLON, _AFTER_SAID, _AFTER_BELOW))
        if label[0].lower() == "pass":
            yield _AFTER_COLON, joined.word
        return
    yield _AFTER_COLON, joined.word
    yield _AFTER_TO_OR_IS, joined.after_is
    yield _AFTER_BELOW, joined.key
    yield _AFTER_BLANKS, joined.in_a_sentence
    yield _AFTER_DOTS, looks.strong_by_itself


def _after_colon(label: re.Match[str]) -> Look:
    if label["phrase"]:
        return looks.phrase_or_word
    return looks.no_amount if label["key"] and MANY.fullmatch(label[0]) else looks.after_colon


def _ways_in_a_sentence(label: re.Match[str]) -> Iterator[tuple[re.Pattern[str], Look]]:
    """Less is asked of what stands behind a word for password than of what stands behind pass, token or key."""
    if label["key"] or label["number"]:
        yield _AFTER_ARE, looks.strong
        yield _AFTER_WORDS, looks.strong
        yield _AFTER_BLANKS, looks.bare
        return
    yield _AFTER_ARE, looks.password_of_many
    yield _AFTER_WORDS, looks.password
    yield _AFTER_WORDS_ARE, looks.password
    yield _AFTER_WHOSE, looks.password
    yield _AFTER_MINE, looks.code_of_clear_label
    yield _AFTER_FROM, looks.password
    yield _AFTER_CLAUSE, looks.password
    yield _BETWEEN_COMMAS, looks.strong
    yield _AFTER_OLD_AND_NEW, looks.strong
    yield _AFTER_BLANKS, looks.bare_password
    if MANY.fullmatch(label[0]):
        yield _AFTER_COMMA_A_ROW, looks.password
