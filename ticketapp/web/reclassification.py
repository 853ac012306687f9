"""Reclassifying a filtered list: tried on a sample, started, paused, undone, and watched on a page."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions import bulk, bulk_undo
from ticketapp.errors import Conflict, InvalidInput
from ticketapp.models import BulkJob, BulkUndo
from ticketapp.outside import outside
from ticketapp.queries import bulk_trials, classification, classification_settings, users
from ticketapp.queries.classification import Progress
from ticketapp.queries.ticket_filter import TicketFilter
from ticketapp.web import bulk_words
from ticketapp.web.bulk_words import Phase
from ticketapp.web.filters import list_url, told
from ticketapp.web.live import is_live_request, live_answer
from ticketapp.web.security import admin_only, me
from ticketapp.web.tickets import blueprint
from ticketapp.web.waiting import hold_now

EVERY = {True: "Every unclassified ticket", False: "Every ticket"}


@blueprint.post("/reclassification")
@admin_only
def reclassify_all() -> ResponseReturnValue:
    """Try what asking the machine again would change for every unclassified ticket of the list the form was on."""
    narrowed = TicketFilter.from_args(request.form)
    return _drafted(TicketFilter.from_args(narrowed.as_args(is_unclassified=True)))


@blueprint.post("/reclassification/trials")
@admin_only
def bulk_trial() -> ResponseReturnValue:
    """Try on a sample what asking the machine again would change on the list the form was on."""
    return _drafted(TicketFilter.from_args(request.form))


@blueprint.get("/reclassification/<int:job_id>")
@admin_only
def bulk_progress(job_id: int) -> ResponseReturnValue:
    """What the trial of a job found and how far the job has got; the page refreshes itself while it goes on."""
    basis = bulk_trials.basis(outside().classifier)  # first, so that what comes in between is shown or refused
    progress, undoing = classification.progress(job_id), bulk_trials.undoing(job_id)
    trial = bulk_trials.trial(job_id)
    phase = bulk_words.phase_of(progress, trial, undoing)
    sentence = _how_far(progress, phase, undoing)
    narrowed, unreadable = _list_of(progress.job)
    is_configured = outside().classifier.is_configured
    is_changed = classification_settings.is_changed_since(progress.job.created_at)
    facts = {
        "progress": progress,
        "trial": trial,
        "phase": phase,
        "sentence": sentence,
        "trial_sentence": bulk_words.trial_sentence(trial, hold=hold_now()),
        "outdated": bulk_words.outdated_sentence(trial, basis, is_changed=is_changed, is_configured=is_configured),
        "start": bulk_words.start_words(progress, trial, phase),
        "none_to_start": bulk_words.NONE_TO_START,
        "seen": str(basis),
    }
    if is_live_request():
        state = (phase, sentence, facts["trial_sentence"], facts["outdated"], facts["start"], basis)
        return live_answer(state, lambda: render_template("tickets/reclassification_progress.html", **facts))
    return render_template(
        "tickets/reclassification.html",
        **facts,
        scope="A list of before" if unreadable else EVERY[narrowed.is_unclassified],
        is_unclassified=narrowed.is_unclassified,
        parts=told(narrowed, users.name_of),
        list_url=list_url(narrowed),
    )


@blueprint.get("/reclassification/<int:job_id>/undoing")
@admin_only
def bulk_undoing(job_id: int) -> ResponseReturnValue:
    """Whether a job is to be undone, asked on a page that stays as it is; where it cannot be, the page of the job."""
    progress, undoing = classification.progress(job_id), bulk_trials.undoing(job_id)
    phase = bulk_words.phase_of(progress, bulk_trials.trial(job_id), undoing)
    if not phase.can_be_undone:
        return redirect(url_for("tickets.bulk_progress", job_id=job_id), 303)
    sentence = _how_far(progress, phase, undoing)
    anyway = bulk_words.anyway_sentence(progress)
    return render_template(
        "tickets/reclassification_undoing.html", progress=progress, sentence=sentence, anyway=anyway
    )


@blueprint.post("/reclassification/<int:job_id>/state")
@admin_only
def bulk_state(job_id: int) -> ResponseReturnValue:
    """Start a job or let it go on (``running``), hold it (``paused``), or undo it (``undone``)."""
    try:
        match request.form.get("state"):
            case "running":
                _start(job_id, request.form.get("seen"))
            case "paused":
                bulk.pause(job_id)
            case "undone":
                bulk_undo.undo(job_id, by=me())
                outside().hint("undo_bulk")
            case _:
                raise InvalidInput("state", "State must be running, paused or undone.")
    except Conflict as error:
        flash(str(error), "error")
    return redirect(url_for("tickets.bulk_progress", job_id=job_id), 303)


def _start(job_id: int, seen: str | None) -> None:
    """From the page of its trial, which says what it has ``seen``, a job only begins."""
    if seen is None:
        bulk.start(job_id)
    else:
        bulk.start_tried(job_id, seen=seen, classifier=outside().classifier)
    outside().hint("queue_bulk")


def _how_far(progress: Progress, phase: Phase, undoing: BulkUndo | None) -> str:
    """How far the job has got, or that no more of it is queued; empty before it is started."""
    _, unreadable = _list_of(progress.job)
    if unreadable and phase in (Phase.RUNNING, Phase.PAUSED) and progress.job.queued_at is None:
        return unreadable
    return bulk_words.bulk_sentence(progress, phase, undoing, hold=hold_now())


def _list_of(job: BulkJob) -> tuple[TicketFilter, str]:
    """What the job was asked for; every ticket and a sentence where that cannot be read any more."""
    try:
        return TicketFilter.from_query(job.filter_query), ""
    except InvalidInput as error:
        return TicketFilter(), bulk_words.unreadable_sentence(error.sentence)


def _drafted(narrowed: TicketFilter) -> ResponseReturnValue:
    try:
        job = bulk.draft_bulk(narrowed, by=me())
    except InvalidInput as error:
        flash(error.sentence, "error")
        return redirect(list_url(narrowed), 303)
    outside().hint("read_samples")
    return redirect(url_for("tickets.bulk_progress", job_id=job.id), 303)
