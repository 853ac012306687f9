"""Passwords and keys of letters with dashes, dots or strokes between them are masked; what such words say stays."""

import pytest

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import USUALLY_MASKED, masked

SECRET = frozenset({MaskedKind.SECRET})
DISK = "123456-234567-345678-456789-567890-678901-789012-890123"
GONE = (
    *("Password: <correct-horse-battery-staple>", "Password: <correct-horse-battery-staple>\nThanks, Jo"),
    *("My password is <correct-horse-battery-staple>.", "the password <correct-horse-battery-staple> is refused"),
    *("Passwort: <rot.blau.gelb>", "Passwort: <Jo.Miller>", "password: <Blue-Horse>", "password: <blue/horse>"),
    *("Passwort lautet: <Blau-Wal>", "my password is <tiger-lily>.", "Das Passwort ist <Blau-Wal>"),
    *("Kennwort: <Müller-Lüdenscheidt>", "Contraseña: <sol-y-playa>", "mdp: <soleil-levant>", "пароль: <синий-кит>"),
    *("Password: '<tiger-lily>'", "Password: `<tiger-lily>`", "Password:<tiger-lily>", "**Password:** <tiger-lily>"),
    *("Password: <Blue-Horse>, please help", "Password: <Blue-Horse> and user jo", "Password: <tiger-lily!>"),
    *("Password:\n<correct-horse-battery-staple>\nJo", "Password\n<sol-y-playa>", "Passphrase: <tiger-lily-rose>"),
    *("User: jo Pass: <tiger-lily>", "pass: <$ecret>"),
    *("Passwords: <tiger-lily>, <blue-horse>", "Old password: <tiger-lily>, new: <blue-horse>"),
    *("| user | password |\n|---|---|\n| jo | <tiger-lily> |", "user\tpassword\njo\t<sol-y-playa>"),
    *("Password: <$ecret>", "Password: <!!!!!>", "Passwort: <&Wasser>", "Password: <$%&!$>", "my pw is <$ecret>."),
    # Keys and codes in groups
    *("License key: <ABCDE-FGHIJ-KLMNO-PQRST>", "Lizenzschlüssel: <ABCDE-FGHIJ-KLMNO-PQRST>"),
    *("Product key <ABCDE-FGHIJ-KLMNO-PQRST> is refused", "Recovery key: <EFGH-IJKL-MNOP-QRST-UVWX>"),
    *("name|license key\nmax|<ABCDE-FGHIJ-KLMNO-PQRST>", "WLAN-Schlüssel: <sommer-wind-regen>"),
    *("API key: <abcdefgh-ijklmnop-qrstuvwx-yzabcdef>", "API key is <abcdefgh-ijklmnop-qrstuvwx>"),
    *("Recovery code: <ABCD-EFGH-IJKL>", "Recovery codes: <abcd-efgh>, <ijkl-mnop>"),
    *("recovery codes\n<abcd-efgh>\n<ijkl-mnop>", f"BitLocker key <{DISK}>", f"It asks for <{DISK}>, help"),
)
STAYS = (
    *(
        "Password: not-working",
        "Password: read-only",
        "Password: self-service reset fails",
        "Password: re-set please",
    ),
    *(
        "Password: case-sensitive",
        "Password: up-to-date",
        "Password: out-of-sync.",
        "Password: n/a",
        "Password: to-do",
    ),
    *("Password: log-in", "Password: single-sign-on", "Password: on/off", "Password: expired/locked", "pw: e-mail"),
    *("Password: time-out", "Password: third-party", "Password: portal.example.com", "Password: settings.py"),
    *("Passwort: VPN-Zugang", "Passwort: Reset-Mail", "Passwort: vergessen/abgelaufen", "Passwort: E-Mail-Konto"),
    *("mot de passe : peut-être", "Mon mot de passe est celui-ci.", "mot de passe : ci-joint", "senha: não-funciona"),
    *(
        "My password is read-only.",
        "My password is user-specific.",
        "My password is well-hidden.",
        "pw is auto-filled",
    ),
    *("API key: read-only", "API key: customer-portal", "API key: out-of-date", "License key: where-is-it"),
    *("PIN: read-only", "SMS code: opt-in", "2FA code: not-sent", "Password\nMail-Server down", "API key\nOn-call"),
    *("password single-sign-on page", "the password end-to-end-encryption fails", "password sign-in/sign-up form"),
    *("Password: ********", "Password: ----------", "Password: ...", "Password: ???", "Password: ====", "pw: !!!"),
    *("Password: #help", "Password: @support please", "user | password\njo | read-only\nal | e-mail"),
    *("Bypass: tiger-lily", "Pass: read-only", "we pass tiger-lily", "Token: tiger-lily"),
    *("Order 123456-234567-345678", "Ask ABCD-EFGH-IJKL for it", "DOES-NOT-WORK password"),
)


@pytest.mark.parametrize("told", GONE)
def test_joined_words_behind_a_clear_label_are_masked_and_nothing_else(told: str) -> None:
    text = told.replace("<", "").replace(">", "")
    kept = "[secret]".join((part.partition(">")[2] if at else part) for at, part in enumerate(told.split("<")))
    assert masked(text, SECRET) == kept
    assert masked(kept, SECRET) == kept


@pytest.mark.parametrize("said", STAYS)
def test_what_joined_words_say_of_passwords_stays(said: str) -> None:
    assert masked(said, USUALLY_MASKED) == said


def test_joined_words_that_were_told_go_wherever_they_stand_again_and_a_name_does_not() -> None:
    text = "Password: correct-horse-battery-staple\nI typed correct-horse-battery-staple and it fails."
    assert masked(text, SECRET) == "Password: [secret]\nI typed [secret] and it fails."
    assert masked("Password: Jo.Miller\nFrom: Jo.Miller", SECRET) == "Password: [secret]\nFrom: Jo.Miller"
