"""How much a model should think before it sorts a ticket: as little as it accepts, which its own answers tell."""

import hashlib
import json
import time
from typing import Literal, TypedDict

from ticketapp.ai.memory import Memory, MemoryLost

ThinkingLevel = Literal["minimal", "low", "medium", "high"]


class Thinking(TypedDict, total=False):
    """The arguments of the request's thinking configuration; a request carries one of the two at most."""

    thinking_level: ThinkingLevel
    thinking_budget: int


# The least first. Some models take levels, some a budget of tokens, and of either not every value.
# Source: https://ai.google.dev/gemini-api/docs/thinking
_LEVELS: tuple[Thinking, ...] = ({"thinking_level": "minimal"}, {"thinking_level": "low"})
_BUDGETS: tuple[Thinking, ...] = ({"thinking_budget": 0}, {"thinking_budget": 128})
_TRIED = (*_LEVELS, *_BUDGETS)
LEAST = _TRIED[0]
MOST_REFUSALS = len(_TRIED)
GOOD_FOR_SECONDS = 24 * 3600.0  # a provider may change what a model takes
_NAMES_OF_LEVELS = ("minimal", "low", "medium", "high", "other")


class LearntThinking:
    """What models of one address are told, from ``start`` on: kept for a day, by this process and in ``memory``.

    Of many processes one pays for each refusal, unless they ask at the same moment; one that knew less adopts what it
    finds after its first. Where nothing is shared, each learns for itself.
    """

    def __init__(self, memory: Memory | None, *, address: str, start: Thinking) -> None:
        self._memory = memory.brief("thinking", seconds=GOOD_FOR_SECONDS) if memory else None
        self._address = address
        self._start = start
        self._known: dict[str, tuple[Thinking | None, float]] = {}  # and until when

    def of(self, model: str) -> Thinking | None:
        """What to tell this model; None: do not mention thinking."""
        known, until = self._known.get(model, (None, 0.0))
        return known if time.time() < until else self._keep(model, self._shared(model))

    def refused(self, model: str, thinking: Thinking, *, said: str) -> None:
        """Learn that the model did not take this, in these words; nothing where another thread has gone further."""
        if model in self._known and self._known[model][0] == thinking:
            self._keep(model, self._agreed(model, next_after(thinking, said)))

    def _keep(self, model: str, thinking: Thinking | None) -> Thinking | None:
        self._known[model] = (thinking, time.time() + GOOD_FOR_SECONDS)
        return thinking

    def _shared(self, model: str) -> Thinking | None:
        try:
            return self._read(self._memory.look(self._name(model))[0]) if self._memory else self._start
        except MemoryLost:
            return self._start

    def _agreed(self, model: str, following: Thinking | None) -> Thinking | None:
        """What is next, or what others found to be further on."""

        def change(text: str | None, _: float) -> tuple[str | None, Thinking | None]:
            furthest = max(following, self._read(text), key=_rank)
            return json.dumps(furthest), furthest

        try:
            return self._memory.update(self._name(model), change) if self._memory else following
        except MemoryLost:
            return following

    def _read(self, text: str | None) -> Thinking | None:
        try:
            held = json.loads(text) if text else self._start
        except ValueError:
            return self._start
        return next((each for each in (*_TRIED, None) if each == held), self._start)

    def _name(self, model: str) -> str:
        facts = json.dumps([self._address, self._start, model])
        return hashlib.sha256(facts.encode()).hexdigest()[:32]


def _rank(thinking: Thinking | None) -> int:
    """How late it is tried; what was set by hand comes first, nothing last."""
    if thinking is None:
        return len(_TRIED)
    return _TRIED.index(thinking) if thinking in _TRIED else -1


def next_after(refused: Thinking, said: str) -> Thinking | None:
    """What to try where the server refused this configuration with these words; None: do not mention thinking.

    Where it takes no levels at all, budgets are next. Whoever set something else by hand has it left out.
    """
    said = said.lower()
    if refused not in _TRIED or not ("level" in said or "budget" in said):
        return None
    names_one = any(name in said.replace("allowed", "").replace("follow", "") for name in _NAMES_OF_LEVELS)
    if refused in _LEVELS and not names_one:
        return _BUDGETS[0]
    at = _TRIED.index(refused) + 1
    return _TRIED[at] if at < len(_TRIED) else None
