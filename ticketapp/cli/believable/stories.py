"""The demo's stories: what customers ask and how it goes on, read from the TOML files beside this module."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILES = ("stories_en.toml", "stories_other.toml")
SPEAKERS = ("staff", "customer", "note")

# By language: how a mail begins and ends, and how a mail program introduces what it quotes.
GREETINGS = {
    "en": "Hello,", "de": "Guten Tag,", "fr": "Bonjour,", "es": "Hola:", "it": "Buongiorno,", "nl": "Goedemiddag,",
    "pt": "Boa tarde,", "pl": "Dzień dobry,", "sv": "Hej,", "ja": "お世話になっております。",
}  # fmt: skip
CLOSINGS = {
    "en": "Kind regards", "de": "Freundliche Grüße", "fr": "Cordialement", "es": "Un saludo", "it": "Cordiali saluti",
    "nl": "Met vriendelijke groet", "pt": "Cumprimentos", "pl": "Pozdrawiam", "sv": "Vänliga hälsningar",
    "ja": "よろしくお願いいたします。",
}  # fmt: skip
ATTRIBUTIONS = {
    "en": "On {date}, {who} wrote:", "de": "Am {date} schrieb {who}:", "fr": "Le {date}, {who} a écrit :",
    "es": "El {date}, {who} escribió:", "it": "Il giorno {date} {who} ha scritto:", "nl": "Op {date} schreef {who}:",
    "pt": "Em {date}, {who} escreveu:", "pl": "W dniu {date} {who} napisał(a):", "sv": "Den {date} skrev {who}:",
    "ja": "{date} {who}:",
}  # fmt: skip
CUSTOMERS = (
    *(("en", "Grace Murphy", "harbour-cafe"), ("en", "Oliver Taylor", "redbrick-homes")),
    *(("en", "Priya Patel", "eastgate-clinic"), ("en", "Noah Walker", "summit-sports")),
    *(("en", "Fatima Khan", "juniper-books"), ("en", "Ruth Abbott", "orchard-farms")),
    *(("en", "Tariq Haddad", "ironbridge"), ("en", "Hannah Thompson", "fernhill-school")),
    *(("en", "Daniel Okafor", "northline-rail"), ("en", "Wei Tan", "borealis-labs")),
    *(("en", "Emma Larsen", "quayside-marine"), ("en", "Ivan Horvat", "granite-works")),
    *(("en", "Nora Eriksen", "tidewater-energy"), ("en", "Arjun Singh", "delta-freight")),
    *(("en", "Zoë Lambert", "meadow-foods"), ("en", "Victor Popov", "upland-vets")),
    *(("en", "Liam Simon", "kestrel-air"), ("en", "Sara Nielsen", "pinewood-studio")),
    *(("en", "Tomas Novák", "valley-print"), ("en", "Petra Smit", "canal-house")),
    *(("de", "Jonas Becker", "lakeside-hotel"), ("de", "Ursula Krüger", "alder-and-sons")),
    *(("de", "Stefan Maier", "granite-works"), ("de", "Julia Hoffmann", "valley-print")),
    *(("de", "Thomas Weber", "meadow-foods"), ("fr", "Amélie Moreau", "canal-house")),
    *(("fr", "Théo Girard", "pinewood-studio"), ("fr", "Chloé Fontaine", "harbour-cafe")),
    *(("es", "Lucía Torres", "orchard-farms"), ("es", "Diego Ramírez", "delta-freight")),
    *(("es", "Pilar Castillo", "juniper-books"), ("it", "Giulia Ricci", "quayside-marine")),
    *(("it", "Marco Bianchi", "ironbridge"), ("nl", "Femke de Jong", "summit-sports")),
    *(("nl", "Sander Visser", "redbrick-homes"), ("pt", "Inês Pereira", "upland-vets")),
    *(("pt", "João Mendes", "kestrel-air"), ("pl", "Kasia Wójcik", "eastgate-clinic")),
    *(("sv", "Astrid Lindqvist", "borealis-labs"), ("ja", "Yuki Tanaka", "tidewater-energy")),
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said after the first mail; ``speaker`` is one of SPEAKERS."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One customer's concern, with slots to fill, and how it went on."""

    language: str
    category: str
    priority: str
    subject: str
    text: str
    turns: tuple[Turn, ...]
    files: tuple[str, ...]
    has_html: bool


@cache
def stories() -> tuple[Story, ...]:
    """Every story, in the order of the files."""
    folder = Path(__file__).parent
    return tuple(
        _story(entry) for name in FILES for entry in tomllib.loads((folder / name).read_text("utf-8"))["story"]
    )


def _story(entry: dict[str, Any]) -> Story:
    return Story(
        language=entry.get("language", "en"),
        category=entry["category"],
        priority=entry["priority"],
        subject=entry["subject"],
        text=entry["text"],
        turns=tuple(Turn(*turn.split(": ", 1)) for turn in entry["turns"]),
        files=tuple(entry.get("files", ())),
        has_html=entry.get("html", False),
    )
