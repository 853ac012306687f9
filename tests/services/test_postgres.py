"""The private PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.services.postgres import PostgresServer


@pytest.fixture(scope="module", params=["found", "wheel"])
def server(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "wheel":
            patch.setenv("TEST_POSTGRES", "wheel")
        with PostgresServer() as started:
            yield started


def ask(url: str, statement: str) -> object:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        result = connection.execute(text(statement))
        return result.scalar() if result.returns_rows else None


def test_a_database_answers_on_tcp_and_on_the_socket(server: PostgresServer) -> None:
    server.create_database("answers")
    assert ask(server.url_of("answers"), "SELECT current_database()") == "answers"
    assert ask(server.socket_url_of("answers"), "SELECT inet_server_addr()") is None


def test_a_copy_holds_what_its_template_held_and_goes_its_own_way(server: PostgresServer) -> None:
    template = server.create_database("template")
    ask(template, "CREATE TABLE ticket AS SELECT 1 AS id")
    copy = server.create_database("copy", template="template")
    ask(copy, "INSERT INTO ticket VALUES (2)")
    assert ask(copy, "SELECT count(*) FROM ticket") == 2
    assert ask(template, "SELECT count(*) FROM ticket") == 1


def test_dropping_takes_the_connections_along(server: PostgresServer) -> None:
    engine = create_engine(server.create_database("dropped"))
    with engine.connect():
        server.drop_database("dropped")
        server.drop_database("dropped")
    engine.dispose()
    assert ask(server.url, "SELECT count(*) FROM pg_database WHERE datname = 'dropped'") == 0


def test_letters_outside_ascii_fold_and_sort_by_code_point(server: PostgresServer) -> None:
    assert ask(server.url, "SELECT lower('GRÜSSE')") == "grüsse"


def test_committed_rows_outlive_kill_nine() -> None:
    with PostgresServer(durable=True) as server:
        url = server.create_database("kept")
        ask(url, "CREATE TABLE ticket AS SELECT 7 AS id")
        assert ask(url, "SHOW fsync") == "on"
        server.kill()
        assert server.pid is None
        server.start()
        assert ask(url, "SELECT id FROM ticket") == 7


def test_closing_leaves_neither_process_nor_file(processes_in: Callable[[Path], list[str]]) -> None:
    with PostgresServer() as server:
        folder = server.folder
        assert "postgres" in processes_in(folder)
    assert processes_in(folder) == []
    assert not folder.exists()
