"""The course of the drill: what the provider does when, when workers die, and what came of it."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from tests.drill.office import Office, changed, decide, given_up, make_due, stranded, unclassified, waiting
from tests.worker.processes import PLACES
from ticketapp.db import db
from ticketapp.models import ClassificationRun, Ticket

MARK = re.compile(r"DRILL-\d+")
# A phase goes on until somebody has asked: a slow machine may not have begun, or a pause may not be over yet.
LONGEST_SILENCE_SECONDS = 60.0
# After so long without a call all that is left waits for its next try, for which nobody has hours.
QUIET_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Phase:
    """What the provider does for so long."""

    name: str
    seconds: float
    behaviour: str | None = None
    options: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Course:
    """What happened, as far as it is counted on the way; given up and stranded are tickets, however it went on."""

    phases: list[tuple[str, float, float, int]] = field(default_factory=list)
    kills: int = 0
    made_due: int = 0
    seconds: float = 0.0
    left: int = 0
    unfinished: int = 0
    given_up: set[int] = field(default_factory=set)
    stranded: set[int] = field(default_factory=set)


def run(where: Office, phases: list[Phase], *, kill_every: tuple[float, float], limit_seconds: float) -> Course:
    """Go through the phases, then wait until nothing is to be asked any more, or the limit is over."""
    course, ended, started = Course(), threading.Event(), time.monotonic()
    people = _repeat(lambda: decide(where), (0.5, 2.0), where, ended)
    deaths = _repeat(lambda: _kill(where, course), kill_every, where, ended)
    for phase in phases:
        _pass(where, course, phase, until=started + limit_seconds)
    ended.set()
    for thread in (people, deaths):
        thread.join()
    _finish(where, course, until=started + limit_seconds)
    course.seconds = time.monotonic() - started
    course.left, course.unfinished = unclassified(where.app), waiting(where.app)
    return course


def faults(where: Office, course: Course, *, rate: int) -> list[str]:
    """What does not hold that must; nothing where the drill went well."""
    found = []
    if course.left:
        found.append(f"{course.left} tickets are not classified")
    if course.given_up:
        found.append(f"{len(course.given_up)} tickets were given up: {_some(course.given_up)}")
    if lost := course.stranded - course.given_up:
        found.append(f"{len(lost)} tickets are lost, no run of theirs waits: {_some(lost)}")
    if course.unfinished:
        found.append(f"{course.unfinished} runs still wait, or are being done")
    if wrong := changed(where):
        found.append(f"what people decided was changed on tickets {wrong}")
    if (most := most_in_a_minute(where)) > rate:
        found.append(f"{most} calls in a minute, {rate} are allowed")
    cut_off = course.kills + (len(where.workers) if course.unfinished else 0)
    if (twice := answered_twice(where)) > cut_off * PLACES:
        found.append(f"{twice} answers were kept by nobody, more than were in flight at {course.kills} kills")
    return found + _missing(where, course)


def _missing(where: Office, course: Course) -> list[str]:
    """What the drill itself owed and did not do: where nothing happens, all holds."""
    *passed, _ = course.phases
    found = [f"nobody asked in the phase: {name}" for name, _, _, calls in passed if not calls]
    if passed and not course.kills:
        found.append("no worker was killed")
    if passed and not where.decided:
        found.append("nobody decided anything meanwhile")
    return found


def calls_a_ticket(where: Office) -> Counter[int]:
    """How many questions were put how many times."""
    return Counter(_calls(where).values())


def answered_twice(where: Office) -> int:
    """How many answers no run has, text by text: of what was in flight when a worker was killed."""
    asked = select(Ticket.description).join(ClassificationRun).where(ClassificationRun.latency_ms > 0)
    with where.app.app_context():
        kept = Counter(_mark(text) for text in db.session.scalars(asked))
    return (_calls(where) - kept).total()


def copied(where: Office) -> int:
    """How many runs took another's verdict."""
    with where.app.app_context():
        return db.session.scalar(select(func.count()).where(ClassificationRun.copied_from_id.is_not(None))) or 0


def most_in_a_minute(where: Office) -> int:
    """The largest number of calls that the server saw in any 60 seconds."""
    moments, first, most = sorted(asked.received_at for asked in where.gemini.requests), 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 60:
            first += 1
        most = max(most, last - first + 1)
    return most


def _some(tickets: set[int]) -> str:
    return ", ".join(map(str, sorted(tickets)[:10])) + (" …" if len(tickets) > 10 else "")


def _calls(where: Office) -> Counter[str]:
    return Counter(_mark(asked.text) for asked in where.gemini.requests)


def _mark(text: str) -> str:
    """In the text itself, which comes after the examples."""
    return str(MARK.findall(text)[-1])


def _pass(where: Office, course: Course, phase: Phase, *, until: float) -> None:
    where.gemini.always(phase.behaviour, **phase.options)
    calls, began = len(where.gemini.requests), time.monotonic()
    time.sleep(max(0.0, min(phase.seconds, until - began)))
    longest = min(until, time.monotonic() + LONGEST_SILENCE_SECONDS)
    while len(where.gemini.requests) == calls and waiting(where.app) and time.monotonic() < longest:
        time.sleep(0.2)
    made = len(where.gemini.requests) - calls
    course.phases.append((phase.name, began, time.monotonic() - began, made))


def _finish(where: Office, course: Course, *, until: float) -> None:
    where.gemini.always(None)
    calls, began = len(where.gemini.requests), time.monotonic()
    quiet_since, seen = began, calls
    _look(where, course)
    while waiting(where.app) and time.monotonic() < until:
        time.sleep(0.5)
        if (now_seen := len(where.gemini.requests)) != seen:
            quiet_since, seen = time.monotonic(), now_seen
        if time.monotonic() - quiet_since > QUIET_SECONDS:
            _look(where, course)
            course.made_due += make_due(where.app)
            quiet_since = time.monotonic()
    _look(where, course)
    made = len(where.gemini.requests) - calls
    course.phases.append(("answers, to the end", began, time.monotonic() - began, made))


def _look(where: Office, course: Course) -> None:
    """Before anything is made due and after: what the system does not get out of by itself counts, mended or not."""
    course.given_up |= given_up(where.app)
    course.stranded |= stranded(where.app)


def _kill(where: Office, course: Course) -> None:
    worker = where.dice.choice(where.workers)
    worker.kill()
    course.kills += 1
    if course.kills % 4 == 2:
        where.redis.flush()
    worker.start()


def _repeat(
    work: Callable[[], None], every: tuple[float, float], where: Office, ended: threading.Event
) -> threading.Thread:
    def go_on() -> None:
        while not ended.wait(where.dice.uniform(*every)):
            work()

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    return thread
