"""A small soak: what `make soak` does at length, so that it stays right; and its accounting sees what is wrong."""

import random
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.soak.accounting import account_for
from tests.soak.mails import Kind, make_mails
from tests.soak.running import Plan, soak
from tests.take_in import take_in


@pytest.mark.timeout(200)
def test_every_mail_is_accounted_for_while_everything_is_killed_twice(tmp_path: Path) -> None:
    plan = Plan(seed=7, mails=200, broken=27, delivery_seconds=5, worker_kills=2, dovecot_kills=2, redis_kills=2)
    outcome = soak(plan, tmp_path, say=print)
    assert outcome.account.faults == ()
    assert outcome.account.tickets > 100
    assert outcome.account.sent == 200
    assert +outcome.kills == {"worker": 2, "Dovecot": 2, "Redis": 2}


def test_the_same_seed_sends_the_same_and_every_kind_of_it() -> None:
    first, second = (make_mails(400, broken=36, dice=random.Random(5)) for _ in range(2))
    assert [each.raw for each in first] == [each.raw for each in second]
    assert {each.kind for each in first} == set(Kind)


def test_what_is_lost_doubled_or_misplaced_is_a_fault(app: APIFlask) -> None:
    sent = [each for each in make_mails(60, broken=20, dice=random.Random(5)) if each.kind == Kind.LETTER][:4]
    with app.app_context():
        for each in sent:
            take_in(each.raw.replace(b"\n", b"\r\n"))
        assert account_for(sent).is_right
        assert account_for(sent).tickets == 4
        lost = account_for([*sent, make_mails(60, broken=1, dice=random.Random(6))[3]])
        take_in(sent[0].raw.replace(b"\n", b"\r\n") + b"again\r\n")
        doubled = account_for(sent)
    assert any(fault.startswith("lost: letter") for fault in lost.faults)
    assert f"2 tickets of {sent[0].subject}" in doubled.faults
    assert any(fault.startswith("never sent") for fault in doubled.faults)
