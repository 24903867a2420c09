"""What an order consists of: line items, and the shipments and methods that some of them are for.

Source: https://docs.commercelayer.io/core/v/api-reference/line_items. When shipments and their
line items come and go is the sandbox's own choice.
"""

from __future__ import annotations

from helpers.sandbox.relations import followed
from helpers.sandbox.store import Identifier, Resource, Store

__all__ = [
    "is_available",
    "items_of",
    "refresh_payment_method",
    "refresh_shipments",
    "related",
    "ships",
    "unit_of",
]


def is_available(method: Resource, market: Identifier | None) -> bool:
    """Tell whether a payment method or a shipping method can be chosen in a market."""
    is_here = method.linkage.get("market") in (None, market)
    return is_here and not method.attributes.get("disabled_at")


def items_of(store: Store, order: Resource, type_: str) -> list[Resource]:
    """Get an order's line items of one type, oldest first."""
    found = followed(store, order, "line_items")
    return [item for item in found if item.attributes["item_type"] == type_]


def refresh_shipments(store: Store, order: Resource) -> None:
    """One shipment for all that ships, as soon as there is an address to ship it to."""
    address = order.linkage.get("shipping_address")
    shipped = [item for item in items_of(store, order, "skus") if ships(store, item)]
    shipments = followed(store, order, "shipments")
    if not shipped or address is None:
        for shipment in shipments:
            _drop_items(store, order, shipment.identifier)
            store.remove(shipment.identifier)
        return
    if not shipments:
        number = f"#{order.attributes['number']}/S/001"
        shipments = [
            store.add(
                "shipments",
                store.next_id("shipments"),
                attributes={"number": number, "status": "draft"},
                linkage={"order": order.identifier},
            )
        ]
    subtotal = sum(item.attributes["quantity"] * unit_of(item) for item in shipped)
    for shipment in shipments:
        method = related(store, shipment, "shipping_method")
        if method and not is_available(method, order.linkage["market"]):
            method = None
        cost = _cost(method, subtotal) if method else 0
        count = sum(item.attributes["quantity"] for item in shipped)
        currency = order.attributes["currency_code"]
        store.update(
            shipment,
            attributes={
                "currency_code": currency,
                "cost_amount_cents": cost,
                "skus_count": count,
            },
            linkage={
                "shipping_address": address,
                "shipping_method": method.identifier if method else None,
            },
        )
        if method:
            _put_item(store, order, shipment.identifier, method.attributes["name"], cost)
        else:
            _drop_items(store, order, shipment.identifier)


def ships(store: Store, item: Resource) -> bool:
    """Tell whether what a line item orders has to be shipped."""
    sku = related(store, item, "sku")
    return sku is None or not sku.attributes.get("do_not_ship")


def _cost(method: Resource, subtotal: int) -> int:
    free_over = method.attributes.get("free_over_amount_cents")
    is_free = free_over is not None and subtotal > free_over
    return 0 if is_free else int(method.attributes["price_amount_cents"])


def refresh_payment_method(store: Store, order: Resource) -> None:
    """Let one line item say what the order's payment method costs, as long as it has one."""
    method = related(store, order, "payment_method")
    for item in items_of(store, order, "payment_methods"):
        if method is None or item.linkage["item"] != method.identifier:
            store.remove(item.identifier)
    if method:
        cost = int(method.attributes["price_amount_cents"])
        _put_item(store, order, method.identifier, method.attributes["name"], cost)


def _put_item(store: Store, order: Resource, of: Identifier, name: str, cents: int) -> None:
    """Make the line item of a shipment or a payment method say what it costs."""
    attributes = {"name": name, "unit_amount_cents": cents}
    for item in items_of(store, order, of[0]):
        if item.linkage["item"] == of:
            store.update(item, attributes=attributes)
            return
    store.add(
        "line_items",
        store.next_id("line_items"),
        attributes={
            **attributes,
            "quantity": 1,
            "item_type": of[0],
            "currency_code": order.attributes["currency_code"],
            "circuit_state": "closed",
            "circuit_failure_count": 0,
        },
        linkage={"order": order.identifier, "item": of, of[0].removesuffix("s"): of},
    )


def _drop_items(store: Store, order: Resource, of: Identifier) -> None:
    for item in items_of(store, order, of[0]):
        if item.linkage["item"] == of:
            store.remove(item.identifier)


def unit_of(item: Resource) -> int:
    """Tell what one piece of a line item costs, in cents."""
    return int(item.attributes["unit_amount_cents"])


def related(store: Store, resource: Resource, name: str) -> Resource | None:
    """Get what a stored to-one relationship leads to."""
    identifier = resource.linkage.get(name)
    return store.get(identifier) if identifier else None
