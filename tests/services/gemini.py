"""A server that speaks Gemini's generateContent protocol over real HTTP, in every way it can go right or wrong.

    with GeminiServer() as server:
        GeminiClassifier("test-key", "gemini-3.5-flash-lite", base_url=server.url)
        server.next("429", retry_after=7)        # the next request only
        server.always("503")                     # until always(None)

A customer's text that holds `gemini:NAME` or `gemini:NAME=VALUE` chooses its own behaviour (`gemini:hang`,
`gemini:429=7`, `gemini:answer=billing/high`); otherwise keywords in the text decide. By hand:
`python -m tests.services.gemini --port 8099 --delay-ms 300`.
"""

import argparse
import json
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.services.gemini_behaviours import BEHAVIOURS, VALUE_NAMES, Reply

ROUTE = re.compile(r"^/(v1|v1beta)/models/([^:/]+):generateContent$")
MARKER = re.compile(r"gemini:([a-z0-9-]+)(?:=([\w./-]+))?")
KNOWN_FIELDS = {"contents", "systemInstruction", "generationConfig", "safetySettings", "tools", "toolConfig"}
MIN_DEADLINE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived. `orders` is the system instruction, `text` the contents."""

    path: str
    api_version: str
    model: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    orders: str
    text: str
    received_at: float


class GeminiServer:
    """The server, started by `with` and stopped after it. `url` is what a client takes as its base URL."""

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        good_key: str = "test-key",
        models: frozenset[str] | None = None,
        delay_seconds: float = 0.0,
    ) -> None:
        self.good_key = good_key
        self.models = models
        self.delay_seconds = delay_seconds
        self.stopping = threading.Event()
        self.released = threading.Event()
        self._changed = threading.Condition()
        self._requests: list[Asked] = []
        self._queue: deque[tuple[str, dict[str, Any]]] = deque()
        self._always: tuple[str, dict[str, Any]] | None = None
        self._http = _Server((host, port), _Handler)
        self._http.gemini = self
        self.url = f"http://{host}:{self._http.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), name="gemini-server", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.release()
        self._http.shutdown()
        self._http.server_close()

    @property
    def requests(self) -> list[Asked]:
        """Every generateContent request so far, in order of arrival."""
        with self._changed:
            return list(self._requests)

    def next(self, behaviour: str, **options: Any) -> None:
        """Queue a behaviour for one request; queued ones are used up in order, before anything else counts."""
        self._queue.append((_known(behaviour), options))

    def always(self, behaviour: str | None, **options: Any) -> None:
        """The behaviour of every request without a queued one; None ends it."""
        self._always = None if behaviour is None else (_known(behaviour), options)

    def release(self) -> None:
        """Let every request go on that the behaviour "hold" is holding now."""
        gate, self.released = self.released, threading.Event()
        gate.set()

    def reset(self) -> None:
        """Forget the requests and the chosen behaviours; let go what is held."""
        with self._changed:
            self._requests.clear()
            self._queue.clear()
            self._always = None
        self.release()

    def wait_for_requests(self, count: int, *, timeout_seconds: float = 10.0) -> None:
        """Return once `count` requests have arrived; AssertionError when they do not."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self._requests) >= count, timeout_seconds)
            assert arrived, f"{len(self._requests)} of {count} requests arrived in {timeout_seconds} s"

    def record(self, asked: Asked) -> tuple[str, dict[str, Any]]:
        """Keep the request; which behaviour it gets."""
        with self._changed:
            self._requests.append(asked)
            self._changed.notify_all()
            if self._queue:
                return self._queue.popleft()
        return self._always or _marked(asked.text) or ("ok", {})


def _known(behaviour: str) -> str:
    if behaviour not in BEHAVIOURS:
        raise LookupError(f"no behaviour {behaviour!r}; there are {', '.join(sorted(BEHAVIOURS))}")
    return behaviour


def _marked(text: str) -> tuple[str, dict[str, Any]] | None:
    match = MARKER.search(text)
    if match is None or match[1] not in BEHAVIOURS:
        return None
    name, value = match[1], match[2]
    return name, {VALUE_NAMES[name]: value} if value is not None and name in VALUE_NAMES else {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    gemini: GeminiServer

    def server_activate(self) -> None:
        super().server_activate()
        # What poll() called ready may be gone: accept() would wait then, deaf to all else (select(2), BUGS).
        self.socket.settimeout(0.5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that does not wait is what many tests want
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # without it every answer takes 40 ms
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        pass  # what was asked is in server.requests

    def do_GET(self) -> None:
        Reply(self).send(200, b"ok", content_type="text/plain")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply, route = Reply(self), ROUTE.match(self.path)
        if route is None:
            return reply.error(404, "NOT_FOUND", f"no method at {self.path}")
        try:
            body = json.loads(raw)
            asked = _asked(self, body, route)
        except (ValueError, TypeError, AttributeError, KeyError):
            return reply.error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.")
        gemini = self.server.gemini
        behaviour, options = gemini.record(asked)
        time.sleep(gemini.delay_seconds)
        if not self._refused(reply, asked):
            BEHAVIOURS[behaviour](reply, asked, gemini, **options)
        return None

    def _refused(self, reply: Reply, asked: Asked) -> bool:
        gemini, key = self.server.gemini, asked.headers.get("x-goog-api-key")
        deadline = float(asked.headers.get("x-server-timeout", MIN_DEADLINE_SECONDS))
        unknown = set(asked.body) - KNOWN_FIELDS
        if key is None:
            reply.error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers.")
        elif key != gemini.good_key:
            reply.refused_key()
        elif gemini.models is not None and asked.model not in gemini.models:
            reply.error(404, "NOT_FOUND", f"models/{asked.model} is not found for API version {asked.api_version}")
        elif unknown:
            reply.error(400, "INVALID_ARGUMENT", f'Unknown name "{min(unknown)}": Cannot find field.')
        elif deadline < MIN_DEADLINE_SECONDS:
            message = f"Manually set deadline {deadline:g}s is too short. Minimum allowed deadline is 10s."
            reply.error(400, "INVALID_ARGUMENT", message)
        else:
            return False
        return True


def _asked(handler: _Handler, body: Mapping[str, Any], route: re.Match[str]) -> Asked:
    orders = (body.get("systemInstruction") or {}).get("parts", [])
    return Asked(
        path=handler.path,
        api_version=route[1],
        model=route[2],
        headers={name.lower(): value for name, value in handler.headers.items()},
        body=body,
        orders="".join(part.get("text", "") for part in orders),
        text="".join(part.get("text", "") for content in body["contents"] for part in content["parts"]),
        received_at=time.time(),
    )


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A server that speaks Gemini's generateContent protocol.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="test-key", help="the only key that is accepted")
    parser.add_argument("--delay-ms", type=int, default=0, help="how long every answer takes")
    parser.add_argument("--always", choices=sorted(BEHAVIOURS), help="one behaviour for every request")
    wanted = parser.parse_args()
    server = GeminiServer(
        host=wanted.host, port=wanted.port, good_key=wanted.key, delay_seconds=wanted.delay_ms / 1000
    )
    server.always(wanted.always)
    with server:
        print(server.url, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
