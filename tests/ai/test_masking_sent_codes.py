"""PINs of somebody's card and codes that came by SMS or from an app go, wherever in the sentence their number is."""

import pytest

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import masked

SECRET = frozenset({MaskedKind.SECRET})
CODES = (
    "Die PIN meiner Karte ist {4711}, die Karte wurde trotzdem eingezogen.",
    "I got an SMS with the code {829114} but it says wrong.",
    "Ich habe per SMS den Code {829114} bekommen, er geht nicht.",
    "He recibido el código {829114} por SMS y no vale.",
    "Ik kreeg code {829114} per sms maar die werkt niet.",
    "Il PIN della mia carta è {8291}.",
    "El PIN de mi tarjeta es {8291}.",
    "Le code de ma carte est {8291}.",
    "The PIN of my card is {8291}.",
    "Die PIN meiner Karte lautet {8291}.",
    "De pincode van mijn pas is {8291}.",
    "Der Code aus der SMS war {829114}.",
    "The code from the SMS was {829114}.",
    "Le code reçu par SMS est {829114}.",
    "El código que me llegó es {829114}.",
    "Il codice arrivato è {829114}.",
    "De code in de sms was {829114}.",
    "Authenticator shows {829114} but you say wrong.",
    "The PIN for my debit card is {4711}.",
    "PIN of our card: {4711}",
    "Die PIN für meine Karte ist {4711}.",
    "La PIN della mia carta era {4711}",
    "Le code PIN de ma carte est le {4711}",
    "El pin de mi tarjeta es el {4711}",
    "De pincode van mijn bankpas is {4711}",
    "The code in the SMS is {829114}",
    "The SMS contains the code {829114}.",
    "I received an SMS with code {829114} today.",
    "the code {829114} from the SMS is refused",
    "Der Code per SMS lautet {829114}.",
    "Ich bekam eine SMS mit dem Code {829114}.",
    "Der Code {829114} aus der SMS geht nicht.",
    "J'ai reçu un SMS avec le code {829114}.",
    "Le code {829114} reçu par SMS ne marche pas.",
    "He recibido un SMS con el código {829114}.",
    "Il codice {829114} ricevuto via SMS non va.",
    "Il codice ricevuto via SMS è {829114}.",
    "Ik kreeg een sms met code {829114}.",
    "De code uit de sms is {829114}.",
    "The code I received is {829114}.",
    "Der Code, den ich bekommen habe, ist {829114}.",
    "Le code que j'ai reçu est {829114}.",
    "De code die ik kreeg is {829114}.",
    "{829114} ist mein Code",
    "My authenticator app says {829114} but it is refused.",
    "Meine Authenticator-App zeigt {829114} an.",
    "Enter the PIN {55291} on the terminal",
    "La PIN de ma carte bancaire est {5529}",
    "The PIN on my card is {5529}",
    "The PIN I got by post is {5529}.",
    "Der PIN-Code zu meiner Karte ist {5529}.",
    "La clave de mi tarjeta es {5529}",
    "Code from text message: {482913}",
    "SMS-Code: {482913}",
    "Ihr Code: {482913}",
    "the 6-digit code I got was {482913}",
    "The code sent to my phone is {482913}",
    "OTP is {482913}",
    "my OTP {482913} fails",
    "the one-time code {482913} is refused",
    "2FA code {482913} rejected",
)


@pytest.mark.parametrize("told", CODES)
def test_a_code_of_a_card_or_message_is_masked(told: str) -> None:
    before, _, rest = told.partition("{")
    secret, _, behind = rest.partition("}")
    hidden = masked(f"{before}{secret}{behind}", SECRET)
    assert secret not in hidden
    assert "[secret]" in hidden
    assert masked(hidden, SECRET) == hidden
