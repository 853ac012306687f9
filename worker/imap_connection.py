"""Connecting and signing in to an IMAP server, and what can go wrong with that in plain words. Knows no tickets."""

import ast
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

from worker.deadline import Deadline, seconds_for

CONNECT_SECONDS = 10.0
# How Python writes bytes: imaplib and IMAPClient make a text of what the server said in this way.
SHOWN_BYTES = re.compile(r"b('|\").*\1", re.DOTALL)


class MailboxError(Exception):
    """The mailbox cannot be read just now; the text is a plain sentence. ``refused``: the sign-in was turned down."""

    def __init__(self, sentence: str, *, refused: bool = False) -> None:
        super().__init__(sentence)
        self.refused = refused


class AccessTokens(Protocol):
    """Where access tokens come from. Raises ``MailboxError``."""

    def current(self) -> str:
        """A token that is believed to be good, renewed where it is about to expire."""
        ...

    def renewed(self) -> str | None:
        """Another one, because the server refused the last; None where that was new already."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAccount:
    """How to reach an IMAP folder. ``security`` is tls, starttls or none; ``after`` is leave, seen or move.

    With ``tokens`` an access token signs in, else the password.
    """

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    folder: str
    timeout_seconds: float
    after: str
    after_folder: str
    tokens: AccessTokens | None = field(default=None, repr=False)


def signed_in(account: ImapAccount) -> IMAPClient:
    """A connection that is signed in; a refused access token is renewed once. Raises ``MailboxError``."""
    tokens = account.tokens
    if tokens is None:
        return _signed_in(account, None)
    try:
        return _signed_in(account, tokens.current())
    except MailboxError as error:
        renewed = tokens.renewed() if error.refused else None
        if renewed is None:
            raise
    return _signed_in(account, renewed)


def connected(account: ImapAccount) -> IMAPClient:
    """A connection on which nobody is signed in yet; certificates are always checked, except without any TLS.

    Greeting, CAPABILITY and STARTTLS have one deadline, which begins when the server is reached. Raises what the
    network and the server raise; ``plain_errors`` turns that into ``MailboxError``.
    """
    with Deadline(seconds_for(min(CONNECT_SECONDS, account.timeout_seconds))) as deadline:
        client = _Client(account, deadline)
        client.normalise_times = False
        if account.security == "starttls":
            try:
                client.starttls(ssl.create_default_context())
            except BaseException:
                hang_up(client)
                raise
    return client


def sign_in(client: IMAPClient, account: ImapAccount, token: str | None) -> None:
    """Sign in with the token, with the password where it is None. Raises ``MailboxError`` where that is refused, and
    what the network raises where it was cut off."""
    try:
        if token is None:
            client.login(account.user, account.password)
        elif not client.has_capability("AUTH=XOAUTH2") and client.has_capability("AUTH=OAUTHBEARER"):
            client.oauthbearer_login(account.user, token)
        else:
            client.oauth2_login(account.user, token)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):  # IMAPClient makes one of whatever went wrong
            raise error.__context__ from None
        said = words_of(error).replace(token, "…") if token else words_of(error)
        raise _not_let_in(account, said) from error


def hang_up(client: IMAPClient) -> None:
    """Close the connection, whatever state it is in."""
    with suppress(IMAPClientError, imaplib.IMAP4.error, OSError):
        client.shutdown()


@contextmanager
def in_time(client: IMAPClient, account: ImapAccount, *, size: int = 0, pause_seconds: float = 0) -> Iterator[None]:
    """Cut the connection where what is asked takes more than twice the time that one read may, 50 microseconds for
    each of the ``size`` bytes that are asked for, and what is waited for on purpose. Raises ``TimeoutError`` then."""
    with Deadline(pause_seconds + seconds_for(account.timeout_seconds, size=size)) as deadline:
        deadline.watch(client.socket)
        yield


class plain_errors:  # noqa: N801 - reads as a statement: with plain_errors(host)
    """Turns what the network and the server can raise into ``MailboxError`` with a plain sentence."""

    def __init__(self, host: str) -> None:
        self._host = host

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, TimeoutError):
            raise MailboxError(f"{self._host} did not answer in time.") from error
        if isinstance(error, ssl.SSLError):
            raise MailboxError(f"No secure connection to {self._host}: {words_of(error)}") from error
        if isinstance(error, imaplib.IMAP4.abort | OSError):
            raise MailboxError(f"The connection to {self._host} failed: {words_of(error)}") from error
        if isinstance(error, imaplib.IMAP4.error):
            raise MailboxError(f"{self._host} refused a command: {words_of(error)}") from error


def words_of(error: BaseException) -> str:
    """What an error says, on one line of at most 300 characters; bytes that the server sent are read as text."""
    said = str(error)
    if SHOWN_BYTES.fullmatch(said):
        with suppress(ValueError, SyntaxError):
            said = ast.literal_eval(said).decode(errors="replace")
    return " ".join(said.split())[:300] or type(error).__name__


def _not_let_in(account: ImapAccount, said: str) -> MailboxError:
    """What the answer to a sign-in means by its code (RFC 5530): not every NO is about user and password."""
    if said.upper().startswith("[UNAVAILABLE]"):
        return MailboxError(f"{account.host} can let nobody in just now: {said}")
    if said.upper().startswith("[PRIVACYREQUIRED]"):
        return MailboxError(f"{account.host} lets nobody in without TLS, so choose TLS or STARTTLS: {said}")
    return MailboxError(f"{account.host} refused the sign-in of {account.user}: {said}", refused=True)


def _signed_in(account: ImapAccount, token: str | None) -> IMAPClient:
    with plain_errors(account.host):
        client = connected(account)
        try:
            with in_time(client, account):
                sign_in(client, account, token)
        except BaseException:
            hang_up(client)
            raise
    return client


class _Client(IMAPClient):  # type: ignore[misc]  # IMAPClient has no types
    """The client whose connection is watched from the start: its constructor reads the greeting already."""

    def __init__(self, account: ImapAccount, deadline: Deadline) -> None:
        self._deadline = deadline
        is_tls = account.security == "tls"
        super().__init__(
            account.host,
            port=account.port,
            ssl=is_tls,
            ssl_context=ssl.create_default_context() if is_tls else None,
            timeout=SocketTimeout(CONNECT_SECONDS, account.timeout_seconds),
        )

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - IMAPClient's hook
        if self.ssl:
            return _Tls(self._deadline, self.host, self.port, self.ssl_context, CONNECT_SECONDS)
        return _Plain(self._deadline, self.host, self.port, CONNECT_SECONDS)


class _Watched(imaplib.IMAP4):
    """A connection whose time runs as soon as it stands, before the greeting is read."""

    def __init__(self, deadline: Deadline, *how: Any) -> None:
        self._deadline = deadline
        super().__init__(*how)

    def open(self, *where: Any, **named: Any) -> None:
        """imaplib's hook for connecting."""
        super().open(*where, **named)
        self._deadline.watch(lambda: self.sock)


class _Plain(_Watched, IMAP4WithTimeout):  # type: ignore[misc]  # IMAPClient has no types
    """Without TLS, or until STARTTLS."""


class _Tls(_Watched, IMAP4_TLS):  # type: ignore[misc]  # IMAPClient has no types
    """With TLS from the first byte."""
