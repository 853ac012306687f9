"""What somebody typed into a form that was refused, so that no page throws it away."""

from contextlib import suppress

from flask import request
from werkzeug.exceptions import HTTPException

WRITTEN = {
    "title": "Title",
    "description": "Description",
    "requester_email": "Requester's address",
    "requester_name": "Requester's name",
    "text": "Text",
    "severity_words": "Words that raise the priority",
}


def written() -> list[tuple[str, str]]:
    """The texts that this request brought, each with its label; none where its form cannot be read."""
    if request.method != "POST":
        return []
    with suppress(HTTPException):  # it is larger than what is taken
        return [(label, text) for name, label in WRITTEN.items() if (text := request.form.get(name, "").strip())]
    return []
