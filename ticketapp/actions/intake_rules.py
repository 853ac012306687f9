"""What intake is told by the configuration, and what that says of a mail: who wrote it, and whether it may land."""

from dataclasses import dataclass, replace
from typing import Protocol

from ticketapp.actions.acknowledging import Acknowledgement
from ticketapp.mail import InboundEmail, ThreadTokens
from ticketapp.models import MailKind
from ticketapp.queries import threads


class Store(Protocol):
    """Where attachments go; see ``ticketapp.storage``."""

    def put(self, content: bytes) -> str:
        """Keep the bytes durably and return their SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRules:
    """What intake is told by the configuration."""

    support_address: str
    reopen_days: int
    tokens: ThreadTokens
    acknowledgement: Acknowledgement | None = None
    opens_for: frozenset[str] = frozenset()

    def is_ours(self, address: str) -> bool:
        """Whether mail from this address was written by us: the support address with whatever stands behind a plus
        sign (RFC 5233), or one of our reply addresses."""
        user, _, domain = address.lower().rpartition("@")
        plain = f"{user.partition('+')[0]}@{domain}"
        return self.support_address in (address.lower(), plain) or self.tokens.is_reply_address(address)

    def as_written(self, email: InboundEmail) -> InboundEmail:
        """The mail with the customer as its sender, where a form on our own site mailed it from our address and says
        in Reply-To who filled it in; else the mail as it is. What this system sent bears a token of ours."""
        is_of_this_system = self.tokens.ticket_of_message_id(email.message_id or "") is not None
        if is_of_this_system or not self.is_ours(email.sender.email):
            return email
        writer = next((person for person in email.reply_to if person.email and not self.is_ours(person.email)), None)
        return email if writer is None else replace(email, sender=writer)

    def distributed_by(self, email: InboundEmail) -> str | None:
        """The mailing list that an email came through. The support address may be a list itself: that is no news."""
        ours = (self.support_address, self.support_address.replace("@", "."))
        return None if email.mailing_list in ours else email.mailing_list

    def may_open(self, email: InboundEmail) -> bool:
        """Whether mail of this sender or list opens tickets although no person wrote it: ``opens_for`` holds
        addresses, domains like @example.com, names of lists, or * for all."""
        sender = email.sender.email.lower()
        names = {"*", sender, f"@{sender.rpartition('@')[2]}", email.mailing_list}
        return not names.isdisjoint(self.opens_for)


def kind_of(email: InboundEmail, rules: IntakeRules) -> MailKind:
    """Who wrote this mail, as far as its headers tell; a mailing list counts as automatic."""
    if rules.is_ours(email.sender.email):
        return MailKind.OWN
    if email.bounce:
        return MailKind.BOUNCE
    if email.auto_submitted or rules.distributed_by(email) is not None:
        return MailKind.AUTOMATIC
    return MailKind.SPAM if email.spam else MailKind.PERSON


def why_aside(kind: MailKind, placement: threads.Placement, email: InboundEmail, rules: IntakeRules) -> str:
    """Why this mail becomes no ticket and no message, in a sentence; empty where it becomes one."""
    if kind == MailKind.OWN:
        return "Our own support address wrote this mail."
    if kind not in (MailKind.AUTOMATIC, MailKind.BOUNCE) or placement.ticket_id is not None:
        return ""
    if kind == MailKind.BOUNCE:
        return "A delivery report that answers no ticket opens none."
    if rules.may_open(email):
        return ""
    mailing_list = rules.distributed_by(email)
    if mailing_list is not None:
        return f"Mail of the mailing list {mailing_list} opens no ticket, unless OPEN_TICKETS_FOR names the list."
    return "An automatic mail that answers no ticket opens none, unless OPEN_TICKETS_FOR names its sender."
