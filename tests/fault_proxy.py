"""A proxy on the loopback interface that spoils what passes, by a plan that a seed decides.

It stands between a client and a sandbox. It is armed with a plan: a kind of fault (the table is
``KINDS`` in ``tests/fault_kinds.py``), which of the next requests are hit, and whether the sandbox
acts before the fault comes. What is not hit passes unchanged. ``settle`` ends what is under way,
waits for what the sandbox was asked, and tells what happened.

All connections are served by one thread. The sockets are bound in the caller's thread, every wait
has a deadline, and ``stop`` leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlsplit

import h11

__all__ = [
    "Answer",
    "Connection",
    "FaultProxy",
    "Incoming",
    "Journal",
    "Kind",
    "Level",
    "Moment",
    "Plan",
    "Turn",
]

_DEADLINE_SECONDS = 10.0
# Longer than any client of a test waits. A client that waits without end is let go then.
_LONGEST_SECONDS = 5.0
_PIECE = 65_536
# To close with these puts an end to a connection by a reset, whatever is still to be sent.
_AT_ONCE = struct.pack("ii", 1, 0)

Header = tuple[bytes, bytes]
Result = TypeVar("Result")


class Moment(Enum):
    """When the fault comes."""

    BEFORE = "the sandbox never sees the request"
    AFTER = "the sandbox has acted, and its answer is spoiled"


class Level(Enum):
    """What is counted, and what a fault hits."""

    LISTENER = "nobody listens any more"
    CONNECTION = "a new connection, before anything is read"
    NEXT_REQUEST = "a connection that was used before, when the next request comes"
    REQUEST = "a request, when all of it was read"


@dataclass(frozen=True)
class Kind:
    """A kind of fault.

    Attributes:
        name: Its name.
        what: What it does, in a sentence.
        apply: Spoils one turn; the connection is closed afterwards, unless the turn keeps it.
        moments: When it can come.
        level: What it hits.
        upon_the_next: Whether what it spoils is not the request that is hit but the next one.
    """

    name: str
    what: str
    apply: Callable[[Turn], Awaitable[None]]
    moments: tuple[Moment, ...] = (Moment.BEFORE, Moment.AFTER)
    level: Level = Level.REQUEST
    upon_the_next: bool = False


@dataclass(frozen=True)
class Plan:
    """What is going to be spoiled.

    Attributes:
        kind: The kind of fault.
        hits: Which of the next turns are hit, counted from 0; None for all of them.
        moment: Whether the sandbox acts before.
        seed: Decides on everything else.
        refused_seconds: How long nobody listens, where the kind is that; None for ever.
    """

    kind: Kind
    hits: frozenset[int] | None = frozenset({0})
    moment: Moment = Moment.BEFORE
    seed: int | str = 0
    refused_seconds: float | None = None


@dataclass(frozen=True)
class Answer:
    """An answer, whole. Its ``Content-Length`` is written when it is sent."""

    status: int
    reason: bytes
    headers: tuple[Header, ...]
    body: bytes

    def but(self, *headers: Header, **changes: Any) -> Answer:
        """Copy it with other headers, each in the place of the one that it has; or other parts."""
        named = {name.lower() for name, _ in headers}
        kept = tuple(each for each in self.headers if each[0].lower() not in named)
        return replace(self, headers=kept + headers, **changes)

    def head(self, *lengths: bytes) -> bytes:
        """Write status line and headers, with these values of ``Content-Length``."""
        headers = [*self.headers, *((b"Content-Length", length) for length in lengths)]
        lines = [b"HTTP/1.1 %d %b" % (self.status, self.reason)]
        return b"\r\n".join([*lines, *(b"%b: %b" % header for header in headers), b"", b""])

    def raw(self) -> bytes:
        """Write it as it should be."""
        return self.head(b"%d" % len(self.body)) + self.body


@dataclass(frozen=True)
class Incoming:
    """A request as it came.

    Attributes:
        line: Method and target.
        headers: Its headers, by their names in small letters.
        body: Its body.
        raw: All of it.
    """

    line: str
    headers: Mapping[str, bytes]
    body: bytes
    raw: bytes


@dataclass
class Journal:
    """What happened since the proxy was armed.

    Attributes:
        connections: How many were accepted.
        received: The line of every request that came whole.
        acted: The line of every request that the sandbox answered.
        hits: How often the fault was applied.
        elsewhere: What arrived at the place that redirects lead to, by connection.
    """

    connections: int = 0
    received: list[str] = field(default_factory=list)
    acted: list[str] = field(default_factory=list)
    hits: int = 0
    elsewhere: list[bytes] = field(default_factory=list)


class Connection:
    """A client's connection. Who writes to one that the client has closed gets ``OSError``."""

    def __init__(self, socket_: socket.socket) -> None:
        self._socket = socket_
        self._came = b""
        self.answers = 0

    async def peek(self) -> bytes:
        """Wait until something has come, and return it without taking it; nothing at the end."""
        if not self._came:
            self._came = await asyncio.get_running_loop().sock_recv(self._socket, _PIECE)
        return self._came

    async def read(self) -> bytes:
        """Wait until something has come, and take it; nothing at the end."""
        came = await self.peek()
        self._came = b""
        return came

    async def write(self, data: bytes) -> None:
        """Send all of it."""
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def drip(self, data: bytes, *, seconds: float, size: int = 1) -> None:
        """Send it in small parts, with a pause after each."""
        for at in range(0, len(data), size):
            await self.write(data[at : at + size])
            await asyncio.sleep(seconds)

    async def wait_for_end(self) -> None:
        """Wait until the client has closed it, whatever it sends until then."""
        while await self.read():
            pass

    async def read_request(self) -> Incoming | None:
        """Read a request, or find that the client has gone."""
        reader = h11.Connection(h11.SERVER, max_incomplete_event_size=1_000_000)
        raw, body, request = b"", b"", None
        while True:
            event = reader.next_event()
            if event is h11.NEED_DATA:
                data = await self.read()
                if not data:
                    return None
                raw += data
                reader.receive_data(data)
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            else:
                assert isinstance(event, h11.EndOfMessage), event
                assert request is not None
                return Incoming(
                    line=(request.method + b" " + request.target).decode("latin-1"),
                    headers={name.decode(): value for name, value in request.headers},
                    body=body,
                    raw=raw,
                )

    def reset(self) -> None:
        """End it at once: what the client reads or writes next fails."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._socket.close()

    def close(self) -> None:
        """End it: the client still gets what was sent."""
        self._socket.close()


class Turn:
    """One thing that is hit, and what can be done about it.

    Attributes:
        connection: The connection.
        random: Decides, by the plan's seed and the number of the turn.
        timeout_seconds: How long the client waits.
        elsewhere: Where redirects lead to.
        keep: Whether the connection goes on afterwards.
        moment: Whether the sandbox acts before.
    """

    def __init__(
        self, proxy: FaultProxy, connection: Connection, plan: Plan, number: int, incoming: Any
    ) -> None:
        self.connection = connection
        self.random = Random(f"{plan.kind.name} {plan.seed} {number}")
        self.timeout_seconds = proxy.timeout_seconds
        self.elsewhere = proxy.elsewhere_url
        self.keep = False
        self._proxy = proxy
        self.moment = plan.moment
        self._incoming: Incoming | None = incoming
        self._answer: Answer | None = None

    @property
    def incoming(self) -> Incoming:
        """The request that is hit."""
        assert self._incoming is not None, "nothing was read of it"
        return self._incoming

    @property
    def media_type(self) -> Header:
        """The header that a good answer has: of the API, or of what issues access tokens."""
        issues = self.incoming.line.partition(" ")[2].startswith("/oauth/")
        return b"Content-Type", b"application/json" if issues else b"application/vnd.api+json"

    async def act(self) -> Answer:
        """Let the sandbox act on the request, whatever the plan says, and take its answer."""
        return await self._proxy.forward(self.incoming)

    async def answer(self) -> Answer:
        """Take the sandbox's answer; where it never sees the request, one that looks like it."""
        if self._answer is None and self.moment is Moment.AFTER:
            self._answer = await self.act()
        elif self._answer is None:
            path = urlsplit(self.incoming.line.partition(" ")[2]).path
            self._answer = stand_in(path.rpartition("/")[2], self.media_type)
        return self._answer

    async def stop_listening(self) -> None:
        """Accept nobody any more, until the proxy settles."""
        await self._proxy.stop_listening()

    async def pause(self, share: float) -> None:
        """Wait for a part, or a multiple, of the time that the client waits."""
        await asyncio.sleep(share * self.timeout_seconds)


def stand_in(id_: str, media_type: Header) -> Answer:
    """Make up an answer that looks like one of the API's: an order with some attributes."""
    attributes = ", ".join(f'"attribute_{number}": "{number:032}"' for number in range(20))
    data = f'{{"id": "{id_}", "type": "orders", "attributes": {{{attributes}}}}}'
    return Answer(200, b"OK", (media_type,), f'{{"data": {data}}}'.encode())


class FaultProxy:
    """Listens from ``start`` until ``stop``, and passes on to a sandbox what it does not spoil.

    Args:
        base_url: Scheme, host and port of the sandbox.
        timeout_seconds: How long the client waits, for faults that come just before or after.

    Attributes:
        base_url: Scheme, host and port to send requests to.
        elsewhere_url: The same of a second listener, that redirects lead to.
    """

    def __init__(self, base_url: str, *, timeout_seconds: float) -> None:
        address = urlsplit(base_url)
        self._sandbox = (address.hostname or "", address.port or 80)
        self.timeout_seconds = timeout_seconds
        # It never listens. It keeps the port while nobody does.
        self._keeper = _bind(0)
        self._port: int = self._keeper.getsockname()[1]
        self._listener = _listen(self._port)
        self._elsewhere = _listen(0)
        self.base_url = f"http://127.0.0.1:{self._port}"
        self.elsewhere_url = f"http://127.0.0.1:{self._elsewhere.getsockname()[1]}"
        self._plan: Plan | None = None
        self._turns = 0
        self._journal = Journal()
        self._served: set[asyncio.Task[None]] = set()
        self._asked: set[asyncio.Task[Answer]] = set()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._accepting: asyncio.Task[None]
        self._reopening: asyncio.Task[None]
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)

    def start(self) -> FaultProxy:
        """Start to listen."""
        self._thread.start()
        assert self._ready.wait(_DEADLINE_SECONDS), "The proxy did not come up."
        return self

    def stop(self) -> None:
        """Stop, and raise the first failure of the proxy itself, where there was one."""
        if self._thread.ident is None:
            self._close()
        elif self._thread.is_alive():
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(_DEADLINE_SECONDS)
            assert not self._thread.is_alive(), "The proxy did not stop."
        if self._failure is not None:
            raise self._failure

    def __enter__(self) -> FaultProxy:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def arm(self, plan: Plan | None) -> None:
        """Spoil by this plan from now on, and count from 0; None spoils nothing."""
        self._within(self._arm(plan))

    def settle(self) -> Journal:
        """End what is under way, spoil nothing more, and tell what happened.

        What the sandbox was asked, it has answered by then.
        """
        return self._within(self._settle())

    async def forward(self, incoming: Incoming) -> Answer:
        """Let the sandbox act; once it was asked, its answer is waited for, whatever happens."""
        task = asyncio.create_task(self._ask(incoming))
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)
        return await asyncio.shield(task)

    async def stop_listening(self) -> None:
        """Accept nobody any more, until it settles; what is connected stays so."""
        await self._end(self._accepting)
        self._listener.close()

    async def _ask(self, incoming: Incoming) -> Answer:
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                answer = await self._exchange(incoming)
        except Exception as failure:
            self._failure = self._failure or failure
            raise
        self._journal.acted.append(incoming.line)
        return answer

    async def _exchange(self, incoming: Incoming) -> Answer:
        loop = asyncio.get_running_loop()
        reader = h11.Connection(h11.CLIENT, max_incomplete_event_size=1_000_000)
        method, _, target = incoming.line.partition(" ")
        # So that the reader knows what the answer is for; it is sent as it came.
        reader.send(h11.Request(method=method, target=target, headers=[("Host", "sandbox")]))
        reader.send(h11.EndOfMessage())
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as asking:
            asking.setblocking(False)
            # Thousands of ports that rest after a connection would be too many.
            asking.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            await loop.sock_connect(asking, self._sandbox)
            await loop.sock_sendall(asking, incoming.raw)
            body = b""
            response = None
            while not isinstance(event := reader.next_event(), h11.EndOfMessage):
                if event is h11.NEED_DATA:
                    reader.receive_data(await loop.sock_recv(asking, _PIECE))
                elif isinstance(event, h11.Response):
                    response = event
                elif isinstance(event, h11.Data):
                    body += bytes(event.data)
                else:
                    raise ConnectionError(f"The sandbox did not answer: {event!r}.")
        assert response is not None
        headers = tuple(
            (name, value)
            for name, value in response.headers.raw_items()
            if name.lower() not in {b"content-length", b"transfer-encoding"}
        )
        return Answer(response.status_code, response.reason, headers, body)

    def _within(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something in the proxy's thread, and wait for it."""
        assert self._loop is not None, "The proxy was not started."
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_DEADLINE_SECONDS)

    async def _arm(self, plan: Plan | None) -> None:
        self._plan, self._turns, self._journal = plan, 0, Journal()
        if plan is not None and plan.kind.level is Level.LISTENER:
            await self.stop_listening()
            for connection in list(self._served):
                await self._end(connection)
            self._journal.hits += 1
            if plan.refused_seconds is not None:
                self._reopening = asyncio.create_task(self._reopen_after(plan.refused_seconds))

    async def _settle(self) -> Journal:
        self._plan = None
        await self._end(self._reopening)
        for connection in list(self._served):
            await self._end(connection)
        if self._asked:
            await asyncio.wait(self._asked)
        if self._listener.fileno() < 0:
            self._reopen()
        return self._journal

    async def _reopen_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._reopen()

    def _reopen(self) -> None:
        self._listener = _listen(self._port)
        self._accepting = asyncio.create_task(self._accept(self._listener, self._serve))

    @staticmethod
    async def _end(task: asyncio.Task[None]) -> None:
        task.cancel()
        await asyncio.wait([task])

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as failure:
            self._failure = self._failure or failure
        finally:
            self._close()
            self._ready.set()

    def _close(self) -> None:
        for each in (self._keeper, self._listener, self._elsewhere):
            each.close()

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._accepting = asyncio.create_task(self._accept(self._listener, self._serve))
        self._reopening = asyncio.create_task(asyncio.sleep(0))
        recording = asyncio.create_task(self._accept(self._elsewhere, self._record))
        self._ready.set()
        await self._ended.wait()
        await self._settle()
        await self._end(self._accepting)
        await self._end(recording)

    async def _accept(
        self, listener: socket.socket, serve: Callable[[Connection], Awaitable[None]]
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            accepted, _ = await loop.sock_accept(listener)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = asyncio.create_task(self._guarded(serve, Connection(accepted)))
            self._served.add(task)
            task.add_done_callback(self._served.discard)

    async def _guarded(
        self, serve: Callable[[Connection], Awaitable[None]], connection: Connection
    ) -> None:
        """Serve a connection until either side has had enough of it."""
        try:
            await serve(connection)
        except OSError:
            pass  # the client has gone, which is what faults are for
        except Exception as failure:
            self._failure = self._failure or failure
        finally:
            connection.close()

    async def _serve(self, connection: Connection) -> None:
        self._journal.connections += 1
        if await self._is_hit(Level.CONNECTION, connection, None):
            return
        while await connection.peek():
            if connection.answers and await self._is_hit(Level.NEXT_REQUEST, connection, None):
                return
            incoming = await connection.read_request()
            if incoming is None:
                return
            self._journal.received.append(incoming.line)
            if await self._is_hit(Level.REQUEST, connection, incoming):
                return
            connection.answers += 1

    async def _is_hit(
        self, level: Level, connection: Connection, incoming: Incoming | None
    ) -> bool:
        """Apply the fault where it is the turn of one, and tell whether that ends the connection.

        A request that is not hit is passed on.
        """
        plan, number = self._plan, self._turns
        if plan is not None and plan.kind.level is level:
            self._turns += 1
            if plan.hits is None or number in plan.hits:
                self._journal.hits += 1
                turn = Turn(self, connection, plan, number, incoming)
                async with asyncio.timeout(_LONGEST_SECONDS):
                    await plan.kind.apply(turn)
                return not turn.keep
        if incoming is not None:
            await connection.write((await self.forward(incoming)).raw())
        return False

    async def _record(self, connection: Connection) -> None:
        """Write down what arrives, and answer nothing."""
        arrived, at = self._journal.elsewhere, len(self._journal.elsewhere)
        arrived.append(b"")
        while data := await connection.read():
            arrived[at] += data


def _bind(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # Keeper and listener share the port; only one of them listens, so only it is connected to.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


def _listen(port: int) -> socket.socket:
    listening = _bind(port)
    listening.listen()
    listening.setblocking(False)
    return listening
