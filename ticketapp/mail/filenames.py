"""Names of attachments: taken from where mailers put them, made safe to store and to download."""

import mimetypes
import re

from ticketapp.mail.encoded_words import header_text
from ticketapp.mail.headers import read_headers
from ticketapp.mail.parts import Part
from ticketapp.mail.storable import one_line, without_unseen

_LONGEST_BYTES = 255
_LONGEST_ENDING = 20
_IS_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|[\\/]|\.{1,2}[\\/]|~[\\/]|file:)")
_SEPARATORS = re.compile(r"[\\/]+")
_PREFERRED_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/pjpeg": ".jpg",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/rfc822-headers": ".txt",
    "text/rfc822-headers": ".txt",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/ms-tnef": ".dat",
}


def declared_name(part: Part, charset: str | None) -> str:
    """The name the sender gave, for show: Content-Disposition before Content-Type, empty where there is none."""
    for header, key in (
        ("content-disposition", "filename"),
        ("content-type", "name"),
        ("content-disposition", "name"),
        ("content-type", "filename"),
    ):
        name = part.named(header, key, charset)
        if name.strip():
            return one_line(name)
    return ""


def made_up_name(part: Part, number: int) -> str:
    """A name for a leaf without one: the subject of an enclosed mail, else its kind and `number`."""
    ending = _PREFERRED_ENDINGS.get(part.content_type) or mimetypes.guess_extension(part.content_type) or ".bin"
    if part.content_type == "message/rfc822":
        content = part.content()
        enclosed, _ = read_headers(content, 0, len(content))
        subject = header_text(enclosed.first("subject"))
        return f"{subject[:100] or 'message'}{ending}"
    kind = part.content_type.split("/")[0]
    return f"{'image' if kind == 'image' else 'attachment'}-{number}{ending}"


def safe_name(name: str) -> str:
    """At most 255 bytes without separators, control or bidirectional characters; empty if nothing is left."""
    plain = one_line(without_unseen(one_line(name)))
    if _IS_PATH.match(plain):
        plain = _SEPARATORS.split(plain.rstrip("\\/"))[-1]
    plain = _SEPARATORS.sub("_", plain).strip()
    return "" if not plain.strip(". ") else _shortened(plain)


def _shortened(name: str) -> str:
    """Cut in the middle, so that the ending stays."""
    if len(name.encode()) <= _LONGEST_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    room = _LONGEST_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + ending
