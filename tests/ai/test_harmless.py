# ruff: noqa: RUF001 - words in the letters of their language
"""A severity word raises where something has happened: alone if it means nothing else, not if it is asked about."""

import time

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


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *(("Why is the system down?", "system is down"), ("Why is everything down since 9?", "everything is down")),
        *(
            ("Hello, why is our main booking\nsystem down? Thanks", "system is down"),
            ("Why's the shop down?", "shop is down"),
        ),
        *(("Why did the system go down?", "system went down"), ("WHY IS THE SITE OFFLINE???", "site is offline")),
        *(
            ("Since when has the service been down?", "service is down"),
            ("Why were we breached?", "we were breached"),
        ),
        *(
            ("Why on earth is the server down again?", "server is down"),
            ("How come the system is down?", "system is down"),
        ),
        *(("Why is the system down? How do I report an outage?", "system is down"),),
        *(
            ("Warum ist das System ausgefallen?", "System ist ausgefallen"),
            ("Warum steht die Produktion still?", "steht still"),
        ),
        *(
            ("Wieso ist denn schon wieder alles ausgefallen?", "alles ist ausgefallen"),
            ("Warum ist der Shop down?", "Shop ist down"),
        ),
        *(("Warum riecht es hier nach Gas, und warum tut niemand etwas?", "riecht nach Gas"),),
        *(
            ("Pourquoi le serveur est-il en panne chez nous ?", "panne"),
            ("¿Por qué está caído el sistema?", "sistema está caído"),
        ),
        *(
            ("¿Por qué se ha caído el servidor?", "se ha caído el servidor"),
            ("Perché non funziona il sistema?", "sistema non funziona"),
        ),
        *(
            ("Perché il sistema è bloccato?", "sistema è bloccato"),
            ("Por que está fora do ar o site?", "está fora do ar"),
        ),
        *(
            ("Waarom ligt het hele systeem plat?", "ligt plat"),
            ("Waarom is de server uitgevallen bij ons op kantoor?", "server is uitgevallen"),
        ),
        *(("Dlaczego nie działa strona?", "strona nie działa"), ("Czemu stoi u nas produkcja?", "produkcja stoi")),
        *(("为什么系统瘫痪了？", "系统瘫痪"), ("なぜサーバーがダウンしているのですか", "サーバーがダウン")),
    ],
)
def test_a_question_for_the_cause_tells_what_it_asks_about(text: str, word: str) -> None:
    hit = floor_of(text, SHIPPED)
    assert (hit and hit.word) == word


@pytest.mark.parametrize(
    "text",
    [
        *("What is an outage?", "How do I report a breach?", "Where can I see whether the system is down?"),
        *("How can I tell if the system is down?", "Is there a page that shows when the site is down?"),
        *("Can you tell me where I can see whether the system is down?", "What happens if the system is down?"),
        *("Do you notify us if there is a data breach?", "Where do I report a data breach?"),
        *("Wo sehe ich, ob der Server ausgefallen ist?", "Wo kann ich sehen ob es eine Störung gibt?"),
        *(
            "Was passiert, wenn der Server ausgefallen ist?",
            "Wie kann ich ein Datenleck melden?",
            "An wen soll ich eine Datenpanne melden?",
        ),
        *(
            "Où puis-je voir si le système est en panne ?",
            "Qu'est-ce qu'une panne ?",
            "Comment puis-je signaler une panne ?",
        ),
        *(
            "¿Dónde puedo ver si el sistema está caído?",
            "¿Qué es una caída del servicio?",
            "¿Qué pasa si el servidor está caído?",
        ),
        *("Dove posso vedere se il sistema è bloccato?", "Onde posso ver se o sistema está fora do ar?"),
        *("Waar kan ik zien of er een storing is?", "Wat is een storing?", "Hoe kan ik een datalek melden?"),
        *("Gdzie mogę sprawdzić, czy system nie działa?", "Co to jest awaria?", "Jak mogę zgłosić wyciek danych?"),
        *("什么是服务中断？", "您好，系统瘫痪是什么意思？", "如何报告数据泄露？", "システム障害とは何ですか"),
        *("システム障害かどうかはどこで確認できますか", "データ消失の報告はどこにすればいいですか"),
        *(
            "Why is traffic to our site down?",
            "Why is the system not down any more?",
            "Why is the load on the server down?",
        ),
        *("Why is there no outage plan?", "Is the system down for maintenance on Sunday?", "Why is the price down?"),
        *("Warum steht auf der Rechnung noch nichts?", "Warum ist der Strom so teuer?", "Why is the shop slow?"),
    ],
)
def test_a_question_that_takes_nothing_for_granted_raises_nothing(text: str) -> None:
    assert floor_of(text, SHIPPED) is None


@pytest.mark.parametrize(
    "text",
    [
        *("Can you check whether the server is down?", "Do you know whether the system is down?"),
        *(
            "Könnten Sie bitte prüfen, ob der Server ausgefallen ist?",
            "Pouvez-vous vérifier si le serveur est en panne ?",
        ),
        *("¿Pueden comprobar si el sistema está caído?", "Czy możecie sprawdzić, czy system nie działa?"),
        *("Nobody can log in. Where can I see whether the system is down?", "Can I report an outage here?"),
        *("我们的系统瘫痪了，什么是服务中断？", "昨日からシステム障害が続いています。システム障害とは何ですか"),
        *("What do I do if there is a fire in the hall?", "Where can I see why the system is down?"),
    ],
)
def test_whoever_asks_others_to_look_or_tells_something_raises(text: str) -> None:
    assert floor_of(text, SHIPPED) is not None


@pytest.mark.parametrize(
    "text",
    [
        *("Data breach response team needed now", "Please send your data breach response team."),
        *("The gas leak detector went off", "Gas leak detector alarm in hall 3", "The gas leak sensor is beeping!"),
        *("Our malware detection has gone off on each till", "Smoke detector went off, there is a fire"),
    ],
)
def test_what_is_built_against_it_and_went_off_raises(text: str) -> None:
    assert floor_of(text, SHIPPED) is not None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "We'd like two gas leak detectors",
            "Which gas leak sensor fits the cellar?",
            "Your malware protection is nice",
        ),
        *("Is there a malware detection add-on and a ransomware training?", "The outage drill is next week"),
    ],
)
def test_what_is_built_against_it_raises_nothing(text: str) -> None:
    assert floor_of(text, SHIPPED) is None


def test_words_that_an_admin_listed_are_turned_too() -> None:
    words = read_severity_words("high: lift is stuck\n[German]\nhigh: Aufzug steckt fest, Kran steht schief")
    assert floor_of("Why is the lift stuck?", words) == words[0]
    assert floor_of("Warum steht der Kran schief?", words) == words[2]
    assert floor_of("Is the lift stuck?", words) is None


@pytest.mark.parametrize(
    ("text", "raises"),
    [
        *(("Do you offer training on fire safety?", False), ("Our business is on fire, everybody out!", True)),
        ("The machine is on fire", True),
        *(
            ("Bell on fire alarm rings", True),
            ("Sales are good but the hall is on fire", True),
            ("He is on fire", True),
        ),
    ],
)
def test_fire_safety_is_not_on_fire(text: str, raises: bool) -> None:
    assert (floor_of(f"Info\n{text}", SHIPPED) is not None) == raises


@pytest.mark.parametrize("unit", ["why is ", "why is the a ", "why why ", "warum steht ", "why is a b c d system "])
def test_many_questions_cost_their_length(unit: str) -> None:
    text = (unit * 600_000)[:600_000]
    started = time.process_time()
    floor_of(text, SHIPPED)
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "text",
    [
        "Gas leak alarm in hall 3, this is not a test.",
        "The outage you fixed this morning returned.",
        "The outage is fixed. Orders vanished.",
        "Does our insurance cover the fire in the warehouse that destroyed our servers?",
        "The data leak is fixed for Berlin only.",
        "L'alarme incendie sonne, ce n'est pas un test.",
    ],
)
def test_what_is_said_to_be_over_or_a_test_still_counts(text: str) -> None:
    assert floor_of(f"Info\n{text}", SHIPPED) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Die Lampe am Ladegerät brennt dauernd rot, ist das normal?",
        "Im Lager brennt noch Licht.",
        "Die LED am Gerät brennt grün.",
    ],
)
def test_a_lamp_burns_harmlessly(text: str) -> None:
    assert floor_of(f"Info\n{text}", SHIPPED) is None
    assert floor_of("Info\nHilfe, das Gerät brennt!", SHIPPED) is not None
