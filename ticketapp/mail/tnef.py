"""`winmail.dat` opened: the files and the text that Outlook packed into TNEF."""

import logging
from dataclasses import dataclass

from ticketapp.mail.parts import Part

_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef", "application/x-tnef"})
_SIGNATURE = b"\x78\x9f\x3e\x22"
_LARGEST = 50_000_000
_MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was inside: named files in order, and the text in the richest form found."""

    files: tuple[tuple[str, bytes], ...]
    text: str
    html: bytes


def is_tnef(part: Part, content: bytes) -> bool:
    """Whether a leaf is a TNEF container, by its type or name and its signature."""
    named = (
        part.content_type in _TYPES
        or "winmail" in (part.disposition.get("filename") or part.parameters.get("name")).lower()
    )
    return named and content.startswith(_SIGNATURE) and len(content) <= _LARGEST


def unpack(content: bytes) -> Unpacked:
    """Files and text of a TNEF stream; what cannot be read is left out, never raised."""
    import tnefparse  # only mail from Outlook's rich text needs it

    logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)
    try:
        stream = tnefparse.TNEF(content, do_checksum=False)
        files = tuple(
            (_text(found.long_filename() or found.name), bytes(found.data or b""))
            for found in stream.attachments[:_MOST_FILES]
        )
        return Unpacked(files, _text(stream.body or ""), _bytes(stream.htmlbody or b""))
    except Exception:  # noqa: BLE001 - the library raises whatever its struct reads lead it to
        return Unpacked((), "", b"")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").rstrip("\x00")
    return str(value).rstrip("\x00")


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
