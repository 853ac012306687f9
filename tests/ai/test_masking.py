"""Personal data is taken out of a text, each kind by itself; what only looks like it stays; length alone costs."""

import pytest

from tests.ai.proportion import Work, seconds, seconds_once
from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import EVERY_KIND, USUALLY_MASKED, masked

CARDS = (
    *("4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111", "5500 0000 0000 0004"),
    *("2223003122003222", "3782 822463 10005", "378282246310005", "3056 930902 5904", "3530111333300000"),
    *("6011 1111 1111 1117", "6200000000000005", "4111\u00a01111\u00a01111\u00a01111"),
)
IBANS = (
    *(
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "GB29 NWBK 6016 1331 9268 19",
        "gb29nwbk60161331926819",
    ),
    *("DE89  3704  0044  0532  0130  00", "DE89 3 7 0 4 0 0 4 4 0532013000", "PL61 1090 1014 0000 0712 1981 2874"),
    *("FR14 2004 1010 0505 0001 3M02 606", "NO93 8601 1117 947", "AT61-1904-3002-3457-3201", "CH9300762011623852957"),
)
EMAILS = (
    "jo(at)example.com",
    "jo [at] example [dot] com",
    "jo@example.com",
    "jo.doe+shop@mail.example.co.uk",
    "müller@bücher.example",
    "o'neil@example.ie",
)
PHONES = (
    *("+49 30 1234567", "+1 (555) 010-1234", "+33 6 12 34 56 78", "0049 30 1234567", "030 1234567", "0171/1234567"),
    *(
        "06 12 34 56 78",
        "(555) 010-1234",
        "555-010-1234",
        "+4915112345678",
        "01701234567",
        "0612345678",
        "07700900123",
    ),
    *("(11) 91234-5678", "600 123 456", "1-800-555-0199"),
)
SECRETS = (
    *(
        "AKIAIOSFODNN7EXAMPLE",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "sk-proj-abcdefghijklmnop1234",
        "xoxb-12345-abcdef",
    ),
    *("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "glpat-abcdefghij0123456789", "tkt_abcdefghijklmnop1234567890"),
    *("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",),
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQOYBF\n-----END PGP PRIVATE KEY BLOCK-----",
    "-----BEGIN PRIVATE KEY-----\nthe end of this one was cut off",
)
SAID = (
    *("password: {}", "Password = {}", "PASSWORD:{}", 'password: "{}"', "the password is: {}", "Passwort: {}"),
    *(
        "mot de passe : {}",
        "contraseña: {}",
        "senha: {}",
        "wachtwoord: {}",
        "hasło: {}",
        "пароль: {}",
        "密码\uff1a{}",
    ),
    *(
        "私のパスワードは: {}",
        "api_key={}",
        "client secret: {}",
        "Authorization: Bearer {}",
        "https://jo:{}@example.com/x",
    ),
)
KINDS = {
    MaskedKind.CARD: CARDS,
    MaskedKind.IBAN: IBANS,
    MaskedKind.EMAIL: EMAILS,
    MaskedKind.PHONE: PHONES,
    MaskedKind.SECRET: SECRETS,
}
KEPT = (
    *("Order 4111 1111 1111 1112 is late.", "Order 1234567890123456 and ticket #4711.", "Order no. 2026-000123-45."),
    *("On 2026-11-20 12:30, 20/11/2026, 20.11.2026 and 11/20/26.", "We paid 1,234,567.89 EUR, or 12 345 678,90 kr."),
    *("Error 0x80070057 at 192.168.100.200:8080, version 10.0.19045.3693.", "My password is not working."),
    *(
        "I forgot my password. Please help.",
        "Bearer of bad news: the token expired.",
        "Invoice INV-2026-0042, 3 pieces.",
    ),
    *(
        "DE12 is the room; BE42 too.",
        "DE89 3704 0044 0532 0130 01 has a wrong check digit.",
        "@support please",
        "a@b",
    ),
    *(
        "600 123 456 EUR",
        "600 123 456 789",
        "0612345678-1",
        "#0612345678",
        "version 0.0612345678",
        "look (at) this.",
        "1-2-3",
    ),
    *("UUID 123e4567-e89b-12d3-a456-426614174000", "ISBN 978-3-16-148410-0", "Bar code 4006381333931"),
    *("commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "Between 9:00 and 17:00, rooms 101-105.", "[card number]"),
)
HOSTILE = (
    *("1 ", "4111 ", "1", "4", "eyJa", "eyJaaaaaaaaa.", "AA11 ", "DE89 3704 0044 0532 ", "a@", "a.", "0 ", "+1"),
    *("-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "password: ", "://a:b", "tel ", "bearer a", "(555) ", " ", "sk-"),
    *(
        "pin is ",
        "user  pw\na  b1\n",
        "user  pw\na  ",
        "pw a1b2, new ",
        "pw: a1b2, new: ",
        "user and pw are a and ",
        "pw new: ",
        "4711 is your a ",
        "sk-a.",
        "a|*(",
        "password:password:",
        "Password:\n",
        "login a / ",
        "postgres://u:p@",
        "4111\n",
        "password: a'b",
        "pw is a.",
        "token ",
        "pw a1b2c, ",
        "pass word: and ",
        "Password\n",
        "pw: a&b=",
        "41 ",
        "4,",
        "password '",
        'pw: "a b',
        "p/w is to ",
        "set pw to ",
        "pw x x x x ",
        "passwords abc1, ",
        "passwords, abc1 and ",
        "passwords abc1 for a, ",
        "passwords (",
        "password for a a ",
        "password from abc1 to ",
        "password a@",
        "user|pw\n",
        "pw|a1\n",
        "pw|",
        "pw|a\n\n",
        "1,4111111111111111,",
        "1.4111111111111111",
        "411111 111111",
        "pw: ab-",
        "your code is 829114",
        "use 829114 to ",
    ),
)


@pytest.mark.parametrize(("kind", "found"), [(kind, one) for kind, each in KINDS.items() for one in each])
def test_each_kind_is_taken_out_of_the_words_around_it(kind: MaskedKind, found: str) -> None:
    assert masked(f"Please see {found}\nThanks, Jo", frozenset({kind})) in (
        f"Please see {kind.placeholder}\nThanks, Jo",
        f"Please see {kind.placeholder}",  # a key without an end takes what follows with it
    )


@pytest.mark.parametrize("said", SAID)
def test_what_follows_a_word_for_password_is_a_secret_in_many_languages(said: str) -> None:
    hidden = masked(said.format("hunter2-and-more-77"), frozenset({MaskedKind.SECRET}))
    assert hidden == said.format("[secret]")


@pytest.mark.parametrize("text", KEPT)
def test_numbers_dates_amounts_and_plain_words_stay(text: str) -> None:
    assert masked(text, EVERY_KIND) == text


@pytest.mark.parametrize(("kind", "found"), [(kind, each[0]) for kind, each in KINDS.items()])
def test_a_kind_that_is_off_stays(kind: MaskedKind, found: str) -> None:
    assert masked(found, EVERY_KIND - {kind} - {MaskedKind.PHONE}) == found


def test_an_iban_is_found_also_right_behind_its_name() -> None:
    assert masked("IBANDE89370400440532013000", EVERY_KIND) == "IBAN[IBAN]"


def test_cards_and_secrets_are_masked_unless_it_is_switched_off() -> None:
    assert frozenset({MaskedKind.CARD, MaskedKind.SECRET}) == USUALLY_MASKED


def test_a_card_is_found_also_right_behind_other_digits() -> None:
    assert masked("12 4111 1111 1111 1111 08/28", EVERY_KIND) == "12 [card number] 08/28"
    assert masked("4000 4111 1111 1111 1111", frozenset({MaskedKind.CARD})) == "4000 [card number]"


def test_a_text_of_every_kind_keeps_nothing_of_any() -> None:
    text = "\n".join(found for each in KINDS.values() for found in each if "cut off" not in found)
    hidden = masked(text, EVERY_KIND)
    assert [found for each in KINDS.values() for found in each if found in hidden] == []
    assert hidden.count("[card number]") == len(CARDS)


def test_what_stands_in_its_place_is_not_masked_again() -> None:
    once = masked("password: hunter2, card 4111111111111111, jo@example.com", EVERY_KIND)
    assert masked(once, EVERY_KIND) == once


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_repetition_costs_no_more_than_its_length(unit: str) -> None:
    assert _cost_follows_length(lambda text: masked(text, EVERY_KIND), unit)


def test_a_cost_that_grows_with_the_square_would_be_seen() -> None:
    assert not _cost_follows_length(lambda text: [text.count("b", at) for at in range(0, len(text), 200)], "a")


@pytest.mark.parametrize("unit", ["0 ", "password: "])
def test_a_megabyte_takes_seconds_and_not_minutes(unit: str) -> None:
    assert seconds_once(lambda text: masked(text, EVERY_KIND), (unit * 1_000_000)[:1_000_000]) < 60


def _cost_follows_length(work: Work, unit: str) -> bool:
    """Twenty times the text may cost a hundred times as much; the square would be four hundred times."""
    small, large = ((unit * size)[:size] for size in (4_000, 80_000))
    return seconds_once(work, large) < 100 * seconds(work, small)
