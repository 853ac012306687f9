"""What templates and static files may hold: nothing inline, nothing missing, nothing from elsewhere."""

import re
from pathlib import Path

import pytest

from tests.look.office import ROOT, State, build

STATIC = ROOT / "ticketapp/static"
TEMPLATES = sorted((ROOT / "ticketapp/templates").rglob("*.html"))
OURS = sorted((STATIC / "css").glob("*.css")) + sorted((STATIC / "js").glob("*.js"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_the_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|hx-on|hx-vals=.js|(?:src|href)=.https?://", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"hx-trigger=\"[^\"]*\[", text)


def test_every_linked_file_exists_and_every_file_is_linked() -> None:
    with build(State()).test_client() as client:
        page = client.get("/").text
        addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert [address for address in addresses if client.get(address).status_code != 200] == []
    linked = {re.sub(r"\?.*", "", address).removeprefix("/static/") for address in addresses}
    for path in TEMPLATES:  # what only one page needs, that page links
        linked |= set(re.findall(r"filename='([^']+)'", path.read_text()))
    assert {path.relative_to(STATIC).as_posix() for path in OURS} <= linked


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_own_styles_and_scripts_reach_for_nothing_elsewhere(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"https?://|@import|\beval\(|new Function|\.style\b|innerHTML", text)
    for address in re.findall(r'url\("([^"]+)"\)', text):
        assert (path.parent / address).is_file()


def test_every_font_weight_comes_with_both_alphabets_and_the_licence() -> None:
    fonts = {path.name for path in (STATIC / "fonts").glob("*.woff2")}
    assert fonts == {
        f"ibm-plex-mono-{alphabet}-{weight}-normal.woff2"
        for alphabet in ("latin", "latin-ext")
        for weight in (400, 500, 700)
    }
    assert all((STATIC / "fonts" / name).read_bytes()[:4] == b"wOF2" for name in fonts)
    assert "SIL Open Font License" in (STATIC / "fonts/LICENSE-ibm-plex-mono.txt").read_text()


def test_corners_stay_square_and_shadows_hard() -> None:
    styles = "".join(path.read_text() for path in OURS if path.suffix == ".css")
    assert set(re.findall(r"border-radius: ([^;]+);", styles)) == {"0"}
    assert not re.search(r"\d+px \d+px [1-9]\d*px (?:var|rgb|#)", styles)
