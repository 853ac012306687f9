"""Mail of the outside world: bytes in, InboundEmail out, and OutboundEmail to bytes; knows nothing of ours."""

from ticketapp.mail.acknowledgements import DEFAULT_TEMPLATE, AcknowledgementTemplate, read_template
from ticketapp.mail.composing import compose, new_message_id
from ticketapp.mail.message import (
    Address,
    DeliveryReport,
    InboundAttachment,
    InboundEmail,
    OutboundAttachment,
    OutboundEmail,
    as_contract,
)
from ticketapp.mail.reading import parse
from ticketapp.mail.replies import ReplyParts, split_reply
from ticketapp.mail.sanitiser import sanitise
from ticketapp.mail.subjects import mentioned_numbers, normalise_subject, ticket_numbers
from ticketapp.mail.thread_tokens import ThreadTokens, thread_tokens

__all__ = [
    "DEFAULT_TEMPLATE",
    "AcknowledgementTemplate",
    "Address",
    "DeliveryReport",
    "InboundAttachment",
    "InboundEmail",
    "OutboundAttachment",
    "OutboundEmail",
    "ReplyParts",
    "ThreadTokens",
    "as_contract",
    "compose",
    "mentioned_numbers",
    "new_message_id",
    "normalise_subject",
    "parse",
    "read_template",
    "sanitise",
    "split_reply",
    "thread_tokens",
    "ticket_numbers",
]
