"""How much a model should think before it sorts a ticket: as little as it accepts, which its own answers tell."""

from typing import Literal, TypedDict

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
_NAMES_OF_LEVELS = ("minimal", "low", "medium", "high", "other")


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
