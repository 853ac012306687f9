"""A private PostgreSQL."""

import secrets
import signal

import psycopg2
from psycopg2 import sql

from tests.services import programs
from tests.services.ports import free_port
from tests.services.sandbox import Sandbox
from tests.services.server import Server

USER = "ticketapp"
UNSAFE_AND_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class PostgresServer(Server):
    """A PostgreSQL on a unix socket and on 127.0.0.1. `durable` keeps fsync on, as in production."""

    def __init__(self, *, durable: bool = False, settings: dict[str, str] | None = None):
        self._durable = durable
        self._settings = settings or {}
        self._password = secrets.token_hex(16)
        self.port = free_port()
        # PostgreSQL's fast shutdown: ends the backends too, each of which leads a process group of its own.
        super().__init__(Sandbox("postgres", stop_signal=signal.SIGINT))

    @property
    def url(self) -> str:
        """SQLAlchemy's address of the maintenance database."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """SQLAlchemy's address of a database, over TCP."""
        return f"postgresql+psycopg2://{USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def socket_url_of(self, database: str) -> str:
        """SQLAlchemy's address of a database, over the unix socket."""
        return (
            f"postgresql+psycopg2://{USER}:{self._password}@/{database}?host={self._sandbox.folder}&port={self.port}"
        )

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of `template` where given (nobody may be connected to that); its address."""
        source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + source)
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """Remove a database together with the connections to it; fine if there is none of that name."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def start(self) -> None:
        """Start (again) on the same port, with the data kept."""
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port), **self._settings}
        switches = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._sandbox.start(
            self._program,
            *("-D", self._sandbox.folder / "data", "-k", self._sandbox.folder),
            *switches,
            *(() if self._durable else UNSAFE_AND_FAST),
            ready=self._answers,
        )

    def _prepare(self) -> None:
        self._program = self._sandbox.reachable(programs.postgres())
        password_file = self._sandbox.write("password", self._password)
        self._sandbox.run(
            self._program.with_name("initdb"),
            *("-D", self._sandbox.folder / "data", "-U", USER, "-A", "scram-sha-256", "--pwfile", password_file),
            *("-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def _execute(self, statement: sql.Composable) -> None:
        connection = self._connect()
        connection.autocommit = True
        try:
            connection.cursor().execute(statement)
        finally:
            connection.close()

    def _connect(self) -> psycopg2.extensions.connection:
        return psycopg2.connect(self.url.replace("+psycopg2", ""))
