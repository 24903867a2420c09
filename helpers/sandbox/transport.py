"""The sandbox in process: an httpx transport, for tests and for places without threads."""

from __future__ import annotations

import httpx

from helpers.sandbox.messages import Request
from helpers.sandbox.site import Site
from helpers.sandbox.store import Store

__all__ = ["SandboxTransport"]


class SandboxTransport(httpx.BaseTransport):
    """Answers the requests of an ``httpx.Client`` without a socket.

    Args:
        store: What the sandbox remembers. Closed together with the transport.
        rate_limits: Whether the API's rate limits hold.
    """

    def __init__(self, store: Store, *, rate_limits: bool = False) -> None:
        self._store = store
        self._site = Site(store, rate_limits=rate_limits)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Hand the request to the site, and its response back."""
        response = self._site.answer(
            Request(
                method=request.method,
                target=request.url.raw_path.decode("ascii"),
                headers=request.headers,
                body=request.read(),
            )
        )
        headers = dict(response.headers)
        if response.status != 204:
            headers["Content-Length"] = str(len(response.body))
        content = b"" if request.method == "HEAD" else response.body
        return httpx.Response(response.status, headers=headers, content=content)

    def close(self) -> None:
        """Close the store."""
        self._store.close()
