"""Where a label names several secrets each of them goes, however they are parted; prose and other lists stay."""

import re

import pytest

from tests.ai.proportion import grows_in_proportion
from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import USUALLY_MASKED, masked

SECRET = frozenset({MaskedKind.SECRET})
GONE = (
    # In a row
    *("Backup codes: <48213377> <90127745> <33018826>", "Passwords: <Welcome1> <Sommer22> <Winter33>"),
    *("Backup codes: <48213377> <90127745> and <33018826> do not work", "backup codes <48213377> <90127745>"),
    *("Passwörter: <Welcome1> <Sommer22>", "mots de passe : <Welcome1> <Sommer22>", "claves: <Welcome1> <Sommer22>"),
    *("wachtwoorden: <Welcome1> <Sommer22>", "contraseñas: <Welcome1> <Sommer22>", "PINs: <4711 0815> <1234>"),
    *(
        "API keys: <k3y01abc> <k3y02abc>",
        "TAN-Codes: <482911> <482912>",
        "Backup-Codes lauten: <48213377> <90127745>",
    ),
    *("codes de secours : <48213377> <90127745>", "códigos de respaldo: <48213377> <90127745>"),
    *("codici di backup: <48213377> <90127745>", "herstelcodes: <48213377> <90127745>", "OTPs: <482911>; <482912>"),
    *("One-time passwords: <Welcome1> <Sommer22>", "Recovery codes for GitHub: <k3fa9-x7bq2> <m1ttz-88hha>"),
    *("backup_codes: [<48213377>, <90127745>]", '"backup_codes": ["<48213377>", "<90127745>"]'),
    *("Le mie password: <Welcome1> <Sommer22>", "PINs for the safes: <4711 0815> <1234>", "PINs -> <4711>, <0815>"),
    *("Backup codes I got:\n<48213377>\n<90127745>", "Backup codes for user 42:\n<48213377>\n<90127745>"),
    *(
        "Passwords I use: <Welcome1> <Sommer22>",
        "Passwords: <S3cr:et!> <Welc=ome1>",
        "Codes d'accès : <482911> <482912>",
    ),
    # In columns
    *("My backup codes:\n<4821 3377>   <9012 7745>\n<3301 8826>   <5510 2934>\nThanks",),
    *("Recovery codes:\n<k3fa9-x7bq2> <m1ttz-88hha>\n<p0qwe-7rrr1> <z9d8f-c4v5b>",),
    *("Backup codes\n1. <4821 3377>\t6. <5510 2934>\n2. <9012 7745>\t7. <1234 9876>",),
    # Numbered and marked
    *("Backup codes:\n1. <4821 3377>\n2. <9012 7745>\n3. <3301 8826>", "Backup codes: 1) <48213377> 2) <90127745>"),
    *("Wiederherstellungscodes:\r\n- <4821 3377>\r\n- <9012 7745>\r\n", "Passwords:\n* <Welcome1>\n* <Sommer22>"),
    *("Backup codes:\n\n(1) <48213377>\n\n(2) <90127745>", "TAN-Liste:\n1 <482911>\n2 <482912>\n3 <482913>"),
    *("> Backup codes:\n> 1. <48213377>\n> 2. <90127745>", "Backup codes:\n```\n<48213377>\n<90127745>\n```"),
    *("Backup codes:\n1. <48213377> (used)\n2. <90127745> is refused\n3. <33018826>",),
    *("Passwords:\n1. <Welcome1> (old)\n2. <Sommer22>", "Recovery codes:\n[x] <48213-abcde>\n[ ] <90127-fghij>"),
    # Beside a user or a place
    *("Logins:\njo <Welcome1>\neva <Sommer22>", "Logins: jo <Welcome1>, eva <Sommer22>", "Logins:\n- jo: <Welcome1>"),
    *(
        "Zugangsdaten:\njo@example.com <Welcome1>\nal@example.com / <Sommer22>",
        "Passwords:\njo <Welcome1>\neva <Xy7!kkQ>",
    ),
    *(
        "Passwords:\nMail: <Welcome1>\nThe shop: <Winter33>\nGitHub: <Sommer22>\nOrder 4711 is late",
        "identifiants :\njo - <Welcome1>",
        "Passwords:\njo42: <Welcome1>\nuser7: <Sommer22>",
    ),
)
STAYS = (
    *("Backup codes: none yet", "Passwords: please see the wiki page 12345 for rules", "Backup codes: 10 left of 12"),
    *("Backup codes:\nOrders:\n1. 48213377\n2. 90127745", "Backup codes: none\n48213377 90127746"),
    *("Orders:\n1. 4821 3377\n2. 9012 7745", "Backup codes:\nThe order 48213377 is late\n90127745 too"),
    *("Passwords:\n1. Windows11 rejects them\n2. PC12 is broken", "Passwords:\n1. Length\n2. Characters"),
    *("Logins:\nServer: web01.example.com\nUser: jo42@example.com", "Logins:\nPC12 broken\nserver Windows11"),
    *(
        "Logins: none since 9:30",
        "Logins:\nuser: jo4242\nServer: web01a",
        "Logins:\njo user42\nal PC12",
        "Logins: 4000 a day, jo saw Version2",
        "tokens: 4000 5000",
    ),
    *(
        "The passwords were reset.\nPC12 PC13 PC14",
        "Tokens:\n500ms 24h sha256",
        "Pins: 1024, 1025, 1026 of the connector",
    ),
    *("Logins fail:\njo Welcome1234 is the greeting", "Our keys are here:\nRoom12 Room13"),
    *("Passwords:\nServer: Windows11\nState: ERR404", "Logins:\nhttps://example.com/a1b2c3", "PINs: 3 4 5"),
)
HOSTILE = (
    *("backup codes: 48213377 ", "passwords: a1b2c ", "passwords:\n", "passwords:\na1b2c\n", "a1b2c ", "1. a1b2c\n"),
    *("logins:\n", "logins:\njo a1b2c\n", "logins: jo ", "passwords1 ", "jo: a1b2c\n", "\n", " ", "> ", ", ", "(a) "),
    *(
        "passwords:\na1b2c x\n",
        "48213377 ",
        "backup codes:\n48213377 x\n",
        "logins:\njo a1b2c x\n",
        "backup codes for a ",
    ),
)


@pytest.mark.parametrize("told", GONE)
def test_each_of_several_secrets_is_masked(told: str) -> None:
    text, kept = re.sub(r"<([^<>\n]+)>", r"\1", told), re.sub(r"<[^<>\n]+>", "[secret]", told)
    assert masked(text, SECRET) == kept
    assert masked(kept, SECRET) == kept


@pytest.mark.parametrize("said", STAYS)
def test_what_is_no_list_of_secrets_stays(said: str) -> None:
    assert masked(said, USUALLY_MASKED) == said


def test_each_of_a_list_is_known_again_elsewhere() -> None:
    assert masked("Backup codes: 48213377 90127745\nI typed 90127745.", SECRET).endswith("I typed [secret].")


@pytest.mark.parametrize("start", ["", "backup codes:\n", "passwords: ", "logins:\n"])
@pytest.mark.parametrize("unit", HOSTILE)
def test_lists_cost_in_proportion_to_the_text(start: str, unit: str) -> None:
    assert grows_in_proportion(unit, lambda text: masked(text, SECRET), start=start)
