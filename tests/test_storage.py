"""The attachment store: bytes by their hash, whole or not there, in a folder or behind any fsspec URL."""

import hashlib
import threading
from pathlib import Path

import fsspec
import pytest

from ticketapp.storage import AttachmentStore, StorageError

HELLO = hashlib.sha256(b"hello").hexdigest()


@pytest.fixture(params=["folder", "file url", "memory url"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AttachmentStore:
    fsspec.filesystem("memory").store.clear()
    urls = {
        "folder": str(tmp_path / "plain"),
        "file url": f"file://{tmp_path / 'with a blank'}",
        "memory url": "memory://attachments",
    }
    return AttachmentStore(urls[request.param])


def test_bytes_come_back_by_their_hash(store: AttachmentStore) -> None:
    assert store.put(b"hello") == HELLO
    assert store.get(HELLO) == b"hello"
    assert store.put(b"") == hashlib.sha256(b"").hexdigest()


def test_same_bytes_twice_are_one_file(store: AttachmentStore) -> None:
    assert store.put(b"hello") == store.put(b"hello")


def test_missing_bytes_are_an_error_of_the_store(store: AttachmentStore) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        store.get("0" * 64)


def test_a_folder_with_a_blank_in_its_name_is_taken_as_it_is(tmp_path: Path) -> None:
    AttachmentStore(f"file://{tmp_path / 'with a blank'}").put(b"hello")
    assert (tmp_path / "with a blank" / HELLO[:2] / HELLO[2:4] / HELLO).read_bytes() == b"hello"


def test_a_folder_that_cannot_be_written_is_an_error_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be written"):
        AttachmentStore(str(tmp_path / "file" / "folder")).put(b"hello")


def test_many_writers_of_the_same_bytes_leave_one_whole_file(tmp_path: Path) -> None:
    content = b"x" * 300_000
    errors: list[Exception] = []

    def write() -> None:
        try:
            AttachmentStore(str(tmp_path)).put(content)
        except StorageError as error:
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert path.read_bytes() == content


def test_an_unknown_kind_of_url_is_an_error_at_once() -> None:
    with pytest.raises(ValueError, match="Protocol not known"):
        AttachmentStore("carrier-pigeon://loft")
