"""Every way Gemini can fail, through the real SDK: what it is called, whether it is tried again, and no key in it."""

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.ai.conftest import KEY, MODEL
from tests.services.gemini import GeminiServer
from ticketapp.ai import Failure, FailureKind, GeminiClassifier, UnconfiguredClassifier, Verdict
from ticketapp.ai.failures import MAX_DETAIL_CHARACTERS

PERMANENT = {
    FailureKind.NO_KEY,
    FailureKind.BLOCKED,
}


def verdict_on(classifier: GeminiClassifier, deadline_seconds: float = 5.0) -> Verdict:
    return classifier.classify(title="Hello", description="Something is odd.", deadline_seconds=deadline_seconds)


def failure_of(classifier: GeminiClassifier) -> Failure:
    verdict = verdict_on(classifier)
    assert verdict.suggestion is None
    assert verdict.failure is not None
    return verdict.failure


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        ("malformed", FailureKind.UNREADABLE),
        ("prose", FailureKind.UNREADABLE),
        ("fenced", FailureKind.UNREADABLE),
        ("extra-field", FailureKind.UNREADABLE),
        ("missing-field", FailureKind.UNREADABLE),
        ("wrong-word", FailureKind.OUT_OF_RANGE),
        ("max-tokens", FailureKind.CUT_OFF),
        ("blank-text", FailureKind.EMPTY),
        ("empty-candidates", FailureKind.EMPTY),
        ("empty-body", FailureKind.EMPTY),
        ("json-array", FailureKind.EMPTY),
        ("wrong-shape", FailureKind.EMPTY),
        ("html", FailureKind.UNREADABLE),
        ("flood", FailureKind.UNREADABLE),
        ("redirect", FailureKind.UNREADABLE),
        ("blocked", FailureKind.BLOCKED),
        ("safety", FailureKind.BLOCKED),
        ("400", FailureKind.REFUSED_KEY),
        ("401", FailureKind.REFUSED_KEY),
        ("403", FailureKind.REFUSED_KEY),
        ("404", FailureKind.UNKNOWN_MODEL),
        ("bad-request", FailureKind.BAD_REQUEST),
        ("429", FailureKind.RATE_LIMITED),
        ("500", FailureKind.UNAVAILABLE),
        ("503", FailureKind.UNAVAILABLE),
        ("503-html", FailureKind.UNAVAILABLE),
        ("504", FailureKind.TIMED_OUT),
        ("drop", FailureKind.UNREACHABLE),
        ("drop-halfway", FailureKind.UNREACHABLE),
        ("garbage", FailureKind.UNREACHABLE),
    ],
)
def test_each_way_to_fail_has_its_own_name_and_is_asked_once(
    server: GeminiServer, classifier: GeminiClassifier, behaviour: str, kind: FailureKind
) -> None:
    before = len(server.requests)
    server.next(behaviour)
    failure = failure_of(classifier)
    assert (failure.kind, failure.retryable) == (kind, kind not in PERMANENT)
    assert failure.sentence == kind.sentence
    assert len(server.requests) == before + 1
    assert "\n" not in failure.detail
    assert len(failure.detail) <= MAX_DETAIL_CHARACTERS


@pytest.mark.parametrize(
    ("code", "status", "message", "reason", "kind"),
    [
        (402, "RESOURCE_EXHAUSTED", "Your Prepay credit balance is depleted.", "", FailureKind.BILLING),
        (402, "FAILED_PRECONDITION", "Payment required.", "", FailureKind.BILLING),
        (429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.", "", FailureKind.BILLING),
        (429, "RESOURCE_EXHAUSTED", "Your project has exceeded its monthly spending cap.", "", FailureKind.BILLING),
        (429, "RESOURCE_EXHAUSTED", "Please check your plan and billing details.", "", FailureKind.RATE_LIMITED),
        (
            400,
            "FAILED_PRECONDITION",
            "Gemini API free tier is not available in your country. Please enable billing on your project.",
            "",
            FailureKind.BILLING,
        ),
        (
            400,
            "FAILED_PRECONDITION",
            "User location is not supported for the API use.",
            "",
            FailureKind.REFUSED_ACCOUNT,
        ),
        (403, "PERMISSION_DENIED", "Billing is not enabled.", "BILLING_DISABLED", FailureKind.BILLING),
        (403, "PERMISSION_DENIED", "The API is disabled.", "SERVICE_DISABLED", FailureKind.REFUSED_ACCOUNT),
        (403, "PERMISSION_DENIED", "It has been suspended.", "CONSUMER_SUSPENDED", FailureKind.REFUSED_ACCOUNT),
        (403, "PERMISSION_DENIED", "Referer is blocked.", "API_KEY_HTTP_REFERRER_BLOCKED", FailureKind.REFUSED_KEY),
        (401, "UNAUTHENTICATED", "The account is deleted.", "ACCOUNT_STATE_INVALID", FailureKind.REFUSED_ACCOUNT),
        (400, "INVALID_ARGUMENT", "API key expired.", "API_KEY_EXPIRED", FailureKind.REFUSED_KEY),
        (400, "INVALID_ARGUMENT", "Invalid value at 'contents'.", "", FailureKind.BAD_REQUEST),
        (413, "INVALID_ARGUMENT", "Request payload is too large.", "", FailureKind.BAD_REQUEST),
        (405, "", "Method not allowed.", "", FailureKind.UNAVAILABLE),
        (409, "ABORTED", "The operation was aborted.", "", FailureKind.UNAVAILABLE),
        (499, "CANCELLED", "The operation was cancelled.", "", FailureKind.UNAVAILABLE),
        (503, "UNAVAILABLE", "Overloaded.", "BILLING_DISABLED", FailureKind.UNAVAILABLE),
    ],
)
def test_what_is_about_the_account_or_the_service_is_not_taken_for_the_questions_fault(
    server: GeminiServer,
    classifier: GeminiClassifier,
    code: int,
    status: str,
    message: str,
    reason: str,
    kind: FailureKind,
) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    error = {"code": code, "status": status, "message": message, "details": details}
    server.next("told", status=code, body={"error": error})
    assert failure_of(classifier).kind is kind


def test_after_every_failure_the_same_classifier_works_again(
    server: GeminiServer, classifier: GeminiClassifier
) -> None:
    for behaviour in ("drop", "html", "503"):
        server.next(behaviour)
        failure_of(classifier)
        assert verdict_on(classifier).suggestion is not None


def test_a_wrong_key_is_refused_and_shown_nowhere(server: GeminiServer) -> None:
    wrong = "AIzaSyWrongKeyThatMustNotBeShownEither"
    verdict = verdict_on(GeminiClassifier(wrong, MODEL, base_url=server.url))
    assert verdict.failure is not None
    assert verdict.failure.kind is FailureKind.REFUSED_KEY
    assert wrong not in repr(verdict)


@pytest.mark.parametrize("before", [0, *range(230, 300, 7)])
def test_a_key_that_the_server_echoes_is_cut_out_wherever_it_stands(
    server: GeminiServer, classifier: GeminiClassifier, before: int
) -> None:
    server.next("echoed-key", before=before)
    verdict = verdict_on(classifier)
    assert KEY[:8] not in repr(verdict)


def test_no_log_line_holds_the_key(
    server: GeminiServer, classifier: GeminiClassifier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for behaviour in ("ok", "400", "echoed-key", "503", "drop"):
        server.next(behaviour)
        verdict_on(classifier)
    assert "generateContent" in caplog.text
    assert KEY not in caplog.text


def test_a_redirect_is_not_followed_with_the_key(server: GeminiServer, classifier: GeminiClassifier) -> None:
    with GeminiServer(good_key=KEY) as elsewhere:
        server.next("redirect", to=f"{elsewhere.url}/v1/models/{MODEL}:generateContent", status=307)
        assert failure_of(classifier).kind is FailureKind.UNREADABLE
        assert elsewhere.requests == []


def test_a_model_the_server_does_not_have_is_named_in_the_detail() -> None:
    with GeminiServer(good_key=KEY, models=frozenset({MODEL})) as choosy:
        failure = failure_of(GeminiClassifier(KEY, "gemini-9-none", base_url=choosy.url))
    assert failure.kind is FailureKind.UNKNOWN_MODEL
    assert "gemini-9-none" in failure.detail


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert failure_of(GeminiClassifier(KEY, MODEL, base_url=url)).kind is FailureKind.UNREACHABLE


def test_a_host_that_does_not_exist_is_unreachable() -> None:
    lost = GeminiClassifier(KEY, MODEL, base_url="http://gemini.invalid")
    assert failure_of(lost).kind in {FailureKind.UNREACHABLE, FailureKind.TIMED_OUT}


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({"retry_after": 7}, 7.0),
        ({"retry_info": "17.5s"}, 17.5),
        ({"retry_after": 9, "retry_info": "3s"}, 9.0),
        ({"retry_after": 7200}, 7200.0),
        ({"retry_after": 10**9}, 86_400.0),
        ({"retry_after": "-5"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:00 +99999999999999999"}, None),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:00 +2400"}, None),
        ({"retry_after": "Wed, 21 Oct 99999999999 07:28:00 GMT"}, None),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:00 +99999999999999999", "retry_info": "3s"}, 3.0),
        ({"retry_info": "later"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_taken_from_the_header_or_the_details(
    server: GeminiServer, classifier: GeminiClassifier, options: dict[str, str], seconds: float | None
) -> None:
    server.next("429", **options)
    assert failure_of(classifier).retry_after_seconds == seconds


@pytest.mark.parametrize(("minutes", "low", "high"), [(2, 110, 121), (-2, 0, 0)])
def test_a_retry_after_date_is_turned_into_seconds(
    server: GeminiServer, classifier: GeminiClassifier, minutes: int, low: float, high: float
) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    server.next("429", retry_after=format_datetime(moment, usegmt=True))
    seconds = failure_of(classifier).retry_after_seconds
    assert seconds is not None
    assert low <= seconds <= high


def test_without_a_key_every_call_says_so_at_once() -> None:
    unconfigured = UnconfiguredClassifier()
    verdict = unconfigured.classify(title="a", description="b", deadline_seconds=1)
    assert verdict.failure is not None
    assert (verdict.failure.kind, verdict.failure.retryable) == (FailureKind.NO_KEY, False)
    assert unconfigured.is_configured is False


@pytest.mark.parametrize("kind", FailureKind)
def test_every_kind_has_a_plain_sentence(kind: FailureKind) -> None:
    assert kind.sentence.endswith(".")
    assert kind.is_retryable is (kind not in PERMANENT)


def test_a_verdict_holds_exactly_one_of_suggestion_and_failure() -> None:
    with pytest.raises(ValueError, match="either"):
        Verdict(suggestion=None, failure=None, model="m", prompt_version="v1", latency_ms=1)


def test_what_is_wrong_with_the_client_is_said_by_the_first_question_not_by_warming_up(
    server: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")
    classifier = GeminiClassifier(KEY, MODEL, server.url)
    classifier.warm_up()
    failure = failure_of(classifier)
    assert (failure.kind, "FileNotFoundError" in failure.detail) == (FailureKind.UNEXPECTED, True)
