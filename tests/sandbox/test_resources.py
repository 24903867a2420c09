"""The facts, as read and as answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import helpers.sandbox
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier, Store

FACTS = json.loads(
    Path(helpers.sandbox.__file__).with_name("resources.json").read_text(encoding="utf-8")
)["types"]
INTEGRATION = "your-integration-access-token"
PYTHON_TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "float": float,
    "object": dict,
    "array": list,
}

# By hand: the classes that the facts name, of the types that they describe.
TYPES_OF_CLASS = {
    "Address": ("addresses",),
    "Authorization": ("authorizations",),
    "Capture": ("captures",),
    "Customer": ("customers",),
    "CustomerAddress": ("customer_addresses",),
    "CustomerPaymentSource": ("customer_payment_sources",),
    "Item": ("skus", "shipments", "payment_methods"),
    "KlarnaPayment": ("klarna_payments",),
    "LineItem": ("line_items",),
    "Market": ("markets",),
    "Order": ("orders",),
    "PaymentGateway": ("klarna_gateways",),
    "PaymentMethod": ("payment_methods",),
    "PaymentSource": ("klarna_payments", "stripe_payments"),
    "Price": ("prices",),
    "PriceList": ("price_lists",),
    "Refund": ("refunds",),
    "Resource": ("orders",),
    "ResourceError": ("resource_errors",),
    "Shipment": ("shipments",),
    "ShippingMethod": ("shipping_methods",),
    "Sku": ("skus",),
    "Transaction": ("authorizations", "captures", "voids", "refunds"),
    "Void": ("voids",),
}


@pytest.fixture
def every_resource(store: Store) -> list[Identifier]:
    """Name all that the documented world holds."""
    return store.identifiers(list(FACTS))


@pytest.mark.usefixtures("one_of_each")
def test_type_is_retrievable_by_an_integration(
    subtests: pytest.Subtests, ask: Callable[..., Any]
) -> None:
    """Every type that the facts describe can be listed, unless there is just one of it."""
    assert FACTS
    for type_ in FACTS:
        with subtests.test(type_):
            data = ask("GET", _target(type_), access_token=INTEGRATION).data

            single = isinstance(data, dict)
            assert single == ("list" not in FACTS[type_]["actions"])


@pytest.mark.usefixtures("one_of_each")
def test_type_has_a_resource_that_is_retrievable_by_its_id(
    subtests: pytest.Subtests, ask: Callable[..., Any]
) -> None:
    """What is in a list can be retrieved at the list's path; an SKU then tells its inventory."""
    assert FACTS
    for type_ in FACTS:
        with subtests.test(type_):
            data = ask("GET", _target(type_), access_token=INTEGRATION).data

            single = isinstance(data, dict)
            target = _target(type_) if single else _target(type_, data[0]["id"])
            alone = ask("GET", target, access_token=INTEGRATION).data
            alone["attributes"].pop("inventory", None)
            assert alone == (data if single else data[0])


@pytest.mark.usefixtures("one_of_each")
def test_type_is_that_of_the_resources_in_its_list(
    subtests: pytest.Subtests, ask: Callable[..., Any]
) -> None:
    """A list holds its own type, or those that it is the parent of."""
    assert FACTS
    for type_ in FACTS:
        with subtests.test(type_):
            data = ask("GET", _target(type_), access_token=INTEGRATION).resources

            expected = {
                "transactions": {"authorizations", "captures", "voids", "refunds"},
                "payment_gateways": {"klarna_gateways"},
            }.get(type_, {type_})
            assert {each["type"] for each in data} == expected


def test_attribute_is_read_as_the_facts_have_it(subtests: pytest.Subtests) -> None:
    """Type, flags and nullability are the facts'; null is possible where they do not say."""
    assert FACTS
    for type_ in FACTS:
        with subtests.test(type_):
            found = {
                each.name: (each.type, each.flags, each.nullable)
                for each in resource_types()[type_].attributes.values()
            }

            assert found == {
                name: (fact["type"], fact["flags"], fact.get("nullable", True))
                for name, fact in FACTS[type_]["attributes"].items()
                if name != "id"
            }


def test_money_is_what_is_told_in_cents(subtests: pytest.Subtests) -> None:
    """An amount is known by its cents, where an answer has them."""
    assert FACTS
    for type_ in FACTS:
        with subtests.test(type_):
            found = resource_types()[type_].money

            assert [f"{name}_cents" for name in found] == [
                name
                for name, fact in FACTS[type_]["attributes"].items()
                if name.endswith("_cents") and "r" in fact["flags"]
            ]


def test_relationship_leads_to_the_types_of_its_class(subtests: pytest.Subtests) -> None:
    """Every class of the facts is either known, or of a type that the facts do not describe."""
    assert FACTS
    for type_ in FACTS:
        with subtests.test(type_):
            found = {
                relationship.name: relationship.types
                for relationship in resource_types()[type_].relationships.values()
            }

            assert found == {
                name: TYPES_OF_CLASS.get(fact["class"], ())
                for name, fact in FACTS[type_]["relationships"].items()
            }


def test_relationship_is_includable_unless_it_is_to_event_stores(subtests: pytest.Subtests) -> None:
    """Of all relationships, only that to event stores cannot be included."""
    assert FACTS
    for type_ in FACTS:
        with subtests.test(type_):
            refused = [
                relationship.name
                for relationship in resource_types()[type_].relationships.values()
                if not relationship.includable
            ]

            assert refused == [
                name for name in FACTS[type_]["relationships"] if name == "event_stores"
            ]


def test_attributes_come_in_documented_order(
    subtests: pytest.Subtests, ask: Callable[..., Any], every_resource: list[Identifier]
) -> None:
    """An answer holds every readable attribute and no other, in the order of the facts."""
    assert every_resource
    for type_, id_ in every_resource:
        with subtests.test(f"{type_}/{id_}"):
            answer = ask("GET", _target(type_, id_), access_token=INTEGRATION)

            assert list(answer.data["attributes"]) == [
                name
                for name, fact in FACTS[type_]["attributes"].items()
                if "r" in fact["flags"] and name != "id"
            ]


def test_attributes_have_the_documented_type(
    subtests: pytest.Subtests, ask: Callable[..., Any], every_resource: list[Identifier]
) -> None:
    """An integer is no float and a flag no number; null is only where it may be."""
    assert every_resource
    for type_, id_ in every_resource:
        with subtests.test(f"{type_}/{id_}"):
            answer = ask("GET", _target(type_, id_), access_token=INTEGRATION)

            facts = FACTS[type_]["attributes"]
            wrong = {
                name: value
                for name, value in answer.data["attributes"].items()
                if (
                    not facts[name].get("nullable", True)
                    if value is None
                    else type(value) is not PYTHON_TYPES[facts[name]["type"]]
                )
            }
            assert wrong == {}


def test_attributes_hold_a_documented_value_when_there_is_a_choice(
    subtests: pytest.Subtests, ask: Callable[..., Any], every_resource: list[Identifier]
) -> None:
    """Where the facts enumerate the values, an answer has one of them."""
    assert every_resource
    for type_, id_ in every_resource:
        with subtests.test(f"{type_}/{id_}"):
            answer = ask("GET", _target(type_, id_), access_token=INTEGRATION)

            wrong = {
                name: value
                for name, value in answer.data["attributes"].items()
                if value is not None
                and value not in FACTS[type_]["attributes"][name].get("enum", [value])
            }
            assert wrong == {}


def test_attributes_tell_when_the_resource_was_made(
    subtests: pytest.Subtests, ask: Callable[..., Any], every_resource: list[Identifier]
) -> None:
    """In the documented world, everything was made at the page's instant."""
    assert every_resource
    for type_, id_ in every_resource:
        with subtests.test(f"{type_}/{id_}"):
            answer = ask("GET", _target(type_, id_), access_token=INTEGRATION)

            told = [answer.data["attributes"][name] for name in ("created_at", "updated_at")]
            assert told == ["2018-01-01T12:00:00.000Z"] * 2


def _target(type_: str, id_: str = "") -> str:
    """Name the path of a list or a resource; the only one of its type has a path of its own."""
    if FACTS[type_].get("singleton"):
        return f"/api/{type_.removesuffix('s')}"
    return f"/api/{type_}/{id_}".removesuffix("/")
