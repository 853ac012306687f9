"""What every server in a sandbox has in common: it starts when made, can be killed and started again, and closes."""

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.services.sandbox import Sandbox


class Server(ABC):
    """A server that runs from its making to its `close`; use it in a `with`."""

    def __init__(self, sandbox: Sandbox):
        self._sandbox = sandbox
        try:
            self._prepare()
            self.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The main process's id; None while the server is down."""
        return self._sandbox.pid

    @property
    def folder(self) -> Path:
        """Where everything of the server's lies."""
        return self._sandbox.folder

    def own(self, path: Path) -> Path:
        """Hand a file or folder to the server's account; the same path."""
        return self._sandbox.own(path)

    @abstractmethod
    def start(self) -> None:
        """Start (again), on the same port and with the data on disk."""

    def stop(self) -> None:
        """Shut down in order; the data stay."""
        self._sandbox.stop()

    def kill(self) -> None:
        """kill -9; the data on disk stay."""
        self._sandbox.kill()

    def close(self) -> None:
        """Shut down and remove everything."""
        self._sandbox.close()

    @abstractmethod
    def _prepare(self) -> None:
        """Find the program and write what it needs into the sandbox."""
