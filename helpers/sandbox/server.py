"""The sandbox on a real socket: uvicorn in a thread, on the loopback interface only."""

from __future__ import annotations

import errno
import ipaddress
import logging
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

from helpers.sandbox.app import handle, refuse
from helpers.sandbox.errors import Refusal, error_object
from helpers.sandbox.messages import Request, Response
from helpers.sandbox.store import Store

__all__ = ["Server", "ServerError"]

_DEADLINE_SECONDS = 10.0
_LARGEST_BODY = 1_000_000

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class ServerError(Exception):
    """The sandbox cannot listen, or failed at a request."""


class Server:
    """Answers requests on a socket, from ``start`` until ``stop``.

    The socket is bound in the caller's thread, so a port that cannot be had fails right there.

    Args:
        store: What the sandbox remembers. Closed by ``stop``.
        host: An address of the loopback interface.
        port: The port, or 0 for any that is free.

    Attributes:
        base_url: Scheme, host and port to send requests to.

    Raises:
        ServerError: The host is not on the loopback interface, or the port is taken.
    """

    def __init__(self, store: Store, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._store = store
        self._socket = _bind(host, port)
        self.base_url = _base_url(self._socket)
        self._failure: BaseException | None = None
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                self._application,
                interface="asgi3",
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
                timeout_keep_alive=75,  # longer than clients keep a connection that rests
            )
        )
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether it answers, or is about to."""
        return self._thread.is_alive()

    def start(self) -> Server:
        """Start to answer, and come back when the first request can be sent.

        Raises:
            ServerError: It did not come up within ten seconds.
        """
        try:
            self._thread.start()
            self._uvicorn.ready.wait(_DEADLINE_SECONDS)
            if not self._uvicorn.started:
                raise ServerError("The sandbox did not start to answer.") from self._failure
        except BaseException:
            self._uvicorn.should_exit = True
            if not self._thread.is_alive():
                self._close()
            raise
        return self

    def stop(self) -> None:
        """Stop to answer, and close the store.

        Raises:
            ServerError: A request made the sandbox fail; the first such failure is the cause. Or
                it did not stop within ten seconds.
        """
        self._uvicorn.should_exit = True
        if self._thread.ident is None:
            self._close()
        elif self._thread is not threading.current_thread():  # garbage is collected in any thread
            self._thread.join(_DEADLINE_SECONDS)
            if self._thread.is_alive():
                raise ServerError("The sandbox did not stop; it ends with this process.")
        if self._failure is not None:
            reason = f"{type(self._failure).__name__}: {self._failure}"
            raise ServerError(f"The sandbox failed at a request: {reason}") from self._failure

    def _serve(self) -> None:
        """Run until told to stop; then close what only this thread uses."""
        # A client that sends no HTTP is nothing to tell the reader of a notebook about.
        logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
        try:
            self._uvicorn.run(sockets=[self._socket])
        except BaseException as failure:
            self._failure = self._failure or failure
        finally:
            self._close()
            self._uvicorn.ready.set()

    def _close(self) -> None:
        self._socket.close()
        self._store.close()

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the sandbox's core, and its response back (ASGI)."""
        body = bytearray()
        more = True
        while more and len(body) <= _LARGEST_BODY:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        response = self._respond(scope, bytes(body))
        headers = [
            (b"content-length", str(len(response.body)).encode()),
            *((name.encode(), value.encode()) for name, value in response.headers.items()),
        ]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        content = b"" if scope["method"] == "HEAD" else response.body
        await send({"type": "http.response.body", "body": content})

    def _respond(self, scope: Scope, body: bytes) -> Response:
        if len(body) > _LARGEST_BODY:
            detail = f"Expected a body of at most {_LARGEST_BODY:,} bytes."
            error = error_object(413, "CONTENT_TOO_LARGE", "Content too large", detail)
            return refuse(Refusal(413, error))
        try:
            return handle(self._store, _request(scope, body))
        except Exception as failure:
            self._failure = self._failure or failure
            detail = f"The sandbox failed at this request: {type(failure).__name__}: {failure}"
            error = error_object(500, "INTERNAL_SERVER_ERROR", "Internal Server Error", detail)
            return refuse(Refusal(500, error))


class _Uvicorn(uvicorn.Server):
    """Uvicorn, telling when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as ever, and tell."""
        await super().startup(sockets)
        self.ready.set()


def _request(scope: Scope, body: bytes) -> Request:
    query = scope["query_string"]
    return Request(
        method=scope["method"],
        target=(scope["raw_path"] + (b"?" + query if query else b"")).decode("latin-1"),
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=body,
    )


def _base_url(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bind(host: str, port: int) -> socket.socket:
    try:
        loopback = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        loopback = None
    if loopback is None or not loopback.is_loopback:
        raise ServerError(
            f"Expected the host to be on the loopback interface, such as 127.0.0.1, got {host}: "
            "the sandbox answers this machine only."
        )
    if not 0 <= port <= 65535:
        raise ServerError(f"Expected a port from 0 to 65535, got {port}.")
    family = socket.AF_INET6 if loopback.version == 6 else socket.AF_INET
    # With TCP named, asyncio sends small segments at once; else every answer takes 40 ms longer.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((str(loopback), port))
        bound.listen()  # from here on, nobody else can have the port
    except OSError as error:
        bound.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "another program listens there" if taken else str(error)
        raise ServerError(
            f"Expected port {port} of {host} to be free, but {reason}: choose another, "
            "or 0 for any that is free."
        ) from None
    return bound
