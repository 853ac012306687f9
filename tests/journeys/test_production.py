"""The main job on the parts of production: Dovecot, Celery, Redis, PostgreSQL, gunicorn, Gemini, SMTP, a browser."""

import itertools
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app_fixtures import PASSWORD, SECRET, MakeApp, add_user
from tests.journeys import steps
from tests.letters import letter, letter_with_file
from tests.services.gemini import GeminiServer
from tests.services.imap import ImapServer
from tests.services.ports import free_port
from tests.services.redis import RedisServer
from tests.services.smtp import SmtpServer
from tests.worker.processes import WorkerProcess, wait_until
from ticketapp.outside import EXTENSION

ROOT = Path(__file__).parents[2]
_numbers = itertools.count(1)


@contextmanager
def web(environment: dict[str, str], log: Path) -> Iterator[str]:
    """gunicorn as in production; its address once it answers."""
    url = f"http://127.0.0.1:{free_port()}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", url.removeprefix("http://"), "--threads", "8"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: _answers(url), seconds=60, what=f"gunicorn answers, see {log}")
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def environment(
    make_postgres_app: MakeApp,
    dovecot: ImapServer,
    redis_server: RedisServer,
    gemini: GeminiServer,
    smtp_server: SmtpServer,
) -> dict[str, str]:
    """The environment of all processes; an admin and a mailbox are there."""
    app = make_postgres_app()
    add_user(app, "ada@example.com", "Ada Admin", "admin")
    config = app.extensions[EXTENSION].config
    user = f"journey{next(_numbers)}@example.com"
    dovecot.add_user(user)
    redis_server.flush()
    return {
        "DATABASE_URL": config.database_url,
        "REDIS_URL": redis_server.url,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(config.data_dir),
        "ALIVE_DIR": str(config.data_dir),
        "IMAP_HOST": dovecot.host,
        "IMAP_PORT": str(dovecot.imap_port),
        "IMAP_SECURITY": "none",
        "IMAP_USER": user,
        "IMAP_PASSWORD": dovecot.users[user],
        "SMTP_HOST": smtp_server.host,
        "SMTP_PORT": str(smtp_server.port),
        "SMTP_SECURITY": "none",
        "SUPPORT_ADDRESS": "support@example.com",
        "GEMINI_API_KEY": gemini.good_key,
        "GEMINI_BASE_URL": gemini.url,
        "POLL_SECONDS": "1",
        "SWEEP_SECONDS": "1",
    }


def test_a_mail_becomes_a_classified_ticket_that_staff_find_read_correct_answer_and_count(
    environment: dict[str, str],
    dovecot: ImapServer,
    gemini: GeminiServer,
    smtp_server: SmtpServer,
    browser: Browser,
    tmp_path: Path,
) -> None:
    user = environment["IMAP_USER"]
    page = browser.new_page()
    with web(environment, tmp_path / "web.log") as url, WorkerProcess(environment, tmp_path / "worker.log"):
        steps.sign_in(page, url, "ada@example.com", PASSWORD)
        page.goto(f"{url}/tickets")
        dovecot.deliver_many(
            user, [letter("Charged twice", "You charged me twice, please refund.", message_id="<1@c>")]
        )
        steps.see_in_open_list(page, "Charged twice", within_seconds=30)

        page.goto(f"{url}/tickets?search=refund&category=billing&unclassified=")
        wait_until(lambda: _reloaded(page, "Charged twice"), seconds=20, what="found by word and category")
        steps.open_ticket(page, "Charged twice")
        steps.see_classified(page, "billing", "high", within_seconds=15)

        calls = len(gemini.requests)
        steps.reclassify(page)
        gemini.wait_for_requests(calls + 1, timeout_seconds=20)
        steps.see_runs_done(page, 2, within_seconds=20)
        steps.choose(page, "category", "account")
        steps.reclassify(page)
        gemini.wait_for_requests(calls + 2, timeout_seconds=20)
        page.reload()
        expect(page.locator("#change-category")).to_have_value("account")

        steps.answer(page, "We look into it.")
        smtp_server.wait_for(1)
        answer = smtp_server.messages[0].message()
        reply = letter("Re: Charged twice", "Thank you, it is solved.", In_Reply_To=str(answer["Message-ID"]))
        dovecot.deliver_many(user, [reply, letter_with_file(b"a log", "log.txt")])
        wait_until(lambda: _reloaded(page, "it is solved"), seconds=30, what="the customer's answer on the ticket")

        page.goto(f"{url}/")
        expect(page.get_by_role("main")).to_contain_text("2")
        page.goto(f"{url}/tickets")
        steps.see_in_open_list(page, "The log", within_seconds=5)
        steps.open_ticket(page, "The log")
        with page.expect_download() as download:
            page.get_by_role("link", name="log.txt").click()
        assert Path(download.value.path()).read_bytes() == b"a log"
    page.close()


def _reloaded(page: Page, text: str) -> bool:
    page.reload()
    return text in page.get_by_role("main").inner_text()
