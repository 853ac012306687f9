"""HTML made harmless: allowed markup rebuilt balanced and shallow by our own scan, then judged again by nh3."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import nh3

from ticketapp.mail.html_tokens import Tag, names, tokens
from ticketapp.mail.storable import storable
from ticketapp.mail.styles import safe_style

_DEEPEST = 150
_LONGEST = 1_000_000
_LONGEST_REMEMBERED = 400
_BODY = "body"
_BODY_COLOURS = {"background-color": "bgcolor", "color": "text"}
_VOID = frozenset({"br", "hr", "img", "wbr", "col"})
_ALLOWED = names(
    "a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del"
    " details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main"
    " mark menu nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td"
    " tfoot th thead time tr tt u ul var wbr"
)
_DROPPED_WITH_CONTENT = names("object embed applet svg math select audio video canvas map frameset")
_EVERYWHERE = frozenset({"style", "dir", "lang", "align", "valign", "width", "height", "bgcolor"})
_ON_CELLS = frozenset({"colspan", "rowspan", "nowrap", "headers", "scope"})
_OWN: dict[str, frozenset[str]] = {
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "border", "hspace", "vspace"}),
    "font": frozenset({"color", "face", "size"}),
    "ol": frozenset({"start", "type"}),
    "ul": frozenset({"type"}),
    "li": frozenset({"value", "type"}),
    "table": frozenset({"border", "cellpadding", "cellspacing", "summary", "rules", "frame"}),
    "td": _ON_CELLS,
    "th": _ON_CELLS,
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "hr": frozenset({"size", "noshade", "color"}),
    "blockquote": frozenset({"type"}),
    "br": frozenset({"clear"}),
}
_NH3_ATTRIBUTES = {name: set(_EVERYWHERE | _OWN.get(name, frozenset())) for name in _ALLOWED}
_HARMLESS_VALUE = re.compile(r"[^<>=`]{0,500}$")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s]", re.I)
_IMAGE = re.compile(r"(?:https?://[^\s]|cid:[^\s]|data:image/(?:png|jpe?g|gif|webp|bmp)[;,])", re.I)
_NAMES_A_USER = re.compile(r"https?:[/\\]*[^/\\?#]*@", re.I)
_CUT_REFERENCE = re.compile(r"&[a-z]{0,4}\Z")
_IGNORED_IN_URLS = re.compile("[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


@dataclass(slots=True)
class _Rebuilt:
    out: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    dropping: str = ""
    drop_depth: int = 0
    size: int = 0


def sanitise(source: str) -> str:
    """A fragment of body markup that can neither run, load by style, frame, ask nor overlay.

    Links are http(s) and mailto. Images keep `cid:`, http(s) and `data:image` sources: whoever shows them decides
    what may load. Linear time.
    """
    return sanitise_scanned(tokens(source))


def sanitise_scanned(scanned: Iterable[Tag | str]) -> str:
    """As `sanitise`, of HTML that was scanned already."""
    rebuilt = _Rebuilt()
    for token in scanned:
        if rebuilt.size >= _LONGEST:
            break
        if isinstance(token, str):
            _take_text(rebuilt, token)
        else:
            _take_tag(rebuilt, token)
    rebuilt.out += [f"</{_written_as(name)}>" for name in reversed(rebuilt.opened)]
    return storable(_judged("".join(rebuilt.out)))


def _judged(rebuilt: str) -> str:
    return nh3.clean(
        rebuilt,
        tags=set(_ALLOWED),
        clean_content_tags={"script", "style"},
        attributes=_NH3_ATTRIBUTES,
        attribute_filter=_checked_again,
        url_schemes={"http", "https", "mailto", "cid", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    ).strip()


def _checked_again(tag: str, attribute: str, value: str) -> str | None:
    if attribute in ("href", "src"):
        return _safe_url(tag, value)
    return value


def _take_text(rebuilt: _Rebuilt, text: str) -> None:
    if not rebuilt.dropping:
        room = _LONGEST - rebuilt.size
        escaped = html.escape(text[:room], quote=False)
        _emit(rebuilt, escaped if len(escaped) <= room else _CUT_REFERENCE.sub("", escaped[:room]))


def _take_tag(rebuilt: _Rebuilt, tag: Tag) -> None:
    if rebuilt.dropping:
        _drop(rebuilt, tag)
    elif tag.name in _DROPPED_WITH_CONTENT:
        if not tag.closes and tag.name != "embed":
            rebuilt.dropping, rebuilt.drop_depth = tag.name, 1
    elif tag.name in _ALLOWED:
        _rebuild(rebuilt, tag)
    elif tag.name == _BODY and not tag.closes and not rebuilt.opened:
        _open_body(rebuilt, tag)


def _drop(rebuilt: _Rebuilt, tag: Tag) -> None:
    if tag.name == rebuilt.dropping:
        rebuilt.drop_depth += -1 if tag.closes else 1
        if rebuilt.drop_depth == 0:
            rebuilt.dropping = ""


def _rebuild(rebuilt: _Rebuilt, tag: Tag) -> None:
    if tag.name == "a":
        _close(rebuilt, "a")  # links do not nest; browsers pull what is inside apart, each in its own way
    if tag.closes:
        _close(rebuilt, tag.name)
    elif tag.name in _VOID or len(rebuilt.opened) < _DEEPEST:
        _open(rebuilt, tag)


def _open(rebuilt: _Rebuilt, tag: Tag) -> None:
    attributes = _safe_attributes(tag)
    if tag.name == "a" and " href=" not in attributes:
        return  # mere anchors are often left open, and nothing can lead to them
    _emit(rebuilt, f"<{tag.name}{attributes}>")
    if tag.name not in _VOID:
        rebuilt.opened.append(tag.name)


def _open_body(rebuilt: _Rebuilt, tag: Tag) -> None:
    """A body that sets its colours or direction goes on as a division, to the end as in browsers."""
    attributes = _safe_attributes(tag)
    if " style=" in attributes or " dir=" in attributes:
        _emit(rebuilt, f"<div{attributes}>")
        rebuilt.opened.append(_BODY)


def _close(rebuilt: _Rebuilt, name: str) -> None:
    """Close an element and what was left open inside; an end without a start is left out."""
    if name not in rebuilt.opened:
        return
    while rebuilt.opened:
        opened = rebuilt.opened.pop()
        _emit(rebuilt, f"</{_written_as(opened)}>")
        if opened == name:
            return


def _written_as(opened: str) -> str:
    return "div" if opened == _BODY else opened


def _emit(rebuilt: _Rebuilt, text: str) -> None:
    rebuilt.out.append(text)
    rebuilt.size += len(text)


def _safe_attributes(tag: Tag) -> str:
    if not tag.source or tag.source.isspace():
        return ""
    if len(tag.source) <= _LONGEST_REMEMBERED:
        return _remembered_attributes(tag.name, tag.source)
    return _written_attributes(tag.name, tag.attributes())


@lru_cache(maxsize=2_048)
def _remembered_attributes(name: str, source: str) -> str:
    """The same attributes come again and again in one mail and in the next."""
    return _written_attributes(name, Tag(name, closes=False, source=source, document="", end=0).attributes())


def _written_attributes(element: str, attributes: dict[str, str]) -> str:
    allowed = _OWN.get(element, frozenset())
    kept = []
    written = _as_division(attributes) if element == _BODY else attributes
    for name, value in written.items():
        if name in allowed or name in _EVERYWHERE:
            safe = _safe_value(element, name, value)
            if safe is not None:
                kept.append(f' {name}="{html.escape(safe)}"')
    return "".join(kept)


def _as_division(body: dict[str, str]) -> dict[str, str]:
    """The colours of a body as a style: letters that are light on its dark ground need that ground."""
    declared = ((name, body.get(attribute)) for name, attribute in _BODY_COLOURS.items())
    colours = "; ".join(f"{name}: {value}" for name, value in declared if value)
    others = {name: value for name, value in body.items() if name not in _BODY_COLOURS.values()}
    return {**others, "style": f"{colours}; {body.get('style', '')}"}


def _safe_value(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return safe_style(value) or None
    if name in ("href", "src"):
        return _safe_url(tag, value)
    return value if _HARMLESS_VALUE.match(value) else None


def _safe_url(tag: str, value: str) -> str | None:
    """The address without the characters browsers skip, None where its scheme is not allowed there.

    None too where it names a user before its host: what reads ``https://bank.example@…`` leads elsewhere.
    """
    scheme, colon, rest = _IGNORED_IN_URLS.sub("", value).partition(":")
    plain = scheme.lower() + colon + rest
    is_allowed = (_IMAGE if tag == "img" else _LINK).match(plain) and not _NAMES_A_USER.match(plain)
    return plain if is_allowed else None
