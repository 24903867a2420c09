"""An order is brought to where it can be paid with Klarna, and nothing of it is made twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from helpers import klarna_payments, line_items, orders, preparing, resources
from helpers.client import send
from helpers.documents import Document, target_of, update_document
from helpers.errors import DocumentError, NotFound, Unprocessable
from helpers.workbench import Workbench, open_workbench

SHIRT = "TSHIRTMM000000FFFFFFXLXX"
HOODIE = "HOODIEWW000000FFFFFFMXXX"
BY_EMAIL = "GIFTCARDEMAIL00000000025"
WITHOUT_KLARNA_PAYMENT = "pWZkeVLoJn"
NOT_AUTHORIZED = "kLRAyaVMqb"
ADDRESS = {
    "first_name": "John",
    "last_name": "Smith",
    "line_1": "Via dei Mille 1",
    "city": "Firenze",
    "zip_code": "50100",
    "state_code": "FI",
    "country_code": "IT",
    "phone": "+39 055 1234567890",
}


@pytest.fixture
def bench() -> Iterator[Workbench]:
    """Open a sandbox in process: what is tested here does not depend on the door."""
    with open_workbench(door="process", organization=None) as bench:
        yield bench


@pytest.fixture
def client(bench: Workbench) -> httpx.Client:
    """Lend the customer's client."""
    return bench.client


@pytest.fixture
def order_id(bench: Workbench) -> str:
    """Prepare an order as far as its goods and addresses."""
    order = preparing.find_or_create_order(
        bench.client, reference="prepared", customer_id=bench.customer_id
    )
    order_id = order.data["id"]
    preparing.find_or_create_line_item(bench.client, order_id=order_id, sku_code=SHIRT)
    preparing.find_or_create_addresses(bench.client, order_id=order_id, address=ADDRESS)
    return order_id


def method_of(answer: Document) -> str:
    """Tell the method of the request that was answered."""
    return answer.exchange.method


def count(bench: Workbench, type_: str) -> int:
    """Count all resources of a type."""
    found = resources.list_resources(bench.client_for("integration"), type_)
    number: int = found.body["meta"]["record_count"]
    return number


def test_an_order_is_prepared_from_nothing_to_a_wallet_entry(
    bench: Workbench, client: httpx.Client, order_id: str
) -> None:
    """After all steps and an authorization, the order's payment source can be saved."""
    preparing.choose_shipping_method(client, order_id=order_id)
    preparing.choose_klarna(client, order_id=order_id)
    payment = preparing.find_or_create_klarna_payment(client, order_id=order_id)
    klarna_payments.set_auth_token(
        client, klarna_payment_id=payment.data["id"], auth_token="an-authorization"
    )

    saved = orders.save_payment_source_to_customer_wallet(client, order_id=order_id)

    assert len(saved.related("available_customer_payment_sources")) == 1


STEPS: dict[str, tuple[str, Callable[[Workbench, str], Document]]] = {
    "order": (
        "POST",
        lambda bench, order_id: preparing.find_or_create_order(
            bench.client, reference="of mine", customer_id=bench.customer_id
        ),
    ),
    "line item": (
        "POST",
        lambda bench, order_id: preparing.find_or_create_line_item(
            bench.client, order_id=order_id, sku_code=HOODIE
        ),
    ),
    "addresses": (
        "PATCH",
        lambda bench, order_id: preparing.find_or_create_addresses(
            bench.client, order_id=order_id, address=ADDRESS
        ),
    ),
    "shipping method": (
        "PATCH",
        lambda bench, order_id: preparing.choose_shipping_method(bench.client, order_id=order_id),
    ),
    "payment method": (
        "PATCH",
        lambda bench, order_id: preparing.choose_klarna(bench.client, order_id=order_id),
    ),
    "Klarna payment": (
        "POST",
        lambda bench, order_id: preparing.find_or_create_klarna_payment(
            bench.client, order_id=order_id
        ),
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_is_taken_again_only_looks(bench: Workbench, order_id: str, name: str) -> None:
    """The first time creates or changes, the second time finds the very same, and adds nothing."""
    method, step = STEPS[name]
    if name == "addresses":
        order_id = orders.create_order(bench.client).data["id"]
    if name == "Klarna payment":
        preparing.choose_klarna(bench.client, order_id=order_id)
    types = ("orders", "line_items", "addresses", "shipments", "klarna_payments")
    first = step(bench, order_id)
    before = [count(bench, type_) for type_ in types]

    second = step(bench, order_id)

    assert [method_of(first), method_of(second)] == [method, "GET"]
    assert second.data == first.data
    assert [count(bench, type_) for type_ in types] == before


def test_orders_of_another_reference_are_left_alone(bench: Workbench, order_id: str) -> None:
    """Another reference makes another order."""
    other = preparing.find_or_create_order(
        bench.client, reference="another", customer_id=bench.customer_id
    )

    assert (method_of(other), other.data["id"] != order_id) == ("POST", True)


def test_a_placed_order_is_not_found_again(bench: Workbench, client: httpx.Client) -> None:
    """An order of the reference that can no longer be changed is of no use."""
    integration = bench.client_for("integration")
    document = update_document("orders", id_="drYpoNLxZA", attributes={"reference": "placed"})
    send(integration, "PATCH", target_of("orders", "drYpoNLxZA"), document=document)

    order = preparing.find_or_create_order(
        client, reference="placed", customer_id=bench.customer_id
    )

    assert method_of(order) == "POST"


def test_without_a_known_customer_an_order_is_created(client: httpx.Client) -> None:
    """Where nobody can be looked up, every call creates an order."""
    created = [
        preparing.find_or_create_order(client, reference="again", customer_id=None) for _ in "12"
    ]

    assert [method_of(order) for order in created] == ["POST", "POST"]


def test_the_first_sku_is_found(client: httpx.Client) -> None:
    """Without a code, there is one SKU to buy all the same."""
    assert len(preparing.find_sku(client).resources) == 1


def test_an_sku_is_found_by_its_code(client: httpx.Client) -> None:
    """With a code, it is the one that is meant."""
    [sku] = preparing.find_sku(client, sku_code=HOODIE).resources

    assert sku["attributes"]["code"] == HOODIE


def test_an_sku_that_is_not_there_is_told_of(client: httpx.Client) -> None:
    """A wrong code is said to be wrong, and which setting it comes from."""
    with pytest.raises(DocumentError, match=r"'NONE', got none\. Set CL_SKU_CODE"):
        preparing.find_sku(client, sku_code="NONE")


def test_an_address_that_is_there_is_used_for_the_goods_too(
    bench: Workbench, client: httpx.Client
) -> None:
    """An order with a billing address only gets no second one."""
    order_id = orders.create_order(client).data["id"]
    preparing.find_or_create_addresses(client, order_id=order_id, address=ADDRESS)
    integration = bench.client_for("integration")
    document = update_document("orders", id_=order_id, relationships={"shipping_address": None})
    send(integration, "PATCH", target_of("orders", order_id), document=document)
    before = count(bench, "addresses")

    order = preparing.find_or_create_addresses(client, order_id=order_id, address={})

    assert len(order.related("shipping_address")) == 1
    assert count(bench, "addresses") == before + 1  # the copy for the goods, and no other


def test_an_order_without_anything_to_ship_is_told_of(bench: Workbench) -> None:
    """Where nothing ships, there is no shipment whose method could be chosen."""
    order_id = orders.create_order(bench.client).data["id"]
    preparing.find_or_create_line_item(bench.client, order_id=order_id, sku_code=BY_EMAIL)
    preparing.find_or_create_addresses(bench.client, order_id=order_id, address=ADDRESS)

    with pytest.raises(DocumentError, match="expected a shipment, got none"):
        preparing.choose_shipping_method(bench.client, order_id=order_id)


@pytest.mark.parametrize(
    ("type_", "step", "message"),
    [
        ("shipping_methods", preparing.choose_shipping_method, "shipping method, got none"),
        ("payment_methods", preparing.choose_klarna, "klarna_payments, got none"),
    ],
)
def test_a_method_that_is_not_available_is_told_of(
    bench: Workbench, order_id: str, type_: str, step: Callable[..., Document], message: str
) -> None:
    """Where the market has no such method, the error says what the organization needs."""
    integration = bench.client_for("integration")
    for method in resources.list_resources(integration, type_).resources:
        document = update_document(type_, id_=method["id"], attributes={"_disable": True})
        send(integration, "PATCH", target_of(type_, method["id"]), document=document)

    with pytest.raises(DocumentError, match=message):
        step(bench.client, order_id=order_id)


def test_a_klarna_payment_is_created_anew_once_the_order_has_changed(
    client: httpx.Client, order_id: str
) -> None:
    """What the order costs is what Klarna was asked for."""
    preparing.choose_klarna(client, order_id=order_id)
    first = preparing.find_or_create_klarna_payment(client, order_id=order_id)
    line_items.create_line_item(client, order_id=order_id, sku_code=HOODIE)

    second = preparing.find_or_create_klarna_payment(client, order_id=order_id)

    assert (method_of(second), second.data["id"] != first.data["id"]) == ("POST", True)


def test_a_klarna_payment_is_created_anew_when_that_is_asked_for(client: httpx.Client) -> None:
    """Whoever knows better than the helper may have a new one."""
    payment = preparing.find_or_create_klarna_payment(client, order_id=NOT_AUTHORIZED, renew=True)

    assert method_of(payment) == "POST"


def test_a_klarna_payment_wants_the_method_first(client: httpx.Client) -> None:
    """The order of the steps matters, and the API's own refusal says so."""
    with pytest.raises(Unprocessable):
        preparing.find_or_create_klarna_payment(client, order_id=WITHOUT_KLARNA_PAYMENT)


def aged(document: Document, *, base_url: str, age: timedelta, **attributes: Any) -> Document:
    """Put an order's payment source into the past, and the order into another place."""
    body = dict(document.body)
    touched_at = (datetime.now(UTC) - age).isoformat()
    body["included"] = [
        {**each, "attributes": {**each["attributes"], "updated_at": touched_at, **attributes}}
        for each in body["included"]
    ]
    return replace(document, body=body, exchange=replace(document.exchange, base_url=base_url))


@pytest.mark.parametrize(
    ("base_url", "minutes", "attributes", "method"),
    [
        ("https://yourdomain.commercelayer.io", 50, {}, "GET"),
        ("https://yourdomain.commercelayer.io", 70, {}, "POST"),
        ("http://127.0.0.1:8000", 70, {}, "GET"),
        ("http://127.0.0.1:8000", 0, {"mismatched_amounts": True}, "POST"),
    ],
    ids=["young", "old", "old in a sandbox", "of another amount"],
)
def test_a_klarna_payment_is_kept_as_long_as_it_is_of_use(
    client: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
    base_url: str,
    minutes: int,
    attributes: dict[str, Any],
    method: str,
) -> None:
    """Klarna takes an authorization for an hour, and for the amount that it was given for."""
    retrieve_order = orders.retrieve_order
    monkeypatch.setattr(
        orders,
        "retrieve_order",
        lambda *arguments, **options: aged(
            retrieve_order(*arguments, **options),
            base_url=base_url,
            age=timedelta(minutes=minutes),
            **attributes,
        ),
    )

    payment = preparing.find_or_create_klarna_payment(client, order_id=NOT_AUTHORIZED)

    assert method_of(payment) == method


def test_an_order_that_is_not_there_is_refused(client: httpx.Client) -> None:
    """Errors of the requests come through as they are."""
    with pytest.raises(NotFound):
        preparing.choose_klarna(client, order_id="unknown")
