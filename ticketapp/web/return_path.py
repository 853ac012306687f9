"""Where to go after a form: only paths of this very site."""

import re
from contextlib import suppress
from urllib.parse import urlsplit

from flask import request, url_for

LONGEST = 2_000
# One slash and then no second one, no backslash, no control or white-space character anywhere: browsers read
# "//host", "/\host" and "/<tab>/host" as the address of another site (https://url.spec.whatwg.org/#url-parsing).
LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\s\x00-\x20\x7f-\xa0\u2028\u2029]*")


def local_path(wanted: str | None, *, otherwise: str) -> str:
    """``wanted`` where it is a path on this site, of at most 2,000 characters; else ``otherwise``."""
    if wanted and len(wanted) <= LONGEST and LOCAL_PATH.fullmatch(wanted):
        return wanted.removesuffix("?")
    return otherwise


def sign_in_path() -> str:
    """The sign-in page; from there whoever sent a form comes back to its page, if the browser names that."""
    came_from = _page_of_form() if request.method == "POST" else ""
    return url_for("session.new", next=local_path(came_from, otherwise="") or None)


def _page_of_form() -> str:
    with suppress(ValueError):
        came_from = urlsplit(request.referrer or "")
        if came_from.netloc == request.host:
            return came_from._replace(scheme="", netloc="", fragment="").geturl()
    return ""
