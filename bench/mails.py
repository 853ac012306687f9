"""Mails for the benchmarks: about 10 KB each, plain text and HTML, as a mail program writes them."""

import random
from collections.abc import Iterator
from email.message import EmailMessage

WORDS = (
    *("invoice", "refund", "payment", "account", "password", "login", "export", "import", "error", "timeout"),
    *("server", "printer", "order", "delivery", "address", "contract", "update", "cancel", "upgrade", "team"),
    *("member", "license", "report", "dashboard", "filter", "search", "customer", "number"),
)


def mails(number: int, *, seed: int = 1) -> Iterator[bytes]:
    """``number`` different mails from some thousand senders."""
    dice = random.Random(seed)
    for n in range(number):
        yield _mail(dice, n)


def _mail(dice: random.Random, n: int) -> bytes:
    paragraphs = [" ".join(dice.choices(WORDS, k=60)) + "." for _ in range(8)]
    sender = dice.randrange(5000)
    mail = EmailMessage()
    mail["From"] = f"Customer {sender} <customer{sender}@customers.example>"
    mail["To"] = "support@example.com"
    mail["Subject"] = " ".join(dice.choices(WORDS, k=6))
    mail["Date"] = "Fri, 20 Nov 2026 10:00:00 +0000"
    mail["Message-ID"] = f"<{n}.{dice.getrandbits(64)}@customers.example>"
    mail.set_content("\n\n".join(paragraphs))
    mail.add_alternative(
        "<html><body>" + "".join(f"<p>{p}</p>" for p in paragraphs) + "</body></html>", subtype="html"
    )
    return mail.as_bytes()
