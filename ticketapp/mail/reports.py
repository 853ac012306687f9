"""What a delivery report says: which mail it is about, whether that is lost or only late, and why."""

import re
from collections.abc import Iterator

from ticketapp.mail.encoded_words import header_text
from ticketapp.mail.headers import Headers, read_headers
from ticketapp.mail.ids import read_ids
from ticketapp.mail.message import DeliveryReport
from ticketapp.mail.parts import Part
from ticketapp.mail.storable import one_line

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_RETURNED_TYPES = (
    *("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"),
    "message/rfc822-headers",  # what some servers call text/rfc822-headers
)
_MOST_READ = 200_000
_MOST_RECIPIENTS = 20
_LONGEST_WORDS = 500
_GROUP_END = re.compile(rb"\n[ \t]*\r?\n")
_ID_IN_TEXT = re.compile(r"^[> \t]{0,8}message-id:[ \t]{0,8}(<[^<>\s]{1,1000}>)", re.I | re.M)
_LATE = re.compile(r"\bdelayed\b|\bdelay\b|^\s*warning\b", re.I)
_LOST = re.compile(r"fail|undeliver|returned|not (?:be )?delivered", re.I)


def read_report(subject: str, text: str, leaves: list[Part]) -> DeliveryReport:
    """The report in a mail known to be one (RFC 3464; else by the words of subject and text)."""
    groups = [group for leaf in leaves if leaf.content_type in _STATUS_TYPES for group in _groups(leaf)]
    told = [group for group in groups if group.has("action")]
    actions = {_word(group.first("action")) for group in told}
    is_late = "delayed" in actions if actions else bool(_LATE.search(subject)) and not _LOST.search(subject)
    return DeliveryReport(
        is_delay=is_late and "failed" not in actions,
        words=(" ".join(_words(told)) or one_line(" ".join(text.split())))[:_LONGEST_WORDS],
        returned_ids=tuple(dict.fromkeys(_returned_ids(text, leaves))),
    )


def _groups(leaf: Part) -> Iterator[Headers]:
    """The groups of fields, separated by blank lines (RFC 3464 section 2.1)."""
    content = leaf.content()[:_MOST_READ]
    for group in _GROUP_END.split(content, _MOST_RECIPIENTS):
        yield read_headers(group + b"\n", 0, len(group) + 1)[0]


def _words(groups: list[Headers]) -> Iterator[str]:
    for group in groups:
        recipient = header_text(group.first("final-recipient") or group.first("original-recipient"))
        cause = header_text(group.first("diagnostic-code")) or header_text(group.first("status"))
        said = ": ".join(part for part in (_after_type(recipient), _after_type(cause)) if part)
        if said:
            yield said


def _returned_ids(text: str, leaves: list[Part]) -> Iterator[str]:
    returned = [leaf for leaf in leaves if leaf.content_type in _RETURNED_TYPES]
    for leaf in returned:
        content = leaf.content()[:_MOST_READ]
        yield from read_ids(read_headers(content, 0, len(content))[0].all("message-id"))[:1]
    for found in _ID_IN_TEXT.findall(text[:_MOST_READ]):
        yield from read_ids([found.encode()])


def _word(value: bytes) -> str:
    return value.split(b"(")[0].strip().lower().decode("ascii", "replace")


def _after_type(value: str) -> str:
    """A field's value without the type before its semicolon, as in `smtp; 550 no such user`."""
    kind, semicolon, rest = value.partition(";")
    return one_line((rest if semicolon and " " not in kind.strip() else value).strip())
