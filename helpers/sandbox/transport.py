"""The sandbox in process: an httpx transport, for tests and for places without threads."""

from __future__ import annotations

import httpx

from helpers.sandbox.app import handle
from helpers.sandbox.messages import Request
from helpers.sandbox.store import Store

__all__ = ["SandboxTransport"]


class SandboxTransport(httpx.BaseTransport):
    """Answers the requests of an ``httpx.Client`` without a socket.

    Args:
        store: What the sandbox remembers. Closed together with the transport.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Hand the request to the sandbox's core, and its response back."""
        response = handle(
            self._store,
            Request(
                method=request.method,
                target=request.url.raw_path.decode("ascii"),
                headers=request.headers,
                body=request.read(),
            ),
        )
        headers = {**response.headers, "Content-Length": str(len(response.body))}
        content = b"" if request.method == "HEAD" else response.body
        return httpx.Response(response.status, headers=headers, content=content)

    def close(self) -> None:
        """Close the store."""
        self._store.close()
