# ruff: noqa: RUF001 - dashes and digits as people write them
"""Secrets and cards as people write them by hand are masked too; what is only said of them stays."""

import pytest

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import EVERY_KIND, masked

SECRET = frozenset({MaskedKind.SECRET})
CARD = frozenset({MaskedKind.CARD})
LONG = "Ab1-" * 200
TOLD = (
    *("my password is {}", "Das Passwort lautet: {}", "Passwort ist {}", "Le mot de passe est {}", "pw: {}"),
    *("la contraseña es {}", "la password è {}", "a senha é {}", "het wachtwoord is {}", "moje hasło to {}"),
    *("Password:\n{}", "Password:\r\n  {}\r\nthanks", "Login jo / {}", "Zugangsdaten: jo / {}", "DB_PASSWORD={}"),
    *("dbPassword={}", "aws_secret_access_key={}", "Datenbankpasswort: {}", 'my password is "{}".', "密码是{}"),
    *("redis://:{}@cache", "my password is {}, please help", "Password - {}"),
)


@pytest.mark.parametrize("said", TOLD)
@pytest.mark.parametrize("secret", ["hunter22", "Tr0ub4dor&3"])
def test_a_password_is_masked_however_it_is_told(said: str, secret: str) -> None:
    assert masked(said.format(secret), SECRET) == said.format("[secret]")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("my password is swordfish.", "my password is [secret]."),
        ("Passwort ist x", "Passwort ist [secret]"),
        ("Das Passwort lautet: x", "Das Passwort lautet: [secret]"),
        ("Login jo / x", "Login jo / [secret]"),
        ("PIN is 1234", "PIN is [secret]"),
        ("Your OTP is 123456.", "Your OTP is [secret]."),
        ("Verification code: 482911", "Verification code: [secret]"),
        ("cvv 123, exp 08/28", "cvv [secret], exp 08/28"),
        ("482911 is your Example verification code", "[secret] is your Example verification code"),
        ("password: correct horse battery", "password: [secret]"),
        ("password: correct horse battery staple\nOrder 4711", "password: [secret]\nOrder 4711"),
        (
            "password: hunter22 and my order 4711 of 2026-11-20 is late",
            "password: [secret] and my order 4711 of 2026-11-20 is late",
        ),
        ("Password: Summer 2026!", "Password: [secret]"),
        ("Username: jo\nPassword:\nComment:\nnone", "Username: jo\nPassword:\nComment:\nnone"),
        ("password: it's'me", "password: [secret]"),
        ("postgres://u:p@ss/w@host/db", "postgres://u:[secret]@host/db"),
        (f"token: {LONG}", "token: [secret]"),
        (
            f"secret={LONG} end of it all, but not of the sentence",
            "secret=[secret] end of it all, but not of the sentence",
        ),
        (f"Bearer {'a1' * 3000}", "Bearer [secret]"),
        (f"ghp_{'a1' * 300}", "[secret]"),
        ("ASIAIOSFODNN7EXAMPLE", "[secret]"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "[secret]"),
    ],
)
def test_a_secret_is_masked_whole_and_the_words_around_it_stay(text: str, hidden: str) -> None:
    assert masked(text, SECRET) == hidden
    assert masked(hidden, SECRET) == hidden


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----", "-----END PGP PRIVATE KEY BLOCK-----"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----"),
        ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", "---- END SSH2 ENCRYPTED PRIVATE KEY ----"),
    ],
)
def test_a_private_key_is_masked_to_its_last_line_dashes_and_headers_too(begin: str, end: str) -> None:
    body = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F17F5316E2BAC89\n\nMIIE-owIB--AAKC"
    assert masked(f"Key:\n{begin}\n{body}\n{end}\nOrder 4711", SECRET) == "Key:\n[secret]\nOrder 4711"
    assert masked(f"Key:\n{begin}\n{body}", SECRET) == "Key:\n[secret]"


@pytest.mark.parametrize(
    "gap", ["–", "\u2011", "\u202f", "  ", "/", "_", " - ", "\u3000", "\u2009", ".", "    ", ",", "·", ", "]
)
def test_a_card_is_masked_whatever_stands_between_its_groups(gap: str) -> None:
    assert masked(f"Card {gap.join(['4111', '1111', '1111', '1111'])}, thanks", CARD) == "Card [card number], thanks"


@pytest.mark.parametrize(
    "card",
    [
        "４１１１１１１１１１１１１１１１",
        "４１１１ １１１１ １１１１ １１１１",
        "4111 1111\n1111 1111",
        "4111-1111-1111-\r\n1111",
        "4111\n1111\n1111\n1111",
        "41 11 11 11 11 11 11 11",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    ],
)
def test_a_card_is_masked_in_any_width_and_over_the_end_of_a_line(card: str) -> None:
    assert masked(f"Card {card}\nThanks", CARD) == "Card [card number]\nThanks"


@pytest.mark.parametrize("card", ["411111 1111111111", "411111-111111-1111", "411111 111111 1111"])
def test_a_card_is_masked_also_where_its_issuer_is_parted_from_the_rest(card: str) -> None:
    assert masked(f"Card {card}, thanks", CARD) == "Card [card number], thanks"


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-01,{},19.99", "1,{}", "0,{},x", "Order 12345,{}", "amount 20,{}", "{},{}", "[{},{}]", "{}.{}"),
        *(
            "Order 12345,{}\n1,{},20\n2,{}",
            "1.5,{},2",
            "id={},{},{}",
            "2026.11.01.{}",
            "01.11.2026.{} x",
            "{},123,{}",
        ),
    ],
)
@pytest.mark.parametrize(
    "card", ["4111111111111111", "5500-0000-0000-0004", "378282246310005", "4111 1111 1111 1111"]
)
def test_a_card_is_masked_also_right_behind_the_comma_of_a_row(text: str, card: str) -> None:
    hidden = masked(text.replace("{}", card), CARD)
    assert hidden in (
        text.replace("{}", "[card number]"),
        text.replace("{},123", "{}").replace("{}", "[card number]"),
    )


@pytest.mark.parametrize(
    "text",
    [
        *(
            "3.4111111111111111",
            "0.4111111111111111 of it",
            "at 52.5200, 13.4111111111111111",
            "52.52,13.4111111111111111",
        ),
        *("-123.4111111111111111", "Orders 1,4111,1111,1111,1111 are late", "1,411,111,111,111,111"),
        *("1,4111111111111112", "1,7111111111111111", "12,4111111111111", "Bar code 1,4006381333931"),
    ],
)
def test_a_fraction_and_a_row_of_short_numbers_are_no_card(text: str) -> None:
    assert masked(text, CARD) == text


@pytest.mark.parametrize("phone", ["0171 1234567", "01711234567", "06 12 34 56 78", "030/1234567", "+49 171 1234567"])
@pytest.mark.parametrize("row", ["Jo,{}", "1,{}", "1;{};x", "2026-11-01,{},19.99", "Jo, {}", '"Jo","{}"'])
def test_a_phone_number_is_masked_also_in_a_row_parted_by_commas(row: str, phone: str) -> None:
    assert masked(row.format(phone), frozenset({MaskedKind.PHONE})) == row.format("[phone number]")


@pytest.mark.parametrize(
    "card",
    [
        *("6759649826438453", "6759 6498 2643 8453", "6703444444444449", "2200770239097761"),
        *("6073849700004947", "6062826786276634", "9792030394440796", "9792 0303 9444 0796"),
    ],
)
def test_cards_of_schemes_of_one_region_are_masked(card: str) -> None:
    assert masked(f"Card {card}\nThanks", CARD) == "Card [card number]\nThanks"


@pytest.mark.parametrize("code", [" 12/27 737", ", 12/27, 737", " exp 12/2027 737", "\n12/27\n737", " 1/27 1234"])
def test_the_security_code_behind_the_date_goes_with_its_card(code: str) -> None:
    assert masked(f"Card 4111 1111 1111 1111{code}. Thanks", CARD) == "Card [card number]. Thanks"


@pytest.mark.parametrize(
    "behind", [" 12/27", " 12/27 at 737 shops", " 12.10.2026", " 12/27 20:15", ", 12/27, 737.50 EUR"]
)
def test_what_stands_behind_a_card_and_is_no_code_stays(behind: str) -> None:
    assert masked(f"4111 1111 1111 1111{behind}", CARD).startswith(f"[card number]{behind[:6]}")


def test_what_stands_around_a_card_stays() -> None:
    assert masked("+4111111111111111", CARD) == "+[card number]"
    assert masked("+3782 822463 10005", CARD) == "+3782 822463 10005"
    assert masked("4111 1111 1111 1111 - 12/28", CARD) == "[card number] - 12/28"
    assert masked("4111 1111 1111 1111\n3 pieces", CARD) == "[card number]\n3 pieces"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "My password is wrong.",
            "Das Passwort ist abgelaufen",
            "Mon mot de passe est expiré.",
            "La contraseña es incorrecta",
        ),
        *(
            "The token is 5 days old.",
            "The PIN is 4 digits long",
            "The token was 2026-11-20.",
            "my password is 90% done",
        ),
        *("Login page / portal is down", "password - reset needed", "Pins 1 to 40", "pin 12 of connector 4711"),
        *(
            "https://example.com:8080/@jo",
            "https://example.com:443/a@b",
            "Bypass: no. Passports and tokens",
            "Spinning 1234",
        ),
        *(
            "4111\n1111\n1111\n1111\n1111",
            "12\n4111\n1111\n1111\n1111",
            "Orders 4711/4712/4713/4715",
            "2026/11/20 10:00",
            "Order 4711_2026_0042",
        ),
    ],
)
def test_what_is_only_said_of_secrets_and_cards_stays(text: str) -> None:
    assert masked(text, EVERY_KIND) == text
