"""A word said to be over, of an alarm that is tested, or asked of an insurance raises nothing by itself."""

import time

import pytest

from ticketapp.ai.severity import floor_of, read_severity_words, shipped_severity_words

SHIPPED = read_severity_words(shipped_severity_words())

SETTLED = [
    *(
        "The outage is resolved, thanks!",
        "Thanks, the outage of this morning has been fixed. Please close the ticket.",
    ),
    *(
        "Thank you for fixing the outage so quickly!",
        "We had an outage last week that you fixed. Please credit the day.",
    ),
    *(
        "Danke, die Störung ist behoben.",
        "Die Störung von gestern ist behoben, danke! Sie können das Ticket schließen.",
    ),
    *("Merci, la panne est réparée.", "La panne d'hier est réparée, merci beaucoup."),
    *("Gracias, la caída del servicio está resuelta.", "Grazie, l'interruzione del servizio è risolta."),
    *("Bedankt, de storing is opgelost.", "De storing van gisteren is opgelost, bedankt! Het ticket mag dicht."),
    *("L'alarme incendie sera testée mardi.", "La alarma de incendio se prueba el martes."),
    *("The gas leak alarm will be tested on Tuesday.", "L'allarme fuga di gas verrà testato martedì."),
    *(
        "¿El seguro cubre el incendio?",
        "Votre assurance couvre-t-elle l'incendie ?",
        "L'assicurazione copre la fuga di gas?",
    ),
    *(
        "Deckt die Versicherung einen Stromausfall?",
        "Does your policy cover data loss?",
        "Dekt de verzekering een datalek?",
    ),
    *("Can you send us your policy on data breaches?", "Quiero la política sobre fuga de datos para la auditoría."),
]
NOT_SETTLED = [
    *("The outage is over, our data is gone.", "The outage is fixed. It happens each day at 9."),
    *("Thanks, the outage is fixed in Leeds. York is down.", "The outage is resolved. Not so for us in York."),
    "Outage is resolved, please explain why all orders of May have vanished.",
    *("The outage is fixed, you say, but nothing works.", "The outage is fixed? It does not look so."),
    *(
        "The outage was resolved yesterday and came back today.",
        "The outage is not fixed.",
        "The outage is not yet fixed.",
    ),
    *("Status page says the outage is resolved, our tills are off.", "Please tell us when the outage is fixed."),
    "Thank you for fixing the outage. Now the other site has the same problem.",
    "The outage of Monday is resolved. There is a gas leak in hall 3.",
    *("Die Störung ist noch nicht behoben.", "Danke, die Störung ist behoben, seit 10 Uhr ist sie wieder da."),
    *("Die Störung ist behoben, sagt Ihre Seite. Bei uns geht nichts.", "Wann ist die Störung behoben?"),
    *(
        "La panne est réparée mais elle est revenue.",
        "La panne n'est pas réparée.",
        "La caída del servicio no está resuelta.",
    ),
    *("L'interruzione del servizio non è risolta.", "De storing is opgelost volgens u, de kassa's staan uit."),
    *("The gas leak alarm was tested and then went off: gas leak.", "L'alarme incendie sonne depuis 9 h !"),
    *(
        "Does the insurance cover the fire in the warehouse that happened today?",
        "El seguro cubre el incendio, vengan.",
    ),
    *(
        "Our insurance covers the fire in the warehouse of last night, whom do we call?",
        "Sécurité ! Incendie au sous-sol",
    ),
]


@pytest.mark.parametrize("text", SETTLED)
def test_what_is_over_tested_or_asked_of_an_insurance_raises_nothing(text: str) -> None:
    assert floor_of(f"Info\n{text}", SHIPPED) is None


def test_what_is_over_may_have_a_greeting_and_a_signature() -> None:
    mail = "Re: X\nGuten Tag Herr Abel,\n\ndanke, die Störung ist behoben.\n\nViele Grüße\nJo\nAcme GmbH, Ulm am Ring"
    assert floor_of(mail, SHIPPED) is None
    assert floor_of(mail.replace("behoben.", "behoben. In Ulm fehlen aber Daten."), SHIPPED) is not None


@pytest.mark.parametrize("text", NOT_SETTLED)
def test_what_may_not_be_over_raises(text: str) -> None:
    assert floor_of(f"Info\n{text}", SHIPPED) is not None


@pytest.mark.parametrize(
    "unit", ["outage a b c is fixed ", "thanks for fixing outage ", "alarm outage tested ", "outage again? "]
)
def test_many_settled_words_cost_their_length(unit: str) -> None:
    text = (unit * 600_000)[:600_000]
    started = time.process_time()
    floor_of(text, SHIPPED)
    assert time.process_time() - started < 20
