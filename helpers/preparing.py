"""Bring an order to where it can be paid with Klarna: find each part, or else create it.

Whatever is there already stays as it is, so every function can be called again. Each returns the
document of its last request, whose ``exchange`` says which it was: a ``GET`` where everything was
there, and else a ``POST`` or a ``PATCH``. Besides the errors that it names, each raises those of
the requests that it sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx

from helpers import addresses, klarna_payments, line_items, orders, shipments, skus
from helpers.documents import Document, ResourceObject
from helpers.errors import DocumentError, HowToError, Unauthorized
from helpers.klarna_order import attributes_of, is_made_up

__all__ = [
    "choose_klarna",
    "choose_shipping_method",
    "find_or_create_addresses",
    "find_or_create_klarna_payment",
    "find_or_create_line_item",
    "find_or_create_order",
    "find_sku",
]

KLARNA = "klarna_payments"
_UNPLACED = ("draft", "pending")
# How long Klarna takes an authorization: 60 minutes. Source:
# https://docs.klarna.com/klarna-payments/in-depth-knowledge/customer-token/
_GOOD_FOR = timedelta(minutes=60)


def find_sku(client: httpx.Client, *, sku_code: str | None = None) -> Document:
    """Find an SKU by its code, or the first there is.

    Args:
        client: An open client.
        sku_code: The code, or None for the first SKU that the API lists.

    Returns:
        A list with one SKU in it.

    Raises:
        DocumentError: There is none.
    """
    filters = {"code_eq": sku_code} if sku_code else None
    found = skus.list_skus(client, filters=filters, page_size=1)
    if not found.resources:
        wanted = f"an SKU of the code {sku_code!r}" if sku_code else "an SKU"
        raise DocumentError(
            f"{found.exchange.request_line}: expected {wanted}, got none. Set CL_SKU_CODE to the "
            "code of one that has a price in your market."
        )
    return found


def find_or_create_order(
    client: httpx.Client,
    *,
    reference: str,
    customer_id: str | None,
    include: tuple[str, ...] = (),
) -> Document:
    """Find the customer's newest order of this reference that is not placed yet, or create one.

    Args:
        client: An open client of the customer's sales channel.
        reference: A text of your own that marks the order.
        customer_id: The customer's id. Where it is not known, or the access token may not list the
            customer's orders, nothing can be looked for, and every call creates an order.
        include: Relationships to return in full beside the order.

    Returns:
        The order.
    """
    found = _find_order(client, reference=reference, customer_id=customer_id)
    if found:
        return orders.retrieve_order(client, order_id=found["id"], include=include)
    return orders.create_order(client, reference=reference, include=include)


def _find_order(
    client: httpx.Client, *, reference: str, customer_id: str | None
) -> ResourceObject | None:
    if customer_id is None:
        return None
    try:
        found = orders.list_orders_of_customer(
            client,
            customer_id=customer_id,
            filters={"reference_eq": reference, "status_in": _UNPLACED},
            sort=("-created_at",),
            page_size=1,
        )
    except Unauthorized:
        return None  # the documentation does not say that a customer may list orders
    return found.resources[0] if found.resources else None


def find_or_create_line_item(
    client: httpx.Client, *, order_id: str, sku_code: str, quantity: int = 1
) -> Document:
    """Find the order's line item of an SKU, or create it.

    Where the access token may not list the line items, they are looked for in the order itself.

    Args:
        client: An open client.
        order_id: The order's id.
        sku_code: The SKU's code.
        quantity: How many pieces, where the line item has to be created.

    Returns:
        The line item.
    """
    found = _find_line_item(client, order_id=order_id, sku_code=sku_code)
    if found:
        return line_items.retrieve_line_item(client, line_item_id=found["id"])
    return line_items.create_line_item(
        client, order_id=order_id, sku_code=sku_code, quantity=quantity
    )


def _find_line_item(client: httpx.Client, *, order_id: str, sku_code: str) -> ResourceObject | None:
    wanted = {"sku_code": sku_code, "item_type": "skus"}
    try:
        listed = line_items.list_line_items_of_order(
            client,
            order_id=order_id,
            filters={f"{name}_eq": value for name, value in wanted.items()},
            page_size=1,
        )
    except Unauthorized:
        order = orders.retrieve_order(client, order_id=order_id, include=("line_items",))
        found = [
            item
            for item in order.related("line_items")
            if wanted.items() <= attributes_of(item).items()
        ]
        return found[0] if found else None
    return listed.resources[0] if listed.resources else None


def find_or_create_addresses(
    client: httpx.Client,
    *,
    order_id: str,
    address: Mapping[str, str],
    billing_address_id: str | None = None,
) -> Document:
    """Look whether the order has its addresses, or create one for bill and goods.

    That takes two requests: a ``POST`` of the address, and a ``PATCH`` of the order. Where the
    second fails, the address is there, but no order's. Its error names the id in a note, and
    ``billing_address_id`` uses it; without, the next call creates another.

    Args:
        client: An open client.
        order_id: The order's id.
        address: The arguments of ``addresses.create_address``.
        billing_address_id: The id of an address to take instead of a new one, where the order has
            none for the bill.

    Returns:
        The order, with ``billing_address``, ``shipping_address`` and ``shipments`` included.
    """
    include = ("billing_address", "shipping_address", "shipments")
    order = orders.retrieve_order(client, order_id=order_id, include=include)
    there = {name: [each["id"] for each in order.related(name)] for name in include[:2]}
    if all(there.values()):
        return order
    if there["billing_address"]:
        billing_address_id = there["billing_address"][0]
    elif billing_address_id is None:
        billing_address_id = addresses.create_address(client, **address).data["id"]
    try:
        return orders.set_addresses(
            client,
            order_id=order_id,
            billing_address_id=billing_address_id,
            shipping_address_id=next(iter(there["shipping_address"]), None),
            include=include,
        )
    except HowToError as error:
        if not there["billing_address"]:
            error.add_note(f"Call it again with billing_address_id={billing_address_id!r}.")
        raise


def choose_shipping_method(client: httpx.Client, *, order_id: str) -> Document:
    """Look whether each shipment of an order has a shipping method, or set the first available.

    Args:
        client: An open client.
        order_id: The id of an order that has its addresses.

    Returns:
        The last shipment, with its ``shipping_method`` included.

    Raises:
        DocumentError: The order has no shipment, or no shipping method is available for one.
    """
    order = orders.retrieve_order(client, order_id=order_id, include=("shipments",))
    answer = None
    for shipment in order.related("shipments"):
        answer = _with_shipping_method(client, shipment["id"])
    if answer is None:
        raise DocumentError(
            f"{order.exchange.request_line}: expected a shipment, got none. An order without goods "
            "or without a shipping address has none; one of nothing that ships needs none, so "
            "leave this step out."
        )
    return answer


def _with_shipping_method(client: httpx.Client, shipment_id: str) -> Document:
    shipment = shipments.retrieve_shipment(
        client, shipment_id=shipment_id, include=("shipping_method", "available_shipping_methods")
    )
    if shipment.related("shipping_method"):
        return shipment
    available = shipment.related("available_shipping_methods")
    if not available:
        raise DocumentError(
            f"{shipment.exchange.request_line}: expected an available shipping method, got none. "
            "Your organization needs one for the order's market and the address's country."
        )
    return shipments.set_shipping_method(
        client,
        shipment_id=shipment_id,
        shipping_method_id=available[0]["id"],
        include=("shipping_method", "available_shipping_methods"),
    )


def choose_klarna(client: httpx.Client, *, order_id: str) -> Document:
    """Look whether an order is going to be paid with Klarna, or choose the method for it.

    Args:
        client: An open client.
        order_id: The order's id.

    Returns:
        The order, with ``payment_method`` and ``available_payment_methods`` included.

    Raises:
        DocumentError: No payment method for Klarna is available for the order.
    """
    include = ("payment_method", "available_payment_methods")
    order = orders.retrieve_order(client, order_id=order_id, include=include)
    if any(map(_is_klarnas, order.related("payment_method"))):
        return order
    available = order.related("available_payment_methods")
    klarnas = [method["id"] for method in available if _is_klarnas(method)]
    if not klarnas:
        types = [str(_payment_source_type(method)) for method in available]
        raise DocumentError(
            f"{order.exchange.request_line}: expected an available payment method for "
            f"{KLARNA}, got {', '.join(types) or 'none'}. Your organization needs one, with a "
            "Klarna gateway, in the order's market."
        )
    return orders.set_payment_method(
        client, order_id=order_id, payment_method_id=klarnas[0], include=include
    )


def find_or_create_klarna_payment(
    client: httpx.Client, *, order_id: str, renew: bool = False
) -> Document:
    """Find the order's Klarna payment, as long as it is of use, or create one.

    It is not where the order's amount has changed since. Nor is it, in an organization, once it was
    not touched for 60 minutes by this machine's clock, or does not tell when: an authorization in
    it is too old for Klarna then. The API has no attribute that tells, so this is our own
    inference. A sandbox is not asked, as its clock may stand still.

    Args:
        client: An open client.
        order_id: The id of an order whose payment method is Klarna's.
        renew: Whether to create one in any case.

    Returns:
        The Klarna payment.
    """
    order = orders.retrieve_order(client, order_id=order_id, include=("payment_source",))
    for payment_source in order.related("payment_source"):
        if not renew and _is_of_use(payment_source, order.exchange.base_url):
            return klarna_payments.retrieve_klarna_payment(
                client, klarna_payment_id=payment_source["id"]
            )
    return klarna_payments.create_klarna_payment(client, order_id=order_id)


def _payment_source_type(payment_method: ResourceObject) -> object:
    return attributes_of(payment_method).get("payment_source_type")


def _is_klarnas(payment_method: ResourceObject) -> bool:
    return _payment_source_type(payment_method) == KLARNA


def _is_of_use(payment_source: ResourceObject, base_url: str) -> bool:
    attributes = attributes_of(payment_source)
    if payment_source["type"] != KLARNA or attributes.get("mismatched_amounts"):
        return False
    if is_made_up(payment_source, base_url):
        return True
    try:
        touched_at = datetime.fromisoformat(attributes["updated_at"])
        return datetime.now(UTC) - touched_at < _GOOD_FOR
    except (KeyError, TypeError, ValueError):
        return False  # no time, no text, no offset, or no date in it
