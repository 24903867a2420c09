"""The facts, as read and as answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import helpers.sandbox
from helpers.sandbox.resources import resource_types
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.store import Identifier

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


def _identifiers() -> list[Identifier]:
    store = open_store()
    try:
        return store.identifiers(list(FACTS))
    finally:
        store.close()


EVERY_RESOURCE = pytest.mark.parametrize(("type_", "id_"), _identifiers(), ids=lambda part: part)
EVERY_TYPE = pytest.mark.parametrize("type_", FACTS)


@EVERY_TYPE
@pytest.mark.usefixtures("one_of_each")
def test_type_is_retrievable_by_an_integration(ask: Callable[..., Any], type_: str) -> None:
    """Every type that the facts describe can be listed, unless there is just one of it."""
    data = ask("GET", _target(type_), access_token=INTEGRATION).data

    single = isinstance(data, dict)
    assert single == ("list" not in FACTS[type_]["actions"])


@EVERY_TYPE
@pytest.mark.usefixtures("one_of_each")
def test_type_has_a_resource_that_is_retrievable_by_its_id(
    ask: Callable[..., Any], type_: str
) -> None:
    """What is in a list can be retrieved at the list's path; an SKU then tells its inventory."""
    data = ask("GET", _target(type_), access_token=INTEGRATION).data

    single = isinstance(data, dict)
    target = _target(type_) if single else _target(type_, data[0]["id"])
    alone = ask("GET", target, access_token=INTEGRATION).data
    alone["attributes"].pop("inventory", None)
    assert alone == (data if single else data[0])


@EVERY_TYPE
@pytest.mark.usefixtures("one_of_each")
def test_type_is_that_of_the_resources_in_its_list(ask: Callable[..., Any], type_: str) -> None:
    """A list holds its own type, or those that it is the parent of."""
    data = ask("GET", _target(type_), access_token=INTEGRATION).data

    expected = {
        "transactions": {"authorizations", "captures", "voids", "refunds"},
        "payment_gateways": {"klarna_gateways"},
    }.get(type_, {type_})
    assert {each["type"] for each in (data if isinstance(data, list) else [data])} == expected


@EVERY_TYPE
def test_attribute_is_read_as_the_facts_have_it(type_: str) -> None:
    """Type, flags and nullability are the facts'; null is possible where they do not say."""
    found = {
        each.name: (each.type, each.flags, each.nullable)
        for each in resource_types()[type_].attributes.values()
    }

    assert found == {
        name: (fact["type"], fact["flags"], fact.get("nullable", True))
        for name, fact in FACTS[type_]["attributes"].items()
        if name != "id"
    }


@EVERY_TYPE
def test_money_is_what_is_told_in_cents(type_: str) -> None:
    """An amount is known by its cents, where an answer has them."""
    found = resource_types()[type_].money

    assert [f"{name}_cents" for name in found] == [
        name
        for name, fact in FACTS[type_]["attributes"].items()
        if name.endswith("_cents") and "r" in fact["flags"]
    ]


@EVERY_TYPE
def test_relationship_leads_to_the_types_of_its_class(type_: str) -> None:
    """Every class of the facts is either known, or of a type that the facts do not describe."""
    found = {
        relationship.name: relationship.types
        for relationship in resource_types()[type_].relationships.values()
    }

    assert found == {
        name: TYPES_OF_CLASS.get(fact["class"], ())
        for name, fact in FACTS[type_]["relationships"].items()
    }


@EVERY_TYPE
def test_relationship_is_includable_unless_it_is_to_event_stores(type_: str) -> None:
    """Of all relationships, only that to event stores cannot be included."""
    refused = [
        relationship.name
        for relationship in resource_types()[type_].relationships.values()
        if not relationship.includable
    ]

    assert refused == [name for name in FACTS[type_]["relationships"] if name == "event_stores"]


@EVERY_RESOURCE
def test_attributes_come_in_documented_order(ask: Callable[..., Any], type_: str, id_: str) -> None:
    """An answer holds every readable attribute and no other, in the order of the facts."""
    answer = ask("GET", _target(type_, id_), access_token=INTEGRATION)

    assert list(answer.data["attributes"]) == [
        name
        for name, fact in FACTS[type_]["attributes"].items()
        if "r" in fact["flags"] and name != "id"
    ]


@EVERY_RESOURCE
def test_attributes_have_the_documented_type(ask: Callable[..., Any], type_: str, id_: str) -> None:
    """An integer is no float and a flag no number; null is only where it may be."""
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


@EVERY_RESOURCE
def test_attributes_hold_a_documented_value_when_there_is_a_choice(
    ask: Callable[..., Any], type_: str, id_: str
) -> None:
    """Where the facts enumerate the values, an answer has one of them."""
    answer = ask("GET", _target(type_, id_), access_token=INTEGRATION)

    wrong = {
        name: value
        for name, value in answer.data["attributes"].items()
        if value is not None and value not in FACTS[type_]["attributes"][name].get("enum", [value])
    }
    assert wrong == {}


@EVERY_RESOURCE
def test_attributes_tell_when_the_resource_was_made(
    ask: Callable[..., Any], type_: str, id_: str
) -> None:
    """In the documented world, everything was made at the page's instant."""
    attributes = ask("GET", _target(type_, id_), access_token=INTEGRATION).data["attributes"]

    assert (attributes["created_at"], attributes["updated_at"]) == (
        "2018-01-01T12:00:00.000Z",
        "2018-01-01T12:00:00.000Z",
    )


def _target(type_: str, id_: str = "") -> str:
    """Name the path of a list or a resource; the only one of its type has a path of its own."""
    if FACTS[type_].get("singleton"):
        return f"/api/{type_.removesuffix('s')}"
    return f"/api/{type_}/{id_}".removesuffix("/")
