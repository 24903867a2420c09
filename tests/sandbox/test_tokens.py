"""Access tokens: who sends a request, and what they may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Store

CUSTOMER = "your-access-token"
OTHER_CUSTOMER = "your-other-customers-access-token"
GUEST = "your-guest-access-token"
INTEGRATION = "your-integration-access-token"
SALES_CHANNELS = [CUSTOMER, OTHER_CUSTOMER, GUEST]
LISTED = [type_.name for type_ in resource_types().values() if not type_.singleton]
PUBLIC = {
    "application",
    "markets",
    "organization",
    "payment_methods",
    "price_lists",
    "prices",
    "shipping_methods",
    "skus",
}


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer unknown",
        "Bearer YOUR-ACCESS-TOKEN",
        "Bearer your-access-token more",
        "Bearer\tyour-access-token",
        "Basic your-access-token",
        "your-access-token",
        "Bearer é",
    ],
    ids=repr,
)
def test_access_token_is_refused_when_it_is_not_known(
    ask: Callable[..., Any], refused: Callable[..., Any], authorization: str | None
) -> None:
    """Missing, malformed and unknown access tokens share one answer (401)."""
    answer = refused(
        ask, "GET", "/api/orders", access_token=None, headers={"authorization": authorization}
    )

    assert answer.document == {
        "errors": [
            {
                "title": "Invalid token",
                "detail": "The access token you provided is invalid.",
                "code": "INVALID_TOKEN",
                "status": "401",
            }
        ]
    }


@pytest.mark.parametrize(
    "authorization",
    ["Bearer your-access-token", "bearer your-access-token", " Bearer  your-access-token "],
)
def test_access_token_is_known_however_the_scheme_is_written(
    ask: Callable[..., Any], authorization: str
) -> None:
    """The scheme's capitals, and spaces around, do not matter."""
    answer = ask("GET", "/api/orders", access_token=None, headers={"authorization": authorization})

    assert answer.status == 200


@pytest.mark.parametrize("access_token", SALES_CHANNELS)
@pytest.mark.parametrize("type_", sorted(PUBLIC))
def test_shared_resource_is_seen_by_every_sales_channel(
    ask: Callable[..., Any], store: Store, type_: str, access_token: str
) -> None:
    """A shop's own data is there for whoever shops."""
    [(_, id_)] = store.identifiers([type_])
    target = f"/api/{type_}" if resource_types()[type_].singleton else f"/api/{type_}/{id_}"
    answer = ask("GET", target, access_token=access_token)

    assert answer.data["id"] == id_


# What belongs to whom, told by hand: the customer who may see it, or nobody's.
OWNERS = {
    CUSTOMER: {
        "customers": ["jENxlDKaVB"],
        "orders": ["qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb", "drYpoNLxZA"],
        "klarna_payments": ["ertHJlpPTR", "mBqoAZyLEx", "yGmPVkqeZL"],
        "customer_payment_sources": [],
        "customer_addresses": ["anAddress"],
        "captures": ["aCapture"],
        "voids": ["aVoid"],
        "refunds": ["aRefund"],
        "resource_errors": ["anError"],
    },
    OTHER_CUSTOMER: {
        "customers": ["vMRybPWzoE"],
        "orders": ["gRmoXvLbKz"],
        "klarna_payments": ["oPxKLZqvRb"],
        "customer_payment_sources": ["LZkVQvoXne"],
    },
    GUEST: {"orders": ["NqvGxbmPWe"], "klarna_payments": ["wRzKLobPQn"]},
}


@pytest.mark.parametrize("type_", sorted(OWNERS[CUSTOMER]))
@pytest.mark.parametrize("access_token", SALES_CHANNELS)
@pytest.mark.usefixtures("one_of_each")
def test_resource_is_seen_by_its_owner_only(
    ask: Callable[..., Any], store: Store, access_token: str, type_: str
) -> None:
    """A customer sees what is theirs, a guest what belongs to no customer; the rest is 401."""
    statuses = {
        id_: ask("GET", f"/api/{type_}/{id_}", access_token=access_token).status
        for _, id_ in store.identifiers([type_])
    }

    own = OWNERS[access_token].get(type_, [])
    assert statuses == {id_: 200 if id_ in own else 401 for id_ in statuses}


@pytest.mark.parametrize("access_token", SALES_CHANNELS)
@pytest.mark.parametrize("path", ["line_items", "shipments", "shipping_address", "authorizations"])
def test_part_of_an_order_is_seen_by_the_owner_of_the_order(
    ask: Callable[..., Any], store: Store, access_token: str, path: str
) -> None:
    """What hangs on an order is visible to whom the order is."""
    seen = {}
    for _, order_id in store.identifiers(["orders"]):
        data = ask("GET", f"/api/orders/{order_id}/{path}", access_token=INTEGRATION).data
        for part in data if isinstance(data, list) else [data]:
            target = f"/api/{part['type']}/{part['id']}"
            seen[target] = (ask("GET", target, access_token=access_token).status, order_id)

    own = OWNERS[access_token]["orders"]
    assert {target: status for target, (status, _) in seen.items()} == {
        target: 200 if order_id in own else 401 for target, (_, order_id) in seen.items()
    }


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("orders", "shipping_address"),
        ("orders", "billing_address"),
        ("customer_addresses", "address"),
    ],
)
def test_address_is_seen_by_who_has_it(
    ask: Callable[..., Any], store: Store, type_: str, name: str
) -> None:
    """An address is a customer's own by either end of an order, or by their address book."""
    address = store.add("addresses", "atHome", attributes={}, linkage={}).identifier
    linkage = {"customer": ("customers", "jENxlDKaVB"), name: address}
    store.add(type_, "holder", attributes={}, linkage=linkage)
    statuses = [
        ask("GET", "/api/addresses/atHome", access_token=access_token).status
        for access_token in SALES_CHANNELS
    ]

    assert statuses == [200, 401, 401]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/payment_source",
        "/relationships/payment_source",
        "/line_items",
        "?include=payment_source",
    ],
)
@pytest.mark.parametrize("access_token", [OTHER_CUSTOMER, GUEST])
def test_order_of_another_is_refused_by_every_path(
    ask: Callable[..., Any], refused: Callable[..., Any], access_token: str, path: str
) -> None:
    """No path around the order shows what the order does not (401)."""
    answer = refused(ask, "GET", f"/api/orders/qaMAhZkZvd{path}", access_token=access_token)

    assert answer.document == {
        "errors": [
            {
                "title": "Access denied",
                "detail": "You are not authorized to perform this action on the requested "
                "resource.",
                "code": "UNAUTHORIZED",
                "status": "401",
            }
        ]
    }


@pytest.mark.parametrize(
    "attributes",
    [
        {"_save_payment_source_to_customer_wallet": True},
        {"_customer_payment_source_id": "LZkVQvoXne"},
        {},
    ],
    ids=["save", "reuse", "nothing"],
)
@pytest.mark.parametrize("access_token", [OTHER_CUSTOMER, GUEST])
def test_order_of_another_cannot_be_updated(
    update: Callable[..., Any],
    refused: Callable[..., Any],
    access_token: str,
    attributes: dict[str, Any],
) -> None:
    """Who may not see an order may not change it (401)."""
    answer = refused(update, "qaMAhZkZvd", attributes, access_token=access_token)

    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


@pytest.mark.parametrize("access_token", SALES_CHANNELS)
def test_gateway_is_not_seen_by_a_sales_channel(
    ask: Callable[..., Any], refused: Callable[..., Any], store: Store, access_token: str
) -> None:
    """What is nobody's and not the shop's public data is refused."""
    [(_, id_)] = store.identifiers(["klarna_gateways"])
    answer = refused(ask, "GET", f"/api/klarna_gateways/{id_}", access_token=access_token)

    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


@pytest.mark.parametrize("type_", LISTED)
@pytest.mark.usefixtures("one_of_each")
def test_list_holds_everything_for_an_integration(
    ask: Callable[..., Any], store: Store, type_: str
) -> None:
    """An integration has every list, whole."""
    answer = ask("GET", f"/api/{type_}?page[size]=25", access_token=INTEGRATION)

    found = [(each["type"], each["id"]) for each in answer.data]
    assert found == store.identifiers(resource_types()[type_].concrete)


LISTS = {
    CUSTOMER: {
        "orders": ["qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb", "drYpoNLxZA"],
        "customer_payment_sources": [],
        "customer_addresses": ["anAddress"],
    },
    OTHER_CUSTOMER: {
        "orders": ["gRmoXvLbKz"],
        "customer_payment_sources": ["LZkVQvoXne"],
        "customer_addresses": [],
    },
    GUEST: {},
}


@pytest.mark.parametrize("type_", [type_ for type_ in LISTED if type_ not in {"skus", "prices"}])
@pytest.mark.parametrize("access_token", SALES_CHANNELS)
@pytest.mark.usefixtures("one_of_each")
def test_list_holds_their_own_for_a_customer_and_is_refused_else(
    ask: Callable[..., Any], access_token: str, type_: str
) -> None:
    """Three lists are a customer's own; any other list is refused to a sales channel (401)."""
    answer = ask("GET", f"/api/{type_}", access_token=access_token)

    found = [each["id"] for each in answer.data] if answer.status == 200 else answer.codes
    assert found == LISTS[access_token].get(type_, ["UNAUTHORIZED"])


@pytest.mark.parametrize("type_", ["skus", "prices"])
@pytest.mark.parametrize("access_token", SALES_CHANNELS)
def test_list_of_what_is_sold_is_open_to_every_sales_channel(
    ask: Callable[..., Any], store: Store, access_token: str, type_: str
) -> None:
    """SKUs and prices are listed to whoever shops."""
    answer = ask("GET", f"/api/{type_}", access_token=access_token)

    assert [(each["type"], each["id"]) for each in answer.data] == store.identifiers([type_])
