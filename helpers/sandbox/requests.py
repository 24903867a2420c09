"""Read a request: its headers, its query parameters, its document. What is wrong is refused.

Sources: https://docs.commercelayer.io/core/api-specification for the headers,
https://docs.commercelayer.io/core/pagination for the pages; ``errors.py`` for the refusals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.sandbox.errors import ErrorObject, Refusal, error_object, not_emulated
from helpers.sandbox.messages import MEDIA_TYPE, Request
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier

__all__ = [
    "IncludeTree",
    "Page",
    "Parameters",
    "check_headers",
    "read_parameters",
    "read_update",
]

# What to include, as a tree of relationship names.
IncludeTree = Mapping[str, "IncludeTree"]

_PAGE_SIZE = 10
_LARGEST_PAGE = 25
# More than any list has; a number may be too long to be read at all.
_LAST_PAGE = 999_999_999
# The API has these families of parameters; the sandbox does not emulate them.
_NOT_EMULATED = ("fields", "filter", "sort")


@dataclass(frozen=True)
class Page:
    """A page of a list.

    Attributes:
        number: Counted from one.
        size: How many resources a page holds.
    """

    number: int
    size: int

    def of(self, identifiers: Sequence[Identifier]) -> Sequence[Identifier]:
        """Take this page out of a list."""
        return identifiers[(self.number - 1) * self.size : self.number * self.size]

    def count(self, records: int) -> int:
        """Count the pages that hold this many records: at least one."""
        return max(1, -(-records // self.size))


@dataclass(frozen=True)
class Parameters:
    """What the query parameters ask for."""

    include: IncludeTree
    page: Page


def check_headers(request: Request) -> None:
    """Refuse an answer's media type that is not served, and a document's that is not read."""
    accept = request.headers.get("accept", "*/*")
    accepted = {item.partition(";")[0].strip().lower() for item in accept.split(",")}
    if not accepted & {MEDIA_TYPE, "application/*", "*/*"}:
        detail = (
            f"All requests must use the '{MEDIA_TYPE}' Accept. This request specified '{accept}'."
        )
        raise Refusal(406, error_object(406, "NOT_ACCEPTABLE", "Not acceptable", detail))
    content_type = request.headers.get("content-type", "")
    if request.method in {"POST", "PATCH"} and _bare(content_type) != MEDIA_TYPE:
        detail = (
            f"All requests that create or update must use the '{MEDIA_TYPE}' Content-Type. "
            f"This request specified '{content_type}'."
        )
        error = error_object(415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type", detail)
        raise Refusal(415, error)


def read_parameters(request: Request, types: Sequence[str], *, paged: bool) -> Parameters:
    """Read the query parameters.

    Args:
        request: The request.
        types: The types of the primary data, for the names to include.
        paged: Whether the answer is a list.

    Raises:
        Refusal: Something is unknown, not emulated or out of bounds (400); one error object each.
    """
    faults: list[ErrorObject] = []
    tree: dict[str, Any] = {}
    pages = {"page[number]": 1, "page[size]": _PAGE_SIZE}
    for name, value in request.query.items():
        if name == "include":
            for path in filter(None, value.split(",")):
                faults += _grow(tree, path, types)
        elif name in pages and paged:
            found = _page_fault(name, value)
            faults += found
            pages[name] = 0 if found else int(value)
        elif name.partition("[")[0] in _NOT_EMULATED:
            faults.append(not_emulated(name))
        else:
            faults.append(_not_allowed(name))
    if faults:
        raise Refusal(400, *faults)
    return Parameters(include=tree, page=Page(pages["page[number]"], pages["page[size]"]))


def read_update(request: Request, type_: str, id_: str) -> Mapping[str, Any]:
    """Read the document of an update: the attributes that it sends, by name.

    Raises:
        Refusal: The body is no document of an update of this resource (400), or names attributes
            or relationships that cannot be updated here; one error object for each of these.
    """
    data = _primary_data(request.body)
    missing = [name for name in ("type", "id") if name not in data]
    if missing:
        raise Refusal(400, *map(_missing, missing))
    if data["type"] != type_:
        detail = f"{_as_json(data['type'])} is not a valid type for this operation."
        raise Refusal(400, error_object(400, "TYPE_MISMATCH", "Type Mismatch", detail))
    if data["id"] != id_:
        detail = f"The URL does not support the key {_as_json(data['id'])}"
        title = "Key is not included in URL"
        raise Refusal(400, error_object(400, "KEY_NOT_INCLUDED_IN_URL", title, detail))
    known = resource_types()[type_]
    faults: list[ErrorObject] = []
    for name in _member(data, "attributes"):
        attribute = known.attributes.get(name)
        if attribute is None or not attribute.updatable:
            faults.append(_not_allowed(name))
    for name in _member(data, "relationships"):
        relationship = known.relationships.get(name)
        is_updatable = relationship is not None and relationship.updatable
        faults.append(not_emulated(name) if is_updatable else _not_allowed(name))
    if faults:
        raise Refusal(400, *faults)
    return _member(data, "attributes")


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _grow(tree: dict[str, Any], path: str, types: Sequence[str]) -> list[ErrorObject]:
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
            return [error_object(400, "INVALID_INCLUDE", "Invalid include", detail)]
        tree = tree.setdefault(name, {})
        related = [type_ for relationship in relationships for type_ in relationship.types]
        types = list(dict.fromkeys(related))
    return []


def _page_fault(name: str, value: str) -> list[ErrorObject]:
    largest = _LARGEST_PAGE if name == "page[size]" else _LAST_PAGE
    if value.isdecimal() and len(value) <= len(str(_LAST_PAGE)) and 1 <= int(value) <= largest:
        return []
    detail = f"{value} is not a valid value for {name[5:-1]} page parameter."
    return [error_object(400, "INVALID_PAGE_VALUE", "Invalid page value", detail)]


def _primary_data(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
        # Python reads more than JSON is: numbers that are none, halves of a character.
        json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise _malformed("a JSON document", "something else") from None
    if not isinstance(document, dict):
        raise _malformed("a JSON object", _as_json(document))
    if "data" not in document:
        raise Refusal(400, _missing("data"))
    return _member(document, "data")


def _member(owner: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Read a member that is an object, or absent."""
    member = owner.get(name, {})
    if not isinstance(member, dict):
        raise _malformed(f"{name} to be an object", _as_json(member))
    return member


def _as_json(value: object) -> str:
    """Write a value into a sentence: a string as it is, anything else as the JSON that came."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _not_allowed(name: str) -> ErrorObject:
    return error_object(400, "PARAM_NOT_ALLOWED", "Param not allowed", f"{name} is not allowed.")


def _missing(name: str) -> ErrorObject:
    detail = f"The required parameter, {name}, is missing."
    return error_object(400, "PARAM_MISSING", "Missing Parameter", detail)


def _malformed(expected: str, came: str) -> Refusal:
    detail = f"Expected {expected}, got {came}."
    return Refusal(400, error_object(400, "INVALID_DATA_FORMAT", "Invalid data format", detail))
