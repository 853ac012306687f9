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
    # The old one and the new one
    *("Old password: <hunter22>, new: <hunter33>", "Altes Passwort: <Sommer24>\nNeu: <Winter25x>"),
    *("My old password was <hunter22>, the new one is <hunter33>.", "old PIN: <4711>, new: <4712>"),
    *("ancien mot de passe : <abc12>, nouveau : <def34>", "contraseña antigua: <abc12>, nueva: <def34>"),
    *("vecchia password: <abc12>, nuova: <def34>", "senha antiga: <abc12> e nova: <def34>"),
    *("oud wachtwoord: <abc12>, nieuw: <def34>", "stare hasło: <abc12>, nowe: <def34>"),
    *("I cannot change my password\nOld: <hunter22>\nNew: <hunter33>", "Passwort: <Abc12> / neues: <Def34>"),
    *("Please change my password. Old: <hunter22>, new: <hunter33>, thanks",),
)
ONE = (
    *("username and password are jo and <hunter22>", "Benutzer und Passwort sind jo und <hunter22>."),
    *("identifiant et mot de passe sont jo et <abc12>, merci", "my login/password are jo and <abc12>\nThanks"),
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
    *(
        "username and password are wrong and user42 is locked",
        "username and password are required on Windows11",
        "Password page. New: Windows11 is required",
        "I forgot my password. Old: Windows10, now 4 PCs are new",
        "Passwörter vergessen, neu: 5 Nutzer",
    ),
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
    "behind",
    [
        " not accepted",
        " 5 users",
        " see above",
        " v2.3",
        " 2026-11-20",
        " TypeError",
        " 12,50 €",
        " SHA256",
        "\nit fails",
    ],
)
def test_what_is_new_and_no_password_stays(behind: str) -> None:
    assert masked(f"Old password: hunter22, new:{behind}", SECRET) == f"Old password: [secret], new:{behind}"


@pytest.mark.parametrize(
    "text",
    ["my password swordfish is refused", "the passwords swordfish and sonnenblume", "swordfish is my password"],
)
def test_a_plain_word_in_a_sentence_and_one_before_its_label_go_out(text: str) -> None:
    assert masked(text, SECRET) == text
