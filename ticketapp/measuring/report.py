"""Evaluations as text for people: the figures of one run, and two runs side by side."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ticketapp.ai import CATEGORIES, PRIORITIES
from ticketapp.measuring.answers import Answer, Evaluated
from ticketapp.measuring.calibration import bins, expected_calibration_error
from ticketapp.measuring.confusion import NO_ANSWER, Confusion
from ticketapp.measuring.paired import Paired, chance_in_words, pair
from ticketapp.measuring.percentiles import nearest_rank

COLUMN = 11
PRICED_TOKENS = 1_000_000
_Is = Callable[[Answer], bool]
# By name: whether an answer is right, and whether it is known what is.
JUDGEMENTS: tuple[tuple[str, _Is, _Is], ...] = (
    ("category", lambda answer: answer.is_category_right, lambda answer: bool(answer.right_category)),
    ("priority", lambda answer: answer.is_priority_right, lambda answer: bool(answer.right_priority)),
    ("both", lambda answer: answer.is_right, lambda answer: answer.is_whole),
)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, sent and received; 0 is unknown."""

    sent: float
    received: float


def report(evaluated: Evaluated, answers: Sequence[Answer], prices: Prices) -> str:
    """Everything about one run. A ticket without an answer counts as wrong; one on which people decided one field
    alone counts for that field alone."""
    whole = [answer for answer in answers if answer.is_whole]
    lines = [f"{len(answers):,} of {evaluated.tickets:,} tickets of {evaluated}"]
    for field, words in (("category", CATEGORIES), ("priority", PRIORITIES)):
        lines += ["", *_confused(field, words, answers)]
    lines += ["", f"both right     {_share(whole, lambda answer: answer.is_right)}"]
    lines += _by("language", whole, lambda answer: answer.language)
    lines += _by("hard cases", [answer for answer in whole if answer.hard], lambda answer: answer.hard)
    lines += ["", *_calibrated(whole), "", *_costs(answers, prices)]
    return "\n".join(lines)


def comparison(first: tuple[Evaluated, dict[str, Answer]], second: tuple[Evaluated, dict[str, Answer]]) -> str:
    """Two runs over the tickets that both hold, with a paired test by field. A ticket without an answer is wrong.

    Every setting that differs is named, as each may be what makes the difference.
    """
    shared = [(answer, second[1][name]) for name, answer in first[1].items() if name in second[1]]
    lines = [f"first   {first[0]}", f"second  {second[0]}", *_differences(first[0], second[0])]
    lines += [_shared(len(shared), len(first[1]), len(second[1])), ""]
    lines.append(_row("", "first", "second", "both", "only 1st", "only 2nd", "neither"))
    verdicts = []
    for name, judge, is_labelled in JUDGEMENTS:
        judged = [(judge(one), judge(other)) for one, other in shared if is_labelled(one)]
        if not judged:
            continue
        paired = pair(judged)
        lines.append(_compared(name, paired, len(judged)))
        verdicts.append(f"{name}: {chance_in_words(paired)}")
    return "\n".join([*lines, "", *verdicts])


def _shared(both: int, first: int, second: int) -> str:
    tickets = "ticket that both hold" if both == 1 else "tickets that both hold"
    return f"{both:,} {tickets}, of {first:,} in the first and {second:,} in the second"


def _differences(first: Evaluated, second: Evaluated) -> Iterator[str]:
    one, other = first.settings(), second.settings()
    differing = [name for name in one if one[name] != other[name]]
    for name in differing:
        yield f"differs {name}: {one[name]} in the first, {other[name]} in the second"
    if not differing:
        yield "asked with the same settings"


def _compared(name: str, paired: Paired, number: int) -> str:
    shares = [(paired.both + ahead) / number for ahead in (paired.only_first, paired.only_second)]
    counts = (paired.both, paired.only_first, paired.only_second, paired.neither)
    return _row(name, *(f"{100 * each:.1f} %" for each in shares), *map(str, counts))


def _confused(field: str, words: Sequence[str], answers: Sequence[Answer]) -> Iterator[str]:
    pairs = [(right, getattr(answer, field)) for answer in answers if (right := getattr(answer, f"right_{field}"))]
    if not pairs:
        yield f"{field}       nobody decided on any"
        return
    confusion = Confusion.of(words, pairs)
    f1 = confusion.macro_f1
    yield f"{field}       accuracy {100 * (confusion.accuracy or 0):.1f} %   macro-F1 {f1 or 0:.3f}"
    yield _row("right \\ said", *words, NO_ANSWER)
    for right in words:
        yield _row(right, *map(str, confusion.row(right)))


def _by(what: str, answers: Sequence[Answer], key: Callable[[Answer], str]) -> Iterator[str]:
    kinds = Counter(key(answer) for answer in answers if key(answer))
    parts = [
        f"{kind} {_share([answer for answer in answers if key(answer) == kind], lambda answer: answer.is_right)}"
        for kind in sorted(kinds)
    ]
    if parts:
        yield f"  by {what}: {', '.join(parts)}"


def _calibrated(answers: Sequence[Answer]) -> Iterator[str]:
    binned = bins([(answer.confidence, answer.is_right) for answer in answers if answer.confidence is not None])
    error = expected_calibration_error(binned)
    if error is None:
        yield "calibration    no answer stated its confidence"
        return
    number = sum(each.number for each in binned)
    yield f"calibration    error {error:.3f} over {number:,} answers that stated a confidence"
    for each in binned:
        if each.stated is not None and each.share is not None:
            yield _row(
                f"{each.low:.1f} to {each.high:.1f}",
                f"{each.number:,}",
                f"said {each.stated:.2f}",
                f"was {each.share:.2f}",
            )


def _costs(answers: Sequence[Answer], prices: Prices) -> Iterator[str]:
    causes = Counter(answer.failure for answer in answers if answer.failure)
    named = ", ".join(f"{number} {cause}" for cause, number in causes.most_common())
    yield f"failures       {causes.total():,}" + (f": {named}" if named else "")
    took = [answer.latency_ms for answer in answers if not answer.failure]
    if took:
        yield f"latency        p50 {nearest_rank(took, 50):,} ms   p95 {nearest_rank(took, 95):,} ms"
    sent = sum(answer.tokens_in or 0 for answer in answers)
    received = sum(answer.tokens_out or 0 for answer in answers)
    cost = (sent * prices.sent + received * prices.received) / PRICED_TOKENS
    told = f"{cost:.4f}" if prices.sent or prices.received else "set GEMINI_PRICE_IN and GEMINI_PRICE_OUT"
    yield f"tokens         {sent:,} sent, {received:,} received   cost {told}"


def _share(answers: Sequence[Answer], judge: Callable[[Answer], bool]) -> str:
    hits = sum(map(judge, answers))
    return f"{100 * hits / len(answers):.1f} % ({hits}/{len(answers)})" if answers else "none"


def _row(*cells: str) -> str:
    head, *rest = cells
    return "  " + head.ljust(COLUMN + 2) + "".join(cell.rjust(COLUMN) for cell in rest)
