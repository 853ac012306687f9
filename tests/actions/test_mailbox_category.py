"""The category of a mailbox: what its new tickets begin with, until a verdict or a person says otherwise."""

from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.gemini import GeminiServer
from ticketapp.actions import classification, intake, mailboxes
from ticketapp.actions.ledger import SeenMail, record, register_mailbox
from ticketapp.actions.mailbox_settings import MailboxSettings
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import AfterRecording, Category, ChosenBy, Security, SignIn, Ticket
from ticketapp.outside import outside


def opened_by(mailbox_id: int) -> intake.Landed:
    """What became of a mail to this mailbox."""
    (mail_id,) = record(mailbox_id, 1, [SeenMail(uid=1, size=10, arrived_at=utc_now(), raw=letter("Printer"))])
    landed = intake.process(mail_id, store=outside().store, rules=outside().rules)
    assert landed is not None
    return landed


def mailbox_for(category: Category) -> int:
    """A mailbox whose new tickets begin with this category."""
    settings = MailboxSettings(
        host="imap.example.com",
        port=993,
        security=Security.TLS,
        username="billing@example.com",
        folder="INBOX",
        after=AfterRecording.LEAVE,
        sign_in=SignIn.PASSWORD,
        password="secret",
        default_category=category,
    )
    return mailboxes.add(settings, vault=outside().vault, environment=None).id


def ticket_of(landed: intake.Landed) -> Ticket:
    return db.session.get_one(Ticket, landed.ticket_id, populate_existing=True)


def test_a_new_ticket_begins_with_the_category_of_its_mailbox(each_app: APIFlask) -> None:
    ticket = ticket_of(opened_by(mailbox_for(Category.BILLING)))

    assert (ticket.category, ticket.category_by) == (Category.BILLING, ChosenBy.MACHINE)
    assert ticket.priority_by == ChosenBy.DEFAULT


def test_without_one_it_begins_with_the_default_that_nobody_chose(each_app: APIFlask) -> None:
    ticket = ticket_of(opened_by(register_mailbox("support@imap.example.com/INBOX")))

    assert (ticket.category, ticket.category_by) == (Category.GENERAL, ChosenBy.DEFAULT)


def test_a_verdict_still_changes_it(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    with app.app_context():
        landed = opened_by(mailbox_for(Category.BILLING))
        assert landed.run_id is not None
        gemini.next("answer", category="technical", priority="high")

        classification.classify(landed.run_id, outside().classifier, deadline_seconds=5)

        assert ticket_of(landed).category == Category.TECHNICAL
