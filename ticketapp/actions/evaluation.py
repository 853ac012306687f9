"""Putting labelled texts to the model on the same path as tickets, without any ticket."""

from dataclasses import replace

from ticketapp.actions.model_calls import noted
from ticketapp.ai import Classifier, Verdict, raised
from ticketapp.db import db
from ticketapp.measuring import LabelledTicket
from ticketapp.models import Purpose
from ticketapp.queries.questions import question


def verdict_on(
    ticket: LabelledTicket,
    classifier: Classifier,
    *,
    model: str,
    gives_examples: bool,
    deadline_seconds: float,
) -> Verdict:
    """The verdict that a ticket with these words would get now, its floor included; nothing is written but the call.

    Examples are given as the settings say, or none; never the labelled ticket itself. No transaction is open and no
    connection held while the model is asked.
    """
    # An exported decision is evaluated beside its own ticket, which would give the answer away.
    asked = question(ticket.title, ticket.description, may_be_decided=True)
    examples = asked.manner.examples if gives_examples else ()
    db.session.commit()
    verdict = classifier.classify(
        title=ticket.title,
        description=ticket.description,
        deadline_seconds=deadline_seconds,
        manner=replace(asked.manner, model=model, examples=examples),
    )
    return raised(noted(verdict, Purpose.EVALUATION), asked.text, asked.floors)
