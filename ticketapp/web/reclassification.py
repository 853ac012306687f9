"""Reclassifying what is unclassified on a filtered list: starting the job and watching how far it has got."""

from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions.bulk import start_bulk
from ticketapp.errors import InvalidInput
from ticketapp.outside import outside
from ticketapp.queries import classification
from ticketapp.queries.classification import Progress
from ticketapp.queries.ticket_filter import TicketFilter
from ticketapp.web.filters import list_url
from ticketapp.web.live import is_live_request, live_answer
from ticketapp.web.look import words
from ticketapp.web.security import admin_only, me
from ticketapp.web.tickets import blueprint


@blueprint.post("/reclassification")
@admin_only
def reclassify_all() -> ResponseReturnValue:
    """Ask the machine again for every unclassified ticket of the list the form was on."""
    narrowed = TicketFilter.from_args(request.form)
    try:
        job = start_bulk(narrowed, by=me())
    except InvalidInput as error:
        flash(error.sentence, "error")
        return redirect(list_url(narrowed), 303)
    outside().hint("queue_bulk")
    return redirect(url_for("tickets.bulk_progress", job_id=job.id), 303)


@blueprint.get("/reclassification/<int:job_id>")
@admin_only
def bulk_progress(job_id: int) -> ResponseReturnValue:
    """How far a job has got; the page refreshes itself until it is done."""
    progress = classification.progress(job_id)
    facts = {"progress": progress, "sentence": _sentence(progress)}
    if is_live_request():
        state = (progress.total, progress.done, progress.failed, progress.is_finished)
        return live_answer(state, lambda: render_template("tickets/reclassification_progress.html", **facts))
    narrowed = TicketFilter.from_args(dict(parse_qsl(progress.job.filter_query)))
    return render_template(
        "tickets/reclassification.html",
        **facts,
        parts=[f"{name}: {words(value)}" for name, value in narrowed.as_args(is_unclassified=False).items()],
        list_url=list_url(narrowed),
    )


def _sentence(progress: Progress) -> str:
    if not outside().classifier.is_configured:
        return "No Gemini API key is set, so the tickets wait; they are classified as soon as one is set."
    if progress.is_finished:
        failed = f" {progress.failed:,} failed and may be tried again by themselves." if progress.failed else ""
        return f"Done: {progress.done:,} of {progress.total:,} tickets were classified.{failed}"
    return f"The machine reads the tickets in the background: {progress.done:,} of {progress.total:,} are classified."
