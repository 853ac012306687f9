# ruff: noqa: RUF001 - words in the letters of their language
"""Short mails of every day: those that must raise do, those that must not do not, whatever footer stands below."""

import time

import pytest

from ticketapp.ai.severity import floor_of, read_severity_words, shipped_severity_words

SHIPPED = read_severity_words(shipped_severity_words())
CONFIDENTIAL = (
    "\n\nThis e-mail and any attachments are confidential and intended solely for the use of the person to whom they"
    " are\naddressed. If you have received it in error, please tell us and delete it. Please consider the environment"
    " before you\nprint this mail."
)
SCANNED = "\n\nThis email has been scanned for viruses and malware by Acme MailGuard."
LIABLE = "\n\n--\nThe sender accepts no liability for any errors, data loss or damage caused by viruses\nor malware."
FOOTERS = ("", CONFIDENTIAL, SCANNED, LIABLE, "\n\nBest regards\nAnna Schmidt")
SLOGAN = "\n\nBest regards\nAnna Schmidt\nThe Power of Ideas"

GRAVE = [
    *("Help\nYour charger is on fire", "Injured\nWorker injured", "Account\nSomebody is in our account, please act!"),
    *("Data\nI can see other customers' data.", "Breach\nBreach in our tenant", "Outage\nTotal outage since 9"),
    *("Urgent\nHello, the system is down. Regards, Jo", "Gas\nSmell of gas in the cellar!"),
    *(
        "Hilfe\nEs brennt!",
        "Daten weg\nAlle Daten sind weg!",
        "Brand\nEs brennt im Serverraum",
        "Rauch\nRauch aus dem Netzteil",
    ),
    *(
        "Halle 3\nStillstand in Halle 3.",
        "Produktion\nStillstand der Produktion seit 8 Uhr",
        "Unfall\nEin Mitarbeiter hat sich verletzt",
    ),
    *("Gefahr\nLebensgefahr durch Ihr Gerät!", "Portal\nIch sehe fremde Daten", "Ausfall\nTotalausfall seit 7 Uhr"),
    "Eilt\nGuten Tag,\nbei uns herrscht Stillstand in der Halle. Bitte rufen Sie zurück.",
    "Eilt\nGuten Tag,\nunsere Daten sind weg.\nMit freundlichen Grüßen\nJan",
    *("Panne\nLe serveur est en panne.", "Panne\nBonjour,\nLe site est hors service.\nCordialement\nJean"),
    *(
        "Piratage\nNous avons été piratés.",
        "Hors service\nHors service depuis 9h.",
        "Blessé\nUn technicien est blessé.",
    ),
    *("Fumée\nIl y a de la fumée dans le local.", "Gaz\nOdeur de gaz au sous-sol", "Urgent\nSite piraté ce matin"),
    "Urgent\nBonjour,\nnotre serveur est en panne et personne ne peut travailler.\nMerci",
    *(
        "Apagón\nApagón total en la oficina",
        "Humo\nSale humo del equipo",
        "Ayuda\nHay humo en la sala",
        "Ayuda\nNos hackearon ayer",
    ),
    *(
        "Sistema\nEl sistema está fuera de servicio",
        "Herido\nUn empleado resultó herido",
        "Gas\nOlor a gas en la planta",
    ),
    "Urgente\nHola, el sistema está fuera de servicio desde las nueve, por favor llámenos.",
    *(
        "Sistema\nIl sistema è fuori servizio",
        "Feriti\nCi sono feriti",
        "Fumo\nC'è fumo nel locale",
        "Urgente\nFuori servizio da ieri",
    ),
    *("Dati\nDati persi dopo l'aggiornamento", "Incidente\nUn operaio è ferito", "Server\nServer bloccato"),
    *(
        "Site\nO site fora do ar",
        "Ajuda\nMeu site foi hackeado",
        "Fumo\nHá fumo no escritório",
        "Ferido\nUm colega ficou ferido",
    ),
    *("Dados\nDados perdidos", "Sistema\nO sistema caiu hoje", "Gás\nCheiro de gás na cozinha"),
    *("Storing\nStoring in het netwerk", "Storing\nEr is een storing", "Uitval\nTotale uitval sinds 9 uur"),
    *(
        "Gewond\nEen collega is gewond",
        "Brand\nBrand in de serverruimte",
        "Rook\nEr is rook bij ons",
        "Help\nGegevens kwijt!",
    ),
    *(
        "Ogień\nPali się w serwerowni",
        "Dym\nDym w biurze",
        "Wypadek\nPracownik jest ranny",
        "Dane\nDane zniknęły",
        "Awaria\nAwaria od rana",
    ),
    *(
        "停机\n系统停机",
        "受伤\n员工受伤了",
        "火事\nサーバー室で火事",
        "負傷\n作業員が負傷",
        "障害\nシステム障害が発生",
    ),
]

HARMLESS = [
    *("Invoice\nPlease send the invoice for May again.", "Logo\nWhich colour does the new logo have, please?"),
    *("Login\nI forgot my password. Where can I set a new one?", "Address\nOur address has changed, see below."),
    *(
        "Seats\nWe would like to add two users.",
        "Export\nHow do I export my contacts?",
        "Thanks\nAll works now, thank you.",
    ),
    *("Files\nWe need help with storing files in the cloud", "Chess\nThe rook in the app has the wrong icon"),
    *("Brand\nThe brand in the footer is the old one", "Wine\nWe like the panne of this fabric and its colour"),
    *("Report\nIs there a way to report a data breach?", "Report\nHow do I report an outage?"),
    *(
        "Offer\nWe'd like to order 3 fire alarms and a gas leak detector.",
        "Shop\nDo you sell an anti-ransomware add-on?",
    ),
    *("Talk\nDo you offer ransomware training?", "Visit\nThe hackers conference was great."),
    *("Rechnung\nBitte senden Sie mir die Rechnung erneut.", "Konto\nWie ändere ich meine Adresse?"),
    *("Frage\nGibt es eine Möglichkeit, ein Datenleck zu melden?", "Marke\nDie neue Brand im Shop ist schön"),
    *("Facture\nMerci de renvoyer la facture.", "Compte\nComment changer mon adresse ?"),
    *(
        "Question\nY a-t-il un moyen de signaler une fuite de données ?",
        "Factura\nPor favor, envíen la factura de mayo.",
    ),
    *("Cuenta\n¿Cómo cambio mi dirección?", "Duda\n¿Hay alguna forma de reportar una fuga de datos?"),
    *("Fattura\nPotete inviare di nuovo la fattura?", "Dolci\nLa panna e le panne della torta sono finite"),
    *("Fatura\nPodem enviar a fatura de maio?", "Conta\nComo altero o meu endereço?"),
    *("Factuur\nKunt u de factuur opnieuw sturen?", "Adres\nHoe wijzig ik mijn adres?"),
    *(
        "Faktura\nProszę o fakturę za maj.",
        "Konto\nJak zmienić adres?",
        "发票\n请再发一次发票",
        "請求書\n請求書を再送してください",
    ),
]

DISCLAIMERS = [
    "This message has been checked for viruses and malware. The company accepts no liability for damage.",
    "Although this email is believed to be free of any virus or malware, the recipient should check it.",
    "We are not liable for any loss, data loss or damage caused by malware transmitted by this email.",
    "Email cannot be guaranteed to be secure; we do not accept liability for data loss, delay or\ncorruption.",
    "The company disclaims all responsibility for data loss, malware or delay.",
    "CONFIDENTIALITY: any unauthorised disclosure may be treated as a data breach.",
    "This mail is intended solely for its recipient, and passing it on may constitute a data breach.",
    "Any data breach must be reported to dpo@acme.example within 72 hours.",
    "Protected by ACME Anti-Ransomware.",
    "ACME Ltd – data loss prevention – ransomware protection",
    "Jo Miller, Head of Data Breach Response, Acme Ltd",
    "Diese E-Mail wurde auf Viren und Malware geprüft.",
    "Diese Nachricht wurde auf Viren und Schadsoftware überprüft.",
    "Für Schäden durch Viren oder Datenverlust übernehmen wir keine Haftung.",
    "Wir haften nicht für Datenverlust.",
    "Eine Haftung für Datenverlust oder Schadsoftware ist ausgeschlossen.",
    "Nous déclinons toute responsabilité en cas de perte de données.",
    "Nous ne sommes pas responsables d'une perte de données.",
    "Cet e-mail a été vérifié : malware, virus et rançongiciel.",
    "La empresa no se hace responsable de la pérdida de datos.",
    "Este correo ha sido analizado en busca de virus y malware.",
    "No asumimos ninguna responsabilidad por la pérdida de datos.",
    "Questa e-mail è stata controllata: virus e malware.",
    "Decliniamo ogni responsabilità per la perdita di dati.",
    "Este e-mail foi verificado contra vírus e malware.",
    "A empresa não se responsabiliza por perda de dados ou malware.",
    "Deze e-mail is gescand op virussen en malware.",
    "Wij zijn niet aansprakelijk voor gegevensverlies of malware.",
    "Ta wiadomość została sprawdzona: wirusy i malware.",
    "Nie ponosimy odpowiedzialności za utrata danych i malware.",
]

TOLD = [
    *(
        "We scanned our server for viruses and found ransomware.",
        "Our PCs were scanned for malware and we found ransomware!",
    ),
    *(
        "We noticed unauthorised use of our account, we were hacked.",
        "Totalausfall\nWir haften nicht für Datenverlust.",
    ),
    *("You accept no liability, but we have a data breach.", "Datenverlust\nWir übernehmen keine Haftung."),
    *(
        "Sie haften nicht für Datenverlust, aber unsere Daten sind weg.",
        "Vertrauliche Kundendaten stehen im Netz, Datenleck!",
    ),
    *("Wer übernimmt die Haftung für den Datenverlust?", "Le serveur a été analysé : ransomware trouvé."),
    *("Your terms accept no liability for data loss. We lost all data.", "Can I report an outage here?"),
]


@pytest.mark.parametrize("text", GRAVE)
def test_a_grave_mail_raises_whatever_stands_below_it(text: str) -> None:
    assert [footer for footer in (*FOOTERS, SLOGAN) if floor_of(text + footer, SHIPPED) is None] == []


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_mail_does_not_raise_whatever_stands_below_it(text: str) -> None:
    assert [footer for footer in FOOTERS if floor_of(text + footer, SHIPPED)] == []


@pytest.mark.parametrize("disclaimer", DISCLAIMERS)
def test_a_disclaimer_raises_nothing(disclaimer: str) -> None:
    mails = (
        "Invoice\nHello, could you send me the invoice again? Thanks, Jo",
        "Rechnung\nBitte die Rechnung erneut.\n\nJo",
    )
    assert [mail for mail in mails if floor_of(f"{mail}\n\n{disclaimer}", SHIPPED)] == []


@pytest.mark.parametrize("text", TOLD)
def test_what_is_told_in_the_words_of_a_disclaimer_raises(text: str) -> None:
    assert floor_of(text, SHIPPED) is not None


@pytest.mark.parametrize(
    "footer",
    [
        "ACME Ltd is registered in England and Wales with the number 123. Our offices are at 1 The Street.",
        "It may contain privileged information. If you are not the intended recipient, please delete it.",
        "This is a message from outside of your organisation. Do not click on links unless you know the sender.",
        "We move to our new home in the spring, and this is what it will look like.",
    ],
)
def test_an_english_footer_makes_no_short_mail_english(footer: str) -> None:
    mails = ("Hilfe\nFremde Daten im Konto sichtbar", "Problema\nEmpleado herido, hay heridos", "Halle\nStillstand!")
    assert [mail for mail in mails if floor_of(f"{mail}\n\n{footer}", SHIPPED) is None] == []


def test_the_words_of_an_admin_in_a_section_raise_in_a_short_mail_with_a_footer() -> None:
    words = read_severity_words("[German]\ncritical: Notfall")
    for footer in (*FOOTERS, SLOGAN):
        assert floor_of("Notfall\nNotfall! Kühlung ausgefallen." + footer, words) == words[0]
    assert floor_of("This is about the word Notfall that we have on our page.", words) is None


@pytest.mark.parametrize(
    "unit", ["storing is the a ", "storing\n", "haften nicht malware. ", "es brennt. ", "\n\n", "no liability\n\n"]
)
def test_many_passages_cost_their_length(unit: str) -> None:
    text = (unit * 600_000)[:600_000]
    started = time.process_time()
    floor_of(text, SHIPPED)
    assert time.process_time() - started < 20
