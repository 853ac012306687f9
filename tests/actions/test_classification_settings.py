"""Settings count from the next question on, in every process; bad ones are refused; every change has its author."""

import dataclasses

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.classifying import DEADLINE, MODEL, classified, classifier, newest_run, opened
from tests.app_fixtures import MakeApp, add_user
from tests.services.gemini import GeminiServer
from tests.slow_start import START_MS, slow_start
from ticketapp.actions.classification_settings import change_settings, try_out
from ticketapp.ai import FailureKind, GeminiClassifier, MaskedKind, UnconfiguredClassifier, shipped_severity_words
from ticketapp.db import db
from ticketapp.errors import InvalidInput
from ticketapp.models import ClassificationRun, ClassificationSettings, Setting, User
from ticketapp.queries import classification_settings
from ticketapp.queries.classification_settings import Settings

__all__ = ["classifier"]


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


def test_until_somebody_sets_anything_the_defaults_hold(each_app: APIFlask) -> None:
    settings = classification_settings.current()
    assert settings == Settings()
    assert settings.masked == {MaskedKind.CARD, MaskedKind.SECRET}
    assert settings.floors


def test_what_is_set_is_kept_and_every_difference_written_down(each_app: APIFlask, ada: User) -> None:
    wanted = Settings(
        model="gemini-2.5-pro",
        masked=frozenset({MaskedKind.EMAIL, MaskedKind.IBAN}),
        gives_examples=False,
        most_examples=8,
        severity_words="high: smoke",
        asks_after_edit=True,
        asks_after_reply=True,
    )
    assert len(change_settings(wanted, by=ada)) == 7
    assert classification_settings.current() == wanted
    assert change_settings(wanted, by=ada) == []
    change_settings(dataclasses.replace(wanted, model=None), by=ada)
    newest, *older = classification_settings.changes()
    assert (newest.setting, newest.old, newest.new, newest.actor.name) == (Setting.MODEL, "gemini-2.5-pro", "", "Ada")
    masked = next(change for change in older if change.setting == Setting.MASKED)
    assert (masked.old, masked.new) == ("card, secret", "iban, email")
    assert len(older) == 7


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("model", "two words", "letters, digits, dots, dashes and slashes, like"),
        ("model", "x" * 101, "at most 100"),
        ("model", "../etc", "no name of a model"),
        ("most_examples", 0, "Give 1 to 8"),
        ("most_examples", 9, "Give 1 to 8"),
        ("severity_words", "urgent: fire", "Line 1"),
        ("severity_words", "high: \0", "NUL"),
        ("severity_words", "high: x\n[German]\nhigh: y\n[germn]\nhigh: z", r"Line 4: \[germn\] names no language"),
        ("severity_words", "# " + "x" * 50_000, "at most 50,000"),
    ],
)
def test_bad_settings_are_refused_by_name_and_change_nothing(
    app: APIFlask, admin: User, field: str, value: object, problem: str
) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput, match=problem) as refused:
            change_settings(dataclasses.replace(Settings(), **{field: value}), by=admin)  # type: ignore[arg-type]
        assert refused.value.field == field
        assert db.session.scalar(select(ClassificationSettings.id)) is None


def test_the_shipped_words_are_not_kept_so_that_later_ones_count(app: APIFlask, admin: User) -> None:
    with app.app_context():
        sent_by_a_form = shipped_severity_words().replace("\n", "\r\n")
        assert change_settings(dataclasses.replace(Settings(), severity_words=sent_by_a_form), by=admin) == []
        assert classification_settings.current().severity_words is None


def test_the_model_that_is_set_is_asked_at_once_also_by_a_worker_that_runs_already(
    make_app: MakeApp, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    worker, web = make_app(), make_app()
    with worker.app_context():
        assert classified(opened("First"), classifier).model == MODEL
    with web.app_context():
        change_settings(
            dataclasses.replace(Settings(), model="gemini-9-flash"), by=add_user(web, "a@example.com", "Ada", "admin")
        )
    with worker.app_context():
        assert classified(opened("Second"), classifier).model == "gemini-9-flash"
    assert [asked.model for asked in gemini.requests] == [MODEL, "gemini-9-flash"]


def test_the_kinds_that_are_set_are_masked(
    app: APIFlask, admin: User, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    text = "jo@example.com paid with 4111 1111 1111 1111"
    with app.app_context():
        ticket = opened(text)
        classified(ticket, classifier)
        assert "jo@example.com paid with [card number]" in gemini.requests[-1].text
        change_settings(dataclasses.replace(Settings(), masked=frozenset({MaskedKind.EMAIL})), by=admin)
        classified(opened(text), classifier)
        assert "[email address] paid with 4111 1111 1111 1111" in gemini.requests[-1].text
        assert newest_run(ticket).ticket.description == text


def test_trying_out_asks_once_with_what_is_wanted_and_writes_nothing(
    app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    with app.app_context():
        wanted = Settings(model="gemini-9-pro", masked=frozenset({MaskedKind.EMAIL, MaskedKind.CARD}))
        verdict = try_out(wanted, classifier, deadline_seconds=DEADLINE)
        assert verdict.suggestion is not None
        assert verdict.model == "gemini-9-pro"
        assert len(gemini.requests) == 1
        assert "example.com" not in gemini.requests[0].text
        assert classification_settings.current() == Settings()
        assert db.session.scalar(select(ClassificationRun.id)) is None


def test_trying_out_tells_a_failure_and_refuses_bad_settings(
    app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    with app.app_context():
        gemini.next("404")
        failed = try_out(Settings(), classifier, deadline_seconds=DEADLINE)
        assert failed.failure is not None
        assert failed.failure.kind == FailureKind.UNKNOWN_MODEL
        unset = try_out(Settings(), UnconfiguredClassifier(), deadline_seconds=DEADLINE)
        assert unset.failure is not None
        assert unset.failure.kind == FailureKind.NO_KEY
        with pytest.raises(InvalidInput, match="model"):
            try_out(Settings(model="a b"), classifier, deadline_seconds=DEADLINE)


def test_the_start_of_the_process_is_no_latency_of_a_test(
    app: APIFlask, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_start(monkeypatch)
    fresh = GeminiClassifier(gemini.good_key, MODEL, gemini.url)
    with app.app_context():
        assert try_out(Settings(), fresh, deadline_seconds=DEADLINE).latency_ms < START_MS
