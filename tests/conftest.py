"""Fixtures every test may ask for."""

pytest_plugins = ["pytester", "tests.pauses.plugin", "tests.services.fixtures", "tests.app_fixtures"]
