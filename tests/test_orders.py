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
