"""Reading recorded mails again: what was missed becomes a ticket once, what is there is read anew in place."""

from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select, update

from tests.app_fixtures import PASSWORD
from tests.letters import letter, letter_with_file
from tests.take_in import laid_out_letter
from ticketapp import clock
from ticketapp.actions import attempts, intake, ledger, rereading
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.tickets import change_ticket
from ticketapp.actions.users import create_user
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import InvalidInput
from ticketapp.models import (
    Attachment,
    ClassificationRun,
    EventKind,
    InboundMail,
    MailReading,
    MailState,
    Message,
    Occasion,
    RunState,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.outside import outside
from ticketapp.queries import mails
from ticketapp.queries.classification_settings import Settings
from ticketapp.queries.mails import MailFilter


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return create_user("ada@example.com", name="Ada", role="admin", password=PASSWORD)


def take_in(raw: bytes) -> int:
    """Record a mail and process it; its number in the ledger."""
    mailbox_id = ledger.register_mailbox("box")
    uid = counted(InboundMail) + 1
    seen = ledger.SeenMail(uid=uid, size=len(raw), arrived_at=utc_now(), raw=raw)
    (mail_id,) = ledger.record(mailbox_id, 1, [seen])
    intake.process(mail_id, store=outside().store, rules=outside().rules)
    return mail_id


def counted(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def change(model: type, **values: Any) -> None:
    """As if an earlier parser had left this behind."""
    with transaction() as session:
        session.execute(update(model).values(**values))


def read_all(job: MailReading) -> MailReading:
    while rereading.read_page(job.id, store=outside().store, rules=outside().rules) is not None:
        pass
    return mails.reading(job.id)


def read_again(narrowed: MailFilter, ada: User) -> MailReading:
    return read_all(rereading.start(narrowed, by=ada))


def read_again_events() -> list[TicketEvent]:
    kind = TicketEvent.kind == EventKind.READ_AGAIN
    return list(db.session.scalars(select(TicketEvent).where(kind).order_by(TicketEvent.id)))


def test_a_message_is_read_anew_in_place(ada: User) -> None:
    take_in(laid_out_letter("<p>In <b>bold</b></p>"))
    change(Message, text="Ã¼ber", html="<p>Ã¼ber</p>")
    change(Ticket, description="Ã¼ber", search_document="ã¼ber")
    change(Attachment, filename="garbled")
    ids = list(db.session.scalars(select(Attachment.id).order_by(Attachment.id)))

    job = read_again(MailFilter(), ada)

    assert (job.total, job.done, job.changed, job.failed) == (1, 1, 1, 0)
    assert counted(Ticket) == counted(Message) == 1
    message = db.session.scalars(select(Message).execution_options(populate_existing=True)).one()
    assert message.text.strip() == "In plain words."
    assert message.html is not None
    assert "<b>bold</b>" in message.html
    files = db.session.scalars(select(Attachment).order_by(Attachment.id).execution_options(populate_existing=True))
    assert [(file.id, file.filename) for file in files] == list(
        zip(ids, ["dot.png", "report.html", "naïve.txt"], strict=True)
    )
    ticket = db.session.scalars(select(Ticket).execution_options(populate_existing=True)).one()
    assert ticket.description == "In plain words."
    assert "in plain words" in ticket.search_document
    (event,) = read_again_events()
    assert (event.actor_id, event.new) == (ada.id, "text, HTML, files")


@pytest.mark.parametrize("is_garbled", [True, False])
def test_a_ticket_that_reads_otherwise_is_looked_at_afresh_where_that_is_wanted_after_an_edit(
    ada: User, is_garbled: bool
) -> None:
    take_in(letter("Help", "What I meant."))
    change_settings(Settings(asks_after_edit=True), by=ada)
    change(ClassificationRun, state=RunState.GAVE_UP, finished_at=utc_now(), error_kind="blocked", error="No.")
    change(Message, html="<p>Ã¼ber</p>", **({"text": "Ã¼ber"} if is_garbled else {}))
    if is_garbled:
        change(Ticket, description="Ã¼ber")

    read_again(MailFilter(), ada)

    fresh = select(ClassificationRun.occasion).where(ClassificationRun.state == RunState.QUEUED)
    assert list(db.session.scalars(fresh)) == ([Occasion.EDIT] if is_garbled else [])


def test_files_that_were_missed_are_added_and_surplus_ones_go(ada: User) -> None:
    take_in(letter_with_file(b"the log"))
    with transaction() as session:
        session.execute(update(Attachment).values(position=7))

    read_again(MailFilter(), ada)

    (file,) = db.session.scalars(select(Attachment))
    assert (file.position, file.filename, file.size) == (0, "log.txt", 7)


def test_what_reads_as_before_is_left_as_it_is(ada: User) -> None:
    take_in(letter_with_file(b"the log"))
    before = db.session.scalars(select(Ticket.updated_at)).one()

    job = read_again(MailFilter(), ada)

    assert (job.done, job.changed) == (1, 0)
    assert read_again_events() == []
    assert db.session.scalars(select(Ticket.updated_at)).one() == before


def test_a_title_that_a_person_changed_stays(ada: User) -> None:
    take_in(letter("Printer on fire"))
    ticket = db.session.scalars(select(Ticket)).one()
    change_ticket(ticket.id, {"title": "Toner in the hall"}, by=ada)
    change(Message, subject="Garbled", text="Garbled")

    read_again(MailFilter(), ada)

    ticket = db.session.scalars(select(Ticket).execution_options(populate_existing=True)).one()
    assert ticket.title == "Toner in the hall"
    assert db.session.scalars(select(Message.subject)).one() == "Printer on fire"


@pytest.mark.parametrize("state", [MailState.QUARANTINED, MailState.SET_ASIDE])
def test_a_mail_that_an_earlier_parser_failed_on_becomes_one_ticket(ada: User, state: MailState) -> None:
    mailbox_id = ledger.register_mailbox("box")
    for number in range(30):
        raw = letter(f"Mail {number}")
        ledger.record(mailbox_id, 1, [ledger.SeenMail(uid=number, size=9, arrived_at=utc_now(), raw=raw)])
    change(InboundMail, state=state, reason="It could not be read.")

    job = read_again(MailFilter(state=state), ada)

    assert (job.total, job.done, job.changed) == (30, 30, 30)
    assert counted(Ticket) == 30
    read_again(MailFilter(), ada)
    assert counted(Ticket) == counted(Message) == 30


def test_a_discarded_mail_stays_discarded(ada: User) -> None:
    mail_id = take_in(letter("Away", Auto_Submitted="auto-replied"))
    change(InboundMail, state=MailState.QUARANTINED)
    attempts.discard(mail_id, by=ada)

    with pytest.raises(InvalidInput, match="No mail on this list"):
        rereading.start(MailFilter(), by=ada)
    assert counted(MailReading) == 0


def test_only_the_filtered_mails_are_read(ada: User) -> None:
    take_in(letter("One"))
    take_in(letter("Two", sender="Zoe <zoe@shop.example>"))
    change(Message, text="Garbled")

    job = read_again(MailFilter(sender="shop"), ada)

    assert job.total == job.changed == 1
    assert db.session.scalars(select(Message.text).order_by(Message.id)).first() == "Garbled"


def test_two_workers_do_not_share_a_page(ada: User) -> None:
    take_in(letter())
    job = rereading.start(MailFilter(), by=ada)
    page = rereading._claim(job.id)

    assert page is not None
    assert rereading.read_page(job.id, store=outside().store, rules=outside().rules) is None


def test_a_mail_that_keeps_ending_the_worker_is_passed_over(ada: User) -> None:
    take_in(letter("Fine"))
    take_in(letter("Deadly"))
    job = rereading.start(MailFilter(), by=ada)
    started = utc_now()
    for number in range(3):  # a worker that dies never gives the page back
        with clock.at(started + number * timedelta(minutes=6)):
            page = rereading._claim(job.id)
            assert page is not None
            assert page.mail_ids == ((2, 1) if number == 0 else (2,))

    with clock.at(started + timedelta(minutes=30)):
        job = read_all(job)

    assert (job.done, job.failed, job.total) == (1, 1, 2)
    assert job.finished_at is not None


def test_a_store_out_of_reach_costs_no_mail(ada: User) -> None:
    class Broken:
        """A store that is out of reach."""

        def put(self, content: bytes) -> str:
            """Fail."""
            raise OSError("the store is out of reach")

    take_in(letter_with_file(b"the log"))
    change(Attachment, filename="garbled")
    job = rereading.start(MailFilter(), by=ada)
    for _ in range(5):
        with pytest.raises(OSError, match="out of reach"):
            rereading.read_page(job.id, store=Broken(), rules=outside().rules)

    job = read_all(job)

    assert (job.done, job.changed, job.failed) == (1, 1, 0)
