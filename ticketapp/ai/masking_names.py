"""Names of programs and places that end in a number and are no password: Windows11, Etage3. Pure."""

import re

_PROGRAMS = (
    r"(?:windows|office|server|iphone|ipad|android|outlook|exchange|firefox|chrome|edge|safari|ios|macos|oauth|saml)"
)
_PLACES = (
    r"(?:room|floor|building|house|hall|door|gate|level|raum|zimmer|etage|stock|haus|gebäude|halle|tür|tor|ebene"
    r"|abteilung|salle|bureau|étage|bâtiment|porte|sala|planta|edificio|puerta|piso|stanza|piano|ufficio|porta"
    r"|kamer|verdieping|gebouw|deur|hal)"
)
PROGRAM = rf"{_PROGRAMS}-?\d{{1,4}}"
# To be matched without regard to case; the whole word.
PROGRAM_OR_PLACE = rf"(?:{PROGRAM}|{_PLACES}-?\d{{1,4}}[a-z]?)(?![\w-])"
# Also names of users, machines and tickets: user42, PC12.
NAME = re.compile(
    rf"(?:{PROGRAM_OR_PLACE}|(?:user|benutzer|nutzer|usuario|utente|account|konto|pc|srv|ticket|case|inc|req)[_-]?\d{{1,9}}"
    r"|(?-i:[A-Z]{1,5}(?:/[A-Z])?-?\d{1,8}))",
    re.IGNORECASE,
)
# Of mail, pages and machines.
ADDRESS = re.compile(r"[^@]+@[\w-]+\.\w.*|(?:https?:|www\.).*|.*\.[a-z]{2,5}", re.IGNORECASE)
