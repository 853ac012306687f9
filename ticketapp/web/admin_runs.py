"""The classification runs, for admins: every attempt with its outcome, and how far bulk jobs have got."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions.fields import one_of
from ticketapp.models import RunState
from ticketapp.queries import bulk_trials, classification, standing
from ticketapp.queries.bulk_trials import Trial
from ticketapp.web.bulk_words import Phase, phase_of
from ticketapp.web.row_id import row_id
from ticketapp.web.security import admin_only
from ticketapp.web.waiting import asked_again_at, hold_now, hold_on

SHOWN_JOBS = 5

blueprint = Blueprint("admin_runs", __name__, url_prefix="/admin/runs")


@blueprint.get("")
@admin_only
def index() -> ResponseReturnValue:
    """Runs, newest first, of one state or all."""
    wanted = request.args.get("state")
    state = one_of("state", wanted, RunState) if wanted else None
    below = row_id(request.args.get("below"))
    runs = classification.recent(state=state, before_id=below, limit=classification.PAGE_SIZE + 1)
    shown = runs[: classification.PAGE_SIZE]
    held_by = standing.held_by([run.ticket_id for run in shown if run.state == RunState.QUEUED])
    has_older = len(runs) > len(shown)
    return render_template(
        "admin_runs/index.html",
        state=state,
        states=list(RunState),
        runs=shown,
        holds={ticket_id: hold_on(job_id, hold_now()) for ticket_id, job_id in held_by.items()},
        asked_again_at=asked_again_at(),
        jobs=[_with_phase(job.id) for job in classification.recent_bulk_jobs(SHOWN_JOBS)],
        newest_url=url_for(".index", state=wanted or None) if below else None,
        older_url=url_for(".index", state=wanted or None, below=shown[-1].id) if has_older else None,
    )


def _with_phase(job_id: int) -> tuple[classification.Progress, Phase]:
    """Of a job that was started, so that its trial says nothing any more."""
    progress = classification.progress(job_id)
    return progress, phase_of(progress, Trial(()), bulk_trials.undoing(job_id))
