"""The one place where bytes leave: open a client, send a request, read its answer."""

from __future__ import annotations

import json
import ssl
from collections.abc import Generator, Mapping
from typing import Any

import httpx

from helpers.documents import MEDIA_TYPE, Document, Exchange, read_document
from helpers.errors import NoAnswerError
from helpers.settings import is_loopback

__all__ = ["AccessTokenAuth", "open_client", "send"]


class AccessTokenAuth(httpx.Auth):
    """Sends an access token to the place it was issued for, and to no other.

    Args:
        access_token: Never shown.
        base_url: The place: its scheme, host and port.
    """

    def __init__(self, access_token: str, *, base_url: str) -> None:
        self._authorization = f"Bearer {access_token}"
        self._origin = _origin(httpx.URL(base_url))

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header, unless the request goes elsewhere."""
        if _origin(request.url) == self._origin:
            request.headers["Authorization"] = self._authorization
        yield request


def open_client(
    base_url: str,
    *,
    access_token: str,
    timeout_seconds: float = 15.0,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """Open a client of the API. Keep it: it keeps its connection.

    Args:
        base_url: Scheme and host, such as ``https://yourdomain.commercelayer.io``.
        access_token: Sent with every request to this host.
        timeout_seconds: How long to wait for a connection, and for each part of an answer.
        transport: What carries the requests, in place of a socket.

    Returns:
        A client for the functions of ``orders`` and ``customer_payment_sources``. It follows no
        redirects.
    """
    local = is_loopback(base_url)
    return httpx.Client(
        base_url=base_url,
        auth=AccessTokenAuth(access_token, base_url=base_url),
        headers={"Accept": MEDIA_TYPE},
        timeout=timeout_seconds,
        transport=transport,
        # On the loopback interface there is no certificate to check and no proxy to go through.
        # An empty context trusts nobody, and spares 0.1 s of loading who is to be trusted.
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if local else True,
        trust_env=not local,
    )


def send(
    client: httpx.Client,
    method: str,
    target: str,
    *,
    document: Mapping[str, Any] | None = None,
) -> Document:
    """Send a request and read its answer.

    Args:
        client: An open client.
        method: ``GET`` or ``PATCH``.
        target: Path and query, as ``documents.target_of`` builds them.
        document: The request document, for a request that has one.

    Returns:
        The document of a successful answer.

    Raises:
        NoAnswerError: The connection failed, or the time was up.
        ApiError: The answer's status is an error; the class says which.
        DocumentError: The answer is no JSON:API document.
    """
    headers = {"Content-Type": MEDIA_TYPE} if document is not None else {}
    content = json.dumps(document).encode() if document is not None else None
    base_url = str(client.base_url).rstrip("/")
    try:
        response = client.request(method, target, content=content, headers=headers)
    except httpx.TransportError as error:
        reason = str(error) or type(error).__name__
        raise NoAnswerError(
            f"{method} {target} got no answer from {base_url}: {reason}. "
            "Check that the place can be reached, and send the request again."
        ) from error
    exchange = Exchange(
        method=method,
        base_url=base_url,
        target=target,
        headers={"Accept": MEDIA_TYPE, "Authorization": "Bearer $CL_ACCESS_TOKEN", **headers},
        sent=document,
        status=response.status_code,
        reason=response.reason_phrase,
    )
    return read_document(
        response.content,
        media_type=response.headers.get("Content-Type", ""),
        exchange=exchange,
    )


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
