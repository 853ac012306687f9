# ruff: noqa: RUF001 - words in the letters of their language
"""Passwords told in a sentence, one or several, without a colon: what looks like one goes, names and counts stay."""

import pytest

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import USUALLY_MASKED, masked

SECRET = frozenset({MaskedKind.SECRET})
SEVERAL = (
    *("the passwords <abc1> and <def2>", "passwords are <abc1> and <def2>", "passwords: <abc1> / <def2>"),
    *("meine Passwörter <abc1> und <def2>", "mots de passe <abc1> et <def2>", "contraseñas <abc1> y <def2>"),
    *("senhas <abc1> e <def2>", "wachtwoorden <abc1> en <def2>", "hasła <abc1> i <def2>", "пароли <абв1> и <где2>"),
    *("the passwords <abc1>, <def2> or <ghi3> fail", "I tried the passwords <p@ss> and <s$cret>, in vain"),
    *("mes mots de passe sont <abc1> et <def2>", "Passwörter sind <Abc1> sowie <Def2>", "my passwords were <1234>"),
    *(
        "the passwords (<abc1> and <def2>) fail",
        "passwords I use are <abc1> and <def2>",
        "passwords “<abc1>”, “<def2>”",
    ),
    *("both passwords, <abc1> and <def2>, are refused", "passwords <123456> and <654321> do not work"),
    *("passwords <abc1> for user42 and <def2> for user43", "passwords <abc1> (jo) and <def2> (al), both fail"),
    *(
        "passwords <abc1> as well as <def2>",
        "password <hunter2> / <hunter3>",
        "my passwords are both <abc1> and <def2>",
    ),
    *("I changed my password from <abc1> to <def2>", "Passwort von <abc1> auf <def2> geändert"),
    *("passwords <abc1> and <def2> for PC12 and PC13",),
)
ONE = (
    *("my password <hunter2> does not work", "password <Sommer2024!> geht nicht", "mein Passwort <abc1> geht nicht"),
    *("my password <p@ss> does not work", "the password <geheim!wort> is refused", "password <1a2b> fails"),
    *("mon mot de passe <abc1> ne marche pas", "mi contraseña <abc1> no funciona", "la password <abc1> non va"),
    *("moje hasło <abc1> nie działa", "mijn wachtwoord <abc1> werkt niet", "my password <123456> is refused"),
    *("password for user42 is <hunter2>", "password for user42: <abc1>", "Passwort von jo@x.example lautet <abc1>"),
    *("contraseñas de user42 y user43 son <abc1> y <def2>", "mot de passe de user42 est <abc1>"),
)
STAYS = (
    *("password reset page 2 does not load", "passwords and usernames", "Passwort 3 Mal falsch eingegeben"),
    *("password for user42", "password for user42 does not work", "Passwort für user42 ist abgelaufen"),
    *(
        "the passwords of PC12 and PC13",
        "passwords of user42 and user43 are wrong",
        "New password for user42 - INC4711",
    ),
    *("passwords and PC12 are broken", "we lost passwords, user42 and user43 are locked", "passwords / user42"),
    *(
        "Passwort 3mal falsch",
        "Passwort 10mal falsch",
        "mot de passe 2ème essai",
        "passwords 12chars long, 8+ with digits",
    ),
    *(
        "password WPA2 network",
        "password win7 login",
        "password v2 fails",
        "password 2 is wrong",
        "password #1 is wrong",
    ),
    *(
        "passwords are AES256 encrypted",
        "passwords are 2FA protected",
        "passwords are 8 characters",
        "password user_name",
    ),
    *(
        "password R&D team",
        "password AT&T",
        "password expired!Please help",
        "Passwörter Nutzer*innen",
        "password don't work",
    ),
    *("password from our vendor", "I got the password from user42", "password 50000 customers cannot reset"),
    *(
        "password page http://x.example/a1",
        "passwords in app2.example.com",
        "passwords 2026 and 2027",
        "password C++",
    ),
    *("the keys F1 and F2 do not work", "tokens T1 and T2", "we pass Q1 and Q2", "API keys v1 and v2"),
    *("passwords are wrong since 9:30", "hasło i login", "senha e usuário", "passwords are user-specific"),
)


@pytest.mark.parametrize("told", [*SEVERAL, *ONE])
def test_what_looks_like_a_password_is_masked_in_a_sentence(told: str) -> None:
    text = told.replace("<", "").replace(">", "")
    kept = "[secret]".join((part.partition(">")[2] if at else part) for at, part in enumerate(told.split("<")))
    assert masked(text, SECRET) == kept
    assert masked(kept, SECRET) == kept


@pytest.mark.parametrize("said", STAYS)
def test_names_counts_and_what_is_said_of_passwords_stay(said: str) -> None:
    assert masked(said, USUALLY_MASKED) == said


@pytest.mark.parametrize(
    "text", ["my password swordfish is refused", "the passwords swordfish and sonnenblume", "hunter2 is my password"]
)
def test_a_plain_word_in_a_sentence_and_one_before_its_label_go_out(text: str) -> None:
    assert masked(text, SECRET) == text
