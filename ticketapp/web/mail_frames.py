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
FROM_OUTSIDE = ("http:", "https:")
# White paper in both themes: mails set dark letters and trust that the sheet is white.
STYLE = (
    "html{color-scheme:light;background:#fff;color:#1f1f1d;font:15px/1.5 system-ui,sans-serif}"
    "body{margin:12px;overflow-wrap:break-word}img{max-width:100%;height:auto}table{max-width:100%}"
    "pre{white-space:pre-wrap}blockquote{margin:0 0 0 8px;padding-left:8px;border-left:2px solid #b9b9b2}"
    ".notice{margin:0 0 12px;padding:6px 8px;border:1px dashed #55554f;font:12px/1.5 monospace}"
)
DOCUMENT = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mail</title><style>{style}</style></head>'
    "<body>{notice}{body}</body></html>"
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

    ``picture_url`` gives the address of a picture by its Content-ID. Pictures from outside stay out unless
    ``are_images_shown``; where there are any, a line on top links to ``images_url``.
    """
    sources = list(_image_sources(fragment))
    is_held_back = not are_images_shown and any(fragment.startswith(FROM_OUTSIDE, at.start) for at in sources)
    notice = NOTICE.format(url=escape(images_url)) if is_held_back else ""
    policy = POLICY.format(images=IMAGES_FROM_OUTSIDE if are_images_shown else "")
    body = _with_pictures(fragment, sources, picture_url)
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


def _with_pictures(fragment: str, sources: Iterable[slice], picture_url: Callable[[str], str]) -> str:
    pieces, done = [], 0
    for at in sources:
        source = fragment[at]
        if source.startswith(CID):
            pieces += [fragment[done : at.start], escape(picture_url(_content_id(source.removeprefix(CID))))]
            done = at.stop
    return "".join([*pieces, fragment[done:]])


def _content_id(written: str) -> str:
    """The Content-ID that a ``cid:`` address names; it is percent-encoded (RFC 2392, section 2)."""
    return unquote(unescape(written)).strip()
