"""The words after which people write a secret, in many languages and as names in settings.

Labels begin where the text before allows it and are bounded, so that finding them is linear.
"""

import re

_PASSWORD_LABELS = (
    *("p/w", "pwds?", "pws?", "psw", "pass[ _-]?words?"),
    *("mots? de passe", "mdp", "contrase[ñn]as?", "claves?", "senhas?", "palavras?-passe"),
    *("parol[ae] d'ordine", "has[łl][oa]", "adgangskoder?", "salasanat?", "hesl[oa]", "jelsz[óo]", "parol[ăa]"),
    *("şifre(?:si)?", "sifre", "parol[ae]", "парол[ьи]"),
)
# Much else is called so, and pass is a verb.
_KEY_LABELS = (
    *("pass", r"secret[ _-]?(?:access[ _-]?)?keys?", r"client[ _-]?secrets?"),
    *(r"(?:auth|access|refresh)[ _-]?tokens?", "secrets?", "tokens?", r"api[ _-]?keys?", r"access[ _-]?keys?"),
    *(r"private[ _-]?keys?", r"account[ _-]?keys?", "zugangscodes?"),
    *(r"(?:wi-?fi|wlan|network|licen[sc]e|product|encryption|signing|master|ssh|recovery)[ _-]keys?",),
)
# Long enough, or odd enough, to be known also at the end of a compound: Datenbankpasswort, rootpw.
_COMPOUND_LABELS = (
    *("passwords?", "passwd", "passw[oö]rt(?:er)?", "kennw[oö]rt(?:er)?", "wachtwoord(?:en)?", "lösenord", "passord"),
    *("pwd", "pw", r"(?<=user)pass", r"(?<=root)pass", r"(?<=admin)pass", r"(?<=db)pass", r"(?<=ftp)pass"),
    *(r"(?<=smtp)pass", r"(?<=mail)pass", r"(?<=login)pass", r"(?<=ssh)pass", r"(?<=wifi)pass"),
)
_NUMBER_LABELS = (
    "pass[ _-]?codes?",
    *(
        r"pins?(?:[ _-]?(?:codes?|numbers?|nummern?))?",
        r"otps?(?:[ _-]?codes?)?",
        r"cvv2?(?:[ _-]?codes?)?",
        r"cvc2?(?:[ _-]?codes?)?",
        "csc",
    ),
    *(
        "one[ -]time (?:code|pin)s?",
        "verification codes?",
        "security codes?",
        "(?:karten)?prüfnummer",
        "sicherheitscodes?",
    ),
    *(
        "(?:2fa|mfa|totp|sms|login|access|backup|recovery|bestätigungs|freischalt|einmal)[ -]?codes?",
        "(?-i:[imp]?TANs?)",
    ),
    *("code de (?:vérification|sécurité)", "código de (?:verificación|verificação|segurança|seguridad)"),
    *("codice di (?:verifica|sicurezza)", "verificatiecode", "kod weryfikacyjny"),
)
# Names of settings and cookies: a secret only where a value is given to them with an equals sign.
_SETTING_LABELS = (
    *(
        "(?:php|j)?sess(?:ion)?[_-]?id",
        "session",
        "sid",
        "csrf(?:[_-]?token)?",
        "xsrf",
        "jwt",
        "auth",
        "signature",
        "key",
    ),
    "code",
)
# Written without blanks before them.
_JOINED_LABELS = ("密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호")
# Also behind an underscore, and where a capital begins a word: DB_PASSWORD, dbPass.
_START = r"(?:(?<![^\W_])|(?-i:(?<=[a-z])(?=[A-Z])))"
# What a name goes on with: password1, DB_PASS_PROD, PIN 2.
_REST = r"(?:\d{1,3}|[ ]\d(?=[ \t]{0,3}[:=]))?(?![^\W_])(?:_\w{1,30}|\(\w{1,2}\))?"


def _any(labels: tuple[str, ...]) -> str:
    return "|".join(labels)


# Groups tell the kind of label: number, phrase (may be several words), key, setting, joined; none of them: password.
LABEL = re.compile(
    rf"(?:{_START}(?:(?P<number>{_any(_NUMBER_LABELS)})|(?P<phrase>pass[ -]?phrases?)|"
    rf"{_any(_PASSWORD_LABELS)}|(?P<key>{_any(_KEY_LABELS)}))"
    rf"|{_any(_COMPOUND_LABELS)}){_REST}"
    rf"|{_START}(?P<setting>{_any(_SETTING_LABELS)})(?=[\"']?[ \t]?=)"
    rf"|(?P<joined>{_any(_JOINED_LABELS)})",
    re.IGNORECASE,
)
