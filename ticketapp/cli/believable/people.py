"""People who do not exist: names from many countries, addresses under domains that can never receive mail."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count, product

from ticketapp.cli.believable.words import words

FIRST = words("""
Amélie Anna Arjun Astrid Aylin Ben Björn Carla Chloé Daniel Diego Ebru Elena Emma Erik Fatima Femke Filip Finn
Giulia Grace Hannah Hiro Ines Ivan Jana João Jonas Julia Kasia Kenji Klara Lars Laura Léa Liam Lucía Luca Magda
Maja Marco Maria Mehmet Mia Miguel Milan Nadia Nils Noah Nora Olga Oliver Paula Pavel Petra Pilar Priya Rafael
Rosa Ruth Sander Sara Sofia Stefan Sven Tariq Tereza Théo Thomas Tomás Ursula Vera Victor Wei Yuki Zoë
""")
LAST = words("""
Abbott Andersson Bakker Becker Bianchi Björk Brandt Castillo Costa Dąbrowska Demir Dubois Eriksen Ferrari Fischer
Fontaine García Girard Haddad Hansen Hoffmann Horvat Ito Jansen Johansson Kaya Keller Khan Kowalski Krüger Lambert
Larsen Lindqvist López Maier Marchetti Mendes Meyer Moreau Murphy Nakamura Nielsen Novák Okafor Olsen Patel Pereira
Popov Ramírez Ricci Rossi Sato Schmidt Silva Simon Singh Smit Sørensen Svoboda Tanaka Taylor Thompson Torres Urban
Van-Dijk Vargas Visser Vogel Wagner Walker Weber Wójcik Yilmaz Zieliński
""")
FIRMS = words("""
alder-and-sons borealis-labs canal-house delta-freight eastgate-clinic fernhill-school granite-works harbour-cafe
ironbridge juniper-books kestrel-air lakeside-hotel meadow-foods northline-rail orchard-farms pinewood-studio
quayside-marine redbrick-homes summit-sports tidewater-energy upland-vets valley-print westmoor-council yarrow-health
""")
LETTERS = str.maketrans("øł", "ol")
ENDINGS = ("example", "example.com", "example.net", "example.org")


def people() -> Iterator[tuple[str, str]]:
    """Names and addresses without end, in the same order each time; no address comes twice."""
    # Steps that share no factor with the lists' lengths, so that neighbours differ in all three parts.
    pairs = list(product(FIRST, LAST))
    for number in count():
        first, last = pairs[number * 1009 % len(pairs)]
        firm = FIRMS[number * 7 % len(FIRMS)]
        ending = ENDINGS[number // len(FIRMS) % len(ENDINGS)]
        turn = number // len(pairs)
        yield f"{first} {last}", f"{plain(first)}.{plain(last)}{turn or ''}@{firm}.{ending}"


def plain(name: str) -> str:
    """A name as it stands in an address: lower-case letters without marks."""
    letters = name.lower().translate(LETTERS)
    return re.sub(r"[^a-z-]", "", unicodedata.normalize("NFKD", letters))
