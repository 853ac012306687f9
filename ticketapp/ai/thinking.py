"""How much a model should think before it sorts a ticket: as little as its family allows."""

import re
from typing import Literal, TypedDict

ThinkingLevel = Literal["minimal", "low", "medium", "high"]

_GENERATION = re.compile(r"^gemini-(\d+)(?:\.(\d+))?-(.+)$")


class Thinking(TypedDict, total=False):
    """The arguments of the request's thinking configuration; a request carries one of the two at most."""

    thinking_level: ThinkingLevel
    thinking_budget: int


def thinking_for(model: str) -> Thinking | None:
    """The least thinking that this model is known to accept, by its name; None: do not mention it.

    From Gemini 3 on there are levels: flash-lite models take "minimal", others reject it and take "low".
    Gemini 2.5 takes a budget of tokens: 0 turns thinking off, the pro models take no less than 128.
    Source: https://ai.google.dev/gemini-api/docs/thinking
    """
    match = _GENERATION.match(model.rpartition("/")[2])
    if match is None:
        return None
    generation = (int(match[1]), int(match[2] or 0))
    if generation >= (3, 0):
        return {"thinking_level": "minimal" if "flash-lite" in match[3] else "low"}
    if generation == (2, 5):
        return {"thinking_budget": 128 if match[3].startswith("pro") else 0}
    return None
