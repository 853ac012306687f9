"""A password before its host or behind an address is masked; an address behind a field, a port or a file stays."""

import re

import pytest

from tests.ai.proportion import grows_in_proportion
from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import USUALLY_MASKED, masked

SECRET = frozenset({MaskedKind.SECRET})
GONE = (
    *("jo:<abc12345>@ftp.example.com", "proxy jo:<S3cret!x>@proxy.example.com:8080", "jo:<P@ss1word>@10.0.0.7"),
    *("user:<pass123>@db.example.com:5432/app", "http_proxy=jo:<a1b2c3>@proxy:3128", "jo:<Sommer!>@localhost"),
    *("(eva.k:<Xy7!kkQ>@ftp.example.com)", "DB is app:<a1b2c3>@[::1]:5432", "jo:<a1b2c3>@example.com is refused"),
    *(
        "jo@example.com:<Welcome1>",
        "jo@example.com:<Welcome1>\neva@example.org:<Sommer22>\n",
        "jo@example.com:<123456>",
    ),
    *("leaked: jo.k+x@mail.example.com:<Xy7!kkQ>, and more", "„jo@example.com:<Welcome1>“"),
)
STAYS = (
    *(
        "jo@example.com: hello",
        "jo@example.com:hello",
        "Re:jo@example.com",
        "Re:jo12@example.com",
        "cc:jo12@example.com",
    ),
    *(
        "mailto:jo12@example.com",
        "From:jo12@example.com",
        "To:jo12@example.com,eva12@example.com",
        "E-Mail:jo12@example.com",
    ),
    *("Kontakt:jo12@example.com", "at 10:30@hall.example.com", "12:30pm@hall.example.com", "jo@example.com:22"),
    *(
        "jo@example.com:8080/x1",
        "ssh://jo12@example.com:2222",
        "scp x jo@example.com:backup2024",
        "user:jo12@example.com: no",
    ),
    *(
        "git@example.com:team/repo2.git",
        "jo@example.com:report2.pdf",
        "jo@example.com:~/a1b2",
        "jo@example.com:10:30",
    ),
    *(
        "npm:react18@18.2.0",
        "image:tag12@sha256:0a1b2c",
        "jo@example.com:eva12@example.com",
        "rsync -a x jo@example.com:x1y2",
    ),
    *("jo:swordfish", "https://example.com:443/a1b2@x.example", "server:read@example.com", "jo@example.com:PC12"),
)
HOSTILE = (
    "jo:",
    "jo:a1b2",
    "jo:a1b2@",
    "jo@example.com:",
    "a.",
    "jo@a.",
    "jo:a1b2@x.",
    "jo@x.com:a1b2",
    "scp jo@x.com:a1b2 ",
)


@pytest.mark.parametrize("told", GONE)
def test_a_password_beside_a_host_or_address_is_masked(told: str) -> None:
    text, kept = re.sub(r"<([^<>\n]+)>", r"\1", told), re.sub(r"<[^<>\n]+>", "[secret]", told)
    assert masked(text, SECRET) == kept
    assert masked(kept, SECRET) == kept


@pytest.mark.parametrize("said", STAYS)
def test_addresses_ports_times_and_files_stay(said: str) -> None:
    assert masked(said, USUALLY_MASKED) == said


@pytest.mark.parametrize("unit", HOSTILE)
def test_they_cost_in_proportion_to_the_text(unit: str) -> None:
    assert grows_in_proportion(unit, lambda text: masked(text, SECRET))
