"""Where HTML says that it quotes: the marks the common clients leave on the history below or between an answer."""

import re
from collections.abc import Callable

from ticketapp.mail.html_text import CONTENT, QUOTE_ELEMENT, QUOTE_REST, TextSink
from ticketapp.mail.html_tokens import Tag

_QUOTE_MARK = re.compile(
    r"\b(?:gmail_quote|gmail_extra|yahoo_quoted|protonmail_quote|zmail_extra|moz-signature-quote|tutanota_quote|qt\b"
    r"|OLK_SRC_BODY_SECTION|replyBody-quote|WordSection-quote|mail_quote|mailQuote|email_quote|isReplyContent|oriMsgHtmlSeparator"
    r"|ms-outlook-mobile-reference-message|x_gmail_quote|history_container|reply-intro-quote|zoho_quote|moz-forward-container-x)\b"
)
_REST_MARK = re.compile(
    r"\b(?:divRplyFwdMsg|x_divRplyFwdMsg|appendonsend|stopSpelling|mail-editor-reference-message-container|reference-message"
    r"|divTaggedContent-x|ms-outlook-mobile-reference-message-rest|yahoo-quoted-begin)\b"
)
_OUTLOOK_RULE = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s+#(?:[EB]\w[EC]\w[ED]\w)\s+[\d.]+(?:pt|px)"
    r"|border-top:\s*(?:[\d.]+(?:pt|px)\s+solid\s+#?(?:[eb]\w[ec]\w[ed]\w|rgb\(\s*181,\s*196,\s*223\s*\))|solid\s+#(?:[EB]\w[EC]\w[ED]\w)\s+[\d.]+(?:pt|px))",
    re.I,
)
_CITED = re.compile(
    r"type\s*=\s*[\"']?cite|border-left|gmail_quote|class\s*=\s*[\"']?(?:cite|quote)|moz-cite|webkit-nbsp-x", re.I
)
_FORWARDED = re.compile(
    r"forwarded|weitergeleitet|transf[ée]r|reenviad|inoltrat|doorgestuurd|encaminhad|vidarebefordr|przes[łl]an", re.I
)


def quote_judge(*, is_forward: bool) -> Callable[[Tag, TextSink], str]:
    """A judge of start tags for `html_to_text`; in a forwarded mail only cited blocks count as quotes."""

    def judge(tag: Tag, sink: TextSink) -> str:
        if tag.name == "blockquote":
            is_cited = bool(_CITED.search(tag.source)) or sink.last_line().rstrip().endswith((":", "："))
            return QUOTE_ELEMENT if is_cited and not is_forward else CONTENT
        if is_forward or not tag.source or tag.name not in ("div", "span", "hr", "table", "td", "section", "p"):
            return CONTENT
        return _verdict(tag)

    return judge


def _verdict(tag: Tag) -> str:
    if _REST_MARK.search(tag.source) or _OUTLOOK_RULE.search(tag.source):
        return QUOTE_REST
    if _QUOTE_MARK.search(tag.source) and "gmail_quote_attribution" not in tag.source:
        return QUOTE_ELEMENT
    return CONTENT


def is_forwarding(text: str) -> bool:
    """Whether a line of a mail names what follows as forwarded."""
    return bool(_FORWARDED.search(text))
