"""Regions of a page that refresh themselves: the same address answers a fragment, or 304 when nothing changed."""

import hashlib
from collections.abc import Callable

from flask import Response, make_response, request


def is_live_request() -> bool:
    """Whether the request comes from a part of a page that is open, and not from somebody opening the page."""
    return request.headers.get("HX-Request") == "true"


def tag_of(state: object) -> str:
    """The ETag of what is drawn of ``state``; a page that carries it is not drawn again for what it shows already."""
    return hashlib.sha256(repr(state).encode(errors="replace")).hexdigest()[:32]


def live_answer(state: object, draw: Callable[[], str]) -> Response:
    """The fragment with an ETag made of ``state``; 304 without drawing anything where the asker has it already."""
    etag = tag_of(state)
    is_known = request.if_none_match.contains(etag)
    response = make_response("", 304) if is_known else make_response(draw())
    response.set_etag(etag)
    response.vary.add("HX-Request")
    return response
