"""How secrets look that need no label behind which they stand: private keys, tokens, passwords in addresses.

Every pattern names the secret's group `secret`, starts where the text before it allows and looks only so far from
there, or takes what it looked at.
"""

import re

from ticketapp.ai.masking_names import PROGRAM_OR_PLACE
from ticketapp.ai.masking_tokens import KNOWN_TOKEN

_LINE_ENDS = r"(?=[\"'`*]{0,3}[ \t]{0,3}(?:[\r\n]|\Z))"
_DATE_OR_SHARE = (
    r"\d{1,4}[./-]\d{1,2}(?:[./-]\d{1,4})?(?!\w)|\d{1,2}:\d{2}|\d{1,2}(?!\S)|\d{1,3}%|\d[\d.,]{0,15}[€$£]"
)
# Punctuation only within.
_INNER = r"(?:[^\s.,;!?)\"'`]|[.,;!?)\"'`]++(?=[^\s.,;!?)\"'`]))"
_LOOKS_SECRET = rf"(?!{_DATE_OR_SHARE})(?:(?=\S{{0,60}}\d)|(?=\w{{1,60}}[!@#$%^&*_+=~]))(?>{_INNER}+)"

_BETWEEN_LETTERS_AND_DIGITS = r"(?=\S{0,60}[^\W\d_])(?=\S{0,60}\d)(?=\S{4})"
# What many a page about passwords speaks of.
_TECHNIQUE = r"(?!sha-?\d|md5|oauth|1password|2fa|wpa\d|base64|aes|v\d|https?:)"
_WORD_FOR_IT = (
    r"(?:password|passwort|kennwort|passcode|pin|mot de passe|mdp|contraseña|clave|senha|palavra-passe|wachtwoord"
    r"|hasło)"
    r"(?![^\W_]|-|[ ](?:manager|hash|hashing|safe|policy|reset|length|generator|replacement|storage|vault|algorithm))"
)
_LOGIN = (
    r"(?=[acdilz])\b(?:log-?[io]n|credentials|zugang|zugangsdaten|logindaten|anmeldedaten|identifiants|accès|credenciales|credenziali|"
    r"acesso|inloggegevens|dane logowania)"
)
_IS_YOUR = (
    r"(?:is your|ist (?:ihr|dein)|lautet (?:ihr|dein)|est (?:votre|ton)|es (?:su|tu)|è il (?:suo|tuo)|é o (?:seu|teu)"
    r"|is (?:uw|je|jouw)|to (?:twój|pański))"
)
_KEY = r"[A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?"

SECRETS = (
    # To its last line, or where that is missing to the end of the text: what is left of a key is still one.
    re.compile(rf"(?P<secret>-{{4,5}} ?BEGIN {_KEY} ?-{{4,5}}.*?(?:-{{4,5}} ?END {_KEY} ?-{{4,5}}|\Z))", re.DOTALL),
    # A JSON Web Token (RFC 7519): three parts, the first of which begins with {" in base64url.
    re.compile(r"(?<![\w-])(?P<secret>eyJ[\w-]{8,}+\.[\w-]{8,}+\.[\w-]*+)", re.ASCII),
    re.compile(r"(?<!\w)(?:bearer|basic):?[ \t]{1,3}(?P<secret>(?=\S{0,200}\d)[\w.~+/=-]{16,}+)", re.IGNORECASE),
    re.compile(r"(?<!\w)authorization:[ \t]{0,3}\w{1,20}[ \t]{1,3}(?P<secret>[\w.~+/=-]{8,}+)", re.IGNORECASE),
    KNOWN_TOKEN,
    # What opens a disk that BitLocker encrypted: eight groups of six digits.
    re.compile(r"(?<![\w-])(?P<secret>\d{6}(?:[-\u2013]\d{6}){7})(?![\w-])", re.ASCII),
    # The password in an address, up to the last @ there: https://user:password@host. A port is none.
    re.compile(r"(?<=://)[^\s:/@]{0,100}:(?!\d{1,5}[/?#])(?P<secret>[^\s\"'`<>]{1,300})(?=@[\w.\[-])"),
    # 493021 is your verification code
    re.compile(
        rf"(?<![\w.,/-])(?:[a-z]{{1,3}}-)?(?P<secret>\d{{4,8}})[ ]{_IS_YOUR}[ ](?:[\w-]{{1,20}}[ ]){{0,3}}"
        r"(?:[\w-]{0,30}code|otp|pin|tan|password|passwort|passcode|c[óo]digo|codice|kod)"
        r"(?![ ](?:postal|client|promo)|\w)",
        re.IGNORECASE,
    ),
    # Login jo / hunter22
    re.compile(
        rf"{_LOGIN}[ \t]{{0,2}}[:=]?[ \t]{{1,2}}[^\s/]{{1,64}} / (?!{PROGRAM_OR_PLACE})"
        rf"(?P<secret>(?:{_LOOKS_SECRET}|[^\W\d_]++{_LINE_ENDS}))",
        re.IGNORECASE,
    ),
    # Login: jo hunter22
    re.compile(
        rf"{_LOGIN}[ \t]{{0,2}}[:=][ \t]{{0,2}}[^\s/]{{1,64}}[ \t]{{1,2}}(?!{PROGRAM_OR_PLACE})(?P<secret>"
        rf"(?=\S{{0,60}}[^\W\d_])(?=\S{{0,60}}\d)(?=\S{{5}})(?!{_DATE_OR_SHARE})(?>{_INNER}+))",
        re.IGNORECASE,
    ),
    # Credentials: jo:hunter22
    re.compile(
        rf"(?=[aci])\b(?:credentials|access data|identifiants|credenciales|credenziali|inloggegevens)[ \t]{{0,2}}[:=]"
        rf"[ \t]{{0,2}}(?!oauth)[^\s/:]{{1,64}}[:/](?!/)(?P<secret>(?:{_LOOKS_SECRET}|[^\W\d_]++{_LINE_ENDS}))",
        re.IGNORECASE,
    ),
    # I entered hunter22 as my password
    re.compile(
        rf"(?<!\S)[\"'`(\u201c\u201e\u00ab]?(?P<secret>{_TECHNIQUE}(?!{_DATE_OR_SHARE}){_BETWEEN_LETTERS_AND_DIGITS}"
        rf"(?>{_INNER}{{4,60}}))[\"'`)\u201c\u201d\u00bb!?]{{0,2}}[ ](?:as|als|comme|como|come|jako)[ ]"
        rf"(?:(?:my|the|a|mein|das|mon|le|mi|la|minha|a|mijn)[ ])?(?:[^\W\d_]{{1,12}}[ ])?{_WORD_FOR_IT}",
        re.IGNORECASE,
    ),
    # I received the code 839201
    re.compile(
        r"(?<!\w)(?:received|entered|enter|typed|recibí|recebi|ricevuto|reçu|digitei)[ ](?:the|this|a|el|o|il|le)[ ]"
        r"(?:sms[ ])?(?:code|código|codice)[ ](?P<secret>\d{4,8})(?![\w/-]|[.,]\d)",
        re.IGNORECASE,
    ),
    # What people copy from a terminal: curl -u jo:hunter22, mysql -uroot -phunter22, root:hunter22@host.
    re.compile(
        r"(?<!\S)(?:-u|--user|--proxy-user)[ =]?[\"']?[^\s:\"'@/]{1,64}:"
        r"(?!\d{1,6}(?!\S))(?P<secret>[^\s\"'/][^\s\"']{0,200}+)"
    ),
    re.compile(
        r"\b(?:mysql|mariadb)(?:dump|admin|import)?[ ](?:[^\s]{1,40}[ ]){0,6}?-p(?P<secret>(?!ort)\w[^\s\"']{1,200}+)"
    ),
    re.compile(r"\bsshpass[ ]-p[ ]?[\"']?(?P<secret>[^\s\"']{2,200}+)"),
    re.compile(
        r"(?<![\w/:@.-])(?:root|admin|administrator|postgres|mysql|oracle|sa|git|deploy|ftp|ubuntu|pi):"
        r"(?P<secret>[^\s@:/\"'<>]{3,100})(?=@[\w\[])"
    ),
    # An address that lets in whoever has it.
    re.compile(
        r"(?<=/)(?=[a-z_-]{0,30}(?:reset|recover|password|passwort|verify|confirm|activat|invit|magic|token))[a-z_-]{1,40}/"
        r"(?:[\w-]{1,20}/){0,2}(?![a-z]{1,20}-[a-z]{1,20}-)(?P<secret>(?=[\w.~=-]{0,100}?\d)[\w.~=-]{16,}+)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<=hooks\.slack\.com/services/)(?P<secret>[\w/]{20,}+)"),
)
