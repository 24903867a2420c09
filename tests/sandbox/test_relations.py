"""Where relationships lead: stored, read from the other end, or along a path."""

from __future__ import annotations

import pytest

from helpers.sandbox import relations
from helpers.sandbox.relations import linkage
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Store

TO_MANY = [
    (type_.name, relationship.name)
    for type_ in resource_types().values()
    for relationship in type_.relationships.values()
    if relationship.many and relationship.types and type_.concrete == (type_.name,)
]


@pytest.mark.parametrize(("type_", "name"), TO_MANY, ids=lambda value: str(value))
def test_to_many_relationship_has_an_other_end_or_a_path(type_: str, name: str) -> None:
    """No relationship to an emulated type is silently empty."""
    known = bool(relations._other_ends(type_, name)) or (type_, name) in relations._PATHS

    assert known


@pytest.mark.parametrize(("type_", "name"), relations._PATHS, ids=lambda value: str(value))
def test_path_belongs_to_a_relationship_that_there_is(type_: str, name: str) -> None:
    """The table of paths names the facts' types and relationships."""
    names = resource_types()[type_].relationships

    assert name in names


@pytest.mark.parametrize(("type_", "name"), TO_MANY, ids=lambda value: str(value))
@pytest.mark.usefixtures("one_of_each")
def test_to_many_relationship_names_nothing_twice(store: Store, type_: str, name: str) -> None:
    """However many ways lead to a resource, it is in the list once."""
    found = [
        linkage(store, store.get(identifier), name) for identifier in store.identifiers([type_])
    ]

    assert found == [list(dict.fromkeys(identifiers)) for identifiers in found]


@pytest.mark.parametrize(
    ("type_", "id_", "name", "ids"),
    [
        ("orders", "qaMAhZkZvd", "payment_source", ["ertHJlpPTR"]),
        ("orders", "pWZkeVLoJn", "payment_source", []),
        ("orders", "qaMAhZkZvd", "store", []),
        (
            "customers",
            "jENxlDKaVB",
            "orders",
            ["qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb", "drYpoNLxZA"],
        ),
        ("customers", "vMRybPWzoE", "customer_payment_sources", ["LZkVQvoXne"]),
        ("customers", "jENxlDKaVB", "customer_addresses", ["anAddress"]),
        ("customers", "jENxlDKaVB", "jwt_customer", []),
        ("customers", "jENxlDKaVB", "jwt_markets", []),
        ("customers", "jENxlDKaVB", "tags", []),
        ("orders", "gRmoXvLbKz", "available_customer_payment_sources", ["LZkVQvoXne"]),
        ("orders", "qaMAhZkZvd", "available_customer_payment_sources", []),
        ("orders", "NqvGxbmPWe", "available_customer_payment_sources", []),
        ("orders", "qaMAhZkZvd", "available_free_skus", []),
        ("orders", "qaMAhZkZvd", "default_payment_method", []),
        ("orders", "qaMAhZkZvd", "resource_errors", ["anError"]),
        ("orders", "drYpoNLxZA", "captures", ["aCapture"]),
        ("captures", "aCapture", "refunds", ["aRefund"]),
        ("orders", "drYpoNLxZA", "refunds", ["aRefund"]),
        ("orders", "drYpoNLxZA", "voids", ["aVoid"]),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
@pytest.mark.usefixtures("one_of_each")
def test_relationship_leads_to_these(
    store: Store, type_: str, id_: str, name: str, ids: list[str]
) -> None:
    """A relationship leads to its own resources and no others, oldest first."""
    found = linkage(store, store.get((type_, id_)), name)

    assert [id_ for _, id_ in found] == ids


@pytest.mark.parametrize(
    ("order_id", "name", "type_"),
    [
        ("qaMAhZkZvd", "available_payment_methods", "payment_methods"),
        ("drYpoNLxZA", "authorizations", "authorizations"),
    ],
)
def test_relationship_leads_to_all_of_a_type(
    store: Store, order_id: str, name: str, type_: str
) -> None:
    """Where the documented world has just one, the relationship leads there."""
    found = linkage(store, store.get(("orders", order_id)), name)

    assert found == store.identifiers([type_])


@pytest.mark.usefixtures("one_of_each")
def test_transactions_are_of_every_kind(store: Store) -> None:
    """A relationship to several types leads to resources of each."""
    found = linkage(store, store.get(("orders", "drYpoNLxZA")), "transactions")

    assert found == store.identifiers(["authorizations", "captures", "voids", "refunds"])


@pytest.mark.parametrize("name", ["line_items", "available_shipping_methods"])
def test_shipment_follows_its_order(store: Store, name: str) -> None:
    """A shipment's computed relationships go by way of its order."""
    [shipment] = linkage(store, store.get(("orders", "qaMAhZkZvd")), "shipments")
    found = linkage(store, store.get(shipment), name)

    assert (
        found
        == {
            "line_items": linkage(store, store.get(("orders", "qaMAhZkZvd")), "line_items"),
            "available_shipping_methods": store.identifiers(["shipping_methods"]),
        }[name]
    )


@pytest.mark.parametrize("method", ["payment_method", "shipping_method"])
def test_default_method_is_that_of_the_market(store: Store, method: str) -> None:
    """An order's default methods are those that its market decided on."""
    [market] = store.identifiers(["markets"])
    [default] = store.identifiers([f"{method}s"])
    store.update(store.get(market), attributes={}, linkage={f"default_{method}": default})

    found = linkage(store, store.get(("orders", "pWZkeVLoJn")), f"default_{method}")
    assert found == [default]


def test_prices_are_those_of_the_sku(store: Store) -> None:
    """A to-many relationship does not pick up another's."""
    sku = store.add("skus", "another", attributes={}, linkage={})
    price = store.add("prices", "price", attributes={}, linkage={"sku": sku.identifier})
    found = linkage(store, sku, "prices")

    assert found == [price.identifier]


def test_available_payment_methods_are_those_of_the_market(store: Store) -> None:
    """Another market's payment method is not available."""
    market = store.add("markets", "another", attributes={}, linkage={}).identifier
    store.add("payment_methods", "elsewhere", attributes={}, linkage={"market": market})
    found = linkage(store, store.get(("orders", "qaMAhZkZvd")), "available_payment_methods")

    assert ("payment_methods", "elsewhere") not in found
