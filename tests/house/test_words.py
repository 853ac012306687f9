"""Words that two sides of a wall must spell alike."""

from ticketapp.ai import CATEGORIES, PRIORITIES
from ticketapp.models import Category, ChosenBy, Priority
from ticketapp.web.look import origin


def test_what_the_machine_may_say_is_what_the_database_takes() -> None:
    assert tuple(CATEGORIES) == tuple(str(value) for value in Category)
    assert tuple(PRIORITIES) == tuple(str(value) for value in Priority)


def test_every_way_a_value_came_about_has_words() -> None:
    assert all(origin(by) for by in ChosenBy)
