"""ISO-2022-JP as Japanese mailers write it: vendor rows, half-width kana, and Shift_JIS or EUC under its label."""

import re
from functools import lru_cache

_ESCAPE = re.compile(rb"\x1b(\$\(?[@BDO-Q]|\([A-Z]|&@)")
_MOST_SWITCHES = 20_000
_DOUBLE_BYTE = frozenset({b"$@", b"$B", b"$(D", b"$(O", b"$(P", b"$(Q", b"$(@", b"$(B"})


def decode_iso_2022_jp(data: bytes) -> str:
    """Text of bytes labelled ISO-2022-JP (RFC 1468) or escaped like it; high bytes as UTF-8, CP932 or EUC-JP."""
    if b"\x1b" not in data and not data.isascii():
        return _eight_bit(data)
    return "".join(_segment(mode, run) for mode, run in _runs(data))


def _runs(data: bytes) -> list[tuple[bytes, bytes]]:
    pieces = _ESCAPE.split(data, _MOST_SWITCHES)
    runs = [(b"(B", pieces[0])]
    runs.extend(zip(pieces[1::2], pieces[2::2], strict=True))
    return runs


def _segment(mode: bytes, run: bytes) -> str:
    if mode in _DOUBLE_BYTE:
        return _rows(run)
    if mode == b"(I":
        return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in run).decode("cp932", "replace")
    return _eight_bit(run)


def _rows(run: bytes) -> str:
    """Pairs of JIS X 0208 with vendor row 13, which the Shift_JIS of Windows knows; line ends end the pairs."""
    return "".join(
        piece.decode("ascii", "replace") if number % 2 else _pairs(piece)
        for number, piece in enumerate(re.split(rb"([\r\n \t]+)", run))
    )


def _pairs(run: bytes) -> str:
    return b"".join(map(_shift, run[0::2], run[1::2])).decode("cp932", "replace")


@lru_cache(maxsize=65_536)
def _shift(high: int, low: int) -> bytes:
    """One pair of JIS X 0208 as Shift_JIS (JIS X 0208:1997, annex 1)."""
    high, low = high & 0x7F, low & 0x7F
    if not (0x21 <= high <= 0x7E and 0x21 <= low <= 0x7E):
        return b"?"
    lead = (high + 1) // 2 + (0x70 if high < 0x5F else 0xB0)
    trail = low + (0x1F if low < 0x60 else 0x20) if high % 2 else low + 0x7E
    return bytes((lead, trail))


def _eight_bit(data: bytes) -> str:
    for codec in ("utf-8", "cp932", "euc_jis_2004"):
        try:
            return data.decode(codec)
        except UnicodeError:
            continue
    return data.decode("cp932", "replace")
