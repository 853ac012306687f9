"""A secret is found whatever blank stands beside its label, and leaves the house nowhere; the blank itself stays."""

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp, add_user
from tests.services.gemini import GeminiServer
from tests.web.opened import opened
from ticketapp.actions import classification
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import EVERY_KIND, masked
from ticketapp.ai.prompting import readable
from ticketapp.clock import utc_now
from ticketapp.outside import outside
from ticketapp.queries import classification as runs

# Each blank may be any; what is within < and > goes.
TOLD = {
    MaskedKind.SECRET: (
        *("Mot␣de␣passe␣:␣<Soleil2023>", "Password:␣<hunter22>", "mon␣mot␣de␣passe␣est␣<Soleil2023>"),
        *("Code␣PIN␣:␣<4711>", "CVV␣:␣<123>", "clé␣API␣:␣<8f7d6a5b4c3e2f1a8f7d>", "API␣key:␣<8f7d6a5b4c3e2f1a8f7d>"),
        *("Bearer␣<abcdef1234567890abcdef>", "Login:␣jo␣/␣<hunter22>", "Login␣jo␣/␣<hunter22>", "PUK␣<839201>"),
        *(
            "Le␣mot␣de␣passe␣pour␣le␣serveur␣:␣<Soleil23>",
            "passwords:␣<abc12>␣and␣<def34>",
            "clé␣:␣<9f8e7d6c5b4c39281706>",
        ),
        *("PASSWORD␣=␣<swordfish>", "password␣for␣user42␣is␣<hunter22>", "passphrase:␣<blue whale sings>"),
        *("password␣from␣<hunter22>␣to␣<hunter33>", "<482911>␣is␣your␣Google␣code", "<Rex2020x>␣as␣my␣password"),
        *("mysql␣-u␣jo␣-p<Rex2020x>", "curl␣-u␣jo:<Rex2020x>␣https://x.example", "パスワード␣:␣<Rex2020x>"),
        *("Authorization:␣Basic␣<am86cGFzcw==>", "I␣received␣the␣code␣<839201>", "Credentials:␣jo:<hunter22>"),
        *(
            "Password:␣\n␣<hunter22>",
            "user␣|␣password\njo␣|␣<swordfish>",
            "Neues␣Passwort␣bitte␣auf␣<Rex2020x>␣setzen",
        ),
    ),
    MaskedKind.CARD: ("card␣<4111␣1111␣1111␣1111>␣", "<4111␣1111␣1111␣1111␣12/27␣737>"),
    MaskedKind.IBAN: ("IBAN:␣<DE89␣3704␣0044␣0532␣0130␣00>␣please", "<GB29␣NWBK␣6016␣1331␣9268␣19>"),
    MaskedKind.EMAIL: ("mail␣<jo␣[at]␣example␣[dot]␣com>",),
    MaskedKind.PHONE: (
        *("call␣<+49␣30␣1234567>", "<06␣12␣34␣56␣78>", "<(555)␣010-1234>", "<030␣1234567>", "<600␣123␣456>␣please"),
        *("Tel.␣<4711␣0815>", "<0049␣30␣1234567>", "<(11)␣91234-5678>"),
    ),
}
# Those of Unicode's class Zs, and others that look like one.
BLANKS = (
    *"\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\u2800\u3164\uffa0",
)
UNSEEN = (*"\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f",)
JOINERS_AWAY = {0x200C: None, 0x200D: None}  # which stay, as letters and pictures need them
WORDS = ("Soleil2023", "hunter22", "4711", "8f7d6a5b4c3e2f1a8f7d", "abcdef1234567890abcdef")
SENT = (
    *("Mot de passe\u00a0: Soleil2023", "Mot de passe\u202f: Soleil2023", "Password:\u00a0hunter22"),
    *("Code\u00a0PIN\u00a0: 4711", "API key:\u00a08f7d6a5b4c3e2f1a8f7d", "Bearer\u00a0abcdef1234567890abcdef"),
    *(
        "Login: jo\u00a0/\u00a0hunter22",
        "Passwort\u3000\uff1a\u3000hunter22",
        "mot\u00a0de\u00a0passe\u2007: Soleil2023",
    ),
)


def _text_and_what_stays(told: str, kind: MaskedKind) -> tuple[str, str]:
    parts = told.split("<")
    kept = [parts[0], *(kind.placeholder + part.partition(">")[2] for part in parts[1:])]
    return told.replace("<", "").replace(">", ""), "".join(kept)


def _each_blank_by_itself(told: str, blank: str) -> list[str]:
    places = [at for at, sign in enumerate(told) if sign == "␣"]
    alone = [told[:at] + blank + told[at + 1 :] for at in places]
    return [one.replace("␣", " ") for one in [*alone, told.replace("␣", blank)]]


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
@pytest.mark.parametrize("kind", TOLD)
def test_every_kind_is_found_whatever_blank_stands_in_each_place(kind: MaskedKind, blank: str) -> None:
    for told in TOLD[kind]:
        for written in _each_blank_by_itself(told, blank):
            text, hidden = _text_and_what_stays(written, kind)
            assert masked(text, frozenset({kind})) == hidden


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
@pytest.mark.parametrize("kind", TOLD)
def test_what_nobody_sees_beside_a_blank_hides_nothing(kind: MaskedKind, unseen: str) -> None:
    for told in TOLD[kind]:
        text, _ = _text_and_what_stays(told.replace("␣", f"{unseen} "), kind)
        _, hidden = _text_and_what_stays(told.replace("␣", " "), kind)
        shown = readable(text, limit=1_000, mask=frozenset({kind}))
        assert shown.translate(JOINERS_AWAY) == hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Passwort\uff1aSommer24", "Passwort\uff1a[secret]"),
        ("PIN\uff1d\uff14\uff17\uff11\uff11", "PIN\uff1d[secret]"),
        (
            "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\u2236 hunter22",
            "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\u2236 [secret]",
        ),
        ("jo\uff20example\uff0ecom", "[email address]"),
        ("\uff0b\uff14\uff19 \uff13\uff10 \uff11\uff12\uff13\uff14\uff15\uff16\uff17", "[phone number]"),
        ("DE\uff18\uff19 3704 0044 0532 0130 00", "[IBAN]"),
        ("WLAN\u2011Schlüssel: sommer2024", "WLAN\u2011Schlüssel: [secret]"),
        ("password:\u2028hunter22", "password:\u2028[secret]"),
        ("pass\u200dword: hun\u200dter22\u200d, Jo", "pass\u200dword: [secret]\u200d, Jo"),
        ("card 4111\u200b1111\u200b1111\u200b1111.", "card [card number]."),
        ("❤\ufe0f👩\u200d🚀 password: hunter22 ❤\ufe0f", "❤\ufe0f👩\u200d🚀 password: [secret] ❤\ufe0f"),
    ],
)
def test_signs_and_digits_of_another_width_count_as_those_of_ascii(text: str, hidden: str) -> None:
    assert masked(text, EVERY_KIND) == hidden


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
@pytest.mark.parametrize(
    "said",
    [
        *(
            "Mot␣de␣passe␣:␣oublié",
            "mot␣de␣passe␣:␣refusé␣depuis␣ce␣matin",
            "Das␣Passwort␣ist␣abgelaufen",
            "PIN␣2024␣was␣announced",
        ),
        *(
            "Commande␣:␣n°␣4711␣«␣urgent␣»",
            "12␣345␣678,90␣kr",
            "600␣123␣456␣EUR",
            "Erreur␣404␣!",
            "Bearer␣of␣bad␣news:␣no",
        ),
        *(
            "key␣:␣value",
            "Client␣secret:␣rotates␣every␣90␣days,␣how?",
            "DE12␣is␣the␣room;␣BE42␣too.",
            "Prix␣:␣1␣234␣567,89␣€",
        ),
    ],
)
def test_what_is_no_secret_stays_with_every_blank(said: str, blank: str) -> None:
    for text in _each_blank_by_itself(said, blank):
        assert masked(text, EVERY_KIND) == text


def test_no_request_holds_a_secret_with_such_a_blank_nor_does_an_example_in_anothers(
    make_app: MakeApp, gemini: GeminiServer
) -> None:
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    for said in SENT:
        text = f"My login at the portal fails since today. {said}\nThank you"
        number = opened(app, title="Login at the portal", description=text, requester_email="jo@example.com")
        with app.app_context():
            change_ticket(number, {"category": "account", "priority": "high"}, by=admin)
    opened(app, title="Login at the portal fails", description="My login fails.", requester_email="al@example.net")
    _classify_what_is_due(app)
    sent = "\n".join(asked.text for asked in gemini.requests)
    assert "EXAMPLE" in gemini.requests[-1].text
    assert "[secret]" in gemini.requests[-1].text
    assert [word for word in WORDS if word in sent] == []


def _classify_what_is_due(app: APIFlask) -> None:
    with app.app_context():
        for run_id in runs.due(utc_now(), limit=100):
            classification.classify(run_id, outside().classifier, deadline_seconds=5)
