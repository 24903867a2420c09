"""A query for a list, and what is remembered of the results of such queries."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

__all__ = ["Lists", "Query"]

# Of counts and pages, all together.
_MOST_REMEMBERED = 500


class Query(NamedTuple):
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
