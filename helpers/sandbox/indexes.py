"""The indexes of resources by what they hold, as a table, and which of them a list is read by.

SQLite would often choose another one: it takes a type for something that few resources have in
common. So each list says which index it is read by.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

__all__ = ["AGE", "INDEXES", "in_order_of", "index_of", "is_in_order"]

# The column that counts resources as they come.
AGE = "sequence"

# By type, the attributes that indexes hold, from narrow ones to one that holds what lists are
# commonly narrowed down by and sorted by. To read all of that one is still fifty times as fast as
# to read the resources.
# After a minus, what falls. Read backwards, an index that rises has the younger one first of those
# that are alike: of what many have in common, they would all have to be sorted.
_HELD: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "customers": (("email",),),
    "orders": (
        (AGE,),
        ("created_at",),
        ("customer_email",),
        ("number",),
        ("total_amount_cents",),
        ("-total_amount_cents",),
        ("updated_at",),
        ("payment_status", "created_at"),
        ("status", "created_at"),
        (
            "status",
            "created_at",
            "approved_at",
            "archived_at",
            "cancelled_at",
            "country_code",
            "currency_code",
            "customer_email",
            "fulfillment_status",
            "guest",
            "number",
            "payment_status",
            "placed_at",
            "reference",
            "shipping_amount_cents",
            "subtotal_amount_cents",
            "total_amount_cents",
            "total_tax_amount_cents",
            "updated_at",
        ),
    ),
    "prices": (("sku_code",),),
    "skus": (("code",),),
}
# What few resources have in common: given a value of it, the others are not even looked at.
_RARE = ("customer_email", "number")


def _name(type_: str, held: tuple[str, ...]) -> str:
    first, *others = (each.replace("-", "falling_") for each in held)
    return f"{type_}_by_{first}{''.join(f'_and_{each}' for each in others[:1])}" + (
        "_and_more" if len(held) > 2 else ""
    )


# By name: the type of the resources that are in it, and what it holds of them.
INDEXES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    _name(type_, held): (type_, held) for type_, table in _HELD.items() for held in table
}


def index_of(type_: str, *, fixed: Collection[str], about: Collection[str]) -> str | None:
    """Name the index to read a list by.

    Args:
        type_: The type of the resources.
        fixed: What the conditions give the value of: attributes, or ``id``.
        about: What the conditions and the order are about.

    Returns:
        The index, or None where SQLite finds the best one.
    """
    if "id" in fixed:
        return None
    rare = [{name} for name in _RARE if name in fixed]
    for wanted in (*rare, set(about)):
        for held in _HELD.get(type_, ()):
            if wanted and wanted.issubset(held):
                return _name(type_, held)
    return None


def in_order_of(type_: str, name: str, *, is_descending: bool) -> str | None:
    """Name what an index holds that has the order of an attribute, then of age; None without one.

    Args:
        type_: The type of the resources.
        name: The attribute, or the age.
        is_descending: Whether the most comes first. An index that rises can be read backwards.
    """
    alone = [held[0] for held in _HELD.get(type_, ()) if len(held) == 1]
    ways = [f"-{name}", name] if is_descending else [name]
    return next((each for each in ways if each in alone), None)


def is_in_order(type_: str, name: str, *, fixed: Collection[str], about: Collection[str]) -> bool:
    """Tell whether the index to read a list by has an order.

    Args:
        type_: The type of the resources.
        name: What the index of that order would hold.
        fixed: As for ``index_of``.
        about: As for ``index_of``.
    """
    index = index_of(type_, fixed=fixed, about=about)
    held = INDEXES[index][1] if index else ()
    return index is not None and next((each for each in held if each not in fixed), AGE) == name
