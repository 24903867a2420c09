"""The customer wallet: save a payment source to it, pay with an entry of it.

Source: the how-to "Klarna: reusing the payment source",
https://docs.commercelayer.io/how-tos/placing-orders/payments/klarna/reusing-the-payment-source
"""

from __future__ import annotations

import hashlib

from helpers.sandbox.checkout import details_of
from helpers.sandbox.klarna import exchange_authorization
from helpers.sandbox.order_parts import is_available
from helpers.sandbox.pricing import refresh
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.writing import Writing

__all__ = ["complete_entry", "entry_of", "pay_with_entry", "save_payment_source"]


def complete_entry(writing: Writing) -> None:
    """Name an entry that an integration makes itself."""
    source = writing.related("payment_source")
    if source:
        writing.default(name=_name(source))


def entry_of(store: Store, payment_source: Identifier, customer: Identifier) -> Resource | None:
    """Find the entry of a customer's wallet that stands for a payment source."""
    for identifier in store.linked_from(
        payment_source, types=["customer_payment_sources"], name="payment_source"
    ):
        entry = store.get(identifier)
        if entry.linkage.get("customer") == customer:
            return entry
    return None


def save_payment_source(store: Store, order: Resource) -> None:
    """Keep an order's payment source in its customer's wallet, once."""
    payment_source = store.get(order.linkage["payment_source"])
    if entry_of(store, payment_source.identifier, order.linkage["customer"]):
        return
    if payment_source.type == "klarna_payments":
        attributes = exchange_authorization(store, payment_source)
    else:
        attributes = _keep_stripe(payment_source)
    linkage = {"customer": order.linkage["customer"], "payment_source": payment_source.identifier}
    if "payment_method" in order.linkage:
        linkage["payment_method"] = order.linkage["payment_method"]
    store.add(
        "customer_payment_sources",
        store.next_id("customer_payment_sources"),
        attributes=attributes,
        linkage=linkage,
    )


def pay_with_entry(store: Store, order: Resource, entry: Resource) -> None:
    """Make an entry's payment source the order's, and its payment method where that one fits."""
    linkage = {"payment_source": entry.linkage["payment_source"]}
    source = store.get(entry.linkage["payment_source"])
    held = order.linkage.get("payment_method")
    is_of_type = held and store.get(held).attributes["payment_source_type"] == source.type
    method = entry.linkage.get("payment_method")
    market = order.linkage.get("market")
    if method and not is_of_type and is_available(store.get(method), market):
        linkage["payment_method"] = method
    attributes = {"payment_source_details": details_of(source)}
    store.update(order, attributes=attributes, linkage=linkage)
    if "payment_method" in linkage:
        refresh(store, order.identifier, edited=False)


def _name(payment_source: Resource) -> str:
    digest = hashlib.sha256(payment_source.id.encode()).hexdigest()
    return f"{payment_source.type.removesuffix('s')} #{int(digest[:3], 16):04}"


def _keep_stripe(payment_source: Resource) -> dict[str, str]:
    digest = hashlib.sha256(payment_source.id.encode()).hexdigest()
    return {
        "name": _name(payment_source),
        "customer_token": f"cus_{digest[:14]}",
        "payment_source_token": f"pm_{digest[14:38]}",
    }
