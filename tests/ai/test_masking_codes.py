"""A number announced as the code somebody was sent is masked; that of an error, an order, a place or a door stays."""

import pytest

from tests.ai.proportion import grows_in_proportion
from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import USUALLY_MASKED, masked

SECRET = frozenset({MaskedKind.SECRET})
TOLD = (
    *("Your code is {}", "Your code: {}", "My code is {}, but it is refused", "Your SMS code is {}."),
    *("Ihr Code ist {}", "Dein Code lautet: {}", "Der Code lautet {}", "Mein Code war {} und geht nicht"),
    *("Votre code est le {}", "Le code est {}", "Tu código es {}", "Su código: {}", "El código es {}"),
    *("Il codice è {}", "Il tuo codice è {}", "O seu código é {}", "Uw code is {}", "Twój kod to {}"),
    *("My 2FA {} fails", "2FA: {} is refused", "Enter code {}", "Please enter the code {} below", "The code is {}"),
    *("Use {} to verify your account", "use {} as your login code", "Verwenden Sie {}, um sich anzumelden."),
    *("Your code is {} for the login to the customer list", "Votre code est {} pour vous connecter au catalogue"),
    *("Utilisez {} pour vous connecter", "Usa {} para iniciar la sesión", "Your code is G-{}"),
)
STAYS = (
    *("The error code is 404123", "It crashes with an error. The code is 404123", "Fehler! Der Code lautet 829114"),
    *("My error code is 829114", "the status is bad, the code: 829114", "The code is 829114, an HTTP status"),
    *("Order 829114 is late", "My order code is 829114", "The order is late. The code is 829114"),
    *(
        "The postal code is 829114",
        "My postal code is 10115",
        "El código postal es 280131",
        "PLZ, der Code ist 101159",
    ),
    *("The door does not open, the code is 829114", "Enter code 829114 at the gate", "Your code is 4711"),
    *(
        "Your code is 829114 lines long",
        "Use 829114 for the order",
        "Use 829114 records to sign in",
        "MFA 500 errors",
    ),
    *("Der Produktcode lautet 829114", "Il codice articolo è 829114", "Your code is 829114.5", "Code: 829114"),
    *("Use article 829114 to log in", "the code is 12345", "the code is 829114-12", "2FA 2024 is required"),
    *(
        "Your code is 20260101 in the voucher list",
        "Ihr Code ist 10023847 bei uns als Kundennummer",
        "Artikel MFA 829114",
    ),
    *("Votre code est 75011234 sur la facture", "Su código es 829114 para el cliente López", "MFA 1234567 Programm"),
    *("Il codice è 20121034 nel vostro catalogo", "Je code is 20260415 in het kortingsoverzicht", "2FA 829114 users"),
    *("Your code: 20260415 (article) is sold out", "Erlang OTP 20260 fails", "Our OTP 829114 release", "TOTP 829114"),
)
HOSTILE = (
    "your code is ",
    "use 829114 to ",
    "use 829114, ",
    "the code is 829114 ",
    "2FA ",
    "enter the code ",
    "pw... ",
)


@pytest.mark.parametrize("code", ["829114", "82911437"])
@pytest.mark.parametrize("said", TOLD)
def test_a_code_that_somebody_was_sent_is_masked(said: str, code: str) -> None:
    assert masked(said.format(code), SECRET) == said.format("[secret]")
    assert masked(said.format("[secret]"), SECRET) == said.format("[secret]")


@pytest.mark.parametrize("said", STAYS)
def test_a_number_of_something_else_stays(said: str) -> None:
    assert masked(said, USUALLY_MASKED) == said


@pytest.mark.parametrize("told", ["Password... {}", "Passwort\u2026 {}\nDanke", "my pw.. {}."])
def test_a_password_behind_dots_is_masked(told: str) -> None:
    assert masked(told.format("hunter22"), SECRET) == told.format("[secret]")


@pytest.mark.parametrize("said", ["Password... does not work", "Passwort... PC12 geht nicht", "password... 2 days"])
def test_what_goes_on_behind_dots_stays(said: str) -> None:
    assert masked(said, SECRET) == said


@pytest.mark.parametrize("unit", HOSTILE)
def test_codes_cost_in_proportion_to_the_text(unit: str) -> None:
    assert grows_in_proportion(unit, lambda text: masked(text, SECRET))
