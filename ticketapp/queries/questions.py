"""How a text is put to the model: in the manner that admins set, after the most similar decisions of the team."""

from dataclasses import dataclass

from sqlalchemy import func, select

from ticketapp.ai import Example, Manner, SeverityWord
from ticketapp.ai.cutting import without_halves
from ticketapp.db import db
from ticketapp.models import Direction, Message, Ticket
from ticketapp.models.ticket import DESCRIPTION_LIMIT
from ticketapp.queries import classification_settings
from ticketapp.queries.classification_settings import Settings
from ticketapp.queries.similar_tickets import similar


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked about one text, how, and which words set a floor to the answer."""

    title: str
    description: str
    newest_reply: str
    manner: Manner
    floors: tuple[SeverityWord, ...]

    @property
    def text(self) -> str:
        """All that the customer wrote."""
        return "\n".join((self.title, self.description, self.newest_reply))


def question(
    title: str,
    description: str,
    *,
    ticket_id: int | None = None,
    may_be_known: bool = False,
    may_be_decided: bool = False,
) -> Question:
    """The question about a text as the settings have it now; with ``ticket_id``, about that ticket's text.

    ``may_be_known`` says that what was answered to the same within the hour will do; ``may_be_decided`` that the text
    may be that of a ticket which people decided on, which is no example then.
    """
    settings = classification_settings.current()
    return Question(
        title=title,
        description=description,
        newest_reply=_newest_reply(ticket_id) if ticket_id is not None else "",
        manner=Manner(
            model=settings.model,
            masked=settings.masked,
            examples=_examples(settings, title, description, ticket_id=ticket_id, may_be_decided=may_be_decided),
            may_be_known=may_be_known,
        ),
        floors=settings.floors,
    )


def _examples(
    settings: Settings, title: str, description: str, *, ticket_id: int | None, may_be_decided: bool
) -> tuple[Example, ...]:
    if not settings.gives_examples:
        return ()
    most = settings.most_examples
    found = similar(title, description, limit=most, besides=ticket_id, is_itself_unknown=may_be_decided)
    return tuple(
        Example(
            reference=each.ticket_id,
            title=each.title,
            description=each.description,
            category=each.category,
            priority=each.priority,
        )
        for each in found
    )


def _newest_reply(ticket_id: int) -> str:
    """What was last written to us after the ticket was opened, unless a machine wrote it."""
    words = (
        db.session.scalar(
            select(func.substr(Message.text, 1, DESCRIPTION_LIMIT))
            .join(Ticket)
            .where(
                Message.ticket_id == ticket_id,
                Message.direction == Direction.INBOUND,
                Message.is_automatic.is_(False),
                Message.created_at > Ticket.created_at,
            )
            .order_by(Message.created_at.desc(), Message.id.desc())
            .limit(1)
        )
        or ""
    )
    return without_halves(words, DESCRIPTION_LIMIT)
