"""Requests that fill an order: line items, addresses, shipments, SKUs; through both doors."""

from __future__ import annotations

import httpx
import pytest

from helpers import addresses, line_items, orders, shipments, skus
from helpers.errors import NotFound, Unprocessable

ORDER = "qaMAhZkZvd"
DRAFTED = "pWZkeVLoJn"
SHIRT = "TSHIRTMM000000FFFFFFXLXX"
ADDRESS = {
    "first_name": "John",
    "last_name": "Smith",
    "line_1": "Via dei Mille 1",
    "city": "Firenze",
    "country_code": "IT",
    "zip_code": "50100",
    "state_code": "FI",
    "phone": "+39 055 1234567890",
}


def test_a_line_item_names_its_order_and_what_is_bought(client: httpx.Client) -> None:
    """What is sent is the code, the quantity and the order; the price comes from the market."""
    order_id = orders.create_order(client).data["id"]

    item = line_items.create_line_item(client, order_id=order_id, sku_code=SHIRT, quantity=2)

    assert item.exchange.sent == {
        "data": {
            "type": "line_items",
            "attributes": {"sku_code": SHIRT, "quantity": 2},
            "relationships": {"order": {"data": {"type": "orders", "id": order_id}}},
        }
    }
    assert item.data["attributes"]["total_amount_cents"] == 10_000


def test_a_line_item_can_be_retrieved(client: httpx.Client) -> None:
    """A line item can be looked at by its id, with its order."""
    [found] = line_items.list_line_items_of_order(client, order_id=ORDER, page_size=1).resources

    item = line_items.retrieve_line_item(client, line_item_id=found["id"], include=("order",))

    assert [order["id"] for order in item.related("order")] == [ORDER]


def test_the_lines_of_an_order_can_be_narrowed_down(client: httpx.Client) -> None:
    """Shipping and payment are lines too; a filter leaves the goods."""
    goods = line_items.list_line_items_of_order(
        client, order_id=ORDER, filters={"item_type_eq": "skus"}
    )

    assert [item["attributes"]["sku_code"] for item in goods.resources] == [SHIRT]
    assert len(line_items.list_line_items_of_order(client, order_id=ORDER).resources) > 1


def test_what_is_not_sold_cannot_be_bought(client: httpx.Client) -> None:
    """An unknown code is refused, and the error points to it."""
    with pytest.raises(Unprocessable) as raised:
        line_items.create_line_item(client, order_id=DRAFTED, sku_code="NONE")

    assert raised.value.errors[0]["source"]["pointer"] == "/data/attributes/sku_code"


def test_an_address_has_the_parts_that_were_given(client: httpx.Client) -> None:
    """What was not given is not sent."""
    address = addresses.create_address(client, **ADDRESS)

    assert address.exchange.sent == {"data": {"type": "addresses", "attributes": ADDRESS}}
    assert address.data["attributes"]["city"] == "Firenze"


def test_an_address_without_a_street_is_refused(client: httpx.Client) -> None:
    """A part that is missing is named."""
    with pytest.raises(Unprocessable, match="line_1"):
        addresses.create_address(client, **{**ADDRESS, "line_1": ""})


def test_bill_and_goods_go_to_the_same_address(client: httpx.Client) -> None:
    """With one address, the trigger attribute copies it."""
    order_id = orders.create_order(client).data["id"]
    address_id = addresses.create_address(client, **ADDRESS).data["id"]

    order = orders.set_addresses(
        client,
        order_id=order_id,
        billing_address_id=address_id,
        include=("billing_address", "shipping_address"),
    )

    [billing], [shipping] = (
        order.related(name) for name in ("billing_address", "shipping_address")
    )
    assert (billing["id"], shipping["id"] != address_id) == (address_id, True)
    assert billing["attributes"]["name"] == shipping["attributes"]["name"]


def test_bill_and_goods_go_to_two_addresses(client: httpx.Client) -> None:
    """With two addresses, each has its place."""
    order_id = orders.create_order(client).data["id"]
    ids = [addresses.create_address(client, **ADDRESS).data["id"] for _ in "12"]

    order = orders.set_addresses(
        client,
        order_id=order_id,
        billing_address_id=ids[0],
        shipping_address_id=ids[1],
        include=("billing_address", "shipping_address"),
    )

    found = [order.related(name)[0]["id"] for name in ("billing_address", "shipping_address")]
    assert found == ids


def test_a_shipment_gets_another_shipping_method(client: httpx.Client) -> None:
    """The order pays for the method that its shipment is sent with."""
    [found] = orders.retrieve_order(client, order_id=ORDER, include=("shipments",)).related(
        "shipments"
    )
    shipment = shipments.retrieve_shipment(
        client, shipment_id=found["id"], include=("available_shipping_methods", "shipping_method")
    )
    [held] = shipment.related("shipping_method")
    [other] = [m for m in shipment.related("available_shipping_methods") if m != held]

    changed = shipments.set_shipping_method(
        client,
        shipment_id=found["id"],
        shipping_method_id=other["id"],
        include=("shipping_method",),
    )

    assert [method["id"] for method in changed.related("shipping_method")] == [other["id"]]
    assert (
        changed.data["attributes"]["cost_amount_cents"] == other["attributes"]["price_amount_cents"]
    )


def test_a_shipment_that_is_not_there_is_not_found(client: httpx.Client) -> None:
    """An unknown id is a class of its own."""
    with pytest.raises(NotFound):
        shipments.retrieve_shipment(client, shipment_id="unknown")


def test_skus_are_listed_filtered_and_sorted(client: httpx.Client) -> None:
    """A sales channel may list them, in an order and a number of its own choice."""
    found = skus.list_skus(
        client, filters={"code_start": "T"}, sort=("-code",), include=("prices",), page_size=5
    )

    assert [sku["attributes"]["code"] for sku in found.resources] == [SHIRT]
    assert {each["type"] for each in found.included} == {"prices"}
