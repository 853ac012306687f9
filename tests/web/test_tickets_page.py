"""The page of one ticket: the conversation, the facts, why it is unclassified, and who or what changed it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.letters import letter
from tests.services.gemini import GeminiServer
from tests.take_in import laid_out_letter, take_in
from tests.web.opened import TEXT, FailingClassifier, opened, proposal
from tests.web.statements import statements_of
from ticketapp.actions import classification, conversation
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import FailureKind
from ticketapp.db import transaction
from ticketapp.models import ClassificationRun, RunState, User
from ticketapp.outside import outside
from ticketapp.queries import classification as runs
from ticketapp.queries import conversation as threads


def test_a_ticket_that_is_not_there_is_404(agent_client: FlaskClient) -> None:
    assert agent_client.get("/tickets/7").status_code == 404


def test_messages_come_oldest_first(app: APIFlask, agent_client: FlaskClient, agent: User) -> None:
    with app.app_context():
        take_in(letter(text="What came first"))
        conversation.reply(1, "What came second", by=agent, support=outside().support)
        conversation.add_note(1, "What came third", by=agent)
    page = agent_client.get("/tickets/1").text
    places = [page.index(text) for text in ("What came first", "What came second", "What came third")]
    assert places == sorted(places)


def test_quoted_history_of_an_answer_is_folded_and_of_a_first_mail_is_not(
    app: APIFlask, agent_client: FlaskClient
) -> None:
    with app.app_context():
        take_in(letter(text="Please see:\n\n> an old quote\n", message_id="<a@x.example>"))
        take_in(letter(text="It still burns.\n\n> earlier words\n", In_Reply_To="<a@x.example>"))
    first, second = re.findall(
        r'<article class="message".*?</article>', agent_client.get("/tickets/1").text, re.DOTALL
    )
    assert "Quoted history" not in first
    assert "&gt; an old quote" in first
    written, folded = second.split("Quoted history")
    assert "It still burns." in written
    assert "earlier words" not in written
    assert "earlier words" in folded


def test_a_machines_mail_is_folded(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(letter(message_id="<a@x.example>"))
        take_in(letter(text="I am away.", In_Reply_To="<a@x.example>", Auto_Submitted="auto-replied"))
    page = agent_client.get("/tickets/1").text
    assert re.search(r"<summary>Written by a machine</summary><div[^>]*>I am away\.", page)


def test_a_mail_says_why_it_is_on_this_ticket(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(letter(message_id="<a@x.example>"))
        take_in(letter(In_Reply_To="<a@x.example>"))
    assert "It answers a message of this ticket." in agent_client.get("/tickets/1").text


def test_what_a_customer_writes_is_only_text(app: APIFlask, agent_client: FlaskClient) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    with app.app_context():
        take_in(letter(hostile, hostile, sender=f'"{hostile}" <jo@customer.example>'))
    page = agent_client.get("/tickets/1").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_description_of_a_ticket_without_mail_opens_the_conversation(
    app: APIFlask, agent_client: FlaskClient, agent: User
) -> None:
    opened(app, by=agent, requester_email="zoe@example.org", requester_name="Zoë")
    page = agent_client.get("/tickets/1").text
    assert TEXT in page
    assert "Opened by Gil Agent" in page


def test_a_mails_text_is_shown_once(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(letter(text="Only once, please."))
    assert agent_client.get("/tickets/1").text.count("Only once, please.") == 1


def test_earlier_messages_of_a_long_conversation_are_a_link_away(
    app: APIFlask, agent_client: FlaskClient, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "SHOWN", 3)
    opened(app)
    with app.app_context():
        for number in range(1, 6):
            conversation.add_note(1, f"note number {number}", by=agent)
    newest = agent_client.get("/tickets/1").text
    assert re.findall(r"note number (\d)", newest) == ["3", "4", "5"]
    found = re.search(r'href="(/tickets/1\?before=[^"]+)">Earlier messages', newest)
    assert found
    earlier = agent_client.get(found[1]).text
    assert re.findall(r"note number (\d)", earlier) == ["1", "2"]
    assert "Newest messages" in earlier


def test_a_bad_place_in_the_conversation_is_refused_in_words(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app)
    response = agent_client.get("/tickets/1?before=x")
    assert response.status_code == 422
    assert "before must be taken from a link of an earlier page." in response.text


def test_delivery_of_answers_is_shown_with_its_cause(app: APIFlask, agent_client: FlaskClient, agent: User) -> None:
    with app.app_context():
        take_in(letter())
        failed, waiting, sent = (
            conversation.reply(1, f"answer {n}", by=agent, support=outside().support).id for n in range(3)
        )
        conversation.record_not_sent(failed, "550 no such user", for_good=True)
        conversation.record_not_sent(waiting, "connection refused", for_good=False)
        conversation.record_sent(sent)
    page = agent_client.get("/tickets/1").text
    assert re.search(r"Not sent</strong> 550 no such user.*?Send again", page, re.DOTALL)
    assert re.search(r"Waiting to be sent</strong> connection refused.*?Tried once; next try: <time", page, re.DOTALL)
    assert "The mail server took it" in page
    assert page.count("Send again") == 1


def test_facts_name_requester_assignee_source_and_dates(
    app: APIFlask, agent_client: FlaskClient, agent: User
) -> None:
    with app.app_context():
        take_in(letter(sender="Jo Doe <jo@customer.example>"))
        change_ticket(1, {"assignee_id": agent.id}, by=agent)
    facts = agent_client.get("/tickets/1").text.split('id="facts"')[1].split("</section>")[0]
    for fact in ("Jo Doe", "jo@customer.example", "Gil Agent", "email", "<time"):
        assert fact in facts


def test_the_title_block_closes_the_page(app: APIFlask, agent_client: FlaskClient, agent: User) -> None:
    opened(app, by=agent, created_at=datetime(2026, 3, 4, tzinfo=UTC))
    with app.app_context():
        change_ticket(1, {"status": "resolved", "priority": "low"}, by=agent)
    block = agent_client.get("/tickets/1").text.split('class="title-block"')[1]
    cells = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", block, re.DOTALL))
    assert (cells["No."], cells["Rev"], cells["Date"], cells["Drawn"]) == ("1", "3", "2026-03-04", "Gil Agent")
    assert "resolved" in cells["Status"]


def test_history_names_who_or_what_changed_what(app: APIFlask, agent_client: FlaskClient, agent: User) -> None:
    opened(app, by=agent, proposal=proposal("billing", "high"))
    with app.app_context():
        change_ticket(1, {"category": "billing"}, by=agent)
        change_ticket(1, {"status": "in_progress"}, by=agent)
        change_ticket(1, {"assignee_id": agent.id}, by=agent)
        change_ticket(1, {"assignee_id": None}, by=agent)
    history = agent_client.get("/tickets/1").text.split('class="history"')[1].split("</ol>")[0]
    lines = [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", line.split("</time>")[1])) for line in history.split("<li")[1:]
    ]
    assert [line.strip() for line in lines] == [
        "Gil Agent opened the ticket.",
        "Machine set the category from general to billing (run 1).",
        "Machine set the priority from medium to high (run 1).",
        "Gil Agent confirmed the category billing (run 1).",
        "Gil Agent set the status from open to in progress.",
        "Gil Agent gave the ticket to Gil Agent.",
        "Gil Agent took the ticket from Gil Agent.",
    ]
    assert 'href="#run-1"' in history


def test_runs_show_model_prompt_reason_latency_tokens_and_who_asked(
    app: APIFlask, agent_client: FlaskClient, admin: User
) -> None:
    opened(app, by=admin, proposal=proposal("billing", "high"))
    panel = agent_client.get("/tickets/1").text.split('id="runs"')[1]
    for fact in (
        "gemini-test",
        "prompt v1",
        "An invoice was charged twice.",
        "812 ms",
        "900 in, 45 out",
        "Ada Admin",
    ):
        assert fact in panel
    assert "Set category and priority." in panel


def test_runs_say_when_a_persons_choice_stood(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, category="account", proposal=proposal("billing", "high"))
    assert "Set priority." in agent_client.get("/tickets/1").text


def failed(app: APIFlask, kind: FailureKind) -> None:
    """Let the outstanding run of ticket 1 fail."""
    with app.app_context():
        classification.classify(runs.outstanding(1) or 0, FailingClassifier(kind), deadline_seconds=1)


@pytest.fixture
def ai_client(make_sqlite_app: MakeApp, gemini: GeminiServer) -> FlaskClient:
    """An admin's client of an application whose classifier has a key."""
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    opened(app)
    return signed_in(app, add_user(app, "ada@example.com", "Ada Admin", "admin"))


def cause_on(client: FlaskClient) -> str:
    """What the facts say about the machine, as text."""
    facts = client.get("/tickets/1").text.split('id="facts"')[1].split("</section>")[0]
    found = re.search(r"<dt>Machine</dt><dd>(.*?)</dd>", facts, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def test_without_a_key_the_cause_is_that(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app)
    cause = "No Gemini API key is set, so tickets are not classified. An admin can set one."
    assert cause_on(agent_client) == f"unclassified {cause} What waits is classified by itself then."


def test_a_classified_ticket_has_no_cause(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal())
    assert cause_on(agent_client) == ""


def test_a_fresh_ticket_waits(ai_client: FlaskClient) -> None:
    assert cause_on(ai_client) == "unclassified It waits for the machine to read it."


def test_a_failure_that_is_tried_again_says_when(ai_client: FlaskClient) -> None:
    failed(ai_client.application, FailureKind.TIMED_OUT)
    assert cause_on(ai_client) == "unclassified Gemini did not answer in time. Next try: within a minute."
    with ai_client.application.app_context(), transaction() as session:
        later = datetime.now(UTC) + timedelta(minutes=10, seconds=30)
        session.execute(update(ClassificationRun).where(ClassificationRun.attempt == 2).values(due_at=later))
    assert cause_on(ai_client) == "unclassified Gemini did not answer in time. Next try: in 10 min."


def test_a_failure_for_good_says_so(ai_client: FlaskClient) -> None:
    failed(ai_client.application, FailureKind.BLOCKED)
    expected = "Gemini declined to answer because of what the text contains. It is not tried again by itself."
    assert cause_on(ai_client) == f"unclassified {expected}"


def test_a_ticket_being_read_says_so(ai_client: FlaskClient) -> None:
    with ai_client.application.app_context(), transaction() as session:
        later = datetime.now(UTC) + timedelta(minutes=1)
        session.execute(update(ClassificationRun).values(state=RunState.RUNNING, lease_until=later))
    assert cause_on(ai_client) == "unclassified The machine is reading it now."


def test_cost_of_the_page_does_not_grow_with_the_conversation(
    app: APIFlask, agent_client: FlaskClient, agent: User
) -> None:
    colleague = add_user(app, "bo@example.com", "Bo", "agent")

    def cost() -> int:
        with statements_of(app) as sent:
            assert agent_client.get("/tickets/1").status_code == 200
        return len(sent)

    with app.app_context():
        take_in(laid_out_letter("<p>One</p>"))
    agent_client.get("/tickets/1")
    with_one = cost()
    with app.app_context():
        for number in range(24):
            take_in(
                laid_out_letter(
                    f"<p>{number}</p>", message_id=f"<{number}@shop.example>", answers="<laid-out@shop.example>"
                )
            )
        for number in range(25):
            by = colleague if number % 2 else agent
            conversation.reply(1, f"answer {number}", by=by, support=outside().support, status="resolved")
            change_ticket(1, {"status": "open", "assignee_id": by.id}, by=by)
            classification.reclassify(1, by=by)
    assert cost() == with_one


def test_the_page_holds_on_postgresql(make_postgres_app: MakeApp) -> None:
    app = make_postgres_app()
    agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
    with app.app_context():
        take_in(laid_out_letter("<p>Hello</p>"))
        conversation.reply(1, "An answer", by=agent, support=outside().support, status="resolved")
    page = signed_in(app, agent).get("/tickets/1").text
    assert "naïve.txt" in page
    assert "An answer" in page
