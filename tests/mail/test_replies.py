"""Folding a stored text, and what a subject says about answers and tickets."""

import pytest

from ticketapp.mail import mentioned_numbers, normalise_subject, split_reply, ticket_numbers


def test_history_is_folded_and_kept() -> None:
    parts = split_reply("Yes.\n\nOn Tue, Mar 3, 2026 at 9:00 AM Help <h@x.example> wrote:\n> Which?\n")
    assert parts.reply == "Yes."
    assert parts.quoted == "On Tue, Mar 3, 2026 at 9:00 AM Help <h@x.example> wrote:\n> Which?"


def test_a_text_that_is_all_history_is_shown_whole() -> None:
    parts = split_reply("> Which?\n> This?")
    assert (parts.reply, parts.quoted) == ("> Which?\n> This?", "")


def test_nothing_to_fold_leaves_the_text_as_it_is() -> None:
    text = "One\n\n\n\n  two  \n\nthree"
    assert split_reply(text).reply == text


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Re: My order", "My order"),
        ("AW: WG: Re: My order", "My order"),
        ("RE[2]: My order", "My order"),
        ("Sv: VS: My  order", "My order"),
        ("回复\uff1aMy order", "My order"),
        ("Re: [#12] My order", "My order"),
        ("Regarding: My order", "Regarding: My order"),
        ("My order", "My order"),
        ("Re:", ""),
    ],
)
def test_subjects_are_compared_without_their_prefixes(subject: str, plain: str) -> None:
    assert normalise_subject(subject) == plain


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: [#12] My order", (12,)),
        ("[#12] and [#13] and [#12]", (12, 13)),
        ("#12 [12] (#12) [# 12]", ()),
        ("[#0] [#0001234567890]", ()),
        ("[#" + "1" * 100 + "]", ()),
        ("[#٣]", ()),
        ("Re: ticket #12", (12,)),
        ("Ticket 12: still broken", (12,)),
        ("TICKET-ID: #12", (12,)),
        ("Your Ticket No. 12 and ticket number 13", (12, 13)),
        ("tickets 12, ticketing 12, myticket 12, ticket 12th, ticket 12.50, ticket 12-3", ()),
        ("ticket #0", ()),
    ],
)
def test_a_number_that_is_called_a_ticket_names_one(subject: str, numbers: tuple[int, ...]) -> None:
    assert ticket_numbers(subject) == numbers


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Order #12", (12,)),
        ("#12, (#13) and #12", (12, 13)),
        ("C#12 ##12 &#12; a/#12 #12a #12-3 #1.5 # 12 #0", ()),
        ("#" * 500 + "1", ()),
    ],
)
def test_a_bare_number_is_only_mentioned(subject: str, numbers: tuple[int, ...]) -> None:
    assert mentioned_numbers(subject) == numbers
