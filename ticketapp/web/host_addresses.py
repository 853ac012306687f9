"""The addresses that a host name leads to, asked for no longer than somebody waits for a page."""

import socket
from concurrent.futures import Future
from threading import Thread

LONGEST_SECONDS = 2.0


def addresses_of(host: str) -> frozenset[str]:
    """The IP addresses of a host; none where they are not to be had within two seconds."""
    answer: Future[frozenset[str]] = Future()
    Thread(target=_resolve, args=(host, answer), daemon=True).start()
    try:
        return answer.result(LONGEST_SECONDS)
    except TimeoutError:
        return frozenset()


def _resolve(host: str, answer: Future[frozenset[str]]) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    answer.set_result(frozenset(str(address[0]) for *_, address in found))
