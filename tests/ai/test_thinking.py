"""What a model refuses to be told about thinking is learnt once for all processes, and for a day."""

import time

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.ai.memories import memory
from tests.services.gemini import GeminiServer
from ticketapp.ai import Caller, Gate, GatedClassifier, GeminiClassifier, Memory, Pace, ProcessMemory
from ticketapp.ai.redis_memory import RedisMemory
from ticketapp.ai.thinking import LEAST, LearntThinking, Thinking

__all__ = ["memory"]

NO_LEVELS = "Thinking level is not supported for this model."
NO_BUDGET = "Budget 0 is invalid. This model only works in thinking mode."


def learnt_in(memory: Memory | None, *, address: str = "here", start: Thinking = LEAST) -> LearntThinking:
    """What another process would know."""
    return LearntThinking(memory, address=address, start=start)


def test_a_fresh_process_pays_for_no_refusal_again(memory: Memory, own_server: GeminiServer) -> None:
    own_server.always("thinking-400")
    needed = []
    for text in ("First", "Second"):
        gemini = GeminiClassifier(own_server.good_key, "gemini-test", own_server.url, memory=memory)
        gate = Gate(memory, provider="an address and a key", pace=Pace())
        worker = GatedClassifier(gemini, gate, caller=Caller.WORKER)
        before = len(own_server.requests)
        assert worker.classify(title="", description=text, deadline_seconds=20).suggestion is not None
        needed.append(len(own_server.requests) - before)
    assert (needed[0] > 1, needed[1]) == (True, 1)


def test_who_knew_less_adopts_what_others_found_after_one_refusal(memory: Memory) -> None:
    early, late = learnt_in(memory), learnt_in(memory)
    assert early.of("m") == late.of("m") == LEAST
    early.refused("m", LEAST, said=NO_LEVELS)
    early.refused("m", {"thinking_budget": 0}, said=NO_BUDGET)
    late.refused("m", LEAST, said=NO_LEVELS)
    assert early.of("m") == late.of("m") == learnt_in(memory).of("m") == {"thinking_budget": 128}


def test_it_counts_for_this_model_address_and_beginning_alone(memory: Memory) -> None:
    learnt = learnt_in(memory)
    learnt.of("m")
    learnt.refused("m", LEAST, said="Thinking is not supported by this model.")
    assert learnt_in(memory).of("m") is None
    assert learnt_in(memory).of("other") == LEAST
    assert learnt_in(memory, address="there").of("m") == LEAST
    assert learnt_in(memory, start={"thinking_level": "high"}).of("m") == {"thinking_level": "high"}


def test_who_goes_on_running_finds_out_anew_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for shared in (ProcessMemory(), None):
        learnt, now = learnt_in(shared), time.time()
        learnt.of("m")
        learnt.refused("m", LEAST, said=NO_LEVELS)
        with monkeypatch.context() as later:
            later.setattr(time, "time", lambda now=now: now + 23 * 3600)
            assert learnt.of("m") == {"thinking_budget": 0}
            later.setattr(time, "time", lambda now=now: now + 25 * 3600)
            assert learnt.of("m") == LEAST
            learnt.refused("m", LEAST, said="Thinking level MINIMAL is not supported.")
            assert learnt.of("m") == {"thinking_level": "low"}


@pytest.mark.parametrize("is_shared", [False, True])
def test_where_nothing_is_shared_each_process_learns(*, is_shared: bool) -> None:
    dead = RedisMemory(Redis(host="127.0.0.1", port=1, decode_responses=True, retry=Retry(NoBackoff(), retries=0)))
    learnt = learnt_in(dead if is_shared else None)
    assert learnt.of("m") == LEAST
    learnt.refused("m", LEAST, said=NO_LEVELS)
    assert learnt.of("m") == {"thinking_budget": 0}
    assert learnt_in(dead).of("m") == LEAST


def test_what_another_release_kept_counts_as_nothing() -> None:
    memory = ProcessMemory()
    learnt = learnt_in(memory)
    for junk in ("7", "no JSON", '{"thinking_level": 3}'):
        memory.brief("thinking", seconds=60).update(learnt._name("m"), lambda _h, _n, junk=junk: (junk, None))
        assert learnt_in(memory).of("m") == LEAST
