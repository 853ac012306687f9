"""A severity word raises where something has happened: alone if it means nothing else, not if it is asked about."""

import pytest

from ticketapp.ai.severity import floor_of, read_severity_words, shipped_severity_words

SHIPPED = read_severity_words(shipped_severity_words())


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        *(("Ausfall", "high"), ("Ausfälle", "high"), ("Wir leiden unter Ausfällen", "high"), ("Kein Ausfall", None)),
        *(("Feuer im Lager", "critical"), ("Brand im Keller", "critical"), ("Feuer und Flamme", None)),
        *(("Unsere Brand im Shop ist neu", None), ("Das Feuerzeug im Shop", None), ("Strom ist ausgefallen", "high")),
        *(("Incendio en el almacén", "critical"), ("Incendie !", "critical"), ("Incêndio no depósito", "critical")),
        *(("Seguro de incendio", None), ("assurance incendie", None), ("Il n'y a pas d'incendie", None)),
        *(("Our shop is down", "high"), ("The shop's down again!", "high"), ("webshop is down since 9", "high")),
        *(("Our shop is down the road", None), ("The shop downstairs", None)),
        *(("The site is down the third time", "high"), ("Stillstand ist nichts, Ausfall auch", "high")),
    ],
)
def test_a_word_alone_counts_where_it_means_nothing_else(text: str, floor: str | None) -> None:
    hit = floor_of(text, SHIPPED)
    assert (hit and hit.priority) == floor


@pytest.mark.parametrize(
    "text",
    [
        *("How do I report a data breach?", "Hello,\nhow do we report a data breach?\nKind regards, Jo Miller"),
        *("Reporting\nCan you tell me how to report a data breach to you?", "How can we prevent an outage?"),
        *("Is there a site outage plan?", "Your data breach checklist, please", "What is a data leak?"),
        *("In case of a fire in the building, whom do I call?", "Wie melde ich ein Datenleck?"),
        *("Was ist ein Ausfall?", "How do you handle a data loss?"),
        *("Comment signaler une fuite de données ?", "¿Cómo reporto una brecha de seguridad?"),
        *("Come segnalo una fuga di dati?", "Hoe meld ik een datalek?", "Jak zgłosić wyciek danych?"),
        *("Que faire en cas d'incendie ?", "Was gilt im Falle eines Stromausfalls? Im Fall eines Stromausfall?"),
    ],
)
def test_what_is_only_asked_about_raises_nothing(text: str) -> None:
    assert floor_of(text, SHIPPED) is None


@pytest.mark.parametrize(
    "text",
    [
        *("How do I report a data breach? Our customer list is online.", "How do I report the data breach?"),
        *("We had a data breach, how do I report it?", "I found this just now\nHow do I report a data breach?"),
        *("Is there an outage?", "Why are all systems down?", "What do we do, there is a fire in the hall?"),
        *("How do I put out a fire in the server room?", "How do we recover from a data loss?", "Outage! What now?"),
        *("Our outage plans were late: outage since 9.", "Wie melde ich ein Datenleck? Kundendaten stehen im Netz."),
        *("How do I report a data breach? " + "Why? " * 300, "Are you having an outage?"),
    ],
)
def test_what_happens_raises_though_it_is_asked_about(text: str) -> None:
    assert floor_of(text, SHIPPED) is not None
