"""Every link of the accuracy page opens exactly what its figure counts, over a rich history and on both databases."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.judged_tickets import NOW, again, asked, decide, failed, judged, raise_priority
from ticketapp import clock
from ticketapp.db import db, transaction
from ticketapp.measuring import bin_of
from ticketapp.models import ClassificationRun, ModelCall, Purpose
from ticketapp.queries.accuracy import Accuracy, Judged, accuracy
from ticketapp.queries.accuracy_filter import AccuracyFilter, Among, Outcome
from ticketapp.queries.call_figures import CallFigures, call_figures

PAGE = "/admin/accuracy"
MAKERS = (("m1", "v1"), ("m1", "v2"), ("m1", None), ("m2", None), ("m 2/ä&", "v 1"))


@pytest.fixture
def client(make_app: MakeApp) -> Iterator[FlaskClient]:
    """An admin's, of an application with such a history, at NOW, with its context pushed."""
    app = make_app(gemini_price_in=0.5, gemini_price_out=2.0)
    with app.app_context(), clock.at(NOW):
        happened()
        yield signed_in(app, add_user(app, "ada@example.com", "Ada Admin", "admin"))


def happened() -> None:
    said = ("billing/high", "technical/low", "account/critical", "general/medium")
    for number in range(110):
        model, prompt = MAKERS[number % len(MAKERS)]
        judged(
            said[number % 4],
            (None, said[number % 4], "billing/high", "general/low")[number % 7 % 4],
            days_ago=1 + number * 0.25,
            confidence=None if number % 9 == 0 else number % 101 / 100,
            model=model,
            prompt=prompt,
            decided=((True, True), (True, False), (False, True))[number % 11 % 3],
        )
    _judged_by_different_verdicts()
    judged("billing/low", "account/low", days_ago=31)
    raise_priority(judged("billing/low", days_ago=2), "critical")
    raise_priority(judged("billing/low", "billing/low", days_ago=2), "critical")
    for kind in ("timed_out", "timed_out", "blocked", "refused_key"):
        failed(1, kind)
    for purpose in Purpose:
        if purpose != Purpose.TICKET:
            asked(purpose)
            asked(purpose, kind="unavailable")


def _judged_by_different_verdicts() -> None:
    """A ticket whose category a person decided before it was read again; one decided before it was read at all; one
    decided on the second of three verdicts; one whose bulk job was undone."""
    halves = judged("billing/high", "account/high", days_ago=3, decided=(True, False))
    later = again(halves, "technical/high")
    with transaction() as session:
        session.execute(update(ClassificationRun).where(ClassificationRun.id == later).values(applied_priority=True))
        unseen = judged("billing/high", "account/low", days_ago=4)
        session.execute(
            update(ClassificationRun)
            .where(ClassificationRun.ticket_id == unseen)
            .values(finished_at=NOW - timedelta(days=3))
        )
    several = judged("billing/high", days_ago=9)
    again(several, "technical/low", days_ago=8, is_applied=True)
    decide(several, "technical/high", days_ago=7)
    again(several, "general/low", days_ago=6)
    undone = judged("billing/high", days_ago=5)
    run_id = again(undone, "technical/low", days_ago=4, is_applied=True)
    with transaction() as session:
        session.execute(
            update(ClassificationRun).where(ClassificationRun.id == run_id).values(undone_at=NOW - timedelta(days=3))
        )


def linked(page: str) -> list[tuple[str, str]]:
    """Every link to a list behind a figure, with what it says."""
    found = re.findall(rf'<a [^>]*?href="({PAGE}/(?:verdicts|calls)\?[^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [(html.unescape(address), re.sub(r"<[^>]+>", "", text).strip()) for address, text in found]


def lines_of(client: FlaskClient, address: str) -> int:
    """How many lines a list has, over all its pages."""
    lines = 0
    while address:
        page = client.get(address).text
        lines += page.count('<th scope="row">')
        older = re.search(r'href="([^"]+)"[^>]*>\s*Older', page)
        address = html.unescape(older[1]) if older else ""
    return lines


def counted(address: str, found: Accuracy, asking: CallFigures) -> int:
    """What the figures say of the part that an address names."""
    part = AccuracyFilter.from_args(dict(parse_qsl(address.partition("?")[2])))
    return counted_calls(part, asking) if "/calls?" in address else counted_verdicts(part, found)


def counted_calls(part: AccuracyFilter, asking: CallFigures) -> int:
    if part.slower_ms is not None:
        return slower_calls(part, part.slower_ms)
    if part.failure:
        return dict(asking.failures)[part.failure]
    calls = dict(asking.purposes)[part.purpose] if part.purpose else asking.all
    return calls.failed if part.among == Among.FAILED else calls.calls


def slower_calls(part: AccuracyFilter, slower_ms: int) -> int:
    call, since = ModelCall, part.since(NOW)
    where = [call.purpose == Purpose.TICKET, call.error_kind.is_(None), call.latency_ms >= slower_ms]
    where += [call.model == part.model] if part.model else []
    where += [call.prompt_version == (None if part.prompt == "none" else part.prompt)] if part.prompt else []
    where += [call.at >= since] if since else []
    return db.session.scalar(select(func.count(call.id)).where(*where)) or 0


def counted_verdicts(part: AccuracyFilter, found: Accuracy) -> int:
    if part.confidence is not None:
        return found.calibration[part.confidence].number
    if part.among == Among.CALIBRATED:
        return found.calibration_cases
    if part.machine:
        confusion = found.category_confusion if part.judged == "category" else found.priority_confusion
        return confusion.counts[part.person, part.machine]
    figures: Judged = getattr(slice_of(part, found), part.judged) if part.judged else Judged(found.verdicts, 0, 0)
    return {
        None: figures.verdicts,
        Outcome.CONFIRMED: figures.confirmed,
        Outcome.CORRECTED: figures.corrected,
        Outcome.UNTOUCHED: figures.untouched,
        Outcome.DECIDED: figures.decided,
    }[part.outcome]


def slice_of(part: AccuracyFilter, found: Accuracy) -> object:
    if part.week:
        return next(each for each in found.weeks if each.week == part.week)
    return found


@pytest.mark.parametrize("query", ["period=30", "period=90", "period=all"])
def test_every_link_opens_what_its_figure_counts(client: FlaskClient, query: str) -> None:
    page = client.get(f"{PAGE}?{query}").text
    narrowed = AccuracyFilter.from_args(dict(parse_qsl(query)))
    found, asking = accuracy(narrowed, NOW), call_figures(narrowed, NOW)
    wrong = []
    for address, text in linked(page):
        if "model=" in address:  # told by test_each_model_and_prompt_opens_its_own
            continue
        number = counted(address, found, asking)
        lines = lines_of(client, address)
        is_number = re.fullmatch(r"[\d,]+", text) and not address.endswith(f"/calls?{query}")  # those are tokens
        told = int(text.replace(",", "")) if is_number else lines
        if not lines == number == told:
            wrong.append((address, text, number, lines))
    assert wrong == []
    assert len(linked(page)) > 60
    assert found.floor.verdicts == 2
    assert {bin_of(each.low) for each in found.calibration if each.number} == set(range(10))


def test_a_share_opens_what_was_right_and_the_number_beside_it_what_it_is_a_share_of(client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?period=all").text
    shares = [address for address, text in linked(page) if text.endswith("%") and "field=" in address]
    by_outcome = {outcome: [each for each in shares if f"outcome={outcome}" in each] for outcome in Outcome}
    assert [outcome for outcome in Outcome if by_outcome[outcome]] == ["confirmed", "corrected", "untouched"]
    for field in ("category", "priority"):
        said = page.partition(f'id="{field}"')[2].partition("Where a person decided")[2].partition("</p>")[0]
        (right, share), (decided, number) = linked(said)
        assert share.endswith("%")
        assert right.replace("confirmed", "decided") == decided
        assert lines_of(client, decided) == int(number) > lines_of(client, right)


def test_all_that_is_judged_is_as_many_verdicts_as_its_list_has_lines(client: FlaskClient) -> None:
    for query in ("period=30", "period=all", "period=30&model=m1", "period=30&model=m2&prompt=none"):
        found = accuracy(AccuracyFilter.from_args(dict(parse_qsl(query))), NOW)
        assert lines_of(client, f"{PAGE}/verdicts?{query}") == found.verdicts, query
        assert found.verdicts >= max(found.category.verdicts, found.priority.verdicts)


def test_each_model_and_prompt_opens_its_own(client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?period=all").text
    found = accuracy(AccuracyFilter.from_args({"period": "all"}), NOW)
    rows = page.partition("By model and prompt version")[2].partition("</table>")[0].split("<tr>")[2:]
    assert len(rows) == len(found.makers) == 6
    for each, row in zip(found.makers, rows, strict=True):
        ((category, in_category), (priority, in_priority)) = [
            (address, text) for address, text in linked(row) if "outcome" not in address
        ]
        assert lines_of(client, category) == each.category.verdicts == int(in_category)
        assert lines_of(client, priority) == each.priority.verdicts == int(in_priority)
        narrowed = re.search(rf'href="({PAGE}\?[^"]+)"', row) or pytest.fail("the row opens no page")
        args = dict(parse_qsl(html.unescape(narrowed[1]).partition("?")[2]))
        alone = accuracy(AccuracyFilter.from_args(args), NOW)
        assert (alone.category, alone.priority) == (each.category, each.priority), args


def test_a_page_of_one_model_opens_what_it_counts(client: FlaskClient) -> None:
    for query in ("period=all&model=m1", "period=all&model=m1&prompt=none", "period=all&prompt=v1"):
        narrowed = AccuracyFilter.from_args(dict(parse_qsl(query)))
        found, asking = accuracy(narrowed, NOW), call_figures(narrowed, NOW)
        page = client.get(f"{PAGE}?{query}").text.partition("By model and prompt")
        for address, _ in linked(page[0] + page[2].partition("By week")[2]):
            assert lines_of(client, address) == counted(address, found, asking), (query, address)
