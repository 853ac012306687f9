"""Names of programs and places that end in a number and are no password: Windows11, Etage3. Pure."""

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
