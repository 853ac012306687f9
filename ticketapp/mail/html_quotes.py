"""Where HTML says that it quotes: the marks the common clients leave on the history below or between an answer."""

import re
from collections.abc import Callable

from ticketapp.mail import reply_patterns as patterns
from ticketapp.mail.html_text import CONTENT, QUOTE_ELEMENT, QUOTE_REST, TextSink
from ticketapp.mail.html_tokens import Tag

_PEEK, _SHORT_PEEK = 2_500, 800
# Elements that hold the history and nothing else. Gmail's and Proton's own containers are not here: people
# answer between the blockquotes inside them, and the attribution line is found in the text.
_QUOTING_ELEMENT = re.compile(
    r"\b(?:yahoo_quoted|yahoo-quoted|OLK_SRC_BODY_SECTION|zmail_extra|isReplyContent|mailQuote|history_container"
    r"|mail-editor-reference-message-container|ms-outlook-mobile-reference-message|tutanota_quote|wzmail_quote|messageReplySection|tw-quoted)",
    re.I,
)
_REST_STARTS = re.compile(r"\b(?:x_)*(?:divRplyFwdMsg|stopSpelling|ReplyForwardMessageHeader)\b", re.I)
_RULE_ABOVE = re.compile(
    r"border-top:\s*(?:solid\s+#[0-9a-f]{3,6}\s+[\d.]+p[tx]|[\d.]+p[tx]\s+solid\s+(?:#[0-9a-f]{3,6}|rgb\())", re.I
)
_CITED = re.compile(
    r"type\s*=\s*[\"']?cite|border-left|gmail_quote|protonmail_quote|class\s*=\s*[\"']?(?:cite|quote)", re.I
)
_TAGS = re.compile(r"<[^<>]{0,2000}>")
_CONTAINERS = frozenset({"div", "span", "hr", "table", "td", "section", "p"})


def quote_judge(*, is_reply: bool, is_forward: bool) -> Callable[[Tag, TextSink], str]:
    """A judge of start tags for `html_to_text`: where history starts.

    Nothing of a forwarded mail is history, nor are cited blocks of a first mail unless an attribution leads them.
    """

    def judge(tag: Tag, sink: TextSink) -> str:
        if is_forward or (tag.name not in _CONTAINERS and tag.name != "blockquote"):
            return CONTENT
        if tag.name == "blockquote":
            is_cited = _is_led(sink.last_line()) or (is_reply and bool(_CITED.search(tag.source)))
            return QUOTE_ELEMENT if is_cited and not _opens_forward(sink.last_line()) else CONTENT
        if tag.name == "hr" and is_reply and _opens_sender_and_moment(tag):
            return QUOTE_REST
        return _verdict(tag) if tag.source else CONTENT

    return judge


def _is_led(line: str) -> bool:
    """Whether the line above a quote says whose words it holds; a mere colon leads what the writer shows."""
    if not line.rstrip().endswith(patterns.COLONS):
        return False
    told = (patterns.VERB, patterns.EMAIL, patterns.DATE, patterns.TIME)
    return any(wording.search(line) for wording in told)


def _verdict(tag: Tag) -> str:
    if _REST_STARTS.search(tag.source):
        return CONTENT if _opens_forward(_text_after(tag)) else QUOTE_REST
    if _QUOTING_ELEMENT.search(tag.source):
        return CONTENT if _opens_forward(_text_after(tag)) else QUOTE_ELEMENT
    if _RULE_ABOVE.search(tag.source) and _opens_header_block(_text_after(tag)):
        return QUOTE_REST
    return CONTENT


def _text_after(tag: Tag, length: int = _PEEK) -> str:
    return _TAGS.sub(" ", tag.following(length)).replace("&nbsp;", " ").strip()[:300]


def _opens_forward(text: str) -> bool:
    return any(patterns.FORWARD.match(line.strip()) for line in text[:300].split("\n") if line.strip())


def _opens_sender_and_moment(tag: Tag) -> bool:
    """Whether a sender or a date starts below and an address and a time are told: headers, however few."""
    if "@" not in tag.following(_SHORT_PEEK):
        return False
    text = _text_after(tag, _SHORT_PEEK)
    opens = any(patterns.LABELS[kind].match(text) for kind in ("from", "sent"))
    return opens and bool(patterns.EMAIL.search(text)) and bool(patterns.TIME.search(text))


def _opens_header_block(text: str) -> bool:
    return any(label.match(text) for label in patterns.LABELS.values())
