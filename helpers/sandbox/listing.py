"""Lists: the queries for how many resources and which, and what is remembered of their results."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from helpers.sandbox.conditions import Condition, Criterion, all_of, is_one_of
from helpers.sandbox.indexes import AGE, index_of

__all__ = ["Lists", "Query", "all_found", "how_many", "page_of"]

# Of counts and pages, all together.
_MOST_REMEMBERED = 500


@dataclass(frozen=True)
class Query:
    """A query for a list.

    Attributes:
        sql: With question marks.
        bound: What is bound to them.
        type: The type of the resources, or an empty text where there are several.
        about: The attributes that the result depends on, and no others, or None where it may
            depend on anything.
    """

    sql: str
    bound: tuple[object, ...]
    type: str
    about: frozenset[str] | None


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
    names = [each.name for each in order]
    # A whole list is read in order until the page is full. What it is then sorted by is read of
    # few resources.
    index_about = condition.about
    if index_about is not None:
        index_about |= frozenset(names if index_about else (names or [AGE])[:1])
    query = _query(
        f"resource.{AGE}",
        types,
        condition,
        f"{_order_by(order)} LIMIT ? OFFSET ?",
        about=index_about,
        bound=(limit, offset),
    )
    about = None if condition.about is None else condition.about.union(names)
    return Query(query.sql, query.bound, query.type, about)


def _query(
    columns: str,
    types: Sequence[str],
    condition: Condition,
    order: str = "",
    *,
    about: frozenset[str] | None,
    bound: tuple[object, ...] = (),
) -> Query:
    type_ = types[0] if len(types) == 1 else ""
    index = index_of(type_, fixed=condition.fixed, about=about) if about else None
    condition = all_of([is_one_of(types), condition])
    read_by = f" INDEXED BY {index}" if index else ""
    sql = f"SELECT {columns} FROM resource{read_by} WHERE {condition.sql} {order}"
    return Query(sql, (*condition.parameters, *bound), type_, about)


def _order_by(order: Sequence[Criterion]) -> str:
    return f"ORDER BY {', '.join([*(each.sql for each in order), f'resource.{AGE}'])}"


class Lists:
    """What lists held, as long as nothing is written that they depend on.

    To ask for a list again takes no longer for many resources than for few.
    """

    def __init__(self) -> None:
        # By the type that they depend on alone, or nothing; by what they are about.
        self._known: dict[str, dict[frozenset[str], dict[Query, list[tuple[int]]]]] = {}
        self._kept = 0  # at the most: some may have been forgotten since

    def recall(self, query: Query) -> list[tuple[int]] | None:
        """Tell what the list held, if that is known."""
        type_, about = _depends_on(query)
        return self._known.get(type_, {}).get(about, {}).get(query)

    def keep(self, query: Query, rows: list[tuple[int]]) -> None:
        """Remember what the list holds."""
        type_, about = _depends_on(query)
        if self._kept == _MOST_REMEMBERED:
            self.forget_all()
        self._kept += 1
        self._known.setdefault(type_, {}).setdefault(about, {})[query] = rows

    def forget(self, type_: str, names: Collection[str] | None = None) -> None:
        """Forget what depends on resources of a type.

        Args:
            type_: The type.
            names: The attributes that have changed, or None where a resource came or went.
        """
        self._known.pop("", None)
        kind = self._known.get(type_, {})
        for about in [each for each in kind if names is None or not each.isdisjoint(names)]:
            del kind[about]

    def forget_all(self) -> None:
        """Forget everything."""
        self._known.clear()
        self._kept = 0


def _depends_on(query: Query) -> tuple[str, frozenset[str]]:
    """Name the type and the attributes that a result depends on; no type where it may be any."""
    return ("", frozenset()) if query.about is None else (query.type, query.about)
