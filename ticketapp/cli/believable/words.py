"""The vocabulary of bulk data: words of known frequency to measure search with, product names as rare as in life."""

from itertools import accumulate, product


def words(text: str) -> tuple[str, ...]:
    """The words of a text that is written as a list."""
    return tuple(text.split())


# Each stands in its own sentence and nowhere else, so that the share of tickets that hold it is the one given.
PLANTED = (
    ("subscription", 0.09, "We are on the yearly subscription."),
    ("warranty", 0.01, "The device is still under warranty."),
    ("observatory", 0.0001, "The unit is mounted at the observatory."),
)
ABSENT = "quagga"

_BEGINNINGS = words("""
Al Bor Cas Del Er Fen Gal Har Is Jor Kel Lum Mar Nor Os Pel Quin Ros Sol Tal Ul Ver Wes Xan Yor Zen Am Bri Cor Dor
Ed Flo Gri Hol In Jul Kor Lin Mon Nev
""")
_MIDDLES = words("da ri no ve ta lo mi se ka tu ne ro bi go la pe su va zi mo fa ge hu ji wo")
_ENDS = words("x tec line ron dex plan sys core mat via lux port flow net cam grid pro data cast mark")

PRODUCTS = tuple("".join(parts) for parts in product(_BEGINNINGS, _MIDDLES, _ENDS))
ZIPF_EXPONENT = 1.05
# Zipf's law: the nth most frequent name is about n times rarer than the first.
PRODUCT_WEIGHTS = tuple(accumulate(1 / rank**ZIPF_EXPONENT for rank in range(1, len(PRODUCTS) + 1)))
