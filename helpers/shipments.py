"""Requests about shipments, of which an order has one or several: one function a request.

Besides the errors that it names, each raises ArgumentError for an id or a name to include that is
none, NoAnswerError where nothing came back, and DocumentError for an answer that is no document.
"""

from __future__ import annotations

import httpx

from helpers.client import send
from helpers.documents import Document, target_of, update_document

__all__ = ["retrieve_shipment", "set_shipping_method"]


def retrieve_shipment(
    client: httpx.Client, *, shipment_id: str, include: tuple[str, ...] = ()
) -> Document:
    """Retrieve a shipment.

    Sends ``GET /api/shipments/:id``. Nothing changes.

    Args:
        client: An open client.
        shipment_id: The shipment's id.
        include: Relationships to return in full beside it, such as ``available_shipping_methods``.

    Returns:
        The shipment, with the included resource objects.

    Raises:
        NotFound: No shipment has this id.
        Unauthorized: The access token is not valid, or may not see this shipment's order.

    Source: https://docs.commercelayer.io/core/v/api-reference/shipments
    """
    return send(client, "GET", target_of("shipments", shipment_id, include=include))


def set_shipping_method(
    client: httpx.Client,
    *,
    shipment_id: str,
    shipping_method_id: str,
    include: tuple[str, ...] = (),
) -> Document:
    """Choose how a shipment is going to be sent.

    Sends ``PATCH /api/shipments/:id`` with the relationship ``shipping_method``. The order pays
    for it from now on.

    Args:
        client: An open client.
        shipment_id: The id of a shipment whose order is not placed yet.
        shipping_method_id: The id of one of the shipment's ``available_shipping_methods``.
        include: Relationships to return in full beside the shipment.

    Returns:
        The updated shipment, with the included resource objects.

    Raises:
        NotFound: No shipment has this id, or no shipping method has the other.
        Unauthorized: The access token is not valid, or may not change this shipment's order.
        Unprocessable: The shipping method is none that is available for the shipment.

    Source: https://docs.commercelayer.io/core/v/api-reference/shipments
    """
    document = update_document(
        "shipments",
        id_=shipment_id,
        relationships={"shipping_method": {"type": "shipping_methods", "id": shipping_method_id}},
    )
    target = target_of("shipments", shipment_id, include=include)
    return send(client, "PATCH", target, document=document, repeatable=True)
