"""An IMAP server of a few mails that answers a FETCH of some of them wrongly, as real ones do of damaged files."""

import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

ARRIVED = b'"28-Nov-2026 10:00:00 +0000"'


@dataclass(frozen=True, slots=True)
class Asked:
    """A FETCH: what is asked for, of which UIDs."""

    item: bytes
    uids: list[int]


# What is said instead of an answer; b"" closes the connection, None answers as usual.
Fault = Callable[[Asked], bytes | None]


@dataclass
class FaultyImap:
    """Use it in a `with`; ``mails`` by UID and ``fault`` may be changed at any time. Any name signs in."""

    mails: Mapping[int, bytes]
    fault: Fault = lambda _asked: None
    uidvalidity: int = 7
    uidnext: int = 0
    port: int = 0
    signed_in: int = 0
    fetches: int = 0
    commands: int = 0
    sent_bytes: int = 0
    _listener: socket.socket = field(init=False)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def settings(self, **changes: object) -> dict[str, object]:
        """The configuration fields that poll it."""
        names = {"imap_host": "127.0.0.1", "imap_port": self.port, "imap_security": "none", "imap_user": "u"}
        return {**names, "imap_password": "p", "imap_timeout_seconds": 2.0, **changes}

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"* OK ready\r\n")
            for line in lines:
                tag, _, command = line.strip().partition(b" ")
                self.commands += 1
                answer = self._answer(command.upper())
                if answer is None:
                    return
                said, verdict = answer
                self.sent_bytes += len(said)
                connection.sendall(said + tag + b" " + verdict + b"\r\n")

    def _answer(self, command: bytes) -> tuple[bytes, bytes] | None:
        if command.startswith(b"CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n", b"OK done"
        if command.startswith(b"LOGIN"):
            self.signed_in += 1
        if command.startswith(b"SELECT"):
            named = (len(self.mails), self.uidvalidity, max(self.uidnext, max(self.mails, default=0) + 1))
            return b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] u\r\n* OK [UIDNEXT %d] n\r\n" % named, b"OK done"
        if command.startswith(b"UID SEARCH"):
            ranges = re.search(rb"UID ([\d:,*]+)", command[4:])
            places = re.search(rb"SEARCH (\d+):(\d+)", command)
            found = self._uids(ranges[1]) if ranges else sorted(self.mails)
            if places:
                found = found[int(places[1]) - 1 : int(places[2])]
            return b"* SEARCH" + b"".join(b" %d" % uid for uid in found) + b"\r\n", b"OK done"
        if command.startswith(b"UID FETCH"):
            _, _, ranges_of, item = command.split(b" ", 3)
            return self._fetch(Asked(item, self._uids(ranges_of)))
        return b"", b"OK done"

    def _fetch(self, asked: Asked) -> tuple[bytes, bytes] | None:
        self.fetches += 1
        fault = self.fault(asked)
        if fault is not None:
            return (b"", fault) if fault else None
        return b"".join(self._part(uid, asked.item) for uid in asked.uids), b"OK done"

    def _part(self, uid: int, item: bytes) -> bytes:
        mail = self.mails[uid]
        if b"HEADER.FIELDS" in item:
            wanted = re.search(rb"HEADER.FIELDS \(([^)]*)\)", item)
            assert wanted is not None
            lines = mail.partition(b"\r\n\r\n")[0].split(b"\r\n")
            shown = b"".join(line + b"\r\n" for line in lines if line.upper().split(b":")[0] in wanted[1].split())
            about = b"RFC822.SIZE %d INTERNALDATE %s BODY[HEADER.FIELDS (%s)]" % (len(mail), ARRIVED, wanted[1])
            return b"* %d FETCH (UID %d %s {%d}\r\n%s\r\n)\r\n" % (uid, uid, about, len(shown) + 2, shown)
        if b"RFC822.SIZE" in item:
            return b"* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE %s)\r\n" % (uid, uid, len(mail), ARRIVED)
        if b"HEADER" in item:
            head, end, _ = mail.partition(b"\r\n\r\n")
            return b"* %d FETCH (UID %d BODY[HEADER]<0> {%d}\r\n%s)\r\n" % (uid, uid, len(head + end), head + end)
        name, mail = (b"BODY[]<0>", mail[:1_024]) if b"<0." in item else (b"BODY[]", mail)
        return b"* %d FETCH (UID %d %s {%d}\r\n%s)\r\n" % (uid, uid, name, len(mail), mail)

    def _uids(self, ranges: bytes) -> list[int]:
        newest, found = max(self.mails, default=0), set[int]()
        for one in ranges.split(b","):
            first, last = (newest if end == b"*" else int(end) for end in (one.split(b":") * 2)[:2])
            some = [first] if first == last else self.mails
            found |= {uid for uid in some if min(first, last) <= uid <= max(first, last) and uid in self.mails}
        return sorted(found)
