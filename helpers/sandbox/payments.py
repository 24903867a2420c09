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
        pointer = "/data/relationships/order" if "order" in writing.linkage else "/data"
        faults = [
            fault_unless_editable(writing.bearer, each, pointer)
            for each in [order, *_paid_orders(writing)]
        ]
        writing.faults += [fault for fault in faults if fault][:1]
    if writing.resource is None:
        _open_session(writing, order)
    if writing.changes("auth_token"):
        writing.attributes["_authorized_at"] = writing.store.now()


def pay_with(writing: Writing, payment: Resource) -> None:
    """Make a payment the payment source of its order, and of no other, when it gets one."""
    order = writing.related("order")
    if order is None or not writing.changes("order"):
        return
    for other in _paid_orders(writing):
        writing.store.update(
            other, attributes={"payment_source_details": None}, linkage={"payment_source": None}
        )
    writing.store.update(
        writing.store.get(order.identifier),
        attributes={"payment_source_details": details_of(payment)},
        linkage={"payment_source": payment.identifier},
    )


def _paid_orders(writing: Writing) -> list[Resource]:
    """Get every order that the payment is the payment source of: an entry's can be several's."""
    if writing.resource is None:
        return []
    identifier = writing.resource.identifier
    store = writing.store
    found = store.linked_from(identifier, types=["orders"], name="payment_source")
    return [store.get(each) for each in found]


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
