"""Rows of what is looked at: answers, errors, views, and the page where a customer is asked."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import httpx

from helpers import (
    browsing,
    differences,
    display,
    documents,
    errors,
    exchanges,
    klarna_desk,
    klarna_order,
    klarna_page,
    loopback,
    masking,
    orders,
    overviews,
    places,
    querying,
    refusals,
)
from helpers.documents import Document
from tests.marked.marks import MARKS
from tests.marked.place import BASE_URL
from tests.marked.world import (
    ALL,
    CUSTOMER,
    ORDER,
    TOKEN,
    Rows,
    World,
    refused,
)


def changed(document: Document) -> Document:
    """Copy a document, with other secrets in it."""
    body = json.loads(json.dumps(document.body).replace(MARKS["auth_token"], MARKS["session_id"]))
    body["data"]["attributes"]["token"] = MARKS["shared_secret"]
    body["data"]["attributes"]["metadata"] = {"note": f"of {MARKS['client_token']}"}
    return Document(body, document.exchange)


def read(w: World, content: bytes, media_type: str) -> Document:
    """Read an answer that is none."""
    return documents.read_document(
        content, media_type=media_type, exchange=w.exchange(), about=("orders", ORDER)
    )


def refusal_of(w: World) -> refusals.Refusal:
    """Expect to be refused."""
    with refusals.refused(errors.Unprocessable) as refusal:
        raise w.error()
    return refusal


@contextmanager
def asked(w: World) -> Iterator[dict[str, Any]]:
    """Let a browser of ours agree or decline, by the order's own page."""
    w.place.whose = "your-access-token"
    order = w.order()
    included = [
        {**each, "attributes": {**each["attributes"], "auth_token": None}}
        if each["type"] == "klarna_payments"
        else each
        for each in order.included
    ]
    yield {"order": Document({**order.body, "included": included}, order.exchange)}


def browser(decision: str, **more: str) -> Callable[[str], None]:
    """Make a browser that answers the page without looking at it."""

    def answer(link: str) -> None:
        origin = re.match(r"http://[^/]+", link)
        assert origin is not None
        form = urlencode({"decision": decision, "authorization_token": MARKS["auth_token"], **more})
        with httpx.Client(trust_env=False) as http:
            page = http.get(link)
            # The page is the customer's, so what opens it is there.
            assert MARKS["client_token"] in page.text
            headers = {"Origin": origin[0], "Content-Type": "application/x-www-form-urlencoded"}
            http.post(f"{link}answer", content=form, headers=headers)

    return answer


def _authorize(w: World) -> object:
    shown: list[object] = []
    with asked(w) as order:
        agreed = klarna_page.authorize(
            **order, show=lambda place, view: shown.append(view), open_browser=browser("agree")
        )
        declined = refused(
            klarna_page.authorize,
            **order,
            show=lambda place, view: shown.append(view),
            open_browser=browser("decline", reason="not today"),
        )
    assert agreed.auth_token == MARKS["auth_token"]
    return [agreed, declined, shown, klarna_page.authorize(w.order())]


def _desk(w: World) -> object:
    desk = klarna_desk.KlarnaDesk(w.order())
    headers = {"host": "127.0.0.1", "cookie": MARKS["session_id"]}
    page = browsing.Request("GET", desk.path, headers, MARKS["auth_token"].encode())
    answered = desk.respond(page, base_url="http://127.0.0.1")
    assert MARKS["client_token"].encode() in answered.body
    body = {**w.order().body, "included": []}
    return [
        desk,
        page,
        answered,
        klarna_desk.Answer(MARKS["auth_token"]),
        *refused(klarna_desk.KlarnaDesk, Document(body, w.exchange())),
    ]


def _loopback(w: World) -> object:
    def fail(_: browsing.Request) -> browsing.Response:
        raise RuntimeError(MARKS["auth_token"])

    server = loopback.LoopbackServer(fail).start()
    request = urllib.request.Request(
        f"{server.base_url}/?{urlencode(TOKEN)}",
        data=MARKS["auth_token"].encode(),
        headers={"Authorization": f"Bearer {MARKS['access_token']}"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with suppress(OSError):
        opener.open(request, timeout=10)
    return [server, *refused(server.stop)]


ADDRESS_WITH_PASSWORD = "https://zoe:" + MARKS["client_secret"] + "@example.com"


ROWS: Rows = {
    "klarna_page.authorize": _authorize,
    "klarna_page.Authorization": _authorize,
    "klarna_desk.KlarnaDesk": _desk,
    "klarna_desk.Answer": _desk,
    "browsing.Request": _desk,
    "browsing.Response": _desk,
    "loopback.LoopbackServer": _loopback,
    "display.annotate": lambda w: [
        display.annotate(w.order(), {"/included": "All of it.", "/data/attributes/token": "Its."}),
        display.annotate(w.order(), before=w.order()),
        display.annotate(w.error(), {"/errors/0/detail": "Why."}),
        *refused(display.annotate, w.order(), {"/data/attributes/none": ""}),
        *refused(display.annotate, w.order(), {"/data/attributes/token/more": ""}),
        *refused(display.annotate, w.error(), {"/errors/0/meta/more": ""}),
    ],
    "differences.before_and_after": lambda w: differences.before_and_after(
        "The payment source",
        w.order(),
        w.order(),
        "payment_source",
        attributes=("auth_token", "client_token", "session_id", "created_at"),
    ),
    "differences.rows_of_changes": lambda w: [
        differences.rows_of_changes(before, after, known=differences.secrets_of(before, after))
        for before in [w.order()]
        for after in [changed(w.order())]
    ],
    "overviews.overview": lambda w: [
        overviews.overview(w.order()),
        overviews.overview(orders.list_orders_of_customer(w.client, customer_id=CUSTOMER)),
    ],
    "overviews.overview_of_types": lambda _: overviews.overview_of_types(),
    "overviews.page_of": lambda w: overviews.page_of(w.order()),
    "refusals.refused": lambda w: refusal_of(w),
    "refusals.Refusal": lambda w: [refusals.Refusal(), refusal_of(w).error],
    "refusals.overview": lambda w: refusals.overview("Refused", {"this": refusal_of(w)}),
    "documents.Document": lambda w: [
        w.order(),
        *refused(w.order().related, "nothing"),
        *refused(w.order().related, "market"),
        *refused(lambda: orders.list_orders_of_customer(w.client, customer_id=CUSTOMER).data["id"]),
    ],
    "documents.read_document": lambda w: [
        *refused(read, w, b"<html>", f"text/html; {MARKS['access_token']}"),
        *refused(read, w, MARKS["access_token"].encode(), documents.MEDIA_TYPE),
        *refused(read, w, json.dumps([MARKS["access_token"]]).encode(), documents.MEDIA_TYPE),
        *refused(read, w, b'{"data": {"type": "orders", "id": "other"}}', documents.MEDIA_TYPE),
    ],
    "exchanges.Exchange": lambda w: [w.exchange(), w.error().exchange],
    "exchanges.times_sent": lambda _: exchanges.times_sent(2, 1.0),
    "exchanges.RateLimit": lambda _: exchanges.RateLimit(60, 60),
    "exchanges.rate_limit_of": lambda _: exchanges.rate_limit_of(
        {"X-Ratelimit-Limit": MARKS["access_token"], "Retry-After": MARKS["access_token"]}
    ),
    "errors.mask_errors": lambda w: errors.mask_errors(w.error()),
    "errors.error_for_status": lambda w: [w.error()],
    "masking.mask": lambda w: masking.mask(
        [dict(w.order().body), w.error().body, ALL, MARKS], secrets=True, known=ALL
    ),
    "masking.mask_text": lambda w: masking.mask_text(w.place.sent + w.place.received, ALL),
    "masking.mask_parameters": lambda _: masking.mask_parameters(f"/?{urlencode(TOKEN)}"),
    "masking.is_secret": lambda _: masking.is_secret("password", MARKS["password"]),
    "masking.secret_parameters": "gives secrets, to look for them",
    "masking.secrets_in": "gives secrets, to look for them",
    "differences.secrets_of": "gives secrets, to look for them",
    "views.View": lambda w: display.annotate(w.order()),
    "documents.ResourceIdentifier": "is data, as received",
    "documents.ResourceObject": "is data, as received",
    "documents.create_document": "builds the body of a request",
    "documents.update_document": "builds the body of a request",
    "documents.target_of": lambda w: [
        documents.target_of("orders", parameters={"page[size]": 1}),
        *refused(documents.target_of, "orders", "no id"),
    ],
    "overviews.rows_of": "gives data, as received",
    "overviews.printable": "writes what it is given, which overview has masked",
    "comparing.changes": "gives data, as received, to differences",
    "comparing.Change": "gives data, as received, to differences",
    "comparing.resources_by_identity": "gives data, as received, to differences",
    "folding.Line": "holds what it is given, which display has masked",
    "folding.Place": "holds what it is given, which display has masked",
    "folding.find": "looks into what it is given, which display has masked",
    "folding.fold": "writes what it is given, which display has masked",
    "folding.to_json": "writes what it is given, which display has masked",
    "rendering.Note": "holds what it is given, which display has masked",
    "rendering.Page": "holds what it is given, which display has masked",
    "rendering.render": "writes what it is given, which display has masked",
    "views.facts": "writes what it is given",
    "views.table": "writes what it is given",
    "views.join": "writes what it is given",
    "views.html_table": "writes what it is given",
    "views.html_text": "writes what it is given",
    "views.markdown_table": "writes what it is given",
    "views.markdown_text": "writes what it is given",
    "views.plain_table": "writes what it is given",
    "klarna_order.attributes_of": "gives data, as received",
    "klarna_order.klarna_order": lambda w: klarna_order.klarna_order(w.order()),
    "klarna_order.is_made_up": lambda w: klarna_order.is_made_up(
        w.order().related("payment_source")[0], BASE_URL
    ),
    "places.is_loopback": lambda _: places.is_loopback(ADDRESS_WITH_PASSWORD),
    "places.is_place": lambda _: places.is_place(ADDRESS_WITH_PASSWORD),
    "places.slug_of": lambda _: places.slug_of(ADDRESS_WITH_PASSWORD),
    "places.is_safe": lambda _: places.is_safe(ADDRESS_WITH_PASSWORD),
    "places.origin_of": lambda _: places.origin_of(ADDRESS_WITH_PASSWORD),
    "querying.query_parameters": lambda _: refused(
        querying.query_parameters, filters={"token_eq": [MARKS["token"].encode()]}
    ),
}
