"""Carry a request and its answer over a connection: before a deadline, and within bounds.

The deadline stands in the request's extensions, under ``DEADLINE``, as a time of
``time.monotonic``; a request without one has none.
"""

from __future__ import annotations

import logging
import os
import re
import ssl
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass
from weakref import WeakSet

import httpcore
import httpx

from helpers.deadlines import DEADLINE, DeadlineBackend, Watch, watch, watched
from helpers.errors import ArgumentError
from helpers.masking import mask_parameters
from helpers.places import is_loopback

__all__ = ["CONTENT", "LARGEST_ANSWER", "AnswerTooLarge", "BoundedTransport", "open_transport"]

# Under this name the whole body stands in an answer's extensions, unpacked. To read it from the
# answer once more takes as long as to look for the deepest of its members. No other transport has
# a reason to use it.
CONTENT = "helpers.content"
# A page of 25 orders with everything included is some 2 MB.
LARGEST_ANSWER = 20_000_000
_PACKINGS = {"identity", "gzip", "deflate"}
# Where in httpcore's own log begins what came.
_CAME = re.compile(r"(return_value=|exception=\w*).*", re.DOTALL)


class _MaskedParameters(logging.Filter):
    """Hides in httpx's own log what an address asks for by a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                mask_parameters(str(each)) if isinstance(each, httpx.URL) else each
                for each in record.args
            )
        return True


class _WithoutAnswers(logging.Filter):
    """Leaves out of httpcore's own log what came: headers, and parts of what cannot be read."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _CAME.sub(r"\1...", str(record.msg))
        return True


logging.getLogger("httpx").addFilter(_MaskedParameters())
for _name in ("httpcore.http11", "httpcore.proxy"):
    logging.getLogger(_name).addFilter(_WithoutAnswers())


class AnswerTooLarge(httpx.TransportError):
    """An answer is larger than any that the API has a reason to send."""


class BoundedTransport(httpx.BaseTransport):
    """Reads a whole answer, up to a bound and before the deadline, before it hands it on.

    The body also stands in the answer's extensions, under ``CONTENT``.

    Args:
        inner: What carries the request.
        largest_answer: How many bytes an answer may have, unpacked.
    """

    def __init__(self, inner: httpx.BaseTransport, *, largest_answer: int = LARGEST_ANSWER) -> None:
        self._inner = inner
        self._largest = largest_answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and read its answer.

        Raises:
            AnswerTooLarge: The answer is larger than the bound.
            httpx.TransportError: There was no connection, no answer in time, or no whole one.
            httpx.DecodingError: The answer is packed, and cannot be unpacked.
        """
        with watched(request.extensions.get(DEADLINE)) as watching:
            response = self._inner.handle_request(request)
            stream = response.stream
            assert isinstance(stream, httpx.SyncByteStream)  # the transports here are of this kind
            packing = response.headers.get("Content-Encoding", "identity").lower()
            try:
                if packing not in _PACKINGS:
                    # Packed twice, a few bytes can fill the memory.
                    raise httpx.DecodingError("It was not asked for to be packed like this.")
                parts = stream if packing == "identity" else response.iter_bytes()
                content = b"".join(self._within_bounds(parts, watching))
                watching.give_up_where_more_came(_length_of(response))
            finally:
                stream.close()
        # What was sent in place of the standard's words for a status would stand in logs.
        response.extensions.pop("reason_phrase", None)
        response.extensions[CONTENT] = content
        if packing == "identity":
            response.stream = httpx.ByteStream(content)
            return response
        # What was unpacked is not packed any more.
        unpacked = [
            (name, value)
            for name, value in response.headers.raw
            if name.lower() not in {b"content-encoding", b"content-length", b"transfer-encoding"}
        ]
        return httpx.Response(
            response.status_code,
            headers=unpacked,
            content=content,
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close what carries the requests."""
        self._inner.close()

    def _within_bounds(self, parts: Iterable[bytes], watching: Watch) -> Iterator[bytes]:
        size = 0
        for part in parts:
            size += len(part)
            if size > self._largest:
                raise AnswerTooLarge(f"The answer has more than {self._largest:,} bytes.")
            watching.shorten(None, httpx.ReadTimeout)
            yield part


def _length_of(response: httpx.Response) -> int | None:
    """Read how long the body is, where the headers tell."""
    length = response.headers.get("Content-Length", "")
    told = length.isascii() and length.isdecimal() and "Transfer-Encoding" not in response.headers
    return int(length) if told else None


def open_transport(base_url: str) -> httpx.BaseTransport:
    """Open what carries requests to a place over sockets.

    Certificates are checked. Between this machine and itself there is no proxy; elsewhere the one
    that the environment names is used.

    Args:
        base_url: Scheme and host.

    Raises:
        ArgumentError: The proxy is of a kind that is not known here.
    """
    # Without https there are no certificates to check, and loading who is to be trusted takes
    # 0.1 s.
    context = httpx.create_ssl_context() if base_url.startswith("https:") else None
    return BoundedTransport(_SocketTransport(context, _proxy_of(base_url)))


def _proxy_of(base_url: str) -> httpcore.Proxy | None:
    """Read which proxy the environment names for a place."""
    parts = urlsplit(base_url)
    if is_loopback(base_url) or proxy_bypass(parts.hostname or ""):
        return None
    proxies = getproxies()
    address = proxies.get(parts.scheme) or proxies.get("all")
    if not address:
        return None
    try:
        url = httpx.URL(address if "://" in address else f"http://{address}")
        user = (url.username.encode("ascii"), url.password.encode("ascii"))
    except (httpx.InvalidURL, UnicodeError):
        raise ArgumentError(
            "Expected the environment to name a proxy such as http://proxy.example.com:3128, got "
            "something else, which is not shown. Correct HTTPS_PROXY."
        ) from None
    if url.scheme not in {"http", "https"}:
        raise ArgumentError(
            f"Expected the environment to name a proxy of http, got one of {url.scheme}. Set "
            f"NO_PROXY={parts.hostname} where none is needed."
        )
    return httpcore.Proxy(
        str(url.copy_with(username=None, password=None)),
        auth=user if url.username else None,
    )


class _SocketTransport(httpx.BaseTransport):
    """Carries requests by httpcore, as httpx does by itself, with a deadline."""

    def __init__(self, context: ssl.SSLContext | None, proxy: httpcore.Proxy | None) -> None:
        self._context, self._proxy = context, proxy
        self._pool = self._open_pool()
        _TRANSPORTS.add(self)

    def _open_pool(self) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(
            ssl_context=self._context,
            proxy=self._proxy,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=DeadlineBackend(httpcore.SyncBackend()),
        )

    def leave_to_parent(self) -> None:
        """Use other connections from now on, and do not touch those that the parent uses."""
        _OF_PARENT.append(self._pool)
        self._pool = self._open_pool()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        pool = watch().shorten(timeouts.get("pool"), httpx.PoolTimeout)
        with _as_httpx():
            answer = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions={**request.extensions, "timeout": {**timeouts, "pool": pool}},
                )
            )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_AnswerStream(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _AnswerStream(httpx.SyncByteStream):
    """The parts of an answer as they come."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        with _as_httpx():
            self._answer.close()


@contextmanager
def _as_httpx() -> Generator[None]:
    """Raise what httpcore raises as httpx does: its class of the same name."""
    try:
        yield
    except _HTTPCORES as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


_HTTPCORES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


_TRANSPORTS: WeakSet[_SocketTransport] = WeakSet()
# Kept, as to close them would be to speak on the parent's connections.
_OF_PARENT: list[httpcore.ConnectionPool] = []


def _part_from_parent() -> None:
    for transport in list(_TRANSPORTS):
        transport.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_part_from_parent)
