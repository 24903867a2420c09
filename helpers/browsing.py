"""What a browser asks a page of ours for, and what it gets. No I/O happens here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["LARGEST_BODY", "Request", "Response"]

# In bytes: a form with an answer in it is much shorter.
LARGEST_BODY = 20_000


@dataclass(frozen=True)
class Request:
    """What a browser asks for. Shown, it tells the method only: all else may hold a secret.

    Attributes:
        method: ``GET``, ``POST`` or the like.
        path: The path, without the query.
        headers: Values by name, in small letters.
        body: At most one byte more than ``LARGEST_BODY``; the rest is not read.
    """

    method: str
    path: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Response:
    """What a browser gets.

    Attributes:
        status: The HTTP status.
        headers: Values by name.
        body: A page.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
