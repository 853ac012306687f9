"""How a trial of the classification and a change of its settings are put into sentences. Pure, no Flask."""

from ticketapp.ai import FailureKind, SeverityWord, Verdict, read_severity_words
from ticketapp.models import ClassificationSettingChange, Setting
from ticketapp.web.look import words

SHOWN_WORDS = 10
_NAMES = {
    Setting.MODEL: "the model",
    Setting.MASKED: "what is masked",
    Setting.GIVES_EXAMPLES: "giving examples",
    Setting.MOST_EXAMPLES: "the number of examples",
    Setting.ASKS_AFTER_EDIT: "asking again after an edit",
    Setting.ASKS_AFTER_REPLY: "asking again after a first reply",
}
_NOTHING = {Setting.MODEL: "the one of the environment", Setting.MASKED: "nothing"}


def trial_sentence(verdict: Verdict) -> str:
    """What came of a trial: who answered what in which time, or who failed and why, or why nobody was asked."""
    found, failure = verdict.suggestion, verdict.failure
    if failure is not None and failure.kind == FailureKind.NO_KEY:
        return "No Gemini API key is set, so nothing was asked."
    if failure is not None and not failure.kind.was_asked:
        return f"{failure.sentence} Nothing was asked."
    if found is None:
        return f"{failure.sentence if failure else ''} ({verdict.model}, after {verdict.latency_ms:,} ms)"
    sure = "" if found.confidence is None else f", {found.confidence:.0%} sure"
    answer = f"{words(found.category)}, {words(found.priority)}{sure}"
    return f"{verdict.model} answered in {verdict.latency_ms:,} ms: {answer}. {found.reason}"


def change_line(change: ClassificationSettingChange) -> str:
    """What somebody changed, from what to what; of severity words, which came and which went."""
    if change.setting == Setting.SEVERITY_WORDS:
        return f"changed the severity words: {_difference(change.old, change.new)}"
    nothing = _NOTHING.get(change.setting, "")
    return f"changed {_NAMES[change.setting]} from {change.old or nothing} to {change.new or nothing}"


def kept_words(change: ClassificationSettingChange) -> str:
    """What somebody set where the form says otherwise, and what saving it does."""
    who = change.actor.name
    if change.setting == Setting.SEVERITY_WORDS:
        done = "changed them meanwhile, to those below" if change.new else "took all of them out meanwhile"
        return f"{who} {done}. Saving puts yours in their place."
    nothing = _NOTHING.get(change.setting, "")
    return f"{who} set it to {change.new or nothing} meanwhile. Saving puts yours in its place."


def _difference(old: str, new: str) -> str:
    before, after = set(read_severity_words(old)), set(read_severity_words(new))
    parts = [
        f"{len(found):,} {verb} ({_listed(found)})"
        for verb, found in (("added", after - before), ("removed", before - after))
        if found
    ]
    return ", ".join(parts) or "their order or remarks"


def _in(language: str | None) -> str:
    return f" in {language}" if language else ""


def _listed(found: set[SeverityWord]) -> str:
    names = sorted(f"{word.word}: {word.priority}{_in(word.language)}" for word in found)
    return ", ".join(names[:SHOWN_WORDS]) + (", …" if len(names) > SHOWN_WORDS else "")
