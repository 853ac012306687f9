"""What the private IMAP servers have in common: accounts, ways for a mail to get in, and a look at what is there."""

import itertools
import os
import time
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path

from imapclient import IMAPClient

from tests.services.certificates import Certificates
from tests.services.ports import free_port
from tests.services.sandbox import Sandbox
from tests.services.server import Server

DEFAULT_USERS = {"support@example.org": "secret"}


class ImapServer(Server):
    """An IMAP server on 127.0.0.1 with Maildirs. With `tls` there is `imaps_port`, trusted by way of `ca_file`."""

    host = "127.0.0.1"

    def __init__(self, sandbox: Sandbox, *, users: Mapping[str, str] | None, tls: bool):
        self.users = dict(DEFAULT_USERS if users is None else users)
        self.imap_port = free_port()
        self.imaps_port = free_port() if tls else None
        self.ca_file: Path | None = None
        self._delivered = itertools.count()
        super().__init__(sandbox)

    def add_user(self, address: str, password: str = "secret") -> None:
        """One more account with an empty mailbox, at once; use it for a mailbox no other test sees."""
        self.users[address] = password
        for name in ("cur", "new", "tmp"):
            self._sandbox.make_folder(f"{self._maildir_name(address)}/{name}")
        self._write_account(address)

    def maildir(self, user: str) -> Path:
        """The Maildir of the user's INBOX."""
        return self._sandbox.folder / self._maildir_name(user)

    def connect(self, user: str) -> IMAPClient:
        """A signed-in client; use it in a `with`."""
        client = IMAPClient(self.host, self.imap_port, ssl=False, timeout=30)
        client.login(user, self.users[user])
        return client

    def append(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a folder by IMAP."""
        with self.connect(user) as client:
            client.append(folder, raw)

    def deliver_many(self, user: str, mails: Iterable[bytes]) -> int:
        """Drop mails into the INBOX as files, in their order and thousands a second; how many they were."""
        maildir, count = self.maildir(user), 0
        for raw in mails:
            # Dovecot gives out UIDs by the time in the name, so that must rise from mail to mail.
            number = next(self._delivered)
            name = f"{int(time.time())}.M{number:06d}P{os.getpid()}.tests"
            draft = maildir / "tmp" / name
            draft.write_bytes(raw)
            self._sandbox.own(draft).rename(maildir / "new" / name)
            count += 1
        return count

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Every mail in a folder, oldest first; none of them gets marked as seen."""
        with self.connect(user) as client:
            client.select_folder(folder, readonly=True)
            fetched = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [fetched[uid][b"BODY[]"] for uid in sorted(fetched)]

    @abstractmethod
    def deliver(self, user: str, raw: bytes, sender: str = "customer@example.com") -> None:
        """Let a mail arrive the way the server gets its mails."""

    def _prepare(self) -> None:
        for user, password in self.users.items():
            self.add_user(user, password)
        if self.imaps_port:
            made = Certificates.make()
            self.ca_file = self._sandbox.write("authority.pem", made.authority)
            self._sandbox.write("certificate.pem", made.certificate)
            self._sandbox.write("key.pem", made.key)
        self._configure()

    @abstractmethod
    def _configure(self) -> None:
        """Find the program and write its configuration."""

    @abstractmethod
    def _write_account(self, user: str) -> None:
        """Let the server know the user and the password."""

    @abstractmethod
    def _maildir_name(self, user: str) -> str:
        """Where the user's Maildir lies inside the sandbox."""
