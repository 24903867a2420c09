"""What a document looks like, whatever it is about: so that two of different places compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["NULL", "differences_to_page", "shape"]

# What is null here says nothing about what else it could be.
NULL = "null"
# The page's own sign for what it leaves out.
_LEFT_OUT = "{...}"
# What has the same value at every place.
_SAME_EVERYWHERE = {"type", "mode"}
_KINDS: Mapping[type, str] = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "number",
    list: "list",
    str: "text",
    type(None): NULL,
}


def shape(body: Mapping[str, Any]) -> dict[str, str]:
    """Describe a document: which members are there, and of which kind.

    Args:
        body: The document.

    Returns:
        By JSON Pointer, what stands there. In the pointers, included resource objects are named
        by their types: of those of one type, how many there are makes no difference.
    """
    told = {f"/{name}": "there" for name in body if name not in {"data", "included"}}
    told.update(_resources("/data", body.get("data")))
    for item in _items(body.get("included")):
        for where, what in _resources(f"/included/{item.get('type')}", item):
            if told.get(where, NULL) == NULL:
                told[where] = what
    return told


def differences_to_page(expected: object, actual: object, where: str = "") -> list[str]:
    """Name every member of the page's document that another lacks, or has otherwise.

    Ids, addresses, names, instants and secrets are another place's own: of them it is compared
    that they are there, and of which kind. Types and the mode are compared by their values. Of a
    list, each item of the page has to have one like it.

    Args:
        expected: The page's document, or a part of it.
        actual: What stands in its place.
        where: JSON Pointer to both.
    """
    if expected == _LEFT_OUT:
        return [] if actual else [f"{where}: nothing stands for what the page leaves out"]
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return [
            difference
            for name, member in expected.items()
            for difference in (
                _same_value(member, actual[name], f"{where}/{name}", name)
                if name in actual
                else [f"{where}/{name}: missing"]
            )
        ]
    if isinstance(expected, list) and isinstance(actual, list):
        return [
            difference
            for index, item in enumerate(expected)
            for difference in _nearest(item, actual, f"{where}/{index}")
        ]
    kinds = _kind(expected), _kind(actual)
    # What is null there need not be so here, and the other way round.
    if kinds[0] == kinds[1] or NULL in kinds:
        return []
    return [f"{where}: expected {kinds[0]}, got {kinds[1]}"]


def _same_value(expected: object, actual: object, where: str, name: str) -> list[str]:
    if name in _SAME_EVERYWHERE and expected != actual:
        return [f"{where}: expected {expected}, got {actual if isinstance(actual, str) else '-'}"]
    return differences_to_page(expected, actual, where)


def _nearest(expected: object, actual: list[Any], where: str) -> list[str]:
    found = (differences_to_page(expected, item, where) for item in actual)
    return min(found, key=len, default=[f"{where}: missing"])


def _resources(where: str, data: object) -> Iterator[tuple[str, str]]:
    """Describe a resource object."""
    if not isinstance(data, Mapping):
        yield where, _kind(data)
        return
    yield f"{where}/type", str(data.get("type"))
    for name in data:
        yield f"{where}/{name}", "there"
    for name in ("links", "meta"):
        for inner in _members(data, name):
            yield f"{where}/{name}/{inner}", "there"
    meta = _members(data, "meta")
    if "mode" in meta:
        yield f"{where}/meta/mode", str(meta["mode"])
    for name, value in _members(data, "attributes").items():
        yield f"{where}/attributes/{name}", _kind(value)
    for name, relationship in _members(data, "relationships").items():
        yield from _relationship(f"{where}/relationships/{name}", relationship)


def _relationship(where: str, relationship: object) -> Iterator[tuple[str, str]]:
    if not isinstance(relationship, Mapping):
        yield where, _kind(relationship)
        return
    yield where, ", ".join(sorted(relationship)) or "empty"
    for name in _members(relationship, "links"):
        yield f"{where}/links/{name}", "there"
    if "data" in relationship:
        data = relationship["data"]
        types = sorted({str(item.get("type")) for item in _items(data)})
        yield f"{where}/data", f"{_kind(data)} {', '.join(types)}".strip()


def _members(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = parent.get(name)
    return value if isinstance(value, Mapping) else {}


def _items(data: object) -> list[Mapping[str, Any]]:
    items = data if isinstance(data, list) else [data]
    return [item for item in items if isinstance(item, Mapping)]


def _kind(value: object) -> str:
    return _KINDS.get(type(value), type(value).__name__)
