"""The filters of the mail ledger: combined, in the address, and the story that each row tells."""

from datetime import UTC, date, datetime

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from tests.letters import letter
from tests.web.browsing import words_of
from tests.web.conftest import AUTOMATIC, CAUSE, Recorded
from tests.web.statements import statements_of
from ticketapp.actions import intake
from ticketapp.actions.ledger import SeenMail, record, register_mailbox
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.errors import InvalidInput
from ticketapp.models import InboundMail, MailKind, MailState
from ticketapp.outside import outside
from ticketapp.queries import mails
from ticketapp.queries.mails import MailFilter

EVERYTHING = MailFilter(
    state=MailState.SET_ASIDE,
    kind=MailKind.AUTOMATIC,
    mailbox=7,
    sender="jo@x",
    search="out of % office",
    since=date(2026, 1, 2),
    until=date(2026, 11, 20),
)


def processed(recorded: Recorded, raw: bytes) -> int:
    """Let a mail come in and be processed."""
    mail_id = recorded(raw)
    intake.process(mail_id, store=outside().store, rules=outside().rules)
    return mail_id


def take_in(number: int, raw: bytes) -> None:
    """As ``processed``, on whichever database is the current one."""
    mailbox = register_mailbox("box")
    (mail_id,) = record(mailbox, 1, [SeenMail(uid=number, size=10, arrived_at=utc_now(), raw=raw)])
    intake.process(mail_id, store=outside().store, rules=outside().rules)


@pytest.mark.parametrize("narrowed", [MailFilter(), EVERYTHING, MailFilter(sender="Ä"), MailFilter(mailbox=3)])
def test_a_filter_comes_back_from_its_address_as_it_was(narrowed: MailFilter) -> None:
    assert MailFilter.from_args(narrowed.as_args()) == narrowed


@pytest.mark.parametrize(
    "args",
    [
        {"state": "lost"},
        {"kind": "cat"},
        {"mailbox": "-1"},
        {"sender": "x" * 201},
        {"search": "\0"},
        {"since": "soon"},
    ],
)
def test_what_cannot_be_read_is_named(args: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as raised:
        MailFilter.from_args(args)
    assert raised.value.field == next(iter(args))


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"state": "processed"}, [4, 3, 2]),
        ({"kind": "automatic"}, [1]),
        ({"mailbox": "1"}, [4, 3, 2, 1]),
        ({"mailbox": "99"}, []),
        ({"sender": "ZOË"}, []),
        ({"sender": "SHOP.example"}, [3]),
        ({"search": "ärger"}, [2]),
        ({"search": "ÄRGER mit"}, [2]),
        ({"search": "shop fire"}, [3]),
        ({"search": "100%"}, [4]),
        ({"search": "100_"}, []),
        ({"search": "fire", "sender": "customer"}, []),
        ({"state": "set_aside", "kind": "automatic", "search": "office", "mailbox": "1"}, [1]),
    ],
)
def test_every_part_narrows_and_all_can_be_combined(
    each_app: APIFlask, args: dict[str, str], expected: list[int]
) -> None:
    take_in(1, letter("Out of office", **AUTOMATIC))
    take_in(2, letter("Ärger mit der Rechnung"))
    take_in(3, letter("On fire", sender="Zoë <zoe@shop.example>"))
    take_in(4, letter("100% of it"))

    narrowed = MailFilter.from_args(args)

    assert [row.id for row in mails.page(narrowed).rows] == expected
    assert mails.count(narrowed).number == len(expected)


def test_the_address_keeps_the_filter_from_page_to_page(admin_client: FlaskClient, recorded: Recorded) -> None:
    for number in range(52):
        recorded(letter(f"Mail {number}"))

    first = admin_client.get("/admin/mail?state=received&mailbox=1")

    assert 'href="/admin/mail?state=received&amp;mailbox=1&amp;below=3"' in first.text
    assert "52 mails" in words_of(first)
    assert 'aria-label="Remove the filter state: waiting"' in first.text
    older = admin_client.get("/admin/mail?state=received&mailbox=1&below=3")
    assert 'href="/admin/mail?state=received&amp;mailbox=1"' in older.text
    assert "52 mails" in words_of(older)


def test_each_row_tells_its_story(admin_client: FlaskClient, recorded: Recorded, set_aside: int) -> None:
    processed(recorded, letter("First", message_id="<first@customer.example>"))
    processed(recorded, letter("Re: First", In_Reply_To="<first@customer.example>"))
    recorded(letter("Not yet"))
    recorded(None, b"Subject: Huge\n\n")

    page = admin_client.get("/admin/mail")

    words = words_of(page)
    assert "was set aside just now because: An automatic mail that answers no ticket opens none, unless" in words
    assert "became ticket #1 just now" in words
    assert "joined ticket #1 just now . It answers a message of this ticket." in words
    assert "waits to be read." in words
    assert f"was quarantined because: {CAUSE}" in words
    assert page.text.count('href="/tickets/1"') == 2
    assert f'href="/admin/mail/{set_aside}/raw"' in page.text
    assert "header only" in words


def test_what_nothing_matches_is_told(admin_client: FlaskClient, set_aside: int) -> None:
    assert "No mail matches" in words_of(admin_client.get("/admin/mail?search=nowhere&kind=bounce"))


def test_a_page_asks_as_much_for_many_mails_as_for_few(
    app: APIFlask, admin_client: FlaskClient, recorded: Recorded
) -> None:
    processed(recorded, letter("Mail"))
    admin_client.get("/admin/mail?state=processed")
    with statements_of(app) as few:
        admin_client.get("/admin/mail?state=processed")
    for number in range(20):
        processed(recorded, letter(f"Mail {number}"))
    with statements_of(app) as many:
        admin_client.get("/admin/mail?state=processed")

    assert len(many) == len(few)


def test_days_are_whole_both_the_first_and_the_last(app: APIFlask, recorded: Recorded) -> None:
    for day in (18, 19, 20, 21):
        with at(datetime(2026, 11, day, 23, 59, tzinfo=UTC)):
            recorded(letter(f"Of {day}"))
    with app.app_context():
        assert ids(since="2026-11-19", until="2026-11-20") == [3, 2]
        assert ids(since="2026-11-20") == [4, 3]
        assert ids(until="2026-11-18") == [1]
        assert ids(until="9999-12-31", since="0001-01-01") == [4, 3, 2, 1]


def ids(**args: str) -> list[int]:
    return [row.id for row in mails.page(MailFilter.from_args(args)).rows]


@pytest.mark.parametrize(
    ("narrowed", "index"),
    [
        (MailFilter(search="fire"), "ix_inbound_mail_search"),
        (MailFilter(sender="customer"), "ix_inbound_mail_search"),
        (MailFilter(kind=MailKind.BOUNCE), "ix_inbound_mail_kind"),
        (MailFilter(mailbox=1), "ix_inbound_mail_mailbox"),
        (MailFilter(state=MailState.QUARANTINED), "ix_inbound_mail_state"),
        (MailFilter(since=date(2026, 11, 1), until=date(2026, 11, 20)), "ix_inbound_mail_recorded"),
    ],
)
def test_each_part_has_an_index_so_that_many_mails_cost_no_more(
    postgres_app: APIFlask, narrowed: MailFilter, index: str
) -> None:
    with postgres_app.app_context():
        statement = select(InboundMail.id).where(*mails.conditions(narrowed))
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        db.session.execute(text("SET LOCAL enable_indexscan = off"))
        asked = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(db.session.scalars(text(f"EXPLAIN {asked}".replace(":", "\\:"))))

    assert index in plan
