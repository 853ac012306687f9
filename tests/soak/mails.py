"""What is sent in a soak: letters and answers to them, and mails that are broken, hostile or written by machines."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from enum import StrEnum

LARGEST_BYTES = 100_000
ANSWERS = 0.2
WITH_FILE = 0.1


class Kind(StrEnum):
    """What a mail is, and with it what has to become of it."""

    LETTER = "letter"
    ANSWER = "answer"
    COPY = "copy"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    TOO_LARGE = "too large"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail as it was sent; an answer names the subject of the letter that it answers."""

    raw: bytes
    kind: Kind
    subject: str = ""
    answers: str = ""


def make_mails(number: int, *, broken: int, dice: random.Random) -> list[Sent]:
    """So many mails in the order in which they arrive, ``broken`` of them anything but letters and answers."""
    odd = set(dice.sample(range(20, number), broken))
    mails: list[Sent] = []
    for index in range(number):
        letters = [each for each in mails[-50:] if each.kind == Kind.LETTER]
        if index in odd:
            mails.append(ODD[len(mails) % len(ODD)](index, mails, dice))
        elif letters and dice.random() < ANSWERS:
            mails.append(_answer(index, dice.choice(letters)))
        else:
            mails.append(_letter(index, dice))
    return mails


def as_served(raw: bytes) -> bytes:
    """The bytes as an IMAP server hands them out: lines end with CRLF, and there is no NUL (RFC 3501, 4.3.1)."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"\0", b"\x80")


def _letter(index: int, dice: random.Random, *, about: str = "Question") -> Sent:
    mail = _headed(index, f"{about} {index}")
    mail.set_content(f"This is question {index}.\n" + "It goes on. " * dice.randrange(60))
    if dice.random() < WITH_FILE:
        content = dice.randbytes(dice.randrange(1, 5000))
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"file {index}.bin")
        mail.set_boundary(f"=_{index}")
    return Sent(mail.as_bytes(), Kind.LETTER, f"{about} {index}")


def _answer(index: int, letter: Sent) -> Sent:
    number = letter.subject.split()[-1]
    mail = _headed(index, f"Re: {letter.subject}", sender=number)
    mail["In-Reply-To"] = f"<{number}@soak.example>"
    mail.set_content(f"More on that, number {index}.")
    return Sent(mail.as_bytes(), Kind.ANSWER, f"Re: {letter.subject}", letter.subject)


def _copy(_index: int, mails: list[Sent], dice: random.Random) -> Sent:
    return Sent(dice.choice([each for each in mails if each.kind == Kind.LETTER]).raw, Kind.COPY)


def _automatic(index: int, _mails: list[Sent], _dice: random.Random) -> Sent:
    mail = _headed(index, f"Out of office {index}")
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am away.")
    return Sent(mail.as_bytes(), Kind.AUTOMATIC)


def _bounce(index: int, _mails: list[Sent], _dice: random.Random) -> Sent:
    text = (
        f"From: MAILER-DAEMON@soak.example\nTo: support@example.com\nSubject: Undelivered Mail {index}\n"
        f"Message-ID: <{index}@soak.example>\nAuto-Submitted: auto-replied\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\nMIME-Version: 1.0\n\n'
        "--b\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.soak.example\n\n"
        "Final-Recipient: rfc822; nobody@soak.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    )
    return Sent(text.encode(), Kind.BOUNCE)


def _too_large(index: int, _mails: list[Sent], _dice: random.Random) -> Sent:
    mail = _headed(index, f"Large {index}")
    mail.set_content(f"{index} {'x' * 60}\n" * (2 * LARGEST_BYTES // 60))
    return Sent(mail.as_bytes(), Kind.TOO_LARGE)


def _cut(index: int, _mails: list[Sent], dice: random.Random) -> Sent:
    whole = _letter(index, dice, about="Cut").raw
    return Sent(whole[: dice.randrange(30, len(whole))] + b"%d" % index, Kind.BROKEN)


def _garbage(_index: int, _mails: list[Sent], dice: random.Random) -> Sent:
    return Sent(dice.randbytes(dice.randrange(1, 3000)), Kind.BROKEN)


def _flipped(index: int, _mails: list[Sent], dice: random.Random) -> Sent:
    raw = bytearray(_letter(index, dice, about="Flipped").raw)
    for place in dice.sample(range(len(raw)), 30):
        raw[place] = dice.randrange(256)
    return Sent(bytes(raw), Kind.BROKEN)


def _nested(index: int, _mails: list[Sent], _dice: random.Random) -> Sent:
    parts = "".join(f'--b{n}\nContent-Type: multipart/mixed; boundary="b{n + 1}"\n\n' for n in range(1500))
    head = f'From: a@soak.example\nSubject: Deep {index}\nContent-Type: multipart/mixed; boundary="b0"\n\n'
    return Sent((head + parts).encode(), Kind.BROKEN)


def _headless(index: int, _mails: list[Sent], _dice: random.Random) -> Sent:
    return Sent(b"\n" * (index % 7) + b"no header at all, number %d\n" % index, Kind.BROKEN)


def _headed(index: int, subject: str, *, sender: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Writer <writer{sender or index}@soak.example>"
    mail["To"] = "support@example.com"
    mail["Subject"] = subject
    mail["Date"] = formatdate(1_790_000_000 + index)
    mail["Message-ID"] = f"<{index}@soak.example>"
    return mail


ODD: tuple[Callable[[int, list[Sent], random.Random], Sent], ...] = (
    *(_copy, _automatic, _bounce, _too_large, _cut, _garbage, _flipped, _nested, _headless),
)
