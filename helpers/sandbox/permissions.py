"""Permissions: what the holder of an access token may do, and to what.

Source: https://docs.commercelayer.io/core/roles-and-permissions. An integration may do everything.
What the page does not say of a sales channel is the sandbox's own choice; see ``choices.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from helpers.sandbox.conditions import ANYTHING, Condition, all_of
from helpers.sandbox.errors import access_denied
from helpers.sandbox.relations import leads_to, links_to
from helpers.sandbox.resources import ResourceType
from helpers.sandbox.store import Resource, Store
from helpers.sandbox.tokens import Bearer

__all__ = [
    "check_may",
    "check_may_send",
    "check_visible",
    "is_visible",
    "may_follow",
    "scope_of_list",
]

_ACTIONS = {"l": "list", "r": "retrieve", "c": "create", "u": "update", "d": "delete"}
# What a sales channel may do: as a guest's, and as a customer's. No row, no permission.
_SALES_CHANNEL: Mapping[str, tuple[str, str]] = {
    "addresses": ("rcu", "rcu"),
    "applications": ("r", "r"),
    "authorizations": ("r", "r"),
    "captures": ("r", "r"),
    "customer_addresses": ("", "lrcud"),
    "customer_payment_sources": ("", "lrud"),
    "customers": ("c", "rcud"),
    "klarna_payments": ("rcud", "rcud"),
    "line_items": ("rcud", "rcud"),
    "markets": ("r", "r"),
    "orders": ("rcu", "lrcu"),
    "organizations": ("r", "r"),
    "payment_methods": ("r", "r"),
    "price_lists": ("r", "r"),
    "prices": ("lr", "lr"),
    "refunds": ("r", "r"),
    "resource_errors": ("r", "r"),
    "shipments": ("ru", "ru"),
    "shipping_methods": ("r", "r"),
    "skus": ("lr", "lr"),
    "stripe_payments": ("rcud", "rcud"),
    "transactions": ("r", "r"),
    "voids": ("r", "r"),
}
_METHODS = {"payment_methods", "shipping_methods"}
# What a guest's sales channel may see of the orders of guests.
_STATUSES_FOR_GUESTS = {"draft", "pending", "placed"}
# An address is its owner's who has it in an order, or in their address book.
_HOLDERS_OF_ADDRESSES = (
    ("orders", "shipping_address"),
    ("orders", "billing_address"),
    ("customer_addresses", "address"),
)


def check_may(bearer: Bearer, type_: ResourceType, action: str) -> None:
    """Refuse an action that the bearer may not take on any resource of a type (401)."""
    if bearer.is_sales_channel:
        guests, customers = _sales_channel(type_.name)
        if action not in (customers if bearer.owner else guests):
            raise access_denied()


@cache
def _sales_channel(type_: str) -> tuple[frozenset[str], frozenset[str]]:
    """Name the actions that guests may take, and those that customers may."""
    guests, customers = (
        frozenset(_ACTIONS[letter] for letter in letters)
        for letters in _SALES_CHANNEL.get(type_, ("", ""))
    )
    return guests, customers


def check_may_send(bearer: Bearer, type_: ResourceType, names: set[str]) -> None:
    """Refuse attributes and relationships that a sales channel may not send (401)."""
    if bearer.is_sales_channel and names & _refused(type_):
        raise access_denied()


@cache
def _refused(type_: ResourceType) -> frozenset[str]:
    flagged = (*type_.attributes.values(), *type_.relationships.values())
    return frozenset(each.name for each in flagged if each.refused_to_sales_channels)


def check_visible(store: Store, bearer: Bearer, resource: Resource) -> None:
    """Refuse a resource that the bearer may not see (401)."""
    if not is_visible(store, bearer, resource):
        raise access_denied()


def is_visible(store: Store, bearer: Bearer, resource: Resource) -> bool:
    """Tell whether the bearer may see a resource."""
    if not bearer.is_sales_channel:
        return True
    rule = _VISIBLE.get(resource.type)
    return rule is not None and rule(store, bearer, resource)


def may_follow(store: Store, bearer: Bearer, resource: Resource) -> bool:
    """Tell whether a to-one relationship may lead the bearer to a resource.

    A method that an order was placed with stays in sight, even if it is disabled by now.
    """
    return resource.type in _METHODS or is_visible(store, bearer, resource)


def scope_of_list(bearer: Bearer, type_: ResourceType) -> Condition:
    """Say which resources are in the bearer's list of a type, if they may have one."""
    if not bearer.is_sales_channel or _VISIBLE.get(type_.name) is _anyone:
        return ANYTHING
    owner = bearer.owner[1] if bearer.owner else ""
    conditions = [leads_to(type_.concrete, ["customer"], Condition("resource.id = ?", (owner,)))]
    if bearer.markets is not None and "market" in type_.relationships:
        conditions.append(links_to("market", "markets", bearer.markets))
    return all_of(conditions)


def _anyone(store: Store, bearer: Bearer, resource: Resource) -> bool:
    return True


def _in_scope(bearer: Bearer, market_id: str) -> bool:
    return bearer.markets is None or market_id in bearer.markets


def _market(store: Store, bearer: Bearer, market: Resource) -> bool:
    return _in_scope(bearer, market.id)


def _method(store: Store, bearer: Bearer, method: Resource) -> bool:
    """A method is there for a shop's visitors while it is enabled, in the markets in scope."""
    market = method.linkage.get("market")
    is_here = market is None or _in_scope(bearer, market[1])
    return is_here and not method.attributes.get("disabled_at")


def _order(store: Store, bearer: Bearer, order: Resource) -> bool:
    """A guest sees the orders of guests; a customer their own, and those of nobody yet."""
    customer = order.linkage.get("customer")
    if not _in_scope(bearer, order.linkage["market"][1]):
        return False
    if bearer.owner:
        return customer in (bearer.owner, None)
    is_shown = order.attributes["status"] in _STATUSES_FOR_GUESTS
    return is_shown and bool(order.attributes.get("guest"))


def _of_order(store: Store, bearer: Bearer, resource: Resource) -> bool:
    order = resource.linkage.get("order") or resource.linkage.get("resource")
    return order is not None and _order(store, bearer, store.get(order))


def _payment(store: Store, bearer: Bearer, payment: Resource) -> bool:
    """A payment is seen through its order, an order it pays, or the wallet it is in."""
    ends = (("orders", "payment_source"), ("customer_payment_sources", "payment_source"))
    return _of_order(store, bearer, payment) or any(
        is_visible(store, bearer, store.get(holder))
        for type_, name in ends
        for holder in store.linked_from(payment.identifier, types=[type_], name=name)
    )


def _of_customer(store: Store, bearer: Bearer, resource: Resource) -> bool:
    return bearer.owner is not None and resource.linkage.get("customer") == bearer.owner


def _customer(store: Store, bearer: Bearer, customer: Resource) -> bool:
    """A customer sees themselves; a guest is a customer who has not signed up."""
    if bearer.owner:
        return customer.identifier == bearer.owner
    return not customer.attributes.get("has_password")


def _address(store: Store, bearer: Bearer, address: Resource) -> bool:
    """An address that nobody holds yet is open to whoever knows its id."""
    holders = [
        store.get(identifier)
        for type_, name in _HOLDERS_OF_ADDRESSES
        for identifier in store.linked_from(address.identifier, types=[type_], name=name)
    ]
    return not holders or any(is_visible(store, bearer, holder) for holder in holders)


# Which resources a sales channel may see, of the types that it may do anything with.
_VISIBLE: Mapping[str, Callable[[Store, Bearer, Resource], bool]] = {
    "addresses": _address,
    "applications": _anyone,
    "authorizations": _of_order,
    "captures": _of_order,
    "customer_addresses": _of_customer,
    "customer_payment_sources": _of_customer,
    "customers": _customer,
    "klarna_payments": _payment,
    "line_items": _of_order,
    "markets": _market,
    "orders": _order,
    "organizations": _anyone,
    "payment_methods": _method,
    "price_lists": _anyone,
    "prices": _anyone,
    "refunds": _of_order,
    "resource_errors": _of_order,
    "shipments": _of_order,
    "shipping_methods": _method,
    "skus": _anyone,
    "stripe_payments": _payment,
    "voids": _of_order,
}
