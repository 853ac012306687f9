"""What forms are answered is known for an hour: to whom, for which question, and what is kept of it."""

import hashlib
import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.ai.memories import memory
from tests.services.gemini import GeminiServer
from ticketapp.ai import (
    Caller,
    Example,
    FailureKind,
    FileMemory,
    Gate,
    GatedClassifier,
    GeminiClassifier,
    Manner,
    MaskedKind,
    Memory,
    Pace,
    ProcessMemory,
    Verdict,
)
from ticketapp.ai.memory import LOCK
from ticketapp.ai.redis_memory import RedisMemory
from ticketapp.ai.sameness import whole_digest

__all__ = ["memory"]

SECRET_TEXT = "The export for Zebrafish Ltd stops"


def adviser_on(
    memory: Memory, server: GeminiServer, *, caller: Caller = Caller.FORM, key: str = "", pace: int | None = None
) -> GatedClassifier:
    """A classifier as another process would have it."""
    gate = Gate(memory, provider=f"an address and {key}", pace=Pace(requests_per_minute=pace))
    return GatedClassifier(GeminiClassifier(server.good_key, "gemini-test", server.url), gate, caller=caller)


def asked(adviser: GatedClassifier, text: str = SECRET_TEXT, *, manner: Manner | None = None) -> Verdict:
    return adviser.classify(title="Help", description=text, deadline_seconds=20, manner=manner or Manner())


def digest_by(adviser: GatedClassifier, text: str) -> str:
    """What everybody could work out who guesses the text."""
    asked = {"title": "Help", "description": text, "newest_reply": "", "manner": Manner()}
    return whole_digest(**asked, model=adviser.model, prompt_version=adviser.prompt_version)  # type: ignore[arg-type]


def test_the_same_words_are_asked_about_once_by_all_processes(memory: Memory, own_server: GeminiServer) -> None:
    first, second = (asked(adviser_on(memory, own_server)) for _ in range(2))
    assert len(own_server.requests) == 1
    assert second.suggestion == first.suggestion
    assert (second.model, second.prompt_version) == (first.model, first.prompt_version)
    assert (len(first.calls), second.calls, second.latency_ms, second.tokens_in) == (1, (), 0, None)


def test_an_answer_that_is_known_takes_no_place_in_the_pace(memory: Memory, own_server: GeminiServer) -> None:
    """Of 4 a minute one is asked on credit, and the next has to wait."""
    adviser = adviser_on(memory, own_server, pace=4)
    assert all(asked(adviser).suggestion for _ in range(3))
    refused = asked(adviser, "Other words")
    assert refused.failure is not None
    assert refused.failure.kind is FailureKind.PACED
    assert asked(adviser).suggestion is not None


def test_an_answer_that_is_known_comes_and_ends_no_pause_while_the_provider_is_left_alone(
    memory: Memory, own_server: GeminiServer
) -> None:
    asked(adviser_on(memory, own_server))
    own_server.always("400")
    adviser = adviser_on(memory, own_server)
    assert asked(adviser, "Other words").failure is not None
    assert adviser.availability().kind is FailureKind.REFUSED_KEY
    assert asked(adviser).suggestion is not None
    assert adviser.availability().kind is FailureKind.REFUSED_KEY


def test_another_question_is_asked(memory: Memory, own_server: GeminiServer) -> None:
    adviser = adviser_on(memory, own_server)
    example = Example(reference=1, title="A", description="B", category="billing", priority="low")
    manners = [
        Manner(),
        Manner(model="other"),
        Manner(masked=frozenset({MaskedKind.EMAIL})),
        Manner(examples=(example,)),
    ]
    for manner in manners:
        asked(adviser, "Write to jo@example.com", manner=manner)
    asked(adviser_on(memory, own_server, key="another key"), "Write to jo@example.com")
    assert len(own_server.requests) == len(manners) + 1


def test_words_that_differ_in_a_secret_alone_are_the_same_question(memory: Memory, own_server: GeminiServer) -> None:
    adviser = adviser_on(memory, own_server)
    for secret in ("hunter2hunter", "tr0ub4dor&3xyz"):
        asked(adviser, f"I cannot sign in. password: {secret}")
    assert len(own_server.requests) == 1


def test_that_a_text_is_declined_is_known_and_no_other_failure(memory: Memory, own_server: GeminiServer) -> None:
    adviser = adviser_on(memory, own_server)
    own_server.next("blocked")
    verdicts = [asked(adviser, "Bad words") for _ in range(2)]
    assert [each.failure and each.failure.kind for each in verdicts] == [FailureKind.BLOCKED] * 2
    assert verdicts[0].failure == verdicts[1].failure
    assert len(own_server.requests) == 1
    own_server.next("503")
    assert [asked(adviser).failure is None for _ in range(2)] == [False, True]


@pytest.mark.parametrize("caller", [Caller.WORKER, Caller.ADMIN])
def test_others_than_forms_are_answered_from_memory_where_that_will_do(
    own_server: GeminiServer, tmp_path: Path, caller: Caller
) -> None:
    memory = FileMemory(tmp_path)
    asked(adviser_on(memory, own_server))
    other = adviser_on(memory, own_server, caller=caller)
    for _ in range(2):
        asked(other)
    assert len(own_server.requests) == 3
    assert asked(other, manner=Manner(may_be_known=True)).calls == ()
    assert len(own_server.requests) == 3


def test_more_workers_than_a_form_has_places_may_ask_what_may_be_known(own_server: GeminiServer) -> None:
    worker = adviser_on(ProcessMemory(), own_server, caller=Caller.WORKER)
    own_server.delay_seconds = 0.5
    with ThreadPoolExecutor(8) as threads:
        texts = [f"The export of sheet {number} stops" for number in range(8)]
        verdicts = list(threads.map(lambda text: asked(worker, text, manner=Manner(may_be_known=True)), texts))
    assert all(verdict.suggestion for verdict in verdicts)


def test_of_those_who_ask_the_same_at_once_one_asks(memory: Memory, own_server: GeminiServer) -> None:
    own_server.delay_seconds = 0.5
    advisers = [adviser_on(memory, own_server) for _ in range(6)]
    for adviser in advisers:
        adviser.warm_up()
    with ThreadPoolExecutor(6) as forms:
        verdicts = list(forms.map(asked, advisers))
    assert len(own_server.requests) == 1
    assert all(verdict.suggestion for verdict in verdicts)
    assert sum(len(verdict.calls) for verdict in verdicts) == 1


def test_who_waited_for_an_answer_that_failed_asks_then_or_says_in_time_that_there_is_none(
    own_server: GeminiServer, tmp_path: Path
) -> None:
    memory = FileMemory(tmp_path)
    own_server.next("hang", seconds=10)
    first, second, third = (adviser_on(memory, own_server) for _ in range(3))
    with ThreadPoolExecutor(3) as forms:
        ask = {"title": "Help", "description": "Words"}
        one = forms.submit(lambda: first.classify(**ask, deadline_seconds=2))
        own_server.wait_for_requests(1)
        started = time.monotonic()
        short = forms.submit(lambda: second.classify(**ask, deadline_seconds=1.5)).result()
        waited = time.monotonic() - started
        long = forms.submit(lambda: third.classify(**ask, deadline_seconds=5)).result()
    assert one.result().failure is not None
    assert short.failure is not None
    assert (short.failure.kind, short.calls, waited < 2) == (FailureKind.TIMED_OUT, (), True)
    assert long.suggestion is not None
    assert len(own_server.requests) == 2


def test_a_worker_does_not_wait_for_the_answer_to_another_and_loses_no_try(
    memory: Memory, own_server: GeminiServer
) -> None:
    own_server.next("hold")
    form, worker = adviser_on(memory, own_server), adviser_on(memory, own_server, caller=Caller.WORKER)
    with ThreadPoolExecutor(1) as forms:
        answer = forms.submit(asked, form)
        own_server.wait_for_requests(1)
        started = time.monotonic()
        refused = asked(worker, manner=Manner(may_be_known=True)).failure
        assert time.monotonic() - started < 3
        time.sleep(0.2)  # the request has come, and is held a moment later
        own_server.release()
        suggestion = answer.result().suggestion
    assert refused is not None
    assert (refused.kind, refused.kind.was_asked) == (FailureKind.BUSY, False)
    assert asked(worker, manner=Manner(may_be_known=True)).suggestion == suggestion
    assert len(own_server.requests) == 1


def test_who_comes_after_a_call_that_failed_waits_for_nobody(memory: Memory, own_server: GeminiServer) -> None:
    """One after another, three who have 3 s each would need 9."""
    own_server.always("hang")
    workers = [adviser_on(memory, own_server, caller=Caller.WORKER) for _ in range(3)]
    for worker in workers:
        worker.warm_up()

    def kind_by(worker: GatedClassifier) -> FailureKind | None:
        ask = {"title": "Help", "description": "Words", "manner": Manner(may_be_known=True)}
        failure = worker.classify(**ask, deadline_seconds=3).failure  # type: ignore[arg-type]
        return failure and failure.kind

    assert kind_by(workers[0]) is FailureKind.TIMED_OUT
    started = time.monotonic()
    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(kind_by, workers)) == [FailureKind.TIMED_OUT] * 3
    assert time.monotonic() - started < 5.5
    own_server.always(None)
    assert kind_by(workers[0]) is None
    asked_in_all = len(own_server.requests)
    assert kind_by(workers[1]) is None
    assert len(own_server.requests) == asked_in_all == 5


def test_where_nothing_is_shared_each_form_asks(own_server: GeminiServer) -> None:
    dead = Redis(host="127.0.0.1", port=1, decode_responses=True, retry=Retry(NoBackoff(), retries=0))
    adviser = adviser_on(RedisMemory(dead), own_server)
    adviser.warm_up()
    assert all(asked(adviser).suggestion for _ in range(2))
    assert len(own_server.requests) == 2


def test_what_another_release_kept_is_asked_again(memory: Memory, own_server: GeminiServer) -> None:
    adviser = adviser_on(memory, own_server)
    asked(adviser)
    brief = memory.brief("answers", seconds=3600)
    name = hmac.new(b"an address and ", digest_by(adviser, SECRET_TEXT).encode(), hashlib.sha256).hexdigest()
    assert brief.look(name)[0] is not None
    for number, junk in enumerate(('{"key": 7}', "[]", "no JSON", '{"verdict": 3}', '{"until": 1}'), start=2):
        brief.update(name, lambda _held, _now, junk=junk: (junk, None))
        assert asked(adviser).suggestion is not None
        assert len(own_server.requests) == number


def test_many_answers_are_known_beside_each_other(memory: Memory, own_server: GeminiServer) -> None:
    adviser = adviser_on(memory, own_server)
    for _ in range(2):
        assert all(asked(adviser, f"The export of sheet {number} stops").suggestion for number in range(150))
    assert len(own_server.requests) == 150


def test_no_word_of_the_customer_and_no_plain_digest_is_kept(own_server: GeminiServer, tmp_path: Path) -> None:
    adviser = adviser_on(FileMemory(tmp_path), own_server)
    asked(adviser)
    own_server.next("blocked")
    asked(adviser, f"{SECRET_TEXT} again")
    kept = [path for path in (tmp_path / "answers").iterdir() if path.name != LOCK]
    assert len(kept) == 2
    assert digest_by(adviser, SECRET_TEXT) not in {path.name for path in kept}
    for path in kept:
        assert "Zebrafish" not in path.read_text()
        assert path.stat().st_size < 2000


def test_a_question_that_was_refused_leaves_nothing_behind(memory: Memory, own_server: GeminiServer) -> None:
    """Of 1 a minute one is asked on credit, and the others are told to wait."""
    adviser = adviser_on(memory, own_server, pace=1)
    texts = [f"The export of sheet {number} stops" for number in range(6)]
    kinds = [(verdict.failure and verdict.failure.kind) for verdict in (asked(adviser, text) for text in texts)]
    assert kinds == [None] + [FailureKind.PACED] * 5
    assert [is_kept(memory, adviser, text) for text in texts] == [True] + [False] * 5
    own_server.next("503")
    patient = adviser_on(memory, own_server)
    assert asked(patient, texts[1]).failure is not None
    assert asked(adviser, texts[1]).failure is not None
    assert is_kept(memory, adviser, texts[1]), "that its call failed"


def is_kept(memory: Memory, adviser: GatedClassifier, text: str) -> bool:
    name = hmac.new(b"an address and ", digest_by(adviser, text).encode(), hashlib.sha256).hexdigest()
    return memory.brief("answers", seconds=3600).look(name)[0] is not None


def test_a_refused_question_leaves_no_file(own_server: GeminiServer, tmp_path: Path) -> None:
    adviser = adviser_on(FileMemory(tmp_path), own_server, pace=1)
    for number in range(6):
        asked(adviser, f"The export of sheet {number} stops")
    assert len([path for path in (tmp_path / "answers").iterdir() if path.name != LOCK]) == 1
