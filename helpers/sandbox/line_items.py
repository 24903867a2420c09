"""Line items and shipments: what a creation or an update of them involves.

Source: https://docs.commercelayer.io/core/v/api-reference/line_items
"""

from __future__ import annotations

from helpers.sandbox.errors import Refusal, invalid
from helpers.sandbox.order_parts import is_available
from helpers.sandbox.orders import fault_unless_editable
from helpers.sandbox.pricing import price_of, refresh
from helpers.sandbox.relations import linkage
from helpers.sandbox.store import Resource
from helpers.sandbox.writing import Writing

__all__ = [
    "complete_line_item",
    "complete_shipment",
    "refresh_order",
    "refresh_order_of_shipment",
]

# What a line item of a shipment or a payment method takes over from it.
_TAKEN_OVER = ("sku_code", "quantity", "unit_amount_cents")
# What of a shipment is paid for.
_SHIPPED = ("shipping_method", "shipping_address")


def complete_line_item(writing: Writing) -> None:
    """Find what is ordered, by its code, and what it costs in the order's market."""
    is_to_be_added = writing.options.pop("_update_quantity", False)
    order = writing.related("order")
    if order is None:
        return
    _check_editable(writing, order)
    if writing.resource is None:
        if (writing.linkage.get("item") or ("skus", ""))[0] != "skus":
            writing.refuse("item", "invalid", "is invalid")
            return
        if writing.attributes.setdefault("item_type", "skus") != "skus":
            writing.refuse("item_type", "invalid", "is invalid")
            return
        writing.default(currency_code=order.attributes["currency_code"], circuit_state="closed")
        writing.default(circuit_failure_count=0)
    elif writing.resource.attributes["item_type"] != "skus":
        for name in _TAKEN_OVER:
            if writing.changes(name):
                writing.refuse(name, "not_editable", "can't be changed")
        return
    if writing.attributes.get("bundle_code"):
        writing.refuse("bundle_code", "noent_bundle", "doesn't exist")
    if writing.resource is None or writing.changes("sku_code") or _is_to_be_priced(writing):
        _find_sku(writing, order)
    if writing.resource is None and is_to_be_added:
        _add_to_present(writing, order)


def _is_to_be_priced(writing: Writing) -> bool:
    """Tell whether a price that was set by hand is taken back."""
    return "unit_amount_cents" in writing.attributes and writing.get("unit_amount_cents") is None


def _find_sku(writing: Writing, order: Resource) -> None:
    store = writing.store
    item = writing.related("item") if "item" in writing.linkage else None
    code = item.attributes["code"] if item else writing.get("sku_code")
    if not code:
        # Something that is not in the catalogue has a name and a price of its own.
        own = [writing.get(name) for name in ("name", "unit_amount_cents")]
        if None in own or "" in own or (writing.resource and writing.changes("sku_code")):
            writing.refuse_blank("sku_code")
        return
    found = store.find_with("skus", "code", code)
    if not found:
        writing.refuse("sku_code", "noent_sku", "doesn't exist")
        return
    sku = store.get(found[0])
    writing.linkage |= {"item": sku.identifier, "sku": sku.identifier}
    writing.attributes["sku_code"] = code
    for name in ("name", "image_url"):
        writing.attributes.setdefault(name, sku.attributes.get(name))
    if writing.attributes.get("unit_amount_cents") is None:
        price = price_of(store, order, code)
        if price is None:
            writing.refuse_blank("unit_amount_cents")
            return
        writing.attributes["unit_amount_cents"] = price.attributes["amount_cents"]
        compared = price.attributes.get("compare_at_amount_cents")
        writing.attributes.setdefault("compare_at_amount_cents", compared)


def _add_to_present(writing: Writing, order: Resource) -> None:
    """Where the order has this SKU already, add to that line item's quantity."""
    quantity = writing.attributes.get("quantity")
    if quantity is None or quantity < 1:
        return  # which is told of what is missing, or too small
    for identifier in linkage(writing.store, order, "line_items"):
        present = writing.store.get(identifier)
        code = present.attributes.get("sku_code")
        if code and code == writing.get("sku_code"):
            writing.resource = present
            writing.attributes["quantity"] = quantity + present.attributes["quantity"]
            return


def complete_shipment(writing: Writing) -> None:
    """Check the shipping method: one that is available for the shipment."""
    order = writing.related("order")
    if order is None:
        return
    if writing.resource is None:
        writing.default(status="draft", currency_code=order.attributes["currency_code"])
        count = len(linkage(writing.store, order, "shipments")) + 1
        writing.default(number=f"#{order.attributes['number']}/S/{count:03}", skus_count=0)
        writing.default(cost_amount_cents=0)
    if writing.resource is None or writing.changes(*_SHIPPED):
        _check_editable(writing, order)
    method = writing.related("shipping_method")
    is_here = method is None or is_available(method, order.linkage["market"])
    if writing.changes("shipping_method") and not is_here:
        writing.refuse("shipping_method", "invalid", "is invalid")


def refresh_order(writing: Writing, line_item: Resource) -> None:
    """Refresh the order that a line item belongs to, unless all of it stays as it was."""
    if not writing.only_notes:
        refresh(writing.store, line_item.linkage["order"], edited=True)


def refresh_order_of_shipment(writing: Writing, shipment: Resource) -> None:
    """Refresh the order that a shipment belongs to, where the order pays for the change.

    Raises:
        Refusal: It is a new shipment, and there is nothing to ship, or no address (422).
    """
    if writing.resource is None or writing.changes(*_SHIPPED):
        refresh(writing.store, shipment.linkage["order"], edited=True)
    if writing.store.find([shipment.type], shipment.id) is None:
        title = "has nothing to ship, or no address to ship it to"
        raise Refusal(422, invalid("/data/relationships/order", "invalid", title))


def _check_editable(writing: Writing, order: Resource) -> None:
    if writing.only_notes and not writing.bearer.is_sales_channel:
        return
    pointer = "/data/relationships/order" if "order" in writing.linkage else "/data"
    fault = fault_unless_editable(writing.bearer, order, pointer)
    if fault:
        writing.faults.append(fault)
