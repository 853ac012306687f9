"""What errors of the mail server say, in the words of the server and not in Python's."""

import imaplib

import pytest
from imapclient.exceptions import LoginError

from worker.imap_connection import words_of


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LoginError("b'[AUTHENTICATIONFAILED] Invalid credentials'"), "[AUTHENTICATIONFAILED] Invalid credentials"),
        (imaplib.IMAP4.error(b"[ALERT] It's late"), "[ALERT] It's late"),
        (LoginError(str(b"Zugang gesperrt f\xc3\xbcr heute")), "Zugang gesperrt für heute"),
        (LoginError("b'one' and b'two'"), "b'one' and b'two'"),
        (OSError("  no\n route "), "no route"),
        (TimeoutError(), "TimeoutError"),
    ],
    ids=str,
)
def test_an_error_reads_as_the_server_said_it(error: Exception, words: str) -> None:
    assert words_of(error) == words
