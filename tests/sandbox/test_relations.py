"""Where relationships lead: stored, read from the other end, or along a path."""

from __future__ import annotations

import pytest

from helpers.sandbox import relations
from helpers.sandbox.conditions import Condition
from helpers.sandbox.relations import leads_to, linkage, related
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Store

NAMES = {type_.name: set(type_.relationships) for type_ in resource_types().values()}
TO_MANY = [
    (type_.name, relationship.name)
    for type_ in resource_types().values()
    for relationship in type_.relationships.values()
    if relationship.many and relationship.types and type_.concrete == (type_.name,)
]


def test_to_many_relationship_has_an_other_end_or_a_path(subtests: pytest.Subtests) -> None:
    """No relationship to an emulated type is silently empty."""
    assert TO_MANY
    for type_, name in TO_MANY:
        with subtests.test(f"{type_}/{name}"):
            known = bool(relations._other_ends(type_, name)) or (type_, name) in relations._PATHS

            assert known


def test_path_belongs_to_a_relationship_that_there_is(subtests: pytest.Subtests) -> None:
    """The table of paths names the facts' types and relationships."""
    assert relations._PATHS
    for type_, name in relations._PATHS:
        with subtests.test(f"{type_}/{name}"):
            names = resource_types()[type_].relationships

            assert name in names


@pytest.mark.usefixtures("one_of_each")
def test_to_many_relationship_names_nothing_twice(subtests: pytest.Subtests, store: Store) -> None:
    """However many ways lead to a resource, it is in the list once."""
    assert TO_MANY
    for type_, name in TO_MANY:
        with subtests.test(f"{type_}/{name}"):
            found = [
                linkage(store, store.get(identifier), name)
                for identifier in store.identifiers([type_])
            ]

            assert found == [list(dict.fromkeys(identifiers)) for identifiers in found]


LED_TO = [
    ("orders", "qaMAhZkZvd", "payment_source", ["ertHJlpPTR"]),
    ("orders", "pWZkeVLoJn", "payment_source", []),
    ("orders", "qaMAhZkZvd", "store", []),
    (
        "customers",
        "jENxlDKaVB",
        "orders",
        ["qaMAhZkZvd", "pWZkeVLoJn", "kLRAyaVMqb", "drYpoNLxZA"],
    ),
    ("customers", "vMRybPWzoE", "customer_payment_sources", ["LZkVQvoXne", "vXoRLnkZbQ"]),
    ("customers", "jENxlDKaVB", "jwt_customer", []),
    ("customers", "jENxlDKaVB", "jwt_markets", []),
    ("customers", "jENxlDKaVB", "tags", []),
    (
        "orders",
        "gRmoXvLbKz",
        "available_customer_payment_sources",
        ["LZkVQvoXne", "vXoRLnkZbQ"],
    ),
    ("orders", "qaMAhZkZvd", "available_customer_payment_sources", []),
    ("orders", "NqvGxbmPWe", "available_customer_payment_sources", []),
    ("orders", "qaMAhZkZvd", "available_free_skus", []),
    ("orders", "qaMAhZkZvd", "resource_errors", ["anError"]),
    ("orders", "drYpoNLxZA", "captures", ["aCapture"]),
    ("captures", "aCapture", "refunds", ["aRefund"]),
    ("orders", "drYpoNLxZA", "refunds", ["aRefund"]),
    ("orders", "drYpoNLxZA", "voids", ["aVoid"]),
]


@pytest.mark.usefixtures("one_of_each")
def test_relationship_leads_to_these(subtests: pytest.Subtests, store: Store) -> None:
    """A relationship leads to its own resources and no others, oldest first."""
    for type_, id_, name, ids in LED_TO:
        with subtests.test(f"{type_}/{id_}/{name}"):
            found = linkage(store, store.get((type_, id_)), name)

            assert [id_ for _, id_ in found] == ids


@pytest.mark.usefixtures("one_of_each")
def test_transactions_are_of_every_kind(store: Store) -> None:
    """A relationship to several types leads to resources of each."""
    found = linkage(store, store.get(("orders", "drYpoNLxZA")), "transactions")

    assert [type_ for type_, _ in found] == ["authorizations", "captures", "voids", "refunds"]


@pytest.mark.parametrize("type_", ["payment_methods", "shipping_methods"])
def test_available_methods_are_those_of_the_market(store: Store, type_: str) -> None:
    """An order's payment methods and a shipment's shipping methods follow from the market."""
    order = store.get(("orders", "qaMAhZkZvd"))
    [shipment] = linkage(store, order, "shipments")
    has_them = {"payment_methods": order, "shipping_methods": store.get(shipment)}[type_]
    market = store.add("markets", "another", attributes={}, linkage={}).identifier
    store.add(type_, "elsewhere", attributes={}, linkage={"market": market})
    found = linkage(store, has_them, f"available_{type_}")

    own = store.linked_from(order.linkage["market"], types=[type_], name="market")
    assert (found, bool(own)) == (own, True)


@pytest.mark.parametrize("type_", ["payment_methods", "shipping_methods"])
def test_available_methods_are_those_that_are_enabled(store: Store, type_: str) -> None:
    """What was disabled cannot be chosen any more."""
    order = store.get(("orders", "qaMAhZkZvd"))
    [shipment] = linkage(store, order, "shipments")
    has_them = {"payment_methods": order, "shipping_methods": store.get(shipment)}[type_]
    disabled, *others = linkage(store, has_them, f"available_{type_}")
    store.update(store.get(disabled), attributes={"disabled_at": store.now()})

    assert linkage(store, has_them, f"available_{type_}") == others


def test_line_items_of_a_shipment_are_those_of_its_order(store: Store) -> None:
    """A computed relationship goes by way of another that is stored."""
    order = store.get(("orders", "qaMAhZkZvd"))
    [shipment] = linkage(store, order, "shipments")
    found = linkage(store, store.get(shipment), "line_items")

    assert found == linkage(store, order, "line_items")


@pytest.mark.parametrize("method", ["payment_method", "shipping_method"])
def test_default_method_is_that_of_the_market(store: Store, method: str) -> None:
    """An order's default methods are those that its market decided on."""
    order = store.get(("orders", "pWZkeVLoJn"))
    market = store.get(order.linkage["market"])
    default = store.add(f"{method}s", "default", attributes={}, linkage={}).identifier
    store.update(market, attributes={}, linkage={f"default_{method}": default})

    assert linkage(store, order, f"default_{method}") == [default]


@pytest.mark.parametrize("method", ["payment_method", "shipping_method"])
def test_default_method_is_none_when_the_market_decided_on_none(store: Store, method: str) -> None:
    """What no step leads to is not there."""
    order = store.get(("orders", "pWZkeVLoJn"))
    market = store.get(order.linkage["market"])
    store.update(market, attributes={}, linkage={f"default_{method}": None})

    assert linkage(store, order, f"default_{method}") == []


EVERY_RELATIONSHIP = [
    (type_.name, name)
    for type_ in resource_types().values()
    for name in type_.relationships
    if type_.concrete == (type_.name,)
]


@pytest.mark.usefixtures("one_of_each")
def test_relationship_is_the_same_as_sql(subtests: pytest.Subtests, store: Store) -> None:
    """What a relationship lists, a condition selects, from either end."""
    assert EVERY_RELATIONSHIP
    for type_, name in EVERY_RELATIONSHIP:
        with subtests.test(f"{type_}/{name}"):
            related_types = resource_types()[type_].relationships[name].types
            for identifier in store.identifiers([type_]):
                listed = linkage(store, store.get(identifier), name)
                selected = store.select(related_types, [related(identifier, name)])
                assert selected == listed
                for target in store.identifiers(related_types):
                    is_target = Condition("resource.type = ? AND resource.id = ?", target)
                    found = store.select([type_], [leads_to([type_], [name], is_target)])
                    assert (identifier in found) == (target in listed)


def test_relationship_of_several_types_takes_one_way(subtests: pytest.Subtests) -> None:
    """What types have in common is one step for all, or is computed of only one of them."""
    assert resource_types()
    for type_ in resource_types():
        with subtests.test(type_):
            for relationship in resource_types()[type_].relationships.values():
                types = relationship.types
                for name in {each for one in types for each in resource_types()[one].relationships}:
                    ways = {relations._steps(one, name) for one in types if name in NAMES[one]} - {
                        ()
                    }
                    assert len(ways) == 1 or {len(steps) for steps in ways} <= {1}


def test_prices_are_those_of_the_sku(store: Store) -> None:
    """A to-many relationship does not pick up another's."""
    sku = store.add("skus", "another", attributes={}, linkage={})
    price = store.add("prices", "price", attributes={}, linkage={"sku": sku.identifier})
    found = linkage(store, sku, "prices")

    assert found == [price.identifier]
