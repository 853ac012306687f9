"""The page of what a refused form was about, so that whoever sent it can look at it again."""

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


def _noun(path: str) -> list[tuple[str, str]]:
    """Of the longest part of the path that is a page; the dashboard's is none."""
    urls = current_app.create_url_adapter(request)
    while urls is not None and (path := path.rpartition("/")[0]):
        try:
            endpoint, values = urls.match(path, method="GET")
        except (HTTPException, RequestRedirect):
            continue
        return [(url_for(endpoint, **values), NAMES.get(endpoint, "To where it was sent from").format(**values))]
    return []
