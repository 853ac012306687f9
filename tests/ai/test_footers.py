"""Footers of every day raise nothing below a mail, and customers who write alike raise; each footer has one."""

import time

import pytest

from ticketapp.ai.severity import floor_of, read_severity_words, shipped_severity_words

SHIPPED = read_severity_words(shipped_severity_words())
MAILS = (
    "Question\nHello,\n\nwhere do I find the last invoice?\n\nKind regards\nJo\n\n{}",
    "Frage\nHallo,\n\nwo finde ich bitte die letzte Rechnung?\n\nViele Grüße\nHans Meier\n{}",
    "Question\nBonjour,\n\noù est la facture ?\n\nCordialement\nLuc\n\n{}\n\nAcme",
)
TOLD = (
    "Question\nHello,\n\n{}\n\nKind regards\nJo",
    "Frage\nHallo,\n\neine Frage.\n\n{}\n\nGruß\nJo",
    "{}\nPlease call.",
)

PAIRS = [
    ("Für Datenverlust haften wir nicht.", "Für den Datenverlust von gestern haften wir nicht."),
    (
        "Für Schäden, die durch Datenverlust entstehen, wird nicht gehaftet.",
        "Datenverlust, und es wird nicht gehaftet!",
    ),
    (
        "Die Haftung für Datenverlust ist ausgeschlossen.",
        "Die Haftung für Datenverlust liegt bei Ihnen, alles ist weg.",
    ),
    ("Für Datenverlust oder Schadsoftware wird nicht gehaftet.", "Für diesen Datenverlust wird nicht gehaftet?"),
    ("No responsibility is accepted for data loss.", "No responsibility is accepted for our data loss."),
    (
        "L'expéditeur ne peut être tenu responsable d'une perte de données.",
        "Nous avons une perte de données et personne ne peut être tenu responsable.",
    ),
    (
        "Non ci assumiamo responsabilità per perdita di dati.",
        "Abbiamo una perdita di dati e nessuno si assume niente.",
    ),
    ("Acme Ransomware Recovery Services GmbH", "Ransomware at Acme Recovery Services GmbH"),
    ("Winner of the Ransomware Defence Award 2026", "Ransomware defence failed"),
    ("Read our latest blog post: How to survive a data breach", "Read our ticket: we have a data breach"),
    ("Report phishing or a data breach to security@acme.example", "We report phishing and a data breach: call us"),
    ("Notdienst bei Gasgeruch: 0800 111 222", "Der Notdienst kommt nicht bei Gasgeruch: 0800 111 222 ist besetzt"),
    ("Bei Störungen erreichen Sie uns unter 0800 111 222.", "Bei der Störung erreichen wir Sie nicht"),
    (
        "Störungen melden Sie bitte an stoerung@acme.example.",
        "Wir melden eine Störung, bitte Antwort an jo@acme.example",
    ),
    ("Störungsannahme rund um die Uhr: Bei Störungen 0800 1234567", "Störung rund um die Uhr: 0800 1234567 ist tot"),
    ("To report an outage call 0800 123.", "We report an outage: call us"),
    (
        "Please note that we cannot guarantee that this email is free of malware.",
        "We cannot guarantee that our tills are free of malware, they act oddly.",
    ),
    ("We protect companies from ransomware.", "Please protect us from this ransomware on our PCs."),
    # Twenty more of the commonest.
    ("In the event of a gas leak call 0800 111 999.", "We have a gas leak, call 0800 111 999."),
    ("For outages call our hotline: 0800 222 333", "For hours now an outage, your hotline 0800 222 333 is busy"),
    ("24h emergency line for gas leaks and smell of gas: 0800 111 999", "Smell of gas, your emergency line is dead"),
    (
        "The sender shall not be held responsible for data loss or malware.",
        "You shall be held responsible for the data loss of Monday.",
    ),
    (
        "We do not guarantee that attachments to this message are free from malware.",
        "The attachments are not free from malware: malware on 12 PCs.",
    ),
    ("Acme excludes liability for data loss and malware.", "Acme excludes liability and the data loss stays ours."),
    ("Download our free guide: Ransomware in 2027", "Download our log: ransomware on the server"),
    ("Join our webinar: Surviving a data breach", "We cannot join: there is a data breach"),
    ("Acme Data Breach Response Ltd | Leeds", "Data breach at Acme Response Ltd in Leeds"),
    ("Report outages at https://status.acme.example", "Outage reported at https://status.acme.example, nobody came"),
    (
        "Wir übernehmen für Datenverlust keinerlei Haftung.",
        "Wir haben Datenverlust und Sie übernehmen keinerlei Haftung.",
    ),
    (
        "Es kann nicht garantiert werden, dass diese E-Mail frei von Viren und Schadsoftware ist.",
        "Es ist nicht garantiert, dass der Server läuft: Schadsoftware!",
    ),
    (
        "Bei Stromausfall rufen Sie bitte 0800 444 555 an.",
        "Wir sitzen bei Stromausfall da, rufen Sie 0800 444 555 an.",
    ),
    (
        "Um eine Störung zu melden, rufen Sie 0800 333 444 an.",
        "Ich will eine Störung melden, rufen Sie 0800 333 444 an.",
    ),
    ("Unser neuer Blogbeitrag: Was tun bei Datenverlust?", "Unser neuer Server: Datenverlust, was tun?"),
    (
        "La société décline toute responsabilité en cas de perte de données.",
        "La société décline tout et la perte de données est là.",
    ),
    ("En cas de fuite de gaz, appelez le 0800 555 666.", "Fuite de gaz chez nous, appelez le 0800 555 666."),
    (
        "Pour signaler une fuite de gaz, appelez le 0800 555 666.",
        "Je veux signaler une fuite de gaz, appelez le 0800 555 666.",
    ),
    (
        "La empresa no será responsable de pérdida de datos alguna.",
        "La empresa sufre pérdida de datos y nadie es responsable.",
    ),
    (
        "Para informar de una caída del servicio llame al 900 123 456.",
        "Hay una caída del servicio, llame al 900 123 456.",
    ),
    ("Il mittente non risponde di perdita di dati o malware.", "Il server non risponde: perdita di dati."),
    (
        "Per segnalare una fuga di gas chiamate il 800 900 777.",
        "Segnaliamo una fuga di gas, chiamate il 800 900 777.",
    ),
    ("A empresa não será responsável por perda de dados.", "A empresa teve perda de dados, quem será responsável?"),
    ("De afzender is niet verantwoordelijk voor dataverlies.", "De afzender meldt dataverlies en niemand reageert."),
    ("Voor dataverlies zijn wij niet aansprakelijk.", "Wij hebben dataverlies, wie is aansprakelijk?"),
    ("Bij storingen belt u 0800 888 999.", "Bij ons is een storing, belt u 0800 888 999."),
    ("Nadawca nie odpowiada za utratę danych.", "Mamy utratę danych i nikt nie odpowiada."),
    ("W razie awarii prosimy dzwonić: 800 111 333", "Mamy awarię, prosimy dzwonić: 800 111 333"),
]

MORE_FOOTERS = [
    "Wir haften nicht für Schäden durch Datenverlust oder Viren.",
    "Für etwaigen Datenverlust wird keine Haftung übernommen.",
    "Eine Haftung für Datenverlust und Schadsoftware wird, soweit gesetzlich zulässig, ausgeschlossen.",
    "Wir übernehmen keine Haftung für Datenverlust.",
    "Für die Richtigkeit und für Datenverlust übernehmen wir keine Gewähr.",
    "Bei Störungen: 0800 123 456",
    "Störungshotline: 0800 123 456 (bei Stromausfall)",
    "Im Notfall bei Gasgeruch wählen Sie 0800 123 456",
    "Entstörungsdienst Gas bei Gasgeruch Tel. 0800 123 456",
    "Bei Gasgeruch sofort 0800 123 456 anrufen!",
    "24/7 hotline for outages: +49 800 123456",
    "If you smell gas call 0800 111 999.",
    "Report a data breach: security@acme.example",
    "Report an outage: https://status.acme.example",
    "For outages and incidents see https://status.acme.example",
    "Acme Data Breach Experts | London",
    "Ransomware Protection by Acme",
    "Acme Cyber - Your partner against ransomware",
    "Ransomware Recovery & Data Loss Prevention",
    "Liability for data loss is excluded.",
    "Acme shall have no liability for data loss or malware.",
    "The company cannot accept responsibility for any outage or data loss.",
    "No liability is assumed for malware.",
    "New on our blog: 10 tips after a data breach",
    "Watch our webinar on ransomware",
    "Neu im Blog: Datenverlust vermeiden",
    "Notre responsabilité ne saurait être engagée en cas de perte de données.",
    "Nous ne pourrons être tenus responsables en cas de perte de données.",
    "En cas d'odeur de gaz : 0800 47 33 33",
    "Urgence gaz en cas d'odeur de gaz 0800 47 33 33",
    "No aceptamos ninguna responsabilidad por pérdida de datos.",
    "Queda excluida toda responsabilidad por pérdida de datos.",
    "En caso de olor a gas llame al 900 123 456",
    "Pronto intervento in caso di fuga di gas: 800 900 777",
    "Non siamo responsabili per perdita di dati.",
    "Wij aanvaarden geen aansprakelijkheid voor dataverlies.",
    "Bel bij gaslucht 0800 9009",
    "Pogotowie gazowe: w razie zapach gazu 992",
    "Nie ponosimy odpowiedzialności za utratę danych.",
]
TOLD_BELOW = [
    "Bei Störung 4711 erreichen Sie uns unter 0800 123 456, es geht nichts",
    "Your blog post did not help: data breach at our site",
    "Read our latest mail: we have a data breach",
    "Our free guide download brought malware on the PC",
    "Your free webinar link installed ransomware on my PC",
    "Nobody accepts responsibility for the data loss",
    "No responsibility for this data breach lies with us",
    "Ihr Haftungsausschluss hilft nicht: Datenverlust bei 300 Kunden",
    "Der Anbieter ist nicht verantwortlich, sagt er. Datenverlust seit Montag",
    "Der Hoster schreibt, er sei nicht verantwortlich für Datenverlust. Unsere Rechnungen sind weg",
    "Wer ist für Datenverlust verantwortlich, wenn nicht Sie? Alle Daten fehlen",
    "Vous ne pouvez être tenu responsable, mais perte de données totale",
    "No es responsable nadie de esta pérdida de datos",
    "Il fornitore non risponde di questa perdita di dati",
    "Data breach: report to authority within 72h, please advise",
    "Report: outage in Leeds",
    "To report: ransomware on 12 PCs",
    "Gas leak reported to 0800 111 999, nobody came",
    "Ransomware incident response needed",
    "Ransomware, security team informed",
    "Outage services down",
    "Malware on Acme Security Group PCs",
    "Data loss. Recovery services please",
    "In case you missed it: data breach, mail me at jo@acme.example",
    "If you read this: outage, call 0800 123 456",
    "For information: data leak, see https://pastebin.example/x",
    "Contact me for the outage: jo@acme.example",
    "Hotline for outages is down",
    "Emergency number for gas leaks does not answer: 0800 111 999",
    "Wenn Sie das lesen: Stromausfall, rufen Sie 0800 123 an",
    "Um 9 Uhr Stromausfall, Tel 0800 123 456",
    "Für Info: Datenleck, siehe https://x.example",
    "Bel bij ons aan: gaslucht",
    "bij de storing van vandaag bel 0800 123",
    "En cas de besoin : fuite de gaz, appelez le 0800 123 456",
    "Aby zgłosić: awaria, tel 800 123 456",
    "The protection failed and data loss followed",
    "Not a single backup could prevent data loss",
    "The data loss could not be prevented",
    "Our data loss prevention was bypassed by an employee",
    "Our malware detection found malware",
    "The malware detection reports malware on 4 PCs",
    "ransomware protection expired and now files are locked",
    "planned outage overran",
    "planned outage extended without notice, shop dead",
    "geplanter Ausfall, aber nichts geht",
    "wegen der geplanten Störung steht die Produktion",
    "la panne prévue dure depuis deux jours",
    "Ransomware at Acme Services",
    "Ransomware: call 0800 123 456",
    "Data breach - please call 0800 123 456",
    "Outage since 9, report to jo@acme.example please",
    "Outage at our data center, call me at 030 123456",
    "To report: an outage at our site, call me at 030 123456",
    "To report an outage: our line is dead since 9, mail jo@acme.example",
    "For two hours an outage, contact jo@acme.example",
    "In our plant gas leak, call 0800 123 456",
    "For the outage of today please contact jo@acme.example",
    "Please report the data breach of our account to your DPO at dpo@you.example",
    "Emergency! Gas leak: 0800 123 456",
    "Emergency: smell of gas, call 0800 123 456",
    "Hotline unreachable, outage, call 0800 123 456",
    "24 people without power, outage, call 0800 123 456",
    "24 users report an outage, call 0800 123 456",
    "Support needed for an outage, call 0800 123 456",
    "Notruf: Gasgeruch, bitte 0800 123 456 anrufen",
    "Notfall bei Stromausfall, rufen Sie 0800 123 456 an",
    "Bei uns Stromausfall, rufen Sie uns an: 0800 123 456",
    "Bei dem Stromausfall erreichen wir Sie unter 0800 123 456 nicht",
    "Für heute Stromausfall, Tel. 0800 123 456",
    "Störung! Bitte melden: 0800 123 456",
    "Störung bitte melden unter 0800 123 456",
    "Pour info : fuite de gaz au bâtiment 3, appelez le 06 12 34 56 78",
    "Pour nous c'est une fuite de données, contactez jo@acme.example",
    "Para que sepan: fuga de gas en planta, llamen al 900 123 456",
    "Per favore, fuga di gas nel magazzino, chiamate 800 123 456",
    "Voor ons is er een storing, bel 0800 123 456",
    "Data loss protection failed",
    "Ransomware response team needed now",
    "We need ransomware recovery services",
    "Urgent: ransomware recovery",
    "Data breach: forensics needed",
    "No responsibility is accepted by the host; data loss of 3 days",
    "The host excludes liability, yet data loss",
    "Für unseren Datenverlust haften Sie",
    "Wer haftet für Datenverlust bei uns?",
    "We cannot guarantee payment, malware is on the till",
]


@pytest.mark.parametrize("footer", [*(footer for footer, _ in PAIRS), *MORE_FOOTERS])
def test_a_footer_of_every_day_raises_nothing_below_a_mail(footer: str) -> None:
    assert [mail for mail in MAILS if floor_of(mail.format(footer), SHIPPED)] == []


@pytest.mark.parametrize("text", [text for _, text in PAIRS])
def test_a_customer_who_writes_alike_raises(text: str) -> None:
    assert [mail for mail in TOLD if floor_of(mail.format(text), SHIPPED) is None] == []


@pytest.mark.parametrize("text", TOLD_BELOW)
def test_what_is_told_below_a_mail_raises(text: str) -> None:
    assert floor_of(MAILS[0].format(text), SHIPPED) is not None


@pytest.mark.parametrize(
    "unit",
    [
        "report an outage call 0800 ",
        "bei störungen 0800 erreichen sie uns ",
        "die haftung für ",
        "liability for ",
        "report a a, a a, a a and a outage 0800 ",
        "ransomware a b c recovery ",
    ],
)
def test_many_footers_cost_their_length(unit: str) -> None:
    text = ("a\n\n" + unit * 600_000)[:600_000]
    started = time.process_time()
    floor_of(text, SHIPPED)
    assert time.process_time() - started < 20
