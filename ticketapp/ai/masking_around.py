"""Passwords told around their word: before it, in brackets behind it, beside a user. Pure and linear.

There a password has a digit or sign among letters, as one in a sentence, and is no name: PC12, Windows11.
"""

import re
from collections.abc import Iterator

from ticketapp.ai import masking_looks as looks
from ticketapp.ai.masking_names import ADDRESS, NAME, PROGRAM_OR_PLACE

Span = tuple[int, int]
_INNER = (
    r"(?:[^\s.,;!?)\"'`\u201c\u201d\u00bb]|[.,;!?)\"'`\u201c\u201d\u00bb]++(?=[^\s.,;!?)\"'`\u201c\u201d\u00bb]))"
)
_OPEN, _CLOSE = r"[\"'`(\u201c\u201e\u00ab]{0,2}", r"[\"'`)\u201c\u201d\u00bb!?]{0,2}"
_SECRET = rf"(?=\S{{0,30}}[\d@#$%^&*!~+])(?P<secret>(?>{_INNER}{{4,60}}))"
_FIRST = rf"(?<!\S){_OPEN}{_SECRET}{_CLOSE}"
_IT = (
    r"(?:pass[ ]?words?|passwort|kennwort|passcode|mots?[ ]de[ ]passe|mdp|contrase[ñn]a|clave|senha|palavra-passe"
    r"|wachtwoord|hasło|lösenord|pw|pwd)(?![^\W_]|-)"
)
_IS = r"(?:is|was|ist|war|lautet|est|[ée]tait|es|era|è|é|to|jest|är|er)"
_MY = (
    r"(?:my|our|mein|unser|mon|notre|mi|nuestra|(?:la[ ])?mia|(?:la[ ])?nostra|(?:a[ ])?minha|mijn|ons|moje|mitt"
    r"|the|a|an|your|his|her|ihr|dein|votre|ton|su|tu|(?:la[ ])?[ts]ua"
    r"|sua|je|jouw|uw|das|ein|le|un|la|una|uma|het|een)[ ](?:[^\W\d_]{1,15}[ ]){0,2}?"
)
# Behind it the sentence ends or goes on, and no noun stands there: my password manager.
_ENDS = (
    r"(?:[ ](?:v[áa]lid[oa]|valide|correct[oae]|corrett[oa]|giust[oa]|buen[oa]|nuev[oa]|antigu[oa]|vecchi[oa]"
    r"|nuov[oa]|actuel|actual|attuale|provisoire|temporal|temporane[oa]|certa|nova))?"
    r"(?=[\"'`\u201d)]?(?:\s{0,3}\Z|[ ]?[.,;:!?)\n\r]|[ ](?:[-\u2013]"
    r"|and|but|for|or|so|since|which|that|it|on|at|in|now|does|should"
    r"|there|und|aber|oder|für|seit|das|mais|et|ou|pour|depuis|qui|pero|y|o|para|desde|ma|e|per|da|che|maar"
    r"|en|of|voor|mas|ale|i|do)(?!\w)))"
)
_NEXT = r"(?:and|with|und|mit|et|avec|y|con|e|en|met|com|i|/|\+)"
_USER = r"[^\s]{1,64}"
_WORDS = r"(?:[ ][^\W\d_]{1,15}){0,3}?"
_SIGN_IN = (
    r"(?<!\w)(?:(?:sign|log)(?:s|ged|ned|ing|ging|ning)?[ -]?(?:in|on|into)"
    r"|meld(?:e|en|et)[ ](?:mich|uns|sich)|anmeld\w{1,3}|einlogg\w{1,3}"
    r"|logge[ ]mich|connect\w{1,4}|inici\w{1,3}[ ]sesión|entr[aoi]\w{0,3}|acced\w{1,3}|acess\w{1,3}"
    r"|inlog\w{0,4}|log[ ]in|aanmeld\w{0,3})"
)
_FIELD = (
    r"(?:into|in|ins|dans|en|nel|nella|no|w)[ ](?:[^\W\d_]{1,12}[ ]){0,3}?(?:"
    rf"(?:champ|case|campo|casella|veld|pole)[ ](?:[^\W\d_]{{1,6}}[ '\u2019]){{0,2}}{_IT}"
    r"|(?:password|passwort|kennwort|wachtwoord)[ -]?(?:field|box|prompt|input|feld|maske|veld))"
)
_PASSWORDS = (
    # Fr3ddy9x is my password
    re.compile(rf"{_FIRST}[ ]{_IS}[ ]{_MY}{_IT}{_ENDS}", re.IGNORECASE),
    # Is Fr3ddy9x a valid password?
    re.compile(rf"(?<!\w)(?:is|ist|est|es|è|é)[ ]{_OPEN}{_SECRET}{_CLOSE}[ ]{_MY}{_IT}{_ENDS}", re.IGNORECASE),
    # Reset it to Fr3ddy9x (my old password)
    re.compile(rf"{_FIRST}[ ]\({_MY}{_IT}[ ]?\)", re.IGNORECASE),
    # I type Fr3ddy9x into the password field
    re.compile(rf"{_FIRST}[ ]{_FIELD}", re.IGNORECASE),
)
_PASSWORDS_OR_NAMES = (
    # I sign in with jo and Fr3ddy9x
    re.compile(
        rf"{_SIGN_IN}{_WORDS}[ ](?:as|with|using|mit|als|avec|comme|con|como|come|met|com)[ ](?P<user>{_USER})"
        rf"[ ]{_NEXT}[ ]{_OPEN}{_SECRET}",
        re.IGNORECASE,
    ),
    # My credentials are jo and Fr3ddy9x
    re.compile(
        r"(?<!\w)(?:credentials|zugangsdaten|logindaten|anmeldedaten|identifiants|credenciales|credenziali|inloggegevens)"
        rf"(?:[ ](?:are|sind|lauten|sont|son|sono|são|zijn)|[ ]?:)[ ](?P<user>{_USER})[ ]{_NEXT}[ ]{_OPEN}{_SECRET}",
        re.IGNORECASE,
    ),
    # jo@example.com / Fr3ddy9x
    re.compile(rf"@(?P<user>[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,4}})[ ]{{1,2}}/[ ]{{1,2}}{_OPEN}{_SECRET}"),
)
_GIVEN = re.compile(
    r"(?<!\w)(?:gave|given|sent|send|got|get|received|use|used|chose|set|have|had|e?-?mailed"
    r"|texted|told|issued|assigned|provided|wrote|printed|written|gedruckt|geschickt|gesendet|gegeben|schickten|bekam|bekommen|erhalten|erhielt|verwende|benutze|envoy\w{1,4}|donn\w{1,4}|reçu|utilis\w{1,4}|envia\w{1,4}|envió|dieron|dio"
    r"|mand\w{1,5}|recib\w{1,3}|uso|inviat\w|dato|data|ricev\w{2,4}|receb\w{1,3}|stuurde\w?|gestuurd|gaf|gaven|kreeg"
    r"|gekregen|ontv\w{4,7}|gebruik|dostał\w{0,3}|otrzyma\w{1,4})(?!\w)",
    re.IGNORECASE,
)
# The password you gave me (Fr3ddy9x)
_IN_BRACKETS = re.compile(
    rf"(?<!\w){_IT}(?P<clause>[^().\d\n]{{2,100}})\([\"'`\u201c\u201e]?{_SECRET}[!?]{{0,2}}[\"'`\u201c\u201d]?\)",
    re.IGNORECASE,
)
# The password came yesterday, it was Fr3ddy9x
_IN_A_CLAUSE_OF_ITS_OWN = re.compile(
    rf"(?<!\w){_IT}[^().\d\n,]{{0,60}},[ ](?:(?:and|und|et|y|e|en)[ ])?"
    rf"(?:(?:it|this|es|das|il|elle|ce|het|dat)[ ]|c['\u2019])?{_IS}[ ]{_OPEN}{_SECRET}",
    re.IGNORECASE,
)
# I changed it from Fr3ddy9x to Fr3ddy9y, both passwords …
_CHANGED = re.compile(
    rf"(?<!\w)chang\w{{1,3}}[ ](?:it|this|them)[ ]from[ ]{_OPEN}{_SECRET}{_CLOSE}[ ]to[ ]{_OPEN}"
    rf"(?P<other>(?>{_INNER}{{4,60}})){_CLOSE}(?=[^.\n]{{0,60}}?(?<!\w){_IT})",
    re.IGNORECASE,
)
# As Google gives them to programs: four groups of four letters.
_OF_AN_APP = re.compile(
    r"(?:app(?:lication)?[ -]?(?:specific[ -])?(?:password|passwort|kennwort|wachtwoord)|senha[ ]de[ ]app\w{0,10}"
    r"|mot[ ]de[ ]passe[ ]d['\u2019]application|contraseña[ ]de[ ](?:la[ ])?aplicación"
    r"|password[ ]per[ ](?:le[ ]|l['\u2019])?app\w{0,10})"
    rf"(?:[^:\n]{{0,40}}:|[^:\n]{{0,40}}?[ ]{_IS})[ ]{{1,2}}{_OPEN}"
    rf"(?P<secret>[a-z]{{4}}(?:[ ][a-z]{{4}}){{3}})(?!\w)",
    re.IGNORECASE,
)
# Router2, srv-web01, ticket#4711: people say so of what they do not type.
_WORD_AND_NUMBER = re.compile(r"\d?[^\W\d_]{2,30}(?:[-_#.][^\W\d_]{2,30}){0,3}[-_#.]?\d{1,4}", re.IGNORECASE)
_PROGRAM = re.compile(PROGRAM_OR_PLACE, re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


def told_around(text: str) -> Iterator[Span]:
    """Where the passwords begin and end that stand before their word, in brackets behind it or beside a user."""
    for pattern in _PASSWORDS:
        yield from (match.span("secret") for match in pattern.finditer(text) if _is_password(match["secret"]))
    for pattern in _PASSWORDS_OR_NAMES:
        yield from (match.span("secret") for match in pattern.finditer(text) if _is_beside_a_user(match))
    for match in _IN_BRACKETS.finditer(text):
        if _GIVEN.search(match["clause"]) and _is_no_name(match["secret"]):
            yield match.span("secret")
    for match in _IN_A_CLAUSE_OF_ITS_OWN.finditer(text):
        if _is_no_name(match["secret"]):
            yield match.span("secret")
    for match in _CHANGED.finditer(text):
        if _is_no_name(match["secret"]) and _is_no_name(match["other"]):
            yield from (match.span("secret"), match.span("other"))
    yield from (
        match.span("secret") for match in _OF_AN_APP.finditer(text) if not looks.is_statement(match["secret"])
    )


def _is_beside_a_user(match: re.Match[str]) -> bool:
    """Two that differ by a number only are names of the same kind, user42 and user43; no program is a user."""
    user, secret = match["user"], match["secret"]
    return (
        _PROGRAM.fullmatch(user) is None and _is_no_name(secret) and _DIGITS.sub("", user) != _DIGITS.sub("", secret)
    )


def _is_no_name(value: str) -> bool:
    return _is_password(value) and not (NAME.fullmatch(value) or _WORD_AND_NUMBER.fullmatch(value))


def _is_password(value: str) -> bool:
    is_named = _PROGRAM.fullmatch(value) or ADDRESS.fullmatch(value)
    return is_named is None and looks.password(value, 0) == len(value)
