"""What a sign-in that does not work is taken for: a refusal, a connection cut off, a server that cannot just now."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.worker.test_dripping_server import account_at
from worker.imap_connection import MailboxError, signed_in


@contextmanager
def answering(login: bytes) -> Iterator[int]:
    """The port of a server that answers one sign-in with these bytes after its tag; without any it hangs up."""

    def serve() -> None:
        with suppress(OSError), listener.accept()[0] as client:
            client.sendall(b"* OK ready\r\n")
            for line in client.makefile("rb"):
                tag, command = line.split()[:2]
                if command == b"CAPABILITY":
                    client.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
                elif login:
                    client.sendall(tag + b" " + login + b"\r\n")
                else:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("login", "is_refused", "words"),
    [
        (b"NO [AUTHENTICATIONFAILED] Authentication failed.", True, "refused the sign-in of jo"),
        (b"NO no such user", True, "refused the sign-in of jo"),
        (b"", False, "The connection to 127.0.0.1 failed"),
        (b"NO [UNAVAILABLE] Temporary authentication failure.", False, "can let nobody in just now"),
        (b"NO [PRIVACYREQUIRED] Not without TLS.", False, "choose TLS or STARTTLS"),
    ],
)
def test_only_a_refusal_counts_as_one(login: bytes, is_refused: bool, words: str) -> None:
    with answering(login) as port:
        with pytest.raises(MailboxError, match=words) as raised:
            signed_in(account_at(port))
        assert raised.value.refused is is_refused
