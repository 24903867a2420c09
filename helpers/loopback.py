"""Serve a few pages to this machine's own browser, on the loopback interface, for a short while."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

from helpers.browsing import LARGEST_BODY, Request, Response
from helpers.errors import AuthorizationError

__all__ = ["LoopbackServer"]

_LARGEST_HEAD = 20_000
_DEADLINE_SECONDS = 10.0

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class LoopbackServer:
    """Answers requests from this machine, from ``start`` until ``stop``. It writes no log.

    The socket is bound in the caller's thread, to a port that is free.

    Args:
        answer: Answers one request. Called in the server's thread, one request after another.
        sent: Called there whenever an answer was sent, or could not be made.

    Attributes:
        base_url: Scheme, host and port.

    Raises:
        AuthorizationError: There is no port to be had.
    """

    def __init__(
        self, answer: Callable[[Request], Response], *, sent: Callable[[], object] = lambda: None
    ) -> None:
        self._answer = answer
        self._sent = sent
        # With TCP named, asyncio sends small segments at once.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            self._socket.bind(("127.0.0.1", 0))
            self._socket.listen()
        except OSError as error:
            self._socket.close()
            raise AuthorizationError(f"No page can be served on this machine: {error}.") from error
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._failure: BaseException | None = None
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                self._application,
                interface="asgi3",
                loop="asyncio",
                http="h11",
                h11_max_incomplete_event_size=_LARGEST_HEAD,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(target=self._serve, name="loopback", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether it answers, or is about to."""
        return self._thread.is_alive()

    @property
    def failure(self) -> BaseException | None:
        """The first failure: of a request, or of the server itself. Its text may be secret."""
        return self._failure

    def start(self) -> LoopbackServer:
        """Start to answer, and come back when the first request can be sent.

        Where that is interrupted, nothing stays behind.

        Raises:
            AuthorizationError: It did not come up within ten seconds; ``failure`` may tell why.
        """
        try:
            self._thread.start()
            self._uvicorn.ready.wait(_DEADLINE_SECONDS)
            if not self._uvicorn.started:
                raise AuthorizationError("The page did not come up.")
        except BaseException:
            self._end()
            raise
        return self

    def stop(self) -> None:
        """Stop to answer.

        Raises:
            AuthorizationError: A request made it fail; ``failure`` is the first such failure. Or
                it did not stop within ten seconds.
        """
        self._end()
        if self._thread.is_alive():
            raise AuthorizationError("The page did not close; it ends with this process.")
        if self._failure is not None:
            # The failure's text may hold what was asked for, so no traceback shows it as a cause.
            reason = type(self._failure).__name__
            raise AuthorizationError(f"The page failed: {reason}.") from None

    def _end(self) -> None:
        self._uvicorn.should_exit = True
        if self._thread.ident is None:
            self._socket.close()
        else:
            self._thread.join(_DEADLINE_SECONDS)

    def __enter__(self) -> LoopbackServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _serve(self) -> None:
        # A client that sends no HTTP is nothing to tell the reader of a notebook about.
        logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
        try:
            self._uvicorn.run(sockets=[self._socket])
        except BaseException as failure:
            self._failure = self._failure or failure
        finally:
            self._socket.close()
            self._uvicorn.ready.set()
            self._sent()

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and the answer back (ASGI)."""
        body = bytearray()
        more = True
        while more and len(body) <= LARGEST_BODY:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        response = self._respond(
            Request(
                method=scope["method"],
                path=scope["path"],
                headers={
                    name.decode("latin-1"): value.decode("latin-1")
                    for name, value in scope["headers"]
                },
                body=bytes(body[: LARGEST_BODY + 1]),
            )
        )
        headers = {**response.headers, "Content-Length": str(len(response.body))}
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": [
                    (name.encode("latin-1"), value.encode("latin-1"))
                    for name, value in headers.items()
                ],
            }
        )
        # Of an answer to HEAD, uvicorn sends no body.
        await send({"type": "http.response.body", "body": response.body})
        self._sent()

    def _respond(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except Exception as failure:
            self._failure = self._failure or failure
            headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
            return Response(500, headers, b"This page failed. Go back to the notebook.")


class _Uvicorn(uvicorn.Server):
    """Uvicorn, telling when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as ever, and tell."""
        await super().startup(sockets)
        self.ready.set()
