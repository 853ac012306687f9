"""The errors an action or a query may raise; shells turn them into pages and problem documents."""


class TicketAppError(Exception):
    """Root of what goes wrong for a reason that a person can understand; ``str()`` is that sentence."""


class InvalidInput(TicketAppError):
    """A value cannot be taken. ``field`` names it, the sentence says what would be right."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


class NotFound(TicketAppError):
    """There is no such row."""


class Conflict(TicketAppError):
    """The row is not in a state in which this can be done."""


class NotAllowed(TicketAppError):
    """Whoever asks may not do this."""
