"""How times, marked words, sizes and navigation are worded."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.look.office import NOW, ROOT
from ticketapp.models.words import Category, ChosenBy, Status
from ticketapp.web.look import (
    ahead,
    asset_version,
    code,
    exact_utc,
    file_size,
    mark_words,
    nav_state,
    origin,
    relative,
    words,
)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=13, hours=23), "13 days ago"),
        (timedelta(days=14), "2026-11-06"),
        (timedelta(hours=-2), "in 2 h"),
        (timedelta(days=-40), "2026-12-30"),
    ],
)
def test_times_are_worded_by_their_distance(gap: timedelta, expected: str) -> None:
    assert relative(NOW - gap, NOW) == expected


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(minutes=-4), "when its turn comes"),
        (timedelta(0), "when its turn comes"),
        (timedelta(seconds=1), "within a minute"),
        (timedelta(seconds=59), "within a minute"),
        (timedelta(minutes=1), "in 1 min"),
        (timedelta(hours=5), "in 5 h"),
    ],
)
def test_what_is_to_come_is_never_past_nor_just_now(gap: timedelta, expected: str) -> None:
    assert ahead(NOW + gap, NOW) == expected


def test_exact_time_is_utc_whatever_zone_it_came_in() -> None:
    tokyo = datetime(2026, 11, 20, 8, 0, 5, tzinfo=timezone(timedelta(hours=9)))
    assert exact_utc(tokyo) == "2026-11-19 23:00:05 UTC"
    assert relative(tokyo, datetime(2026, 12, 24, tzinfo=UTC)) == "2026-11-19"


def test_marking_ignores_case_and_keeps_the_letters_as_written() -> None:
    assert mark_words("Password lost", ["pASSWORD"]) == "<mark>Password</mark> lost"


def test_marking_escapes_text_and_words_alike() -> None:
    marked = mark_words("<b>a & b</b> <script>", ["<b>", "&"])
    assert marked == "<mark>&lt;b&gt;</mark>a <mark>&amp;</mark> b&lt;/b&gt; &lt;script&gt;"


def test_marking_never_reads_a_word_as_a_pattern() -> None:
    assert mark_words("a.c abc (x", ["a.c", "(x"]) == "<mark>a.c</mark> abc <mark>(x</mark>"


def test_longer_word_wins_where_words_overlap() -> None:
    assert mark_words("signing", ["sign", "signing"]) == "<mark>signing</mark>"


@pytest.mark.parametrize("search_words", [[], [""]])
def test_without_words_nothing_is_marked(search_words: list[str]) -> None:
    assert mark_words("a < b", search_words) == "a &lt; b"


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (25_000_000, "25.0 MB"),
    ],
)
def test_sizes_change_unit_where_they_should(size_bytes: int, expected: str) -> None:
    assert file_size(size_bytes) == expected


def test_values_are_spelled_alike_as_text_and_as_members() -> None:
    assert (code(Status.IN_PROGRESS), words(Status.IN_PROGRESS)) == ("in_progress", "in progress")
    assert (code("billing"), words(Category.BILLING)) == ("billing", "billing")


def test_every_origin_has_words() -> None:
    assert len({origin(by) for by in ChosenBy}) == 3


@pytest.mark.parametrize(
    ("endpoint", "current", "expected"),
    [
        ("tickets.index", "tickets.index", "page"),
        ("tickets.index", "tickets.show", "true"),
        ("tickets.index", "tickets.new", ""),
        ("tickets.new", "tickets.show", ""),
        ("dashboard.show", "tickets.show", ""),
        ("dashboard.show", None, ""),
        ("admin_mail.index", "admin_mailboxes.show", "true"),
        ("admin_users.index", "admin_mail.index", ""),
    ],
)
def test_navigation_lights_the_page_or_its_noun(endpoint: str, current: str | None, expected: str) -> None:
    assert nav_state(endpoint, current) == expected


def test_asset_version_changes_with_any_byte_or_name(tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    sheet = tmp_path / "css/a.css"
    sheet.write_text("a{}")
    first = asset_version(tmp_path)
    sheet.write_text("b{}")
    second = asset_version(tmp_path)
    sheet.rename(tmp_path / "css/b.css")
    assert len({first, second, asset_version(tmp_path)}) == 3
    assert asset_version(ROOT / "ticketapp/static") == asset_version(ROOT / "ticketapp/static")
