"""PNG files made small: a page needs no more than its 256 commonest colours (PNG specification, third edition)."""

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
CHANNELS = {2: 3, 6: 4}


def smaller(png: bytes) -> bytes:
    """The picture with at most 256 colours; of 8 bits a channel and not interlaced, as Chromium writes it."""
    width, rows = _rows(png)
    counted = Counter(pixel for row in rows for pixel in row)
    palette = [colour for colour, _ in counted.most_common(COLOURS)]
    number = {colour: _nearest(colour, palette) for colour in counted}
    number.update({colour: at for at, colour in enumerate(palette)})
    lines = b"".join(b"\0" + bytes(number[pixel] for pixel in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _rows(png: bytes) -> tuple[int, list[list[bytes]]]:
    """The width, and the pixels of each row as three bytes."""
    at, header, packed = len(SIGNATURE), b"", b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        header = data if kind == b"IHDR" else header
        packed += data if kind == b"IDAT" else b""
        at += length + 12
    width, height, _, colour_type = struct.unpack(">IIBB", header[:10])
    channels, lines = CHANNELS[colour_type], zlib.decompress(packed)
    size, before, rows = width * channels, bytearray(width * channels), []
    for number in range(height):
        start = number * (size + 1)
        before = _unfiltered(lines[start], bytearray(lines[start + 1 : start + 1 + size]), before, channels)
        rows.append([bytes(before[pixel : pixel + 3]) for pixel in range(0, size, channels)])
    return width, rows


def _unfiltered(kind: int, row: bytearray, above: bytearray, step: int) -> bytearray:
    for at in range(len(row)) if kind else ():
        left, upper = (row[at - step] if at >= step else 0), above[at]
        corner = above[at - step] if at >= step else 0
        guess = (0, left, upper, (left + upper) // 2, _paeth(left, upper, corner))[kind]
        row[at] = (row[at] + guess) & 255
    return row


def _paeth(left: int, upper: int, corner: int) -> int:
    guess = left + upper - corner
    return min((left, upper, corner), key=lambda value: abs(guess - value))


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    return min(
        range(len(palette)), key=lambda at: sum((a - b) ** 2 for a, b in zip(colour, palette[at], strict=True))
    )
