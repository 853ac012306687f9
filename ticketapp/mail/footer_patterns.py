# ruff: noqa: E501, RUF001 - wordings of one kind stay on one line, in the letters of their language
"""How signatures, phones, list servers and ticket systems mark what they add to a text, in the languages customers write."""

import re
from functools import cache

RULE_LINE = re.compile(
    r"\s*(?:[_]{2,200}|[-]{3,200}|[=]{3,200}|[*]{3,200}|[#]{3,200}|[—]{1,200}|(?:-=){3,100}-?)\s*$"
)
# What a host of lists puts between its rule and its list's footer.
SERVER_AD = re.compile(r"\s*https?://(?:p\.sf\.net/sfu/|sdm\.link/|ads\.osdn\.com/|pubads\.g\.doubleclick\.net/)")
SIGNATURE = re.compile(r"(?:--|—|–)[ \t\u00a0]*$")
GITHUB_FOOTER = re.compile(r"(?:Reply to this email directly|You are receiving this because|View it on GitHub)", re.I)
_ABOVE = (
    "above",
    "over ",
    "über",
    "oberhalb",
    "dessus",
    "encima",
    "sobre",
    "sopra",
    "acima",
    "boven",
    "ovanför",
    "ovenfor",
    "powyżej",
    "выше",
    "üzerine",
    "üstüne",
    "上に",
    "上方",
    "위에",
    "nad t",
    "yläpuolel",
    "below this",
    "##-",
)
_REPLY_ABOVE = re.compile(
    r"\s{0,4}##-\s?\S[^\n]{5,200}-##\s*$|[^\w\n]{0,40}(?:\w{1,20}[\s:,]{1,3}){0,6}?(?:(?:reply|respond|write|type|answer|comment)(?:\s\w{1,12}){0,4}?\s(?:above|over)\s(?:this|the|these)\s"
    r"|(?:above|over)\s(?:this|the)\sline\s(?:to|if)|text\sabove\sthis\sline\s(?:is|will)|do\snot\s(?:write|edit|type|reply|modify)(?:\s\w{1,12}){0,2}?\sbelow\sthis\sline|(?:antwort|schreiben)\w{0,4}\s(?:\w{1,12}\s){0,4}?(?:über|oberhalb)\s(?:von\s)?dies"
    r"|(?:répon|écri)\w{0,6}(?:\s[\w-]{1,14}){0,4}?\sau[\s-]dessus\sde\s(?:cette|la)|(?:respond|responda|escrib|introdu)\w{0,5}(?:\s[\w-]{1,14}){0,4}?\s(?:por\sencima|encima|sobre)\s(?:de\s)?(?:esta|la)"
    r"|(?:rispond|scriv)\w{0,4}(?:\s[\w-]{1,14}){0,4}?\s(?:sopra|al\sdi\ssopra)\s|(?:respond|escrev|digit)\w{0,4}(?:\s[\w-]{1,14}){0,4}?\sacima\sd|(?:antwoord|reageer|beantwoord|typ)\w{0,4}(?:\s[\w-]{1,14}){0,5}?\sboven\sdeze"
    r"|(?:svara|skriv|svar)\w{0,4}(?:\s[\w-]{1,14}){0,4}?\s(?:ovanför|ovenfor|over)\sden|odpowi\w{0,6}(?:\s[\w-]{1,14}){0,4}?\spowyżej"
    r"|(?:ответ|введите|напишите)\w{0,4}(?:\s\w{1,14}){0,4}?\sвыше\sэт|(?:odpově|napiš|piš)\w{0,4}(?:\s\w{1,14}){0,4}?\snad\st|(?:vastau|vastaa|kirjoita)\w{0,6}(?:\s\w{1,14}){0,4}?\syläpuolel"
    r"|(?:yanıt|cevap|cevab)\w{0,8}(?:\s\w{1,14}){0,3}?\s(?:üzerine|üstüne)\s|[^\n]{0,20}?この(?:行|線|ライン)(?:より|の)上|[^\n]{0,10}?[请請]?在此(?:行|线|線|行文字)?(?:的)?(?:上方|之上|以上)|[^\n]{0,10}?이\s?(?:줄|선|라인)\s?위에)",
    re.I,
)  # fmt: skip

_DEVICES = (
    r"(?:i?phon|ipad|ipod|android|samsung|galaxy|blackberry|nokia|huawei|xiaomi|sony|htc|motorola|handy|cell|smartphone|tablet|mobi|м?обил|телефон|t[ée]l[ée]phone|m[óo]vil|celular|telefon|tel[eé]fon"
    r"|telem[óo]vel|puhelim|outlook|yahoo|mail|proton|gmx|web\.de|aol|spark|thunderbird|fairphone|oneplus|pixel|redmi|oppo|vivo|surface|nexus|xperia|yandex|hotmail|apple|mac\b|macbook|verizon|t-mobile|at&t|sprint|wireless|superhuman|mailspring|shortwave|missive"
    r"|boxer|nine\b|orange|k-9|tutanota|windows|zte|lenovo|honor|realme|lumia|palm|treo|device|watch)"
)
_HINTS = (
    "sent ", "provenance", "gesendet", "verschickt", "geschickt", "versendet", "envoy", "enviad", "inviat", "verstuurd", "verzonden", "wysłan", "wyslan", "skicka", "sendt", "lähetetty",
    "odesláno", "отправлено", "gönderil", "送信", "发自", "發自", "來自", "发送", "傳送", "寄出", "보냄", "보냈", "전송", "outlook", "trimis de", "küldve", "enviat des",
    "get typeapp", "get bluemail", "from m", "寄自", "yahoo mail", "下載", "получить", "poslano s",
)  # fmt: skip
_MAILERS = r"(?:courrier|correo|posta|pošt|poczt|почт|e-post|sähköposti|メール|邮件|郵件|메일|手机|手機|端末|스마트폰|휴대폰)"
_SENDER = rf"(?:{_DEVICES}|{_MAILERS})"
_MOBILE = tuple(
    re.compile(rf"[\s*_<>|~\[(\-]{{0,4}}+(?:{wording})$", re.I)
    for wording in (
        rf"sent\s(?:from|via|with|using|by)\s(?:my\s\S{{1,30}}(?:\s\S{{1,20}}){{0,3}}\W{{0,3}}|[^\n?]{{0,60}}?{_DEVICES}[^\n?]{{0,90}})|sent on the go[^\n]{{0,40}}|from my (?:i-?phone|ipad|android|samsung|galaxy|blackberry|mobile|phone)(?:\s\d\S{{0,6}})?\W{{0,3}}|yahoo mail\s?:(?:\s\w{{3,20}},?){{3}}",
        r"(?:get|holen sie sich|obtenez|obtenir|skaffa|last ned|télécharge[rz]|obtener|obtenga|obter o?|baixe o|ottieni|scarica|download|pobierz|hämta|hent|få|skaff deg|hanki|získejte|získat|stáhnout|скачать|получить|获取|取得|下载|下載)\s?[^\n]{0,20}outlook[^\n]{0,90}",
        r"outlook\s(?:for|für|voor|для|pour|para|per|til|för)\s(?:ios|android|mac)[^\n]{0,60}|outlook(?:'u|’u)? edinin[^\n]{0,40}|outlook for (?:ios|android)[^\n]{0,10}を入手[^\n]{0,60}|(?:ios|android)\s?(?:版|için|용|용으로)?\s?outlook(?:'u|’u)?\s?(?:を入手|edinin|다운로드|받기)[^\n]{0,60}|get (?:typeapp|bluemail) for (?:android|ios)",
        rf"(?:vo[nm]|mit|aus|(?:diese|meine) [\w-]{{1,20}} wurde (?:von|mit))\s[^\n]{{0,60}}?(?:{_SENDER}|unterwegs)[^\n]{{0,40}}(?:gesendet|verschickt|geschickt|versendet)\W{{0,3}}|(?:gesendet|verschickt|geschickt|versendet)\s(?:vo[nm]|mit|über|aus|via)\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}",
        rf"envoyé[es]?\s(?:de|depuis|à partir|avec|par|via)\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}|provenance\s?: courrier[^\n]{{0,40}}",
        rf"enviad[oa]\s(?:desde|con|do|da|de|a partir|pelo|pela|via|por)\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}",
        rf"inviat[oa]\s(?:da|dal|dalla|con|tramite)\s?[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}",
        rf"(?:verstuurd|verzonden)\s(?:vanaf|vanuit|van|met|via)\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}",
        rf"wys[łl]an[eoay]\s(?:z|ze|przy|za|przez)\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}",
        rf"skicka(?:t|des)\s(?:från|med|via)\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}|sendt\s(?:fra|med|via)\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}",
        rf"lähetetty\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}|odesláno\s(?:z|ze|pomocí)\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}",
        rf"отправлено\s(?:с|из|через|со|от|при помощи)\s[^\n]{{0,60}}?{_SENDER}[^\n]{{0,60}}",
        rf"[^\n]{{0,50}}?{_SENDER}[^\n]{{0,30}}gönderil\w{{1,8}}\W{{0,3}}",
        rf"[^\n]{{0,40}}?{_SENDER}[^\n]{{0,20}}から送信(?:されました|しました|しています)?\W{{0,3}}",
        rf"(?:trimis de pe|küldve|enviat des d|poslano s)\s?[^\n]{{0,40}}?{_SENDER}[^\n]{{0,40}}|(?:mobil|mobile)\s(?:gesendet|verschickt)\W{{0,3}}",
        rf"[來寄]自我?的?\s?[^\n]{{0,20}}?{_SENDER}[^\n]{{0,30}}|[发發]自我?[的の]?\s?\S[^\n]{{0,40}}|[从從][^\n]{{0,30}}?{_SENDER}[^\n]{{0,20}}(?:发送|傳送|寄出|發送)\W{{0,3}}",
        rf"[^\n]{{0,40}}?{_SENDER}[^\n]{{0,20}}에서\s?(?:보냄|보냈습니다|전송됨|전송)\W{{0,3}}",
    )
)


_LOOSELY_MOBILE = re.compile(
    r"[\s*_<>|~\[(\-]{0,4}+(?:sent\s(?:from|via|with|using|by)|(?:gesendet|verschickt)\s(?:von|mit|via)|envoyé[es]?\s(?:de|depuis|avec|via)|enviad[oa]\s(?:desde|do|de|con|con|pelo|via)"
    r"|inviat[oa]\s(?:da|dal|con|tramite)|(?:verzonden|verstuurd)\s(?:vanaf|vanuit|van|met|via)|wys[łl]an[eoay]\s(?:z|ze|przez|za)|skickat\s(?:från|med|via)|sendt\s(?:fra|med|via)|odesláno\s(?:z|ze|pomocí)"
    r"|отправлено\s(?:с|из|через))\s[^\n!?;]{2,70}$",
    re.I,
)


def _holds(lowered: str, hints: tuple[str, ...]) -> bool:
    """Whether one of the hints is in the text; in plain ASCII only those that are ASCII are looked for."""
    wanted = _ascii_only(hints) if lowered.isascii() else hints
    return any(hint in lowered for hint in wanted)


@cache
def _ascii_only(hints: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(hint for hint in hints if hint.isascii())


def may_be_phone_line(line: str) -> bool:
    """Whether a mail program nobody knows may sign with this line: where nothing follows it, one does."""
    return len(line) < 120 and bool(_LOOSELY_MOBILE.match(line))


def may_hold_phone_lines(lowered: str) -> bool:
    """Whether a word of such a line is in the lower-case text at all; most texts need no further look."""
    return _holds(lowered, _HINTS)


def is_phone_line(line: str) -> bool:
    """Whether a mail program signs with this line: `Sent from my iPhone` and its like."""
    return len(line) < 160 and may_hold_phone_lines(line.lower()) and any(wording.match(line) for wording in _MOBILE)


def may_hold_reply_marker(lowered: str) -> bool:
    """Whether a word of such a marker is in the lower-case text at all."""
    return _holds(lowered, _ABOVE)


def may_hold_footer(lowered: str) -> bool:
    """Whether a word of a list's or a scanner's footer is in the lower-case text at all."""
    return _holds(lowered, _FOOTER_HINTS)


def is_reply_marker(line: str) -> bool:
    """Whether a ticket system asks here to answer above this line."""
    return len(line) < 300 and may_hold_reply_marker(line.lower()) and bool(_REPLY_ABOVE.match(line))


_FOOTER_HINTS = (
    "subscri", "virus", "mailing", "to post to this", "options, visit", "visit this group", "additional commands",
    "list info", "list archive", "list help", "list guide", "yahoo! groups", "to view this discussion", "scanned", "checked",
)  # fmt: skip
LIST_FOOTER = re.compile(
    r"\s*(?:you (?:received|are receiving) this (?:message|email|e-mail|mail) because you are (?:subscribed|a member)|to unsubscribe(?: from this group)?[ ,:]|to unsubscribe send |to post to this (?:group|list)"
    r"|for additional commands, e-?mail|for more options, visit|visit this group at|list (?:info|archives?|help|guidelines)\b.{0,40}https?:|unsubscribe:? ?<?(?:https?:|mailto:)|yahoo! groups (?:links|sponsor)|groups\.io links:|mailing[- ]list(?: - |: )\S+@|to view this discussion (?:on|visit)"
    r"|this (?:e-?mail|message) (?:has been|was) (?:checked|scanned) (?:for viruses )?by|virus-free\.\s?(?:\S{1,200}\s{1,2}){0,2}\S{0,200}\s*$|diese e-mail wurde von avast|l'absence de virus dans ce courrier|este (?:correo|mensaje).{0,40}virus.{0,20}avast)",
    re.I,
)
MAILMAN_NAME = re.compile(
    r"\s*\S{1,60}(?:\s\S{1,40}){0,5}\s(?:mailing list|mailing-?lists?|list)(?:\s{1,3}-{0,2}\s{0,3}\S{1,80}@\S{1,80})?\s*$|\s*\S{1,80}@\S{1,80}\s*$",
    re.I,
)
MAILMAN_LINK = re.compile(
    r"\s*(?:(?:un)?subscribe.{0,40})?(?:https?://\S{0,200}(?:mailman|listinfo|lists?[./]|postorius|list-info)|\S+@\S+\s*$|https?://\S+\s*$)",
    re.I,
)
