"""How fast the provider may be asked: requests and tokens a minute, kept by two buckets that fill again. Pure."""

from dataclasses import dataclass, replace

from ticketapp.ai.manner import Manner
from ticketapp.ai.memory import CLOCK_STEP_SECONDS
from ticketapp.ai.prompting import (
    MAX_DESCRIPTION_CHARACTERS,
    MAX_EXAMPLE_CHARACTERS,
    MAX_EXAMPLE_TITLE_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    load_prompt,
)

# Of a minute's worth so much may be used at once; a minute never holds more than what is allowed, bursts included.
BURST = 0.05
LEAST_BURST_TOKENS = 4_000.0
# Where little is allowed, a larger part: a bucket that holds a question keeps every minute to what is allowed.
LARGEST_QUESTION_TOKENS = 17_500.0
MOST_BURST_OF_TOKENS = 0.15
ANSWER_TOKENS = 300
BYTES_A_TOKEN = 3  # four letters of English, one sign of Chinese (three bytes): rather too many tokens than too few


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is allowed in a minute; None: as much as anybody wants."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What may be used now, as of ``at`` (seconds since 1970). Below zero a debt is being paid off."""

    requests: float = 0.0
    tokens: float = 0.0
    at: float | None = None


@dataclass(frozen=True, slots=True)
class _Bucket:
    capacity: float
    per_second: float

    def wait_seconds(self, level: float, amount: float, *, spared: bool) -> float:
        """How long until ``amount`` may be taken; with ``spared`` the lower half of the bucket is not touched."""
        floor = self.capacity / 2 if spared and self.capacity > 1 else 0.0
        missing = floor + min(amount, self.capacity - floor) - level
        return max(0.0, missing / self.per_second)


NO_LEVELS = Levels()


def wait_seconds(levels: Levels, pace: Pace, now: float, *, tokens: int, is_form: bool) -> float:
    """How long until one question of about ``tokens`` may be asked; 0: now.

    Workers leave the lower half of each bucket to those who wait at a form: however long the backlog, there is
    room for them, and what they use is filled again before a worker gets more. Where nothing is known, because
    nothing was asked yet or it was lost, the buckets begin empty: no burst follows a loss.
    """
    levels = filled(levels, pace, now)
    waits = [0.0]
    if bucket := _of_requests(pace):
        waits.append(bucket.wait_seconds(levels.requests, 1, spared=not is_form))
    if bucket := _of_tokens(pace):
        waits.append(bucket.wait_seconds(levels.tokens, tokens, spared=not is_form))
    return max(waits)


def taken(levels: Levels, pace: Pace, now: float, *, tokens: int) -> Levels:
    """The levels after one question of about ``tokens``."""
    levels = filled(levels, pace, now)
    return replace(levels, requests=levels.requests - 1, tokens=levels.tokens - tokens)


def corrected(levels: Levels, *, expected: int, used: int) -> Levels:
    """The levels once it is known how many tokens a question used."""
    return replace(levels, tokens=levels.tokens + expected - used)


def filled(levels: Levels, pace: Pace, now: float) -> Levels:
    """The levels as they are at ``now``; a clock that went back fills nothing, and is waited for a minute at most."""
    since = now if levels.at is None or levels.at > now + CLOCK_STEP_SECONDS else levels.at
    passed = max(0.0, now - since)
    requests, tokens = _of_requests(pace), _of_tokens(pace)
    return Levels(
        requests=min(requests.capacity, levels.requests + passed * requests.per_second) if requests else 0.0,
        tokens=min(tokens.capacity, levels.tokens + passed * tokens.per_second) if tokens else 0.0,
        at=max(now, since),
    )


def share(pace: Pace, part: float) -> Pace:
    """A part of the pace, at least one request a minute, for a process that cannot ask what the others use."""
    requests, tokens = pace.requests_per_minute, pace.tokens_per_minute
    return Pace(
        requests_per_minute=None if requests is None else max(1, int(requests * part)),
        tokens_per_minute=None if tokens is None else max(1, int(tokens * part)),
    )


def expected_tokens(prompt_version: str, *, title: str, description: str, newest_reply: str, manner: Manner) -> int:
    """About how many tokens a question with this text will use, orders, examples and answer included."""
    examples = len(manner.examples) * (MAX_EXAMPLE_TITLE_CHARACTERS + MAX_EXAMPLE_CHARACTERS)
    text = title[:MAX_TITLE_CHARACTERS] + (description + newest_reply)[:MAX_DESCRIPTION_CHARACTERS]
    size = len(text.encode(errors="replace")) + len(load_prompt(prompt_version).text) + examples
    return size // BYTES_A_TOKEN + ANSWER_TOKENS


def _of_requests(pace: Pace) -> _Bucket | None:
    allowed = pace.requests_per_minute
    if allowed is None:
        return None
    capacity = max(2.0, float(int(allowed * BURST))) if allowed >= 4 else 1.0
    return _Bucket(capacity, max(1.0, allowed - capacity) / 60)


def _of_tokens(pace: Pace) -> _Bucket | None:
    allowed = pace.tokens_per_minute
    if allowed is None:
        return None
    for_a_question = min(LARGEST_QUESTION_TOKENS, allowed * MOST_BURST_OF_TOKENS)
    capacity = min(max(allowed * BURST, for_a_question, LEAST_BURST_TOKENS), allowed / 2)
    return _Bucket(capacity, (allowed - capacity) / 60)
