"""Outgoing mail: to an SMTP server, or into a folder where none is set."""

import fcntl
import hashlib
import os
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from config import Config
from ticketapp.actions import conversation
from ticketapp.mail import OutboundEmail, compose
from ticketapp.outside import Outside
from worker.alive import alive_file
from worker.deadline import LATE, Deadline, seconds_for

MOST_AT_ONCE = 200
LONGEST_SECONDS = conversation.SEND_LEASE_SECONDS * 0.8


class NotSentError(Exception):
    """The mail was not taken; the text is a plain sentence. ``for_good`` where trying again is no use."""

    def __init__(self, sentence: str, *, for_good: bool) -> None:
        super().__init__(sentence)
        self.for_good = for_good


class Transport(Protocol):
    """Takes a mail off our hands, or raises ``NotSentError``."""

    def send(self, letter: OutboundEmail) -> None: ...


class SmtpTransport:
    """Hands mails to an SMTP server, one connection each; certificates are always checked where TLS is used.

    A whole conversation has a deadline, below the time for which a message is claimed.
    """

    def __init__(self, config: Config) -> None:
        self._config = config

    def send(self, letter: OutboundEmail) -> None:
        host = self._config.smtp_host
        try:
            self._hand_over(letter)
        except smtplib.SMTPRecipientsRefused as error:
            address, (code, words) = next(iter(error.recipients.items()))
            raise NotSentError(f"{host} refused {address}: {_text(words)}", for_good=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            is_final = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)
            raise NotSentError(f"{host} said: {_text(error.smtp_error)}", for_good=is_final) from error
        except (smtplib.SMTPException, OSError) as error:
            # smtplib makes a lost connection of a reply that does not come.
            is_silent = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
            told = LATE if is_silent else str(error)
            raise NotSentError(f"{host} could not be used: {told}", for_good=False) from error

    def _hand_over(self, letter: OutboundEmail) -> None:
        addresses = [_envelope_address(person.email) for person in (*letter.to, *letter.cc)]
        content = compose(letter)
        seconds = seconds_for(self._config.smtp_timeout_seconds, size=len(content))
        with Deadline(min(seconds, LONGEST_SECONDS)) as deadline:
            server = self._connected(deadline)
            try:
                if self._config.smtp_user:
                    server.login(self._config.smtp_user, self._config.smtp_password)
                server.sendmail(letter.sender.email, addresses, content)
                with suppress(
                    smtplib.SMTPException, OSError
                ):  # it has the mail: a lost goodbye must not send it twice
                    server.quit()
            finally:
                server.close()

    def _connected(self, deadline: Deadline) -> smtplib.SMTP:
        config = self._config
        host, port, timeout = config.smtp_host or "", config.smtp_port, config.smtp_timeout_seconds
        if config.smtp_security == "tls":
            return _WatchedTls(deadline, host, port, timeout=timeout, context=ssl.create_default_context())
        server = _Watched(deadline, host, port, timeout=timeout)
        if config.smtp_security == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


class _Watched(smtplib.SMTP):
    """A connection whose time runs from connecting on: the constructor reads the greeting already."""

    def __init__(self, deadline: Deadline, *where: Any, **how: Any) -> None:
        self._deadline = deadline
        super().__init__(*where, **how)

    def connect(self, *where: Any, **how: Any) -> tuple[int, bytes]:
        """smtplib's hook for connecting."""
        self._deadline.watch(lambda: self.sock)
        return super().connect(*where, **how)


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """The same with TLS from the first byte."""


class FolderTransport:
    """Writes each mail as an .eml file into a folder: the embedded outbox."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: OutboundEmail) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"{time.time_ns()}-{os.getpid()}"
            draft = self._folder / f".{name}.draft"
            draft.write_bytes(compose(letter))
            draft.rename(self._folder / f"{name}.eml")
        except OSError as error:
            raise NotSentError(f"The outbox folder cannot be written: {error}", for_good=False) from error


def configured_transport(config: Config) -> Transport:
    """SMTP where a server is set, else the outbox folder."""
    if config.smtp_host:
        return SmtpTransport(config)
    assert config.outbox_dir is not None
    return FolderTransport(config.outbox_dir)


def send_due(outside: Outside) -> int:
    """Send what is due, one after another, and keep what became of each; the number sent.

    One at a time does so on a machine, however slow the server is; whoever comes meanwhile leaves it to that one.
    A crash in between sends a mail again, under the same Message-ID, rather than never. One that cannot be written
    or sent stands in nobody's way.
    """
    with _alone(outside.config) as is_alone:
        return _send_due(outside) if is_alone else 0


def _send_due(outside: Outside) -> int:
    transport, sent = configured_transport(outside.config), 0
    for _ in range(MOST_AT_ONCE):
        message_id = conversation.claim_to_send()
        if message_id is None:
            break
        letter = conversation.letter(message_id, support=outside.support)
        if letter is not None:
            sent += _send(transport, message_id, letter)
    return sent


@contextmanager
def _alone(config: Config) -> Iterator[bool]:
    """Whether nobody else on this machine sends for this database; the kernel frees what a killed process held."""
    whose = hashlib.sha256(config.database_url.encode()).hexdigest()[:16]
    with alive_file(f"sender-{whose}").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _send(transport: Transport, message_id: int, letter: OutboundEmail) -> bool:
    try:
        transport.send(letter)
    except NotSentError as error:
        conversation.record_not_sent(message_id, str(error), for_good=error.for_good)
    except ValueError as error:  # an address or a header that no mail can be written with
        conversation.record_not_sent(message_id, f"It cannot be written: {error}.", for_good=True)
    else:
        conversation.record_sent(message_id)
        return True
    return False


def _envelope_address(address: str) -> str:
    """An address as SMTP takes it: an international domain in its ASCII form (RFC 5891). Raises ``ValueError``."""
    local, at, domain = address.rpartition("@")
    return local + at + domain.encode("idna").decode()


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
