"""What goes in and out: a request and a response, as any skin hands them over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote

__all__ = ["MEDIA_TYPE", "Request", "Response", "recalled"]

MEDIA_TYPE = "application/vnd.api+json"

# Characters: long texts seldom come again, and many of them would fill the memory.
_LONGEST_RECALLED = 1_000

Read = TypeVar("Read")


def recalled(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """Let a function recall what it read in the texts that came last, as long as they are short."""
    recall = lru_cache(maxsize=128)(read)

    @wraps(read)
    def read_or_recall(text: str) -> Read:
        return recall(text) if len(text) <= _LONGEST_RECALLED else read(text)

    return read_or_recall


@dataclass(frozen=True)
class Request:
    """A request, as any skin hands it to the core.

    Attributes:
        method: In capitals.
        target: Path and query, percent-encoded as received.
        headers: By name in small letters.
        body: As received.
        client: The address that it came from, or an empty text in process.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    client: str = ""

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments, decoded; a slash at the end is forgiven."""
        return _segments(self.target.partition("?")[0])

    @property
    def query(self) -> Mapping[str, str]:
        """The query parameters, decoded. Of a repeated one, the last counts."""
        return _query(self.target.partition("?")[2])

    @property
    def base_url(self) -> str:
        """Scheme, host and port, as the client named them."""
        return f"http://{self.headers.get('host', 'localhost')}"


class Response(NamedTuple):
    """An answer, as any skin hands it on.

    Attributes:
        status: The HTTP status.
        body: The document, encoded.
        headers: By name.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = MappingProxyType({"Content-Type": MEDIA_TYPE})

    def __repr__(self) -> str:
        """Leave the body out: it may hold what is secret."""
        return f"Response(status={self.status!r}, headers={self.headers!r})"


@recalled
def _segments(path: str) -> tuple[str, ...]:
    return tuple(unquote(segment) for segment in path.rstrip("/").split("/")[1:])


@recalled
def _query(text: str) -> Mapping[str, str]:
    return MappingProxyType(dict(parse_qsl(text, keep_blank_values=True)))
