"""A suggestion outside the allowed words cannot be made at all."""

from typing import Any

import pytest

from ticketapp.ai import Suggestion

GOOD: dict[str, Any] = {"category": "billing", "priority": "low", "reason": "Asks for an invoice.", "confidence": 0.5}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "spam"),
        ("category", "Billing"),
        ("priority", "urgent"),
        ("reason", " "),
        ("reason", "two\nlines"),
        ("reason", "x" * 301),
        ("confidence", 1.01),
        ("confidence", float("nan")),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field):
        Suggestion(**{**GOOD, field: value})


def test_confidence_may_be_missing() -> None:
    assert Suggestion(category="general", priority="medium", reason="r").confidence is None
