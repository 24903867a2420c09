"""Lists: the queries for how many resources and which."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple

from helpers.sandbox.conditions import Condition, Criterion, all_of, column, is_one_of
from helpers.sandbox.indexes import AGE, in_order_of, index_of, is_in_order
from helpers.sandbox.queries import Query

__all__ = ["Beginning", "all_found", "beginning_of", "how_many", "page_of"]

# How many resources are looked at where a list begins: at most so many, and one for so many that
# are found. To look at one takes as long as to read twenty entries of the index of everything, so
# that to look in vain takes no longer than to read that.
_MOST_TRIED = 1_000
_FOUND_FOR_A_TRIED = 20
_TRIED_AT_A_TIME = 50
_ENOUGH_TO_TELL = 200


def how_many(types: Sequence[str], conditions: Sequence[Condition]) -> Query:
    """Write the query that counts the resources of these types of which all conditions hold."""
    condition = all_of(conditions)
    return _query("count(*)", types, condition, about=condition.about)


def all_found(
    types: Sequence[str], conditions: Sequence[Condition], order: Sequence[Criterion]
) -> Query:
    """Write the query for the type and id of all that is found, in order, then by age."""
    found = "resource.type, resource.id"
    return _query(found, types, all_of(conditions), _order_by(order), about=None)


def page_of(
    types: Sequence[str],
    conditions: Sequence[Condition],
    order: Sequence[Criterion],
    *,
    offset: int,
    limit: int,
) -> Query:
    """Write the query for the age of what is on a page of all that is found.

    Args:
        types: Concrete resource types.
        conditions: What holds of all that is found.
        order: What it is sorted by; then by age.
        offset: How many to skip.
        limit: How many to name at most.
    """
    condition = all_of(conditions)
    query = _query(
        f"resource.{AGE}",
        types,
        condition,
        f"{_order_by(order)} LIMIT ? OFFSET ?",
        about=_read_for_page(types, condition, order),
        bound=(limit, offset),
    )
    names = [each.name for each in order]
    about = None if condition.about is None else condition.about.union(names)
    return Query(query.sql, query.bound, query.type, about)


def _read_for_page(
    types: Sequence[str], condition: Condition, order: Sequence[Criterion]
) -> frozenset[str] | None:
    """Name what the index of a page has to hold.

    A whole list is read in order until the page is full. What it is then sorted by is read of few
    resources.
    """
    if condition.about is None:
        return None
    names = [each.name for each in order] or [AGE]
    if not condition.about:
        return frozenset({_in_order_of(types, order) or names[0]})
    return condition.about.union(names if order else ())


def _in_order_of(types: Sequence[str], order: Sequence[Criterion]) -> str | None:
    """Name what an index holds to have the order of a list, or its first criterion."""
    first = order[0] if order else Criterion(AGE)
    return in_order_of(_only(types), first.name, is_descending=first.is_descending)


def _only(types: Sequence[str]) -> str:
    """Name the only type, or none: no index is about several."""
    return types[0] if len(types) == 1 else ""


class Beginning(NamedTuple):
    """What comes first in the order of a list, to look for a page of the list in it.

    Where no index has both the order and what the list is narrowed down by, all that is found would
    be sorted for a page. Of a long list, a page is mostly found sooner where the list begins.

    Attributes:
        first: The query for the age of what comes first, whether or not it is in the list; where it
            is read backwards, also for what it is sorted by, and with the youngest of equals first.
        is_backwards: Whether an index that rises is read backwards.
        among: The query for which of some resources are in the list; their ages, as a JSON list,
            are the first that is bound.
        bound: What else is bound to it.
        most: How many to look at.
        offset: How many of the list to skip.
        limit: How many to name.
    """

    first: Query
    is_backwards: bool
    among: str
    bound: tuple[object, ...]
    most: int
    offset: int
    limit: int

    def page(self, connection: sqlite3.Connection) -> list[tuple[int]]:
        """Read the page, or nothing where it does not end here."""
        end = self.offset + self.limit
        rows: list[tuple[int]] = []
        with closing(connection.execute(self.first.sql, (*self.first.bound, self.most))) as read:
            first = _oldest_first(read, self.most) if self.is_backwards else read
            tried = 0
            while len(rows) < end and (some := list(islice(first, _TRIED_AT_A_TIME))):
                places = json.dumps([place for (place,) in some])
                held = set(connection.execute(self.among, (places, *self.bound)))
                rows += [row for row in some if row in held]
                tried += len(some)
                if tried >= _ENOUGH_TO_TELL and len(rows) * self.most < end * tried:
                    break  # as it goes on, the page does not end among those that are looked at
        return rows[self.offset : end] if len(rows) >= end else []


def _oldest_first(read: Iterable[tuple[int, object]], most: int) -> Iterator[tuple[int]]:
    """Turn equals round, but for the last ones where there may be more of them than were read."""
    count = 0
    for _, equals in groupby(read, itemgetter(1)):
        places = [(place,) for place, _ in equals]
        count += len(places)
        if count < most:
            yield from reversed(places)


def beginning_of(
    types: Sequence[str],
    conditions: Sequence[Condition],
    order: Sequence[Criterion],
    *,
    offset: int,
    limit: int,
    found: int,
) -> Beginning | None:
    """Write the queries that look for a page where its list begins.

    Args:
        types: Concrete resource types.
        conditions: What holds of all that is found.
        order: What it is sorted by; then by age.
        offset: How many to skip.
        limit: How many to name.
        found: How many there are, all pages together.

    Returns:
        The queries, or None where that would not be worth it: the list is short, the page far down,
        or its own query read in order; or no index has the order, or to look at one takes long.
    """
    most = min(_MOST_TRIED, found // _FOUND_FOR_A_TRIED)
    if offset + limit > most or len(order) > 1:
        return None
    condition, held = all_of(conditions), _in_order_of(types, order)
    about = _read_for_page(types, condition, order)
    if about is None or held is None:
        return None
    if is_in_order(_only(types), held, fixed=condition.fixed, about=about):
        return None
    name = order[0].name if order else AGE
    # What is asked of the attribute itself, its index tells.
    told = all_of(each for each in conditions if each.about == frozenset({name}))
    is_backwards = bool(order) and order[0].is_descending and held == name
    age = f"resource.{AGE}"
    columns, last = (f"{age}, {column(name)}", " DESC") if is_backwards else (age, "")
    in_order = f"{_order_by(order)}{last} LIMIT ?"
    first = _query(columns, types, told, in_order, about=frozenset({held}))
    among = (
        f"SELECT {age} FROM resource"
        f" WHERE {age} IN (SELECT json_each.value FROM json_each(?)) AND {condition.sql}"
    )
    return Beginning(first, is_backwards, among, condition.parameters, most, offset, limit)


def _query(
    columns: str,
    types: Sequence[str],
    condition: Condition,
    order: str = "",
    *,
    about: frozenset[str] | None,
    bound: tuple[object, ...] = (),
) -> Query:
    type_ = _only(types)
    index = index_of(type_, fixed=condition.fixed, about=about) if about else None
    condition = all_of([is_one_of(types), condition])
    read_by = f" INDEXED BY {index}" if index else ""
    sql = f"SELECT {columns} FROM resource{read_by} WHERE {condition.sql} {order}"
    return Query(sql, (*condition.parameters, *bound), type_, about)


def _order_by(order: Sequence[Criterion]) -> str:
    return f"ORDER BY {', '.join([*(each.sql for each in order), f'resource.{AGE}'])}"
