"""Numbers in addresses: only those that can be the id of a row."""

from werkzeug.routing import BaseConverter

from ticketapp.errors import InvalidInput

LARGEST = 2**63 - 1


class RowIdConverter(BaseConverter):
    """A whole number that fits a 64-bit column; any other is an address that does not exist.

    The pattern alone decides: a value refused later would count as a known address asked in the wrong way (405).
    """

    regex = r"[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


def row_id(text: str | None) -> int | None:
    """``text`` as a row's id; None where there is none. Raises ``InvalidInput``."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 0 < int(text) <= LARGEST):
        raise InvalidInput("below", "The place to go on from must be a number, as in the links of this list.")
    return int(text)
