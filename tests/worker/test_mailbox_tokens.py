"""Access tokens against a real issuer and a real Dovecot: renewed in time, by one at a time, told in plain words."""

import dataclasses
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.dovecot import DovecotServer
from tests.services.issuer import CLIENT_ID, CLIENT_SECRET, Issuer, Mood
from ticketapp import clock
from ticketapp.actions import mailboxes as actions
from ticketapp.actions.mailbox_settings import MailboxSettings
from ticketapp.clock import utc_now
from ticketapp.models import AfterRecording, MailboxAccount, Security, SignIn
from ticketapp.outside import outside
from ticketapp.queries import mailboxes
from worker import mailbox_tokens, oauth, polling
from worker.imap_connection import MailboxError
from worker.mailbox_tokens import MailboxTokens

USER = "support@example.com"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer(USER) as server:
        yield server


@pytest.fixture
def dovecot_with_tokens(issuer: Issuer) -> Iterator[DovecotServer]:
    with DovecotServer({USER: "secret"}, introspection_url=f"{issuer.url}/introspect") as server:
        yield server


def settings_for(issuer: Issuer, imap_port: int = 1) -> MailboxSettings:
    return MailboxSettings(
        host="127.0.0.1",
        port=imap_port,
        security=Security.NONE,
        username=USER,
        folder="INBOX",
        after=AfterRecording.LEAVE,
        sign_in=SignIn.ISSUER,
        issuer_url=issuer.url,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        refresh_token=issuer.refresh_token,
    )


def add(settings: MailboxSettings) -> int:
    return actions.add(settings, vault=outside().vault, environment=None).id


def tokens_of(mailbox_id: int) -> MailboxTokens:
    return MailboxTokens(mailbox_id, outside().vault)


def account_of(mailbox_id: int) -> MailboxAccount:
    account = mailboxes.find(mailbox_id).account
    assert account is not None
    return account


@pytest.fixture
def mailbox_id(each_app: APIFlask, issuer: Issuer) -> int:
    return add(settings_for(issuer))


def test_mail_is_read_with_an_access_token(app: APIFlask, issuer: Issuer, dovecot_with_tokens: DovecotServer) -> None:
    with app.app_context():
        mailbox_id = add(settings_for(issuer, dovecot_with_tokens.imap_port))
        dovecot_with_tokens.deliver_many(USER, [letter("One"), letter("Two")])

        first = polling.poll(outside(), asked=lambda _run_id: None, mailbox_id=mailbox_id)
        polling.poll(outside(), asked=lambda _run_id: None, mailbox_id=mailbox_id)

        assert first is not None
        assert first.recorded == 2
        assert len(issuer.asked) == 1


def test_a_server_that_knows_only_oauthbearer_gets_the_token_that_way(app: APIFlask, issuer: Issuer) -> None:
    introspection_url = f"{issuer.url}/introspect"
    with (
        DovecotServer(
            {USER: "secret"}, introspection_url=introspection_url, token_mechanisms="oauthbearer"
        ) as server,
        app.app_context(),
    ):
        mailbox_id = add(settings_for(issuer, server.imap_port))
        assert polling.poll(outside(), asked=lambda _run_id: None, mailbox_id=mailbox_id) is not None


def test_a_token_that_the_mail_server_refuses_is_renewed_at_once(
    app: APIFlask, issuer: Issuer, dovecot_with_tokens: DovecotServer
) -> None:
    with app.app_context():
        mailbox_id = add(settings_for(issuer, dovecot_with_tokens.imap_port))
        polling.poll(outside(), asked=lambda _run_id: None, mailbox_id=mailbox_id)
        issuer.revoke_all()
        dovecot_with_tokens.stop()  # it remembers good tokens
        dovecot_with_tokens.start()

        assert polling.poll(outside(), asked=lambda _run_id: None, mailbox_id=mailbox_id) is not None
        assert list(issuer.given) == ["access-1", "access-2"]


def test_a_token_that_is_refused_although_new_is_told_and_not_asked_for_again_and_again(
    app: APIFlask, issuer: Issuer, dovecot_with_tokens: DovecotServer
) -> None:
    with app.app_context():
        mailbox_id = add(settings_for(issuer, dovecot_with_tokens.imap_port))
        issuer.user = "somebody.else@example.com"

        with pytest.raises(MailboxError, match=r"refused the sign-in of support@example\.com") as raised:
            polling.poll(outside(), asked=lambda _run_id: None, mailbox_id=mailbox_id)

        assert raised.value.refused
        assert "access-1" not in str(raised.value)
        assert len(issuer.asked) == 1


def test_a_good_token_is_kept_and_renewed_some_minutes_before_it_ends(mailbox_id: int, issuer: Issuer) -> None:
    assert tokens_of(mailbox_id).current() == tokens_of(mailbox_id).current() == "access-1"
    with clock.at(utc_now() + timedelta(minutes=54)):
        assert tokens_of(mailbox_id).current() == "access-1"
    with clock.at(utc_now() + timedelta(minutes=56)):
        assert tokens_of(mailbox_id).current() == "access-2"


def test_an_exchanged_refresh_token_is_kept_with_its_end(mailbox_id: int, issuer: Issuer) -> None:
    issuer.rotates, issuer.refresh_ends_in = True, {"refresh_token_expires_in": 86400 * 10}

    tokens_of(mailbox_id).current()
    with clock.at(utc_now() + timedelta(hours=2)):
        assert tokens_of(mailbox_id).current() == "access-2"

    assert [asked["refresh_token"] for asked in issuer.asked] == ["refresh-1", "refresh-2"]
    (expiry,) = mailboxes.expiries()
    assert expiry.what == "refresh token"
    assert timedelta(days=9) < expiry.at - utc_now() < timedelta(days=11)


def test_many_at_once_renew_once(make_postgres_app: MakeApp, issuer: Issuer) -> None:
    app = make_postgres_app()
    issuer.rotates = True
    with app.app_context():
        mailbox_id = add(settings_for(issuer))
    found: list[str] = []

    def ask() -> None:
        with app.app_context():
            found.append(tokens_of(mailbox_id).current())

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == ["access-1"] * 6
    assert len(issuer.asked) == 1


def test_while_the_old_token_is_good_a_renewal_that_fails_is_shown_and_not_repeated_at_once(
    mailbox_id: int, issuer: Issuer
) -> None:
    tokens_of(mailbox_id).current()
    issuer.mood = Mood.FAIL
    with clock.at(utc_now() + timedelta(minutes=57)):
        assert tokens_of(mailbox_id).current() == "access-1"
        assert tokens_of(mailbox_id).current() == "access-1"
    assert len(issuer.asked) == 2
    account = account_of(mailbox_id)
    assert account.renewal_failing_since is not None
    assert "gave no access token (status 503); it is tried again." in (account.renewal_error or "")
    assert [one.mailbox_id for one in mailboxes.failing_renewals()] == [mailbox_id]

    issuer.mood = Mood.GIVE
    with clock.at(utc_now() + timedelta(minutes=59)):
        assert tokens_of(mailbox_id).current() == "access-2"
    assert account_of(mailbox_id).renewal_error is None


@pytest.mark.parametrize(
    ("mood", "sentence", "refused"),
    [
        (Mood.REFUSE_TOKEN, "refused the refresh token: sign in there again and enter the new one", True),
        (Mood.REFUSE_CLIENT, "refused client ID or secret: perhaps the secret has expired", True),
        (Mood.FAIL, "it is tried again", False),
        (Mood.HANG, "could not be reached for a new access token", False),
        (Mood.FLOOD, "sent no end of an answer", False),
    ],
    ids=lambda value: value.name if isinstance(value, Mood) else None,
)
def test_what_goes_wrong_is_told_in_plain_words_without_secrets(
    mailbox_id: int, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, mood: Mood, sentence: str, refused: bool
) -> None:
    monkeypatch.setattr(oauth, "TIMEOUT", 0.5)
    issuer.mood = mood

    with pytest.raises(MailboxError) as raised:
        tokens_of(mailbox_id).current()

    assert sentence in str(raised.value)
    assert raised.value.refused == refused
    assert "refresh-1" not in str(raised.value)
    assert CLIENT_SECRET not in str(raised.value)
    assert account_of(mailbox_id).renewal_error == str(raised.value)


def test_an_issuer_that_is_gone_is_told(mailbox_id: int, issuer: Issuer) -> None:
    issuer.__exit__()
    with pytest.raises(MailboxError, match="could not be reached") as raised:
        tokens_of(mailbox_id).current()
    assert not raised.value.refused
    issuer.__enter__()


def test_an_issuer_that_says_it_is_another_gets_no_token(mailbox_id: int, issuer: Issuer) -> None:
    issuer.calls_itself = "https://evil.example"
    with pytest.raises(MailboxError, match="says that it is another issuer"):
        tokens_of(mailbox_id).current()
    assert issuer.asked == []


def test_an_issuer_that_wants_basic_gets_the_secret_in_the_header(mailbox_id: int, issuer: Issuer) -> None:
    issuer.wants_basic = True
    assert tokens_of(mailbox_id).current() == "access-1"
    assert "client_secret" not in issuer.asked[0]


def test_a_new_refresh_token_of_an_admin_is_not_overwritten_by_a_renewal_that_was_going_on(
    mailbox_id: int, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.rotates, renew = True, oauth.renew

    def slow_renewal(client: oauth.Client, refresh_token: str) -> object:
        grant = renew(client, refresh_token)
        settings = dataclasses.replace(settings_for(issuer), refresh_token="entered-meanwhile")
        actions.change(mailbox_id, settings, vault=outside().vault, environment=None)
        return grant

    monkeypatch.setattr(mailbox_tokens.oauth, "renew", slow_renewal)
    tokens_of(mailbox_id).current()

    account = account_of(mailbox_id)
    assert outside().vault.open(account.refresh_token_sealed or "") == "entered-meanwhile"
    assert account.access_token_sealed is None


@pytest.mark.parametrize(
    ("sign_in", "tenant", "url", "scope"),
    [
        (SignIn.GOOGLE, "", "https://oauth2.googleapis.com/token", "https://mail.google.com/"),
        (
            SignIn.MICROSOFT,
            "contoso.onmicrosoft.com",
            "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token",
            "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
        ),
    ],
    ids=["google", "microsoft"],
)
def test_google_and_microsoft_are_asked_at_their_own_addresses(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn, tenant: str, url: str, scope: str
) -> None:
    client = oauth.Client(
        sign_in=sign_in, tenant=tenant, issuer_url="", client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    assert oauth._endpoint(oauth.httpx2.Client(), client) == (url, False)
    monkeypatch.setattr(oauth, "_endpoint", lambda _http, _client: (f"{issuer.url}/token", False))

    assert oauth.renew(client, issuer.refresh_token).access_token == "access-1"
    assert issuer.asked[0]["scope"] == scope


def test_no_secret_shows_when_a_client_or_a_grant_is_printed(issuer: Issuer) -> None:
    client = oauth.Client(
        sign_in=SignIn.ISSUER, tenant="", issuer_url=issuer.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )
    assert CLIENT_SECRET not in repr(client)
    assert "access-1" not in repr(oauth.renew(client, issuer.refresh_token))
    assert CLIENT_SECRET not in repr(settings_for(issuer))
