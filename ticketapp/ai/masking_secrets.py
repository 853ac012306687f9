"""How secrets look: private keys, tokens of known shapes, and what follows a word such as "password:".

Every pattern names the secret's group `secret`, starts where the text before it allows and looks only so far from
there, or takes what it looked at.
"""

import re

_LABELS = (
    *("pass[ -]?phrase", "pass[ -]?code", "pwd", "pw", "psw", "pass", "secret", "token", r"auth[ _-]?token"),
    *(r"api[ _-]?key", r"access[ _-]?key", r"secret[ _-]?(?:access[ _-]?)?key", r"client[ _-]?secret"),
    *(r"private[ _-]?key", r"account[ _-]?key", "zugangscode", "mot de passe", "mdp", "contraseña", "clave", "senha"),
    *("palavra-passe", "parola d'ordine", "hasło", "adgangskode", "salasana", "heslo", "jelszó", "parolă", "şifre"),
    *("parola", "пароль"),
)
# Long enough to be known also at the end of a compound: Datenbankpasswort.
_COMPOUND_LABELS = ("password", "passwd", "passwort", "kennwort", "wachtwoord", "lösenord", "passord")
_NUMBER_LABELS = (
    *("pin(?:[ -]?code)?", r"otp(?:[ -]?code)?", "cvv2?(?:[ -]code)?", "cvc2?(?:[ -]code)?", "csc"),
    *("one[ -]time (?:code|pin)", "verification code", "security code", "prüfnummer", "sicherheitscode"),
)
# Written without blanks before them.
_JOINED_LABELS = ("密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호")
# Also behind an underscore, and where a capital begins a word: DB_PASSWORD, dbPass.
_START = r"(?:\b|(?<=_)|(?-i:(?<=[a-z])(?=[A-Z])))"
_PLAIN_LABELS = (*_LABELS, *_NUMBER_LABELS)
_FIRST = "".join(sorted({label[0] for label in (*_PLAIN_LABELS, *_COMPOUND_LABELS)}))
_IS = r"(?:is|was|ist|war|lautet|est|es|è|é|jest|to)(?:[ \t](?:now|jetzt))?"

# One word; a quotation mark ends it unless a letter follows, as in can't.
_WORD = r"[^\s\"'`]++(?:['`](?=\w)[^\s\"'`]*+)*+"
_PLAIN_WORD = r"[^\W\d_]++"
_MORE = r"(?:(?<![,;.!?\]])[ \t]{1,2}(?:[^\W\d_][^\s\d,;:=\"'`]{0,30}+(?![^\s,;\"'`])|\d{1,4}[!#$*?+](?!\S))){0,5}+"
_LINE_ENDS = r"(?=[\"'`*]{0,3}[ \t]{0,3}(?:[\r\n]|\Z))"
# A pass phrase, where the line holds no more or where its first word is plain; else one word.
_VALUE = rf"(?:{_WORD}{_MORE}{_LINE_ENDS}|{_PLAIN_WORD}(?!\S){_MORE}|{_WORD})"
# On the line below: alone there, or of letters and digits; not the next field's label.
_BELOW = (
    r"[ \t]{0,3}\r?\n[ \t]{0,3}(?P<secret>(?!\S{0,200}:(?:\s|\Z))"
    rf"(?:[^\s\"'`]++{_LINE_ENDS}|(?=\S{{0,60}}[^\W\d_])(?=\S{{0,60}}\d)[^\s\"'`]++))"
)
_COLON = r"[\"'*]{0,2}[ \t]{0,3}[:=\uff1a\uff1d]"
_SAID = rf"{_COLON}[ \t]{{0,3}}[\"'`*]{{0,2}}(?P<secret>{_VALUE})"

# What people say of a password without telling it.
_NOT_TOLD = (
    "not|no|now|too|still|wrong|right|correct|incorrect|invalid|valid|expired?|expiring|forgotten|lost|gone|missing|"
    "required|needed|necessary|empty|blank|unknown|known|weak|strong|secure|insecure|secret|changed|reset|locked|"
    "blocked|rejected|refused|denied|accepted|broken|leaked|stolen|compromised|safe|fine|ok|okay|new|old|different|"
    "the|same|this|that|there|here|it|revoked|disabled|working|used|public|visible|"
    "nicht|falsch|richtig|korrekt|ungültig|gültig|abgelaufen|vergessen|verloren|weg|leer|nötig|notwendig|unbekannt|"
    "bekannt|schwach|sicher|unsicher|geheim|geändert|gesperrt|abgelehnt|neu|alt|gestohlen|erforderlich|"
    "pas|faux|invalide|expiré|oublié|perdu|bloqué|refusé|requis|nécessaire|"
    "incorrecta|incorrecto|correcta|inválida|inválido|caducada|caducado|olvidada|necesaria|errónea|"
    "sbagliata|errata|corretta|scaduta|scaduto|bloccata|necessaria|persa|"
    "incorreta|incorreto|errada|expirada|expirado|bloqueada|bloqueado|perdida|"
    "onjuist|verkeerd|fout|juist|verlopen|vergeten|kwijt|ongeldig|geblokkeerd|nodig|"
    "błędne|nieprawidłowe|złe|poprawne|nieważne|zablokowane|wymagane|problem"
)
_DATE_OR_SHARE = (
    r"\d{1,4}[./-]\d{1,2}(?:[./-]\d{1,4})?(?!\w)|\d{1,2}:\d{2}|\d{1,2}(?!\S)|\d{1,3}%|\d[\d.,]{0,15}[€$£]"
)
# Punctuation only within.
_INNER = r"(?:[^\s.,;!?)\"'`]|[.,;!?)\"'`]++(?=[^\s.,;!?)\"'`]))"
_LOOKS_SECRET = rf"(?!{_DATE_OR_SHARE})(?:(?=\S{{0,60}}\d)|(?=\w{{1,60}}[!@#$%^&*_+=~])){_INNER}++"
_CLAUSE_ENDS = r"(?=[.,;!?)\"'`*]{0,3}(?:\s{0,3}\Z|[ \t]{0,3}[\r\n]|(?<=[.,;!?)\"'`*])\s))"
# The word that ends a sentence: my password is swordfish.
_LAST_WORD = rf"(?!(?:{_NOT_TOLD})\b)[^\W\d_]++{_CLAUSE_ENDS}"
_LEADS_TO = rf"[ \t]{{1,2}}(?:{_IS}|[-\u2013\u2014>\u2192]{{1,2}})[ \t]{{1,2}}"
_TOLD = rf"{_LEADS_TO}[\"'`*]{{0,2}}(?P<secret>{_LOOKS_SECRET}|{_LAST_WORD})"

_KNOWN_TOKENS = (
    r"A(?:KI|SI)A[0-9A-Z]{16}",
    r"AIza[\w-]{35}",
    r"(?:sk|pk|rk)[-_][\w-]{20,}+",
    r"whsec_[\w+/=-]{16,}+",
    r"gh[pousr]_\w{30,}+",
    r"github_pat_\w{30,}+",
    r"glpat-[\w-]{20,}+",
    r"xox[abeprs]-[\w-]{10,}+",
    r"ya29\.[\w-]{20,}+",
    r"SG\.[\w-]{16,64}\.[\w-]{16,}+",
    r"npm_\w{36}",
    r"tkt_[\w-]{16,}+",
)
_KEY = r"[A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?"

SECRETS = (
    # To its last line, or where that is missing to the end of the text: what is left of a key is still one.
    re.compile(rf"(?P<secret>-{{4,5}} ?BEGIN {_KEY} ?-{{4,5}}.*?(?:-{{4,5}} ?END {_KEY} ?-{{4,5}}|\Z))", re.DOTALL),
    # A JSON Web Token (RFC 7519): three parts, the first of which begins with {" in base64url.
    re.compile(r"(?<![\w-])(?P<secret>eyJ[\w-]{8,}+\.[\w-]{8,}+\.[\w-]*+)", re.ASCII),
    re.compile(r"(?<!\w)(?:bearer|basic)[ \t]{1,3}(?P<secret>(?=\S{0,200}\d)[\w.~+/=-]{16,}+)", re.IGNORECASE),
    re.compile(rf"(?<![\w-])(?P<secret>{'|'.join(_KNOWN_TOKENS)})(?![\w-])", re.ASCII),
    # The password in an address, up to the last @ there: https://user:password@host. A port is none.
    re.compile(r"(?<=://)[^\s:/@]{0,100}:(?!\d{1,5}[/?#])(?P<secret>[^\s\"'`<>]{1,300})(?=@[\w.\[-])"),
    re.compile(
        r"(?<![\w.,/-])(?P<secret>\d{4,8}) is your (?:[\w-]{1,20} ){0,3}(?:code|otp|pin|password|passcode)\b",
        re.IGNORECASE,
    ),
    # Login jo / hunter22
    re.compile(
        r"(?=[acdilz])\b(?:log-?[io]n|credentials|zugang|zugangsdaten|anmeldedaten|identifiants|accès|credenciales|credenziali|"
        r"acesso|inloggegevens|dane logowania)[ \t]{0,2}[:=]?[ \t]{1,2}[^\s/]{1,64} / "
        rf"(?P<secret>(?:{_LOOKS_SECRET}|[^\W\d_]++{_LINE_ENDS}))",
        re.IGNORECASE,
    ),
)
# A word that a secret may follow, and what follows it then: the first of these that goes on where the word ends.
LABEL = re.compile(
    rf"(?=[{_FIRST}])(?:{_START}(?:(?P<number>{'|'.join(_NUMBER_LABELS)})|{'|'.join(_LABELS)})"
    rf"|{'|'.join(_COMPOUND_LABELS)})(?![^\W_])|(?P<joined>{'|'.join(_JOINED_LABELS)})",
    re.IGNORECASE,
)
AFTER_LABEL = (
    re.compile(rf"(?:[ \t]{_IS})?{_SAID}", re.IGNORECASE),
    re.compile(rf"(?:[ \t]{_IS})?{_COLON}{_BELOW}", re.IGNORECASE),
    re.compile(_TOLD, re.IGNORECASE),
)
AFTER_NUMBER_LABEL = (*AFTER_LABEL, re.compile(r"[ \t]{1,2}(?P<secret>\d{3,8})(?![\w/-])(?![.,]\d)"))
AFTER_JOINED_LABEL = (
    re.compile(rf"(?:は|是|为|為|는|은)?{_SAID}"),
    re.compile(r"(?:は|是|为|為|는|은)[ \t]{0,2}(?P<secret>(?=\S{0,60}\d)[!-~]{4,}+)"),
)
