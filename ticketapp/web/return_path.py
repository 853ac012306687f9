"""Where to go after a form: only paths of this very site."""

import re

LONGEST = 2_000
# One slash and then no second one, no backslash, no control or white-space character anywhere: browsers read
# "//host", "/\host" and "/<tab>/host" as the address of another site (https://url.spec.whatwg.org/#url-parsing).
LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\s\x00-\x20\x7f-\xa0\u2028\u2029]*")


def local_path(wanted: str | None, *, otherwise: str) -> str:
    """``wanted`` where it is a path on this site, of at most 2,000 characters; else ``otherwise``."""
    if wanted and len(wanted) <= LONGEST and LOCAL_PATH.fullmatch(wanted):
        return wanted.removesuffix("?")
    return otherwise
