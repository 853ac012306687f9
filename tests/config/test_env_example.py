""".env.example lists what is read, no more and no less, and says of each what it is."""

import re
from pathlib import Path

import pytest

from config import Config
from tests.config.variables import ROOT, interpolated_by_compose, listed, read_by_config


def test_every_variable_that_is_read_is_listed() -> None:
    assert read_by_config() - listed().keys() == set()
    assert interpolated_by_compose() - listed().keys() == set()


def test_every_variable_that_is_listed_is_read() -> None:
    assert listed().keys() - read_by_config() - interpolated_by_compose() == set()


def test_the_list_as_it_stands_is_the_default(tmp_path: Path) -> None:
    assert set(listed().values()) == {""}
    data = {"DATA_DIR": str(tmp_path)}
    assert Config.from_env({**listed(), **data}) == Config.from_env(data)


def test_every_variable_stands_below_a_comment() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    lonely = [
        line for before, line in zip(["", *lines], lines, strict=False) if "=" in line and not line.startswith("#")
        and not before.startswith("# ") and "=" not in before
    ]  # fmt: skip
    assert lonely == []


@pytest.mark.parametrize(
    "name",
    [
        *(
            "max_request_bytes",
            "mail_max_bytes",
            "mail_batch",
            "reopen_days",
            "imap_timeout_seconds",
            "acknowledge_per_hour",
        ),
        *("smtp_timeout_seconds", "mailbox_lease_seconds", "classify_timeout_seconds", "propose_timeout_seconds"),
        *("trusted_proxies", "imap_folder", "support_name", "gemini_model", "log_level", "smtp_security"),
    ],
)
def test_the_default_in_a_comment_is_the_default(name: str, tmp_path: Path) -> None:
    value = getattr(Config.from_env({"DATA_DIR": str(tmp_path)}), name)
    comment = (ROOT / ".env.example").read_text().split(f"\n{name.upper()}=")[0].rsplit("\n", 1)[-1]
    shown = int(value) if isinstance(value, float) else value
    assert re.search(rf"Default: {re.escape(str(shown))}\b", comment), comment
