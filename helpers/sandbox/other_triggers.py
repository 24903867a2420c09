"""The trigger attributes of everything but orders, as tables.

Source: https://docs.commercelayer.io/core/v/api-reference. From which status a shipment can go to
which, and that no more can be captured or refunded than there is, is the sandbox's own choice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from helpers.sandbox.errors import ErrorObject, access_denied, invalid
from helpers.sandbox.orders import fault_unless_editable, is_editable
from helpers.sandbox.pricing import amount_due
from helpers.sandbox.relations import followed
from helpers.sandbox.store import Resource
from helpers.sandbox.transactions import capture, refund, void
from helpers.sandbox.triggers import AMOUNT, TAGS, Occasion, Precondition, Trigger

__all__ = ["OTHER_TRIGGERS"]

# A shipment's way. It goes forward only; on hold, it can go on where it was.
_STAGES = ("draft", "upcoming", "picking", "packing", "ready_to_ship", "shipped", "delivered")


def _disable(occasion: Occasion) -> None:
    occasion.change(disabled_at=occasion.store.now())


def _enable(occasion: Occasion) -> None:
    occasion.change(disabled_at=None)


def _regenerate_secret(occasion: Occasion) -> None:
    seed = occasion.store.next_id("shared secrets")
    occasion.change(shared_secret=hashlib.sha256(seed.encode()).hexdigest()[:32])


def _reset_circuit(occasion: Occasion) -> None:
    occasion.change(circuit_state="closed", circuit_failure_count=0)


def _request_anonymization(occasion: Occasion) -> None:
    now = occasion.store.now()
    info = {"status": "requested", "requested_at": now}
    occasion.change(anonymization_status="requested", anonymization_info=info)


def _cancel_anonymization(occasion: Occasion) -> None:
    info = {**occasion.resource.attributes["anonymization_info"], "status": "cancelled"}
    occasion.change(anonymization_status="cancelled", anonymization_info=info)


def anonymization_is_requested(occasion: Occasion) -> ErrorObject | None:
    """Only what was requested can be cancelled."""
    if occasion.resource.attributes.get("anonymization_status") == "requested":
        return None
    title = "transition is not permitted"
    return invalid("/data/attributes/anonymization_status", "invalid_transition", title)


def payment_is_editable(occasion: Occasion) -> ErrorObject | None:
    """Once its order is placed, a payment stays."""
    order = occasion.related("order")
    if order is None:
        return None
    return fault_unless_editable(occasion.bearer, order, f"/data/attributes/{occasion.name}")


def _update_payment(occasion: Occasion) -> None:
    """Bring the gateway's session to what the order costs now."""
    order = occasion.related("order")
    if order:
        occasion.change(_intent_amount_cents=amount_due(order), mismatched_amounts=False)


def _nothing(occasion: Occasion) -> None:
    """There is nothing to be done.

    Nothing has changed on the gateway's side, no transaction is stuck, or another trigger reads
    this one's value.
    """


def is_left(balance: str) -> Precondition:
    """Make the precondition that a transaction has at least the amount left that is asked for."""

    def precondition(occasion: Occasion) -> ErrorObject | None:
        left = occasion.resource.attributes[balance]
        asked = int(occasion.value) if occasion.name.endswith("_cents") else 1
        if asked <= left:
            return None
        title = f"must be less than or equal to {left}"
        pointer = f"/data/attributes/{occasion.name}"
        return invalid(pointer, "less_than_or_equal_to", title, value=asked, count=left)

    precondition.__name__ = f"is_left_{balance}"
    return precondition


def _amount(occasion: Occasion, name: str, balance: str) -> int:
    return int(occasion.sent.get(name) or occasion.resource.attributes[balance])


def _capture(occasion: Occasion) -> None:
    cents = _amount(occasion, "_capture_amount_cents", "capture_balance_cents")
    capture(occasion.store, occasion.resource, cents)


def _void(occasion: Occasion) -> None:
    void(occasion.store, occasion.resource)


def _refund(occasion: Occasion) -> None:
    cents = _amount(occasion, "_refund_amount_cents", "refund_balance_cents")
    refund(occasion.store, occasion.resource, cents)


def order_is_approved(occasion: Occasion) -> ErrorObject | None:
    """An order has to be approved before it can be captured."""
    order = occasion.related("order")
    if order and order.attributes["status"] == "approved":
        return None
    title = "transition is not permitted"
    held = order.attributes["status"] if order else None
    detail = f"status - {title}: capture is not possible, the order is {held}"
    return invalid("/data/attributes/status", "invalid_transition", title, detail)


def order_is_pending(occasion: Occasion) -> ErrorObject | None:
    """Once an order is placed, its transactions are voided and refunded, not cancelled."""
    order = occasion.related("order")
    if order and is_editable(order.attributes):
        return None
    held = order.attributes["status"] if order else None
    title = "transition is not permitted"
    detail = f"status - {title}: cancel is not possible, the order is {held}"
    return invalid("/data/attributes/status", "invalid_transition", title, detail)


def bearer_handles_goods(occasion: Occasion) -> ErrorObject | None:
    """Once its order is placed, a shipment is the shop's: its visitors do not move it."""
    order = occasion.related("order")
    if order and occasion.bearer.is_sales_channel and not is_editable(order.attributes):
        raise access_denied()
    return None


def _may_become(status: str) -> Precondition:
    def precondition(occasion: Occasion) -> ErrorObject | None:
        if _is_ahead(status, occasion.resource):
            return None
        held = occasion.resource.attributes["status"]
        title = "transition is not permitted"
        detail = f"status - {title}: {status} is not possible, the shipment is {held}"
        return invalid("/data/attributes/status", "invalid_transition", title, detail)

    precondition.__name__ = f"may_become_{status}"
    return precondition


def _is_ahead(status: str, shipment: Resource) -> bool:
    """Tell whether a shipment can get to a status from where it is. A draft waits for its order."""
    held = shipment.attributes["status"]
    if status in {"cancelled", "on_hold"}:
        return held in {*_STAGES[1:5], "on_hold"} - {status}
    if held == "draft":
        return status == "upcoming"
    if held == "on_hold":
        return status in _STAGES
    return held in _STAGES and _STAGES.index(status) > _STAGES.index(held)


def _become(status: str) -> Callable[[Occasion], None]:
    def effect(occasion: Occasion) -> None:
        has_instant = status not in {"upcoming", "cancelled"}
        instants = {f"{status}_at": occasion.store.now()} if has_instant else {}
        occasion.store.update(occasion.resource, attributes={"status": status, **instants})
        order = occasion.related("order")
        if order:
            _fulfill_when_all_is_shipped(occasion, order)

    return effect


def _fulfill_when_all_is_shipped(occasion: Occasion, order: Resource) -> None:
    store = occasion.store
    shipments = followed(store, order, "shipments")
    if order.attributes["fulfillment_status"] == "fulfilled":
        return
    is_paid = order.attributes["payment_status"] in {"paid", "free"}
    if is_paid and all(each.attributes["status"] in {"shipped", "delivered"} for each in shipments):
        changes = {"fulfillment_status": "fulfilled", "fulfillment_updated_at": store.now()}
        store.update(order, attributes=changes)


def _shipment(status: str) -> Trigger:
    return Trigger(_become(status), preconditions=(bearer_handles_goods, _may_become(status)))


_SWITCH = {"_disable": Trigger(_disable), "_enable": Trigger(_enable)}
_SECRET = {"_regenerate_shared_secret": Trigger(_regenerate_secret)}
_CIRCUIT = {"_reset_circuit": Trigger(_reset_circuit)}
_FORWARD = {"_forward": Trigger(_nothing)}
_PAYMENT = {"_update": Trigger(_update_payment, preconditions=(payment_is_editable,))}

# By resource type and name.
OTHER_TRIGGERS: Mapping[str, Mapping[str, Trigger]] = {
    "addresses": TAGS,
    "authorizations": {
        **_FORWARD,
        "_capture": Trigger(
            _capture, preconditions=(order_is_approved, is_left("capture_balance_cents"))
        ),
        "_capture_amount_cents": Trigger(
            _nothing, expected=AMOUNT, preconditions=(is_left("capture_balance_cents"),)
        ),
        "_void": Trigger(_void, preconditions=(is_left("void_balance_cents"),)),
        "_cancel": Trigger(_void, preconditions=(order_is_pending, is_left("void_balance_cents"))),
    },
    "captures": {
        **_FORWARD,
        "_refund": Trigger(_refund, preconditions=(is_left("refund_balance_cents"),)),
        "_refund_amount_cents": Trigger(
            _nothing, expected=AMOUNT, preconditions=(is_left("refund_balance_cents"),)
        ),
        "_cancel": Trigger(
            _refund, preconditions=(order_is_pending, is_left("refund_balance_cents"))
        ),
    },
    "customers": {
        "_request_anonymization": Trigger(_request_anonymization),
        "_cancel_anonymization": Trigger(
            _cancel_anonymization, preconditions=(anonymization_is_requested,)
        ),
        **TAGS,
    },
    "klarna_gateways": _SWITCH,
    "klarna_payments": _PAYMENT,
    "line_items": {**_CIRCUIT, **TAGS},
    "markets": {**_SWITCH, **_SECRET},
    "payment_methods": _SWITCH,
    "refunds": _FORWARD,
    "shipments": {
        "_upcoming": _shipment("upcoming"),
        "_cancel": _shipment("cancelled"),
        "_on_hold": _shipment("on_hold"),
        "_picking": _shipment("picking"),
        "_packing": _shipment("packing"),
        "_ready_to_ship": _shipment("ready_to_ship"),
        "_ship": _shipment("shipped"),
        "_deliver": _shipment("delivered"),
        **TAGS,
    },
    "shipping_methods": {**_SWITCH, **_SECRET, **_CIRCUIT, **TAGS},
    "skus": TAGS,
    "stripe_payments": {**_PAYMENT, "_refresh": Trigger(_nothing)},
    "voids": _FORWARD,
}
