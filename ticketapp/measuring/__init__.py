"""How right a classifier is: labelled tickets, figures over answers, whether a difference is real. Pure."""

from ticketapp.measuring.calibration import BINS, Bin, bin_of, bins, expected_calibration_error
from ticketapp.measuring.confusion import NO_ANSWER, Confusion
from ticketapp.measuring.labelled import BadLines, LabelledTicket, read_labelled, shipped_set, written
from ticketapp.measuring.paired import Paired, chance_in_words, pair, sign_test
from ticketapp.measuring.percentiles import nearest_rank

__all__ = [
    "BINS",
    "NO_ANSWER",
    "BadLines",
    "Bin",
    "Confusion",
    "LabelledTicket",
    "Paired",
    "bin_of",
    "bins",
    "chance_in_words",
    "expected_calibration_error",
    "nearest_rank",
    "pair",
    "read_labelled",
    "shipped_set",
    "sign_test",
    "written",
]
