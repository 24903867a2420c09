"""Read the document of a creation or an update. What is no such document is refused (400).

Sources: https://docs.commercelayer.io/core/api-specification for the shape of the document;
``errors.py`` for the refusals.
"""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from helpers.sandbox.errors import ErrorObject, Refusal, error_object, not_emulated
from helpers.sandbox.messages import Request
from helpers.sandbox.resources import Relationship, ResourceType
from helpers.sandbox.store import Identifier
from helpers.sandbox.values import depth_of

__all__ = ["Change", "read_change"]

# Deeper than any document has reason to be; what is done with it must not run out of stack.
_DEEPEST = 64


class Change(NamedTuple):
    """What a document asks for.

    Attributes:
        attributes: Values as they came, by the names of attributes that may be sent.
        linkage: The to-one relationships that are set, or emptied with None. Those to types that
            are not emulated are read, and left out.
        named: The names of all relationships that the document sets.
    """

    attributes: Mapping[str, Any]
    linkage: Mapping[str, Identifier | None]
    named: frozenset[str]


def read_change(request: Request, type_: ResourceType, id_: str | None = None) -> Change:
    """Read the document of a creation, or of an update where an id is given.

    Args:
        request: The request.
        type_: The type that is created or updated.
        id_: The id that the path names, for an update.

    Raises:
        Refusal: The body is no document for this type and id (400), or names attributes or
            relationships that cannot be sent; one error object for each of these.
    """
    data = _primary_data(request.body)
    missing = [name for name in ("type", *(["id"] if id_ else [])) if name not in data]
    if missing:
        raise Refusal(400, *map(_missing, missing))
    if data["type"] != type_.name:
        raise Refusal(400, _type_mismatch(data["type"]))
    if id_ is not None and data["id"] != id_:
        detail = f"The URL does not support the key {_as_text(data['id'])}"
        title = "Key is not included in URL"
        raise Refusal(400, error_object(400, "KEY_NOT_INCLUDED_IN_URL", title, detail))
    faults: list[ErrorObject] = []
    if id_ is None and data.get("id") is not None:
        faults.append(_not_allowed("id"))
    attributes = _member(data, "attributes")
    for name in attributes:
        attribute = type_.attributes.get(name)
        if attribute is None or not (attribute.updatable if id_ else attribute.creatable):
            faults.append(_not_allowed(name))
    linkage: dict[str, Identifier | None] = {}
    relationships = _member(data, "relationships")
    for name, value in relationships.items():
        relationship = type_.relationships.get(name)
        if relationship is None or not (relationship.updatable if id_ else relationship.creatable):
            faults.append(_not_allowed(name))
        else:
            found = _link(relationship, value, linkage)
            faults += [found] if found else []
    if faults:
        raise Refusal(400, *faults)
    return Change(attributes, linkage, frozenset(relationships))


def _link(
    relationship: Relationship, value: object, linkage: dict[str, Identifier | None]
) -> ErrorObject | None:
    """Read a relationship object into the linkage; what is wrong with it is returned."""
    if not isinstance(value, dict) or "data" not in value:
        return _no_linkage(relationship.name, "an object with data")
    data = value["data"]
    if relationship.many:
        if not isinstance(data, list):
            return _no_linkage(relationship.name, "a list of resource identifiers")
        return not_emulated(relationship.name) if data else None
    if data is None:
        linkage[relationship.name] = None
        return None
    identifier = (data.get("type"), data.get("id")) if isinstance(data, dict) else (None, None)
    type_, id_ = identifier
    if not isinstance(type_, str) or not isinstance(id_, str):
        return _no_linkage(relationship.name, "a resource identifier with type and id, or null")
    if not relationship.types:
        return None
    if type_ not in relationship.types:
        return _type_mismatch(type_)
    linkage[relationship.name] = (type_, id_)
    return None


def _finite(text: str) -> float:
    """Read a number, unless it is none or so large that it would be endless."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_JSON = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)


def _primary_data(body: bytes) -> dict[str, Any]:
    try:
        text = body.removeprefix(codecs.BOM_UTF8).decode()
        document = _JSON.decode(text)
        if "\\u" in text:  # what is escaped may be half of a character
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise _malformed("a JSON document", "something else") from None
    # What has fewer brackets is not as deep.
    if body.count(b"{") + body.count(b"[") > _DEEPEST and depth_of(document) > _DEEPEST:
        raise _malformed(f"objects and lists within each other up to {_DEEPEST} deep", "more")
    if not isinstance(document, dict):
        raise _malformed("a JSON object", _as_text(document))
    if "data" not in document:
        raise Refusal(400, _missing("data"))
    return _member(document, "data")


def _member(owner: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Read a member that is an object, or absent."""
    member = owner.get(name, {})
    if not isinstance(member, dict):
        raise _malformed(f"{name} to be an object", _as_text(member))
    return member


def _as_text(value: object) -> str:
    """Write a value into a sentence: a string as it is, anything else as the JSON that came."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _not_allowed(name: str) -> ErrorObject:
    return error_object(
        400, "PARAM_NOT_ALLOWED", "Param not allowed", f"{_as_text(name)} is not allowed."
    )


def _missing(name: str) -> ErrorObject:
    detail = f"The required parameter, {name}, is missing."
    return error_object(400, "PARAM_MISSING", "Missing Parameter", detail)


def _type_mismatch(type_: object) -> ErrorObject:
    detail = f"{_as_text(type_)} is not a valid type for this operation."
    return error_object(400, "TYPE_MISMATCH", "Type Mismatch", detail)


def _no_linkage(name: str, expected: str) -> ErrorObject:
    detail = f"Expected {name} to be {expected}."
    return error_object(400, "INVALID_LINKS_OBJECT", "Invalid Links Object", detail)


def _malformed(expected: str, came: str) -> Refusal:
    detail = f"Expected {expected}, got {came}."
    return Refusal(400, error_object(400, "INVALID_DATA_FORMAT", "Invalid data format", detail))
