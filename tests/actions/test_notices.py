"""Mail of programs and mailing lists: set aside, unless a setting lets it open tickets; never answered."""

from pathlib import Path

import pytest
from sqlalchemy import select

from config import Config, ConfigError
from tests.actions.test_threading import reason_of, take_in
from tests.app_fixtures import MakeApp
from tests.letters import letter
from ticketapp.actions import tickets
from ticketapp.db import db
from ticketapp.models import Direction, InboundMail, MailKind, MailState, Message, Status, Ticket
from ticketapp.outside import outside

FROM_LIST = {"List_Id": "Users of printers <users.printers.example>", "List_Post": "<mailto:users@printers.example>"}
ALARM = {"sender": "Alarm <alarm@monitor.example>", "Auto_Submitted": "auto-generated"}


def test_mail_of_a_list_is_set_aside_and_says_what_would_let_it_in(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context():
        landed = take_in(letter("Digest", **FROM_LIST))
        mail = db.session.scalars(select(InboundMail)).one()
        assert (landed.state, mail.kind) == (MailState.SET_ASIDE, MailKind.AUTOMATIC)
        assert "mailing list users.printers.example opens no ticket, unless OPEN_TICKETS_FOR names" in mail.reason


@pytest.mark.parametrize("name", ["users.printers.example", "JO@customer.example", "@customer.example", "*"])
def test_a_list_or_sender_that_the_setting_names_opens_tickets(make_app: MakeApp, name: str) -> None:
    app = make_app(open_tickets_for=("@elsewhere.example", name))
    with app.app_context():
        landed = take_in(letter("Digest", **FROM_LIST))
        assert landed.ticket_id is not None
        assert not db.session.scalars(select(Message)).one().is_automatic


def test_the_support_address_may_be_a_list_itself(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context():
        by_id = take_in(letter(List_Id="Support <support.example.com>", Precedence="list"))
        by_address = take_in(letter(List_Post="<mailto:Support@example.com>", Precedence="list"))
        assert None not in (by_id.ticket_id, by_address.ticket_id)


def test_an_offer_to_unsubscribe_alone_is_no_list(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context():
        assert take_in(letter(List_Unsubscribe="<mailto:off@customer.example>")).ticket_id is not None


def test_mail_of_a_list_joins_the_ticket_it_answers_folded_and_reopens_nothing(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context():
        first = take_in(letter(message_id="<first@x.example>"))
        assert first.ticket_id is not None
        tickets.change_ticket(first.ticket_id, {"status": "resolved"}, by=None)
        answer = take_in(letter(In_Reply_To="<first@x.example>", **FROM_LIST))
        assert answer.ticket_id == first.ticket_id
        assert db.session.scalars(select(Message).order_by(Message.id.desc())).first().is_automatic  # type: ignore[union-attr]  # there is one
        assert db.session.get_one(Ticket, first.ticket_id, populate_existing=True).status == Status.RESOLVED


def test_an_alarm_that_may_open_tickets_goes_on_in_its_ticket_and_is_never_answered(make_app: MakeApp) -> None:
    app = make_app(open_tickets_for=("alarm@monitor.example",), acknowledge=True)
    with app.app_context():
        first = take_in(letter("Disk full", message_id="<1@monitor.example>", **ALARM))
        later = take_in(letter("Disk still full", In_Reply_To="<1@monitor.example>", **ALARM))
        assert first.ticket_id == later.ticket_id
        assert reason_of(later) == "It answers a message of this ticket."
        outbound = select(Message).where(Message.direction == Direction.OUTBOUND)
        assert db.session.scalars(outbound).all() == []


@pytest.mark.parametrize("name", ["everybody", "a b", "@"])
def test_a_name_that_can_match_nothing_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_env({"DATA_DIR": str(tmp_path), "OPEN_TICKETS_FOR": f"ok@x.example, {name}"})
    assert "OPEN_TICKETS_FOR must be addresses" in str(refused.value)


def test_a_form_on_our_own_site_opens_a_ticket_of_who_filled_it_in(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context():
        landed = take_in(letter("Contact", sender="Shop <support@example.com>", Reply_To="Jo <jo@customer.example>"))
        assert landed.ticket_id is not None
        requester = db.session.get_one(Ticket, landed.ticket_id).requester
        assert requester is not None
        assert (requester.email, requester.name) == ("jo@customer.example", "Jo")
        assert db.session.scalars(select(Message)).one().author_email == "jo@customer.example"


@pytest.mark.parametrize("what", ["our own mail", "a copy of ours", "a form that answers itself"])
def test_mail_of_our_own_is_set_aside_whatever_it_says_of_answers(make_app: MakeApp, what: str) -> None:
    app = make_app()
    with app.app_context():
        ours = outside().support.tokens.message_id("example.com", 1)
        mails = {
            "our own mail": letter(sender="support@example.com", Reply_To="Support+x@example.com"),
            "a copy of ours": letter(
                sender="support@example.com", message_id=f"<{ours}>", Reply_To="jo@customer.example"
            ),
            "a form that answers itself": letter(
                sender="support@example.com", Reply_To="jo@customer.example", Auto_Submitted="auto-generated"
            ),
        }
        assert take_in(mails[what]).state == MailState.SET_ASIDE
