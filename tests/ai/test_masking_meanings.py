"""Counts, places, faults and references behind a word for a secret stay; what is told in the same form goes."""

import pytest

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import USUALLY_MASKED, masked

SECRET = frozenset({MaskedKind.SECRET})
STAYS = (
    *("Tests: pass: 412, fail: 3", "Pass: 412/415", "pass=412 fail=3 skip=0", "3 failed, pass: 412"),
    *("Boarding pass: Berlin-Munich", "Pass: Hamburg-Berlin, 2nd class", "Ski pass: Axamer-Lizum, 2 days"),
    *("max_new_tokens=512 and tokens: 2048", "tokens=1,204,331"),
    *("SAP: SID=P01000000001, client 100", "https://x.example/item?key=MFA-20260101&size=XL"),
    *("https://x.example/track?code=00340434161094042557&lang=de", "CSC 1024 is our cost centre"),
    *("Connector pin 1024 is missing on the drawing; pins 1025 and 1026 are fine", "GPIO pin: 4711? See schematic"),
    *("Security code 0x8024 in the log", "Sicherheitscode: E-4012 am Display", "Clave: 20041 del artículo"),
    *("Clave: producto-nuevo en el catálogo", "Login: kmiller Windows11 PC-4020", "Zugang: Haus2 Etage3"),
    *("Accès: Bâtiment2 Porte12B", "Zugang: Abteilung4020 / Raum12", "Credentials: OAuth2/OpenID"),
    *("The OTP 2026 release notes", "OTP 829114 of the printer", "OTP 20260 fails"),
)
GONE = (
    *(
        "WLAN guest pass: {Xk29!fj2Q}",
        "Monday pass: {Xk29!fj2Q}",
        "Login: jo, pass: {48213}. It fails with an error.",
    ),
    *("I typed OTP {482913} and it said wrong", "EC card: PIN {4821}; Stecker am Terminal wackelt", "token: {48213}"),
    *("Mi clave: {Xk29!fj2} del producto nuevo", "User jo, pass: {9921}, login failed."),
    *("User: jo, pass: {4711}", "pass: {48291}", "pass={4711}", "User: jo Pass: {Tiger-Lily}", "pass: {tiger-lily}"),
    *(
        "Token: {482913}",
        "token={4f5a6b7c8d9e}",
        "https://x.example/?code={4f5a6b7c8d9e0f1a}",
        "key={AB12cd34ef56gh}",
    ),
    *("sid={abc123def456}", "CSC: {1024}", "my card, CSC {1024}", "PIN {1024} is refused", "My pin: {4711}?"),
    *("Security code {829114} is refused", "Sicherheitscode: {4012}", "Clave: {20041} no funciona", "OTP: {20260}"),
    *("My OTP {829114} fails", "the OTP {829114} is refused", "OTP code {829114}", "Ihre OTP {82911437}"),
    *("Login: kmiller {Sommer11}", "Zugang: jo / {Raumschiff12}", "Credentials: jo/{Haus12}"),
)


@pytest.mark.parametrize("said", STAYS)
def test_what_means_something_else_stays(said: str) -> None:
    assert masked(said, USUALLY_MASKED) == said


@pytest.mark.parametrize("told", GONE)
def test_what_is_told_in_the_same_form_goes(told: str) -> None:
    before, _, rest = told.partition("{")
    assert masked(told.replace("{", "").replace("}", ""), SECRET).rstrip(
        "?"
    ) == f"{before}[secret]{rest.partition('}')[2]}".rstrip("?")
