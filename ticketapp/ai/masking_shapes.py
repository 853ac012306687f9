"""How card numbers, IBANs, mail addresses and phone numbers are written, and the check digits that tell them apart.

The text is plain. Every pattern starts at a place that the text before it allows and is bounded from there, so that
each is linear.
"""

import re

SHORTEST_CARD = 14  # Visa's old numbers of 13 digits look like the bar codes of groceries
SHORTEST_CARD_BEHIND_A_PLUS = 16  # a phone number has 15 digits at most (ITU-T E.164)
_GAPS = " \n./_,|*()-"
_GAP = f"[{_GAPS}]{{0,4}}"
# Digits behind a dot and up to three digits are a fraction: a computer writes no more than seventeen of both.
_NO_FRACTION = "".join(rf"(?<!(?<![\d.]){before}\.)" for before in (r"\d", r"\d\d", r"\d\d\d"))
# Behind a digit and a comma is the next cell of a row, unless it is the next of a row of short numbers.
_NO_ROW_OF_SHORT_NUMBERS = r"(?:(?<!\d[.,])|(?=\d{1,6}[^\d.,]|\d{13}))"
# The start is a card scheme's. Looking ahead lets a number begin inside digits that turn out to be none.
CARD = re.compile(
    rf"(?<!\d){_NO_FRACTION}{_NO_ROW_OF_SHORT_NUMBERS}(?=(?P<card>(?:"
    rf"(?:[2-6]\d{{3}}|9792){_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{1,4}}(?:{_GAP}\d{{1,3}})?"
    rf"|3\d{{3}}{_GAP}\d{{6}}{_GAP}\d{{4,5}}|[2-6]\d{{5}}[ -]\d{{6}}[ -]?\d{{4}}|[2-6]\d{{13,18}}"
    # In pairs or one by one, the same between all of them.
    r"|[2-6]\d(?P<pair>[ .-])\d\d(?:(?P=pair)\d\d){5,7}(?![ .-]\d)"
    r"|[2-6](?P<one>[ .-])\d(?:(?P=one)\d){12,17}(?![ .-]\d)))(?!\d))",
    re.ASCII,
)
# The date that stands behind a card's number, with the security code behind that.
_CODE_BEHIND_DATE = re.compile(
    r"[ ]{0,2}[,;/|-]?\s?(?:exp(?:iry|ires|\.)?:?[ ])?(?:0?[1-9]|1[0-2])[ ]?[/.-][ ]?(?:20)?[2-4]\d"
    r"[ ]{0,2}[,;/|-]?\s?\d{3,4}(?![\w/:-]|[.,]\d)",
    re.ASCII | re.IGNORECASE,
)
# Also as people hide it from machines: jo(at)example.com, jo [at] example [dot] com.
EMAIL = re.compile(
    r"(?<![\w.+%'-])[\w.+%'-]{1,64}(?:@|[ ]?[(\[{](?:at|ät|@)[)\]}][ ]?)"
    r"[\w-]{1,63}(?:(?:\.|[ ]?[(\[{](?:dot|punkt|punto|point)[)\]}][ ]?)[\w-]{1,63}){1,8}",
    re.IGNORECASE,
)
GAPS_OF_IBANS = " -./\n"
IBAN_START = re.compile(
    "(?:(?<![A-Za-z0-9])|(?<=IBAN)|(?<=Iban))(?P<country>[A-Za-z]{2}|[A-Z]{2} (?=[0-9]{2}[ -]{0,2}[A-Z0-9]{4}))"
    "[0-9]{2}(?=[ ./\n-]{0,2}[A-Za-z0-9])"
)

_BREAK = "[ ./-]"
_LABEL = (
    r"(?:tel|tél|tlf|telephone|phone|fone|fon|mobile|mobil|móvil|movil|mobiel|handy|gsm|cell|cellulare|celular"
    r"|fax|telefon|telefoon|téléphone|teléfono|telefono|telefone|whatsapp)"
)
_IS = r"(?:[ \t]{0,3}[:=]|[ ](?:is|ist|lautet|est|es|è|é)(?:[ ](?:the|die|el|le|il|o))?(?=[ ]))?[ \t]{0,3}"
_NO_DATE = r"(?!(?:19|20)\d\d-\d\d-\d\d(?!\d))"
_AREA = r"\(?0[1-9]\d{0,4}\)?[ ][/-][ ]"
_AREA_IN_BRACKETS = r"[(\[]0[1-9](?:[ ]?\d){1,4}[)\]][ ]?(?:[/-][ ])?"
# What begins as numbers with an area's code do may have blanks around each bracket, stroke and dash.
_BEGINS_WITH_AREA = rf"(?=\+\d|0|\(0\)|[(\[]\d(?:[ ]?\d){{1,5}}[)\]][ ]?+{_NO_DATE})"
_WIDE_BREAK = r"(?:[ ./-]?[()\]]?[ ./-]?|[()\]]?[ ][/\u2013-][ ])"
# What asks for a call, or says whose number it is. A date is parted by dots.
_CALL = (
    r"(?:(?:call|ring|text|reach)[ ](?:(?:me|us|him|her|back)[ ])?(?:on|at)|(?:rückruf|erreichbar|anrufen)[ ]unter"
    r"|appele\w{1,2}(?:-moi|-nous)?[ ](?:au|le)|joignable[ ]au|ll[áa]m\w{1,6}[ ]al|chiama\w{0,5}[ ](?:al|il|lo)"
    r"|bel(?:[ ](?:me|ons))?[ ](?:op|naar)|bereikbaar[ ]op|lig\w{1,4}[ ]para"
    r"|(?:my|mein[e]?|mon|mi|il[ ]mio|o[ ]meu|mijn)[ ](?:number|nummer|numéro|número|numero)[ ](?:is|ist|est|es|è|é))"
)
PHONES = (
    # With the country's code: +49 30 1234567, 0049 (0)30 1234567.
    re.compile(rf"(?<![\w+])(?P<phone>\+\d(?:{_BREAK}?[()]?{_BREAK}?\d){{6,14}}\)?)(?!\d)", re.ASCII),
    re.compile(
        rf"(?<![\w+])(?<!\d )(?P<phone>00[1-9]\d{{0,2}}(?:{_BREAK}\(?0?\)?){_BREAK}?\d(?:{_BREAK}?\d){{5,12}})(?!\d)"
    ),
    # As it is written in North America: (555) 010-1234, 555-010-1234, 1-800-555-0199.
    re.compile(
        r"(?<![\w+.-])(?P<phone>(?:1[ .-])?\(\d{3}\) ?\d{3}[ .-]\d{4}|(?:1[ .-])?\d{3}([ .-])\d{3}\2\d{4})(?![\w-])",
        re.ASCII,
    ),
    # In Brazil: (11) 91234-5678; in one piece with the area's code: 01701234567.
    re.compile(r"(?<![\w+.-])(?P<phone>\(\d{2}\) ?\d{4,5}[ -]?\d{4})(?![\w-])", re.ASCII),
    re.compile(r"(?<![\w+./#-])(?<!\d )(?P<phone>0[1-9]\d{8,9})(?![\w/-]|\.\d| \d)", re.ASCII),
    # And with the country's: 0031612345678. A parcel's number is longer.
    re.compile(r"(?<![\w+./#-])(?<!\d )(?P<phone>00(?:1\d{10}|[2-9]\d{9,12}))(?![\w/-]|\.\d| \d)", re.ASCII),
    # A mobile number of Spain, Portugal or Poland, unless it counts something: 600 123 456.
    re.compile(
        r"(?<![\w+./#-])(?<!\d[ ,])(?P<phone>(?:[67]\d\d|9[1236]\d) \d{3} \d{3})"
        r"(?![\w/-]|[.,]\d| \d| ?(?:[€$£%]|eur|usd|gbp|pln|zł|kr|rows|bytes|units|pieces|users|records|requests))",
        re.ASCII | re.IGNORECASE,
    ),
    # With the area's code: 030 1234567, 0171/1234567; in pairs: 06 12 34 56 78.
    re.compile(
        r"(?<![\w+./-])(?<!\d )(?=(?:\D{0,2}\d){8})"
        r"(?P<phone>\(?0[1-9]\d{0,4}\)?[ /-]\d{3,8}(?:[ -]?\d{2,4}){0,3})(?![\w/-])",
        re.ASCII,
    ),
    re.compile(r"(?<![\w+./-])(?<!\d )(?P<phone>0[1-9]([ .])\d{2}(?:\2\d{2}){3})(?![\w/-])", re.ASCII),
    # And in pairs: (0911) 12 34 56, 0221/98 76 54.
    re.compile(
        rf"(?<![\w+./-])(?<!\d )(?P<phone>(?:{_AREA_IN_BRACKETS}|0[1-9]\d{{1,3}}[ ]?/[ ]?)"
        r"\d\d(?:[ ]\d\d){2,3}(?:-\d{1,3})?)(?![\w/-]|[ ]\d)",
        re.ASCII,
    ),
    # Said to be one: Tel. 4711 0815, Fon 030 / 123 45 67.
    re.compile(
        rf"(?<!\w){_LABEL}\.?(?: ?(?:no|nr|number|nummer)\.?)?{_IS}"
        rf"(?P<phone>{_NO_DATE}(?:{_BEGINS_WITH_AREA}[+(\[]?\d(?:{_WIDE_BREAK}\d){{6,14}}"
        rf"|[+(]?\d(?:{_BREAK}?[()]?\d){{5,14}}))(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<!\w)[TMF][:.][ ]?(?P<phone>(?:{_AREA}|{_AREA_IN_BRACKETS})\d(?:{_BREAK}?\d){{5,9}})(?!\d)"),
    re.compile(
        rf"(?<!\w){_CALL}[ ](?:the[ ]|el[ ]|le[ ]|il[ ])?(?P<phone>{_NO_DATE}\d(?:[ -]?\d){{8,11}})(?![\w-])",
        re.IGNORECASE,
    ),
)

_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 "
    "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 "
    "LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 "
    "QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
_LENGTH_OF = {entry[:2]: int(entry[2:]) for entry in _LENGTHS.split()}
_LONG = range(16, 20)
# By the first four digits, from and to, and how many there are.
_SCHEMES = (
    *((4000, 4999, (16, 19)), (5100, 5599, (16,)), (2221, 2720, (16,))),  # Visa, Mastercard
    *((3400, 3499, (15,)), (3700, 3799, (15,))),  # American Express
    *((3000, 3059, range(14, 20)), (3600, 3699, range(14, 20)), (3800, 3999, range(14, 20))),  # Diners
    *((3528, 3589, _LONG), (6200, 6299, _LONG), (6440, 6599, _LONG)),  # JCB, UnionPay, Discover
    *((5000, 5099, range(14, 20)), (5600, 5899, range(14, 20)), (6300, 6399, range(14, 20))),  # Maestro
    *((6700, 6799, _LONG), (2200, 2204, _LONG)),  # Maestro and Bancontact, Mir
    *((6000, 6099, (16,)), (9792, 9792, (16,))),  # RuPay, Hipercard and Discover, Troy
)
_DOUBLED = str.maketrans("0123456789", "0246813579")
_FOUR_LINES = re.compile(r"\d{4}(?:[ ]?\n[ ]?\d{4}){3}")
_NUMBER_BEFORE = re.compile(r"\d[ ]?\n[ ]?\Z")
_NUMBER_BEHIND = re.compile(r"[ ]?\n[ ]?\d")
_NOT_DIGITS = re.compile(r"\D+", re.ASCII)


def length_of_iban(country: str) -> int:
    """How many letters and digits an IBAN of this country has (ISO 13616 registry); 0 where there are none."""
    return _LENGTH_OF.get(country, 0)


def passes_mod_97(text: str) -> bool:
    """Whether the check digits of this IBAN are right (ISO/IEC 7064, MOD 97-10) and half of it are digits, so that no
    sentence is one; what parts its groups is skipped."""
    plain = "".join(character for character in text.upper() if character.isalnum())
    digits = "".join(str(int(character, 36)) for character in plain[4:] + plain[:4])
    return int(digits) % 97 == 1 and 2 * sum(map(str.isdigit, plain)) >= len(plain)


def is_in_a_list(text: str, start: int, end: int) -> bool:
    """Whether what is written from ``start`` to ``end`` on several lines is part of a longer column of numbers."""
    has_lines = text.count("\n", start, end) > 1
    before, behind = text[max(0, start - 4) : start], text[end : end + 4]
    return has_lines and bool(_NUMBER_BEFORE.search(before) or _NUMBER_BEHIND.match(behind))


def length_of_card(text: str) -> int:
    """How much of the beginning of ``text``, digits in groups, is the number of a payment card; 0: nothing.

    It begins as a scheme's do and its last digit is Luhn's (ISO/IEC 7812). Groups behind it may be something else.
    One line may end within it, or one behind each group; a longer column of numbers is none.
    """
    while True:
        digits = _NOT_DIGITS.sub("", text)
        if len(digits) < SHORTEST_CARD:
            return 0
        if _is_on_few_lines(text) and _is_of_a_scheme(digits) and _passes_luhn(digits):
            return len(text)
        text = text[: max(map(text.rfind, _GAPS))].rstrip(_GAPS) if not text.isdigit() else ""


def end_with_code(text: str, end: int) -> int:
    """Where a card that ends at ``end`` ends together with its date and security code; ``end`` where it has none."""
    behind = _CODE_BEHIND_DATE.match(text, end)
    return behind.end() if behind else end


def _is_on_few_lines(text: str) -> bool:
    return text.count("\n") <= 1 or _FOUR_LINES.fullmatch(text) is not None


def _passes_luhn(digits: str) -> bool:
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


def _is_of_a_scheme(digits: str) -> bool:
    first, length = int(digits[:4]), len(digits)
    return any(low <= first <= high and length in lengths for low, high, lengths in _SCHEMES)
