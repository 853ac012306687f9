"""Keys, codes and passwords in many languages, in commands and before their label; what is said of them stays."""

import pytest

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import USUALLY_MASKED, masked

SECRET = frozenset({MaskedKind.SECRET})
KEY = "9f8e7d6c5b4a39281706f5e4"
KEYS = (
    *("key: {}", "Schlüssel: {}", "chave: {}", "clé : {}"),
    *(
        "API-Schlüssel: {}",
        "Lizenzschlüssel {}",
        "WLAN-Schlüssel: {}",
        "Netzwerkschlüssel: {}",
        "Zugangsschlüssel: {}",
    ),
    *("clé API : {}", "clé wifi : {}", "clé secrète : {}", "clé de licence : {}", "clef API: {}", "jeton : {}"),
    *(
        "jeton d'accès: {}",
        "llave API: {}",
        "chave de API: {}",
        "chave secreta: {}",
        "chiave API: {}",
        "API-sleutel: {}",
    ),
    *("klucz API: {}", "klucz licencyjny: {}", "chiave di licenza: {}", "licentiesleutel: {}", "serial key {}"),
)
CODES = (
    *(
        "Aktivierungscode: {}",
        "Geheimzahl {}",
        "Meine Geheimzahl lautet {}",
        "Geheimnummer: {}",
        "PUK {}",
        "Türcode {}",
    ),
    *(
        "Meine PUK lautet {}",
        "code d'accès : {}",
        "code de confirmation : {}",
        "mon code pin est le {}",
        "code SMS {}",
    ),
    *(
        "cryptogramme visuel : {}",
        "código de acceso: {}",
        "código de acesso: {}",
        "clave secreta: {}",
        "gate code: {}",
    ),
    *("codice di accesso: {}", "toegangscode: {}", "kod dostępu: {}", "activation code: {}", "código SMS: {}"),
    *("I received the code {}", "I entered the SMS code {} in vain", "G-{} is your Google verification code."),
)
PASSWORDS = (
    *("Das Passwort, das ich verwende, ist {}", "My old password, {}, is not accepted", "mysql -u jo -p{}"),
    *(
        "Passwort lautete {}",
        "mon ancien mot de passe était {}",
        "mi contraseña anterior era {}",
        "la mia password era {}",
    ),
    *(
        "minha senha antiga era {}",
        "Mon mdp c'est {}",
        "Mitt lösenord är {}",
        "Mit kodeord er {}",
        "Passordet mitt er {}",
    ),
    *("minha senha atual: {}", "palavra passe: {}", "Passwort?: {}", "pasword: {}", "p@ssword: {}", "hasłem {}"),
    *("I entered {} as my password", "Ich gebe {} als Passwort ein", "j'ai mis {} comme mot de passe", "Şifrem {}"),
    *("uso {} como contraseña", "Bitte setzen Sie mein Passwort auf {}", "Neues Passwort bitte auf {} setzen"),
    *("κωδικός: {}", "סיסמה: {}", "كلمة المرور: {}", "mật khẩu: {}", "รหัสผ่าน: {}", "पासवर्ड: {}"),
    *("curl -u admin:{} https://api.example.com", "mysql -uroot -p{} shop", "sshpass -p {} ssh jo@host"),
    *("credentials: max:{}", "credentials: max/{}", "Logindaten max / {}", "root:{}@db"),
)
PATHS = (
    "https://x.example/reset/{}",
    "https://x.example/users/password-reset/NA/{}/",
    "https://x.example/verify_email/{}",
    "https://hooks.slack.com/services/{}",
)
STAYS = (
    *(
        "key: customer_id_2024_08_31",
        "Key: SUPPORT-12345",
        "key: value",
        "my password, user42, please",
        "mysql -p, -u",
    ),
    *("Das Passwort, das abgelaufen ist, geht nicht", "the password, which is old, was changed by admin1"),
    *(
        "PUK-Code vergessen",
        "Türcode geht nicht",
        "Prüfziffer ist falsch",
        "la clé API ne marche pas",
        "jeton expiré",
    ),
    *("chiave API mancante", "Er hat das Passwort", "das Passwort, er sagt es nicht", "mot de passe est le même"),
    *(
        "senha nova não chega",
        "contraseña nueva no funciona desde 2024",
        "pasword reset",
        "Lizenzschlüssel für 25 Nutzer",
    ),
    *("activation code never arrives since version 4.2", "Netzwerkschlüssel wird nicht angenommen", "tokens: 4000"),
    *(
        "Aktivierungscode für Windows11 fehlt",
        "recovery phrase: I lost it and do not know what to do now, please help",
    ),
    *(
        "we use SHA256 as password hash",
        "1Password as password manager",
        "2024-11-20 as password expiry date",
        "sid=5",
    ),
    *("docker run -u 1000:1000 image", "systemctl --user status", "mysql -port 3306", "mysql reports -1 rows"),
    *("https://x.example/reset-password/how-to-reset-your-password-in-2024", "https://x.example/password/reset"),
    *(
        "admin:read, admin:write",
        "mailto:jo12@example.com",
        "I received the code review",
        "I got the error code 4711",
    ),
    *(
        "seed phrase: lost",
        "door codes do not work at 3 doors",
        "Geheimzahl vergessen, Karte 1234",
        "credentials: https://x",
    ),
    *(
        "c'est le mot de passe",
        "chave do carro",
        "la clé de la porte 12",
        "Login: 10:30",
        "das Produkt 12345678 fehlt",
    ),
)


@pytest.mark.parametrize("said", [*KEYS, *PATHS])
def test_a_key_is_masked_in_many_languages(said: str) -> None:
    assert masked(said.format(KEY), SECRET) == said.format("[secret]")


@pytest.mark.parametrize("said", CODES)
def test_a_code_is_masked_in_many_languages(said: str) -> None:
    assert masked(said.format("839201"), SECRET) == said.format("[secret]")


@pytest.mark.parametrize("said", PASSWORDS)
def test_a_password_is_masked_in_past_forms_commands_and_before_its_label(said: str) -> None:
    assert masked(said.format("Rex2020x"), SECRET) == said.format("[secret]")


def test_codes_on_lines_of_their_own_and_twelve_words_are_masked_whole() -> None:
    assert masked("Backup codes:\n1234-5678\n2345-6789\n", SECRET) == "Backup codes:\n[secret]\n[secret]\n"
    words = "apple banana cherry delta echo fox golf hotel india juliet kilo lima"
    assert masked(f"recovery phrase: {words}\nThanks", SECRET) == "recovery phrase: [secret]\nThanks"
    assert masked(f"My seed phrase is {words}", SECRET) == "My seed phrase is [secret]"
    assert masked("minha senha atual: praia", SECRET) == "minha senha atual: [secret]"


@pytest.mark.parametrize("said", STAYS)
def test_what_is_said_of_keys_and_codes_stays(said: str) -> None:
    assert masked(said, USUALLY_MASKED) == said
