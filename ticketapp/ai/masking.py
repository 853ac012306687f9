"""Taking personal data out of a text before it leaves the house. Pure; every step is linear in the text's length."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain, islice

from ticketapp.ai.masking_around import told_around
from ticketapp.ai.masking_codes import told_as_codes
from ticketapp.ai.masking_hosts import told_beside_hosts
from ticketapp.ai.masking_lists import told_as_logins
from ticketapp.ai.masking_plain import plain, plain_digits
from ticketapp.ai.masking_repeats import MOST_KNOWN, known, repeated
from ticketapp.ai.masking_secrets import SECRETS
from ticketapp.ai.masking_shapes import (
    CARD,
    EMAIL,
    GAPS_OF_IBANS,
    IBAN_START,
    PHONES,
    SHORTEST_CARD_BEHIND_A_PLUS,
    end_with_code,
    is_in_a_list,
    length_of_card,
    length_of_iban,
    passes_mod_97,
)
from ticketapp.ai.masking_tables import told_in_tables
from ticketapp.ai.masking_told import told_after_labels


class MaskedKind(StrEnum):
    """What can be taken out of a text. The values are stable: they name settings."""

    CARD = "card"
    SECRET = "secret"  # noqa: S105 - the name of a kind, not one of its kind
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"

    @property
    def placeholder(self) -> str:
        """What stands in its place for the model."""
        return _PLACEHOLDERS[self]


EVERY_KIND = frozenset(MaskedKind)
USUALLY_MASKED = frozenset({MaskedKind.CARD, MaskedKind.SECRET})

_PLACEHOLDERS = {
    MaskedKind.CARD: "[card number]",
    MaskedKind.SECRET: "[secret]",
    MaskedKind.IBAN: "[IBAN]",
    MaskedKind.EMAIL: "[email address]",
    MaskedKind.PHONE: "[phone number]",
}
Span = tuple[int, int]


def masked(text: str, kinds: frozenset[MaskedKind]) -> str:
    """``text`` with each finding of these kinds replaced by its placeholder, which says what stood there.

    Card numbers pass Luhn's check and begin as a card scheme's do (ISO/IEC 7812), IBANs have their country's length
    and pass mod 97 (ISO 13616). A secret is a private key, a token of a known shape, or what follows a word like
    ``password:``, and the same value wherever it stands again. Secrets go first, because an address or number may be
    part of one. Blanks, digits and signs of any script and width count as those of ASCII; what stays keeps its own.
    """
    return masked_together([text], kinds)[0]


def masked_together(texts: Sequence[str], kinds: frozenset[MaskedKind]) -> list[str]:
    """Each of the texts of one question as ``masked``; a secret that one of them tells goes in all of them."""
    return masked_and_told(texts, kinds)[0]


def masked_and_told(texts: Sequence[str], kinds: frozenset[MaskedKind]) -> tuple[list[str], tuple[str, ...]]:
    """As ``masked_together``, and the secrets that they tell and that are known again, for ``without_told``."""
    left, told = _without_secrets(texts) if MaskedKind.SECRET in kinds else ([*texts], ())
    for kind, find in _FINDERS.items():
        if kind in kinds:
            left = [_without(text, kind, find) for text in left]
    return left, told


def without_told(text: str, told: Iterable[str]) -> str:
    """``text`` without the secrets that other texts sent along tell, a hundred of them at most."""
    values = tuple(islice(dict.fromkeys(told), MOST_KNOWN))
    return _without(text, MaskedKind.SECRET, lambda seen: repeated(seen, values))


def _without_secrets(texts: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    seen = [plain(text) for text in texts]
    told = [_secrets(text) for text, _ in seen]
    values = known(text[slice(*span)] for (text, _), spans in zip(seen, told, strict=True) for span in spans)
    left = [
        _replaced(text, _in_place([*spans, *repeated(look, values)], places), MaskedKind.SECRET.placeholder)
        for text, (look, places), spans in zip(texts, seen, told, strict=True)
    ]
    return left, values


def _without(text: str, kind: MaskedKind, find: Callable[[str], Iterable[Span]]) -> str:
    seen, places = plain(text)
    return _replaced(text, _in_place(find(seen), places), kind.placeholder)


def _in_place(spans: Iterable[Span], places: Sequence[int]) -> Iterator[Span]:
    """The spans of a plain text as those of the text that it is of, the first and the longest first."""
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        yield places[start], places[end - 1] + 1


def _replaced(text: str, spans: Iterator[Span], placeholder: str) -> str:
    pieces, at = [], 0
    for start, end in spans:
        if start >= at:
            pieces += [text[at:start], placeholder]
        at = max(at, end)
    return "".join([*pieces, text[at:]])


def _secrets(text: str) -> list[Span]:
    found = [match.span("secret") for pattern in SECRETS for match in pattern.finditer(text)]
    tellers = (told_as_codes, told_after_labels, told_around, told_in_tables, told_as_logins, told_beside_hosts)
    return [*found, *chain.from_iterable(tell(text) for tell in tellers)]


def _cards(text: str) -> Iterator[Span]:
    text = plain_digits(text)
    for match in CARD.finditer(text):
        start, length = match.start(), length_of_card(match["card"])
        digits = sum(map(str.isdigit, text[start : start + length]))
        is_phone = text[max(0, start - 1) : start] == "+" and digits < SHORTEST_CARD_BEHIND_A_PLUS
        if length and not is_phone and not is_in_a_list(text, start, start + length):
            yield start, end_with_code(text, start + length)


def _ibans(text: str) -> Iterator[Span]:
    text = plain_digits(text)
    for match in IBAN_START.finditer(text):
        end = _end_of_iban(text, match.start(), length_of_iban(match["country"].strip().upper()))
        if end is not None and passes_mod_97(text[match.start() : end]):
            yield match.start(), end


def _end_of_iban(text: str, start: int, length: int) -> int | None:
    """Where the IBAN that begins at ``start`` ends: ``length`` letters and digits on, two gaps between at most."""
    if not length:
        return None
    seen, at = 0, start
    while seen < length and at < len(text):
        if text[at].isascii() and text[at].isalnum():
            seen += 1
        elif text[at] not in GAPS_OF_IBANS or not text[at - 2 : at].strip(GAPS_OF_IBANS):
            return None
        at += 1
    is_whole = seen == length and not (at < len(text) and text[at].isalnum())
    return at if is_whole else None


def _emails(text: str) -> Iterator[Span]:
    return (match.span() for match in EMAIL.finditer(text))


def _phones(text: str) -> Iterator[Span]:
    return (match.span("phone") for pattern in PHONES for match in pattern.finditer(text))


_FINDERS: dict[MaskedKind, Callable[[str], Iterable[Span]]] = {
    MaskedKind.EMAIL: _emails,
    MaskedKind.IBAN: _ibans,
    MaskedKind.CARD: _cards,
    MaskedKind.PHONE: _phones,
}
