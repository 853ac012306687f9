"""What the SDK raises, told as failures. Imports the SDK: to be imported only where a call is made."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
from google.genai import errors

from ticketapp.ai.failures import Failure, FailureKind

MAX_RETRY_AFTER_SECONDS = 24 * 3600.0

# What is not here is no question's fault: below 500 as well, where a proxy or another API speaks.
_BY_STATUS = {
    400: FailureKind.BAD_REQUEST,
    401: FailureKind.REFUSED_KEY,
    402: FailureKind.BILLING,
    403: FailureKind.REFUSED_KEY,
    404: FailureKind.UNKNOWN_MODEL,
    408: FailureKind.TIMED_OUT,
    413: FailureKind.BAD_REQUEST,
    422: FailureKind.BAD_REQUEST,
    429: FailureKind.RATE_LIMITED,
    451: FailureKind.REFUSED_ACCOUNT,
    504: FailureKind.TIMED_OUT,
}

# google.api.ErrorReason, as far as it says more than the status.
_BY_REASON = {
    "API_KEY_INVALID": FailureKind.REFUSED_KEY,
    "API_KEY_EXPIRED": FailureKind.REFUSED_KEY,
    "BILLING_DISABLED": FailureKind.BILLING,
    "SERVICE_DISABLED": FailureKind.REFUSED_ACCOUNT,
    "USER_PROJECT_DENIED": FailureKind.REFUSED_ACCOUNT,
    "CONSUMER_SUSPENDED": FailureKind.REFUSED_ACCOUNT,
    "CONSUMER_INVALID": FailureKind.REFUSED_ACCOUNT,
    "ACCOUNT_STATE_INVALID": FailureKind.REFUSED_ACCOUNT,
    "SECURITY_POLICY_VIOLATED": FailureKind.REFUSED_ACCOUNT,
    "LOCATION_POLICY_VIOLATED": FailureKind.REFUSED_ACCOUNT,
    "LOCATION_TAX_POLICY_VIOLATED": FailureKind.REFUSED_ACCOUNT,
    "LOCATION_ORG_POLICY_VIOLATED": FailureKind.REFUSED_ACCOUNT,
}
# Neither ends when the minute is over; both came with 429 before there was 402.
_OUT_OF_CREDIT = ("prepay", "spending cap")

# First match counts: the narrow classes stand before the ones they derive from.
_BY_ERROR: tuple[tuple[type[Exception], FailureKind], ...] = (
    (httpx2.ConnectTimeout, FailureKind.UNREACHABLE),
    (httpx2.TimeoutException, FailureKind.TIMED_OUT),
    (httpx2.DecodingError, FailureKind.UNREADABLE),
    (httpx2.HTTPError, FailureKind.UNREACHABLE),
    (ValueError, FailureKind.UNREADABLE),
    (OSError, FailureKind.UNREACHABLE),
)


def failure_from(error: Exception) -> Failure:
    """The failure that this exception of a call stands for; UNEXPECTED for one that no part is known to raise.

    Never raises, whatever the provider put into its error.
    """
    if isinstance(error, errors.APIError):
        return Failure.of(
            _kind_of(error),
            f"HTTP {error.code} {error.status or ''}: {error.message or ''}",
            retry_after_seconds=_retry_after_seconds(error),
        )
    kind = next((kind for cls, kind in _BY_ERROR if isinstance(error, cls)), FailureKind.UNEXPECTED)
    return Failure.of(kind, f"{type(error).__name__}: {error}")


def is_about_thinking(error: errors.APIError) -> bool:
    """Whether a 400 complains about the thinking configuration, which not every model takes."""
    return error.code == 400 and "thinking" in str(error.details).lower()


def _kind_of(error: errors.APIError) -> FailureKind:
    if error.code < 400:
        return FailureKind.UNREADABLE
    told = (_kind_of_reason(error) or _kind_of_words(error)) if error.code < 500 else None
    return told or _BY_STATUS.get(error.code, FailureKind.UNAVAILABLE)


def _kind_of_reason(error: errors.APIError) -> FailureKind | None:
    reasons = [detail.get("reason") for detail in _details(error)]
    return next((_BY_REASON[reason] for reason in reasons if isinstance(reason, str) and reason in _BY_REASON), None)


def _kind_of_words(error: errors.APIError) -> FailureKind | None:
    """What only the message tells: https://ai.google.dev/gemini-api/docs/troubleshooting."""
    words = str(error.message).lower()
    if error.code == 400 and "api key" in words:
        return FailureKind.REFUSED_KEY
    if error.status == "FAILED_PRECONDITION" and error.code != 402:
        return FailureKind.BILLING if "billing" in words else FailureKind.REFUSED_ACCOUNT
    is_out_of_credit = error.code == 429 and any(said in words for said in _OUT_OF_CREDIT)
    return FailureKind.BILLING if is_out_of_credit else None


def _retry_after_seconds(error: errors.APIError) -> float | None:
    """From the Retry-After header (RFC 9110, 10.2.3), else from google.rpc.RetryInfo; a day at most."""
    header = _headers(error).get("retry-after", "")
    for text, read in ((header, _seconds), (header, _seconds_until), (_retry_info(error), _seconds)):
        seconds = read(text)
        if seconds is not None:
            return min(seconds, MAX_RETRY_AFTER_SECONDS)
    return None


def _headers(error: errors.APIError) -> Mapping[str, str]:
    return error.response.headers if isinstance(error.response, httpx2.Response) else {}


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text.strip().removesuffix("s"))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _seconds_until(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _retry_info(error: errors.APIError) -> str:
    delays = (detail.get("retryDelay") for detail in _details(error))
    return next((delay for delay in delays if isinstance(delay, str)), "")


def _details(error: errors.APIError) -> list[Mapping[str, Any]]:
    """The `google.rpc` details of the error body, as far as it has the shape they should have."""
    body = error.details.get("error") if isinstance(error.details, dict) else None
    details = body.get("details") if isinstance(body, dict) else None
    return [detail for detail in details if isinstance(detail, dict)] if isinstance(details, list) else []
