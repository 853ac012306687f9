"""What stands behind a label like a secret and is something else: a count of tests, a pin of a plug, a parcel. Pure.

Each is told by its label, its own look and what stands near it, 80 characters before and behind at most.
"""

import re
from collections.abc import Callable

NEAR = 80
_COUNT = re.compile(r"\d{1,5}(?:/\d{1,6})?|\d{1,3}(?:,\d{3}){1,3}")
_OUTCOMES = re.compile(
    r"\b(?:fail(?:ed|ures?|s)?|skip(?:ped)?|xfail(?:ed)?|errors?)(?:[ ]?[:=])?[ ]?\d"
    r"|\b\d{1,6}[ ](?:fail|skip|error)|\btests?[ ]?[:=]",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\d{1,5}/\d{1,6}")
_NO_PASSWORD_PASS = re.compile(
    r"\b(?:boarding|ski|season|saison|day|travel|bus|rail|train|hall|guest|visitor|wander|berg|mountain)[ -]?\Z",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_TWO_NAMES = re.compile(r"[A-ZÄÖÜ][a-zß-ÿ]+-[A-ZÄÖÜ][a-zß-ÿ]+")
_USER = re.compile(
    r"@|user|benutzer|login|log[ -]?in|name|account|konto|wi-?fi|wlan|\bmy[ ]\Z|\bmein[ ]\Z", re.IGNORECASE
)
_TOKENS_SAID_TO_BE_MANY = re.compile(r"tokens(?:_\w+)?|\w+_tokens?", re.IGNORECASE)
_REFERENCE = re.compile(r"[A-Z]{1,5}-?\d{4,15}")
_PLUG = re.compile(
    r"\b(?:connectors?|gpio|schematics?|pinout|solder\w*|stecker(?:s|n)?|platine|schaltplan|connecteur|conector|connettore)\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"\b(?:card|karte|carte|carta|tarjeta|cart[ãa]o|kaart|visa|amex|mastercard|exp)\b", re.IGNORECASE)
_FAULT = re.compile(r"0x[0-9a-f]{1,8}|[EF]-?\d{1,4}", re.IGNORECASE)
_OWN = re.compile(
    r"(?<!\w)(?:my|your|mein[er]?|ihre?|dein[er]?|mon|ma|votre|ton|mi|mia|mio|tu|su|minha|meu|seu|mijn|je|uw"
    r"|mój|moja)[ ]\Z",
    re.IGNORECASE,
)
_THE = re.compile(r"(?<!\w)(?:the|this|der|die|das|le|la|el|il|o|de|het)[ ]\Z", re.IGNORECASE)
_TYPED = re.compile(
    r"(?<!\w)(?:typed?|enter(?:ed)?|used?|got|received|gave|sent|tried|eingegeben|tippte|erhielt|bekam)[ ]\Z",
    re.IGNORECASE,
)
_SIX_DIGITS = re.compile(r"\d{3}[ -]?\d{3}")
_OF_AN_ARTICLE = re.compile(
    r"[ ](?:del?[ ](?:art[íi]culo|producto)|en[ ](?:el[ ]|su[ ]|nuestro[ ])?cat[áa]logo)(?!\w)", re.IGNORECASE
)


def means_something_else(text: str, label: re.Match[str], start: int, end: int) -> bool:
    """Whether what a label seems to announce from ``start`` to ``end`` is no secret, by all that is known of it."""
    word = label[0].lower()
    judge = next((judge for begins, judge in _JUDGES.items() if word.startswith(begins)), None)
    if label["setting"]:
        return _is_reference(word, text[start:end])
    if _TOKENS_SAID_TO_BE_MANY.fullmatch(label[0]):
        return _COUNT.fullmatch(text[start:end]) is not None
    return judge is not None and judge(text, label, start, end)


def _is_reference(name: str, value: str) -> bool:
    """A parcel's number behind code=, an article's behind key=, a machine's behind sid=."""
    return _REFERENCE.fullmatch(value) is not None or (name == "code" and value.isdigit())


def _is_of_tests_or_a_ticket(text: str, label: re.Match[str], start: int, end: int) -> bool:
    """Pass: 412, fail: 3; boarding pass: Berlin-Munich."""
    value, before = text[start:end], text[max(0, label.start() - NEAR) : label.start()]
    if label[0].lower() != "pass":
        return False
    if _SHARE.fullmatch(value) or (_NO_PASSWORD_PASS.search(before) and _LETTERS.fullmatch(value)):
        return True
    if _COUNT.fullmatch(value):
        return _OUTCOMES.search(f"{before} {text[end : end + NEAR]}") is not None
    return _TWO_NAMES.fullmatch(value) is not None and not _USER.search(before)


def _is_of_a_plug(text: str, label: re.Match[str], start: int, end: int) -> bool:
    near = _around(text, label, end)
    return text[start:end].rstrip("?!").isdigit() and bool(_PLUG.search(near)) and not _CARD.search(near)


def _is_bare_without_a_card(text: str, label: re.Match[str], start: int, end: int) -> bool:
    return text[label.end() : start].isspace() and not _CARD.search(_around(text, label, end))


def _is_bare_and_nobodys(text: str, label: re.Match[str], start: int, end: int) -> bool:
    """OTP 20260, which is also a program: only blanks stand between, and nobody is said to have got it."""
    if not text[label.end() : start].isspace() or "code" in label[0].lower():
        return False
    before = text[max(0, label.start() - NEAR) : label.start()]
    is_one = _SIX_DIGITS.fullmatch(text[start:end]) and (_THE.search(before) or _TYPED.search(before))
    return not is_one and not _OWN.search(before)


def _is_a_fault(text: str, label: re.Match[str], start: int, end: int) -> bool:
    return _FAULT.fullmatch(text[start:end]) is not None


def _is_of_an_article(text: str, label: re.Match[str], start: int, end: int) -> bool:
    value = text[start:end]
    return bool(value.isdigit() or _LETTERS.fullmatch(value)) and _OF_AN_ARTICLE.match(text, end) is not None


def _around(text: str, label: re.Match[str], end: int) -> str:
    return f"{text[max(0, label.start() - NEAR) : label.start()]} {text[end : end + NEAR]}"


# By how the label begins.
_JUDGES: dict[str, Callable[[str, re.Match[str], int, int], bool]] = {
    "pass": _is_of_tests_or_a_ticket,
    "pin": _is_of_a_plug,
    "csc": _is_bare_without_a_card,
    "otp": _is_bare_and_nobodys,
    "security code": _is_a_fault,
    "sicherheitscode": _is_a_fault,
    "clave": _is_of_an_article,
}
