"""A refresh token for an access token: the call to an issuer (RFC 6749 section 6), its failures in plain words."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

from ticketapp.actions.access_tokens import Grant
from ticketapp.actions.mailbox_settings import is_safe_url
from ticketapp.models import SignIn

GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
MICROSOFT_TOKENS = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
SCOPES = {
    SignIn.GOOGLE: "https://mail.google.com/",
    SignIn.MICROSOFT: "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
}
DISCOVERY = "/.well-known/openid-configuration"
TIMEOUT = httpx2.Timeout(10.0, connect=5.0)
DEADLINE_SECONDS = 20.0
MOST_BYTES = 100_000
USUAL_SECONDS = 3600.0
CLIENT_REFUSED = frozenset({"invalid_client", "unauthorized_client"})
# Issuers have no word in common for how long a refresh token is good; 0 is Keycloak's "for ever".
REFRESH_ENDS_IN = ("refresh_token_expires_in", "refresh_expires_in")


class RenewalError(Exception):
    """No access token was given; the text is a plain sentence without secrets. ``refused``: trying again is no use
    before a person has changed something."""

    def __init__(self, sentence: str, *, refused: bool) -> None:
        super().__init__(sentence)
        self.refused = refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Whom an issuer knows us as. ``tenant`` is Microsoft's, empty for all; ``issuer_url`` any other issuer's."""

    sign_in: SignIn
    tenant: str
    issuer_url: str
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def issuer(self) -> str:
        """The issuer's name for people."""
        return {SignIn.GOOGLE: "Google", SignIn.MICROSOFT: "Microsoft"}.get(self.sign_in, self.issuer_url)


def renew(client: Client, refresh_token: str) -> Grant:
    """Ask the issuer for a new access token. Raises ``RenewalError``; takes some 20 seconds at most."""
    with httpx2.Client(timeout=TIMEOUT, follow_redirects=False) as http:
        endpoint, is_basic = _endpoint(http, client)
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        if client.sign_in in SCOPES:
            form["scope"] = SCOPES[client.sign_in]
        if not is_basic:
            form["client_id"] = client.client_id
        if client.client_secret and not is_basic:
            form["client_secret"] = client.client_secret
        login = (quote(client.client_id, safe=""), quote(client.client_secret, safe="")) if is_basic else None
        status, answer = _asked(http, client, "POST", endpoint, data=form, auth=login)
    if status != 200 or not isinstance(answer.get("access_token"), str):
        raise _refusal(client, status, answer, secrets=(refresh_token, client.client_secret))
    return _grant(answer)


def _endpoint(http: httpx2.Client, client: Client) -> tuple[str, bool]:
    """Where tokens are asked for, and whether the client signs in by HTTP Basic there."""
    if client.sign_in == SignIn.GOOGLE:
        return GOOGLE_TOKENS, False
    if client.sign_in == SignIn.MICROSOFT:
        return MICROSOFT_TOKENS.format(tenant=client.tenant or "common"), False
    return _discovered(http, client)


def _discovered(http: httpx2.Client, client: Client) -> tuple[str, bool]:
    """What the issuer's document says (OpenID Connect Discovery 1.0, sections 3 and 4)."""
    status, document = _asked(http, client, "GET", client.issuer_url + DISCOVERY)
    endpoint = document.get("token_endpoint")
    if status != 200 or not isinstance(endpoint, str):
        raise RenewalError(
            f"{client.issuer} has no OpenID configuration at {DISCOVERY} (status {status}): check that address.",
            refused=status < 500,
        )
    if str(document.get("issuer", "")).rstrip("/") != client.issuer_url:
        raise RenewalError(
            f"{client.issuer} says that it is another issuer: give its address as it writes it itself.", refused=True
        )
    if not is_safe_url(endpoint):
        raise RenewalError(f"{client.issuer} names a token address that is not https.", refused=True)
    ways = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    is_basic = isinstance(ways, list) and "client_secret_post" not in ways and "client_secret_basic" in ways
    return endpoint, is_basic and bool(client.client_secret)


def _asked(
    http: httpx2.Client, client: Client, method: str, url: str, **more: Any
) -> tuple[int, Mapping[str, object]]:
    """Status and JSON object of an answer; an empty object where it is none."""
    until, body = time.monotonic() + DEADLINE_SECONDS, b""
    try:
        with http.stream(method, url, headers={"Accept": "application/json"}, **more) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES or time.monotonic() > until:
                    raise RenewalError(f"{client.issuer} sent no end of an answer; it is tried again.", refused=False)
        answer = httpx2.Response(response.status_code, content=body).json()
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise RenewalError(
            f"{client.issuer} could not be reached for a new access token ({said}); it is tried again.", refused=False
        ) from error
    except ValueError:
        return response.status_code, {}
    return response.status_code, answer if isinstance(answer, dict) else {}


def _refusal(client: Client, status: int, answer: Mapping[str, object], *, secrets: tuple[str, ...]) -> RenewalError:
    code = str(answer.get("error", ""))[:100]
    said = " ".join(f"{code} {answer.get('error_description', '')}".split())[:300]
    for secret in filter(None, secrets):
        said = said.replace(secret, "…")
    if code == "invalid_grant":
        sentence = f"{client.issuer} refused the refresh token: sign in there again and enter the new one. {said}"
        return RenewalError(sentence, refused=True)
    if code in CLIENT_REFUSED:
        sentence = f"{client.issuer} refused client ID or secret: perhaps the secret has expired. {said}"
        return RenewalError(sentence, refused=True)
    if status == 429 or status >= 500 or status == 200:
        sentence = f"{client.issuer} gave no access token (status {status}); it is tried again. {said}".strip()
        return RenewalError(sentence, refused=False)
    return RenewalError(f"{client.issuer} gave no access token (status {status}). {said}".strip(), refused=True)


def _grant(answer: Mapping[str, object]) -> Grant:
    ends_in = next((answer[name] for name in REFRESH_ENDS_IN if _seconds(answer.get(name))), None)
    refresh_token = answer.get("refresh_token")
    return Grant(
        access_token=str(answer["access_token"]),
        good_for_seconds=_seconds(answer.get("expires_in")) or USUAL_SECONDS,
        refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else None,
        refresh_good_for_seconds=_seconds(ends_in),
    )


def _seconds(value: object) -> float | None:
    """A number of seconds, also as text, as some issuers write it; None where it is none or not above zero."""
    try:
        seconds = float(value) if isinstance(value, int | float | str) else 0.0
    except ValueError:
        return None
    return min(seconds, 100 * 365 * 86400.0) if seconds > 0 else None
