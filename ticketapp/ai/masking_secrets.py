"""How secrets look: private keys, tokens of known shapes, and what follows a word such as "password:".

Every pattern names the secret's group `secret`, starts where the text before it allows and is bounded from there.
"""

import re

_LABELS = (
    *("password", "passwd", "passphrase", "passcode", "pwd", "pass", "pin", "cvv", "cvc", "otp", "secret", "token"),
    *(r"api[ _-]?key", r"access[ _-]?key", r"secret[ _-]?key", r"client[ _-]?secret", r"auth[ _-]?token"),
    *("passwort", "kennwort", "zugangscode", "mot de passe", "mdp", "contraseña", "clave", "senha", "palavra-passe"),
    *("parola d'ordine", "wachtwoord", "hasło", "lösenord", "adgangskode", "passord", "salasana", "heslo", "jelszó"),
    *("parolă", "şifre", "parola", "пароль"),
)
# Written without blanks before them.
_JOINED_LABELS = ("密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호")
_SAID = r"[\"'*]{0,2}[ \t]{0,3}[:=\uff1a\uff1d][ \t]{0,3}[\"'`*]{0,2}(?P<secret>[^\s\"'`]{3,200})"
_KNOWN_TOKENS = (
    r"AKIA[0-9A-Z]{16}",
    r"AIza[\w-]{35}",
    r"(?:sk|pk|rk)[-_][\w-]{20,200}",
    r"gh[pousr]_\w{30,255}",
    r"github_pat_\w{30,255}",
    r"glpat-[\w-]{20,200}",
    r"xox[abeprs]-[\w-]{10,250}",
    r"ya29\.[\w-]{20,500}",
    r"SG\.[\w-]{16,64}\.[\w-]{16,64}",
    r"npm_\w{36}",
    r"tkt_[\w-]{16,200}",
)

SECRETS = (
    # To its end, or where that is missing to the next dash: what is left of a key is still one.
    re.compile(
        r"(?P<secret>-----BEGIN [A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?-----[^-]*"
        r"(?:-----END [A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?-----)?)"
    ),
    # A JSON Web Token (RFC 7519): three parts, the first of which begins with {" in base64url.
    re.compile(r"(?<![\w-])(?P<secret>eyJ[\w-]{8,}+\.[\w-]{8,}+\.[\w-]*+)", re.ASCII),
    re.compile(r"(?<!\w)(?:bearer|basic)[ \t]{1,3}(?P<secret>(?=\S{0,200}\d)[\w.~+/=-]{16,4096})", re.IGNORECASE),
    re.compile(rf"(?<![\w-])(?P<secret>{'|'.join(_KNOWN_TOKENS)})(?![\w-])", re.ASCII),
    # The password in an address: https://user:password@host.
    re.compile(r"(?<=://)[^\s:/@]{1,100}:(?P<secret>[^\s/@]{1,200})(?=@)"),
    re.compile(rf"\b(?:{'|'.join(_LABELS)})(?:[ \t](?:is|ist|est|es|è|é|jest))?{_SAID}", re.IGNORECASE),
    re.compile(rf"(?:{'|'.join(_JOINED_LABELS)})(?:は|是|는|은)?{_SAID}"),
)
