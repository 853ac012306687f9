# ruff: noqa: E501, RUF001 - wordings of one kind stay on one line, in the letters of their language
"""How automatic answers and bounces call themselves, in subject, sender and text."""

import re

AUTO_SUBJECT = re.compile(
    r"\s*(?:(?:automatic|auto|automated)[ -]?(?:reply|response)|autoreply|out of (?:the )?office(?: (?:auto[- ]?reply|reply|message|notice|notification|response))?|automatische (?:antwort|abwesenheit\w*)"
    r"|abwesenheits(?:notiz|nachricht|meldung)|abwesend|réponse automatique|respuesta automática|risposta automatica|resposta automática"
    r"|automatisch antwoord|autosvar|automatiskt svar|automatisk svar|automaattinen vastaus|automatická odpověď|odpowiedź automatyczna|autoodpowiedź"
    r"|автоматический ответ|автоответ|otomatik yanıt|自動返信|自动回复|自動回覆|자동 회신|absence du bureau|fuori ufficio|fuera de (?:la )?oficina)"
    r"\s*(?:[:：\[(-]|$)",
    re.I,
)
NEVER_ANSWERED = re.compile(
    r"(?:no[._-]?reply|do[._-]?not[._-]?reply|owner-[^@]*|[^@]*-(?:owner|request|bounces?)|listserv|majordomo|root)(?:[+=-][^@]*)?@",
    re.I,
)
BOUNCE_SENDER = re.compile(
    r"(?:mailer-daemon|mail-daemon|mailerdaemon|postmaster|mdaemon|mailer_daemon|bounces?|mmdf|mail-delivery)(?:[+=-][^@]*)?(?:@|$)",
    re.I,
)
BOUNCE_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|delivery (?:status notification|failure|failed|has failed|report|delayed|error|problem|notification)|mail delivery (?:failed|failure|system|error|problem|subsystem|status)"
    r"|returned (?:mail|to sender)|failure notice|mail system error|non[- ]?delivery|(?:could|can) ?not be delivered|message (?:delayed|status - undeliverable|not delivered)|warning: (?:could not send message|message .{0,40}delayed)"
    r"|delayed mail|unzustellbar|nicht zugestellt|fehlgeschlagen|échec de (?:la )?(?:remise|livraison|distribution)|non remis|non distribu|no se (?:puede|pudo|ha podido) entregar|mancato recapito|mancata consegna|não entregue|niet bestelbaar|onbestelbaar"
    r"|nie można dostarczyć|nedoručiteln|недоставлен|не доставлено|teslim edilemedi|配信不能|配信エラー|无法送达|系统退信|退信|전송 실패|kan inte levereras|kunne ikke leveres|bounce",
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
BOUNCE_TEXT = re.compile(
    r"could not be delivered|(?:delivery|deliver).{0,40}fail|undeliverable|permanent (?:fatal )?error|user unknown|unknown user|mailbox (?:unavailable|not found|is full|full)|recipient(?:'s)? address rejected"
    r"|no such user|quota exceeded|\b5\d\d[ -]5\.\d\.\d|\b5\.[0-7]\.\d{1,2}\b|message (?:could not|cannot) be|has been delayed|wasn't able to deliver|did not reach the following recipient|konnte nicht zugestellt|unable to deliver|host unknown|over quota",
    re.I,
)
