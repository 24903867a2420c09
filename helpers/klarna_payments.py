"""Requests about Klarna payments: one function a request.

Besides the errors that it names, each raises ArgumentError for an id or a name to include that is
none, NoAnswerError where nothing came back, and DocumentError for an answer that is no document.
"""

from __future__ import annotations

import httpx

from helpers.client import send
from helpers.documents import Document, create_document, target_of, update_document

__all__ = ["create_klarna_payment", "retrieve_klarna_payment", "set_auth_token"]


def create_klarna_payment(
    client: httpx.Client, *, order_id: str, include: tuple[str, ...] = ()
) -> Document:
    """Create a Klarna payment for an order; it becomes the order's payment source.

    Sends ``POST /api/klarna_payments`` with the relationship ``order`` and nothing else. The API
    opens a session with Klarna, for what the order costs now. When the order changes, the Klarna
    payment is dropped from it, and a new one has to be created.

    Args:
        client: An open client.
        order_id: The id of an order whose payment method wants a Klarna payment.
        include: Relationships to return in full beside the Klarna payment.

    Returns:
        The new Klarna payment. Its ``client_token`` opens Klarna's page, its ``payment_methods``
        are what Klarna offers, and its ``auth_token`` is null until the customer has agreed.

    Raises:
        NotFound: No order has this id.
        Unauthorized: The access token is not valid, or may not change this order.
        Unprocessable: The order's payment method wants something else.

    Source: the how-to "Klarna: adding the payment source",
    https://docs.commercelayer.io/core/how-tos/placing-orders/payments/klarna/adding-the-payment-source
    """
    document = create_document(
        "klarna_payments", relationships={"order": {"type": "orders", "id": order_id}}
    )
    return send(client, "POST", target_of("klarna_payments", include=include), document=document)


def retrieve_klarna_payment(
    client: httpx.Client, *, klarna_payment_id: str, include: tuple[str, ...] = ()
) -> Document:
    """Retrieve a Klarna payment.

    Sends ``GET /api/klarna_payments/:id``. Nothing changes.

    Args:
        client: An open client.
        klarna_payment_id: The Klarna payment's id.
        include: Relationships to return in full beside it.

    Returns:
        The Klarna payment, with the included resource objects.

    Raises:
        NotFound: No Klarna payment has this id.
        Unauthorized: The access token is not valid, or may not see this Klarna payment's order.

    Source: https://docs.commercelayer.io/core/v/api-reference/klarna_payments
    """
    return send(client, "GET", target_of("klarna_payments", klarna_payment_id, include=include))


def set_auth_token(
    client: httpx.Client, *, klarna_payment_id: str, auth_token: str, include: tuple[str, ...] = ()
) -> Document:
    """Hand over Klarna's authorization token, the sign that the customer has agreed to pay.

    Sends ``PATCH /api/klarna_payments/:id`` with ``auth_token``.

    Args:
        client: An open client.
        klarna_payment_id: The id of the Klarna payment that the customer was asked about.
        auth_token: What Klarna's script handed over. Klarna takes it for 60 minutes.
        include: Relationships to return in full beside the Klarna payment.

    Returns:
        The updated Klarna payment, with the included resource objects.

    Raises:
        NotFound: No Klarna payment has this id.
        Unauthorized: The access token is not valid, or may not change this Klarna payment's order.
        Unprocessable: The request was understood and refused; ``errors`` says why.

    Source: the how-to "Klarna: sending back the authorization token",
    https://docs.commercelayer.io/core/v/how-tos/placing-orders/payments/klarna/sending-back-the-authorization-token
    """
    document = update_document(
        "klarna_payments", id_=klarna_payment_id, attributes={"auth_token": auth_token}
    )
    target = target_of("klarna_payments", klarna_payment_id, include=include)
    return send(client, "PATCH", target, document=document, repeatable=True)
