"""The default words find the same facts in each language, as people write them, and no everyday neighbour."""

import pytest

from ticketapp.ai.severity import floor_of, read_severity_words, shipped_severity_words

SHIPPED = read_severity_words(shipped_severity_words())
# In English, German, French, Spanish, Italian and Dutch.
FACTS = [
    (
        "The charger caught fire.",
        "Das Ladegerät hat Feuer gefangen.",
        "Le chargeur a pris feu.",
        "El cargador se ha incendiado.",
        "Il caricatore ha preso fuoco.",
        "De lader heeft vlam gevat.",
    ),
    (
        "The device is on fire.",
        "Das Gerät brennt.",
        "L'appareil brûle, il y a le feu.",
        "El aparato está ardiendo.",
        "L'apparecchio è in fiamme.",
        "Het apparaat staat in brand.",
    ),
    (
        "The system is down.",
        "Das System ist ausgefallen.",
        "Le système est en panne.",
        "El sistema está caído.",
        "Il sistema non funziona.",
        "Het systeem ligt plat.",
    ),
    (
        "Our shop is down.",
        "Unser Shop ist ausgefallen.",
        "Notre boutique est en panne.",
        "Nuestra tienda está caída.",
        "Il nostro negozio è fuori servizio.",
        "Onze webshop ligt plat.",
    ),
    (
        "The website is down.",
        "Die Webseite ist nicht erreichbar.",
        "Le site est en panne.",
        "La web está caída.",
        "Il sito è irraggiungibile.",
        "De website ligt plat.",
    ),
    (
        "The servers are down.",
        "Die Server sind ausgefallen.",
        "Les serveurs sont en panne.",
        "Los servidores están caídos.",
        "I server sono bloccati.",
        "De servers liggen plat.",
    ),
    (
        "A colleague got an electric shock.",
        "Ein Kollege bekam einen Stromschlag.",
        "Un collègue a reçu une décharge électrique.",
        "Un compañero recibió una descarga eléctrica.",
        "Un collega ha preso una scossa elettrica.",
        "Een collega kreeg een elektrische schok.",
    ),
    (
        "It smells of gas.",
        "Es riecht nach Gas.",
        "Ça sent le gaz.",
        "Huele a gas.",
        "C'è odore di gas.",
        "Het ruikt naar gas.",
    ),
    (
        "Smoke is coming out of the cabinet.",
        "Rauch kommt aus dem Schrank.",
        "De la fumée sort de l'armoire.",
        "Sale humo del armario.",
        "Esce fumo dall'armadio.",
        "Er komt rook uit de kast.",
    ),
    (
        "We were hacked.",
        "Wir wurden gehackt.",
        "Nous avons été piratés.",
        "Nos han hackeado.",
        "Siamo stati hackerati.",
        "We zijn gehackt.",
    ),
    (
        "Customer data was leaked.",
        "Kundendaten sind geleakt worden.",
        "Les données clients ont fuité.",
        "Se filtraron datos de clientes.",
        "I dati dei clienti sono trapelati.",
        "Klantgegevens zijn gelekt.",
    ),
    (
        "All our data is gone.",
        "Alle unsere Daten sind weg.",
        "Toutes nos données ont disparu.",
        "Todos nuestros datos han desaparecido.",
        "Tutti i nostri dati sono spariti.",
        "Al onze gegevens zijn weg.",
    ),
    (
        "We lost all our data.",
        "Wir haben alle Daten verloren.",
        "Nous avons perdu toutes nos données.",
        "Hemos perdido todos los datos.",
        "Abbiamo perso tutti i dati.",
        "We zijn alle gegevens kwijt.",
    ),
    (
        "Someone is in our account.",
        "Jemand ist in unserem Konto.",
        "Quelqu'un est dans notre compte.",
        "Alguien ha entrado en nuestra cuenta.",
        "Qualcuno è entrato nel nostro account.",
        "Iemand zit in ons account.",
    ),
    (
        "I see other customers' data.",
        "Ich sehe fremde Daten.",
        "Je vois les données d'autres clients.",
        "Veo datos de otros clientes.",
        "Vedo i dati di altri clienti.",
        "Ik zie gegevens van andere klanten.",
    ),
    (
        "A worker was injured.",
        "Ein Arbeiter wurde verletzt.",
        "Un ouvrier a été blessé.",
        "Un trabajador ha resultado herido.",
        "Un operaio è rimasto ferito.",
        "Een medewerker raakte gewond.",
    ),
    (
        "We have ransomware.",
        "Wir haben Ransomware.",
        "Nous avons un ransomware.",
        "Tenemos ransomware.",
        "Abbiamo un ransomware.",
        "We hebben ransomware.",
    ),
    (
        "We have a power outage.",
        "Wir haben Stromausfall.",
        "Nous avons une panne de courant.",
        "Tenemos un apagón.",
        "Abbiamo un blackout.",
        "We hebben stroomuitval.",
    ),
    (
        "We found a security breach.",
        "Wir haben ein Sicherheitsleck.",
        "Il y a une faille de sécurité.",
        "Hay una brecha de seguridad.",
        "C'è una falla di sicurezza.",
        "Er is een beveiligingslek.",
    ),
    (
        "Fire in the warehouse.",
        "Feuer im Lager.",
        "Incendie dans l'entrepôt.",
        "Incendio en el almacén.",
        "Incendio nel magazzino.",
        "Brand in het magazijn.",
    ),
    (
        "Production is down.",
        "Die Produktion steht still.",
        "La production est à l'arrêt.",
        "La producción está parada.",
        "La produzione è ferma.",
        "De productie ligt stil.",
    ),
    (
        "There is danger to life.",
        "Es besteht Lebensgefahr.",
        "Il y a danger de mort.",
        "Hay peligro de muerte.",
        "C'è pericolo di vita.",
        "Er is levensgevaar.",
    ),
    ("The system has been down for two hours.", "Die Server sind seit zwei Stunden down.", "De servers zijn down."),
    ("The battery exploded.", "Der Akku ist explodiert.", "La batterie a explosé.", "La batería ha explotado."),
    ("Website unreachable: our website is unreachable.", "Le site est hors ligne.", "De website is uit de lucht."),
]
EVERYDAY = [
    *("Il y a une erreur dans notre compte.", "Er staat een fout in ons account.", "Ho perso i dati di accesso."),
    *("Los datos filtrados por fecha no salen.", "La web no funciona con Safari.", "Vorrei una tenda blackout."),
    *("J'ai perdu nos données de connexion.", "The price has been down in May.", "Unsere Rechte wurden verletzt."),
    *(
        "Das Thema brennt mir auf der Seele.",
        "Exploded view of the pump, please.",
        "Production of this model stopped.",
    ),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact[0]))
def test_a_grave_fact_raises_in_each_language(fact: tuple[str, ...]) -> None:
    assert [text for text in fact if floor_of(text, SHIPPED) is None] == []


@pytest.mark.parametrize("text", EVERYDAY)
def test_what_is_said_every_day_raises_nothing(text: str) -> None:
    assert floor_of(f"Info\n{text}", SHIPPED) is None


def test_the_default_words_leave_room_for_an_admins() -> None:
    assert len(SHIPPED) < 900
    assert len(shipped_severity_words()) < 25_000
