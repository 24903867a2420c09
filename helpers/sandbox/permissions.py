"""Permissions: what the holder of an access token may see.

Source: https://docs.commercelayer.io/core/roles-and-permissions
"""

from __future__ import annotations

from helpers.sandbox.errors import access_denied
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.tokens import Bearer

__all__ = ["check_visible", "is_visible", "visible_list"]

# What any sales channel may read: of these types, every resource.
_PUBLIC = frozenset(
    {
        "application",
        "markets",
        "organization",
        "payment_methods",
        "price_lists",
        "prices",
        "shipping_methods",
        "skus",
    }
)
# Of these types, those that a path of to-one relationships leads from to the owner.
_WAY_TO_OWNER: dict[str, tuple[str, ...]] = {
    "authorizations": ("order", "customer"),
    "captures": ("order", "customer"),
    "customer_addresses": ("customer",),
    "customer_payment_sources": ("customer",),
    "customers": (),
    "klarna_payments": ("order", "customer"),
    "line_items": ("order", "customer"),
    "orders": ("customer",),
    "refunds": ("order", "customer"),
    "resource_errors": ("resource", "customer"),
    "shipments": ("order", "customer"),
    "voids": ("order", "customer"),
}
# An address is its owner's who has it in an order, or in their address book.
_HOLDERS_OF_ADDRESSES = (
    ("orders", "shipping_address"),
    ("orders", "billing_address"),
    ("customer_addresses", "address"),
)
# The only lists that are open to every sales channel; an owner has those of their own, too.
_PUBLIC_LISTS = frozenset({"prices", "skus"})


def check_visible(store: Store, bearer: Bearer, resource: Resource) -> None:
    """Refuse a resource that the bearer may not see (401)."""
    if not is_visible(store, bearer, resource):
        raise access_denied()


def is_visible(store: Store, bearer: Bearer, resource: Resource) -> bool:
    """Tell whether the bearer may see a resource."""
    if not bearer.is_sales_channel or resource.type in _PUBLIC:
        return True
    if resource.type == "addresses":
        return any(
            _is_own(store, bearer, store.get(identifier))
            for type_, name in _HOLDERS_OF_ADDRESSES
            for identifier in store.linked_from(resource.identifier, types=[type_], name=name)
        )
    return _is_own(store, bearer, resource)


def visible_list(store: Store, bearer: Bearer, type_: str) -> list[Identifier]:
    """List the resources of a type that the bearer may see.

    Raises:
        Refusal: Lists of this type are refused to the bearer (401).
    """
    concrete = resource_types()[type_].concrete
    if not bearer.is_sales_channel or type_ in _PUBLIC_LISTS:
        return store.identifiers(concrete)
    if bearer.owner and _WAY_TO_OWNER.get(type_) == ("customer",):
        return store.linked_from(bearer.owner, types=concrete, name="customer")
    raise access_denied()


def _is_own(store: Store, bearer: Bearer, resource: Resource) -> bool:
    """Follow the way to the owner; without an owner, what belongs to nobody is their own."""
    way = _WAY_TO_OWNER.get(resource.type)
    if way is None:
        return False
    reached: Identifier | None = resource.identifier
    for name in way:
        reached = store.get(reached).linkage.get(name) if reached else None
    return reached == bearer.owner
