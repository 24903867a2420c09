"""Write what a reading request asks for as query parameters. No I/O happens here.

Sources: https://docs.commercelayer.io/core/sparse-fieldsets,
https://docs.commercelayer.io/core/filtering-data,
https://docs.commercelayer.io/core/sorting-results and
https://docs.commercelayer.io/core/pagination
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from helpers.errors import ArgumentError

__all__ = ["Fields", "Filters", "Value", "query_parameters"]

# By resource type, the names of the attributes and relationships to return.
Fields = Mapping[str, Sequence[str]]
# By attribute and predicate, such as ``status_eq``, the value, or the values of one like ``in``.
Value = str | bool | float
Filters = Mapping[str, Value | Sequence[Value]]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FILTER = re.compile(r"[a-z_][a-z0-9_]*")
_CRITERION = re.compile(r"-?[a-z][a-z0-9_.]*")
# Half a surrogate pair: no UTF-8, and so no address, has it.
_HALF = re.compile(r"[\ud800-\udfff]")


def query_parameters(
    *,
    fields: Fields | None = None,
    filters: Filters | None = None,
    sort: Sequence[str] = (),
    page_number: int | None = None,
    page_size: int | None = None,
) -> dict[str, int | str]:
    """Build the query parameters of a reading request, by the API's names for them.

    Args:
        fields: Names of attributes and relationships, by resource type.
        filters: Values by attribute and predicate; several values are joined by commas.
        sort: Attributes to sort by.
        page_number: Counted from one.
        page_size: How many resources a page holds.

    Returns:
        Parameters for ``documents.target_of``; what is not asked for is not there.

    Raises:
        ArgumentError: A name, a value or a number is none, or a text stands where several names
            belong.
    """
    parameters: dict[str, int | str] = {}
    for type_, names in _members("fields", "{'orders': ('number',)}", fields):
        if not _is_name(type_, _NAME):
            raise ArgumentError(
                f"Expected fields by resource type, such as 'orders', got {type_!r} in its place."
            )
        parameters[f"fields[{type_}]"] = _joined("fields", names, _NAME)
    for name, value in _members("filters", "{'status_eq': 'pending'}", filters):
        if not _is_name(name, _FILTER):
            raise ArgumentError(
                f"Expected a filter to be an attribute and a predicate, such as 'status_eq', got "
                f"{name!r}."
            )
        values = value if isinstance(value, list | tuple) else [value]
        parameters[f"filter[q][{name}]"] = ",".join(_written(name, each) for each in values)
    if sort != ():
        parameters["sort"] = _joined("sort", sort, _CRITERION)
    for name, number in (("number", page_number), ("size", page_size)):
        if isinstance(number, bool) or not isinstance(number, int | None):
            raise ArgumentError(f"Expected page_{name} to be a whole number, got {number!r}.")
        if number is not None:
            parameters[f"page[{name}]"] = number
    return parameters


def _members(what: str, example: str, given: object) -> Iterable[tuple[Any, Any]]:
    """Take a mapping apart, whose names and values are still to be looked at."""
    if not isinstance(given, Mapping | None):
        raise ArgumentError(f"Expected {what} to be a mapping, such as {example}, got {given!r}.")
    return (given or {}).items()


def _is_name(name: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(name, str) and pattern.fullmatch(name) is not None


def _joined(what: str, names: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(names, list | tuple):
        example = names if isinstance(names, str) else "number"
        raise ArgumentError(
            f"Expected {what} to be a tuple of names, such as ({example!r},), got {names!r}."
        )
    for name in names:
        if not _is_name(name, pattern):
            raise ArgumentError(
                f"Expected {what} to name attributes, such as 'number', got {name!r}."
            )
    return ",".join(names)


def _written(name: str, value: object) -> str:
    """Write a filter's value as JSON has it: true and false are small."""
    if not isinstance(value, str | bool | int | float) or _HALF.search(str(value)):
        raise ArgumentError(
            f"Expected the value of the filter {name!r} to be a text, a number or a bool, such as "
            f"'2018-01-01T12:00:00Z' or True, got {type(value).__name__}."
        )
    return str(value).lower() if isinstance(value, bool) else str(value)
