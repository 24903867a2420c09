"""Permissions: what the holder of an access token may do, and to what."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from helpers.sandbox.permissions import is_visible
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Store
from helpers.sandbox.tokens import Bearer

CUSTOMER = "your-access-token"
OTHER_CUSTOMER = "your-other-customers-access-token"
GUEST = "your-guest-access-token"
INTEGRATION = "your-integration-access-token"
SALES_CHANNELS = [CUSTOMER, OTHER_CUSTOMER, GUEST]
EUROPE, USA = "govtipBiAc", "WPtMvWmcqx"
LISTED = [type_.name for type_ in resource_types().values() if not type_.singleton]
PUBLIC = {
    "applications",
    "markets",
    "organizations",
    "payment_methods",
    "price_lists",
    "prices",
    "shipping_methods",
    "skus",
}


# What a sales channel may do, told by hand: as a guest's, and as a customer's.
PERMISSIONS = {
    "addresses": ("retrieve create update", "retrieve create update"),
    "applications": ("retrieve", "retrieve"),
    "authorizations": ("retrieve", "retrieve"),
    "captures": ("retrieve", "retrieve"),
    "customer_addresses": ("", "list retrieve create update delete"),
    "customer_payment_sources": ("", "list retrieve update delete"),
    "customers": ("create", "retrieve create update delete"),
    "klarna_payments": ("retrieve create update delete", "retrieve create update delete"),
    "line_items": ("retrieve create update delete", "retrieve create update delete"),
    "markets": ("retrieve", "retrieve"),
    "orders": ("retrieve create update", "list retrieve create update"),
    "organizations": ("retrieve", "retrieve"),
    "payment_methods": ("retrieve", "retrieve"),
    "price_lists": ("retrieve", "retrieve"),
    "prices": ("list retrieve", "list retrieve"),
    "refunds": ("retrieve", "retrieve"),
    "resource_errors": ("retrieve", "retrieve"),
    "shipments": ("retrieve update", "retrieve update"),
    "shipping_methods": ("retrieve", "retrieve"),
    "skus": ("list retrieve", "list retrieve"),
    "stripe_payments": ("retrieve create update delete", "retrieve create update delete"),
    "transactions": ("retrieve", "retrieve"),
    "voids": ("retrieve", "retrieve"),
}
METHODS = {
    "list": ("GET", ""),
    "create": ("POST", ""),
    "retrieve": ("GET", "/unknown"),
    "update": ("PATCH", "/unknown"),
    "delete": ("DELETE", "/unknown"),
}


def test_action_is_refused_when_the_bearer_may_not_take_it_at_all(
    subtests: pytest.Subtests, ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """Who may not do something to any resource of a type is refused before one is looked for."""
    assert resource_types()
    for access_token, type_ in product([*SALES_CHANNELS, INTEGRATION], resource_types()):
        with subtests.test(type_=type_, access_token=access_token):
            known = resource_types()[type_]
            allowed = PERMISSIONS.get(type_, ("", ""))[access_token != GUEST].split()
            if access_token == INTEGRATION:
                allowed = [*known.actions]
            answers = {}
            for action in known.actions:
                method, path = METHODS[action]
                target = f"/api/{known.path}" if known.singleton else f"/api/{type_}{path}"
                send = (ask,) if action in allowed else (refused, ask)
                answers[action] = send[0](
                    *send[1:], method, target, access_token=access_token
                ).status

            # A list, or the only one; no document; nothing with this id.
            possible = {"list": 200, "create": 400, "retrieve": 404, "update": 404, "delete": 404}
            if known.singleton:
                possible["retrieve"] = 200
            assert answers == {
                action: possible[action] if action in allowed else 401 for action in known.actions
            }


def test_shared_resource_is_seen_by_every_sales_channel(
    subtests: pytest.Subtests, ask: Callable[..., Any], store: Store
) -> None:
    """A shop's own data is there for whoever shops, as far as it is of a market in scope."""
    for access_token, type_ in product(SALES_CHANNELS, sorted(PUBLIC)):
        with subtests.test(type_=type_, access_token=access_token):
            known = resource_types()[type_]
            seen = {}
            for identifier in store.identifiers([type_]):
                target = (
                    f"/api/{known.path}" if known.singleton else f"/api/{type_}/{identifier[1]}"
                )
                own = (
                    identifier
                    if type_ == "markets"
                    else store.get(identifier).linkage.get("market")
                )
                seen[target] = (ask("GET", target, access_token=access_token).status, own)

            assert len(seen) >= (1 if known.singleton else 2)
            assert {target: status for target, (status, _) in seen.items()} == {
                target: 401 if own == ("markets", USA) else 200 for target, (_, own) in seen.items()
            }


# What belongs to whom, told by hand: the customer who may see it, or nobody's.
OWNERS = {
    CUSTOMER: {
        "customers": ["jENxlDKaVB"],
        "orders": ["qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb", "NqvGxbmPWe", "drYpoNLxZA"],
        "klarna_payments": ["ertHJlpPTR", "mBqoAZyLEx", "wRzKLobPQn", "yGmPVkqeZL"],
        "stripe_payments": [],
        "customer_payment_sources": [],
        "customer_addresses": ["MWXRcrPyvt", "anAddress"],
        "captures": ["aCapture"],
        "voids": ["aVoid"],
        "refunds": ["aRefund"],
        "resource_errors": ["anError"],
    },
    OTHER_CUSTOMER: {
        "customers": ["vMRybPWzoE"],
        "orders": ["NqvGxbmPWe", "gRmoXvLbKz", "eVnPoWLbqR"],
        "klarna_payments": ["wRzKLobPQn", "oPxKLZqvRb"],
        "stripe_payments": ["bZoLRxqKvN"],
        "customer_payment_sources": ["LZkVQvoXne", "vXoRLnkZbQ"],
        "customer_addresses": ["etmCQXofvw"],
    },
    GUEST: {"orders": ["NqvGxbmPWe"], "klarna_payments": ["wRzKLobPQn"]},
}


@pytest.mark.usefixtures("one_of_each")
def test_resource_is_seen_by_its_owner_only(
    subtests: pytest.Subtests, ask: Callable[..., Any], store: Store
) -> None:
    """A customer sees what is theirs or nobody's yet, a guest what is nobody's; the rest is 401."""
    for type_, access_token in product(sorted(OWNERS[CUSTOMER]), SALES_CHANNELS):
        with subtests.test(type_=type_, access_token=access_token):
            statuses = {
                id_: ask("GET", f"/api/{type_}/{id_}", access_token=access_token).status
                for _, id_ in store.identifiers([type_])
            }

            own = OWNERS[access_token].get(type_, [])
            assert statuses == {id_: 200 if id_ in own else 401 for id_ in statuses}


def test_part_of_an_order_is_seen_by_the_owner_of_the_order(
    subtests: pytest.Subtests, ask: Callable[..., Any], store: Store
) -> None:
    """What hangs on an order is visible to whom the order is."""
    paths = ("line_items", "shipments", "shipping_address", "authorizations")
    for access_token, path in product(SALES_CHANNELS, paths):
        with subtests.test(path=path, access_token=access_token):
            seen = {}
            for _, order_id in store.identifiers(["orders"]):
                answer = ask("GET", f"/api/orders/{order_id}/{path}", access_token=INTEGRATION)
                for part in answer.resources:
                    target = f"/api/{part['type']}/{part['id']}"
                    seen[target] = (
                        ask("GET", target, access_token=access_token).status,
                        order_id,
                    )

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
    linkage = {
        "customer": ("customers", "jENxlDKaVB"),
        "market": ("markets", EUROPE),
        name: address,
    }
    store.add(type_, "holder", attributes={"status": "pending"}, linkage=linkage)
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


def test_what_has_no_rule_is_seen_by_no_sales_channel(store: Store) -> None:
    """Also where it is not asked for but linked to, what nobody said is public is not."""
    [gateway] = store.identifiers(["klarna_gateways"])
    seen = {
        kind: is_visible(store, Bearer(kind, ("customers", "jENxlDKaVB")), store.get(gateway))
        for kind in ("sales_channel", "integration")
    }

    assert seen == {"sales_channel": False, "integration": True}


@pytest.mark.usefixtures("one_of_each")
def test_list_holds_everything_for_an_integration(
    subtests: pytest.Subtests, ask: Callable[..., Any], store: Store
) -> None:
    """An integration has every list, whole."""
    assert LISTED
    for type_ in LISTED:
        with subtests.test(type_):
            answer = ask("GET", f"/api/{type_}?page[size]=25", access_token=INTEGRATION)

            found = [(each["type"], each["id"]) for each in answer.data]
            assert found == store.identifiers(resource_types()[type_].concrete)


LISTS = {
    CUSTOMER: {
        "orders": ["qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb", "drYpoNLxZA"],
        "customer_payment_sources": [],
        "customer_addresses": ["MWXRcrPyvt", "anAddress"],
    },
    OTHER_CUSTOMER: {
        "orders": ["gRmoXvLbKz", "eVnPoWLbqR"],
        "customer_payment_sources": ["LZkVQvoXne", "vXoRLnkZbQ"],
        "customer_addresses": ["etmCQXofvw"],
    },
    GUEST: {},
}


@pytest.mark.usefixtures("one_of_each")
def test_list_holds_their_own_for_a_customer_and_is_refused_else(
    subtests: pytest.Subtests, ask: Callable[..., Any]
) -> None:
    """Three lists are a customer's own; any other list is refused to a sales channel (401)."""
    types = [type_ for type_ in LISTED if type_ not in {"skus", "prices"}]
    assert types
    for type_, access_token in product(types, SALES_CHANNELS):
        with subtests.test(type_=type_, access_token=access_token):
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


# What is another customer's, or of a market that is not in scope: for each relationship that a
# sales channel may set, where it must not lead. John sends it, to something of his own.
FOREIGN = [
    ("orders/pWZkeVLoJn", "customer", "customers/vMRybPWzoE"),
    ("orders/pWZkeVLoJn", "market", f"markets/{USA}"),
    ("orders/pWZkeVLoJn", "shipping_address", "addresses/oNpPGNrEoa"),
    ("orders/pWZkeVLoJn", "billing_address", "addresses/QOCdRdhrZF"),
    ("orders/pWZkeVLoJn", "payment_method", "payment_methods/NRRlcwiWMI"),
    ("orders/pWZkeVLoJn", "payment_source", "klarna_payments/oPxKLZqvRb"),
    ("orders/pWZkeVLoJn", "payment_source", "stripe_payments/bZoLRxqKvN"),
    ("orders", "customer", "customers/vMRybPWzoE"),
    ("orders", "market", f"markets/{USA}"),
    ("orders", "shipping_address", "addresses/oNpPGNrEoa"),
    ("orders", "billing_address", "addresses/oNpPGNrEoa"),
    ("orders", "payment_source", "klarna_payments/oPxKLZqvRb"),
    ("line_items", "order", "orders/gRmoXvLbKz"),
    ("klarna_payments", "order", "orders/gRmoXvLbKz"),
    ("klarna_payments/ertHJlpPTR", "order", "orders/gRmoXvLbKz"),
    ("stripe_payments", "order", "orders/gRmoXvLbKz"),
    ("customer_addresses", "address", "addresses/QOCdRdhrZF"),
    ("customer_addresses", "customer", "customers/vMRybPWzoE"),
    ("customer_addresses/MWXRcrPyvt", "address", "addresses/QOCdRdhrZF"),
    ("customer_addresses/MWXRcrPyvt", "customer", "customers/vMRybPWzoE"),
    ("customer_payment_sources/{entry}", "customer", "customers/vMRybPWzoE"),
    ("customer_payment_sources/{entry}", "payment_source", "klarna_payments/oPxKLZqvRb"),
    ("customer_payment_sources/{entry}", "payment_method", "payment_methods/NRRlcwiWMI"),
    ("shipments/{shipment}", "shipping_address", "addresses/oNpPGNrEoa"),
    ("shipments/{shipment}", "shipping_method", "shipping_methods/PdAqvzFYtw"),
]


@pytest.mark.parametrize(
    ("path", "name", "foreign"), FOREIGN, ids=[" ".join(row).replace("/", " ") for row in FOREIGN]
)
def test_what_cannot_be_seen_cannot_be_linked_to(
    ask: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    entry_id: str,
    path: str,
    name: str,
    foreign: str,
) -> None:
    """To a sales channel, what is another's is as if it were not there (422)."""
    [shipment] = store.linked_from(("orders", "pWZkeVLoJn"), types=["shipments"], name="order")
    path = path.format(entry=entry_id, shipment=shipment[1])
    type_, _, id_ = path.partition("/")
    related_type, _, related_id = foreign.partition("/")
    data = {
        "type": type_,
        **({"id": id_} if id_ else {}),
        "relationships": {name: {"data": {"type": related_type, "id": related_id}}},
    }
    answer = refused(ask, "PATCH" if id_ else "POST", f"/api/{path}", {"data": data})

    assert {
        "title": "must exist",
        "detail": f"{name} - must exist",
        "code": "VALIDATION_ERROR",
        "status": "422",
        "source": {"pointer": f"/data/relationships/{name}"},
        "meta": {"error": "required"},
    } in answer.document["errors"]


# Something of another customer's, of each type that a sales channel may change.
CHANGEABLE = {
    "addresses": "oNpPGNrEoa",
    "customer_addresses": "etmCQXofvw",
    "customer_payment_sources": "LZkVQvoXne",
    "customers": "vMRybPWzoE",
    "klarna_payments": "oPxKLZqvRb",
    "line_items": "",
    "orders": "gRmoXvLbKz",
    "shipments": "",
    "stripe_payments": "bZoLRxqKvN",
}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("type_", CHANGEABLE)
@pytest.mark.parametrize("access_token", [CUSTOMER, GUEST])
def test_what_cannot_be_seen_cannot_be_changed(
    ask: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    access_token: str,
    type_: str,
    method: str,
) -> None:
    """What is another customer's can neither be updated nor deleted (401)."""
    part = store.linked_from(("orders", "gRmoXvLbKz"), types=[type_], name="order")
    id_ = CHANGEABLE[type_] or part[0][1]
    document = {"data": {"type": type_, "id": id_, "attributes": {"reference": "mine"}}}
    answer = refused(ask, method, f"/api/{type_}/{id_}", document, access_token=access_token)

    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


@pytest.mark.parametrize("type_", CHANGEABLE)
def test_what_is_their_own_can_be_noted_on(
    ask: Callable[..., Any], store: Store, type_: str
) -> None:
    """A customer may update what is theirs, of every type that they may change."""
    order = ("orders", "eVnPoWLbqR" if type_ == "stripe_payments" else "gRmoXvLbKz")
    store.update(store.get(order), attributes={"status": "pending"})
    part = store.linked_from(order, types=[type_], name="order")
    id_ = CHANGEABLE[type_] or part[0][1]
    document = {"data": {"type": type_, "id": id_, "attributes": {"reference": "mine"}}}
    answer = ask("PATCH", f"/api/{type_}/{id_}", document, access_token=OTHER_CUSTOMER)

    assert (answer.status, answer.data["attributes"]["reference"]) == (200, "mine")


GUEST_ORDER = "NqvGxbmPWe"


@pytest.mark.parametrize("status", resource_types()["orders"].attributes["status"].enum)
@pytest.mark.parametrize("is_guests", [True, False, None])
@pytest.mark.parametrize("customer", [None, ("customers", "vMRybPWzoE")], ids=["nobody", "Jane"])
def test_guest_sees_orders_of_guests_only(
    ask: Callable[..., Any], store: Store, status: str, is_guests: bool | None, customer: Any
) -> None:
    """A guest sees an order that is marked as a guest's, while it is draft, pending or placed."""
    store.update(
        store.get(("orders", GUEST_ORDER)),
        attributes={"guest": is_guests, "status": status},
        linkage={"customer": customer},
    )
    answer = ask("GET", f"/api/orders/{GUEST_ORDER}", access_token=GUEST)

    is_seen = is_guests is True and status in {"draft", "pending", "placed"}
    assert answer.status == (200 if is_seen else 401)


@pytest.mark.parametrize("status", resource_types()["orders"].attributes["status"].enum)
@pytest.mark.parametrize(
    ("customer", "expected"),
    [(None, 200), (("customers", "jENxlDKaVB"), 200), (("customers", "vMRybPWzoE"), 401)],
    ids=["nobody", "own", "another"],
)
def test_customer_sees_their_own_orders_and_nobodys(
    ask: Callable[..., Any], store: Store, status: str, customer: Any, expected: int
) -> None:
    """An order without a customer may become theirs; whatever its status, no other's is shown."""
    store.update(
        store.get(("orders", GUEST_ORDER)),
        attributes={"status": status},
        linkage={"customer": customer},
    )
    answer = ask("GET", f"/api/orders/{GUEST_ORDER}")

    assert answer.status == expected


@pytest.fixture
def in_scope(store: Store) -> Callable[..., str]:
    """Know one more access token of John's, with other markets in its scope."""

    def in_scope(*markets: str, everywhere: bool = False) -> str:
        known = store.fact("access_tokens")
        scope = {} if everywhere else {"markets": markets}
        known["scoped"] = {"kind": "sales_channel", "owner": ("customers", "jENxlDKaVB"), **scope}
        store.remember("access_tokens", known)
        return "scoped"

    return in_scope


SCOPES = {"Europe": (EUROPE,), "USA": (USA,), "both": (EUROPE, USA), "none": ()}


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
@pytest.mark.parametrize(
    "path",
    [
        "orders/pWZkeVLoJn",
        "klarna_payments/ertHJlpPTR",
        f"markets/{EUROPE}",
        "payment_methods/VDYtiKkksM",
        "shipping_methods/AoLAOaYrVf",
        "addresses/EcfSWmJygU",
    ],
)
def test_market_has_to_be_in_scope(
    ask: Callable[..., Any], in_scope: Callable[..., str], path: str, scope: tuple[str, ...]
) -> None:
    """What is of a market is seen where that is one of the markets in the token's scope."""
    answer = ask("GET", f"/api/{path}", access_token=in_scope(*scope))

    assert answer.status == (200 if EUROPE in scope else 401)


@pytest.mark.parametrize(
    "path",
    [
        "orders/pWZkeVLoJn",
        f"markets/{EUROPE}",
        f"markets/{USA}",
        "payment_methods/NRRlcwiWMI",
        "shipping_methods/PdAqvzFYtw",
    ],
)
def test_every_market_is_in_a_scope_that_names_none(
    ask: Callable[..., Any], in_scope: Callable[..., str], path: str
) -> None:
    """An access token without a market in it is good for all of them."""
    answer = ask("GET", f"/api/{path}", access_token=in_scope(everywhere=True))

    assert answer.status == 200


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_list_holds_orders_of_the_markets_in_scope(
    ask: Callable[..., Any], store: Store, in_scope: Callable[..., str], scope: tuple[str, ...]
) -> None:
    """A customer's list leaves out what they bought elsewhere."""
    store.update(store.get(("orders", "drYpoNLxZA")), linkage={"market": ("markets", USA)})
    answer = ask("GET", "/api/orders", access_token=in_scope(*scope))

    europe = ["qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb"] if EUROPE in scope else []
    usa = ["drYpoNLxZA"] if USA in scope else []
    assert [each["id"] for each in answer.data] == europe + usa


def test_list_holds_orders_of_all_markets_when_none_is_named(
    ask: Callable[..., Any], store: Store, in_scope: Callable[..., str]
) -> None:
    """Without a market in the token, a customer's list has all that they bought."""
    store.update(store.get(("orders", "drYpoNLxZA")), linkage={"market": ("markets", USA)})
    answer = ask("GET", "/api/orders", access_token=in_scope(everywhere=True))

    ids = ["qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb", "drYpoNLxZA"]
    assert [each["id"] for each in answer.data] == ids


@pytest.mark.parametrize("path", ["payment_methods/VDYtiKkksM", "shipping_methods/AoLAOaYrVf"])
@pytest.mark.parametrize(("access_token", "status"), [(GUEST, 401), (INTEGRATION, 200)])
def test_method_is_seen_by_a_sales_channel_while_it_is_enabled(
    ask: Callable[..., Any], store: Store, path: str, access_token: str, status: int
) -> None:
    """What is disabled is an integration's business."""
    type_, _, id_ = path.partition("/")
    store.update(store.get((type_, id_)), attributes={"disabled_at": store.now()})
    answer = ask("GET", f"/api/{path}", access_token=access_token)

    assert answer.status == status


@pytest.mark.parametrize("type_", ["payment_methods", "shipping_methods"])
def test_method_of_no_market_is_of_all(ask: Callable[..., Any], store: Store, type_: str) -> None:
    """A method without a market is there in whichever one is in scope."""
    id_ = store.add(type_, "everywhere", attributes={}).id
    answer = ask("GET", f"/api/{type_}/{id_}", access_token=GUEST)

    assert answer.status == 200


def test_address_that_nobody_has_is_open(ask: Callable[..., Any], store: Store) -> None:
    """Between an address's creation and its first use, whoever knows its id may use it."""
    store.add("addresses", "nobodys", attributes={})
    statuses = [
        ask("GET", "/api/addresses/nobodys", access_token=access_token).status
        for access_token in SALES_CHANNELS
    ]

    assert statuses == [200, 200, 200]


def _refused_to_sales_channels() -> list[tuple[str, str, str, str]]:
    """Name each flag x of what a sales channel could send otherwise: type, action, kind, name."""
    rows = []
    for type_, (_, customer) in PERMISSIONS.items():
        known = resource_types()[type_]
        for action in {"create", "update"} & set(customer.split()):
            for kind, members in (
                ("attributes", known.attributes),
                ("relationships", known.relationships),
            ):
                rows += [
                    (type_, action, kind, each.name)
                    for each in members.values()
                    if "x" in each.flags and action[0] in each.flags
                ]
    return sorted(rows)


# One of John's, of each type.
OWN = {
    "addresses": "EcfSWmJygU",
    "customers": "jENxlDKaVB",
    "line_items": "",
    "orders": "pWZkeVLoJn",
    "shipments": "",
}


@pytest.mark.parametrize(
    ("type_", "action", "kind", "name"), _refused_to_sales_channels(), ids=lambda part: part
)
@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION], ids=["customer", "integration"])
def test_what_is_refused_to_sales_channels_is_refused_by_name(
    ask: Callable[..., Any],
    store: Store,
    type_: str,
    action: str,
    kind: str,
    name: str,
    access_token: str,
) -> None:
    """Flagged attributes and relationships are an integration's to send; to a shop, 401."""
    part = store.linked_from(("orders", "pWZkeVLoJn"), types=[type_], name="order")
    id_ = OWN[type_] or part[0][1]
    data: dict[str, Any] = {
        "type": type_,
        kind: {name: {"data": []} if kind != "attributes" else 1},
    }
    if action == "update":
        data["id"] = id_
    before = store.dump()
    method, target = ("PATCH", f"/{id_}") if action == "update" else ("POST", "")
    answer = ask(method, f"/api/{type_}{target}", {"data": data}, access_token=access_token)

    if access_token == CUSTOMER:
        assert (answer.status, answer.codes, store.dump()) == (401, ["UNAUTHORIZED"], before)
    else:
        assert answer.status != 401
