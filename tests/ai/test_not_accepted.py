"""Questions that are not accepted: one stops nobody, and where none is any more, nobody asks."""

import time

from tests.ai.memories import memory
from tests.ai.test_gate import MODEL, admit, fail, gate_on
from ticketapp.ai import Caller, Failure, FailureKind, Gate, Memory
from ticketapp.ai.gate import Pass

__all__ = ["memory"]

NOT_ACCEPTED = Failure.of(FailureKind.BAD_REQUEST)


def not_accepted(
    gate: Gate, *questions: str, failure: Failure = NOT_ACCEPTED, caller: Caller = Caller.WORKER
) -> None:
    for question in questions:
        one = admit(gate, caller)
        assert isinstance(one, Pass)
        gate.settle(one, failure, tokens=None, question=question)


def test_where_no_question_is_accepted_any_more_nobody_asks(memory: Memory) -> None:
    """An API that changed would otherwise be asked in vain about every ticket."""
    gate = gate_on(memory)
    not_accepted(gate, "first", "second", "third", "fourth", "fifth")
    assert gate.availability(MODEL, tokens=0).kind is FailureKind.BAD_REQUEST
    time.sleep(2.5)
    not_accepted(gate, "sixth")
    assert gate.availability(MODEL, tokens=0).wait_seconds > 2.5


def test_one_question_that_is_not_accepted_stops_nobody_however_often_it_is_put(memory: Memory) -> None:
    gate = gate_on(memory)
    not_accepted(gate, *12 * ["the same"])
    not_accepted(gate, "second", "third", "fourth")
    answered = admit(gate)
    assert isinstance(answered, Pass)
    gate.settle(answered, None, tokens=None)
    not_accepted(gate, "first", "second", "third", "fourth")
    assert gate.availability(MODEL, tokens=0).kind is None


def test_one_question_that_is_not_accepted_lets_nobody_wait_for_its_hour(memory: Memory) -> None:
    gate = gate_on(memory)
    not_accepted(gate, "too long", failure=Failure.of(FailureKind.BAD_REQUEST, retry_after_seconds=3600))
    assert isinstance(admit(gate), Pass)


def test_a_question_that_is_not_accepted_ends_a_row_of_other_failures(memory: Memory) -> None:
    gate = gate_on(memory)
    fail(gate, times=4)
    not_accepted(gate, "odd")
    fail(gate, times=3)
    assert isinstance(admit(gate), Pass)


def test_whoever_rewords_a_question_at_a_form_stops_nobody(memory: Memory) -> None:
    gate = gate_on(memory)
    not_accepted(gate, *(f"draft {number}" for number in range(8)), caller=Caller.FORM)
    assert gate.availability(MODEL, tokens=0).kind is None


def test_a_provider_that_is_back_is_known_by_a_question_that_it_does_not_accept(memory: Memory) -> None:
    gate = gate_on(memory)
    fail(gate)
    time.sleep(2.5)
    not_accepted(gate, "odd")
    assert gate.availability(MODEL, tokens=0).kind is None
