"""The filter strip of the mail ledger: choices, chips, links."""

from typing import Any, TypeAlias

from flask import url_for

from ticketapp.models import MailKind, MailState
from ticketapp.queries import ledger
from ticketapp.queries.mails import MailFilter
from ticketapp.web.look import words

Choices: TypeAlias = tuple[tuple[str, str], ...]
STATE_NAMES = {
    MailState.QUARANTINED: "Quarantined",
    MailState.RECEIVED: "Waiting",
    MailState.SET_ASIDE: "Set aside",
    MailState.PROCESSED: "On tickets",
}


def ledger_url(narrowed: MailFilter, **place: object) -> str:
    """The address of the ledger with this filter; ``place`` may hold ``below`` and ``ticked``."""
    return _url(narrowed.as_args() | {name: str(value) for name, value in place.items() if value})


def strip(narrowed: MailFilter) -> dict[str, Any]:
    """What the template of the strip is told: the choices of each select, and the chips of what is active."""
    mailboxes = {str(mailbox.id): mailbox.name for mailbox in ledger.every_mailbox()}
    return {
        "choices": {
            "state": (("", "Any"), *((str(state), STATE_NAMES[state]) for state in STATE_NAMES)),
            "kind": (("", "Any"), *((str(kind), words(kind)) for kind in MailKind)),
            "mailbox": (("", "Any"), *mailboxes.items()),
        },
        "chips": _chips(narrowed, mailboxes),
        "state_names": STATE_NAMES,
    }


def _chips(narrowed: MailFilter, mailboxes: dict[str, str]) -> list[tuple[str, str]]:
    args = narrowed.as_args()
    return [
        (_label(name, value, mailboxes), _url({key: args[key] for key in args if key != name}))
        for name, value in args.items()
    ]


def _label(name: str, value: str, mailboxes: dict[str, str]) -> str:
    if name == "state":
        return f"state: {STATE_NAMES[MailState(value)].lower()}"
    if name == "mailbox":
        return f"mailbox: {mailboxes.get(value, f'number {value}')}"
    days = {"since": "recorded from", "until": "recorded to"}
    return f"{days.get(name, name)}: {value}"


def _url(args: dict[str, str]) -> str:
    values: dict[str, Any] = dict(args)
    return url_for("admin_mail.index", **values)
