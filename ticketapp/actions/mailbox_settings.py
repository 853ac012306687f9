"""The settings of a mailbox of the portal, and what each must be, with the sentence that says what would be right."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ticketapp.clock import utc_now
from ticketapp.errors import InvalidInput
from ticketapp.models import AfterRecording, Category, Security, SignIn

HOST = re.compile(r"(?=.{1,255}$)[\w:]([\w.:-]*[\w:])?", re.ASCII)
TENANT = re.compile(r"[\w.-]{1,100}", re.ASCII)
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NAME_LIMIT = 500
LONG_PAST = timedelta(days=366)
SECRET_LIMIT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """How a mailbox is to be reached, as an admin wrote it. A secret that is empty stays as it was kept before."""

    host: str
    port: int
    security: Security
    username: str
    folder: str
    after: AfterRecording
    after_folder: str = ""
    sign_in: SignIn
    tenant: str = ""
    issuer_url: str = ""
    client_id: str = ""
    client_secret_expires_at: datetime | None = None
    default_category: Category | None = None
    password: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The mailbox's identity in the ledger: user@host/folder."""
        return f"{self.username}@{self.host}/{self.folder}"

    def is_same_as(self, name: str) -> bool:
        """Whether a mailbox of this name is read with these settings: capital letters tell neither users nor hosts
        apart, nor INBOX from inbox (RFC 3501)."""
        place = f"{self.username}@{self.host}/"
        is_place = name[: len(place)].casefold() == place.casefold()
        return is_place and _folder(name[len(place) :]) == _folder(self.folder)

    def host_in(self, name: str) -> str | None:
        """The host in the name of a mailbox that has this user and folder, whatever its host; None for another."""
        host, _, _ = name[len(self.username) + 1 :].partition("/")
        is_same = bool(host) and dataclasses.replace(self, host=host).is_same_as(name)
        return host if is_same else None


def checked(settings: MailboxSettings, *, environment: str | None) -> MailboxSettings:
    """The settings, trimmed, without what their way of signing in does not use. Raises ``InvalidInput``."""
    settings = _trimmed(settings)
    _check_connection(settings)
    if settings.sign_in != SignIn.PASSWORD:
        _check_client(settings)
    for name in ("password", "client_secret", "refresh_token"):
        if len(getattr(settings, name)) > SECRET_LIMIT:
            raise InvalidInput(name, f"At most {SECRET_LIMIT:,} characters.")
    if len(settings.name) > NAME_LIMIT:
        raise InvalidInput("folder", f"User, host and folder have at most {NAME_LIMIT} characters together.")
    if environment is not None and settings.is_same_as(environment):
        raise InvalidInput("username", "The environment sets this mailbox (IMAP_HOST); it is polled already.")
    return settings


def check_secrets(sign_in: SignIn, sealed: Mapping[str, str | None]) -> None:
    """See that what this way of signing in needs is there. Raises ``InvalidInput``."""
    if sign_in == SignIn.PASSWORD and not sealed["password_sealed"]:
        raise InvalidInput("password", "Give the password for this server; many providers want an app password here.")
    if sign_in != SignIn.PASSWORD and not sealed["refresh_token_sealed"]:
        raise InvalidInput(
            "refresh_token", "Give the refresh token that the issuer gave to this client ID, for this server."
        )


def is_safe_url(url: str) -> bool:
    """Whether secrets may go to this address: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0 and not parts.username and not parts.query
    except ValueError:
        return False
    return is_whole and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE))


def _trimmed(settings: MailboxSettings) -> MailboxSettings:
    is_issuer, is_microsoft = settings.sign_in == SignIn.ISSUER, settings.sign_in == SignIn.MICROSOFT
    has_client = settings.sign_in != SignIn.PASSWORD
    return dataclasses.replace(
        settings,
        host=settings.host.strip().lower(),
        username=settings.username.strip(),
        folder=_folder(settings.folder) or "INBOX",
        after_folder=_folder(settings.after_folder) if settings.after == AfterRecording.MOVE else "",
        tenant=settings.tenant.strip() if is_microsoft else "",
        issuer_url=settings.issuer_url.strip().rstrip("/") if is_issuer else "",
        client_id=settings.client_id.strip() if has_client else "",
        client_secret=settings.client_secret.strip(),
        refresh_token=settings.refresh_token.strip(),
        client_secret_expires_at=settings.client_secret_expires_at if has_client else None,
    )


def _folder(written: str) -> str:
    """A folder as it is kept: the name INBOX means the same in any letters (RFC 3501), others do not."""
    folder = written.strip()
    return "INBOX" if folder.upper() == "INBOX" else folder


def _check_connection(settings: MailboxSettings) -> None:
    if not HOST.fullmatch(settings.host):
        raise InvalidInput("host", "Give the server's name alone, like imap.example.com.")
    if not 1 <= settings.port <= 65535:
        raise InvalidInput("port", "A port is a number from 1 to 65535; 993 is usual with TLS, 143 without.")
    for name in ("username", "folder", "after_folder"):
        if CONTROL.search(getattr(settings, name)):
            raise InvalidInput(name, "This holds a line end or a control character.")
    if not 1 <= len(settings.username) <= 320:
        raise InvalidInput("username", "Give the name to sign in with, often the mail address.")
    if settings.after == AfterRecording.MOVE and not settings.after_folder:
        raise InvalidInput("after_folder", "Give the folder that recorded mails are moved to.")
    if settings.after == AfterRecording.MOVE and settings.after_folder == settings.folder:
        raise InvalidInput("after_folder", "This must be another folder than the one that is read.")


def _check_client(settings: MailboxSettings) -> None:
    ends_at = settings.client_secret_expires_at
    if ends_at is not None and utc_now() - ends_at > LONG_PAST:
        sentence = "This day is long past: give the day on which the secret in use ends, or leave it empty."
        raise InvalidInput("client_secret_expires_at", sentence)
    if not 1 <= len(settings.client_id) <= 500:
        raise InvalidInput("client_id", "Give the client ID that the issuer gave to this application.")
    if settings.tenant and not TENANT.fullmatch(settings.tenant):
        raise InvalidInput("tenant", "A tenant is an ID or a domain, like contoso.onmicrosoft.com.")
    if settings.sign_in == SignIn.ISSUER and (len(settings.issuer_url) > 500 or not is_safe_url(settings.issuer_url)):
        raise InvalidInput("issuer_url", "Give the issuer's https:// address, like https://login.example.com/realm.")
