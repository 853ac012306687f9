"""How the word after a label has to look to be a secret: each look says where the secret ends, None where it is none.

A secret has digits, signs or capitals within, or is one plain word by itself; a clause of plain words is none. A look
reads 200 characters at most, and further only where it takes what it reads.
"""

import re
from collections.abc import Callable
from functools import cache

from ticketapp.ai.languages import sections, small_words

Look = Callable[[str, int], int | None]
LEAST_KEY, LEAST_NUMBER, LEAST_STRONG, LEAST_PASSWORD = 12, 4, 5, 4
MANY_SMALL_WORDS = 4  # of twelve: a sentence
SEEN = 200  # so much of a word decides how it looks
# A word with signs within; those behind it are not part of it.
_WORD = re.compile(
    r"(?>(?:[^\s\"'`\u201c\u201d\u00bb.,;:)\]}<>]"
    r"|[\"'`\u201c\u201d\u00bb.,;:)\]}<>]++(?=[^\s\"'`\u201c\u201d\u00bb.,;:!?)\]}<>]))+)"
)
_PLAIN = re.compile(r"[^\W\d_]{1,40}(?:['\u2019][^\W\d_]{1,10})?(?![^\s.,;:!?)\]}\"'`*])!{0,3}")
_LETTERS = re.compile(r"[^\W\d_]{1,40}")
_PHRASE = re.compile(r"[^\W\d_]{2,20}(?:[ \t]{1,2}[^\W\d_]{2,20}){1,7}(?=[.!]{0,2}[ \t]{0,3}(?:[\r\n]|\Z))")
# The words that open a wallet: twelve of three to eight letters, or up to twice as many.
_TWELVE_WORDS = re.compile(r"[a-z]{3,8}(?:[ \t,]{1,2}[a-z]{3,8}){11,23}(?=[.!]?(?:\s|\Z))", re.IGNORECASE)
_AND_YEAR = re.compile(r"[^\W\d_]{2,30}[ \t]\d{1,4}[!#$*?+]{1,3}(?!\S)")
_ENDS = re.compile(r"[\"'`*.,;!?)\]}]{0,4}(?:\s{0,3}\Z|[ \t]{0,3}[\r\n<]|(?<=[.,;!?)\"'`*])\s)")
_GOES_ON = re.compile(
    r"[ \t]{1,2}(?:(?:and|but|or|und|aber|oder|et|mais|ou|y|pero|o|e|ma|mas|en|maar|i|ale)[ \t]|[^\W\d_]{1,20}[:=])",
    re.IGNORECASE,
)
_DATE_OR_SHARE = re.compile(
    r"(?:\d{1,4}[./-]\d{1,2}(?:[./-]\d{1,4})?|\d{1,2}:\d{2}|\d{1,2}|\d[\d.,]{0,3}%|\d[\d.,]{0,15}[€$£]|"
    r"[€$£]\d[\d.,]{0,15})(?![\w#$&*+=@!])"
)
_TECHNICAL = re.compile(
    r"(?:sha-?\d{1,3}|md5|oauth-?\d|o?auth2\.0|base64|utf-?\d{1,2}|http/?\d?|tls\w{0,2}(?:\.\d)?|iso-?\d{3,5}|i18n|"
    r"office365|microsoft365|m365|ipv\d|wpa\d|[2m]fa|aes-?\d{3}|rsa-?\d{4}|pbkdf2|argon2\w{0,2}|"
    r"v?\d{1,3}(?:\.\d{1,4}){1,4}|v\d{1,3}|"
    r"\d{1,6}(?:st|nd|rd|th|x|k|m|h|d|s|min|ms|sec|gb|mb|kb|px|am|pm|uhr|mal|fach|chars?|days?|hours?|[eè]me|-\w{3,20}(?!-\w))"
    r")(?!\w)|\[",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"[ \t](?:errors?|fehler|erreurs?|errores|errori|users?|people|persons?|customers?|nutzer|benutzer|kunden|leute|"
    r"clients?|clientes|requests?|times|mal|fois|veces|volte|vezes|keer|days?|tage|digits?|stellen|stellig|characters?|"
    r"zeichen|months?|hours?|minutes?|stunden|minuten|pieces?|stück|failures?|attempts?|logins?)(?!\w)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{3,4}[ -]\d{3,4}(?![\w-])|\d{3,8}(?![\w/-])(?![.,]\d)|\d\d \d\d(?: \d\d)?(?!\w| \d)")
_NO_CODE = re.compile(r"(?:\d{1,6}00|20[0-4]\d|[45]0\d)[ \t][^\W\d_]")
_BARE_NUMBER = re.compile(r"\d{5,12}(?=[.,;!?)]{0,2}[ \t]{0,3}(?:[\r\n]|\Z))")
_QUOTED = re.compile(r"[^\s\"'`\u201c\u201d\u00bb]{3,60}(?=[\"'`\u201c\u201d\u00bb])")
_SAYS = re.compile(
    r".{2,}(?:ed|ing|able|ible|less|bar|iert|ée?s?|[aiu]d[oa]s?|[aiu]t[oa]s?|cie|[nt][eya])!{0,3}", re.IGNORECASE
)
# A word like these says something of a secret: expired, abgelaufen, bloccato, inválida.
_SIGN_WITHIN = re.compile(r"\w{1,60}(?:[@#$%^&*_+=~]|!+\w)")
_CAPITAL_WITHIN = re.compile(r"[a-zß-ÿ][A-Z]")
_SIGN_AMONG_LETTERS = re.compile(r"[^\W_]{1,60}[@$#%^~!&+*]{1,3}(?!in(?:nen)?(?!\w))\w")
_ADDRESS = re.compile(r"[^\s@]{1,64}@[\w-]{1,63}\.\w")
_SHORT_NAME = re.compile(r"(?:win|php|usb|ios|h26|ie1|0x)\d|\d{1,3}[^\W\d_]{1,3}(?!\w)|\W", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"(?!\d{0,9}000(?!\d))\d{5,12}(?![\w/-])(?![.,:]\d)")
_KEPT_SECRET = frozenset({"secret", "geheim", "secreta", "segreta"})
_LONG_KEY = re.compile(r"(?=(?:[^\s\d]{0,40}\d){4})[A-Za-z0-9+/=-]{20,}+(?![\w.])")
# As programs are sold: ABCDE-FGHIJ-KLMNO.
_KEY_IN_GROUPS = re.compile(
    rf"(?:{'|'.join(rf'[A-Z]{{{n}}}(?:-[A-Z]{{{n}}}){{2,15}}' for n in range(4, 9))})(?![\w-])"
)
_NEXT_PARAMETER = re.compile(r"&\w{1,30}=")
_LINE_END = re.compile(r"[\"'`*.,!?]{0,3}[ \t]{0,3}(?:[\r\n]|\Z)")


def _word(text: str, at: int) -> str:
    """The word at ``at``, or as much of it as decides how it looks; empty: none is there."""
    found = _WORD.match(text, at, at + SEEN)
    return found[0] if found else ""


def _whole(text: str, at: int) -> int:
    """Where the word at ``at`` ends. Only asked where the word is taken, as it may be as long as the text."""
    found = _WORD.match(text, at)
    return found.end() if found else at


def any_word(text: str, at: int) -> int | None:
    """One word after an equals sign, whatever it is; in an address up to the next parameter."""
    word = _word(text, at)
    if not word or word[0] == "[" or _says(word):
        return None
    value = _up_to_parameter(word)
    return at + len(value) if len(value) < len(word) else _whole(text, at)


def key(text: str, at: int) -> int | None:
    """A name such as ``key=`` may mean anything: only a long word with digits is a secret."""
    value = _up_to_parameter(_word(text, at))
    is_key = len(value) >= LEAST_KEY and any(map(str.isdigit, value))
    return any_word(text, at) if is_key else None


def _up_to_parameter(word: str) -> str:
    following = _NEXT_PARAMETER.search(word)
    return word[: following.start()] if following else word


def long_key(text: str, at: int) -> int | None:
    """Behind the mere word key and a colon: 20 letters and digits or more, four digits at least."""
    found = _LONG_KEY.match(text, at)
    return found.end() if found else None


def ascii_word(text: str, at: int) -> int | None:
    """One word of letters, digits and signs of ASCII, where the text around is of another script."""
    return any_word(text, at) if text[at : at + 1].isascii() else None


def after_colon(text: str, at: int) -> int | None:
    """A word that looks like a secret, one plain word by itself, or a row of them that says nothing."""
    for look in (medium, _word_and_year, _plain_word, _long_phrase):
        if (end := look(text, at)) is not None:
            return end
    return None


def no_amount(text: str, at: int) -> int | None:
    """As after a colon, where a number alone says how many there are: tokens: 4000."""
    return None if _word(text, at).isdigit() else after_colon(text, at)


def after_is(text: str, at: int) -> int | None:
    """A word that looks like a secret, or one plain word by itself that says nothing of it."""
    end = medium(text, at)
    if end is not None:
        return end
    end = _plain_word(text, at)
    return None if end is None or says_of(text[at:end]) else end


def says_of(word: str) -> bool:
    """Whether a word behind *is* may say how a secret is, by its ending: bloccata, unlesbar."""
    return _SAYS.fullmatch(word) is not None or word.lower() in _KEPT_SECRET


def ends(text: str, at: int) -> bool:
    """Whether the sentence or line ends here, or the next begins with a word such as *and*."""
    return (_ENDS.match(text, at) or _GOES_ON.match(text, at)) is not None


def phrase_or_word(text: str, at: int) -> int | None:
    """Several words where the label itself says phrase."""
    twelve = _TWELVE_WORDS.match(text, at)
    if twelve and len(small_words().intersection(twelve[0].lower().split())) < MANY_SMALL_WORDS:
        return twelve.end()
    phrase = _PHRASE.match(text, at)
    return phrase.end() if phrase and not is_statement(phrase[0]) else after_colon(text, at)


def _long_phrase(text: str, at: int) -> int | None:
    phrase = _PHRASE.match(text, at)
    if phrase is None or not phrase[0][1:].islower():
        return None
    words = phrase[0].split()
    says = bool(small_words().intersection(words)) or len(_of_secrets().intersection(words)) > 1
    return phrase.end() if len(words) > 2 and not says else None


def _plain_word(text: str, at: int) -> int | None:
    word = _PLAIN.match(text, at)
    return word.end() if word and ends(text, word.end()) and not is_statement(word[0]) else None


def _word_and_year(text: str, at: int) -> int | None:
    found = _AND_YEAR.match(text, at)
    return found.end() if found and not _says(found[0].split()[0]) else None


def medium(text: str, at: int) -> int | None:
    """A word with a digit, a sign or a capital within: no date, share, amount, or number of something."""
    word = _word(text, at)
    if not word or _DATE_OR_SHARE.match(text, at) or _TECHNICAL.match(text, at):
        return None
    if word.isdigit():
        end = at + len(word)
        is_counted = _COUNTED.match(text, end) or (len(word) < LEAST_NUMBER and text[end : end + 1] == " ")
        return None if is_counted else _whole(text, at)
    if text[at + len(word) : at + len(word) + 1] == ":" and word.isalpha():
        return None  # the name of an error or of the next field
    has_look = any(map(str.isdigit, word)) or _SIGN_WITHIN.match(word) or _CAPITAL_WITHIN.search(word)
    has_look = has_look or _KEY_IN_GROUPS.match(word)
    return _whole(text, at) if has_look or word.count("'") > 1 else None


def strong(text: str, at: int, *, least: int = LEAST_STRONG) -> int | None:
    """A word that nobody writes in a sentence: letters and digits together, or signs within and a capital."""
    word = _word(text, at)
    if len(word) < least or _DATE_OR_SHARE.match(text, at) or _TECHNICAL.match(text, at):
        return None
    has_digit, has_letter = any(map(str.isdigit, word)), any(map(str.isalpha, word))
    is_mixed = has_letter and (has_digit or bool(_SIGN_WITHIN.match(word) and _CAPITAL_WITHIN.search(word)))
    is_mixed = is_mixed or _KEY_IN_GROUPS.match(word) is not None
    return _whole(text, at) if is_mixed and not word.startswith(("http", "www.", "//")) else None


def bare(text: str, at: int) -> int | None:
    """A secret with only blanks before it: strong, or a number that ends the line."""
    number = _BARE_NUMBER.match(text, at)
    return number.end() if number else strong(text, at)


def strong_by_itself(text: str, at: int) -> int | None:
    """A strong word that ends its sentence or line."""
    end = strong(text, at)
    return end if end is not None and _ENDS.match(text, end) else None


def password(text: str, at: int) -> int | None:
    """What only a word for password announces, in a sentence: also a short word, or one with a sign among letters."""
    word = _word(text, at)
    if len(word) < LEAST_STRONG and _SHORT_NAME.match(word):
        return None
    return strong(text, at, least=LEAST_PASSWORD) or (_whole(text, at) if _has_sign_among_letters(word) else None)


def bare_password(text: str, at: int) -> int | None:
    """A password with only blanks before it: as in a sentence, or a long number that counts nothing."""
    number = _LONG_NUMBER.match(text, at)
    if number and not _COUNTED.match(text, number.end()):
        return number.end()
    return bare(text, at) or password(text, at)


def password_of_many(text: str, at: int) -> int | None:
    """The first of several that *are*: as in a sentence, or a number that counts nothing."""
    return medium(text, at) if _word(text, at).isdigit() else password(text, at)


def quoted(text: str, at: int) -> int | None:
    """One word between quotation marks with only blanks before them."""
    word = _QUOTED.match(text, at)
    return word.end() if word and not is_statement(word[0]) else None


def alone_below(text: str, at: int) -> int | None:
    """A word alone on the line below the label, or one of letters and digits there; not the next field's label."""
    word = _word(text, at)
    end = at + len(word)
    if not word or text[end : end + 1] == ":":
        return None
    is_alone = _LINE_END.match(text, end) is not None
    has_colon = ":" in text[max(0, at - 8) : at]
    if is_alone and has_colon and not is_statement(word):
        return end
    return strong(text, at) if is_alone or has_colon else None


def code(text: str, at: int) -> int | None:
    """Another code of a row."""
    number = _NUMBER.match(text, at)
    return number.end() if number else strong(text, at)


def code_of_clear_label(text: str, at: int) -> int | None:
    """A number that counts nothing."""
    number = _NUMBER.match(text, at)
    return number.end() if number and not _COUNTED.match(text, number.end()) else None


def bare_code(text: str, at: int) -> int | None:
    """A code right behind its label. A round number, year or HTTP status with a word behind it is none."""
    return None if _NO_CODE.match(text, at) else code_of_clear_label(text, at)


def _has_sign_among_letters(word: str) -> bool:
    """No address, no name in capitals such as AT&T, and no two words of a sentence without a blank between them."""
    found = _SIGN_AMONG_LETTERS.match(word)
    if found is None or len(word) < LEAST_PASSWORD or word.isupper() or _ADDRESS.match(word):
        return False
    return not any(len(part) > 3 and is_statement(part) for part in _LETTERS.findall(word))


def _says(word: str) -> bool:
    return word.lower() in _of_secrets()


def is_statement(words: str) -> bool:
    """Whether any of these words is one of a sentence, or of what people say about secrets."""
    return any(
        word.lower() in small_words() or word.lower() in _of_secrets() for word in _LETTERS.findall(words[:SEEN])
    )


@cache
def _of_secrets() -> frozenset[str]:
    return frozenset().union(*sections("of_secrets.txt").values())
