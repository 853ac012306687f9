"""The page of one ticket, drawn for reading it and again when a form on it needs a correction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from wtforms import Form

from ticketapp.clock import utc_now
from ticketapp.mail import ReplyParts, split_reply
from ticketapp.models import (
    CLASSIFIED,
    Attachment,
    Category,
    ChosenBy,
    ClassificationRun,
    Direction,
    EventKind,
    Message,
    Priority,
    Source,
    Status,
    Ticket,
)
from ticketapp.queries import conversation, merged, standing, tickets, users
from ticketapp.queries.conversation import Said, Thread
from ticketapp.queries.paging import Cursor
from ticketapp.web.forms import NoteForm, ReplyForm
from ticketapp.web.look import words
from ticketapp.web.mail_sheet import shown_line
from ticketapp.web.ticket_words import cause_of, history_line
from ticketapp.web.waiting import asked_again_at, hold_now
from ticketapp.web.writer_words import opened_by, written_by

WORDS = {"category": Category, "priority": Priority, "status": Status}
MACHINE_MAIL = "Written by a machine"
ACKNOWLEDGEMENT = "Acknowledgement that the system sent by itself"


@dataclass(frozen=True, slots=True)
class ShownFile:
    """An attachment as the conversation lists it; ``original`` is the name it came with, where that is another."""

    filename: str
    original: str
    content_type: str
    size: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMessage:
    """A message as the conversation shows it: what was newly written, the history folded, where the rest lies.

    ``kind`` says who wrote it; ``whole_url`` leads to a text that is too long to be shown whole.
    """

    message: Message
    kind: str
    author: str
    address: str | None
    parts: ReplyParts
    folded: str | None
    whole_url: str | None
    html_url: str | None
    files: tuple[ShownFile, ...]
    send_again_url: str | None
    move_url: str
    split_url: str | None


def ticket_sheet(ticket_id: int, *, reply: Form | None = None, note: Form | None = None, refusal: str = "") -> str:
    """The page. A form that was refused is handed back in, with what was typed, and ``refusal`` heads what is wrong
    where that is not the form's fault. Raises ``NotFound``."""
    ticket = tickets.find(ticket_id)
    before = Cursor.parse(request.args["before"], field="before") if request.args.get("before") else None
    parts = merged.parts(ticket.id)
    thread = conversation.thread([ticket.id, *(part.ticket_id for part in parts)], before=before)
    history, runs = conversation.history(ticket.id), conversation.runs(ticket.id)
    stands = standing.standing(ticket.id)
    unconfirmed = [name for name in CLASSIFIED if getattr(ticket, f"{name}_by") == ChosenBy.MACHINE]
    return render_template(
        "tickets/show.html",
        ticket=ticket,
        is_description_shown=ticket.source != Source.EMAIL
        or any(event.kind == EventKind.DESCRIPTION for event in history),
        thread=thread,
        parts=parts,
        messages=list(_shown(ticket, thread)),
        is_latest=before is None,
        drawn_by=_drawn_by(ticket),
        description_kind=opened_by(ticket),
        standing=stands,
        unconfirmed=unconfirmed,
        behind=_behind(stands, unconfirmed),
        contested=standing.contested(ticket),
        cause=cause_of(stands, hold=hold_now(), now=utc_now(), asked_again_at=asked_again_at()),
        runs=runs,
        history=[history_line(event, ticket, runs) for event in history],
        revision=conversation.revision(ticket.id),
        choices=_choices(ticket),
        reply=reply or ReplyForm(formdata=None),
        note=note or NoteForm(formdata=None),
        refusal=refusal,
    )


def _behind(stands: standing.Standing, unconfirmed: Sequence[str]) -> list[tuple[ClassificationRun, list[str]]]:
    """The runs that set what nobody has confirmed yet, each with the fields it set."""
    run_ids = {name: getattr(stands, f"{name}_run_id") for name in unconfirmed}
    found = standing.verdicts([run_id for run_id in run_ids.values() if run_id is not None])
    return [(run, [name for name, run_id in run_ids.items() if run_id == run.id]) for run in found]


def _choices(ticket: Ticket) -> dict[str, list[tuple[str, str]]]:
    """What each select of the page offers: (value, text)."""
    staff = {user.id: user.name for user in users.assignable()}
    if ticket.assignee is not None:
        staff.setdefault(ticket.assignee.id, f"{ticket.assignee.name} (not active)")
    offered = {name: [(str(value), words(value)) for value in kind] for name, kind in WORDS.items()}
    return {**offered, "assignee_id": [("", "Nobody"), *((str(id_), name) for id_, name in staff.items())]}


def _drawn_by(ticket: Ticket) -> str:
    if ticket.opened_by is not None:
        return ticket.opened_by.name
    return ticket.requester.label if ticket.requester else "Unknown sender"


def _shown(ticket: Ticket, thread: Thread) -> Iterable[ShownMessage]:
    participants = conversation.participants(ticket.id, thread.messages)
    for number, said in enumerate(thread.messages):
        is_first = number == 0 and thread.earlier is None
        is_answer = not is_first or bool(said.message.in_reply_to or said.message.references)
        yield _shown_message(said, kind=written_by(said.message, ticket, participants), is_answer=is_answer)


def _shown_message(said: Said, *, kind: str, is_answer: bool) -> ShownMessage:
    message = said.message
    is_mail = message.direction == Direction.INBOUND
    html_url = url_for("tickets.html", ticket_id=message.ticket_id, message_id=message.id)
    whole_url = url_for("tickets.text", ticket_id=message.ticket_id, message_id=message.id)
    again_url = url_for("tickets.send_again", ticket_id=message.ticket_id, message_id=message.id)
    split_url = url_for("tickets.split", ticket_id=message.ticket_id, message_id=message.id)
    return ShownMessage(
        message=message,
        kind=kind,
        author=message.author_name or message.author_email or "Unknown sender",
        address=message.author_email if is_mail and message.author_name else None,
        parts=split_reply(said.text) if is_mail and is_answer else ReplyParts(said.text, ""),
        folded=(MACHINE_MAIL if is_mail else ACKNOWLEDGEMENT) if message.is_automatic else None,
        whole_url=whole_url if said.is_cut else None,
        html_url=html_url if message.has_html else None,
        files=tuple(_shown_file(message, file) for file in message.attachments),
        send_again_url=again_url if message.was_not_delivered else None,
        move_url=url_for("tickets.move", ticket_id=message.ticket_id, message_id=message.id),
        split_url=split_url if is_mail and not message.is_automatic else None,
    )


def _shown_file(message: Message, file: Attachment) -> ShownFile:
    url = url_for("tickets.attachment", ticket_id=message.ticket_id, attachment_id=file.id)
    original = shown_line(file.original_filename) if file.original_filename != file.filename else ""
    return ShownFile(file.filename, original, file.content_type, file.size, url)
