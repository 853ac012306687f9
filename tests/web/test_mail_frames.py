"""A sanitised fragment as a document: pictures find their address, and nothing else is taken for a picture."""

import time

import pytest

from ticketapp.mail import sanitise
from ticketapp.web.mail_frames import frame, picture_type


def drawn(fragment: str, *, are_images_shown: bool = False) -> str:
    return frame(
        fragment, are_images_shown=are_images_shown, picture_url=lambda cid: f"/p/{cid}", images_url="/f?images=1"
    ).document


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ('<img src="cid:a@b">', '<img src="/p/a@b">'),
        ('<img alt="x > y" src="cid:a@b">', '<img alt="x > y" src="/p/a@b">'),
        ('<p><img width="1" src="cid:a%40b"></p>', '<img width="1" src="/p/a@b">'),
        ('<img src="cid:a&amp;b">', '<img src="/p/a&amp;b">'),
        ('<img src="cid:one"><img src="cid:two">', '<img src="/p/one"><img src="/p/two">'),
        ('<img src="data:image/png;base64,AA">', '<img src="data:image/png;base64,AA">'),
        ('<img src="cid:..%5C..">', r'<img src="/p/..\..">'),
    ],
)
def test_pictures_of_the_mail_find_their_address(fragment: str, expected: str) -> None:
    assert expected in drawn(fragment)


@pytest.mark.parametrize("content_id", ["../a", "..%2f..%2faccount", "a/%2e%2e/b", "./a", "%00", "%20", "a%0Ab"])
def test_a_content_id_leads_to_no_other_page(content_id: str) -> None:
    assert '<img src="">' in drawn(f'<img src="cid:{content_id}">')


@pytest.mark.parametrize("scheme", ["http", "https", "HTTP"])
def test_a_picture_from_outside_has_no_address_until_it_is_asked_for(scheme: str) -> None:
    fragment = f'<img alt="a" src="{scheme}://x.example/a.png">'
    assert '<img alt="a" src="">' in drawn(fragment)
    assert fragment in drawn(fragment, are_images_shown=True)


@pytest.mark.parametrize("fragment", ['<p>write src="cid:a" there</p>', '<a href="https://x.example/">cid:a</a>'])
def test_only_pictures_are_rewritten(fragment: str) -> None:
    assert fragment in drawn(fragment)


def test_what_the_sanitiser_writes_is_what_is_rewritten() -> None:
    assert '"/p/dot@shop"' in drawn(sanitise("<img alt='a > b' SRC='cid:dot@shop'>"))


@pytest.mark.parametrize(
    ("fragment", "is_offered"),
    [
        ('<img src="https://x.example/a.png">', True),
        ('<img alt="a > b" src="http://x.example/a.png">', True),
        ('<img src="cid:a">', False),
        ('<a href="https://x.example/">x</a>', False),
    ],
)
def test_loading_is_offered_only_where_something_is_held_back(fragment: str, is_offered: bool) -> None:
    assert ("Load them" in drawn(fragment)) == is_offered
    assert "Load them" not in drawn(fragment, are_images_shown=True)


@pytest.mark.parametrize("hostile", ["<img " * 200_000, '<img alt="' * 100_000, '<img src="cid:' * 100_000])
def test_hostile_markup_takes_bounded_time(hostile: str) -> None:
    started = time.perf_counter()
    drawn(hostile)
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPrest", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVErest", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(content: bytes, kind: str | None) -> None:
    assert picture_type(content) == kind
