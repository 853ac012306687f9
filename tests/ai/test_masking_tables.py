"""In a table the column below a word for password is masked, and no other; a sentence with commas is no table."""

import pytest

from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import masked

SECRET = frozenset({MaskedKind.SECRET})


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (
            "| user | password |\n|---|---|\n| max | Rex2020 |\n| jo | swordfish |\nThanks, jo1",
            "| user | password |\n|---|---|\n| max | [secret] |\n| jo | [secret] |\nThanks, jo1",
        ),
        ("Username\tPassword\r\nmax\tRex2020\r\n", "Username\tPassword\r\nmax\t[secret]\r\n"),
        ("**Passwort** | Benutzer\nsonne | max", "**Passwort** | Benutzer\n[secret] | max"),
        ("site;pin;user\nx1.example;4711;max\n", "site;pin;user\nx1.example;[secret];max\n"),
        ("Username  Password\njo  hunter22\nThanks  a lot1", "Username  Password\njo  [secret]\nThanks  a lot1"),
        (
            "User     Password   Site  \njo\u00a0\u00a0    hunter22   x1.example\n  al  Rex2020  y1.example",
            "User     Password   Site  \njo\u00a0\u00a0    [secret]   x1.example\n  al  [secret]  y1.example",
        ),
        ("name|token|rows\nmax|9f8e7d6c|4711", "name|token|rows\nmax|[secret]|4711"),
        ("| user | password |\n| max | Rex2020 (old) |", "| user | password |\n| max | [secret] (old) |"),
        (
            "| user | password |\n| max | swordfish |\n| password | user |\n| tangerine | max |",
            "| user | password |\n| max | [secret] |\n| password | user |\n| [secret] | max |",
        ),
        (
            "| user | password |\n| max | password |\n| jo | sonne |",
            "| user | password |\n| max | [secret] |\n| jo | [secret] |",
        ),
        (
            "user|password\nmax|sonne\nsite;pin;user\nx1;4711;max",
            "user|password\nmax|[secret]\nsite;pin;user\nx1;[secret];max",
        ),
    ],
)
def test_the_column_of_secrets_is_masked_and_no_other(text: str, hidden: str) -> None:
    assert masked(text, SECRET) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "login, password, token\nall fail, none work, help",
        "User  Password\njo  works\nal  fails  since  9:30",
        "Password  reset\nPC12  PC13  PC14",
        "Password  State\nThe office  is closed\n8 a.m.  v2.3",
        "Das Passwort  geht nicht\nPC12  PC13",
        "test | pass | fail\nlogin1 | 112 | 3",
        "model | tokens\nflash | 4000",
        "| password | state |\n| expired | 12 |\n| reset sent | 13 |",
        "user | password\nNothing works, not even login2",
        "login, password, state\nWe tried, a1b2c, and then, all stopped",
        "login, password\nWe waited, Berlin",
        "login; password\nWe waited; Berlin",
        "test | pass\nlogin | run12of13",
        "| user | password |\n| max | Café is it |\n| jo | 4711 users wait |\n| al | MFA2 needed |",
    ],
)
def test_what_is_no_secret_in_a_table_stays(text: str) -> None:
    assert masked(text, SECRET) == text


def test_a_heading_may_be_as_wide_as_it_likes() -> None:
    names = "|".join(f"column{number}" for number in range(60))
    row = "|".join(["x"] * 60)
    assert masked(f"{names}|password\n{row}|swordfish", SECRET) == f"{names}|password\n{row}|[secret]"
