"""What must hold of every mail read, whatever its bytes."""

import json
import re

from ticketapp.mail import InboundEmail, as_contract

KEYS = (
    "message_id in_reply_to references from to cc reply_to subject date text reply_text html attachments"
    " auto_submitted bounce spam"
)
_UNSAFE_NAME = re.compile("[/\\\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSAFE_HTML = re.compile(
    r"<\s*/?(?:script|style|iframe|object|embed|form|input|button|select|textarea|base|meta|link|svg|math|template|frame)\b"
    r"|<[^>]*\s(?:on\w+|srcdoc|http-equiv|formaction|id|class)\s*=|<!--",
    re.I,
)


def check(email: InboundEmail) -> None:
    """Assert that it has the contract's shape, can be stored, has safe names and safe HTML."""
    contract = as_contract(email)
    assert list(contract) == KEYS.split()
    text = json.dumps(contract, ensure_ascii=False)
    text.encode("utf-8")
    assert "\\u0000" not in text
    assert email.date is None or email.date.tzinfo is not None
    for attachment in email.attachments:
        check_name(attachment.filename)
    assert email.html is None or not _UNSAFE_HTML.search(email.html)
    assert "\n" not in email.subject


def check_name(filename: str) -> None:
    """Assert that a file name is safe to store and to download."""
    assert filename
    assert len(filename.encode()) <= 255
    assert not _UNSAFE_NAME.search(filename)
    assert filename not in (".", "..")
