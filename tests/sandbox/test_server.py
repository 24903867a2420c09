"""The sandbox on a loopback socket."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from urllib.parse import urlsplit

import pytest

from helpers.sandbox.scenarios import open_store
from helpers.sandbox.server import Server, ServerError
from helpers.sandbox.store import Store

ORDER = "/api/orders/qaMAhZkZvd"
HEADERS = {
    "Accept": "application/vnd.api+json",
    "Authorization": "Bearer your-access-token",
    "Content-Type": "application/vnd.api+json",
}
SAVE = json.dumps(
    {
        "data": {
            "type": "orders",
            "id": "qaMAhZkZvd",
            "attributes": {"_save_payment_source_to_customer_wallet": True},
        }
    }
)


class Connection(http.client.HTTPConnection):
    """A connection that is kept, and an answer decoded."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        super().__init__(address.hostname or "", address.port, timeout=10)
        self.access_token = "your-access-token"

    def ask(self, method: str, target: str, body: str | None = None) -> tuple[int, dict]:
        """Send a request, and read all of the answer."""
        bearer = {"Authorization": f"Bearer {self.access_token}"}
        self.request(method, target, body, HEADERS | bearer)
        answer = self.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else {}


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    """Open a connection to the served world."""
    connection = Connection(server.base_url)
    yield connection
    connection.close()


@pytest.fixture
def broken(store: Store) -> Iterator[Server]:
    """Serve a world with linkage that leads nowhere, so that the core fails at it."""
    for name in ("first", "second"):
        linkage = {
            "customer": ("customers", "jENxlDKaVB"),
            "payment_source": ("klarna_payments", "ertHJlpPTR"),
            "market": ("markets", f"the {name}"),
        }
        store.add("orders", name, attributes={"status": "pending"}, linkage=linkage)
    server = Server(store).start()
    yield server
    with suppress(ServerError):
        server.stop()


def _fail(server: Server, name: str) -> tuple[int, dict]:
    connection = Connection(server.base_url)
    connection.access_token = "your-integration-access-token"
    try:
        body = SAVE.replace("qaMAhZkZvd", name)
        return connection.ask("PATCH", f"/api/orders/{name}?include=market", body)
    finally:
        connection.close()


def _can_connect(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def _can_bind(host: str) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as bound:
            bound.bind((host, 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        pytest.param(
            "::1", marks=pytest.mark.skipif(not _can_bind("::1"), reason="there is no IPv6 here")
        ),
    ],
)
def test_server_answers_at_its_base_url(store: Store, host: str) -> None:
    """A request can be sent as soon as it has started, and links lead back to it."""
    server = Server(store, host=host).start()
    base_url = server.base_url
    connection = Connection(base_url)
    status, document = connection.ask("GET", ORDER)
    connection.close()
    server.stop()

    assert (status, document["data"]["links"]["self"]) == (200, f"{base_url}{ORDER}")


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "", "192.0.2.1", "2001:db8::1", "example.com", "localhost.", "127.1"]
)
def test_server_is_refused_off_the_loopback_interface(store: Store, host: str) -> None:
    """The sandbox answers this machine only, and looks no name up."""
    with pytest.raises(ServerError) as caught:
        Server(store, host=host)
    assert str(caught.value) == (
        "Expected the host to be on the loopback interface, such as 127.0.0.1, got "
        f"{host}: the sandbox answers this machine only."
    )


@pytest.mark.parametrize(
    ("host", "base_url"),
    [
        ("0.0.0.0", "http://127.0.0.1:"),
        pytest.param(
            "::",
            "http://[::1]:",
            marks=pytest.mark.skipif(not _can_bind("::"), reason="there is no IPv6 here"),
        ),
    ],
)
def test_server_listens_anywhere_when_it_is_told_to(store: Store, host: str, base_url: str) -> None:
    """Every address is one that this machine can be asked at, too."""
    server = Server(store, host=host, anywhere=True).start()
    connection = Connection(server.base_url)
    status, _ = connection.ask("GET", ORDER)
    connection.close()
    server.stop()

    assert (server.base_url[: len(base_url)], status) == (base_url, 200)


@pytest.mark.parametrize("host", ["", "example.com", "localhost.", "127.1"])
def test_server_looks_no_name_up_even_if_it_may_listen_anywhere(store: Store, host: str) -> None:
    """An address is an address."""
    with pytest.raises(ServerError) as caught:
        Server(store, host=host, anywhere=True)
    assert str(caught.value) == (
        "Expected the host to be an IP address, such as 127.0.0.1 or 0.0.0.0, got "
        f"{host}: the sandbox looks no name up."
    )


def test_server_listens_on_the_loopback_interface_by_default(server: Server) -> None:
    """Nobody else can reach it."""
    assert urlsplit(server.base_url).hostname == "127.0.0.1"


@pytest.mark.parametrize("started", [True, False], ids=["started", "not started"])
def test_server_is_refused_when_the_port_is_taken(store: Store, started: bool) -> None:
    """The port is had from the constructor on, and whoever comes second is told right there."""
    first, other_store = Server(store), open_store()
    if started:
        first.start()
    port = urlsplit(first.base_url).port
    try:
        with pytest.raises(ServerError) as caught:
            Server(other_store, port=port or 0)
    finally:
        first.stop()
        other_store.close()
    assert str(caught.value) == (
        f"Expected port {port} of 127.0.0.1 to be free, but another program listens there: "
        "choose another, or 0 for any that is free."
    )


@pytest.mark.parametrize("port", [-1, 65536, 10**30])
def test_server_is_refused_when_there_is_no_such_port(store: Store, port: int) -> None:
    """The sentence names the ports there are."""
    with pytest.raises(ServerError) as caught:
        Server(store, port=port)
    assert str(caught.value) == f"Expected a port from 0 to 65535, got {port}."


def test_port_can_be_had_again_when_the_server_has_stopped(store: Store) -> None:
    """Whoever stops a sandbox can start the next one there, even with a client still connected."""
    first = Server(store).start()
    base_url = first.base_url
    connection = Connection(base_url)
    connection.ask("GET", ORDER)
    first.stop()
    second = Server(open_store(), port=urlsplit(base_url).port or 0).start()
    found = second.base_url
    second.stop()
    connection.close()

    assert found == base_url


def test_server_says_so_when_it_cannot_start(store: Store) -> None:
    """Whatever keeps it from answering is the cause, and nobody waits for ever."""
    server = Server(store)
    server._socket.close()
    start = time.perf_counter()

    with pytest.raises(ServerError, match=r"^The sandbox did not start to answer\.$") as caught:
        server.start()
    assert isinstance(caught.value.__cause__, (OSError, ValueError, SystemExit))
    assert time.perf_counter() - start < 5
    with pytest.raises(ServerError):
        server.stop()


def test_servers_stand_side_by_side(server: Server, connection: Connection) -> None:
    """What is saved in one sandbox is not in another."""
    other = Server(open_store()).start()
    connection.ask("PATCH", ORDER, SAVE)
    other_connection = Connection(other.base_url)
    counts = [
        each.ask("GET", "/api/customer_payment_sources")[1]["meta"]["record_count"]
        for each in (connection, other_connection)
    ]
    other_connection.close()
    other.stop()

    assert counts == [1, 0]


def test_failure_is_answered_in_the_shape_of_the_api(broken: Server) -> None:
    """Even where the sandbox itself is at fault, a client can read the answer (500)."""
    answer = _fail(broken, "first")

    assert answer == (
        500,
        {
            "errors": [
                {
                    "title": "Internal Server Error",
                    "detail": "The sandbox failed at this request: "
                    "LookupError: markets/the first is linked to, but not stored",
                    "code": "INTERNAL_SERVER_ERROR",
                    "status": "500",
                }
            ]
        },
    )


def test_failure_is_raised_when_the_server_stops(broken: Server) -> None:
    """The first failure is the cause, and no later one hides it."""
    _fail(broken, "first")
    _fail(broken, "second")

    with pytest.raises(ServerError, match="failed at a request: LookupError") as caught:
        broken.stop()
    assert repr(caught.value.__cause__) == repr(
        LookupError("markets/the first is linked to, but not stored")
    )


def test_failure_can_be_read_by_a_browser(broken: Server) -> None:
    """A storefront's developer sees the refusal, not a riddle about origins."""
    connection = Connection(broken.base_url)
    headers = {**HEADERS, "Authorization": "Bearer your-integration-access-token"}
    connection.request("GET", "/api/orders/first?include=market", headers=headers)
    answer = connection.getresponse()
    connection.close()

    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (500, "*")


def test_failure_does_not_keep_the_server_from_answering(broken: Server) -> None:
    """The next request is answered as ever."""
    _fail(broken, "first")
    connection = Connection(broken.base_url)
    status, _ = connection.ask("GET", ORDER)
    connection.close()

    assert status == 200


def test_failure_leaves_the_store_as_it_was(broken: Server, store: Store) -> None:
    """A request that fails half-way, here after saving, changes nothing."""
    before = store.dump()
    status, _ = _fail(broken, "first")

    assert (status, store.dump()) == (500, before)


TOO_LARGE = {
    "title": "Content too large",
    "detail": "Expected a body of at most 1,000,000 bytes.",
    "code": "CONTENT_TOO_LARGE",
    "status": "413",
}


def test_body_is_read_when_it_is_just_not_too_large(connection: Connection) -> None:
    """A million bytes are read, and found to be no document."""
    status, document = connection.ask("PATCH", ORDER, "x" * 1_000_000)

    assert (status, document["errors"][0]["code"]) == (400, "INVALID_DATA_FORMAT")


def test_body_is_refused_when_it_is_too_large(connection: Connection) -> None:
    """One byte more than a million is not even looked at (413)."""
    answer = connection.ask("PATCH", ORDER, "x" * 1_000_001)

    assert answer == (413, {"errors": [TOO_LARGE]})


def test_body_is_refused_before_it_ends(connection: Connection) -> None:
    """Nobody reads for ever: the answer comes while the client still has more to send."""
    connection.putrequest("PATCH", ORDER)
    for name, value in {**HEADERS, "Transfer-Encoding": "chunked"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    for _ in range(11):
        connection.send(b"186a0\r\n" + b"x" * 100_000 + b"\r\n")
    answer = connection.getresponse()

    assert (answer.status, json.loads(answer.read())) == (413, {"errors": [TOO_LARGE]})


def test_update_does_nothing_when_the_client_leaves_half_way(
    server: Server, connection: Connection
) -> None:
    """A document is acted on when all of the request has come, not before."""
    leaving = Connection(server.base_url)
    leaving.putrequest("PATCH", ORDER)
    for name, value in {**HEADERS, "Content-Length": str(len(SAVE) + 1)}.items():
        leaving.putheader(name, value)
    leaving.endheaders(SAVE.encode())
    leaving.close()
    wallets = [connection.ask("GET", "/api/customer_payment_sources")[1] for _ in range(5)]

    assert wallets[-1]["data"] == []


def test_head_has_no_body(connection: Connection) -> None:
    """The length is told, the document is not."""
    connection.request("HEAD", ORDER, headers=HEADERS)
    head = connection.getresponse()
    body = head.read()
    _, document = connection.ask("GET", ORDER)

    assert (body, head.headers["Content-Length"]) == (b"", str(len(json.dumps(document))))


def test_wallet_has_one_entry_when_twenty_threads_save_at_once(
    server: Server, connection: Connection
) -> None:
    """However many ask for it at the same time, a payment source is saved once."""
    together = threading.Barrier(20)

    def save(_: int) -> int:
        own = Connection(server.base_url)
        own.connect()
        together.wait(5)
        status, _ = own.ask("PATCH", ORDER, SAVE)
        own.close()
        return status

    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(save, range(20)))

    _, wallet = connection.ask("GET", "/api/customer_payment_sources")
    assert (statuses, [entry["id"] for entry in wallet["data"]]) == ([200] * 20, ["QgDXpwsqDx"])


# Sent at the same time, each by a client of its own, to one and the same order.
UPDATES = [
    {"_save_payment_source_to_customer_wallet": True},
    {"reference": "the reference"},
    {"reference_origin": "the origin"},
    {"metadata": {"who": "the metadata"}},
    {"cart_url": "https://example.com/cart"},
]


def test_no_update_is_lost_when_twenty_clients_send_at_once(
    server: Server, connection: Connection
) -> None:
    """What one client changes, no other changes back; what is created, is created once."""
    together = threading.Barrier(20)

    def send(number: int) -> list[int]:
        own = Connection(server.base_url)
        own.access_token = "your-integration-access-token"
        own.connect()
        together.wait(5)
        statuses = []
        for turn in range(3):
            attributes = UPDATES[(number + turn) % len(UPDATES)]
            data: dict = {"type": "orders", "id": "qaMAhZkZvd", "attributes": attributes}
            statuses.append(own.ask("PATCH", ORDER, json.dumps({"data": data}))[0])
            for email in (f"client{number}.{turn}@example.com", f"everybody{turn}@example.com"):
                data = {"type": "customers", "attributes": {"email": email}}
                statuses.append(own.ask("POST", "/api/customers", json.dumps({"data": data}))[0])
        own.close()
        return statuses

    with ThreadPoolExecutor(20) as threads:
        statuses = [status for some in threads.map(send, range(20)) for status in some]

    connection.access_token = "your-integration-access-token"
    _, order = connection.ask("GET", ORDER)
    _, wallet = connection.ask("GET", f"{ORDER}/available_customer_payment_sources")
    emails, page, pages = [], 0, 1
    while page < pages:
        page += 1
        target = f"/api/customers?page[size]=25&page[number]={page}"
        _, customers = connection.ask("GET", target)
        pages = customers["meta"]["page_count"]
        emails += [each["attributes"]["email"] for each in customers["data"]]

    expected = {name: value for update in UPDATES[1:] for name, value in update.items()}
    found = order["data"]["attributes"]
    assert {name: found[name] for name in expected} == expected
    assert [entry["id"] for entry in wallet["data"]] == ["QgDXpwsqDx"]
    assert {status: statuses.count(status) for status in set(statuses)} == {
        200: 60,
        201: 63,
        422: 57,
    }
    assert (len(emails), len(set(emails))) == (65, 65)


def test_rate_limits_hold_for_each_address(store: Store) -> None:
    """The client is counted by where it comes from, however many connections it opens."""
    server = Server(store, rate_limits=True).start()
    statuses = []
    for _ in range(2):
        connection = Connection(server.base_url)
        statuses += [connection.ask("GET", ORDER)[0] for _ in range(13)]
        connection.close()
    [(client, _)] = server._site._rate_limits._windows  # type: ignore[union-attr]
    server.stop()

    assert (statuses, client) == ([200] * 25 + [429], "127.0.0.1")


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_kept_connection_is_answered_at_once(connection: Connection, method: str) -> None:
    """No answer waits for an acknowledgement, which takes 40 milliseconds each time."""
    body = SAVE if method == "PATCH" else None
    connection.ask(method, ORDER, body)
    start = time.perf_counter()
    for _ in range(20):
        connection.ask(method, ORDER, body)
    seconds = time.perf_counter() - start

    assert seconds < 0.4


def test_stopping_closes_the_port_and_the_store(store: Store) -> None:
    """Nothing is left listening, and the database is let go."""
    server = Server(store).start()
    address = urlsplit(server.base_url)
    before = _can_connect((address.hostname or "", address.port or 0))
    server.stop()

    assert (before, _can_connect((address.hostname or "", address.port or 0))) == (True, False)
    with pytest.raises(sqlite3.ProgrammingError):
        store.dump()


def test_stopping_ends_the_thread(store: Store) -> None:
    """What was started in the background is over when ``stop`` comes back."""
    before = threading.enumerate()
    server = Server(store).start()
    [thread] = set(threading.enumerate()) - set(before)
    server.stop()

    assert (thread.name, thread.is_alive()) == ("sandbox", False)


@pytest.mark.parametrize(
    ("sent", "most"),
    [
        (b"", 1),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 1),
        (b"GET / HTTP/1.1\r\nHost: local", 1),
        (b"PATCH / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n", 3),
    ],
    ids=["no request", "a kept connection", "half a head", "half a request"],
)
def test_stopping_is_quick_whatever_a_client_does(store: Store, sent: bytes, most: int) -> None:
    """A client that keeps its connection does not keep the server."""
    server = Server(store).start()
    address = urlsplit(server.base_url)
    client = socket.create_connection((address.hostname or "", address.port or 0), timeout=5)
    client.sendall(sent)
    start = time.perf_counter()
    server.stop()
    seconds = time.perf_counter() - start
    client.close()

    assert seconds < most


def test_stopping_takes_no_time_when_nobody_waits() -> None:
    """Whoever opens a workbench again waits for the old one to close; uvicorn alone takes 0.2 s."""
    taken = []
    for _ in range(5):
        server = Server(open_store()).start()
        connection = Connection(server.base_url)
        connection.ask("GET", ORDER)
        start = time.perf_counter()
        server.stop()
        taken.append(time.perf_counter() - start)
        connection.close()

    assert min(taken) < 0.05


@pytest.mark.parametrize("clients", [1, 20])
def test_request_that_has_come_is_answered_before_the_server_stops(clients: int) -> None:
    """Whoever sends all of a request before the end waits for an answer, and gets it."""
    statuses = []
    for _ in range(10):
        server = Server(open_store()).start()
        connections = [Connection(server.base_url) for _ in range(clients)]
        for connection in connections:
            connection.request("GET", ORDER, headers=HEADERS)
        server.stop()
        for connection in connections:
            statuses.append(connection.getresponse().status)
            connection.close()

    assert statuses == [200] * len(statuses)


def test_request_that_is_under_way_is_answered_before_the_server_stops(server: Server) -> None:
    """Who has begun to send has a second to come to an end."""
    with closing(Connection(server.base_url)) as connection:
        connection.putrequest("PATCH", ORDER)
        for name, value in (HEADERS | {"Content-Length": str(len(SAVE))}).items():
            connection.putheader(name, value)
        connection.endheaders(SAVE[:20].encode())
        time.sleep(0.1)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        time.sleep(0.2)
        connection.send(SAVE[20:].encode())
        status = connection.getresponse().status
        stopping.join(10)

    assert status == 200


FLOOD = """
import socket, sys
held = []
while True:
    held.append(socket.socket())
    held[-1].setblocking(False)
    try:
        held[-1].connect(("127.0.0.1", int(sys.argv[1])))
    except BlockingIOError:
        pass
    except OSError:
        break
    for each in held[:-200]:
        each.close()
    del held[:-200]
"""


def test_server_stops_while_others_keep_coming(store: Store) -> None:
    """Who comes after the end was told is not waited for."""
    server = Server(store).start()
    port = str(urlsplit(server.base_url).port)
    processes = [subprocess.Popen([sys.executable, "-c", FLOOD, port]) for _ in range(2)]
    try:
        time.sleep(0.5)
        server.stop()
    finally:
        for process in processes:
            process.kill()
            process.wait(10)

    assert not server.is_alive


def test_server_stops_where_no_event_loop_can_stop_listening_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows it takes the time that uvicorn takes."""

    def refuse(self: object, fd: int) -> bool:
        raise NotImplementedError

    server = Server(store).start()
    with closing(Connection(server.base_url)) as connection:
        connection.ask("GET", ORDER)
    monkeypatch.setattr(asyncio.SelectorEventLoop, "remove_reader", refuse)
    server.stop()

    assert not server.is_alive


def test_stopping_is_good_when_it_is_stopped_or_was_never_started(store: Store) -> None:
    """Whoever cleans up need not know how far it came."""
    server = Server(store)
    address = urlsplit(server.base_url)
    server.stop()
    server.stop()

    assert not _can_connect((address.hostname or "", address.port or 0))


def test_server_can_be_stopped_by_its_own_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Garbage is collected in any thread, so the last to let go may be the sandbox's own."""
    server = Server(open_store()).start()
    with monkeypatch.context() as in_its_thread:
        in_its_thread.setattr(threading, "current_thread", lambda: server._thread)
        server.stop()
    server._thread.join(10)

    assert not server.is_alive
