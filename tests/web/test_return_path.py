"""Where a form may lead."""

import pytest

from ticketapp.web.return_path import local_path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tickets",
        "/tickets?status=open&search=a%20b",
        "/tickets/7#message-3",
        "/a//b",
        "/tickets/zo%C3%AB",
        "/zoë",
    ],
)
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert local_path(path, otherwise="/home") == path


def test_an_empty_query_is_cut_off() -> None:
    assert local_path("/tickets?", otherwise="/home") == "/tickets"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "tickets",
        "?x=1",
        "https://evil.example",
        "https:evil.example",
        "https:/evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\nSet-Cookie: a=b",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/\x00/evil.example",
        "/\x7f/evil.example",
        "/a\\..\\..\\evil.example",
        "/\u2028/evil.example",
        "/\u00a0/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/" + "a" * 2_000,
    ],
)
def test_anything_else_is_not(address: str | None) -> None:
    assert local_path(address, otherwise="/home") == "/home"
