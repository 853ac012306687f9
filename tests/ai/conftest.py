"""The Gemini-speaking server and a real classifier in front of it, for the tests that leave no trace on them."""

from collections.abc import Iterator

import pytest

from tests.services.gemini import GeminiServer
from ticketapp.ai import GeminiClassifier

KEY = "AIzaSyTestKeyThatMustNeverShowUpAnywhere"
MODEL = "gemini-3.5-flash-lite"


@pytest.fixture(scope="session")
def server() -> Iterator[GeminiServer]:
    with GeminiServer(good_key=KEY) as running:
        yield running


@pytest.fixture(scope="session")
def classifier(server: GeminiServer) -> GeminiClassifier:
    ready = GeminiClassifier(KEY, MODEL, base_url=server.url)
    ready.warm_up()
    return ready


@pytest.fixture
def own_server() -> Iterator[GeminiServer]:
    """A server of the test's own, for what would show up in other tests."""
    with GeminiServer(good_key=KEY) as running:
        yield running
