"""What processes hold together: changed by one at a time, taken back, gone after its time."""

import os
import time
from pathlib import Path

from redis import Redis

from tests.ai.memories import memory
from tests.services.redis import RedisServer
from ticketapp.ai import FileMemory, Memory
from ticketapp.ai.memory import LOCK
from ticketapp.ai.redis_memory import PREFIX, RedisMemory

__all__ = ["memory"]

BRIEF = 0.4


def test_what_is_held_no_more_can_be_held_anew(memory: Memory) -> None:
    for _ in range(2):
        memory.update("a", lambda _held, _now: ("held", None))
        assert memory.look("a")[0] == "held"
        memory.update("a", lambda _held, _now: (None, None))
        assert memory.look("a")[0] is None


def test_a_brief_text_is_gone_after_its_time_and_others_stay(memory: Memory) -> None:
    memory.update("long", lambda _held, _now: ("stays", None))
    brief = memory.brief("short", seconds=BRIEF)
    brief.update("a", lambda _held, _now: ("goes", None))
    assert (brief.look("a")[0], memory.look("a")[0]) == ("goes", None)
    time.sleep(BRIEF + 0.05)
    assert brief.look("a")[0] is None
    assert brief.update("a", lambda held, _now: (held, held)) is None
    assert memory.look("long")[0] == "stays"


def test_in_redis_it_expires_by_itself(redis_server: RedisServer) -> None:
    redis_server.flush()
    client = Redis.from_url(redis_server.url, decode_responses=True)
    RedisMemory(client).brief("short", seconds=60).update("a", lambda _held, _now: ("goes", None))
    assert 50 < client.ttl(f"{PREFIX}short:a") <= 60  # type: ignore[operator]


def test_its_files_are_removed_by_any_process_that_looks_at_the_gate(tmp_path: Path) -> None:
    before = FileMemory(tmp_path).brief("short", seconds=60)
    for name in ("old", "young"):
        before.update(name, lambda _held, _now: ("text", None))
    (tmp_path / "short" / "dead.draft").write_text("text")
    for name in ("old", "dead.draft"):
        os.utime(tmp_path / "short" / name, (0, time.time() - 61))
    after = FileMemory(tmp_path)
    after.brief("short", seconds=60)
    after.look("the gate")
    left = {path.name for path in (tmp_path / "short").iterdir() if path.name != LOCK}
    assert left == {"young"}


def test_what_another_process_removes_meanwhile_keeps_no_file_from_being_removed(tmp_path: Path) -> None:
    """A link to nothing is listed and not there, as what is removed after it was listed."""
    before = FileMemory(tmp_path).brief("short", seconds=60)
    for number in range(20):
        before.update(f"{number}", lambda _held, _now: ("text", None))
        os.utime(tmp_path / "short" / f"{number}", (0, time.time() - 61))
        (tmp_path / "short" / f"gone {number}").symlink_to(tmp_path / "nowhere")
    after = FileMemory(tmp_path)
    after.brief("short", seconds=60)
    after.look("the gate")
    assert [path.name for path in (tmp_path / "short").iterdir() if path.exists()] == [LOCK]
