"""A private pymap, for machines without Dovecot."""

from collections.abc import Iterable, Mapping

from pysasl.hashing import BuiltinHash

from tests.services import programs
from tests.services.imap import ImapServer
from tests.services.ports import answers
from tests.services.sandbox import Account, Sandbox


class PymapServer(ImapServer):
    """A pymap on 127.0.0.1. It has no LMTP, so that every mail gets in by IMAP; it turns CRLF into LF."""

    def __init__(self, users: Mapping[str, str] | None = None):
        # It runs in the tests' own Python, which may lie where only root gets.
        super().__init__(Sandbox("pymap", account=Account.own()), users=users, tls=False)

    def start(self) -> None:
        """Start (again) on the same port, with the mailboxes kept."""
        self._sandbox.start(
            programs.pymap().path,
            *("--host", self.host, "--port", str(self.imap_port), "--no-tls"),
            *("maildir", self._sandbox.folder / "mail"),
            ready=lambda: answers(self.imap_port, b"* OK"),
        )

    def deliver(self, user: str, raw: bytes, sender: str = "customer@example.com") -> None:
        """Put a mail into the INBOX with the line on top that names its sender."""
        self.append(user, f"Return-Path: <{sender}>\r\n".encode() + raw)

    def deliver_many(self, user: str, mails: Iterable[bytes]) -> int:
        """Put mails into the INBOX in their order, some hundred a second; how many they were."""
        raws = list(mails)
        with self.connect(user) as client:
            client.multiappend("INBOX", raws)
        return len(raws)

    def _configure(self) -> None:
        programs.pymap()

    def _write_account(self, user: str) -> None:
        password = BuiltinHash(rounds=1).hash(self.users[user])
        self._add_line("pymap-etc-passwd", f"{user}:x::::{user}:")
        self._add_line("pymap-etc-shadow", f"{user}:{password}:::::::")

    def _add_line(self, name: str, line: str) -> None:
        with (self._sandbox.folder / "mail" / name).open("a", newline="") as file:
            file.write(f"{line}\r\n")

    def _maildir_name(self, user: str) -> str:
        return f"mail/{user}"
