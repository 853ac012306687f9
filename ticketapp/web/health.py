"""What a machine asks to learn whether the system is well."""

import logging
from dataclasses import asdict, replace
from datetime import UTC, datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ticketapp.ai import Availability
from ticketapp.clock import utc_now
from ticketapp.extensions import limiter
from ticketapp.outside import outside
from ticketapp.queries import classification_settings, health
from ticketapp.web.banners import patience
from ticketapp.web.security import public

blueprint = Blueprint("health", __name__)
REFUSED_SIGN_IN = "refused the sign-in"
log = logging.getLogger(__name__)


@blueprint.get("/healthz")
@public
@limiter.exempt
def show() -> ResponseReturnValue:
    """200 where the database answers and 503 where it does not; the rest is for whoever reads it."""
    found = health.overview(utc_now(), patience=patience())
    redis = _redis()
    if found is None:
        return {"status": "down", "database": "unreachable", "redis": redis}, 503
    availability = outside().classifier.availability(classification_settings.current().model)
    is_well = redis != "unreachable" and availability.kind is None
    is_well = is_well and not any(mailbox.failing_since or mailbox.unread_since for mailbox in found.mailboxes)
    return {
        "status": "ok" if is_well else "degraded",
        "database": "ok",
        "redis": redis,
        "gemini": _gemini(availability),
        "mailboxes": [_facts(mailbox) for mailbox in found.mailboxes],
        "mails_waiting": found.mails_waiting,
        "runs_due": found.runs_due,
        "counts_end_at": health.COUNT_CEILING + 1,
    }


def _facts(mailbox: health.MailboxHealth) -> dict[str, object]:
    if REFUSED_SIGN_IN in (mailbox.error or ""):
        mailbox = replace(mailbox, error="The mail server refused the sign-in.")  # who signs in is nobody's business
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(mailbox).items()
    }


def _gemini(availability: Availability) -> dict[str, object]:
    """Whether Gemini is asked: ``paused`` with the cause, since when, and until when at least."""
    if not outside().classifier.is_configured:
        return {"state": "no key"}
    if availability.kind is None:
        return {"state": "unknown" if availability.is_lost else "asked"}
    moments = {"since": availability.since, "until": availability.until}
    told = {name: datetime.fromtimestamp(at, UTC).isoformat() for name, at in moments.items() if at is not None}
    return {"state": "paused", "cause": availability.kind, **told}


def _redis() -> str:
    """Asked over the connection that counts sign-ins, which has a short timeout."""
    if not outside().config.redis_url:
        return "not in use"
    return "ok" if limiter.limiter.storage.check() else "unreachable"
