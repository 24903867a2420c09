"""What the sandbox remembers: resources, their linkage, and a few facts, in SQLite.

Only what cannot be derived is stored: of a resource its attributes (not the links, not the floats
and texts that follow from cents), of its relationships the to-one linkage. A to-many relationship
is the same linkage, read from its other end.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from helpers.sandbox.conditions import Condition, all_of, is_one_of
from helpers.sandbox.database import connect

__all__ = ["Identifier", "Resource", "Store"]

# Recorded ids of the API are ten letters, none of them H or T.
_ID_LETTERS = "ABCDEFGIJKLMNOPQRSUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH = 10

# A resource identifier: type and id.
Identifier = tuple[str, str]

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Resource:
    """A resource as it is stored.

    Attributes:
        type: The concrete resource type.
        id: The id.
        attributes: The stored attributes; what is absent is null or follows from the others.
        linkage: The to-one relationships that lead somewhere.
    """

    type: str
    id: str
    attributes: Mapping[str, Any]
    linkage: Mapping[str, Identifier]

    @property
    def identifier(self) -> Identifier:
        """Type and id."""
        return self.type, self.id


class Store:
    """The sandbox's memory.

    Any thread may use it, one at a time: a request's work stands in one ``transaction``.

    Args:
        database: ``:memory:``, or the path of a file, made where there is none.

    Raises:
        DatabaseError: The file is no database of the sandbox, or cannot be opened.
    """

    def __init__(self, database: str = ":memory:") -> None:
        self._lock = threading.RLock()
        self._connection = connect(database)
        self._instant: str | None = None  # of the transaction that is under way
        self._writes = False

    def close(self) -> None:
        """Close the database. What was acknowledged is in the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self, *, writes: bool = True) -> Generator[None]:
        """Make everything inside happen, or none of it where an exception comes out.

        Args:
            writes: Whether to wait for others who write to the same file.
        """
        with self._lock:
            self._roll_back()  # an interrupt may have come before the last one could do so
            try:
                self._connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                self._instant, self._writes = None, writes
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # a full disk ends one by itself
            self._connection.execute("ROLLBACK")

    def find(self, types: Sequence[str], id_: str) -> Resource | None:
        """Find the resource with this id among these types."""
        for type_ in types:
            row = self._connection.execute(
                "SELECT attributes FROM resource WHERE type = ? AND id = ?", (type_, id_)
            ).fetchone()
            if row:
                return Resource(type_, id_, json.loads(row[0]), self._linkage(type_, id_))
        return None

    def get(self, identifier: Identifier) -> Resource:
        """Get a resource that is known to exist."""
        type_, id_ = identifier
        resource = self.find([type_], id_)
        if resource is None:
            raise LookupError(f"{type_}/{id_} is linked to, but not stored")
        return resource

    def identifiers(self, types: Sequence[str]) -> list[Identifier]:
        """Name every resource of these types, oldest first."""
        return self._connection.execute(
            f"SELECT type, id FROM resource WHERE type IN ({_marks(types)}) ORDER BY sequence",
            tuple(types),
        ).fetchall()

    def select(
        self,
        types: Sequence[str],
        conditions: Sequence[Condition] = (),
        *,
        order: Sequence[str] = (),
        offset: int = 0,
        limit: int = -1,
    ) -> list[Identifier]:
        """Name the resources of these types of which all the conditions hold.

        Args:
            types: Concrete resource types.
            conditions: What to look for.
            order: Terms of SQL to sort by, without any text of a client's. Where they leave it
                open, the older resource comes first.
            offset: How many to skip.
            limit: How many to name at most; all of them, where it is negative.
        """
        condition = all_of([is_one_of(types), *conditions])
        return self._connection.execute(
            f"SELECT resource.type, resource.id FROM resource WHERE {condition.sql}"
            f" ORDER BY {', '.join([*order, 'resource.sequence'])} LIMIT ? OFFSET ?",
            (*condition.parameters, limit, offset),
        ).fetchall()

    def count(self, types: Sequence[str], conditions: Sequence[Condition] = ()) -> int:
        """Count the resources of these types of which all the conditions hold."""
        condition = all_of([is_one_of(types), *conditions])
        [count] = self._connection.execute(
            f"SELECT count(*) FROM resource WHERE {condition.sql}", condition.parameters
        ).fetchone()
        return int(count)

    def linked_from(
        self, related: Identifier, *, types: Sequence[str], name: str
    ) -> list[Identifier]:
        """Name every resource of these types whose relationship leads here, oldest first."""
        return self._connection.execute(
            "SELECT type, id FROM linkage JOIN resource USING (type, id)"
            f" WHERE related_type = ? AND related_id = ? AND type IN ({_marks(types)})"
            " AND name = ? ORDER BY sequence",
            (*related, *types, name),
        ).fetchall()

    def find_with(self, type_: str, name: str, value: object) -> list[Identifier]:
        """Name every resource of a type with this value of an attribute, oldest first.

        The attribute's name becomes part of the query: it is never a client's.
        """
        return self._connection.execute(
            f"SELECT type, id FROM resource WHERE type = '{type_}'"
            f" AND json_extract(attributes, '$.{name}') = ? ORDER BY sequence",
            (value,),
        ).fetchall()

    def add(
        self,
        type_: str,
        id_: str,
        *,
        attributes: Mapping[str, Any] = _NONE,
        linkage: Mapping[str, Identifier | None] = _NONE,
    ) -> Resource:
        """Store a new resource, created and updated now."""
        now = self.now()
        self._connection.execute(
            "INSERT INTO resource (type, id, attributes) VALUES (?, ?, ?)",
            (type_, id_, json.dumps({"created_at": now, "updated_at": now, **attributes})),
        )
        self._link(type_, id_, linkage)
        return self.get((type_, id_))

    def update(
        self,
        resource: Resource,
        *,
        attributes: Mapping[str, Any] = _NONE,
        linkage: Mapping[str, Identifier | None] = _NONE,
    ) -> Resource:
        """Change some attributes and some linkage of a resource, updated now.

        Linkage that is None goes away.
        """
        changed = {**resource.attributes, "updated_at": self.now(), **attributes}
        self._connection.execute(
            "UPDATE resource SET attributes = ? WHERE type = ? AND id = ?",
            (json.dumps(changed), resource.type, resource.id),
        )
        self._link(resource.type, resource.id, linkage)
        return self.get(resource.identifier)

    def remove(self, identifier: Identifier) -> None:
        """Remove a resource, its linkage, and every linkage that leads to it."""
        self._connection.execute("DELETE FROM resource WHERE type = ? AND id = ?", identifier)
        self._connection.execute("DELETE FROM linkage WHERE type = ? AND id = ?", identifier)
        self._connection.execute(
            "DELETE FROM linkage WHERE related_type = ? AND related_id = ?", identifier
        )

    def clear(self) -> None:
        """Forget everything."""
        for table in ("resource", "linkage", "fact"):
            self._connection.execute(f"DELETE FROM {table}")

    def fact(self, name: str, default: Any = None) -> Any:
        """Recall a fact about this world, or the default where there is none."""
        row = self._connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def remember(self, name: str, value: Any) -> None:
        """Remember a fact about this world: anything that JSON can hold."""
        self._connection.execute(
            "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (name, json.dumps(value))
        )

    def next_id(self, type_: str) -> str:
        """Name a new resource: the next id kept for its type, else one that follows a count."""
        kept = self.fact("kept_ids", {})
        if kept.get(type_):
            id_ = str(kept[type_].pop(0))
            self.remember("kept_ids", kept)
            return id_
        count = self.fact("made_ids", 0) + 1
        self.remember("made_ids", count)
        number = int.from_bytes(hashlib.sha256(f"{type_} {count}".encode()).digest())
        digits = [number // len(_ID_LETTERS) ** place for place in range(_ID_LENGTH)]
        return "".join(_ID_LETTERS[digit % len(_ID_LETTERS)] for digit in digits)

    def now(self) -> str:
        """Tell the time, in UTC with milliseconds: the scenario's, where the clock is stopped.

        The real time is one instant all through a transaction, and a later one in every next
        transaction that writes, even if this machine's clock is set back.
        """
        stopped: str | None = self.fact("clock")
        if stopped:
            return stopped
        if not self._connection.in_transaction:
            return self._real_time()
        if self._instant is None:
            self._instant = self._real_time()
            if self._writes:
                self.remember("latest_instant", self._instant)
        return self._instant

    def _real_time(self) -> str:
        time, latest = datetime.now(UTC), self.fact("latest_instant")
        if latest:
            time = max(time, datetime.fromisoformat(latest) + timedelta(milliseconds=1))
        return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def dump(self) -> str:
        """Write out everything that is remembered, to compare two moments."""
        return "\n".join(self._connection.iterdump())

    def _linkage(self, type_: str, id_: str) -> dict[str, Identifier]:
        rows = self._connection.execute(
            "SELECT name, related_type, related_id FROM linkage WHERE type = ? AND id = ?",
            (type_, id_),
        )
        return {name: (related_type, related_id) for name, related_type, related_id in rows}

    def _link(self, type_: str, id_: str, linkage: Mapping[str, Identifier | None]) -> None:
        self._connection.executemany(
            "DELETE FROM linkage WHERE type = ? AND id = ? AND name = ?",
            [(type_, id_, name) for name, related in linkage.items() if related is None],
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO linkage VALUES (?, ?, ?, ?, ?)",
            [(type_, id_, name, *related) for name, related in linkage.items() if related],
        )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
