"""A customer agrees or declines in a real browser: on the stand-in, and on Klarna's own page.

Klarna's script is none here: whatever asks for it gets one that behaves as it is documented to.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

import pytest

from helpers.documents import Document
from helpers.errors import AuthorizationError
from helpers.klarna_order import klarna_order
from helpers.klarna_page import Authorization, authorize
from tests.browser import axe
from tests.browser.pages import Log, open_page, photograph
from tests.klarna import STAND_IN_AUTH_TOKEN, order_elsewhere, sandbox_order

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SECONDS = 30
PHONE = {"width": 360, "height": 740}
# What Klarna answers: to `load`, and to each `authorize`. The script tells what it was given.
KLARNA = """
const answers = %s;
window.given = [];
window.Klarna = {Payments: {
    init: options => given.push(options),
    load: (options, done) => {
        given.push(options);
        document.querySelector(options.container).textContent = 'Klarna asks for your birthday.';
        setTimeout(() => done({show_form: answers[0]}));
    },
    authorize: (options, data, done) => {
        given.push(options, data);
        if (window.tell) window.tell(given);
        setTimeout(() => done(answers.splice(1, 1)[0]));
    },
}};
"""
AGREED = "{approved: true, show_form: true, authorization_token: 'agreed-to'}"
NOT_YET = "{approved: false, show_form: true, error: {invalid_fields: ['billing_address.phone']}}"
NEVER = "{approved: false, show_form: false}"

Ask = Callable[[Document], tuple[Future[Authorization], str]]


@pytest.fixture(scope="module")
def order() -> Document:
    """Retrieve one order for all tests: none changes it."""
    return sandbox_order()


@pytest.fixture(scope="module")
def elsewhere(order: Document) -> Document:
    """The same as if it were in an organization."""
    return order_elsewhere(order)


@pytest.fixture
def ask(page: Page) -> Iterator[Ask]:
    """Ask in a thread, as a notebook's cell does, and tell the link that a browser would open."""
    with ThreadPoolExecutor(1) as pool:

        def ask(order: Document) -> tuple[Future[Authorization], str]:
            links: queue.Queue[str] = queue.Queue()
            asked = pool.submit(
                authorize,
                order,
                by_hand=True,
                minutes=SECONDS / 60,
                show=lambda place, view: None,
                open_browser=links.put,
            )
            return asked, links.get(timeout=SECONDS)

        yield ask


def stand_in_for_klarna(page: Page, *answers: str) -> None:
    """Let a script of ours come in the place of Klarna's, or none where it has no answers."""
    script = KLARNA % f"[{', '.join(answers)}]"
    page.route(
        "https://x.klarnacdn.net/**",
        lambda route: (
            route.fulfill(body=script, content_type="text/javascript") if answers else route.abort()
        ),
    )


def test_the_stand_in_agrees(page: Page, order: Document, ask: Ask) -> None:
    """A press on *Agree* ends the waiting, and the page says so; nothing leaves the machine."""
    log = Log(page)
    asked, link = ask(order)
    page.goto(link)
    page.get_by_role("button", name="Agree").click()

    assert asked.result(SECONDS).auth_token == STAND_IN_AUTH_TOKEN
    assert page.get_by_role("heading").inner_text() == "The customer has agreed"
    assert (log.elsewhere(), log.complaints) == ([], [])


def test_the_stand_in_declines_by_keyboard(page: Page, order: Document, ask: Ask) -> None:
    """Two steps with the tabulator lead to *Decline*, which is an error in the notebook."""
    asked, link = ask(order)
    page.goto(link)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    with pytest.raises(AuthorizationError, match="declined"):
        asked.result(SECONDS)
    assert page.get_by_role("heading").inner_text() == "The customer has declined"


def test_klarnas_script_is_given_what_it_needs(page: Page, elsewhere: Document, ask: Ask) -> None:
    """Session, category and order reach Klarna's script, and its token reaches the notebook."""
    log = Log(page)
    stand_in_for_klarna(page, "true", AGREED)
    asked, link = ask(elsewhere)
    given: list[Any] = []
    page.expose_function("tell", lambda told: given.extend(told))
    page.goto(link)
    page.get_by_text("Klarna asks for your birthday.").wait_for()
    page.get_by_role("button", name="Go on with Klarna").click()
    page.get_by_role("heading", name="The customer has agreed").wait_for()
    [payment] = elsewhere.related("payment_source")
    category = {"payment_method_category": "pay_later"}

    assert asked.result(SECONDS) == Authorization("agreed-to", "by Klarna")
    assert given == [
        {"client_token": payment["attributes"]["client_token"]},
        {"container": "#klarna", **category},
        category,
        klarna_order(elsewhere),
    ]
    assert log.elsewhere() == ["https://x.klarnacdn.net/kp/lib/v1/api.js"]
    assert log.complaints == []


def test_klarna_may_want_something_else_first(page: Page, elsewhere: Document, ask: Ask) -> None:
    """What can be put right is said, and can be tried again until Klarna agrees."""
    stand_in_for_klarna(page, "true", NOT_YET, AGREED)
    asked, link = ask(elsewhere)
    page.goto(link)
    pay = page.get_by_role("button", name="Go on with Klarna")
    pay.click()
    page.get_by_text("because of: billing_address.phone").wait_for()

    assert not asked.done()
    pay.click()
    assert asked.result(SECONDS).auth_token == "agreed-to"


def test_klarna_may_refuse(page: Page, elsewhere: Document, ask: Ask) -> None:
    """Where nothing can be put right, the notebook hears of it at once."""
    stand_in_for_klarna(page, "true", NEVER)
    asked, link = ask(elsewhere)
    page.goto(link)
    page.get_by_role("button", name="Go on with Klarna").click()

    with pytest.raises(AuthorizationError, match="Klarna refused"):
        asked.result(SECONDS)


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        (("false",), "Klarna does not offer to pay this order."),
        ((), "Klarna's script did not come."),
        (("null[0]",), "Klarna's script failed:"),
    ],
    ids=["not offered", "no script", "a script that fails"],
)
def test_where_klarna_cannot_be_asked_the_customer_can_still_decline(
    page: Page, elsewhere: Document, ask: Ask, answers: tuple[str, ...], text: str
) -> None:
    """The page says what is wrong, and its other button works all the same."""
    stand_in_for_klarna(page, *answers)
    asked, link = ask(elsewhere)
    page.goto(link)
    page.get_by_text(text).wait_for()

    assert page.get_by_role("button", name="Go on with Klarna").is_disabled()
    page.get_by_role("button", name="Do not pay with Klarna").click()
    with pytest.raises(AuthorizationError, match="declined"):
        asked.result(SECONDS)


def test_a_page_of_somebody_else_cannot_answer(page: Page, order: Document, ask: Ask) -> None:
    """A form on another site that knows even the link is refused, and the waiting goes on."""
    asked, link = ask(order)
    form = (
        f'<form method="post" action="{link}answer">'
        '<input name="decision" value="decline"><button>Win a prize</button></form>'
    )
    page.route(
        "https://evil.example/", lambda route: route.fulfill(body=form, content_type="text/html")
    )
    page.goto("https://evil.example/")
    page.get_by_role("button").click()
    page.get_by_role("heading", name="Not from there").wait_for()

    assert not asked.done()
    page.goto(link)
    page.get_by_role("button", name="Agree").click()
    assert asked.result(SECONDS).auth_token == STAND_IN_AUTH_TOKEN


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("what", ["stand-in", "klarna"])
def test_everybody_can_read_it(
    browser: Browser,
    ask: Ask,
    order: Document,
    elsewhere: Document,
    what: str,
    scheme: Literal["light", "dark"],
) -> None:
    """Day and night, on a phone, nothing is too pale, without a name, or wider than the screen."""
    asked, link = ask(order if what == "stand-in" else elsewhere)
    window: Any = PHONE
    with open_page(browser, window, color_scheme=scheme) as page:
        stand_in_for_klarna(page, "true", AGREED)
        page.goto(link)
        if what == "klarna":
            page.get_by_text("Fill in what Klarna asks for").wait_for()
        photograph(page, f"klarna page {what} {scheme}")
        faults = axe.faults(page, "main")
        width = page.evaluate("document.documentElement.scrollWidth")
        page.locator("button").first.click()
        asked.result(SECONDS)
        photograph(page, f"klarna page {what} {scheme} answered")
        faults += axe.faults(page, "main")

    assert faults == []
    assert width <= PHONE["width"]
