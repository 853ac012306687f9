"""Sign-in and sign-out: the session is the noun; it is new, created and destroyed."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField

from ticketapp.actions import users
from ticketapp.extensions import limiter
from ticketapp.models import User
from ticketapp.web import security
from ticketapp.web.return_path import local_path

LIMIT_OF_ADDRESS = "10/minute"
LIMIT_OF_ACCOUNT_AT_ADDRESS = "5 per 5 minutes"
# Slows a guess made from many addresses; high, because it also locks the owner out.
LIMIT_OF_ACCOUNT = "100/hour"
REFUSED = "No account of staff has this address and password."

blueprint = Blueprint("session", __name__)


class SignInForm(FlaskForm):  # type: ignore[misc]  # the library publishes no types
    """Address and password, and where to go then."""

    email = StringField("Mail address")
    password = PasswordField("Password")
    next = HiddenField()


@blueprint.get("/session/new")
@security.public
def new() -> ResponseReturnValue:
    wanted = local_path(request.args.get("next"), otherwise=url_for("dashboard.show"))
    if current_user.is_authenticated:
        return redirect(wanted, 303)
    return render_template("session/new.html", form=SignInForm(next=wanted), refusal="")


def _account() -> str:
    return "account " + request.form.get("email", "").strip().lower()[:320]


def _account_at_address() -> str:
    return f"{_account()} at {get_remote_address()}"


def _was_refused(response: Response) -> bool:
    return response.status_code != 303


@blueprint.post("/session")
@security.public
@limiter.limit(LIMIT_OF_ADDRESS, deduct_when=_was_refused)
@limiter.limit(LIMIT_OF_ACCOUNT_AT_ADDRESS, key_func=_account_at_address, deduct_when=_was_refused)
@limiter.limit(LIMIT_OF_ACCOUNT, key_func=_account, deduct_when=_was_refused)
def create() -> ResponseReturnValue:
    form = SignInForm()
    user = users.sign_in(form.email.data or "", form.password.data or "")
    if user is None:
        return render_template("session/new.html", form=form, refusal=REFUSED), 422
    start_session(user)
    return redirect(local_path(form.next.data, otherwise=url_for("dashboard.show")), 303)


@blueprint.post("/session/destroy")
@security.public
def destroy() -> ResponseReturnValue:
    if current_user.is_authenticated:
        users.sign_out(security.me().id)
        flash("You are signed out on every device.", "success")
    logout_user()
    return redirect(url_for("session.new"), 303)


def start_session(user: User) -> None:
    """Begin a session of 14 days for ``user``; nothing of the one before it stays, nor does its CSRF token."""
    session.clear()
    session.permanent = True
    login_user(user)
