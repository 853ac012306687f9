"""Search finds the same tickets in the same order whether they are near the top, far down, many or few."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import insert

from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import Ticket
from ticketapp.models.ticket import search_document
from ticketapp.queries import ticket_search, tickets
from ticketapp.queries.ticket_filter import TicketFilter

TICKETS = 240


@pytest.fixture
def filled(each_app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> APIFlask:
    """Tickets of which each second says "common", each ninth "medium", and the oldest three "rare"."""
    monkeypatch.setattr(ticket_search, "NEARBY", 40)
    now = utc_now()
    rows = []
    for n in range(TICKETS):
        words = ["Grüße"]
        words += ["common"] if n % 2 else []
        words += ["100%_sure"] if n % 9 == 0 else []
        words += ["rare"] if n < 3 else []
        text = " ".join(words)
        # Many tickets of the same moment: the order must hold among them too.
        moment = now - timedelta(minutes=(TICKETS - n) // 5)
        rows.append(
            {
                "title": f"Ticket {n}",
                "description": text,
                "search_document": search_document(f"Ticket {n}", text),
                "category": "billing" if n % 3 else "general",
                "category_by": "person",
                "priority": "medium",
                "priority_by": "person",
                "status": "open",
                "source": "web",
                "created_at": moment,
                "updated_at": moment,
            }
        )
    db.session.execute(insert(Ticket), rows)
    db.session.commit()
    return each_app


def walked(narrowed: TicketFilter, *, limit: int) -> list[int]:
    """All tickets of the list, page by page down; and the same pages back up must be the same."""
    page = tickets.page(narrowed, limit=limit)
    pages = [page]
    while page.older:
        page = tickets.page(narrowed, after=page.older, limit=limit)
        pages.append(page)
    back = [page]
    while page.newer and len(back) < len(pages):
        page = tickets.page(narrowed, before=page.newer, limit=limit)
        back.append(page)
    assert [each.rows for each in reversed(back)] == [each.rows for each in pages]
    return [row.id for each in pages for row in each.rows]


@pytest.mark.parametrize(
    ("word", "number"), [("common", 120), ("100%_sure", 27), ("rare", 3), ("absent", 0), ("GRÜSSE", 240), ("e", 240)]
)
@pytest.mark.parametrize("category", [None, "billing"])
@pytest.mark.parametrize("ceiling", [20, 500])
def test_pages_hold_every_hit_once_in_order(
    filled: APIFlask, word: str, number: int, category: str | None, ceiling: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ticketapp.queries.tickets.SEARCH_COUNT_CEILING", ceiling)
    args = {"search": word} | ({"category": category} if category else {})
    found = walked(TicketFilter.from_args(args), limit=7)
    assert len(found) == len(set(found))
    by_time = db.session.execute(db.select(Ticket.id, Ticket.created_at, Ticket.category, Ticket.search_document))
    expected = [
        row.id
        for row in sorted(by_time, key=lambda row: (row.created_at, row.id), reverse=True)
        if word.casefold() in row.search_document and category in (None, row.category)
    ]
    assert found == expected
    assert category or len(found) == number
    narrowed = TicketFilter.from_args(args)
    counted = tickets.count(narrowed, tickets.page(narrowed, limit=7))
    assert (counted.number, counted.is_more) == (min(len(expected), ceiling), len(expected) > ceiling)


def test_all_words_must_be_held(filled: APIFlask) -> None:
    both = walked(TicketFilter(search="common 100%_sure"), limit=50)
    assert len(both) == 13
    assert len(tickets.tickets(TicketFilter(search="sure_100 common"), limit=50)) == 0
