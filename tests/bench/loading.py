"""A client that asks over kept connections as fast as it is answered.

It takes nothing else than the expected answer: a server that fails quickly has no figure.
"""

from __future__ import annotations

import http.client
import selectors
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from math import inf
from statistics import median
from time import perf_counter
from types import TracebackType
from typing import Self

from tests.bench.cores import Core, on_core

__all__ = ["Answer", "Connection", "LoadError", "Request", "ask", "median_latency", "throughput"]

_HOST = "127.0.0.1"
_PATIENCE_SECONDS = 30.0


class LoadError(Exception):
    """An answer is not the expected one, does not come, or a connection was closed."""


@dataclass(frozen=True)
class Request:
    """A request that is sent again and again.

    Attributes:
        method: In capitals.
        target: Path and query.
        headers: By name, but for the host and the length of the body.
        body: The document, encoded.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def encode(self, port: int) -> bytes:
        """Write it as it goes over a connection, so that this is done once."""
        headers = {"Host": f"{_HOST}:{port}", **self.headers, "Content-Length": len(self.body)}
        lines = [f"{self.method} {self.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: The HTTP status.
        headers: By name in small letters.
        body: Decoded from chunks, where there are any.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """A kept connection that sends a request whenever it is told to.

    Args:
        port: Of the server, on the loopback interface.
        requests: What to send, again and again in this order.
        patience: For how many seconds to wait for bytes.
    """

    def __init__(self, port: int, requests: Sequence[Request], patience: float) -> None:
        self._requests = cycle([request.encode(port) for request in requests])
        self._socket = socket.create_connection((_HOST, port), timeout=patience)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        """Come back as it is."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._socket.close()

    def fileno(self) -> int:
        """Tell what to watch for an answer."""
        return self._socket.fileno()

    def send(self) -> None:
        """Send the request.

        Raises:
            LoadError: The connection is closed.
        """
        try:
            self._socket.sendall(next(self._requests))
        except OSError as error:
            raise LoadError(f"A request could not be sent: {error!r}") from error

    def receive(self) -> Answer:
        """Read an answer to its end.

        Raises:
            LoadError: None came in time, none in full, or it closes the connection.
        """
        response = http.client.HTTPResponse(self._socket)
        try:
            response.begin()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise LoadError(f"No whole answer came: {error!r}") from error
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, headers, body)
        if response.will_close:
            raise LoadError(f"An answer closes the connection: {_sketch(answer)}")
        return answer

    def expect(self, size: int) -> None:
        """Read the expected answer to its end.

        Raises:
            LoadError: It is another one.
        """
        answer = self.receive()
        if answer.status != 200 or len(answer.body) != size:
            raise LoadError(f"Expected 200 and {size} bytes, got {_sketch(answer)}")


def ask(port: int, request: Request, *, patience: float = _PATIENCE_SECONDS) -> Answer:
    """Ask once, over a connection of its own.

    Args:
        port: Of the server, on the loopback interface.
        request: What to send.
        patience: For how many seconds to wait for bytes.

    Raises:
        OSError: Nobody listens.
        LoadError: No whole answer came, or it closes the connection.
    """
    with Connection(port, [request], patience) as connection:
        connection.send()
        return connection.receive()


def median_latency(port: int, requests: Sequence[Request], size: int, *, count: int) -> float:
    """Ask one after the other over a kept connection.

    Args:
        port: Of the server, on the loopback interface.
        requests: What to send, again and again in this order.
        size: How many bytes each answer has to have.
        count: How many to measure; a first one is not.

    Returns:
        The median of the seconds from before a request is sent until its answer is read.

    Raises:
        LoadError: An answer is not the expected one, or the connection was closed.
    """
    found = []
    with on_core(Core.CLIENT), _connected(port, requests) as connection:
        for _ in range(1 + count):
            began = perf_counter()
            connection.send()
            connection.expect(size)
            found.append(perf_counter() - began)
    return median(found[1:])


def throughput(
    port: int,
    request: Request,
    size: int,
    *,
    connections: int = 16,
    requests: float = inf,
    seconds: float = inf,
) -> float:
    """Ask over several connections at once, on each as soon as it is answered.

    So the server always has something to do. What is on its way at the end is waited for, and not
    counted.

    Args:
        port: Of the server, on the loopback interface.
        request: What to send.
        size: How many bytes each answer has to have.
        connections: How many.
        requests: After how many answers to end; or,
        seconds: after how long.

    Returns:
        Requests a second.

    Raises:
        LoadError: An answer is not the expected one, or a connection was closed.
    """
    with on_core(Core.CLIENT), ExitStack() as stack, selectors.DefaultSelector() as selector:
        opened = [stack.enter_context(_connected(port, [request])) for _ in range(connections)]
        for connection in opened:
            selector.register(connection, selectors.EVENT_READ, connection)
        began, answered, elapsed = perf_counter(), 0, 0.0
        for connection in opened:
            connection.send()
        while answered < requests and elapsed < seconds:
            for connection in _ready(selector):
                connection.expect(size)
                connection.send()
                answered += 1
            elapsed = perf_counter() - began
        for connection in opened:
            connection.expect(size)
    return answered / elapsed


def _connected(port: int, requests: Sequence[Request]) -> Connection:
    return Connection(port, requests, _PATIENCE_SECONDS)


def _ready(selector: selectors.BaseSelector) -> list[Connection]:
    """Wait until answers come, and tell on which connections."""
    ready = [key.data for key, _ in selector.select(_PATIENCE_SECONDS)]
    if not ready:
        raise LoadError(f"No answer came within {_PATIENCE_SECONDS:.0f} s.")
    return ready


def _sketch(answer: Answer) -> str:
    return f"{answer.status} and {len(answer.body)} bytes: {answer.body[:200]!r}"
