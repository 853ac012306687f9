"""HTML to tokens in one linear pass: what browsers would see as tags and text, nothing repaired, nothing trusted."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_TOKENS = 300_000
_MOST_ATTRIBUTES = 60
_TAG = re.compile(r"""<(/?)([A-Za-z][^\s/>\x00]{0,60})((?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?)*+)>""")
_ATTRIBUTE = re.compile(r"""([^\s/>="'<]{1,80})(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?""")
_ANY_TAG = re.compile(r"<[^<>]*+>")
_HUGE_REFERENCE = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,})")
_RAW_TEXT = ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "template")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in _RAW_TEXT}


@dataclass(slots=True)
class Tag:
    """A start or end tag; the attributes are read only when asked for."""

    name: str
    closes: bool
    source: str

    def attributes(self) -> dict[str, str]:
        """Attributes by lower-case name, references resolved, the first of equal names wins."""
        found: dict[str, str] = {}
        for number, match in enumerate(_ATTRIBUTE.finditer(self.source)):
            if number >= _MOST_ATTRIBUTES:
                break
            value = match[2] or match[3] or match[4] or ""
            found.setdefault(match[1].lower(), unescape(value) if "&" in value else value)
        return found


def unescape(text: str) -> str:
    """Character references resolved; numbers beyond Unicode become U+FFFD without being computed."""
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text))


def tokens(source: str) -> Iterator[Tag | str]:
    """Tags and runs of text (references resolved) in order; comments, declarations and raw-text elements are left out.

    Linear in the size. After very many tokens the rest comes as one text with its tags removed.
    """
    position, count, endless = 0, 0, set[str]()
    while position < len(source):
        count += 1
        if count > _MOST_TOKENS:
            yield unescape(_ANY_TAG.sub(" ", source[position:]))
            return
        opening = source.find("<", position)
        if opening < 0:
            yield unescape(source[position:])
            return
        if opening > position:
            yield unescape(source[position:opening])
        following = source[opening + 1 : opening + 2]
        if following in ("!", "?"):
            position = _past_markup(source, opening, endless)
            continue
        tag = _TAG.match(source, opening) if following == "/" or following.isalpha() else None
        if tag is None:
            position = _past_stray(source, opening, following)
            if position == opening + 1:
                yield "<"
            continue
        found = Tag(tag[2].lower(), tag[1] == "/", tag[3])
        yield found
        position = tag.end()
        if not found.closes and found.name in _RAW_END and found.name not in endless:
            position = _past_raw_text(source, position, found.name, endless)


def _past_stray(source: str, opening: int, following: str) -> int:
    """Past a `<` that opens no tag: a tag that is never closed ends the document, as it does in browsers."""
    if following.isascii() and following.isalpha():
        return len(source)
    if following == "/":
        end = source.find(">", opening)
        return end + 1 if end >= 0 else len(source)
    return opening + 1


def _past_markup(source: str, opening: int, endless: set[str]) -> int:
    """Past a comment, declaration or processing instruction."""
    if source.startswith("<!--", opening) and "-->" not in endless:
        if source.startswith(("<!-->", "<!--->"), opening):
            return source.index(">", opening) + 1
        end = source.find("-->", opening + 4)
        if end >= 0:
            return end + 3
        endless.add("-->")
    end = source.find(">", opening)
    return end + 1 if end >= 0 else len(source)


def _past_raw_text(source: str, position: int, name: str, endless: set[str]) -> int:
    """Past the content of an element whose text is no text to read; one that never ends is taken as empty."""
    end = _RAW_END[name].search(source, position)
    if end is None:
        endless.add(name)
        return position if name not in ("script", "style") else len(source)
    return end.start()
