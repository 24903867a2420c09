"""Requests about customer payment sources, the entries of a customer wallet.

Besides the errors that it names, each raises ArgumentError for an id or a name to include that is
none, NoAnswerError where nothing came back, and DocumentError for an answer that is no document.
"""

from __future__ import annotations

import httpx

from helpers.client import send
from helpers.documents import Document, target_of

__all__ = [
    "list_customer_payment_sources_of_customer",
    "list_customer_payment_sources_of_order",
    "retrieve_customer_payment_source",
]


def retrieve_customer_payment_source(
    client: httpx.Client, *, customer_payment_source_id: str, include: tuple[str, ...] = ()
) -> Document:
    """Retrieve one entry of a customer wallet.

    Sends ``GET /api/customer_payment_sources/:id``. Nothing changes.

    Args:
        client: An open client.
        customer_payment_source_id: The entry's id.
        include: Relationships to return in full beside it, such as ``payment_source``.

    Returns:
        The customer payment source, with the included resource objects.

    Raises:
        NotFound: No customer payment source has this id.
        Unauthorized: The access token is not valid, or may not see this one.

    Source: https://docs.commercelayer.io/core/v/api-reference/customer_payment_sources
    """
    target = target_of("customer_payment_sources", customer_payment_source_id, include=include)
    return send(client, "GET", target)


def list_customer_payment_sources_of_customer(
    client: httpx.Client,
    *,
    customer_id: str,
    include: tuple[str, ...] = (),
    page_number: int = 1,
    page_size: int = 10,
) -> Document:
    """List a customer's wallet.

    Sends ``GET /api/customers/:id/customer_payment_sources``. Nothing changes.

    Args:
        client: An open client.
        customer_id: The customer's id.
        include: Relationships to return in full beside the entries.
        page_number: Which page to return, counted from one.
        page_size: How many entries a page holds, 25 at most.

    Returns:
        One page of the wallet, in ``resources``; ``body["meta"]["record_count"]`` counts them all.

    Raises:
        NotFound: No customer has this id.
        Unauthorized: The access token is not valid, or may not see this customer.

    Source: https://docs.commercelayer.io/core/fetching-relationships
    """
    return _list(
        client,
        ("customers", customer_id, "customer_payment_sources"),
        include=include,
        page_number=page_number,
        page_size=page_size,
    )


def list_customer_payment_sources_of_order(
    client: httpx.Client,
    *,
    order_id: str,
    include: tuple[str, ...] = (),
    page_number: int = 1,
    page_size: int = 10,
) -> Document:
    """List the customer payment sources that an order can be paid with.

    Sends ``GET /api/orders/:id/available_customer_payment_sources``. Nothing changes.

    Args:
        client: An open client.
        order_id: The order's id.
        include: Relationships to return in full beside the entries.
        page_number: Which page to return, counted from one.
        page_size: How many entries a page holds, 25 at most.

    Returns:
        One page of entries, in ``resources``; ``body["meta"]["record_count"]`` counts them all.

    Raises:
        NotFound: No order has this id.
        Unauthorized: The access token is not valid, or may not see this order.

    Source: https://docs.commercelayer.io/core/fetching-relationships
    """
    return _list(
        client,
        ("orders", order_id, "available_customer_payment_sources"),
        include=include,
        page_number=page_number,
        page_size=page_size,
    )


def _list(
    client: httpx.Client,
    path: tuple[str, str, str],
    *,
    include: tuple[str, ...],
    page_number: int,
    page_size: int,
) -> Document:
    parameters = {"page[number]": page_number, "page[size]": page_size}
    return send(client, "GET", target_of(*path, include=include, parameters=parameters))
