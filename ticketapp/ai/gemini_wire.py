"""One call to Gemini through the google-genai SDK. Importing it imports the SDK (about a second): do so late."""

import math
import time
from collections.abc import Iterator
from contextvars import ContextVar

import httpx2
from google import genai
from google.genai import errors, types

from ticketapp.ai.answers import AnswerShape, Outcome, read_text
from ticketapp.ai.failures import Failure, FailureKind
from ticketapp.ai.gemini_errors import failure_from, is_about_thinking
from ticketapp.ai.prompting import Request
from ticketapp.ai.suggestion import Suggestion
from ticketapp.ai.thinking import Thinking

# Thinking counts against it, and an answer that thought too long would come back empty.
MAX_OUTPUT_TOKENS = 2048
MAX_ANSWER_BYTES = 1_000_000
# Many times what the longest question takes. Figures beyond that would not fit the database, and use up any pace.
MOST_TOKENS = 1_000_000
# Gemini answers 400 "Manually set deadline 4s is too short. Minimum allowed deadline is 10s." to less.
MIN_SERVER_TIMEOUT_SECONDS = 10

_BLOCKED = frozenset(
    {
        types.FinishReason.SAFETY,
        types.FinishReason.RECITATION,
        types.FinishReason.BLOCKLIST,
        types.FinishReason.PROHIBITED_CONTENT,
        types.FinishReason.SPII,
        types.FinishReason.LANGUAGE,
        types.FinishReason.ESCALATION,
        types.FinishReason.MODEL_ARMOR,
    }
)

_call_ends_at: ContextVar[float] = ContextVar("call_ends_at", default=math.inf)


class _BoundedBody(httpx2.SyncByteStream):
    """A response body that ends with its call's deadline and at a set size. (Timeouts are per read only.)"""

    def __init__(self, body: httpx2.SyncByteStream) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._body:
            size += len(chunk)
            if size > MAX_ANSWER_BYTES:
                raise httpx2.DecodingError(f"the answer is longer than {MAX_ANSWER_BYTES} bytes")
            if time.monotonic() > _call_ends_at.get():
                raise httpx2.ReadTimeout("the answer was still coming when the time was up")
            yield chunk

    def close(self) -> None:
        self._body.close()


def build_client(
    *, api_key: str, base_url: str | None, api_version: str | None, connect_timeout_seconds: float
) -> genai.Client:
    """A client that never retries by itself and follows no redirect (one would carry the key elsewhere)."""

    def shorten_connecting(request: httpx2.Request) -> None:
        timeout = request.extensions["timeout"]
        timeout["connect"] = min(timeout["connect"], connect_timeout_seconds)

    def bound_body(response: httpx2.Response) -> None:
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _BoundedBody(response.stream)

    hooks = {"request": [shorten_connecting], "response": [bound_body]}
    return genai.Client(
        api_key=api_key,
        vertexai=False,
        http_options=types.HttpOptions(
            base_url=base_url,
            api_version=api_version,
            client_args={"event_hooks": hooks, "follow_redirects": False},
        ),
    )


def ask_gemini(
    client: genai.Client,
    *,
    model: str,
    request: Request,
    thinking: Thinking | None,
    read_timeout_seconds: float,
    ends_at: float,
) -> Outcome:
    """What came of the request, sent once; where the model did not take ``thinking``, the outcome says so."""
    _call_ends_at.set(ends_at)
    timeout = min(read_timeout_seconds, ends_at - time.monotonic())
    if timeout <= 0:
        return Outcome(failure=Failure.of(FailureKind.TIMED_OUT))
    try:
        config = _config(request, thinking, timeout)
        return _outcome(client.models.generate_content(model=model, contents=request.data, config=config))
    except errors.APIError as error:
        refused = str(error.details) if thinking is not None and is_about_thinking(error) else None
        return Outcome(failure=failure_from(error), refused_thinking=refused)
    except Exception as error:  # noqa: BLE001 - a classifier never raises; an unknown error is told as one
        return Outcome(failure=failure_from(error))


def _config(request: Request, thinking: Thinking | None, timeout_seconds: float) -> types.GenerateContentConfig:
    server_timeout = max(MIN_SERVER_TIMEOUT_SECONDS, math.ceil(timeout_seconds))
    return types.GenerateContentConfig(
        system_instruction=request.orders,
        response_mime_type="application/json",
        response_schema=AnswerShape,
        max_output_tokens=MAX_OUTPUT_TOKENS,
        thinking_config=None if thinking is None else types.ThinkingConfig.model_validate(thinking),
        http_options=types.HttpOptions(
            timeout=math.ceil(timeout_seconds * 1000), headers={"X-Server-Timeout": str(server_timeout)}
        ),
    )


def _outcome(response: types.GenerateContentResponse) -> Outcome:
    read = _read(response)
    usage = response.usage_metadata or types.GenerateContentResponseUsageMetadata()
    return Outcome(
        suggestion=read if isinstance(read, Suggestion) else None,
        failure=read if isinstance(read, Failure) else None,
        tokens_in=_tokens(usage.prompt_token_count),
        tokens_out=_tokens(usage.candidates_token_count, usage.thoughts_token_count),
    )


def _tokens(*counts: int | None) -> int | None:
    """All of them together; None where none was told, or one that no answer to a question of ours can have."""
    told = [count for count in counts if count is not None]
    is_believable = all(0 <= count <= MOST_TOKENS for count in told)
    return sum(told) if told and is_believable else None


def _read(response: types.GenerateContentResponse) -> Suggestion | Failure:
    if response.prompt_feedback is not None and response.prompt_feedback.block_reason is not None:
        return Failure.of(FailureKind.BLOCKED, f"blockReason {response.prompt_feedback.block_reason.value}")
    if not response.candidates:
        return Failure.of(FailureKind.EMPTY, "no candidates")
    finish = response.candidates[0].finish_reason
    if finish in _BLOCKED:
        return Failure.of(FailureKind.BLOCKED, f"finishReason {finish.value}")
    text = (response.text or "").strip()
    read = read_text(text) if text else Failure.of(FailureKind.EMPTY)
    if isinstance(read, Failure) and finish is not None and finish is not types.FinishReason.STOP:
        cut = finish is types.FinishReason.MAX_TOKENS
        return Failure.of(FailureKind.CUT_OFF if cut else read.kind, f"finishReason {finish.value} {read.detail}")
    return read
