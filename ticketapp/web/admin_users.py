"""Staff accounts, for admins: who there is, who may do what, who may sign in."""

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from ticketapp.actions import users
from ticketapp.errors import Conflict, InvalidInput
from ticketapp.models import Role, User
from ticketapp.queries import users as people
from ticketapp.web.forms import one_of, refuse
from ticketapp.web.look import words
from ticketapp.web.security import admin_only, me

RANDOM_PASSWORD_BYTES = 15

blueprint = Blueprint("admin_users", __name__, url_prefix="/admin/users")


ROLES = [SelectChoice(role.value, words(role)) for role in Role]


class UserForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """A new member of staff. An empty password has one made up."""

    name = StringField("Name", validators=[InputRequired("Give the name that colleagues and customers will see.")])
    email = EmailField("Mail address", validators=[InputRequired("Give the address to sign in with.")])
    role = SelectField("Role", choices=ROLES, invalid_choice_message=one_of(ROLES))
    password = PasswordField("Password (optional)")


class ResetForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """A new password for somebody. An empty one has one made up."""

    password = PasswordField("New password (optional)")


@blueprint.get("")
@admin_only
def index() -> ResponseReturnValue:
    """Everybody, active accounts first."""
    return render_template("admin_users/index.html", people=people.everybody())


@blueprint.get("/new")
@admin_only
def new() -> ResponseReturnValue:
    """The form for a new account."""
    return render_template("admin_users/new.html", form=UserForm(formdata=None, role=Role.AGENT))


@blueprint.post("")
@admin_only
def create() -> ResponseReturnValue:
    """Make an account; a password that was made up is shown, this once."""
    form = UserForm()
    if form.validate():
        password = form.password.data or _random_password()
        try:
            user = users.create_user(form.email.data, name=form.name.data, role=form.role.data, password=password)
        except InvalidInput as error:
            refuse(form, error)
        else:
            return _made(user, f"{user.name} can sign in now.", "" if form.password.data else password)
    return render_template("admin_users/new.html", form=form), 422


@blueprint.get("/<int:user_id>")
@admin_only
def show(user_id: int) -> ResponseReturnValue:
    """One account with what can be done to it."""
    return _page(people.find(user_id), ResetForm(formdata=None))


@blueprint.post("/<int:user_id>/role")
@admin_only
def change_role(user_id: int) -> ResponseReturnValue:
    """Make somebody an agent or an admin; who gives up the role themselves is led out of here."""
    try:
        user = users.change_role(user_id, request.form.get("role", ""))
    except Conflict as error:
        return _back(user_id, str(error), "error")
    if user.id == me().id and not user.is_admin:
        flash("You are an agent now.", "success")
        return redirect(url_for("account.show"), 303)
    return _back(user_id, f"{user.name} is an {words(user.role)} now.")


@blueprint.post("/<int:user_id>/deactivation")
@admin_only
def deactivate(user_id: int) -> ResponseReturnValue:
    """End somebody's right to sign in; sessions and tokens end with it."""
    try:
        user = users.deactivate(user_id, by=me())
    except Conflict as error:
        return _back(user_id, str(error), "error")
    return _back(user_id, f"{user.name} cannot sign in any more; sessions and tokens have ended.")


@blueprint.post("/<int:user_id>/activation")
@admin_only
def activate(user_id: int) -> ResponseReturnValue:
    """Let somebody sign in again."""
    user = users.activate(user_id)
    return _back(user_id, f"{user.name} can sign in again.")


@blueprint.post("/<int:user_id>/password")
@admin_only
def reset_password(user_id: int) -> ResponseReturnValue:
    """Give somebody else a new password, which ends their sessions; one that was made up is shown, this once."""
    user = people.find(user_id)
    if user.id == me().id:
        return _back(user_id, "Change your own password on your account page.", "error")
    form = ResetForm()
    password = form.password.data or _random_password()
    try:
        users.reset_password(user_id, password)
    except InvalidInput as error:
        refuse(form, error)
        return _page(user, form), 422
    return _made(
        user, f"{user.name} has a new password; all sessions have ended.", "" if form.password.data else password
    )


def _page(user: User, form: ResetForm) -> str:
    return render_template("admin_users/show.html", user=user, form=form, roles=list(Role))


def _made(user: User, sentence: str, shown_password: str) -> ResponseReturnValue:
    """Back to the account, or first the page with the password that nobody typed and nobody will see again."""
    if not shown_password:
        return _back(user.id, sentence)
    return render_template("admin_users/password.html", user=user, sentence=sentence, password=shown_password)


def _back(user_id: int, sentence: str, kind: str = "success") -> Response:
    flash(sentence, kind)
    return redirect(url_for("admin_users.show", user_id=user_id), 303)


def _random_password() -> str:
    return secrets.token_urlsafe(RANDOM_PASSWORD_BYTES)
