"""The sandbox on a real socket: uvicorn in a thread, on the loopback interface by default."""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any

import uvicorn

from helpers.sandbox.app import refuse
from helpers.sandbox.errors import Refusal, error_object
from helpers.sandbox.messages import Request, Response
from helpers.sandbox.protocol import LARGEST_HEAD, Protocol
from helpers.sandbox.site import Site, open_to_browsers
from helpers.sandbox.sockets import ServerError, base_url_of, bind
from helpers.sandbox.stopping import PromptServer
from helpers.sandbox.store import Store

__all__ = ["Server", "ServerError"]

_DEADLINE_SECONDS = 10.0
_LARGEST_BODY = 1_000_000

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Server:
    """Answers requests on a socket, from ``start`` until ``stop``.

    The socket is bound in the caller's thread, so a port that cannot be had fails right there.

    Args:
        store: What the sandbox remembers. Closed by ``stop``.
        host: An address of the loopback interface.
        port: The port, or 0 for any that is free.
        rate_limits: Whether the API's rate limits hold.
        anywhere: Whether the host may be any address. Nothing protects the sandbox: whoever
            reaches it may read and change everything in it.

    Attributes:
        base_url: Scheme, host and port to send requests to.

    Raises:
        ServerError: The host is not on the loopback interface, or the port is taken.
    """

    def __init__(
        self,
        store: Store,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        rate_limits: bool = False,
        anywhere: bool = False,
    ) -> None:
        self._store = store
        self._site = Site(store, rate_limits=rate_limits)
        self._socket = bind(host, port, anywhere=anywhere)
        self.base_url = base_url_of(self._socket)
        self._failure: BaseException | None = None
        self._uvicorn = PromptServer(
            uvicorn.Config(
                self._application,
                interface="asgi3",
                loop="asyncio",
                http=Protocol,
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
            self._uvicorn.end()
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
        self._uvicorn.end()
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
        """Hand the request to the site, and its response back (ASGI)."""
        request = _request(scope, self.base_url)
        refusal = _refuse_too_large(scope, request)
        response = open_to_browsers(request, refusal) if refusal else None
        if response is None:
            body = bytearray()
            more = True
            while more and len(body) <= _LARGEST_BODY:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                body += message.get("body", b"")
                more = message.get("more_body", False)
            response = self._respond(replace(request, body=bytes(body)))
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in response.headers.items()
        ]
        if response.status != 204:
            headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        # Of an answer to HEAD, uvicorn sends no body.
        await send({"type": "http.response.body", "body": response.body})

    def _respond(self, request: Request) -> Response:
        if len(request.body) > _LARGEST_BODY:
            return open_to_browsers(request, _body_too_large())
        try:
            return self._site.answer(request)
        except Exception as failure:
            self._failure = self._failure or failure
            detail = f"The sandbox failed at this request: {type(failure).__name__}: {failure}"
            error = error_object(500, "INTERNAL_SERVER_ERROR", "Internal Server Error", detail)
            return open_to_browsers(request, refuse(Refusal(500, error)))


def _request(scope: Scope, base_url: str) -> Request:
    """Take over all but the body. Old clients do not name the host."""
    query = scope["query_string"]
    return Request(
        method=scope["method"],
        target=(scope["raw_path"] + (b"?" + query if query else b"")).decode("latin-1"),
        headers={
            "host": base_url.removeprefix("http://"),
            **{name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        },
        client=scope["client"][0] if scope["client"] else "",
    )


def _refuse_too_large(scope: Scope, request: Request) -> Response | None:
    """Refuse a head that is too large, and a body that says so itself before any of it comes."""
    size = len(request.target) + sum(len(name) + len(value) for name, value in scope["headers"])
    if size > LARGEST_HEAD:
        detail = f"Expected a target and headers of at most {LARGEST_HEAD:,} bytes."
        title = "Request header fields too large"
        error = error_object(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", title, detail)
        return refuse(Refusal(431, error))
    if int(request.headers.get("content-length", 0)) <= _LARGEST_BODY:
        return None
    response = _body_too_large()
    if "expect" not in request.headers:
        return response
    # Who waits to be asked for the body does not send it: what comes next would be taken for it.
    return response._replace(headers={**response.headers, "Connection": "close"})


def _body_too_large() -> Response:
    detail = f"Expected a body of at most {_LARGEST_BODY:,} bytes."
    return refuse(Refusal(413, error_object(413, "CONTENT_TOO_LARGE", "Content too large", detail)))
