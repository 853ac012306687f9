"""What programs get: the JSON of a ticket, of the statistics, of a proposal and of a problem, as pydantic models."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ticketapp.ai import Verdict
from ticketapp.models import Category, ChosenBy, ClassificationState, Priority, Source, Status, Ticket
from ticketapp.queries.dashboard import Overview


class _Output(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class RequesterOut(_Output):
    """A customer."""

    email: str = Field(examples=["jo@example.com"])
    name: str = Field(description="Empty where we do not know it.", examples=["Jo Miller"])


class StaffOut(_Output):
    """A member of staff."""

    id: int
    email: str = Field(examples=["agent@example.com"])
    name: str = Field(examples=["Gil Agent"])


class TicketOut(_Output):
    """A ticket. Times are UTC in ISO 8601."""

    id: int
    title: str = Field(examples=["Charged twice in November"])
    description: str = Field(examples=["My card was charged twice for the November invoice."])
    category: Category
    category_by: ChosenBy = Field(description="How the category came about.")
    priority: Priority
    priority_by: ChosenBy = Field(description="How the priority came about.")
    classification: ClassificationState = Field(
        description="Where the machine's reading of it stands: done also where people decided; failed is tried again."
    )
    status: Status
    source: Source
    merged_into: int | None = Field(description="The ticket in which this one goes on, if it was merged.")
    requester: RequesterOut | None
    assignee: StaffOut | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, ticket: Ticket, state: ClassificationState) -> "TicketOut":
        """The ticket with where its classification stands."""
        names = cls.model_fields.keys() - {"classification", "merged_into"}
        plain = {name: getattr(ticket, name) for name in names}
        return cls.model_validate(plain | {"classification": state, "merged_into": ticket.merged_into_id})


class StatisticsOut(_Output):
    """The figures; every key of the breakdowns is there, also at zero."""

    total_tickets: int
    open_tickets: int
    avg_tickets_per_day: float = Field(description="Total over days since the first ticket, at least one.")
    priority_breakdown: dict[Priority, int]
    category_breakdown: dict[Category, int]

    @classmethod
    def of(cls, overview: Overview) -> "StatisticsOut":
        """The part of the overview that the API promises."""
        return cls.model_validate(overview)


class ProposalOut(_Output):
    """What the model proposes; general and medium where it could not be asked, with the reason."""

    suggested_category: Category
    suggested_priority: Priority
    classified: bool = Field(description="Whether the model proposed this; if not, `reason` says why.")
    reason: str = Field(examples=["The customer was charged twice."])
    confidence: float | None = Field(description="0 to 1, what the model says of itself: a hint.")
    model: str = Field(examples=["gemini-3.5-flash-lite"])

    @classmethod
    def of(cls, verdict: Verdict) -> "ProposalOut":
        """The verdict as it is shown."""
        found, failure = verdict.suggestion, verdict.failure
        raised = f" {verdict.floor.sentence}" if verdict.floor else ""
        return cls(
            suggested_category=Category(found.category) if found else Category.GENERAL,
            suggested_priority=Priority(found.priority) if found else Priority.MEDIUM,
            classified=found is not None,
            reason=found.reason + raised if found else (failure.sentence if failure else ""),
            confidence=found.confidence if found else None,
            model=verdict.model,
        )


class FieldProblem(_Output):
    """One value that cannot be taken."""

    field: str = Field(description="Which: a field, a parameter, or `body`.")
    detail: str = Field(description="What would be right.")


class Problem(_Output):
    """What is wrong, as RFC 9457 has it."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(default=[], description="With 422: each value that cannot be taken.")
