"""Klarna payments and Stripe payments: what a creation or an update of one involves.

Sources: https://docs.commercelayer.io/core/how-tos/placing-orders/payments/klarna/adding-the-payment-source,
https://docs.commercelayer.io/core/v/how-tos/placing-orders/payments/klarna/sending-back-the-authorization-token
"""

from __future__ import annotations

from helpers.sandbox.checkout import details_of
from helpers.sandbox.klarna import open_session
from helpers.sandbox.orders import fault_unless_editable
from helpers.sandbox.pricing import amount_due
from helpers.sandbox.store import Resource
from helpers.sandbox.writing import Writing

__all__ = ["complete_payment", "pay_with"]


def complete_payment(writing: Writing) -> None:
    """Open a session with the gateway for a new payment; note when one is authorized."""
    order = writing.related("order")
    if order is None:
        return
    if not (writing.only_notes and not writing.bearer.is_sales_channel):
        fault = fault_unless_editable(writing.bearer, order, "/data/relationships/order")
        if fault:
            writing.faults.append(fault)
    if writing.resource is None:
        _open_session(writing, order)
    if writing.changes("auth_token"):
        writing.attributes["_authorized_at"] = writing.store.now()


def pay_with(writing: Writing, payment: Resource) -> None:
    """Make a new payment its order's payment source."""
    order = writing.related("order")
    if writing.resource is None and order:
        writing.store.update(
            order,
            attributes={"payment_source_details": details_of(payment)},
            linkage={"payment_source": payment.identifier},
        )


def _open_session(writing: Writing, order: Resource) -> None:
    method = order.linkage.get("payment_method")
    gateway = writing.store.get(method).linkage.get("payment_gateway") if method else None
    held = writing.store.get(method).attributes["payment_source_type"] if method else None
    if held != writing.type.name:
        title = "can't be blank"
        detail = f"payment_gateway - can't be blank: the order's payment method is of type {held}"
        writing.refuse("payment_gateway", "blank", title, detail)
        return
    if gateway:
        writing.linkage["payment_gateway"] = gateway
    due = amount_due(order)
    writing.default(mismatched_amounts=False, _intent_amount_cents=due)
    if writing.type.name == "klarna_payments":
        session = writing.store.next_id("Klarna's sessions")
        writing.default(**open_session(session, due))
    else:
        intent = writing.store.next_id("Stripe's payment intents")
        writing.default(stripe_id=f"pi_{intent}", client_secret=f"pi_{intent}_secret_{intent}")
        writing.default(publishable_key="pk_test_sandbox")
