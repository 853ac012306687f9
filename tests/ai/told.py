"""Sentences that tell a secret between braces, for tests of masking: My password is {tiger7}."""

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import masked


def assert_hidden(told: str) -> None:
    """That the secret goes, with its placeholder in its place, and that what is left is not masked again."""
    kinds = frozenset({MaskedKind.SECRET})
    before, _, rest = told.partition("{")
    secret, _, behind = rest.partition("}")
    hidden = masked(f"{before}{secret}{behind}", kinds)
    assert secret not in hidden
    assert "[secret]" in hidden
    assert masked(hidden, kinds) == hidden
