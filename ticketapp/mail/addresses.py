"""Address headers to mailboxes: one pass over tokens, groups flattened, comments and damage tolerated."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from ticketapp.mail.comments import without_comments
from ticketapp.mail.encoded_words import ENCODED_WORD_SHAPE, decode_words, raw_text
from ticketapp.mail.message import Address
from ticketapp.mail.storable import one_line, without_unseen

_GROUP_OPENS = ":"
_MOST_ADDRESSES = 50_000
_MOST_MAILBOXES = 100_000
_LONGEST_MAILBOX = 4_000
_LONGEST_HEADER = 2_000_000
_TOKEN = re.compile(
    rf"""(?P<blank>\s++)|(?P<word>{ENCODED_WORD_SHAPE})"""
    # A quoted local part may hold a bracket (RFC 5322 section 3.4.1).
    r"""|(?P<angle><(?>(?:\s*+"(?>(?:[^"\\]|\\.){0,64})"(?=@))?)[^>]*+>?)"""
    r"""|(?P<atom>(?>(?:[^\s"(<>,;:\[]++|\[[^\]\s]{0,60}\]|\[)+))|(?P<other>.)""",
    re.S,
)
_ENCODED = re.compile(ENCODED_WORD_SHAPE)
_QUOTED = re.compile(r'"(?>(?:[^"\\]++|\\.)*)"', re.S)
_QUOTED_PAIR = re.compile(r"\\(.)", re.S)
_BLANKS = re.compile(r"\s+")
_QUOTED_PARTS = re.compile(rf"({_QUOTED.pattern})", re.S)
_MAILTO = re.compile(r"^(?:mailto:(.*)|\[mailto:([^\[\]]*)\])$", re.I | re.S)
_ROUTE = re.compile(r"^@[^:]{1,500}:")
_AROUND_SIGNS = re.compile(r"\s*([@.])\s*")
_HOST_ALONE = re.compile(r"@[^@]*$")
_PLAIN_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+$")
_WHOLE_IN_QUOTES = re.compile(r"([^<>]{0,300})<([^<>@\s]{1,300}@[^<>@\s]{1,300})>\s*$")
_LOCAL_NAME = re.compile(r"[a-z0-9][\w.+=-]*$")
_NOBODY = re.compile(
    r"(?:undisclosed|unlisted|undislosed|hidden)[\s_-]*(?:recipients?|empfänger)?"
    r"|recipients?[\s_-]*(?:list )?(?:suppressed|not shown)"
    r"|verborgene[_ ]empfaenger|list suppressed|no to-header on input",
    re.I,
)


@dataclass(slots=True)
class _Mailbox:
    """What was read since the last comma."""

    phrase: list[str] = field(default_factory=list)
    angle: str | None = None
    words_before: int = 0
    comments: list[str] = field(default_factory=list)
    has_quoted: bool = False

    def is_empty(self) -> bool:
        return self.angle is None and not "".join(self.phrase).strip()


def read_addresses(values: list[bytes], charset: str | None = None) -> tuple[Address, ...]:
    """Every mailbox of address headers (RFC 5322 section 3.4) in order; those without any address are left out."""
    return tuple(found for found in read_mailboxes(values, charset) if found.email)


def read_mailboxes(values: list[bytes], charset: str | None = None) -> list[Address]:
    """As `read_addresses`, but names that stand without an address stay, with an empty email."""
    found: list[Address] = []
    for value in values:
        text = raw_text(value[:_LONGEST_HEADER], charset)
        found += _read(text)
        if not any(address.email for address in found) and "=?" in text and "@" not in _ENCODED.sub("", text):
            found = [address for address in _read(decode_words(text)) if address.email] or found
    return found[:_MOST_ADDRESSES]


def _read(text: str) -> list[Address]:
    found: list[Address] = []
    held: _Mailbox | None = None
    for mailbox in islice(_mailboxes(text), _MOST_MAILBOXES):
        if len(found) >= _MOST_ADDRESSES:
            break
        if held:
            _prepend_or_keep(held, mailbox, found)
            held = None
        if _is_surname(mailbox):
            held = mailbox
        else:
            found += _addresses_of(mailbox)
    return [*found, *_addresses_of(held)] if held else found


def _is_surname(mailbox: _Mailbox) -> bool:
    """Whether this may be the first half of an unquoted `Doe, Jane <jane@example.com>`."""
    phrase = "".join(mailbox.phrase).strip()
    return (
        mailbox.angle is None
        and bool(phrase)
        and "@" not in phrase
        and not _LOCAL_NAME.match(phrase)
        and not _NOBODY.search(phrase)
    )


def _prepend_or_keep(held: _Mailbox, mailbox: _Mailbox, found: list[Address]) -> None:
    if mailbox.angle is not None and "@" in mailbox.angle and not mailbox.has_quoted:
        mailbox.phrase[:0] = ("".join(held.phrase).strip() + ",", " ")
        mailbox.words_before += 2
    else:
        found += _addresses_of(held)


def _mailboxes(text: str) -> Iterator[_Mailbox]:
    mailbox = _Mailbox()
    position, comments_close, quotes_close = 0, True, True
    while position < len(text):
        if text[position] == "(" and comments_close:
            end = _comment_end(text, position)
            comments_close = end > 0
            if comments_close:
                mailbox.comments.append(text[position + 1 : end - 1])
                position = end
                continue
        if text[position] == '"' and quotes_close:
            quoted = _QUOTED.match(text, position)
            quotes_close = quoted is not None
            if quoted:
                mailbox.has_quoted = True
                mailbox.phrase.append(quoted[0])
                position = quoted.end()
                continue
        token = _TOKEN.match(text, position)
        assert token is not None
        position = token.end()
        if token[0] in {",", ";"}:
            yield mailbox
            mailbox = _Mailbox()
            continue
        if token.lastgroup == "angle" and mailbox.angle and "@" in mailbox.angle and "@" in token[0]:
            following = _Mailbox(mailbox.phrase[mailbox.words_before :])
            del mailbox.phrase[mailbox.words_before :]
            yield mailbox
            mailbox = following
        _add_token(mailbox, token.lastgroup or "", token[0])
    yield mailbox


def _comment_end(text: str, start: int) -> int:
    """The offset past the comment that opens at `start`, 0 where it never closes."""
    depth = 0
    position = start
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                return position + 1
        position += 1
    return 0


def _add_token(mailbox: _Mailbox, kind: str, token: str) -> None:
    if kind == "angle":
        inner = token.strip("<>").rpartition("<")[2]
        if mailbox.angle is None or "@" not in mailbox.angle:
            mailbox.angle, mailbox.words_before = inner, len(mailbox.phrase)
    elif token == _GROUP_OPENS and not (mailbox.phrase and mailbox.phrase[-1].endswith("@")):
        _drop_group_name(mailbox)
    elif token not in {'"', ">"}:
        mailbox.phrase.append(" " if kind == "blank" else token)


def _drop_group_name(mailbox: _Mailbox) -> None:
    if mailbox.angle is None:
        mailbox.phrase.clear()
        mailbox.comments.clear()
        mailbox.has_quoted = False


def _addresses_of(mailbox: _Mailbox) -> list[Address]:
    mailbox.phrase = ["".join(_name_words(mailbox))[:_LONGEST_MAILBOX]]
    if mailbox.is_empty():
        return []
    if mailbox.angle is not None:
        return _angled(mailbox, mailbox.angle[:_LONGEST_MAILBOX])
    return _bare(mailbox)


def _name_words(mailbox: _Mailbox) -> list[str]:
    """The words before the angle brackets; those behind, which nothing allows, where none stand before."""
    if mailbox.angle is None:
        return mailbox.phrase
    before, behind = mailbox.phrase[: mailbox.words_before], mailbox.phrase[mailbox.words_before :]
    return before if "".join(before).strip() or "@" in "".join(behind) else behind


def _angled(mailbox: _Mailbox, angle: str) -> list[Address]:
    name = _name(mailbox.phrase) or _name(mailbox.comments[-1:])
    email = _email(angle if '"' in angle else without_comments(angle))
    if "@" not in email and _PLAIN_ADDRESS.match(name):
        return [Address("", name)]
    return [Address(name, email)] if email or name else []


def _bare(mailbox: _Mailbox) -> list[Address]:
    """A mailbox without angle brackets: an address, a local name, or a name alone."""
    phrase = "".join(mailbox.phrase).strip()
    closed_up = _AROUND_SIGNS.sub(r"\1", phrase) if "@" in phrase else phrase
    comment = _name(mailbox.comments[-1:])
    if "@" not in closed_up:
        if " " in closed_up or mailbox.has_quoted or _NOBODY.search(closed_up) or "=?" in closed_up:
            return _quoted_or_named(closed_up) or ([Address(comment, "")] if comment else [])
        return [Address(comment, _email(closed_up))]
    if " " not in closed_up or closed_up.startswith('"'):
        return _from_one_token(closed_up, comment)
    words = closed_up.split()
    if all("@" in word for word in words):
        return [Address("", _email(word)) for word in words]
    chosen = next(word for word in words if "@" in word)
    return [Address(_name([closed_up.replace(chosen, " ", 1)]) or comment, _email(chosen))]


def _from_one_token(token: str, comment: str) -> list[Address]:
    if not token.startswith('"'):
        return [Address(comment, _email(token))]
    quoted, _, rest = token[1:].rpartition('"')
    if rest.startswith(("@", ".")) and "@" in rest and " " not in rest:
        return [Address(comment, _email(token))]
    if rest.strip():
        chosen = next((word for word in rest.split() if "@" in word), "")
        return (
            [Address(_name([f'"{quoted}"']) or comment, _email(chosen))] if chosen else [Address(_name([token]), "")]
        )
    inner = _WHOLE_IN_QUOTES.match(quoted)
    if inner:
        return [Address(_name([inner[1]]) or comment, _email(inner[2]))]
    return [Address(comment, _email(quoted))] if _PLAIN_ADDRESS.match(quoted) else [Address(_name([token]), "")]


def _quoted_or_named(phrase: str) -> list[Address]:
    name = _name([phrase])
    return [] if not name or _NOBODY.search(name) else [Address(name, "")]


def _email(text: str) -> str:
    """An address as it can be compared: no blanks, route, `mailto:` or stray brackets; its letter case is kept.

    Empty for mere quotes, for a host alone, as old servers put behind an empty group
    (`undisclosed-recipients:;@mail.example.com`), and for an encoded word that smuggles a second `@` in (RFC 2047
    section 5 allows none in an address).
    """
    decoded = decode_words(text)
    if decoded.count("@") > max(1, text.count("@")):
        return ""
    plain = one_line(without_unseen(decoded)).strip("<> '")
    plain = _MAILTO.sub(r"\1\2", plain)
    plain = _AROUND_SIGNS.sub(r"\1", _ROUTE.sub("", plain).strip())
    if " " in plain and not plain.startswith('"'):
        words = plain.split()
        plain = next((word for word in words if "@" in word), "".join(words))
    plain = plain.rstrip(".,;")
    return "" if _HOST_ALONE.match(plain) or not plain.strip('"') else plain


def _name(pieces: list[str]) -> str:
    """A display name decoded, without the quotes around it."""
    text = one_line(without_unseen(decode_words(_unquoted("".join(pieces)))))
    while len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    return text


def _unquoted(text: str) -> str:
    """The words as they are meant: quotes undone with all that is in them, and blanks between words as one.

    A quoted word is a word of its own also where it touches another (RFC 5322 section 3.2.5).
    """
    out = ""
    for number, piece in enumerate(_QUOTED_PARTS.split(text)):
        word = _QUOTED_PAIR.sub(r"\1", piece[1:-1]) if number % 2 else _BLANKS.sub(" ", piece)
        touches = out and word and not out[-1].isspace() and not word[0].isspace()
        out += f" {word}" if touches else word
    return out
