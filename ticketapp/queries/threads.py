"""Whose ticket is it: where mails belong, in the order of evidence, with the reason in a sentence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ticketapp.db import db
from ticketapp.models import Message, Requester, ThreadReference, Ticket, TicketParticipant, User
from ticketapp.models.ticket import successor_key, thread_key

CANDIDATES_READ = 20
NOT_HELD = 2**63
SIGNED_REASON = "It answers a mail that we sent for this ticket."


@dataclass(frozen=True, slots=True)
class Signed:
    """A token of ours that a mail carries: the ticket it was made for, in ``message_id`` or else in an address."""

    ticket_id: int
    message_id: str | None

    @property
    def key(self) -> str:
        """Under which reference it is kept where it leads meanwhile."""
        return successor_key(self.ticket_id) if self.message_id is None else thread_key(self.message_id)


@dataclass(frozen=True, slots=True)
class Clues:
    """What a mail says about where it belongs: its sender's lower-cased address, the Message-IDs it answers, the
    nearest first, the ticket numbers in its subject, the numbers there that may be of anything, our tokens, the
    strongest first, and whether the mail server found its sender forged."""

    sender: str
    answered: Sequence[str]
    numbers: Sequence[int]
    mentioned: Sequence[int]
    signed: Sequence[Signed]
    is_forged: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a mail belongs: on ``ticket_id``, or on a new ticket where that is None, maybe one that goes on
    ``instead_of`` a finished one; ``reason`` is a sentence."""

    ticket_id: int | None
    reason: str
    instead_of: int | None = None


def place(mails: Sequence[Clues]) -> list[Placement]:
    """The place of each mail, from four queries for all of them, seven where a Message-ID leads to several tickets.

    First a token that we signed, whoever sends it: only who got our mail can know it. Then the Message-IDs it
    answers, also those of ancestors that we never saw, then a ticket number in its subject; each of these only if the
    sender takes part in that ticket or is staff. Nobody gets into a stranger's ticket by its number; a bare `#12` is
    noted on the new ticket and leads nowhere, since orders and invoices are written so too. Of several tickets of one
    Message-ID the sender's own come first, then the one that held that message first, then the newest.
    """
    keys = {thread_key(name) for mail in mails for name in mail.answered}
    by_reference = _by_reference(keys | {proof.key for mail in mails for proof in mail.signed})
    numbers = {number for mail in mails for number in (*mail.numbers, *mail.mentioned) if 0 < number < 2**63}
    existing = _existing(numbers | {proof.ticket_id for mail in mails for proof in mail.signed})
    owned = _owned(by_reference)
    candidates = [
        (
            _nearest(_own_first(by_reference[thread_key(name)], mail.sender, owned) for name in mail.answered),
            _nearest([sorted(existing & {*mail.numbers}, reverse=True)]),
        )
        for mail in mails
    ]
    linked = {ticket_id for mail in mails for proof in mail.signed for ticket_id in by_reference[proof.key]}
    senders = {
        mail.sender
        for mail, found in zip(mails, candidates, strict=True)
        if mail.sender and (any(found) or mail.signed)
    }
    staff = _staff(senders)
    taking_part = _taking_part(senders, linked | {one for found in candidates for ids in found for one in ids})
    return [
        _signed_place(mail, by_reference, existing, taking_part)
        or _place(mail, found, is_staff=mail.sender in staff and not mail.is_forged, taking_part=taking_part)
        or Placement(None, _mention(mail, existing))
        for mail, found in zip(mails, candidates, strict=True)
    ]


def _signed_place(
    mail: Clues, by_reference: Mapping[str, list[int]], existing: set[int], taking_part: set[tuple[int, str]]
) -> Placement | None:
    for proof in mail.signed:
        ticket_id = _leads_to(proof, mail.sender, by_reference[proof.key], taking_part)
        if ticket_id in existing or ticket_id in by_reference[proof.key]:
            reason = "It was sent to this ticket's own address." if proof.message_id is None else SIGNED_REASON
            return Placement(ticket_id, reason)
    return None


def _leads_to(proof: Signed, sender: str, linked: Sequence[int], taking_part: set[tuple[int, str]]) -> int:
    """The ticket of a token, or the one in which its conversation goes on: for a sender who takes part there, and
    for everybody where our message was moved. Where our message still stands on its own ticket, that is the one,
    whatever other tickets know of it since they were merged for a while."""
    if proof.message_id is not None and linked and linked[0] == proof.ticket_id:
        return proof.ticket_id
    known = [ticket_id for ticket_id in linked if (ticket_id, sender) in taking_part]
    if known:
        return known[0]
    is_moved = proof.message_id is not None and linked and proof.ticket_id not in linked
    return linked[0] if is_moved else proof.ticket_id


def _place(
    mail: Clues,
    found: tuple[Sequence[int], Sequence[int]],
    *,
    is_staff: bool,
    taking_part: set[tuple[int, str]],
) -> Placement | None:
    """The place by what the mail answers or names; None where it points to no ticket at all."""
    answered, named = found
    for ticket_id in sorted(answered, key=lambda one: one not in named):  # what both clues name comes first
        if is_staff or (ticket_id, mail.sender) in taking_part:
            return Placement(ticket_id, "It answers a message of this ticket.")
    for ticket_id in named:
        # A number is easily guessed and a sender easily forged: being staff is not enough here.
        if (ticket_id, mail.sender) in taking_part and not mail.is_forged:
            return Placement(ticket_id, "Its subject names this ticket.")
    pointed_to = [*found[0], *found[1]]
    if not pointed_to:
        return None
    who = mail.sender or "the sender"
    if mail.is_forged:
        return Placement(
            None, f"It points to ticket #{pointed_to[0]}, but the mail server found {who} forged (DMARC)."
        )
    return Placement(None, f"It points to ticket #{pointed_to[0]}, in which {who} does not take part.")


def _mention(mail: Clues, existing: set[int]) -> str:
    number = next((number for number in mail.mentioned if number in existing), None)
    return f"Its subject mentions #{number}, which may be ticket #{number}." if number else ""


def _nearest(lists: Iterable[list[int]]) -> list[int]:
    """Tickets in the order in which they are named, each once."""
    return list(dict.fromkeys(ticket_id for found in lists for ticket_id in found))[:CANDIDATES_READ]


def _by_reference(keys: set[str]) -> dict[str, list[int]]:
    """Where each reference leads: to the ticket that held the message first, then to the newest that names it."""
    found: dict[str, list[int]] = defaultdict(list)
    if keys:
        statement = select(ThreadReference.reference, ThreadReference.ticket_id)
        for reference, ticket_id in db.session.execute(statement.where(ThreadReference.reference.in_(keys))):
            found[reference].append(ticket_id)
    held = _held({key: ids for key, ids in found.items() if len(ids) > 1})
    for key, ids in found.items():
        ranks = sorted((held.get((key, ticket_id), NOT_HELD), -ticket_id) for ticket_id in ids)
        found[key] = [-negative for _, negative in ranks]
    return found


def _held(shared: Mapping[str, Iterable[int]]) -> dict[tuple[str, int], int]:
    """Which of these tickets holds the message of that name, by the id of the message, unless the ticket was
    finished and goes on in another."""
    ids = {ticket_id for found in shared.values() for ticket_id in found}
    if not ids:
        return {}
    held = select(Message.message_id, Message.ticket_id, Message.id).where(
        Message.ticket_id.in_(ids), Message.message_id.in_(shared.keys())
    )
    successors = {successor_key(ticket_id) for ticket_id in ids}
    followed = select(ThreadReference.reference).where(ThreadReference.reference.in_(successors))
    gone_on = set(db.session.scalars(followed))
    return {
        (name, ticket_id): row_id
        for name, ticket_id, row_id in db.session.execute(held.order_by(Message.id.desc()))
        if name is not None and successor_key(ticket_id) not in gone_on
    }


def _owned(by_reference: Mapping[str, Sequence[int]]) -> set[tuple[int, str]]:
    """The requesters of tickets that share a Message-ID, beside their numbers."""
    ids = {ticket_id for found in by_reference.values() if len(found) > 1 for ticket_id in found}
    if not ids:
        return set()
    statement = select(Ticket.id, Requester.email).join(Requester).where(Ticket.id.in_(ids))
    return {(ticket_id, email) for ticket_id, email in db.session.execute(statement)}


def _own_first(ticket_ids: list[int], sender: str, owned: set[tuple[int, str]]) -> list[int]:
    """Whoever names his mail in a ticket of his own does not draw the answers of its writer there."""
    return sorted(ticket_ids, key=lambda ticket_id: (ticket_id, sender) not in owned)


def _existing(numbers: set[int]) -> set[int]:
    return set(db.session.scalars(select(Ticket.id).where(Ticket.id.in_(numbers)))) if numbers else set()


def _staff(senders: set[str]) -> set[str]:
    if not senders:
        return set()
    return set(db.session.scalars(select(User.email).where(User.email.in_(senders), User.is_active)))


def _taking_part(senders: set[str], ticket_ids: set[int]) -> set[tuple[int, str]]:
    if not senders or not ticket_ids:
        return set()
    statement = select(TicketParticipant.ticket_id, TicketParticipant.email).where(
        TicketParticipant.ticket_id.in_(ticket_ids), TicketParticipant.email.in_(senders)
    )
    return {(ticket_id, email) for ticket_id, email in db.session.execute(statement)}
