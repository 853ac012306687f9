"""What the README's pictures show beside the demo: mails, mailboxes and verdicts, taken in as real ones are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import count
from random import Random

from apiflask import APIFlask
from sqlalchemy import select

from tests.letters import letter
from tests.services.gemini import GeminiServer
from ticketapp import clock
from ticketapp.actions import bulk, bulk_samples, classification, confirming, conversation, intake, ledger, tickets
from ticketapp.actions.ledger import SeenMail
from ticketapp.actions.mailbox_settings import MailboxSettings
from ticketapp.actions.mailboxes import add
from ticketapp.cli.believable.verdicts import MadeUpClassifier
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import (
    AfterRecording,
    Attachment,
    ClassificationRun,
    Direction,
    Message,
    Security,
    SignIn,
    Ticket,
    User,
)
from ticketapp.outside import outside
from ticketapp.queries import bulk_trials, users
from ticketapp.queries.ticket_filter import TicketFilter

EAST_ASIA = "\u2e80"
HOST = "imap.parcelroom.example"
COPIED, FIRST = "tom@lind-prints.example", "<order@lind-prints.example>"
OURS = "It left us on Friday; the carrier says it comes tomorrow before noon."
SENDER = "Nora Lind <nora@lind-prints.example>"
LAID_OUT = """<h2 style="color:#7a3e00">Order 40712</h2>
<p>Hello,</p><p>one of the <b>three boxes</b> came <i>open</i>. What is missing:</p>
<table border="1" cellpadding="6"><tr><th>Article</th><th>Ordered</th><th>Came</th></tr>
<tr><td>Tape, brown</td><td>24</td><td>18</td></tr><tr><td>Labels, A6</td><td>500</td><td>500</td></tr></table>
<ul><li>The seal was broken.</li><li>The driver wrote a <a href="https://claims.example/40712">note</a>.</li></ul>
<blockquote>Please send the six rolls with the next box.</blockquote>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """The rows whose pages are taken, and who looks at them."""

    admin: User
    agent: User
    ticket_id: int
    mailbox_id: int
    thread_id: int
    laid_out_id: int
    classified_id: int
    bulk_id: int


def fill_in(gemini: GeminiServer, admin: User) -> Pictured:
    """Fill in what the demo does not show, in the application's context. The demo is there already."""
    now, agent = utc_now(), users.by_email("mia.keller@parcelroom.example")
    _translate(agent)
    mailbox_id, billing_id = (_mailbox(name) for name in ("support", "billing"))
    post = _Post(mailbox_id)
    for subject, size, hours in (
        ("The whole catalogue as one file", 61_340_211, 44),
        ("All our scans", 52_002_118, 33),
    ):
        post.leave_out(letter(subject, sender=SENDER), now - timedelta(hours=hours), size=size)
    thread_id = _thread(post, agent, now)
    classified_id = _classified(post, gemini, admin, agent, now)
    laid_out_id = post.deliver(_laid_out(), now - timedelta(hours=4))
    _come_back(post, now - timedelta(hours=2))
    for ticket_id in (thread_id, laid_out_id):
        _read(ticket_id, now - timedelta(hours=1))
    with clock.at(now - timedelta(minutes=1)):
        ledger.end_poll(mailbox_id, server_count=7)
    with clock.at(now - timedelta(minutes=2)):
        ledger.end_poll(billing_id, server_count=0)
    return Pictured(
        admin=admin,
        agent=agent,
        ticket_id=_told_ticket(),
        mailbox_id=mailbox_id,
        thread_id=thread_id,
        laid_out_id=laid_out_id,
        classified_id=classified_id,
        bulk_id=_bulk(admin),
    )


class _Post:
    """Mails of one mailbox, each at its time."""

    def __init__(self, mailbox_id: int) -> None:
        self._mailbox_id, self._uids = mailbox_id, count(1)

    def deliver(self, raw: bytes, at: datetime) -> int:
        """Take a mail in; the ticket it is on."""
        seen = SeenMail(uid=next(self._uids), size=len(raw), arrived_at=at, raw=raw)
        with clock.at(at):
            (mail_id,) = ledger.record(self._mailbox_id, 1, [seen])
            landed = intake.process(mail_id, store=outside().store, rules=outside().rules)
        assert landed is not None
        assert landed.ticket_id is not None
        return landed.ticket_id

    def leave_out(self, raw: bytes, at: datetime, *, size: int) -> None:
        """Record a mail that is over the limit."""
        header = raw.partition(b"\n\n")[0]
        seen = SeenMail(uid=next(self._uids), size=size, arrived_at=at, raw=None, header=header)
        limit = outside().config.mail_max_bytes
        with clock.at(at):
            ledger.record(
                self._mailbox_id,
                1,
                [seen],
                no_bytes=f"It is {size:,} bytes; the limit (MAIL_MAX_BYTES) is {limit:,}.",
            )


def _translate(agent: User) -> None:
    """Word in English what a Chromium without fonts for East Asia would draw as boxes."""
    for ticket_id, title in db.session.execute(select(Ticket.id, Ticket.title)).all():
        if any(character >= EAST_ASIA for character in title):
            english = {"title": "Invoices by post as well", "description": "Can we get our invoices by post as well?"}
            tickets.change_ticket(ticket_id, english, by=agent)


def _mailbox(name: str) -> int:
    settings = MailboxSettings(
        host=HOST,
        port=993,
        security=Security.TLS,
        username=f"{name}@parcelroom.example",
        folder="INBOX",
        after=AfterRecording.SEEN,
        sign_in=SignIn.PASSWORD,
        password="made up",
    )
    return add(settings, vault=outside().vault, environment=None).id


def _thread(post: _Post, agent: User, now: datetime) -> int:
    text = "Good morning,\n\nwhere is order 40698? It should have been here on Monday.\n\nNora Lind"
    ticket_id = post.deliver(
        letter("Where is order 40698?", text, sender=SENDER, message_id=FIRST, Cc=f"Tom <{COPIED}>"),
        now - timedelta(hours=30),
    )
    with clock.at(now - timedelta(hours=27)):
        conversation.record_sent(conversation.reply(ticket_id, OURS, by=agent, support=outside().support).id)
    away = letter(
        "Out of office: Where is order 40698?", "I am away until Monday.", sender=SENDER, In_Reply_To=FIRST,
        Auto_Submitted="auto-replied",
    )  # fmt: skip
    post.deliver(away, now - timedelta(hours=26))
    return ticket_id


def _come_back(post: _Post, at: datetime) -> None:
    answer = (
        f"It came, thank you. One box is dented, nothing is broken.\n\nTom\n\nOn Thursday Support wrote:\n> {OURS}\n"
    )
    post.deliver(letter("Re: Where is order 40698?", answer, sender=f"Tom <{COPIED}>", In_Reply_To=FIRST), at)


def _laid_out() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, "support@example.com", "Order 40712: one box came open"
    mail.set_content("Order 40712: one box came open, six rolls of tape are missing.")
    mail.add_alternative(LAID_OUT, subtype="html")
    mail.add_attachment("18 of 24 rolls", filename="delivery-note.txt")
    return mail.as_bytes()


def _classified(post: _Post, gemini: GeminiServer, admin: User, agent: User, now: datetime) -> int:
    text = "Good morning,\n\nyou charged our card twice for invoice 40655. Please refund one payment.\n\nNora Lind"
    ticket_id = post.deliver(letter("Charged twice for invoice 40655", text, sender=SENDER), now - timedelta(hours=5))
    gemini.next("503")
    _read(ticket_id, now - timedelta(hours=5))
    _read(ticket_id, now - timedelta(hours=5) + timedelta(minutes=1))
    with clock.at(now - timedelta(hours=3)):
        confirming.confirm(ticket_id, ["category"], by=agent)
        tickets.change_ticket(ticket_id, {"priority": "low"}, by=agent)
    with clock.at(now - timedelta(hours=1, minutes=30)):
        classification.reclassify(ticket_id, by=admin)
    _read(ticket_id, now - timedelta(hours=1, minutes=29))
    return ticket_id


def _read(ticket_id: int, at: datetime) -> None:
    run = db.session.scalars(
        select(ClassificationRun.id)
        .where(ClassificationRun.ticket_id == ticket_id)
        .order_by(ClassificationRun.id.desc())
    ).first()
    assert run is not None
    with clock.at(at):
        classification.classify(run, outside().classifier, deadline_seconds=10)


def _bulk(admin: User) -> int:
    die = Random(3)
    job_id = bulk.draft_bulk(TicketFilter.from_args({"priority": "medium"}), by=admin).id
    model = outside().classifier.model  # one that is still set, or the page says that it was changed
    for sample in bulk_trials.trial(job_id).samples:
        facts = {"category": sample.ticket.category, "priority": sample.ticket.priority}
        made_up = MadeUpClassifier(**facts, die=die, model=model)
        bulk_samples.read_sample(sample.id, made_up, deadline_seconds=10)
    return job_id


def _told_ticket() -> int:
    """A ticket of the demo that was answered and has a note, whose first mail brought a file."""
    noted = select(Message.ticket_id).where(Message.direction == Direction.NOTE)
    with_file = select(Message.ticket_id).join(Attachment)
    statement = select(Ticket.id).where(Ticket.id.in_(noted), Ticket.id.in_(with_file)).order_by(Ticket.id.desc())
    return db.session.scalars(statement.where(Ticket.title.like("Charged twice%"))).first() or 1


def demo(app: APIFlask) -> None:
    """Fill in the demo."""
    done = app.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 0, done.output
