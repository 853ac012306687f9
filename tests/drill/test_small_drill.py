"""The drill, small: what `make drill` shows with 2,000 tickets and many kills, with 80 and one or two."""

from pathlib import Path

import pytest

from tests.drill.course import Phase, calls_a_ticket, copied, faults, run
from tests.drill.office import office

RATE = 900
PHASES = [Phase("answers", 7), Phase("refuses: 503", 3, "503"), Phase("limits", 3, "429", {"retry_after": 2})]


@pytest.mark.timeout(300)
def test_a_backlog_is_classified_through_outages_and_kills(tmp_path: Path) -> None:
    with office(tmp_path, tickets=80, rate=RATE, workers=2, seed=4) as where:
        course = run(where, PHASES, kill_every=(5.0, 9.0), limit_seconds=240)
        assert faults(where, course, rate=RATE) == []
        assert copied(where) >= 1
        assert max(calls_a_ticket(where)) <= 4
