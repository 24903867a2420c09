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

    Compared is what both hold: the attributes of the resources that are in both, and the linkage
    of relationships that came with linkage both times. What was included only once says nothing
    about a change, and links are addresses.

    Args:
        before: An earlier document.
        after: A later one.

    Returns:
        The changes, in the order of the later document.
    """
    earlier, later = resources_by_identity(before), resources_by_identity(after)
    found = list(_changes_of_list(before.get("data"), after.get("data")))
    for key, resource in later.items():
        if key in earlier:
            found += _changes_of_resource(key, earlier[key], resource)
    return found


def resources_by_identity(document: Mapping[str, Any]) -> dict[_Key, Mapping[str, Any]]:
    """Name every resource object of a document, primary or included, by its type and id."""
    data = document.get("data")
    primary = data if isinstance(data, list) else [data]
    every = [item for item in [*primary, *document.get("included", [])] if item]
    return {(item["type"], item["id"]): item for item in every}


def _changes_of_list(before: object, after: object) -> Iterator[Change]:
    """Compare which resources two lists hold."""
    if not isinstance(before, list) or not isinstance(after, list):
        return
    earlier, later = map(_keys, (before, after))
    yield from (Change("added", key, "", ()) for key in later if key not in earlier)
    yield from (Change("gone", key, "", ()) for key in earlier if key not in later)


def _changes_of_resource(
    key: _Key, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    for name in ("attributes", "meta"):
        if name in before and name in after:
            yield from _changes_of_member(key, (name,), before[name], after[name])
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
    # True is 1 to Python, and not to JSON.
    elif before != after or type(before) is not type(after):
        yield Change("altered", key, _name(path), path, before, after)


def _changes_of_linkage(key: _Key, name: str, before: Any, after: Any) -> Iterator[Change]:
    path = ("relationships", name, "data")
    if isinstance(before, list) and isinstance(after, list):
        earlier, later = map(_keys, (before, after))
        for identifier in after:
            if (identifier["type"], identifier["id"]) not in earlier:
                yield Change("added", key, name, path, after=identifier)
        for identifier in before:
            if (identifier["type"], identifier["id"]) not in later:
                yield Change("gone", key, name, path, before=identifier)
    elif before != after:
        yield Change("altered", key, name, path, before, after)


def _keys(identifiers: list[Any]) -> list[_Key]:
    return [(item["type"], item["id"]) for item in identifiers]


def _name(path: tuple[str, ...]) -> str:
    """Write where a member is: attributes need no more than their name."""
    return ".".join(path[1:] if path[0] == "attributes" else path)
