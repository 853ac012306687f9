"""The one-command default: a mail by SMTP becomes a ticket within two seconds, and nothing is left after Ctrl-C."""

import json
import os
import re
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page

from tests.journeys import steps
from tests.letters import letter
from tests.services.gemini import GeminiServer
from tests.services.imap import ImapServer
from tests.services.ports import free_port
from tests.services.smtp import SmtpServer
from worker.embedded import STATE_FILE

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
ADMIN = re.compile(r"^ {2}(admin@localhost)\n {2}(\S+)$", re.MULTILINE)


@contextmanager
def running(data: Path, log: Path, environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """`make run` without make; its state once it is up. Ends it with Ctrl-C and checks that no process is left."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "worker.embedded", "--port", str(free_port()), "--data", str(data)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": str(data), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _state(process, data, log)
        family = [process.pid, *(child.pid for child in psutil.Process(process.pid).children(recursive=True))]
        assert len(family) >= 4, "the supervisor, the web server with its worker, and the worker"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert [pid for pid in family if psutil.pid_exists(pid)] == []
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def _state(process: subprocess.Popen[bytes], data: Path, log: Path) -> dict[str, str]:
    until = time.monotonic() + START_SECONDS
    while not (data / STATE_FILE).exists():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)
    state: dict[str, str] = json.loads((data / STATE_FILE).read_text())
    return state


def send(state: dict[str, str], raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", int(state["smtp_port"]), timeout=10) as server:
        server.sendmail("jo@customer.example", ["support@localhost"], raw)


def test_from_the_first_start_to_an_answered_and_corrected_ticket(
    tmp_path: Path, gemini: GeminiServer, browser: Browser
) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    environment = {"GEMINI_API_KEY": gemini.good_key, "GEMINI_BASE_URL": gemini.url}
    with running(data, log, environment) as state:
        found = ADMIN.search(log.read_text())
        assert found is not None, log.read_text()
        page = browser.new_page()
        steps.sign_in(page, state["url"], *found.groups())
        page.goto(f"{state['url']}/tickets")
        sent_at = time.monotonic()
        send(state, letter("Charged twice", "You charged my card twice. Please refund one payment."))
        steps.see_in_open_list(page, "Charged twice", within_seconds=10)
        _is_within(page, seconds=time.monotonic() - sent_at)
        steps.open_ticket(page, "Charged twice")
        steps.see_classified(page, "billing", "high", within_seconds=15)
        steps.reclassify(page)
        steps.choose(page, "priority", "low")
        steps.answer(page, "We have sent one payment back.")
        _wait_for_outbox(data, "We have sent one payment back.")
        page.close()
    with running(data, log, environment) as state:
        assert "admin account" not in log.read_text()
        page = browser.new_page()
        steps.sign_in(page, state["url"], *found.groups())
        page.goto(f"{state['url']}/tickets")
        steps.see_in_open_list(page, "Charged twice", within_seconds=5)
        steps.be_refused_a_long_search(page, f"{state['url']}/admin/mail")
        page.close()


def test_with_mail_servers_of_ones_own_it_reads_and_writes_by_them_and_nothing_else_listens(
    tmp_path: Path, dovecot: ImapServer, smtp_server: SmtpServer
) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    dovecot.add_user("embedded@example.org", "its password")
    environment = {
        "IMAP_HOST": dovecot.host,
        "IMAP_PORT": str(dovecot.imap_port),
        "IMAP_SECURITY": "none",
        "IMAP_USER": "embedded@example.org",
        "IMAP_PASSWORD": "its password",
        "SMTP_HOST": smtp_server.host,
        "SMTP_PORT": str(smtp_server.port),
        "SMTP_SECURITY": "none",
        "SUPPORT_ADDRESS": "support@example.com",
        "ACKNOWLEDGE": "on",
    }
    with running(data, log, environment) as state:
        assert state["smtp_port"] is None
        assert f"Mail is read from embedded@example.org@{dovecot.host}/INBOX" in log.read_text()
        dovecot.append("embedded@example.org", letter(subject="By our own server"))
        _wait_for_ticket(data, "By our own server")
        (acknowledgement,) = smtp_server.wait_for(1)
        assert acknowledgement.message()["From"].addresses[0].addr_spec == "support@example.com"
        refused = subprocess.run(
            [sys.executable, "-m", "worker.sample_mail", "--data", str(data)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    assert refused.returncode == 1
    assert "mail is read from IMAP_HOST" in refused.stderr


def test_a_second_start_on_the_same_data_is_refused_in_a_sentence(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    with running(data, log, {}):
        second = subprocess.run(
            [sys.executable, "-m", "worker.embedded", "--port", str(free_port()), "--data", str(data)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert second.returncode == 1
    assert "running already" in second.stderr


def test_what_cannot_run_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for arguments, environment, sentence in (
            (["--port", port], {}, f"Port {port} cannot be used"),
            (["--port", "99999"], {}, "Port 99999 cannot be used"),
            ([], {"DATABASE_URL": "postgresql://x"}, "unset DATABASE_URL"),
            ([], {"POLL_SECONDS": "soon"}, "POLL_SECONDS must be a number"),
        ):
            result = subprocess.run(
                [sys.executable, "-m", "worker.embedded", "--data", str(tmp_path), *arguments],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **environment},
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert result.returncode == 1
            assert sentence in result.stderr
            assert "Traceback" not in result.stderr


def _is_within(page: Page, *, seconds: float) -> None:
    """The ticket was made within two seconds of the mail; drawing it may take the list's own interval on top."""
    assert seconds < 2 + 5, f"{seconds:.1f} s until it was on {page.url}"


def _wait_for_ticket(data: Path, title: str) -> None:
    until = time.monotonic() + 10
    with closing(sqlite3.connect(data / "ticketapp.sqlite3", timeout=10)) as database:
        while not database.execute("SELECT 1 FROM ticket WHERE title = ?", (title,)).fetchone():
            assert time.monotonic() < until, "the mail never became a ticket"
            time.sleep(0.1)


def _wait_for_outbox(data: Path, text: str) -> None:
    until = time.monotonic() + 15
    while not any(text in path.read_text() for path in (data / "mail" / "outbox").glob("*.eml")):
        assert time.monotonic() < until, "the answer never left"
        time.sleep(0.2)
