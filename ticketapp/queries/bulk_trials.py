"""Which tickets of trials are to be read, what a trial found, and which bulk jobs are to be undone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import contains_eager

from ticketapp.ai import Classifier
from ticketapp.db import db
from ticketapp.errors import InvalidInput
from ticketapp.models import CLASSIFIED, BulkJob, BulkSample, BulkUndo, ChosenBy, ClassificationRun, RunState, Ticket
from ticketapp.queries import classification_settings
from ticketapp.queries.classification import BY_JOBS
from ticketapp.queries.ticket_filter import TicketFilter, conditions


@dataclass(frozen=True, slots=True)
class Basis:
    """What verdicts go by: the ``revision`` of the settings that bear on them, the model, the question's version.

    As text it is one word that is another one as soon as anything of it is.
    """

    revision: int
    model: str
    prompt_version: str

    def __str__(self) -> str:
        return f"{self.revision}/{self.prompt_version}/{self.model}"


@dataclass(frozen=True, slots=True)
class Trial:
    """The sample of a job, newest ticket first: what is on each ticket now, and what the machine would say.

    ``gone`` are the tickets of it that are not on the job's list any more, which the job would leave alone.
    """

    samples: tuple[BulkSample, ...]
    gone: frozenset[int] = frozenset()

    @property
    def read(self) -> int:
        """How many are read, well or not."""
        return sum(sample.finished_at is not None for sample in self.samples)

    @property
    def is_finished(self) -> bool:
        """Whether all are read."""
        return self.read == len(self.samples)

    @property
    def models(self) -> list[str]:
        """The models that were asked, by name."""
        return sorted({sample.model for sample in self.samples if sample.model})

    @property
    def listed(self) -> list[BulkSample]:
        """Those whose tickets are still on the list."""
        return [sample for sample in self.samples if sample.ticket_id not in self.gone]

    @property
    def open(self) -> list[BulkSample]:
        """Those on the list of which the machine may still decide something: what the job would ask about."""
        return [one for one in self.listed if not all(_is_persons(one.ticket, field) for field in CLASSIFIED)]

    @property
    def failed(self) -> int:
        """How many that are still on the list could not be read."""
        return sum(sample.error is not None for sample in self.listed)

    @property
    def changing(self) -> int:
        """On how many tickets the job would change something, as they are now."""
        return sum(bool(self.changing_fields(sample)) for sample in self.listed)

    @property
    def in_the_way(self) -> int:
        """On how many tickets of the list a person's choice differs from what the machine would say, and stays."""
        return sum(bool(self.contested_fields(sample)) for sample in self.listed)

    @staticmethod
    def changing_fields(sample: BulkSample) -> list[str]:
        """The fields that the job would change: the machine says something else, and no person chose."""
        return [field for field in _differing(sample) if not _is_persons(sample.ticket, field)]

    @staticmethod
    def contested_fields(sample: BulkSample) -> list[str]:
        """The fields where a person's choice stands in the way of what the machine says."""
        return [field for field in _differing(sample) if _is_persons(sample.ticket, field)]


def basis(classifier: Classifier) -> Basis:
    """What verdicts of this classifier go by at this moment."""
    revision = classification_settings.verdict_revision()
    model = classification_settings.current().model or classifier.model
    return Basis(revision, model, classifier.prompt_version)


def trial(job_id: int) -> Trial:
    """The sample of this job with its tickets, and which of them left its list until it was started; empty where it
    was never tried."""
    statement = (
        select(BulkSample)
        .join(BulkSample.ticket)
        .options(contains_eager(BulkSample.ticket))
        .where(BulkSample.bulk_job_id == job_id)
        .order_by(BulkSample.ticket_id.desc())
        .execution_options(populate_existing=True)
    )
    samples = tuple(db.session.scalars(statement))
    return Trial(samples, _gone(job_id, frozenset(sample.ticket_id for sample in samples)))


def is_free(now: datetime) -> ColumnElement[bool]:
    """That nobody reads a ticket of a sample yet, or whoever did has died."""
    is_left = and_(BulkSample.state == RunState.RUNNING, BulkSample.lease_until < now)
    return or_(BulkSample.state == RunState.QUEUED, is_left)


def due_samples(now: datetime, *, limit: int) -> list[int]:
    """The ids of tickets of samples that can be read now, oldest first."""
    outstanding = BulkSample.state.in_((RunState.QUEUED, RunState.RUNNING))
    statement = select(BulkSample.id).where(outstanding, is_free(now)).order_by(BulkSample.id)
    return list(db.session.scalars(statement.limit(limit)))


def undoing(job_id: int) -> BulkUndo | None:
    """The undoing of this job, if anybody asked for it."""
    return db.session.get(BulkUndo, job_id, populate_existing=True)


def unfinished_undoings() -> list[int]:
    """The ids of bulk jobs that are not undone to their end, or of which something waits again."""
    run = ClassificationRun
    is_waiting = exists().where(
        run.bulk_job_id == BulkUndo.bulk_job_id, run.state == RunState.QUEUED, run.asked_for.in_(BY_JOBS)
    )
    statement = select(BulkUndo.bulk_job_id).where(or_(BulkUndo.finished_at.is_(None), is_waiting))
    return list(db.session.scalars(statement.order_by(BulkUndo.bulk_job_id)))


def _gone(job_id: int, ticket_ids: frozenset[int]) -> frozenset[int]:
    job = db.session.get(BulkJob, job_id)
    if job is None or job.started_at is not None or not ticket_ids:
        return frozenset()
    try:
        narrowed = TicketFilter.from_query(job.filter_query)
    except InvalidInput:
        return frozenset()  # nobody can tell; the job would stop at that
    listed = select(Ticket.id).where(Ticket.id.in_(ticket_ids), *conditions(narrowed))
    return ticket_ids - frozenset(db.session.scalars(listed))


def _differing(sample: BulkSample) -> list[str]:
    if sample.state != RunState.SUCCEEDED:
        return []
    return [field for field in CLASSIFIED if getattr(sample, field) != getattr(sample.ticket, field)]


def _is_persons(ticket: Ticket, field: str) -> bool:
    return bool(getattr(ticket, f"{field}_by") == ChosenBy.PERSON)
