"""flask demo: weeks of believable work, through the real actions, once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from config import Config
from tests.app_fixtures import MakeApp
from tests.cli.running import flask, run
from ticketapp import create_app
from ticketapp.actions import ledger
from ticketapp.cli.believable.mails import Quoted, Writer, answer
from ticketapp.cli.believable.stories import ATTRIBUTIONS, CUSTOMERS, GREETINGS, SPEAKERS, stories
from ticketapp.cli.believable.verdicts import REASON
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.mail import parse
from ticketapp.models import (
    Attachment,
    ChosenBy,
    ClassificationRun,
    Delivery,
    Direction,
    InboundMail,
    MailState,
    Message,
    RunState,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.outside import outside
from ticketapp.queries import dashboard
from ticketapp.queries.accuracy import accuracy
from ticketapp.queries.accuracy_filter import AccuracyFilter
from ticketapp.queries.threads import SIGNED_REASON


def test_the_demo_is_weeks_of_work_of_many_people(make_app: MakeApp) -> None:
    app = make_app()
    done = run(app, "demo")
    assert done.exit_code == 0
    assert done.stdout == "120 tickets of 40 customers and 3 colleagues are there.\n"
    with app.app_context():
        now = utc_now()
        tickets = db.session.scalars(select(Ticket).order_by(Ticket.id)).all()
        assert len(tickets) == 120
        assert [ticket.created_at for ticket in tickets] == sorted(ticket.created_at for ticket in tickets)
        assert timedelta(days=25) < now - tickets[0].created_at < timedelta(days=29)
        assert {ticket.status for ticket in tickets} == {"open", "in_progress", "resolved", "closed"}
        assert {ticket.source for ticket in tickets} == {"email", "web", "api"}
        assert Counter(ticket.category_by for ticket in tickets)[ChosenBy.MACHINE] >= 10
        assert Counter(ticket.category_by for ticket in tickets)[ChosenBy.PERSON] > 80
        assert any(ticket.is_unclassified for ticket in tickets)
        assert len({ticket.requester_id for ticket in tickets}) == len(CUSTOMERS) == 40
        assert sum(n > 0 for _, n in dashboard.overview(now).tickets_by_day) > 20
        assert db.session.scalar(select(func.max(TicketEvent.at))) <= now
        threads = Counter(db.session.scalars(select(Message.ticket_id)))
        assert set(threads.values()) >= {1, 2, 3, 4, 5}
        _look_at_messages()
        _look_at_verdicts(now)


def _look_at_messages() -> None:
    messages = db.session.scalars(select(Message)).all()
    assert {message.direction for message in messages} == set(Direction)
    assert {message.delivery for message in messages} == {Delivery.NONE, Delivery.SENT}
    assert any(message.is_automatic for message in messages)
    assert any(message.has_html for message in messages)
    answers = [message for message in messages if message.thread_reason]
    assert {message.thread_reason for message in answers} <= {"It answers a message of this ticket.", SIGNED_REASON}
    assert len(answers) > 50
    kept = db.session.scalars(select(Attachment)).all()
    assert {attachment.filename.rpartition(".")[2] for attachment in kept} == {"png", "csv", "log", "txt"}
    assert all(len(outside().store.get(attachment.sha256)) == attachment.size for attachment in kept)
    states = Counter(db.session.scalars(select(InboundMail.state)))
    assert states[MailState.RECEIVED] == 0
    assert states[MailState.QUARANTINED] == 1
    assert states[MailState.SET_ASIDE] == 3


def _look_at_verdicts(now: datetime) -> None:
    runs = db.session.scalars(select(ClassificationRun)).all()
    assert {run.state for run in runs} == {RunState.QUEUED, RunState.SUCCEEDED, RunState.FAILED}
    assert {run.model for run in runs if run.finished_at} == {"demo"}, "nobody takes them for a model's"
    assert {run.reason for run in runs if run.state == RunState.SUCCEEDED} == {REASON}
    found = accuracy(AccuracyFilter.from_args({}), now)
    for judged in (found.category, found.priority):
        assert judged.agreement is not None, "enough was decided for the accuracy page to show something"
        assert 0.6 < judged.agreement < 1
        assert judged.untouched >= 10
    assert found.calibration_error is not None


def test_the_second_time_nothing_is_added(app: APIFlask) -> None:
    run(app, "demo")
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Message))
    done = run(app, "demo")
    assert (done.exit_code, done.stdout) == (0, "The demo is there already; nothing was added.\n")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Message)) == before


def test_a_demo_that_was_cut_short_is_not_mixed_with_another(app: APIFlask) -> None:
    with app.app_context(), at(utc_now() - timedelta(hours=1)):
        mailbox_id = ledger.register_mailbox("import:demo")
        raw = b"Subject: x\n\ny"
        ledger.record(mailbox_id, 1, [ledger.SeenMail(uid=1, size=len(raw), arrived_at=utc_now(), raw=raw)])
    done = run(app, "demo")
    assert done.exit_code == 1
    assert "was cut short" in done.stderr


def test_two_demos_are_not_filled_in_at_the_same_time(app: APIFlask) -> None:
    with app.app_context():
        assert ledger.lease_mailbox(ledger.register_mailbox("import:demo"), seconds=60)
    done = run(app, "demo")
    assert done.exit_code == 1
    assert "at this moment" in done.stderr


def test_it_makes_the_database_where_there_is_none(tmp_path: Path) -> None:
    done = flask("demo", cwd=tmp_path, DATA_DIR=str(tmp_path / "data"))
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    app = create_app(Config.from_env({"DATA_DIR": str(tmp_path / "data")}))
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == 120
        assert set(db.session.scalars(select(User.role))) == {"agent"}
        db.engine.dispose()


def test_stories_are_whole() -> None:
    slots = {"number": 1, "amount": "1 EUR", "city": "Graz", "version": "1.0", "count": 2}
    spoken = {language for language, _, _ in CUSTOMERS}
    for story in stories():
        assert story.language in spoken
        assert {turn.speaker for turn in story.turns} <= set(SPEAKERS)
        # What a customer says in a turn answers us, so somebody of us must have spoken before.
        speakers = [turn.speaker for turn in story.turns if turn.speaker != "note"]
        assert speakers[:1] in ([], ["staff"])
        for text in (story.subject, story.text, *(turn.text for turn in story.turns)):
            assert text.format_map(slots).strip()
    assert {story.language for story in stories()} == spoken == set(GREETINGS)


@pytest.mark.parametrize("language", sorted(ATTRIBUTIONS))
def test_what_customers_quote_is_folded_in_every_language(language: str) -> None:
    now = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
    writer = Writer(name="Jo", email="jo@c.example", language=language, support="support@example.com")
    ours = Quoted(message_id="1@example.com", references="", subject="Re: x", text="Ours", written_at=now)
    read = parse(answer(writer, number=1, text="Theirs", at=now, to=ours))
    assert (read.reply_text, read.in_reply_to) == ("Theirs\n\nJo", "1@example.com")


def test_the_clock_stands_still_inside_and_goes_on_after() -> None:
    moment = datetime(2020, 2, 2, 3, 0, tzinfo=UTC)
    with at(moment):
        assert utc_now() == moment
        with at(moment + timedelta(days=1)):
            assert utc_now() == moment + timedelta(days=1)
        assert utc_now() == moment
    assert utc_now() > datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"), at(moment.replace(tzinfo=None)):
        pass
