"""The front page: what it says, and that a browser can make something of it."""

from __future__ import annotations

import html
import json
import re
import shlex
from html.parser import HTMLParser

import pytest

from helpers.sandbox import oauth
from helpers.sandbox.choices import CHOICES
from helpers.sandbox.front_page import dotenv_lines, show, tell_clock
from helpers.sandbox.messages import Request
from helpers.sandbox.resources import resource_types
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.store import Store

BASE_URL = "http://localhost:8000"
ROWS = [row for rows in CHOICES.values() for row in rows]
_VOID = {"br", "hr", "img", "input", "link", "meta"}


class Page(HTMLParser):
    """A page, read strictly: every element that is opened is closed, in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.code: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")
        elif tag == "code":
            self.code.append("")

    def handle_endtag(self, tag: str) -> None:
        """Hold it against what was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what a reader sees, where they see it."""
        if "style" in self._open:
            return
        self.text += data
        if {"th", "td"} & set(self._open):
            self.rows[-1][-1] += data
        if "code" in self._open:
            self.code[-1] += data

    def every(self, tag: str, attribute: str) -> list[str | None]:
        """List an attribute of all elements with this name that have it."""
        return [
            each[attribute] for name, each in self.elements if name == tag and attribute in each
        ]


def _show(store: Store, *, host: str = "localhost:8000", rate_limits: bool = False) -> Page:
    response = show(store, Request("GET", "/", {"host": host}), rate_limits=rate_limits)
    assert (response.status, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    return Page(response.body.decode())


@pytest.fixture
def page(store: Store) -> Page:
    """Open the front page of the documented world."""
    return _show(store)


def test_page_is_well_formed(page: Page) -> None:
    """One language, one title, one first heading; ids are there once; tables have headings."""
    names = [name for name, _ in page.elements]
    ids = [each["id"] for _, each in page.elements if "id" in each]

    assert page.source.startswith("<!DOCTYPE html>\n")
    assert (page.every("html", "lang"), names.count("title"), names.count("h1")) == (["en"], 1, 1)
    assert len(set(ids)) == len(ids)
    assert names.count("th") == len(page.every("th", "scope"))
    assert {len(row) for row in page.rows} == {2, 3}


def test_page_asks_for_nothing_from_outside(page: Page) -> None:
    """No script, no image, no style sheet, no font: and the browser is told to allow none."""
    names = {name for name, _ in page.elements}
    loaded = page.every("link", "href")
    links = page.every("a", "href")

    assert names & {"script", "img", "iframe", "form", "object", "embed"} == set()
    assert loaded == ["data:,"]
    assert re.findall(r"@import|url\(|\bon\w+=", page.source) == []
    assert [link for link in links if not link or link[:1] not in "#/"] == []


def test_page_forbids_what_it_does_not_need(store: Store) -> None:
    """Even if a text were taken for markup, no script would run."""
    headers = show(store, Request("GET", "/", {}), rate_limits=False).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")


def test_every_link_leads_somewhere(page: Page) -> None:
    """On the page, to an element there is; elsewhere, to what the sandbox answers."""
    ids = {each["id"] for _, each in page.elements if "id" in each}
    links = {link for link in page.every("a", "href") if link}
    lead_away = links - {f"#{id_}" for id_ in ids}

    assert lead_away == {"/.well-known/jwks.json"}


def test_page_can_be_read_in_light_and_in_dark(page: Page) -> None:
    """Every colour has its counterpart."""
    light, dark = re.findall(r":root \{([^}]*)\}", page.source)
    colours = [re.findall(r"--(\w+):", each) for each in (light, dark)]

    assert "@media (prefers-color-scheme: dark)" in page.source
    assert (colours[0], len(colours[0]) > 0) == (colours[1], True)


def test_page_says_what_it_is_not(page: Page) -> None:
    """That comes first."""
    assert "This is not Commerce Layer." in page.text[:200]


def test_page_lists_every_choice(subtests: pytest.Subtests, page: Page) -> None:
    """Each is a row, word for word, and what is code in Markdown is code."""
    assert ROWS
    for situation, answer in ROWS:
        with subtests.test(situation):
            plain = [text.replace("`", "") for text in (situation, answer)]

            assert plain in page.rows
            assert set(re.findall("`([^`]+)`", situation + answer)) <= set(page.code)


def test_page_groups_the_choices_by_topic(page: Page) -> None:
    """In the order of the list, each topic with a table of its own."""
    at = [page.source.index(f"<h3>{html.escape(topic)}</h3>\n<table") for topic in CHOICES]

    assert at == sorted(at)


def test_page_can_be_shown_when_the_customer_of_an_access_token_is_gone(store: Store) -> None:
    """Who may delete customers may delete that one, too."""
    store.remove(("customers", "jENxlDKaVB"))

    expected = ["your-access-token", "a sales channel, for the customer who is gone"]
    assert expected in _show(store).rows


def test_page_lists_every_resource_type(subtests: pytest.Subtests, page: Page) -> None:
    """Each has its actions, its path, and a link to its row."""
    assert resource_types()
    for name in resource_types():
        with subtests.test(name):
            type_ = resource_types()[name]
            [row] = [row for row in page.rows if row[0] == name]

            assert (row[1], row[2].split("/")[:3]) == (
                ", ".join(type_.actions),
                ["", "api", type_.path],
            )
            assert f"#{name}" in page.every("a", "href")


def test_page_gives_the_credentials(page: Page) -> None:
    """As lines to be copied, and as the access tokens there are."""
    lines = "\n".join(dotenv_lines(SCENARIOS["documented"], BASE_URL))

    assert lines in page.code
    assert ["your-access-token", "a sales channel, for the customer john@example.com"] in page.rows
    assert ["your-integration-access-token", "an integration"] in page.rows


def test_page_shows_commands_that_can_be_copied(page: Page) -> None:
    """One to try the API, one to ask for an access token, one to start anew."""
    commands = [each for each in page.code if each.startswith("curl ")]

    assert (len(commands), commands[2]) == (3, f"curl -X POST {BASE_URL}/sandbox/reset")
    assert f"{BASE_URL}/api/orders/qaMAhZkZvd" in commands[0]
    assert "Bearer your-access-token" in commands[0]
    assert commands[1].startswith(f"curl '{BASE_URL}/oauth/token' ")


def test_page_asks_for_an_access_token_with_what_is_good(page: Page, store: Store) -> None:
    """What the command sends is answered with an access token."""
    [command] = [each for each in page.code if "/oauth/token" in each and "curl" in each]
    body = shlex.split(command.replace("\\\n", ""))[-1]

    headers = {"content-type": "application/json"}
    request = Request("POST", "/oauth/token", headers, body.encode())
    assert "access_token" in json.loads(oauth.handle(store, request).body)


@pytest.mark.parametrize(
    ("clock", "told"),
    [(None, "stopped at 2018-01-01T12:00:00.000Z"), ("real", "this machine's")],
    ids=["frozen", "real"],
)
def test_page_tells_the_clock(clock: str | None, told: str) -> None:
    """Which one the world goes by."""
    store = open_store(clock="real" if clock == "real" else None)
    found = tell_clock(store), _show(store).text
    store.close()

    assert (found[0], f"Clock{told}" in re.sub(r"\s*\n\s*", "", found[1])) == (told, True)


@pytest.mark.parametrize(
    ("rate_limits", "told"), [(False, "off"), (True, "as in the API's test mode")]
)
def test_page_tells_whether_rate_limits_hold(store: Store, rate_limits: bool, told: str) -> None:
    """A client that is refused can be told why."""
    text = _show(store, rate_limits=rate_limits).text

    assert f"Rate limits{told}" in re.sub(r"\s*\n\s*", "", text)


@pytest.mark.parametrize("host", ["<script>alert(1)</script>", '"><b>', "a'b&c", "${choices}"])
def test_page_takes_no_markup_from_the_client(store: Store, host: str) -> None:
    """What the client calls the sandbox is text, whatever it looks like."""
    expected, page = _show(store), _show(store, host=host)

    assert [name for name, _ in page.elements] == [name for name, _ in expected.elements]
    assert f"http://{host}" in page.code


def test_page_changes_nothing(store: Store) -> None:
    """Looking is not touching."""
    before = store.dump()
    _show(store)

    assert store.dump() == before


def test_settings_start_with_the_address_and_are_lines(store: Store) -> None:
    """A name of the project's settings, and a value without spaces or quotes."""
    lines = dotenv_lines(SCENARIOS["documented"], BASE_URL)

    assert lines[0] == f"CL_BASE_URL={BASE_URL}"
    assert [line for line in lines if not re.fullmatch(r"CL_[A-Z_]+=[\w.:/@-]+", line)] == []
    assert [line.split("=")[0] for line in lines[-2:]] == ["CL_ACCESS_TOKEN", "CL_OTHER_ORDER_ID"]
