"""Verdicts made up for the demo: mostly right, surer where they are, now and then late or failed. Nobody is asked."""

from dataclasses import dataclass
from random import Random

from ticketapp.ai import CATEGORIES, PRIORITIES, USUAL, Failure, FailureKind, Manner, Suggestion, Verdict

NAME = "demo"
REASON = "Made up for the demo; no model was asked."
CATEGORY_RIGHT, PRIORITY_RIGHT, FAILS = 0.93, 0.84, 0.08
FAILURES, FAILURE_SHARES = (FailureKind.TIMED_OUT, FailureKind.UNAVAILABLE), (0.6, 0.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpClassifier:
    """A classifier for one ticket of the demo, told what is right."""

    category: str
    priority: str
    die: Random
    model: str = NAME
    prompt_version: str = NAME
    is_configured: bool = True

    def classify(
        self,
        *,
        title: str,
        description: str,
        deadline_seconds: float,
        newest_reply: str = "",
        manner: Manner = USUAL,
    ) -> Verdict:
        """Its next verdict, at once."""
        if self.die.random() < FAILS:
            kind = self.die.choices(FAILURES, FAILURE_SHARES)[0]
            waited_ms = (
                round(1000 * deadline_seconds) if kind == FailureKind.TIMED_OUT else self.die.randrange(90, 600)
            )
            return Verdict(None, Failure.of(kind), self.model, self.prompt_version, waited_ms)
        category = self._mostly(self.category, CATEGORIES, CATEGORY_RIGHT)
        priority = self._beside(self.priority)
        is_right = (category, priority) == (self.category, self.priority)
        stated = self.die.triangular(0.72, 0.99, 0.93) if is_right else self.die.triangular(0.5, 0.95, 0.78)
        return Verdict(
            suggestion=Suggestion(category, priority, REASON, round(stated, 2)),
            failure=None,
            model=self.model,
            prompt_version=self.prompt_version,
            latency_ms=round(self.die.lognormvariate(6.6, 0.45)),
            tokens_in=1_900 + len(title + description) // 3,
            tokens_out=self.die.randrange(55, 110),
        )

    def is_known(self, **_: object) -> bool:
        """Never: nothing is kept."""
        return False

    def warm_up(self) -> None:
        """Nothing: there is nobody to ask."""

    def _mostly(self, right: str, words: tuple[str, ...], share: float) -> str:
        return right if self.die.random() < share else self.die.choice([word for word in words if word != right])

    def _beside(self, right: str) -> str:
        """Mostly the right priority, else the one above or below."""
        at = PRIORITIES.index(right)
        step = 0 if self.die.random() < PRIORITY_RIGHT else self.die.choice((-1, 1))
        return PRIORITIES[min(max(at + step, 0), len(PRIORITIES) - 1)]
