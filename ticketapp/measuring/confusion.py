"""Which word was right and which was said: counts of both, and what follows from them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each of ``words`` was right (row) and which was said then (column); NO_ANSWER counts as wrong."""

    words: tuple[str, ...]
    counts: Counter[tuple[str, str]]

    @classmethod
    def of(cls, words: Sequence[str], pairs: Iterable[tuple[str, str]]) -> "Confusion":
        """The counts of these (right, said) pairs."""
        return cls(tuple(words), Counter(pairs))

    @property
    def total(self) -> int:
        """How many pairs there are."""
        return self.counts.total()

    @property
    def hits(self) -> int:
        """How many were right."""
        return sum(self.counts[word, word] for word in self.words)

    @property
    def accuracy(self) -> float | None:
        """The share that was right, None of none."""
        return self.hits / self.total if self.total else None

    @property
    def macro_f1(self) -> float | None:
        """The mean of each word's F1 = 2·hits / (times right + times said), over the words that occur; None of none.

        Every word counts alike, however rare it is (Opitz and Burst 2019, arXiv:1911.03347, "averaged F1").
        """
        scores = [2 * self.counts[word, word] / occurs for word in self.words if (occurs := self._occurs(word))]
        return sum(scores) / len(scores) if scores else None

    def row(self, right: str) -> tuple[int, ...]:
        """How often each word was said where ``right`` was right, NO_ANSWER last."""
        return tuple(self.counts[right, said] for said in (*self.words, NO_ANSWER))

    def _occurs(self, word: str) -> int:
        """How often it was right and how often it was said, added up."""
        return sum(
            (right == word) * number + (said == word) * number for (right, said), number in self.counts.items()
        )
