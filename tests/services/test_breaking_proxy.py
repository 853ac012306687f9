"""The proxy that breaks connections."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.services.breaking_proxy import BreakingProxy, Rule


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that sends back what it gets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(ConnectionError):
            while data := connection.recv(1000):
                connection.sendall(data)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.fixture
def proxy(echo_port: int) -> Iterator[BreakingProxy]:
    with BreakingProxy(echo_port) as proxy:
        yield proxy


def connected(proxy: BreakingProxy) -> socket.socket:
    return socket.create_connection((proxy.host, proxy.port), timeout=2)


def echo(client: socket.socket, data: bytes) -> bytes:
    client.sendall(data)
    return client.recv(1000)


def test_it_is_whole_until_told_otherwise(proxy: BreakingProxy) -> None:
    with connected(proxy) as client:
        assert echo(client, b"hello") == b"hello"
        assert proxy.open_connections == 1
        assert proxy.passed_bytes == 5


def test_a_cut_resets_what_is_open_and_nothing_else(proxy: BreakingProxy) -> None:
    with connected(proxy) as client:
        assert echo(client, b"hello") == b"hello"
        proxy.cut()
        with pytest.raises(ConnectionError):
            client.recv(1)
    with connected(proxy) as client:
        assert echo(client, b"again") == b"again"


def test_it_cuts_after_a_number_of_bytes(proxy: BreakingProxy) -> None:
    proxy.obey(Rule(8, "cut"))
    with connected(proxy) as client:
        assert echo(client, b"hello") == b"hello"
        assert echo(client, b"world") == b"wor"
        with pytest.raises(ConnectionError):
            client.recv(1)
    assert proxy.passed_bytes == 8


def test_it_hangs_after_a_number_of_bytes_and_stays_so(proxy: BreakingProxy) -> None:
    proxy.obey(Rule(8, "hang"))
    with connected(proxy) as client:
        assert echo(client, b"hello") == b"hello"
        assert echo(client, b"world") == b"wor"
        proxy.restore()
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            echo(client, b"more")
    with connected(proxy) as client:
        assert echo(client, b"again") == b"again"


def test_a_hang_takes_open_and_new_connections(proxy: BreakingProxy) -> None:
    with connected(proxy) as client:
        assert echo(client, b"hello") == b"hello"
        proxy.hang()
        for each in (client, connected(proxy)):
            each.settimeout(0.2)
            with each, pytest.raises(TimeoutError):
                echo(each, b"more")
    until = time.monotonic() + 2
    while proxy.open_connections:
        assert time.monotonic() < until, "it does not see that the client is gone"
        time.sleep(0.01)


def test_it_drips(proxy: BreakingProxy) -> None:
    proxy.obey(Rule(drip_seconds=0.05))
    with connected(proxy) as client:
        began = time.monotonic()
        client.sendall(b"hello")
        assert b"".join(client.recv(100) for _ in range(5)) == b"hello"
        assert time.monotonic() - began >= 0.2


def test_it_refuses_until_it_is_restored(proxy: BreakingProxy) -> None:
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        connected(proxy)
    proxy.restore()
    with connected(proxy) as client:
        assert echo(client, b"again") == b"again"
