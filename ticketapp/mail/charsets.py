"""Charset labels to text: which codec a label really means, and the guess where the label lies."""

import codecs
import re
from functools import lru_cache

from ticketapp.mail.east_asian import decode_iso_2022_jp
from ticketapp.mail.language_guess import guess_cyrillic, guess_legacy

_C1_TO_CP1252 = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
WESTERN = "western"
_UTF_16 = "utf-16"
_ISO_2022_JP = "iso-2022-jp"
_ESCAPED = frozenset({"utf-7", "hz", "iso2022_kr", _ISO_2022_JP, _UTF_16, "utf-16-le", "utf-16-be", "utf-32"})
_MANY_BYTES = frozenset({"gb18030", "big5hkscs", "cp950", "cp932", "cp949", "johab", "euc_jis_2004", "euc_jp"})

# What a label means to those who write it (WHATWG Encoding, section 4.2, and labels seen in mail).
_MEANINGS = {
    WESTERN: (
        "usascii ascii iso88591 latin1 l1 cp1252 windows1252 win1252 ansi ansix341968 iso646us us iso8859 xansi"
        " ansix31101983 cp367 ibm367 8bit 7bit unknown8bit unknown xunknown xuserdefined userdefined default none"
        " defaultcharset charset iso885911987 iso88591windows1252 cp819 ibm819 binary"
    ),
    "utf-8": "utf8 utf8mb4 utf8mb3 unicode11utf8 unicode20utf8 xunicode20utf8 cp65001 utf xutf8 utf88 utf8n uft8",
    "utf-7": "utf7 unicode11utf7 unicode20utf7 xunicode20utf7 csunicode11utf7 cp65000",
    _UTF_16: "utf16 unicode ucs2 iso10646ucs2 csunicode",
    "utf-16-le": "utf16le unicodefffe1200 ucs2le",
    "utf-16-be": "utf16be unicodefffe ucs2be",
    "utf-32": "utf32 utf32le utf32be ucs4",
    "gb18030": "gb2312 gbk gb18030 gb gb231280 chinese csgb2312 euccn gb2312eucr cp936 windows936 ms936 xgbk"
    " iso58gb231280 csgb18030 eucgb2312cn xgb2312",
    "hz": "hz hzgb2312 hzgb",
    "big5hkscs": "big5 big5hkscs cnbig5 csbig5 xxbig5 cp950 windows950 big5eten bigfive",
    "cp932": "shiftjis sjis xsjis mskanji windows31j cp932 ms932 csshiftjis cswindows31j shiftjisx shiftjis2004"
    " sjisopen xmscp932",
    "euc_jis_2004": "eucjp xeucjp xeuc cseucpkdfmtjapanese ujis eucjpms eucjpwin",
    _ISO_2022_JP: "iso2022jp csiso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpms cp50220 cp50221 cp50222 jis",
    "cp949": "ksc56011987 ksc5601 ksc56011989 ks euckr cseuckr windows949 cp949 ms949 korean uhc xwindows949 isoir149"
    " ksc56011992",
    "iso2022_kr": "iso2022kr csiso2022kr",
    "johab": "johab cp1361",
    "cp874": "windows874 cp874 tis620 iso885911thai xwindows874 dos874 iso8859111",
    "iso8859_8": "iso88598 iso88598i iso88598e hebrew visual logical csiso88598i",
    "mac_roman": "macintosh xmacroman macroman mac csmacintosh",
    "mac_cyrillic": "xmaccyrillic maccyrillic xmacukrainian",
    "mac_latin2": "xmacce maccentraleurope macce",
    "mac_greek": "xmacgreek macgreek",
    "mac_turkish": "xmacturkish macturkish",
    "koi8_r": "koi8r koi8 koi cskoi8r",
    "koi8_u": "koi8u koi8ru",
    "cp866": "ibm866 cp866 866 dos866",
}  # fmt: skip
_CODEC_OF = {label: codec for codec, labels in _MEANINGS.items() for label in labels.split()}
_NUMBERED = re.compile(r"(?:x?(?:cp|windows|win|ibm|dos|ms|microsoft|oem)|iso?8859)(\d{1,4})")
# The Windows page that is meant when an ISO page holds bytes the ISO page leaves to control codes.
_WINDOWS_TWIN = {
    "iso8859_2": "cp1250",
    "iso8859_5": "cp1251",
    "iso8859_6": "cp1256",
    "iso8859_7": "cp1253",
    "iso8859_8": "cp1255",
    "iso8859_9": "cp1254",
    "iso8859_4": "cp1257",
    "iso8859_13": "cp1257",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_C1 = re.compile(rb"[\x80-\x9f]")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
# What East Asian letters look like in UTF-8; text in their own codecs is hardly ever made of nothing else.
_LONG_SEQUENCE = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2,3}")
_ENOUGH_SEQUENCES = 3


def decode(data: bytes, label: str | None = None) -> str:
    """Text of bytes declared to be in `label` (None: undeclared); never raises, reads supersets, mends lies."""
    codec = codec_for(label)
    if data.isascii() and codec not in _ESCAPED and b"\x1b" not in data:
        return data.decode("ascii")
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(marked, "replace")
    return _decode_as(data, codec)


@lru_cache(maxsize=512)
def codec_for(label: str | None) -> str | None:
    """The codec a charset label means, None for no label and for labels nobody knows."""
    if not label:
        return None
    plain = label.strip().strip("\"'").lower()[:60]
    squeezed = re.sub(r"[^a-z0-9]", "", plain.split("$")[0].split(";")[0])
    squeezed = squeezed.removeprefix("3d")
    known = _CODEC_OF.get(squeezed) or _CODEC_OF.get(squeezed.removeprefix("cs"))
    return known or _numbered_codec(squeezed)


def _numbered_codec(squeezed: str) -> str | None:
    found = _NUMBERED.match(squeezed)
    if not found:
        return None
    family = "iso8859_" if squeezed.startswith("is") else "cp"
    for digits in (found[1], found[1][:2], found[1][:1]):
        name = f"{family}{digits}"
        if _is_codec(name):
            return name
    return None


def _is_codec(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _decode_as(data: bytes, codec: str | None) -> str:
    if codec is None:
        return _undeclared(data)
    if codec == WESTERN:
        return _western(data)
    if codec == "utf-8":
        return _utf8(data)
    if codec == _ISO_2022_JP:
        return decode_iso_2022_jp(data)
    if codec == _UTF_16:
        return _utf16(data)
    return _declared(data, codec)


def _declared(data: bytes, codec: str) -> str:
    if _is_surely_utf8(data, _LONG_SEQUENCE if codec in _MANY_BYTES else _UTF8_SEQUENCE):
        return data.decode("utf-8")
    if codec in _WINDOWS_TWIN and _C1.search(data):
        codec = _WINDOWS_TWIN[codec]
    text = _strictly(data, codec) or (codec in _MANY_BYTES and _strictly(data, "utf-8"))
    return text or data.decode(codec, "replace")


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _is_surely_utf8(data: bytes, sequence: re.Pattern[bytes]) -> bool:
    return len(sequence.findall(data[:100_000])) >= _ENOUGH_SEQUENCES and _strictly(data, "utf-8") is not None


def _undeclared(data: bytes) -> str:
    if b"\x1b$" in data or b"\x1b(" in data:
        return decode_iso_2022_jp(data)
    text = _strictly(data, "utf-8")
    if text is not None:
        return text
    if data.count(b"\x00", 0, 2000) > min(len(data), 2000) // 3:
        return _utf16(data)
    legacy = guess_legacy(data)
    return data.decode(legacy, "replace") if legacy else _utf8(data)


def _western(data: bytes) -> str:
    if b"\x1b$" in data:
        return decode_iso_2022_jp(data)
    return _utf8(data)


def _utf8(data: bytes) -> str:
    text = _strictly(data, "utf-8")
    return text if text is not None else _mostly_utf8(data) or _legacy(data)


def _legacy(data: bytes) -> str:
    """What says UTF-8 or Western and is not UTF-8: the Cyrillic charset its letters are surely in, else cp1252."""
    codec = guess_cyrillic(data)
    return data.decode(codec, "replace") if codec else _cp1252(data)


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes, None where the broken ones outnumber the good ones."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return text if broken < len(_UTF8_SEQUENCE.findall(data)) else None


def _cp1252(data: bytes) -> str:
    return data.decode("latin-1").translate(_C1_TO_CP1252)


def _utf16(data: bytes) -> str:
    if b"\x00" not in data[:2000] and _strictly(data, "utf-8") is not None:
        return data.decode("utf-8")
    little = data[1:2000:2].count(0) > data[0:2000:2].count(0)
    return data.decode("utf-16-le" if little else "utf-16-be", "replace")
