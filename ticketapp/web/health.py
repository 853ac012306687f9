"""What a machine asks to learn whether the system is well."""

import logging
from dataclasses import asdict
from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from ticketapp.clock import utc_now
from ticketapp.extensions import limiter
from ticketapp.outside import outside
from ticketapp.queries import health
from ticketapp.web.security import public

blueprint = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@blueprint.get("/healthz")
@public
@limiter.exempt
def show() -> ResponseReturnValue:
    """200 where the database answers and 503 where it does not; the rest is for whoever reads it."""
    found = health.overview(utc_now())
    redis = _redis()
    if found is None:
        return {"status": "down", "database": "unreachable", "redis": redis}, 503
    is_well = redis != "unreachable" and not any(mailbox.failing_since for mailbox in found.mailboxes)
    return {
        "status": "ok" if is_well else "degraded",
        "database": "ok",
        "redis": redis,
        "mailboxes": [_facts(mailbox) for mailbox in found.mailboxes],
        "mails_waiting": found.mails_waiting,
        "runs_due": found.runs_due,
        "counts_end_at": health.COUNT_CEILING + 1,
    }


def _facts(mailbox: health.MailboxHealth) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(mailbox).items()
    }


def _redis() -> str:
    """Asked over the connection that counts sign-ins, which has a short timeout."""
    if not outside().config.redis_url:
        return "not in use"
    return "ok" if limiter.limiter.storage.check() else "unreachable"
