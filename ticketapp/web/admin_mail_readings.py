"""Reading the mails of a filtered ledger again after a parser fix: starting the job and watching how far it is."""

from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions import rereading
from ticketapp.errors import InvalidInput
from ticketapp.models import MailReading
from ticketapp.outside import outside
from ticketapp.queries import mails
from ticketapp.queries.mails import MailFilter
from ticketapp.web.admin_mail import blueprint
from ticketapp.web.live import is_live_request, live_answer
from ticketapp.web.mail_filters import ledger_url, strip
from ticketapp.web.security import admin_only, me


@blueprint.post("/readings")
@admin_only
def read_again() -> ResponseReturnValue:
    """Read every mail again that the filter of the form leaves."""
    narrowed = MailFilter.from_args(request.form)
    try:
        job = rereading.start(narrowed, by=me())
    except InvalidInput as error:
        flash(error.sentence, "error")
        return redirect(ledger_url(narrowed), 303)
    outside().hint("read_mails_again")
    return redirect(url_for(".reading", job_id=job.id), 303)


@blueprint.get("/readings/<int:job_id>")
@admin_only
def reading(job_id: int) -> ResponseReturnValue:
    """How far a job has got; the page refreshes itself until it is done."""
    job = mails.reading(job_id)
    facts = {"job": job, "sentence": _sentence(job)}
    if is_live_request():
        state = (job.done, job.changed, job.failed, job.finished_at)
        return live_answer(state, lambda: render_template("admin_mail/reading_progress.html", **facts))
    narrowed = MailFilter.from_args(dict(parse_qsl(job.filter_query)))
    parts = [label for label, _ in strip(narrowed)["chips"]]
    return render_template("admin_mail/reading.html", **facts, parts=parts, list_url=ledger_url(narrowed))


def _sentence(job: MailReading) -> str:
    changed = f"{job.changed:,} came out otherwise"
    failed = f" {job.failed:,} ended the worker and were passed over." if job.failed else ""
    if job.finished_at is not None:
        return f"Done: {job.done:,} mails were read again, {changed}.{failed}"
    return f"The mails are read in the background: {job.done:,} of {job.total:,} so far, {changed}.{failed}"
