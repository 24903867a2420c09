"""An order is brought to where it can be paid with Klarna, and nothing of it is made twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from helpers import klarna_payments, line_items, orders, preparing, resources
from helpers.client import open_client, send
from helpers.documents import Document, target_of, update_document
from helpers.errors import DocumentError, NotFound, Unprocessable
from helpers.workbench import Workbench, open_workbench
from tests.klarna import reduced

LetOrdersComeAs = Callable[[Callable[[Document], Document]], None]

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


@pytest.fixture
def let_orders_come_as(monkeypatch: pytest.MonkeyPatch) -> LetOrdersComeAs:
    """Lend what changes every order on its way from the sandbox."""
    retrieve_order = orders.retrieve_order

    def let(change: Callable[[Document], Document]) -> None:
        monkeypatch.setattr(
            orders,
            "retrieve_order",
            lambda *arguments, **options: change(retrieve_order(*arguments, **options)),
        )

    return let


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


def test_order_is_created_where_orders_may_not_be_listed() -> None:
    """An access token that may not list its customer's orders still gets its order."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(401, json={"errors": [{"code": "UNAUTHORIZED"}]})
        return httpx.Response(201, json={"data": {"type": "orders", "id": "new"}})

    client = open_client(
        "http://127.0.0.1", access_token="a", transport=httpx.MockTransport(answer)
    )
    order = preparing.find_or_create_order(client, reference="r", customer_id="c")

    assert order.data["id"] == "new"


@pytest.mark.parametrize(("sku_code", "method"), [("OF THE ORDER", "GET"), ("ANOTHER", "POST")])
def test_line_items_are_looked_for_in_the_order_where_they_may_not_be_listed(
    sku_code: str, method: str
) -> None:
    """An access token that may not list an order's line items still finds the one there is."""
    shipping = {"item_type": "shipments", "sku_code": "ANOTHER"}
    goods = {"item_type": "skus", "sku_code": "OF THE ORDER"}
    items: list[dict[str, Any]] = [
        {"type": "line_items", "id": "bare"},
        {"type": "line_items", "id": "shipping", "attributes": shipping},
        {"type": "line_items", "id": "goods", "attributes": goods},
    ]
    linkage = {"data": [{"type": item["type"], "id": item["id"]} for item in items]}
    order = {"type": "orders", "id": "o", "relationships": {"line_items": linkage}}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/orders/o/line_items":
            return httpx.Response(401, json={"errors": [{"code": "UNAUTHORIZED"}]})
        if request.url.path == "/api/orders/o":
            return httpx.Response(200, json={"data": order, "included": items})
        found = request.url.path.removeprefix("/api/line_items").removeprefix("/") or "new"
        return httpx.Response(200, json={"data": {"type": "line_items", "id": found}})

    client = open_client(
        "http://127.0.0.1", access_token="a", transport=httpx.MockTransport(answer)
    )
    found = preparing.find_or_create_line_item(client, order_id="o", sku_code=sku_code)

    assert method_of(found) == method
    assert found.data["id"] == ("goods" if method == "GET" else "new")


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


def test_an_address_for_the_goods_that_is_there_stays(
    bench: Workbench, client: httpx.Client
) -> None:
    """An order with a shipping address only gets one for the bill, and keeps its own."""
    order_id = orders.create_order(client).data["id"]
    before = preparing.find_or_create_addresses(client, order_id=order_id, address=ADDRESS)
    integration = bench.client_for("integration")
    document = update_document("orders", id_=order_id, relationships={"billing_address": None})
    send(integration, "PATCH", target_of("orders", order_id), document=document)

    order = preparing.find_or_create_addresses(
        client, order_id=order_id, address={**ADDRESS, "line_1": "Via Roma 2"}
    )

    assert order.related("shipping_address") == before.related("shipping_address")
    assert order.related("billing_address")[0]["attributes"]["line_1"] == "Via Roma 2"


def test_an_address_that_an_order_has_refused_can_be_used_again(
    bench: Workbench, client: httpx.Client
) -> None:
    """Where the second request fails, the error names the address that the first has made."""
    order_id = orders.create_order(client).data["id"]
    set_lock(bench, order_id, "US")
    with pytest.raises(Unprocessable) as raised:
        preparing.find_or_create_addresses(client, order_id=order_id, address=ADDRESS)
    [address_id] = re.findall(r"billing_address_id='(\w+)'", "".join(raised.value.__notes__))
    set_lock(bench, order_id, None)
    before = count(bench, "addresses")

    order = preparing.find_or_create_addresses(
        client, order_id=order_id, address=ADDRESS, billing_address_id=address_id
    )

    assert [address["id"] for address in order.related("billing_address")] == [address_id]
    assert count(bench, "addresses") == before + 1  # the copy for the goods, and no other


def set_lock(bench: Workbench, order_id: str, country_code: str | None) -> None:
    """Let an order's goods go to one country only, or to any."""
    attributes = {"shipping_country_code_lock": country_code}
    document = update_document("orders", id_=order_id, attributes=attributes)
    send(bench.client_for("integration"), "PATCH", target_of("orders", order_id), document=document)


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
        ("http://127.0.0.1:8000", 70, {"client_token": "eyJhIjoiMCJ9.eyJhIjoiMCJ9.YQ"}, "POST"),
        ("http://127.0.0.1:8000", 0, {"mismatched_amounts": True}, "POST"),
        ("https://yourdomain.commercelayer.io", 0, {"updated_at": None}, "POST"),
        ("https://yourdomain.commercelayer.io", 0, {"updated_at": 1}, "POST"),
        ("https://yourdomain.commercelayer.io", 0, {"updated_at": "x"}, "POST"),
        ("https://yourdomain.commercelayer.io", 0, {"updated_at": "2999-01-01T00:00:00"}, "POST"),
    ],
    ids=[
        "young",
        "old",
        "old in a sandbox",
        "old behind a tunnel",
        "of another amount",
        "of no time",
        "of a number",
        "of no readable time",
        "of a time without offset",
    ],
)
def test_a_klarna_payment_is_kept_as_long_as_it_is_of_use(
    client: httpx.Client,
    let_orders_come_as: LetOrdersComeAs,
    base_url: str,
    minutes: int,
    attributes: dict[str, Any],
    method: str,
) -> None:
    """Klarna takes an authorization for an hour, and for the amount that it was given for."""
    age = timedelta(minutes=minutes)
    let_orders_come_as(lambda order: aged(order, base_url=base_url, age=age, **attributes))

    payment = preparing.find_or_create_klarna_payment(client, order_id=NOT_AUTHORIZED)

    assert method_of(payment) == method


@pytest.mark.parametrize("attributes", [{}, None, "missing"], ids=str)
def test_a_klarna_payment_that_tells_nothing_is_of_no_use(
    client: httpx.Client, let_orders_come_as: LetOrdersComeAs, attributes: object
) -> None:
    """Without a time to be read, a Klarna payment is taken for one that is too old."""
    let_orders_come_as(lambda order: reduced(order, "klarna_payments", attributes))

    payment = preparing.find_or_create_klarna_payment(client, order_id=NOT_AUTHORIZED)

    assert method_of(payment) == "POST"


@pytest.mark.parametrize("attributes", [{}, None, "missing"], ids=str)
def test_a_payment_method_that_tells_no_type_is_none_for_klarna(
    client: httpx.Client, let_orders_come_as: LetOrdersComeAs, order_id: str, attributes: object
) -> None:
    """What cannot be told to be Klarna's is not chosen."""
    let_orders_come_as(lambda order: reduced(order, "payment_methods", attributes))

    with pytest.raises(DocumentError, match="klarna_payments, got None"):
        preparing.choose_klarna(client, order_id=order_id)


def test_an_order_that_is_not_there_is_refused(client: httpx.Client) -> None:
    """Errors of the requests come through as they are."""
    with pytest.raises(NotFound):
        preparing.choose_klarna(client, order_id="unknown")
