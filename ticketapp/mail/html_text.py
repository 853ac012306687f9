"""HTML to the text a person would read: paragraphs, lists and tables kept, quoted history marked if asked for."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ticketapp.mail.html_hidden import HIDDEN, SHOWN, TINY, WHITISH, has_ground, how_shown, is_resized
from ticketapp.mail.html_tokens import Tag, names
from ticketapp.mail.storable import storable

_PARAGRAPHS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr"}
)
_BLOCKS = names(
    "address article aside body center dd details dir div dt fieldset figcaption figure footer form header legend li"
    " main menu nav option section summary tbody tfoot thead tr caption title"
)
_ENDS_PARAGRAPH = _PARAGRAPHS | {"div", "center", "form", "address"}
_CELLS = frozenset({"td", "th"})
_VOID = names("area base br col embed hr img input link meta param source track wbr")
_SKIPPED = frozenset({"select", "object", "svg", "math", "audio", "video", "canvas", "map", "applet"})
_BLANKS = re.compile(r"[ \t\r\n\f\u200b\ufeff]+")
_PADDING = re.compile("(?:[\u034f\u200c\u200b\u00ad]+[ \u00a0]+){3,}[\u034f\u200c\u200b\u00ad]*")
_MANY_LINES = re.compile(r"\n{3,}")

Verdict = str
QUOTE_ELEMENT, QUOTE_REST, CONTENT = "element", "rest", ""
Judge = Callable[["Tag", "TextSink"], Verdict]


@dataclass(slots=True)
class TextSink:
    """Text in the making: breaks are owed until something visible follows."""

    pieces: list[str] = field(default_factory=list)
    breaks_owed: int = 0
    space_owed: bool = False
    at_bullet: bool = False

    def write(self, text: str) -> None:
        """Append text, runs of blanks as one."""
        plain = _BLANKS.sub(" ", text)
        body = plain.strip(" ")
        if not body:
            self.space_owed = self.space_owed or bool(plain)
            return
        if self.breaks_owed:
            self.pieces.append("\n" * self.breaks_owed)
        elif self.pieces and (self.space_owed or plain[0] == " "):
            self.pieces.append(" ")
        self.breaks_owed, self.space_owed, self.at_bullet = 0, plain[-1] == " ", False
        self.pieces.append(body)

    def write_as_is(self, text: str) -> None:
        """Append text with its own line ends."""
        if self.breaks_owed:
            self.pieces.append("\n" * self.breaks_owed)
        self.breaks_owed, self.space_owed, self.at_bullet = 0, False, False
        self.pieces.append(text)

    def break_lines(self, count: int) -> None:
        """Owe at least that many line ends."""
        if self.pieces and not self.at_bullet:
            self.breaks_owed = max(self.breaks_owed, count)
            self.space_owed = False

    def add_line_end(self) -> None:
        """Owe one more line end, as `<br>` does."""
        if self.pieces and not self.at_bullet:
            self.breaks_owed += 1
            self.space_owed = False

    def last_line(self) -> str:
        """What was written since the last line end, at most the last pieces of it."""
        return "".join(self.pieces[-60:]).rsplit("\n", 1)[-1]


@dataclass(slots=True)
class _Renderer:
    judge: Judge | None
    sink: TextSink = field(default_factory=TextSink)
    lists: list[int | None] = field(default_factory=list)
    skipping: str = ""
    skip_depth: int = 0
    is_hiding: bool = False
    shows_hidden: bool = False
    has_ground: bool | None = None
    muted: str = ""
    muted_depth: int = 0
    preformatted: int = 0
    is_over: bool = False


def html_to_text(scanned: Iterable[Tag | str], judge: Judge | None = None) -> str:
    """Readable text of scanned HTML in one linear pass; what `judge` calls quoted history becomes a line `>`.

    What a browser would not show is left out, unless nothing else is there.
    """
    known = scanned if isinstance(scanned, list) else list(scanned)
    renderer = _Renderer(judge)
    text = _rendered(renderer, known)
    if not text and renderer.is_hiding:
        return _rendered(_Renderer(judge, shows_hidden=True), known)
    return text


def _rendered(renderer: _Renderer, scanned: list[Tag | str]) -> str:
    for token in scanned:
        if isinstance(token, str):
            _take_text(renderer, token)
        else:
            _take_tag(renderer, token)
        if renderer.is_over:
            break
    return _tidy("".join(renderer.sink.pieces))


def _tidy(text: str) -> str:
    visible = text if text.isascii() else _PADDING.sub(" ", text)
    lines = storable(visible).replace("\xa0", " ").split("\n")
    return _MANY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _take_text(renderer: _Renderer, text: str) -> None:
    if renderer.skipping or renderer.muted:
        return
    if renderer.preformatted:
        renderer.sink.write_as_is(text.replace("\r\n", "\n"))
    else:
        renderer.sink.write(text)


def _take_tag(renderer: _Renderer, tag: Tag) -> None:
    if renderer.muted:
        _listen(renderer, tag)
    if renderer.skipping and not _is_ended_by(renderer, tag):
        _skip(renderer, tag)
    elif tag.closes:
        _close(renderer, tag.name)
    elif not _starts_skipping(renderer, tag):
        _open(renderer, tag)


def _skip(renderer: _Renderer, tag: Tag) -> None:
    if tag.name == renderer.skipping:
        renderer.skip_depth += -1 if tag.closes else 1
        if renderer.skip_depth == 0:
            renderer.skipping = ""


def _is_ended_by(renderer: _Renderer, tag: Tag) -> bool:
    """Whether a hidden paragraph that nobody closes ends before this start tag, as it does in browsers."""
    if tag.closes or renderer.skipping != "p" or tag.name not in _ENDS_PARAGRAPH:
        return False
    renderer.skipping = ""
    return True


def _listen(renderer: _Renderer, tag: Tag) -> None:
    """Follow an element of tiny letters to its end, or to where letters grow again."""
    if tag.name == renderer.muted and tag.name not in _VOID:
        renderer.muted_depth += -1 if tag.closes else 1
    if renderer.muted_depth == 0 or (not tag.closes and is_resized(tag)):
        renderer.muted = ""


def _starts_skipping(renderer: _Renderer, tag: Tag) -> bool:
    if tag.name in _VOID and tag.name != "hr":
        return False
    verdict = renderer.judge(tag, renderer.sink) if renderer.judge else CONTENT
    if verdict:
        renderer.sink.break_lines(1)
        renderer.sink.write_as_is(">" if verdict == QUOTE_ELEMENT else "-----Original Message-----")
        renderer.sink.break_lines(1)
        renderer.is_over = verdict == QUOTE_REST
    shown = _how_shown(renderer, tag)
    renderer.is_hiding = renderer.is_hiding or bool(shown)
    if verdict or tag.name in _SKIPPED or shown == HIDDEN:
        renderer.skipping, renderer.skip_depth = tag.name, 1
        return True
    if shown == TINY and not renderer.muted:
        renderer.muted, renderer.muted_depth = tag.name, 1
    return False


def _how_shown(renderer: _Renderer, tag: Tag) -> str:
    shown = SHOWN if renderer.shows_hidden else how_shown(tag)
    if shown != WHITISH:
        return shown
    if renderer.has_ground is None:
        renderer.has_ground = has_ground(tag.document)
    return SHOWN if renderer.has_ground else HIDDEN


def _open(renderer: _Renderer, tag: Tag) -> None:
    name, sink = tag.name, renderer.sink
    if name == "br":
        sink.add_line_end()
    elif name in _CELLS:
        _separate_cell(sink)
    elif name == "li":
        sink.at_bullet = False
        sink.break_lines(1)
        sink.write_as_is(_bullet(renderer.lists))
        sink.at_bullet = True
    elif name in _PARAGRAPHS:
        sink.break_lines(1 if name in ("ul", "ol") and renderer.lists else 2)
        _enter(renderer, tag)
    elif name in _BLOCKS:
        sink.break_lines(1)


def _separate_cell(sink: TextSink) -> None:
    if sink.pieces and not sink.at_bullet and not sink.breaks_owed:
        sink.pieces.append("  ")
        sink.space_owed = False


def _enter(renderer: _Renderer, tag: Tag) -> None:
    if tag.name == "ol":
        start = tag.attributes().get("start", "1")
        renderer.lists.append(int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1)
    elif tag.name in ("ul", "dl"):
        renderer.lists.append(None)
    elif tag.name == "pre":
        renderer.preformatted += 1


def _bullet(lists: list[int | None]) -> str:
    indent = "  " * (min(len(lists), 20) - 1)
    number = lists[-1] if lists else None
    if number is None:
        return f"{indent}* "
    lists[-1] = number + 1
    return f"{indent}{number}. "


def _close(renderer: _Renderer, name: str) -> None:
    if name in ("ul", "ol", "dl") and renderer.lists:
        renderer.lists.pop()
    elif name == "pre":
        renderer.preformatted = max(0, renderer.preformatted - 1)
    if name in _PARAGRAPHS:
        renderer.sink.break_lines(1 if name in ("ul", "ol") and renderer.lists else 2)
    elif name in _BLOCKS:
        renderer.sink.break_lines(1)
