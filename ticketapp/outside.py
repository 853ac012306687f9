"""What the shells are handed of the outside world, put together once by create_app."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from config import Config
from ticketapp.actions.conversation import Support
from ticketapp.actions.intake_rules import IntakeRules
from ticketapp.ai import GatedClassifier
from ticketapp.storage import AttachmentStore
from ticketapp.vault import Vault

EXTENSION = "ticketapp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Settings and clients. ``hint(task, *args)`` nudges the worker and never fails: the sweep is the promise.

    ``classifier`` is for workers, who may be told to come again later; ``adviser`` is for who waits at a form and has
    a share of the pace that no backlog uses up; ``programs_adviser`` is for programs, which wait like a form but take
    no place from one.
    """

    config: Config
    classifier: GatedClassifier
    adviser: GatedClassifier
    programs_adviser: GatedClassifier
    store: AttachmentStore
    support: Support
    rules: IntakeRules
    vault: Vault
    hint: Callable[..., None]


def outside() -> Outside:
    """The outside world of the current application."""
    return cast(Outside, current_app.extensions[EXTENSION])
