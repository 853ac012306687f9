"""What of a mailbox was not seen yet: by UIDs, as long as they lead to the mails that were recorded under them."""

import logging
import re
from collections.abc import Mapping

from ticketapp.actions import ledger
from ticketapp.queries import ledger as ledger_queries
from ticketapp.queries.ledger import Known
from worker.any_mailbox import GLANCED_FIELDS, Listed, Mailbox

LOOKED_AT = 20
GLANCES = 5
# Up to this size a mail without Message-ID is fetched with every poll that finds it the newest.
TINY_BYTES = 20_000
SMALL_BYTES = 200_000
HEADER_BYTES = 64_000
FOLDED = re.compile(rb"\r?\n[ \t]+")
END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
Fields = dict[bytes, list[bytes]]
log = logging.getLogger(__name__)


def unseen(mailbox: Mailbox, mailbox_id: int) -> list[Listed]:
    """What lies above the cursor, and what the server shows below it only now; everything where it was restored from
    a backup and gives UIDs anew: the bytes tell then what is known.

    UIDs ascend (RFC 3501, 2.3.1.1), so those given anew are all above the last one of the backup. Where any mail up
    to the cursor bears one, the newest there does: to look at that costs the same in a folder of any size.
    """
    cursor = ledger_queries.cursor(mailbox_id, mailbox.uidvalidity)
    older, newer = mailbox.around(cursor, most=LOOKED_AT)
    known = ledger_queries.sightings(mailbox_id, mailbox.uidvalidity, older)
    if (mailbox.uidnext is not None and mailbox.uidnext <= cursor) or _are_other_mails(mailbox, known):
        log.warning("the mailbox gives UIDs anew up to %s, recorded were up to %s", mailbox.uidnext, cursor)
        ledger.forget_sightings(mailbox_id, mailbox.uidvalidity, above=0)
        return mailbox.above(0)
    if len(known) == len(older):
        return newer
    log.warning("the mailbox shows mails below UID %s that it did not show before", cursor)
    listed = mailbox.above(0)
    seen = ledger_queries.seen_uids(mailbox_id, mailbox.uidvalidity)
    return [one for one in listed if one.uid not in seen]


def _are_other_mails(mailbox: Mailbox, known: Mapping[int, Known]) -> bool:
    """Whether a UID that we recorded leads to another mail now: the newest that is still there and can be told."""
    newest = sorted(known, reverse=True)[:GLANCES]
    verdicts = (_is_other(mailbox, uid, known[uid]) for uid in newest)
    return next((verdict for verdict in verdicts if verdict is not None), False)


def _is_other(mailbox: Mailbox, uid: int, known: Known) -> bool | None:
    """By arrival and header; where these are not as they were, or hold no Message-ID, by its bytes. None where the
    server hands over too little, or did when the mail was recorded.

    Some servers write a mail anew, with other bytes, whenever it is asked for: one with its own Message-ID, date,
    people, subject and arrival is still the same.
    """
    kept = ledger_queries.first_bytes(known.mail_id, HEADER_BYTES)
    glance = mailbox.glance(uid) if kept.strip() else None
    if glance is None:
        return None
    fields, listed = _fields(glance.fields), glance.listed
    is_as_it_was = listed.arrived_at == known.arrived_at and fields == _fields(kept)
    is_told = b"MESSAGE-ID" in fields or (listed.size == known.size and listed.size > TINY_BYTES)
    if is_as_it_was and is_told:
        return False
    return _has_other_bytes(mailbox, listed, known)


def _has_other_bytes(mailbox: Mailbox, listed: Listed, known: Known) -> bool | None:
    """By the header alone where the mail is large or was taken in by that."""
    if known.is_whole and listed.size <= SMALL_BYTES:
        return next((mail.sha256 != known.sha256 for mail in mailbox.bodies([listed]) if mail.raw), None)
    mail = mailbox.header(listed)
    header = mail.header or b""
    if not header.strip():
        return None
    if known.is_whole:
        return not ledger_queries.first_bytes(known.mail_id, len(header)).startswith(header)
    return mail.sha256 != known.sha256


def _fields(header: bytes) -> Fields:
    """The fields that are glanced at, each with its lines, whatever the blanks and breaks in them."""
    unfolded = FOLDED.sub(b" ", END_OF_HEADER.split(header, maxsplit=1)[0])
    wanted = {name.encode() for name in GLANCED_FIELDS}
    found: Fields = {}
    for line in unfolded.splitlines():
        name, _, value = line.partition(b":")
        if name.strip().upper() in wanted:
            found.setdefault(name.strip().upper(), []).append(b" ".join(value.split()))
    return found
