"""Requests about orders: one function a request.

Besides the errors that it names, each raises ArgumentError for an id or a name to include that is
none, NoAnswerError where nothing came back, and DocumentError for an answer that is no document.
What only reads, or says how an order is to be, is sent again where no answer came; what creates is
not.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from helpers.client import send
from helpers.documents import (
    Document,
    ResourceIdentifier,
    create_document,
    target_of,
    update_document,
)
from helpers.querying import Filters, query_parameters

__all__ = [
    "create_order",
    "list_orders_of_customer",
    "retrieve_order",
    "reuse_customer_payment_source",
    "save_payment_source_to_customer_wallet",
    "set_addresses",
    "set_payment_method",
]


def create_order(
    client: httpx.Client, *, reference: str | None = None, include: tuple[str, ...] = ()
) -> Document:
    """Create an order with nothing in it.

    Sends ``POST /api/orders``. The order is a draft. An access token of a sales channel brings its
    market, and one that was issued for a customer brings the customer; an integration's names
    neither, and is refused.

    Args:
        client: An open client.
        reference: A text of your own to find the order by; the API does not look at it.
        include: Relationships to return in full beside the order.

    Returns:
        The new order, with the included resource objects.

    Raises:
        Unauthorized: The access token is not valid, or may not create an order.
        Unprocessable: Something is missing, such as a market; ``errors`` says what.

    Source: https://docs.commercelayer.io/core/v/api-reference/orders
    """
    attributes = {} if reference is None else {"reference": reference}
    return send(
        client,
        "POST",
        target_of("orders", include=include),
        document=create_document("orders", attributes=attributes),
    )


def list_orders_of_customer(
    client: httpx.Client,
    *,
    customer_id: str,
    filters: Filters | None = None,
    sort: tuple[str, ...] = (),
    include: tuple[str, ...] = (),
    page_number: int = 1,
    page_size: int = 10,
) -> Document:
    """List a customer's orders.

    Sends ``GET /api/customers/:id/orders``. Nothing changes.

    Args:
        client: An open client.
        customer_id: The customer's id.
        filters: What the list is narrowed down to, such as ``{"status_eq": "pending"}``.
        sort: Attributes to sort by; a minus sign before one turns it round.
        include: Relationships to return in full beside the orders.
        page_number: Which page to return, counted from one.
        page_size: How many orders a page holds, 25 at most.

    Returns:
        One page of orders, in ``resources``; ``body["meta"]["record_count"]`` counts them all.

    Raises:
        BadRequest: A filter or an attribute to sort by is none of an order's.
        NotFound: No customer has this id.
        Unauthorized: The access token is not valid, or may not see this customer.

    Source: https://docs.commercelayer.io/core/fetching-relationships
    """
    parameters = query_parameters(
        filters=filters, sort=sort, page_number=page_number, page_size=page_size
    )
    target = target_of("customers", customer_id, "orders", include=include, parameters=parameters)
    return send(client, "GET", target)


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
    the wallet gains one customer payment source. Where nothing is known of what a request did, it
    is sent again: in the sandbox the wallet keeps one entry of a payment source however often it
    is saved. What the API does then, its documentation does not say.

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
    source becomes the one that the wallet entry stands for. Where nothing is known of what a
    request did, it is sent again, and says the same again.

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


def set_addresses(
    client: httpx.Client,
    *,
    order_id: str,
    billing_address_id: str,
    shipping_address_id: str | None = None,
    include: tuple[str, ...] = (),
) -> Document:
    """Say where the bill of an order goes, and where its goods go.

    Sends ``PATCH /api/orders/:id`` with the relationship ``billing_address``, and either
    ``shipping_address`` or the trigger attribute ``_shipping_address_same_as_billing``.

    Args:
        client: An open client.
        order_id: The id of an order that is not placed yet.
        billing_address_id: The id of an address.
        shipping_address_id: The id of another; None to ship to a copy of the first.
        include: Relationships to return in full beside the order.

    Returns:
        The updated order, with the included resource objects.

    Raises:
        NotFound: No order has this id, or no address has one of the others.
        Unauthorized: The access token is not valid, or may not change this order.
        Unprocessable: The request was understood and refused; ``errors`` says why.

    Source: https://docs.commercelayer.io/core/v/api-reference/orders
    """
    addresses = {"billing_address": _identified("addresses", billing_address_id)}
    attributes = {}
    if shipping_address_id is None:
        attributes["_shipping_address_same_as_billing"] = True
    else:
        addresses["shipping_address"] = _identified("addresses", shipping_address_id)
    return _send_update(
        client, order_id, attributes=attributes, relationships=addresses, include=include
    )


def set_payment_method(
    client: httpx.Client,
    *,
    order_id: str,
    payment_method_id: str,
    include: tuple[str, ...] = (),
) -> Document:
    """Choose how an order is going to be paid.

    Sends ``PATCH /api/orders/:id`` with the relationship ``payment_method``. A payment source that
    the order has is dropped.

    Args:
        client: An open client.
        order_id: The id of an order that is not placed yet.
        payment_method_id: The id of one of the order's ``available_payment_methods``. Its
            ``payment_source_type`` tells which payment source it wants.
        include: Relationships to return in full beside the order.

    Returns:
        The updated order, with the included resource objects.

    Raises:
        NotFound: No order has this id, or no payment method has the other.
        Unauthorized: The access token is not valid, or may not change this order.
        Unprocessable: The payment method is none of the order's market.

    Source: the how-to "Klarna: adding the payment source",
    https://docs.commercelayer.io/core/how-tos/placing-orders/payments/klarna/adding-the-payment-source
    """
    method = _identified("payment_methods", payment_method_id)
    return _send_update(client, order_id, relationships={"payment_method": method}, include=include)


def _update_order(
    client: httpx.Client, order_id: str, name: str, value: object, *, include: tuple[str, ...]
) -> Document:
    return _send_update(client, order_id, attributes={name: value}, include=include)


def _send_update(
    client: httpx.Client,
    order_id: str,
    *,
    attributes: Mapping[str, object] | None = None,
    relationships: Mapping[str, ResourceIdentifier] | None = None,
    include: tuple[str, ...],
) -> Document:
    document = update_document(
        "orders", id_=order_id, attributes=attributes, relationships=relationships
    )
    target = target_of("orders", order_id, include=include)
    # Each of these says how the order is to be, so that twice comes to the same as once.
    return send(client, "PATCH", target, document=document, repeatable=True)


def _identified(type_: str, id_: str) -> ResourceIdentifier:
    return {"type": type_, "id": id_}
