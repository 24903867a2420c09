"""The proxy that spoils what passes: each kind of fault does what its table says."""

from __future__ import annotations

import re
import select
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from helpers.sandbox.scenarios import open_store
from helpers.sandbox.server import Server
from tests.fault_kinds import ANOTHER_ORDER_ID, KINDS
from tests.fault_proxy import FaultProxy, Level, Moment, Plan

TIMEOUT_SECONDS = 0.02
QUIET_SECONDS = 0.01
DEADLINE_SECONDS = 10.0
ENOUGH = 2_000_000
ORDER = "qaMAhZkZvd"
# With a body, so that there is something to repeat.
REQUEST = (
    f"GET /api/orders/{ORDER} HTTP/1.1\r\nHost: here\r\nAccept: application/vnd.api+json\r\n"
    "Authorization: Bearer your-access-token\r\nContent-Length: 8\r\n\r\nthe body"
).encode()
LINE = f"GET /api/orders/{ORDER}"

# How an answer ends: the connection stays open, or is closed, or reset, or more comes than anybody
# wants; or there was none.
OPEN, CLOSED, RESET, ENDLESS, REFUSED = "open", "closed", "reset", "endless", "refused"

# What a client sees: a pattern for the whole of what comes, and how that can end.
GOOD = rb'HTTP/1\.1 200 OK\r\n.*\r\n\r\n\{.*"qaMAhZkZvd".*\}\Z'
SEEN: dict[str, tuple[bytes, set[str]]] = {
    "refused": (rb"\Z", {REFUSED}),
    "accepted_and_never_read": (rb"\Z", {OPEN}),
    "never_answered": (rb"\Z", {OPEN}),
    "reset_at_once": (rb"\Z", {RESET}),
    "reset_before_forwarding": (rb"\Z", {RESET}),
    "reset_after_acting": (rb"\Z", {RESET}),
    "gone_without_an_answer": (rb"\Z", {RESET}),
    "closed_without_an_answer": (rb"\Z", {CLOSED}),
    "closed_in_the_status_line": (rb"(?!.*\r)H", {CLOSED}),
    "closed_in_the_headers": (rb"HTTP/1\.1 200 OK\r\n(?!.*\r\n\r\n)", {CLOSED}),
    "closed_in_the_body": (rb"HTTP/1\.1 200 OK\r\n.*\r\n\r\n(\{(?!.*\}\}$))?", {CLOSED}),
    "reset_in_the_body": (rb"HTTP/1\.1 200 OK\r\n.*\r\n\r\n\{", {RESET}),
    "silent_in_the_body": (rb"HTTP/1\.1 200 OK\r\n.*\r\n\r\n\{?", {OPEN}),
    "chunked_body_cut": (rb".*: chunked\r\n\r\n(?!.*0\r\n\r\n\Z)", {CLOSED}),
    "chunk_sizes_garbled": (rb".*: chunked\r\n\r\n(-1|zz|f{40}|0x10|10 10)?\r\n\{", {CLOSED}),
    "content_length_too_large": (GOOD, {CLOSED, OPEN}),
    "content_length_too_small": (GOOD, {CLOSED, OPEN}),
    "content_length_garbled": (GOOD, {CLOSED, OPEN}),
    "endless_headers": (rb"HTTP/1\.1 200 OK\r\n(X-Filler: and one more\r\n){1000}", {ENDLESS}),
    "endless_header": (rb"HTTP/1\.1 200 OK\r\nX-Filler: (and more ){1000}", {ENDLESS}),
    "endless_body": (rb"HTTP/1\.1 200 OK\r\n.* {100}", {ENDLESS}),
    "informational_flood": (rb"(HTTP/1\.1 103 Early Hints\r\n\r\n){2}", {ENDLESS, OPEN}),
    "body_dripped": (GOOD, {OPEN}),
    "body_dripped_too_slowly": (rb"HTTP/1\.1 200 OK\r\n.*\r\n\r\n\{.{,40}\Z", {OPEN}),
    "headers_dripped_too_slowly": (rb"HTTP/1\.1 200 OK\r\nX.{,40}\Z", {OPEN}),
    "slow_first_byte": (GOOD, {OPEN}),
    "first_byte_too_slow": (GOOD, {CLOSED}),
    "malformed_json": (rb"HTTP/1\.1 200 OK\r\nContent-Type: application/vnd\.api\+json", {OPEN}),
    "invalid_utf_8": (rb"HTTP/1\.1 200 OK\r\n.*\r\n\r\n.*[\x80-\xff]", {OPEN}),
    "json_null": (rb"HTTP/1\.1 200 OK\r\n.*\r\n\r\nnull\Z", {OPEN}),
    "json_list": (rb"HTTP/1\.1 200 OK\r\n.*\r\n\r\n\[.*\]\Z", {OPEN}),
    "json_scalar": (rb"HTTP/1\.1 200 OK\r\n.*\r\n\r\n[^\[{]+\Z", {OPEN}),
    "json_too_deep": (rb'HTTP/1\.1 200 OK\r\n.*\r\n\r\n(\[|\{"data":){500}', {OPEN}),
    "data_of_another_shape": (rb'HTTP/1\.1 200 OK\r\n.*\r\n\r\n\{"data": ', {OPEN}),
    "errors_with_200": (rb'HTTP/1\.1 200 OK\r\n.*\r\n\r\n\{"errors": ', {OPEN}),
    "another_order": (rb"HTTP/1\.1 200 OK\r\n.*" + ANOTHER_ORDER_ID.encode(), {OPEN}),
    "another_type": (rb'HTTP/1\.1 200 OK\r\n.*"customers"', {OPEN}),
    "html_200": (rb"HTTP/1\.1 200 OK\r\nContent-Type: text/html.*Wi-Fi", {OPEN}),
    "wrong_media_type": (rb"(?!.*json\r\n)HTTP/1\.1 200 OK\r\n.*Content-Type: .*qaMA", {OPEN}),
    "no_content": (rb"HTTP/1\.1 204 No Content\r\n\r\n\Z", {OPEN}),
    "empty_200": (rb"HTTP/1\.1 200 OK\r\n.*Content-Length: 0\r\n\r\n\Z", {OPEN}),
    "broken_compression": (rb"HTTP/1\.1 200 OK\r\n.*Content-Encoding: (gzip|deflate)", {OPEN}),
    "gzip_bomb": (rb"HTTP/1\.1 200 OK\r\n.*Content-Encoding: gzip", {OPEN}),
    "gateway_502": (rb"HTTP/1\.1 502 .*text/html", {OPEN}),
    "gateway_503": (rb"HTTP/1\.1 503 .*text/html", {OPEN}),
    "gateway_504": (rb"HTTP/1\.1 504 .*text/html", {OPEN}),
    "failure_500": (rb'HTTP/1\.1 500 .*"errors"', {OPEN}),
    "invalid_access_token": (rb"HTTP/1\.1 401 .*INVALID_TOKEN", {OPEN}),
    "odd_error_objects": (rb'HTTP/1\.1 422 .*"errors"', {OPEN}),
    "odd_status": (rb"HTTP/1\.1 \d{3} Odd\r\n", {OPEN}),
    "rate_limited": (rb"(?!.*Retry)HTTP/1\.1 429 .*X-Ratelimit-Interval: 60\r\n", {OPEN}),
    "rate_limited_for_a_moment": (rb"HTTP/1\.1 429 .*Retry-After: 0\r\n", {OPEN}),
    "rate_limited_until_a_date": (rb"HTTP/1\.1 429 .*Retry-After: \w{3}, .* GMT\r\n", {OPEN}),
    "rate_limited_for_nonsense": (rb"HTTP/1\.1 429 .*(Retry-After|X-Ratelimit-\w+): ", {OPEN}),
    "rate_limited_for_long": (rb"HTTP/1\.1 429 .*Retry-After: [\w, :]{4,}\r\n", {OPEN}),
    "redirect_301": (rb"HTTP/1\.1 301 .*Location: [^\r]*127\.0\.0\.1", {OPEN}),
    "redirect_302": (rb"HTTP/1\.1 302 .*Location: [^\r]*127\.0\.0\.1", {OPEN}),
    "redirect_307": (rb"HTTP/1\.1 307 .*Location: [^\r]*127\.0\.0\.1", {OPEN}),
    "redirect_308": (rb"HTTP/1\.1 308 .*Location: [^\r]*127\.0\.0\.1", {OPEN}),
    "garbage": (rb"(?!HTTP/1)", {CLOSED}),
    "http_0_9": (rb"\{.*\}\Z", {CLOSED}),
    "broken_headers": (rb"HTTP/1\.1 200 OK\r\n.*qaMAhZkZvd", {CLOSED}),
    "continue_first": (rb"(HTTP/1\.1 100 Continue\r\n\r\n)+HTTP/1\.1 200 OK", {OPEN}),
    "switching_protocols": (rb"HTTP/1\.1 101 Switching Protocols\r\n.*something else\Z", {OPEN}),
    "answer_sent_twice": (rb"(HTTP/1\.1 200 OK\r\n.*){2}", {OPEN}),
    "answer_sent_again_later": (GOOD, {OPEN}),
    "answer_and_a_half": (rb"HTTP/1\.1 200 OK\r\n.*\}\}H", {OPEN}),
    "delivered_twice": (GOOD, {OPEN}),
    "echo_in_an_error_object": (rb'HTTP/1\.1 [45]\d\d .*"errors".*your-access-token', {OPEN}),
    "echo_of_the_body": (rb'HTTP/1\.1 [45]\d\d .*"errors".*the body', {OPEN}),
    "echo_in_html": (rb"HTTP/1\.1 \d{3} .*text/html.*Bearer your-access-token", {OPEN}),
    "echo_in_the_status_line": (rb"HTTP/1\.1 \d{3} [^\r]*your-access-token\r\n", {OPEN}),
    "echo_in_a_good_status_line": (rb"HTTP/1\.1 200 [^\r]*your-access-token\r\n", {OPEN}),
    "echo_in_the_headers": (rb"HTTP/1\.1 \d{3} [^\r]*\r\n.*: [^\r]*your-access-token", {OPEN}),
    "echo_in_garbage": (rb".*your-access-token", {CLOSED}),
    "stale_connection": (rb"\Z", {CLOSED, RESET}),
    "another_each_time": (rb"", {OPEN, CLOSED, RESET, ENDLESS}),
}


@dataclass(frozen=True)
class Seen:
    """What a client saw: all that came, and how it ended."""

    data: bytes
    end: str


class Client:
    """A connection to the proxy, without any HTTP of its own."""

    def __init__(self, proxy: FaultProxy) -> None:
        address = urlsplit(proxy.base_url)
        self._socket = socket.create_connection(
            (address.hostname, address.port), timeout=DEADLINE_SECONDS
        )

    def ask(self, pattern: bytes, *, stays_open: bool) -> Seen:
        """Send the request, and read what comes to its end.

        Where the connection may stay open, that is when the pattern is met and nothing follows.
        """
        data = b""
        deadline = time.monotonic() + DEADLINE_SECONDS
        try:
            self._socket.sendall(REQUEST)
            while len(data) < ENOUGH and (left := deadline - time.monotonic()) > 0:
                if stays_open and re.match(pattern, data, re.DOTALL):
                    left = QUIET_SECONDS if data else 5 * QUIET_SECONDS
                    deadline = min(deadline, time.monotonic() + 5 * QUIET_SECONDS)
                if not select.select([self._socket], [], [], left)[0]:
                    return Seen(data, OPEN)
                came = self._socket.recv(65_536)
                if not came:
                    return Seen(data, CLOSED)
                data += came
        except ConnectionError:
            return Seen(data, RESET)
        return Seen(data, ENDLESS if len(data) >= ENOUGH else OPEN)

    def close(self) -> None:
        """Close it."""
        self._socket.close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Server]:
    """Serve one world to all; nothing in it is changed."""
    server = Server(open_store()).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def proxy(sandbox: Server) -> Iterator[FaultProxy]:
    """Stand before it."""
    with FaultProxy(sandbox.base_url, timeout_seconds=TIMEOUT_SECONDS) as proxy:
        yield proxy


def see(proxy: FaultProxy, plan: Plan | None, pattern: bytes, ends: set[str]) -> Seen:
    """Ask once by a plan, and upon a connection that was used before where the kind hits those."""
    used_before = plan is not None and plan.kind.level is Level.NEXT_REQUEST
    proxy.arm(plan)
    try:
        client = Client(proxy)
    except ConnectionRefusedError:
        return Seen(b"", REFUSED)
    except ConnectionResetError:
        return Seen(b"", RESET)
    try:
        if used_before:
            assert client.ask(GOOD, stays_open=True).end == OPEN
        return client.ask(pattern, stays_open=OPEN in ends)
    finally:
        client.close()


EACH = [
    pytest.param(name, moment, id=f"{name}-{moment.name.lower()}")
    for name, kind in KINDS.items()
    for moment in kind.moments
]


@pytest.mark.parametrize(("name", "moment"), EACH)
@pytest.mark.parametrize("seed", range(2))
def test_fault_is_what_its_table_says(
    proxy: FaultProxy, name: str, moment: Moment, seed: int
) -> None:
    """The client sees the fault, and the sandbox has acted before it, or never."""
    pattern, ends = SEEN[name]
    seen = see(proxy, Plan(KINDS[name], moment=moment, seed=seed), pattern, ends)
    journal = proxy.settle()

    acted = len(journal.acted) - (KINDS[name].level is Level.NEXT_REQUEST)
    assert re.match(pattern, seen.data, re.DOTALL), seen.data[:300]
    assert seen.end in ends
    assert acted == {Moment.BEFORE: 0, Moment.AFTER: 1 + (name == "delivered_twice")}[moment]
    assert (journal.hits, journal.elsewhere) == (1, [])


def test_every_kind_is_looked_at() -> None:
    """No kind is without its line here, and there are at least thirty."""
    assert set(SEEN) == set(KINDS)
    assert len(KINDS) >= 30


def test_kind_says_what_it_does(subtests: pytest.Subtests) -> None:
    """The table holds a sentence for each kind."""
    assert KINDS
    for name in KINDS:
        with subtests.test(name):
            assert re.fullmatch(r"[A-Z].{10,}\.", KINDS[name].what, re.DOTALL)


def test_nothing_is_spoiled_without_a_plan(proxy: FaultProxy) -> None:
    """What the sandbox answers arrives unchanged, on a connection that is kept."""
    proxy.arm(None)
    client = Client(proxy)
    answers = [client.ask(GOOD, stays_open=True) for _ in range(2)]
    client.close()
    journal = proxy.settle()

    assert answers[0] == answers[1]
    assert re.match(GOOD, answers[0].data, re.DOTALL)
    assert (journal.connections, journal.acted, journal.hits) == (1, [LINE, LINE], 0)


@pytest.mark.parametrize(
    ("hits", "answered"),
    [
        (frozenset({0}), [False, True, True, True]),
        (frozenset({1, 3}), [True, False, True, False]),
        (None, [False, False, False, False]),
    ],
    ids=["one", "several", "all"],
)
def test_plan_says_which_requests_are_hit(
    proxy: FaultProxy, hits: frozenset[int] | None, answered: list[bool]
) -> None:
    """One of the next requests is spoiled, or several, or all."""
    proxy.arm(Plan(KINDS["closed_without_an_answer"], hits=hits))
    seen = []
    for expected in answered:
        client = Client(proxy)
        seen.append(bool(client.ask(GOOD, stays_open=expected).data))
        client.close()
    journal = proxy.settle()

    assert seen == answered
    assert (len(journal.received), len(journal.acted)) == (4, sum(answered))


@pytest.mark.parametrize("name", ["garbage", "broken_compression", "odd_status"])
def test_seed_decides(proxy: FaultProxy, name: str) -> None:
    """The same seed spoils in the same way, and another in another."""
    pattern, ends = SEEN[name]
    seen = [
        see(proxy, Plan(KINDS[name], seed=seed), pattern, ends) for seed in (*range(9), *range(9))
    ]
    proxy.settle()

    assert seen[:9] == seen[9:]
    assert len(set(seen[:9])) > 1


def test_nobody_listens_for_a_while(proxy: FaultProxy) -> None:
    """A port that refuses connections can be reached again, the same port."""
    proxy.arm(Plan(KINDS["refused"], refused_seconds=0.05))
    with pytest.raises(ConnectionRefusedError):
        Client(proxy)
    deadline = time.monotonic() + DEADLINE_SECONDS
    client = None
    while client is None and time.monotonic() < deadline:
        try:
            client = Client(proxy)
        except ConnectionRefusedError:
            time.sleep(0.005)
    assert client is not None
    answer = client.ask(GOOD, stays_open=True)
    client.close()
    proxy.settle()

    assert re.match(GOOD, answer.data, re.DOTALL)


def test_nobody_listens_any_more(proxy: FaultProxy) -> None:
    """A place that goes away with the answer is not there for the next connection."""
    proxy.arm(Plan(KINDS["gone_without_an_answer"], moment=Moment.AFTER))
    client = Client(proxy)
    seen = client.ask(rb"\Z", stays_open=False)
    client.close()
    with pytest.raises(ConnectionRefusedError):
        Client(proxy)
    journal = proxy.settle()
    Client(proxy).close()

    assert (seen, journal.acted) == (Seen(b"", RESET), [LINE])


def test_open_connection_is_closed_when_nobody_listens(proxy: FaultProxy) -> None:
    """A place that is gone does not go on to answer those who came before."""
    proxy.arm(None)
    client = Client(proxy)
    client.ask(GOOD, stays_open=True)
    proxy.arm(Plan(KINDS["refused"]))
    seen = client.ask(rb"\Z", stays_open=False)
    client.close()
    proxy.settle()

    assert (seen.data, seen.end in {CLOSED, RESET}) == (b"", True)


def test_place_that_redirects_lead_to_writes_down_what_arrives(proxy: FaultProxy) -> None:
    """Who follows a redirect is found out."""
    proxy.arm(None)
    address = urlsplit(proxy.elsewhere_url)
    with socket.create_connection((address.hostname, address.port)) as follower:
        follower.sendall(REQUEST)
        follower.shutdown(socket.SHUT_WR)
        assert follower.recv(1) == b""
    journal = proxy.settle()

    assert (journal.elsewhere, journal.received) == ([REQUEST], [])


def test_sandbox_is_waited_for(sandbox: Server) -> None:
    """A client that goes away before the answer does not end what the sandbox was asked to do."""
    with FaultProxy(sandbox.base_url, timeout_seconds=TIMEOUT_SECONDS) as proxy:
        for _ in range(20):
            client = Client(proxy)
            client._socket.sendall(REQUEST)
            client.close()
            journal = proxy.settle()

            assert len(journal.received) == len(journal.acted)


@pytest.mark.parametrize("size", [0, 10, REQUEST.index(b"\r\n\r\n") + 4, len(REQUEST) - 1])
def test_client_may_go_away_before_its_request_is_whole(sandbox: Server, size: int) -> None:
    """Half a request is none, and no failure: the client was out of time."""
    with FaultProxy(sandbox.base_url, timeout_seconds=TIMEOUT_SECONDS) as proxy:
        client = Client(proxy)
        client._socket.sendall(REQUEST[:size])
        client._socket.shutdown(socket.SHUT_WR)
        assert client._socket.recv(1) == b""
        client.close()
        journal = proxy.settle()

    assert (journal.connections, journal.received, journal.acted) == (1, [], [])


def test_answer_of_the_request_before_is_upon_the_next(proxy: FaultProxy) -> None:
    """What is sent twice arrives as two answers where only one was asked for."""
    for name in ("answer_sent_again_later", "answer_and_a_half"):
        proxy.arm(Plan(KINDS[name], moment=Moment.AFTER))
        client = Client(proxy)
        seen = [client.ask(SEEN[name][0], stays_open=True)]
        seen.append(client.ask(rb".*(HTTP/1\.1 200 OK.*|\}\}HTTP.*)\}\}\Z", stays_open=True))
        client.close()
        proxy.settle()

        assert b"".join(each.data for each in seen).count(b"HTTP/1.1 200 OK\r\n") == 3


def test_failure_of_the_sandbox_is_told() -> None:
    """A sandbox that does not answer is no fault of the plan's: it is raised at the end."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        proxy = FaultProxy(base_url, timeout_seconds=TIMEOUT_SECONDS).start()
        client = Client(proxy)
        assert client.ask(rb"\Z", stays_open=False).data == b""
        client.close()
        with pytest.raises(ConnectionRefusedError):
            proxy.stop()


def test_nothing_is_left_behind(sandbox: Server) -> None:
    """After it stopped, its ports are closed and its thread has ended, whatever hung."""
    proxy = FaultProxy(sandbox.base_url, timeout_seconds=TIMEOUT_SECONDS).start()
    proxy.arm(Plan(KINDS["never_answered"], hits=None))
    hanging = [Client(proxy) for _ in range(3)]
    for client in hanging:
        assert client.ask(rb"\Z", stays_open=True) == Seen(b"", OPEN)
    proxy.stop()
    for client in hanging:
        client.close()

    assert "fault-proxy" not in [
        thread.name for thread in threading.enumerate() if thread is proxy._thread
    ]
    for base_url in (proxy.base_url, proxy.elsewhere_url):
        address = urlsplit(base_url)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address.hostname, address.port), timeout=DEADLINE_SECONDS)


def test_proxy_that_was_never_started_can_be_stopped(sandbox: Server) -> None:
    """Its ports are free again."""
    proxy = FaultProxy(sandbox.base_url, timeout_seconds=TIMEOUT_SECONDS)
    proxy.stop()

    with pytest.raises(ConnectionRefusedError):
        Client(proxy)
