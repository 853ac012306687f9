"""What makes two questions the same one: the text as it is sent, after masking, the model and the prompt."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple

from ticketapp.ai.manner import Manner
from ticketapp.ai.prompting import ticket_parts


def digest(
    *, title: str, description: str, newest_reply: str, manner: Manner, model: str, prompt_version: str
) -> str:
    """64 hexadecimal digits (SHA-256), the same for texts that the model could not tell apart.

    Line ends, invisible signs and what is masked make no difference. Examples do not count: they may change from
    one minute to the next without making the text another one.
    """
    text = {"title": title, "description": description, "newest_reply": newest_reply}
    return _sha256(_parts(**text, manner=manner, model=model, prompt_version=prompt_version))


def whole_digest(
    *, title: str, description: str, newest_reply: str, manner: Manner, model: str, prompt_version: str
) -> str:
    """As ``digest``, but the same only where the examples are the same as well."""
    text = {"title": title, "description": description, "newest_reply": newest_reply}
    parts = _parts(**text, manner=manner, model=model, prompt_version=prompt_version)
    return _sha256([*parts, *map(astuple, manner.examples)])


def _parts(
    *, title: str, description: str, newest_reply: str, manner: Manner, model: str, prompt_version: str
) -> list[object]:
    parts = ticket_parts(title=title, description=description, newest_reply=newest_reply, mask=manner.masked)
    return [manner.model or model, prompt_version, *parts]


def _sha256(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
