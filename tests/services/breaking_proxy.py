"""A TCP proxy that breaks connections on command: between a client and a server that both behave."""

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

CHUNK = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
Breakage = Literal["cut", "hang"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to a connection: after ``intact_bytes`` from the server (None: never) it is cut or hangs; with
    ``drip_seconds`` each byte from the server takes that long, those after ``drip_after`` bytes."""

    intact_bytes: int | None = None
    then: Breakage = "cut"
    drip_seconds: float = 0.0
    drip_after: int = 0


class BreakingProxy:
    """A proxy on 127.0.0.1, at ``port``, in front of a server there; whole until told otherwise. Use it in a `with`.

    A connection that hangs stays so, without a word to either side, until the proxy is closed.
    """

    host = "127.0.0.1"

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._rule = Rule()
        self._connections: list[_Connection] = []
        self._lock = threading.Lock()
        self._listener = self._listening(0)
        self.port: int = self._listener.getsockname()[1]
        self.accepted = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refuse()

    @property
    def passed_bytes(self) -> int:
        """How much the newest connection got from the server."""
        return self._connections[-1].passed_bytes

    @property
    def open_connections(self) -> int:
        """How many connections neither side has ended, hanging ones included."""
        with self._lock:
            return sum(not each.is_closed for each in self._connections)

    def restore(self) -> None:
        """New connections are whole again, also after ``refuse``."""
        self._rule = Rule()
        with self._lock:
            if self._listener.fileno() == -1:
                self._listener = self._listening(self.port)

    def cut(self) -> None:
        """Reset every connection that is open now."""
        with self._lock:
            for each in self._connections:
                each.close()

    def obey(self, rule: Rule) -> None:
        """What happens to each new connection from now on."""
        self._rule = rule

    def hang(self) -> None:
        """Say nothing more on any connection, old or new; new ones are accepted."""
        self._rule = Rule(0, "hang")
        with self._lock:
            for each in self._connections:
                each.is_hanging.set()

    def refuse(self) -> None:
        """Cut every connection and accept no new one."""
        with self._lock:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.cut()

    def _listening(self, port: int) -> socket.socket:
        listener = socket.create_server((self.host, port), backlog=64)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            try:
                server = socket.create_connection((self.host, self._server_port), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            with self._lock:
                self._connections.append(_Connection(client, server, self._rule))


class _Connection:
    """One connection through the proxy, with a thread for each direction."""

    def __init__(self, client: socket.socket, server: socket.socket, rule: Rule) -> None:
        self._client, self._server, self._rule = client, server, rule
        self.passed_bytes = 0
        self.is_hanging = threading.Event()
        self._closed = threading.Event()
        if rule == Rule(0, "hang"):
            self.is_hanging.set()
        for pump in (self._from_server, self._from_client):
            threading.Thread(target=pump, daemon=True).start()

    @property
    def is_closed(self) -> bool:
        return self._closed.is_set()

    def close(self) -> None:
        if self._closed.is_set():
            return
        self._closed.set()
        for each in (self._client, self._server):
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            with suppress(OSError):
                each.shutdown(socket.SHUT_RD)  # wakes the thread that reads; what we write is a reset
            each.close()

    def _from_server(self) -> None:
        while data := _received(self._server, self._most()):
            if self._rule.drip_seconds and self.passed_bytes >= self._rule.drip_after:
                self._closed.wait(self._rule.drip_seconds)
            if self.is_hanging.is_set() or not self._passed(data):
                return self._end()
        return self._end()

    def _most(self) -> int:
        return max(1, min(CHUNK, self._rule.drip_after - self.passed_bytes)) if self._rule.drip_seconds else CHUNK

    def _from_client(self) -> None:
        while data := _received(self._client, CHUNK):
            if self.is_hanging.is_set() or not _sent(self._server, data):
                break
        self._end()

    def _passed(self, data: bytes) -> bool:
        intact = self._rule.intact_bytes
        whole = data if intact is None else data[: max(0, intact - self.passed_bytes)]
        self.passed_bytes += len(whole)
        if whole and not _sent(self._client, whole):
            return False
        if len(whole) == len(data):
            return True
        if self._rule.then == "hang":
            self.is_hanging.set()
        return False

    def _end(self) -> None:
        if self.is_hanging.is_set():
            self._wait_for_client()
        self.close()

    def _wait_for_client(self) -> None:
        """A hanging connection reads on, so that it is seen when the client gives up, and passes nothing on."""
        while not self._closed.is_set() and _received(self._client, CHUNK):
            pass


def _received(source: socket.socket, most: int) -> bytes:
    try:
        return source.recv(most)
    except OSError:
        return b""


def _sent(target: socket.socket, data: bytes) -> bool:
    try:
        target.sendall(data)
    except OSError:
        return False
    return True
