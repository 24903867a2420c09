"""What goes in and out: a request and a response, as any skin hands them over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl, unquote

__all__ = ["MEDIA_TYPE", "Request", "Response"]

MEDIA_TYPE = "application/vnd.api+json"


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

    @cached_property
    def segments(self) -> list[str]:
        """The path's segments, decoded; a slash at the end is forgiven."""
        path = self.target.partition("?")[0]
        return [unquote(segment) for segment in path.rstrip("/").split("/")[1:]]

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters, decoded. Of a repeated one, the last counts."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    @property
    def base_url(self) -> str:
        """Scheme, host and port, as the client named them."""
        return f"http://{self.headers.get('host', 'localhost')}"


@dataclass(frozen=True)
class Response:
    """An answer, as any skin hands it on.

    Attributes:
        status: The HTTP status.
        body: The document, encoded.
        headers: By name.
    """

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": MEDIA_TYPE})
