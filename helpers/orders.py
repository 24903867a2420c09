"""Requests about orders: one function a request.

Besides the errors that it names, each raises ArgumentError for an id or a name to include that is
none, NoAnswerError where nothing came back, and DocumentError for an answer that is no document.
"""

from __future__ import annotations

import httpx

from helpers.client import send
from helpers.documents import Document, target_of, update_document

__all__ = [
    "retrieve_order",
    "reuse_customer_payment_source",
    "save_payment_source_to_customer_wallet",
]


def retrieve_order(
    client: httpx.Client, *, order_id: str, include: tuple[str, ...] = ()
) -> Document:
    """Retrieve an order.

    Sends ``GET /api/orders/:id``. Nothing changes.

    Args:
        client: An open client.
        order_id: The order's id.
        include: Relationships to return in full beside the order.

    Returns:
        The order, with the included resource objects.

    Raises:
        NotFound: No order has this id.
        Unauthorized: The access token is not valid, or may not see this order.

    Source: https://docs.commercelayer.io/core/v/api-reference/orders
    """
    return send(client, "GET", target_of("orders", order_id, include=include))


def save_payment_source_to_customer_wallet(
    client: httpx.Client,
    *,
    order_id: str,
    include: tuple[str, ...] = ("available_customer_payment_sources",),
) -> Document:
    """Save the order's payment source to its customer's wallet.

    Sends ``PATCH /api/orders/:id`` with the trigger attribute
    ``_save_payment_source_to_customer_wallet`` set to true. The order keeps its payment source;
    the wallet gains one customer payment source.

    Args:
        client: An open client.
        order_id: The id of an order whose Klarna payment has its ``auth_token``.
        include: Relationships to return in full beside the order.

    Returns:
        The updated order, with the included resource objects.

    Raises:
        NotFound: No order has this id.
        Unauthorized: The access token is not valid, is a guest's, or may not see this order.
        Unprocessable: The order lacks what is to be saved; ``errors`` says what.

    Source: the how-to "Klarna: reusing the payment source", step 1,
    https://docs.commercelayer.io/how-tos/placing-orders/payments/klarna/reusing-the-payment-source
    """
    return _update_order(
        client, order_id, "_save_payment_source_to_customer_wallet", True, include=include
    )


def reuse_customer_payment_source(
    client: httpx.Client,
    *,
    order_id: str,
    customer_payment_source_id: str,
    include: tuple[str, ...] = (),
) -> Document:
    """Pay an order with a payment source from its customer's wallet.

    Sends ``PATCH /api/orders/:id`` with ``_customer_payment_source_id``. The order's payment
    source becomes the one that the wallet entry stands for.

    Args:
        client: An open client.
        order_id: The id of an order that is not placed yet.
        customer_payment_source_id: The id of the wallet entry; not that of the Klarna payment.
        include: Relationships to return in full beside the order.

    Returns:
        The updated order, with the included resource objects.

    Raises:
        NotFound: No order has this id, or the customer's wallet has no such entry.
        Unauthorized: The access token is not valid, is a guest's, or may not change this order.
        Unprocessable: The request was understood and refused; ``errors`` says why.

    Source: the how-to "Klarna: reusing the payment source", step 2,
    https://docs.commercelayer.io/how-tos/placing-orders/payments/klarna/reusing-the-payment-source
    """
    return _update_order(
        client,
        order_id,
        "_customer_payment_source_id",
        customer_payment_source_id,
        include=include,
    )


def _update_order(
    client: httpx.Client, order_id: str, name: str, value: object, *, include: tuple[str, ...]
) -> Document:
    return send(
        client,
        "PATCH",
        target_of("orders", order_id, include=include),
        document=update_document("orders", id_=order_id, attributes={name: value}),
    )
