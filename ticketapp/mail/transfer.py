"""Content-Transfer-Encoding undone (RFC 2045 section 6), junk and cuts tolerated, bytes in and bytes out."""

import binascii
import re

_BLANKS = b" \t\r\n\x0b\x0c\x00"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_MOST_BLOCKS = 50_000
_MOST_LINES = 400_000
_PADDING = re.compile(rb"=+")
_SOFT_BREAK_BLANKS = re.compile(rb"=[ \t]++(?=\r?\n)")
_COMMENT = re.compile(rb"\([^()]*\)")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]*\r?$", re.M)
_READABLE_WORDS = re.compile(rb"[A-Za-z]{2,20}[,.]? [A-Za-z]{1,20}[,.]? [A-Za-z]{2,20}")


def encoding_of(header: bytes) -> str:
    """The transfer encoding a header names: `base64`, `quoted-printable`, `uuencode`, else `identity`."""
    squeezed = re.sub(rb"[^a-z0-9]", b"", _COMMENT.sub(b"", header[:200]).lower())
    if squeezed.startswith((b"base64", b"b64")):
        return "base64"
    if squeezed.startswith((b"quotedprintable", b"qp", b"quoted")):
        return "quoted-printable"
    return "uuencode" if squeezed.startswith((b"uu", b"xuu")) else "identity"


def decoded(data: bytes, encoding: str) -> bytes:
    """The bytes that were encoded; what cannot be decoded comes back as it is."""
    if encoding == "base64":
        return _from_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(_SOFT_BREAK_BLANKS.sub(b"=", data))
    return _from_uuencode(data) if encoding == "uuencode" else data


def _from_base64(data: bytes) -> bytes:
    packed = data.translate(None, _BLANKS)
    try:
        return binascii.a2b_base64(packed, strict_mode=True)
    except binascii.Error:
        return _from_damaged_base64(data, packed)


def _from_damaged_base64(data: bytes, packed: bytes) -> bytes:
    """Junk inside is skipped, blocks encoded one by one are joined, text under a wrong label is left alone."""
    if _is_readable(data):
        return data
    first, _, rest = _without_footer(data).translate(None, _BLANKS).partition(b"=")
    out = [_quads(first)]
    out += [_quads(block) for block in _PADDING.split(rest, _MOST_BLOCKS) if block.strip(b"=")]
    return b"".join(out) or (data if not packed.translate(None, _NOT_BASE64) else b"")


def _is_readable(data: bytes) -> bool:
    """Whether text was declared base64 and never encoded: its first line is words."""
    start = data.lstrip()[:400]
    return bool(_READABLE_WORDS.search(start)) and b" " in start.split(b"\n", 1)[0]


def _without_footer(data: bytes) -> bytes:
    """The data up to the plain text that list servers append below encoded lines."""
    found = re.search(rb"(?:=|\n)[ \t\r]*\n[^\n]*[^A-Za-z0-9+/=\s][^\n]*", data)
    if not found:
        return data
    head = data[: found.start() + 1]
    junk = len(head.translate(None, _ALPHABET + b"=" + _BLANKS))
    return head if junk == 0 and found.start() else data


def _quads(block: bytes) -> bytes:
    plain = block.translate(None, _NOT_BASE64)
    usable = plain[:-1] if len(plain) % 4 == 1 else plain
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def _from_uuencode(data: bytes) -> bytes:
    begin = _UU_BEGIN.search(data)
    if not begin:
        return data
    out = []
    for line in data[begin.end() :].lstrip(b"\r\n").split(b"\n", _MOST_LINES):
        if line.strip() in (b"end", b"`", b""):
            break
        out.append(_uu_line(line.rstrip(b"\r")))
    return b"".join(out)


def _uu_line(line: bytes) -> bytes:
    """One line, also where trailing blanks were lost, the length lies or padding bits are no blanks."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (line[0] - 32) & 63
        groups = (length + 2) // 3
        whole = bytes((32 + groups * 3,)) + line[1 : groups * 4 + 1].ljust(groups * 4)
        try:
            return binascii.a2b_uu(whole)[:length]
        except binascii.Error:
            return b""
