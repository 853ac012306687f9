"""Requesters: found by their address or added."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ticketapp.db import add_missing
from ticketapp.models import Requester

NAME_LIMIT = 200


def find_or_add(session: Session, people: Mapping[str, str], *, now: datetime) -> dict[str, int]:
    """The ids of requesters by lower-cased address, inside the caller's transaction.

    ``people`` are names by address; the first name given is kept. Two workers may meet the same new address:
    whoever comes second takes the first one's row.
    """
    if not people:
        return {}
    found = _known(session, people)
    new = [
        {"email": email, "name": name.strip()[:NAME_LIMIT], "created_at": now}
        for email, name in sorted(people.items())
        if email not in found
    ]
    if new:
        add_missing(session, Requester, new)
        found = _known(session, people)
    for email, requester in found.items():
        if not requester.name and people[email].strip():
            requester.name = people[email].strip()[:NAME_LIMIT]
    return {email: requester.id for email, requester in found.items()}


def _known(session: Session, people: Mapping[str, str]) -> dict[str, Requester]:
    return {one.email: one for one in session.scalars(select(Requester).where(Requester.email.in_(people)))}
