"""A server for this machine's browser: it answers, ends, and says nothing of what it saw."""

from __future__ import annotations

import logging
import socket
import threading

import httpx
import pytest

from helpers.browsing import LARGEST_BODY, Request, Response
from helpers.errors import AuthorizationError
from helpers.loopback import LoopbackServer

SECONDS = 10


def echo(request: Request) -> Response:
    """Answer with what was asked."""
    body = f"{request.method} {request.path} {request.headers['host']} {len(request.body)}"
    return Response(200, {"Content-Type": "text/plain"}, body.encode())


def fail(request: Request) -> Response:
    """Fail, with something secret."""
    raise ValueError("secret-of-the-request")


def test_requests_are_answered() -> None:
    """Method, path, headers and body arrive, and the answer comes back."""
    with LoopbackServer(echo) as server:
        response = httpx.post(f"{server.base_url}/a?b=c", content=b"abc", timeout=SECONDS)

    assert response.text == f"POST /a {server.base_url.removeprefix('http://')} 3"


def test_it_listens_to_this_machine_only() -> None:
    """Nothing else can reach it."""
    with LoopbackServer(echo) as server:
        assert server.base_url.startswith("http://127.0.0.1:")


def test_nothing_is_left_behind() -> None:
    """After it stopped, its port is closed and its thread has ended."""
    with LoopbackServer(echo) as server:
        port = int(server.base_url.rpartition(":")[2])

    assert not server.is_alive
    assert "loopback" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS)


def test_a_server_that_was_never_started_can_be_stopped() -> None:
    """Its port is free again."""
    LoopbackServer(echo).stop()


def test_a_large_body_is_cut_off() -> None:
    """No more is kept than is needed to see that it is too large."""
    with LoopbackServer(echo) as server:
        response = httpx.post(server.base_url, content=b"a" * (5 * LARGEST_BODY), timeout=SECONDS)

    assert response.text.endswith(f" {LARGEST_BODY + 1}")


def test_a_failure_is_raised_again_without_what_it_says() -> None:
    """The first failure is the cause of the error; its text may be secret."""
    server = LoopbackServer(fail).start()
    response = httpx.get(server.base_url, timeout=SECONDS)

    with pytest.raises(AuthorizationError, match="ValueError") as raised:
        server.stop()

    assert response.status_code == 500
    assert "secret" not in f"{response.text} {raised.value}"
    assert isinstance(raised.value.__cause__, ValueError)


def test_whoever_waits_is_told() -> None:
    """After each answer, and after a failure, somebody may look how things stand."""
    came = threading.Event()
    with LoopbackServer(echo, sent=came.set) as server:
        assert not came.is_set()
        httpx.get(server.base_url, timeout=SECONDS)
        assert came.wait(SECONDS)


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Neither requests nor what is no request is written down."""
    with caplog.at_level(logging.DEBUG), LoopbackServer(echo) as server:
        port = int(server.base_url.rpartition(":")[2])
        for sent in (b"GET /secret HTTP/1.0\r\nHost: here\r\n\r\n", b"secret\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
                connection.sendall(sent)
                assert connection.recv(100)  # an answer of either kind

    assert "secret" not in caplog.text
