"""The private IMAP servers: Dovecot, and pymap in its place."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from tests.services import programs
from tests.services.dovecot import DovecotServer
from tests.services.imap import ImapServer
from tests.services.pymap import PymapServer

DOVECOT_IS_HERE = programs.imap().path.name == "dovecot"
KINDS = [DovecotServer, PymapServer] if DOVECOT_IS_HERE else [PymapServer]
USER = "support@example.org"
RAW = b"From: customer@example.com\r\nSubject: Printer\r\n\r\nIt \xfcbel smokes.\r\n"


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    with request.param() as started:
        yield started


def lines(raw: bytes) -> list[bytes]:
    return raw.splitlines()


def test_a_delivered_mail_lies_in_the_inbox_with_its_sender_on_top(server: ImapServer) -> None:
    server.add_user("delivered@example.org")
    server.deliver("delivered@example.org", RAW, sender="bounce@example.com")
    [raw] = server.messages("delivered@example.org")
    assert lines(raw)[0] == b"Return-Path: <bounce@example.com>"
    assert lines(raw)[-4:] == lines(RAW)


def test_an_appended_mail_lies_in_its_folder_as_it_was(server: ImapServer) -> None:
    server.add_user("appended@example.org")
    with server.connect("appended@example.org") as client:
        client.create_folder("Old")
    server.append("appended@example.org", RAW, folder="Old")
    assert [lines(raw) for raw in server.messages("appended@example.org", "Old")] == [lines(RAW)]
    assert server.messages("appended@example.org") == []


def test_many_mails_keep_their_order(server: ImapServer) -> None:
    server.add_user("many@example.org")
    raws = [b"Subject: mail %d\r\n\r\nText\r\n" % number for number in range(300)]
    assert server.deliver_many("many@example.org", raws[:200]) == 200
    assert server.deliver_many("many@example.org", raws[200:]) == 100
    assert [lines(raw) for raw in server.messages("many@example.org")] == [lines(raw) for raw in raws]


def test_looking_marks_nothing_as_seen(server: ImapServer) -> None:
    server.add_user("seen@example.org")
    server.append("seen@example.org", RAW)
    server.messages("seen@example.org")
    with server.connect("seen@example.org") as client:
        client.select_folder("INBOX")
        assert client.search(["UNSEEN"]) == [1]


def test_a_wrong_password_is_refused(server: ImapServer) -> None:
    with IMAPClient(server.host, server.imap_port, ssl=False) as client, pytest.raises(LoginError):
        client.login(USER, "wrong")


def test_an_unknown_user_is_refused(server: ImapServer) -> None:
    with IMAPClient(server.host, server.imap_port, ssl=False) as client, pytest.raises(LoginError):
        client.login("stranger@example.org", "secret")


@pytest.mark.parametrize("end", [ImapServer.kill, ImapServer.stop])
def test_mails_outlive_the_server(server: ImapServer, end: Callable[[ImapServer], None]) -> None:
    server.add_user(f"{end.__name__}@example.org")
    server.append(f"{end.__name__}@example.org", RAW)
    client = server.connect(f"{end.__name__}@example.org")
    end(server)
    with pytest.raises(OSError, match="refused"):
        server.connect(USER)
    client.shutdown()
    server.start()
    assert len(server.messages(f"{end.__name__}@example.org")) == 1


@pytest.mark.skipif(not DOVECOT_IS_HERE, reason="TLS needs Dovecot; pymap, in its place here, has no port for it")
def test_tls_holds_for_those_who_trust_the_authority() -> None:
    with DovecotServer(tls=True) as server:
        trusting = ssl.create_default_context(cafile=str(server.ca_file))
        with IMAPClient("localhost", server.imaps_port, ssl_context=trusting) as client:
            client.login(USER, "secret")
        with pytest.raises(ssl.SSLCertVerificationError):
            IMAPClient("localhost", server.imaps_port, ssl_context=ssl.create_default_context())


@pytest.mark.parametrize("kind", KINDS)
def test_closing_leaves_neither_process_nor_file(
    kind: type[DovecotServer | PymapServer], processes_in: Callable[[Path], list[str]]
) -> None:
    with kind() as server:
        client = server.connect(USER)
        assert processes_in(server.folder)
    client.shutdown()
    assert processes_in(server.folder) == []
    assert not server.folder.exists()
