"""What is true: the tables, their constraints and small truths about one row. Import the models from here."""

from ticketapp.models.bulk_trial import BulkSample, BulkUndo
from ticketapp.models.classification import AskedFor, BulkJob, ClassificationRun, Occasion, RunState
from ticketapp.models.classification_settings import ClassificationSettingChange, ClassificationSettings, Setting
from ticketapp.models.inbound_mail import InboundMail, MailKind, MailSighting, MailState
from ticketapp.models.mail_reading import MailReading
from ticketapp.models.mailbox import AfterRecording, Mailbox, MailboxAccount, Security, SignIn
from ticketapp.models.mailbox_check import CheckedStep, MailboxCheck, MailboxCheckStep, StepOutcome
from ticketapp.models.message import Attachment, Delivery, Direction, Message
from ticketapp.models.model_call import ModelCall, Purpose
from ticketapp.models.requester import Requester
from ticketapp.models.tally import TicketDayTally, TicketTally
from ticketapp.models.ticket import ThreadReference, Ticket, TicketParticipant
from ticketapp.models.ticket_event import EventKind, TicketEvent
from ticketapp.models.user import ApiToken, User
from ticketapp.models.words import CLASSIFIED, Category, ChosenBy, ClassificationState, Priority, Role, Source, Status

__all__ = [
    "CLASSIFIED",
    "AfterRecording",
    "ApiToken",
    "AskedFor",
    "Attachment",
    "BulkJob",
    "BulkSample",
    "BulkUndo",
    "Category",
    "CheckedStep",
    "ChosenBy",
    "ClassificationRun",
    "ClassificationSettingChange",
    "ClassificationSettings",
    "ClassificationState",
    "Delivery",
    "Direction",
    "EventKind",
    "InboundMail",
    "MailKind",
    "MailReading",
    "MailSighting",
    "MailState",
    "Mailbox",
    "MailboxAccount",
    "MailboxCheck",
    "MailboxCheckStep",
    "Message",
    "ModelCall",
    "Occasion",
    "Priority",
    "Purpose",
    "Requester",
    "Role",
    "RunState",
    "Security",
    "Setting",
    "SignIn",
    "Source",
    "Status",
    "StepOutcome",
    "ThreadReference",
    "Ticket",
    "TicketDayTally",
    "TicketEvent",
    "TicketParticipant",
    "TicketTally",
    "User",
]
