"""A classifier behind the gate: whom it asks how often, and what it says where it asks nobody."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.services.gemini import GeminiServer
from ticketapp.ai import Caller, FailureKind, Gate, GatedClassifier, GeminiClassifier, Memory, Pace, ProcessMemory
from ticketapp.ai.gate import _read
from ticketapp.ai.gated import FORM_PLACES

MODEL = "gemini-test"


def gate_on(memory: Memory, **pace: int) -> Gate:
    return Gate(memory, provider="an address and a key", pace=Pace(**pace))


def classifier_on(
    memory: Memory, server: GeminiServer, *, caller: Caller = Caller.FORM, **pace: int
) -> GatedClassifier:
    gemini = GeminiClassifier(server.good_key, MODEL, server.url)
    gemini.warm_up()
    return GatedClassifier(gemini, gate_on(memory, **pace), caller=caller)


def test_a_form_is_answered_though_nothing_was_asked_before_and_waits_a_moment_for_its_turn(
    own_server: GeminiServer,
) -> None:
    """Of 240 a minute nearly 4 come back a second; the first one is asked on credit."""
    classifier = classifier_on(ProcessMemory(), own_server, requests_per_minute=240)
    verdicts = [classifier.classify(title="Hi", description=f"There {n}", deadline_seconds=20) for n in range(4)]
    assert [verdict.failure for verdict in verdicts] == [None] * 4
    moments = [asked.received_at for asked in own_server.requests]
    assert moments[-1] - moments[0] >= 3 * 60 / 240


def test_a_form_is_not_kept_waiting_for_longer_than_a_second(own_server: GeminiServer) -> None:
    classifier = classifier_on(ProcessMemory(), own_server, requests_per_minute=5)
    assert classifier.classify(title="Hi", description="There", deadline_seconds=20).suggestion is not None
    refused = classifier.classify(title="Hi", description="Other words", deadline_seconds=20)
    assert refused.failure is not None
    assert (refused.failure.kind, refused.latency_ms < 2000) == (FailureKind.PACED, True)


@pytest.mark.parametrize("behaviour", ["500", "503", "429", "drop", "garbage"])
def test_after_five_failures_the_provider_is_not_asked_and_the_answer_comes_at_once(
    own_server: GeminiServer, behaviour: str
) -> None:
    classifier = classifier_on(ProcessMemory(), own_server)
    own_server.always(behaviour)
    verdicts = [classifier.classify(title="Hi", description="There", deadline_seconds=20) for _ in range(8)]
    assert len(own_server.requests) == 5
    refused = verdicts[-1]
    assert refused.failure is not None
    assert (refused.failure.kind, refused.failure.sentence) == (FailureKind.PAUSED, FailureKind.PAUSED.sentence)
    assert refused.latency_ms < 300


@pytest.mark.parametrize(
    ("behaviour", "sentence"), [("400", FailureKind.REFUSED_KEY), ("404", FailureKind.UNKNOWN_MODEL)]
)
def test_what_an_admin_has_to_mend_is_asked_once_and_named(
    own_server: GeminiServer, behaviour: str, sentence: FailureKind
) -> None:
    classifier = classifier_on(ProcessMemory(), own_server)
    own_server.always(behaviour)
    verdicts = [classifier.classify(title="Hi", description="There", deadline_seconds=20) for _ in range(4)]
    assert len(own_server.requests) == 1
    assert {verdict.failure.sentence for verdict in verdicts if verdict.failure} == {sentence.sentence}


def test_each_try_of_a_model_that_refuses_thinking_takes_its_place_in_the_pace(own_server: GeminiServer) -> None:
    """Of 6 a minute the first is asked on credit; the next has to wait for longer than a form does."""
    memory: Memory = ProcessMemory()
    classifier = classifier_on(memory, own_server, requests_per_minute=6)
    own_server.always("thinking-400")
    refused = classifier.classify(title="Hi", description="There", deadline_seconds=20)
    assert refused.failure is not None
    assert (refused.failure.kind, len(own_server.requests)) == (FailureKind.PACED, 1)


def test_a_model_that_refuses_thinking_answers_in_the_end(own_server: GeminiServer) -> None:
    classifier = classifier_on(ProcessMemory(), own_server)
    own_server.always("thinking-400")
    verdict = classifier.classify(title="Hi", description="There", deadline_seconds=20)
    assert (verdict.failure, verdict.refused_thinking) == (None, False)
    number = len(own_server.requests)
    assert classifier.classify(title="Hi", description="Other words", deadline_seconds=20).failure is None
    assert len(own_server.requests) == number + 1


@pytest.mark.parametrize("behaviour", ["hang", "504"])
def test_a_workers_time_that_ended_counts_as_a_failure(own_server: GeminiServer, behaviour: str) -> None:
    classifier = classifier_on(ProcessMemory(), own_server, caller=Caller.WORKER)
    own_server.always(behaviour)
    for _ in range(7):
        classifier.classify(title="Hi", description="There", deadline_seconds=1)
    assert len(own_server.requests) == 5


def test_the_patience_of_a_form_that_ended_stops_no_worker(own_server: GeminiServer) -> None:
    memory: Memory = ProcessMemory()
    form = classifier_on(memory, own_server)
    own_server.always("hang")
    for _ in range(6):
        form.classify(title="Hi", description="There", deadline_seconds=0.3)
    assert len(own_server.requests) == 6
    own_server.always(None)
    worker = classifier_on(memory, own_server, caller=Caller.WORKER)
    assert worker.classify(title="Hi", description="There", deadline_seconds=20).suggestion is not None


def test_of_forms_that_wait_for_a_hanging_provider_only_a_few_do_and_the_others_hear_so_at_once(
    own_server: GeminiServer,
) -> None:
    classifier = classifier_on(ProcessMemory(), own_server)
    own_server.always("hang")

    def asked(_: int) -> tuple[FailureKind | None, int]:
        verdict = classifier.classify(title="Hi", description="There", deadline_seconds=2)
        return verdict.failure.kind if verdict.failure else None, verdict.latency_ms

    with ThreadPoolExecutor(12) as forms:
        answers = list(forms.map(asked, range(12)))
    waited = [latency for kind, latency in answers if kind is FailureKind.TIMED_OUT]
    busy = [latency for kind, latency in answers if kind is FailureKind.BUSY]
    assert (len(waited), len(busy)) == (FORM_PLACES, 12 - FORM_PLACES)
    assert max(waited) < 3900
    own_server.always(None)
    assert classifier.classify(title="Hi", description="There", deadline_seconds=20).failure is None


def test_tokens_are_corrected_by_what_the_answer_says(own_server: GeminiServer) -> None:
    """The server says 945 tokens whatever the text is; many more were expected of these."""
    memory: Memory = ProcessMemory()
    classifier = classifier_on(memory, own_server, tokens_per_minute=600_000)
    gate = gate_on(memory, tokens_per_minute=600_000)
    classifier.classify(title="Hi", description="y" * 12_000, deadline_seconds=20)
    time.sleep(4)  # the bucket is full again: 30,000 tokens
    assert classifier.classify(title="Hi", description="x" * 12_000, deadline_seconds=20).suggestion is not None
    assert _tokens(memory, gate) == pytest.approx(30_000 - 945)


def _tokens(memory: Memory, gate: Gate) -> float:
    return _read(memory.look(gate._name)[0]).levels.tokens


def test_who_is_not_told_to_wait_is_not_refused_for_tokens(own_server: GeminiServer) -> None:
    """Of 20,000 a minute the room for a question is filled in 15 s, and each answer takes more than 3 s of it."""
    memory: Memory = ProcessMemory()
    worker = classifier_on(memory, own_server, caller=Caller.WORKER, tokens_per_minute=20_000)
    assert worker.classify(title="Hi", description="There", deadline_seconds=20).failure is not None
    wait = worker.availability().wait_seconds
    assert wait > 14
    later = time.time() + wait + 0.01
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(time, "time", lambda: later)
        assert worker.availability().wait_seconds == 0
        assert worker.classify(title="Hi", description="There", deadline_seconds=20).failure is None
        assert worker.availability().wait_seconds > 3
