"""Requests about orders, through both doors of the sandbox."""

from __future__ import annotations

import httpx
import pytest

from helpers import orders
from helpers.errors import NotFound, Unauthorized, Unprocessable

AUTHORIZED = "qaMAhZkZvd"
WITHOUT_PAYMENT_SOURCE = "pWZkeVLoJn"
UNAUTHORIZED_KLARNA_PAYMENT = "kLRAyaVMqb"
PLACED = "drYpoNLxZA"
OF_ANOTHER_CUSTOMER = "gRmoXvLbKz"
ENTRY_OF_ANOTHER_CUSTOMER = "LZkVQvoXne"
KLARNA_PAYMENT = "ertHJlpPTR"


@pytest.fixture
def entry_id(client: httpx.Client) -> str:
    """Save the order's payment source, and tell the wallet entry's id."""
    order = orders.save_payment_source_to_customer_wallet(client, order_id=AUTHORIZED)
    [entry] = order.related("available_customer_payment_sources")
    return entry["id"]


def test_retrieving_brings_the_order(client: httpx.Client) -> None:
    """The order that was asked for is the primary data."""
    order = orders.retrieve_order(client, order_id=AUTHORIZED)

    assert (order.data["type"], order.data["id"]) == ("orders", AUTHORIZED)


def test_retrieving_includes_what_is_named(client: httpx.Client) -> None:
    """A relationship that is named comes in full."""
    order = orders.retrieve_order(client, order_id=AUTHORIZED, include=("payment_source",))

    assert [r["id"] for r in order.related("payment_source")] == [KLARNA_PAYMENT]


def test_saving_puts_one_entry_in_the_wallet(client: httpx.Client) -> None:
    """After the trigger, the wallet holds the payment source."""
    order = orders.save_payment_source_to_customer_wallet(client, order_id=AUTHORIZED)

    assert [r["id"] for r in order.related("available_customer_payment_sources")] == ["QgDXpwsqDx"]


def test_saving_again_changes_nothing(client: httpx.Client) -> None:
    """A request that is sent twice by mistake leaves one entry, and the same answer."""
    first, second = (
        orders.save_payment_source_to_customer_wallet(client, order_id=AUTHORIZED) for _ in "12"
    )

    assert second.body == first.body


def test_reusing_makes_another_order_pay_with_the_entry(
    client: httpx.Client, entry_id: str
) -> None:
    """The order gets the payment source that the wallet entry stands for."""
    order = orders.reuse_customer_payment_source(
        client,
        order_id=WITHOUT_PAYMENT_SOURCE,
        customer_payment_source_id=entry_id,
        include=("payment_source",),
    )

    assert [r["id"] for r in order.related("payment_source")] == [KLARNA_PAYMENT]


@pytest.mark.parametrize(
    ("order_id", "error", "pointer"),
    [
        (WITHOUT_PAYMENT_SOURCE, Unprocessable, "/data/relationships/payment_source"),
        (UNAUTHORIZED_KLARNA_PAYMENT, Unprocessable, "/data/relationships/payment_source"),
        (OF_ANOTHER_CUSTOMER, Unauthorized, None),
        ("unknown", NotFound, None),
    ],
)
def test_saving_is_refused_with_a_reason(
    client: httpx.Client, order_id: str, error: type[Exception], pointer: str | None
) -> None:
    """Each refusal of step 1 has its class, and points to what is at fault."""
    with pytest.raises(error) as raised:
        orders.save_payment_source_to_customer_wallet(client, order_id=order_id)

    assert [e.get("source", {}).get("pointer") for e in raised.value.errors] == [pointer]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("order_id", "customer_payment_source_id", "error"),
    [
        (WITHOUT_PAYMENT_SOURCE, "unknown", NotFound),
        (WITHOUT_PAYMENT_SOURCE, KLARNA_PAYMENT, NotFound),
        (WITHOUT_PAYMENT_SOURCE, ENTRY_OF_ANOTHER_CUSTOMER, NotFound),
        (PLACED, "QgDXpwsqDx", Unauthorized),
        ("unknown", "QgDXpwsqDx", NotFound),
    ],
    ids=["unknown", "a Klarna payment's id", "another customer's", "placed", "no such order"],
)
def test_reusing_is_refused(
    client: httpx.Client,
    entry_id: str,
    order_id: str,
    customer_payment_source_id: str,
    error: type[Exception],
) -> None:
    """Each refusal of step 2 has its class."""
    with pytest.raises(error):
        orders.reuse_customer_payment_source(
            client, order_id=order_id, customer_payment_source_id=customer_payment_source_id
        )


def test_a_new_order_has_the_access_tokens_market_and_customer(client: httpx.Client) -> None:
    """What is sent is the reference, and nothing else."""
    order = orders.create_order(client, reference="mine", include=("customer", "market"))

    assert order.exchange.sent == {"data": {"type": "orders", "attributes": {"reference": "mine"}}}
    assert [customer["id"] for customer in order.related("customer")] == ["jENxlDKaVB"]
    assert len(order.related("market")) == 1
    assert order.data["attributes"]["status"] == "draft"


def test_a_new_order_needs_no_reference(client: httpx.Client) -> None:
    """Where no reference is given, none is sent."""
    assert orders.create_order(client).exchange.sent == {
        "data": {"type": "orders", "attributes": {}}
    }


def test_orders_of_a_customer_are_listed_filtered_and_sorted(client: httpx.Client) -> None:
    """The list holds the customer's own, narrowed down and in the order that was asked for."""
    mine = [orders.create_order(client, reference=name).data["id"] for name in ("a", "b", "c")]

    listed = orders.list_orders_of_customer(
        client,
        customer_id="jENxlDKaVB",
        filters={"reference_in": ("a", "c"), "status_eq": "draft"},
        sort=("-reference",),
        include=("market",),
    )

    assert [order["id"] for order in listed.resources] == [mine[2], mine[0]]
    assert [each["type"] for each in listed.included] == ["markets"]


def test_orders_of_another_customer_are_not_listed(client: httpx.Client) -> None:
    """Whose orders are listed depends on who asks."""
    with pytest.raises(Unauthorized):
        orders.list_orders_of_customer(client, customer_id="vMRybPWzoE")


def test_choosing_a_payment_method_drops_the_payment_source(client: httpx.Client) -> None:
    """An order pays in one way; another method wants another source."""
    order = orders.retrieve_order(
        client, order_id=AUTHORIZED, include=("payment_method", "available_payment_methods")
    )
    [held] = order.related("payment_method")
    [other] = [m for m in order.related("available_payment_methods") if m["id"] != held["id"]]

    changed = orders.set_payment_method(
        client,
        order_id=AUTHORIZED,
        payment_method_id=other["id"],
        include=("payment_method", "payment_source"),
    )

    assert [method["id"] for method in changed.related("payment_method")] == [other["id"]]
    assert changed.related("payment_source") == []


def test_a_payment_method_that_is_not_there_is_refused(client: httpx.Client) -> None:
    """An unknown id is refused, and nothing is chosen."""
    with pytest.raises((NotFound, Unprocessable)):
        orders.set_payment_method(client, order_id=AUTHORIZED, payment_method_id="unknown")
