"""Where a relationship leads: from the stored linkage, from its other end, or along a path."""

from __future__ import annotations

from functools import cache

from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier, Resource, Store

__all__ = ["linkage"]

# A step forward is the name of a relationship. A step back is a type and the name of its to-one
# relationship: every resource of that type whose relationship leads here.
Step = str | tuple[str, str]

# Computed relationships, as paths from the resource. An empty path leads nowhere: what it would
# list (promotions' free items, claims of an access token) is not emulated.
_PATHS: dict[tuple[str, str], tuple[Step, ...]] = {
    ("orders", "available_customer_payment_sources"): ("customer", "customer_payment_sources"),
    ("orders", "available_payment_methods"): ("market", ("payment_methods", "market")),
    ("orders", "default_payment_method"): ("market", "default_payment_method"),
    ("orders", "default_shipping_method"): ("market", "default_shipping_method"),
    ("orders", "available_free_skus"): (),
    ("customers", "jwt_markets"): (),
    ("skus", "jwt_markets"): (),
    ("prices", "jwt_markets"): (),
    ("shipments", "line_items"): ("order", "line_items"),
    ("shipments", "available_shipping_methods"): (
        "order",
        "market",
        ("shipping_methods", "market"),
    ),
}


def linkage(store: Store, resource: Resource, name: str) -> list[Identifier]:
    """Name the resources that a relationship leads to.

    Args:
        store: Where to look.
        resource: The resource that has the relationship.
        name: The relationship's name.

    Returns:
        Identifiers, oldest resource first: one or none for a to-one relationship. A relationship
        to a type that is not emulated leads nowhere.
    """
    path = _PATHS.get((resource.type, name))
    if path is not None:
        return _along(store, resource, path)
    relationship = resource_types()[resource.type].relationships[name]
    if not relationship.many:
        return [resource.linkage[name]] if name in resource.linkage else []
    return [
        found
        for back in _other_ends(resource.type, name)
        for found in store.linked_from(resource.identifier, types=back[0], name=back[1])
    ]


def _along(store: Store, resource: Resource, path: tuple[Step, ...]) -> list[Identifier]:
    reached = [resource.identifier] if path else []
    for step in path:
        if isinstance(step, str):
            steps = [linkage(store, store.get(identifier), step) for identifier in reached]
        else:
            steps = [
                store.linked_from(identifier, types=[step[0]], name=step[1])
                for identifier in reached
            ]
        reached = [identifier for identifiers in steps for identifier in identifiers]
    return reached


@cache
def _other_ends(type_: str, name: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Find the to-one relationships that are this to-many relationship's other end."""
    types: dict[str, list[str]] = {}
    for related_type in resource_types()[type_].relationships[name].types:
        for back in resource_types()[related_type].relationships.values():
            if not back.many and type_ in back.types:
                types.setdefault(back.name, []).append(related_type)
    return tuple((tuple(related_types), back) for back, related_types in types.items())
