"""Similar decisions are found in any script, as they are now, and at a cost that does not grow with the tickets."""

import pytest
from apiflask import APIFlask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects import postgresql

from tests.actions.classifying import decided, opened
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai.masking import EVERY_KIND
from ticketapp.ai.prompting import readable
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import Ticket
from ticketapp.models.ticket import search_document
from ticketapp.queries.similar_tickets import CANDIDATES, GIVEN_CHARACTERS, likeness, most_alike, similar


def many(number: int, words: str = "Filler ticket about nothing much", *, by: str = "person") -> None:
    """So many tickets, written at once, decided ``by`` whom."""
    now = utc_now()
    default = {"category": "general", "category_by": by, "priority": "medium", "priority_by": by}
    rows = [
        {
            **default,
            "title": words,
            "description": f"{words} {n}",
            "search_document": search_document(words, f"{n}"),
            "status": "open",
            "source": "web",
            "created_at": now,
            "updated_at": now,
        }
        for n in range(number)
    ]
    with transaction() as session:
        session.execute(insert(Ticket), rows)


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ("Die Rechnung für März wurde doppelt abgebucht", "Rechnung doppelt abgebucht im März"),
        ("プリンターが故障して印刷できません", "プリンターが故障しています"),
        ("发票金额错误请更正", "发票金额错误"),
        ("'); DROP TABLE ticket; -- \" OR * NEAR(", "\"'); DROP TABLE ticket; -- OR * NEAR("),
    ],
)
def test_alike_is_found_in_any_script_and_whatever_it_holds(each_app: APIFlask, there: str, asked: str) -> None:
    alike = decided(there, title=there)
    decided("Something else entirely, about wombats", title="Wombats")
    found = similar(asked, asked, limit=1)
    assert [each.ticket_id for each in found] == [alike.id]
    assert (found[0].category, found[0].priority, found[0].description) == ("billing", "high", there)


@pytest.mark.parametrize(
    ("secret", "sent"),
    [
        ("4111 1111 1111 1111", 10),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", 30),
        ("jo.doe.person@private.example", 18),
        ("eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIi" * 80 + ".dozjgNryP4J3", 400),
    ],
)
def test_no_half_of_a_secret_is_left_where_an_example_ends(each_app: APIFlask, secret: str, sent: int) -> None:
    there = "The export of invoices stops every morning. " * 100
    decided(there[: GIVEN_CHARACTERS - sent - 1] + f" {secret} and more words" * 3, title="Export stops")
    example = similar("Export stops", there, limit=1)[0]
    words = f"{example.title} {readable(example.description, limit=GIVEN_CHARACTERS, mask=EVERY_KIND)}"
    assert len(example.description) > 3000
    assert secret[:8] not in words


@pytest.mark.parametrize(("field", "value"), [("category", "technical"), ("priority", "low")])
def test_a_decision_on_one_field_is_an_example_of_that_field_alone(
    each_app: APIFlask, field: str, value: str
) -> None:
    ticket = opened("The export stops with error 500", title="Export stops")
    assert similar("Export stops", "The export stops", limit=1) == []
    change_ticket(ticket.id, {field: value}, by=None)
    found = similar("Export stops", "The export stops", limit=1)
    assert [each.ticket_id for each in found] == [ticket.id]
    assert {"category": found[0].category, "priority": found[0].priority} == {
        "category": None,
        "priority": None,
        field: value,
    }


def test_a_text_without_words_finds_nothing(each_app: APIFlask) -> None:
    decided("Some words")
    assert similar("?", "!! .. ab", limit=3) == []


def test_a_shared_word_alone_makes_no_example(each_app: APIFlask) -> None:
    decided("I was just wondering, lovely colour", title="Colours")
    assert similar("Invoice", "invoice was charged twice", limit=3) == []


def test_the_most_alike_comes_first_though_others_are_newer(each_app: APIFlask) -> None:
    closest = decided("My invoice was charged twice in March", title="Invoice charged twice")
    close = decided("The invoice has a wrong address on it", title="Invoice address")
    found = similar("Invoice charged twice", "my invoice was charged twice", limit=2)
    assert [each.ticket_id for each in found] == [closest.id, close.id]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("invoice was charged twice", "i was just wondering, lovely colour"),
        ("invoice was charged twice", "the invoice was charged two times in march 2026"),
        ("die rechnung für märz", "rechnung_märz (doppelt)"),
        ("プリンターが故障して", "プリンターが故障しています"),
        ("", "words"),
        ("!!!", "???"),
        ("same", "same"),
    ],
)
def test_likeness_is_the_measure_of_postgresql(postgres_app: APIFlask, one: str, other: str) -> None:
    with postgres_app.app_context():
        measured = db.session.scalar(select(func.similarity(one, other)))
    assert likeness(one, other) == pytest.approx(measured, abs=1e-6)


def test_what_is_edited_or_undecided_later_counts_as_it_is_now(each_app: APIFlask) -> None:
    ticket = decided("The lift is stuck between floors", title="Lift")
    change_ticket(ticket.id, {"description": "The kitchen tap is dripping", "title": "Tap"}, by=None)
    assert [each.ticket_id for each in similar("Tap", "kitchen tap dripping", limit=3)] == [ticket.id]
    assert similar("Lift", "lift stuck between floors", limit=3) == []


def test_only_the_newest_decisions_are_looked_at(each_app: APIFlask) -> None:
    old = decided("Zebra crossing painted over", title="Zebra")
    assert [each.ticket_id for each in similar("Zebra", "zebra crossing", limit=1)] == [old.id]
    many(CANDIDATES)
    assert similar("Zebra", "zebra crossing", limit=1) == []


def test_on_postgresql_the_candidates_come_from_their_own_index(postgres_app: APIFlask) -> None:
    with postgres_app.app_context():
        many(2 * CANDIDATES)
        many(10 * CANDIDATES, by="default")
        db.session.execute(text("ANALYZE ticket"))
        statement = most_alike("filler", Ticket.id != 0, limit=3).compile(
            dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
        )
        plan = "\n".join(
            db.session.scalars(text(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {statement}".replace(":", "\\:")))
        )
        assert "ix_ticket_decided" in plan
        assert "Seq Scan on ticket" not in plan
        assert f"rows={CANDIDATES} " in plan


def test_on_sqlite_the_index_of_examples_is_used(app: APIFlask) -> None:
    with app.app_context():
        plan = db.session.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT rowid FROM ticket_example WHERE ticket_example MATCH 'abc' AND rowid >= 5"
            )
        ).all()
        assert "VIRTUAL TABLE INDEX" in plan[0][3]


def test_decisions_from_before_the_migration_are_found(app: APIFlask) -> None:
    with app.app_context():
        ticket = decided("The projector is dark", title="Projector")
        downgrade(revision="0006")
        upgrade()
        assert [each.ticket_id for each in similar("Projector", "dark projector", limit=1)] == [ticket.id]


def test_without_trigrams_in_postgresql_there_are_no_examples(postgres_app: APIFlask) -> None:
    with postgres_app.app_context():
        decided("The lift is stuck", title="Lift")
        db.session.execute(text("DROP EXTENSION IF EXISTS pg_trgm CASCADE"))
        db.session.commit()
        assert similar("Lift", "The lift is stuck", limit=1) == []
