"""What an answer holds of a resource's attributes: stored ones, and those that follow."""

from __future__ import annotations

import pytest

from helpers.sandbox.attributes import readable_attributes
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Resource


@pytest.mark.parametrize(
    ("cents", "currency", "number", "text"),
    [
        (6200, "EUR", 62.0, "€62,00"),
        (0, "EUR", 0.0, "€0,00"),
        (-500, "EUR", -5.0, "-€5,00"),
        (-5, "EUR", -0.05, "-€0,05"),
        (123456789, "EUR", 1234567.89, "€1.234.567,89"),
        (-123456789, "USD", -1234567.89, "-$1,234,567.89"),
        (1200, "GBP", 12.0, "£12.00"),
        (1200, "CHF", 12.0, "CHF 12.00"),
    ],
)
def test_amount_is_told_three_times(cents: int, currency: str, number: float, text: str) -> None:
    """Float and formatted text follow from the cents."""
    attributes = {"amount_cents": cents, "currency_code": currency}
    known = readable_attributes(Resource("prices", "price", attributes, {}))

    assert (known["amount_float"], known["formatted_amount"]) == (number, text)


def test_amount_is_null_when_there_are_no_cents() -> None:
    """Nothing follows from nothing."""
    known = readable_attributes(Resource("prices", "price", {"currency_code": "EUR"}, {}))

    assert (known["amount_cents"], known["amount_float"], known["formatted_amount"]) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("status", "editable"),
    [("draft", True), ("pending", True), ("placed", False), ("cancelled", False)],
)
def test_order_is_editable_until_it_is_placed(status: str, editable: bool) -> None:
    """Whether an order can be edited follows from its status."""
    known = readable_attributes(Resource("orders", "order", {"status": status}, {}))

    assert known["editable"] == editable


def test_metadata_is_empty_when_there_is_none() -> None:
    """Metadata is an object in every answer."""
    known = readable_attributes(Resource("prices", "price", {}, {}))

    assert known["metadata"] == {}


def test_attributes_come_in_documented_order(subtests: pytest.Subtests) -> None:
    """Every readable attribute is there, known or not, and nothing else is."""
    assert resource_types()
    for type_ in resource_types():
        with subtests.test(type_):
            money = {f"{name}_cents": 100 for name in resource_types()[type_].money}
            stored = {"status": "draft", "unheard_of": 1, "password": "secret", **money}
            known = readable_attributes(Resource(type_, "id", stored, {}))

            assert list(known) == [
                name
                for name, attribute in resource_types()[type_].attributes.items()
                if attribute.readable
            ]


def test_stored_attributes_come_before_those_that_follow() -> None:
    """What is stored is what is answered."""
    stored = {"status": "draft", "total_amount_cents": 100, "total_amount_float": 7.0}
    known = readable_attributes(Resource("orders", "order", stored, {}))

    assert (known["total_amount_cents"], known["total_amount_float"]) == (100, 7.0)


def test_attributes_are_those_that_are_asked_for() -> None:
    """In documented order, whatever the order they were asked for in."""
    resource = Resource("orders", "order", {"status": "draft", "number": "1"}, {})
    known = readable_attributes(resource, frozenset({"metadata", "number", "customer", "editable"}))

    assert list(known.items()) == [("number", "1"), ("editable", True), ("metadata", {})]


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("orders", "metadata"),
        ("line_items", "discount_breakdown"),
        ("line_items", "tax_breakdown"),
    ],
)
def test_object_is_empty_where_nothing_is_known_of_it(type_: str, name: str) -> None:
    """Clients look into these without asking whether they are there."""
    stored = {"status": "draft"}

    assert readable_attributes(Resource(type_, "one", stored, {}))[name] == {}


def test_inventory_is_there_where_an_sku_is_alone() -> None:
    """Lists and what is included leave it out."""
    sku = Resource("skus", "sku", {}, {})

    with_it, without = (set(readable_attributes(sku, alone=alone)) for alone in (True, False))
    assert with_it - without == {"inventory"}
