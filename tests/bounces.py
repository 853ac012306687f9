"""Delivery reports, as mail servers write them."""


def report(
    returned_id: str = "",
    *,
    action: str = "failed",
    returned_type: str = "message/rfc822",
    words: str = "smtp; 550 5.1.1 no mailbox here",
    headers: str = "",
) -> bytes:
    """A report of RFC 3464 on the mail with this Message-ID, without one where that is empty."""
    returned = f"Message-ID: <{returned_id}>\r\nSubject: Yours\r\n" if returned_id else "Subject: Yours\r\n"
    return (
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nTo: support@example.com\r\n"
        f"Subject: Mail delivery: {action}\r\nAuto-Submitted: auto-replied\r\n{headers}"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b1\r\n\r\n"
        "--b1\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n"
        "--b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; jo@customer.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        f"Diagnostic-Code: {words}\r\n\r\n"
        f"--b1\r\nContent-Type: {returned_type}\r\n\r\n{returned}\r\nWhich printer?\r\n--b1--\r\n"
    ).encode()


def qmail_report(returned_id: str) -> bytes:
    """A report of qmail: plain text, the returned mail below a line."""
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: support@example.com\r\n"
        "Subject: failure notice\r\n\r\nHi. This is the qmail-send program at mx.example.\r\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n\r\n"
        "<jo@customer.example>:\r\nno mailbox here by that name.\r\n\r\n"
        "--- Below this line is a copy of the message.\r\n\r\n"
        f"From: support@example.com\r\nMessage-ID: <{returned_id}>\r\n\r\nWhich printer?\r\n"
    ).encode()
