"""Tests of reading and writing mail; the mails themselves lie in tests/emails, each named by its disease."""
