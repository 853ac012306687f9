"""A token issuer over real HTTP: OpenID discovery, the refresh grant, and introspection for a Dovecot."""

import base64
import itertools
import json
import threading
import time
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

CLIENT_ID = "ticketapp"
CLIENT_SECRET = "hunter2-client-secret"


class Mood(Enum):
    """What the issuer does when it is asked for a token."""

    GIVE = "gives one"
    REFUSE_TOKEN = "400 invalid_grant, and repeats the refresh token in its words"
    REFUSE_CLIENT = "401 invalid_client"
    FAIL = "503 with a page of HTML"
    HANG = "takes the request and says nothing"
    FLOOD = "sends without end"


@dataclass(slots=True)
class Given:
    """An access token: whose it is, and whether the issuer still stands by it."""

    user: str
    is_active: bool = True


@dataclass(slots=True)
class Issuer:
    """The issuer, started by ``with``. ``rotates`` exchanges the refresh token with each grant."""

    user: str
    good_for_seconds: int = 3600
    refresh_ends_in: dict[str, int] = field(default_factory=dict)
    rotates: bool = False
    wants_basic: bool = False
    mood: Mood = Mood.GIVE
    calls_itself: str = ""
    refresh_token: str = "refresh-1"
    given: dict[str, Given] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _http: ThreadingHTTPServer | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.issuer = self  # type: ignore[attr-defined]  # the handler finds us by it
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._http is not None
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        """The issuer's address."""
        assert self._http is not None
        return f"http://127.0.0.1:{self._http.server_port}"

    def revoke_all(self) -> None:
        """Stand by no access token that was given so far."""
        for given in self.given.values():
            given.is_active = False

    def discovery(self) -> tuple[int, dict[str, object]]:
        """The OpenID configuration."""
        ways = ["client_secret_basic"] if self.wants_basic else ["client_secret_post", "client_secret_basic"]
        issuer = self.calls_itself or self.url
        return 200, {
            "issuer": issuer,
            "token_endpoint": f"{self.url}/token",
            "token_endpoint_auth_methods_supported": ways,
        }

    def grant(self, form: dict[str, str], login: tuple[str, str] | None) -> tuple[int, dict[str, object]]:
        """The answer to a refresh grant."""
        self.asked.append(form)
        client = login or (form.get("client_id", ""), form.get("client_secret", ""))
        if client != (CLIENT_ID, CLIENT_SECRET) or (login is None) == self.wants_basic:
            return 401, {"error": "invalid_client", "error_description": "unknown client"}
        if self.mood is Mood.REFUSE_CLIENT:
            return 401, {"error": "invalid_client", "error_description": "secret expired"}
        if form.get("refresh_token") != self.refresh_token or self.mood is Mood.REFUSE_TOKEN:
            return 400, {"error": "invalid_grant", "error_description": f"{form.get('refresh_token')} was revoked"}
        number = next(self._numbers)
        token = f"access-{number}"
        self.given[token] = Given(self.user)
        answer: dict[str, object] = {"access_token": token, "token_type": "Bearer", **self.refresh_ends_in}
        answer["expires_in"] = self.good_for_seconds
        if self.rotates:
            self.refresh_token = f"refresh-{number + 1}"
            answer["refresh_token"] = self.refresh_token
        return 200, answer

    def introspection(self, token: str) -> tuple[int, dict[str, object]]:
        """What a mail server is told of a token (RFC 7662)."""
        given = self.given.get(token)
        if given is None or not given.is_active:
            return 200, {"active": False}
        return 200, {"active": True, "username": given.user}

    def wait_for_the_end(self) -> None:
        """Return when the issuer stops."""
        self._stopping.wait(60)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        issuer = self._issuer
        is_known = self.path == "/.well-known/openid-configuration"
        self._answer(*(issuer.discovery() if is_known else (404, {})))

    def do_POST(self) -> None:
        issuer, form = self._issuer, dict(parse_qsl(self._body()))
        if self.path == "/introspect":
            self._answer(*issuer.introspection(form.get("token", "")))
        elif issuer.mood is Mood.HANG:
            issuer.wait_for_the_end()
        elif issuer.mood is Mood.FLOOD:
            self._flood()
        elif issuer.mood is Mood.FAIL:
            issuer.asked.append(form)
            self._send(503, b"<html>busy</html>", "text/html")
        else:
            self._answer(*issuer.grant(form, self._login()))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    @property
    def _issuer(self) -> Issuer:
        issuer: Issuer = self.server.issuer  # type: ignore[attr-defined]  # set where the server is made
        return issuer

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def _login(self) -> tuple[str, str] | None:
        kind, _, encoded = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return None
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
        return unquote(name), unquote(secret)

    def _flood(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000000")
        self.end_headers()
        for _ in range(1000):
            try:
                self.wfile.write(b" " * 10_000)
            except OSError:
                return
            time.sleep(0.001)

    def _answer(self, status: int, content: dict[str, object]) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
