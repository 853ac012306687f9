"""The accuracy page, for admins: figures with enough cases, and the tickets and runs behind each of them."""

import html
import re
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.judged_tickets import NOW, asked, failed, judged, raise_priority
from tests.judged_tickets import decide as decide_on
from tests.web.browsing import words_of
from tests.web.statements import statements_of
from ticketapp import clock
from ticketapp.models import Purpose
from ticketapp.queries.call_figures import Calls
from ticketapp.web import accuracy_words

PAGE = "/admin/accuracy"


@pytest.fixture
def office(make_sqlite_app: MakeApp) -> Iterator[tuple[APIFlask, FlaskClient]]:
    """An application with prices, its context pushed, at NOW; and an admin's session."""
    app = make_sqlite_app(gemini_price_in=0.5, gemini_price_out=2.0)
    with app.app_context(), clock.at(NOW):
        yield app, signed_in(app, add_user(app, "ada@example.com", "Ada Admin", "admin"))


def decide(number: int, said: str, made_of_it: str | None, **facts: float) -> None:
    for _ in range(number):
        judged(said, made_of_it, **facts)  # type: ignore[arg-type]


def links(page: str) -> list[str]:
    """Every address of a list behind a figure."""
    found = re.findall(r'href="(/admin/accuracy/(?:verdicts|calls)\?[^"]+)"', page)
    return sorted({html.unescape(address) for address in found})


def test_an_empty_system_says_what_will_be_here(office: tuple[APIFlask, FlaskClient]) -> None:
    assert "Nothing was classified in this time" in words_of(office[1].get(PAGE))


def test_with_calls_alone_a_sentence_stands_where_lines_will_be(office: tuple[APIFlask, FlaskClient]) -> None:
    asked(Purpose.FORM)
    page = office[1].get(PAGE)
    assert words_of(page).count("No verdict is judged in this time yet: a line appears here with the first one.") == 2
    assert "By model and prompt version" not in page.text
    decide(1, "billing/high", "billing/high")
    assert "No verdict is judged" not in office[1].get(PAGE).text


def test_too_few_cases_are_counted_down_and_show_no_share(office: tuple[APIFlask, FlaskClient]) -> None:
    decide(4, "billing/high", "billing/low", confidence=0.9)
    words = words_of(office[1].get(PAGE))
    assert "4 verdicts: 4 confirmed , 0 corrected , 0 untouched" in words
    assert "Shares are shown from 30 verdicts on: 26 more." in words
    assert "How often people agree is shown from 30 decisions on: 26 more." in words
    assert "whose category and priority people decided: 26 more." in words
    assert "shown from 30 answers on: 26 more" in words
    assert "%" not in words


def test_shares_are_of_what_people_made_of_verdicts(office: tuple[APIFlask, FlaskClient]) -> None:
    decide(24, "billing/high", "billing/high", confidence=0.9)
    decide(8, "billing/high", "technical/high", confidence=0.9)
    decide(8, "account/low", None)
    words = words_of(office[1].get(PAGE))
    assert (
        "Confirmed 60 % 24 of 40 verdicts Corrected 20 % 8 where people settled on another Untouched 20 % 8 nobody"
        in words
    )
    assert "the machine was right in 75 % of 32 cases" in words
    # 32 stated 0.9 and 24 of them were right in both fields
    assert "lie 15 points of a hundred apart" in words
    assert "technical 8 0 0 0" in words, "all that people call technical was taken for billing, and 8 are too few"


def test_every_link_opens_as_many_tickets_as_its_figure_says(office: tuple[APIFlask, FlaskClient]) -> None:
    decide(20, "billing/high", "billing/high", confidence=0.95)
    decide(11, "billing/high", "general/low", confidence=0.55)
    decide(2, "account/low", None, days_ago=12)
    _, client = office
    page = client.get(PAGE).text
    shown = {
        html.unescape(address): int(number.replace(",", ""))
        for address, number in re.findall(r'<a href="(/admin/accuracy/verdicts\?[^"]+)"[^>]*>([\d,]+)</a>', page)
    }
    assert {"period=30&confidence=5", "period=30&field=category&week=2026-11-02"} <= {
        each.partition("?")[2] for each in shown
    }
    decided = {
        part for address in shown if "outcome=decided" in address for part in ("week", "model") if part in address
    }
    assert decided == {"week", "model"}, "of how many a row's share is"
    for address, number in shown.items():
        assert client.get(address).text.count('<th scope="row">') == number, address
    for address in links(page):
        assert client.get(address).status_code == 200, address


def test_latency_failures_tokens_and_cost(office: tuple[APIFlask, FlaskClient]) -> None:
    decide(30, "billing/high", None)
    failed(1, "timed_out")
    failed(1, "timed_out")
    failed(1, "refused_key")
    _, client = office
    page = client.get(PAGE)
    words = words_of(page)
    assert "Half answered in 0.10 s of 30 answers about tickets" in words
    assert "95 % answered in 0.10 s at most 5 % took longer" in words, "all took the same"
    assert "Failed 3 of 33 calls, 9 %" in words
    assert "Tokens 31,500 30,000 sent, 1,500 received" in words
    assert "Cost 0.018 at the prices set" in words  # 0.030 million at 0.5 and 0.0015 million at 2.0
    assert "timed out 2" in words
    assert "refused key 1" in words
    behind = words_of(client.get(f"{PAGE}/calls?period=30&failure=timed_out"))
    assert behind.count("Gemini did not answer in time.") == 2


def test_without_prices_no_cost_is_told(admin_client: FlaskClient, app: APIFlask) -> None:
    with app.app_context(), clock.at(NOW):
        judged("billing/low")
        assert "set GEMINI_PRICE_IN and _OUT" in words_of(admin_client.get(PAGE))


def test_the_period_is_in_the_address_and_narrows(office: tuple[APIFlask, FlaskClient]) -> None:
    decide(2, "billing/high", None)
    decide(3, "billing/high", None, days_ago=60)
    _, client = office
    assert "2 verdicts:" in words_of(client.get(PAGE))
    assert "5 verdicts:" in words_of(client.get(f"{PAGE}?period=90"))
    assert "5 verdicts:" in words_of(client.get(f"{PAGE}?period=all"))
    assert 'href="/admin/accuracy?period=365"' in client.get(PAGE).text


def test_a_model_that_was_chosen_is_a_filter_that_can_be_taken_away(office: tuple[APIFlask, FlaskClient]) -> None:
    judged("billing/low", model="m1")
    judged("billing/low", model="m2", prompt="v2")
    _, client = office
    page = client.get(f"{PAGE}?model=m2&prompt=v2")
    assert "1 verdict:" in words_of(page)
    assert 'aria-label="Remove the filter model: m2"' in page.text


@pytest.mark.parametrize(
    "query",
    [
        *(
            "period=7",
            "field=status",
            "outcome=confirmed",
            "field=category&machine=high",
            "week=2026-11-17",
            "week=x",
        ),
        *("confidence=10", "confidence=-1", "slower_ms=x", "after=x", "period=30&field=priority&person=billing"),
        *("among=raised&machine=%00", "among=raised&machine=billing", "among=raised&person=none", "machine=%00"),
    ],
)
def test_what_cannot_be_asked_is_said(office: tuple[APIFlask, FlaskClient], query: str) -> None:
    assert office[1].get(f"{PAGE}/verdicts?{query}").status_code == 422


def test_the_figures_come_from_two_statements(office: tuple[APIFlask, FlaskClient]) -> None:
    app, client = office
    decide(3, "billing/high", None)
    client.get(PAGE)
    with statements_of(app) as sent:
        client.get(PAGE)
    assert len([statement for statement in sent if "tokens_in" in statement or "prompt" in statement]) == 2


@pytest.mark.parametrize(
    ("tokens_in", "shown"),
    [
        (0, "0.00"),
        (18_900, "0.0019"),
        (100, "under 0.0001"),
        (990_000, "0.099"),
        (1_000_000, "0.10"),
        (10**10, "1,000.00"),
    ],
)
def test_a_small_cost_is_not_told_as_nothing(tokens_in: int, shown: str) -> None:
    calls = Calls(calls=1, tokens_in=tokens_in)
    assert accuracy_words.cost(calls, price_in=0.1, price_out=0.4) == shown


def test_failures_and_each_purpose_open_their_calls(office: tuple[APIFlask, FlaskClient]) -> None:
    failed(judged("billing/high"), "timed_out")
    asked(Purpose.FORM)
    asked(Purpose.FORM, kind="blocked")
    _, client = office
    page = client.get(PAGE)
    assert "Failed 2 of 4 calls" in words_of(page)
    for query, number in (("among=failed", 2), ("purpose=form", 2), ("purpose=ticket", 2)):
        address = f"{PAGE}/calls?period=30&{query}"
        assert address in links(page.text)
        assert client.get(address).text.count('<th scope="row">') == number


def test_few_cases_show_neither_bar_nor_share(office: tuple[APIFlask, FlaskClient]) -> None:
    decide(30, "billing/high", "billing/high", confidence=0.95)
    decide(1, "account/low", "account/low", days_ago=12, confidence=0.25)
    page = office[1].get(PAGE)
    assert "0.2 to 0.3 1 0.25 1 of 1" in words_of(page)
    assert "account 0 0 1 0" in words_of(page)
    weeks = page.text.partition("By week, the newest first")[2].partition("</table>")[0]
    assert weeks.count('class="split-bar"') == 2, "two fields of the week with 30 verdicts, none of the other's"


def test_what_severity_words_raised_is_told_apart(office: tuple[APIFlask, FlaskClient]) -> None:
    raise_priority(judged("billing/low"), "critical")
    _, client = office
    assert "Severity words raised 1 priority" in words_of(client.get(PAGE))
    behind = client.get(f"{PAGE}/verdicts?period=30&among=raised&outcome=untouched")
    assert "critical untouched raised from low by “fire”" in words_of(behind)
    assert 'href="/admin/accuracy/verdicts?period=30"' in behind.text


def test_a_list_judges_a_raised_priority_by_what_it_is_a_list_of(office: tuple[APIFlask, FlaskClient]) -> None:
    for made_of_it in ("billing/critical", "billing/low"):
        ticket_id = judged("billing/low", days_ago=5)
        raise_priority(ticket_id, "critical")
        decide_on(ticket_id, made_of_it, days_ago=1)
    _, client = office
    behind = {
        "among=raised&outcome=confirmed": "critical confirmed raised from low by “fire”",
        "among=raised&outcome=corrected": "critical → low corrected raised from low by “fire”",
        "field=priority&outcome=confirmed": "low confirmed a word raised it to critical: “fire”",
        "field=priority&outcome=corrected": "low → critical corrected a word raised it to critical: “fire”",
    }
    for query, said in behind.items():
        page = client.get(f"{PAGE}/verdicts?period=30&{query}")
        assert said in words_of(page)
        assert page.text.count("#run-") == 1
