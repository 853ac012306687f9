# ruff: noqa: RUF001 - words in the letters of their language
"""Words that set a floor are found whole, in any case, width and script; the list says what is wrong with it."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketapp.ai.severity import (
    SeverityWord,
    SeverityWordsError,
    floor_of,
    read_severity_words,
    shipped_severity_words,
)
from ticketapp.ai.severity_sections import check_sections
from ticketapp.ai.suggestion import PRIORITIES
from ticketapp.measuring.labelled import shipped_set

SHIPPED = read_severity_words(shipped_severity_words())
LANGUAGES = (
    "English",
    "German",
    "French",
    "Spanish",
    "Italian",
    "Portuguese",
    "Dutch",
    "Polish",
    "Chinese",
    "Japanese",
)

PLAIN = {
    "Every language": "",
    "English": "This is what we have here with the thing",
    "German": "Das ist bei uns und ich bitte sehr darum",
    "French": "Nous avons ici depuis ce matin avec nos amis",
    "Spanish": "Hola, en la oficina y con nosotros desde ayer",
    "Italian": "Questo è nella nostra casa e anche da ieri",
    "Portuguese": "Isto é o que temos e não está em ordem, obrigado",
    "Dutch": "Het is hier op kantoor en bij ons ook",
    "Polish": "Dzień dobry, proszę o pomoc, bo jest źle",
    "Chinese": "我们的办公室在这里",
    "Japanese": "こちらの事務所です",
}


def found(text: str, words: str) -> str | None:
    floor = floor_of(text, read_severity_words(words))
    return floor and f"{floor.priority}: {floor.word}"


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("There is an outage since 9.", "high"),
        ("OUTAGE!!!", "high"),
        ("We had a data\nbreach", "critical"),
        ("a data-breach", "critical"),
        ("Seit heute früh Totalausfall", "high"),
        ("Es gab einen STROMSCHLAG", "critical"),
        ("une fuite de données chez nous", "critical"),
        ("hay una caída del servicio", "high"),
        ("c'è stata una perdita di dati", "critical"),
        ("o sistema está fora do ar", "high"),
        ("er is een datalek", "critical"),
        ("mamy pożar w biurze", "critical"),
        ("我们的数据泄露了", "critical"),
        ("昨日から障害が続いています", "high"),
        ("ｏｕｔａｇｅ", "high"),
        ("Our invoice is wrong", None),
        ("A breathtaking safetynet, outgoing mail aside", None),
        ("It is about the data. Breach? There is none that I know of.", "high"),
        ("", None),
    ],
)
def test_the_shipped_words_are_found_where_they_stand_whole(text: str, floor: str | None) -> None:
    hit = floor_of(text, SHIPPED)
    assert (hit and hit.priority) == floor


def test_the_shipped_list_has_words_for_each_language_and_each_is_found_by_itself() -> None:
    sections = shipped_severity_words().split("[")[1:]
    assert {section.partition("]")[0] for section in sections} >= set(LANGUAGES)
    for section in sections:
        heading, _, listed = section.partition("]")
        words = read_severity_words(listed)
        assert {word.priority for word in words} == {"critical", "high"}
        for word in words:
            text = f"{PLAIN[heading]}, {word.word.upper()}. {PLAIN[heading]}"
            alone = SeverityWord(word.word, word.priority, None if heading == "Every language" else heading)
            assert floor_of(text, (alone,)) == alone, word


@pytest.mark.parametrize(
    "text",
    [
        *("There is a small typo in brand name on the invoice", "In brand-new condition, thank you!"),
        *("The new logo looks nice in brand colours", "Smoke test of our integration passed, thanks"),
        *("My rook icon has the wrong colour", "Mr. Rauch asks for an invoice copy", "Please add a non-smoke option"),
        *("We sell safety shoes, do you want an offer?", "Safety tip of the week newsletter"),
        *("outage-free month, thank you!", "Thanks for one year without outage", "no outage, just a question"),
        *(
            "There was never a data breach here",
            "we found malware-free builds",
            "This is not an outage, only a question",
        ),
        *("Is there a data breach insurance?", "When is the planned outage?", "Sicherheitsvorfall-Training buchen"),
        *("Ich habe mich im Laden in Brand Store verlaufen", "Wir hatten seit Jahren keinen Ausfall, danke"),
        *("Es gab keine größere Störung, nur eine Frage", "Nous n'avons eu aucune panne cette année, merci"),
        *("Llevamos un año sin ninguna caída del sistema", "Abbiamo avuto un anno senza perdita di dati"),
        *("We zijn al een jaar zonder storing, bedankt", "Działa bez awarii od roku, dziękuję"),
        *("Entschuldigen Sie bitte die Störung, wo finde ich das?", "Sorry für die Störung, ich habe eine Frage"),
        *("Er zijn tips voor in brand awareness en dat is het", "Zmiana ranna jest od dziś o 6, proszę o kod"),
        *("Les verres sont en vitre fumée avec un cadre", "Unsere Rechte wurden verletzt, bitte um Rückruf"),
        *(
            "障害がある方も利用できますか",
            "障害者割引について教えてください",
            "火灾保险报价",
            "La panna per la torta e le panne sono finite",
        ),
    ],
)
def test_ordinary_words_of_any_language_raise_nothing(text: str) -> None:
    assert floor_of(text, SHIPPED) is None


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        *(("We have outages everywhere", "high"), ("Several data breaches happened", "critical")),
        *(("All our systems are down", "high"), ("Our service went down", "high"), ("We were breached", "high")),
        *(
            ("Fire in the server room", "critical"),
            ("The whole site is offline", "high"),
            ("Somebody hacks us", "high"),
        ),
        *(("Störungen in allen Filialen", "high"), ("Ausfälle seit 9 Uhr", "high"), ("Alles steht still", "high")),
        *(("There was a fire in our warehouse", "critical"), ("We lost all our data", "critical")),
        *(("All data is gone", "critical"), ("Es gab einen Brand", "critical"), ("Una persona herida", "critical")),
        ("We are breached", "high"),
        *(("Les pannes continuent", "high"), ("el servidor está caído", "high"), ("Serwer nie działa", "high")),
        *(("Nobody can log in. Outage!", "high"), ("We cannot work, outage since 9", "high")),
        *(
            ("There is no connection because of the outage", "high"),
            ("Es gibt keine Anmeldung: Totalausfall", "high"),
        ),
    ],
)
def test_forms_of_a_word_raise_too(text: str, floor: str) -> None:
    hit = floor_of(text, SHIPPED)
    assert hit is not None
    assert hit.priority == floor


def test_a_section_counts_unless_another_language_is_clear_and_others_always() -> None:
    words = read_severity_words("high: alpha\n[Deutsch]\nhigh: beta\n[Klingon]\nhigh: gamma")
    assert [word.language for word in words] == [None, "German", None]
    german, english = "Das ist bei uns in der Firma und ich bitte um {}", "This is what we have here with the {}"
    assert floor_of(german.format("beta"), words) == words[1]
    assert floor_of(english.format("beta"), words) is None
    assert floor_of("beta", words) == words[1]
    for word in (words[0], words[2]):
        assert all(floor_of(text.format(word.word), words) == word for text in (german, english, "{}"))


def test_of_the_labelled_tickets_grave_ones_are_raised_and_light_ones_are_not() -> None:
    found, wrong = 0, []
    for ticket in map(json.loads, shipped_set().read_text(encoding="utf-8").splitlines()):
        hit = floor_of(f"{ticket['title']}\n{ticket['description']}", SHIPPED)
        found += hit is not None and ticket["priority"] == "critical"
        if hit and PRIORITIES.index(hit.priority) > PRIORITIES.index(ticket["priority"]):
            wrong.append((ticket["id"], hit.word))
    assert wrong == []
    assert found >= 13


def test_the_gravest_word_counts_and_of_equals_the_first_in_the_list() -> None:
    words = "medium: slow\nhigh: outage, breach\ncritical: fire"
    assert found("slow, breach and outage", words) == "high: outage"
    assert found("breach, then fire", words) == "critical: fire"


@pytest.mark.parametrize("comma", [", ", ";", "、", "，", "；", "､"])
@pytest.mark.parametrize("colon", [":", "："])
def test_words_are_listed_with_the_commas_and_colons_of_any_keyboard(comma: str, colon: str) -> None:
    words = read_severity_words(f"high{colon} 火災{comma}感電{comma}outage")
    assert [word.word for word in words] == ["火災", "感電", "outage"]
    assert found("感電しました", f"high{colon} 火災{comma}感電") == "high: 感電"


@pytest.mark.parametrize(
    ("text", "words", "floor"),
    [
        ("장애가 발생했습니다", "high: 장애", "high: 장애"),
        ("서버 장애입니다", "high: 서버 장애", "high: 서버 장애"),
        ("무장애 화장실", "high: 장애", None),
        ("서버에 장애가 발생", "high: 서버 장애", "high: 서버 장애"),
        ("Our C++ build fails", "high: C++", "high: C++"),
        ("Plan C is on, C+ too", "high: C++", None),
        ("The .NET service", "high: .NET", "high: .NET"),
        ("the net is down", "high: .NET", None),
        ("out\u00adage", "high: outage", "high: outage"),
        ("data\u2011breach", "high: data breach", "high: data breach"),
        ("data\u2010breach", "high: data-breach", "high: data-breach"),
        ("data breach", "high: data\u2011breach", "high: data-breach"),
        ("outage", "high: out\u00adage", "high: outage"),
        ("It burns! Fire", "high: fire!", "high: fire!"),
        ("AT&T is unreachable", "high: AT&T", "high: AT&T"),
        ("at t", "high: AT&T", None),
        ("c'est la panne d’eau", "high: panne d'eau", "high: panne d'eau"),
    ],
)
def test_a_word_is_found_as_its_own_signs_say(text: str, words: str, floor: str | None) -> None:
    assert found(text, words) == floor


def test_case_of_every_script_is_folded() -> None:
    assert found("die STRASSE brennt", "high: Straße") == "high: Straße"
    assert found("ПОЖАР в офисе", "critical: пожар") == "critical: пожар"
    assert found("Ärger, A\u0308RGER", "high: ärger") == "high: ärger"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("outage", "Line 1 is neither"),
        ("# fine\nlow: colour", "Line 2 begins with 'low'"),
        ("urgent: x", "Line 1 begins with 'urgent'"),
        ("high: ok, !!!", "Line 1: '!!!' is no word"),
        ("high: " + "x" * 81, "Line 1: "),
        ("high: " + ", ".join(f"w{n}" for n in range(1001)), "At most 1,000 words"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(text: str, problem: str) -> None:
    with pytest.raises(SeverityWordsError, match=problem):
        read_severity_words(text)


@pytest.mark.parametrize("name", ["germn", "Klingon", "", "German, French"])
def test_a_section_of_no_known_language_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(SeverityWordsError) as error:
        check_sections(f"high: x\n[English]\nhigh: y\n[{name}]\nhigh: z")
    assert str(error.value).startswith(
        f"Line 4: [{name}] names no language that can be told. A section is [Every language] or "
    )
    assert "one of Chinese, Czech, Danish, Dutch, English, French, German, Italian, Japanese," in str(error.value)


def test_a_section_may_be_named_in_any_case_and_in_its_own_language() -> None:
    check_sections("[GERMAN]\n[ deutsch ]\n[日本語]\n[Korean]\n[中文]\n[every language]")
    check_sections(shipped_severity_words())


def test_an_empty_list_sets_no_floor() -> None:
    assert read_severity_words("\n# nothing\n[English]\nhigh:\n") == ()
    assert floor_of("outage", ()) is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    floor = floor_of(text, SHIPPED)
    assert floor is None or floor.priority in PRIORITIES


@pytest.mark.parametrize("unit", ["data ", "a", "system is ", "- ", "数据", "e\u0301", "outag ", "장애", "c+", "c+ "])
def test_length_alone_costs(unit: str) -> None:
    words = (*SHIPPED, *(SeverityWord(f"data {number}", "high") for number in range(50)))
    text = (unit * 600_000)[:600_000]
    started = time.perf_counter()
    floor_of(text, words)
    assert time.perf_counter() - started < 20
