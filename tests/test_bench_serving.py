"""The figures of serving: who asks counts right, who is asked is gone afterwards, peers are alike.

Nothing here says how fast anything is.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any

import pytest

from helpers.sandbox.resources import resource_types
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.server import Server as Sandbox
from tests.bench import fixed, loading, peers, processes
from tests.bench.cores import Core, describe_cores, on_core
from tests.bench.fixed import FixedServer
from tests.bench.loading import LoadError, Request, ask, median_latency, throughput
from tests.bench.measuring import Bench, NotHereError, Round
from tests.bench.mocks import JSON_SERVER, MOCKOON, PRISM, WIREMOCK, Peer
from tests.bench.openapi import make_document
from tests.bench.processes import Command, StartError, memory_of, paused, serving
from tests.bench.serving import (
    CHANGING_SAVES,
    SAVE,
    save_bench,
    save_database_bench,
    site_headers,
)

FOLDER = Path(__file__).parent / "bench" / "npm"
GET = Request("GET", "/")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nri\r\n3\r\nght\r\n0\r\n\r\n"
CLOSING = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
FAILING = OK.replace(b"200 OK", b"500 Failed")
SHORT = OK.replace(b": 5", b": 4").replace(b"right", b"wron")


# After which a connection is closed.
CUT = b"<cut>"


class Script:
    """A server that gives an answer to each request, and closes a connection where it is cut."""

    def __init__(self, answer: Callable[[int], bytes]) -> None:
        self.requests = 0
        self.connections = 0
        self._answer = answer
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while connection.recv(65_536):
                with self._lock:
                    self.requests += 1
                    answer = self._answer(self.requests)
                connection.sendall(answer.removesuffix(CUT))
                if answer.endswith(CUT):
                    return


@contextmanager
def answering(*answers: bytes) -> Iterator[Script]:
    """Open a server that gives these answers, and the last one again and again."""
    with closing(Script(lambda count: answers[min(count, len(answers)) - 1])) as script:
        yield script


@pytest.mark.parametrize("answer", [OK, CHUNKED], ids=["whole", "in-chunks"])
def test_each_connection_asks_again_when_it_is_answered(answer: bytes) -> None:
    """What is counted are answers; what is on its way at the end is waited for."""
    with answering(answer) as script:
        assert throughput(script.port, GET, 5, connections=4, requests=40) > 0
        assert script.connections == 4
        assert 44 <= script.requests < 48  # several may come at once


def test_what_is_on_its_way_at_the_end_is_looked_at_too() -> None:
    """Nothing is left for the server to do while another is measured."""
    with answering(OK, FAILING) as script, pytest.raises(LoadError, match="got 500"):
        throughput(script.port, GET, 5, connections=1, requests=1)


def test_a_load_ends_after_some_time() -> None:
    """Where no number of requests is named, the seconds count."""
    with answering(OK) as script:
        began = time.perf_counter()
        found = throughput(script.port, GET, 5, connections=2, seconds=0.2)
        assert 0.2 <= time.perf_counter() - began < 5
        assert found == pytest.approx((script.requests - 2) / 0.2, rel=0.5)


def test_latency_is_that_of_one_kept_connection() -> None:
    """A first request is not measured."""
    with answering(OK) as script:
        assert 0 < median_latency(script.port, [GET], 5, count=10) < 5
        assert (script.connections, script.requests) == (1, 11)


ASKING: dict[str, Callable[[int], float]] = {
    "latency": lambda port: median_latency(port, [GET], 5, count=10),
    "load": lambda port: throughput(port, GET, 5, connections=2, requests=10),
}


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (FAILING, "Expected 200 and 5 bytes, got 500"),
        (SHORT, "Expected 200 and 5 bytes, got 200 and 4 bytes"),
        (CLOSING, "closes the connection"),
        (CUT, "No whole answer came"),
        (OK[:-2] + CUT, "No whole answer came"),
        (CHUNKED[:-5] + CUT, "No whole answer came"),
    ],
    ids=["status", "size", "to-be-closed", "closed", "cut-short", "without-last-chunk"],
)
def test_a_wrong_answer_is_no_figure(asking: str, answer: bytes, complaint: str) -> None:
    """Whatever is not the expected answer, is an error; so is one that is not whole."""
    with answering(OK, OK, OK, OK, answer) as script:
        with pytest.raises(LoadError, match=complaint):
            ASKING[asking](script.port)
        assert 4 < script.requests < 10


def test_a_silent_server_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A load does not wait for ever."""
    monkeypatch.setattr(loading, "_PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        with pytest.raises(LoadError, match=r"within 0 s"):
            throughput(port, GET, 5, connections=2, requests=10)


def test_a_request_goes_out_whole() -> None:
    """With the host and the length of its body, and everything else as it is."""
    request = Request("PATCH", "/a?b=c", {"Accept": "x"}, b"{}")
    head = b"PATCH /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:9\r\nAccept: x\r\nContent-Length: 2\r\n\r\n"
    assert request.encode(9) == head + b"{}"


# A program that starts a child, which will not end when asked to, and says both their ids.
PROGRAM = """
import http.server, os, subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", stubborn])
print("Here I am:", os.getpid(), child.pid, flush=True)
open(sys.argv[2], "w").write(f"{os.getpid()} {child.pid} {os.sched_getaffinity(0)}")
"""
ANSWER = """
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(STATUS)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"right")
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def program(folder: Path, text: str) -> Command:
    """Tell how to start such a program; it writes down its processes in the folder."""
    if sys.platform != "linux":
        text = text.replace("{os.sched_getaffinity(0)}", "")
    return lambda port: [sys.executable, "-c", text, str(port), folder / "processes"]


def is_gone(process: int) -> bool:
    """Tell whether a process has ended, or ends within some seconds."""
    for _ in range(200):
        try:
            os.kill(process, 0)
            state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
            if state == "Z":  # nobody has asked what became of it
                return True
        except ProcessLookupError:
            return True
        except FileNotFoundError:  # no /proc, or it has just ended
            pass
        time.sleep(0.02)
    return False


def assert_nothing_is_left(folder: Path) -> None:
    """See that the program has ended, and its child with it."""
    text = folder.joinpath("processes").read_text("utf-8")
    both = [int(word) for word in text.split()[:2]]
    assert len(both) == 2
    assert all(map(is_gone, both))


def test_a_server_and_its_children_end_with_the_measuring(tmp_path: Path) -> None:
    """A server is known by its first answer; afterwards nothing of it is left."""
    command = program(tmp_path, PROGRAM + ANSWER.replace("STATUS", "200"))
    with serving(command, GET) as server:
        assert server.answer.body == b"right"
        assert server.size == 5
        assert 0 < server.started_in < 60
        assert ask(server.port, GET).status == 200
        assert memory_of(server.group) > 2 * 5e6  # two Pythons
    assert_nothing_is_left(tmp_path)


def test_a_paused_server_does_nothing(tmp_path: Path) -> None:
    """Afterwards it answers as before, and it ends as any other, even while it is paused."""
    command = program(tmp_path, PROGRAM + ANSWER.replace("STATUS", "200"))
    with serving(command, GET) as server:
        with paused(server), pytest.raises(LoadError, match="No whole answer"):
            ask(server.port, GET, patience=0.1)
        assert ask(server.port, GET).status == 200
        os.killpg(server.group, signal.SIGSTOP)
    assert_nothing_is_left(tmp_path)


def test_a_server_ends_when_the_measuring_fails(tmp_path: Path) -> None:
    """Ctrl-C too leaves nothing behind."""
    command = program(tmp_path, PROGRAM + ANSWER.replace("STATUS", "200"))
    with pytest.raises(KeyboardInterrupt), serving(command, GET):
        raise KeyboardInterrupt
    assert_nothing_is_left(tmp_path)


def test_a_server_that_ends_shows_what_it_printed(tmp_path: Path) -> None:
    """The reason comes with its output, and nothing of it is left."""
    complaint = r"ended with status 7 before it answered\. It printed:\nHere I am: \d+"
    command = program(tmp_path, PROGRAM + "sys.exit(7)")
    with pytest.raises(StartError, match=complaint), serving(command, GET):
        pass
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (FAILING, "it answered 500: b'right'"),
        (CUT, "No whole answer came: .*"),
        (None, "nobody listened"),
    ],
    ids=["failing", "closing", "silent"],
)
def test_a_server_that_does_not_answer_shows_what_it_printed(
    answer: bytes | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for no longer than until the deadline, and nothing of it is left."""

    def clock() -> float:
        """Come to the deadline when enough has happened."""
        has_printed = tmp_path.joinpath("processes").exists()
        return inf if has_printed and (answer is None or script.requests > 1) else 0.0

    monkeypatch.setattr(processes, "monotonic", clock)
    complaint = rf"did not answer with 200 within 60 s: {reason}\. It printed:\nHere I am: \d+"
    command = program(tmp_path, PROGRAM + "time.sleep(600)")
    with answering(answer or OK) as script:
        if answer is not None:
            monkeypatch.setattr(processes, "_free_port", lambda: script.port)
        with pytest.raises(StartError, match=complaint), serving(command, GET):
            pass
    assert_nothing_is_left(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="assigns no cores")
def test_a_server_has_a_core_of_its_own(tmp_path: Path) -> None:
    """What asks has another, and only while it does."""
    before = os.sched_getaffinity(0)
    command = program(tmp_path, PROGRAM + ANSWER.replace("STATUS", "200"))
    with serving(command, GET):
        assert os.sched_getaffinity(0) == before
    if len(before) < 2:
        assert "share" in describe_cores()
        return
    assert "of its own" in describe_cores()
    text = tmp_path.joinpath("processes").read_text("utf-8")
    with on_core(Core.CLIENT):
        asking = os.sched_getaffinity(0)
    answering = {int(core) for core in re.findall(r"\d+", text.partition("{")[2])}
    assert os.sched_getaffinity(0) == before
    assert len(asking) == len(answering) == 1
    assert asking.isdisjoint(answering)


@pytest.mark.skipif(
    not (Path("/proc").is_dir() and shutil.which("ps")), reason="there is one way only"
)
def test_memory_is_the_same_by_either_way() -> None:
    """Where there is no ``/proc``, ``ps`` is asked."""
    group = os.getpgrp()
    by_way = [
        sum(size for found, size in rows if found == group)
        for rows in (processes._read_proc(), processes._ask_ps())
    ]
    assert by_way[0] > 10e6
    assert by_way[1] == pytest.approx(by_way[0], rel=0.2)  # ps itself is one of the group


def test_fixed_bytes_come_as_the_sandbox_answers() -> None:
    """The floor has the same skin, and the same to carry."""
    sandbox = Sandbox(open_store()).start()
    try:
        answer = ask(int(sandbox.base_url.rpartition(":")[2]), SAVE)
    finally:
        sandbox.stop()
    assert answer.status == 200
    server = FixedServer(answer.body, site_headers(answer)).start()
    try:
        found = ask(int(server.base_url.rpartition(":")[2]), SAVE)
    finally:
        server.stop()
    assert (found.status, found.body) == (answer.status, answer.body)
    assert list(found.headers) == list(answer.headers)
    assert {**found.headers, "date": ""} == {**answer.headers, "date": ""}


def test_the_save_is_that_of_the_recipe() -> None:
    """Its document, its access token, and what is to be included."""
    assert SAVE.method == "PATCH"
    assert SAVE.target == "/api/orders/qaMAhZkZvd?include=available_customer_payment_sources"
    assert SAVE.headers["Authorization"] == "Bearer your-access-token"
    attributes = json.loads(SAVE.body)["data"]["attributes"]
    assert attributes == {"_save_payment_source_to_customer_wallet": True}


def test_a_changing_save_writes_each_time(tmp_path: Path) -> None:
    """What is compared with memory is writing; the recipe's save does so only once."""
    log = tmp_path / "sandbox.db-wal"
    sandbox = Sandbox(open_store(str(tmp_path / "sandbox.db"))).start()
    port = int(sandbox.base_url.rpartition(":")[2])
    try:
        ask(port, SAVE)
        found = [log.read_bytes()]
        for request in (SAVE, *CHANGING_SAVES, *CHANGING_SAVES):
            assert ask(port, request).status == 200
            found.append(log.read_bytes())
    finally:
        sandbox.stop()
    assert [one != other for one, other in pairwise(found)] == [False, True, True, True, True]


def in_types(document: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Find every schema with an example, and the example."""
    if isinstance(document, dict):
        if "example" in document and isinstance(document.get("type"), str):
            yield document["example"], document
        for value in document.values():
            yield from in_types(value)
    elif isinstance(document, list):
        for value in document:
            yield from in_types(value)


def test_the_document_describes_every_type() -> None:
    """Each action and each relationship has a path, and what a path names is there."""
    document = make_document()
    paths = document["paths"]
    places = {
        "list": ("", "get"),
        "create": ("", "post"),
        "retrieve": ("/{}", "get"),
        "update": ("/{}", "patch"),
        "delete": ("/{}", "delete"),
    }
    shapes = {re.sub(r"\{\w+\}", "{}", path): path for path in paths}
    for name, type_ in resource_types().items():
        for action in type_.actions:
            place, method = places[action]
            shape = f"/{type_.path}" if type_.singleton else f"/{name}{place}"
            assert method in paths[shapes[shape]], (name, action)
        one = f"/{type_.path}" if type_.singleton else f"/{name}/{{}}"
        assert all(f"{one}/{relationship}" in shapes for relationship in type_.relationships)
    for path, operations in paths.items():
        named = [each["name"] for each in operations.get("parameters", [])]
        assert named == re.findall(r"\{(\w+)\}", path)
    references = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))
    assert set(references) == set(document["components"]["schemas"])


def test_the_document_has_examples_of_the_right_types() -> None:
    """A mock server answers with them."""
    python: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "boolean": bool,
        "integer": int,
        "number": (int, float),
        "object": (dict, list),  # some facts have an empty list for an object
        "array": list,
    }
    found = list(in_types(make_document()))
    assert len(found) > 1_000
    wrong = [
        (example, it["type"])
        for example, it in found
        if not isinstance(example, python[it["type"]])
    ]
    assert wrong == []


def test_the_document_lets_the_save_pass() -> None:
    """A mock server that checks what is sent has to find the trigger attribute there."""
    document = make_document()
    operation = document["paths"]["/orders/{orderId}"]["patch"]
    (content,) = operation["requestBody"]["content"].items()
    assert content[0] == SAVE.headers["Content-Type"]
    assert content[1]["schema"] == {"$ref": "#/components/schemas/orderUpdate"}
    data = document["components"]["schemas"]["orderUpdate"]["properties"]["data"]
    sent = json.loads(SAVE.body)["data"]
    assert set(data["required"]) == set(sent)
    assert set(sent["attributes"]) <= set(data["properties"]["attributes"]["properties"])
    answered = document["components"]["schemas"]["orderResponse"]["properties"]["data"]
    assert len(answered["properties"]["attributes"]["properties"]) > 100
    assert len(answered["properties"]["relationships"]["properties"]) == 39


BODY = b'{"data": {"id": "qaMAhZkZvd", "type": "orders"}}'


def test_peers_answer_from_the_same_bytes(tmp_path: Path) -> None:
    """Each file holds the sandbox's answer, and each command names the port."""
    folders = {}
    for peer in (MOCKOON, JSON_SERVER, WIREMOCK, PRISM):
        folders[peer.name] = folder = tmp_path / peer.name
        folder.mkdir()
        command = [str(word) for word in peer.prepare(folder, BODY)(4321)]
        assert command[command.index("--port") + 1] == "4321"
        assert str(peer.installed) in command
    environment = json.loads(folders["Mockoon"].joinpath("environment.json").read_text("utf-8"))
    (route,) = environment["routes"]
    assert (route["method"], route["endpoint"]) == ("patch", "api/orders/qaMAhZkZvd")
    assert route["responses"][0]["body"] == BODY.decode()
    data = json.loads(folders["json-server"].joinpath("data.json").read_text("utf-8"))
    assert data == {"orders": [{"id": "qaMAhZkZvd", **json.loads(BODY)}]}
    assert folders["WireMock"].joinpath("__files", "save.json").read_bytes() == BODY
    mapping = json.loads(folders["WireMock"].joinpath("mappings", "save.json").read_text("utf-8"))
    assert mapping["request"] == {"method": "PATCH", "urlPath": "/api/orders/qaMAhZkZvd"}
    assert json.loads(folders["Prism"].joinpath("openapi.json").read_text("utf-8"))["paths"]


@pytest.mark.parametrize("peer", [PRISM, MOCKOON, JSON_SERVER, WIREMOCK], ids=lambda it: it.name)
def test_what_is_not_here_is_said(
    peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is started, and the message tells what to do."""
    with pytest.raises(NotHereError, match=r"is not installed: run `make peers`\."):
        replace(peer, installed=tmp_path / "nothing").check()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotHereError, match=f"{peer.name} needs {peer.program}.*: install it"):
        replace(peer, installed=tmp_path).check()


def test_benches_of_a_peer_that_is_not_here_do_not_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them look before they start anything."""
    absent = replace(PRISM, installed=tmp_path / "nothing")
    monkeypatch.setattr(peers, "PRISM", absent)
    for bench in (peers.prism_bench(), peers.start_bench(), peers.throughput_bench(absent)):
        with pytest.raises(NotHereError), bench.open():
            pass


def standing_in(peer: Peer) -> Peer:
    """Let the server of fixed bytes stand in for a peer."""

    def prepare(folder: Path, body: bytes) -> Command:
        path = folder / "body"
        path.write_bytes(body or b"right")
        return lambda port: [sys.executable, fixed.__file__, str(port), path, "{}"]

    program = Path(sys.executable)
    return replace(peer, installed=program, program=str(program), prepare=prepare, warming=0.05)


def measured(bench: Bench) -> list[str]:
    """Take all rounds of a bench; tell which figures came, each of them positive."""
    found: set[str] = set()
    with bench.open() as measure:
        for number in range(bench.rounds):
            taken = measure(number)
            samples = taken.samples if isinstance(taken, Round) else taken
            assert all(value > 0 for sample in samples.values() for value in sample)
            found |= samples.keys()
    assert found == {figure.name for figure in bench.figures}
    return sorted(found)


@pytest.mark.parametrize("make", [save_bench, save_database_bench])
def test_saves_are_measured(make: Callable[..., Bench]) -> None:
    """In both orders."""
    assert len(measured(make(count=2, rounds=2))) == 1


def test_peers_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Throughput round by round; memory once, after the last round."""
    prism = standing_in(PRISM)
    monkeypatch.setattr(peers, "PRISM", prism)
    assert measured(peers.prism_bench(requests=20, rounds=2)) == [
        "memory-prism",
        "throughput-prism",
    ]
    assert measured(peers.start_bench(rounds=1)) == ["start-prism"]
    bench = peers.throughput_bench(standing_in(MOCKOON), seconds=0.05, rounds=1)
    assert measured(bench) == ["throughput-mockoon"]


def test_peers_are_locked() -> None:
    """Exact versions, and no registry's address."""
    asked = json.loads(FOLDER.joinpath("package.json").read_text("utf-8"))["dependencies"]
    text = FOLDER.joinpath("package-lock.json").read_text("utf-8")
    locked = json.loads(text)["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert '"resolved"' not in text
    assert all(it.get("integrity") for name, it in locked.items() if name)
    assert WIREMOCK.installed.name == f"wiremock-standalone-{asked['wiremock']}.jar"


def test_figures_keep_their_goals() -> None:
    """What is good enough was agreed upon."""
    benches = (save_bench(), save_database_bench(), *peers.BENCHES)
    goals = {it.name: (it.goal, it.at_least) for bench in benches for it in bench.figures}
    assert goals == {
        "save": (2.0, False),
        "save-database": (1.5, False),
        "throughput-prism": (8.0, True),
        "throughput-mockoon": (2.0, True),
        "throughput-json-server": (2.0, True),
        "throughput-wiremock": (1.0, True),
        "start-prism": (0.15, False),
        "memory-prism": (0.35, False),
    }
