"""Where configuration becomes Flask settings and clients of the outside world."""

from typing import Any

from config import Config, ConfigError
from ticketapp.actions.acknowledging import Acknowledgement
from ticketapp.actions.conversation import Support
from ticketapp.actions.intake_rules import IntakeRules
from ticketapp.ai import (
    DEFAULT_PROMPT_VERSION,
    PROGRAM_PLACES,
    Caller,
    FileMemory,
    Gate,
    GatedClassifier,
    GeminiClassifier,
    Memory,
    Pace,
    ProcessMemory,
    UnconfiguredClassifier,
)
from ticketapp.hints import Hints, no_hint
from ticketapp.mail import DEFAULT_TEMPLATE, read_template, thread_tokens
from ticketapp.outside import Outside
from ticketapp.storage import AttachmentStore
from ticketapp.vault import Vault

FORM_MEMORY_BYTES = 2_000_000
SESSION_SECONDS = 14 * 24 * 3600
REDIS_PATIENCE = {"socket_connect_timeout": 1, "socket_timeout": 1}  # seconds; nobody waits longer to sign in


def flask_settings(config: Config) -> dict[str, Any]:
    """The settings of Flask and its extensions that follow from ours."""
    is_https = (config.public_url or "").startswith("https://")
    return {
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        # What customers write belongs into no log: errors of the database tell the statement, not its values.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True}
        if config.is_embedded
        else {
            "hide_parameters": True,
            "pool_pre_ping": True,
            "pool_size": 10,
            "executemany_mode": "values_plus_batch",
        },
        "TRUSTED_HOSTS": list(config.trusted_hosts) or None,
        "MAX_CONTENT_LENGTH": config.max_request_bytes,
        "MAX_FORM_MEMORY_SIZE": FORM_MEMORY_BYTES,
        "SESSION_COOKIE_NAME": "__Host-session" if is_https else "session",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": SESSION_SECONDS,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_STORAGE_URI": config.redis_url or "memory://",
        "RATELIMIT_STORAGE_OPTIONS": REDIS_PATIENCE if config.redis_url else {},
        "RATELIMIT_HEADERS_ENABLED": False,
    }


def outside_of(config: Config) -> Outside:
    """The clients and rules that this configuration asks for; none of them connects before it is used."""
    tokens = thread_tokens(config.secret_key, config.reply_address)
    classifier = classifier_of(config)
    support = Support(name=config.support_name, address=config.support_address, tokens=tokens)
    return Outside(
        config=config,
        classifier=classifier,
        adviser=classifier.for_caller(Caller.FORM),
        programs_adviser=classifier.for_caller(Caller.FORM, places=PROGRAM_PLACES),
        store=AttachmentStore(config.attachments_url),
        support=support,
        rules=IntakeRules(
            support_address=config.support_address,
            reopen_days=config.reopen_days,
            opens_for=frozenset(word.lower() for word in config.open_tickets_for),
            tokens=tokens,
            acknowledgement=_acknowledgement(config, support),
        ),
        vault=Vault(config.credentials_keys),
        hint=Hints(config.redis_url) if config.redis_url else no_hint,
    )


def _acknowledgement(config: Config, support: Support) -> Acknowledgement | None:
    if not config.acknowledge:
        return None
    try:
        template = read_template(config.acknowledge_template or DEFAULT_TEMPLATE)
    except ValueError as error:
        raise ConfigError([f"ACKNOWLEDGE_TEMPLATE: {error}"]) from error
    return Acknowledgement(support=support, template=template, hourly_limit=config.acknowledge_per_hour)


def classifier_of(config: Config, *, prompt_version: str = DEFAULT_PROMPT_VERSION) -> GatedClassifier:
    """Gemini with the key that is set, behind the gate that all processes share; without a key, who says so.

    Raises ``LookupError`` for a version of the prompt that there is not.
    """
    allowed = Pace(config.gemini_requests_per_minute or None, config.gemini_tokens_per_minute or None)
    provider = f"{config.gemini_base_url}\n{config.gemini_api_key}"
    memory = _memory(config)
    gate = Gate(memory, provider=provider, pace=allowed)
    if not config.gemini_api_key:
        return GatedClassifier(UnconfiguredClassifier(), gate, caller=Caller.WORKER)
    gemini = GeminiClassifier(
        api_key=config.gemini_api_key,
        model=config.gemini_model,
        base_url=config.gemini_base_url,
        api_version=config.gemini_api_version,
        read_timeout_seconds=config.classify_timeout_seconds,
        prompt_version=prompt_version,
        memory=memory,
    )
    return GatedClassifier(gemini, gate, caller=Caller.WORKER)


def _memory(config: Config) -> Memory:
    """Redis where there is one; else a folder, because web and worker of the embedded mode are two processes."""
    if not config.gemini_api_key:
        return ProcessMemory()
    if config.redis_url is None:
        return FileMemory(config.data_dir / "gate")
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    from ticketapp.ai.redis_memory import RedisMemory

    client = Redis.from_url(
        config.redis_url, decode_responses=True, retry=Retry(NoBackoff(), retries=0), **REDIS_PATIENCE
    )
    return RedisMemory(client)
