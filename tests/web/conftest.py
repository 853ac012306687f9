"""Applications whose test clients check every page they fetch."""

from typing import Any

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.web.page_checks import CheckedClient


@pytest.fixture
def make_sqlite_app(make_sqlite_app: MakeApp) -> MakeApp:
    """As elsewhere, with checked clients."""
    return _checked(make_sqlite_app)


@pytest.fixture
def make_postgres_app(make_postgres_app: MakeApp) -> MakeApp:
    """As elsewhere, with checked clients."""
    return _checked(make_postgres_app)


def _checked(make: MakeApp) -> MakeApp:
    def make_checked(**changes: Any) -> APIFlask:
        app = make(**changes)
        app.test_client_class = CheckedClient
        return app

    return make_checked
