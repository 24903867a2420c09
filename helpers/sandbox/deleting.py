"""Delete a resource: what keeps it from being deleted, what goes with it, what follows.

Source: https://docs.commercelayer.io/core/handling-errors for locked resources,
https://docs.commercelayer.io/core/v/api-reference/orders for placed orders. What else is locked is
the sandbox's own choice: whatever something else could not be without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers.sandbox.errors import Refusal, error_object
from helpers.sandbox.orders import fault_unless_editable, is_editable
from helpers.sandbox.pricing import refresh
from helpers.sandbox.resources import class_of
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.tokens import Bearer

__all__ = ["delete"]

# A type, and the name of its to-one relationship.
_End = tuple[str, str]

# While one of these leads to a resource, or to what would go with it, it is locked.
_HOLDERS: Mapping[str, Sequence[_End]] = {
    "addresses": (
        ("orders", "shipping_address"),
        ("orders", "billing_address"),
        ("customer_addresses", "address"),
    ),
    "customers": (("orders", "customer"),),
    "klarna_gateways": (
        ("payment_methods", "payment_gateway"),
        ("klarna_payments", "payment_gateway"),
    ),
    "klarna_payments": (
        ("authorizations", "payment_source"),
        ("customer_payment_sources", "payment_source"),
    ),
    "markets": (
        ("orders", "market"),
        ("payment_methods", "market"),
        ("shipping_methods", "market"),
    ),
    "payment_methods": (
        ("orders", "payment_method"),
        ("customer_payment_sources", "payment_method"),
    ),
    "price_lists": (("markets", "price_list"), ("prices", "price_list")),
    "shipping_methods": (("shipments", "shipping_method"),),
    "skus": (("line_items", "sku"),),
    "stripe_payments": (
        ("authorizations", "payment_source"),
        ("customer_payment_sources", "payment_source"),
    ),
}
# What goes with a resource when it is deleted.
_BELONGINGS: Mapping[str, Sequence[_End]] = {
    "customers": (("customer_addresses", "customer"), ("customer_payment_sources", "customer")),
    "orders": (
        ("line_items", "order"),
        ("shipments", "order"),
        ("klarna_payments", "order"),
        ("stripe_payments", "order"),
        ("resource_errors", "resource"),
    ),
    "shipments": (("line_items", "shipment"),),
    "skus": (("prices", "sku"),),
}


def delete(store: Store, bearer: Bearer, resource: Resource) -> None:
    """Delete a resource and what belongs to it.

    Args:
        store: Where it is.
        bearer: Who wants to.
        resource: What is deleted.

    Raises:
        Refusal: It is locked (423); or it belongs to an order that a sales channel may no longer
            change (401).
    """
    order = store.get(resource.linkage["order"]) if "order" in resource.linkage else None
    if order and fault_unless_editable(bearer, order, "/data"):
        raise _locked(resource)
    is_placed = resource.type == "orders" and not is_editable(resource.attributes)
    if is_placed or _is_held(store, resource):
        raise _locked(resource)
    _remove(store, resource)
    if order and resource.type in {"line_items", "shipments"}:
        refresh(store, order.identifier, edited=True)


def _is_held(store: Store, resource: Resource) -> bool:
    """Tell whether something leads to a resource, or to what would go with it."""
    belongings = map(store.get, _ends(store, resource, _BELONGINGS))
    return bool(_ends(store, resource, _HOLDERS)) or any(_is_held(store, b) for b in belongings)


def _remove(store: Store, resource: Resource) -> None:
    for identifier in _ends(store, resource, _BELONGINGS):
        _remove(store, store.get(identifier))
    for order in store.linked_from(resource.identifier, types=["orders"], name="payment_source"):
        store.update(store.get(order), attributes={"payment_source_details": None})
    store.remove(resource.identifier)


def _ends(
    store: Store, resource: Resource, table: Mapping[str, Sequence[_End]]
) -> list[Identifier]:
    """Name what leads to a resource, along the rows of its type."""
    return [
        identifier
        for type_, name in table.get(resource.type, ())
        for identifier in store.linked_from(resource.identifier, types=[type_], name=name)
    ]


def _locked(resource: Resource) -> Refusal:
    detail = f"Failed to destroy {class_of(resource.type)} with id={resource.id}"
    return Refusal(423, error_object(423, "LOCKED", "Locked resource", detail))
