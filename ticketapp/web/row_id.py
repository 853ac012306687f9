"""Numbers in addresses: only those that can be the id of a row."""

from werkzeug.routing import IntegerConverter, Map

from ticketapp.errors import InvalidInput

LARGEST = 2**63 - 1


class RowIdConverter(IntegerConverter):
    """A whole number that fits a 64-bit column; any other is an address that does not exist."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=LARGEST)


def row_id(text: str | None) -> int | None:
    """``text`` as a row's id; None where there is none. Raises ``InvalidInput``."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 0 < int(text) <= LARGEST):
        raise InvalidInput("below", "The place to go on from must be a number, as in the links of this list.")
    return int(text)
