"""Ask the customer to agree to pay with Klarna, on a page in their browser.

In an organization that is Klarna's own script on a page that this machine serves for a short while.
In the sandbox a stand-in of that page, which is answered here unless you want to do it by hand.
The Klarna payment tells which: see ``klarna_order.is_made_up``.
"""

from __future__ import annotations

import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

import httpx

from helpers.browsing import Request
from helpers.documents import Document
from helpers.errors import ArgumentError, AuthorizationError
from helpers.klarna_desk import Answer, KlarnaDesk
from helpers.klarna_order import INCLUDED
from helpers.views import View, facts

__all__ = ["INCLUDED", "Authorization", "authorize"]

# Shows a view in the place of this name: "link" or "time left". A later one for the same place
# stands in the place of the one before.
Show = Callable[[str, View], object]

_MOST_MINUTES = 60.0
_SECONDS_BETWEEN_SIGNS_OF_LIFE = 5.0


@dataclass(frozen=True)
class Authorization:
    """The customer agreed to pay. Made by ``authorize``.

    Attributes:
        auth_token: Klarna's authorization token, for ``klarna_payments.set_auth_token``. Never
            shown. Klarna takes it for 60 minutes.
        how: How the customer was asked, in words.
    """

    auth_token: str = field(repr=False)
    how: str

    @property
    def _view(self) -> View:
        rows = {"customer": "agreed to pay", "asked": self.how, "auth_token": "here, and not shown"}
        return facts("Authorization", rows)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        return self._view._repr_mimebundle_(**options)


def authorize(
    order: Document,
    *,
    by_hand: bool = False,
    minutes: float = 10.0,
    show: Show | None = None,
    open_browser: Callable[[str], object] | None = None,
) -> Authorization:
    """Ask the customer to agree to pay an order with Klarna, and wait for the answer.

    Nothing is asked where the order's Klarna payment has its ``auth_token`` already. The stand-in
    is asked only where the order is on this machine and the ``client_token`` of its Klarna payment
    is no JSON Web Token. So an organization behind a tunnel of this machine asks Klarna.

    Args:
        order: The order, with all that ``INCLUDED`` names, as it was when its Klarna payment was
            created.
        by_hand: Whether you answer the sandbox's stand-in yourself, in your browser. An
            organization's customer always does. With it, the customer is asked in any case.
        minutes: How long to wait for the answer, 60 at most.
        show: What shows how things stand, given the name of a place and what to show there: the
            link stays in its place while the time that is left passes in another. By default the
            notebook, or else standard error.
        open_browser: What opens a link; by default this machine's browser.

    Returns:
        The authorization.

    Raises:
        AuthorizationError: The customer declined, or did not answer in time, or the page could not
            be served.
        ArgumentError: The minutes are none.
        DocumentError: The order has no Klarna payment with a session, or something is not included.
    """
    if not 0 < minutes <= _MOST_MINUTES:
        raise ArgumentError(f"Expected up to {_MOST_MINUTES:.0f} minutes, got {minutes!r}.")
    desk = KlarnaDesk(order)
    if desk.auth_token and not by_hand:
        return Authorization(desk.auth_token, "before: the Klarna payment has its `auth_token`")
    if desk.stand_in and not by_hand:
        _press_agree(desk)
        how = "on a stand-in for Klarna's page; this cell pressed `Agree` there, as a browser would"
    else:
        _wait_for_browser(
            desk, 60 * minutes, show or _in_the_notebook(), open_browser or _open_browser
        )
        how = "on a stand-in for Klarna's page, by hand" if desk.stand_in else "by Klarna"
    return Authorization(_auth_token(desk.answer), how)


def _auth_token(answer: Answer | None) -> str:
    if answer is None or answer.auth_token is None:
        reason = answer.reason if answer else ""
        raise AuthorizationError(
            f"The customer declined to pay with Klarna{f': {reason}' if reason else ''}. Run the "
            "cell again to ask once more."
        )
    return answer.auth_token


def _wait_for_browser(
    desk: KlarnaDesk, seconds: float, show: Show, open_browser: Callable[[str], object]
) -> None:
    """Serve the page until its form came, or the time is up."""
    from helpers.loopback import LoopbackServer  # not where there are no threads

    came = threading.Event()

    def respond(request: Request) -> Any:
        return desk.respond(request, base_url=server.base_url)

    def look() -> None:
        if desk.answer is not None or server.failure is not None or not server.is_alive:
            came.set()

    server = LoopbackServer(respond, sent=look)
    link = f"{server.base_url}{desk.path}"
    deadline = time.monotonic() + seconds
    try:
        with server:
            show("link", _link(link))
            show("time left", _time_left(deadline - time.monotonic()))
            open_browser(link)
            while (left := deadline - time.monotonic()) > 0:
                if came.wait(min(left, _SECONDS_BETWEEN_SIGNS_OF_LIFE)):
                    break
                show("time left", _time_left(deadline - time.monotonic()))
    finally:
        show("link", facts("The page for the customer", {"page": "closed"}))
        show("time left", _paragraph("The waiting is over."))
    if desk.answer is None:
        raise AuthorizationError(
            f"The customer did not answer within {seconds / 60:g} minutes, and the page is closed. "
            "Run the cell again to ask once more; `minutes=` makes it wait longer."
        )


def _link(link: str) -> View:
    anchor = f'<a href="{escape(link)}" target="_blank" rel="noopener">Open the page</a>'
    text = "if your browser has not opened it."
    return View(
        html=f"<p>{anchor} {text}</p>",
        markdown=f"[Open the page]({link}) {text}",
        plain=f"Open {link} {text}",
    )


def _time_left(seconds: float) -> View:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return _paragraph(f"Waiting for the answer: {minutes} min {rest:02} s left.")


def _paragraph(text: str) -> View:
    return View(html=f"<p>{text}</p>", markdown=text, plain=text)


def _in_the_notebook() -> Show:
    """Show in the cell's output, each place once; without a notebook, on standard error, once."""
    handles: dict[str, Any] = {}

    def show(place: str, view: View) -> None:
        ipython = sys.modules.get("IPython")
        if handles.get(place) is not None:
            handles[place].update(view)
        elif ipython is not None and ipython.get_ipython() is not None:
            handles[place] = ipython.display.display(view, display_id=True)
        elif place not in handles:
            sys.stderr.write(f"{view.plain}\n")
            handles[place] = None

    return show


def _open_browser(link: str) -> None:
    """Open a link in this machine's browser; not in one that would take over a terminal."""
    try:
        browser = webbrowser.get()
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(link)
    except webbrowser.Error:
        return  # the link is shown


def _press_agree(desk: KlarnaDesk) -> None:
    """Answer the stand-in as a browser would: get the page, and send its form."""
    base_url = "http://stand-in.localhost"
    with httpx.Client(base_url=base_url, transport=_DeskTransport(desk)) as browser:
        page = browser.get(desk.path).raise_for_status()
        form = _Form()
        form.feed(page.text)
        browser.request(
            form.method,
            page.url.join(form.action),
            data={**form.hidden, "decision": "agree"},
            headers={"Origin": base_url, "Sec-Fetch-Site": "same-origin"},
        ).raise_for_status()


class _Form(HTMLParser):
    """Reads the one form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.method, self.action = "", ""
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take over where the form goes, and what goes with it."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.method, self.action = found["method"], found["action"]
        elif tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"]] = found["value"]


class _DeskTransport(httpx.BaseTransport):
    """Carries requests to a desk in this process: nobody else is to see the page."""

    def __init__(self, desk: KlarnaDesk) -> None:
        self._desk = desk

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request at once."""
        base_url = f"{request.url.scheme}://{request.url.netloc.decode()}"
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request(request.method, request.url.path, headers, request.read())
        response = self._desk.respond(asked, base_url=base_url)
        return httpx.Response(response.status, headers=response.headers, content=response.body)
