"""The page that a form belongs to, so that whoever sent it can look at it again and comes back to it."""

from collections.abc import Iterable
from typing import Any

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from ticketapp.web.return_path import local_path

NAMES = {
    "tickets.show": "To ticket {ticket_id}",
    "tickets.bulk_progress": "To job {job_id}",
    "admin_mail.show": "To mail {mail_id}",
    "admin_mailboxes.show": "To mailbox {mailbox_id}",
}


def about() -> list[tuple[str, str]]:
    """(address, words) of what this request was about, and of the list it was sent from; none where it was a page.

    The addresses of forms lie below that of the noun they change: that of ticket 7 is ``/tickets/7``.
    """
    if request.method != "POST":
        return []
    back = local_path(request.form.get("back"), otherwise="")
    return [*_noun(request.path), *([(back, "Back to the list")] if back else [])]


def page_behind() -> str:
    """The address that brings back what is drawn now: its own where it was asked for, else that of the page whose
    form it answers, the dashboard's where there is none. What makes something new comes from the page for a new one.
    """
    if request.method == "GET":
        return request.full_path
    found = _first_page([f"{request.path}/new", request.path, *_above(request.path)])
    return url_for(found[0], **found[1]) if found else url_for("dashboard.show")


def _noun(path: str) -> list[tuple[str, str]]:
    """Of the longest part of the path that is a page; the dashboard's is none."""
    found = _first_page(_above(path))
    if found is None:
        return []
    endpoint, values = found
    return [(url_for(endpoint, **values), NAMES.get(endpoint, "To where it was sent from").format(**values))]


def _above(path: str) -> Iterable[str]:
    """The paths that this one lies below, the longest first."""
    while path := path.rpartition("/")[0]:
        yield path


def _first_page(paths: Iterable[str]) -> tuple[str, Any] | None:
    """Endpoint and values of the first of these that is a page, None where none is."""
    urls = current_app.create_url_adapter(request)
    if urls is None:
        return None
    for path in paths:
        try:
            endpoint, values = urls.match(path, method="GET")
        except (HTTPException, RequestRedirect):
            continue
        return endpoint, values
    return None
