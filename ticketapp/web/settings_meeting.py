"""Two admins who change the settings at once: what the one saved is brought onto the form of the other."""

from collections.abc import Iterable

from flask_wtf import FlaskForm

from ticketapp.ai import MaskedKind
from ticketapp.models import ClassificationSettingChange, Setting
from ticketapp.web.classification_words import kept_words


def bring_together(form: FlaskForm, mine: dict[Setting, str], changes: Iterable[ClassificationSettingChange]) -> None:
    """Give the form the values of ``changes``, oldest first, wherever ``mine``, what it says, is what was shown."""
    for first, last in _firsts_and_lasts(changes):
        name = first.setting
        if name == Setting.MASKED:
            _bring_masked(form, first.old, last.new)
        elif _same(mine[name], first.old):
            _put(form, name, last.new)


def mark_contested(
    form: FlaskForm, mine: dict[Setting, str], changes: Iterable[ClassificationSettingChange]
) -> dict[Setting, ClassificationSettingChange]:
    """Say beside each field what ``changes``, oldest first, set otherwise than ``mine``, what the form says.

    The last change of each such setting. Of what is masked nothing is said: the ticks of both are kept.
    """
    contested = {
        last.setting: last
        for first, last in _firsts_and_lasts(changes)
        if first.setting != Setting.MASKED
        and not _same(last.new, first.old)
        and not _same(last.new, mine[first.setting])
    }
    for name, change in contested.items():
        form[name].errors = [*form[name].errors, kept_words(change)]
    return contested


def _firsts_and_lasts(
    changes: Iterable[ClassificationSettingChange],
) -> list[tuple[ClassificationSettingChange, ClassificationSettingChange]]:
    """Of each setting the change that began at what was shown, and the one that counts now."""
    found: dict[Setting, tuple[ClassificationSettingChange, ClassificationSettingChange]] = {}
    for change in changes:
        first, _ = found.get(change.setting, (change, change))
        found[change.setting] = first, change
    return list(found.values())


def _bring_masked(form: FlaskForm, shown: str, new: str) -> None:
    """Each kind is a box of its own: where both changed it, both made it the same."""
    before, after = set(shown.split(", ")), set(new.split(", "))
    for kind in MaskedKind:
        if (kind in before) != (kind in after):
            form[kind.value].data = kind in after


def _put(form: FlaskForm, name: Setting, new: str) -> None:
    field = form[name]
    field.raw_data = None  # what was sent would be shown before what is set
    match name:
        case Setting.MOST_EXAMPLES:
            field.data = int(new)
        case Setting.MODEL | Setting.SEVERITY_WORDS:
            field.data = new
        case _:
            field.data = new == "on"


def _same(one: str, other: str) -> bool:
    """Browsers send line ends of their own, and blanks around a text are not kept."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
