"""The indexes of resources by what they hold, as a table, and which of them a list is read by.

SQLite would often choose another one: it takes a type for something that few resources have in
common. So each list says which index it is read by.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

__all__ = ["AGE", "INDEXES", "index_of"]

# The column that counts resources as they come.
AGE = "sequence"

# By type, the attributes that indexes hold, from narrow ones to one that holds what lists are
# commonly narrowed down by and sorted by. To read all of that one is still fifty times as fast as
# to read the resources.
_HELD: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "customers": (("email",),),
    "orders": (
        (AGE,),
        ("created_at",),
        ("customer_email",),
        ("number",),
        ("total_amount_cents",),
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
    first, *others = held
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
