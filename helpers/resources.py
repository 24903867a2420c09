"""Requests about resources of any type: read one, list many, or go where a relationship leads.

They take every query parameter that the API documents for reading. Besides the errors that it
names, each raises ArgumentError for a type, an id or a name that no request can be built from,
NoAnswerError where nothing came back, and DocumentError for an answer that is no document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import EllipsisType
from typing import Any

import httpx

from helpers.client import send
from helpers.documents import Document, target_of
from helpers.errors import ArgumentError
from helpers.masking import mask_parameters
from helpers.querying import Fields, Filters, query_parameters

__all__ = [
    "follow_link",
    "list_related",
    "list_resources",
    "retrieve_relationship",
    "retrieve_resource",
]

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def retrieve_resource(
    client: httpx.Client,
    type_: str,
    id_: str | EllipsisType = ...,
    *,
    include: Sequence[str] = (),
    fields: Fields | None = None,
) -> Document:
    """Retrieve a resource.

    Sends ``GET /api/:type/:id``. Nothing changes.

    Args:
        client: An open client.
        type_: The resource type, such as ``orders``.
        id_: The resource's id; left out for the only one of ``organization`` and ``application``.
        include: Relationships to return in full beside it: names, or paths joined by dots.
        fields: Which attributes and relationships to return, by resource type; all by default.

    Returns:
        The resource, with the included resource objects.

    Raises:
        NotFound: There is no such resource type, or no resource of it has this id.
        BadRequest: Something to include, or a field, is none of its type's.
        Unauthorized: The access token is not valid, or may not see this resource.

    Source: https://docs.commercelayer.io/core/api-specification
    """
    target = target_of(
        _checked("a resource type", type_),
        id_,
        include=include,
        parameters=query_parameters(fields=fields),
    )
    return send(client, "GET", target)


def list_resources(
    client: httpx.Client,
    type_: str,
    *,
    include: Sequence[str] = (),
    fields: Fields | None = None,
    filters: Filters | None = None,
    sort: Sequence[str] = (),
    page_number: int | None = None,
    page_size: int | None = None,
) -> Document:
    """List the resources of a type.

    Sends ``GET /api/:type``. Nothing changes.

    Args:
        client: An open client.
        type_: The resource type, such as ``orders``.
        include: Relationships to return in full beside them: names, or paths joined by dots.
        fields: Which attributes and relationships to return, by resource type; all by default.
        filters: What the list is narrowed down to, such as ``{"status_eq": "pending"}``. A
            relationship's attribute is reached through its name: ``customer_email_eq``.
        sort: Attributes to sort by, the first one first; a minus sign before one turns it round.
        page_number: Which page to return, counted from one; the API's default is the first.
        page_size: How many resources a page holds, 25 at most; the API's default is 10.

    Returns:
        One page, in ``resources``; ``body["meta"]["record_count"]`` counts them all, and
        ``body["links"]`` leads to the other pages.

    Raises:
        NotFound: There is no such resource type.
        BadRequest: A parameter is none that the API has for this type.
        Unauthorized: The access token is not valid, or may not list these.

    Source: https://docs.commercelayer.io/core/pagination and the pages beside it: filtering-data,
    sorting-results, sparse-fieldsets, including-associations.
    """
    parameters = query_parameters(
        fields=fields, filters=filters, sort=sort, page_number=page_number, page_size=page_size
    )
    target = target_of(_checked("a resource type", type_), include=include, parameters=parameters)
    return send(client, "GET", target)


def list_related(
    client: httpx.Client,
    type_: str,
    id_: str | EllipsisType,
    relationship: str,
    *,
    include: Sequence[str] = (),
    fields: Fields | None = None,
    filters: Filters | None = None,
    sort: Sequence[str] = (),
    page_number: int | None = None,
    page_size: int | None = None,
) -> Document:
    """Fetch what a relationship leads to: a page of resources, or the one.

    Sends ``GET /api/:type/:id/:relationship``. Nothing changes.

    Args:
        client: An open client.
        type_: The type of the resource that has the relationship, such as ``orders``.
        id_: That resource's id; ``...`` for the only one of ``organization`` and ``application``.
        relationship: The relationship's name, such as ``line_items`` or ``customer``.
        include: Relationships of the related resources to return in full beside them.
        fields: Which attributes and relationships to return, by resource type; all by default.
        filters: As for ``list_resources``; for a to-many relationship only, as all that follows.
        sort: Attributes to sort by.
        page_number: Which page to return, counted from one.
        page_size: How many resources a page holds, 25 at most.

    Returns:
        A to-many relationship's page in ``resources``; a to-one relationship's resource in
        ``data``, and where it leads to nothing, null.

    Raises:
        NotFound: No such resource is there, or it has no such relationship.
        BadRequest: A parameter is none that the API has here.
        Unauthorized: The access token is not valid, or may not see these.

    Source: https://docs.commercelayer.io/core/fetching-relationships
    """
    target = target_of(
        _checked("a resource type", type_),
        id_,
        _checked("a relationship", relationship),
        include=include,
        parameters=query_parameters(
            fields=fields, filters=filters, sort=sort, page_number=page_number, page_size=page_size
        ),
    )
    return send(client, "GET", target)


def retrieve_relationship(
    client: httpx.Client, type_: str, id_: str, relationship: str
) -> Document:
    """Fetch the linkage of a relationship: types and ids, and nothing of the resources.

    Sends ``GET /api/:type/:id/relationships/:relationship``. Nothing changes.

    Args:
        client: An open client.
        type_: The type of the resource that has the relationship, such as ``orders``.
        id_: That resource's id.
        relationship: The relationship's name, such as ``line_items`` or ``customer``.

    Returns:
        Resource identifier objects: one in ``data``, or any number in ``resources``.

    Raises:
        NotFound: No such resource is there, or it has no such relationship.
        Unauthorized: The access token is not valid, or may not see this resource.

    Source: https://docs.commercelayer.io/core/fetching-relationships
    """
    path = f"relationships/{_checked('a relationship', relationship)}"
    return send(client, "GET", target_of(_checked("a resource type", type_), id_, path))


def follow_link(client: httpx.Client, link: str | Mapping[str, Any]) -> Document:
    """Go where a link in an answer leads, with the parameters that stand in it.

    Sends ``GET`` to the link. Nothing changes.

    Args:
        client: The client whose answer the link comes from.
        link: An absolute URL, such as ``body["links"]["next"]``, or an object that has it as its
            ``href``.

    Returns:
        Whatever is there.

    Raises:
        ArgumentError: The link leads to another host than the client's, or out of its API; an
            access token has no business there.
        NotFound: Nothing is there.
        Unauthorized: The access token is not valid, or may not see what is there.

    Source: https://docs.commercelayer.io/core/pagination
    """
    address = link.get("href") if isinstance(link, Mapping) else link
    # What is asked for by a secret stays unseen, unless the sandbox made it up.
    made_up = getattr(client.auth, "made_up", False)
    shown = repr(address) if made_up else mask_parameters(repr(address))
    try:
        # Anything but a text is refused here.
        url = httpx.URL(address)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        target = url.raw_path.decode("ascii")
    except (TypeError, UnicodeError, httpx.InvalidURL):
        # The cause would show the address as it is.
        raise ArgumentError(f"Expected a link as it stands in an answer, got {shown}.") from None
    if (url.host, url.port) != (client.base_url.host, client.base_url.port):
        raise ArgumentError(f"Expected a link to the host of this client, got {shown}.")
    if not target.startswith("/api/"):
        raise ArgumentError(f"Expected a link into the API, to /api/..., got {shown}.")
    return send(client, "GET", target)


def _checked(what: str, name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ArgumentError(f"Expected the name of {what}, such as 'orders', got {name!r}.")
    return name
