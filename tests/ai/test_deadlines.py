"""A deadline holds in all, however the other side drags its feet, and calls that hang do not pile up."""

import subprocess
import sys
import threading
import time

import pytest

from tests.ai.conftest import KEY, MODEL
from tests.services.gemini import GeminiServer
from ticketapp.ai import (
    Caller,
    Classifier,
    FailureKind,
    Gate,
    GatedClassifier,
    GeminiClassifier,
    Pace,
    ProcessMemory,
    Verdict,
)
from ticketapp.ai.deadlines import BoundedCalls, DeadlinePassed

LONG_BEFORE_AN_ANSWER = 10.0  # what hangs or drips does so for a minute


def timed(classifier: Classifier, deadline_seconds: float) -> tuple[Verdict, float]:
    started = time.monotonic()
    verdict = classifier.classify(title="Hello", description="Text", deadline_seconds=deadline_seconds)
    return verdict, time.monotonic() - started


def kind_of(verdict: Verdict) -> FailureKind:
    assert verdict.failure is not None
    return verdict.failure.kind


def test_masking_a_long_text_is_within_the_deadline_and_nobody_is_asked_after_it(own_server: GeminiServer) -> None:
    classifier = GeminiClassifier(KEY, MODEL, base_url=own_server.url)
    classifier.warm_up()
    verdict = classifier.classify(title="Hello", description="password is " * 20_000, deadline_seconds=0.05)
    assert kind_of(verdict) is FailureKind.TIMED_OUT
    time.sleep(0.2)
    assert own_server.requests == []


@pytest.mark.parametrize("behaviour", ["hang", "drip", "drip-headers"])
def test_a_deadline_of_one_second_holds(server: GeminiServer, classifier: GeminiClassifier, behaviour: str) -> None:
    server.next(behaviour)
    verdict, seconds = timed(classifier, 1.0)
    assert kind_of(verdict) is FailureKind.TIMED_OUT
    assert 0.9 < seconds < LONG_BEFORE_AN_ANSWER
    assert 900 < verdict.latency_ms < LONG_BEFORE_AN_ANSWER * 1000


def test_a_single_read_has_its_own_shorter_limit(server: GeminiServer) -> None:
    impatient = GeminiClassifier(KEY, MODEL, base_url=server.url, read_timeout_seconds=0.3)
    impatient.warm_up()
    server.next("hang")
    verdict, seconds = timed(impatient, 30.0)
    assert kind_of(verdict) is FailureKind.TIMED_OUT
    assert seconds < LONG_BEFORE_AN_ANSWER


def test_all_tries_of_a_model_that_refuses_thinking_share_one_deadline(own_server: GeminiServer) -> None:
    own_server.delay_seconds = 0.7
    classifier = GeminiClassifier(KEY, MODEL, base_url=own_server.url)
    classifier.warm_up()
    own_server.always("thinking-400")
    gate = Gate(ProcessMemory(), provider="an address and a key", pace=Pace())
    verdict, _ = timed(GatedClassifier(classifier, gate, caller=Caller.WORKER), 1.0)
    assert kind_of(verdict) is FailureKind.TIMED_OUT, "each try is answered within a second, both are not"


@pytest.mark.parametrize("deadline_seconds", [0.0, -3.0])
def test_no_time_at_all_asks_nobody(
    server: GeminiServer, classifier: GeminiClassifier, deadline_seconds: float
) -> None:
    before = len(server.requests)
    verdict, _ = timed(classifier, deadline_seconds)
    assert kind_of(verdict) is FailureKind.TIMED_OUT
    assert len(server.requests) == before


def test_calls_that_hang_take_no_more_than_the_set_number_of_places(own_server: GeminiServer) -> None:
    classifier = GeminiClassifier(KEY, MODEL, base_url=own_server.url, max_calls_at_once=2)
    classifier.warm_up()
    own_server.always("hold")
    waiting = [threading.Thread(target=timed, args=(classifier, 30.0)) for _ in range(2)]
    for thread in waiting:
        thread.start()
    own_server.wait_for_requests(2)
    verdict, seconds = timed(classifier, 0.3)
    assert kind_of(verdict) is FailureKind.BUSY
    assert seconds < LONG_BEFORE_AN_ANSWER
    own_server.always(None)
    own_server.release()
    for thread in waiting:
        thread.join()
    assert timed(classifier, 5.0)[0].suggestion is not None


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
def test_a_call_nobody_waits_for_any_more_gives_its_place_back(own_server: GeminiServer, behaviour: str) -> None:
    classifier = GeminiClassifier(KEY, MODEL, base_url=own_server.url, max_calls_at_once=1)
    classifier.warm_up()
    own_server.next(behaviour)
    assert kind_of(timed(classifier, 0.4)[0]) is FailureKind.TIMED_OUT
    assert timed(classifier, LONG_BEFORE_AN_ANSWER)[0].suggestion is not None


def test_a_hanging_call_does_not_hold_up_the_end_of_the_process(own_server: GeminiServer) -> None:
    program = (
        "from ticketapp.ai import GeminiClassifier\n"
        f"classifier = GeminiClassifier({KEY!r}, {MODEL!r}, base_url={own_server.url!r}, read_timeout_seconds=60)\n"
        "classifier.warm_up()\n"
        "import threading\n"
        "threading.Thread(target=classifier.classify, daemon=True, kwargs=dict(\n"
        "    title='a', description='gemini:hang', deadline_seconds=60)).start()\n"
        "input()\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    own_server.wait_for_requests(1, timeout_seconds=20)
    started = time.monotonic()
    child.communicate(b"\n", timeout=10)
    assert child.returncode == 0
    assert time.monotonic() - started < LONG_BEFORE_AN_ANSWER


def test_what_the_call_raises_reaches_whoever_waits_for_it() -> None:
    def call(ends_at: float) -> None:
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        BoundedCalls(1).run(call, 1.0)


def test_a_timeout_of_the_call_itself_is_not_taken_for_the_deadline() -> None:
    def call(ends_at: float) -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        BoundedCalls(1).run(call, 1.0)


def test_a_deadline_that_passed_is_told_and_the_call_goes_on_alone() -> None:
    done = threading.Event()

    def slow(ends_at: float) -> None:
        time.sleep(0.3)
        done.set()

    with pytest.raises(DeadlinePassed):
        BoundedCalls(1).run(slow, 0.1)
    assert done.wait(2)
