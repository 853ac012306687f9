"""The configuration: a frozen dataclass read once from the environment; one error names every bad variable."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fsspec

from ticketapp.environment import Environment, is_url
from ticketapp.kept_secrets import kept_secret

MEGABYTE = 1_000_000
REPLY_ADDRESS = r"(?:(?=[^@]{0,42}@)[^\s@{}]*\{token\}[^\s@{}]*@[^\s@{}]+)?"
REPLY_MEANING = "like support+{token}@example.com, with at most 35 characters beside {token}"
POSTGRES_PREFIXES = ("postgresql+psycopg2://", "postgresql://", "postgres://")


class ConfigError(Exception):
    """The environment cannot be used; the text lists every variable that is missing or malformed, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The configuration cannot be used:\n" + "\n".join(f"  {line}" for line in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting. Sizes are bytes, times are seconds; what is None is not in use. See .env.example."""

    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    public_url: str | None
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    cors_allowed_origins: tuple[str, ...]
    max_request_bytes: int

    imap_host: str | None
    imap_port: int
    imap_security: str
    imap_user: str
    imap_password: str = field(repr=False)
    imap_folder: str
    imap_timeout_seconds: float
    imap_idle: bool
    maildir: Path | None
    after_recording: str
    after_recording_folder: str
    poll_seconds: float
    sweep_seconds: float
    mail_max_bytes: int
    mail_batch: int
    mailbox_lease_seconds: float
    reopen_days: int
    open_tickets_for: tuple[str, ...]
    credentials_keys: tuple[str, ...] = field(repr=False)

    support_address: str
    support_name: str
    reply_address: str
    acknowledge: bool
    acknowledge_template: Path | None
    acknowledge_per_hour: int
    smtp_host: str | None
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: str = field(repr=False)
    smtp_timeout_seconds: float
    outbox_dir: Path | None

    attachments_url: str

    gemini_api_key: str = field(repr=False)
    gemini_model: str
    gemini_base_url: str | None
    gemini_api_version: str | None
    gemini_requests_per_minute: int
    gemini_tokens_per_minute: int
    gemini_price_in: float
    gemini_price_out: float
    classify_timeout_seconds: float
    propose_timeout_seconds: float

    log_level: str

    @property
    def is_embedded(self) -> bool:
        """Whether this is the one-machine default: SQLite and no Redis."""
        return self.database_url.startswith("sqlite")

    @property
    def mailbox_name(self) -> str | None:
        """How the ledger names the mailbox set here: user@host/folder, or the Maildir's path; None without one."""
        if self.imap_host:
            return f"{self.imap_user}@{self.imap_host}/{self.imap_folder}"
        return f"maildir:{self.maildir}" if self.maildir else None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the environment. Raises ``ConfigError`` with every problem at once; creates the embedded secret."""
        return _Reader(os.environ if environ is None else environ).config()


class _Reader(Environment):
    """Reads every variable and gathers what is wrong with them."""

    def config(self) -> Config:
        data_dir = Path(self.text("DATA_DIR", "data")).resolve()
        settings: dict[str, Any] = {"data_dir": data_dir, "database_url": self._database_url(data_dir)}
        embedded = settings["database_url"].startswith("sqlite")
        settings |= self._web(data_dir, embedded=embedded)
        settings |= self._intake(data_dir, embedded=embedded)
        settings |= self._sending(data_dir, embedded=embedded)
        settings |= self._classification()
        settings["attachments_url"] = self._attachments_url(data_dir)
        settings["log_level"] = self.choice(
            "LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO", fold=str.upper
        )
        if self.problems:
            raise ConfigError(self.problems)
        return Config(**settings)

    def _database_url(self, data_dir: Path) -> str:
        url = self.text("DATABASE_URL", "")
        if not url:
            return f"sqlite:///{data_dir / 'ticketapp.sqlite3'}"
        for prefix in POSTGRES_PREFIXES:
            if url.startswith(prefix) and is_url(url, prefix.removesuffix("://")):
                return "postgresql+psycopg2://" + url.removeprefix(prefix)
        if not url.startswith("sqlite:///"):
            self.problems.append(
                "DATABASE_URL must be like postgresql://user:password@host:5432/name or sqlite:///path"
            )
        return url

    def _attachments_url(self, data_dir: Path) -> str:
        url = self.text("ATTACHMENTS_URL", f"file://{data_dir / 'attachments'}")
        scheme, found, _ = url.partition("://")
        if found and scheme not in fsspec.available_protocols():
            self.problems.append(
                "ATTACHMENTS_URL must be a folder or an fsspec address, like file:///path or s3://bucket"
            )
        return url

    def _web(self, data_dir: Path, *, embedded: bool) -> dict[str, Any]:
        public_url = self.text("PUBLIC_URL", "") or None
        if public_url and not is_url(public_url, "http", "https"):
            self.problems.append("PUBLIC_URL must be an http:// or https:// address")
        secret = self.text("SECRET_KEY", "")
        if not secret and embedded:
            secret = kept_secret(data_dir / "secret_key")
        elif len(secret) < 32:
            self.problems.append(
                "SECRET_KEY must be at least 32 characters, kept secret and the same for all processes"
            )
        redis_url = self.text("REDIS_URL", "") or None
        if redis_url is None and not embedded:
            self.problems.append("REDIS_URL is missing: PostgreSQL runs with Redis, like redis://localhost:6379/0")
        elif redis_url and not is_url(redis_url, "redis", "rediss", "unix"):
            self.problems.append("REDIS_URL must be an address like redis://localhost:6379/0, rediss://… or unix://…")
        return {
            "redis_url": redis_url,
            "secret_key": secret,
            "public_url": public_url,
            "trusted_hosts": self.words(
                "TRUSTED_HOSTS", r"\.?[\w.:\[\]-]+", meaning="host names, like help.example.com"
            ),
            "trusted_proxies": self.number("TRUSTED_PROXIES", 0, low=0, high=10, kind=int),
            "cors_allowed_origins": self.words(
                "CORS_ALLOWED_ORIGINS",
                r"\*|https?://[^/\s*]+",
                meaning="origins, like https://shop.example.com, or *",
            ),
            "max_request_bytes": self.number("MAX_REQUEST_BYTES", 25 * MEGABYTE, low=100_000, high=10**9, kind=int),
        }

    def _intake(self, data_dir: Path, *, embedded: bool) -> dict[str, Any]:
        host = self.text("IMAP_HOST", "") or None
        maildir = self.text("MAILDIR", "")
        keys = self._credentials_keys(data_dir, embedded=embedded)
        if not host and not maildir and not keys:
            self.problems.append(
                "IMAP_HOST is missing: name the IMAP server, set MAILDIR to read a local folder, "
                "or set CREDENTIALS_KEY to add mailboxes in the portal"
            )
        local = embedded and not host
        folder_read = maildir or (data_dir / "mail" / "inbox" if embedded else None)
        return self._imap(host) | {
            "maildir": None if host or folder_read is None else Path(folder_read).resolve(),
            "poll_seconds": self.number("POLL_SECONDS", 0.5 if local else 15.0, low=0.2, high=3600, kind=float),
            "sweep_seconds": self.number("SWEEP_SECONDS", 1.0 if embedded else 15.0, low=0.2, high=3600, kind=float),
            "mail_max_bytes": self.number("MAIL_MAX_BYTES", 50 * MEGABYTE, low=10_000, high=10**9, kind=int),
            "mail_batch": self.number("MAIL_BATCH", 100, low=1, high=500, kind=int),
            "mailbox_lease_seconds": self.number("MAILBOX_LEASE_SECONDS", 30.0, low=1, high=3600, kind=float),
            "reopen_days": self.number("REOPEN_DAYS", 14, low=0, high=3650, kind=int),
            "open_tickets_for": self.words(
                "OPEN_TICKETS_FOR",
                r"\*|[^@\s]*@[^@\s]+|[^@\s*]+\.[^@\s*]+",
                meaning="addresses, domains like @example.com, names of mailing lists, or *",
            ),
            "credentials_keys": keys,
        }

    def _imap(self, host: str | None) -> dict[str, Any]:
        user, password = self.text("IMAP_USER", ""), self.text("IMAP_PASSWORD", "")
        if host:
            self.require("IMAP_USER", user, because="IMAP_HOST is set")
            self.require("IMAP_PASSWORD", password, because="IMAP_HOST is set")
        security = self.choice("IMAP_SECURITY", ("tls", "starttls", "none"), default="tls")
        after, folder = self._after_recording()
        return {
            "imap_host": host,
            "imap_port": self.number("IMAP_PORT", 993 if security == "tls" else 143, low=1, high=65535, kind=int),
            "imap_security": security,
            "imap_user": user,
            "imap_password": password,
            "imap_folder": self.text("IMAP_FOLDER", "INBOX"),
            "imap_timeout_seconds": self.number("IMAP_TIMEOUT_SECONDS", 30.0, low=1, high=600, kind=float),
            "imap_idle": self.choice("IMAP_IDLE", ("on", "off"), default="on") == "on",
            "after_recording": after,
            "after_recording_folder": folder,
        }

    def _credentials_keys(self, data_dir: Path, *, embedded: bool) -> tuple[str, ...]:
        keys = tuple(key.strip() for key in self.text("CREDENTIALS_KEY", "").split(",") if key.strip())
        if any(len(key) < 32 for key in keys):
            self.problems.append("CREDENTIALS_KEY must be random keys of at least 32 characters, the newest first")
        if not keys and embedded:
            return (kept_secret(data_dir / "credentials_key"),)
        return keys

    def _after_recording(self) -> tuple[str, str]:
        value = self.text("IMAP_AFTER", "leave")
        kind, _, folder = value.partition(":")
        if kind not in ("leave", "seen", "move") or (kind == "move") != bool(folder):
            self.problems.append("IMAP_AFTER must be leave, seen, or move:FOLDER")
        return kind, folder

    def _sending(self, data_dir: Path, *, embedded: bool) -> dict[str, Any]:
        host = self.text("SMTP_HOST", "") or None
        outbox, template = self.text("OUTBOX_DIR", ""), self.text("ACKNOWLEDGE_TEMPLATE", "")
        address = self.text("SUPPORT_ADDRESS", "support@localhost" if embedded and not host else "").strip().lower()
        if not host and not outbox and not embedded:
            self.problems.append("SMTP_HOST is missing: name the mail server, or set OUTBOX_DIR to write to a folder")
        if not address:
            self.problems.append("SUPPORT_ADDRESS is missing: the address customers write to")
        elif "@" not in address or any(c.isspace() for c in address):
            self.problems.append("SUPPORT_ADDRESS must be one mail address, like support@example.com")
        security = self.choice("SMTP_SECURITY", ("starttls", "tls", "none"), default="starttls")
        port = {"starttls": 587, "tls": 465, "none": 25}[security]
        return {
            "support_address": address,
            "support_name": self.text("SUPPORT_NAME", "Support"),
            "reply_address": self.pattern("REPLY_ADDRESS", REPLY_ADDRESS, default="", meaning=REPLY_MEANING).lower(),
            "acknowledge": self.choice("ACKNOWLEDGE", ("on", "off"), default="off") == "on",
            "acknowledge_template": Path(template).resolve() if template else None,
            "acknowledge_per_hour": self.number("ACKNOWLEDGE_PER_HOUR", 5, low=1, high=1000, kind=int),
            "smtp_host": host,
            "smtp_port": self.number("SMTP_PORT", port, low=1, high=65535, kind=int),
            "smtp_security": security,
            "smtp_user": self.text("SMTP_USER", ""),
            "smtp_password": self.text("SMTP_PASSWORD", ""),
            "smtp_timeout_seconds": self.number("SMTP_TIMEOUT_SECONDS", 30.0, low=1, high=600, kind=float),
            "outbox_dir": None if host else Path(outbox or data_dir / "mail" / "outbox").resolve(),
        }

    def _classification(self) -> dict[str, Any]:
        key = self.pattern("GEMINI_API_KEY", r"[!-~]*", default="", meaning="the key alone, without blanks")
        default = "gemini-3.5-flash-lite"
        model = self.pattern("GEMINI_MODEL", r"\w[\w.-]*(/\w[\w.-]*)*", default=default, meaning=f"like {default}")
        url = self.pattern("GEMINI_BASE_URL", r"(https?://[^/\s]\S*)?", default="", meaning="an https:// address")
        return {
            "gemini_api_key": key,
            "gemini_model": model,
            "gemini_base_url": url or None,
            "gemini_api_version": self.text("GEMINI_API_VERSION", "") or None,
            "gemini_requests_per_minute": self.number("GEMINI_REQUESTS_PER_MINUTE", 0, low=0, high=10**6, kind=int),
            "gemini_tokens_per_minute": self.number("GEMINI_TOKENS_PER_MINUTE", 0, low=0, high=10**9, kind=int),
            "gemini_price_in": self.number("GEMINI_PRICE_IN", 0.0, low=0, high=10_000, kind=float),
            "gemini_price_out": self.number("GEMINI_PRICE_OUT", 0.0, low=0, high=10_000, kind=float),
            "classify_timeout_seconds": self.number("CLASSIFY_TIMEOUT_SECONDS", 10.0, low=0.5, high=120, kind=float),
            "propose_timeout_seconds": self.number("PROPOSE_TIMEOUT_SECONDS", 4.0, low=0.5, high=30, kind=float),
        }
