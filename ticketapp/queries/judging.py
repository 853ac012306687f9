"""By which run a field of a ticket is judged: the one that stood when the person decided, or the one that holds."""

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from ticketapp.models import ChosenBy, ClassificationRun, EventKind, RunState, Ticket, TicketEvent
from ticketapp.queries.accuracy_filter import JudgedField


def is_chosen(field: JudgedField) -> ColumnElement[bool]:
    """Whether a person chose this field of ``Ticket``."""
    return _by(field) == ChosenBy.PERSON


def judged_run(field: JudgedField) -> ColumnElement[int]:
    """The id of the run that this field of ``Ticket`` is judged by, looked up by index; NULL where there is none.

    Where a person chose: the run that the decision names, else the newest verdict there was at that moment. What
    they chose before the machine said anything judges no run. Where the machine chose: the newest run that was
    applied and not undone.
    """
    return case(
        (is_chosen(field), func.coalesce(_named_or_standing(field), _standing_at(Ticket.created_at.expression))),
        (_by(field) == ChosenBy.MACHINE, _applied(field)),
        else_=None,
    )


def _named_or_standing(field: JudgedField) -> ScalarSelect[int]:
    """By the newest decision in the history; one made while the ticket was opened has left no event."""
    event = aliased(TicketEvent)
    by_person = or_(event.actor_id.is_not(None), event.run_id.is_(None))
    decided = or_(
        and_(event.kind == EventKind.CONFIRMED, event.old == field.value),
        and_(event.kind == EventKind(field.value), by_person),
    )
    return (
        select(func.coalesce(event.run_id, _standing_at(event.at.expression)))
        .where(event.ticket_id == Ticket.id, decided)
        .order_by(event.id.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _standing_at(moment: ColumnElement[datetime]) -> ScalarSelect[int]:
    run = aliased(ClassificationRun)
    return (
        select(func.max(run.id))
        .where(
            run.ticket_id == Ticket.id,
            run.state == RunState.SUCCEEDED,
            run.finished_at <= moment,
            or_(run.undone_at.is_(None), run.undone_at > moment),
        )
        .correlate_except(run)
        .scalar_subquery()
    )


def _applied(field: JudgedField) -> ScalarSelect[int]:
    run = aliased(ClassificationRun)
    was_applied = run.applied_category if field == JudgedField.CATEGORY else run.applied_priority
    return (
        select(func.max(run.id))
        .where(run.ticket_id == Ticket.id, run.state == RunState.SUCCEEDED, was_applied, run.undone_at.is_(None))
        .correlate(Ticket)
        .scalar_subquery()
    )


def _by(field: JudgedField) -> ColumnElement[ChosenBy]:
    return (Ticket.category_by if field == JudgedField.CATEGORY else Ticket.priority_by).expression
