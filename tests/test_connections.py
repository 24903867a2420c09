"""How a request and its answer are carried: before a deadline, and within bounds."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpcore
import httpx
import pytest

from helpers import connections
from helpers.connections import CONTENT, AnswerTooLarge, BoundedTransport, open_transport
from helpers.deadlines import DEADLINE
from helpers.errors import ArgumentError
from tests.certificates import make_certificate, server_context

HTTPS = "https://yourdomain.example.com"
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def server(*answers: Sequence[bytes], pause_seconds: float = 0.0) -> Iterator[str]:
    """Answer each request on one connection after the other, in parts with pauses between."""
    stop = threading.Event()

    def serve() -> None:
        left = list(answers)
        with suppress(OSError):
            while left:
                with listening.accept()[0] as connection:
                    connection.settimeout(10)
                    while left and connection.recv(65_536):
                        for part in left.pop(0):
                            connection.sendall(part)
                            if stop.wait(pause_seconds):
                                return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            stop.set()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


@contextmanager
def patched(owner: type, name: str) -> Iterator[list[object]]:
    """Note the calls of a method, which go on as ever."""
    calls: list[object] = []
    method = getattr(owner, name)

    def noted(*arguments: object, **options: object) -> object:
        calls.append(arguments)
        return method(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, noted)
        yield calls


def get(transport: httpx.BaseTransport, base_url: str, *, within: float = 10.0) -> httpx.Response:
    """Send a request whose deadline is so many seconds away."""
    extensions = {"timeout": {"read": 5.0}, DEADLINE: time.monotonic() + within}
    request = httpx.Request("GET", base_url, extensions=extensions)
    response = transport.handle_request(request)
    response.read()
    return response


def test_whole_answer_is_handed_on() -> None:
    """What comes over the socket is what the client reads."""
    with server([WHOLE]) as base_url, open_transport(base_url) as transport:
        response = get(transport, base_url)

    assert (response.status_code, response.content) == (200, b"ok")
    assert response.extensions[CONTENT] == b"ok"


@pytest.mark.parametrize(
    "parts",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"X-More: x\r\n"] * 100],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 100],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 100],
        [b"HTTP/1.1 103 Early Hints\r\n\r\n"] * 100,
        [b""] * 100,
    ],
    ids=["headers", "body", "chunks", "hints", "nothing"],
)
def test_answer_that_comes_bit_by_bit_is_not_waited_for_beyond_the_deadline(
    parts: list[bytes],
) -> None:
    """A deadline holds for the whole, however short each pause is."""
    started = time.monotonic()
    with (
        server(parts, pause_seconds=0.02) as base_url,
        open_transport(base_url) as transport,
        pytest.raises(httpx.ReadTimeout),
    ):
        get(transport, base_url, within=0.3)

    assert 0.3 <= time.monotonic() - started < 0.6


def test_request_whose_time_is_up_is_not_sent() -> None:
    """A deadline that has passed leaves no time to connect."""
    with (
        server() as base_url,
        open_transport(base_url) as transport,
        pytest.raises(httpx.PoolTimeout),
    ):
        get(transport, base_url, within=-1)


def test_request_without_a_deadline_has_none() -> None:
    """Whoever uses the client by hand gets the timeouts of httpx."""
    with server([WHOLE]) as base_url, open_transport(base_url) as transport:
        assert transport.handle_request(httpx.Request("GET", base_url)).status_code == 200


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 2000\r\n\r\n", b"\r\n", b"Content-Encoding: gzip\r\n\r\n"],
    ids=["told", "not told", "packed"],
)
def test_answer_that_is_too_large_is_not_read(head: bytes) -> None:
    """However it is sent, not more than the bound is kept."""
    body = gzip.compress(b"x" * 2000) if b"gzip" in head else b"x" * 2000
    with server([b"HTTP/1.1 200 OK\r\n" + head, body]) as base_url:
        transport = BoundedTransport(httpx.HTTPTransport(), largest_answer=1000)
        with (
            transport,
            pytest.raises(AnswerTooLarge, match=r"^The answer has more than 1,000 bytes\.$"),
        ):
            get(transport, base_url)


def test_answer_of_just_the_bound_is_read() -> None:
    """The bound itself is allowed."""
    body = b"x" * 1000
    with (
        server([b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", body]) as base_url,
        BoundedTransport(httpx.HTTPTransport(), largest_answer=1000) as transport,
    ):
        assert get(transport, base_url).content == body


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "gzip, identity"])
def test_answer_that_is_packed_in_another_way_is_refused(packing: str) -> None:
    """Packed twice, a few bytes could fill the memory."""
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {packing}\r\nContent-Length: 2\r\n\r\n"
    with (
        server([head.encode(), b"ok"]) as base_url,
        open_transport(base_url) as transport,
        pytest.raises(httpx.DecodingError),
    ):
        get(transport, base_url)


def test_length_in_other_digits_is_none() -> None:
    """What only looks like a number to Python is no reason to fail."""
    response = httpx.Response(200, headers=[(b"Content-Length", b"\xb2")], content=b"ok")
    transport = BoundedTransport(httpx.MockTransport(lambda _: response))

    assert get(transport, "http://127.0.0.1").content == b"ok"


def test_request_that_is_taken_slowly_is_not_waited_for_beyond_the_deadline() -> None:
    """However little the other side takes at a time, the time of the whole is up some time."""
    stop = threading.Event()

    def take_slowly() -> None:
        with suppress(OSError), listening.accept()[0] as connection:
            while not stop.wait(0.02) and connection.recv(20_000):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        thread = threading.Thread(target=take_slowly)
        thread.start()
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        extensions = {"timeout": {"write": 5.0}, DEADLINE: time.monotonic() + 0.3}
        request = httpx.Request("POST", base_url, content=b"x" * 30_000_000, extensions=extensions)
        started = time.monotonic()
        with open_transport(base_url) as transport, pytest.raises(httpx.WriteTimeout):
            transport.handle_request(request)
        stop.set()
        thread.join(10)

    assert time.monotonic() - started < 1


def test_name_of_many_addresses_has_one_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses where nobody answers do not each have the whole time."""
    places = [(2, 1, 6, "", (f"127.0.0.{number}", 1)) for number in range(1, 6)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    tried = []

    def connect(_: object, host: str, port: int, timeout: float, *rest: object) -> None:
        tried.append(host)
        time.sleep(min(timeout, 0.2))
        raise httpcore.ConnectTimeout

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    started = time.monotonic()
    with (
        open_transport("http://127.0.0.1") as transport,
        pytest.raises(httpx.ConnectTimeout),
    ):
        get(transport, "http://127.0.0.1", within=0.5)

    assert tried == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]
    assert time.monotonic() - started < 0.7


def test_child_has_connections_of_its_own() -> None:
    """After a fork, parent and child do not read each other's answers."""
    own = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
    with server([WHOLE], [own]) as base_url, open_transport(base_url) as transport:
        get(transport, base_url)
        socket_transport = transport._inner  # type: ignore[attr-defined]
        of_parent = socket_transport._pool
        connections._part_from_parent()
        of_child = socket_transport._pool
        with patched(httpcore.SyncBackend, "connect_tcp") as connected:
            socket_transport._pool = of_parent
            assert get(transport, base_url).status_code == 201
        of_child.close()
        connections._OF_PARENT.remove(of_parent)

    assert (connected, of_child is of_parent) == ([], False)


def test_packed_answer_is_unpacked() -> None:
    """Whoever packs it although it was not asked for is understood all the same."""
    packed = gzip.compress(b"ok")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with server([head + packed]) as base_url, open_transport(base_url) as transport:
        response = get(transport, base_url)

    assert (response.content, response.headers["Content-Length"]) == (b"ok", "2")
    assert response.extensions[CONTENT] == b"ok"
    assert "Content-Encoding" not in response.headers


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
HINTED = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + WHOLE
CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
TRAILED = CHUNKED[:-2] + b"X-Trailer: x\r\n\r\n"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.mark.parametrize("first", [WHOLE, CHUNKED, TRAILED, HINTED, EMPTY])
@pytest.mark.parametrize(
    "more", [WHOLE, CHUNKED, WHOLE[:10], b"\r\n"], ids=["whole", "chunks", "part", "line"]
)
def test_answer_that_was_not_asked_for_is_taken_for_none(first: bytes, more: bytes) -> None:
    """What comes behind an answer is not the answer to the next request, nor the start of it."""
    with server([first + more], [CREATED]) as url, open_transport(url) as transport:
        get(transport, url)
        with patched(httpcore.SyncBackend, "connect_tcp") as connected:
            assert get(transport, url).status_code == 201

    assert len(connected) == 1


@pytest.mark.parametrize("first", [WHOLE, CHUNKED, TRAILED, HINTED, EMPTY])
def test_connection_is_used_again(first: bytes) -> None:
    """Where all that came was the answer, nothing has to be opened anew."""
    with server([first], [CREATED]) as url, open_transport(url) as transport:
        get(transport, url)
        with patched(httpcore.SyncBackend, "connect_tcp") as connected:
            assert get(transport, url).status_code == 201

    assert connected == []


def test_reason_in_other_words_than_the_standards_is_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A log shows the status line, in which anything can be sent."""
    caplog.set_level("DEBUG", logger="httpx")
    with (
        server([b"HTTP/1.1 200 a-secret\r\nContent-Length: 2\r\n\r\nok"]) as base_url,
        httpx.Client(transport=open_transport(base_url)) as client,
    ):
        response = client.get(base_url)

    assert response.reason_phrase == "OK"
    assert "a-secret" not in caplog.text


def test_log_hides_what_an_address_asks_for_by_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    """The library below tells every address in its log."""
    caplog.set_level("INFO", logger="httpx")
    with (
        server([WHOLE]) as base_url,
        httpx.Client(transport=open_transport(base_url)) as client,
    ):
        client.get(f"{base_url}/api?filter[q][token_eq]=a-long-secret&sort=number")

    assert "a-long-secret" not in caplog.text
    assert "=********&sort=number" in caplog.text


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"", httpx.RemoteProtocolError),
        (b"no HTTP\r\n\r\n", httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", httpx.RemoteProtocolError),
    ],
)
def test_broken_answer_is_told_as_httpx_tells_it(answer: bytes, expected: type[Exception]) -> None:
    """Whoever knows httpx knows its errors."""
    with (
        server([answer]) as base_url,
        open_transport(base_url) as transport,
        pytest.raises(expected),
    ):
        get(transport, base_url)


def test_every_error_of_the_lower_library_has_its_name_in_the_higher_one() -> None:
    """None is lost on the way up."""
    lower = {
        name
        for name, value in vars(httpcore).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }

    assert {name for name in lower if not hasattr(httpx, name)} == {"ConnectionNotAvailable"}


def test_proxy_of_the_environment_is_used_for_other_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A place that is reached by a proxy only is reached; the proxy learns no more than where."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with server([refusal]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.removeprefix("http://"))
        monkeypatch.setenv("NO_PROXY", "")
        with (
            open_transport("https://yourdomain.commercelayer.io") as transport,
            pytest.raises(httpx.ProxyError),
        ):
            get(transport, "https://yourdomain.commercelayer.io/api")


def test_connection_by_way_of_a_proxy_is_used_again(tmp_path: Path) -> None:
    """What the proxy says before the answer is no part of the answer."""
    host = "place.example.com"
    certificate = make_certificate(tmp_path, host)
    opened: list[bytes] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                connection.settimeout(10)
                opened.append(connection.recv(65_536))
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                with server_context(certificate).wrap_socket(connection, server_side=True) as tls:
                    while tls.recv(65_536):
                        tls.sendall(WHOLE)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=serve)
        thread.start()
        proxy = httpcore.Proxy(f"http://127.0.0.1:{listening.getsockname()[1]}")
        trusting = ssl.create_default_context(cafile=certificate)
        trusting.verify_flags &= ~ssl.VERIFY_X509_STRICT  # of a certificate made by hand
        with BoundedTransport(connections._SocketTransport(trusting, proxy)) as transport:
            contents = [get(transport, f"https://{host}/api").content for _ in range(3)]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)

    assert contents == [b"ok"] * 3
    assert [each.partition(b"\r\n")[0] for each in opened] == [
        f"CONNECT {host}:443 HTTP/1.1".encode()
    ]


@pytest.mark.parametrize(
    ("base_url", "environment", "expected"),
    [
        (HTTPS, {"HTTPS_PROXY": "http://p:1"}, ("http", b"p", 1, None)),
        (HTTPS, {"HTTPS_PROXY": "https://p:1"}, ("https", b"p", 1, None)),
        (HTTPS, {"HTTPS_PROXY": "p:1"}, ("http", b"p", 1, None)),
        (HTTPS, {"ALL_PROXY": "http://p:1"}, ("http", b"p", 1, None)),
        (HTTPS, {"HTTPS_PROXY": "http://u:pw@p:1"}, ("http", b"p", 1, (b"u", b"pw"))),
        (HTTPS, {"HTTP_PROXY": "http://p:1"}, None),
        (HTTPS, {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example.com"}, None),
        ("https://127.0.0.1", {"HTTPS_PROXY": "http://p:1"}, None),
        ("http://localhost", {"HTTP_PROXY": "http://p:1"}, None),
        (HTTPS, {}, None),
    ],
)
def test_proxy_is_the_one_that_the_environment_names_for_the_place(
    monkeypatch: pytest.MonkeyPatch,
    base_url: str,
    environment: dict[str, str],
    expected: tuple[object, ...] | None,
) -> None:
    """The usual variables are read, and between this machine and itself there is no proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    proxy = connections._proxy_of(base_url)
    found = proxy and (
        proxy.url.scheme.decode(),
        proxy.url.host,
        proxy.url.port,
        proxy.auth,
    )

    assert found == expected


def test_proxy_of_another_kind_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would fail at the first request is told before."""
    monkeypatch.setenv("HTTPS_PROXY", "socks5://user:a-secret@127.0.0.1:1080")
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(ArgumentError, match="a proxy of http, got one of socks5") as raised:
        open_transport(HTTPS)

    assert "a-secret" not in str(raised.value)
