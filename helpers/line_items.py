"""Requests about line items, the lines of an order: one function a request.

Besides the errors that it names, each raises ArgumentError for an id or a name to include that is
none, NoAnswerError where nothing came back, and DocumentError for an answer that is no document.
"""

from __future__ import annotations

import httpx

from helpers.client import send
from helpers.documents import Document, create_document, target_of
from helpers.querying import Filters, query_parameters

__all__ = ["create_line_item", "list_line_items_of_order", "retrieve_line_item"]


def create_line_item(
    client: httpx.Client,
    *,
    order_id: str,
    sku_code: str,
    quantity: int = 1,
    include: tuple[str, ...] = (),
) -> Document:
    """Put goods into an order.

    Sends ``POST /api/line_items``. The price is that of the order's market. With a customer and
    the first goods, a draft becomes pending.

    Args:
        client: An open client.
        order_id: The id of an order that is not placed yet.
        sku_code: The code of an SKU that has a price in the order's market.
        quantity: How many pieces.
        include: Relationships to return in full beside the line item.

    Returns:
        The new line item, with the included resource objects.

    Raises:
        NotFound: No order has this id.
        Unauthorized: The access token is not valid, or may not change this order.
        Unprocessable: No SKU has this code, it has no price there, or there is not enough of it;
            ``errors`` says which.

    Source: https://docs.commercelayer.io/core/v/api-reference/line_items
    """
    document = create_document(
        "line_items",
        attributes={"sku_code": sku_code, "quantity": quantity},
        relationships={"order": {"type": "orders", "id": order_id}},
    )
    return send(client, "POST", target_of("line_items", include=include), document=document)


def retrieve_line_item(
    client: httpx.Client, *, line_item_id: str, include: tuple[str, ...] = ()
) -> Document:
    """Retrieve a line item.

    Sends ``GET /api/line_items/:id``. Nothing changes.

    Args:
        client: An open client.
        line_item_id: The line item's id.
        include: Relationships to return in full beside it.

    Returns:
        The line item, with the included resource objects.

    Raises:
        NotFound: No line item has this id.
        Unauthorized: The access token is not valid, or may not see this line item's order.

    Source: https://docs.commercelayer.io/core/v/api-reference/line_items
    """
    return send(client, "GET", target_of("line_items", line_item_id, include=include))


def list_line_items_of_order(
    client: httpx.Client,
    *,
    order_id: str,
    filters: Filters | None = None,
    include: tuple[str, ...] = (),
    page_number: int = 1,
    page_size: int = 10,
) -> Document:
    """List the lines of an order: its goods, and what shipping and payment cost.

    Sends ``GET /api/orders/:id/line_items``. Nothing changes.

    Args:
        client: An open client.
        order_id: The order's id.
        filters: What the list is narrowed down to, such as ``{"item_type_eq": "skus"}``.
        include: Relationships to return in full beside the line items.
        page_number: Which page to return, counted from one.
        page_size: How many line items a page holds, 25 at most.

    Returns:
        One page of line items, in ``resources``; ``body["meta"]["record_count"]`` counts them all.

    Raises:
        BadRequest: A filter is none of a line item's.
        NotFound: No order has this id.
        Unauthorized: The access token is not valid, or may not see this order.

    Source: https://docs.commercelayer.io/core/fetching-relationships
    """
    parameters = query_parameters(filters=filters, page_number=page_number, page_size=page_size)
    target = target_of("orders", order_id, "line_items", include=include, parameters=parameters)
    return send(client, "GET", target)
