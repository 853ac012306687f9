"""The gate before the provider: shared by threads, processes and machines, and safe where it cannot be shared."""

import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from redis import Redis

from tests.ai.memories import memory
from tests.services.redis import RedisServer
from ticketapp.ai import (
    Caller,
    Failure,
    FailureKind,
    FileMemory,
    Gate,
    Memory,
    Pace,
)
from ticketapp.ai.gate import MOST_MODELS, Pass
from ticketapp.ai.redis_memory import SILENT_SECONDS, RedisMemory

__all__ = ["memory"]

MODEL = "gemini-test"
ROOT = Path(__file__).parents[2]
DOWN = Failure.of(FailureKind.UNAVAILABLE)
LIMITED = Failure.of(FailureKind.RATE_LIMITED, retry_after_seconds=60)


def gate_on(memory: Memory, **pace: int) -> Gate:
    return Gate(memory, provider="an address and a key", pace=Pace(**pace))


def admit(gate: Gate, caller: Caller = Caller.WORKER, model: str = MODEL) -> Pass | Failure:
    return gate.admit(model, tokens=100, caller=caller, lease_seconds=10)


def fail(gate: Gate, failure: Failure = DOWN, *, times: int = 5) -> None:
    passes = [admit(gate) for _ in range(times)]
    for one in passes:
        assert isinstance(one, Pass)
        gate.settle(one, failure, tokens=None)


def test_what_one_learns_all_know(memory: Memory) -> None:
    fail(gate_on(memory))
    refusal = admit(gate_on(memory))
    assert isinstance(refusal, Failure)
    assert (refusal.kind, refusal.kind.was_asked) == (FailureKind.PAUSED, False)
    assert refusal.retry_after_seconds is not None
    assert 0 < refusal.retry_after_seconds < 4
    assert gate_on(memory).availability(MODEL, tokens=0).kind == FailureKind.UNAVAILABLE


def test_another_model_and_another_key_are_another_provider(memory: Memory) -> None:
    fail(gate_on(memory), LIMITED, times=1)
    assert isinstance(admit(gate_on(memory), model="gemini-other"), Pass)
    assert isinstance(admit(Gate(memory, provider="another key", pace=Pace())), Pass)
    assert isinstance(admit(gate_on(memory)), Failure)


def test_a_form_that_waited_too_long_says_nothing_unless_it_was_the_probe(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, late = gate_on(memory), Failure.of(FailureKind.TIMED_OUT)

    def time_out(caller: Caller) -> None:
        one = admit(gate, caller)
        assert isinstance(one, Pass)
        gate.settle(one, late, tokens=None)

    for caller in 6 * [Caller.FORM] + 4 * [Caller.WORKER] + 2 * [Caller.FORM]:
        time_out(caller)
    assert gate.availability(MODEL, tokens=0).kind is None
    time_out(Caller.WORKER)
    assert gate.availability(MODEL, tokens=0).kind is FailureKind.TIMED_OUT
    monkeypatch.setattr("ticketapp.ai.breaker.FORMS_HOLD_BACK_SECONDS", 0.0)
    time.sleep(2.5)
    time_out(Caller.FORM)
    assert gate.availability(MODEL, tokens=0).wait_seconds > 2.5


def test_texts_that_are_declined_or_answered_badly_pause_nobody(memory: Memory) -> None:
    for kind in (FailureKind.BLOCKED, FailureKind.UNREADABLE, FailureKind.BAD_REQUEST, FailureKind.BUSY):
        fail(gate_on(memory), Failure.of(kind), times=6)
    assert isinstance(admit(gate_on(memory)), Pass)


def test_of_many_threads_one_is_the_probe(memory: Memory) -> None:
    fail(gate_on(memory))
    time.sleep(2.5)
    outcomes: list[Pass | Failure] = []
    threads = [threading.Thread(target=lambda: outcomes.append(admit(gate_on(memory)))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(type(outcome) for outcome in outcomes) == {Pass: 1, Failure: 11}
    (probe,) = (outcome for outcome in outcomes if isinstance(outcome, Pass))
    gate_on(memory).settle(probe, None, tokens=None)
    assert all(isinstance(admit(gate_on(memory)), Pass) for _ in range(3))


def test_an_admins_test_is_let_through_and_its_success_ends_the_pause(memory: Memory) -> None:
    gate = gate_on(memory)
    fail(gate, LIMITED, times=1)
    assert isinstance(admit(gate, Caller.FORM), Failure)
    test = admit(gate, Caller.ADMIN)
    assert isinstance(test, Pass)
    gate.settle(test, None, tokens=None)
    assert isinstance(admit(gate, Caller.FORM), Pass)


def test_what_another_release_wrote_counts_as_nothing(memory: Memory) -> None:
    gate = gate_on(memory)
    name = gate._name
    for text in ("no JSON", "[]", '{"breakers": {"m": {"unheard": 1}}}', '{"breakers": 7}', '{"breaker": 7}'):
        memory.update(name, lambda _held, _now, text=text: (text, None))
        assert isinstance(admit(gate), Pass)


def test_all_together_keep_the_pace(memory: Memory) -> None:
    """600 a minute is 9.5 a second, from an empty bucket: about 14 in the first 3 seconds, however many ask."""
    admitted: list[float] = []
    until = time.monotonic() + 3

    def ask() -> None:
        gate = gate_on(memory, requests_per_minute=600)
        while time.monotonic() < until:
            if isinstance(admit(gate), Pass):
                admitted.append(time.monotonic())
            time.sleep(0.005)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 8 <= len(admitted) <= 15


def test_all_models_share_one_pace(memory: Memory) -> None:
    gate = gate_on(memory, requests_per_minute=6)
    assert isinstance(admit(gate, Caller.FORM), Pass)
    assert [type(admit(gate, caller, model="gemini-other")) for caller in Caller] == [Failure] * 3
    assert gate_on(memory, requests_per_minute=6).availability("gemini-third", tokens=0).wait_seconds > 0


def test_tests_of_admins_take_their_place_in_the_pace(memory: Memory) -> None:
    gates = [gate_on(memory, requests_per_minute=4) for _ in range(2)]
    passes = [admit(gate, Caller.ADMIN) for _ in range(6) for gate in gates]
    assert [type(one) for one in passes] == [Pass] + [Failure] * 11


def test_of_many_models_in_trouble_the_newest_are_remembered(memory: Memory) -> None:
    gate = gate_on(memory)
    for number in range(MOST_MODELS + 3):
        one = admit(gate, model=f"gemini-{number}")
        assert isinstance(one, Pass)
        gate.settle(one, LIMITED, tokens=None)
    assert isinstance(admit(gate, model="gemini-0"), Pass)
    assert isinstance(admit(gate, model=f"gemini-{MOST_MODELS}"), Failure)


ASK = """
import sys, time
from pathlib import Path
from redis import Redis
from ticketapp.ai import Caller, FileMemory, Gate, Pace
from ticketapp.ai.gate import Pass
from ticketapp.ai.redis_memory import RedisMemory
where = sys.argv[1]
memory = RedisMemory(Redis.from_url(where, decode_responses=True)) if "://" in where else FileMemory(Path(where))
gate, passes = Gate(memory, provider="an address and a key", pace=Pace()), 0
print("ready", flush=True)
sys.stdin.readline()
for _ in range(200):
    passes += isinstance(gate.admit("gemini-test", tokens=100, caller=Caller.WORKER, lease_seconds=30), Pass)
print(passes)
"""


@pytest.mark.parametrize("kind", ["file", "redis"])
def test_of_several_processes_one_is_the_probe(kind: str, redis_server: RedisServer, tmp_path: Path) -> None:
    redis_server.flush()
    where = redis_server.url if kind == "redis" else str(tmp_path / "gate")
    memory = RedisMemory(Redis.from_url(where, decode_responses=True)) if kind == "redis" else FileMemory(Path(where))
    fail(gate_on(memory))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, where], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    time.sleep(2.5)
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert sum(int(process.communicate()[0]) for process in processes) == 1


@pytest.fixture
def lost() -> Memory:
    return RedisMemory(Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=1))


def test_without_the_shared_memory_workers_wait_and_forms_go_by_what_they_know(lost: Memory) -> None:
    gate = gate_on(lost)
    refusal = admit(gate)
    assert isinstance(refusal, Failure)
    assert (refusal.kind, gate.availability(MODEL, tokens=0).is_lost) == (FailureKind.PACED, True)
    for _ in range(5):
        one = admit(gate, Caller.FORM)
        assert isinstance(one, Pass)
        gate.settle(one, DOWN, tokens=None)
    stopped = admit(gate, Caller.FORM)
    assert isinstance(stopped, Failure)
    assert stopped.kind is FailureKind.PAUSED


def test_a_lost_memory_makes_one_caller_wait_not_all(lost: Memory) -> None:
    gate = gate_on(lost)
    admit(gate)
    started = time.monotonic()
    for _ in range(50):
        admit(gate)
    assert time.monotonic() - started < 3


def test_when_redis_is_back_workers_go_on_by_themselves() -> None:
    with RedisServer() as own:
        client = Redis.from_url(own.url, decode_responses=True, socket_connect_timeout=1, retry=None)
        gate = gate_on(RedisMemory(client))
        assert isinstance(admit(gate), Pass)
        own.kill()
        assert isinstance(admit(gate), Failure)
        own.start()
        time.sleep(SILENT_SECONDS + 0.1)
        assert isinstance(admit(gate), Pass)


def test_a_redis_that_forgot_everything_lets_no_burst_through(redis_server: RedisServer) -> None:
    redis_server.flush()
    gate = gate_on(RedisMemory(Redis.from_url(redis_server.url, decode_responses=True)), requests_per_minute=6000)
    admit(gate)
    time.sleep(2.5)
    assert isinstance(admit(gate), Pass)
    redis_server.flush()
    assert [type(admit(gate)) for _ in range(20)] == [Failure] * 20
