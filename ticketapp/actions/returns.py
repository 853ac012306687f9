"""What a delivery report changes on the message of ours that it is about."""

from datetime import datetime

from sqlalchemy.orm import Session

from ticketapp.mail import DeliveryReport
from ticketapp.models import Delivery, Message

NO_WORDS = "The report does not say why."


def record_return(session: Session, message_id: int, report: DeliveryReport, *, now: datetime) -> None:
    """Note on a message that it came back, or that it is late, with the report's words, within the caller's
    transaction. A report of delay changes nothing about a message that came back or is still to be sent."""
    message = session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
    words = report.words or NO_WORDS
    if report.is_delay:
        if message.delivery == Delivery.SENT and message.bounced_at is None:
            message.delivery_error = f"It is late, and its way is still tried. {words}"
        return
    # A server may send it back before we have noted that it took it.
    message.delivery, message.send_due_at = Delivery.SENT, None
    message.sent_at = message.sent_at or now
    message.bounced_at, message.delivery_error = now, words
