"""Config: defaults, every bad variable named at once, addresses rewritten, the embedded secret kept."""

import stat
from pathlib import Path

import pytest

from config import Config, ConfigError
from tests.config.variables import PRODUCTION


def read(tmp_path: Path, **environ: str) -> Config:
    return Config.from_env({"DATA_DIR": str(tmp_path), **environ})


def production(**changes: str) -> Config:
    return Config.from_env({**PRODUCTION, **changes})


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        Config.from_env(environ)
    assert str(raised.value) == "The configuration cannot be used:\n" + "\n".join(
        f"  {line}" for line in raised.value.problems
    )
    return raised.value.problems


def test_an_empty_environment_is_the_embedded_system(tmp_path: Path) -> None:
    config = read(tmp_path)
    assert config.is_embedded
    assert config.database_url == f"sqlite:///{tmp_path}/ticketapp.sqlite3"
    assert config.redis_url is None
    assert (config.maildir, config.outbox_dir) == (tmp_path / "mail/inbox", tmp_path / "mail/outbox")
    assert config.attachments_url == (tmp_path / "attachments").as_uri()
    assert config.support_address == "support@localhost"
    assert config.mailbox_name == f"maildir:{tmp_path}/mail/inbox"
    assert (config.classify_timeout_seconds, config.propose_timeout_seconds) == (10, 4)


def test_blank_variables_count_as_missing(tmp_path: Path) -> None:
    assert read(tmp_path, GEMINI_MODEL="  ", IMAP_PORT="", LOG_LEVEL=" ") == read(tmp_path)


def test_production_takes_what_it_is_given() -> None:
    config = production(TRUSTED_HOSTS="a.example, b.example", PUBLIC_URL="https://a.example", LOG_LEVEL="warning")
    assert not config.is_embedded
    assert config.mailbox_name == "help@imap.example.com/INBOX"
    assert (config.imap_port, config.imap_security) == (993, "tls")
    assert (config.smtp_port, config.smtp_security) == (587, "starttls")
    assert (config.maildir, config.outbox_dir) == (None, None)
    assert config.trusted_hosts == ("a.example", "b.example")
    assert config.poll_seconds == config.sweep_seconds == 15
    assert config.log_level == "WARNING"


@pytest.mark.parametrize("prefix", ["postgres://", "postgresql://", "postgresql+psycopg2://"])
def test_every_spelling_of_a_postgresql_address_gets_the_driver_that_is_installed(prefix: str) -> None:
    config = production(DATABASE_URL=f"{prefix}u:p@db/tickets")
    assert config.database_url == "postgresql+psycopg2://u:p@db/tickets"


def test_every_bad_variable_is_named_at_once() -> None:
    found = problems(
        {
            "DATABASE_URL": "mysql://u:p@db/tickets",
            "SECRET_KEY": "short",
            "REDIS_URL": "http://redis",
            "PUBLIC_URL": "support.example.com",
            "TRUSTED_PROXIES": "-1",
            "MAX_REQUEST_BYTES": "25 MB",
            "IMAP_HOST": "imap.example.com",
            "IMAP_SECURITY": "ssl",
            "IMAP_PORT": "70000",
            "IMAP_AFTER": "move",
            "IMAP_TIMEOUT_SECONDS": "nan",
            "POLL_SECONDS": "0",
            "SWEEP_SECONDS": "inf",
            "MAILBOX_LEASE_SECONDS": "soon",
            "MAIL_MAX_BYTES": "9" * 400,
            "MAIL_BATCH": "2.5",
            "REOPEN_DAYS": "two weeks",
            "REPLY_ADDRESS": "support@example.com",
            "ACKNOWLEDGE": "yes",
            "ACKNOWLEDGE_PER_HOUR": "0",
            "SUPPORT_ADDRESS": "support",
            "SMTP_SECURITY": "ssl",
            "SMTP_PORT": "x",
            "SMTP_TIMEOUT_SECONDS": "0.1",
            "CLASSIFY_TIMEOUT_SECONDS": "0",
            "PROPOSE_TIMEOUT_SECONDS": "31",
            "LOG_LEVEL": "LOUD",
        }
    )
    assert sorted(line.split()[0] for line in found) == sorted(
        [
            *("DATABASE_URL", "SECRET_KEY", "REDIS_URL", "PUBLIC_URL", "TRUSTED_PROXIES", "MAX_REQUEST_BYTES"),
            *("IMAP_SECURITY", "IMAP_PORT", "IMAP_AFTER", "IMAP_USER", "IMAP_PASSWORD", "IMAP_TIMEOUT_SECONDS"),
            *("POLL_SECONDS", "SWEEP_SECONDS", "MAILBOX_LEASE_SECONDS", "MAIL_MAX_BYTES", "MAIL_BATCH"),
            *("REPLY_ADDRESS", "ACKNOWLEDGE", "ACKNOWLEDGE_PER_HOUR"),
            *("REOPEN_DAYS", "SUPPORT_ADDRESS", "SMTP_HOST", "SMTP_SECURITY", "SMTP_PORT", "SMTP_TIMEOUT_SECONDS"),
            *("CLASSIFY_TIMEOUT_SECONDS", "PROPOSE_TIMEOUT_SECONDS", "LOG_LEVEL"),
        ]
    )
    assert "MAIL_BATCH must be a whole number from 1 to 500" in found


def test_production_says_what_is_missing() -> None:
    found = problems({"DATABASE_URL": "postgresql://db/tickets"})
    assert sorted(line.split()[0] for line in found) == [
        *("IMAP_HOST", "REDIS_URL", "SECRET_KEY", "SMTP_HOST", "SUPPORT_ADDRESS"),
    ]


def test_no_secret_is_repeated_in_an_error() -> None:
    found = problems({**PRODUCTION, "SECRET_KEY": "hunter2hunter2", "REDIS_URL": "http://:hunter3@redis"})
    assert len(found) == 2
    assert not any("hunter" in line for line in found)


@pytest.mark.parametrize(
    ("value", "kind", "folder"),
    [("leave", "leave", ""), ("seen", "seen", ""), ("move:Done/2026: all", "move", "Done/2026: all")],
)
def test_what_happens_to_recorded_mail(tmp_path: Path, value: str, kind: str, folder: str) -> None:
    config = read(tmp_path, IMAP_AFTER=value)
    assert (config.after_recording, config.after_recording_folder) == (kind, folder)


@pytest.mark.parametrize("value", ["move", "move:", "seen:Done", "delete"])
def test_what_cannot_happen_to_recorded_mail_is_refused(tmp_path: Path, value: str) -> None:
    assert problems({"DATA_DIR": str(tmp_path), "IMAP_AFTER": value}) == [
        "IMAP_AFTER must be leave, seen, or move:FOLDER"
    ]


def test_the_embedded_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = read(tmp_path / "new" / "data"), read(tmp_path / "new" / "data")
    assert len(first.secret_key) == 64
    assert first.secret_key == second.secret_key != read(tmp_path / "other").secret_key
    assert stat.S_IMODE((tmp_path / "new/data/secret_key").stat().st_mode) == 0o600
    assert sorted(path.name for path in (tmp_path / "new/data").iterdir()) == ["credentials_key", "secret_key"]


def test_the_embedded_key_for_credentials_is_another_one_that_only_its_owner_reads(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.credentials_keys == second.credentials_keys != (first.secret_key,)
    assert stat.S_IMODE((tmp_path / "credentials_key").stat().st_mode) == 0o600


def test_keys_for_credentials_are_taken_in_order() -> None:
    assert production(CREDENTIALS_KEY=f"{'n' * 32}, {'o' * 40} ,").credentials_keys == ("n" * 32, "o" * 40)
    assert production().credentials_keys == ()


def test_a_short_key_for_credentials_is_refused_and_not_repeated() -> None:
    (found,) = problems({**PRODUCTION, "CREDENTIALS_KEY": f"{'n' * 32},hunter2"})
    assert found == "CREDENTIALS_KEY must be random keys of at least 32 characters, the newest first"


def test_with_a_key_for_credentials_the_environment_may_name_no_mailbox() -> None:
    config = production(IMAP_HOST="", CREDENTIALS_KEY="k" * 32)
    assert (config.imap_host, config.maildir, config.mailbox_name) == (None, None, None)


def test_no_secret_shows_when_a_configuration_is_printed() -> None:
    secret = "hunter2" * 5
    names = ("SECRET_KEY", "IMAP_PASSWORD", "SMTP_PASSWORD", "GEMINI_API_KEY", "CREDENTIALS_KEY")
    urls = {"DATABASE_URL": f"postgresql://u:{secret}@db/tickets", "REDIS_URL": f"redis://:{secret}@redis:6379/0"}
    assert "hunter2" not in repr(production(**urls, **dict.fromkeys(names, secret)))


def test_a_given_secret_is_not_written_down(tmp_path: Path) -> None:
    assert read(tmp_path, SECRET_KEY="given" * 8).secret_key == "given" * 8
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("value", ["support+{token}@example.com", "{token}@reply.example.com", "S+{token}@X.example"])
def test_a_reply_address_has_the_place_of_a_token(tmp_path: Path, value: str) -> None:
    assert read(tmp_path, REPLY_ADDRESS=value).reply_address == value.lower()


@pytest.mark.parametrize(
    "value",
    [
        *("{token}", "{token}{token}@example.com", "support@{token}.example.com", "a b{token}@x.example"),
        f"{'x' * 36}{{token}}@example.com",
    ],
)
def test_an_address_without_that_place_is_refused(tmp_path: Path, value: str) -> None:
    (found,) = problems({"DATA_DIR": str(tmp_path), "REPLY_ADDRESS": value})
    assert found.startswith("REPLY_ADDRESS must be like support+{token}@example.com")


def test_addresses_of_no_shape_are_named_together_with_everything_else() -> None:
    bad = {
        "PUBLIC_URL": "http://[",
        "ATTACHMENTS_URL": "foo://bar",
        "DATABASE_URL": "postgresql://u:p@h:notaport/x",
        "REDIS_URL": "redis://:badport:x",
        "CORS_ALLOWED_ORIGINS": "shop.example.com/ *",
        "TRUSTED_HOSTS": "http://x",
        "SMTP_SECURITY": "x",
    }
    with pytest.raises(ConfigError) as caught:
        Config.from_env(bad)
    for name in bad:
        assert any(problem.startswith(f"{name} must be ") for problem in caught.value.problems), name
