"""The files that customers of the demo attach: small, and what their names say they are."""

import struct
import zlib
from collections.abc import Mapping

WIDTH, HEIGHT = 320, 200
PAPER, INK, ALARM = b"\xfb\xfb\xf8", b"\x1f\x1f\x1d", b"\xb0\x00\x20"

TEXTS = {
    "statement.csv": "date,reference,amount\n2026-10-01,{number},{amount}\n2026-10-01,{number},{amount}\n",
    "export.csv": "\ufefforder,name,city\n{number},Łukasz Müller,{city}\n",
    "sync.log": "INFO sync started, {count} orders\nERROR order {number}: unexpected end of document\nINFO end\n",
    "invoice.txt": "INVOICE {number}\n\nLabels and shipping, one month   {amount}\nVAT 20 %\n",
}
TYPES = {"csv": "text/csv", "log": "text/plain", "txt": "text/plain", "png": "image/png"}


def content(name: str, slots: Mapping[str, object]) -> tuple[bytes, str]:
    """The bytes of the file of this name, its slots filled, and their media type."""
    kind = TYPES[name.rpartition(".")[2]]
    return (screenshot(), kind) if kind == "image/png" else (TEXTS[name].format_map(slots).encode(), kind)


def screenshot() -> bytes:
    """A window with lines of text and a red box, as PNG (ISO/IEC 15948)."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y) for x in range(WIDTH)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _pixel(x: int, y: int) -> bytes:
    if x < 2 or y < 24 or x >= WIDTH - 2 or y >= HEIGHT - 2:
        return INK
    if 120 <= y < 160 and 40 <= x < WIDTH - 40:
        return ALARM if y in (120, 121, 158, 159) or x in (40, 41, WIDTH - 42, WIDTH - 41) else PAPER
    return INK if y % 16 in (7, 8) and 20 < x < 60 + y * 97 % 200 else PAPER


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
