"""A server for this machine's browser: it answers, ends, and says nothing of what it saw."""

from __future__ import annotations

import logging
import socket
import threading
import traceback

import httpx
import pytest

from helpers.browsing import LARGEST_BODY, Request, Response
from helpers.errors import AuthorizationError
from helpers.loopback import LoopbackServer

SECONDS = 10


@pytest.fixture(autouse=True)
def proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a proxy that is not there, as a developer's environment may name one that is."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")


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
        response = httpx.post(
            f"{server.base_url}/a?b=c", content=b"abc", timeout=SECONDS, trust_env=False
        )

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


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_nothing_is_left_behind_by_a_start_that_is_interrupted(
    monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    """Who interrupts while it comes up, gets the interruption, and the port back."""
    server = LoopbackServer(echo)
    port = int(server.base_url.rpartition(":")[2])

    def wait(seconds: float) -> None:
        raise interruption

    monkeypatch.setattr(server._uvicorn.ready, "wait", wait)
    with pytest.raises(interruption), server:
        pytest.fail("It has started all the same.")

    assert not server.is_alive
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS)


def test_a_start_that_fails_does_not_tell_what_it_was_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that does not come up says so, with nothing of the failure's text."""
    server = LoopbackServer(echo)

    def run(sockets: object) -> None:
        raise ValueError("secret-of-the-server")

    monkeypatch.setattr(server._uvicorn, "run", run)
    with pytest.raises(AuthorizationError, match="did not come up") as raised:
        server.start()

    assert "secret-of" not in "".join(traceback.format_exception(raised.value))
    assert isinstance(server.failure, ValueError)
    assert not server.is_alive


def test_a_server_that_was_never_started_can_be_stopped() -> None:
    """Its port is free again."""
    LoopbackServer(echo).stop()


def test_a_large_body_is_cut_off() -> None:
    """No more is kept than is needed to see that it is too large."""
    with LoopbackServer(echo) as server:
        response = httpx.post(
            server.base_url, content=b"a" * (5 * LARGEST_BODY), timeout=SECONDS, trust_env=False
        )

    assert response.text.endswith(f" {LARGEST_BODY + 1}")


def test_a_failure_is_raised_again_without_what_it_says() -> None:
    """The error names the first failure's class; its text may be secret, in a traceback too."""
    server = LoopbackServer(fail).start()
    response = httpx.get(server.base_url, timeout=SECONDS, trust_env=False)

    with pytest.raises(AuthorizationError, match="ValueError") as raised:
        server.stop()

    assert response.status_code == 500
    shown = "".join(traceback.format_exception(raised.value))
    assert "secret-of-the-request" not in f"{response.text} {shown}"
    assert isinstance(server.failure, ValueError)


def test_whoever_waits_is_told() -> None:
    """After each answer, and after a failure, somebody may look how things stand."""
    came = threading.Event()
    with LoopbackServer(echo, sent=came.set) as server:
        assert not came.is_set()
        httpx.get(server.base_url, timeout=SECONDS, trust_env=False)
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
