"""Requests about SKUs, what a shop sells: one function a request.

Besides the errors that it names, each raises ArgumentError for an id or a name to include that is
none, NoAnswerError where nothing came back, and DocumentError for an answer that is no document.
"""

from __future__ import annotations

import httpx

from helpers.client import send
from helpers.documents import Document, target_of
from helpers.querying import Filters, query_parameters

__all__ = ["list_skus"]


def list_skus(
    client: httpx.Client,
    *,
    filters: Filters | None = None,
    sort: tuple[str, ...] = (),
    include: tuple[str, ...] = (),
    page_number: int = 1,
    page_size: int = 10,
) -> Document:
    """List what the shop sells. A sales channel may list these, unlike most other resources.

    Sends ``GET /api/skus``. Nothing changes.

    Args:
        client: An open client.
        filters: What the list is narrowed down to, such as ``{"code_eq": "TSHIRT"}``.
        sort: Attributes to sort by; a minus sign before one turns it round.
        include: Relationships to return in full beside the SKUs, such as ``prices``.
        page_number: Which page to return, counted from one.
        page_size: How many SKUs a page holds, 25 at most.

    Returns:
        One page of SKUs, in ``resources``; ``body["meta"]["record_count"]`` counts them all.

    Raises:
        BadRequest: A filter or an attribute to sort by is none of an SKU's.
        Unauthorized: The access token is not valid.

    Source: https://docs.commercelayer.io/core/v/api-reference/skus
    """
    parameters = query_parameters(
        filters=filters, sort=sort, page_number=page_number, page_size=page_size
    )
    return send(client, "GET", target_of("skus", include=include, parameters=parameters))
