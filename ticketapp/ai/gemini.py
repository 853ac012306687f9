"""The classifier that asks Gemini: one client per process, a total deadline, and failures instead of exceptions."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ticketapp.ai.answers import Outcome
from ticketapp.ai.classifier import Call, Verdict
from ticketapp.ai.deadlines import AllBusy, BoundedCalls, DeadlinePassed
from ticketapp.ai.failures import Failure, FailureKind, shortened
from ticketapp.ai.manner import USUAL, Manner, is_model_name
from ticketapp.ai.memory import Memory
from ticketapp.ai.prompting import DEFAULT_PROMPT_VERSION, Request, ask, load_prompt
from ticketapp.ai.thinking import LEAST, LearntThinking, Thinking, ThinkingLevel

if TYPE_CHECKING:
    from google import genai


@dataclass(slots=True)
class _Process:
    """What one process owns: nothing here survives a fork in a usable state."""

    calls: BoundedCalls
    building: threading.Lock = field(default_factory=threading.Lock)
    client: genai.Client | None = None


class GeminiClassifier:
    """Asks Gemini through the google-genai SDK. Safe to share between threads, and to use after a fork.

    `base_url` and `api_version` None mean the SDK's own (which environment variables of the SDK may set).
    A connection is waited for `connect_timeout_seconds` at most, each single read `read_timeout_seconds`; the
    deadline given to `classify` holds over all of it. At most `max_calls_at_once` calls are unfinished at
    a time, those whose caller has gone included. `thinking_level` None means the least that the model accepts: what
    it refused it is not told again, by nobody who shares the `memory`, and the verdict of that call says so. Raises
    ValueError for arguments that can never work, LookupError for an unknown prompt version.
    """

    is_configured = True

    def __init__(
        self,
        api_key: str,
        model: str,
        base_url: str | None = None,
        api_version: str | None = None,
        *,
        connect_timeout_seconds: float = 3.0,
        read_timeout_seconds: float = 10.0,
        max_calls_at_once: int = 16,
        thinking_level: ThinkingLevel | None = None,
        prompt_version: str = DEFAULT_PROMPT_VERSION,
        memory: Memory | None = None,
    ) -> None:
        self.model = _checked_model(model)
        self.prompt_version = prompt_version
        self._api_key = _checked_key(api_key)
        self._base_url = _checked_url(base_url)
        self._api_version = api_version
        self._connect_timeout_seconds = connect_timeout_seconds
        self._read_timeout_seconds = read_timeout_seconds
        self._max_calls_at_once = max_calls_at_once
        start: Thinking = {"thinking_level": thinking_level} if thinking_level else LEAST
        self._thinking = LearntThinking(memory, address=f"{base_url}\n{api_version}", start=start)
        self._prompt = load_prompt(prompt_version)
        self._processes: dict[int, _Process] = {}

    def classify(
        self,
        *,
        title: str,
        description: str,
        deadline_seconds: float,
        newest_reply: str = "",
        manner: Manner = USUAL,
    ) -> Verdict:
        """Gemini's verdict on this text, within `deadline_seconds` in all. Failures are returned, not raised."""
        started = time.monotonic()
        request = ask(self._prompt, title=title, description=description, newest_reply=newest_reply, manner=manner)
        model = manner.model or self.model
        outcome = self._bounded(request, model, deadline_seconds, since=started)
        call = Call(
            model=model,
            prompt_version=self.prompt_version,
            latency_ms=round((time.monotonic() - started) * 1000),
            tokens_in=outcome.tokens_in,
            tokens_out=outcome.tokens_out,
            error_kind=None if outcome.failure is None else outcome.failure.kind,
        )
        return self._verdict(outcome, call, examples=tuple(example.reference for example in manner.examples))

    def is_known(self, **_: object) -> bool:
        """Never: nothing is kept."""
        return False

    def warm_up(self) -> None:
        """Import the SDK and build the client of this process now, so that the first question need not (1 s).

        Never raises: what is wrong with it, the first question says.
        """
        with contextlib.suppress(Exception):
            self._client(self._this_process())

    def _verdict(self, outcome: Outcome, call: Call, *, examples: tuple[int, ...]) -> Verdict:
        was_asked = outcome.failure is None or outcome.failure.kind.was_asked
        return Verdict(
            suggestion=outcome.suggestion,
            failure=None if outcome.failure is None else self._presentable(outcome.failure),
            model=call.model,
            prompt_version=call.prompt_version,
            latency_ms=call.latency_ms,
            tokens_in=call.tokens_in,
            tokens_out=call.tokens_out,
            examples=examples,
            refused_thinking=outcome.refused_thinking is not None,
            calls=(call,) if was_asked else (),
        )

    def _bounded(self, request: Request, model: str, deadline_seconds: float, *, since: float) -> Outcome:
        """What came of the call within the deadline, of which masking and cutting the text took some."""
        left = deadline_seconds - (time.monotonic() - since)
        process = self._this_process()
        try:
            return process.calls.run(lambda ends_at: self._ask(process, request, model, ends_at), left)
        except DeadlinePassed:
            return Outcome(failure=Failure.of(FailureKind.TIMED_OUT, f"no answer in {deadline_seconds:g} s"))
        except AllBusy:
            detail = f"all {self._max_calls_at_once} places taken for {deadline_seconds:g} s"
            return Outcome(failure=Failure.of(FailureKind.BUSY, detail))
        except RuntimeError as error:
            return Outcome(failure=Failure.of(FailureKind.UNEXPECTED, str(error)))

    def _ask(self, process: _Process, request: Request, model: str, ends_at: float) -> Outcome:
        from ticketapp.ai.gemini_wire import ask_gemini

        try:
            client = self._client(process)
        except Exception as error:  # noqa: BLE001 - a classifier never raises, not even when it cannot be set up
            return Outcome(failure=Failure.of(FailureKind.UNEXPECTED, f"{type(error).__name__}: {error}"))
        thinking = self._thinking.of(model)
        outcome = ask_gemini(
            client,
            model=model,
            request=request,
            thinking=thinking,
            read_timeout_seconds=self._read_timeout_seconds,
            ends_at=ends_at,
        )
        if thinking is not None and outcome.refused_thinking is not None:
            self._thinking.refused(model, thinking, said=outcome.refused_thinking)
        return outcome

    def _this_process(self) -> _Process:
        # setdefault is atomic: no lock, which a fork could leave held for ever in the child.
        return self._processes.setdefault(os.getpid(), _Process(BoundedCalls(self._max_calls_at_once)))

    def _client(self, process: _Process) -> genai.Client:
        from ticketapp.ai.gemini_wire import build_client

        with process.building:
            if process.client is None:
                process.client = build_client(
                    api_key=self._api_key,
                    base_url=self._base_url,
                    api_version=self._api_version,
                    connect_timeout_seconds=self._connect_timeout_seconds,
                )
            return process.client

    def _presentable(self, failure: Failure) -> Failure:
        # The key goes first: a cut through its middle would leave a part of it.
        return replace(failure, detail=shortened(failure.detail.replace(self._api_key, "[key]")))


def _checked_model(model: str) -> str:
    if not is_model_name(model):
        raise ValueError(f"{model!r} is no model name; one looks like gemini-3.5-flash-lite")
    return model


def _checked_key(api_key: str) -> str:
    if not api_key.isascii() or not api_key.isprintable() or " " in api_key or not api_key:
        raise ValueError("the Gemini API key is empty or holds characters that no key has")
    return api_key


def _checked_url(base_url: str | None) -> str | None:
    if base_url is not None and not re.match(r"https?://[^/\s]", base_url):
        raise ValueError(f"{base_url!r} is no address for Gemini; one starts with https:// and a host")
    return base_url
