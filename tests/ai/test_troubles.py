"""A word that seems harmless where it stands raises all the same where something near it tells of what happens."""

import time

import pytest

from ticketapp.ai.severity import floor_of, read_severity_words, shipped_severity_words

SHIPPED = read_severity_words(shipped_severity_words())

TOLD = [
    *("Fixed? No outage is not fixed.", "Sorry outage again, tills are off.", "Sorry outage again"),
    *(
        "No more outages please! All shops are closed again.",
        "Zero outage communication from you, all shops are closed.",
    ),
    *("You said there would be no outage and now there is one.", "No outage? All our tills are off."),
    *(
        "I was promised no data loss, yet 3 months of tickets are missing.",
        "Outage training room: nobody can log in.",
    ),
    *("Expected outage was one hour, it is now day two.", "The feared outage is here."),
    *(
        "Data breach procedure was started, 400 customers are affected.",
        "The scheduled outage ended, shops still closed.",
    ),
    "Please prevent data loss: the disk of the only server is failing now!",
    "How do we avoid more data loss? The sync deletes our tickets every minute.",
    "How do we prevent further data loss while your sync deletes tickets?",
    "Data breach insurance case: a laptop with client files was stolen from us today.",
    "Where can I report a fire in the warehouse next door?",
    *("Störung sicher seit 8 Uhr.", "Kein Ausfall, sagen Sie. Alle Kassen stehen still."),
    "Stromausfall Schulung Raum 3 und ganzer Standort, Server aus.",
    "En cas de panne comme aujourd'hui, qui vient ? Toutes les caisses sont arrêtées.",
    *(
        "Sin caída del sistema, dicen, pero nadie puede trabajar.",
        "Nessuna fuga di gas? Allora perché l'allarme suona?",
    ),
    "En caso de incendio como ahora, ¿a quién llamo?",
    "Geen storing volgens u. Alle kassa's staan uit.",
]
HARMLESS = [
    *("There was no outage, no customer was affected.", "We had no data loss and nothing was deleted."),
    *("Keine Störung, niemand ist betroffen.", "No outage, all fine. Which shops are open on Sunday?"),
    *("Aucune panne, rien à signaler, merci.", "Ohne Ausfall seit einem Jahr, danke", "Where do I report an outage?"),
    *("How do I report a data breach?", "We want no outage if nobody can log in."),
]


@pytest.mark.parametrize("text", TOLD)
def test_what_is_told_beside_a_harmless_word_raises(text: str) -> None:
    assert floor_of(f"Help\n{text}", SHIPPED) is not None


@pytest.mark.parametrize("text", HARMLESS)
def test_trouble_that_is_denied_itself_raises_nothing(text: str) -> None:
    assert floor_of(f"Question\n{text}", SHIPPED) is None


def test_what_is_told_far_away_raises_nothing() -> None:
    assert floor_of("No outage. " + "All is well with us here. " * 10 + "Some shops are closed.", SHIPPED) is None


@pytest.mark.parametrize(
    "unit", ["no outage ", "no outage are affected ", "not are affected ", "outage since a b c "]
)
def test_many_troubles_cost_their_length(unit: str) -> None:
    text = (unit * 600_000)[:600_000]
    started = time.process_time()
    floor_of(text, SHIPPED)
    assert time.process_time() - started < 20
