"""Mails taken in as the worker does it, and one that is laid out, with pictures and files."""

from email.message import EmailMessage

from sqlalchemy import func, select

from ticketapp.actions import intake, ledger
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import InboundMail
from ticketapp.outside import outside

# One dot, 1 by 1 pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def take_in(raw: bytes) -> int:
    """Record a mail and process it; the id of the ticket it landed on."""
    mailbox_id = ledger.register_mailbox("test")
    uid = (db.session.scalar(select(func.max(InboundMail.id))) or 0) + 1
    (mail_id,) = ledger.record(
        mailbox_id, 1, [ledger.SeenMail(uid=uid, size=len(raw), arrived_at=utc_now(), raw=raw)]
    )
    landed = intake.process(mail_id, store=outside().store, rules=outside().rules)
    assert landed is not None
    assert landed.ticket_id is not None
    return landed.ticket_id


def laid_out_letter(
    html: str, *, text: str = "In plain words.", message_id: str = "<laid-out@shop.example>", answers: str = ""
) -> bytes:
    """A mail with an HTML part, the picture ``cid:dot@shop`` and the files ``report.html`` and ``naïve.txt``."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Zoë <zoe@shop.example>", "support@example.com", "Laid out"
    mail["Message-ID"] = message_id
    if answers:
        mail["In-Reply-To"] = answers
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    laid_out = mail.get_payload()[1]
    assert isinstance(laid_out, EmailMessage)
    laid_out.add_related(PNG, "image", "png", cid="<dot@shop>", filename="dot.png")
    mail.add_attachment("<script>alert(1)</script>", subtype="html", filename="report.html")
    mail.add_attachment("Hello", filename="naïve.txt")
    return mail.as_bytes()
