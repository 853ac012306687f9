"""HTML to tokens in one linear pass: what browsers would see as tags and text, nothing repaired, nothing trusted."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_TOKENS = 100_000
_MOST_BARE_TAGS = 10_000
_LONGEST_RESOLVED = 1_000_000
_MOST_ATTRIBUTES = 60
_LONGEST_TAG = 20_000
_TAG = re.compile(r"""<(/?)([A-Za-z][^\s/>\x00]{0,60})((?>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?)*))>""")
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_ATTRIBUTE = re.compile(r"""([^\s/>="'<]{1,80})(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]++)))?""")
_ANY_TAG = re.compile(r"<[^<>]*+>")
_HUGE_REFERENCE = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,})")
_RAW_TEXT = ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "template")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in _RAW_TEXT}


def names(listed: str) -> frozenset[str]:
    """A set of element or attribute names from a list with blanks between."""
    return frozenset(listed.split())


@dataclass(slots=True)
class Tag:
    """A start or end tag; the attributes are read only when asked for."""

    name: str
    closes: bool
    source: str
    document: str
    end: int

    def following(self, length: int) -> str:
        """The document's next characters after this tag."""
        return self.document[self.end : self.end + length]

    def attributes(self) -> dict[str, str]:
        """Attributes by lower-case name, references resolved, the first of equal names wins."""
        found: dict[str, str] = {}
        for number, match in enumerate(_ATTRIBUTE.finditer(self.source)):
            if number >= _MOST_ATTRIBUTES:
                break
            value = match[2] or match[3] or match[4] or ""
            found.setdefault(match[1].lower(), unescape(value))
        return found


def unescape(text: str) -> str:
    """References resolved in the first million characters; huge numbers become U+FFFD without being computed."""
    if "&" not in text:
        return text
    resolved = html.unescape(_HUGE_REFERENCE.sub("\ufffd", text[:_LONGEST_RESOLVED]))
    return resolved + text[_LONGEST_RESOLVED:]


def tokens(source: str, most: int = MOST_TOKENS) -> Iterator[Tag | str]:
    """Tags and runs of text (references resolved) in order; comments, declarations and scripts are left out.

    Linear in the size. After `most` tokens, or 10,000 tags in a row without text between, which only an attack has,
    the rest comes as one text with its tags removed.
    """
    position, count, bare, endless = 0, 0, 0, set[str]()
    while position < len(source):
        count += 1
        if count > most or bare > _MOST_BARE_TAGS:
            yield unescape(_ANY_TAG.sub(" ", source[position:]))
            return
        markup = _MARKUP.search(source, position)
        if markup is None:
            yield unescape(source[position:])
            return
        opening = markup.start()
        if opening > position:
            bare = 0
            yield unescape(source[position:opening])
        following = source[opening + 1 : opening + 2]
        if following in ("!", "?"):
            position = _past_markup(source, opening, endless)
            continue
        tag = _TAG.match(source, opening)
        if tag is None:
            position = _past_stray(source, opening, following)
            continue
        found = Tag(tag[2].lower(), tag[1] == "/", tag[3][:_LONGEST_TAG], source, tag.end())
        yield found
        position, bare = tag.end(), bare + 1
        if not found.closes and found.name in _RAW_END and found.name not in endless:
            position = _past_raw_text(source, position, found.name, endless)


def _past_stray(source: str, opening: int, following: str) -> int:
    """Past markup that is no tag: a tag that is never closed ends the document, as it does in browsers."""
    end = source.find(">", opening) if following == "/" else -1
    return end + 1 if end >= 0 else len(source)


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
