"""What the Gemini-speaking server can do with one request: answer from keywords, or fail in a named way."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.services.gemini import Asked, GeminiServer

CATEGORY_WORDS = {
    "billing": r"invoice|charge|refund|payment|paid|billing|subscription|price|vat\b|rechnung|factur",
    "account": r"password|passwort|log ?in|sign ?in|locked out|invite|two-factor|\b2fa\b|my access|delete my account",
    "technical": r"error|crash|bug\b|outage|broken|slow|fails?\b|api\b|timeout|export|is down|fehler",
}
PRIORITY_WORDS = {
    "critical": r"outage|is down|data loss|lost data|breach|everyone|all (our )?users|nobody can",
    "high": r"cannot|can't|unable|locked out|twice|deadline",
    "low": r"typo|wonder|feature|thank|lovely|question|colou?r",
}


class Reply:
    """The sending side of one exchange."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._handler = handler

    def send(
        self,
        status: int,
        body: bytes,
        *,
        content_type: str = "application/json; charset=UTF-8",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._handler.send_response(status)
        for name, value in {"Content-Type": content_type, **(headers or {})}.items():
            self._handler.send_header(name, value)
        self._handler.send_header("Content-Length", str(len(body)))
        self._handler.end_headers()
        self._handler.wfile.write(body)

    def json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        self.send(status, json.dumps(body).encode(), headers=headers)

    def text(self, text: str, *, finish: str = "STOP") -> None:
        candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": finish, "index": 0}
        self.json(200, {"candidates": [candidate], "usageMetadata": USAGE, "modelVersion": "gemini-test"})

    def error(
        self,
        status: int,
        name: str,
        message: str,
        *,
        details: list[dict[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        error = {"code": status, "message": message, "status": name, **({"details": details} if details else {})}
        self.json(status, {"error": error}, headers)

    def refused_key(self) -> None:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
        message = "API key not valid. Please pass a valid API key."
        self.error(400, "INVALID_ARGUMENT", message, details=[info])

    def raw(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def hang_up(self) -> None:
        self._handler.close_connection = True
        self._handler.connection.shutdown(socket.SHUT_RDWR)


Behaviour = Callable[..., None]
USAGE = {"promptTokenCount": 900, "candidatesTokenCount": 40, "thoughtsTokenCount": 5, "totalTokenCount": 945}


def suggested(text: str) -> dict[str, Any]:
    """What the keywords in a text make of it, in the shape of a full answer."""
    text = text.lower()
    hits = {category: len(re.findall(words, text)) for category, words in CATEGORY_WORDS.items()}
    category = max(hits, key=lambda name: hits[name]) if any(hits.values()) else "general"
    found = (priority for priority, words in PRIORITY_WORDS.items() if re.search(words, text))
    priority = next(found, "medium")
    reason = f"Reads like {category}, and the stated harm is {priority}."
    return {"reason": reason, "category": category, "priority": priority, "confidence": 0.83}


def _ok(reply: Reply, asked: Asked, server: GeminiServer) -> None:
    reply.text(json.dumps(suggested(asked.text)))


def _answer(
    reply: Reply,
    asked: Asked,
    server: GeminiServer,
    *,
    value: str = "",
    omit: tuple[str, ...] = (),
    finish: str = "STOP",
    **fields: Any,
) -> None:
    named = dict(zip(("category", "priority"), filter(None, value.split("/")), strict=False))
    answer = {**suggested(asked.text), **named, **fields}
    reply.text(json.dumps({name: answer[name] for name in answer if name not in omit}), finish=finish)


def _text(text: str, finish: str = "STOP") -> Behaviour:
    return lambda reply, asked, server: reply.text(text, finish=finish)


def _says(reply: Reply, asked: Asked, server: GeminiServer, *, text: str) -> None:
    reply.text(text)


def _fenced(reply: Reply, asked: Asked, server: GeminiServer) -> None:
    reply.text(f"```json\n{json.dumps(suggested(asked.text))}\n```")


def _json(status: int, body: Any) -> Behaviour:
    return lambda reply, asked, server: reply.json(status, body)


def _told(
    reply: Reply,
    asked: Asked,
    server: GeminiServer,
    *,
    status: int = 200,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    **usage: Any,
) -> None:
    """``body`` as it is; without one a full answer that claims to have used what ``usage`` says."""
    if body is None:
        parts = [{"text": json.dumps(suggested(asked.text))}]
        candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
        body = {"candidates": [candidate], "usageMetadata": usage}
    reply.json(status, body, headers)


def _body(status: int, body: bytes, content_type: str = "text/html") -> Behaviour:
    return lambda reply, asked, server: reply.send(status, body, content_type=content_type)


def _redirect(reply: Reply, asked: Asked, server: GeminiServer, *, to: str = "/elsewhere", status: int = 302) -> None:
    reply.send(status, b"", headers={"Location": to})


def _error(status: int, name: str, message: str) -> Behaviour:
    return lambda reply, asked, server: reply.error(status, name, message)


def _rate_limited(
    reply: Reply,
    asked: Asked,
    server: GeminiServer,
    *,
    retry_after: float | str | None = None,
    retry_info: str | None = None,
) -> None:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": retry_info}
    reply.error(
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details.",
        details=[info] if retry_info else None,
        headers={} if retry_after is None else {"Retry-After": str(retry_after)},
    )


def _echoed_key(reply: Reply, asked: Asked, server: GeminiServer, *, before: int = 0) -> None:
    message = "x" * before + f" API key {asked.headers['x-goog-api-key']} has no right to do this"
    reply.error(403, "PERMISSION_DENIED", message)


def _hang(reply: Reply, asked: Asked, server: GeminiServer, *, seconds: float | str = 60) -> None:
    if not server.stopping.wait(float(seconds)):
        _ok(reply, asked, server)


def _hold(reply: Reply, asked: Asked, server: GeminiServer) -> None:
    server.released.wait(60)
    _ok(reply, asked, server)


def _drip(reply: Reply, asked: Asked, server: GeminiServer, *, seconds: float | str = 60) -> None:
    reply.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    _one_byte_at_a_time(reply, server, float(seconds))


def _drip_headers(reply: Reply, asked: Asked, server: GeminiServer, *, seconds: float | str = 60) -> None:
    reply.raw(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _one_byte_at_a_time(reply, server, float(seconds))


def _one_byte_at_a_time(reply: Reply, server: GeminiServer, seconds: float) -> None:
    for _ in range(round(seconds / 0.1)):
        if server.stopping.wait(0.1):
            return
        try:
            reply.raw(b" ")
        except OSError:
            return


def _flood(reply: Reply, asked: Asked, server: GeminiServer) -> None:
    reply.text(" " * 3_000_000 + json.dumps(suggested(asked.text)))


def _drop(reply: Reply, asked: Asked, server: GeminiServer) -> None:
    reply.hang_up()


def _drop_halfway(reply: Reply, asked: Asked, server: GeminiServer) -> None:
    reply.raw(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"candidates": [')
    reply.hang_up()


def _garbage(reply: Reply, asked: Asked, server: GeminiServer) -> None:
    reply.raw(b"\x00\x01 this is no HTTP\r\n\r\n")
    reply.hang_up()


def _thinking_refused(reply: Reply, asked: Asked, server: GeminiServer) -> None:
    if "thinkingConfig" in asked.body.get("generationConfig", {}):
        message = "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level."
        return reply.error(400, "INVALID_ARGUMENT", message)
    return _ok(reply, asked, server)


_FINISHED_UNSAFE = {
    "candidates": [{"finishReason": "SAFETY", "index": 0}],
    "usageMetadata": {"promptTokenCount": 900},
}
_BLOCKED = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 900}}

# The option that `gemini:NAME=VALUE` in a text sets.
VALUE_NAMES = {
    "answer": "value",
    "429": "retry_after",
    "hang": "seconds",
    "drip": "seconds",
    "drip-headers": "seconds",
}

BEHAVIOURS: dict[str, Behaviour] = {
    "ok": _ok,
    "answer": _answer,
    "says": _says,
    "told": _told,
    "malformed": _text('{"category": "billing", "prio'),
    "prose": _text("This looks like a billing question to me."),
    "fenced": _fenced,
    "wrong-word": _text('{"reason": "r", "category": "spaceship", "priority": "high", "confidence": 0.9}'),
    "extra-field": _text(
        '{"reason": "r", "category": "billing", "priority": "high", "confidence": 0.9, "note": "x"}'
    ),
    "missing-field": _text('{"reason": "r", "category": "billing", "confidence": 0.9}'),
    "blank-text": _text("  \n"),
    "max-tokens": _text('{"reason": "The customer', finish="MAX_TOKENS"),
    "empty-candidates": _json(200, {"candidates": [], "usageMetadata": {}}),
    "empty-body": _body(200, b"", "application/json"),
    "json-array": _json(200, [1, 2, 3]),
    "wrong-shape": _json(200, {"candidates": "many"}),
    "blocked": _json(200, _BLOCKED),
    "safety": _json(200, _FINISHED_UNSAFE),
    "html": _body(200, b"<html><body>Please sign in to the hotel's network</body></html>"),
    "redirect": _redirect,
    "flood": _flood,
    "400": lambda reply, asked, server: reply.refused_key(),
    "bad-request": _error(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "401": _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "403": _error(403, "PERMISSION_DENIED", "The caller does not have permission"),
    "404": _error(404, "NOT_FOUND", "models/none is not found for API version v1"),
    "429": _rate_limited,
    "500": _error(500, "INTERNAL", "An internal error has occurred."),
    "503": _error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "503-html": _body(503, b"<html><h1>503 Service Unavailable</h1></html>"),
    "504": _error(504, "DEADLINE_EXCEEDED", "The request timed out."),
    "echoed-key": _echoed_key,
    "thinking-400": _thinking_refused,
    "hang": _hang,
    "hold": _hold,
    "drip": _drip,
    "drip-headers": _drip_headers,
    "drop": _drop,
    "drop-halfway": _drop_halfway,
    "garbage": _garbage,
}
