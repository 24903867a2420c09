"""Hold a deadline over whatever a connection does.

A timeout of httpx holds for each part of an answer, so an answer that comes byte by byte takes as
long as it likes. A deadline holds for the whole. Looking up a host's name is the one thing that it
cannot cut short: the operating system has a limit of its own.

What comes behind a whole answer would be taken for the answer to the next request. So it is counted
what was received, and a connection that held more than its answer is not used again.
"""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore

__all__ = ["DEADLINE", "DeadlineBackend", "Watch", "watch", "watched"]

# Under this name it stands in a request's extensions, as a time of ``time.monotonic``.
DEADLINE = "deadline"


_END_OF_HEAD = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_LONGEST_HEAD = 65_536


class Watch:
    """What is watched of one request: its deadline, and what was received for it.

    Args:
        deadline: A time of ``time.monotonic``.
    """

    def __init__(self, deadline: float = math.inf) -> None:
        self._deadline = deadline
        self._count = 0
        self._start = self._end = b""
        self._stream: _Stream | None = None

    def receive(self, data: bytes, stream: httpcore.NetworkStream) -> None:
        """Take note of what came over a connection.

        Args:
            data: The bytes that came.
            stream: The connection, as ``DeadlineBackend`` opens them.
        """
        self._count += len(data)
        self._start += data[: _LONGEST_HEAD - len(self._start)]
        self._end = (self._end + data)[-len(_LAST_CHUNK) :]
        self._stream = stream if isinstance(stream, _Stream) else None

    def give_up_where_more_came(self, *, content_length: int | None, is_chunked: bool) -> None:
        """See to it that the connection is not used again, unless all that came was the answer.

        Args:
            content_length: How long the answer's body is, by its headers; None where they do not
                tell.
            is_chunked: Whether the body came in chunks.
        """
        if self._stream is None:
            return
        head = self._length_of_head()
        if is_chunked:
            is_all = self._end == _LAST_CHUNK
        else:
            is_all = head is not None and self._count == head + (content_length or 0)
        self._stream.is_spent = not is_all

    def _length_of_head(self) -> int | None:
        """Count the bytes before the body, with those of hints that came before the answer."""
        at = 0
        while (end := self._start.find(_END_OF_HEAD, at)) >= 0:
            is_hint = self._start[at + 8 : at + 10] == b" 1"  # as in HTTP/1.1 103 Early Hints
            at = end + len(_END_OF_HEAD)
            if not is_hint:
                return at
        return None

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
        """Open a connection; what it does has the deadline of the request that it does it for."""
        timeout = watch().shorten(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, timeout, local_address, socket_options))


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
        self._inner.write(buffer, watch().shorten(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        timeout = watch().shorten(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        # By this, httpcore tells a connection that can be used again from one that cannot.
        if info == "is_readable" and self.is_spent:
            return True
        return self._inner.get_extra_info(info)
