# ruff: noqa: E501, RUF001 - wordings of one kind stay on one line, in the letters of their language
"""How signatures, phones, list servers and ticket systems mark what they add to a text, in the languages customers write."""

import re

RULE_LINE = re.compile(r"\s*(?:[_]{3,200}|[-]{3,200}|[=]{3,200}|[*]{3,200}|[—]{1,200})\s*$")
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
)
_REPLY_ABOVE = re.compile(
    r"[^\w\n]{0,40}(?:\w{1,20}[\s:]{1,3}){0,6}?(?:(?:reply|respond|write|type|answer|comment)(?:\s\w{1,12}){0,4}?\s(?:above|over)\s(?:this|the|these)\s"
    r"|(?:above|over)\s(?:this|the)\sline\s(?:to|if)|(?:antwort|schreiben)\w{0,4}\s(?:\w{1,12}\s){0,4}?(?:über|oberhalb)\s(?:von\s)?dies"
    r"|(?:répon|écri)\w{0,6}(?:\s[\w-]{1,14}){0,4}?\sau[\s-]dessus\sde\s(?:cette|la)|(?:respond|responda|escrib)\w{0,4}(?:\s[\w-]{1,14}){0,4}?\s(?:por\sencima|encima|sobre)\s(?:de\s)?(?:esta|la)"
    r"|(?:rispond|scriv)\w{0,4}(?:\s[\w-]{1,14}){0,4}?\s(?:sopra|al\sdi\ssopra)\s|(?:respond|escrev)\w{0,4}(?:\s[\w-]{1,14}){0,4}?\sacima\sd|(?:antwoord|reageer|beantwoord|typ)\w{0,4}(?:\s[\w-]{1,14}){0,5}?\sboven\sdeze"
    r"|(?:svara|skriv|svar)\w{0,4}(?:\s[\w-]{1,14}){0,4}?\s(?:ovanför|ovenfor|over)\sden|odpowi\w{0,6}(?:\s[\w-]{1,14}){0,4}?\spowyżej)",
    re.I,
)  # fmt: skip

_DEVICES = (
    r"(?:i?phon|ipad|ipod|android|samsung|galaxy|blackberry|nokia|huawei|xiaomi|sony|htc|motorola|handy|smartphone|tablet|mobi|м?обил|телефон|t[ée]l[ée]phone|m[óo]vil|celular|telefon|tel[eé]fon"
    r"|telem[óo]vel|puhelim|outlook|yahoo|mail|proton|gmx|web\.de|aol|spark|thunderbird|fairphone|oneplus|pixel|redmi|oppo|vivo|surface|nexus|xperia|yandex|hotmail|apple|mac\b|macbook|verizon|t-mobile|at&t|sprint|wireless"
    r"|boxer|nine\b|orange|k-9|tutanota|windows|zte|lenovo|honor|realme|lumia|palm|treo|device|watch)"
)
_HINTS = (
    "sent ", "get outlook", "gesendet", "verschickt", "geschickt", "versendet", "envoy", "enviad", "inviat", "verstuurd", "verzonden", "wysłan", "wyslan", "skickat", "sendt", "lähetetty",
    "odesláno", "отправлено", "gönderil", "送信", "发自", "發自", "发送", "傳送", "寄出", "보냄", "보냈", "전송", "outlook",
)  # fmt: skip
_MOBILE = tuple(
    re.compile(rf"[\s*_<>|~\[(\-]{{0,4}}(?:{wording})[^\n]{{0,90}}$", re.I)
    for wording in (
        rf"sent\s(?:from|via|with|using|by)\s(?:my\s|[^\n]{{0,60}}?{_DEVICES})|sent on the go|sent while mobile",
        (
            r"get outlook for|holen sie sich outlook|obtenez outlook|télécharger outlook|obtener outlook|obtenga outlook|obter o? ?outlook|baixe o outlook|ottieni outlook|scarica outlook|download outlook|pobierz outlook"
            r"|hämta outlook|hent outlook|få outlook|skaff deg outlook|hanki outlook|získejte? outlook|stáhnout outlook|скачать outlook|outlook для|outlook für (?:ios|android|mac)|outlook voor (?:ios|android)|outlook'u edinin|获取\s?[^\n]{0,20}outlook|取得\s?[^\n]{0,20}outlook|outlook for (?:ios|android) (?:を|다운)"
        ),
        rf"(?:von|mit|aus|diese \w+ wurde von)\s[^\n]{{0,60}}(?:gesendet|verschickt|geschickt|versendet)|(?:gesendet|verschickt|geschickt|versendet)\s(?:von|mit|über|aus|via)\s[^\n]{{0,60}}?{_DEVICES}",
        rf"envoyé[es]?\s(?:de|depuis|à partir|avec|par|via)\s[^\n]{{0,60}}?{_DEVICES}",
        rf"enviad[oa]\s(?:desde|con|do|da|de|a partir|pelo|pela|via|por)\s[^\n]{{0,60}}?{_DEVICES}",
        rf"inviat[oa]\s(?:da|dal|dalla|con|tramite)\s?[^\n]{{0,60}}?{_DEVICES}",
        rf"(?:verstuurd|verzonden)\s(?:vanaf|vanuit|van|met|via)\s[^\n]{{0,60}}?{_DEVICES}",
        rf"wys[łl]an[eoay]\s(?:z|ze|przy|za|przez)\s[^\n]{{0,60}}?{_DEVICES}",
        rf"skickat\s(?:från|med|via)\s[^\n]{{0,60}}?{_DEVICES}|sendt\s(?:fra|med|via)\s[^\n]{{0,60}}?{_DEVICES}",
        rf"lähetetty\s[^\n]{{0,60}}?{_DEVICES}|odesláno\s(?:z|ze|pomocí)\s[^\n]{{0,60}}?{_DEVICES}",
        r"отправлено\s(?:с|из|через|со|от|при помощи)\s",
        rf"[^\n]{{0,50}}?{_DEVICES}[^\n]{{0,20}}gönderil",
        r"[^\n]{1,40}から送信|发自我?的?\s?\S|發自我?的?\s?\S|從我的\s?[^\n]{1,40}(?:傳送|寄出|發送)|从我的\s?[^\n]{1,40}发送",
        r"(?:나의|내)\s[^\n]{1,40}에서\s?(?:보냄|보냈|전송)|[^\n]{1,40}에서\s(?:보냄|보냈)",
    )
)


def is_phone_line(line: str) -> bool:
    """Whether a mail program signs with this line: `Sent from my iPhone` and its like."""
    lowered = line.lower()
    return (
        len(line) < 160
        and any(hint in lowered for hint in _HINTS)
        and any(wording.match(line) for wording in _MOBILE)
    )


def is_reply_marker(line: str) -> bool:
    """Whether a ticket system asks here to answer above this line."""
    lowered = line.lower()
    return len(line) < 300 and any(word in lowered for word in _ABOVE) and bool(_REPLY_ABOVE.match(line))


LIST_FOOTER = re.compile(
    r"\s*(?:you (?:received|are receiving) this (?:message|email|e-mail|mail) because you are (?:subscribed|a member)|to unsubscribe(?: from this group)?[ ,:]|to unsubscribe send |to post to this (?:group|list)"
    r"|for additional commands, e-?mail|for more options, visit|visit this group at|list (?:info|archives?|help|guidelines)\b.{0,40}https?:|unsubscribe:? ?<?(?:https?:|mailto:)|yahoo! groups (?:links|sponsor)|mailing[- ]list(?: - |: )\S+@|to view this discussion (?:on|visit)"
    r"|this (?:e-?mail|message) (?:has been|was) (?:checked|scanned) (?:for viruses )?by|virus-free\. |diese e-mail wurde von avast|l'absence de virus dans ce courrier|este (?:correo|mensaje).{0,40}virus.{0,20}avast)",
    re.I,
)
MAILMAN_NAME = re.compile(
    r"\s*\S{1,60}(?:[\s-]\S{1,40}){0,5}\s(?:mailing list|mailing-?lists?|list)\s*$|\s*\S{1,80}@\S{1,80}\s*$", re.I
)
MAILMAN_LINK = re.compile(
    r"\s*(?:(?:un)?subscribe.{0,40})?(?:https?://\S{0,200}(?:mailman|listinfo|lists?[./]|postorius|list-info)|\S+@\S+\s*$|https?://\S+\s*$)",
    re.I,
)
