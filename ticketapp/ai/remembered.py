"""What a provider answered within the hour, for whoever waits with the same question: it is asked once."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ticketapp.ai.classifier import Verdict
from ticketapp.ai.failures import Failure, FailureKind
from ticketapp.ai.memory import Memory, MemoryLost
from ticketapp.ai.suggestion import Suggestion

GOOD_FOR_SECONDS = 3600.0
LOOK_AGAIN_SECONDS = 0.1
# Who waited for somebody else's answer in vain asks only with so much time left.
LEAST_SECONDS = 1.0
# So long after a call that failed nobody waits for another's: they would fail one after another, each in its time.
EACH_ASKS_SECONDS = 10.0


class Remembered:
    """Verdicts by question, which is a digest. ``memory`` is shared, and forgets them after an hour.

    Only a suggestion and the word that such a text is not answered are kept, without the text: any other failure may
    be over a second later. The name it is kept by is a digest under the provider's secret, so that no text can be
    guessed from it. There are never more than what was asked within the hour: a question refused leaves nothing.
    """

    def __init__(self, memory: Memory, *, provider: str) -> None:
        self._memory = memory
        self._provider = provider.encode()

    def verdict(self, question: str) -> Verdict | None:
        """What was answered to this within the hour, as a verdict that took no time, no tokens and no call."""
        key = self._key(question)
        try:
            return _verdict(_read(self._memory.look(key)[0]))
        except MemoryLost:
            return None

    def verdict_or(
        self, question: str, ask: Callable[[float], Verdict], *, deadline_seconds: float, waits: bool
    ) -> Verdict | None:
        """That verdict, or what ``ask`` brings in the seconds it is given. Of those who want it at once one asks, but
        for some seconds after a call that failed each does.

        None where somebody else is asking: at once, or for who ``waits`` when too little time is left. Where nothing
        is shared, each asks.
        """
        key, call = self._key(question), secrets.token_hex(8)
        ends_at = time.monotonic() + deadline_seconds
        while True:
            left = ends_at - time.monotonic()
            try:
                found = self._claimed(key, call=call, seconds=left)
            except MemoryLost:
                return ask(left)
            if isinstance(found, Verdict):
                return found
            if found:
                return self._kept(ask(left), key, call=call)
            if not waits or left < LEAST_SECONDS:
                return None
            time.sleep(LOOK_AGAIN_SECONDS)

    def _claimed(self, key: str, *, call: str, seconds: float) -> Verdict | bool:
        """What is known, or whether the question is ours to put, for so many seconds."""

        def change(text: str | None, now: float) -> tuple[str | None, Verdict | bool]:
            held = _read(text)
            if verdict := _verdict(held):
                return text, verdict
            if _moment(held, "until") > now:
                return text, False
            if _moment(held, "failed_at") + EACH_ASKS_SECONDS > now:
                return text, True
            return json.dumps({"call": call, "until": now + seconds}), True

        return self._memory.update(key, change)

    def _kept(self, verdict: Verdict, key: str, *, call: str) -> Verdict:
        """``verdict``, kept for others where it is worth it; else that the call failed, or nothing without a call."""

        def change(text: str | None, now: float) -> tuple[str | None, None]:
            if verdict.suggestion or (verdict.failure and verdict.failure.kind is FailureKind.BLOCKED):
                return json.dumps({"verdict": _told(verdict)}), None
            held = _read(text)
            if "verdict" in held or held.get("call", call) != call:
                return text, None
            if verdict.failure and not verdict.failure.kind.was_asked:
                return (None if "call" in held else text), None
            return json.dumps({"failed_at": now}), None

        try:
            self._memory.update(key, change)
        except MemoryLost:
            return verdict  # nobody else will know it
        return verdict

    def _key(self, question: str) -> str:
        return hmac.new(self._provider, question.encode(), hashlib.sha256).hexdigest()


def _told(verdict: Verdict) -> dict[str, Any]:
    names = ("suggestion", "failure", "model", "prompt_version", "examples")
    return {name: value for name, value in asdict(verdict).items() if name in names}


def _verdict(held: dict[str, Any]) -> Verdict | None:
    """The verdict that is held, if there is one by this release."""
    try:
        told = held["verdict"]
        suggestion, failure = told.pop("suggestion"), told.pop("failure")
        return Verdict(
            **told | {"examples": tuple(told["examples"])},
            suggestion=Suggestion(**suggestion) if suggestion else None,
            failure=Failure(**failure | {"kind": FailureKind(failure["kind"])}) if failure else None,
            latency_ms=0,
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _moment(held: dict[str, Any], name: str) -> float:
    moment = held.get(name)
    return moment if isinstance(moment, float) else 0.0


def _read(text: str | None) -> dict[str, Any]:
    try:
        held = json.loads(text or "{}")
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}
