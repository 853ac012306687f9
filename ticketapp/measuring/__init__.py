"""How right a classifier is: labelled tickets, figures over answers, whether a difference is real. Pure."""

from ticketapp.measuring.answers import Answer, BadResults, Evaluated, as_line, read_answers
from ticketapp.measuring.calibration import BINS, Bin, bin_of, bins, expected_calibration_error
from ticketapp.measuring.confusion import NO_ANSWER, Confusion
from ticketapp.measuring.labelled import BadLines, LabelledTicket, read_labelled, shipped_set, written
from ticketapp.measuring.paired import Paired, chance_in_words, pair, sign_test
from ticketapp.measuring.percentiles import nearest_rank
from ticketapp.measuring.report import Prices, comparison, report

__all__ = [
    "BINS",
    "NO_ANSWER",
    "Answer",
    "BadLines",
    "BadResults",
    "Bin",
    "Confusion",
    "Evaluated",
    "LabelledTicket",
    "Paired",
    "Prices",
    "as_line",
    "bin_of",
    "bins",
    "chance_in_words",
    "comparison",
    "expected_calibration_error",
    "nearest_rank",
    "pair",
    "read_answers",
    "read_labelled",
    "report",
    "shipped_set",
    "sign_test",
    "written",
]
