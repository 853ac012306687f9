# ruff: noqa: RUF001 - words in the letters of their language
"""What a label announces goes where it looks like a secret; what people say of passwords stays, in many languages."""

import json

import pytest

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import USUALLY_MASKED, masked
from ticketapp.measuring.labelled import shipped_set

SECRET = frozenset({MaskedKind.SECRET})
GONE = (
    # Names of settings
    *(
        "SECRET_KEY=<django-insecure-abc123>",
        "SECRET_KEY = '<k3y0123456789>'",
        "JWT_SECRET_KEY: <k3y01>",
        "password1=<abc123>",
    ),
    *("Password2: <abc123>", "DB_PASS_PROD=<abc123>", "pwd_admin=<abc123>", "userpass: <abc123>", "rootpw=<hunter>"),
    *(
        "pin_code: <4711>",
        "cvv_code: <123>",
        "sessionid=<abc123def456>; Path",
        "PASSWORD=<swordfish>",
        "password_hash: <a1b2c3>",
    ),
    *(
        "aws_secret_access_key = <wJalrXUtnFEMI/K7MDENG/bPxRfi>",
        'password="<hun ter>"',
        "?access_token=<abc123def>&x=1",
    ),
    *(
        "key=<0123456789abcdef>",
        "AccountKey=<abc123==>;",
        "X-Api-Key: <0123456789abcdef>",
        '{"password": "<swordfish>"}',
    ),
    # Said in a sentence
    *(
        "Our secret key: <k3y0123456789>",
        "Stripe secret key is <k3y0123456789>",
        "my new password will be <Blue42Sky>",
    ),
    *("I set the password to <Blue42Sky>", "password I use is <hunter2>", "password which I use: <hunter2>"),
    *("Password for admin: <Xy7!kkQ>", "the password for the server is <Xy7!kkQ>", "My password's <hunter2>"),
    *("username jo password <Blue42Sky> and it fails", "password <hunter2>", "passwd <hunter2>", "PW <hunter2>"),
    *("my token is <0123456789abcdef>", "token <0123456789abcdef0123>", "password (<hunter2>)", "p/w: <hunter2>"),
    *("Wi-Fi key: <summer2024>", "license key: <ABCD-EFGH-1234>", "The pass phrase is: <blue whale sings>"),
    *("password hier: <hunter2>", "das Passwort ist jetzt <Blau42>", "Kennwort lautet <Blau42>", "密码 <abc123>"),
    *("contrasena: <azul42>", "Пароль: <абв123>", "senha: <Azul42>", "Zugangsdaten: jo@x.example <Geheim42>"),
    # One plain word by itself
    *("password: <swordfish>", "password: <swordfish>, please help", "Passwort: <sonnenblume> und Benutzer jo"),
    *(
        "User: jo Password: <swordfish> Domain: x",
        "mot de passe : <tournesol>",
        "hasło: <słonecznik>",
        "clave: <girasol>",
    ),
    *("password: <correct horse battery staple>", "Passwort: <Geheim!23>", "Passwort: <Sonnenblume!>"),
    # On the line below
    *("Password\n<hunter2>", "Password: \n\n <hunter2>", "Password:<br><hunter2>", "**Password:** <hunter2>"),
    *("passwort=<geheim>", "Password: <secret>", "Password <123456>", 'mit dem Passwort "<Sommer>" geht es'),
    *("The password of user jo was changed to <Blue42Sky> yesterday", "Passwort auf <Sommer2024> geändert"),
    *(
        "login/password: jo / <hunter2>",
        "Password(s): <alpha1>, <beta2>",
        "moje hasło to <Niebieski42>",
        "пароль <qwerty123>",
    ),
    *("my pin number is <4711>", "Kartenprüfnummer: <123>", "https://x.example/?session=<4f5a6b7c8d9e0f1a>&lang=de"),
    # Codes
    *(
        "2FA code: <482913>",
        "TAN <482913>",
        "PIN <4711> does not work",
        "Pin: <47 11>",
        "passcode <4711>",
        "cvc: <123> exp 08/28",
    ),
    *("recovery code <ABCD-EFGH-1234>", "código de verificación: <482913>", "OTP: <482913> is refused"),
    # Several
    *("passwords: <abc123> and <def456>", "API keys: <k3y01> and <k3y02>", "Passwörter: <abc123>, <def456>"),
    *("passwords: <abc1> and <def2>", "password: <abc1> and <def2>", "Passwörter: <abc1> und <def2>"),
    *("mots de passe : <abc1> et <def2>", "passwords: <abc1> & <def2>", "tokens: <abc1> + <def2>, <ghi3>"),
    *("passwords: <abc12>, <def34>, and <ghi56>", "passwords: <swordfish> and <sonnenblume>"),
    *('passwords: "<abc1>" and "<def2>"', "the passwords are <abc12> and <def34>", "DB_PASSWORDS=<abc1>, <def2>"),
    *("Passwords:\n<hunter22>\n<blue42sky>\n- <green42>\nThanks", "passwords: <abc1>, <def2>\n<ghi3>"),
    *("backup codes: <1234-5678>, <2345-6789>", "password: <abc123>, old password: <def456>"),
    *("Authorization: Basic <am86cGFzcw==>", "hf_token <hf_abcdefghijklmnopqrstuvwxyz0123456789>"),
)
STAYS = (
    *("PASSWORD: DOES NOT WORK FOR ALL 300 USERS!!!", "secret: nobody told us the production is down"),
    *(
        "password: cannot log in since 9, all 60 people are locked out",
        "password: I forgot it, please help, nobody can work",
    ),
    *(
        "Passwort: funktioniert nicht mehr seit heute früh",
        "OTP 500 errors per minute in production",
        "the token is great",
    ),
    *(
        "security code 404 shows up",
        "pin 100000 users down",
        "PIN 2024 was announced",
        "The code is 500 and error 404",
    ),
    *("Client secret: rotates every 90 days, how?", "senha: não funciona", "clave: no funciona desde ayer"),
    *(
        "token expired: please renew before noon",
        "pass: the hall pass to the venue is lost",
        "API key: where do I find it?",
    ),
    *(
        "auth token: getting 401 for all customers",
        "we pass 100 orders a day",
        "Subject: Password\nIt does not work, all is down",
    ),
    *(
        "Cookies and tokens: both are missing in production",
        "password: reset mail missing",
        "password: login fails everywhere",
    ),
    *("My password was changed by somebody else and money is gone", "API key: leaked!", "The secret key is exposed."),
    *(
        "Mein Passwort ist abgelaufen und keiner kann arbeiten",
        "Kennwort: alle Benutzer gesperrt",
        "Passwort: Hilfe!",
    ),
    *(
        "Das Passwort wird nicht angenommen",
        "Passwort: seit 9 Uhr kommt niemand mehr rein",
        "Passwort: vergessen, bitte helfen",
    ),
    *(
        "mot de passe : refusé depuis ce matin",
        "Mon mot de passe : plus personne ne peut entrer",
        "mot de passe : oublié",
    ),
    *("contraseña: no la acepta para ningún usuario", "La contraseña: caducada", "contraseña: error al entrar"),
    *(
        "password: non funziona da ieri",
        "la password è stata rubata",
        "password: scaduta",
        "password: accesso negato a tutti",
    ),
    *("wachtwoord: werkt niet meer", "wachtwoord: niemand kan inloggen", "wachtwoord: verlopen"),
    *("hasło: nie działa od rana", "hasło: błąd", "lösenord: fungerar inte längre", "пароль: больше не работает"),
    *(
        "password: 300 users locked out",
        "password is 8 characters long",
        "API key v2 is missing",
        "token SHA256 mismatch",
    ),
    *("password OAuth2 login is broken", "the pass was 24h late", "key=value", "code=500", "session=expired"),
    *(
        "password reset for 4711 users",
        "tokens per minute: 4000",
        "password policy: at least 12 characters",
        "PIN is blocked",
    ),
    *(
        'token: "the token is not valid"',
        "Password:\nUsername:\nDomain:",
        "API key - please send a new one",
        "secret santa: who is in?",
    ),
    *(
        "My password is secret, of course",
        "Password: see attached file",
        "passwort: siehe anhang",
        'the "password" field',
    ),
    *(
        "pass the ticket to team42 please",
        "password: null",
        "secret: TypeError: cannot read",
        "密码: 错误",
        "密码错误",
    ),
    *(
        "PIN 3 times wrong",
        "security code: 3 digits",
        "password: min 8 characters",
        "Passwort für Konto K4711B vergessen",
    ),
    *("the passwords are wrong", "our keys are in the drawer", "passwords are stored twice", "tokens are cheap."),
    *("password does not work on Windows11", "I forgot my password for account A4711B", "パスワードを忘れました"),
    *("TAN: kommt nicht an", "OTP does not arrive, 4711 customers affected", "clave: 4711 clientes afectados"),
)


@pytest.mark.parametrize("told", GONE)
def test_what_is_told_is_masked_and_nothing_else(told: str) -> None:
    is_html = "<br>" in told
    marked = told.replace("<br>", "\x00")
    text = marked.replace("<", "").replace(">", "").replace("\x00", "<br>")
    kept = "".join(part.partition(">")[2] if ">" in part else part for part in marked.split("<")).replace(
        "\x00", "<br>"
    )
    hidden = masked(text, SECRET)
    assert hidden.replace("[secret]", "") == kept or (is_html and "hunter2" not in hidden)
    assert hidden.count("[secret]") == marked.count("<")
    assert masked(hidden, SECRET) == hidden


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("password: hunter2 and PC12 is broken", "PC12 is broken"),
        ("passwords: hunter2 and nobody knows why", "and nobody knows why"),
        ("passwords: hunter2 and please reset them", "and please reset them"),
        ("passwords: hunter2, 300 users locked out", "300 users locked out"),
        ("tokens: 900, latency is fine", "latency is fine"),
        ("Passwords:\nhunter22\nThe office is closed", "The office is closed"),
        ("password: swordfish\nWindows11 does not start", "Windows11 does not start"),
    ],
)
def test_what_stands_behind_a_secret_and_is_none_stays(text: str, kept: str) -> None:
    assert masked(text, SECRET).endswith(kept)


@pytest.mark.parametrize("said", STAYS)
def test_what_is_said_of_secrets_stays(said: str) -> None:
    assert masked(said, USUALLY_MASKED) == said


def test_no_labelled_ticket_loses_words_that_are_no_secret() -> None:
    lost = []
    for line in shipped_set().read_text(encoding="utf-8").splitlines():
        ticket = json.loads(line)
        text = f"{ticket['title']}\n{ticket['description']}"
        if masked(text, USUALLY_MASKED) != text:
            lost.append(ticket["id"])
    assert lost == []
