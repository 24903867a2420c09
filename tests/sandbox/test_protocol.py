"""Hostile, broken and unusual clients, byte by byte over a socket."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from helpers.sandbox.protocol import Protocol
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.server import Server
from helpers.sandbox.store import Store

ORDER = b"/api/orders/qaMAhZkZvd"
HEADERS = (
    b"Host: localhost\r\nAuthorization: Bearer your-access-token\r\n"
    b"Content-Type: application/vnd.api+json\r\n"
)
CLOSE = HEADERS + b"Connection: close\r\n"
GET = b"GET " + ORDER + b" HTTP/1.1\r\n"
PATCH = b"PATCH " + ORDER + b" HTTP/1.1\r\n"
SAVE = json.dumps(
    {
        "data": {
            "type": "orders",
            "id": "qaMAhZkZvd",
            "attributes": {"_save_payment_source_to_customer_wallet": True},
        }
    }
).encode()
LENGTH = b"Content-Length: %d\r\n" % len(SAVE)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
# What a request to a sandbox on this machine may take, at the very most.
SECONDS = 1.0


@dataclass(frozen=True)
class Received:
    """Everything that came until the server closed the connection."""

    content: bytes
    seconds: float

    @property
    def statuses(self) -> list[int]:
        """The status of every answer."""
        return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", self.content)]

    @property
    def codes(self) -> list[str]:
        """The code of every error object of the last answer."""
        document = json.loads(self.content.rpartition(b"\r\n\r\n")[2])
        assert all(error["status"] == str(self.statuses[-1]) for error in document["errors"])
        return [error["code"] for error in document["errors"]]


Exchange = Callable[..., Received]


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Open one world for all of these tests: none of them needs a new one."""
    store = open_store()
    yield store
    store.close()


@pytest.fixture(scope="module")
def server(store: Store) -> Iterator[Server]:
    """Serve it: stopping takes longer than most of these tests."""
    server = Server(store).start()
    yield server
    server.stop()


def _connect(server: Server) -> socket.socket:
    address = urlsplit(server.base_url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=5)


@pytest.fixture
def exchange(server: Server) -> Exchange:
    """Send bytes as they are, and read until the server closes the connection."""

    def exchange(*parts: bytes, half_closed: bool = False) -> Received:
        start = time.perf_counter()
        content = b""
        with _connect(server) as client:
            try:
                for part in parts:
                    client.sendall(part)
                if half_closed:
                    client.shutdown(socket.SHUT_WR)
                while came := client.recv(65536):
                    content += came
            except (ConnectionResetError, BrokenPipeError):
                pass  # what was not read by the server is thrown away with the connection
        return Received(content, time.perf_counter() - start)

    return exchange


ANSWERED = {
    "plain": (GET + CLOSE + b"\r\n", [200]),
    "no host": (GET.replace(b"1.1", b"1.0") + HEADERS.split(b"\r\n", 1)[1] + b"\r\n", [200]),
    "HTTP/1.0": (GET.replace(b"1.1", b"1.0") + HEADERS + b"\r\n", [200]),
    "absolute target": (b"GET http://x" + ORDER + b" HTTP/1.1\r\n" + CLOSE + b"\r\n", [200]),
    "pipelined": ((GET + HEADERS + b"\r\n") * 100 + GET + CLOSE + b"\r\n", [200] * 101),
    "pipelined with bodies": (
        (PATCH + HEADERS + LENGTH + b"\r\n" + SAVE) * 3 + GET + CLOSE + b"\r\n",
        [200] * 4,
    ),
    "empty lines first": (b"\r\n\r\n" + GET + CLOSE + b"\r\n", [200]),
    "a body where none is wanted": (GET + CLOSE + b"Content-Length: 3\r\n\r\nabc", [200]),
    "chunked": (
        PATCH
        + CLOSE
        + CHUNKED
        + b"\r\n%x;a=b\r\n%b\r\n0\r\nTrailer: x\r\n\r\n" % (len(SAVE), SAVE),
        [200],
    ),
    "another protocol": (
        GET
        + HEADERS
        + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        + GET
        + CLOSE
        + b"\r\n",
        [200, 200],
    ),
    "HTTP/2 offered": (
        PATCH
        + HEADERS
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n"
        + LENGTH
        + b"\r\n"
        + SAVE
        + GET
        + CLOSE
        + b"\r\n",
        [200, 200],
    ),
    "HTTP/2 offered again and again": (
        b"GET /unknown HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" * 1500
        + GET
        + CLOSE
        + b"\r\n",
        [404] * 1500 + [200],
    ),
    "another expectation": (PATCH + CLOSE + b"Expect: x\r\n" + LENGTH + b"\r\n" + SAVE, [200]),
    "invalid UTF-8 in a header": (GET + CLOSE + b"X: \xff\xfe\r\n\r\n", [200]),
    "many headers": (
        GET + CLOSE + b"".join(b"X%d: a\r\n" % n for n in range(5000)) + b"\r\n",
        [200],
    ),
}


@pytest.mark.parametrize(("sent", "statuses"), ANSWERED.values(), ids=ANSWERED)
def test_unusual_request_is_answered(exchange: Exchange, sent: bytes, statuses: list[int]) -> None:
    """What is HTTP is answered, in order, and at once."""
    received = exchange(sent)

    assert (received.statuses, received.seconds < SECONDS) == (statuses, True)


REFUSED = {
    "invalid UTF-8 in the path": (
        b"GET /api/orders/%ff HTTP/1.1\r\n" + CLOSE + b"\r\n",
        404,
        "RECORD_NOT_FOUND",
    ),
    "a zero in the path": (
        b"GET /api/orders/%00 HTTP/1.1\r\n" + CLOSE + b"\r\n",
        404,
        "RECORD_NOT_FOUND",
    ),
    "invalid UTF-8 in the query": (
        b"GET /api/orders?%ff=%fe HTTP/1.1\r\n" + CLOSE + b"\r\n",
        400,
        "PARAM_NOT_ALLOWED",
    ),
    "invalid UTF-8 in the access token": (
        GET + b"Host: x\r\nConnection: close\r\nAuthorization: Bearer \xff\r\n\r\n",
        401,
        "INVALID_TOKEN",
    ),
    "invalid UTF-8 in the body": (
        PATCH + CLOSE + b'Content-Length: 12\r\n\r\n{"data": "\xff"',
        400,
        "INVALID_DATA_FORMAT",
    ),
    "deep nesting": (
        PATCH + CLOSE + b"Content-Length: 900000\r\n\r\n" + b'{"data":' * 112_500,
        400,
        "INVALID_DATA_FORMAT",
    ),
    "a method of another protocol": (
        b"PROPFIND /api/orders HTTP/1.1\r\n" + CLOSE + b"\r\n",
        405,
        "METHOD_NOT_ALLOWED",
    ),
    "a method of nobody": (b"BREW / HTTP/1.1\r\n" + CLOSE + b"\r\n", 400, "BAD_REQUEST"),
    "small letters": (b"get / HTTP/1.1\r\n" + CLOSE + b"\r\n", 400, "BAD_REQUEST"),
    "no path": (b"CONNECT x:80 HTTP/1.1\r\n" + CLOSE + b"\r\n", 400, "BAD_REQUEST"),
    "every path": (b"OPTIONS * HTTP/1.1\r\n" + CLOSE + b"\r\n", 405, "METHOD_NOT_ALLOWED"),
    "bytes in the path": (b"GET /\xff HTTP/1.1\r\n" + CLOSE + b"\r\n", 400, "BAD_REQUEST"),
    "a zero in a header": (GET + CLOSE + b"X: a\x00b\r\n\r\n", 400, "BAD_REQUEST"),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 100, 400, "BAD_REQUEST"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "BAD_REQUEST"),
    "noise": (bytes(range(256)) * 10, 400, "BAD_REQUEST"),
    "a length below zero": (PATCH + HEADERS + b"Content-Length: -1\r\n\r\n", 400, "BAD_REQUEST"),
    "a length of many digits": (
        PATCH + HEADERS + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        400,
        "BAD_REQUEST",
    ),
    "two lengths": (
        PATCH + HEADERS + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        400,
        "BAD_REQUEST",
    ),
    "a length, and chunks": (
        PATCH + HEADERS + b"Content-Length: 3\r\n" + CHUNKED + b"\r\n3\r\nabc\r\n0\r\n\r\n",
        400,
        "BAD_REQUEST",
    ),
    "no chunk": (PATCH + HEADERS + CHUNKED + b"\r\nzz\r\nabc\r\n", 400, "BAD_REQUEST"),
    "headers that are too large": (
        GET + CLOSE + b"X: " + b"a" * 65_536 + b"\r\n\r\n",
        431,
        "REQUEST_HEADER_FIELDS_TOO_LARGE",
    ),
    "a path that is too large": (
        b"GET /" + b"a" * 65_500 + b" HTTP/1.1\r\n" + CLOSE + b"\r\n",
        431,
        "REQUEST_HEADER_FIELDS_TOO_LARGE",
    ),
    "a body that says it is too large": (
        PATCH + CLOSE + b"Content-Length: 1000001\r\n\r\n",
        413,
        "CONTENT_TOO_LARGE",
    ),
    "a body that is far too large": (
        PATCH + CLOSE + b"Content-Length: 9999999999999999999\r\n\r\n",
        413,
        "CONTENT_TOO_LARGE",
    ),
}


@pytest.mark.parametrize(("sent", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_hostile_request_is_refused_in_the_shape_of_the_api(
    exchange: Exchange, store: Store, sent: bytes, status: int, code: str
) -> None:
    """Whatever comes, a client can read the refusal, at once, and nothing changes."""
    before = store.dump()
    received = exchange(sent)

    assert store.dump() == before
    assert (received.statuses, received.codes, received.seconds < SECONDS) == (
        [status],
        [code],
        True,
    )


ENDLESS = {
    "path": (b"GET /", b"a" * 100_000, [431]),
    "header": (GET + b"X: ", b"a" * 100_000, [431]),
    "headers": (GET, b"X: a\r\n" * 10_000, [431]),
    "trailers": (PATCH + HEADERS + CHUNKED + b"\r\n0\r\n", b"X: a\r\n" * 10_000, []),
    "empty lines": (b"", b"\r\n" * 50_000, []),
    "body": (PATCH + HEADERS + CHUNKED + b"\r\n", b"186a0\r\n" + b"x" * 100_000 + b"\r\n", [413]),
}


@pytest.mark.parametrize(("start", "more", "statuses"), ENDLESS.values(), ids=ENDLESS)
def test_request_that_does_not_end_is_cut_off(
    exchange: Exchange, start: bytes, more: bytes, statuses: list[int]
) -> None:
    """No client can make the sandbox read for ever: the connection ends, whatever is answered."""
    received = exchange(start, *[more] * 1000)

    assert len(more) * 1000 >= 60_000_000
    assert (set(received.statuses) <= set(statuses), received.seconds < 2 * SECONDS) == (True, True)


def test_what_comes_after_a_body_is_not_kept(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A header there is none: it changes nothing, and takes no memory."""
    kept = []
    monkeypatch.setattr(
        Protocol,
        "on_message_complete",
        lambda self: kept.append(len(self.headers)) or super(Protocol, self).on_message_complete(),
    )
    trailers = b"Authorization: Bearer unknown\r\n" + b"X: a\r\n" * 1000
    body = b"\r\n%x\r\n%b\r\n0\r\n%b\r\n" % (len(SAVE), SAVE, trailers)
    received = exchange(PATCH + CLOSE + CHUNKED + body)

    assert (received.statuses, kept) == ([200], [5])


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (GET + HEADERS + b"\r\n", [200]),
        (PATCH + HEADERS + LENGTH + b"\r\n" + SAVE, [200]),
        ((GET + HEADERS + b"\r\n") * 3, [200] * 3),
        (b"", []),
        (GET + b"Hos", []),
        (PATCH + HEADERS + LENGTH + b"\r\n" + SAVE[:-1], []),
    ],
    ids=["request", "request with a body", "three", "nothing", "half a head", "half a body"],
)
def test_half_closed_connection_is_answered_or_closed(
    exchange: Exchange, sent: bytes, statuses: list[int]
) -> None:
    """Who says that no more will come gets what is due, and then the end."""
    received = exchange(sent, half_closed=True)

    assert (received.statuses, received.seconds < SECONDS) == (statuses, True)


def test_half_a_document_changes_nothing(exchange: Exchange, store: Store) -> None:
    """What was not all said was not said, even where it would do as it is."""
    before = store.dump()
    length = b"Content-Length: %d\r\n" % (len(SAVE) + 1)
    exchange(PATCH + HEADERS + length + b"\r\n" + SAVE, half_closed=True)

    assert store.dump() == before


STALLED = [
    b"",
    b"GET /api",
    GET + b"X: ",
    PATCH + HEADERS + LENGTH + b"\r\n",
    PATCH + HEADERS + LENGTH + b"\r\n" + SAVE[:-1],
    PATCH + HEADERS + CHUNKED + b"\r\n5\r\nab",
]


def test_stalled_clients_block_nobody(server: Server, exchange: Exchange) -> None:
    """However many send half of something and wait, the next request is answered at once."""
    stalled = [_connect(server) for _ in range(60)]
    for number, client in enumerate(stalled):
        client.sendall(STALLED[number % len(STALLED)])
    received = exchange(GET + CLOSE + b"\r\n")
    for client in stalled:
        client.close()

    assert (received.statuses, received.seconds < SECONDS) == ([200], True)


def test_client_that_does_not_read_blocks_nobody(server: Server, exchange: Exchange) -> None:
    """Answers that are not fetched wait; others' do not wait for them."""
    with _connect(server) as deaf:
        deaf.setblocking(False)
        sent = 0
        for _ in range(200):
            try:
                sent += deaf.send((GET + HEADERS + b"\r\n") * 100)
            except BlockingIOError:
                break
        received = exchange(GET + CLOSE + b"\r\n")

    assert (received.statuses, received.seconds < 2 * SECONDS, sent < 4_000_000) == (
        [200],
        True,
        True,
    )


def test_body_is_asked_for_where_the_client_waits_to_be_asked(server: Server) -> None:
    """``Expect: 100-continue``, as curl sends it with a large document."""
    with _connect(server) as client:
        client.sendall(PATCH + CLOSE + b"Expect: 100-continue\r\n" + LENGTH + b"\r\n")
        asked = client.recv(65536)
        client.sendall(SAVE)
        answer = client.recv(65536)

    assert (asked, answer[:15]) == (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK")


def test_body_is_not_asked_for_where_it_would_be_too_large(exchange: Exchange) -> None:
    """The refusal comes instead, and the connection ends: no body is sent (413)."""
    received = exchange(
        PATCH + HEADERS + b"Expect: 100-continue\r\nContent-Length: 1000001\r\n\r\n"
    )

    assert (received.statuses, received.codes) == ([413], ["CONTENT_TOO_LARGE"])


def test_connection_goes_on_after_a_body_that_was_too_large(exchange: Exchange) -> None:
    """The body is thrown away, and the next request is answered."""
    received = exchange(
        PATCH + HEADERS + b"Content-Length: 3000000\r\n\r\n",
        b"x" * 3_000_000,
        GET + CLOSE + b"\r\n",
    )

    assert received.statuses == [413, 200]


def test_connection_is_kept_unless_it_is_asked_to_close(server: Server) -> None:
    """As HTTP/1.1 has it; an answer to HTTP/1.0 is the last one."""
    with _connect(server) as client:
        for _ in range(3):
            client.sendall(GET + HEADERS + b"\r\n")
            answer = b""
            while b'"organization_id"' not in answer:
                answer += client.recv(65536)

    assert b"connection: close" not in answer


def test_links_lead_back_where_no_host_is_named(server: Server, exchange: Exchange) -> None:
    """An old client that does not name the host can follow a link all the same."""
    received = exchange(
        b"GET %b HTTP/1.0\r\nAuthorization: Bearer your-access-token\r\n\r\n" % ORDER
    )
    document = json.loads(received.content.partition(b"\r\n\r\n")[2])

    assert document["data"]["links"]["self"] == f"{server.base_url}{ORDER.decode()}"


@pytest.mark.parametrize("target", [ORDER, b"/", b"/unknown"])
def test_head_is_answered_without_a_body(exchange: Exchange, target: bytes) -> None:
    """The same headers as for GET, and nothing after them."""
    heads = []
    for method in (b"GET", b"HEAD"):
        received = exchange(method + b" " + target + b" HTTP/1.1\r\n" + CLOSE + b"\r\n")
        head, _, body = received.content.partition(b"\r\n\r\n")
        heads.append(re.sub(rb"date: [^\r]*", b"", head))

    assert (heads[0] == heads[1], body) == (True, b"")


def test_answer_without_content_has_no_length(exchange: Exchange) -> None:
    """204 has neither a body nor a word about one."""
    received = exchange(b"OPTIONS /api/orders HTTP/1.1\r\n" + CLOSE + b"\r\n")

    assert (received.statuses, b"content-" in received.content.lower()) == ([204], False)
