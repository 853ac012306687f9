"""The severity floor on a verdict: raises the priority of one that succeeded, never lowers it, and says so. Pure."""

from dataclasses import replace

from ticketapp.ai.classifier import Floor, Verdict
from ticketapp.ai.severity import SeverityWord, floor_of
from ticketapp.ai.suggestion import PRIORITIES


def raised(verdict: Verdict, text: str, words: tuple[SeverityWord, ...]) -> Verdict:
    """The verdict, its priority raised to what the gravest of ``words`` in ``text`` asks for, with its ``floor``.

    A verdict that failed, or that is as grave already, comes back as it is. One that was raised before goes on saying
    what the model had said.
    """
    suggestion = verdict.suggestion
    if suggestion is None:
        return verdict
    found = floor_of(text, words)
    if found is None or PRIORITIES.index(found.priority) <= PRIORITIES.index(suggestion.priority):
        return verdict
    said = verdict.floor.priority_before if verdict.floor else suggestion.priority
    floor = Floor(word=found.word, priority_before=said)
    return replace(verdict, suggestion=replace(suggestion, priority=found.priority), floor=floor)
