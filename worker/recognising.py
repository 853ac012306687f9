"""What of a mailbox was not seen yet: by UIDs, as long as they lead to the mails that were recorded under them."""

import logging
import re
from collections.abc import Mapping, Sequence

from ticketapp.actions import ledger
from ticketapp.queries import ledger as ledger_queries
from ticketapp.queries.ledger import Known
from worker.any_mailbox import GLANCED_FIELDS, Glance, Listed, Mailbox

LOOKED_AT = 20
GLANCES = 5
# Up to this size a mail without Message-ID is fetched with every poll that finds it among the newest.
TINY_BYTES = 20_000
# So many bytes of mails a poll fetches at most to tell whether they are those recorded.
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
    to the cursor bears one, the newest there do: to look at a few costs the same in a folder of any size.
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
    """Whether one of the newest UIDs that we recorded leads to another mail now.

    Not by one alone: an old mail that was copied back may have got the UID that it had. All are looked at by one
    command; those that this does not tell by one more, or two where some are large.
    """
    newest = sorted(known, reverse=True)[:GLANCES]
    kept = {uid: ledger_queries.first_bytes(known[uid].mail_id, HEADER_BYTES) for uid in newest}
    told_by_header = [uid for uid in newest if kept[uid].strip()]
    glances = mailbox.glances(told_by_header) if told_by_header else []
    doubtful = [one for one in glances if not _is_same(one, known[one.listed.uid], kept[one.listed.uid])]
    # Those with another header come first, as the server may have but changed the arrival of the others.
    doubtful.sort(key=lambda one: (_fields(one.fields) == _fields(kept[one.listed.uid]), -one.listed.uid))
    return bool(doubtful) and _has_other_bytes(mailbox, [one.listed for one in doubtful], known)


def _is_same(glance: Glance, known: Known, kept: bytes) -> bool:
    """Whether arrival and header tell that this is the mail that was recorded: it has a Message-ID, or is not tiny.

    Some servers write a mail anew, with other bytes, whenever it is asked for: one with its own Message-ID, date,
    people, subject and arrival is still the same.
    """
    fields, listed = _fields(glance.fields), glance.listed
    is_told = b"MESSAGE-ID" in fields or (listed.size == known.size and listed.size > TINY_BYTES)
    return is_told and listed.arrived_at == known.arrived_at and fields == _fields(kept)


def _has_other_bytes(mailbox: Mailbox, doubtful: Sequence[Listed], known: Mapping[int, Known]) -> bool:
    """Whether the bytes of one are not those recorded, of as many as are small together, or else the header of the
    first of the others that the server hands over."""
    small, total = list[Listed](), 0
    for one in doubtful:
        if known[one.uid].is_whole and total + one.size <= SMALL_BYTES:
            small.append(one)
            total += one.size
    if small and any(mail.sha256 != known[mail.uid].sha256 for mail in mailbox.bodies(small) if mail.raw):
        return True
    others = (_has_other_header(mailbox, one, known[one.uid]) for one in doubtful if one not in small)
    return next((verdict for verdict in others if verdict is not None), False)


def _has_other_header(mailbox: Mailbox, listed: Listed, known: Known) -> bool | None:
    """None where the server hands over too little."""
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
