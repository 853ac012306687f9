"""A small application that draws every component with made-up facts under the portal's content policy."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from types import SimpleNamespace

from flask import Flask, Response, flash, make_response, redirect, render_template, request
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from ticketapp.web.look import furnish
from ticketapp.web.looked_at import page_behind

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 13, 25, 4, tzinfo=UTC)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self'"
)
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
LINKS = (
    ("dashboard.show", "/"),
    ("tickets.show", "/tickets/<int:ticket_id>"),
    ("admin_users.index", "/admin/users"),
    ("admin_mail.index", "/admin/quarantine"),
    ("admin_runs.index", "/admin/runs"),
    ("admin_classification.show", "/admin/classification"),
    ("admin_accuracy.index", "/admin/accuracy"),
    ("account.show", "/account"),
)
CATEGORIES = [SelectChoice(value, value) for value in ("general", "billing", "technical", "account")]
PRIORITIES = [SelectChoice(value, value) for value in ("medium", "low", "high", "critical")]


class TicketForm(FlaskForm):
    """A form with a field of every kind the portal uses."""

    class Meta:
        csrf = False

    title = StringField("Title", validators=[InputRequired("Give the ticket a title."), Length(max=200)])
    description = TextAreaField("Description", validators=[InputRequired("Say what is wrong.")])
    category = SelectField("Category", choices=CATEGORIES)
    priority = SelectField("Priority", choices=PRIORITIES)
    password = PasswordField("Password")
    is_admin = BooleanField("May administer the system")


@dataclass
class State:
    """What a test may change while the office runs: rows, how suggestions go, and what was posted."""

    rows: list[SimpleNamespace] = field(default_factory=list)
    live_answers: list[int] = field(default_factory=list)
    suggestion: str = "billing high"
    suggestion_gate: Lock = field(default_factory=Lock)
    posted: list[MultiDict[str, str]] = field(default_factory=list)


def ticket_row(number: int, **facts: object) -> SimpleNamespace:
    """One row of the list, as the query hands it over."""
    row = {
        "id": number,
        "title": "Cannot sign in after the password was changed",
        "excerpt": "Since this morning the page says that the password is wrong, though I changed it yesterday.",
        "category": "account",
        "category_by": "machine",
        "priority": "medium",
        "priority_by": "machine",
        "status": "open",
        "classification": "done",
        "requester_name": "Zoë Šimková",
        "requester_email": "zoe@example.org",
        "assignee_name": None,
        "created_at": NOW - timedelta(minutes=4),
        "is_unclassified": False,
        "merged_into_id": None,
    }
    return SimpleNamespace(**{**row, **facts})


def sample_rows() -> list[SimpleNamespace]:
    """Rows that show every mark at once."""
    default = {"category": "general", "category_by": "default", "priority_by": "default", "is_unclassified": True}
    outage = "Production is down: every request answers 502 since 13:02 UTC"
    return [
        ticket_row(1042, title=outage, category="technical", priority="critical", priority_by="person"),
        ticket_row(
            1041,
            title="Invoice 2026-1107 charged twice",
            category="billing",
            category_by="person",
            priority="high",
            status="in_progress",
            assignee_name="Ada Okonkwo",
            created_at=NOW - timedelta(hours=3),
        ),
        ticket_row(1040, title="(no subject)", created_at=NOW - timedelta(hours=9), requester_name="", **default),
        ticket_row(1039, priority="low", status="resolved", created_at=NOW - timedelta(days=2)),
        ticket_row(
            9,
            title="Pneumonoultramicroscopicsilicovolcanoconiosis" * 3,
            status="closed",
            merged_into_id=1041,
            category_by="person",
            priority_by="person",
            created_at=NOW - timedelta(days=80),
        ),
    ]


def sample_files() -> list[SimpleNamespace]:
    """Attachments of one message."""
    photo = {
        "filename": "photo of the screen.png",
        "original": "",
        "content_type": "image/png",
        "size": 48_213,
        "url": "/",
    }
    log = {
        "filename": "a-very-long-name-" * 6 + ".log",
        "original": "log 1/2.log",
        "content_type": "text/plain",
        "size": 812,
        "url": "/",
    }
    return [SimpleNamespace(**photo), SimpleNamespace(**log)]


def counted_days() -> list[tuple[date, int]]:
    """Thirty days of counts that rise and fall."""
    start = date(2026, 10, 22)
    return [(start + timedelta(days=at), (at * 7) % 13 + at // 3) for at in range(30)]


def build(state: State) -> Flask:
    """The application; `state` is shared with the test."""
    app = Flask("office", static_folder=str(ROOT / "ticketapp/static"))
    app.secret_key = "only for the tests"
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(ROOT / "ticketapp/templates"), FileSystemLoader(Path(__file__).parent / "pages")]
    )
    app.jinja_env.undefined = StrictUndefined
    furnish(app.jinja_env, ROOT / "ticketapp/static")
    app.context_processor(_surroundings)
    app.after_request(_guard)
    for endpoint, path in LINKS:
        app.add_url_rule(path, endpoint, _blank)
    _add_ticket_pages(app, state)
    _add_posts(app, state)
    return app


def _surroundings() -> dict[str, object]:
    person = SimpleNamespace(
        is_authenticated="anonymous" not in request.args, is_admin=True, name="Ada Okonkwo", email="ada@example.org"
    )
    notices = [
        SimpleNamespace(kind="warning", text="No Gemini key is set: tickets stay unclassified.", url="/admin/runs")
    ]
    return {
        "theme": request.args.get("theme", request.cookies.get("theme", "")),
        "csrf_token": lambda: "made-up-token",
        "current_user": person,
        "banners": notices,
        "now": NOW,
        "page_behind": page_behind,
    }


def _guard(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = MAIL_POLICY if request.path == "/mail" else POLICY
    return response


def _blank(**_: object) -> str:
    return render_template("blank.html")


def _add_ticket_pages(app: Flask, state: State) -> None:
    @app.get("/gallery")
    def gallery() -> str:
        flash("Ticket 1041 was given to Ada Okonkwo.", "success")
        flash("The reply to zoe@example.org could not be sent.", "error")
        bad = TicketForm(MultiDict({"title": ""}))
        bad.validate()
        return render_template(
            "gallery.html", rows=sample_rows(), days=counted_days(), form=bad, rows_of_files=sample_files()
        )

    @app.get("/tickets", endpoint="tickets.index")
    def listed() -> str | Response:
        if "HX-Request" not in request.headers:
            return render_template("list.html", rows=state.rows)
        response = make_response(render_template("list_rows.html", rows=state.rows))
        response.add_etag()
        answer = response.make_conditional(request)
        state.live_answers.append(answer.status_code)
        return answer

    @app.get("/tickets/new", endpoint="tickets.new")
    def new() -> str:
        form = TicketForm(MultiDict({"title": "", "description": "", "category": "general", "priority": "medium"}))
        return render_template("new.html", form=form)

    @app.get("/mail")
    def mail() -> str:
        return "<!doctype html><title>Mail</title><p style='color:#903'>Hello from a laid-out mail.</p>"


def _add_posts(app: Flask, state: State) -> None:
    @app.post("/theme", endpoint="theme.update")
    def theme() -> Response:
        response = make_response(redirect(request.form["next"], 303))
        response.set_cookie("theme", request.form["theme"])
        return response

    @app.post("/tickets/suggestion")
    def suggest() -> tuple[str, int]:
        with state.suggestion_gate:
            state.posted.append(request.form)
            if state.suggestion == "broken":
                return "", 500
            category, priority = state.suggestion.split()
            return render_template("suggestion.html", category=category, priority=priority), 200

    @app.post("/session", endpoint="session.destroy")
    @app.post("/tickets/new")
    def keep() -> str:
        state.posted.append(request.form)
        return render_template("blank.html")
