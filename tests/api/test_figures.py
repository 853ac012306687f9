"""The statistics of the API."""

from datetime import UTC, datetime
from unittest.mock import patch

from tests.api.conftest import Program

PATH = "/api/tickets/stats/"
NO_PRIORITIES = {"low": 0, "medium": 0, "high": 0, "critical": 0}
NO_CATEGORIES = {"billing": 0, "technical": 0, "account": 0, "general": 0}


def test_without_tickets_every_key_is_there_at_zero(each_program: Program) -> None:
    assert each_program.get(PATH).json == {
        "total_tickets": 0,
        "open_tickets": 0,
        "avg_tickets_per_day": 0.0,
        "priority_breakdown": NO_PRIORITIES,
        "category_breakdown": NO_CATEGORIES,
    }


def test_the_figures_follow_what_happens(each_program: Program) -> None:
    each_program.create(category="billing", priority="high")
    each_program.create(category="billing", status="closed")
    each_program.create()
    each_program.patch("/api/tickets/3/", json={"priority": "critical", "status": "in_progress"})
    assert each_program.get(PATH).json == {
        "total_tickets": 3,
        "open_tickets": 1,
        "avg_tickets_per_day": 3.0,
        "priority_breakdown": {**NO_PRIORITIES, "high": 1, "medium": 1, "critical": 1},
        "category_breakdown": {**NO_CATEGORIES, "billing": 2, "general": 1},
    }


def test_the_average_counts_days_since_the_first_ticket_to_one_decimal(each_program: Program) -> None:
    with patch("ticketapp.actions.tickets.utc_now", return_value=datetime(2026, 3, 1, 12, 0, tzinfo=UTC)):
        for _ in range(4):
            each_program.create()
    with patch("ticketapp.api.figures.utc_now", return_value=datetime(2026, 3, 4, 12, 0, tzinfo=UTC)):
        assert each_program.get(PATH).json["avg_tickets_per_day"] == 1.3
    with patch("ticketapp.api.figures.utc_now", return_value=datetime(2026, 3, 1, 13, 0, tzinfo=UTC)):
        assert each_program.get(PATH).json["avg_tickets_per_day"] == 4.0


def test_the_address_without_its_last_slash_counts_too(program: Program) -> None:
    assert program.get(PATH.rstrip("/")).json["total_tickets"] == 0
