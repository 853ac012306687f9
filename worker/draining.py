"""Working through due runs and samples: in short turns, as fast as is allowed, waiting in nobody's place."""

import random
import time
from collections.abc import Callable, Sequence

from ticketapp.actions import bulk_samples, classification
from ticketapp.ai import Availability, FailureKind, Verdict
from ticketapp.clock import utc_now
from ticketapp.outside import Outside
from ticketapp.queries import bulk_trials, classification_settings
from ticketapp.queries import classification as runs

# After a turn the slot is free for whatever is more urgent, such as a poll.
TURN_SECONDS = 2.0
SPREAD_SECONDS = 1.0
AT_ONCE = 16
AT_ONCE_EMBEDDED = 4
_dice = random.SystemRandom()


def availability(world: Outside) -> Availability:
    """How things are with the model that is set."""
    return world.classifier.availability(classification_settings.current().model)


def how_many(world: Outside) -> int:
    """How many may work through what is due side by side from now on: no more than runs are due, none in a pause."""
    if not world.classifier.is_configured or availability(world).wait_seconds > world.config.sweep_seconds:
        return 0
    return len(runs.due(utc_now(), limit=AT_ONCE if world.config.redis_url else AT_ONCE_EMBEDDED))


def turn(world: Outside) -> float | None:
    """Do due runs one after another for two seconds. In how many seconds to go on; None where nothing is due.

    What bulk jobs asked for comes after all else.
    """
    return _turn(world, lambda: runs.next_due(utc_now(), limit=2 * AT_ONCE), run)


def sample_turn(world: Outside) -> float | None:
    """Read tickets of trials for two seconds. In how many seconds to go on; None where none is due."""
    return _turn(world, lambda: bulk_trials.due_samples(utc_now(), limit=AT_ONCE), _read_sample)


def run(run_id: int, world: Outside) -> Verdict | None:
    """Do one classification run, if it is still to be done; the verdict, if there is one."""
    return classification.classify(run_id, world.classifier, deadline_seconds=world.config.classify_timeout_seconds)


def later_seconds(verdict: Verdict | None) -> float | None:
    """In how many seconds to come back to what was put off since others were being answered; None: it was not."""
    is_put_off = verdict is not None and verdict.failure is not None and verdict.failure.kind is FailureKind.BUSY
    return classification.LATER_SECONDS + _dice.uniform(0, SPREAD_SECONDS) if is_put_off else None


def _read_sample(sample_id: int, world: Outside) -> Verdict | None:
    return bulk_samples.read_sample(
        sample_id, world.classifier, deadline_seconds=world.config.classify_timeout_seconds
    )


def _turn(
    world: Outside, due: Callable[[], Sequence[int]], do: Callable[[int, Outside], Verdict | None]
) -> float | None:
    """Several take turns side by side: each goes through what is due in an order of its own, so that they seldom meet
    at a row. Those who have to wait come back spread over a second, also who was refused with a text that is longer
    than what there is room for: to go on to the next one would be to try all along. What waits for another's answer
    is left for others, and looked at again a little later.
    """
    if not world.classifier.is_configured:
        return None
    later: float | None = None
    ends_at = time.monotonic() + TURN_SECONDS
    while time.monotonic() < ends_at:
        wait = availability(world).wait_seconds
        if not wait:
            found = due()
            if not found:
                return later
            verdict = do(_dice.choice(found), world)
            wait = _wait_after(verdict)
            later = later_seconds(verdict) or later
        if wait:
            return wait + _dice.uniform(0, SPREAD_SECONDS)
    return 0.0


def _wait_after(verdict: Verdict | None) -> float:
    """How long to wait since nobody was asked; 0 where there is no need."""
    failure = verdict.failure if verdict else None
    return 0.0 if failure is None or failure.kind.was_asked else failure.retry_after_seconds or 0.0
