"""Sign-in and sign-out: the session is the noun; it is new, created and destroyed."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField

from ticketapp.actions import users
from ticketapp.models import User
from ticketapp.web import limits, security
from ticketapp.web.return_path import local_path

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
    """The sign-in page; whoever is signed in is sent on."""
    wanted = local_path(request.args.get("next"), otherwise=url_for("dashboard.show"))
    if current_user.is_authenticated:
        return redirect(wanted, 303)
    return render_template("session/new.html", form=SignInForm(next=wanted), refusal="")


@blueprint.post("/session")
@security.public
@limits.of_sign_in
def create() -> ResponseReturnValue:
    """Sign in. A wrong password, an unknown and a deactivated account get the same answer in the same time."""
    form = SignInForm()
    user = users.sign_in(form.email.data or "", form.password.data or "")
    if user is None:
        return render_template("session/new.html", form=form, refusal=REFUSED), 422
    start_session(user)
    return redirect(local_path(form.next.data, otherwise=url_for("dashboard.show")), 303)


@blueprint.post("/session/destroy")
@security.public
def destroy() -> ResponseReturnValue:
    """Sign out."""
    if current_user.is_authenticated:
        users.sign_out(security.me().id)
    logout_user()
    session.clear()
    flash("You are signed out, on every device.", "success")
    return redirect(url_for("session.new"), 303)


def start_session(user: User) -> None:
    """Begin a session of 14 days for ``user``; nothing of the one before it stays, nor does its CSRF token."""
    session.clear()
    session.permanent = True
    login_user(user)
