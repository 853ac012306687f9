"""Sends one sample mail to the embedded system's SMTP listener: make mail."""

import argparse
import json
import random
import smtplib
import sys
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from worker.embedded import STATE_FILE

SAMPLES = (
    (
        "Ines Moreau",
        "Invoice charged twice",
        "Hello,\n\nyou charged my card twice for invoice 2291. Please refund one.",
    ),
    ("Tom Okafor", "Export fails with error 500", "Hi,\n\nsince this morning every CSV export ends with error 500."),
    ("Lena Vogt", "Passwort vergessen", "Guten Tag,\n\nder Link zum Zurücksetzen meines Passworts läuft sofort ab."),
    ("Sam Ito", "Do you ship to Norway?", "Hello there,\n\ndo you deliver to Norway, and how long does it take?"),
)


def main() -> int:
    """Send one mail; 1 with a sentence where nothing is running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    try:
        state = json.loads((parser.parse_args().data / STATE_FILE).read_text())
        if state["smtp_port"] is None:
            print("No mail was sent: mail is read from IMAP_HOST, so nothing listens here.", file=sys.stderr)  # noqa: T201
            return 1
        mail = _sample()
        with smtplib.SMTP("127.0.0.1", state["smtp_port"], timeout=10) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        print(f"No mail was sent; is `make run` running on the same DATA? ({error})", file=sys.stderr)  # noqa: T201
        return 1
    print(f"Sent “{mail['Subject']}” from {mail['From']}; it appears on {state['url']}/tickets")  # noqa: T201
    return 0


def _sample() -> EmailMessage:
    name, subject, text = random.choice(SAMPLES)  # noqa: S311 - a sample, not a secret
    mail = EmailMessage()
    mail["From"] = f"{name} <{name.split()[0].lower()}@customer.example>"
    mail["To"] = "Support <support@localhost>"
    mail["Subject"] = subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain="customer.example")
    mail.set_content(f"{text}\n\nBest regards\n{name}\n")
    return mail


if __name__ == "__main__":
    sys.exit(main())
