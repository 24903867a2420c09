"""What the sandbox remembers: resources, their linkage, and a few facts, in SQLite.

Only what cannot be derived is stored: of a resource its attributes (not the links, not the floats
and texts that follow from cents), of its relationships the to-one linkage. A to-many relationship
is the same linkage, read from its other end.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from helpers.sandbox.conditions import Condition, Criterion
from helpers.sandbox.database import connect
from helpers.sandbox.listing import all_found, beginning_of, how_many, page_of
from helpers.sandbox.queries import Lists, Query

__all__ = ["ID_LENGTH", "ID_LETTERS", "Identifier", "Resource", "Store"]

# Recorded ids of the API are ten letters, none of them H or T.
ID_LETTERS = "ABCDEFGIJKLMNOPQRSUVWXYZabcdefghijklmnopqrstuvwxyz"
ID_LENGTH = 10

# Of resources in mind: more than a client works with, less than fills the memory.
_MOST_FOUND = 1_000

# A resource identifier: type and id.
Identifier = tuple[str, str]

_NO_FACT = object()
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Resource:
    """A resource as it is stored; another object, once it has changed.

    Attributes:
        type: The concrete resource type.
        id: The id.
        attributes: The stored attributes; what is absent is null or follows from the others.
        linkage: The to-one relationships that lead somewhere.
        written: What was written of it for an answer, for whoever wants to keep that.
    """

    type: str
    id: str
    attributes: Mapping[str, Any]
    linkage: Mapping[str, Identifier]
    written: dict[object, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def identifier(self) -> Identifier:
        """Type and id."""
        return self.type, self.id


class Store:
    """The sandbox's memory.

    Any thread may use it, one at a time: a request's work stands in one ``transaction``.

    Args:
        database: ``:memory:``, or the path of a file, made where there is none.
        for_filling: Whether the file is new, to be filled at once, and thrown away where that
            fails.

    Raises:
        DatabaseError: The file is no database of the sandbox, or cannot be opened.
    """

    def __init__(self, database: str = ":memory:", *, for_filling: bool = False) -> None:
        self._lock = threading.RLock()
        self._connection = connect(database, for_filling=for_filling)
        self._instant: str | None = None  # of the transaction that is under way
        self._writes = False
        self._is_settled = True  # the last one has ended, and nothing is in mind that it undid
        # What was found is asked for again and again. It holds as long as nobody changes anything
        # who does not know of it.
        self._found: dict[Identifier, Resource] = {}
        self._linked: dict[tuple[object, ...], list[Identifier]] = {}
        self._facts: dict[str, Any] = {}
        self._version: object = None
        self._is_shared = database != ":memory:"  # with other programs
        self._lists = Lists()

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
            # An interrupt may have come before the last one could do so.
            if not self._is_settled or self._connection.in_transaction:
                self._forget()
                self._roll_back()
            self._is_settled = False
            try:
                self._connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                self._instant, self._writes = None, writes
                self._forget_what_others_changed()
                yield
                self._connection.execute("COMMIT")
                self._is_settled = True
            except BaseException:
                self._forget()
                self._roll_back()
                raise

    def _forget_what_others_changed(self) -> None:
        version = None
        if self._is_shared:
            [version] = self._connection.execute("PRAGMA data_version").fetchone()
        size = len(self._found) + len(self._linked) + len(self._facts)
        if version != self._version or size > _MOST_FOUND:
            self._forget()
        self._version = version

    def _forget(self) -> None:
        self._found.clear()
        self._linked.clear()
        self._facts.clear()
        self._lists.forget_all()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # a full disk ends one by itself
            self._connection.execute("ROLLBACK")

    def find(self, types: Sequence[str], id_: str) -> Resource | None:
        """Find the resource with this id among these types."""
        for type_ in types:
            found = self._look_up((type_, id_))
            if found is not None:
                return found
        return None

    def get(self, identifier: Identifier) -> Resource:
        """Get a resource that is known to exist."""
        found = self._look_up(identifier)
        if found is None:
            type_, id_ = identifier
            raise LookupError(f"{type_}/{id_} is linked to, but not stored")
        return found

    def _look_up(self, identifier: Identifier) -> Resource | None:
        is_kept = self._connection.in_transaction
        if is_kept and identifier in self._found:
            return self._found[identifier]
        row = self._connection.execute(
            "SELECT attributes FROM resource WHERE type = ? AND id = ?", identifier
        ).fetchone()
        if row is None:
            return None
        found = Resource(*identifier, json.loads(row[0]), self._linkage(*identifier))
        if is_kept:
            self._found[identifier] = found
        return found

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
        order: Sequence[Criterion] = (),
        offset: int = 0,
        limit: int = -1,
    ) -> list[Identifier]:
        """Name the resources of these types of which all the conditions hold.

        Args:
            types: Concrete resource types.
            conditions: What to look for.
            order: What to sort by. Where it leaves it open, the older resource comes first.
            offset: How many to skip.
            limit: How many to name at most; all of them, where it is negative.
        """
        if limit < 0:
            query = all_found(types, conditions, order)
            found: list[Identifier] = self._connection.execute(query.sql, query.bound).fetchall()
            return found[offset:]
        page = page_of(types, conditions, order, offset=offset, limit=limit)

        def look_at_the_beginning() -> list[tuple[int]]:
            found = self.count(types, conditions)
            beginning = beginning_of(
                types, conditions, order, offset=offset, limit=limit, found=found
            )
            return beginning.page(self._connection) if beginning else []

        places = [place for (place,) in self._read_list(page, look_at_the_beginning)]
        named = self._connection.execute(
            f"SELECT sequence, type, id FROM resource WHERE sequence IN ({_marks(places)})", places
        )
        by_place = {place: (type_, id_) for place, type_, id_ in named}
        return [by_place[place] for place in places]

    def count(self, types: Sequence[str], conditions: Sequence[Condition] = ()) -> int:
        """Count the resources of these types of which all the conditions hold."""
        [[count]] = self._read_list(how_many(types, conditions))
        return int(count)

    def _read_list(
        self, query: Query, look_at_the_beginning: Callable[[], list[tuple[int]]] = list
    ) -> list[tuple[int]]:
        """Recall a list, or read it: a page where its list begins, if it is found there."""
        if self._writes or not self._connection.in_transaction:
            return self._connection.execute(query.sql, query.bound).fetchall()
        rows = self._lists.recall(query)
        if rows is None:
            rows = look_at_the_beginning()
            rows = rows or self._connection.execute(query.sql, query.bound).fetchall()
            self._lists.keep(query, rows)
        return rows

    def linked_from(
        self, related: Identifier, *, types: Sequence[str], name: str
    ) -> list[Identifier]:
        """Name every resource of these types whose relationship leads here, oldest first."""
        bound = (*related, *types, name)
        if self._connection.in_transaction and bound in self._linked:
            return list(self._linked[bound])
        found: list[Identifier] = self._connection.execute(
            "SELECT type, id FROM linkage JOIN resource USING (type, id)"
            f" WHERE related_type = ? AND related_id = ? AND type IN ({_marks(types)})"
            " AND name = ? ORDER BY sequence",
            bound,
        ).fetchall()
        if self._connection.in_transaction:
            self._linked[bound] = found
        return list(found)

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
        self._lists.forget(type_)
        self._link(type_, id_, linkage)
        return self.get((type_, id_))

    def load(
        self,
        resources: Iterable[tuple[str, str, str]],
        linkage: Iterable[tuple[str, str, str, str, str]],
    ) -> None:
        """Store many new resources as they are.

        Args:
            resources: Of each its type, id, and attributes in JSON.
            linkage: Of each its type and id, the relationship's name, and where it leads.
        """
        self._connection.executemany(
            "INSERT INTO resource (type, id, attributes) VALUES (?, ?, ?)", resources
        )
        self._connection.executemany("INSERT INTO linkage VALUES (?, ?, ?, ?, ?)", linkage)
        self._forget()

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
        self._found.pop(resource.identifier, None)
        self._lists.forget(resource.type, {"updated_at", *attributes})
        self._link(resource.type, resource.id, linkage)
        return self.get(resource.identifier)

    def remove(self, identifier: Identifier) -> None:
        """Remove a resource, its linkage, and every linkage that leads to it."""
        self._connection.execute("DELETE FROM resource WHERE type = ? AND id = ?", identifier)
        self._connection.execute("DELETE FROM linkage WHERE type = ? AND id = ?", identifier)
        self._connection.execute(
            "DELETE FROM linkage WHERE related_type = ? AND related_id = ?", identifier
        )
        self._found.clear()
        self._linked.clear()
        self._lists.forget(identifier[0])

    def clear(self) -> None:
        """Forget everything."""
        for table in ("resource", "linkage", "fact"):
            self._connection.execute(f"DELETE FROM {table}")
        self._forget()

    def fact(self, name: str, default: Any = None) -> Any:
        """Recall a fact about this world, or the default where there is none.

        It may be recalled once more: it is to be read, not to be changed.
        """
        if self._connection.in_transaction and name in self._facts:
            known = self._facts[name]
        else:
            row = self._connection.execute(
                "SELECT value FROM fact WHERE name = ?", (name,)
            ).fetchone()
            known = json.loads(row[0]) if row else _NO_FACT
            if self._connection.in_transaction:
                self._facts[name] = known
        return default if known is _NO_FACT else known

    def remember(self, name: str, value: Any) -> None:
        """Remember a fact about this world: anything that JSON can hold."""
        self._connection.execute(
            "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (name, json.dumps(value))
        )
        self._facts.pop(name, None)

    def next_id(self, type_: str) -> str:
        """Name a new resource: the next id kept for its type, else one that follows a count."""
        kept = self.fact("kept_ids", {})
        if kept.get(type_):
            id_, *others = kept[type_]
            self.remember("kept_ids", {**kept, type_: others})
            return str(id_)
        count = self.fact("made_ids", 0) + 1
        self.remember("made_ids", count)
        number = int.from_bytes(hashlib.sha256(f"{type_} {count}".encode()).digest())
        digits = [number // len(ID_LETTERS) ** place for place in range(ID_LENGTH)]
        return "".join(ID_LETTERS[digit % len(ID_LETTERS)] for digit in digits)

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
        if linkage:
            self._linked.clear()
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
