"""What asking costs: latency, causes and tokens counted by hand, on both databases, from one statement."""

from collections.abc import Iterator

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.judged_tickets import NOW, failed, judged
from tests.web.statements import statements_of
from ticketapp.db import transaction
from ticketapp.measuring import nearest_rank
from ticketapp.models import ClassificationRun
from ticketapp.queries.accuracy_filter import AccuracyFilter
from ticketapp.queries.accuracy_lists import PAGE_SIZE, runs
from ticketapp.queries.run_figures import run_figures

MONTH = AccuracyFilter.from_args({})
LATENCIES = [130, 110, 900, 120, 100, 150, 140, 160, 2_000, 170]


@pytest.fixture
def history(make_app: MakeApp) -> Iterator[APIFlask]:
    """Ten runs that succeeded, four that failed and two that were called off, on either database."""
    app = make_app()
    with app.app_context():
        for number, latency_ms in enumerate(LATENCIES):
            ticket_id = judged("billing/low", days_ago=1 + number / 100, latency_ms=latency_ms)
        for kind in ("timed_out", "blocked", "timed_out", "timed_out"):
            failed(ticket_id, kind, tokens_in=10 if kind == "blocked" else None)
        failed(ticket_id, "not_needed")
        failed(ticket_id, "withdrawn")
        failed(ticket_id, "timed_out", days_ago=60)
        yield app


def test_latency_is_the_nearest_rank_of_those_that_succeeded(history: APIFlask) -> None:
    found = run_figures(MONTH, NOW)
    assert (found.p50_ms, found.p95_ms) == (140, 2_000)
    assert (found.p50_ms, found.p95_ms) == (nearest_rank(LATENCIES, 50), nearest_rank(LATENCIES, 95))


def test_failures_are_counted_by_cause_and_what_was_called_off_is_none(history: APIFlask) -> None:
    found = run_figures(MONTH, NOW)
    assert (found.runs, found.succeeded, found.failed) == (14, 10, 4)
    assert found.failures == (("timed_out", 3), ("blocked", 1))
    assert run_figures(AccuracyFilter.from_args({"period": "90"}), NOW).failures[0] == ("timed_out", 4)


def test_a_verdict_taken_from_the_same_text_asked_nobody(history: APIFlask) -> None:
    before = run_figures(MONTH, NOW)
    with transaction() as session:
        copied = session.get_one(ClassificationRun, 1)
        copied.copied_from_id, copied.latency_ms, copied.tokens_in, copied.tokens_out = 2, 0, None, None
    after = run_figures(MONTH, NOW)
    assert (before.succeeded - after.succeeded, before.tokens_in - after.tokens_in) == (1, 1_000)
    assert after.p50_ms == nearest_rank(LATENCIES[1:], 50)


def test_tokens_are_added_up_over_all_runs(history: APIFlask) -> None:
    found = run_figures(MONTH, NOW)
    assert (found.tokens_in, found.tokens_out) == (10_010, 500)


@pytest.mark.parametrize(
    ("args", "number"),
    [({}, 14), ({"failure": "timed_out"}, 3), ({"slower_ms": "900"}, 2), ({"model": "m2"}, 0)],
)
def test_every_figure_opens_the_runs_it_counts(history: APIFlask, args: dict[str, str], number: int) -> None:
    assert len(runs(AccuracyFilter.from_args(args), NOW).rows) == number


def test_a_list_goes_on_where_its_page_ended(make_app: MakeApp) -> None:
    with make_app().app_context():
        for number in range(PAGE_SIZE + 3):
            judged("billing/low", days_ago=1 + number // 2 / 100)
        first = runs(MONTH, NOW)
        rest = runs(MONTH, NOW, after=first.older)
        assert (len(first.rows), len(rest.rows), rest.older) == (PAGE_SIZE, 3, None)
        assert not {line.run_id for line in first.rows} & {line.run_id for line in rest.rows}


def test_all_figures_come_from_one_statement(history: APIFlask) -> None:
    with statements_of(history) as sent:
        run_figures(MONTH, NOW)
    assert len(sent) == 1


def test_an_empty_system_has_no_latency(each_app: APIFlask) -> None:
    found = run_figures(MONTH, NOW)
    assert (found.runs, found.p50_ms, found.failures, found.tokens_in) == (0, None, (), 0)
