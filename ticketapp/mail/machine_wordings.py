# ruff: noqa: E501, RUF001 - wordings of one kind stay on one line, in the letters of their language
"""How automatic answers and bounces call themselves, in subject, sender and text."""

import re

AUTO_SUBJECT = re.compile(
    r"\s*(?:(?:automatic|auto|automated)[ -]?(?:reply|response)|autoreply|out of (?:the )?office(?: (?:auto[- ]?reply|reply|message|notice|notification|response))?|automatische (?:antwort|abwesenheit\w*)"
    r"|abwesenheits(?:notiz|nachricht|meldung)|abwesend|réponse automatique|respuesta automática|risposta automatica|resposta automática"
    r"|automatisch antwoord|autosvar|automatiskt svar|automatisk svar|automaattinen vastaus|automatická odpověď|odpowiedź automatyczna|autoodpowiedź"
    r"|автоматический ответ|автоответ|otomatik yanıt|自動返信|自动回复|自動回覆|자동 회신|absence du bureau|fuori ufficio|fuera de (?:la )?oficina)"
    r"\s*(?:[:：\[(-]|$)"
    # Notes opens its agents' answers with AUTO; others put what they are in brackets, in front or behind.
    r"|auto:\s[^\n]{0,120}(?:out of (?:the )?office|abwesend|absent|returning)"
    r"|\s*\[(?:automatyczna odpowiedź|auto-?reply|automatic reply|automatische antwort|autosvar|out of office)\]"
    r"|[^\n]{0,200}\((?:automatic response|auto-?reply|automatic reply|autoresponse)\)\s*$",
    re.I,
)
NEVER_ANSWERED = re.compile(
    r"(?:no[._-]?reply|do[._-]?not[._-]?reply|owner-[^@]*|[^@]*-(?:owner|request|bounces?)|listserv|majordomo|root)(?:[+=-][^@]*)?@",
    re.I,
)
BOUNCE_SENDER = re.compile(
    r"(?:mailer-daemon|mail-daemon|mailerdaemon|post_?master|mdaemon|mailer_daemon|bounces?|mmdf|mail[._-]delivery(?:[._-](?:system|subsystem))?)(?:[+=-][^@]*)?(?:@|$)",
    re.I,
)
BOUNCE_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|delivery (?:status notification|failure|failed|has failed|report|delayed|error|problem|notification)|mail delivery (?:failed|failure|system|error|problem|subsystem|status|warning)"
    r"|returned (?:mail|to sender)|failure notice|mail system error|non[- ]?delivery|(?:could|can) ?not be delivered|message (?:delayed|status - undeliverable|not delivered)|warning: (?:could not send message|message .{0,40}delayed)"
    r"|delayed mail|unzustellbar|nicht zugestellt|fehlgeschlagen|échec de (?:la )?(?:remise|livraison|distribution)|non remis|non distribu|no se (?:puede|pudo|ha podido) entregar|mancato recapito|mancata consegna|não entregue|niet bestelbaar|onbestelbaar"
    r"|nie można dostarczyć|nedoručiteln|недоставлен|не доставлено|teslim edilemedi|配信不能|配信エラー|メールエラー|エラーメール|送信エラー|无法送达|系统退信|退信|전송 실패|kan inte levereras|kunne ikke leveres|bounce|邮件传输失败|mail failed|failed mail|mail error|returning to sender|not (?:yet )?been delivered|processing error",
    re.I,
)
QMAIL = re.compile(
    r"^\s*Hi\. This is the .{0,80}qmail|This is the (?:qmail-send|deliver) program|I'm afraid I wasn't able to deliver your message",
    re.I,
)
EXIM = re.compile(
    r"This message was created automatically by (?:the )?mail delivery software|A message that you (?:have )?sent could not be delivered",
    re.I,
)
# What opens Exim's reports whatever their sender is called; people write something of their own before it.
EXIM_START = re.compile(
    r"\s*This (?:message was created automatically by (?:the )?mail delivery software|is an automated message created by mail delivery software)",
    re.I,
)
BOUNCE_TEXT = re.compile(
    r"could not be delivered|(?:delivery|deliver).{0,40}fail|undeliverable|permanent (?:fatal )?error|user unknown|unknown user|mailbox (?:unavailable|not found|is full|full)|recipient(?:'s)? address rejected"
    r"|no such user|quota exceeded|\b5\d\d[ -]5\.\d\.\d|\b5\.[0-7]\.\d{1,2}\b|message (?:could not|cannot) be|has been (?:delayed|postponed)|wasn't able to deliver|did not reach the following recipient|konnte nicht zugestellt|unable to deliver|host unknown|over quota|has been returned|not (?:yet )?been delivered|cannot be delivered|could not deliver|was not delivered|邮件无法发送|无法(?:投递|送达)|(?:送信|配信|配送)できませんでした|お届けできません|전송(?:되지|하지) 못|недоставлен|не (?:было доставлено|может быть доставлено|удалось доставить)|n['’ ]a (?:pas )?pu être (?:remis|délivré|distribué)|n['’]a pas (?:pu )?(?:être|été) (?:remis|délivré|distribué)|no (?:se )?(?:pudo|ha podido) (?:ser entregad|entregar)|non è stato possibile (?:recapitare|consegnare)|não (?:foi|pôde ser|pode ser) entregue|nicht zugestellt werden|nie (?:mogła|może|została?) (?:zostać )?dostarczon|niet (?:worden )?(?:bezorgd|afgeleverd)|kunde inte levereras|kunne ikke leveres|not a valid (?:user|recipient|address|mailbox)",
    re.I,
)
# What the subject of a report opens with, whoever sends it; no answer and no forwarded mail begins so, nor a question.
REPORT_SUBJECT = re.compile(rf"(?!.*\?\s*$)(?:mail |e-?mail |message |\*+ ?)?(?:{BOUNCE_SUBJECT.pattern})", re.I)
PERSONAL = re.compile(
    r"\b(?:I|I'm|I've|my|we|our|ich|mein\w*|wir|je|mon|mes|nous)\b|^\s*(?:hi|hello|hey|dear|hallo|guten|bonjour|hola|ciao)\b",
    re.I,
)
# The failed address on a line of its own, or at the start of one before a colon.
FAILED_RECIPIENT = re.compile(
    r"^[ \t*]{0,20}(?:[\w -]{1,30}:[ \t]{0,10})?(?:\"[^\"\n]{0,100}\"[ \t]{1,10})?[\"'<]{0,2}[^\s<>\"'@,;:]{1,64}@[^\s<>\"',;:]{1,250}[\"'>]{0,2}[ \t]{0,20}(?::|$)",
    re.M,
)
