"""HTML mail for a frame: a sanitised fragment as a document, and the policy it is shown under. No Flask."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import unquote

# The frame may not run anything. It keeps its origin, because otherwise browsers send no session cookie for the
# pictures that we serve from the message itself; links may open pages of their own, outside the sandbox.
SANDBOX = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
POLICY = (
    "default-src 'none'; img-src 'self' data:{images}; style-src 'unsafe-inline'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; " + SANDBOX
)
IMAGES_FROM_OUTSIDE = " https: http:"
IMAGE = re.compile(r"<img\b", re.I)
ATTRIBUTE = re.compile(r'\s+([^\s"=<>]+)(?:="([^"]*)")?')  # as the sanitiser writes them: in double quotes
CID = "cid:"
FROM_OUTSIDE = re.compile("https?:", re.I)
DOT_SEGMENTS = (".", "..")
# White paper in both themes: mails set dark letters and trust that the sheet is white. Nothing of the letter is
# drawn outside of it, so that it cannot cover what we say above it.
STYLE = (
    "html{color-scheme:light;background:#fff;color:#1f1f1d;font:15px/1.5 system-ui,sans-serif}"
    "body{margin:12px;overflow-wrap:break-word}img{max-width:100%;height:auto}table{max-width:100%}"
    "pre{white-space:pre-wrap}blockquote{margin:0 0 0 8px;padding-left:8px;border-left:2px solid #b9b9b2}"
    ".letter{contain:paint;overflow-x:auto}"
    ".notice{margin:0 0 12px;padding:6px 8px;border:1px dashed #55554f;font:12px/1.5 monospace}"
)
DOCUMENT = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mail</title><style>{style}</style></head>'
    '<body>{notice}<div class="letter">{body}</div></body></html>'
)
NOTICE = '<p class="notice">Pictures from outside are not loaded. <a href="{url}">Load them</a></p>'
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A document and the Content-Security-Policy that has to come with it."""

    document: str
    policy: str


def frame(fragment: str, *, are_images_shown: bool, picture_url: Callable[[str], str], images_url: str) -> Frame:
    """The document of a sanitised fragment.

    ``picture_url`` gives the address of a picture by its Content-ID. Pictures from outside lose their address unless
    ``are_images_shown``; where there are any, a line on top links to ``images_url``.
    """
    sources = list(_image_sources(fragment))
    is_held_back = not are_images_shown and any(FROM_OUTSIDE.match(fragment, at.start) for at in sources)
    notice = NOTICE.format(url=escape(images_url)) if is_held_back else ""
    policy = POLICY.format(images=IMAGES_FROM_OUTSIDE if are_images_shown else "")

    def address(source: str) -> str:
        if source.startswith(CID):
            return _picture_address(source, picture_url)
        is_kept_out = not are_images_shown and FROM_OUTSIDE.match(source)
        return "" if is_kept_out else source

    body = _with_addresses(fragment, sources, address)
    return Frame(DOCUMENT.format(style=STYLE, notice=notice, body=body), policy)


def picture_type(content: bytes) -> str | None:
    """The media type of a picture by its first bytes, whatever it was declared as; None for anything else."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in PICTURES if content.startswith(magic)), None)


def _image_sources(fragment: str) -> Iterator[slice]:
    """Where the addresses of the images stand. One pass: what was read is never read again."""
    position = 0
    while image := IMAGE.search(fragment, position):
        position = image.end()
        while attribute := ATTRIBUTE.match(fragment, position):
            position = attribute.end()
            if attribute[1].lower() == "src" and attribute[2]:
                yield slice(*attribute.span(2))


def _with_addresses(fragment: str, sources: Iterable[slice], address: Callable[[str], str]) -> str:
    pieces, done = [], 0
    for at in sources:
        pieces += [fragment[done : at.start], address(fragment[at])]
        done = at.stop
    return "".join([*pieces, fragment[done:]])


def _picture_address(source: str, picture_url: Callable[[str], str]) -> str:
    """Where the picture of a ``cid:`` address is, for an attribute; empty where it would lead anywhere else."""
    content_id = unquote(unescape(source.removeprefix(CID))).strip()  # percent-encoded (RFC 2392, section 2)
    leads_away = any(segment in DOT_SEGMENTS for segment in content_id.split("/"))
    if leads_away or not content_id or not content_id.isprintable():
        return ""
    return escape(picture_url(content_id))
