"""What asking costs: latency, causes and tokens counted by hand, on both databases, from one statement."""

from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

from tests.app_fixtures import MakeApp
from tests.judged_tickets import NOW, asked, failed, judged
from tests.web.statements import statements_of
from ticketapp.db import db, transaction
from ticketapp.measuring import nearest_rank
from ticketapp.models import Purpose
from ticketapp.queries import call_figures as figures
from ticketapp.queries import model_calls
from ticketapp.queries.accuracy_filter import AccuracyFilter
from ticketapp.queries.accuracy_lists import PAGE_SIZE, calls
from ticketapp.queries.call_figures import call_figures
from ticketapp.queries.judged import NEWEST
from ticketapp.queries.model_calls import recent_calls

MONTH = AccuracyFilter.from_args({})
LATENCIES = [130, 110, 900, 120, 100, 150, 140, 160, 2_000, 170]


@pytest.fixture
def history(make_app: MakeApp) -> Iterator[APIFlask]:
    """Fourteen calls for tickets, of which four failed, and five for other things, on either database."""
    app = make_app()
    with app.app_context():
        for number, latency_ms in enumerate(LATENCIES):
            ticket_id = judged("billing/low", days_ago=1 + number / 100, latency_ms=latency_ms)
        for kind in ("timed_out", "blocked", "timed_out", "timed_out"):
            failed(ticket_id, kind, tokens_in=10 if kind == "blocked" else None)
        for purpose in (Purpose.FORM, Purpose.FORM, Purpose.TRIAL, Purpose.TEST):
            asked(purpose)
        asked(Purpose.FORM, kind="blocked")
        failed(ticket_id, "timed_out", days_ago=60)
        yield app


def test_latency_is_the_nearest_rank_of_those_that_succeeded(history: APIFlask) -> None:
    found = call_figures(MONTH, NOW)
    assert (found.p50_ms, found.p95_ms) == (140, 2_000)
    assert (found.p50_ms, found.p95_ms) == (nearest_rank(LATENCIES, 50), nearest_rank(LATENCIES, 95))


def test_failures_are_counted_by_cause_whatever_was_asked_for(history: APIFlask) -> None:
    found = call_figures(MONTH, NOW)
    assert (found.all.calls, found.timed, found.all.failed) == (19, 10, 5)
    assert found.failures == (("timed_out", 3), ("blocked", 2))
    assert call_figures(AccuracyFilter.from_args({"period": "90"}), NOW).failures[0] == ("timed_out", 4)


def test_tokens_are_added_up_over_all_calls_and_by_purpose(history: APIFlask) -> None:
    found = call_figures(MONTH, NOW)
    assert (found.all.tokens_in, found.all.tokens_out) == (10_010 + 5 * 700, 500 + 5 * 30)
    assert {purpose: (calls.calls, calls.failed, calls.tokens_in) for purpose, calls in found.purposes} == {
        Purpose.TICKET: (14, 4, 10_010),
        Purpose.FORM: (3, 1, 2_100),
        Purpose.TRIAL: (1, 0, 700),
        Purpose.TEST: (1, 0, 700),
    }


@pytest.mark.parametrize(
    ("args", "number"),
    [
        ({}, 19),
        ({"failure": "timed_out"}, 3),
        ({"among": "failed"}, 5),
        ({"purpose": "form"}, 3),
        ({"purpose": "form", "among": "failed"}, 1),
        ({"slower_ms": "900"}, 2),
        ({"model": "m2"}, 0),
    ],
)
def test_every_figure_opens_the_calls_it_counts(history: APIFlask, args: dict[str, str], number: int) -> None:
    assert len(calls(AccuracyFilter.from_args(args), NOW).rows) == number


def test_that_there_are_more_is_said_where_there_are(history: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound, is_bounded in ((19, False), (18, True)):
        monkeypatch.setattr(model_calls, "NEWEST", bound)
        monkeypatch.setattr(figures, "NEWEST", bound)
        found = call_figures(MONTH, NOW)
        assert (found.all.calls, found.is_bounded) == (bound, is_bounded)


def test_calls_are_read_along_their_index(postgres_app: APIFlask) -> None:
    with postgres_app.app_context():
        with transaction() as session:
            columns = "at, purpose, model, latency_ms"
            rows = f"SELECT now() - n * interval '1 minute', 'form', 'm', 1 FROM generate_series(1, {3 * NEWEST}) n"
            session.execute(text(f"INSERT INTO model_call ({columns}) {rows}"))
        db.session.execute(text("ANALYZE model_call"))
        statement = select(recent_calls(AccuracyFilter.from_args({"period": "all"}), NOW))
        sql = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(db.session.scalars(text(f"EXPLAIN {sql}".replace(":", "\\:"))))
        assert "ix_model_call_newest" in plan
        assert "Seq Scan" not in plan


def test_a_list_goes_on_where_its_page_ended(make_app: MakeApp) -> None:
    with make_app().app_context():
        for number in range(PAGE_SIZE + 3):
            judged("billing/low", days_ago=1 + number // 2 / 100)
        first = calls(MONTH, NOW)
        rest = calls(MONTH, NOW, after=first.older)
        assert (len(first.rows), len(rest.rows), rest.older) == (PAGE_SIZE, 3, None)
        assert not {line.call_id for line in first.rows} & {line.call_id for line in rest.rows}


def test_all_figures_come_from_one_statement(history: APIFlask) -> None:
    with statements_of(history) as sent:
        call_figures(MONTH, NOW)
    assert len(sent) == 1


def test_an_empty_system_has_no_latency(each_app: APIFlask) -> None:
    found = call_figures(MONTH, NOW)
    assert (found.all.calls, found.p50_ms, found.failures, found.all.tokens) == (0, None, (), 0)
