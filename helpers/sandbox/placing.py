"""Place an order, and what can become of it afterwards.

Sources: https://docs.commercelayer.io/core/v/how-tos/placing-orders/checkout/placing-the-order,
https://docs.commercelayer.io/core/v/api-reference/orders
"""

from __future__ import annotations

from typing import Any

from helpers.sandbox.checkout import details_of
from helpers.sandbox.errors import ErrorObject, Refusal
from helpers.sandbox.klarna import klarna_order
from helpers.sandbox.pricing import amount_due, refresh
from helpers.sandbox.readiness import (
    fault_of_amount,
    fault_of_payment_source,
    faults_of,
    transition_fault,
)
from helpers.sandbox.relations import followed, linkage
from helpers.sandbox.store import Resource, Store
from helpers.sandbox.transactions import authorize, capture, last_authorization, refund, void

__all__ = [
    "authorize_order",
    "cancel",
    "capture_order",
    "details_of_charge",
    "place",
    "refund_order",
]


def place(store: Store, order: Resource) -> None:
    """Place an order: validate it, authorize its payment source. Placed already, it stays so.

    An order that is placed asynchronously (``place_async``) answers at once; what is wrong with it
    becomes its ``resource_errors``, and it stays ``placing``.

    Raises:
        Refusal: Something is missing, or the order's status is not one to be placed from (422).
    """
    if order.attributes["status"] in {"placed", "approved"}:
        return
    if order.attributes["status"] not in {"pending", "placing"}:
        raise Refusal(422, transition_fault(order, "place"))
    for identifier in linkage(store, order, "resource_errors"):
        store.remove(identifier)
    if order.attributes.get("autorefresh") is False:
        order = refresh(store, order.identifier, edited=False, asked=True)
    faults = faults_of(store, order)
    if faults and not order.attributes.get("place_async"):
        raise Refusal(422, *faults)
    if faults:
        _keep_errors(store, order, faults)
        return
    _authorize_and_place(store, order)


def authorize_order(store: Store, order: Resource, cents: int | None) -> None:
    """Authorize an order's payment source, unless there is an authorization of it already.

    Args:
        store: Where it is.
        order: The order.
        cents: The amount, or None for all that is due.

    Raises:
        Refusal: The order has no payment source that can be authorized (422).
    """
    held = last_authorization(store, order)
    if held and held.linkage.get("payment_source") == order.linkage.get("payment_source"):
        return
    fault = fault_of_payment_source(store, order) or fault_of_amount(store, order)
    if fault:
        raise Refusal(422, fault)
    due = amount_due(order)
    details = details_of_charge(order, store.get(order.linkage["payment_source"]))
    authorize(store, order, due if cents is None else cents, details.get("klarna_id"))
    status = "authorized" if cents is None or cents >= due else "partially_authorized"
    now = store.now()
    attributes = {
        "payment_status": status,
        "payment_source_details": details,
        "payment_updated_at": now,
    }
    order = store.update(order, attributes=attributes)
    authorization = last_authorization(store, order)
    if authorization and _is_captured_at_once(store, order):
        _capture_what_is_due(store, order, authorization)


def cancel(store: Store, order: Resource) -> None:
    """Cancel a placed order and void its authorization. Cancelled already, it stays so.

    Raises:
        Refusal: It is not placed, or paid already (422).
    """
    status, paid = order.attributes["status"], order.attributes["payment_status"]
    if status == "cancelled":
        return
    is_open = paid in {"authorized", "partially_authorized", "unpaid", "free", "voided"}
    if status not in {"placed", "approved"} or not is_open:
        raise Refusal(422, transition_fault(order, "cancel"))
    while authorization := last_authorization(store, order):
        void(store, authorization)
    attributes = {"status": "cancelled", "cancelled_at": store.now()}
    order = store.update(store.get(order.identifier), attributes=attributes)
    for shipment in followed(store, order, "shipments"):
        if shipment.attributes["status"] not in {"shipped", "delivered"}:
            store.update(shipment, attributes={"status": "cancelled"})


def capture_order(store: Store, order: Resource) -> None:
    """Capture what is due of an approved order, as far as authorized. Paid or free, it stays so.

    Raises:
        Refusal: It is not approved, or nothing of it is authorized (422).
    """
    if order.attributes["payment_status"] in {"paid", "free"}:
        return
    authorization = last_authorization(store, order)
    if order.attributes["status"] != "approved" or authorization is None:
        raise Refusal(422, transition_fault(order, "capture"))
    _capture_what_is_due(store, order, authorization)


def refund_order(store: Store, order: Resource) -> None:
    """Refund all that is captured of an order. Refunded already, it stays so.

    Raises:
        Refusal: Nothing of it is captured (422).
    """
    if order.attributes["payment_status"] == "refunded":
        return
    captures = followed(store, order, "captures")
    left = [each for each in captures if each.attributes["refund_balance_cents"] > 0]
    if not left:
        raise Refusal(422, transition_fault(order, "refund"))
    for each in left:
        refund(store, each, each.attributes["refund_balance_cents"])


def _is_captured_at_once(store: Store, order: Resource) -> bool:
    """Tell whether the payment method captures what is authorized, up to its limit."""
    method = order.linkage.get("payment_method")
    held = store.get(method).attributes if method else {}
    limit = held.get("auto_capture_max_amount_cents")
    return bool(held.get("auto_capture")) and (limit is None or amount_due(order) <= limit)


def _capture_what_is_due(store: Store, order: Resource, authorization: Resource) -> None:
    held = authorization.attributes
    due = amount_due(order) - held["capture_amount_cents"]
    capture(store, authorization, min(due, held["capture_balance_cents"]))


def _authorize_and_place(store: Store, order: Resource) -> None:
    is_free = amount_due(order) == 0
    if not is_free:
        authorize_order(store, order, None)
    now = store.now()
    order = store.get(order.identifier)
    changes: dict[str, Any] = {
        "status": "placed",
        "placed_at": now,
        "errors_count": 0,
        "place_total_amount_cents": amount_due(order),
    }
    if is_free:
        changes |= {"payment_status": "free", "payment_updated_at": now}
    shipments = linkage(store, order, "shipments")
    if not shipments:
        changes["fulfillment_status"] = "not_required"
    for identifier in shipments:
        store.update(store.get(identifier), attributes={"status": "upcoming"})
    order = store.update(order, attributes=changes)
    _count_for_customer(store, order)


def _count_for_customer(store: Store, order: Resource) -> None:
    customer = store.get(order.linkage["customer"])
    count = (customer.attributes.get("total_orders_count") or 0) + 1
    status = "acquired" if count == 1 else "repeat"
    store.update(customer, attributes={"total_orders_count": count, "status": status})


def details_of_charge(order: Resource, source: Resource) -> dict[str, Any]:
    """Tell what an order's ``payment_source_details`` say of a source that is charged for it."""
    if source.type == "klarna_payments":
        return klarna_order(order, source)
    return details_of(source)


def _keep_errors(store: Store, order: Resource, faults: list[ErrorObject]) -> None:
    """Keep as resource errors what is wrong with an order that is placed asynchronously."""
    for fault in faults:
        name = fault["source"]["pointer"].removeprefix("/data").rpartition("/")[2] or "base"
        code = fault["meta"]["error"].upper()
        store.add(
            "resource_errors",
            store.next_id("resource_errors"),
            attributes={"name": name, "code": code, "message": fault["title"]},
            linkage={"resource": order.identifier},
        )
    changes = {"status": "placing", "errors_count": len(faults)}
    store.update(order, attributes=changes)
