"""Browsing, from one resource to the next, through both doors of the sandbox."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from helpers.client import open_client
from helpers.errors import ArgumentError, DocumentError, HowToError, NotFound, Unauthorized
from helpers.exploring import Exploration, explore
from helpers.overviews import STARTING_TYPES
from helpers.workbench import Workbench

ORDER = "qaMAhZkZvd"


@pytest.fixture
def integration(bench: Workbench) -> httpx.Client:
    """Lend the client of an integration, which may list everything."""
    return bench.client_for("integration")


def asked(exploration: Exploration) -> str:
    """Tell the request that an exploration came from."""
    return exploration.document.exchange.request_line


def test_every_starting_type_opens(integration: httpx.Client) -> None:
    """Each of the types to start from is there, and can be looked at in three forms."""
    start = explore(integration)
    opened = {type_: start.open(type_) for type_ in STARTING_TYPES}

    assert {type_: asked(it) for type_, it in opened.items()} == {
        type_: f"GET /api/{type_}" for type_ in STARTING_TYPES
    }
    assert {frozenset(it._repr_mimebundle_()) for it in opened.values()} == {
        frozenset({"text/html", "text/markdown", "text/plain"})
    }


@pytest.mark.parametrize("which", [2, "pWZkeVLoJn"], ids=["number", "id"])
def test_row_opens_by_number_and_by_id(integration: httpx.Client, which: int | str) -> None:
    """A row is opened by its number, counted from one, or by what it is about."""
    order = explore(integration, "orders", sort=("number",)).open(which, include=("customer",))

    assert asked(order) == "GET /api/orders/pWZkeVLoJn?include=customer"


def test_included_resource_opens(integration: httpx.Client) -> None:
    """What was included is a row as well."""
    order = explore(integration, "orders", ORDER, include=("payment_source",))

    assert asked(order.open(1)) == "GET /api/klarna_payments/ertHJlpPTR"


def test_only_one_of_its_type_opens(integration: httpx.Client) -> None:
    """The organization is reached without an id."""
    assert asked(explore(integration).open(24)) == "GET /api/organization"


def test_relationships_lead_from_one_to_the_next(integration: httpx.Client) -> None:
    """One relationship after the other is followed, to one resource or to many."""
    customer = explore(integration, "orders", ORDER).follow("customer")
    orders = customer.follow(
        "orders", sort=("-number",), page_size=2, filters={"status_eq": "pending"}
    )

    assert asked(customer) == f"GET /api/orders/{ORDER}/customer"
    assert asked(orders) == (
        "GET /api/customers/jENxlDKaVB/orders"
        "?filter[q][status_eq]=pending&sort=-number&page[size]=2"
    )
    assert asked(orders.open(2)) == "GET /api/orders/pWZkeVLoJn"


def test_relationships_of_the_only_one_can_be_followed(integration: httpx.Client) -> None:
    """A resource without an id in its path has relationships all the same."""
    events = explore(integration, "organization").follow("event_stores")

    assert asked(events) == "GET /api/organization/event_stores"


def test_relationship_of_another_type_than_asked_for(integration: httpx.Client) -> None:
    """What a list of gateways holds is followed as what it is, a gateway of Klarna's."""
    gateway = explore(integration, "payment_gateways").open(1)

    assert asked(gateway.follow("payment_methods")).startswith("GET /api/klarna_gateways/")


def test_pages_turn_both_ways(integration: httpx.Client) -> None:
    """A page's links lead to the next and back, with all that was asked for."""
    first = explore(integration, "orders", page_size=3, fields={"orders": ("number",)})
    second = first.next()
    back = second.previous()

    assert [o["attributes"]["number"] for o in second.document.resources] == [
        "1237",
        "1238",
        "1239",
    ]
    assert back.document.resources == first.document.resources


NOWHERE = {
    "no next page": (
        lambda c: explore(c, "orders").next(),
        "no next page: .* 7 of 7 resources; the only page",
    ),
    "no previous page": (lambda c: explore(c, "orders").previous(), "no previous page"),
    "past the last page": (
        lambda c: explore(c, "orders", page_size=6).next().next(),
        "resources; the last page",
    ),
    "a page of one": (lambda c: explore(c, "orders", ORDER).next(), "not answered with a list"),
    "row too high": (lambda c: explore(c, "orders").open(8), "no row 8 .*there are 7 rows, from 1"),
    "row zero": (lambda c: explore(c, "orders").open(0), "no row 0 .*there are 7 rows, from 1"),
    "unknown id": (lambda c: explore(c, "orders").open("qaMAhZkZvx"), "there are: qaMAhZkZvd,"),
    "no rows": (lambda c: explore(c, "resource_errors").open(1), "no row 1 .*there are: none"),
    "unknown relationship": (
        lambda c: explore(c, "orders", ORDER).follow("custom"),
        "there are: customer,",
    ),
    "relationship of a list": (
        lambda c: explore(c, "orders").follow("customer"),
        "got a list of 7",
    ),
    "unknown type": (
        lambda c: explore(c).open("order"),
        "no row 'order' among .*there are: orders,",
    ),
    "page of the start": (lambda c: explore(c).next(), "no answer yet"),
    "relationship of the start": (lambda c: explore(c).follow("customer"), "no answer yet"),
    "document of the start": (lambda c: explore(c).document, "no answer yet"),
}


def test_step_that_leads_nowhere_says_what_there_is(
    subtests: pytest.Subtests, integration: httpx.Client
) -> None:
    """A step into the void names what is there instead, the nearest first."""
    for case, (step, said) in NOWHERE.items():
        with subtests.test(case), pytest.raises(DocumentError, match=said):
            step(integration)


NO_SENSE = {
    "id without type": lambda client: explore(client, None, ORDER),
    "sort of one": lambda client: explore(client, "orders", ORDER, sort=("number",)),
    "page of the only one": lambda client: explore(client, "organization", page_size=1),
    "number as type": lambda client: explore(client, 5),
    "number as id": lambda client: explore(client, "orders", 5),
    "number in sort": lambda client: explore(client, "orders", sort=(1,)),
    "null as filter": lambda client: explore(client, "orders", filters={"status_null": None}),
    "null as row": lambda client: explore(client, "orders").open(None),
    "true as row": lambda client: explore(client, "orders").open(True),
    "fraction as row": lambda client: explore(client).open(1.0),
    "number as relationship": lambda client: explore(client, "orders", ORDER).follow(5),
}


def test_start_that_makes_no_sense_is_refused(
    subtests: pytest.Subtests, integration: httpx.Client
) -> None:
    """What no request can be built from is said before one is sent."""
    for case, start in NO_SENSE.items():
        with subtests.test(case), pytest.raises(ArgumentError):
            start(integration)


def test_unknown_type_names_the_nearest(integration: httpx.Client) -> None:
    """The API's refusal of a misspelt type comes with the types there are."""
    with pytest.raises(NotFound) as raised:
        explore(integration, "line_item")

    assert "there are: line_items," in raised.value.__notes__[0]


def test_what_the_access_token_may_not_see_stays_unseen(client: httpx.Client) -> None:
    """A refusal by the API comes through as what it is."""
    with pytest.raises(Unauthorized):
        explore(client, "payment_methods")


def elsewhere(answer: Callable[[httpx.Request], dict[str, Any]]) -> httpx.Client:
    """Open the client of a real place, as far as it can be told from the sandbox."""

    def handle(request: httpx.Request) -> httpx.Response:
        body = answer(request)
        return httpx.Response(404 if "errors" in body else 200, json=body)

    return open_client(
        "https://yourdomain.commercelayer.io",
        access_token="an-access-token",
        budget_seconds=1.2,
        transport=httpx.MockTransport(handle),
    )


PAGE = "https://yourdomain.commercelayer.io/api/orders?page[number]=2"


@pytest.mark.parametrize("link", [PAGE, {"href": PAGE, "meta": {}}], ids=["text", "object"])
def test_link_is_followed_in_both_its_forms(link: object) -> None:
    """JSON:API writes a link as a text or as an object, and either leads to the next page."""
    with elsewhere(lambda _: {"data": [], "links": {"next": link}}) as client:
        assert asked(explore(client, "orders").next()) == "GET /api/orders?page[number]=2"


def test_null_is_no_page() -> None:
    """JSON:API also says by null that there is no other page."""
    with (
        elsewhere(lambda _: {"data": [], "links": {"next": None, "prev": None}}) as client,
        pytest.raises(DocumentError, match=r"no next page: .*; the only page"),
    ):
        explore(client, "orders").next()


def test_link_to_elsewhere_is_the_answers_fault() -> None:
    """An answer whose link leads to another host is told so, and nothing is sent there."""
    with (
        elsewhere(lambda _: {"data": [], "links": {"next": "https://x.example/api/"}}) as client,
        pytest.raises(DocumentError, match=r"GET /api/orders: .* to the host of this client"),
    ):
        explore(client, "orders").next()


def test_answer_of_another_shape_is_the_answers_fault() -> None:
    """A number as id is no reason to blame who asked."""
    with (
        elsewhere(lambda _: {"data": [{"type": "orders", "id": 5}]}) as client,
        pytest.raises(DocumentError, match="not with a JSON:API document"),
    ):
        explore(client, "orders")


def test_nothing_secret_of_a_real_place_is_shown() -> None:
    """Asked for by a secret, or for one, an exploration hides it in what it shows and raises."""
    secret = "a-real-secret-token"

    def answer(request: httpx.Request) -> dict[str, Any]:
        if request.url.path == "/api/orders/x":
            return {"errors": [{"title": "Not found", "detail": f"Nothing at {request.url}"}]}
        checkout = {
            "checkout_url": f"https://checkout.example/{secret}?accessToken=x",
            "note": "asked for with an-access-token",
        }
        orders = [{"type": "orders", "id": id_, "attributes": checkout} for id_ in "xy"]
        return {"data": orders, "links": {"next": f"https://x.example/api/?token_eq={secret}"}}

    with elsewhere(answer) as client:
        by_a_secret = {"filters": {"token_eq": secret}, "fields": {"orders": ("checkout_url",)}}
        orders = explore(client, "orders", **by_a_secret)
        said = [*orders._repr_mimebundle_().values(), repr(orders.document)]
        steps: list[Callable[[], object]] = [
            orders.next,
            orders.previous,
            lambda: orders.open(3),
            lambda: orders.follow("customer"),
            lambda: explore(client, "orders", "x").open(1),
        ]
        for step in steps:
            with pytest.raises(HowToError) as raised:
                step()
            said += [*traceback.format_exception(raised.value), repr(raised.value)]

    assert [text for text in said if secret in text or "an-access-token" in text] == []
    assert "asked for with ********" in said[0]
    assert "token_eq]=********" in said[0].replace("<wbr>", "")
