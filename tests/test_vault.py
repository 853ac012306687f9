"""Secrets at rest: sealed by the first key, opened by every key, lost with the last one."""

import pytest

from ticketapp.vault import Vault, VaultError

OLD, NEW = "o" * 32, "n" * 40


def test_what_is_sealed_is_opened_again_and_shows_nothing() -> None:
    vault = Vault([OLD])
    sealed = vault.seal("hunter2 ü")
    assert "hunter2" not in sealed
    assert vault.open(sealed) == "hunter2 ü"
    assert vault.seal("hunter2 ü") != sealed


def test_keys_can_be_changed_one_after_another() -> None:
    sealed = Vault([OLD]).seal("hunter2")
    both = Vault([NEW, OLD])
    anew = both.seal(both.open(sealed))
    assert Vault([NEW]).open(anew) == "hunter2"


@pytest.mark.parametrize(
    "sealed",
    [Vault([OLD]).seal("hunter2"), "gAAAAABno token", "", "ü"],
    ids=["of another key", "cut", "empty", "no ASCII"],
)
def test_what_no_key_opens_is_told_without_the_secret(sealed: str) -> None:
    with pytest.raises(VaultError, match="CREDENTIALS_KEY does not hold") as raised:
        Vault([NEW]).open(sealed)
    assert "hunter2" not in str(raised.value)


def test_without_a_key_nothing_is_kept_or_read() -> None:
    vault = Vault([])
    assert vault.is_closed
    with pytest.raises(VaultError, match="CREDENTIALS_KEY is not set"):
        vault.seal("hunter2")
