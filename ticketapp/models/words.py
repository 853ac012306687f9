"""The fixed vocabularies of the system, and the column types and checks that hold them in the database."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum


class Category(StrEnum):
    """What a ticket is about."""

    BILLING = "billing"
    TECHNICAL = "technical"
    ACCOUNT = "account"
    GENERAL = "general"


class Priority(StrEnum):
    """How much business impact a ticket has."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


CLASSIFIED = ("category", "priority")  # what of a ticket the machine may set


class Status(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    CLOSED = "closed"


FINISHED = (Status.RESOLVED, Status.CLOSED)


class Source(StrEnum):
    """How a ticket came in."""

    EMAIL = "email"
    WEB = "web"
    API = "api"


class ChosenBy(StrEnum):
    """Who chose a value: nobody (the default), the machine, or a person."""

    DEFAULT = "default"
    MACHINE = "machine"
    PERSON = "person"


class ClassificationState(StrEnum):
    """Where the classification of a ticket stands: ``failed`` is tried again by itself, ``given_up`` is not."""

    NOT_ASKED = "not_asked"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given_up"


class Role(StrEnum):
    """What a staff member may do."""

    AGENT = "agent"
    ADMIN = "admin"


def word(kind: type[StrEnum], name: str) -> Enum:
    """A text column that holds one of ``kind``'s values, enforced by a CHECK named after the column."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def not_blank(column: str) -> CheckConstraint:
    """A CHECK that ``column`` holds more than white space."""
    return CheckConstraint(f"trim({column}, ' \t\n\r') <> ''", name=f"{column}_not_blank")
