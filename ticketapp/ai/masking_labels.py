"""The words after which people write a secret, in many languages and as names in settings.

Labels begin where the text before allows it and are bounded, so that finding them is linear.
"""

import re

_PASSWORD_LABELS = (
    *("p/w", "pwds?", "pws?", "psw", "pass[ _-]?words?", "p@sswords?", "psswd", "passwrd"),
    *("mots? de passe", "mdp", "contrase[ñn]as?", "claves?", "senhas?", "palavras?[ -]passe"),
    *(
        "parol[ae] d'ordine",
        "has[łl](?:[oa]|em)",
        "adgangskode(?:r|n)?",
        "kodeord(?:et)?",
        "salasanat?",
        "hesl[oa]",
        "jelsz[óo]",
        "parol[ăa]",
    ),
    *("şifre(?:si|m|niz)?", "sifre", "parol[ae]", "парол[ьияе]", "паролем", "κωδικός(?: πρόσβασης)?", "סיסמה"),
    *("كلمة (?:المرور|السر)", "mật khẩu", "รหัสผ่าน", "पासवर्ड", "kata sandi"),
)
# Much else is called so, and pass is a verb.
_KEY_LABELS = (
    *("pass", r"secret[ _-]?(?:access[ _-]?)?keys?", r"client[ _-]?secrets?"),
    *(r"(?:auth|access|refresh)[ _-]?tokens?", "secrets?", "tokens?", r"api[ _-]?keys?", r"access[ _-]?keys?"),
    *(r"private[ _-]?keys?", r"account[ _-]?keys?", "zugangscodes?", r"serial[ _-]?keys?"),
    "(?:api|lizenz|wlan|wi-?fi|netzwerk|zugangs|zugriffs|produkt|geheim)[ -]?schlüssel",
    "cl[ée]f?s? (?:d['\u2019])?(?:api|wi-?fi|wpa|réseau|secr[èe]te|privée|de licence|de produit|accès)",
    *("jetons?(?: d['\u2019]acc[èe]s)?", "llaves? (?:de )?(?:api|acceso|secreta|privada)"),
    "chaves? (?:de |do )?(?:api|acesso|licença|produto|wi-?fi|secreta|privada)",
    "chiav[ei] (?:di )?(?:api|accesso|licenza|wi-?fi|segreta|privata)",
    *("(?:api|licentie|toegangs|wi-?fi|netwerk)[ -]?sleutels?", "klucz (?:api|dostępu|licencyjny|produktu|prywatny)"),
    *(r"(?:wi-?fi|wlan|network|licen[sc]e|product|encryption|signing|master|ssh|recovery)[ _-]keys?",),
)
_PHRASE_LABELS = ("pass[ -]?phrases?", "(?:recovery|seed|mnemonic)[ -]?(?:phrases?|words)")
# Long enough, or odd enough, to be known also at the end of a compound: Datenbankpasswort, rootpw.
_COMPOUND_LABELS = (
    *(
        "passwords?",
        "passwd",
        "passw[oö]rt(?:er)?",
        "kennw[oö]rt(?:er)?",
        "wachtwoord(?:en)?",
        "lösenord(?:et)?",
        "passord(?:et)?",
        "pasword",
    ),
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
        "one[ -]time[ -](?:code|pin|password)s?",
        "verification codes?",
        "security codes?",
        "(?:karten)?prüfnummer",
        "sicherheitscodes?",
    ),
    *(
        "(?:2fa|mfa|totp|sms|login|access|back-?up|recovery)[ _-]?codes?",
        "(?:bestätigungs|freischalt|einmal|wiederherstellungs)[ -]?codes?",
        "(?-i:[imp]?TANs?(?:[ -]?[Cc]odes?|[ -]?[Ll]iste)?)",
    ),
    *(
        "(?:aktivierungs|zugriffs|entsperr|tür)[ -]?codes?",
        "activation codes?",
        "unlock codes?",
        "puks?",
        "superpin",
        "(?:door|gate) codes?",
    ),
    *("geheimzahl", "geheimnummer", "pr[üu]fziffer", "cryptogramme(?: visuel)?", "claves? secretas?"),
    "codes? (?:sms|secret|confidentiel|d['\u2019](?:accès|activation))",
    "codes? de (?:secours|récupération)",
    "códigos? de (?:respaldo|recuperación|recuperação|backup|reserva)",
    "codes? (?:de (?:ma|notre|sa) carte|(?:of|for) my card)",
    "codes? de (?:vérification|sécurité|confirmation|validation)",
    "códigos? de (?:verificación|verificação|segurança|seguridad|acceso|acesso|confirmación|confirmação|activación)",
    *(
        "códigos? (?:de ativação|sms)",
        "codic[ei] di (?:verifica|sicurezza|accesso|attivazione|conferma|backup|recupero|riserva)",
    ),
    *("(?:verificatie|toegangs|activerings|herstel)codes?", "kod (?:weryfikacyjny|dostępu|aktywacyjny|sms)"),
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
# Much is called so: a secret only where a colon and a long value follow.
_LONE_LABELS = ("key", "schlüssel", "cl[ée]f?", "llave", "chave", "chiave", "sleutel", "klucz")
# Written without blanks before them.
_JOINED_LABELS = ("密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호")
# Also behind an underscore, and where a capital begins a word: DB_PASSWORD, dbPass.
_START = r"(?:(?<![^\W_])|(?-i:(?<=[a-z])(?=[A-Z])))"
# What a name goes on with: password1, DB_PASS_PROD, PIN 2.
_REST = r"(?:\d{1,3}|[ ]\d(?=[ \t]{0,3}[:=]))?(?![^\W_])(?:_\w{1,30}|\(\w{1,2}\))?"
# Where it says behind the word which of several it is: senha antiga, mot de passe actuel.
_WHICH = (
    r"(?:[ ](?:actual|atual|attuale|actuel(?:le)?|anterior|antigu?[oa]|nuev[oa]|nov[oa]|nuov[oa]|viej[oa]|velh[oa]"
    r"|vecchi[oa]|nouveau|ancien|provisoire|temporaire|temporal|provisional|provisóri[oa]|temporári[oa]"
    r"|temporane[oa]|provvisori[oa])(?![^\W_]))?"
)

# A label that announces several.
MANY = re.compile(
    r"(?:(?:cl[ée]f?s|jetons|llaves|chaves|chiavi|sleutels|codes|códigos|codici)[ ].*"
    r"|.*(?:words|phrases|wds|pws|secrets|tokens|keys|codes|pins|tans|otps|puks|liste|sleutels|w[oö]rter|woorden"
    r"|mots de passe|contrase[ñn]as|claves|senhas|palavras-passe|has[łl]a|пароли)(?:_\w+)?)",
    re.IGNORECASE,
)


def _any(labels: tuple[str, ...]) -> str:
    return "|".join(labels)


# Groups tell the kind of label: number, phrase (may be several words), key, setting, lone, joined; none: password.
LABEL = re.compile(
    rf"(?:{_START}(?:(?P<number>{_any(_NUMBER_LABELS)})|(?P<phrase>{_any(_PHRASE_LABELS)})|"
    rf"{_any(_PASSWORD_LABELS)}|(?P<key>{_any(_KEY_LABELS)}))"
    rf"|{_any(_COMPOUND_LABELS)}){_REST}{_WHICH}"
    rf"|{_START}(?P<setting>{_any(_SETTING_LABELS)})(?=[\"']?[ \t]?=)"
    rf"|{_START}(?P<lone>{_any(_LONE_LABELS)})(?=[\"']?[ \t]?:)"
    rf"|(?P<joined>{_any(_JOINED_LABELS)})",
    re.IGNORECASE,
)
