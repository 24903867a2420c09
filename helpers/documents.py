"""Read and write JSON:API documents. No I/O happens here.

Source of the format: https://docs.commercelayer.io/core/api-specification
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, TypedDict
from urllib.parse import quote

from helpers.errors import (
    ArgumentError,
    DocumentError,
    UnreadableAnswerError,
    error_for_status,
)
from helpers.exchanges import Exchange
from helpers.masking import mask_text

__all__ = [
    "MEDIA_TYPE",
    "Document",
    "ResourceIdentifier",
    "ResourceObject",
    "create_document",
    "read_document",
    "target_of",
    "update_document",
]

MEDIA_TYPE = "application/vnd.api+json"

_ID = re.compile(r"[A-Za-z0-9_-]+")
# No document of the API is nested deeper than some ten levels.
_DEEPEST = 100
# What JSON nests, as the very types that it is read into: each answer is searched for them.
_NESTS = {dict, list}
_RELATIONSHIP_PATH = re.compile(r"[a-z_]+(\.[a-z_]+)*")


class ResourceIdentifier(TypedDict):
    """A resource identifier object: which resource is meant, and nothing about it."""

    type: str
    id: str


class ResourceObject(TypedDict):
    """A resource object, an item of ``data`` or of ``included``, member by member as received."""

    id: str
    type: str
    links: dict[str, str]
    attributes: dict[str, Any]
    relationships: dict[str, dict[str, Any]]
    meta: dict[str, Any]


@dataclass(frozen=True, repr=False)
class Document:
    """A JSON:API document as received, with the exchange that it came from.

    Attributes:
        body: The whole document, member by member as received.
        exchange: The request, and the status it was answered with.
    """

    body: Mapping[str, Any]
    exchange: Exchange

    def __repr__(self) -> str:
        """Name the document without its content, which may hold secrets."""
        data = self.body.get("data")
        if isinstance(data, list):
            content = f"{len(data)} resources"
        elif data is None:
            content = "nothing"
        else:
            content = self._shown(f"{data['type']}/{data['id']}")
        return f"<Document: {content}, {self.exchange.status} from {self.exchange.request_line}>"

    @property
    def data(self) -> ResourceObject:
        """The primary data, a resource object.

        Raises:
            DocumentError: The primary data is a list (read ``resources``), or null.
        """
        data = self.body["data"]
        if not isinstance(data, dict):
            came = "null" if data is None else f"a list of {len(data)} (read `.resources`)"
            raise DocumentError(
                f"{self.exchange.request_line}: expected one resource object as primary data, "
                f"got {came}."
            )
        # read_document has seen its type and id.
        return data  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    @property
    def resources(self) -> list[ResourceObject]:
        """The primary data as a list: every item, the single one, or nothing for null."""
        data = self.body["data"]
        if data is None:
            return []
        return list(data) if isinstance(data, list) else [data]

    @property
    def included(self) -> list[ResourceObject]:
        """The included resource objects, in the order in which they were received."""
        return list(self.body.get("included") or [])

    def related(self, name: str) -> list[ResourceObject]:
        """The included resource objects that a relationship of the primary data links to.

        Args:
            name: A relationship of the primary data, such as ``payment_source``.

        Returns:
            The resource objects in the linkage's order: any number for a to-many relationship,
            one or none for a to-one relationship.

        Raises:
            DocumentError: There is no such relationship, or it was not included.
        """
        relationships = self.data.get("relationships") or {}
        if name not in relationships:
            known = ", ".join(relationships) or "none"
            raise DocumentError(
                f"{self.exchange.request_line}: {self._shown(self.data['type'])} have no "
                f"relationship {name!r} in this answer; there are: {self._shown(known)}."
            )
        if "data" not in (relationships[name] or {}):
            raise DocumentError(
                f"{self.exchange.request_line}: the relationship {name!r} came without linkage. "
                f"Ask for it with include=({name!r},)."
            )
        linkage = relationships[name]["data"]
        identifiers = linkage if isinstance(linkage, list) else [linkage] if linkage else []
        found = {(item["type"], item["id"]): item for item in filter(_is_identified, self.included)}
        for identifier in identifiers:
            if not _is_identified(identifier):
                raise DocumentError(
                    f"{self.exchange.request_line}: expected the linkage of {name!r} to hold types "
                    f"and ids, got {type(identifier).__name__}."
                )
            if (identifier["type"], identifier["id"]) not in found:
                raise DocumentError(
                    f"{self.exchange.request_line}: "
                    f"{self._shown('{type}/{id}'.format(**identifier))} is linked to, but not "
                    "included in this answer."
                )
        return [found[identifier["type"], identifier["id"]] for identifier in identifiers]

    def _shown(self, text: str) -> str:
        """Hide what an answer repeats of the access token, wherever in it that stands."""
        return mask_text(text, self.exchange.secrets)


Linkage = ResourceIdentifier | Sequence[ResourceIdentifier] | None


def create_document(
    type_: str,
    *,
    attributes: Mapping[str, Any] | None = None,
    relationships: Mapping[str, Linkage] | None = None,
) -> dict[str, Any]:
    """Build the document of a creation.

    Args:
        type_: The resource type, such as ``orders``.
        attributes: Attributes and trigger attributes, by their names in the API.
        relationships: What each relationship is to lead to, by its name: a resource identifier
            object, several, or None.

    Returns:
        A JSON:API document whose primary data has no id yet: the API gives it one.
    """
    return {"data": {"type": type_, **_content(attributes, relationships)}}


def update_document(
    type_: str,
    *,
    id_: str,
    attributes: Mapping[str, Any] | None = None,
    relationships: Mapping[str, Linkage] | None = None,
) -> dict[str, Any]:
    """Build the document of an update: the resource that is meant, and what to change of it.

    Args:
        type_: The resource type, such as ``orders``.
        id_: The resource's id.
        attributes: Attributes and trigger attributes, by their names in the API.
        relationships: What each relationship is to lead to, by its name: a resource identifier
            object, several, or None.

    Returns:
        A JSON:API document with ``type``, ``id`` and what is to change as its primary data.
    """
    return {"data": {"type": type_, "id": id_, **_content(attributes, relationships)}}


def _content(
    attributes: Mapping[str, Any] | None, relationships: Mapping[str, Linkage] | None
) -> dict[str, Any]:
    content: dict[str, Any] = {"attributes": dict(attributes or {})}
    if relationships:
        content["relationships"] = {
            name: {"data": linkage} for name, linkage in relationships.items()
        }
    return content


def target_of(
    type_: str,
    id_: str | EllipsisType = ...,
    relationship: str | None = None,
    *,
    include: Sequence[str] = (),
    parameters: Mapping[str, int | str] | None = None,
) -> str:
    """Build path and query of a list, of a resource, or of what a relationship of it leads to.

    Args:
        type_: The resource type, such as ``orders``.
        id_: The resource's id; left out for the list of its type, or for the only one there is.
        relationship: A relationship of the resource, to ask for the related resources instead.
        include: Relationships to include, each a name or a path of names joined by dots.
        parameters: Further query parameters, such as ``{"page[size]": 25}``.

    Returns:
        The target of a request, such as ``/api/orders/qaMAhZkZvd?include=customer``.

    Raises:
        ArgumentError: The id could change the path, or an included name is not one.
    """
    if id_ is not ... and not (isinstance(id_, str) and _ID.fullmatch(id_)):
        raise ArgumentError(
            f"Expected the id of one of the {type_}, such as 'qaMAhZkZvd', got {id_!r}."
        )
    if not isinstance(include, list | tuple):
        example = include if isinstance(include, str) else "customer"
        raise ArgumentError(
            f"Expected include to be a tuple of names, such as ({example!r},), got {include!r}."
        )
    for path in include:
        if not (isinstance(path, str) and _RELATIONSHIP_PATH.fullmatch(path)):
            raise ArgumentError(
                "Expected include to name relationships, such as 'customer' or "
                f"'payment_source.order', got {path!r}."
            )
    query = [f"include={','.join(include)}"] if include else []
    query += [f"{name}={quote(str(value), safe=',')}" for name, value in (parameters or {}).items()]
    path = "/".join(["/api", *filter(None, (type_, "" if id_ is ... else id_, relationship))])
    return "?".join([path, "&".join(query)] if query else [path])


def read_document(
    content: bytes,
    *,
    media_type: str,
    exchange: Exchange,
    about: tuple[str, str | None] | None = None,
) -> Document:
    """Read an answer, or raise what it says.

    Args:
        content: The body of the answer.
        media_type: The answer's ``Content-Type``, parameters and all.
        exchange: The request, and the status it was answered with.
        about: Type and id of the one resource that was asked for, without an id where it was to
            be created; None where it was no such request.

    Returns:
        The document of a successful answer.

    Raises:
        ApiError: The status is an error. The class depends on the status; the error objects are
            kept as received.
        UnreadableAnswerError: The status is no error, but the body is no JSON:API document, or
            one about another resource.
    """
    is_json = media_type.partition(";")[0].strip().lower() in {MEDIA_TYPE, "application/json"}
    body = _parse(content) if is_json else None
    if exchange.status >= 400:
        errors = body.get("errors") or [] if isinstance(body, dict) else []
        raise error_for_status(
            exchange.request_line,
            status=exchange.status,
            # An authorization server may send a single error object in place of a list.
            errors=errors if isinstance(errors, list) else [errors],
            body=body if isinstance(body, dict) else None,
            exchange=exchange,
        )
    answered = f"{exchange.request_line} was answered with {exchange.status}"
    if exchange.status >= 300:
        raise _unreadable(
            exchange,
            f"{answered}, which leads elsewhere. It is not followed, so that the access token "
            "stays with its place.",
            "Check the address.",
        )
    if not is_json:
        # Cut after it was masked, so that nothing of a secret is left over.
        given = mask_text(media_type, exchange.secrets)[:60] or "no media type"
        raise _unreadable(
            exchange,
            f"{answered}, but not by the API: expected {MEDIA_TYPE}, got {given}.",
            "Check the address, and what stands between this machine and it.",
        )
    if not isinstance(body, dict) or not _is_document(body):
        raise _damaged(
            exchange,
            f"{answered}, but not with a JSON:API document: expected {MEDIA_TYPE} with primary "
            f"data, got {len(content):,} bytes of something else.",
        )
    if about is not None and not _is_about(body, *about):
        raise _damaged(
            exchange, f"{answered}, but with another resource than the one that was asked for."
        )
    return Document(body=body, exchange=exchange)


def _damaged(exchange: Exchange, what: str) -> UnreadableAnswerError:
    advice = "Send it again later."
    if exchange.method != "GET":
        advice = "Look whether it took effect, then send it again later."
    return _unreadable(exchange, what, advice, damaged=True)


def _unreadable(
    exchange: Exchange, what: str, advice: str, *, damaged: bool = False
) -> UnreadableAnswerError:
    sentences = filter(None, (what, exchange.tried, advice))
    return UnreadableAnswerError(" ".join(sentences), damaged=damaged)


def _parse(content: bytes) -> object:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return None if _is_deep(body) else body


def _is_deep(body: object) -> bool:
    """Tell whether a body is nested deeper than any that can be read or shown."""
    level: list[Any] = [body] if type(body) in _NESTS else []
    for _ in range(_DEEPEST):
        if not level:
            return False
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) in _NESTS
        ]
    return True


def _is_document(body: Mapping[str, Any]) -> bool:
    """Tell whether primary data are there, and all that is there can be read."""
    data, included = body.get("data", "missing"), body.get("included") or []
    items = data if isinstance(data, list) else [] if data is None else [data]
    return isinstance(included, list) and all(map(_is_resource, [*items, *included]))


def _is_resource(item: object) -> bool:
    if not (isinstance(item, dict) and _is_identified(item)):
        return False
    relationships = item.get("relationships") or {}
    return isinstance(relationships, dict) and all(
        relationship is None or isinstance(relationship, dict)
        for relationship in relationships.values()
    )


def _is_about(body: Mapping[str, Any], type_: str, id_: str | None) -> bool:
    data = body["data"]
    return isinstance(data, dict) and data["type"] == type_ and (id_ is None or data["id"] == id_)


def _is_identified(item: object) -> bool:
    """Tell whether something names a resource, as resource objects and their identifiers do."""
    return (
        isinstance(item, dict)
        and isinstance(item.get("type"), str)
        and isinstance(item.get("id"), str)
    )
