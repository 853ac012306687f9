"""The text of an acknowledgement: a template in which a few names stand for what is known of the ticket."""

from dataclasses import dataclass
from pathlib import Path
from string import Template

DEFAULT_TEMPLATE = Path(__file__).with_name("acknowledgement.txt")
NAMES = ("number", "title", "support")


@dataclass(frozen=True, slots=True)
class AcknowledgementTemplate:
    """Subject and text, in which ``$number``, ``$title`` and ``$support`` (our name) are replaced."""

    subject: str
    text: str

    def written(self, *, number: int, title: str, support: str) -> tuple[str, str]:
        """Subject and text for one ticket."""
        known = {"number": str(number), "title": title, "support": support}
        return Template(self.subject).substitute(known), Template(self.text).substitute(known)


def read_template(path: Path) -> AcknowledgementTemplate:
    """The template in a UTF-8 file: a line ``Subject: …``, a blank line, the text. Raises ``ValueError`` with a
    sentence where it cannot be used."""
    try:
        head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {error}.") from error
    name, _, subject = head.strip().partition(":")
    if name.strip().lower() != "subject" or not subject.strip() or "\n" in head.strip() or not text.strip():
        raise ValueError(f"{path} must be a line that begins with Subject:, a blank line and a text.")
    template = Template(f"{subject}\n{text}")
    unknown = sorted(set(template.get_identifiers()) - set(NAMES))
    if unknown or not template.is_valid():
        raise ValueError(f"{path} may name $number, $title and $support; a dollar sign is written $$.")
    return AcknowledgementTemplate(subject.strip(), text.strip() + "\n")
