"""Secrets of mailboxes at rest: sealed with a key from the environment, and opened again."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"ticketapp mailbox credentials"


class VaultError(Exception):
    """A secret cannot be sealed or opened; the text is a sentence that holds no secret."""


class Vault:
    """Seals and opens secrets (Fernet: AES-128-CBC with HMAC-SHA256); a fresh seal each time.

    The first key seals, every key opens, so that keys can be changed one after another. Without a key it is closed.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys]) if keys else None

    @property
    def is_closed(self) -> bool:
        """Whether there is no key at all."""
        return self._fernet is None

    def seal(self, secret: str) -> str:
        """The secret as ciphertext. Raises ``VaultError`` where there is no key."""
        return self._key().encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret behind a ciphertext. Raises ``VaultError`` where no key of ours sealed it."""
        try:
            return self._key().decrypt(sealed).decode()
        except (InvalidToken, ValueError) as error:
            raise VaultError(
                "A stored secret of this mailbox was sealed with a key that CREDENTIALS_KEY does not hold any more: "
                "add that key again, or enter the secret anew."
            ) from error

    def _key(self) -> MultiFernet:
        if self._fernet is None:
            raise VaultError("CREDENTIALS_KEY is not set, so no secret of a mailbox can be kept or read.")
        return self._fernet


def _derived(key: str) -> bytes:
    """A Fernet key of a random text of any length (RFC 5869; it needs no stretching, being random)."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
