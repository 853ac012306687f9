"""Which legacy charset undeclared bytes are in, told by what their commonest letters would be."""

import re

_SAMPLE = 20_000
_FEWEST_HIGH_BYTES = 8
_LOWEST_SCORE = 0.6
_TOGETHER = re.compile(rb"[\x80-\xff]{3,}")
_CYRILLIC_COMMON = frozenset("оеаинтсрвлкмдпуязыбОЕАИНТСР")
_CYRILLIC_PAGES = ("koi8_r", "cp1251", "cp866", "iso8859_5")
_EAST_ASIAN_PAGES = ("cp932", "euc_jp", "cp949", "gb18030", "big5")


def guess_legacy(data: bytes) -> str | None:
    """The codec of text that is no UTF-8 and declares nothing; None where it looks Western or too short to tell."""
    sample = data[:_SAMPLE]
    if not _is_no_western(sample):
        return None
    scores = {codec: _cyrillic_score(sample, codec) for codec in _CYRILLIC_PAGES}
    scores |= {codec: _east_asian_score(sample, codec) for codec in _EAST_ASIAN_PAGES}
    return _best_of(scores)


def guess_cyrillic(data: bytes) -> str | None:
    """The Cyrillic codec of text that declares another charset and cannot be in it; None for other scripts."""
    sample = data[:_SAMPLE]
    if not _is_no_western(sample):
        return None
    return _best_of({codec: _cyrillic_score(sample, codec) for codec in _CYRILLIC_PAGES})


def _is_no_western(sample: bytes) -> bool:
    """Whether a third of the letters are high bytes, or most of these stand together, as accents never do."""
    high = sum(byte >= 0x80 for byte in sample)
    letters = high + sum(0x41 <= byte & 0xDF <= 0x5A for byte in sample)
    together = sum(map(len, _TOGETHER.findall(sample)))
    return high >= _FEWEST_HIGH_BYTES and (high * 3 >= letters or together * 3 >= high * 2)


def _best_of(scores: dict[str, float]) -> str | None:
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] > _LOWEST_SCORE else None


def _cyrillic_score(sample: bytes, codec: str) -> float:
    high = [char for char in sample.decode(codec, "replace") if char > "\x7f"]
    return sum(char in _CYRILLIC_COMMON for char in high) / len(high)


def _east_asian_score(sample: bytes, codec: str) -> float:
    try:
        text = sample[: len(sample) - 1].decode(codec, "strict" if len(sample) < _SAMPLE else "ignore")
    except UnicodeError:
        try:
            text = sample.decode(codec)
        except UnicodeError:
            return 0.0
    high = [char for char in text if char > "\x7f"]
    return sum(_weight(char, codec) for char in high) / len(high) if high else 0.0


def _weight(char: str, codec: str) -> float:
    if "\u3040" <= char <= "\u30ff":
        return 1.3 if codec in ("cp932", "euc_jp") else 0.3
    if "\uac00" <= char <= "\ud7a3":
        return 1.2 if codec == "cp949" and _is_common_hangul(char) else 0.0
    if "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uff5e":
        return 1.0
    return _ideograph_weight(char, codec)


def _is_common_hangul(char: str) -> bool:
    """Whether KS X 1001 has the syllable itself; others it only spells out, in more than two bytes."""
    return len(char.encode("euc_kr", "replace")) == 2


def _ideograph_weight(char: str, codec: str) -> float:
    if not "\u4e00" <= char <= "\u9fff":
        return 0.0
    common = {"gb18030": "gb2312", "big5": "big5", "cp949": "euc_kr", "cp932": "shift_jis", "euc_jp": "euc_jp"}[codec]
    try:
        first = char.encode(common)[0]
    except UnicodeError:
        return 0.1
    is_first_level = {
        "gb18030": 0xB0 <= first <= 0xD7,
        "big5": 0xA4 <= first <= 0xC6,
        "euc_jp": 0xB0 <= first <= 0xCF,
    }
    return 0.9 if is_first_level.get(codec, codec == "cp932" and first < 0x98) else 0.2
