"""A mail that is quarantined though its bytes are kept is found by its sender and subject."""

import pytest
from apiflask import APIFlask

from tests.letters import letter
from ticketapp.actions import intake, landing, ledger
from ticketapp.clock import utc_now
from ticketapp.models import MailState
from ticketapp.outside import outside
from ticketapp.queries import ledger as queries
from ticketapp.queries import mails
from ticketapp.queries.mails import MailFilter


@pytest.mark.parametrize("broken", [(intake, "parse"), (landing, "land")], ids=["reading", "landing"])
def test_whatever_fails_with_it(
    each_app: APIFlask, monkeypatch: pytest.MonkeyPatch, broken: tuple[object, str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("a defect")

    monkeypatch.setattr(*broken, fail)
    raw = letter("Where is my parcel?", sender="Jo <jo@customer.example>")
    seen = ledger.SeenMail(uid=1, size=len(raw), arrived_at=utc_now(), raw=raw)
    (mail_id,) = ledger.record(ledger.register_mailbox("test"), 1, [seen])
    intake.process(mail_id, store=outside().store, rules=outside().rules)
    mail = queries.mail(mail_id)
    assert (mail.state, mail.reason) == (MailState.QUARANTINED, "ValueError: a defect")
    assert (mail.sender, mail.subject) == ("jo@customer.example", "Where is my parcel?")
    assert [row.id for row in mails.page(MailFilter.from_args({"sender": "jo@customer"}), below=None).rows] == [
        mail_id
    ]
