"""Checks of single values that come into the API, and the JSON schema of each. A check says what would be right."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, TypeAlias

from pydantic import PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from ticketapp.actions import fields
from ticketapp.actions.tickets import NAME_LIMIT
from ticketapp.errors import InvalidInput
from ticketapp.models import Category, ChosenBy, Priority, Status
from ticketapp.models.ticket import DESCRIPTION_LIMIT, TITLE_LIMIT

Json: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[str, Any], Any]

HIGHEST_ID = 2**63 - 1
LIST_LIMIT = 200
LIST_DEFAULT = 50
YES_OR_NO = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}

title: Check = partial(fields.required_text, limit=TITLE_LIMIT)
optional_title: Check = partial(fields.optional_text, limit=TITLE_LIMIT)
description: Check = partial(fields.required_text, limit=DESCRIPTION_LIMIT)
requester_name: Check = partial(fields.optional_text, limit=NAME_LIMIT)
category: Check = partial(fields.one_of, kind=Category)
priority: Check = partial(fields.one_of, kind=Priority)
status: Check = partial(fields.one_of, kind=Status)
chosen_by: Check = partial(fields.one_of, kind=ChosenBy)


def checked(check: Check) -> PlainValidator:
    """A validator of ``check(field name, value)``, whose ``InvalidInput`` becomes an error of that field."""

    def validate(value: Any, info: ValidationInfo) -> Any:
        try:
            return check(info.field_name or "", value)
        except InvalidInput as invalid:
            raise PydanticCustomError("invalid", "{sentence}", {"sentence": invalid.sentence}) from None

    return PlainValidator(validate)


def or_null(check: Check) -> Check:
    """``check``, for a value that may also be null."""
    return lambda field, value: None if value is None else check(field, value)


def or_blank(check: Check) -> Check:
    """``check``, for a value that may also be null or blank, which both become None."""
    return lambda field, value: None if value is None or value == "" else check(field, value)


def list_limit(field: str, value: str) -> int:
    """How many tickets to list, from a query string; blank means the default."""
    text = value.strip() or str(LIST_DEFAULT)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= LIST_LIMIT):
        raise InvalidInput(field, f"{field} must be a whole number from 1 to {LIST_LIMIT}.")
    return int(text)


def yes_or_no(field: str, value: str) -> bool:
    """A flag in a query string; blank means no."""
    try:
        return YES_OR_NO[value.strip().lower()]
    except KeyError:
        raise InvalidInput(field, f"{field} must be true or false.") from None


def moment(field: str, value: Any) -> datetime:
    """A time as a ticket shows it: ISO 8601 with its zone."""
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (AttributeError, TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput(field, f"{field} must be a time with its zone, like 2026-11-20T14:37:44.475444Z.")
    return found


def staff_member(field: str, value: Any) -> int | str | None:
    """A member of staff: a number, an address, null for nobody, or the object that a ticket shows of them."""
    if isinstance(value, dict):
        value = value.get("id")
    if value is None or (isinstance(value, str) and fields.is_storable(value)):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= HIGHEST_ID:
        return value
    raise InvalidInput(field, "Assignee must be the number or the address of a member of staff, or null for nobody.")


def text_schema(limit: int, *, at_least: int = 1, example: str | None = None) -> Json:
    """The JSON schema of text of so many characters."""
    schema: Json = {"type": "string", "maxLength": limit}
    if at_least:
        schema["minLength"] = at_least
    return schema | ({"examples": [example]} if example else {})


def word_schema(kind: type[StrEnum]) -> Json:
    """The JSON schema of one word of ``kind``."""
    return {"type": "string", "enum": [str(word) for word in kind]}


def nullable(schema: Json) -> Json:
    """``schema``, for a value that may also be null."""
    words = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return schema | {"type": [schema["type"], "null"]} | words
