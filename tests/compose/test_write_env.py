"""What `make env` writes: an .env with new secrets, which compose and the configuration take as it is."""

import shutil
import subprocess
from pathlib import Path

import pytest

from config import Config, ConfigError
from tests.compose.files import ROOT

# As docker-compose.yml sets them, over .env.
BY_COMPOSE = {
    "DATA_DIR": "/data",
    "DATABASE_URL": "postgresql://ticketapp@db:5432/ticketapp",
    "REDIS_URL": "redis://redis:6379/0",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with what the script reads."""
    shutil.copytree(ROOT / "docker", tmp_path / "docker")
    shutil.copy(ROOT / ".env.example", tmp_path)
    return tmp_path


def test_secrets_are_long_new_every_time_and_for_their_owner_alone(project: Path) -> None:
    first, again = _written(project), _written(project)
    for name in ("SECRET_KEY", "CREDENTIALS_KEY", "POSTGRES_PASSWORD"):
        assert len(first[name]) == 64
        assert first[name] != again[name]
    assert len({first["SECRET_KEY"], first["CREDENTIALS_KEY"], first["POSTGRES_PASSWORD"]}) == 3
    assert (project / ".env").stat().st_mode & 0o777 == 0o600


def test_every_setting_of_the_example_is_there_once_with_its_comment(project: Path) -> None:
    _written(project)
    lines = (project / ".env").read_text().splitlines()
    example = (project / ".env.example").read_text().splitlines()
    assert [line for line in lines if line.startswith("#")] == [line for line in example if line.startswith("#")]
    assert [line.partition("=")[0] for line in lines] == [line.partition("=")[0] for line in example]


def test_an_env_that_is_there_stays_as_it_is(project: Path) -> None:
    (project / ".env").write_text("SECRET_KEY=mine\n")
    assert "left as it is" in _run(project).stdout
    assert (project / ".env").read_text() == "SECRET_KEY=mine\n"


def test_the_trial_needs_nothing_filled_in(project: Path) -> None:
    config = Config.from_env(_written(project, "trial") | BY_COMPOSE)
    assert (config.imap_host, config.smtp_host, config.support_address) == ("imap", "smtp", "support@example.com")
    assert len(config.imap_password) == 64


def test_without_the_trial_the_mail_settings_are_asked_for(project: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        Config.from_env(_written(project) | BY_COMPOSE)
    assert [problem.partition(" ")[0] for problem in raised.value.problems] == [
        "SMTP_HOST",
        "SUPPORT_ADDRESS",
    ]


def test_another_word_than_trial_is_refused_and_nothing_written(project: Path) -> None:
    assert _run(project, "production").returncode == 2
    assert not (project / ".env").exists()


def _written(project: Path, *words: str) -> dict[str, str]:
    (project / ".env").unlink(missing_ok=True)
    assert _run(project, *words).returncode == 0
    lines = [line for line in (project / ".env").read_text().splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def _run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "docker/write-env", *words], cwd=project, capture_output=True, text=True)
