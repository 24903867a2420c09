"""Write what a reading request asks for as query parameters. No I/O happens here.

Sources: https://docs.commercelayer.io/core/sparse-fieldsets,
https://docs.commercelayer.io/core/filtering-data,
https://docs.commercelayer.io/core/sorting-results and
https://docs.commercelayer.io/core/pagination
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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
        ArgumentError: A name is none, or a text stands where several names belong.
    """
    parameters: dict[str, int | str] = {}
    for type_, names in (fields or {}).items():
        if not _NAME.fullmatch(type_):
            raise ArgumentError(
                f"Expected fields by resource type, such as 'orders', got {type_!r} in its place."
            )
        parameters[f"fields[{type_}]"] = _joined("fields", names, _NAME)
    for name, value in (filters or {}).items():
        if not _FILTER.fullmatch(name):
            raise ArgumentError(
                f"Expected a filter to be an attribute and a predicate, such as 'status_eq', got "
                f"{name!r}."
            )
        values = [value] if isinstance(value, str | bool | int | float) else value
        parameters[f"filter[q][{name}]"] = ",".join(map(_written, values))
    if sort:
        parameters["sort"] = _joined("sort", sort, _CRITERION)
    if page_number is not None:
        parameters["page[number]"] = page_number
    if page_size is not None:
        parameters["page[size]"] = page_size
    return parameters


def _joined(what: str, names: Sequence[str], pattern: re.Pattern[str]) -> str:
    if isinstance(names, str):
        raise ArgumentError(
            f"Expected {what} to be a tuple of names, such as ({names!r},), got {names!r}."
        )
    for name in names:
        if not pattern.fullmatch(name):
            raise ArgumentError(
                f"Expected {what} to name attributes, such as 'number', got {name!r}."
            )
    return ",".join(names)


def _written(value: Value) -> str:
    """Write a filter's value as JSON has it: true and false are small."""
    return str(value).lower() if isinstance(value, bool) else str(value)
