"""A disclaimer raises nothing, and who tells of something grave in words like those of one raises all the same."""

import time

import pytest

from ticketapp.ai.severity import floor_of, read_severity_words, shipped_severity_words

SHIPPED = read_severity_words(shipped_severity_words())

GRAVE = [
    *(
        "The data breach must be reported to the regulator within 72 hours.",
        "This may constitute a data breach.",
        "I am not responsible for the fire in the server room.",
        "this email was meant for you: data breach at our tenant",
        "We cannot accept this total outage any longer.",
        "El sistema está fuera de servicio y su empresa no se hace responsable.",
        "No asumimos esta caída: el sistema está fuera de servicio",
    ),
    *(
        "This email has been sent to all of you because of the data leak at our Berlin office.",
        "We are not liable for this data loss, your update caused it.",
        "Our outage is now in its third hour and the hoster accepts no liability.",
        "There is ransomware on the till and the supplier says he is not responsible for it.",
        "The security breach will be treated as a crime, the police are on their way.",
        "Sending our price list to a stranger may be regarded as a data leak, and that is what you did.",
        "We cannot accept any more outages this week.",
        "The intended recipient never got it: a stranger did, this is a data breach.",
        "Nobody is liable, they say, and yet people were hurt in hall 2.",
        "All known files were scanned for malware and malware it is.",
    ),
    *(
        "Diese E-Mail wurde von einem Hacker verschickt, wir sind gehackt worden.",
        "Diese Nachricht wurde nötig, weil es im Lager ein Feuer im Regal gibt.",
        "Der Ausfall dauert an und der Anbieter übernimmt keine Haftung.",
        "Ich übernehme keine Verantwortung für diesen Datenverlust von gestern.",
        "Eine Haftung für den Datenverlust von heute lehnen wir ab.",
        "Der Hersteller haftet nicht, sagt er, und bei uns steht alles still, Totalausfall.",
        "Bei diesem Stromausfall wird keine Haftung greifen, die Kühlung steht.",
    ),
    *(
        "Le serveur est en panne et l'hébergeur décline toute responsabilité.",
        "Je ne suis pas responsable de cette fuite de données.",
        "Nous ne sommes pas responsables de l'incendie de ce matin.",
        "Notre message a été vérifié et la fuite de données est réelle.",
        "Aucune responsabilité de ma part, mais un incendie s'est déclaré.",
    ),
    *(
        "La brecha de seguridad es grave y el proveedor no asume nada.",
        "No nos hacemos responsables de este incendio en su almacén.",
        "No asumimos esta pérdida de datos de ayer.",
        "Nuestro correo electrónico ha sido hackeado.",
    ),
    *(
        "Nie odpowiadamy za ten pożar, straż już jedzie.",
        "Awaria trwa, a dostawca nie ponosi odpowiedzialności.",
        "Nie ponosimy odpowiedzialności za wczorajszy wyciek danych.",
        "Non siamo responsabili di questa perdita di dati.",
        "Il server è bloccato e nessuno: non rispondiamo più ai clienti.",
        "Não somos responsáveis por este incêndio no armazém.",
        "Wij zijn niet aansprakelijk voor dit datalek bij jullie partner.",
        "Er is een storing en de leverancier aanvaardt geen schuld.",
    ),
]

FOOTERS = [
    *(
        "Acme Ltd accepts no liability for any outage, data loss or security breach arising from this message.",
        "No malware is present in this email as we know; we cannot accept responsibility for loss or\ndamage.",
        "Any unauthorised disclosure of this message may constitute a data breach and is prohibited.",
        "This e-mail has been scanned by Acme Cloud for viruses, malware and ransomware.",
        "All emails are scanned for malware and may be monitored.",
        "We are not responsible for any malware or data loss caused by this email or its attachments.",
        "Any suspected data breach or security breach must be reported to privacy@acme.example at once.",
        "Emails may be intercepted by hackers or carry malware. The sender is not liable for such intrusion.",
        "If you are not the intended recipient, keeping this message may be treated as a data breach.",
    ),
    *(
        "Diese E-Mail wurde automatisch auf Viren, Schadsoftware und Ransomware geprüft.",
        "Für Störungen, Ausfälle oder Datenverlust durch diese Nachricht übernehmen wir keine Haftung.",
        "Wir haften nicht für Schadsoftware, Datenverlust oder Ausfälle.",
    ),
    *(
        "L'expéditeur décline toute responsabilité en cas de perte de données ou d'interruption de service.",
        "Ce message a été vérifié : ni malware ni rançongiciel.",
    ),
    *(
        "El remitente no se hace responsable de la pérdida de datos ni de la interrupción del servicio.",
        "Este correo electrónico ha sido analizado y está libre de virus, malware y ransomware.",
    ),
    *(
        "Nadawca nie ponosi odpowiedzialności za utrata danych lub malware.",
        "Il mittente declina ogni responsabilità per perdita di dati, malware o interruzione del servizio.",
        "O remetente não se responsabiliza por perda de dados ou interrupção do serviço.",
        "De afzender aanvaardt geen aansprakelijkheid voor gegevensverlies, malware of storingen.",
    ),
]
MAILS = (
    "Invoice\nHello, could you send me the invoice again? Thanks, Jo\n\n{}",
    "Invoice\nHello Ms Miller,\n\ncould you send me the invoice again?\n\nKind regards\nJo Smith\n\n{}",
    "Invoice\nPlease see the file.\n--\nJo Smith\n{}",
    "Rechnung\nGuten Tag Frau Dr. Abel,\n\nanbei die Rechnung.\n\nMit freundlichen Grüßen\nJo\n\n{}\n\nAcme, Ulm",
)

# Whole mails, each in its own manner.
GRAVE_MAILS = [
    (
        "Question\nHello,\n\nwe run your product for 300 people.\n\nYour supplier says he is not liable for "
        "malware, yet malware is on all tills.\n\nRegards\nJo"
    ),
    "Backup\nHi team,\nthe hosting firm refuses: no liability for data loss. 4 years of orders are lost.\nBest,\nAmy",
    (
        "Contract\nDear all,\n\nthis message is to say that the safety of our staff is at risk, smoke in the "
        "lab, and we cannot be held responsible.\n\nTom"
    ),
    "Mail\nThis email was scanned for viruses, they said, and still: ransomware on every PC.",
    "Insurance\nThe insurer is not liable for hackers. Hackers have been in our network since 4 am.",
    (
        "Vertrag\nHallo,\nlaut Vertrag haften Sie nicht für Ausfälle. Trotzdem: Ausfall seit 6 Uhr, 40 Leute "
        "warten.\nGruß\nUwe"
    ),
    "Frage\nGuten Morgen,\n\nkeine Haftung, keine Antwort, aber Datenpanne bei uns im Haus.\n\nVG Ute",
    (
        "Question\nBonjour,\n\nvotre prestataire n'est pas responsable, dit-il : violation de données chez "
        "nos clients.\n\nMerci"
    ),
    "Consulta\nBuenas,\n\nel proveedor no se hace responsable de la fuga de datos que tenemos.\n\nSaludos\nAna",
    "Pytanie\nDzień dobry,\nfirma nie odpowiada za awarie, a u nas awaria od rana.\nPozdrawiam",
    "Domanda\nIl fornitore declina ogni responsabilità per la perdita di dati avvenuta stanotte.",
    (
        "Question\nHi,\n\nplease read this message at once.\n\nAny breach must be reported to you, so here it "
        "is: breach of our admin account.\n\nThanks"
    ),
    (
        "Hosting\nHello,\nwe pay for gold support. Your terms say no liability for outages, but an outage of "
        "nine hours is absurd.\nRegards"
    ),
    "Mail gateway\nEvery message is scanned for malware, so why did malware reach 12 laptops?\n\nThanks\nBo",
    "Note\nI was told this email will be treated as confidential: somebody was hurt by your door.",
    (
        "Status\nDear support,\n\nour firm of 90 cannot work.\n\nThe carrier disclaims all responsibility, "
        "the outage goes on.\n\nKind regards\nIda"
    ),
    "DPO\nUnder article 33 a data breach must be reported to the authority; we found ours at noon.",
    "Hinweis\nDiese Mail wurde auf Viren geprüft und hat unseren Server mit Schadsoftware verseucht.",
    (
        "Litige\nBonjour,\n\nvous dites n'assumer aucune responsabilité pour la panne, elle dure depuis six "
        "heures.\n\nCordialement\nLéa"
    ),
    "Reclamo\nIl vostro contratto esclude ogni responsabilità, intanto il server è bloccato e c'è fumo.",
    "Queja\nHola,\nno se hacen responsables y aquí hay un incendio.\nGracias",
    "Skarga\nPiszecie, że nie odpowiadacie za włamania. U nas włamanie do bazy, dane zniknęły.",
    (
        "Klacht\nGoedemorgen,\n\njullie zijn niet aansprakelijk, zegt de brief. Bij ons ligt alles plat en is "
        "er een datalek.\n\nGroet\nPiet"
    ),
]

HARMLESS_MAILS = [
    (
        "Order\nPlease add two seats.\n\nBest regards,\nKim\n\nThe content of this email is confidential. "
        "Acme shall not be liable for any data breach, malware infection or service outage resulting from it."
    ),
    (
        "Seats\nHi,\ntwo more seats please.\nThanks\nKim\nKim Lee | Acme\nThis message was scanned by "
        "Barracuda for malware and phishing."
    ),
    (
        "Termin\nKönnen wir telefonieren?\n\nViele Grüße\nUte\n\nTrotz sorgfältiger Prüfung auf Schadsoftware "
        "übernehmen wir keine Haftung für Datenverlust."
    ),
    (
        "Facture\nMerci de renvoyer la facture.\n\nL'intégrité de ce message n'étant pas assurée sur "
        "Internet, Acme décline toute responsabilité en cas d'intrusion, de fuite de données ou de malware."
    ),
    (
        "Factura\nEnvíen la factura, por favor.\n\nUn saludo\nLuis\n\nAcme no se responsabiliza de la pérdida "
        "de datos ni de malware que pueda contener este mensaje."
    ),
    (
        "Faktura\nProszę o fakturę.\n\nPozdrawiam\nEwa\n\nAcme nie ponosi odpowiedzialności za złośliwe "
        "oprogramowanie, malware ani awarie wynikłe z otwarcia tej wiadomości."
    ),
    (
        "Fattura\nPotete inviarla?\n\nSaluti\nIda\n\nQuesto messaggio è stato controllato da Acme: malware e "
        "ransomware non rilevati."
    ),
    (
        "Logo\nCan we use the logo?\n\nCheers\nMax\n\nEmail is not a secure medium and may carry malware. "
        "Acme cannot be held liable for any intrusion, outage or data loss."
    ),
    (
        "Adresse\nUnsere Adresse ist neu.\n\nBeste Grüße\nLia\n\nDer Absender haftet nicht für Datenverluste, "
        "Viren, Schadsoftware oder Systemausfälle."
    ),
    (
        "Prix\nQuel est le prix ?\n\nBien à vous\nPaul\n\nCet e-mail a été analysé par un antivirus ; aucun "
        "malware ni rançongiciel n'a été détecté."
    ),
    (
        "Precio\n¿Cuánto cuesta?\n\nAtentamente\nEva\n\nNo aceptamos responsabilidad alguna por virus, "
        "malware o interrupción del servicio derivados de este correo."
    ),
    (
        "Prezzo\nQuanto costa?\n\nGrazie\nUgo\n\nNon rispondiamo di eventuali perdita di dati, malware o "
        "violazione dei dati causati da questa e-mail."
    ),
    (
        "Prijs\nWat kost het?\n\nMet vriendelijke groet\nAn\n\nAcme is niet aansprakelijk voor schade door "
        "virussen, malware, storingen of een datalek."
    ),
]


@pytest.mark.parametrize("text", GRAVE)
def test_who_tells_of_something_grave_in_such_words_raises(text: str) -> None:
    mails = ("Question\n{}", "Question\nHello,\n\n{}\n\nKind regards\nJo", "Frage\nGuten Tag,\n{}\nDanke\nJo\n\nAcme")
    assert [mail for mail in mails if floor_of(mail.format(text), SHIPPED) is None] == []


@pytest.mark.parametrize("footer", FOOTERS)
def test_a_footer_below_a_harmless_mail_raises_nothing(footer: str) -> None:
    assert [mail for mail in MAILS if floor_of(mail.format(footer), SHIPPED)] == []


@pytest.mark.parametrize("mail", GRAVE_MAILS)
def test_a_grave_mail_that_speaks_of_liability_or_scanning_raises(mail: str) -> None:
    assert floor_of(mail, SHIPPED) is not None


@pytest.mark.parametrize("mail", HARMLESS_MAILS)
def test_a_harmless_mail_with_its_footer_raises_nothing(mail: str) -> None:
    assert floor_of(mail, SHIPPED) is None


@pytest.mark.parametrize(
    ("footer", "told"),
    [
        ("We are not liable for data loss.", "We are not liable for this data loss."),
        ("We are not liable for data loss.", "There came a data loss that we are not liable for."),
        ("We are not liable for malware.", "We are not liable for a fire in the hall."),
        ("We are not liable for data loss.", "We are not liable for data loss that happened at your site."),
        ("Any data breach must be reported to us.", "A data breach must be reported to us."),
        ("Any data breach must be reported to us.", "We do not know any\nData breach must be reported to us."),
        ("Use of this message may constitute a data breach.", "Such use may constitute a data breach."),
        ("Use of this message may constitute a breach.", "A breach of this message may constitute a problem."),
        (
            "Unless you are the intended recipient, reading this may constitute a data breach.",
            "You are the intended recipient, so it may constitute a data breach.",
        ),
        ("Für die durch Malware entstandenen Schäden keine Haftung.", "Für die Malware von Ihnen keine Haftung."),
    ],
)
def test_below_a_mail_the_matter_of_a_sentence_decides(footer: str, told: str) -> None:
    below = "Question\nWe use the portal for this.\n\nKind regards\n\n{}"
    assert floor_of(below.format(footer), SHIPPED) is None
    assert floor_of(below.format(told), SHIPPED) is not None


def test_a_mail_that_is_nothing_but_a_title_may_speak_of_itself_below() -> None:
    assert floor_of("Rechnung 4711\nDiese E-Mail wurde auf Malware geprüft.", SHIPPED) is None


@pytest.mark.parametrize(
    "unit",
    [
        "no liability for any malware ",
        "this email may constitute the a data breach ",
        "regards a b c\n",
        "hello a b c d e ",
    ],
)
def test_many_phrases_cost_their_length(unit: str) -> None:
    text = (unit * 600_000)[:600_000]
    started = time.process_time()
    floor_of(text, SHIPPED)
    assert time.process_time() - started < 20
