"""Several secrets behind or below what names several: backup codes in columns, numbered passwords, logins. Pure.

On the label's own line a list ends where something else stands; below, at the first line that says something else.
Each look is bounded, and a line is read at most twice, so that all of them together are linear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ticketapp.ai import masking_joined as joined
from ticketapp.ai import masking_looks as looks
from ticketapp.ai.masking_labels import MANY
from ticketapp.ai.masking_looks import Look
from ticketapp.ai.masking_meanings import means_something_else
from ticketapp.ai.masking_names import ADDRESS, NAME

AND = (
    r"(?:and(?:[ \t](?:also|then))?|or|nor|then|plus|as[ \t]well[ \t]as|und|oder|sowie|et|ou|y|o|e|en|of|i|lub|och|og"
    r"|eller|и|или|&|\+)[ \t]{1,2}"
)
Span = tuple[int, int]
_OPEN = r"(?:[\"'`*{\u201c\u201d\u201e\u00ab\u00bb]|\[(?![ xX]?\]))"
_FOR = (
    r"[ \t](?:for|of|from|für|von|vom|zu|pour|de|du|para|per|di|da|voor|van)(?:[ \t][^\s:]{1,64}){1,3}?"
    r"|,?[ \t](?:that|which|I|we|ich|wir|die|que|che|ik)(?:[ \t'\u2019][^\W\d_]{1,20}){1,4}?"
    r"|[ \t](?:below|here|unten|hier|ci-dessous|abajo|qui|hieronder)"
    r"|[ \t]\([^()\n]{1,40}\)"
)
_ARE = (
    r"[ \t](?:are|were|sind|waren|lauten|sont|étaient|son|eran|sono|são|eram|zijn)"
    r"(?:[ \t](?:now|jetzt|maintenant|ahora|adesso|agora|nu))?"
)
_ANNOUNCED = re.compile(
    rf"{_OPEN}{{0,3}}(?:{_FOR})?(?:(?:{_ARE})?{_OPEN}{{0,2}}[ \t]{{0,3}}(?:[:=]|[-=]?>|\u2192)|{_ARE}(?=\s)"
    rf"|{_OPEN}{{0,2}}[ \t]{{0,3}}(?=[\r\n]))|(?P<bare>[ \t]{{1,3}})",
    re.IGNORECASE,
)
# Le mie password, which has no plural of its own.
_MY_IN_ITALIAN = re.compile(
    r"(?<!\w)(?:(?:le|delle|alle)[ ](?:mie|nostre|sue|tue|vostre|nuove|vecchie)|queste|le)[ ]\Z", re.IGNORECASE
)
_LOGINS = re.compile(
    r"(?<![^\W_])(?:log-?ins|credentials|zugänge|zugangsdaten|logindaten|anmeldedaten|identifiants|credenciales"
    rf"|credenziali|inloggegevens)(?:{_FOR})?{_OPEN}{{0,2}}[ \t]{{0,3}}(?::|(?=[\r\n]))",
    re.IGNORECASE,
)
_GAP = re.compile(
    rf"(?P<parted>[ \t]{{0,3}}[,;|][ \t]{{0,3}}|[ \t]{{2,40}}|\t)?(?:[ \t]|{_OPEN}|[(\]}}]|,(?=[ \t\"'])){{0,8}}"
    rf"(?:{AND})?(?:{_OPEN}|\(){{0,3}}",
    re.IGNORECASE,
)
# 1. 2) (3) #4 - *
_NUMBERED = re.compile(r"(?:\(?\d{1,2}[.):]\)?|#\d{1,2}[.:)]?|[-*+\u2022\u25e6\u2013>]|\[[ xX]?\])[ \t]{1,4}")
_NUMBERED_BY_BLANKS = re.compile(r"\d{1,3}[ \t]{1,4}(?=\d{6,8}(?!\w))")
_NEXT_LINE = re.compile(r"(?:[ \t]{0,8}\r?\n[ \t]{0,8}(?:>[ \t]?){0,3}(?:```\w{0,9})?){1,3}[ \t]{0,8}")
_REMARK = r"[ \t]{1,3}\([^()\n]{1,40}\)"
_LINE_ENDS = re.compile(
    rf"(?:{_OPEN}|[)\]}},;.!]){{0,4}}(?:{_REMARK}|[ \t]?[\u2713\u2714xX])?[ \t]{{0,40}}(?=\r?\n|\Z)"
)
_ITEM_ENDS = re.compile(rf"{_OPEN}{{0,2}}(?:[,;|]|{_REMARK}|[ \t]{{2}}|[.!]?[ \t]{{0,40}}(?:\r?\n|\Z))")
_NAME_IS = re.compile(r"(?P<name>[^\s:=|,;]{1,64}(?:[ ][^\s:=|,;]{1,30}){0,2})[ \t]{0,2}[:=](?!//)[ \t]{0,2}")
_BESIDE_NAME = re.compile(r"(?P<name>[^\s:=|,;]{1,64})[ \t]{1,2}(?:[/|>\u2013\u2192-]{1,2}[ \t]{1,2})?")
# What else is told beside a password.
_NO_PLACE = re.compile(
    r".*(?:user|benutzer|nutzer|login|name|nom|nombre|nome|naam|usuario|utente|utilisateur|gebruiker|identifiant|konto"
    r"|account|host|server|url|id|nr|no|number|nummer|port|version|state|status|error|fehler)",
    re.IGNORECASE,
)
_GROUPS = re.compile(
    r"(?=[A-Z-]{0,40}\d)(?:[A-Z\d]{4,8}(?:-[A-Z\d]{4,8}){1,7}|[A-Z\d]{3,8}(?:-[A-Z\d]{3,8}){2,7})(?![\w-])",
    re.IGNORECASE,
)
_GROUPS_OF_A_KEY = re.compile(r"(?=[A-Z-]{0,40}\d)[A-Z\d]{4,8}(?:-[A-Z\d]{4,8}){2,7}(?![\w-])", re.IGNORECASE)
_LONG_CODE = re.compile(r"\d{9,12}(?![\w/-]|[.,]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How the values of a list look, and whether each may have a name before it or words behind it."""

    looks: tuple[Look, ...]
    has_names: bool = True
    has_remarks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The secrets of a line, where they end, and whether nothing else stands there."""

    secrets: list[Span]
    end: int
    is_whole: bool


def told_as_list(text: str, label: re.Match[str]) -> Iterator[Span]:
    """Where the secrets stand that a label names several of: in a row, in columns, numbered, one or more a line."""
    announced = _ANNOUNCED.match(text, label.end())
    if announced is None or not (MANY.fullmatch(label[0]) or _is_many_in_italian(text, label)):
        return
    found = list(_listed(text, announced.end(), _kind_of(label)))
    if found and means_something_else(text, label, *found[0]):
        return
    if not announced["bare"] or (len(found) > 1 and not any(NAME.fullmatch(text[slice(*span)]) for span in found)):
        yield from found


def told_as_logins(text: str) -> Iterator[Span]:
    """Where the passwords stand behind or below a word such as *Logins:*, each beside a user."""
    for heading in _LOGINS.finditer(text):
        yield from _listed(text, heading.end(), _OF_LOGINS)


def _is_many_in_italian(text: str, label: re.Match[str]) -> bool:
    return (
        label[0].lower() == "password"
        and _MY_IN_ITALIAN.search(text, max(0, label.start() - 20), label.start()) is not None
    )


def _listed(text: str, at: int, kind: _Kind) -> Iterator[Span]:
    row = _row(text, at, kind)
    yield from row.secrets if row.is_whole else _without_names_at_the_end(text, row.secrets)
    while row.is_whole or (row.secrets and kind.has_remarks):
        end = row.end if row.is_whole else text.find("\n", row.end, row.end + looks.SEEN)
        below = _NEXT_LINE.match(text, end) if end >= 0 else None
        if below is None:
            return
        row = _row(text, below.end(), kind)
        if not row.secrets or not (row.is_whole or (kind.has_remarks and below[0].count("\n") == 1)):
            return
        yield from row.secrets


def _row(text: str, at: int, kind: _Kind) -> _Row:
    secrets: list[Span] = []
    while found := _next(text, at, kind, is_first=not secrets):
        secrets.append(found)
        at = found[1]
    ends = _LINE_ENDS.match(text, at)
    return _Row(secrets=secrets, end=ends.end() if ends else at, is_whole=ends is not None)


def _next(text: str, at: int, kind: _Kind, *, is_first: bool) -> Span | None:
    gap = _GAP.match(text, at)
    if gap is None or (gap.end() == at and not is_first):
        return None
    start = gap.end()
    by_blanks = _NUMBERED_BY_BLANKS.match(text, start) if is_first else None
    if numbered := _NUMBERED.match(text, start) or by_blanks:
        start = numbered.end()
    can_be_named = kind.has_names and bool(is_first or numbered or gap["parted"])
    if can_be_named and (name := _NAME_IS.match(text, start)):
        found = _named(text, start)
        if found or name[0][-1].isspace():
            return found
    for look in kind.looks:
        if (end := look(text, start)) is not None:
            return start, end
    return _named(text, start) if can_be_named else None


def _named(text: str, at: int) -> Span | None:
    """The password behind the name of its user or place: nobody else's name, and alone."""
    named = _NAME_IS.match(text, at)
    if named and _NO_PLACE.fullmatch(named["name"]):
        return None
    named = named or _BESIDE_NAME.match(text, at)
    if named is None or (named.re is _BESIDE_NAME and "@" not in named[0] and looks.is_statement(named["name"])):
        return None
    end = looks.password(text, named.end())
    if end is None or not _ITEM_ENDS.match(text, end):
        return None
    value = text[named.end() : min(end, named.end() + looks.SEEN)]
    return None if NAME.fullmatch(value) or ADDRESS.fullmatch(value) else (named.end(), end)


def _without_names_at_the_end(text: str, secrets: list[Span]) -> list[Span]:
    """Where a sentence goes on behind them, what looks like a name is its beginning: PC12 is broken."""
    while len(secrets) > 1 and NAME.fullmatch(text[slice(*secrets[-1])]):
        secrets = secrets[:-1]
    return secrets


def _code(text: str, at: int) -> int | None:
    groups = _GROUPS.match(text, at) or _LONG_CODE.match(text, at)
    return groups.end() if groups else looks.bare_code(text, at)


def _key_in_groups(text: str, at: int) -> int | None:
    groups = _GROUPS_OF_A_KEY.match(text, at)
    return groups.end() if groups else None


_OF_CODES = _Kind(looks=(_code, looks.strong, joined.code), has_names=False, has_remarks=True)
_OF_KEYS = _Kind(looks=(_key_in_groups, looks.strong, joined.key))
_OF_PASSWORDS = _Kind(looks=(looks.bare_password, joined.word))
_OF_LOGINS = _Kind(looks=())


def _kind_of(label: re.Match[str]) -> _Kind:
    if label["number"]:
        return _OF_CODES
    return _OF_KEYS if label["key"] else _OF_PASSWORDS
