"""Read a filter into a condition.

Sources: https://docs.commercelayer.io/core/filtering-data for ``filter[q][...]``; the API's public
catalogue of resources for the plain filters; the Ruby library ransack, whose syntax this is, for
how a name is taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from helpers.sandbox.conditions import Condition, any_of, column
from helpers.sandbox.errors import Refusal, wrong_parameter
from helpers.sandbox.predicates import PREDICATES, SCALARS, UNKNOWN, Predicate
from helpers.sandbox.relations import leads_to
from helpers.sandbox.resources import Attribute, Relationship, resource_types

__all__ = ["read_filter"]

_NAME = re.compile(r"filter\[(?P<is_q>q\]\[)?(?P<name>[^\[\]]+)\]")
# More than anybody asks for; a query that a client makes must not become one without bounds. A
# path of five relationships can be more than SQLite's parser has room for.
_MOST_ATTRIBUTES = 10
_LONGEST_PATH = 4
# The longest first: what ends with "not_eq" ends with "eq", too.
_LONGEST_FIRST = sorted(PREDICATES, key=len, reverse=True)
# What the plain filters of an instant ask, by the end of their name.
_SPANS = {"_from": "gteq", "_to": "lteq"}


class _Operand(NamedTuple):
    """What a predicate is asked of.

    Attributes:
        path: The names of the relationships that lead to it.
        name: The attribute's name, or ``id``.
        kind: The attribute's type, where ``datetime`` is one, or unknown.
    """

    path: tuple[str, ...]
    name: str
    kind: str


def read_filter(parameter: str, value: str, types: Sequence[str]) -> Condition:
    """Read a filter.

    Args:
        parameter: The parameter's whole name, such as ``filter[q][number_or_customer_email_eq]``
            or ``filter[customer_id]``.
        value: The value it came with.
        types: The types of the resources that are listed.

    Raises:
        Refusal: It has no such syntax, asks of what cannot be filtered by, or with a value that is
            none (400).
    """
    match = _NAME.fullmatch(parameter)
    if match is None or match[0] == "filter[q]":
        written = value if parameter in {"filter", "filter[q]"} else parameter
        detail = f"{written} is not a valid syntax for filtering."
        raise Refusal(400, wrong_parameter("INVALID_FILTERS_SYNTAX", detail))
    name = match["name"]
    read = _read_q if match["is_q"] else _read_plain
    operands, predicate = read(name, tuple(types))
    if not operands or predicate is None:
        raise Refusal(400, wrong_parameter("FILTER_NOT_ALLOWED", f"{name} is not allowed."))
    try:
        return any_of(_condition(types, operand, predicate, value) for operand in operands)
    except (ValueError, OverflowError, RecursionError):
        detail = f"{value} is not a valid value for {name}."
        raise Refusal(400, wrong_parameter("INVALID_FILTER_VALUE", detail)) from None


def _condition(
    types: Sequence[str], operand: _Operand, predicate: Predicate, value: str
) -> Condition:
    read = predicate.read(operand.kind, value)
    fixed = frozenset({operand.name} if predicate is PREDICATES["eq"] else ())
    sql = predicate.test.replace("{column}", column(operand.name))
    test = Condition(sql, (read,), fixed, frozenset({operand.name}))
    return leads_to(types, operand.path, test, or_nowhere=predicate.of_null(read))


_Read = tuple[Sequence[_Operand], Predicate | None]


def _read_q(name: str, types: tuple[str, ...]) -> _Read:
    """Take apart ``<attribute>_or_<attribute>_<predicate>``."""
    for ending in _LONGEST_FIRST:
        attributes = name.removesuffix(f"_{ending}").split("_or_", _MOST_ATTRIBUTES)
        if not name.endswith(f"_{ending}") or len(attributes) > _MOST_ATTRIBUTES:
            continue
        found = [_find(types, attribute) for attribute in attributes]
        operands = [operand for operand in found if operand is not None]
        predicate = PREDICATES[ending]
        if len(operands) == len(found) and all(o.kind in predicate.kinds for o in operands):
            return operands, predicate
    return [], None


def _read_plain(name: str, types: tuple[str, ...]) -> _Read:
    """Find the filter among those that the catalogue gives a type."""
    kind = _own(types, name) or ("string" if name == "ids" else None)
    if kind:
        predicate = PREDICATES["in" if kind in SCALARS else "jcont"]
        return [_Operand((), "id" if name == "ids" else name, kind)], predicate
    for relationship in _relationships(types):
        if relationship.filterable and name == f"{relationship.name}_id":
            return [_Operand((relationship.name,), "id", "string")], PREDICATES["in"]
    for ending, span in _SPANS.items():
        attribute = name.removesuffix(ending)
        if name.endswith(ending) and _own(types, attribute) == "datetime":
            return [_Operand((), attribute, "datetime")], PREDICATES[span]
    return [], None


def _find(types: tuple[str, ...], name: str, path: tuple[str, ...] = ()) -> _Operand | None:
    """Find an attribute, a resource's own or one that a path of relationships leads to.

    Its own attributes come first, then the relationships with the longest name. Of types that are
    not emulated, any attribute will do, unless the name is that of one that cannot be filtered by:
    no resource has it.
    """
    kind = _own(types, name)
    if kind:
        return _Operand(path, name, kind)
    if len(path) == _LONGEST_PATH:
        return None
    beyond = None
    is_attribute = any(name in resource_types()[type_].attributes for type_ in types)
    for relationship in _relationships(types):
        rest = name.removeprefix(f"{relationship.name}_")
        if rest == name:
            continue
        ahead = (*path, relationship.name)
        if relationship.types:
            operand = _find(relationship.types, rest, ahead)
            if operand:
                return operand
        elif rest.isidentifier() and not is_attribute:
            beyond = beyond or _Operand(ahead, "id", UNKNOWN)
    return beyond


def _own(types: tuple[str, ...], name: str) -> str | None:
    """Tell the kind of an attribute that a list of these types can be filtered by."""
    if name == "id":
        return "string"
    attribute = _attributes(types).get(name)
    if attribute is None:
        return None
    return "datetime" if attribute.is_datetime else attribute.type


@cache
def _attributes(types: tuple[str, ...]) -> dict[str, Attribute]:
    return {
        attribute.name: attribute
        for type_ in reversed(types)
        for attribute in resource_types()[type_].attributes.values()
        if attribute.filterable
    }


@cache
def _relationships(types: tuple[str, ...]) -> list[Relationship]:
    """List the relationships that a filter can follow, those with the longest names first."""

    def known() -> Iterator[Relationship]:
        for type_ in types:
            yield from resource_types()[type_].relationships.values()

    found = {each.name: each for each in known() if each.includable}
    return sorted(found.values(), key=lambda each: len(each.name), reverse=True)
