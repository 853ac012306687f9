"""Secrets in a table, in the rows below a heading such as ``| user | password |``. Pure and linear."""

import re
from collections.abc import Iterator
from itertools import accumulate

from ticketapp.ai import masking_looks as looks
from ticketapp.ai.masking_joined import is_joined_secret
from ticketapp.ai.masking_labels import LABEL

Span = tuple[int, int]
_Heading = list[re.Match[str] | None]
_BLANKS = "  "  # two at least
_DELIMITERS = ("|", "\t", ";", ",", _BLANKS)
# These also part what stands in a sentence: only what looks like a secret is one, in a row as long as the heading.
_ALSO_IN_SENTENCES = frozenset({";", ",", _BLANKS})
_CELL_BETWEEN_BLANKS = re.compile(r"\S(?:[^ ]|[ ](?=\S))*")
_AROUND = " \t\r*_`\"'"


def told_in_tables(text: str) -> Iterator[Span]:
    """Where the secrets in columns of passwords, codes and keys begin and end; a table ends where no row follows, or
    at a heading with such words over other columns."""
    delimiter, heading, at = "", _Heading(), 0
    for line in text.split("\n"):
        cells = _cells(line, delimiter) if delimiter else []
        next_delimiter, next_heading = _heading_of(line)
        if len(cells) > 1 and _columns(next_heading) in ([], _columns(heading)):
            in_sentences = delimiter in _ALSO_IN_SENTENCES
            if not in_sentences or len(cells) == len(heading):
                yield from _told_in_row(cells, heading, at, is_plain_one_too=not in_sentences)
        else:
            delimiter, heading = next_delimiter, next_heading
        at += len(line) + 1


def _heading_of(line: str) -> tuple[str, _Heading]:
    """The delimiter and the label over each column that has one; nothing where the line is no heading."""
    if LABEL.search(line):
        for delimiter in _DELIMITERS:
            labels = [LABEL.fullmatch(cell.strip(_AROUND)) for _, cell in _cells(line, delimiter)]
            if len(labels) > 1 and any(label and label[0].lower() != "pass" for label in labels):
                return delimiter, labels
    return "", []


def _cells(line: str, delimiter: str) -> list[tuple[int, str]]:
    """What stands between the delimiters, each with its place in the line."""
    if delimiter == _BLANKS:
        return [(cell.start(), cell[0]) for cell in _CELL_BETWEEN_BLANKS.finditer(line)]
    cells = line.split(delimiter)
    starts = accumulate((len(cell) + 1 for cell in cells), initial=0)
    return list(zip(starts, cells, strict=False))


def _columns(heading: _Heading) -> list[int]:
    return [number for number, label in enumerate(heading) if label]


def _told_in_row(
    cells: list[tuple[int, str]], heading: _Heading, at: int, *, is_plain_one_too: bool
) -> Iterator[Span]:
    for (place, cell), label in zip(cells, heading, strict=False):
        value = cell.strip(_AROUND)
        if length := _length_of_secret(value, label, is_plain_one_too=is_plain_one_too):
            start = at + place + cell.index(value)
            yield start, start + length


def _length_of_secret(value: str, label: re.Match[str] | None, *, is_plain_one_too: bool) -> int:
    """How much of a cell is a secret, from its beginning: of several words the first, if it clearly looks so."""
    words = len(value.split())
    if not label or not words:
        return 0
    if words > 1:
        return looks.strong(value, 0) or 0
    return len(value) if _is_secret(value, label, is_plain_one_too=is_plain_one_too) else 0


def _is_secret(value: str, label: re.Match[str], *, is_plain_one_too: bool) -> bool:
    if label["key"]:
        return looks.strong(value, 0) is not None
    is_word = (value.isalpha() and not looks.is_statement(value)) or is_joined_secret(value)
    return (is_plain_one_too and not label["number"] and is_word) or looks.medium(value, 0) is not None
