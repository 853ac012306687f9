"""How a reclassification of many and its trial are put into sentences. Pure, no Flask."""

from enum import StrEnum

from ticketapp.ai import FailureKind
from ticketapp.models import BulkUndo
from ticketapp.queries.bulk_trials import Basis, Trial
from ticketapp.queries.classification import Progress
from ticketapp.web.waiting import Hold

NO_KEY = "No Gemini API key is set, so the tickets wait; they are classified as soon as one is set."
TRIAL_WITHOUT_KEY = (
    "No Gemini API key is set, so the sample waits; it is read as soon as one is set, and nothing is applied."
)
NONE_TO_START = "None of these tickets is left for the machine to decide; a new trial tells of the list as it is now."
NONE_LEFT = "Done: no ticket of the list was left that the machine may decide, so nothing was asked."


class Phase(StrEnum):
    """Where a job stands: tried on a sample, then going on, paused or finished, in the end perhaps undone."""

    TRYING = "trying"
    TRIED = "tried"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    UNDOING = "undoing"
    UNDONE = "undone"

    @property
    def can_be_undone(self) -> bool:
        """Whether the job has begun, and nobody has asked to undo it."""
        return self in (Phase.RUNNING, Phase.PAUSED, Phase.FINISHED)


def phase_of(progress: Progress, trial: Trial, undoing: BulkUndo | None) -> Phase:
    """Where the job stands."""
    if undoing is not None:
        return Phase.UNDOING if undoing.finished_at is None else Phase.UNDONE
    if progress.job.started_at is None:
        return Phase.TRIED if trial.is_finished else Phase.TRYING
    if progress.is_finished:
        return Phase.FINISHED
    return Phase.RUNNING if progress.job.paused_at is None else Phase.PAUSED


def bulk_sentence(progress: Progress, phase: Phase, undoing: BulkUndo | None, *, hold: Hold | None) -> str:
    """How far the job has got; empty before it is started. ``hold`` is what holds up every ticket that waits."""
    done, total = f"{progress.done:,}", f"{progress.total:,}"
    match phase:
        case Phase.TRYING | Phase.TRIED:
            return ""
        case Phase.UNDOING:
            return f"What the job changed is being taken back: {_tickets(undoing)} so far."
        case Phase.UNDONE:
            had = "it" if undoing is not None and undoing.tickets == 1 else "they"
            back = f"{_tickets(undoing)} got back what {had} had before"
            return f"Undone: {back}. What people chose since has stayed.{anyway_sentence(progress)}"
        case Phase.FINISHED if not progress.total:
            return NONE_LEFT
        case Phase.FINISHED:
            return f"Done: {done} of {total} tickets were classified.{_rest(progress)}"
        case Phase.PAUSED:
            rest = _rest(progress)
            held = "what only the job asked for waits until it goes on"
            return f"Paused: {done} of {total} tickets are classified; {held}.{rest}"
    return _going_on(progress, hold)


def anyway_sentence(progress: Progress) -> str:
    """What undoing the job leaves as the machine set it, since it was to be read without the job as well."""
    waiting = "had been waiting for the machine anyway: what it said of"
    return _number(progress.anyway, f" ticket {waiting} that stays.", f" tickets {waiting} those stays.")


def unreadable_sentence(cause: str) -> str:
    """Why a job is not queued to its end."""
    return (
        f"The list of this job cannot be read any more: {cause} No more of it is queued; undo the job, and try anew."
    )


def trial_sentence(trial: Trial, *, hold: Hold | None) -> str:
    """What the trial found, or how far it has got. ``hold`` is what holds up all that waits for the machine."""
    size = len(trial.samples)
    if not trial.is_finished:
        return _trying(trial, hold)
    kept = len(trial.listed) - trial.failed - trial.changing
    one, many = " left the list since, and stays as it is.", " left the list since, and stay as they are."
    sentences = [
        f"Of {size} sampled, {trial.changing} would change and {kept} would stay as they are.",
        f"On {trial.in_the_way} a person chose otherwise, and that stays." if trial.in_the_way else "",
        f"{trial.failed} could not be read." if trial.failed else "",
        _number(len(trial.gone), one, many).strip(),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def start_words(progress: Progress, trial: Trial, phase: Phase) -> str:
    """What the button says that begins the job; empty where nothing is left to begin with.

    A number only where it is known: of a list no larger than its sample, or one whose sample lost no ticket since.
    """
    is_all = progress.total == len(trial.samples)
    if is_all and not trial.open:
        return ""
    number = len(trial.open) if is_all else progress.total
    tickets = "1 ticket" if number == 1 else f"{number:,} tickets"
    is_known = is_all or len(trial.open) == len(trial.samples)
    unseen = " unseen" if phase is Phase.TRYING else ""
    return f"Reclassify {tickets if is_known else 'what is left of the list'}{unseen}"


def outdated_sentence(trial: Trial, basis: Basis, *, is_changed: bool, is_configured: bool) -> str:
    """That the job would go by something else than its sample did: ``is_changed`` for settings; empty where not.

    Without a key no model is asked, and none is another one.
    """
    before = [model for model in trial.models if model != basis.model]
    if before and is_configured:
        return f"The settings were changed since this sample was read: {before[0]} was asked, now {basis.model} is."
    return "The settings were changed since this sample was drawn." if is_changed else ""


def _going_on(progress: Progress, hold: Hold | None) -> str:
    """Of a job that is started: what is read now, or why nothing is."""
    if hold is not None and hold.kind is FailureKind.NO_KEY:
        return NO_KEY
    classified = f"{progress.done:,} of {progress.total:,} are classified."
    if hold is not None:
        return f"The tickets wait: {classified} {hold.sentence}{_rest(progress)}"
    one, many = " failed and is tried again by itself.", " failed and are tried again by themselves."
    again = _number(progress.waiting, one, many)
    return f"The machine reads the tickets in the background: {classified}{again}{_rest(progress)}"


def _trying(trial: Trial, hold: Hold | None) -> str:
    """Of a trial that is not finished: what is read now, or why nothing is."""
    if hold is not None and hold.kind is FailureKind.NO_KEY:
        return TRIAL_WITHOUT_KEY
    failed = sum(sample.error is not None for sample in trial.samples)
    read = f"{trial.read - failed} of {len(trial.samples)} are read{f', {failed} could not be' if failed else ''}."
    if hold is None:
        return f"The machine reads a sample and applies nothing: {read}"
    then = "It is asked again by itself, and the sample" if hold.passes else "The sample"
    return f"The sample waits, and nothing is applied: {read} {hold.cause} {then} is read then."


def _rest(progress: Progress) -> str:
    cause = "or people decided before the machine read."
    failed = _number(progress.failed, " failed for good.", " failed for good.")
    one, many = f" is not its own: another job has it, {cause}", f" are not its own: another job has them, {cause}"
    return failed + _number(progress.left, one, many)


def _number(number: int, one: str, many: str) -> str:
    return f" {number:,}{one if number == 1 else many}" if number else ""


def _tickets(undoing: BulkUndo | None) -> str:
    number = undoing.tickets if undoing is not None else 0
    return f"{number:,} ticket{'' if number == 1 else 's'}"
