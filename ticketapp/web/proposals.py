"""The machine's proposal for a ticket still being written: asking for it, and carrying it through the form."""

import hashlib
from dataclasses import asdict, dataclass
from threading import Thread
from typing import Any

from flask import current_app
from flask_limiter import RateLimitExceeded
from itsdangerous import BadSignature, URLSafeTimedSerializer

from ticketapp.actions.classification import propose
from ticketapp.ai import Floor, Suggestion, Verdict
from ticketapp.errors import InvalidInput
from ticketapp.extensions import limiter
from ticketapp.models import User
from ticketapp.outside import outside
from ticketapp.web.security import me

FIELD = "proposal"
SALT = "proposal for a new ticket"
GOOD_FOR_SECONDS = 24 * 3600
RATE = "30 per minute"
NOTHING_TO_READ = "Write a description first: the machine has nothing to read yet."
TOO_OFTEN = "Proposals were asked for too often in the last minute. Choose by hand, or ask again in a minute."


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the machine answered: a verdict that succeeded, or the sentence why there is none."""

    verdict: Verdict | None
    sentence: str = ""

    @property
    def suggestion(self) -> Suggestion | None:
        """The category and priority proposed, if any."""
        return self.verdict.suggestion if self.verdict else None


def ask(*, title: str, description: str) -> Proposal:
    """The machine's proposal for this text within the configured deadline; failures come as a sentence."""
    if not description.strip():
        return Proposal(None, NOTHING_TO_READ)
    try:
        verdict = _asked(title, description)
    except RateLimitExceeded:
        return Proposal(None, TOO_OFTEN)
    except InvalidInput as error:
        return Proposal(None, error.sentence)
    return Proposal(None, verdict.failure.sentence) if verdict.failure else Proposal(verdict)


def expect_a_question() -> None:
    """Let the classifier get ready in the background: whoever opens the form will ask in some seconds."""
    Thread(target=outside().classifier.warm_up, daemon=True).start()


def sealed(verdict: Verdict, *, writer: User, title: str, description: str) -> str:
    """A verdict that succeeded as a signed text, good for this writer and these words only."""
    held = {"writer": writer.id, "text": _digest(title, description), "verdict": asdict(verdict)}
    return str(_seal().dumps(held))


def unsealed(text: str, *, writer: User, title: str, description: str) -> Verdict | None:
    """The verdict that ``sealed`` wrote within the last day for this writer, title and description; None for anything
    else: what was proposed for other words says nothing about these."""
    try:
        held: dict[str, Any] = _seal().loads(text, max_age=GOOD_FOR_SECONDS)
        facts = held["verdict"]
        parts = {
            "suggestion": Suggestion(**facts["suggestion"]),
            "floor": Floor(**facts["floor"]) if facts["floor"] else None,
            "examples": tuple(facts["examples"]),
            "calls": (),
        }
        verdict = Verdict(**{**facts, **parts})
        is_ours = (held["writer"], held["text"]) == (writer.id, _digest(title, description))
    except (BadSignature, KeyError, TypeError, ValueError):  # the latter three: sealed by another release
        return None
    return verdict if is_ours else None


def _digest(title: str, description: str) -> str:
    words = "\n".join(
        " ".join(part.split()) for part in (title, description)
    )  # a form's line ends differ from a script's
    return hashlib.sha256(words.encode(errors="replace")).hexdigest()


def _writer_key() -> str:
    return f"proposals of {me().id}"


@limiter.shared_limit(RATE, scope="proposals", key_func=_writer_key)
def _asked(title: str, description: str) -> Verdict:
    deadline_seconds = outside().config.propose_timeout_seconds
    return propose(title, description, outside().adviser, deadline_seconds=deadline_seconds)


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=SALT)
