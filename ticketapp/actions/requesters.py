"""Requesters: found by their address or added."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ticketapp.models import Requester

NAME_LIMIT = 200


def find_or_add(session: Session, email: str, name: str, *, now: datetime) -> Requester:
    """The requester with this lower-cased address, inside the caller's transaction; a first name given is kept."""
    found = session.scalar(select(Requester).where(Requester.email == email))
    if found is None:
        # Two workers may meet the same new address: whoever comes second takes the first one's row.
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        row = {"email": email, "name": name.strip()[:NAME_LIMIT], "created_at": now}
        session.execute(insert(Requester).values(row).on_conflict_do_nothing(index_elements=["email"]))
        found = session.scalars(select(Requester).where(Requester.email == email)).one()
    if not found.name and name.strip():
        found.name = name.strip()[:NAME_LIMIT]
    return found
