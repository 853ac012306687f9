"""One's own account: password, tokens for programs, and how the portal looks and listens."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from ticketapp.actions import tokens, users
from ticketapp.errors import InvalidInput
from ticketapp.queries import users as people
from ticketapp.web import limits
from ticketapp.web.forms import refuse
from ticketapp.web.security import me, signed_in
from ticketapp.web.session import start_session

blueprint = Blueprint("account", __name__, url_prefix="/account")


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """The password now and the one from now on."""

    current_password = PasswordField("Current password", validators=[InputRequired("Give your current password.")])
    password = PasswordField("New password", validators=[InputRequired("Give a new password.")])


class TokenForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """What a new token is for."""

    name = StringField("What is it for", validators=[InputRequired("Say what the token is for.")])


@blueprint.get("")
@signed_in
def show() -> ResponseReturnValue:
    """The account page."""
    return _page(PasswordForm(formdata=None), TokenForm(formdata=None))


@blueprint.post("/password")
@signed_in
@limits.of_own_password
def change_password() -> ResponseReturnValue:
    """Change the password; this session goes on, every other one ends."""
    form = PasswordForm()
    if form.validate():
        try:
            user = users.change_password(me().id, current=form.current_password.data, new=form.password.data)
        except InvalidInput as error:
            refuse(form, error)
        else:
            start_session(user)
            flash("Your password is changed. Every other session of yours has ended.", "success")
            return redirect(url_for("account.show"), 303)
    return _page(form, TokenForm(formdata=None)), 422


@blueprint.post("/tokens")
@signed_in
def create_token() -> ResponseReturnValue:
    """Make a token and show its secret, this once."""
    form = TokenForm()
    if form.validate():
        try:
            token, secret = tokens.create_token(me(), form.name.data)
        except InvalidInput as error:
            refuse(form, error)
        else:
            return render_template("account/token.html", token=token, secret=secret)
    return _page(PasswordForm(formdata=None), form), 422


@blueprint.post("/tokens/<int:token_id>/revocation")
@signed_in
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token of one's own."""
    tokens.revoke_token(token_id, by=me())
    flash("The token is revoked. Programs that use it are refused from now on.", "success")
    return redirect(url_for("account.show"), 303)


def _page(password: PasswordForm, token: TokenForm) -> str:
    return render_template("account/show.html", password=password, token=token, tokens=people.tokens_of(me().id))
