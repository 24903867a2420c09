"""The page where a customer agrees to pay with Klarna, request in and response out. No I/O here.

It is Klarna's own script on a page of ours; or, in the sandbox, a stand-in that says so. Either
hands its answer over by a form, once.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs

from helpers.browsing import LARGEST_BODY, Request, Response
from helpers.documents import Document, ResourceObject
from helpers.errors import DocumentError
from helpers.klarna_order import attributes_of, is_made_up, klarna_order

__all__ = ["Answer", "KlarnaDesk"]

_PAGES = Path(__file__).parent / "pages"
_FORM = "application/x-www-form-urlencoded"
_AUTH_TOKEN = re.compile(r"[\x21-\x7e]{1,500}")
# What Klarna's script loads and talks to. Source: https://docs.klarna.com/klarna-network-distribution/
# payment-presentation/web-sdk-configuration/browser-security-configuration/
_KLARNAS: Mapping[str, str] = {
    "script-src": "https://x.klarnacdn.net https://js.klarna.com https://js.playground.klarna.com",
    "style-src": "'unsafe-inline' https://x.klarnacdn.net",
    "font-src": "https://x.klarnacdn.net",
    "connect-src": "https://*.klarna.com https://*.klarnaevt.com https://x.klarnacdn.net",
    "frame-src": "https://*.klarna.com https://x.klarnacdn.net",
    "img-src": "data: https://*.klarna.com https://x.klarnacdn.net",
}
_OUR_OWN: Mapping[str, str] = {"style-src": "'nonce-{nonce}'", "img-src": "data:"}
_ALWAYS = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Answer:
    """What came of asking the customer.

    Attributes:
        auth_token: Klarna's authorization token, or None where the customer declined. Never shown.
        reason: Why not, in words; empty where nobody gave a reason.
    """

    auth_token: str | None = field(repr=False)
    reason: str = ""


class KlarnaDesk:
    """Answers the requests of one customer's browser about one order, until it has an answer.

    Args:
        order: The order, with all that ``klarna_order.INCLUDED`` names.
        stand_in: Whether the page stands in for Klarna's; by default where the Klarna payment is
            made up, as ``klarna_order.is_made_up`` tells.

    Attributes:
        stand_in: Whether the page stands in for Klarna's.
        path: Where the page is: a path that nobody can guess.
        auth_token: What the Klarna payment has already, or None.
        answer: What the customer answered, or None as long as nothing came.

    Raises:
        DocumentError: The order has no Klarna payment with a session.
    """

    def __init__(self, order: Document, *, stand_in: bool | None = None) -> None:
        self._order = order
        self._payment = _klarna_payment(order)
        made_up = is_made_up(self._payment, order.exchange.base_url)
        self.stand_in = made_up if stand_in is None else stand_in
        self._data = klarna_order(order)
        auth_token = attributes_of(self._payment).get("auth_token")
        self.auth_token = auth_token if isinstance(auth_token, str) else None
        self.path = f"/{secrets.token_urlsafe(24)}/"
        self.answer: Answer | None = None

    def respond(self, request: Request, *, base_url: str) -> Response:
        """Answer one request.

        Args:
            request: What a browser asks for.
            base_url: Where the page is served: only under this name, and only to itself.
        """
        if request.headers.get("host") != base_url.removeprefix("http://"):
            return self._page(403, "Not here", "This page answers under its own address only.")
        is_page = _same(request.path, self.path)
        if not is_page and not _same(request.path, f"{self.path}answer"):
            return self._page(404, "Nothing here", "Open the link that the notebook shows.")
        if self.answer is not None:
            return self._page(410, "Answered already", "Go back to the notebook.")
        methods = ("GET", "HEAD") if is_page else ("POST",)
        if request.method not in methods:
            response = self._page(405, "Not this way", "Open the link that the notebook shows.")
            return Response(405, {**response.headers, "Allow": ", ".join(methods)}, response.body)
        return self._ask() if is_page else self._take(request, base_url)

    def _take(self, request: Request, base_url: str) -> Response:
        """Take the customer's answer, from this very page only."""
        site = request.headers.get("sec-fetch-site", "same-origin")
        if request.headers.get("origin") != base_url or site != "same-origin":
            return self._page(403, "Not from there", "An answer has to come from this page itself.")
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            return self._page(415, "Not a form", "An answer has to come from this page's form.")
        if len(request.body) > LARGEST_BODY:
            return self._page(413, "Too large", "An answer is much shorter.")
        fields = parse_qs(request.body.decode("latin-1"), keep_blank_values=True)
        auth_token = fields.get("authorization_token", [""])[-1]
        match fields.get("decision"):
            case ["agree"] if _AUTH_TOKEN.fullmatch(auth_token):
                self.answer = Answer(auth_token)
                heading = "The customer has agreed"
            case ["decline"]:
                reason = fields.get("reason", [""])[-1][:100]
                self.answer = Answer(None, "".join(filter(str.isprintable, reason)))
                heading = "The customer has declined"
            case _:
                return self._page(400, "No answer", "Go back, and press one of the buttons.")
        return self._page(200, heading, "You can close this page, and go back to the notebook.")

    def _ask(self) -> Response:
        """Write the page that asks."""
        order = _order_view(self._order)
        if self.stand_in:
            # The same for the same payment, so that a notebook's outputs stay the same.
            auth_token = escape(f"stand-in-authorization-of-{self._payment['id']}")
            main = _filled("stand_in.html", order=order, auth_token=auth_token)
            return self._write(200, "A stand-in for Klarna", main)
        attributes = attributes_of(self._payment)
        data = {
            "client_token": attributes["client_token"],
            "payment_method_category": _categories(attributes)[0],
            "order": self._data,
        }
        main = _filled("klarna.html", order=order)
        return self._write(200, "Agree to pay with Klarna", main, data=data)

    def _page(self, status: int, heading: str, text: str) -> Response:
        main = _filled("answered.html", heading=escape(heading), text=escape(text))
        return self._write(status, heading, main)

    def _write(
        self, status: int, title: str, main: str, *, data: Mapping[str, Any] | None = None
    ) -> Response:
        nonce = secrets.token_urlsafe(16)
        script = ""
        if data is not None:
            # No less-than sign, so nothing in the data ends the script that holds it.
            written = json.dumps(data).replace("<", r"\u003c")
            code = (_PAGES / "klarna.js").read_text("utf-8")
            script = (
                f'<script type="application/json" id="data">{written}</script>\n'
                f'<script type="module" nonce="{nonce}">\n{code}</script>'
            )
        style = (_PAGES / "page.css").read_text("utf-8").rstrip()
        body = _filled(
            "page.html", title=escape(title), style=style, nonce=nonce, main=main, script=script
        )
        sources = dict(_OUR_OWN if data is None else _KLARNAS)
        if data is not None:
            sources["script-src"] = f"'nonce-{nonce}' {sources['script-src']}"
        policy = [_ALWAYS, *(f"{name} {value}" for name, value in sources.items())]
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": "; ".join(policy).replace("{nonce}", nonce),
            "Cache-Control": "no-store",
            # Klarna may open a window of its own, and is told where from, but not the path.
            "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
            "Referrer-Policy": "strict-origin",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(status, headers, body.encode())


def _same(path: str, expected: str) -> bool:
    """Compare without telling by the time it takes how much of a guess was right."""
    return hmac.compare_digest(path.encode(), expected.encode())


def _filled(name: str, **values: str) -> str:
    return Template((_PAGES / name).read_text("utf-8")).substitute(values).rstrip()


def _klarna_payment(order: Document) -> ResourceObject:
    """Get the order's Klarna payment, whose session can be shown to the customer."""
    found = [each for each in order.related("payment_source") if each["type"] == "klarna_payments"]
    if not found:
        raise DocumentError(
            f"{order.exchange.request_line}: expected the order's payment source to be a Klarna "
            "payment, got none. Create one, and retrieve the order again."
        )
    attributes = attributes_of(found[0])
    client_token = attributes.get("client_token")
    if not (isinstance(client_token, str) and client_token and _categories(attributes)):
        raise DocumentError(
            f"{order.exchange.request_line}: expected a Klarna payment with a `client_token` and "
            "with payment methods that Klarna offers, got one without. Klarna may not offer any "
            "for the order's country, currency or amount."
        )
    return found[0]


def _categories(attributes: Mapping[str, Any]) -> list[str]:
    """Get what Klarna offers, of a Klarna payment's attributes; what names nothing is left out."""
    offered = attributes.get("payment_methods")
    identifiers = [
        each.get("identifier")
        for each in (offered if isinstance(offered, list) else [])
        if isinstance(each, dict)
    ]
    return [each for each in identifiers if isinstance(each, str) and each]


def _order_view(order: Document) -> str:
    """Write what is going to be paid for, as a table."""
    attributes = attributes_of(order.data)
    rows = [
        f'<tr><th scope="row">{_text(item, "quantity", " &times; ")}{_text(item, "name")}</th>'
        f"<td>{_text(item, 'formatted_total_amount')}</td></tr>"
        for item in map(attributes_of, order.related("line_items"))
        if item.get("total_amount_cents")
    ]
    email = attributes.get("customer_email")
    return _filled(
        "order.html",
        rows="\n".join(rows),
        total=_text(attributes, "formatted_total_amount_with_taxes"),
        order_id=escape(str(order.data["id"])),
        customer=escape(f", for {email}") if email else "",
    )


def _text(attributes: Mapping[str, Any], name: str, end: str = "") -> str:
    """Write an attribute and what ends it, or nothing where it is not there."""
    value = attributes.get(name)
    return f"{escape(str(value))}{end}" if value else ""
