"""A classifier behind the gate: it asks only when that may be done, and says so at once when not."""

import threading
import time
from dataclasses import replace

from ticketapp.ai.classifier import Classifier, Verdict
from ticketapp.ai.failures import Failure, FailureKind
from ticketapp.ai.gate import Availability, Caller, Gate, Pass
from ticketapp.ai.manner import USUAL, Manner
from ticketapp.ai.pace import expected_tokens
from ticketapp.ai.sameness import whole_digest
from ticketapp.ai.thinking import MOST_REFUSALS

# Beyond its deadline, until a probe that died is taken for dead.
PROBE_MARGIN_SECONDS = 5.0
PATIENCE_SECONDS = 1.0
# Together below the 8 threads of a web process, so that a provider that hangs leaves some of them to pages.
FORM_PLACES = 3
PROGRAM_PLACES = 2


class GatedClassifier:
    """Another classifier, asked only where the gate lets ``caller`` through; a refusal is a verdict, for a worker
    within ms, for who waits for a turn in the pace within a second. Where the same question is being asked, a worker
    is refused as well; others wait for the answer.

    A verdict that was refused says so by its kind (`paused`, `paced`, `busy`): nobody was asked, and no try is used
    up. So many forms wait at a time for this object as it has ``places``; one more is refused at once. What was
    answered within the hour to a form, or to whoever says that this will do, is the answer to the same question of
    such a one again, for which nobody is asked.
    """

    def __init__(self, inner: Classifier, gate: Gate, *, caller: Caller, places: int = FORM_PLACES) -> None:
        self._inner = inner
        self._gate = gate
        self._caller = caller
        self._most = places
        self._places = threading.BoundedSemaphore(places)
        self._remembered = gate.remembered()

    @property
    def model(self) -> str:
        """The model that answers where the manner of a question names none."""
        return self._inner.model

    @property
    def prompt_version(self) -> str:
        """The version of the question put to it."""
        return self._inner.prompt_version

    @property
    def is_configured(self) -> bool:
        """Whether asking can succeed at all."""
        return self._inner.is_configured

    def for_caller(self, caller: Caller, *, places: int = FORM_PLACES) -> "GatedClassifier":
        """The same classifier behind the same gate for somebody else, who has places of their own."""
        return GatedClassifier(self._inner, self._gate, caller=caller, places=places)

    def availability(self, model: str | None = None) -> Availability:
        """How things are with this model, or with the usual one, for a worker with the shortest question.

        Never raises, and asks the provider nothing.
        """
        if not self.is_configured:
            return Availability()
        least = expected_tokens(self.prompt_version, title="", description="", newest_reply="", manner=USUAL)
        return self._gate.availability(model or self.model, tokens=least)

    def classify(
        self,
        *,
        title: str,
        description: str,
        deadline_seconds: float,
        newest_reply: str = "",
        manner: Manner = USUAL,
    ) -> Verdict:
        """The verdict on this text, within `deadline_seconds` in all; a failure is returned, never raised."""
        text = {"title": title, "description": description, "newest_reply": newest_reply}
        if not self.is_configured:
            return self._inner.classify(**text, deadline_seconds=deadline_seconds, manner=manner)
        if self._caller is not Caller.FORM and not manner.may_be_known:
            return self._answered(text, manner=manner, deadline_seconds=deadline_seconds)
        return self._remembered_or_answered(text, manner=manner, deadline_seconds=deadline_seconds)

    def is_known(self, *, title: str, description: str, newest_reply: str = "", manner: Manner = USUAL) -> bool:
        """Whether this question was answered within the hour to whom that would do."""
        text = {"title": title, "description": description, "newest_reply": newest_reply}
        return self._remembered.verdict(self._digest(text, manner)) is not None

    def warm_up(self) -> None:
        """Do now what the first question would otherwise wait for."""
        self._inner.warm_up()

    def _remembered_or_answered(self, text: dict[str, str], *, manner: Manner, deadline_seconds: float) -> Verdict:
        ends_at, is_form = time.monotonic() + deadline_seconds, self._caller is Caller.FORM
        question = self._digest(text, manner)
        if known := self._remembered.verdict(question):
            return known
        if is_form and not self._places.acquire(blocking=False):
            return self._refused(Failure.of(FailureKind.BUSY, f"{self._most} are waiting"), manner)
        try:
            verdict = self._remembered.verdict_or(
                question,
                lambda seconds: self._answered(text, manner=manner, deadline_seconds=seconds),
                deadline_seconds=ends_at - time.monotonic(),
                waits=self._caller is not Caller.WORKER,
            )
        finally:
            if is_form:
                self._places.release()
        return verdict or self._refused(self._being_asked(), manner)

    def _being_asked(self) -> Failure:
        if self._caller is Caller.WORKER:  # who comes again, and has lost no try
            return Failure.of(FailureKind.BUSY, "the same question is being asked")
        return Failure.of(FailureKind.TIMED_OUT, "the same question was being asked all the time")

    def _answered(self, text: dict[str, str], *, manner: Manner, deadline_seconds: float) -> Verdict:
        """The verdict, asked for again where the model refused how much it was told to think."""
        started = time.monotonic()
        verdict = self._asked(text, manner=manner, deadline_seconds=deadline_seconds)
        calls = verdict.calls
        for _ in range(MOST_REFUSALS):
            if not verdict.refused_thinking:
                break
            left = deadline_seconds - (time.monotonic() - started)
            verdict = self._asked(text, manner=manner, deadline_seconds=left)
            calls += verdict.calls
        return replace(verdict, latency_ms=round((time.monotonic() - started) * 1000), calls=calls)

    def _asked(self, text: dict[str, str], *, manner: Manner, deadline_seconds: float) -> Verdict:
        """The verdict of one call, which takes its place in the pace; without a call where the gate says no."""
        started = time.monotonic()
        tokens = expected_tokens(self.prompt_version, **text, manner=manner)
        pass_ = self._admitted(manner.model or self.model, tokens=tokens, deadline_seconds=deadline_seconds)
        if isinstance(pass_, Failure):
            return self._refused(pass_, manner)
        left = deadline_seconds - (time.monotonic() - started)
        verdict = self._inner.classify(**text, deadline_seconds=left, manner=manner)
        used = None if verdict.tokens_in is None else verdict.tokens_in + (verdict.tokens_out or 0)
        failure = None if verdict.refused_thinking else verdict.failure  # how it is told to think is no question
        question = self._digest(text, manner) if failure else ""
        self._gate.settle(pass_, failure, tokens=used, question=question)
        return verdict

    def _digest(self, text: dict[str, str], manner: Manner) -> str:
        return whole_digest(**text, manner=manner, model=self.model, prompt_version=self.prompt_version)

    def _admitted(self, model: str, *, tokens: int, deadline_seconds: float) -> Pass | Failure:
        """The right to ask, or why not. Who waits for it does so for a second where their turn comes then."""
        patience = 0.0 if self._caller is Caller.WORKER else min(PATIENCE_SECONDS, deadline_seconds / 2)
        while True:
            lease_seconds = deadline_seconds + PROBE_MARGIN_SECONDS
            pass_ = self._gate.admit(model, tokens=tokens, caller=self._caller, lease_seconds=lease_seconds)
            if isinstance(pass_, Pass) or pass_.kind is not FailureKind.PACED:
                return pass_
            patience -= pass_.retry_after_seconds or patience
            if patience <= 0:
                return pass_
            time.sleep(pass_.retry_after_seconds or 0.0)

    def _refused(self, failure: Failure, manner: Manner) -> Verdict:
        return Verdict(
            suggestion=None,
            failure=failure,
            model=manner.model or self.model,
            prompt_version=self.prompt_version,
            latency_ms=0,
        )
