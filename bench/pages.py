"""What a page costs at 25,000 and at 250,000 tickets.

python -m bench.pages [SMALL LARGE]

Fails where a page costs clearly more at the larger size: ratios within this one run, never seconds.
"""

import re
import sys

from bench import parts
from tests.services.ending import exit_on_sigterm
from ticketapp.cli.believable.words import ABSENT, PLANTED
from ticketapp.outside import EXTENSION

TIMES = 60
# Twice as much for ten times the tickets is noise and cache misses; a scan would be ten times as much.
MOST_GROWTH = 2.0
# These read what was judged, at most the newest 20,000, which not every period of the smaller size has: they are held
# to the figures of all time at the smaller size, which read as many there.
FILLED_BY = {"accuracy": "accuracy, all", "accuracy, list": "accuracy, all"}
# Below this a ratio says more about the clock than about the page.
LEAST_MILLISECONDS = 3.0


def pages(session: parts.Session) -> dict[str, str]:
    """The pages measured, by name; the deep page is the hundredth, or the last."""
    common, medium, rare = (word for word, _share, _sentence in PLANTED)
    return {
        "list": "/tickets",
        "filtered list": "/tickets?category=billing&priority=high&status=open",
        "deep page": _deep(session),
        "ticket": _ticket(session),
        "search, common word": f"/tickets?search={common}",
        "search, medium word": f"/tickets?search={medium}",
        "search, rare word": f"/tickets?search={rare}",
        "search, absent word": f"/tickets?search={ABSENT}",
        "dashboard": "/",
        "accuracy": "/admin/accuracy",
        "accuracy, all": "/admin/accuracy?period=all",
        "accuracy, list": "/admin/accuracy/verdicts?period=all&field=category&outcome=corrected",
        "accuracy, calls": "/admin/accuracy/calls?period=all&purpose=ticket",
        "API statistics": "/api/tickets/stats/",
        "API list": "/api/tickets/?limit=50",
    }


def measured(tickets: int, server: parts.PostgresServer) -> dict[str, parts.Milliseconds]:
    """Each page's cost on a database with so many tickets."""
    app = parts.seeded(server, f"bench_{tickets}", tickets)
    with parts.web(app.extensions[EXTENSION].config) as url:
        session = parts.Session(url)
        return {name: session.measure(path, times=TIMES) for name, path in pages(session).items()}


def main() -> int:
    """Print the table; 1 where a page's cost grew with the number of tickets."""
    exit_on_sigterm()
    small, large = (int(number) for number in sys.argv[1:3]) if len(sys.argv) > 2 else (25_000, 250_000)
    with parts.postgres() as server:
        before, after = measured(small, server), measured(large, server)
    print(f"{'milliseconds, p50 (p95)':24} {small:>16,} {large:>16,} {'growth':>8}")
    grown = []
    for name, was in before.items():
        now = after[name]
        growth = now.p50 / max(before[FILLED_BY.get(name, name)].p50, LEAST_MILLISECONDS)
        print(f"{name:24} {was.p50:8.1f} ({was.p95:5.1f}) {now.p50:8.1f} ({now.p95:5.1f}) {growth:8.2f}")
        if growth > MOST_GROWTH:
            grown.append(name)
    if grown:
        print("costs more with more tickets: " + ", ".join(grown))
    return 1 if grown else 0


def _deep(session: parts.Session) -> str:
    path = "/tickets"
    for _ in range(100):
        _, page = session.get(path)
        found = re.search(r'href="([^"]*after=[^"]+)"', page)
        if found is None:
            break
        path = found[1].replace("&amp;", "&")
    return path


def _ticket(session: parts.Session) -> str:
    _, page = session.get("/tickets")
    found = re.search(r'href="(/tickets/\d+)"', page)
    assert found is not None
    return found[1]


if __name__ == "__main__":
    sys.exit(main())
