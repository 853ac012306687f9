"""What the classifier sends and makes of a good answer, with threads, forks and models of every family."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.ai.conftest import KEY, MODEL
from tests.services.gemini import Asked, GeminiServer
from ticketapp.ai import (
    CATEGORIES,
    PRIORITIES,
    Classifier,
    GeminiClassifier,
    Manner,
    Suggestion,
    UnconfiguredClassifier,
    Verdict,
)
from ticketapp.ai.answers import NO_REASON
from ticketapp.ai.thinking import LEAST, MOST_REFUSALS, Thinking, ThinkingLevel, next_after


def classified(classifier: Classifier, description: str, *, title: str = "Hello") -> Verdict:
    return classifier.classify(title=title, description=description, deadline_seconds=20)


def suggestion_in(verdict: Verdict) -> Suggestion:
    assert verdict.suggestion is not None, verdict.failure
    return verdict.suggestion


def last_request(server: GeminiServer) -> Asked:
    return server.requests[-1]


def test_a_good_answer_becomes_a_suggestion_with_its_cost(classifier: GeminiClassifier) -> None:
    verdict = classified(classifier, "You charged us twice, please refund the second payment.")
    suggestion = suggestion_in(verdict)
    assert (suggestion.category, suggestion.priority, suggestion.confidence) == ("billing", "high", 0.83)
    assert suggestion.reason
    assert (verdict.model, verdict.prompt_version) == (MODEL, "v3")
    assert (verdict.tokens_in, verdict.tokens_out) == (900, 45)
    assert 0 < verdict.latency_ms < 5000


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("priority", PRIORITIES)
def test_every_allowed_pair_gets_through(classifier: GeminiClassifier, category: str, priority: str) -> None:
    suggestion = suggestion_in(classified(classifier, f"gemini:answer={category}/{priority}"))
    assert (suggestion.category, suggestion.priority) == (category, priority)


def test_the_manner_names_another_model_which_answers_and_stands_in_the_verdict(
    server: GeminiServer, classifier: GeminiClassifier
) -> None:
    verdict = classifier.classify(
        title="t", description="d", deadline_seconds=20, manner=Manner(model="gemini-2.5-flash")
    )
    assert (verdict.model, server.requests[-1].model) == ("gemini-2.5-flash", "gemini-2.5-flash")
    thinking = server.requests[-1].body["generationConfig"]["thinkingConfig"]
    assert thinking == {"thinking_level": "MINIMAL"}


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("Two\nlines\tand \x1b[31mcolour", "Two lines and [31mcolour"),
        ("  ", NO_REASON),
        ("y" * 400, "y" * 299 + "…"),
    ],
)
def test_the_reason_is_always_one_short_visible_line(
    server: GeminiServer, classifier: GeminiClassifier, reason: str, shown: str
) -> None:
    server.next("answer", reason=reason)
    assert suggestion_in(classified(classifier, "Text")).reason == shown


@pytest.mark.parametrize("word", ["Billing", "billing ", "", "spam", None, 3, ["billing"]])
def test_a_category_outside_the_list_never_gets_through(
    server: GeminiServer, classifier: GeminiClassifier, word: Any
) -> None:
    server.next("answer", category=word)
    assert classified(classifier, "Text").suggestion is None


def test_a_full_answer_counts_even_when_the_limit_was_reached_with_its_last_character(
    server: GeminiServer, classifier: GeminiClassifier
) -> None:
    server.next("answer", finish="MAX_TOKENS")
    suggestion_in(classified(classifier, "Text"))


def test_orders_and_data_go_apart_and_the_schema_holds_the_allowed_words(
    server: GeminiServer, classifier: GeminiClassifier
) -> None:
    classified(classifier, "Nobody can reach the export page.", title="Export is down")
    asked = last_request(server)
    assert "Nobody can reach the export page." in asked.text
    assert "Export is down" in asked.text
    assert "Nobody can reach the export page." not in asked.orders
    assert [content["role"] for content in asked.body["contents"]] == ["user"]
    generation = asked.body["generationConfig"]
    properties = generation["responseSchema"]["properties"]
    assert generation["responseMimeType"] == "application/json"
    assert properties["category"]["enum"] == list(CATEGORIES)
    assert properties["priority"]["enum"] == list(PRIORITIES)
    assert generation["responseSchema"]["required"] == ["reason", "category", "priority", "confidence"]
    assert all(properties[name]["description"] for name in properties)
    assert generation["maxOutputTokens"] >= 512


def test_the_wait_we_tell_the_server_is_never_below_what_it_accepts(
    server: GeminiServer, classifier: GeminiClassifier
) -> None:
    verdict = classifier.classify(title="a", description="b", deadline_seconds=20)
    suggestion_in(verdict)
    assert int(last_request(server).headers["x-server-timeout"]) >= 10


@pytest.mark.parametrize("api_version", ["v1", "v1beta"])
def test_the_version_of_the_protocol_is_a_setting(server: GeminiServer, api_version: str) -> None:
    suggestion_in(classified(GeminiClassifier(KEY, MODEL, server.url, api_version), "Text"))
    assert last_request(server).path == f"/{api_version}/models/{MODEL}:generateContent"


def test_keys_and_switches_of_the_sdk_in_the_environment_are_not_used(
    server: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "another-key")
    monkeypatch.setenv("GEMINI_API_KEY", "a-third-key")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    suggestion_in(classified(GeminiClassifier(KEY, MODEL, server.url), "Text"))
    assert last_request(server).headers["x-goog-api-key"] == KEY


LEVEL = "Thinking level {} is not supported for this model. Please retry with other thinking level."


@pytest.mark.parametrize(
    ("said", "tried"),
    [
        ([], [{"thinking_level": "minimal"}]),
        ([LEVEL.format("MINIMAL")], [{"thinking_level": "minimal"}, {"thinking_level": "low"}]),
        (
            ["Thinking level is not supported for this model."],
            [{"thinking_level": "minimal"}, {"thinking_budget": 0}],
        ),
        (
            [
                "Thinking level is not supported for this model.",
                "Budget 0 is invalid. This model only works in thinking mode.",
            ],
            [{"thinking_level": "minimal"}, {"thinking_budget": 0}, {"thinking_budget": 128}],
        ),
        (["Thinking is not supported by this model."], [{"thinking_level": "minimal"}, None]),
    ],
)
def test_a_model_is_told_to_think_as_little_as_its_answers_allow(
    said: list[str], tried: list[dict[str, Any] | None]
) -> None:
    asked: list[Thinking | None] = [LEAST]
    for words in said:
        assert asked[-1] is not None
        asked.append(next_after(asked[-1], words))
    assert asked == tried


def test_whatever_is_refused_there_is_an_end() -> None:
    thinking: Thinking | None = LEAST
    refusals = 0
    while thinking is not None:
        thinking, refusals = next_after(thinking, "thinking level or other budget"), refusals + 1
    assert refusals == MOST_REFUSALS
    assert next_after({"thinking_level": "high"}, LEVEL.format("HIGH")) is None


@pytest.mark.parametrize(
    ("level", "sent"), [(None, {"thinking_level": "MINIMAL"}), ("high", {"thinking_level": "HIGH"})]
)
def test_the_thinking_configuration_is_sent_and_can_be_set_by_hand(
    server: GeminiServer, level: ThinkingLevel | None, sent: dict[str, Any]
) -> None:
    suggestion_in(classified(GeminiClassifier(KEY, MODEL, server.url, thinking_level=level), "Text"))
    assert last_request(server).body["generationConfig"].get("thinkingConfig") == sent


def test_a_model_that_refuses_thinking_is_asked_otherwise_and_remembered(own_server: GeminiServer) -> None:
    classifier = GeminiClassifier(KEY, MODEL, own_server.url, thinking_level="high")
    own_server.always("thinking-400")
    refused = classified(classifier, "First")
    assert (refused.suggestion, refused.refused_thinking, len(own_server.requests)) == (None, True, 1)
    assert [classified(classifier, text).refused_thinking for text in ("Second", "Third")] == [False, False]


def test_sixteen_threads_share_one_client_and_get_their_own_answers(
    server: GeminiServer, classifier: GeminiClassifier
) -> None:
    pairs = [(category, priority) for category in CATEGORIES for priority in PRIORITIES] * 6
    with ThreadPoolExecutor(16) as pool:
        verdicts = list(pool.map(lambda pair: classified(classifier, f"gemini:answer={pair[0]}/{pair[1]}"), pairs))
    answers = [(suggestion_in(verdict).category, suggestion_in(verdict).priority) for verdict in verdicts]
    assert answers == pairs


def test_a_forked_child_can_classify_with_the_parents_classifier(
    server: GeminiServer, classifier: GeminiClassifier
) -> None:
    suggestion_in(classified(classifier, "In the parent"))
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            verdict = classified(classifier, "gemini:answer=account/critical")
            os.write(writing, repr(verdict.suggestion or verdict.failure).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    assert "category='account', priority='critical'" in said
    suggestion_in(classified(classifier, "In the parent again"))


def test_a_fork_in_the_middle_of_calls_leaves_a_child_with_all_places_free(own_server: GeminiServer) -> None:
    classifier = GeminiClassifier(KEY, MODEL, own_server.url, max_calls_at_once=1)
    classifier.warm_up()
    own_server.next("hold")
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(classified, classifier, "Held")
        own_server.wait_for_requests(1)
        child = os.fork()
        if child == 0:
            succeeded = False
            try:
                succeeded = classified(classifier, "In the child").suggestion is not None
            finally:
                os._exit(0 if succeeded else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        own_server.release()
        suggestion_in(held.result())


def test_a_second_call_reuses_the_connection_and_costs_little(
    server: GeminiServer, classifier: GeminiClassifier
) -> None:
    classified(classifier, "Warm")
    seconds = []
    for _ in range(10):
        started = time.monotonic()
        suggestion_in(classified(classifier, "Text"))
        seconds.append(time.monotonic() - started)
    assert min(seconds) < 0.1


def test_importing_the_package_does_not_import_the_sdk() -> None:
    program = "import sys, ticketapp.ai; print({'google.genai', 'httpx2'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


def test_both_classifiers_keep_the_promise_of_the_protocol(classifier: GeminiClassifier) -> None:
    for each in (classifier, UnconfiguredClassifier()):
        promised: Classifier = each
        assert promised.model
        assert promised.prompt_version == "v3"
    assert (classifier.is_configured, UnconfiguredClassifier().is_configured) == (True, False)


@pytest.mark.parametrize(
    ("key", "model", "url", "problem"),
    [
        ("", MODEL, None, "API key is empty"),
        ("secret key", MODEL, None, "characters that no key has"),
        ("sécret", MODEL, None, "characters that no key has"),
        ("secret\n", MODEL, None, "characters that no key has"),
        (KEY, "", None, "no model name"),
        (KEY, "../x", None, "no model name"),
        (KEY, "gemini 3", None, "no model name"),
        (KEY, MODEL, "generativelanguage.googleapis.com", "no address for Gemini"),
        (KEY, MODEL, "", "no address for Gemini"),
    ],
)
def test_arguments_that_can_never_work_are_refused_when_it_is_made(
    key: str, model: str, url: str | None, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem) as refused:
        GeminiClassifier(key, model, url)
    assert not key or key not in str(refused.value)


def test_an_unknown_prompt_version_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(LookupError, match="known are v1"):
        GeminiClassifier(KEY, MODEL, prompt_version="v0")
