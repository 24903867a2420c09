"""The customer is asked, and the answer comes back: over HTTP, as a browser would send it.

tests/browser/test_klarna_page.py does the same with a browser.
"""

from __future__ import annotations

import queue
import ssl
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from helpers import klarna_page
from helpers.documents import Document
from helpers.errors import ArgumentError, AuthorizationError
from helpers.klarna_desk import KlarnaDesk
from helpers.klarna_page import Authorization, authorize
from helpers.views import View
from tests.klarna import STAND_IN_AUTH_TOKEN, order_elsewhere, sandbox_order

SECONDS = 10
DECLINE = {"decision": "decline", "reason": "Klarna refused"}
AGREE = {"decision": "agree", "authorization_token": "agreed-to"}

Ask = Callable[..., tuple[Future[Authorization], str]]


@pytest.fixture(scope="module")
def order() -> Document:
    """Retrieve one order for all tests: none changes it."""
    return sandbox_order()


class Shown:
    """Collects what is shown, by its place."""

    def __init__(self) -> None:
        self.views: dict[str, list[View]] = {}
        self.three = threading.Event()

    def __call__(self, place: str, view: View) -> None:
        """Remember a view, and tell when three were seen in one place."""
        seen = self.views.setdefault(place, [])
        seen.append(view)
        if len(seen) == 3:
            self.three.set()


@pytest.fixture
def shown() -> Shown:
    """Collect what is shown."""
    return Shown()


@pytest.fixture
def ask(shown: Shown) -> Iterator[Ask]:
    """Ask in a thread, as a notebook's cell does, and tell the link that a browser would open."""
    with ThreadPoolExecutor(1) as pool:

        def ask(order: Document, **options: Any) -> tuple[Future[Authorization], str]:
            links: queue.Queue[str] = queue.Queue()
            options = {"minutes": SECONDS / 60, "show": shown, **options}
            asked = pool.submit(authorize, order, open_browser=links.put, **options)
            return asked, links.get(timeout=SECONDS)

        yield ask


@pytest.fixture(autouse=True)
def proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a proxy that is not there, as a developer's environment may name one that is."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")


def browser() -> httpx.Client:
    """Ask this machine directly, whatever proxy the environment names."""
    verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.Client(timeout=SECONDS, verify=verify, trust_env=False)


def get(link: str) -> httpx.Response:
    """Get the page."""
    with browser() as client:
        return client.get(link)


def send(link: str, form: dict[str, str], *, origin: str | None = None) -> httpx.Response:
    """Send the page's form."""
    own = link.rsplit("/", 2)[0]
    with browser() as client:
        return client.post(f"{link}answer", data=form, headers={"Origin": origin or own})


def test_the_stand_in_is_answered_here(order: Document) -> None:
    """In the sandbox nobody has to press anything, and what is shown says who did."""
    authorization = authorize(order)

    assert authorization.auth_token == STAND_IN_AUTH_TOKEN
    assert "this cell pressed `Agree`" in authorization.how


def test_the_stand_in_is_answered_without_a_server(
    order: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a port, and a browser's Python, which has none, comes to the same answer."""
    monkeypatch.setitem(sys.modules, "helpers.loopback", None)

    assert authorize(order).auth_token == STAND_IN_AUTH_TOKEN


def test_the_stand_in_can_be_answered_by_hand(order: Document, ask: Ask) -> None:
    """The same page waits for a reader's own browser, if that is wished."""
    asked, link = ask(order, by_hand=True)
    page = get(link)
    send(link, AGREE)

    assert "This is not Klarna." in page.text
    assert asked.result(SECONDS) == Authorization(
        "agreed-to", "on a stand-in for Klarna's page, by hand"
    )


def test_an_organizations_customer_is_asked_by_klarna(order: Document, ask: Ask) -> None:
    """Outside the sandbox nobody presses for the customer, and the page is Klarna's."""
    asked, link = ask(order_elsewhere(order))
    page = get(link)

    assert not asked.done()
    assert "x.klarnacdn.net" in page.text
    send(link, AGREE)
    assert asked.result(SECONDS) == Authorization("agreed-to", "by Klarna")


def test_an_organization_behind_a_tunnel_is_asked_by_klarna(order: Document, ask: Ask) -> None:
    """An address of this machine is no sandbox where Klarna has opened the session."""
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzZXNzaW9uX2lkIjoiMCJ9.c2lnbmF0dXJl"
    document = order_elsewhere(order, client_token=token)
    exchange = replace(document.exchange, base_url="http://127.0.0.1:8000")
    asked, link = ask(replace(document, exchange=exchange))

    assert "x.klarnacdn.net" in get(link).text
    send(link, AGREE)
    assert asked.result(SECONDS).how == "by Klarna"


def test_who_has_agreed_is_not_asked_again(order: Document) -> None:
    """An authorization that is there already is the answer, without any page."""
    agreed = order_elsewhere(order, auth_token="agreed-before")

    assert authorize(agreed, open_browser=pytest.fail).auth_token == "agreed-before"


def test_by_hand_asks_in_any_case(order: Document, ask: Ask) -> None:
    """Whoever wants to press the button can, also after it was pressed once."""
    asked, link = ask(order_elsewhere(order, auth_token="agreed-before"), by_hand=True)
    send(link, AGREE)

    assert asked.result(SECONDS).auth_token == "agreed-to"


def test_a_refusal_is_an_error(order: Document, ask: Ask) -> None:
    """Who declines is told what was understood, and how to be asked again."""
    asked, link = ask(order, by_hand=True)
    send(link, DECLINE)

    with pytest.raises(AuthorizationError, match="declined to pay with Klarna: Klarna refused"):
        asked.result(SECONDS)


def test_waiting_ends(order: Document, ask: Ask, shown: Shown) -> None:
    """After the deadline the page is gone, and the error tells how to wait longer."""
    asked, link = ask(order, by_hand=True, minutes=0.002)

    with pytest.raises(AuthorizationError, match=r"within 0\.002 minutes.*minutes="):
        asked.result(SECONDS)
    with pytest.raises(httpx.ConnectError):
        send(link, AGREE)
    assert "closed" in shown.views["link"][-1].plain


def test_answers_from_elsewhere_do_not_end_the_waiting(order: Document, ask: Ask) -> None:
    """A page of another origin can neither agree nor decline."""
    asked, link = ask(order, by_hand=True)

    assert send(link, DECLINE, origin="https://evil.example").status_code == 403
    assert send(link.rsplit("/", 2)[0] + "/guessed/", DECLINE).status_code == 404
    assert not asked.done()
    send(link, AGREE)
    assert asked.result(SECONDS).auth_token == "agreed-to"


def test_the_page_is_gone_after_its_answer(order: Document, ask: Ask) -> None:
    """An answer is given once: there is nobody to give another to."""
    asked, link = ask(order, by_hand=True)
    send(link, AGREE)
    asked.result(SECONDS)

    with pytest.raises(httpx.ConnectError):
        send(link, DECLINE)
    assert "loopback" not in [thread.name for thread in threading.enumerate()]


def test_the_time_passes_beside_a_link_that_is_left_alone(
    order: Document, ask: Ask, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shown anew loses the keyboard's focus, so while waiting only the time is."""
    monkeypatch.setattr(klarna_page, "_SECONDS_BETWEEN_SIGNS_OF_LIFE", 0.01)
    asked, link = ask(order, by_hand=True)
    assert shown.three.wait(SECONDS)

    [waiting], times = shown.views["link"], list(shown.views["time left"])
    assert all(link in form for form in (waiting.html, waiting.markdown, waiting.plain))
    assert all("0 min" in view.plain and link not in view.html for view in times)
    send(link, AGREE)
    asked.result(SECONDS)


def test_the_link_does_not_stay(order: Document, ask: Ask, shown: Shown) -> None:
    """In the end each place says that the waiting is over, and no address is left."""
    asked, link = ask(order, by_hand=True)
    send(link, AGREE)
    asked.result(SECONDS)

    last = [views[-1] for views in shown.views.values()]
    assert [view.plain.splitlines()[-1] for view in last] == [
        "  page  closed",
        "The waiting is over.",
    ]
    assert "127.0.0.1" not in "".join(f"{view.html}{view.markdown}{view.plain}" for view in last)


def test_without_a_notebook_the_link_is_shown_on_standard_error(
    order: Document, ask: Ask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a terminal link and time are written once, and no secret beside them."""
    monkeypatch.setattr(klarna_page, "_SECONDS_BETWEEN_SIGNS_OF_LIFE", 0.01)
    asked, link = ask(order, by_hand=True, show=None)
    send(link, AGREE)
    asked.result(SECONDS)
    output = capsys.readouterr()

    assert (output.out, output.err.count(link), output.err.count("\n")) == ("", 1, 2)
    assert "agreed-to" not in output.err


def test_in_a_notebook_there_are_two_outputs_and_one_is_kept_up_to_date(
    order: Document, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time stands in the place of the time before; the link stays until the end."""
    monkeypatch.setattr(klarna_page, "_SECONDS_BETWEEN_SIGNS_OF_LIFE", 0.01)
    outputs: list[list[View]] = []
    updated = threading.Event()

    def display(view: View, *, display_id: bool) -> SimpleNamespace:
        output = [view]
        outputs.append(output)

        def update(view: View) -> None:
            output.append(view)
            updated.set()

        return SimpleNamespace(update=update)

    fake = SimpleNamespace(get_ipython=object, display=SimpleNamespace(display=display))
    monkeypatch.setitem(sys.modules, "IPython", fake)
    asked, link = ask(order, by_hand=True, show=None)
    assert updated.wait(SECONDS)
    send(link, AGREE)
    asked.result(SECONDS)
    links, times = outputs

    assert [link in view.plain for view in links] == [True, False]
    assert "left" in times[1].plain


def test_a_failure_of_the_page_ends_the_waiting(
    order: Document, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for minutes for a page that cannot come."""

    def fail(*arguments: object, **options: object) -> None:
        raise ValueError("secret")

    monkeypatch.setattr(KlarnaDesk, "respond", fail)
    asked, link = ask(order, by_hand=True)
    get(link)

    with pytest.raises(AuthorizationError, match="ValueError"):
        asked.result(SECONDS)


@pytest.mark.parametrize("minutes", [0, -1, 61, float("nan")])
def test_only_some_minutes_can_be_waited(order: Document, minutes: float) -> None:
    """Klarna's authorization is good for an hour; nobody is waited for longer."""
    with pytest.raises(ArgumentError, match="up to 60 minutes"):
        authorize(order, minutes=minutes)


def test_an_authorization_does_not_show_its_auth_token() -> None:
    """However it is looked at, the secret in it is not seen."""
    authorization = Authorization("agreed-to", "by Klarna")
    bundle = authorization._repr_mimebundle_()

    assert set(bundle) == {"text/html", "text/markdown", "text/plain"}
    assert "agreed-to" not in f"{authorization!r} {authorization} {bundle}"


class Browser(webbrowser.BaseBrowser):
    """A browser that opens a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        """Remember the link."""
        self.opened.append(url)
        return True


def test_the_link_is_opened_in_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser with a window of its own is used."""
    browser = Browser()
    monkeypatch.setattr(webbrowser, "get", lambda: browser)

    klarna_page._open_browser("http://127.0.0.1:1/")

    assert browser.opened == ["http://127.0.0.1:1/"]


def test_a_browser_that_would_take_over_a_terminal_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A text browser would wait for keys that nobody can press."""
    text_browser = webbrowser.GenericBrowser("false")
    monkeypatch.setattr(webbrowser.GenericBrowser, "open", pytest.fail)
    monkeypatch.setattr(webbrowser, "get", lambda: text_browser)

    klarna_page._open_browser("http://127.0.0.1:1/")


def test_without_a_browser_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The link is shown in any case."""

    def get() -> None:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", get)

    klarna_page._open_browser("http://127.0.0.1:1/")
