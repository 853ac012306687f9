"""Signed tokens that lead an answer back to its ticket: in the Message-IDs and reply addresses of what we send."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from ticketapp.mail.composing import new_message_id

TOKEN = "{token}"  # noqa: S105 - the place of a token in a pattern, no secret
_MAC_BYTES = 10
_MESSAGE_ID = re.compile(r"ticket\.(\d{1,12})\.([0-9a-f]{16})-([a-z2-7]{16})@", re.ASCII)
_SIGNED = r"(\d{1,12})-([a-z2-7]{16})"


@dataclass(frozen=True, slots=True)
class ThreadTokens:
    """Makes and recognises tokens by ``key``. ``pattern`` is an address in which ``{token}`` stands for one, or
    empty: then only Message-IDs carry tokens."""

    key: bytes
    pattern: str = ""

    def message_id(self, domain: str, ticket_id: int) -> str:
        """A new Message-ID without brackets, unique, which ``ticket_of_message_id`` recognises."""
        nonce = secrets.token_hex(8)
        return new_message_id(domain, ticket_id, f"{nonce}-{self._mac('message', ticket_id, nonce)}")

    def ticket_of_message_id(self, message_id: str) -> int | None:
        """The number in a Message-ID that we made, None for any other, also a forged one."""
        found = _MESSAGE_ID.match(message_id)
        if found is None:
            return None
        return self._verified(int(found[1]), found[3], self._mac("message", int(found[1]), found[2]))

    def reply_address(self, ticket_id: int) -> str | None:
        """The address at which answers about this ticket arrive, None where there is no pattern."""
        if not self.pattern:
            return None
        return self.pattern.replace(TOKEN, f"{ticket_id}-{self._mac('address', ticket_id)}")

    def ticket_of_address(self, address: str) -> int | None:
        """The number in a reply address that we made, whatever its letter case; None for any other address."""
        found = self._address_form(address)
        if found is None:
            return None
        return self._verified(int(found[1]), found[2], self._mac("address", int(found[1])))

    def is_reply_address(self, address: str) -> bool:
        """Whether an address has the form of our reply addresses, its token valid or not."""
        return self._address_form(address) is not None

    def _address_form(self, address: str) -> re.Match[str] | None:
        if not self.pattern:
            return None
        before, _, after = self.pattern.partition(TOKEN)
        form = f"{re.escape(before)}{_SIGNED}{re.escape(after)}"
        return re.fullmatch(form, address.strip().lower(), re.ASCII)

    def _mac(self, purpose: str, ticket_id: int, nonce: str = "") -> str:
        """80 bits of HMAC-SHA-256 (RFC 2104) in letters that survive lower-casing."""
        digest = hmac.digest(self.key, f"{purpose} {ticket_id} {nonce}".encode(), hashlib.sha256)
        return base64.b32encode(digest[:_MAC_BYTES]).decode().lower()

    def _verified(self, ticket_id: int, given: str, expected: str) -> int | None:
        return ticket_id if hmac.compare_digest(given, expected) else None


def thread_tokens(secret: str, pattern: str) -> ThreadTokens:
    """Tokens signed by a key of their own, derived from the installation's secret."""
    return ThreadTokens(hmac.digest(secret.encode(), b"thread tokens", hashlib.sha256), pattern)
