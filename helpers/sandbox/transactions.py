"""Authorizations, captures, voids and refunds, and what they make of an order's statuses.

Source: https://docs.commercelayer.io/core/v/api-reference/orders for the statuses. How many of
these there can be, and for which amounts, is the sandbox's own choice where it does not say so.
"""

from __future__ import annotations

from typing import Any

from helpers.sandbox.orders import is_editable
from helpers.sandbox.relations import followed, linkage
from helpers.sandbox.store import Resource, Store

__all__ = ["authorize", "capture", "last_authorization", "refund", "void"]


def authorize(store: Store, order: Resource, cents: int, gateway_id: str | None) -> None:
    """Authorize an order's payment source, for an amount in cents."""
    balances = {
        "capture_amount_cents": 0,
        "capture_balance_cents": cents,
        "void_balance_cents": cents,
    }
    attributes = {**balances, "token": gateway_id, "gateway_transaction_id": gateway_id}
    _add(store, order, "authorizations", cents, attributes)


def capture(store: Store, authorization: Resource, cents: int) -> None:
    """Capture an amount of an authorization. The order is paid once all that is due is captured."""
    order = store.get(authorization.linkage["order"])
    captured = authorization.attributes["capture_amount_cents"] + cents
    left = authorization.attributes["amount_cents"] - captured
    store.update(
        authorization,
        attributes={
            "capture_amount_cents": captured,
            "capture_balance_cents": left,
            "void_balance_cents": left,
        },
    )
    _add(
        store,
        order,
        "captures",
        cents,
        {"refund_amount_cents": 0, "refund_balance_cents": cents},
        reference_authorization=authorization.identifier,
    )
    captures = followed(store, order, "captures")
    total = sum(each.attributes["amount_cents"] for each in captures)
    is_whole = total >= order.attributes["total_amount_with_taxes_cents"]
    changes: dict[str, Any] = {"payment_status": "paid" if is_whole else "partially_paid"}
    if order.attributes["fulfillment_status"] == "unfulfilled" and is_whole:
        now = store.now()
        changes |= {"fulfillment_status": "in_progress", "fulfillment_updated_at": now}
    _tell(store, order, **changes)


def void(store: Store, authorization: Resource) -> None:
    """Void what is left of an authorization. An order that is not placed yet is left unpaid."""
    order = store.get(authorization.linkage["order"])
    left = authorization.attributes["void_balance_cents"]
    store.update(
        authorization,
        attributes={"capture_balance_cents": 0, "void_balance_cents": 0},
    )
    _add(store, order, "voids", left, {}, reference_authorization=authorization.identifier)
    is_whole = authorization.attributes["amount_cents"] == left
    voided = "voided" if is_whole else "partially_voided"
    _tell(store, order, payment_status="unpaid" if is_editable(order.attributes) else voided)


def refund(store: Store, captured: Resource, cents: int) -> None:
    """Refund an amount of a capture; once all captures are refunded, the order is cancelled.

    An order that is not placed yet is left unpaid.
    """
    order = store.get(captured.linkage["order"])
    refunded = captured.attributes["refund_amount_cents"] + cents
    left = captured.attributes["amount_cents"] - refunded
    store.update(
        captured,
        attributes={"refund_amount_cents": refunded, "refund_balance_cents": left},
    )
    _add(store, order, "refunds", cents, {}, reference_capture=captured.identifier)
    captures = followed(store, order, "captures")
    if any(each.attributes["refund_balance_cents"] for each in captures):
        _tell(store, order, payment_status="partially_refunded")
        return
    if is_editable(order.attributes):
        _tell(store, order, payment_status="unpaid")
        return
    now = store.now()
    changes: dict[str, Any] = {"status": "cancelled", "cancelled_at": now}
    if order.attributes["fulfillment_status"] == "in_progress":
        changes |= {"fulfillment_status": "unfulfilled", "fulfillment_updated_at": now}
    _tell(store, order, payment_status="refunded", **changes)


def last_authorization(store: Store, order: Resource) -> Resource | None:
    """Find the order's last authorization that has something left."""
    found = followed(store, order, "authorizations")
    left = [each for each in found if each.attributes["void_balance_cents"] > 0]
    return left[-1] if left else None


def _add(
    store: Store,
    order: Resource,
    type_: str,
    cents: int,
    attributes: dict[str, Any],
    **references: tuple[str, str],
) -> None:
    count = len(linkage(store, order, "transactions")) + 1
    references["order"] = order.identifier
    if "payment_source" in order.linkage:
        references["payment_source"] = order.linkage["payment_source"]
    method = order.linkage.get("payment_method")
    name = store.get(method).attributes["payment_source_type"] if method else None
    store.add(
        type_,
        store.next_id(type_),
        attributes={
            "number": f"{order.attributes['number']}/T/{count:03}",
            "type": type_,
            "payment_method_type": name,
            "currency_code": order.attributes["currency_code"],
            "amount_cents": cents,
            "succeeded": True,
            "message": "Accepted",
            **attributes,
        },
        linkage=references,
    )


def _tell(store: Store, order: Resource, **changes: Any) -> None:
    attributes = {**changes, "payment_updated_at": store.now()}
    store.update(order, attributes=attributes)
