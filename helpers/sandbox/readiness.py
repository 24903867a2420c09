"""Whether an order is ready to be placed, authorized, or moved on, and what is in the way.

Sources: https://docs.commercelayer.io/core/v/how-tos/placing-orders/checkout/placing-the-order. No
page lists in one place what has to be there before an order can be placed: the list below is put
together from several.
"""

from __future__ import annotations

from collections.abc import Callable

from helpers.sandbox.errors import ErrorObject, invalid
from helpers.sandbox.klarna import refusal_of
from helpers.sandbox.order_parts import items_of, ships
from helpers.sandbox.pricing import amount_due
from helpers.sandbox.relations import followed
from helpers.sandbox.store import Resource, Store

__all__ = ["fault_of_amount", "fault_of_payment_source", "faults_of", "transition_fault"]


def transition_fault(order: Resource, event: str) -> ErrorObject:
    """Build the error object of a change of status that is not possible now."""
    status = order.attributes["status"]
    detail = f"status - transition is not permitted: {event} is not possible, the order is {status}"
    title = "transition is not permitted"
    return invalid("/data/attributes/status", "invalid_transition", title, detail)


def fault_of_payment_source(store: Store, order: Resource) -> ErrorObject | None:
    """Tell what is wrong with an order's payment source: it is missing, or not authorized."""
    pointer = "/data/relationships/payment_source"
    identifier = order.linkage.get("payment_source")
    if identifier is None:
        return invalid(pointer, "blank", "can't be blank")
    source = store.get(identifier)
    if source.type != "klarna_payments" or _has_been_saved(store, source):
        return None
    if not source.attributes.get("auth_token"):
        title = "is not authorized"
        detail = f"payment_source - {title}: its auth_token can't be blank"
        return invalid(pointer, "not_authorized", title, detail)
    refusal = refusal_of(store, source)
    if refusal:
        fault, title = refusal
        detail = f"payment_source - {title}: Klarna does not take its auth_token"
        return invalid(pointer, fault, title, detail)
    return None


def fault_of_amount(store: Store, order: Resource) -> ErrorObject | None:
    """Tell whether the order's own payment was opened for another amount than is due now."""
    source = store.get(order.linkage["payment_source"])
    is_own = source.linkage.get("order") == order.identifier
    if not is_own or not source.attributes.get("mismatched_amounts"):
        return None
    title = "has mismatched amounts"
    detail = f"payment_source - {title}: the order costs something else by now"
    pointer = "/data/relationships/payment_source"
    return invalid(pointer, "mismatched_amounts", title, detail)


def faults_of(store: Store, order: Resource) -> list[ErrorObject]:
    """Tell everything that keeps an order from being placed, one error object each."""
    return [fault for check in _CHECKS for fault in check(store, order)]


def _has_been_saved(store: Store, source: Resource) -> bool:
    """Tell whether the source's authorization was exchanged for a customer token, which stays."""
    types = ["customer_payment_sources"]
    return bool(store.linked_from(source.identifier, types=types, name="payment_source"))


def _needs(*names: str) -> Callable[[Store, Resource], list[ErrorObject]]:
    def check(store: Store, order: Resource) -> list[ErrorObject]:
        return [
            invalid(f"/data/relationships/{name}", "blank", "can't be blank")
            for name in names
            if name not in order.linkage
        ]

    return check


def _shipping_faults(store: Store, order: Resource) -> list[ErrorObject]:
    shipments = followed(store, order, "shipments")
    if all("shipping_method" in shipment.linkage for shipment in shipments):
        return []
    detail = "Some shipments are missing the shipping method"
    return [invalid("/data", "missing_shipping_method", detail, detail)]


def _item_faults(store: Store, order: Resource) -> list[ErrorObject]:
    if not order.attributes["skus_count"]:
        return [invalid("/data/relationships/line_items", "blank", "can't be blank")]
    to_ship = [item for item in items_of(store, order, "skus") if ships(store, item)]
    if to_ship and "shipping_address" not in order.linkage:
        return [invalid("/data/relationships/shipping_address", "blank", "can't be blank")]
    return []


def _payment_faults(store: Store, order: Resource) -> list[ErrorObject]:
    if amount_due(order) == 0:
        return []
    method = _needs("payment_method")(store, order)
    fault = fault_of_payment_source(store, order) or fault_of_amount(store, order)
    return [*method, *([fault] if fault else [])]


_CHECKS = (_needs("customer", "billing_address"), _item_faults, _shipping_faults, _payment_faults)
