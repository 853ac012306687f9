"""How secrets look that need no label: private keys, tokens of known shapes, passwords in addresses.

Every pattern names the secret's group `secret`, starts where the text before it allows and looks only so far from
there, or takes what it looked at.
"""

import re

_LINE_ENDS = r"(?=[\"'`*]{0,3}[ \t]{0,3}(?:[\r\n]|\Z))"
_DATE_OR_SHARE = (
    r"\d{1,4}[./-]\d{1,2}(?:[./-]\d{1,4})?(?!\w)|\d{1,2}:\d{2}|\d{1,2}(?!\S)|\d{1,3}%|\d[\d.,]{0,15}[€$£]"
)
# Punctuation only within.
_INNER = r"(?:[^\s.,;!?)\"'`]|[.,;!?)\"'`]++(?=[^\s.,;!?)\"'`]))"
_LOOKS_SECRET = rf"(?!{_DATE_OR_SHARE})(?:(?=\S{{0,60}}\d)|(?=\w{{1,60}}[!@#$%^&*_+=~]))(?>{_INNER}+)"

_LOGIN = (
    r"(?=[acdilz])\b(?:log-?[io]n|credentials|zugang|zugangsdaten|anmeldedaten|identifiants|accès|credenciales|credenziali|"
    r"acesso|inloggegevens|dane logowania)"
)
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
    r"hf_[A-Za-z0-9]{20,}+",
    r"tkt_[\w-]{16,}+",
)
_KEY = r"[A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?"

SECRETS = (
    # To its last line, or where that is missing to the end of the text: what is left of a key is still one.
    re.compile(rf"(?P<secret>-{{4,5}} ?BEGIN {_KEY} ?-{{4,5}}.*?(?:-{{4,5}} ?END {_KEY} ?-{{4,5}}|\Z))", re.DOTALL),
    # A JSON Web Token (RFC 7519): three parts, the first of which begins with {" in base64url.
    re.compile(r"(?<![\w-])(?P<secret>eyJ[\w-]{8,}+\.[\w-]{8,}+\.[\w-]*+)", re.ASCII),
    re.compile(r"(?<!\w)(?:bearer|basic):?[ \t]{1,3}(?P<secret>(?=\S{0,200}\d)[\w.~+/=-]{16,}+)", re.IGNORECASE),
    re.compile(r"(?<!\w)authorization:[ \t]{0,3}\w{1,20}[ \t]{1,3}(?P<secret>[\w.~+/=-]{8,}+)", re.IGNORECASE),
    re.compile(rf"(?<![\w-])(?P<secret>{'|'.join(_KNOWN_TOKENS)})(?![\w-])", re.ASCII),
    # The password in an address, up to the last @ there: https://user:password@host. A port is none.
    re.compile(r"(?<=://)[^\s:/@]{0,100}:(?!\d{1,5}[/?#])(?P<secret>[^\s\"'`<>]{1,300})(?=@[\w.\[-])"),
    re.compile(
        r"(?<![\w.,/-])(?P<secret>\d{4,8}) is your (?:[\w-]{1,20} ){0,3}(?:code|otp|pin|password|passcode)\b",
        re.IGNORECASE,
    ),
    # Login jo / hunter22
    re.compile(
        rf"{_LOGIN}[ \t]{{0,2}}[:=]?[ \t]{{1,2}}[^\s/]{{1,64}} / "
        rf"(?P<secret>(?:{_LOOKS_SECRET}|[^\W\d_]++{_LINE_ENDS}))",
        re.IGNORECASE,
    ),
    # Login: jo hunter22
    re.compile(
        rf"{_LOGIN}[ \t]{{0,2}}[:=][ \t]{{0,2}}[^\s/]{{1,64}}[ \t]{{1,2}}(?P<secret>"
        rf"(?=\S{{0,60}}[^\W\d_])(?=\S{{0,60}}\d)(?=\S{{5}})(?!{_DATE_OR_SHARE})(?>{_INNER}+))",
        re.IGNORECASE,
    ),
)
