"""What somebody wrote ends at a closing, a signature's mark or a name; where none stands, all of it is their own."""

import time

import pytest

from ticketapp.ai.endings import end_of_own
from ticketapp.ai.folding import folded
from ticketapp.ai.severity import floor_of, read_severity_words, shipped_severity_words

SHIPPED = read_severity_words(shipped_severity_words())
MAIL = "Help\nHello,\n\nthis is Karen from Leeds.\n\nA second paragraph.\n\n{}\n"
FOOTER = "The vendor is not liable for data loss."

CLOSINGS = [
    *(
        "Kind regards",
        "Best,",
        "Thanks!",
        "Thanks in advance",
        "Thanks & regards,",
        "With kind regards,",
        "All the best",
    ),
    *("Regards from Leeds", "BR", "Rgds", "Yours truly,", "Looking forward to hearing from you", "Have a nice day"),
    *("Mit freundlichen Grüßen", "Mit besten Grüßen", "Freundliche Grüsse", "Schöne Grüße", "LG", "VG Ute", "MfG"),
    *("Beste Grüße aus Köln", "Vielen Dank und viele Grüße", "Vielen Dank im Voraus", "Hochachtungsvoll"),
    *(
        "Cordialement",
        "Bien cordialement,",
        "Merci et bonne journée",
        "Bonne journée",
        "Meilleures salutations",
        "Cdt",
    ),
    "Je vous prie d'agréer, Madame, Monsieur, mes salutations distinguées",
    *("Un saludo", "Un cordial saludo", "Muchas gracias de antemano", "Gracias y un saludo", "Atentamente"),
    *("Cordiali saluti", "Cordialmente", "In attesa di riscontro, porgo cordiali saluti", "Buona giornata"),
    *(
        "Met vriendelijke groet",
        "Vriendelijke groet",
        "Mvg",
        "Groetjes Jan van Dijk",
        "Bij voorbaat dank",
        "Fijne dag",
    ),
    *("Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Enviado desde mi iPhone"),
    *("Inviato da iPhone", "Verstuurd vanaf mijn iPhone", "--", "__________"),
]
NO_CLOSINGS = [
    *(
        "Thanks for your help.",
        "Vielen Dank für Ihre Antwort.",
        "Merci pour votre retour",
        "Gracias por su respuesta",
    ),
    *("Best before May", "Danke, es geht nicht", "We sent from Leeds", "Regards the shop.", "karen", "Karen, Leeds"),
    *("All Down Here", "GAS LEAK", "Karen."),
]
# Each in a paragraph of its own below the first, as people write who say first who they are.
TOLD = [
    "For the gas leak in hall 3 please send someone at once, phone 0113 496 0000.",
    "To report an outage in all three shops, call back 0113 496 0000.",
    "Data breach at Leeds, to be reported to the authority by noon: logs to karen@example.com.",
    "Outage IT services / Leeds",
    "Your insurer says it is not liable for data breaches, and 400 patient files are on the net.",
    "Every outage costs 10,000 an hour; this is hour five.",
    "Our officer says any data breach must be reported to you; 400 files were sent to the wrong people.",
    "Bei Gasgeruch in Halle 3 bitte sofort Rückruf unter 0171 2345678.",
    "Jeder Ausfall kostet 10.000 Euro je Stunde, und es ist Stunde fünf.",
    "Pour signaler une panne dans tous nos magasins, appelez le 0612345678.",
    "Para informar de un incendio en el almacén, llamen al 612 345 678.",
    "Per segnalare una fuga di gas in via Roma, chiamate il 333 1234567.",
    "Voor een gaslek in hal 3 graag iemand sturen, bel 0612345678.",
]


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_closing_ends_what_somebody_wrote(closing: str) -> None:
    text = MAIL.format(closing)
    assert end_of_own(folded(text), text) == folded(text).index(folded(closing), 60)


@pytest.mark.parametrize("line", NO_CLOSINGS)
def test_what_only_looks_like_a_closing_or_a_name_does_not(line: str) -> None:
    text = MAIL.format(line)
    assert end_of_own(folded(text), text) == len(folded(text))


@pytest.mark.parametrize("name", ["Karen", "Karen Miller", "Jan van Dijk", "J. O'Brien", "Léa Dupont-Roux"])
def test_a_name_by_itself_ends_what_somebody_wrote_but_not_in_the_first_paragraph(name: str) -> None:
    text = MAIL.format(name)
    assert end_of_own(folded(text), text) == len(folded(text).rstrip())
    first = f"Help\nHello,\n\n{name}\n\nA second paragraph."
    assert end_of_own(folded(first), first) == len(first)


@pytest.mark.parametrize(
    ("below", "own"),
    [
        ("Question\nHello,\n\nPlease call.\n\nBR\n{}", "Question\nHello Ms Miller,\n\n{}"),
        ("Question\nHello,\nThanks Jo Smith\n{}", "Question\nHello,\n\nThank you.\n\n{}"),
        ("Question\nHello,\n\nThanks\nJo\n\n{}", "Question\nHello,\n\nPlease call.\n\n{}"),
        ("Question\n--\n{}", "{}\nPlease call."),
        ("Question\nPlease call. Thanks, Jo\n\n{}", "Question\nPlease call Jo.\n\n{}\n\nThanks, Jo"),
        ("Question\nPlease call.\n\nJo\n\n{}", "Question\nJo\n\n{}"),
    ],
)
def test_below_the_end_a_footer_raises_nothing_and_above_it_does(below: str, own: str) -> None:
    assert floor_of(below.format(FOOTER), SHIPPED) is None
    assert floor_of(own.format(FOOTER), SHIPPED) is not None


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("end", ["", "Karen", "Kind regards\nKaren", "BR Karen", "Sent from my iPhone"])
def test_what_is_told_in_a_second_paragraph_raises_whatever_ends_the_mail(told: str, end: str) -> None:
    assert floor_of(f"Please help\nHello,\n\nthis is Karen from the branch.\n\n{told}\n\n{end}", SHIPPED) is not None


@pytest.mark.parametrize(
    "unit", ["regards a b c\n", "hello a b c d e ", "Karen\n\n", "Jo Jo Jo ", "thanks, thanks, "]
)
def test_many_ends_cost_their_length(unit: str) -> None:
    text = (unit * 600_000)[:600_000]
    started = time.process_time()
    end_of_own(folded(text), text)
    assert time.process_time() - started < 20
