"""Where every mail of a soak is: on a ticket, set aside or quarantined, once each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import func, select

from tests.soak.mails import Kind, Sent, as_served
from ticketapp.db import db
from ticketapp.models import InboundMail, MailState, Message, Ticket

PROPER = {
    Kind.LETTER: {MailState.PROCESSED},
    Kind.ANSWER: {MailState.PROCESSED},
    Kind.AUTOMATIC: {MailState.SET_ASIDE},
    Kind.BOUNCE: {MailState.SET_ASIDE},
    Kind.TOO_LARGE: {MailState.QUARANTINED},
    Kind.BROKEN: {MailState.PROCESSED, MailState.SET_ASIDE, MailState.QUARANTINED},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The figures at the end; ``faults`` says in words what is wrong, a line each."""

    sent: int
    copies: int
    tickets: int
    messages: int
    set_aside: int
    quarantined: int
    faults: tuple[str, ...] = field(default=())

    @property
    def is_right(self) -> bool:
        """Whether every mail is accounted for, and none twice."""
        return not self.faults


def is_all_there(sent: Sequence[Sent]) -> bool:
    """Whether as many mails are recorded as were sent with bytes of their own, and none waits to be processed."""
    recorded = db.session.scalar(select(func.count()).select_from(InboundMail)) or 0
    waiting = db.session.scalar(select(func.count()).where(InboundMail.state == MailState.RECEIVED)) or 0
    return recorded >= len({each.raw for each in sent}) and not waiting


def account_for(sent: Sequence[Sent]) -> Account:
    """Compare what was sent with what is there; needs the application's context."""
    states = Counter(db.session.scalars(select(InboundMail.state)))
    tickets = db.session.scalar(select(func.count()).select_from(Ticket)) or 0
    copies = len(sent) - len({each.raw for each in sent})
    account = Account(
        sent=len(sent),
        copies=copies,
        tickets=tickets,
        messages=states[MailState.PROCESSED] - tickets,
        set_aside=states[MailState.SET_ASIDE],
        quarantined=states[MailState.QUARANTINED],
    )
    total = account.tickets + account.messages + account.set_aside + account.quarantined + copies
    faults = [*_misplaced(sent), *_doubled(sent, states[MailState.PROCESSED])]
    if total != len(sent):
        faults.append(f"{len(sent)} were sent, {total} are accounted for")
    return Account(
        **{name: getattr(account, name) for name in Account.__slots__ if name != "faults"}, faults=(*faults,)
    )


def _misplaced(sent: Sequence[Sent]) -> list[str]:
    rows = {
        (row.sha256, row.size): row
        for row in db.session.execute(
            select(InboundMail.sha256, InboundMail.size, InboundMail.state, InboundMail.subject, Ticket.title)
            .outerjoin(Ticket, Ticket.id == InboundMail.ticket_id)
            .where(InboundMail.raw.is_not(None))
        )
    }
    faults, expected = [], set()
    for each in (mail for mail in sent if mail.kind in PROPER and mail.kind != Kind.TOO_LARGE):
        served = as_served(each.raw)
        key = (sha256(served).hexdigest(), len(served))
        expected.add(key)
        row = rows.get(key)
        if row is None:
            faults.append(f"lost: {each.kind} {each.subject or each.raw[:60]!r}")
        elif row.state not in PROPER[each.kind]:
            faults.append(f"{each.kind} {each.subject or each.raw[:60]!r} is {row.state}")
        elif each.answers and row.title != each.answers:
            faults.append(f"the answer to {each.answers} is on {row.title}")
    return faults + [f"never sent: {rows[key].subject!r}" for key in rows.keys() - expected]


def _doubled(sent: Sequence[Sent], processed: int) -> list[str]:
    messages = db.session.scalar(select(func.count()).select_from(Message)) or 0
    faults = [] if messages == processed else [f"{processed} mails became {messages} messages"]
    letters = {each.subject for each in sent if each.kind == Kind.LETTER}
    titles = Counter(db.session.scalars(select(Ticket.title)))
    return faults + [f"{titles[title]} tickets of {title}" for title in letters if titles[title] != 1]
