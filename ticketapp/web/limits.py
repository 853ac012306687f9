"""How often a password may be guessed: by network address, by account at an address, and by account."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask.wrappers import Response
from flask_limiter.util import get_remote_address
from flask_login import current_user

from ticketapp.extensions import limiter

OF_ADDRESS = "10 per minute"
OF_ACCOUNT_AT_ADDRESS = "5 per 5 minutes"
# Slows guesses made from many addresses; it is high, because it also locks the owner out.
OF_ACCOUNT = "100 per hour"
OF_OWN_GUESSES = "5 per 5 minutes"

View = Callable[..., Any]


def of_sign_in(view: View) -> View:
    """Limit refused sign-ins; those that succeed cost nothing, and unknown accounts are counted as known ones are."""
    by_account = limiter.limit(OF_ACCOUNT, key_func=_account, deduct_when=_was_refused)
    at_address = limiter.limit(OF_ACCOUNT_AT_ADDRESS, key_func=_account_at_address, deduct_when=_was_refused)
    by_address = limiter.limit(OF_ADDRESS, deduct_when=_was_refused)
    return by_address(at_address(by_account(view)))


def of_own_password(view: View) -> View:
    """Limit wrong guesses of one's current password, which a found open session invites."""
    return limiter.limit(OF_OWN_GUESSES, key_func=_own_account, deduct_when=_was_refused)(view)


def _account() -> str:
    return "account " + request.form.get("email", "").strip().lower()[:320]


def _account_at_address() -> str:
    return f"{_account()} at {get_remote_address()}"


def _own_account() -> str:
    return f"own password of {current_user.get_id()}"


def _was_refused(response: Response) -> bool:
    return response.status_code != 303
