"""Conditions: what a list is narrowed down to, as SQL over the table of resources.

A condition stands inside ``SELECT ... FROM resource WHERE``, at any depth: what it says of
``resource`` is said of the innermost one. It never holds a text of a client's; those are bound.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from helpers.sandbox.indexes import AGE

__all__ = [
    "ANYTHING",
    "NOTHING",
    "Condition",
    "Criterion",
    "all_of",
    "any_of",
    "column",
    "contains",
    "indexed",
    "is_one_of",
    "register_functions",
]


class Condition(NamedTuple):
    """What holds of some resources, and of others not.

    Attributes:
        sql: An expression over the columns of ``resource``.
        parameters: What is bound to its question marks, in their order.
        fixed: What it gives the value of, so that resources can be looked up by it: the name of an
            attribute, or ``id``.
        about: The attributes of the resource that it asks of, or None where it may depend on
            anything.
    """

    sql: str
    parameters: tuple[object, ...] = ()
    fixed: frozenset[str] = frozenset()
    about: frozenset[str] | None = None

    def __invert__(self) -> Condition:
        """Turn it into its opposite."""
        if self == ANYTHING:
            return NOTHING
        return Condition(f"NOT ({self.sql})", self.parameters, about=self.about)


class Criterion(NamedTuple):
    """What a list is sorted by: null counts as more than anything else.

    Attributes:
        name: An attribute, or ``id``. It comes from the facts, never from a client.
        is_descending: Whether the most comes first.
    """

    name: str
    is_descending: bool = False

    @property
    def sql(self) -> str:
        """A term of ``ORDER BY``."""
        way = "DESC NULLS FIRST" if self.is_descending else "ASC NULLS LAST"
        return f"{column(self.name)} {way}"


ANYTHING = Condition("1", about=frozenset())
# That it holds of nothing must not be seen beforehand: SQLite would find that no index helps, and
# refuse a query that names one.
NOTHING = Condition("resource.sequence < 0", about=frozenset())


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Join conditions that must all hold. Without any, anything goes."""
    joined = [condition for condition in conditions if condition != ANYTHING]
    fixed = frozenset[str]().union(*(condition.fixed for condition in joined))
    return _join(" AND ", joined, ANYTHING)._replace(fixed=fixed)


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Join conditions of which one must hold. Without any, nothing goes."""
    return _join(" OR ", conditions, NOTHING)


def _join(word: str, conditions: Iterable[Condition], empty: Condition) -> Condition:
    joined = list(conditions)
    if len(joined) < 2:
        return joined[0] if joined else empty
    parameters = tuple(each for condition in joined for each in condition.parameters)
    known = [condition.about for condition in joined if condition.about is not None]
    about = frozenset[str]().union(*known) if len(known) == len(joined) else None
    sql = f"({word.join(condition.sql for condition in joined)})"
    return Condition(sql, parameters, about=about)


def is_one_of(types: Iterable[str]) -> Condition:
    """Say that a resource is of one of these types.

    A single one stands in the SQL itself, so that SQLite finds the indexes of that type.

    Args:
        types: They come from the facts, never from a client.
    """
    named = [f"'{type_}'" for type_ in types]
    if len(named) == 1:
        return Condition(f"resource.type = {named[0]}", about=frozenset())
    return Condition(f"resource.type IN ({', '.join(named)})", about=frozenset())


def column(name: str) -> str:
    """Name a stored attribute, or the id, in SQL. Metadata that is not stored is empty.

    Args:
        name: Becomes part of the SQL: it comes from the facts, never from a client.
    """
    if name == "id":
        return "resource.id"
    stored = f"json_extract(resource.attributes, '$.{name}')"
    return f"coalesce({stored}, '{{}}')" if name == "metadata" else stored


def indexed(name: str) -> str:
    """Name an attribute, or the age, as an index does: in the words of conditions."""
    if name.startswith("-"):
        return f"{indexed(name[1:])} DESC"
    return name if name == AGE else column(name).replace("resource.", "")


def register_functions(connection: sqlite3.Connection) -> None:
    """Teach a database what conditions say beyond SQL.

    ``fold(text)`` makes any alphabet's letters small; SQLite's own ``LIKE`` knows the Latin ones.
    ``contains(whole, part)`` compares JSON texts.
    """
    connection.create_function("fold", 1, _fold, deterministic=True)
    connection.create_function("contains", 2, _contains, deterministic=True)


def contains(whole: object, part: object) -> bool:
    """Tell whether a JSON value contains another one: objects within objects, lists within lists.

    This is what PostgreSQL does: each member of the part's object is in the whole's, each item of
    the part's list somewhere in the whole's; other values are equal.
    """
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(name in whole and contains(whole[name], part[name]) for name in part)
    if isinstance(whole, list) and isinstance(part, list):
        return all(any(contains(item, each) for item in whole) for each in part)
    return isinstance(whole, bool) == isinstance(part, bool) and whole == part


def _fold(text: object) -> str | None:
    return None if text is None else str(text).lower()


def _contains(whole: str | None, part: str) -> bool | None:
    return None if whole is None else contains(json.loads(whole), json.loads(part))
