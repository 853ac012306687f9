"""The page checks themselves: each rule is seen to fail on a page that breaks it, and a good page passes."""

import pytest

from tests.web.page_checks import page_complaints

GOOD = (
    '<!doctype html><html lang="en"><head><title>Tickets · TICKETAPP</title></head><body><h1>Tickets</h1>'
    '<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t">'
    '<label for="name">Name</label><input id="name" name="name">'
    '<label for="role">Role</label><select id="role" name="role" autocomplete="off"></select></form>'
    '<form method="post" action="/y" autocomplete="off"><input type="hidden" name="csrf_token" value="t">'
    '<input type="hidden" name="seen" value="7"><input name="model" aria-label="Model"></form></body></html>'
)


def test_a_good_page_has_no_complaints() -> None:
    assert page_complaints(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "complaint"),
    [
        ("Tickets · TICKETAPP", " · TICKETAPP", "the page has no title"),
        ("<h1>Tickets</h1>", "", "the page has 0 h1 headings"),
        ("<h1>Tickets</h1>", "<h1>Tickets</h1><h1>More</h1>", "the page has 2 h1 headings"),
        (' lang="en"', "", "the page does not say its language"),
        ("<h1>", '<h1 id="name">', "the id 'name' is given 2 times"),
        ('<label for="name">Name</label>', "", "the control 'name' has no label"),
        ('for="name"', 'for="nome"', "nothing has the id 'nome' that is referred to"),
        ('name="csrf_token" value="t"', 'name="csrf_token" value=""', "the form to /x carries no CSRF token"),
        ('<input type="hidden" name="csrf_token" value="t">', "", "the form to /x carries no CSRF token"),
        ("<h1>", '<h1 style="color:red">', "<h1> brings a style of its own"),
        ("<h1>", '<h1 onclick="x()">', "<h1> has onclick"),
        ("<h1>", '<a href="javascript:x()">x</a><h1>', "<a> runs a script address"),
        ("</head>", "<script>x()</script></head>", "a script is written into the page"),
        ("<h1>", '<img src="/x.png"><h1>', "an image has no alternative text"),
        (' name="role" autocomplete="off"', ' name="role"', "the Back button restores 'role'"),
        ('action="/y" autocomplete="off"', 'action="/y"', "the Back button restores 'model'"),
        ("<h1>Tickets</h1>", "<h1>Tickets</h2></h1>", "</h2> closes ['h1']"),
    ],
)
def test_each_broken_rule_is_named(good: str, bad: str, complaint: str) -> None:
    assert good in GOOD
    assert complaint in page_complaints(GOOD.replace(good, bad, 1))
