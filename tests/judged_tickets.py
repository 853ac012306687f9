"""Tickets with a machine's verdicts and what people made of them, written as rows, so that every time is known."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ticketapp.db import transaction
from ticketapp.models import (
    AskedFor,
    Category,
    ChosenBy,
    ClassificationRun,
    EventKind,
    ModelCall,
    Priority,
    Purpose,
    Role,
    RunState,
    Source,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.models.ticket import search_document

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def judged(
    said: str,
    made_of_it: str | None = None,
    *,
    days_ago: float = 1,
    confidence: float | None = None,
    model: str = "m1",
    prompt: str | None = "v1",
    latency_ms: int = 100,
    decided: tuple[bool, bool] = (True, True),
) -> int:
    """A ticket whose first verdict was ``said``, "category/priority"; ``made_of_it`` is what a person chose, if any.

    ``decided`` says which of category and priority the person decided on. The number of the ticket.
    """
    category, priority = said.split("/")
    right_category, right_priority = (made_of_it or said).split("/")
    by_person = [made_of_it is not None and each for each in decided]
    at = NOW - timedelta(days=days_ago)
    with transaction() as session:
        ticket = Ticket(
            title=f"Said {said}", description="Words", search_document=search_document("t", "w"), source=Source.EMAIL,
            category=Category(right_category if by_person[0] else category),
            category_by=ChosenBy.PERSON if by_person[0] else ChosenBy.MACHINE,
            priority=Priority(right_priority if by_person[1] else priority),
            priority_by=ChosenBy.PERSON if by_person[1] else ChosenBy.MACHINE,
            created_at=at, updated_at=at,
        )  # fmt: skip
        session.add(ticket)
        session.flush()
        run = _run(ticket.id, said, at=at, confidence=confidence, model=model, prompt=prompt, ms=latency_ms)
        session.add(run)
        _call(session, run)
        return ticket.id


def again(ticket_id: int, said: str, *, days_ago: float = 0.5, is_applied: bool = False) -> int:
    """Another verdict on that ticket, later; the number of the run."""
    with transaction() as session:
        at = NOW - timedelta(days=days_ago)
        run = _run(ticket_id, said, at=at, confidence=0.99, model="m2", prompt="v2", ms=900)
        run.applied_category = run.applied_priority = is_applied
        session.add(run)
        if is_applied:
            ticket = session.get_one(Ticket, ticket_id)
            ticket.category, ticket.priority = run.category or ticket.category, run.priority or ticket.priority
        _call(session, run)
        return run.id


def decide(ticket_id: int, made_of_it: str, *, days_ago: float, run_id: int | None = None) -> None:
    """A person decides that ticket, "category/priority", with the history that this leaves."""
    at = NOW - timedelta(days=days_ago)
    with transaction() as session:
        ticket, by = session.get_one(Ticket, ticket_id), _somebody(session)
        for name, value in zip(("category", "priority"), made_of_it.split("/"), strict=True):
            old = getattr(ticket, name)
            kind, before = (EventKind.CONFIRMED, name) if old == value else (EventKind(name), old)
            event = {"ticket_id": ticket_id, "at": at, "actor_id": by.id, "run_id": run_id}
            session.add(TicketEvent(**event, kind=kind, old=before, new=value))
            setattr(ticket, name, value)
            setattr(ticket, f"{name}_by", ChosenBy.PERSON)


def _somebody(session: Session) -> User:
    found = session.scalar(select(User).limit(1))
    if found is None:
        found = User(email="jo@example.com", name="Jo", password_hash="x", role=Role.AGENT, created_at=NOW)
        session.add(found)
        session.flush()
    return found


def raise_priority(ticket_id: int, to: str) -> None:
    """Have a severity word raise what the verdicts on that ticket say to this priority."""
    run = ClassificationRun
    with transaction() as session:
        raised = {"priority_before": run.priority, "priority": Priority(to), "floor_word": "fire"}
        session.execute(update(run).where(run.ticket_id == ticket_id).values(raised))
        session.execute(update(Ticket).where(Ticket.id == ticket_id).values(priority=Priority(to)))


def failed(ticket_id: int, kind: str, *, days_ago: float = 1, tokens_in: int | None = None) -> None:
    """A run on that ticket that failed."""
    at = NOW - timedelta(days=days_ago)
    with transaction() as session:
        run = ClassificationRun(
            ticket_id=ticket_id, asked_for=AskedFor.OPENED, asked_at=at, due_at=at, finished_at=at, model="m1",
            state=RunState.GAVE_UP, error_kind=kind, error=f"It was {kind}.", latency_ms=9_000,
            prompt_version="v1", tokens_in=tokens_in,
        )  # fmt: skip
        session.add(run)
        _call(session, run)


def asked(purpose: Purpose, *, days_ago: float = 1, kind: str | None = None, tokens_in: int = 700) -> None:
    """A call for something else than a ticket."""
    call = {"at": NOW - timedelta(days=days_ago), "purpose": purpose, "model": "m1", "prompt_version": "v1"}
    with transaction() as session:
        session.add(ModelCall(**call, latency_ms=50, tokens_in=tokens_in, tokens_out=30, error_kind=kind))


def _call(session: Session, run: ClassificationRun) -> None:
    """The call that such a run takes."""
    session.flush()
    session.add(
        ModelCall(
            at=run.finished_at, purpose=Purpose.TICKET, run_id=run.id, model=run.model, error_kind=run.error_kind,
            prompt_version=run.prompt_version, latency_ms=run.latency_ms, tokens_in=run.tokens_in,
            tokens_out=run.tokens_out,
        )
    )  # fmt: skip


def _run(
    ticket_id: int,
    said: str,
    *,
    at: datetime,
    confidence: float | None,
    model: str,
    prompt: str | None,
    ms: int,
) -> ClassificationRun:
    category, priority = said.split("/")
    return ClassificationRun(
        ticket_id=ticket_id, asked_for=AskedFor.OPENED, asked_at=at, due_at=at, finished_at=at, model=model,
        prompt_version=prompt, state=RunState.SUCCEEDED, category=Category(category), priority=Priority(priority),
        reason="Made up.", confidence=confidence, applied_category=True, applied_priority=True, latency_ms=ms,
        tokens_in=1_000, tokens_out=50,
    )  # fmt: skip
