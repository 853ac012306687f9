"""An SMTP listener for trying the system out: hands every mail to Dovecot's LMTP before the sender hears 250."""

import asyncio
import logging
import signal
import smtplib

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PORT = 2525
LMTP = ("imap", 2424)
SIZE_LIMIT_BYTES = 50_000_000
SECONDS = 30.0
STOPS = {signal.SIGTERM, signal.SIGINT}
log = logging.getLogger(__name__)


class Deliveries:
    """Takes mail for every address there is."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook for a whole mail."""
        try:
            await asyncio.to_thread(deliver, envelope)
        except (OSError, smtplib.SMTPException):
            log.exception("a mail for %s could not be delivered", ", ".join(envelope.rcpt_tos))
            return "451 The mail could not be delivered; try again later"
        log.info("a mail from <%s> was delivered to %s", envelope.mail_from, ", ".join(envelope.rcpt_tos))
        return "250 The mail is delivered"


def deliver(envelope: Envelope) -> None:
    """Deliver one mail; each recipient by itself, because LMTP answers for each and smtplib reads one answer."""
    with smtplib.LMTP(*LMTP, timeout=SECONDS) as lmtp:
        for recipient in envelope.rcpt_tos:
            lmtp.sendmail(envelope.mail_from or "", recipient, envelope.original_content or b"")


logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd's own, a line for every command
controller = Controller(Deliveries(), hostname="", port=PORT, data_size_limit=SIZE_LIMIT_BYTES, enable_SMTPUTF8=True)
signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
controller.start()
signal.sigwait(STOPS)
controller.stop()
