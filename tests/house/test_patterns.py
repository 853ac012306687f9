"""Regular expressions mean the same on every Python that this runs on."""

import re

from tests.house.files import modules, name_of

# Before Python 3.11.5 a possessive quantifier behind a group gave back nothing of what the group had tried in vain
# (https://github.com/python/cpython/issues/106052), so that more was taken; an atomic group, (?>(…)+), is sound.
POSSESSIVE_GROUP = re.compile(r"[)}][+*?]\+|\)\{{1,2}\d*,?\d*\}{1,2}\+")


def test_the_search_finds_what_it_is_for() -> None:
    wrong = ["(?:a|b)++", "(a)*+", "(a)?+", "(a){0,4}+", "(a){{2,}}+", "{NAMED}++"]
    assert [each for each in wrong if not POSSESSIVE_GROUP.search(each)] == []
    assert POSSESSIVE_GROUP.search(r"(?>(?:a|b)+)c++[d]*+\w{2,}+") is None


def test_no_group_is_repeated_possessively() -> None:
    assert [
        name_of(path) for path in modules("ticketapp", "worker") if POSSESSIVE_GROUP.search(path.read_text())
    ] == []
