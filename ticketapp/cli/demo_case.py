"""One ticket of the demo, lived through the same actions as a real one, each at its own time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from ticketapp.actions import classification, conversation, intake, ledger, tickets
from ticketapp.actions.ledger import SeenMail
from ticketapp.cli.believable import mails
from ticketapp.cli.believable.mails import Quoted, Writer
from ticketapp.cli.believable.stories import Story, Turn
from ticketapp.cli.believable.times import at_work
from ticketapp.cli.believable.verdicts import MadeUpClassifier
from ticketapp.models import Message, Source, Status, User
from ticketapp.outside import Outside
from ticketapp.queries import conversation as conversation_queries
from ticketapp.queries import ledger as ledger_queries

UIDVALIDITY = 1
SECONDS_TO_SEND = timedelta(seconds=3)
TRIES_AFTER = (timedelta(seconds=3), timedelta(seconds=50))  # the second is for what failed the first time


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be done at a time."""

    at: datetime
    act: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Post:
    """The demo's mailbox; ``numbers`` counts its mails."""

    world: Outside
    mailbox_id: int
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def deliver(self, raw: bytes, number: int, at: datetime) -> int | None:
        """Take a mail in as if it had come by IMAP; the ticket it landed on, if any."""
        seen = SeenMail(uid=number, size=len(raw), arrived_at=at, raw=raw)
        for mail_id in ledger.record(self.mailbox_id, UIDVALIDITY, [seen]):
            intake.process(mail_id, store=self.world.store, rules=self.world.rules)
            # Asked of the ledger, because a worker that runs beside us may have been quicker.
            return ledger_queries.mail(mail_id).ticket_id
        return None

    def leave_out(self, header: bytes, number: int, at: datetime, *, size: int) -> None:
        """Record a mail that is over the size limit."""
        limit = self.world.config.mail_max_bytes
        seen = SeenMail(uid=number, size=size, arrived_at=at, raw=None, header=header)
        cause = f"It is {size:,} bytes; the limit (MAIL_MAX_BYTES) is {limit:,}."
        ledger.record(self.mailbox_id, UIDVALIDITY, [seen], no_bytes=cause)


@dataclass(slots=True, kw_only=True)
class Case:
    """A story with its people and slots filled in, and how far it has got."""

    story: Story
    writer: Writer
    agent: User
    source: Source
    is_read: bool
    is_decided: bool
    is_stuck: bool
    slots: dict[str, object]
    post: Post
    die: Random
    ticket_id: int | None = None
    answered: Message | None = None

    def steps(self, opened_at: datetime) -> Iterator[Step]:
        """What happens, in order, each after the one before."""
        yield Step(opened_at, lambda: self._open(opened_at))
        if self.is_read:
            yield from (Step(opened_at + after, self._classify) for after in TRIES_AFTER)
        moment = at_work(opened_at + self._pause(0.1, 24), self.die)
        yield Step(moment, self._take)
        turns = self.story.turns[:1] if self.is_stuck else self.story.turns
        staff_spoke = False
        for number, turn in enumerate(turns):
            moment += self._pause(0.3, 20)
            if turn.speaker != "customer":
                moment = at_work(moment, self.die)
            is_last = number == len(self.story.turns) - 1 and not self.is_stuck
            yield Step(moment, self._said(turn, moment, is_last=is_last))
            if turn.speaker == "staff" and not staff_spoke and self.die.random() < 0.12:
                staff_spoke = True
                yield from self._automatic(moment + timedelta(seconds=40))
        if turns and not self.is_stuck:
            yield from self._ends(moment)

    def _ends(self, moment: datetime) -> Iterator[Step]:
        if self.story.turns[-1].speaker == "customer":
            moment = at_work(moment + self._pause(0.2, 4), self.die)
            yield Step(moment, lambda: self._change(status=Status.RESOLVED))
        if self.die.random() < 0.5:
            yield Step(at_work(moment + self._pause(48, 120), self.die), lambda: self._change(status=Status.CLOSED))

    def _automatic(self, moment: datetime) -> Iterator[Step]:
        def send() -> None:
            number = next(self.post.numbers)
            self.post.deliver(
                mails.out_of_office(self.writer, number=number, at=moment, to=self._last()), number, moment
            )

        yield Step(moment, send)

    def _open(self, at: datetime) -> None:
        subject, text = self.story.subject.format_map(self.slots), self.story.text.format_map(self.slots)
        if self.source == Source.EMAIL:
            number = next(self.post.numbers)
            raw = mails.first_mail(
                self.writer, number=number, subject=subject, text=text, at=at, files=self.story.files,
                has_html=self.story.has_html, slots=self.slots,
            )  # fmt: skip
            self.ticket_id = self.post.deliver(raw, number, at)
            return
        new = tickets.NewTicket(
            title=subject,
            description=text,
            source=self.source,
            requester_email=self.writer.email,
            requester_name=self.writer.name,
        )
        self.ticket_id = tickets.open_ticket(new, by=self.agent).id

    def _classify(self) -> None:
        """Have a run that waits done by a classifier that makes its verdict up."""
        newest = conversation_queries.runs(self._ticket())[0]
        made_up = MadeUpClassifier(category=self.story.category, priority=self.story.priority, die=self.die)
        seconds = self.post.world.config.classify_timeout_seconds
        classification.classify(newest.id, made_up, deadline_seconds=seconds)

    def _take(self) -> None:
        decided = {"category": self.story.category, "priority": self.story.priority} if self.is_decided else {}
        status = Status.IN_PROGRESS if self.story.turns else Status.OPEN
        self._change(**decided, status=status, assignee_id=self.agent.id)

    def _said(self, turn: Turn, at: datetime, *, is_last: bool) -> Callable[[], None]:
        text = turn.text.format_map(self.slots)
        if turn.speaker == "note":
            return lambda: self._note(text)
        if turn.speaker == "customer":
            return lambda: self._hear(text, at)
        return lambda: self._reply(text, at, status=Status.RESOLVED if is_last else None)

    def _note(self, text: str) -> None:
        conversation.add_note(self._ticket(), text, by=self.agent)

    def _reply(self, text: str, at: datetime, *, status: Status | None) -> None:
        support = self.post.world.support
        self.answered = conversation.reply(self._ticket(), text, by=self.agent, support=support, status=status)
        # Nobody in the demo can receive mail, so it counts as sent at once.
        conversation.record_sent(self.answered.id)

    def _hear(self, text: str, at: datetime) -> None:
        number = next(self.post.numbers)
        self.post.deliver(mails.answer(self.writer, number=number, text=text, at=at, to=self._last()), number, at)

    def _change(self, **changes: object) -> None:
        tickets.change_ticket(self._ticket(), changes, by=self.agent)

    def _last(self) -> Quoted:
        answered = self.answered
        assert answered is not None
        assert answered.message_id is not None
        return Quoted(
            message_id=answered.message_id,
            references=answered.references,
            subject=answered.subject,
            text=answered.text,
            written_at=answered.created_at,
        )

    def _ticket(self) -> int:
        assert self.ticket_id is not None
        return self.ticket_id

    def _pause(self, least_hours: float, most_hours: float) -> timedelta:
        return timedelta(hours=least_hours + (most_hours - least_hours) * self.die.random() ** 2)
