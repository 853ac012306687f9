"""Working through due classification runs: in short turns, as fast as is allowed, waiting in nobody's place."""

import random
import time

from ticketapp.actions import bulk_samples, classification
from ticketapp.ai import Standing
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


def standing(world: Outside) -> Standing:
    """How things are with the model that is set."""
    return world.classifier.standing(classification_settings.current().model)


def how_many(world: Outside) -> int:
    """How many may work through what is due side by side from now on: no more than runs are due, none in a pause."""
    if not world.classifier.is_configured or standing(world).wait_seconds > world.config.sweep_seconds:
        return 0
    return len(runs.due(utc_now(), limit=AT_ONCE if world.config.redis_url else AT_ONCE_EMBEDDED))


def turn(world: Outside) -> float | None:
    """Do due runs one after another for two seconds. In how many seconds to go on; None where nothing is due.

    Several take turns side by side: each goes through what is due in an order of its own, so that they seldom meet
    at a run. Those who have to wait come back spread over a second.
    """
    ends_at = time.monotonic() + TURN_SECONDS
    while time.monotonic() < ends_at:
        if (wait := standing(world).wait_seconds) > 0:
            return wait + _dice.uniform(0, SPREAD_SECONDS)
        due = runs.due(utc_now(), limit=2 * AT_ONCE)
        if not due:
            return None
        run(_dice.choice(due), world)
    return 0.0


def sample_turn(world: Outside) -> bool:
    """Read tickets of trials one after another for two seconds. Whether some are left that may be read now."""
    ends_at, deadline_seconds = time.monotonic() + TURN_SECONDS, world.config.classify_timeout_seconds
    while time.monotonic() < ends_at:
        if not world.classifier.is_configured or standing(world).wait_seconds > 0:
            return False
        due = bulk_trials.due_samples(utc_now(), limit=AT_ONCE)
        if not due:
            return False
        bulk_samples.read_sample(_dice.choice(due), world.classifier, deadline_seconds=deadline_seconds)
    return True


def run(run_id: int, world: Outside) -> None:
    """Do one classification run, if it is still to be done."""
    classification.classify(run_id, world.classifier, deadline_seconds=world.config.classify_timeout_seconds)
