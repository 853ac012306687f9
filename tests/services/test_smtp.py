"""The private SMTP server."""

import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.services.smtp import Answer, SmtpServer


@pytest.fixture(scope="module")
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as started:
        yield started


@pytest.fixture(autouse=True)
def _empty(server: SmtpServer) -> None:
    server.reset()


def send(server: SmtpServer, subject: str = "Your ticket", timeout_seconds: float = 10) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "support@example.org", "customer@example.com", subject
    mail.set_content("We look into it.\n")
    with smtplib.SMTP(server.host, server.port, timeout=timeout_seconds) as client:
        client.send_message(mail)


def test_it_keeps_what_it_accepts(server: SmtpServer) -> None:
    send(server, "Grüße")
    [mail] = server.wait_for(1)
    assert (mail.sender, mail.recipients) == ("support@example.org", ("customer@example.com",))
    assert mail.message()["Subject"] == "Grüße"


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [(Answer.REFUSE, smtplib.SMTPDataError, 554), (Answer.DEFER, smtplib.SMTPDataError, 451)],
)
def test_it_refuses_a_mail_for_good_or_for_now(
    server: SmtpServer, answer: Answer, error: type[smtplib.SMTPResponseException], code: int
) -> None:
    server.answer = answer
    with pytest.raises(error) as caught:
        send(server)
    assert caught.value.smtp_code == code
    assert server.messages == []


def test_it_refuses_a_recipient(server: SmtpServer) -> None:
    server.answer = Answer.REFUSE_RECIPIENT
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(server)
    assert caught.value.recipients["customer@example.com"][0] == 550


@pytest.mark.parametrize(("answer", "kept"), [(Answer.DROP, 0), (Answer.LOSE_ANSWER, 1)])
def test_it_drops_the_line_with_or_without_the_mail(server: SmtpServer, answer: Answer, kept: int) -> None:
    server.answer = answer
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(server)
    assert len(server.messages) == kept


def test_it_hangs_and_others_still_get_through(server: SmtpServer) -> None:
    server.answer = Answer.HANG
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        send(server, timeout_seconds=0.3)
    server.answer = Answer.ACCEPT
    send(server)
    assert len(server.messages) == 1


def test_waiting_in_vain_says_so(server: SmtpServer) -> None:
    with pytest.raises(TimeoutError, match=r"0 mails after 0\.1 s, not 1"):
        server.wait_for(1, timeout_seconds=0.1)


def test_a_stopped_server_refuses_the_connection_and_can_start_again() -> None:
    with SmtpServer() as server:
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            send(server)
        server.start()
        send(server)
        assert len(server.messages) == 1


def test_with_tls_and_login_it_takes_nothing_from_strangers() -> None:
    with SmtpServer(login=("support", "secret"), tls=True) as server:
        with smtplib.SMTP("localhost", server.port) as client:
            client.starttls(context=ssl.create_default_context(cafile=str(server.ca_file)))
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("support", "wrong")
            client.login("support", "secret")
            client.sendmail("a@example.org", "b@example.com", b"Subject: x\r\n\r\n")
        with pytest.raises(smtplib.SMTPException):
            send(server)
        assert len(server.messages) == 1
