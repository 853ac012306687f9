# ruff: noqa: E501, RUF001 - wordings of one kind stay on one line, in the letters of their language
"""How mail clients announce quoted history and forwards, in the languages customers write."""

import re


def _words(text: str) -> str:
    return "|".join(re.escape(word.strip()).replace(r"\ ", r"\s") for word in text.split("|"))


_SPACED_VERBS = (
    r"wrote|writes|write|said|schrieb(?:en)?|schreibt|geschrieben|a\s+écrit|écrit|écrivit|a\s+ecrit|escribi[óo]|escribe|escreveu|escrito"
    r"|ha\s+scritto|scritto|scrisse|scrive|schreef|geschreven|napisa[łl](?:\(a\)|/a|a|\(-a\))?|napisana\s+przez|pisze|skrev|skriver|skrevet|kirjoitti|kirjoittaa"
    r"|napsal(?:\(a\)|/a|a)?|píše|написал(?:\(а\)|/а|а)?|пишет|писал(?:\(а\)|а)?|пише|yazd[ıi]|yazmış|작성|쓴\s?글|보낸\s?글|wrote\s+the\s+following"
    r"|írta|a\s+scris|έγραψε|napísal(?:\(a\)|a)?|va\s+escriure|đã\s+viết|menulis|napisa(?:o|la)(?:\s+je)?|je\s+napisala?"
)
_JOINED_VERBS = r"写道|寫道|写到|のメール|は書きました|が書きました|書き込みました|のメッセージ|님이\s?작성|님의\s?말"
_VERBS = rf"(?:(?<!\w)(?:{_SPACED_VERBS})|{_JOINED_VERBS})"
VERB = re.compile(_VERBS, re.I)
ENDS_WITH_VERB = re.compile(rf"{_VERBS}\s?[:：]?$", re.I)
SENDER_WROTE = re.compile(
    rf"(?:[^\W\d][^\s<>@:]{{0,30}}\s+){{1,4}}(?:[<(]|\[mailto:)[^\s@<>()]{{1,80}}@[^\s@<>()\]]{{1,80}}[>)\]]\s{{1,3}}{_VERBS}\s?[:：]$",
    re.I,
)
SPEAKS_OF_PEOPLE = re.compile(
    r"\b(?:I|we|you|he|she|they|ich|wir|sie|er|je|tu|nous|vous|il|elle|yo)\s+(?:\w{1,5}\s)?\S+$", re.I
)
# Words a sentence about a letter has and an attribution has not; small letters, as names and weekdays differ in theirs.
PERSONAL = re.compile(
    r"(?<![\w'’.@-])(?:I|my|us|our|your|ich|mir|mich|uns|wir|j['’]ai|m['’]a(?:vez)?|votre|notre|m[ei]\s[a-zà-ú]{2,}|su\s[a-zà-ú]{3,}|mij|uw|мне|нам|наш\w*|ваш\w*"
    r"|mig|oss|vår|min|minulle|meille|mně|nám|mi\snapsal\w*|bana|bize)(?![\w@.-])"
)
# The end of an attribution whose address was wrapped before its closing bracket; it is no quote.
WRAPPED_END = re.compile(rf"[ \t]{{0,4}}>\s{{0,2}}(?:{_VERBS}\s?)?[:：]\s*$", re.I)
# An attribution in whose line the history itself goes on: what is left of HTML whose line ends were dropped.
GLUED = re.compile(rf"(?:On|Am|Le|El|Il|Em|Op|Den)\s[^\n]{{8,160}}?\s{_VERBS}\s?:[^\s\W]")
# A name and a verb alone, which lead nothing unless a mark of history follows.
NAMED = re.compile(rf"[^\W\d_][^\n:<>@]{{1,60}}?\s{{1,3}}{_VERBS}\s?[:：]\s*$")
# Who and when between marks that look like a quote, as GroupWise heads history that it does not mark.
BETWEEN_MARKS = re.compile(r">>>\s[^\n<>]{1,80}(?:<[^\s<>]{1,80}>)?[^\n<>]{1,80}\s>>>\s*$")
# A moment with its zone and a name, whose address was taken out, as old Gmail led quotes.
ZONED_SENDER = re.compile(r"20\d\d[-/]\d{1,2}[-/]\d{1,2} \d{1,2}:\d\d (?:GMT|UTC)\S{0,6} [^\s\d][^:]{0,80}$")
# Words that open an attribution in the middle of a line, behind what was written in front of it.
INNER_OPENING = re.compile(
    r"[\s-](?:On|Am|Le|El|Il|Em|Op|Den|W\sdniu)\s(?:[^\W\d]{2,10}\.?,?\s)?(?:[^\W\d]{3,10}\s\d{1,2}\b|\d{1,2}[\s./-])"
)
UNSEEN_MARKS = dict.fromkeys((0x200E, 0x200F, 0x202A, 0x202B, 0x202C))
_TIME = r"\d{1,2}\s?[:.h時时點点시]\s?\d{2}"
TIME = re.compile(_TIME)
DATE = re.compile(
    r"\b(?:19|20)\d\d\b|(?:19|20)\d\d[年년./-]|\b\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}\b|\b\d{1,2}\.?\s[^\W\d]{3,12}\.?\s\d{2}\b"
)
DAY = re.compile(r"(?<![\d:.])\d{1,2}\.?\s[^\W\d]{3,12}\b|\b[^\W\d]{3,12}\.?\s\d{1,2}\b")
EMAIL = re.compile(r"[^\s@<>()\[\]]{1,120}@[^\s@<>()\[\]]{1,120}|mailto:")
COLONS = (":", "：")
BRACKETED_COLONS = (">:", ">：", "):", "）:", "）：")
ATTRIBUTION_ENDS = (
    ":", "：", "-", "wrote", "wrote.", "writes", "schrieb", "a écrit", "escribió", "ha scritto", "escreveu", "schreef",
    "skrev", "napisał", "napisał(a)", "написал", "пишет", "写道", "寫道", "작성", "yazdı",
)  # fmt: skip
_OPENERS = (
    r"on|at|in\s+message|am|um|den|der|le|el|il(?:\s+giorno)?|in\s+data|alle|em|no\s+dia|a|op|w\s+dniu|dnia|dne|d\.|den|på|fra|från|v|в|на"
    r"|quoting|zitat\s+von|citando|selon|citeren|mensaje\s+citado\s+por|in\s+article|from|2020|tarihinde|在|于|於"
)
OPENER = re.compile(rf"[-\s*_]{{0,12}}(?:{_OPENERS})(?!\w)", re.I)
DATED_OPENING = re.compile(
    rf"(?:(?:{_OPENERS})\s+)?(?:[^\W\d]{{2,14}}(?:-feira)?\.?,?\s+)?(?:(?:den|the|de)\s+)?(?:\d{{1,4}}[./-]\d|\d{{1,2}}\.?(?:st|nd|rd|th)?(?:\s+de)?\s+[^\W\d]{{3,12}}|[^\W\d]{{3,12}}\.?\s+\d{{1,2}}\b)",
    re.I,
)
QUOTING = re.compile(
    r"(?:quoting|zitat von|citando a|citando|selon|citeren van|mensaje citado por|cytowanie)\s.{1,200}:$", re.I
)
CITED_BY = re.compile(r"\*\s.{1,120}\[\d{4}-\d\d-\d\d.{0,30}\]:?$|.{1,120}\[\d{4}-\d\d-\d\d \d\d:\d\d[^\]]{0,20}\]:$")

QUOTE_LINE = re.compile(r"[ \t]{0,4}(?:>(?!From )|＞|&gt;|\|\s?>)")
PROSE = re.compile(r"[^\W_][^:：]*$")
# A quoted line that goes on below, and what it goes on with where a relay wrapped it: no sentence starts or ends.
UNFINISHED_QUOTE = re.compile(r"[ \t]{0,4}>[^\n]{55,}[^\s.!?:;>)]\s*$")
UNFINISHED_LINK = re.compile(r"[ \t]{0,4}>[^\n]*[(<]https?://[^\s()<>]*$")
CONTINUED_QUOTE = re.compile(r"[ \t]{0,4}>\s*(?:[^\W\d_A-Z]|$)")
SENTENCE_REST = re.compile(r"[^\n]{25,}[.!?]\s*$")
GOES_ON = re.compile(r"[^\W\d_A-Z]")
LINK_END = re.compile(r"\S{1,500}[)>]\s?\S?\s*$")
_ORIGINAL = _words(
    "original message|original appointment|original email|original mail|originalnachricht|ursprüngliche nachricht|originale nachricht"
    "|urspruengliche nachricht|original-nachricht|message d'origine|message d’origine|message original|message initial|courriel original|mail original"
    "|e-mail d'origine|mensaje original|messaggio originale|messaggio originario|mensagem original|oorspronkelijk bericht"
    "|origineel bericht|oorspronkelijk e-mail|wiadomość oryginalna|oryginalna wiadomość|wiadomość pierwotna|ursprungligt meddelande|originalmeddelande"
    "|ursprungligt e-post|oprindelig meddelelse|original meddelelse|oprindelig besked|opprinnelig melding|original melding|alkuperäinen viesti"
    "|alkuperäinen sanoma|původní zpráva|původní e-mail|исходное сообщение|оригинальное сообщение|первоначальное сообщение|пересланное|özgün ileti"
    "|orijinal mesaj|orjinal mesaj|orijinal ileti|元のメッセージ|オリジナル メッセージ|オリジナルメッセージ|原始邮件|原始郵件|原邮件|原始信件|原信|邮件原文|원본 메일"
    "|원본 메시지|원본 이메일|원본 메세지|reply message|reply separator|antwort nachricht|ursprüngliche mitteilung"
    "|ursprünglicher termin|urspr. nachricht|originele bericht|opprinnelig e-post|邮件原件|原始信息|mesaj original|původní schůzka|izvorna poruka|исходное письмо"
    "|оригинално съобщение|початкове повідомлення|оригінальне повідомлення|původná správa|eredeti üzenet|pôvodná správa|αρχικό μήνυμα|antwort|mensagem de resposta"
)
ORIGINAL = re.compile(
    rf"[\s>*]{{0,6}}+[-_=—]{{2,80}}+(?>(?:\s|&nbsp;){{0,4}})(?:{_ORIGINAL})(?:\s|&nbsp;){{0,4}}:?\s?(?:[-_=—]{{2,80}}|$)"
    r"|-{5,80}+\s{0,4}+original\s{0,4}-{5,80}+\s*$"
    # How Tobit's servers lead history, in English whatever the language, plain or as a link.
    r"|[\s>*\[]{0,6}+original\smessage\sprocessed\sby\s\S[^\n]{0,120}$",
    re.I,
)
# A title between dashes in whichever language; it says nothing unless headers stand right below.
DASHED_TITLE = re.compile(r"\s{0,4}-{4,80}+[^\n-][^\n]{1,58}[^\n-]-{4,80}\s*$")
BARE_ORIGINAL = re.compile(rf"[\s*_]{{0,6}}+(?:{_ORIGINAL})[\s*_:]{{0,6}}$", re.I)
_FORWARD = _words(
    "forwarded message|forwarded mail|forwarded by|forwarded email|forward message|begin forwarded message|weitergeleitete nachricht|weitergeleitete mail|anfang der weitergeleiteten nachricht"
    "|anfang der weitergeleiteten e-mail|message transféré|message transmis|courriel transféré|début du message transféré|début du message réexpédié|mensaje reenviado"
    "|mensaje transmitido|inicio del mensaje reenviado|messaggio inoltrato|messaggio inoltrata|inizio messaggio inoltrato|inizio del messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada"
    "|início da mensagem encaminhada|início da mensagem reencaminhada|doorgestuurd bericht|begin doorgestuurd bericht|doorgezonden bericht|przekazana wiadomość|wiadomość przekazana|treść przekazanej wiadomości"
    "|początek przekazywanej wiadomości|początek przekazanej wiadomości|vidarebefordrat meddelande|vidarebefordrat brev|vidarebefordrat mejl|start på vidarebefordrat meddelande|vidarebefordrat mail|videresendt meddelelse|videresendt besked"
    "|start på videresendt besked|starten på den videresendte besked|videresendt melding|videresendt e-post|start på videresendt melding|edelleenlähetetty viesti|välitetty viesti|välitetty viesti alkaa"
    "|přeposlaná zpráva|předávaná zpráva|začátek přeposílané zprávy|пересылаемое сообщение|пересланное сообщение|пересланное письмо|перенаправленное сообщение|перенаправленное письмо|начало переадресованного сообщения|начало пересылаемого сообщения|yönlendirilmiş mesaj"
    "|yönlendirilen mesaj|iletilmiş mesaj|iletilen ileti|iletilmiş ileti|yönlendirilmiş ileti|başlangıç iletilen mesaj|başlangıcı iletilen ileti|iletilmiş ileti başlangıcı|iletilen mesajın başlangıcı|転送メッセージ|転送されたメッセージ|転送されたメール|以下は転送されたメッセージです|转发邮件|转发的邮件|轉寄郵件|转发邮件信息|轉寄的郵件"
    "|轉寄的訊息|轉寄的信件|转发的消息|转发的信息|開始轉寄郵件|下面是被转发的邮件|开始转发的邮件|已转发邮件|전달된 메일|전달된 메시지|전달된 이메일|전달한 메시지 시작|továbbított üzenet|mesaj redirecționat"
    "|továbbított levél kezdete|începe mesajul redirecționat|preposlaná správa|začiatok preposlanej správy|proslijeđena poruka|započni proslijeđenu poruku|İleti başlangıcı"
    "|перенаправлене повідомлення|переслане повідомлення|початок листа, що пересилається|メッセージを転送|wiadomość przesłana dalej"
)
FORWARD = re.compile(rf"[-_=—\s*]{{0,80}}+(?:{_FORWARD})(?![^\W\d])[^\n]{{0,80}}?(?:[-_=—:：]{{1,80}}|$)\s*$", re.I)
FORWARD_SUBJECT = re.compile(
    r"\s*(?:fwd?|wg|weitergeleitet|tr|rv|enc|i|fs|vs|vb|vl|doorst|pd|přep|пересл|ilt|转发|轉寄|転送|전달|továbbítás|redir\.|videresend)\s?(?:\[\d{1,3}\])?\s?[:：]",
    re.I,
)
REPLY_SUBJECT = re.compile(
    r"\s*(?:\[[^\]\n]{1,80}\]\s*)?(?:re|aw|antw|antwort|sv|res|rif|r|ré|réf|ref|odp|vs|bls|ynt|cvp|yan|ответ|отв|回复|回覆|答复|答覆|返信|회신|답장|ang|re)"
    r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3}|\*\d{1,3})?\s?[:：]",
    re.I,
)  # fmt: skip

_LABEL = r"[\s*_|]{{0,8}}+(?:{words})[\s\u00a0]{{0,3}}[*_]{{0,2}}\s?[:：]"
_LABELS = {
    "from": "from|von|de|da|van|od|från|fra|lähettäjä|odesílatel|от|от кого|отправитель|kimden|gönderen|差出人|送信者|发件人|寄件者|寄件人|發件人|보낸 사람|보낸사람|mittente"
    "|feladó|expéditeur|remitente|nadawca|afsender|avsender|avsändare|от кого|lähettänyt|送信元|发自|발신|발신자|de la|από|від|šalje|pošiljatelj|expeditorul|від кого|saatja",
    "sent": "sent|date|gesendet|datum|envoyé|envoyé le|date d'envoi|enviado|enviado el|enviada|enviada em|enviado em|fecha|data|inviato|data invio|verzonden|wysłano|wysłane|wysłany|data wysłania"
    "|skickat|sendt|dato|lähetetty|päivämäärä|päiväys|odesláno|дата|отправлено|gönderildi|gönderilme tarihi|tarih|gönderme tarihi|送信日時|日時|日付|发送时间|发送日期|時間|时间|日期|傳送時間|寄件日期|보낸 날짜|날짜|보낸날짜|보낸시간|elküldve"
    "|sent on|sent at|일시|발신일|trimis|στάλθηκε|ημερομηνία|надіслано|изпратено|dată|poslano|odoslané|dátum|gesendet am|envoyé par|отправлено на|dne|message du",
    "to": "to|an|à|a|para|per|aan|do|till|til|komu|vastaanottaja|кому|kime|alıcı|宛先|收件人|收件者|받는 사람|받는사람|destinataire|destinatario|destinatário|címzett|mottagare|modtager|pro|saaja|수신|수신자|către|προς|до|prima|za|destinatarul|pre|pour|adresat|送信先",
    "subject": "subject|betreff|objet|asunto|assunto|oggetto|onderwerp|temat|ämne|emne|aihe|předmět|тема|konu|件名|主题|主題|主旨|제목|tárgy|sujet|re|subiect|θέμα|относно|predmet|subiectul|naslov",
    "cc": "cc|kopie|copie à|copia|cópia|kopia|kopi|копия|bilgi|抄送|副本|참조|másolatot kap|kopio|dw|κοιν|копія|копие|kopija|kópia|másolat|kopie (cc)",
}
LABELS = {kind: re.compile(_LABEL.format(words=_words(words)), re.I) for kind, words in _LABELS.items()}
