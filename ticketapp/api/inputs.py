"""What programs may send: the bodies and the query string, as pydantic models that check and document them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from ticketapp.actions.fields import ADDRESS_LIMIT, mail_address
from ticketapp.actions.sent_back import SeenTicket
from ticketapp.actions.tickets import NAME_LIMIT, NewTicket
from ticketapp.api import values
from ticketapp.api.values import Json, checked, nullable, or_blank, or_null, text_schema, word_schema
from ticketapp.errors import InvalidInput
from ticketapp.models import Category, ChosenBy, ClassificationState, Priority, Source, Status
from ticketapp.models.ticket import DESCRIPTION_LIMIT, TITLE_LIMIT
from ticketapp.queries.paging import Cursor
from ticketapp.queries.parameters import TEXT_LIMIT
from ticketapp.queries.ticket_filter import Merged, TicketFilter

# What a ticket shows but nobody sets: taken and ignored, so that a ticket that was read can be sent back.
SHOWN_ONLY = frozenset(
    {"id", "created_at", "updated_at", "source", "category_by", "priority_by", "classification", "merged_into"}
)
TITLE = text_schema(TITLE_LIMIT, example="Charged twice in November")
DESCRIPTION = text_schema(DESCRIPTION_LIMIT, example="My card was charged twice for the November invoice.")
SEEN = frozenset({"category_by", "priority_by", "updated_at"})
ORIGIN = nullable(word_schema(ChosenBy))
MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
STAFF: Json = {"type": ["integer", "string", "null"], "examples": ["agent@example.com"]}


def _plain(schema: Json) -> None:
    """Leave out what pydantic adds: titles made of the field names, and defaults that no client has to send."""
    schema.pop("title", None)
    for part in schema.get("properties", {}).values():
        part.pop("default", None)
        part.pop("title", None)


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra=_plain)


class _TicketInput(_Input):
    @model_validator(mode="before")
    @classmethod
    def _without_what_is_shown_only(cls, data: Any) -> Any:
        return {name: value for name, value in data.items() if name not in cls._shown_only()}

    @classmethod
    def _shown_only(cls) -> frozenset[str]:
        return SHOWN_ONLY


class TicketCreation(_TicketInput):
    """A ticket to open."""

    title: Annotated[str, checked(values.title), WithJsonSchema(TITLE)] = Field(description="What it is about.")
    description: Annotated[str, checked(values.description), WithJsonSchema(DESCRIPTION)] = Field(
        description="What the customer says."
    )
    category: Annotated[
        str | None, checked(or_null(values.category)), WithJsonSchema(nullable(word_schema(Category)))
    ] = Field(None, description="Your choice. Left out or null: classified in the background.")
    priority: Annotated[
        str | None, checked(or_null(values.priority)), WithJsonSchema(nullable(word_schema(Priority)))
    ] = Field(None, description="Your choice. Left out or null: classified in the background.")
    status: Annotated[str | None, checked(or_null(values.status)), WithJsonSchema(nullable(word_schema(Status)))] = (
        Field(None, description="Left out or null: open.")
    )
    requester_email: Annotated[
        str | None,
        checked(or_blank(mail_address)),
        WithJsonSchema(nullable(text_schema(ADDRESS_LIMIT, at_least=0, example="jo@example.com"))),
    ] = Field(None, description="The customer, who may then write on by mail.")
    requester_name: Annotated[
        str | None,
        checked(or_null(values.requester_name)),
        WithJsonSchema(nullable(text_schema(NAME_LIMIT, at_least=0, example="Jo Miller"))),
    ] = Field(None, description="Kept where we do not know the customer's name yet.")

    def as_new_ticket(self) -> NewTicket:
        """What the action takes. Raises ``InvalidInput`` where a requester has a name but no address."""
        if self.requester_name and not self.requester_email:
            raise InvalidInput("requester_email", "Requester email is missing; a requester name needs it.")
        return NewTicket(
            title=self.title,
            description=self.description,
            source=Source.API,
            requester_email=self.requester_email or "",
            requester_name=self.requester_name or "",
            category=self.category,
            priority=self.priority,
            status=self.status,
        )


class TicketChange(_TicketInput):
    """Changes to a ticket: only what is named changes."""

    title: Annotated[str, checked(values.title), WithJsonSchema(TITLE)] = Field("", description="What it is about.")
    description: Annotated[str, checked(values.description), WithJsonSchema(DESCRIPTION)] = Field(
        "", description="What the customer says."
    )
    category: Annotated[str, checked(values.category), WithJsonSchema(word_schema(Category))] = Field(
        "", description="A person's choice from then on, also where it stays the same."
    )
    priority: Annotated[str, checked(values.priority), WithJsonSchema(word_schema(Priority))] = Field(
        "", description="A person's choice from then on, also where it stays the same."
    )
    status: Annotated[str, checked(values.status), WithJsonSchema(word_schema(Status))] = Field(
        "", description="Where it stands."
    )
    assignee: Annotated[int | str | None, checked(values.staff_member), WithJsonSchema(STAFF)] = Field(
        None, description="The number or the address of an active member of staff; null: nobody."
    )
    category_by: Annotated[ChosenBy | None, checked(or_null(values.chosen_by)), WithJsonSchema(ORIGIN)] = Field(
        None, description="As you read it. The category that the ticket has is then no choice, another must fit it."
    )
    priority_by: Annotated[ChosenBy | None, checked(or_null(values.chosen_by)), WithJsonSchema(ORIGIN)] = Field(
        None, description="As you read it. The priority that the ticket has is then no choice, another must fit it."
    )
    updated_at: Annotated[datetime | None, checked(or_null(values.moment)), WithJsonSchema(MOMENT)] = Field(
        None, description="As you read it. Where the ticket was changed since, only values that it has are taken."
    )

    @classmethod
    def _shown_only(cls) -> frozenset[str]:
        return SHOWN_ONLY - SEEN | {"requester"}

    def as_changes(self) -> dict[str, Any]:
        """What was sent to be changed, by name."""
        return self.model_dump(exclude_unset=True, exclude=set(SEEN))

    def as_seen(self) -> SeenTicket:
        """What was sent of how the ticket was read."""
        return SeenTicket(category_by=self.category_by, priority_by=self.priority_by, updated_at=self.updated_at)


class TicketText(_Input):
    """A text to classify, which is not kept."""

    description: Annotated[str, checked(values.description), WithJsonSchema(DESCRIPTION)] = Field(
        description="What the customer says."
    )
    title: Annotated[
        str | None,
        checked(or_null(values.optional_title)),
        WithJsonSchema(nullable(text_schema(TITLE_LIMIT, at_least=0, example="Charged twice"))),
    ] = Field(None, description="What it is about, if that is known.")


class TicketQuery(_Input):
    """What to list: every parameter is optional, all can be combined, a blank one counts as left out."""

    category: Annotated[str, WithJsonSchema(word_schema(Category))] = Field("", description="Only this category.")
    priority: Annotated[str, WithJsonSchema(word_schema(Priority))] = Field("", description="Only this priority.")
    status: Annotated[str, WithJsonSchema(word_schema(Status))] = Field("", description="Only this status.")
    classification: Annotated[str, WithJsonSchema(word_schema(ClassificationState))] = Field(
        "", description="Only where the machine's reading stands so."
    )
    merged: Annotated[str, WithJsonSchema(word_schema(Merged))] = Field(
        "", description="Only tickets that were merged into another, or only those that were not."
    )
    assignee: str = Field("", description="The number of a member of staff, or `none` for tickets of nobody.")
    unclassified: Annotated[bool, checked(values.yes_or_no), WithJsonSchema({"type": "boolean"})] = Field(
        default=False, description="Only tickets whose category or priority is still a default nobody chose."
    )
    search: Annotated[str, WithJsonSchema({"type": "string", "maxLength": TEXT_LIMIT})] = Field(
        "", description="Words that title and description together must all hold, each also inside a longer word."
    )
    limit: Annotated[
        int,
        checked(values.list_limit),
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": values.LIST_LIMIT}),
    ] = Field(values.LIST_DEFAULT, description=f"How many tickets at most; {values.LIST_DEFAULT} if left out.")
    after: str = Field("", description="Where to go on; taken from the `Link` header, not made up.")

    def narrowed(self) -> TicketFilter:
        """The filter. Raises ``InvalidInput``."""
        names = ("category", "priority", "status", "classification", "merged", "assignee", "search")
        flag = {"unclassified": "1"} if self.unclassified else {}
        return TicketFilter.from_args({name: getattr(self, name) for name in names} | flag)

    def cursor(self) -> Cursor | None:
        """Where to go on, if anywhere. Raises ``InvalidInput``."""
        return Cursor.parse(self.after) if self.after else None
