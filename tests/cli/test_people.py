"""flask user create and flask token create."""

from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.app_fixtures import PASSWORD, add_user
from tests.cli.running import flask, run
from ticketapp.actions.tokens import digest
from ticketapp.actions.users import deactivate, sign_in
from ticketapp.models import User
from ticketapp.queries import users


def test_a_user_made_from_standard_input_can_sign_in(app: APIFlask) -> None:
    done = run(
        app, "user", "create", "Jo.Doe@Example.com", "--role", "admin", "--password-stdin", stdin=f"{PASSWORD}\n"
    )
    assert (done.exit_code, done.stdout) == (0, "Jo Doe <jo.doe@example.com> can sign in now, as admin.\n")
    with app.app_context():
        user = sign_in("jo.doe@example.com", PASSWORD)
        assert user is not None
        assert user.is_admin


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_one_line_end_and_nothing_else_is_taken_off_the_password(app: APIFlask, end: str) -> None:
    done = run(app, "user", "create", "jo@example.com", "--password-stdin", stdin=f"  {PASSWORD} \t{end}".encode())
    assert done.exit_code == 0
    with app.app_context():
        assert sign_in("jo@example.com", f"  {PASSWORD} \t") is not None


def test_without_the_flag_the_password_is_asked_for_twice_and_never_shown(app: APIFlask) -> None:
    answers = f"{PASSWORD}\nsomething else\n{PASSWORD}\n{PASSWORD}\n"
    done = run(app, "user", "create", "jo@example.com", "--name", "Jo", stdin=answers)
    assert done.exit_code == 0
    assert done.stdout == "Jo <jo@example.com> can sign in now, as agent.\n"
    assert "do not match" in done.stderr
    assert PASSWORD not in done.output


@pytest.mark.parametrize(
    ("args", "stdin", "sentence"),
    [
        (["jo@example.com"], b"short", "Password must be at least 10 characters."),
        (["jo@example.com"], b"\xff\xfe not utf-8", "Password must be UTF-8 text."),
        (["jo at example"], PASSWORD.encode(), "Email must be one mail address, like jo@example.com."),
        (["jo@example.com", "--name", " "], PASSWORD.encode(), "Name must not be blank."),
        (["admin@example.com"], PASSWORD.encode(), "There is an account for admin@example.com already."),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    app: APIFlask, admin: User, args: list[str], stdin: bytes, sentence: str
) -> None:
    done = run(app, "user", "create", *args, "--password-stdin", stdin=stdin)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"Error: {sentence}\n")


def test_an_unknown_role_is_refused(app: APIFlask) -> None:
    done = run(app, "user", "create", "jo@example.com", "--role", "boss", "--password-stdin", stdin=PASSWORD)
    assert done.exit_code == 2
    assert "'admin'" in done.stderr


def test_the_secret_of_a_token_stands_alone_on_standard_output(app: APIFlask, agent: User) -> None:
    done = run(app, "token", "create", "Agent@example.com", "--name", "night job")
    secret = done.stdout.removesuffix("\n")
    assert (done.exit_code, secret.split()) == (0, [secret])
    assert secret not in done.stderr
    with app.app_context():
        token = users.token_by_digest(digest(secret))
        assert token is not None
        assert (token.name, token.user.email) == ("night job", agent.email)


def test_nobody_and_the_deactivated_get_no_token(app: APIFlask, admin: User) -> None:
    assert run(app, "token", "create", "x@example.com").stderr == "Error: There is no account for x@example.com.\n"
    gone = add_user(app, "gone@example.com", "Gone", "agent")
    with app.app_context():
        deactivate(gone.id, by=admin)
    done = run(app, "token", "create", gone.email)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "deactivated" in done.stderr


def test_a_database_that_is_not_migrated_is_named(tmp_path: Path) -> None:
    done = flask("token", "create", "x@example.com", cwd=tmp_path, DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == (
        "Error: The database cannot be used: no such table: user_account. "
        "Is it running, and migrated (flask --app wsgi db upgrade)?\n"
    )


def test_a_fresh_database_gets_its_first_admin(tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path)}
    assert flask("db", "upgrade", cwd=tmp_path, **environ).returncode == 0
    made = flask(
        "user",
        "create",
        "a@example.com",
        "--role",
        "admin",
        "--password-stdin",
        cwd=tmp_path,
        stdin=PASSWORD,
        **environ,
    )
    assert (made.returncode, made.stderr) == (0, "")
    token = flask("token", "create", "a@example.com", cwd=tmp_path, **environ)
    assert token.stdout.startswith("tkt_")
    assert PASSWORD not in made.stdout
