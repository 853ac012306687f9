"""TCP ports on the loopback interface."""

import random
import socket

# Below Linux's ephemeral range, so that no outgoing connection takes a port while its server is down.
FIRST, LAST = 15_000, 32_000


def free_port() -> int:
    """A port nobody listens on. OSError if a hundred tries find none."""
    for _ in range(100):
        port = random.randint(FIRST, LAST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError(f"no free port between {FIRST} and {LAST}")


def answers(port: int, greeting: bytes = b"") -> bool:
    """Whether something on the port accepts a connection and, where a greeting is given, opens with it."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return not greeting or connection.recv(200).startswith(greeting)
    except OSError:
        return False
