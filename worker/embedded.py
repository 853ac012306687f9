"""The whole system on one machine with one command: database, admin account, web, worker, schedule and SMTP."""

import argparse
import contextlib
import ctypes
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from flask_migrate import upgrade

from config import Config, ConfigError
from ticketapp import create_app
from ticketapp.actions.users import create_user
from ticketapp.queries.users import is_admin_there

ADMIN_EMAIL = "admin@localhost"
FIRST_SMTP_PORT = 2525
START_SECONDS = 60
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1
STATE_FILE = "embedded.json"


def main() -> int:
    """Run until Ctrl-C or a termination signal; 0 after a clean stop, 1 with a sentence where it cannot run."""
    arguments = _arguments()
    data = arguments.data.resolve()
    os.environ["DATA_DIR"] = str(data)
    os.umask(0o077)  # mails and password hashes are for this user only
    try:
        return _run_alone(data, arguments.port)
    except (ConfigError, _CannotRunError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - this program talks to the person who started it
        return 1


class _CannotRunError(Exception):
    """A sentence for whoever started this."""


class _Stopped(BaseException):
    """Ctrl-C or a termination signal."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the portal listens, on this machine only")
    parser.add_argument("--data", type=Path, default=Path("data"), help="where everything is kept")
    return parser.parse_args()


def _run_alone(data: Path, port: int) -> int:
    if os.environ.get("DATABASE_URL"):
        raise _CannotRunError("This command is the one-machine default on SQLite; unset DATABASE_URL to use it.")
    data.mkdir(parents=True, exist_ok=True)
    with _only_one(data):
        return _run(Config.from_env(), port)


def _run(config: Config, port: int) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    url = f"http://127.0.0.1:{port}"
    children: list[subprocess.Popen[bytes]] = []
    try:
        _check_free(port)
        smtp_port = _free_from(FIRST_SMTP_PORT) if config.maildir else None
        _prepare(config)
        children.append(_start("worker.embedded_worker", *(["--smtp-port", str(smtp_port)] if smtp_port else [])))
        children.append(_start("gunicorn", "wsgi:app", *_gunicorn_options(port)))
        _wait_until_up(f"{url}/healthz", smtp_port, children)
        (config.data_dir / STATE_FILE).write_text(json.dumps({"url": url, "smtp_port": smtp_port}))
        _say(
            f"Ready: open {url}",
            _where_mail_comes_from(config, smtp_port),
            f"Answers to customers {_where_answers_go(config)}. Ctrl-C stops everything; the data stays.",
        )
        _watch(children)
    except _Stopped:
        _say("Stopping.")
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _end(children)
        (config.data_dir / STATE_FILE).unlink(missing_ok=True)
    return 1


def _where_mail_comes_from(config: Config, smtp_port: int | None) -> str:
    if smtp_port is None:
        return f"Mail is read from {config.mailbox_name}; each becomes a ticket."
    return f"Mail sent to 127.0.0.1 port {smtp_port} (SMTP) becomes a ticket; try: make mail DATA={config.data_dir}"


def _where_answers_go(config: Config) -> str:
    return f"land in {config.outbox_dir}" if config.outbox_dir else f"are mailed through {config.smtp_host}"


def _prepare(config: Config) -> None:
    app = create_app(config)
    with app.app_context():
        upgrade()
        if not is_admin_there():
            password = secrets.token_urlsafe(12)
            create_user(ADMIN_EMAIL, name="Admin", role="admin", password=password)
            _say("An admin account was made. This is shown once:", f"  {ADMIN_EMAIL}", f"  {password}")


def _gunicorn_options(port: int) -> list[str]:
    return [
        f"--bind=127.0.0.1:{port}",
        "--worker-class=gthread",
        "--workers=1",
        "--threads=8",
        "--no-control-socket",
        "--limit-request-line=8190",
        "--log-level=warning",
        "--graceful-timeout=5",
    ]


def _start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process alone, which then stops the children in order.
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments], start_new_session=True, preexec_fn=_end_with_parent
    )


def _end_with_parent() -> None:
    """In the child: be terminated when the parent dies, however it dies (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_until_up(url: str, smtp_port: int | None, children: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        _check_alive(children)
        if _is_up(url, smtp_port):
            return
        time.sleep(0.1)
    raise _CannotRunError(f"The portal or the mail listener did not answer within {START_SECONDS} seconds.")


def _is_up(url: str, smtp_port: int | None) -> bool:
    with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
        if smtp_port is not None:
            socket.create_connection(("127.0.0.1", smtp_port), timeout=2).close()
        return True
    return False


def _watch(children: list[subprocess.Popen[bytes]]) -> None:
    while True:
        _check_alive(children)
        time.sleep(0.5)


def _check_alive(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is not None:
            what = str(child.args[2]) if isinstance(child.args, list) else "A part"
            raise _CannotRunError(f"{what} ended by itself with status {child.returncode}; everything was stopped.")


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, until - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@contextlib.contextmanager
def _only_one(data: Path) -> Iterator[None]:
    with (data / "embedded.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _CannotRunError(
                f"It is running already on {data}; stop that one, or choose another DATA."
            ) from None
        yield


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            sentence = f"Port {port} cannot be used ({error}); choose another: make run PORT=8123"
            raise _CannotRunError(sentence) from None


def _free_from(first: int) -> int:
    for port in range(first, first + 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise _CannotRunError(f"No free port for mail from {first} to {first + 199}.")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stopped


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 - this program talks to the person who started it


if __name__ == "__main__":
    sys.exit(main())
