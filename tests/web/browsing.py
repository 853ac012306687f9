"""What a person does in a browser: open a page, fill in its form, send it with its token."""

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app_fixtures import PASSWORD

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def csrf_token(client: FlaskClient, path: str = "/session/new") -> str:
    """The token in the first form of a page."""
    found = TOKEN.search(client.get(path).text)
    assert found, f"{path} holds no token"
    return found.group(1)


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, then: str = "") -> TestResponse:
    """Fill in the sign-in page."""
    token = csrf_token(client)
    return client.post("/session", data={"email": email, "password": password, "next": then, "csrf_token": token})


def words_of(page: TestResponse) -> str:
    """The text of a page without its tags, white space folded."""
    main = page.text.partition("<main")[2].partition("</main>")[0] or page.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
