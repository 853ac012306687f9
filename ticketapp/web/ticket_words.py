"""How the history of a ticket and where its classification stands are put into sentences. Pure, no Flask."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from ticketapp.models import ClassificationRun, ClassificationState, EventKind, Ticket, TicketEvent
from ticketapp.queries.standing import Standing
from ticketapp.web.look import words
from ticketapp.web.unseen import only_seen
from ticketapp.web.waiting import Hold, hold_on

NEXT = "Next try:"
NEXT_IF_ASKED = "Next try at the earliest:"
ONCE_ANSWERED = "It is tried again as soon as Gemini answers."


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a classification is not done, in whole sentences. Where it failed and is tried again by itself, ``then``
    says so, and ``again_at``, where there is one, ends what it says."""

    sentence: str
    then: str = ""
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event in words; ``who`` is None for the machine."""

    who: str | None
    text: Markup
    at: datetime


def cause_of(
    standing: Standing, *, hold: Hold | None, now: datetime, asked_again_at: datetime | None = None
) -> Cause | None:
    """What there is to say of a classification that is not done, as of ``now``; None where it is. ``hold`` is what
    holds up every ticket that waits, where that passes until ``asked_again_at`` at least."""
    if standing.state == ClassificationState.DONE:
        return None
    if standing.state == ClassificationState.NOT_ASKED:
        return Cause("Nobody has asked the machine.")
    if standing.state == ClassificationState.GIVEN_UP:
        return Cause(f"{standing.error} It is not tried again by itself.")
    if standing.state == ClassificationState.RUNNING:
        return Cause("The machine is reading it now.")
    return _waits(standing, hold, now, asked_again_at)


def history_line(event: TicketEvent, ticket: Ticket, runs: Iterable[ClassificationRun] = ()) -> HistoryLine:
    """The event as "who did what"; what the machine did names its run and links to it.

    What one of the ticket's ``runs`` had said tells a value that was confirmed from one that was chosen against it.
    """
    run = next((run for run in runs if run.id == event.run_id), None)
    if run is not None and event.kind == EventKind.CONFIRMED:
        told = _answered(event, run)
    else:
        told = _TEXTS.get(event.kind, _changed)(event)
    text = escape(only_seen(told))
    if event.run_id is not None:
        text += Markup(' (<a href="#run-{0}">run {0}</a>)').format(event.run_id)
    return HistoryLine(_who(event, ticket), text + ".", event.at)


def _waits(standing: Standing, hold: Hold | None, now: datetime, asked_again_at: datetime | None) -> Cause:
    is_again = standing.state == ClassificationState.FAILED or standing.is_asked_anew
    holding = hold_on(standing.held_by_id, hold)
    if holding is not None and not (is_again and holding.passes):
        return Cause(holding.sentence)
    if is_again and standing.due_at and standing.error:
        if holding is None:
            return Cause(standing.error, NEXT, standing.due_at)
        return _once_answered(standing.error, max(standing.due_at, asked_again_at or standing.due_at), now)
    return Cause("It waits for the machine to read it.")


def _once_answered(error: str, earliest_at: datetime, now: datetime) -> Cause:
    """After a pause one question is put before all others: not before it is answered has another its turn."""
    return Cause(error, NEXT_IF_ASKED, earliest_at) if earliest_at > now else Cause(error, ONCE_ANSWERED)


def _who(event: TicketEvent, ticket: Ticket) -> str | None:
    if event.actor is not None:
        return event.actor.name
    if event.run_id is not None:
        return None
    if event.kind == EventKind.MESSAGE:
        return event.new or "Somebody"
    if event.kind == EventKind.OPENED and ticket.requester is not None:
        return ticket.requester.label
    return "Mail"


def _opened(event: TicketEvent) -> str:
    return f"opened the ticket. {(event.new or '').removesuffix('.')}".strip(" .")


def _moved(event: TicketEvent) -> str:
    if str(event.ticket_id) == event.old:
        return f"moved a message to ticket #{event.new}"
    return f"moved a message here from ticket #{event.old}"


def _merged(event: TicketEvent) -> str:
    if str(event.ticket_id) == event.old:
        return f"merged this ticket into #{event.new}"
    return f"merged ticket #{event.old} into this one"


def _separated(event: TicketEvent) -> str:
    if str(event.ticket_id) == event.old:
        return f"separated this ticket from #{event.new}"
    return f"separated ticket #{event.old} from this one"


def _read_again(event: TicketEvent) -> str:
    if event.actor_id is not None:
        return f"had the mail read again, which changed its {event.new}"
    if event.new is None:
        return "of which only the header was taken in is not on the server any more"
    return f"of which only the header had been taken in is here whole now, which changed its {event.new}"


def _assigned(event: TicketEvent) -> str:
    if event.new is None:
        return f"took the ticket from {event.old}"
    return f"gave the ticket to {event.new}" + (f", who follows {event.old}" if event.old else "")


def _answered(event: TicketEvent, run: ClassificationRun) -> str:
    """A proposal answered while the ticket was written was answered at the moment its run was kept."""
    said = getattr(run, event.old or "")
    if said == event.new:
        return f"confirmed the {event.old} {words(event.new)}"
    if run.finished_at == event.at:
        return f"corrected the {event.old} from {words(said)} to {words(event.new)}"
    return f"kept the {event.old} {words(event.new)}, where the machine says {words(said)}"


def _changed(event: TicketEvent) -> str:
    if event.old == event.new and event.actor_id is None:  # nobody's decision: it says what the ticket had
        return f"left the {event.kind} at {words(event.new)}"
    if event.old == event.new:  # how a confirmation was kept before it had a kind of its own
        return f"confirmed the {event.kind} {words(event.new)}"
    return f"set the {event.kind} from {words(event.old)} to {words(event.new)}"


_TEXTS: dict[EventKind, Callable[[TicketEvent], str]] = {
    EventKind.OPENED: _opened,
    EventKind.MESSAGE: lambda _: "wrote",
    EventKind.REPLY: lambda _: "answered",
    EventKind.NOTE: lambda _: "added a note",
    EventKind.TITLE: lambda event: f"changed the title to “{event.new}”",
    EventKind.DESCRIPTION: lambda _: "changed the description",
    EventKind.ASSIGNEE: _assigned,
    EventKind.READ_AGAIN: _read_again,
    EventKind.MOVED: _moved,
    EventKind.MERGED: _merged,
    EventKind.SEPARATED: _separated,
    EventKind.CONFIRMED: lambda event: f"confirmed the {event.old} {words(event.new)}",
    EventKind.UNDONE: lambda event: f"undid a bulk reclassification: the {event.old} is {words(event.new)} again",
    EventKind.ASKED: lambda _: "asked the machine for a fresh classification",
}
