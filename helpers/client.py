"""The one place where bytes leave: open a client, send a request, read its answer."""

from __future__ import annotations

import json
import ssl
from collections.abc import Generator, Mapping
from typing import Any

import httpx

from helpers.credentials import is_header_value
from helpers.documents import MEDIA_TYPE, Document, read_document
from helpers.errors import ArgumentError, NoAnswerError
from helpers.exchanges import Exchange
from helpers.masking import mask_parameters, mask_text, secret_parameters
from helpers.places import is_loopback

__all__ = ["AccessTokenAuth", "open_client", "send"]

_ASKED_FOR = ("Accept", "Authorization", "Content-Type")


class AccessTokenAuth(httpx.Auth):
    """Sends an access token to the place it was issued for, and to no other.

    Args:
        access_token: Never shown.
        base_url: The place: its scheme, host and port.
        made_up: Whether the embedded sandbox made it up, and with it all that it gives access to.

    Raises:
        ArgumentError: The access token cannot stand in a header.
    """

    def __init__(self, access_token: str, *, base_url: str, made_up: bool = False) -> None:
        if not is_header_value(access_token):
            raise ArgumentError(
                "Expected the access token to be one line of printable ASCII without spaces, got "
                f"{len(access_token)} characters that are not."
            )
        self.made_up = made_up
        self.secrets: frozenset[str] = frozenset() if made_up else frozenset([access_token])
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
    made_up: bool = False,
    timeout_seconds: float = 15.0,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """Open a client of the API. Keep it: it keeps its connection.

    Args:
        base_url: Scheme and host, such as ``https://yourdomain.commercelayer.io``.
        access_token: Sent with every request to this host.
        made_up: Whether the embedded sandbox answers, so that nothing need be hidden.
        timeout_seconds: How long to wait for a connection, and for each part of an answer.
        transport: What carries the requests, in place of a socket.

    Returns:
        A client for the functions of ``orders`` and ``customer_payment_sources``. It follows no
        redirects.

    Raises:
        ArgumentError: The access token cannot stand in a header.
    """
    local = is_loopback(base_url)
    no_certificates = httpx.URL(base_url).scheme == "http"
    return httpx.Client(
        base_url=base_url,
        auth=AccessTokenAuth(access_token, base_url=base_url, made_up=made_up),
        headers={"Accept": MEDIA_TYPE},
        timeout=timeout_seconds,
        transport=transport,
        # Without https there are no certificates to check. An empty context trusts nobody, and
        # spares 0.1 s of loading who is to be trusted.
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if no_certificates else True,
        trust_env=not local,  # no proxy stands between this machine and itself
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
        method: ``GET``, ``POST`` or ``PATCH``.
        target: Path and query, as ``documents.target_of`` builds them.
        document: The request document, for a request that has one.

    Returns:
        The document of a successful answer.

    Raises:
        NoAnswerError: The connection failed, the time was up, or the answer cannot be decoded.
        ApiError: The answer's status is an error; the class says which.
        DocumentError: The answer is no JSON:API document.
    """
    headers = {"Content-Type": MEDIA_TYPE} if document is not None else {}
    content = json.dumps(document).encode() if document is not None else None
    base_url = str(client.base_url).rstrip("/")
    made_up = getattr(client.auth, "made_up", False)
    secrets: frozenset[str] = getattr(client.auth, "secrets", frozenset())
    shown = target
    if not made_up:
        shown = mask_parameters(target)
        secrets |= secret_parameters(target)
    try:
        response = client.request(method, target, content=content, headers=headers)
    except httpx.RequestError as error:
        reason = mask_text(str(error), secrets) or type(error).__name__
        advice = "send the request again" if method == "GET" else "look whether it took effect"
        raise NoAnswerError(
            f"{method} {shown} got no answer from {base_url}: {reason}. "
            f"Check that the place can be reached, and {advice}."
        ) from error
    exchange = Exchange(
        method=method,
        base_url=base_url,
        target=shown,
        headers=_shown_headers(response.request.headers),
        sent=document,
        status=response.status_code,
        reason=response.reason_phrase,
        secrets=secrets,
        made_up=made_up,
    )
    return read_document(
        response.content,
        media_type=response.headers.get("Content-Type", ""),
        exchange=exchange,
    )


def _shown_headers(sent: Mapping[str, str]) -> dict[str, str]:
    """Pick the headers that the API asks for, without the access token."""
    shown = {name: sent[name] for name in _ASKED_FOR if name in sent}
    if "Authorization" in shown:
        shown["Authorization"] = "Bearer $CL_ACCESS_TOKEN"
    return shown


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
