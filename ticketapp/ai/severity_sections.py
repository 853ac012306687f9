"""The sections of a list of severity words, looked at before the list is kept. Pure."""

from ticketapp.ai.languages import known_language, known_languages
from ticketapp.ai.severity import SeverityWordsError, is_section

EVERY_LANGUAGE = "Every language"


def check_sections(text: str) -> None:
    """Raises ``SeverityWordsError`` naming the first section of a list that names no language that can be told.

    Its words would count in every text, which whoever mistyped the name did not want; who does names it so.
    """
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if is_section(line) and not _is_known(line.strip("[] ")):
            raise SeverityWordsError(
                f"Line {number}: {line[:40]} names no language that can be told. "
                f"A section is [{EVERY_LANGUAGE}] or one of {', '.join(known_languages())}."
            )


def _is_known(name: str) -> bool:
    return name.casefold() == EVERY_LANGUAGE.casefold() or known_language(name) is not None
