"""Mails for the tests, as customers' programs write them."""

import itertools
from email.message import EmailMessage

_numbers = itertools.count(1)


def letter(
    subject: str = "Printer on fire",
    text: str = "The printer is on fire.",
    *,
    sender: str = "Jo Doe <jo@customer.example>",
    message_id: str | None = None,
    **headers: str,
) -> bytes:
    """A plain mail to support with a Message-ID of its own; headers by name, ``In_Reply_To`` for In-Reply-To."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = "support@example.com"
    mail["Subject"] = subject
    mail["Date"] = "Thu, 19 Nov 2026 10:00:00 +0000"
    mail["Message-ID"] = message_id or f"<{next(_numbers)}@customer.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def letter_with_file(content: bytes, filename: str = "log.txt") -> bytes:
    """A mail with one attachment."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "jo@customer.example", "support@example.com", "The log"
    mail.set_content("See the log.")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=filename)
    return mail.as_bytes()
