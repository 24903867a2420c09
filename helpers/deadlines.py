"""Hold a deadline over whatever a connection does.

A timeout of httpx holds for each part of an answer, so an answer that comes byte by byte takes as
long as it likes. A deadline holds for the whole. Looking up a host's name is the one thing that it
cannot cut short: the operating system has a limit of its own.

What comes behind a whole answer would be taken for the answer to the next request. So what was
received is counted, and a connection that held more than its answer is not used again.
"""

from __future__ import annotations

import math
import socket
import ssl
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import h11
import httpcore

__all__ = ["DEADLINE", "DeadlineBackend", "Watch", "watch", "watched"]

# Under this name it stands in a request's extensions, as a time of ``time.monotonic``.
DEADLINE = "deadline"

_END_OF_HEAD = b"\r\n\r\n"
_AT_ONCE = 65_536


class Watch:
    """What is watched of one request: its deadline, and what was received for it.

    Args:
        deadline: A time of ``time.monotonic``.
    """

    def __init__(self, deadline: float = math.inf) -> None:
        self._deadline = deadline
        self._received: list[bytes] = []
        self._stream: _Stream | None = None

    def receive(self, data: bytes, stream: httpcore.NetworkStream) -> None:
        """Take note of what came over a connection.

        Args:
            data: The bytes that came.
            stream: The connection, as ``DeadlineBackend`` opens them.
        """
        self._received.append(data)
        self._stream = stream if isinstance(stream, _Stream) else None

    def start_anew(self) -> None:
        """Forget what was received: it was said before the answer, as by a proxy."""
        self._received.clear()

    def give_up_where_more_came(self, content_length: int | None) -> None:
        """See to it that the connection is not used again, unless all that came was the answer.

        Args:
            content_length: How long the answer's body is, by its headers; None where they do not
                tell.
        """
        if self._stream is not None:
            received = b"".join(self._received)
            self._stream.is_spent = (
                _is_followed(received)
                if content_length is None
                else len(received) != _length_of_head(received) + content_length
            )

    def shorten(self, timeout: float | None, error: type[Exception]) -> float | None:
        """Shorten a timeout to what is left until the deadline.

        Args:
            timeout: In seconds; None for none.
            error: What to raise where nothing is left.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise error("The time is up.")
        shortened = left if timeout is None else min(timeout, left)
        return None if math.isinf(shortened) else shortened


def _length_of_head(received: bytes) -> int:
    """Count the bytes before the body, with those of hints that came before the answer."""
    at = 0
    while (end := received.find(_END_OF_HEAD, at)) >= 0:
        is_hint = received[at + 8 : at + 10] == b" 1"  # as in HTTP/1.1 103 Early Hints
        at = end + len(_END_OF_HEAD)
        if not is_hint:
            break
    return at


def _is_followed(received: bytes) -> bool:
    """Tell whether something stands behind a whole answer; only reading it once more can tell."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "anywhere")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(received)
    try:
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            if not isinstance(event, h11.Event):
                return True
    except h11.RemoteProtocolError:
        return True
    return bool(connection.trailing_data[0])


# Whatever happens in a connection happens in the thread of the request that it happens for.
_WATCH: ContextVar[Watch] = ContextVar("watch")


@contextmanager
def watched(deadline: float | None) -> Generator[Watch]:
    """Watch what happens for one request.

    Args:
        deadline: A time of ``time.monotonic``, or None for none.
    """
    watching = Watch() if deadline is None else Watch(deadline)
    before = _WATCH.set(watching)
    try:
        yield watching
    finally:
        _WATCH.reset(before)


def watch() -> Watch:
    """Get what is watched of the request that this thread is sending."""
    return _WATCH.get()


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections that know of the deadline."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Open a connection; what it does has the deadline of the request that it does it for.

        One address after the other is tried: all of them at once would each have the whole time.
        """
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        failure: Exception | None = None
        for address in dict.fromkeys(str(where[0]) for *_, where in found):
            left = watch().shorten(timeout, httpcore.ConnectTimeout)
            try:
                return _Stream(
                    self._inner.connect_tcp(address, port, left, local_address, socket_options)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("The name stands for no address.")


class _Stream(httpcore.NetworkStream):
    """A connection that knows of the deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self.is_spent = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        watching = watch()
        data = self._inner.read(max_bytes, watching.shorten(timeout, httpcore.ReadTimeout))
        watching.receive(data, self)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _AT_ONCE):
            left = watch().shorten(timeout, httpcore.WriteTimeout)
            self._inner.write(buffer[start : start + _AT_ONCE], left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        watching = watch()
        watching.start_anew()
        timeout = watching.shorten(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        # By this, httpcore tells a connection that can be used again from one that cannot.
        if info == "is_readable" and self.is_spent:
            return True
        return self._inner.get_extra_info(info)
