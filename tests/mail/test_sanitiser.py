"""HTML of strangers comes out as formatting only."""

import pytest

from tests.mail.invariants import _UNSAFE_HTML as UNSAFE
from tests.mail.xss import VECTORS
from ticketapp.mail import sanitise

# What a browser must never find in the result, whatever went in.
FORBIDDEN = (
    "javascript:",
    "vbscript:",
    "data:text",
    "expression(",
    "url(",
    "<script",
    "onerror=",
    "onload=",
    "srcdoc",
    "position",
)


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_active_is_left(vector: str) -> None:
    safe = sanitise(vector)
    assert not UNSAFE.search(safe)
    markup = "".join(piece.split(">")[0] for piece in safe.lower().split("<")[1:])
    assert not [word for word in FORBIDDEN if word in markup]
    assert sanitise(safe) == safe


def test_what_a_mail_may_show_is_kept() -> None:
    source = (
        "<h1>Head</h1><p>One <b>two</b> <i>three</i></p><blockquote>q</blockquote><pre>a\n b</pre><ol><li>x</li></ol>"
        '<table><tbody><tr><td colspan="2">c</td></tr></tbody></table><hr>'
    )
    assert sanitise(source) == source


def test_links_cannot_reach_back() -> None:
    assert sanitise('<a href="https://a.example/?a=1&amp;b=2">x</a>') == (
        '<a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">x</a>'
    )


def test_a_mail_link_is_kept() -> None:
    assert 'href="mailto:a@b.example"' in sanitise("<a href='mailto:a@b.example'>x</a>")


def test_unclosed_markup_is_closed_inside_the_fragment() -> None:
    assert sanitise("<div><b>x") == "<div><b>x</b></div>"
    assert sanitise("x</div></td></body>y") == "xy"


def test_text_that_looks_like_markup_stays_text() -> None:
    assert sanitise("1 < 2 && 3 > 2") == "1 &lt; 2 &amp;&amp; 3 &gt; 2"


def test_links_do_not_nest() -> None:
    assert sanitise("<a href=http://a.example>x<b>y<a href=http://b.example>z</a>") == (
        '<a href="http://a.example" target="_blank" rel="noopener noreferrer nofollow">x<b>y</b></a>'
        '<a href="http://b.example" target="_blank" rel="noopener noreferrer nofollow">z</a>'
    )


def test_an_anchor_that_leads_nowhere_leaves_its_text() -> None:
    assert sanitise("<a name=top><p>x</p><a href='#top'>up</a>") == "<p>x</p>up"


@pytest.mark.parametrize(
    "link", ["http://bank.example@evil.example/", "https:\\\\a:b@evil.example", "http:/\t/a@b.example"]
)
def test_a_link_that_names_a_user_before_its_host_is_none(link: str) -> None:
    assert sanitise(f"<a href='{link}'>x</a>") == "x"


@pytest.mark.parametrize("link", ["https://a.example/@name", "https://a.example/?mail=a@b.example"])
def test_a_link_may_hold_an_address_behind_its_host(link: str) -> None:
    assert f'href="{link}"' in sanitise(f"<a href='{link}'>x</a>")


@pytest.mark.parametrize(
    "style",
    [
        "margin-top: calc(0px - 500px)",
        "margin: 0 calc(500px*(0 - 1))",
        "width: min(1px, 2px)",
        "letter-spacing: -500px",
        "color: var(--x)",
        "color: rgb(1,2,3) url(x)",
        "font-family: 'x",
    ],
)
def test_a_style_that_could_move_or_fetch_is_left_out(style: str) -> None:
    assert sanitise(f'<p style="{style}">x</p>') == "<p>x</p>"


@pytest.mark.parametrize(
    "style",
    [
        "color: rgb(1, 2, 3)",
        "color: RGBA(1,2,3,.5)",
        "background: hsl(1 2% 3%)",
        "font-family: Varela, 'Open Sans'",
        "margin: 0 auto 1em",
    ],
)
def test_a_style_that_formats_is_kept(style: str) -> None:
    assert sanitise(f'<p style="{style}">x</p>') == f'<p style="{style}">x</p>'


def test_schemes_are_written_as_everybody_compares_them() -> None:
    assert sanitise("<img src='CID:Dot@Shop'>") == '<img src="cid:Dot@Shop">'
    assert sanitise("<img src='HTTPS://a.example/X.png'>") == '<img src="https://a.example/X.png">'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "<body bgcolor='#000' text=white>x",
            '<div style="background-color: #000; color: white">x</div>',
        ),
        ("<body style='background:#111;position:fixed'>x", '<div style="background: #111">x</div>'),
        ("<body bgcolor=black></div></body>x</html>y", '<div style="background-color: black">xy</div>'),
        ("<body bgcolor='url(x)' onload=x>x", "x"),
        ("<body dir=rtl bgcolor=red>x", '<div dir="rtl" style="background-color: red">x</div>'),
        ("<body>x</body>", "x"),
        ("<p>x<body bgcolor=red>y", "<p>xy</p>"),
    ],
)
def test_the_ground_that_light_letters_need_is_kept(source: str, expected: str) -> None:
    assert sanitise(source) == expected
