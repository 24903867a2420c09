"""Requests about Klarna payments, through both doors of the sandbox."""

from __future__ import annotations

import httpx
import pytest

from helpers import klarna_payments, orders
from helpers.errors import NotFound, Unauthorized, Unprocessable

NOT_AUTHORIZED, ITS_PAYMENT = "kLRAyaVMqb", "mBqoAZyLEx"
WITHOUT_PAYMENT_METHOD = "pWZkeVLoJn"


def test_a_klarna_payment_takes_nothing_but_its_order(client: httpx.Client) -> None:
    """It becomes the order's payment source, and nobody has authorized it yet."""
    payment = klarna_payments.create_klarna_payment(client, order_id=NOT_AUTHORIZED)
    order = orders.retrieve_order(client, order_id=NOT_AUTHORIZED, include=("payment_source",))

    assert payment.exchange.sent == {
        "data": {
            "type": "klarna_payments",
            "attributes": {},
            "relationships": {"order": {"data": {"type": "orders", "id": NOT_AUTHORIZED}}},
        }
    }
    assert order.related("payment_source")[0]["id"] == payment.data["id"] != ITS_PAYMENT
    assert payment.data["attributes"]["auth_token"] is None


def test_a_klarna_payment_wants_its_payment_method(client: httpx.Client) -> None:
    """An order that is not going to be paid with Klarna gets no Klarna payment."""
    with pytest.raises(Unprocessable):
        klarna_payments.create_klarna_payment(client, order_id=WITHOUT_PAYMENT_METHOD)


def test_the_auth_token_is_sent_back(client: httpx.Client) -> None:
    """What Klarna's script handed over is in the Klarna payment afterwards."""
    klarna_payments.set_auth_token(client, klarna_payment_id=ITS_PAYMENT, auth_token="agreed")

    payment = klarna_payments.retrieve_klarna_payment(
        client, klarna_payment_id=ITS_PAYMENT, include=("order",)
    )

    assert payment.data["attributes"]["auth_token"] == "agreed"
    assert [order["id"] for order in payment.related("order")] == [NOT_AUTHORIZED]


@pytest.mark.parametrize(
    ("klarna_payment_id", "error"), [("unknown", NotFound), ("oPxKLZqvRb", Unauthorized)]
)
def test_others_klarna_payments_are_out_of_reach(
    client: httpx.Client, klarna_payment_id: str, error: type[Exception]
) -> None:
    """Neither one that is not there nor another customer's can be changed."""
    with pytest.raises(error):
        klarna_payments.set_auth_token(
            client, klarna_payment_id=klarna_payment_id, auth_token="agreed"
        )
