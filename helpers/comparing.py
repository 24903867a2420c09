"""Tell what differs between two JSON:API documents, resource by resource. No I/O happens here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Change", "changes", "resources_by_identity"]

Kind = Literal["added", "altered", "gone"]
_Key = tuple[str, str]

# What is not there, as opposed to what is null.
_NOTHING = object()


@dataclass(frozen=True)
class Change:
    """One member that is not as it was.

    Attributes:
        kind: ``added``, ``altered`` or ``gone``.
        resource: Type and id of the resource that it belongs to.
        member: Where in that resource, such as ``status`` or ``payment_source``; empty
            for the resource as a whole.
        path: The same as the steps that lead there from the resource object.
        before: What stood there; a resource identifier object for linkage.
        after: What stands there now.
    """

    kind: Kind
    resource: _Key
    member: str
    path: tuple[str, ...]
    before: Any = None
    after: Any = None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Compare two documents, such as an order's before and after a PATCH.

    Compared is what both hold: the attributes of the resources that are in both, the linkage of
    relationships that came with linkage both times, and lists that are not pages of longer ones.
    What was asked for only once says nothing about a change, and links are addresses.

    Args:
        before: An earlier document.
        after: A later one.

    Returns:
        The changes, in the order of the later document.
    """
    earlier, later = resources_by_identity(before), resources_by_identity(after)
    found = list(_changes_of_list(before, after))
    for key, resource in later.items():
        if key in earlier:
            found += _changes_of_resource(key, earlier[key], resource)
    return found


def resources_by_identity(document: Mapping[str, Any]) -> dict[_Key, Mapping[str, Any]]:
    """Name every resource object of a document, primary or included, by its type and id."""
    data = document.get("data")
    primary = data if isinstance(data, list) else [data]
    every: list[Any] = [*primary, *(document.get("included") or [])]
    return {(item["type"], item["id"]): item for item in every if _is_identified(item)}


def _changes_of_list(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Compare which resources two lists hold, unless they are pages of longer ones."""
    if not _is_whole_list(before) or not _is_whole_list(after):
        return
    earlier, later = (_keys(document["data"]) for document in (before, after))
    yield from (Change("added", key, "", ()) for key in later if key not in earlier)
    yield from (Change("gone", key, "", ()) for key in earlier if key not in later)


def _changes_of_resource(
    key: _Key, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    for name in ("attributes", "meta"):
        earlier, later = before.get(name) or {}, after.get(name) or {}
        for member in later:
            # A member that only one of them has was not asked for in the other.
            if member in earlier:
                yield from _changes_of_member(key, (name, member), earlier[member], later[member])
    earlier, later = before.get("relationships") or {}, after.get("relationships") or {}
    for name in later:
        if "data" in (earlier.get(name) or {}) and "data" in (later[name] or {}):
            yield from _changes_of_linkage(key, name, earlier[name]["data"], later[name]["data"])


def _changes_of_member(
    key: _Key, path: tuple[str, ...], before: Any, after: Any
) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {**after, **before}:
            yield from _changes_of_member(
                key, (*path, name), before.get(name, _NOTHING), after.get(name, _NOTHING)
            )
    elif before is _NOTHING:
        yield Change("added", key, _name(path), path, after=after)
    elif after is _NOTHING:
        yield Change("gone", key, _name(path), path, before=before)
    elif not _is_same(before, after):
        yield Change("altered", key, _name(path), path, before, after)


def _changes_of_linkage(key: _Key, name: str, before: Any, after: Any) -> Iterator[Change]:
    path = ("relationships", name, "data")
    if isinstance(before, list) and isinstance(after, list):
        earlier, later = map(_keys, (before, after))
        for type_, id_ in later:
            if (type_, id_) not in earlier:
                yield Change("added", key, name, path, after={"type": type_, "id": id_})
        for type_, id_ in earlier:
            if (type_, id_) not in later:
                yield Change("gone", key, name, path, before={"type": type_, "id": id_})
    elif before != after:
        yield Change("altered", key, name, path, before, after)


def _keys(identifiers: list[Any]) -> list[_Key]:
    return [(item["type"], item["id"]) for item in identifiers if _is_identified(item)]


def _is_identified(item: object) -> bool:
    return isinstance(item, Mapping) and {"type", "id"} <= item.keys()


def _is_whole_list(document: Mapping[str, Any]) -> bool:
    """Tell whether a document holds all of a list; without a count, it does."""
    data, meta = document.get("data"), document.get("meta") or {}
    return isinstance(data, list) and meta.get("record_count", len(data)) == len(data)


def _is_same(before: Any, after: Any) -> bool:
    """Compare as JSON does: true is no number, and 1.0 is the number 1."""
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_is_same, before, after))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return before.keys() == after.keys() and all(_is_same(before[n], after[n]) for n in before)
    return isinstance(before, bool) is isinstance(after, bool) and bool(before == after)


def _name(path: tuple[str, ...]) -> str:
    """Write where a member is: attributes need no more than their name."""
    return ".".join(path[1:] if path[0] == "attributes" else path)
