"""A private SMTP server that keeps what it is sent, and can refuse, defer, hang or drop the line instead."""

import asyncio
import ssl
import tempfile
import threading
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.services.certificates import Certificates
from tests.services.ports import free_port


class Answer(Enum):
    """What the server does with the next mails."""

    ACCEPT = "takes them"
    REFUSE_RECIPIENT = "550 to each RCPT: no such user, never try again"
    REFUSE = "554 after DATA: never try again"
    DEFER = "451 after DATA: try again later"
    HANG = "takes the mail's bytes and then says nothing"
    DROP = "takes the mail's bytes, forgets them and closes the connection"
    LOSE_ANSWER = "keeps the mail, and closes the connection before saying so"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.raw, policy=default)


class SmtpServer:
    """An SMTP server on 127.0.0.1. With `login` it wants that name and password; with `tls` it offers STARTTLS."""

    host = "127.0.0.1"

    def __init__(self, *, login: tuple[str, str] | None = None, tls: bool = False):
        self.port = free_port()
        self.answer = Answer.ACCEPT
        self.messages: list[ReceivedMail] = []
        self.ca_file: Path | None = None
        self._arrived = threading.Condition()
        self._login = login
        self._folder = tempfile.TemporaryDirectory(prefix="ticketapp-smtp-")
        self._options = self._login_options(tls=tls) | (self._tls_options() if tls else {})
        self._controller: Controller | None = None
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Listen (again) on the same port."""
        self._controller = Controller(self, self.host, self.port, **self._options)
        self._controller.start()

    def stop(self) -> None:
        """Stop listening: a connection gets refused."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._folder.cleanup()

    def reset(self) -> None:
        """Forget the mails and go back to accepting."""
        self.answer = Answer.ACCEPT
        self.messages.clear()

    def wait_for(self, count: int, timeout_seconds: float = 15) -> list[ReceivedMail]:
        """The mails, once there are at least `count`. TimeoutError if there are still fewer."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.messages) >= count, timeout_seconds):
                raise TimeoutError(f"{len(self.messages)} mails after {timeout_seconds} s, not {count}")
            return list(self.messages)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd's hook for one recipient."""
        if self.answer is Answer.REFUSE_RECIPIENT:
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """aiosmtpd's hook for a whole mail."""
        match self.answer:
            case Answer.REFUSE:
                return "554 5.7.1 not wanted here"
            case Answer.DEFER:
                return "451 4.3.0 try again later"
            case Answer.HANG:
                await asyncio.Event().wait()
            case Answer.DROP:
                _drop(server)
            case Answer.LOSE_ANSWER:
                self._keep(envelope)
                _drop(server)
            case _:
                self._keep(envelope)
        return "250 OK"

    def _keep(self, envelope: Envelope) -> None:
        mail = ReceivedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), cast(bytes, envelope.content))
        with self._arrived:
            self.messages.append(mail)
            self._arrived.notify_all()

    def _login_options(self, *, tls: bool) -> dict[str, Any]:
        if self._login is None:
            return {}
        return {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": tls}

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, credentials: Any) -> AuthResult:
        assert self._login is not None
        name, password = (part.encode() for part in self._login)
        given = isinstance(credentials, LoginPassword) and (credentials.login, credentials.password)
        return AuthResult(success=given == (name, password), handled=False)

    def _tls_options(self) -> dict[str, Any]:
        made, folder = Certificates.make(), Path(self._folder.name)
        self.ca_file = folder / "authority.pem"
        self.ca_file.write_text(made.authority)
        (folder / "server.pem").write_text(made.certificate + made.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        return {"tls_context": context, "require_starttls": True}


def _drop(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()
