"""A secret that was told once goes wherever the same value stands in its question; ordinary words stay."""

import pytest

from tests.ai.proportion import is_in_proportion
from ticketapp.ai import Example, Manner, MaskedKind
from ticketapp.ai.masking import EVERY_KIND, USUALLY_MASKED, masked, masked_together
from ticketapp.ai.prompting import ask, load_prompt, ticket_parts

SECRET = frozenset({MaskedKind.SECRET})
AGAIN = (
    *(
        "New password: {}\nRepeat: {}",
        "My password is {}. When I enter {} on the page, it says wrong.",
        "{}? password: {}",
    ),
    *(
        "My password is {}! I enter {}, '{}' and ({}).",
        "password: {}\nI typed jo/{} and jo:{}",
        "pw={}\nits hash=x/{}",
    ),
    *("Das Passwort lautet {}, mit {} geht es nicht", "mot de passe\u00a0: {}\nJ'entre\u00a0{}\u00a0: refusé"),
)
SECRETS = ("hunter22", "Gatito99x", "Tr0ub4dor&3", "p@sswort", "!abc1x", "geheim#wort", "48391027")
STAYS = (
    ("password: swordfish\nI like swordfish", "password: [secret]\nI like swordfish"),
    ("Passwort=Sommer\nIm Sommer ist alles langsam", "Passwort=[secret]\nIm Sommer ist alles langsam"),
    ("PIN 4711, order 4711 is late", "PIN [secret], order 4711 is late"),
    ("password: abc1, room abc1", "password: [secret], room abc1"),
    ("password: hunter22, user hunter221 and xhunter22", "password: [secret], user hunter221 and xhunter22"),
    ("password: hunter22. Not hunter22_1 but _hunter22", "password: [secret]. Not hunter22_1 but _hunter22"),
    ("password=user-name\nThe user-name is wrong", "password=[secret]\nThe user-name is wrong"),
    ("the password Windows11 asks for. Windows11 is slow", "the password [secret] asks for. Windows11 is slow"),
    ("password: Hunter22, file hunter22.txt", "password: [secret], file hunter22.txt"),
    ("code=9000000000; 9000000000 rows", "code=9000000000; 9000000000 rows"),
    ("tokens: 100000, 100000 a day", "tokens: 100000, 100000 a day"),
    ("My password is wrong. It says wrong password.", "My password is wrong. It says wrong password."),
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("said", AGAIN)
def test_a_secret_goes_wherever_it_stands_again(said: str, secret: str) -> None:
    hidden = masked(said.replace("{}", secret), SECRET)
    assert hidden.replace("!", "") == said.replace("{}", "[secret]").replace("!", "")
    assert masked(hidden, SECRET) == hidden


@pytest.mark.parametrize(("text", "kept"), STAYS)
def test_ordinary_words_parts_of_words_and_short_numbers_stay(text: str, kept: str) -> None:
    assert masked(text, USUALLY_MASKED) == kept


def test_a_phrase_goes_again_too() -> None:
    text = "passphrase: blue whale sings\nI type blue whale sings. The blue whale is big."
    assert masked(text, SECRET) == "passphrase: [secret]\nI type [secret]. The blue whale is big."


def test_no_mask_of_another_kind_is_broken_by_it() -> None:
    text = (
        "password: hunter22, mail hunter22@example.com, jo@x.example, card 4111 1111 1111 1111 DE89370400440532013000"
    )
    assert masked(text, EVERY_KIND) == "password: [secret], mail [secret], [email address], card [card number] [IBAN]"
    assert masked("ftp://jo:hunter22@x.example/ hunter22", SECRET) == "ftp://jo:[secret]@x.example/ [secret]"


@pytest.mark.parametrize("told_in", [0, 1, 2])
def test_what_one_part_of_a_question_tells_goes_in_all_of_them(told_in: int) -> None:
    said = ["I enter Gatito99x and nothing happens"] * 3
    said[told_in] = "Password Gatito99x does not work"
    parts = ticket_parts(title=said[0], description=said[1], newest_reply=said[2], mask=SECRET)
    assert [text for _, text in parts] == [one.replace("Gatito99x", "[secret]") for one in said]
    assert masked_together(said, SECRET) == [text for _, text in parts]
    assert masked_together(said, EVERY_KIND - SECRET) == said


def test_an_example_tells_no_secret_again() -> None:
    told, again = "My password is Gatito99x", "Gatito99x fails"
    example = Example(reference=1, title=again, description=told, category="account", priority="high")
    data = ask(load_prompt(), title="t", description="d", manner=Manner(examples=(example,))).data
    assert "[secret] fails\nMy password is [secret]" in data


def test_what_the_ticket_or_an_example_tells_goes_in_all_that_is_sent() -> None:
    tells, types = "Wifi password: Fr3ddy9x refused", "We all type Fr3ddy9x and it is refused"
    others = (tells, types), (types, "Is Fr3ddy9x right? His is Ann4xyzz"), ("Ann4xyzz", "The password is Ann4xyzz")
    examples = tuple(
        Example(reference=at, title=title, description=text, category="account", priority="high")
        for at, (title, text) in enumerate(others)
    )
    for title, example in ((tells, examples[1]), (types, examples[0])):
        data = ask(load_prompt(), title=title, description="Ann4xyzz", manner=Manner(examples=(example,))).data
        assert "Fr3ddy9x" not in data
        assert "Ann4xyzz" in data
    asked = ask(load_prompt(), title=tells, description="It is Ann4xyzz", manner=Manner(examples=examples)).data
    assert "Fr3ddy9x" not in asked
    assert "Ann4xyzz" not in asked


def test_a_ticket_keeps_its_secrets_where_none_are_masked_whatever_an_example_tells() -> None:
    example = Example(reference=1, title="t", description="pw: Fr3ddy9x", category="account", priority="high")
    manner = Manner(examples=(example,), masked=frozenset())
    data = ask(load_prompt(), title="I type Fr3ddy9x", description="d", manner=manner).data
    assert "I type Fr3ddy9x" in data
    assert "pw: [secret]" in data


@pytest.mark.parametrize(
    "unit", ["password: a{}b; a{}b ", "password=a1-{}x a1-{}x ", "pw: a1{} ", "pw=!a1b2c3{} a1b2c3 ", "pw=a1-{}x a1 "]
)
def test_many_secrets_and_repeats_cost_in_proportion_to_the_text(unit: str) -> None:
    small, large = ("".join(unit.replace("{}", str(at)) for at in range(size)) for size in (1_500, 6_000))
    assert is_in_proportion(small, large, lambda text: masked(text, EVERY_KIND))
