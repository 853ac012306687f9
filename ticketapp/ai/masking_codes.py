"""One-time codes that no word names as such: your code is 829114. Pure and linear.

What is only called a code may be an error's, a door's or an article's. So the number has six to eight digits and
counts nothing, and it is somebody's own, or is said to be entered or used, or no other code is spoken of near it.
"""

import re
from collections.abc import Iterator

Span = tuple[int, int]
SEEN_AROUND = 80
_NUMBER = (
    r"(?:[a-z]{1,2}-)?(?P<secret>\d{3}[ -]\d{3}|\d{6,8})(?![\w/-]|[.,:]\d|[ ]\d"
    r"|[ ](?:errors?|fehler|times|mal|lines?|zeilen|rows?|records?|users?|nutzer|pieces?|stück|bytes?|eur|usd)(?!\w))"
)
_CODE = r"(?:(?:sms|login)[ -]?)?(?:code|codice|c[óo]digo|kod)"
_IS = r"(?:[ ](?:is|was|ist|lautete?|war|est|es|era|é|è|to|luidt)(?:[ ](?:le|now|jetzt))?:?[ ]|[ ]?:[ ]?)"
_OWN = (
    r"(?:your|my|ihr|dein|mein|votre|ton|mon|su|tu|mi|(?:il[ ])?(?:suo|tuo|mio)|seu|teu|meu|uw|je|jouw|mijn|twój|mój)"
)
_USE = (
    r"(?:use|enter|type|gib|geben[ ]sie|verwenden?(?:[ ]sie)?|utilis(?:ez|e)|saisissez|utili[cz][ea]|usa"
    r"|introdu[cz]\w{1,4}|inserisci|gebruik|voer)"
)
_TO_LOG_IN = (
    r"(?:to|for|um|zur|zum|pour|para|per|om|aby)[ ][^.\d\n]{0,40}?"
    r"(?:verif|confirm|authenti|activat|log[ ]?in|sign[ ]?in|bestätig|an(?:zu)?meld|ein(?:zu)?logg"
    r"|connect|accéd|acced|iniciar|entrar|inlog|aanmeld|zalogow|potwierd)"
)
_AS_CODE = r"(?:as|als|como|come|comme)[ ][^.\d\n]{0,30}?(?:code|codice|código)(?!\w)"
_SMS = r"(?:sms|text[ ]message|whatsapp|authenticator)(?!\w)"
_GIVEN = (
    r"(?:received|got|sent|reçu|envoyé|recib|lleg|envia|arriv|ricev|mandat|bekam|bekommen|erhalten|geschickt|kreeg"
    r"|gekregen|ontvang|stuurde)"
)
_CLAUSE = r"(?:,?[ ][^\W\d_]{1,15}(?:['\u2019][^\W\d_]{1,15})?){1,6}?,?"
_OF_A_PERSON = (
    # The code from the SMS was 829114; SMS with the code 829114; the code 829114 by SMS
    re.compile(rf"(?<!\w){_CODE}(?=[^.!?\n\d]{{1,60}}?(?<!\w){_SMS}){_CLAUSE}{_IS}{_NUMBER}", re.IGNORECASE),
    re.compile(
        rf"(?<!\w){_SMS}(?:[ ](?:with|contain(?:s|ing)|says|enthält|contient|contiene|bevat|mit|avec|con|met|com|the"
        rf"|this|a|den|dem|der|le|un|el|il|o|de|een)){{0,3}}[ ]{_CODE}:?[ ]{_NUMBER}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w){_CODE}[ ]{_NUMBER}(?=[ ](?:[^\W\d_]{{1,12}}[ ])?(?:by|per|por|via|par|from|in|aus|im|uit|na|z)[ ]"
        rf"(?:[^\W\d_]{{1,6}}[ ])?{_SMS})",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!\w)authenticator(?:-app)?(?:[ ][^\W\d_]{1,12}){0,2}?"
        r"[ ](?:shows?|says?|gives?|displays?|zeigt|sagt|affiche|donne|indique|muestra|dice|mostra|toont|geeft)"
        rf"[ ](?:(?:me|mir|the|den|le|el|il|de)[ ]){{0,2}}(?:{_CODE}[ ])?{_NUMBER}",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![\w.,/-])(?<!\d )(?P<secret>\d{3}[ -]\d{3}|\d{6,8})[ ](?:is|ist|est|es|è|é|to)"
        r"[ ](?:my|mein|mon|mi|il[ ]mio|o[ ]meu|mijn|mój)[ ](?:(?:sms|login|access|verification|security)[ -]?)?"
        r"(?:code|codice|c[óo]digo|kod)(?!\w|[ ](?:postal|client|promo))",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<!\w){_OWN}[ ]{_CODE}{_IS}{_NUMBER}", re.IGNORECASE),
    re.compile(rf"(?<!\w){_USE}[ ]{_NUMBER}(?=,?[ ](?:{_TO_LOG_IN}|{_AS_CODE}))", re.IGNORECASE),
    re.compile(rf"(?<!\w)(?:2fa|mfa|totp){_IS}{_NUMBER}", re.IGNORECASE),
    # Articles, too, are called MFA.
    re.compile(rf"(?<!\w){_OWN}[ ](?:2fa|mfa|totp)[ ]{_NUMBER}", re.IGNORECASE),
)
_OF_ANYTHING = (
    # The code that I got is 829114
    re.compile(rf"(?<!\w){_CODE}(?=[^.!?\n\d]{{1,60}}?(?<!\w){_GIVEN}){_CLAUSE}{_IS}{_NUMBER}", re.IGNORECASE),
    re.compile(rf"(?<!\w)(?:the|der|le|el|il|o|de)[ ]{_CODE}{_IS}{_NUMBER}", re.IGNORECASE),
    re.compile(rf"(?<!\w)(?:enter|type)[ ](?:(?:the|this)[ ])?code:?[ ]{_NUMBER}", re.IGNORECASE),
)
_OTHER_CODE = re.compile(
    r"err(?:or|eur)|fehler|fout|błąd|crash|absturz|status|exception|stop|http|door|gate|tür(?!\w)|(?<!\w)porte?(?!\w)"
    r"|puerta|order(?!\w)|bestell|commande|pedido|ordine|article|artikel|artículo|product|produ[kc]t|prodotto|invoice"
    r"|rechnung|factur|fattura|postal|postleit|(?<!\w)(?:zip|plz|cap)(?!\w)|coupon|voucher|parcel|paket|colis|paquete|pacco|pakket|gutschein|promo|discount|rabatt",
    re.IGNORECASE,
)

# Your code is 20260101 in the voucher list: what it is of, said behind it, unless it is to open that.
_OF_ANOTHER_THING = re.compile(
    r"[ ,]{0,2}(?:\(|(?:in|im|on|as|als|for|für|bei|sur|dans|en|para|nel|su|per|op|voor)[ ])"
    rf"(?![^.!?\n]{{0,40}}(?:portal|login|log[ -]?in))(?!{_TO_LOG_IN})[^.!?\n]{{0,40}}?"
    r"(?:voucher|vale(?!\w)|bon(?!\w)|gutschein|kortings|catalog|catálogo|katalog|kundennummer|kundennr"
    r"|customer[ ](?:no|number|list)|num[ée]ro[ ](?:de[ ])?client|(?:el|del|al)[ ]cliente|numero[ ]cliente"
    r"|klantnummer|artic|artikel|artícul|invoice|rechnung|factur|fattura)",
    re.IGNORECASE,
)


def told_as_codes(text: str) -> Iterator[Span]:
    """Where numbers stand that are announced as the code somebody was sent."""
    for pattern in (*_OF_A_PERSON, *_OF_ANYTHING):
        for match in pattern.finditer(text):
            is_another = pattern in _OF_ANYTHING and _other_code_near(text, match)
            if not is_another and not _OF_ANOTHER_THING.match(text, match.end()):
                yield match.span("secret")


def _other_code_near(text: str, match: re.Match[str]) -> bool:
    around = max(0, match.start() - SEEN_AROUND), match.end() + SEEN_AROUND
    return _OTHER_CODE.search(text, *around) is not None
