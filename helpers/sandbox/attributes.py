"""What an answer holds of a resource's attributes: the stored ones, and those that follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from helpers.sandbox.orders import is_editable
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Resource

__all__ = ["readable_attributes"]

_DECIMALS = 2
# By currency: its symbol, and what stands before thousands and before decimals.
_FORMATS = {"EUR": ("€", ".", ","), "GBP": ("£", ",", "."), "USD": ("$", ",", ".")}

# What an attribute is where nothing is known of it, unless that is null.
_BLANK: Mapping[str, object] = {"discount_breakdown": {}, "metadata": {}, "tax_breakdown": {}}
# Attributes that only a resource retrieved by itself has.
_ALONE_ONLY = {("skus", "inventory")}
# Attributes that follow from the stored ones, by resource type and name.
_DERIVED: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], object]] = {
    ("orders", "editable"): is_editable,
}


class _Plan(NamedTuple):
    """What to write of the attributes of a resource type.

    Attributes:
        blank: Every attribute in documented order, with what it is where nothing is known of it.
        money: The floats and the formatted texts of amounts, each with the name of its cents.
        derived: What else follows from the stored attributes.
    """

    blank: Mapping[str, object]
    money: tuple[tuple[str, str, Callable[[int, str | None], object]], ...]
    derived: tuple[tuple[str, Callable[[Mapping[str, Any]], object]], ...]


def readable_attributes(
    resource: Resource, fields: frozenset[str] | None = None, *, alone: bool = True
) -> dict[str, Any]:
    """Complete a resource's stored attributes to those that an answer holds, in documented order.

    Floats and formatted texts follow from cents, an order's ``editable`` from its status; what is
    neither stored nor follows is null, or ``{}`` for metadata and breakdowns.

    Args:
        resource: The resource.
        fields: The names of the attributes to write, or None for all of them.
        alone: Whether the resource was retrieved by itself, not in a list or included.
    """
    plan = _plan(resource.type, alone)
    stored = resource.attributes
    attributes = dict(plan.blank)
    currency = stored.get("currency_code")
    for name, in_cents, write in plan.money:
        cents = stored.get(in_cents)
        if cents is not None:
            attributes[name] = write(cents, currency)
    for name, derive in plan.derived:
        attributes[name] = derive(stored)
    attributes |= {name: value for name, value in stored.items() if name in attributes}
    if fields is None:
        return attributes
    return {name: value for name, value in attributes.items() if name in fields}


@cache
def _plan(type_: str, alone: bool) -> _Plan:
    known = resource_types()[type_]
    readable = [
        name
        for name, attribute in known.attributes.items()
        if attribute.readable and (alone or (type_, name) not in _ALONE_ONLY)
    ]
    money = [
        (name, f"{amount}_cents", write)
        for amount in known.money
        for name, write in ((f"{amount}_float", _as_float), (f"formatted_{amount}", _formatted))
    ]
    return _Plan(
        blank={name: _BLANK.get(name) for name in readable},
        money=tuple(row for row in money if row[0] in readable),
        derived=tuple((name, derive) for (of, name), derive in _DERIVED.items() if of == type_),
    )


def _as_float(cents: int, currency: str | None) -> float:
    return float(cents / 10**_DECIMALS)


@lru_cache(maxsize=4096)
def _formatted(cents: int, currency: str | None) -> str:
    """Write an amount as the API writes euros: ``-€1.234,50``. Dollars are ``-$1,234.50``."""
    symbol, thousands, decimal = _FORMATS.get(currency or "", (f"{currency} ", ",", "."))
    whole, rest = divmod(abs(cents), 10**_DECIMALS)
    amount = f"{whole:,}".replace(",", thousands) + f"{decimal}{rest:0{_DECIMALS}}"
    return f"{'-' if cents < 0 else ''}{symbol}{amount}"
