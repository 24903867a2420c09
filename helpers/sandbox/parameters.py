"""Read the query parameters of a request: what to include, which fields, which page of a list.

Sources: https://docs.commercelayer.io/core/including-associations,
https://docs.commercelayer.io/core/sparse-fieldsets and
https://docs.commercelayer.io/core/pagination; ``filters.py`` for the filters and ``errors.py`` for
the refusals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from helpers.sandbox.conditions import Condition, Criterion
from helpers.sandbox.errors import ErrorObject, Refusal, error_object, wrong_parameter
from helpers.sandbox.filters import read_filter
from helpers.sandbox.messages import Request
from helpers.sandbox.resources import resource_types, types_elsewhere

__all__ = ["IncludeTree", "Page", "Parameters", "read_parameters"]

# What to include, as a tree of relationship names.
IncludeTree = Mapping[str, "IncludeTree"]

_PAGE_SIZE = 10
_LARGEST_PAGE = 25
# More than any list has; a number may be too long to be read at all.
_LAST_PAGE = 999_999_999
# More than anybody asks for; a query that a client makes must not become one without bounds.
_MOST_FILTERS = 30
_MOST_SORT_CRITERIA = 20
# Families of parameters that say something of a list and of nothing else.
_OF_LISTS = {"filter", "page", "sort"}


@dataclass(frozen=True)
class Page:
    """A page of a list.

    Attributes:
        number: Counted from one.
        size: How many resources a page holds.
    """

    number: int = 1
    size: int = _PAGE_SIZE

    @property
    def offset(self) -> int:
        """How many resources the pages before this one hold."""
        return (self.number - 1) * self.size

    def count(self, records: int) -> int:
        """Count the pages that hold this many records: at least one."""
        return max(1, -(-records // self.size))


class Parameters(NamedTuple):
    """What the query parameters ask for.

    Attributes:
        include: What to include.
        fields: By concrete resource type, the names of the attributes and relationships to write;
            a type that is not there is written in full.
        sort: What to sort a list by.
        conditions: What a list is narrowed down to.
        page: Which page of a list to write.
    """

    include: IncludeTree
    fields: Mapping[str, frozenset[str]]
    sort: Sequence[Criterion]
    conditions: Sequence[Condition]
    page: Page


def read_parameters(request: Request, types: Sequence[str], *, paged: bool) -> Parameters:
    """Read the query parameters.

    Args:
        request: The request.
        types: The types of the primary data. Without any, nothing can be included.
        paged: Whether the answer is a list, which has pages, an order, and filters.

    Raises:
        Refusal: Something is unknown, malformed or out of bounds (400); one error object each.
    """
    return _read(tuple(request.query.items()), tuple(types), paged)


@lru_cache(maxsize=256)
def _read(query: tuple[tuple[str, str], ...], types: tuple[str, ...], paged: bool) -> Parameters:
    """Read them, or recall what was read: clients ask for the same again and again."""
    reading = _Reading(types)
    faults: list[ErrorObject] = []
    for name, value in query:
        family = name.partition("[")[0]
        read = _READERS.get(family)
        if read is None or (family in _OF_LISTS and not paged):
            faults.append(_not_allowed(name))
            continue
        try:
            read(reading, name, value)
        except Refusal as refusal:
            faults += refusal.errors
    if faults:
        raise Refusal(400, *faults)
    page = Page(reading.pages["number"], reading.pages["size"])
    return Parameters(reading.include, reading.fields, reading.sort, reading.conditions, page)


class _Reading:
    """What was read so far."""

    def __init__(self, types: Sequence[str]) -> None:
        self.types = types
        self.include: dict[str, Any] = {}
        self.fields: dict[str, frozenset[str]] = {}
        self.sort: list[Criterion] = []
        self.conditions: list[Condition] = []
        self.pages = {"number": 1, "size": _PAGE_SIZE}


def _read_include(reading: _Reading, name: str, value: str) -> None:
    if name != "include":
        raise Refusal(400, _not_allowed(name))
    _refuse(_grow(reading.include, path, reading.types) for path in value.split(",") if path)


def _grow(tree: dict[str, Any], path: str, types: Sequence[str]) -> ErrorObject | None:
    """Add a path to the tree of what to include; what is wrong with it is returned."""
    for name in path.split("."):
        relationships = [
            resource_types()[type_].relationships[name]
            for type_ in types
            if name in resource_types()[type_].relationships
        ]
        if not relationships or not relationships[0].includable:
            of = f"of {types[0]}" if types else "here: what it would belong to is not emulated"
            detail = f"{name} is not a valid includable relationship {of}"
            return wrong_parameter("INVALID_INCLUDE", detail)
        tree = tree.setdefault(name, {})
        related = [type_ for relationship in relationships for type_ in relationship.types]
        types = list(dict.fromkeys(related))
    return None


def _read_fields(reading: _Reading, name: str, value: str) -> None:
    match = re.fullmatch(r"fields\[([^\[\]]+)\]", name)
    if match is None:
        detail = "Fields must specify a type."
        raise Refusal(400, wrong_parameter("INVALID_FIELD_FORMAT", detail))
    type_ = match[1]
    if type_ in types_elsewhere():
        return  # none of them will be in the answer
    if type_ not in resource_types():
        detail = f"{type_} is not a valid resource."
        raise Refusal(400, wrong_parameter("INVALID_RESOURCE", detail))
    names = frozenset(filter(None, map(str.strip, value.split(","))))
    _refuse(
        wrong_parameter("INVALID_FIELD", f"{each} is not a valid field for {type_}.")
        for each in sorted(names - _fields_of(type_))
    )
    for concrete in resource_types()[type_].concrete:
        if concrete == type_ or concrete not in reading.fields:
            reading.fields[concrete] = names


@cache
def _fields_of(type_: str) -> frozenset[str]:
    known = resource_types()[type_]
    readable = [each.name for each in known.attributes.values() if each.readable]
    return frozenset({"id", "type", *readable, *known.relationships})


def _read_sort(reading: _Reading, name: str, value: str) -> None:
    if name != "sort":
        raise Refusal(400, _not_allowed(name))
    criteria = [criterion for criterion in value.split(",") if criterion]
    names = [criterion.removeprefix("-") for criterion in criteria]
    unknown = [each for each in names if each not in _sortable(tuple(reading.types))]
    if len(criteria) > _MOST_SORT_CRITERIA:
        unknown = [f"More than {_MOST_SORT_CRITERIA} attributes"]
    of = f" for {reading.types[0]}" if reading.types else ""
    _refuse(
        wrong_parameter("INVALID_SORT_CRITERIA", f"{each} is not a valid sort criteria{of}")
        for each in unknown
    )
    reading.sort = [
        Criterion(each, is_descending=criterion.startswith("-"))
        for each, criterion in zip(names, criteria, strict=True)
    ]


@cache
def _sortable(types: tuple[str, ...]) -> frozenset[str]:
    attributes = [each for type_ in types for each in resource_types()[type_].attributes.values()]
    return frozenset({"id", *(each.name for each in attributes if each.sortable)})


def _read_filter(reading: _Reading, name: str, value: str) -> None:
    if len(reading.conditions) == _MOST_FILTERS:
        detail = f"More than {_MOST_FILTERS} filters is not a valid syntax for filtering."
        raise Refusal(400, wrong_parameter("INVALID_FILTERS_SYNTAX", detail))
    reading.conditions.append(read_filter(name, value, reading.types))


def _read_page(reading: _Reading, name: str, value: str) -> None:
    match = re.fullmatch(r"page\[([^\[\]]*)\]", name)
    if match is None:
        raise Refusal(400, wrong_parameter("INVALID_PAGE_OBJECT", "Invalid Page Object."))
    key = match[1]
    if key not in reading.pages:
        detail = f"{key} is not an allowed page parameter."
        title = "Page parameter not allowed"
        raise Refusal(400, error_object(400, "PARAM_NOT_ALLOWED", title, detail))
    largest = _LARGEST_PAGE if key == "size" else _LAST_PAGE
    is_number = value.isdecimal() and len(value) <= len(str(_LAST_PAGE))
    if not is_number or not 1 <= int(value) <= largest:
        detail = f"{value} is not a valid value for {key} page parameter."
        raise Refusal(400, wrong_parameter("INVALID_PAGE_VALUE", detail))
    reading.pages[key] = int(value)


def _refuse(faults: Iterable[ErrorObject | None]) -> None:
    """Refuse what is wrong, if anything is."""
    found = [fault for fault in faults if fault is not None]
    if found:
        raise Refusal(400, *found)


def _not_allowed(name: str) -> ErrorObject:
    return wrong_parameter("PARAM_NOT_ALLOWED", f"{name} is not allowed.")


_READERS: Mapping[str, Callable[[_Reading, str, str], None]] = {
    "fields": _read_fields,
    "filter": _read_filter,
    "include": _read_include,
    "page": _read_page,
    "sort": _read_sort,
}
