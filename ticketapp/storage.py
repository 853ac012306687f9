"""The attachment store: bytes by their SHA-256, under a folder or any fsspec URL; knows no database."""

import hashlib
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import fsspec


class StorageError(OSError):
    """The store could not be written or read; trying again later may work."""


class AttachmentStore:
    """Files by content hash. Writing the same bytes twice is one file; nothing is ever overwritten or deleted."""

    def __init__(self, url: str) -> None:
        self._files, self._root = fsspec.core.url_to_fs(url)
        self._is_local = "file" in _protocols(self._files)

    def put(self, content: bytes) -> str:
        """Keep ``content`` and return its SHA-256 in hex; durable when this returns. Raises ``StorageError``."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        try:
            if not self._files.exists(path):
                self._write(path, content)
        except Exception as error:
            raise StorageError(f"The attachment store cannot be written: {error}") from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes kept under ``sha256``. Raises ``StorageError``."""
        try:
            content: bytes = self._files.cat_file(self._path(sha256))
        except Exception as error:
            raise StorageError(f"The attachment store cannot be read: {error}") from error
        return content

    def _write(self, path: str, content: bytes) -> None:
        if not self._is_local:
            self._files.pipe_file(path, content)
            return
        # A local file appears under its name only when it is whole and on the disk, whatever is killed meanwhile.
        final = Path(path)
        final.parent.mkdir(parents=True, exist_ok=True)
        draft = final.with_name(f"{final.name}.{uuid4().hex}.draft")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)
