"""Two admins who change the settings at once: what the one saved is brought onto the form of the other."""

from collections.abc import Iterable

from flask_wtf import FlaskForm

from ticketapp.ai import MaskedKind
from ticketapp.models import ClassificationSettingChange, Setting
from ticketapp.web.classification_words import kept_words


def bring_together(
    form: FlaskForm, mine: dict[Setting, str], changes: Iterable[ClassificationSettingChange]
) -> dict[Setting, ClassificationSettingChange]:
    """Give the form the values of ``changes``, oldest first, wherever ``mine``, what it says, is what it had shown.

    What both changed differently stays as it is, with what the other set said beside it; the last change of each.
    """
    shown: dict[Setting, str] = {}
    last: dict[Setting, ClassificationSettingChange] = {}
    for change in changes:
        shown.setdefault(change.setting, change.old)
        last[change.setting] = change
    contested: dict[Setting, ClassificationSettingChange] = {}
    for name, change in last.items():
        if name == Setting.MASKED:
            _bring_masked(form, shown[name], change.new)
        elif _same(mine[name], shown[name]):
            _put(form, name, change.new)
        elif not _same(change.new, shown[name]) and not _same(change.new, mine[name]):
            form[name].errors = [*form[name].errors, kept_words(change)]
            contested[name] = change
    return contested


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
