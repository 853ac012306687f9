"""The OpenAPI document as people read it: operations with their values, answers and an example. Pure, no Flask."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from markupsafe import Markup, escape

Json: TypeAlias = dict[str, Any]

MARKS = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|`(?P<code>[^`]+)`")
KINDS = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text", "null": "null"}
EXAMPLES = {"integer": 1, "number": 0.9, "boolean": True, "string": "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One parameter or field: where it goes, what it may be, and the words to choose from, if there are any."""

    name: str
    place: str
    kind: str
    is_required: bool
    description: Markup
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One way an operation may answer."""

    status: str
    description: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation. ``example`` is a body to start from, ``answer_example`` what comes back when all is well."""

    name: str
    method: str
    path: str
    tag: str
    summary: str
    paragraphs: tuple[Markup, ...]
    parameters: tuple[Value, ...]
    fields: tuple[Value, ...]
    example: str
    answer_example: str
    answers: tuple[Answer, ...]


def operations(document: Json) -> tuple[Operation, ...]:
    """Every operation, in the order of the document's tags."""
    order = [tag["name"] for tag in document["tags"]]
    found = [
        _operation(document, path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return tuple(sorted(found, key=lambda operation: order.index(operation.tag)))


def paragraphs(text: str) -> tuple[Markup, ...]:
    """The paragraphs of a description, its **strong** words and `code` marked up and all else escaped."""
    return tuple(_marked(part) for part in text.split("\n\n") if part.strip())


def _operation(document: Json, path: str, method: str, operation: Json) -> Operation:
    body = operation.get("requestBody")
    schema = _resolved(document, _schema_of(body)) if body else {}
    success = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        tag=operation["tags"][0],
        summary=operation["summary"],
        paragraphs=paragraphs(operation.get("description", "")),
        parameters=tuple(_value(item["name"], item["in"], item["schema"], item) for item in operation["parameters"]),
        fields=tuple(_fields(schema)),
        example=_pretty(_example_body(schema)) if body else "",
        answer_example=_pretty(_example(document, _schema_of(success))),
        answers=tuple(
            Answer(status=status, description=_marked(answer["description"]))
            for status, answer in sorted(operation["responses"].items())
        ),
    )


def _fields(schema: Json) -> Iterator[Value]:
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        yield _value(name, "body", field, {"required": name in required, "description": field.get("description", "")})


def _value(name: str, place: str, schema: Json, facts: Json) -> Value:
    return Value(
        name=name,
        place=place,
        kind=_kind(schema),
        is_required=facts.get("required", False),
        description=_marked(facts.get("description", "")),
        words=tuple(word for word in schema.get("enum", ()) if word is not None),
    )


def _kind(schema: Json) -> str:
    """What a value may be, in words: "text or null, 1 to 200 characters"."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    words = [KINDS[kind] for kind in kinds]
    if "enum" in schema:
        words = ["null" if word is None else word for word in schema["enum"]]
    text = " or ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
    return text + _span(schema, "minLength", "maxLength", " characters") + _span(schema, "minimum", "maximum", "")


def _span(schema: Json, low: str, high: str, unit: str) -> str:
    if high not in schema:
        return f", at least {schema[low]}{unit}" if low in schema else ""
    return f", {schema[low]} to {schema[high]:,}{unit}" if low in schema else f", at most {schema[high]:,}{unit}"


def _marked(text: str) -> Markup:
    pieces, end = [], 0
    for mark in MARKS.finditer(text):
        tag = mark.lastgroup or "code"
        pieces += [escape(text[end : mark.start()]), Markup(f"<{tag}>{{}}</{tag}>").format(mark[tag])]  # noqa: S704  # tag is one of two words
        end = mark.end()
    return Markup("").join([*pieces, escape(text[end:])])


def _schema_of(message: Json) -> Json:
    content: Json = next(iter(message["content"].values()))
    schema: Json = content["schema"]
    return schema


def _resolved(document: Json, schema: Json) -> Json:
    if "$ref" not in schema:
        return schema
    found: Json = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _example_body(schema: Json) -> Json:
    """The required fields of a body; of a body that requires none, the first that is one of a few words."""
    fields = schema["properties"]
    chosen = schema.get("required") or [next(name for name, field in fields.items() if "enum" in field)]
    return {name: (fields[name].get("examples") or fields[name]["enum"])[0] for name in chosen}


def _example(document: Json, schema: Json) -> Any:
    """A made-up value of this schema."""
    schema = _resolved(document, schema)
    if "anyOf" in schema:
        return _example(document, schema["anyOf"][0])
    if "enum" in schema or "examples" in schema:
        return (schema.get("examples") or schema["enum"])[0]
    if schema.get("format") == "date-time":
        return "2026-11-20T13:25:04.118000Z"
    if schema["type"] == "array":
        return [_example(document, schema["items"])]
    if schema["type"] == "object":
        return _example_object(document, schema)
    return EXAMPLES[schema["type"]]


def _example_object(document: Json, schema: Json) -> Json:
    if "properties" in schema:
        return {name: _example(document, field) for name, field in schema["properties"].items()}
    words = _resolved(document, schema["propertyNames"])["enum"]
    return {word: _example(document, schema["additionalProperties"]) for word in words}


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
