"""Whether a question may be asked now: a provider's pace and a breaker for each model, shared by all who ask."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import partial
from random import SystemRandom

from ticketapp.ai import breaker, pace
from ticketapp.ai.breaker import CLOSED, Breaker
from ticketapp.ai.failures import Failure, FailureKind
from ticketapp.ai.memory import Memory, MemoryLost, ProcessMemory
from ticketapp.ai.pace import NO_LEVELS, Levels, Pace
from ticketapp.ai.remembered import GOOD_FOR_SECONDS, Remembered

# What a process that cannot reach the shared memory may use for those who wait at a form; workers then ask nothing.
SHARE_ON_ITS_OWN = 0.1
MEMORY_LOST_SECONDS = 10.0
MOST_SPREAD_SECONDS = 60.0
MOST_MODELS = 50  # so many in trouble are remembered
_dice = SystemRandom()


class Caller(StrEnum):
    """Who asks: a worker, who can come again later, somebody who waits at a form, or an admin who tests."""

    WORKER = "worker"
    FORM = "form"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """The right to one call. What came of it is to be told to the gate, once; ``is_own`` where it is not shared."""

    call: str
    caller: Caller
    model: str
    tokens: int
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """How things are with a provider: why it is left alone, since when, until when at least; moments since 1970.

    ``kind`` None: it is asked as usual. ``wait_seconds`` is how long a worker has to wait at least, 0 where it need
    not; ``is_lost`` says that nothing is known, because the shared memory cannot be reached.
    """

    kind: FailureKind | None = None
    since: float | None = None
    until: float | None = None
    wait_seconds: float = 0.0
    is_lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What is held of a provider: its levels, and the breakers of the models that are in trouble, newest last."""

    breakers: dict[str, Breaker] = field(default_factory=dict)
    levels: Levels = NO_LEVELS

    def breaker_of(self, model: str) -> Breaker:
        return self.breakers.get(model, CLOSED)

    def with_breaker(self, model: str, after: Breaker) -> "_Held":
        kept = {name: other for name, other in self.breakers.items() if name != model}
        kept |= {} if after == CLOSED else {model: after}
        return replace(self, breakers=dict(list(kept.items())[-MOST_MODELS:]))


_Step = Callable[[_Held, float], tuple[_Held, Failure | None]]


class Gate:
    """The gate before one provider, which is an address and a key: one pace over all its models, a breaker for each.

    ``memory`` is shared by all processes. Where it is lost, workers wait, and forms go by what this process knows
    itself and a tenth of the pace. A new key is a new provider: whatever the old one did is forgotten.
    """

    def __init__(self, memory: Memory, *, provider: str, pace: Pace) -> None:
        self._memory = memory
        self._own = ProcessMemory()
        self._provider = provider
        self._pace = pace

    def admit(self, model: str, *, tokens: int, caller: Caller, lease_seconds: float) -> Pass | Failure:
        """The right to ask one question of about ``tokens`` now, or why not, with how long to wait at least.

        A probe that nobody tells the outcome of counts as none after ``lease_seconds``. A test of an admin's goes
        past the breaker, and takes its place in the pace as a form does.
        """
        pass_ = Pass(call=secrets.token_hex(8), caller=caller, model=model, tokens=tokens)
        step = partial(_admitted, pass_=pass_, lease_seconds=lease_seconds)
        try:
            refusal = self._change(self._memory, partial(step, allowed=self._pace))
        except MemoryLost as error:
            if caller is Caller.WORKER:
                detail = f"nothing is shared: {error}"
                return Failure.of(FailureKind.PACED, detail, retry_after_seconds=_spread(MEMORY_LOST_SECONDS))
            pass_ = replace(pass_, is_own=True)
            allowed = pace.share(self._pace, SHARE_ON_ITS_OWN)
            refusal = self._change(self._own, partial(step, allowed=allowed))
        return refusal or pass_

    def settle(self, pass_: Pass, failure: Failure | None, *, tokens: int | None, question: str = "") -> None:
        """Tell what came of a call: its failure if any, and the tokens it used where the provider said so.

        ``question`` tells one that was not accepted from others.
        """
        used = tokens if self._pace.tokens_per_minute is not None else None
        memory = self._own if pass_.is_own else self._memory
        try:
            self._change(memory, partial(_settled, pass_=pass_, failure=failure, used=used, question=question))
        except MemoryLost:
            return  # it says so itself in the log, and whoever asks next finds it lost as well

    def availability(self, model: str, *, tokens: int) -> Availability:
        """How things are now with this model, for a worker with a question of about ``tokens``."""
        try:
            text, now = self._memory.look(self._name)
        except MemoryLost:
            return Availability(wait_seconds=MEMORY_LOST_SECONDS, is_lost=True)
        held = _read(text)
        stopped = held.breaker_of(model)
        paced = 0.0 if held.levels.at is None else _wait_of_worker(held.levels, self._pace, now, tokens)
        if stopped.open_since is None:
            return Availability(wait_seconds=paced)
        return Availability(
            kind=stopped.kind,
            since=stopped.open_since,
            until=breaker.paused_until(stopped, now) or now,
            wait_seconds=max(paced, breaker.wait_seconds(stopped, now)),
        )

    def remembered(self) -> Remembered:
        """What this provider answered within the hour, known to all who share the memory."""
        return Remembered(self._memory.brief("answers", seconds=GOOD_FOR_SECONDS), provider=self._provider)

    def _change(self, memory: Memory, step: _Step) -> Failure | None:
        def change(text: str | None, now: float) -> tuple[str | None, Failure | None]:
            before = _read(text)
            after, refusal = step(before, now)
            return (text if after == before else json.dumps(asdict(after))), refusal

        return memory.update(self._name, change)

    @property
    def _name(self) -> str:
        return hashlib.sha256(self._provider.encode()).hexdigest()[:32]


def _admitted(
    held: _Held, now: float, *, pass_: Pass, lease_seconds: float, allowed: Pace
) -> tuple[_Held, Failure | None]:
    """What is held once this call is under way, or unchanged and why it may not be."""
    stopped, caller = held.breaker_of(pass_.model), pass_.caller
    if caller is not Caller.ADMIN and (wait := breaker.wait_seconds(stopped, now, is_form=caller is Caller.FORM)):
        return held, _paused(stopped.kind, wait)
    somebody_waits = caller is not Caller.WORKER
    wait = pace.wait_seconds(held.levels, allowed, now, tokens=pass_.tokens, is_form=somebody_waits)
    is_first = held.levels.at is None
    if wait and not (somebody_waits and is_first):  # who waits and is the first to ask goes into debt instead
        begun = replace(held, levels=pace.filled(held.levels, allowed, now)) if is_first else held
        return begun, Failure.of(FailureKind.PACED, retry_after_seconds=_spread(wait))
    levels = held.levels if allowed == Pace() else pace.taken(held.levels, allowed, now, tokens=pass_.tokens)
    probing = breaker.admitted(stopped, now, call=pass_.call, lease_seconds=lease_seconds)
    return replace(held, levels=levels).with_breaker(pass_.model, probing), None


def _settled(
    held: _Held, now: float, *, pass_: Pass, failure: Failure | None, used: int | None, question: str
) -> tuple[_Held, Failure | None]:
    """What is held once the outcome of a call is known."""
    levels = held.levels
    if used is not None:
        levels = pace.corrected(levels, expected=pass_.tokens, used=used)
    judged = _judged(held.breaker_of(pass_.model), now, pass_=pass_, failure=failure, question=question)
    return replace(held, levels=levels).with_breaker(pass_.model, judged), None


def _judged(before: Breaker, now: float, *, pass_: Pass, failure: Failure | None, question: str) -> Breaker:
    if failure is not None and not failure.kind.was_asked:
        return breaker.given_back(before, call=pass_.call)
    if failure is not None and _is_of_a_form(pass_, failure) and before.probe != pass_.call:
        return before
    if failure is not None and failure.kind.is_providers:
        return breaker.failed(before, failure, now, call=pass_.call)
    if failure is not None and failure.kind is FailureKind.BAD_REQUEST:
        return breaker.not_accepted(before, failure, now, call=pass_.call, question=question)
    return breaker.answered(before, call=pass_.call)


def _is_of_a_form(pass_: Pass, failure: Failure) -> bool:
    """Whether only the patience of somebody at a form has ended, or a draft is not accepted: one writes many.
    Workers find out whether it hangs, and whether it accepts nothing."""
    return pass_.caller is Caller.FORM and failure.kind in (FailureKind.TIMED_OUT, FailureKind.BAD_REQUEST)


def _paused(cause: FailureKind, wait: float) -> Failure:
    """Why nobody asks: what an admin has to mend is said as it is, anything else as a pause."""
    sentence = cause.sentence if cause.awaits_an_admin else FailureKind.PAUSED.sentence
    refusal = Failure.of(FailureKind.PAUSED, f"paused after {cause}", retry_after_seconds=_spread(wait))
    return replace(refusal, sentence=sentence)


def _wait_of_worker(levels: Levels, allowed: Pace, now: float, tokens: int) -> float:
    return pace.wait_seconds(levels, allowed, now, tokens=tokens, is_form=False)


def _spread(seconds: float) -> float:
    """At least so long, and up to half as long again or a minute: who was refused together comes back one by one."""
    return seconds + _dice.uniform(0, min(seconds / 2, MOST_SPREAD_SECONDS))


def _read(text: str | None) -> _Held:
    """What is held; nothing where nothing was written, or by another release."""
    try:
        found = json.loads(text) if text else {}
        breakers = {model: Breaker(**facts) for model, facts in found.get("breakers", {}).items()}
        return _Held(breakers=breakers, levels=Levels(**found.get("levels", {})))
    except (ValueError, TypeError, AttributeError):
        return _Held()
