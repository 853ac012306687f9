"""flask user … and flask token …: staff accounts and the tokens of their programs."""

import sys

import click

from ticketapp.actions.tokens import create_token
from ticketapp.actions.users import create_user
from ticketapp.cli.plain import PlainGroup
from ticketapp.errors import Conflict, InvalidInput
from ticketapp.models import Role
from ticketapp.queries import users

PASSWORD_BYTES = 64_000

user = PlainGroup("user", help="Staff accounts.")
token = PlainGroup("token", help="Tokens with which programs use the API.")


@user.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice([str(role) for role in Role]), default="agent", show_default=True)
@click.option("--name", help="Shown to colleagues; the address's local part where it is left out.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def create(email: str, role: str, name: str | None, password_stdin: bool) -> None:  # noqa: FBT001 - click's way
    """Add a member of staff, who signs in with EMAIL."""
    password = _password_from_stdin() if password_stdin else _password_asked_for()
    made = create_user(email, name=name or _name_in(email), role=role, password=password)
    click.echo(f"{made.name} <{made.email}> can sign in now, as {made.role}.")


@token.command("create")
@click.argument("email")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
def make_token(email: str, name: str) -> None:
    """Make a token that acts as the member of staff EMAIL, and print its secret alone on standard output."""
    owner = users.by_email(email)
    if not owner.is_active:
        raise Conflict(f"The account {owner.email} is deactivated: its tokens would open nothing.")
    made, secret = create_token(owner, name)
    click.echo(secret)
    click.echo(f'Token "{made.name}" of {owner.email}. Keep it now: it cannot be shown again.', err=True)
    click.echo("Use it as: Authorization: Bearer …", err=True)


def _password_from_stdin() -> str:
    try:
        given = sys.stdin.buffer.read(PASSWORD_BYTES).decode()
    except UnicodeDecodeError:
        raise InvalidInput("password", "Password must be UTF-8 text.") from None
    return given.removesuffix("\n").removesuffix("\r")


def _password_asked_for() -> str:
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return answer


def _name_in(email: str) -> str:
    words = email.strip().partition("@")[0].replace("_", ".").replace("-", ".").split(".")
    return " ".join(word.capitalize() for word in words if word) or email
