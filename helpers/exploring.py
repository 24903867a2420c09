"""Browse resources of any type, from one to the next. A step is a GET, so nothing changes."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import Any, TypeVar

import httpx

from helpers.documents import Document, ResourceObject
from helpers.errors import ArgumentError, DocumentError, NotFound
from helpers.overviews import (
    STARTING_TYPES,
    overview,
    overview_of_types,
    page_of,
    printable,
    rows_of,
)
from helpers.querying import Fields, Filters
from helpers.resources import follow_link, list_related, list_resources, retrieve_resource

__all__ = ["Exploration", "explore"]

# The only ones of their types: in a path, their type's name is in the singular, and there is no id.
_SINGLETONS = {"organizations": "organization", "applications": "application"}

_SEVERAL = 12

_Row = TypeVar("_Row")


class Exploration:
    """Where an exploration has come to, and the ways on. Made by ``explore``; look at it.

    Attributes:
        view: What there is to look at.
    """

    def __init__(self, client: httpx.Client, document: Document | None) -> None:
        self._client = client
        self._document = document
        self.view = overview_of_types() if document is None else overview(document)

    @property
    def document(self) -> Document:
        """The answer behind the view, for ``annotate`` and for everything that it does not show.

        Raises:
            DocumentError: This is where an exploration starts: nothing was asked for yet.
        """
        if self._document is None:
            raise DocumentError("There is no answer yet: open a resource type first.")
        return self._document

    def open(
        self,
        which: int | str,
        *,
        include: Sequence[str] = (),
        fields: Fields | None = None,
    ) -> Exploration:
        """Open a row of the table: a resource type, or a resource.

        Args:
            which: The row's number, counted from one, or what it is about: the id of a resource,
                or the name of a resource type.
            include: Relationships to return in full beside it.
            fields: Which attributes and relationships to return, by resource type.

        Raises:
            ArgumentError: What is to be opened is neither a number nor a name.
            DocumentError: There is no such row; the message names those there are.
            ApiError: The API refused; the class says how.
        """
        if self._document is None:
            type_ = _row(list(STARTING_TYPES), which, str, "among the resource types")
            return explore(self._client, type_, include=include, fields=fields)
        place = f"in the answer to {self._document.exchange.request_line}"
        resource = _row(rows_of(self._document), which, _id, place)
        answer = retrieve_resource(self._client, *_place(resource), include=include, fields=fields)
        return Exploration(self._client, answer)

    def follow(
        self,
        relationship: str,
        *,
        include: Sequence[str] = (),
        fields: Fields | None = None,
        filters: Filters | None = None,
        sort: Sequence[str] = (),
        page_size: int | None = None,
    ) -> Exploration:
        """Go where a relationship of this resource leads.

        Args:
            relationship: Its name, such as ``customer``.
            include: Relationships of what is there, to return in full beside it.
            fields: Which attributes and relationships to return, by resource type.
            filters: What a list is narrowed down to.
            sort: Attributes to sort a list by.
            page_size: How many resources a page of a list holds.

        Raises:
            ArgumentError: What is to be followed is no name.
            DocumentError: This is not one resource, or it came without such a relationship; the
                message names the nearest.
            ApiError: The API refused; the class says how.
        """
        if not isinstance(relationship, str):
            raise ArgumentError(
                f"Expected the name of a relationship, such as 'customer', got {relationship!r}."
            )
        resource = self.document.data
        known = list(resource.get("relationships") or {})
        if relationship not in known:
            raise DocumentError(
                f"{self.document.exchange.request_line}: {printable(resource['type'])} have no "
                "relationship "
                f"{relationship!r} in this answer; {_nearest(relationship, known)}."
            )
        answer = list_related(
            self._client,
            *_place(resource),
            relationship,
            include=include,
            fields=fields,
            filters=filters,
            sort=sort,
            page_size=page_size,
        )
        return Exploration(self._client, answer)

    def next(self) -> Exploration:
        """Turn to the next page of this list, by the link in the answer.

        Raises:
            DocumentError: There is none, or the link leads out of the API.
        """
        return self._turn("next")

    def previous(self) -> Exploration:
        """Turn to the previous page of this list, by the link in the answer.

        Raises:
            DocumentError: There is none, or the link leads out of the API.
        """
        return self._turn("prev")

    def _turn(self, way: str) -> Exploration:
        request_line = self.document.exchange.request_line
        if not isinstance(self.document.body["data"], list):
            raise DocumentError(f"There are no pages: {request_line} was not answered with a list.")
        link = (self.document.body.get("links") or {}).get(way)
        what = {"next": "next", "prev": "previous"}[way]
        if not link:
            raise DocumentError(
                f"There is no {what} page: {request_line} was answered with "
                f"{page_of(self.document)}."
            )
        try:
            answer = follow_link(self._client, link)
        except ArgumentError as error:
            raise DocumentError(f"{request_line}: to the {what} page: {error}") from None
        return Exploration(self._client, answer)

    def __repr__(self) -> str:
        return str(self.view)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        return self.view._repr_mimebundle_(**options)


def explore(
    client: httpx.Client,
    type_: str | None = None,
    id_: str | None = None,
    *,
    include: Sequence[str] = (),
    fields: Fields | None = None,
    filters: Filters | None = None,
    sort: Sequence[str] = (),
    page_size: int | None = None,
) -> Exploration:
    """Start to browse: at the resource types, at a list, or at a resource.

    Sends ``GET /api/:type`` or ``GET /api/:type/:id``; without a type, nothing. Nothing changes.

    Args:
        client: An open client. What it may list and see depends on its access token.
        type_: A resource type, such as ``orders``.
        id_: The id of one of them.
        include: Relationships to return in full beside what is asked for.
        fields: Which attributes and relationships to return, by resource type.
        filters: What a list is narrowed down to.
        sort: Attributes to sort a list by.
        page_size: How many resources a page of a list holds.

    Returns:
        Something to look at, with ``follow``, ``open``, ``next`` and ``previous`` to go on.

    Raises:
        ArgumentError: There is an id without a type, or what only lists have for one resource, or
            no request can be built from an argument.
        DocumentError: The answer is not as JSON:API has it.
        ApiError: The API refused; the class says how.
    """
    if type_ is None:
        if id_ is not None:
            raise ArgumentError(f"Expected a resource type before the id {id_!r}, got none.")
        return Exploration(client, None)
    is_one = id_ is not None or type_ in _SINGLETONS.values()
    if is_one and (filters or sort or page_size is not None):
        raise ArgumentError("Expected filters, sort and page_size for a list, got one resource.")
    try:
        if is_one:
            id_or_none = ... if id_ is None else id_
            answer = retrieve_resource(client, type_, id_or_none, include=include, fields=fields)
        else:
            answer = list_resources(
                client,
                type_,
                include=include,
                fields=fields,
                filters=filters,
                sort=sort,
                page_size=page_size,
            )
    except NotFound as error:
        if type_ not in STARTING_TYPES:
            error.add_note(f"As for {type_!r}, {_nearest(type_, list(STARTING_TYPES))}.")
        raise
    return Exploration(client, answer)


def _row(
    rows: Sequence[_Row], which: int | str, name_of: Callable[[_Row], str], place: str
) -> _Row:
    """Find a row by its number or its name."""
    if isinstance(which, bool) or not isinstance(which, int | str):
        raise ArgumentError(f"Expected a row's number or name, such as 1, got {which!r}.")
    names = [name_of(row) for row in rows]
    if isinstance(which, int) and 1 <= which <= len(rows):
        return rows[which - 1]
    if which in names:
        return rows[names.index(str(which))]
    there = f"; there are {len(rows)} rows, from 1" if isinstance(which, int) and rows else ""
    there = there or f"; {_nearest(str(which), names)}"
    raise DocumentError(f"There is no row {which!r} {place}{there}.")


def _id(resource: ResourceObject) -> str:
    return resource["id"]


def _place(resource: ResourceObject) -> tuple[str, str | EllipsisType]:
    """Tell where a resource is: its type in the path, and its id where the path has one."""
    if resource["type"] in _SINGLETONS:
        return _SINGLETONS[resource["type"]], ...
    return resource["type"], resource["id"]


def _nearest(name: str, known: Sequence[str]) -> str:
    """Say what there is instead of a name, the nearest first."""
    close = difflib.get_close_matches(name, known, n=_SEVERAL)
    names = [printable(each) for each in (*close, *(k for k in known if k not in close))]
    more = f", … {len(names) - _SEVERAL} more" if len(names) > _SEVERAL else ""
    return f"there are: {', '.join(names[:_SEVERAL]) or 'none'}{more}"
