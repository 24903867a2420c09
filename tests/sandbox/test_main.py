"""The sandbox on its own: ``python -m helpers.sandbox``, as a program."""

from __future__ import annotations

import html
import http.client
import json
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import helpers
from helpers.orders import retrieve_order, save_payment_source_to_customer_wallet
from helpers.sandbox.__main__ import main
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.server import Server
from helpers.settings import read_settings
from helpers.workbench import open_workbench

ROOT = Path(helpers.__file__).parent.parent
SAVE = "_save_payment_source_to_customer_wallet"
CUSTOMER = ("customers", "jENxlDKaVB")

Start = Callable[..., subprocess.Popen[str]]


def _greeting(process: subprocess.Popen[str]) -> list[str]:
    """Read what it prints when it answers, up to the line on how to stop it."""
    lines: list[str] = []
    assert process.stdout is not None
    while not lines or not lines[-1].startswith("Ctrl-C"):
        line = process.stdout.readline()
        assert line, process.communicate(timeout=10)
        lines.append(line.rstrip("\n"))
    return lines


def _base_url(process: subprocess.Popen[str]) -> str:
    first_line = _greeting(process)[0]
    return first_line.removeprefix("The sandbox answers at ").partition(",")[0]


def _save(connection: http.client.HTTPConnection, order_id: str) -> int:
    """Save an order's payment source, as an integration that may do so for every order."""
    data = {"type": "orders", "id": order_id, "attributes": {SAVE: True}}
    headers = {
        "Authorization": "Bearer your-integration-access-token",
        "Content-Type": "application/vnd.api+json",
    }
    connection.request("PATCH", f"/api/orders/{order_id}", json.dumps({"data": data}), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _connect(base_url: str) -> http.client.HTTPConnection:
    address = urlsplit(base_url)
    return http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)


def test_program_says_where_it_answers_and_what_it_is_not(start: Start) -> None:
    """The first line is the base URL, the scenario, and that this is no Commerce Layer."""
    first_line = _greeting(start("--port", "0"))[0]

    port = first_line.split(",")[0].rpartition(":")[2]
    assert first_line == (
        f"The sandbox answers at http://127.0.0.1:{port}, scenario documented. "
        "It is not Commerce Layer."
    )


def _settings(lines: list[str]) -> dict[str, str]:
    return dict(line.split("=", 1) for line in lines if re.match("[A-Z_]+=", line))


def test_program_prints_settings_that_can_be_copied(start: Start) -> None:
    """Every line that starts with a name is one for ``.env``: the address, and the scenario's."""
    lines = _greeting(start("--port", "0"))

    scenario = SCENARIOS["documented"]
    assert list(_settings(lines).items()) == [
        ("CL_BASE_URL", lines[0].removeprefix("The sandbox answers at ").partition(",")[0]),
        *scenario.settings.items(),
        ("CL_ACCESS_TOKEN", "your-access-token"),
        ("CL_OTHER_ORDER_ID", scenario.other_order_id),
    ]


def test_program_prints_settings_that_the_notebooks_take(start: Start, tmp_path: Path) -> None:
    """Copied into ``.env`` as they are, they are all it takes to talk to it."""
    lines = _greeting(start("--port", "0"))
    dotenv = tmp_path / ".env"
    dotenv.write_text("\n".join(line for line in lines if line.startswith("CL_")), "utf-8")
    organization = read_settings({}, dotenv=dotenv)
    assert organization is not None
    with open_workbench(organization=organization) as bench:
        order = retrieve_order(bench.client, order_id=bench.order_id)

    assert (organization.other_order_id, order.data["id"]) == ("pWZkeVLoJn", "qaMAhZkZvd")


def test_program_prints_credentials_that_the_notebooks_take(start: Start, tmp_path: Path) -> None:
    """Without the access token among them, they are the customer's to ask for one with."""
    lines = _greeting(start("--port", "0"))
    mine = [line for line in lines if re.match("CL_(?!ACCESS_TOKEN)", line)]
    dotenv = tmp_path / ".env"
    dotenv.write_text("\n".join(mine), "utf-8")
    organization = read_settings({}, dotenv=dotenv)
    assert organization is not None
    with open_workbench(organization=organization) as bench:
        order = save_payment_source_to_customer_wallet(bench.client, order_id=bench.order_id)
        customer_id = bench.customer_id

    assert len(order.related("available_customer_payment_sources")) == 1
    assert (organization.access_token, customer_id) == (None, CUSTOMER[1])


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "Its clock: stopped at 2018-01-01T12:00:00.000Z. Rate limits: off."),
        (
            ["--clock", "real", "--rate-limits"],
            "Its clock: this machine's. Rate limits: as in the API's test mode.",
        ),
    ],
    ids=["by default", "chosen"],
)
def test_program_tells_its_clock_and_its_limits(
    start: Start, options: list[str], line: str
) -> None:
    """What was chosen is what holds, on the front page, too."""
    lines = _greeting(start("--port", "0", *options))
    [address] = [each.removeprefix("In a browser: ") for each in lines if "browser" in each]
    with closing(_connect(address)) as connection:
        connection.request("GET", "/")
        page = connection.getresponse().read().decode()
        connection.request("GET", "/api/orders")
        told = connection.getresponse().headers["X-Ratelimit-Limit"]

    clock = line.split(". ")[0].removeprefix("Its clock: ")
    assert (lines[1], told) == (line, "100" if options else None)
    assert f"<dd>{html.escape(clock)}</dd>" in page


def test_program_goes_by_the_real_clock_and_follows_the_recipe(start: Start) -> None:
    """The order that is printed can be saved, however long ago the page was written."""
    lines = _greeting(start("--port", "0", "--clock", "real", "--rate-limits"))
    settings = _settings(lines)
    with closing(_connect(settings["CL_BASE_URL"])) as connection:
        status = _save(connection, settings["CL_ORDER_ID"])

    assert status == 200


def test_program_warns_when_it_listens_off_the_loopback_interface(start: Start) -> None:
    """Whoever opens it to others is told, first of all and where it is seen, what that means."""
    process = start("--host", "0.0.0.0", "--port", "0")
    lines = _greeting(process)
    with closing(_connect(_settings(lines)["CL_BASE_URL"])) as connection:
        status = _save(connection, "qaMAhZkZvd")
    process.send_signal(signal.SIGTERM)
    _, error = process.communicate(timeout=10)

    assert (status, process.returncode) == (200, 0)
    assert error.startswith(
        "WARNING: the sandbox listens on 0.0.0.0, which is not the loopback interface. Every "
    )
    assert "nothing else protects it" in error.replace("\n", " ")


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_program_prints_a_curl_line_that_works(start: Start) -> None:
    """Copied into a shell as it is printed, the line brings the scenario's order."""
    lines = _greeting(start("--port", "0"))
    command = "\n".join(line for line in lines if line.startswith("  "))
    done = subprocess.run(
        ["sh", "-c", command.replace("curl ", "curl --silent --noproxy '*' --max-time 10 ", 1)],
        stdout=subprocess.PIPE,
        check=True,
    )

    document = json.loads(done.stdout)
    assert [document["data"]["id"], document["included"][0]["id"]] == ["qaMAhZkZvd", "ertHJlpPTR"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_program_stops_cleanly_when_it_is_told_to(start: Start, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM are the ways to stop it, and no failure."""
    process = start("--port", "0")
    _greeting(process)
    process.send_signal(number)
    output = process.communicate(timeout=10)

    assert (process.returncode, output) == (0, ("Stopped.\n", ""))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_program_stops_quietly_when_nobody_reads_any_more(
    start: Start, number: signal.Signals
) -> None:
    """Behind ``head``, which ends after the first lines, its end is no failure either."""
    process = start("--port", "0")
    _greeting(process)
    assert process.stdout is not None
    process.stdout.close()
    process.send_signal(number)
    assert process.stderr is not None
    error = process.stderr.read()

    assert (process.wait(10), error) == (0, "")


def test_program_answers_until_it_is_told_to_stop(start: Start) -> None:
    """It does not end by itself."""
    process = start("--port", "0")
    _greeting(process)

    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)


def test_program_stops_with_a_failure_when_it_failed_at_a_request(
    start: Start, tmp_path: Path
) -> None:
    """A sandbox that was at fault says so at the end, in one sentence."""
    database = tmp_path / "sandbox.db"
    store = open_store(str(database))
    market = store.get(("orders", "qaMAhZkZvd")).linkage["market"]
    source = ("klarna_payments", "unknown")
    linkage = {"customer": CUSTOMER, "market": market, "payment_source": source}
    store.add("orders", "broken", attributes={"status": "pending"}, linkage=linkage)
    store.close()
    process = start("--port", "0", "--database", str(database))
    with closing(_connect(_base_url(process))) as connection:
        status = _save(connection, "broken")
    process.send_signal(signal.SIGINT)
    output = process.communicate(timeout=10)

    assert (status, process.returncode, output[0]) == (500, 1, "")
    assert output[1].startswith("The sandbox failed at a request: ")
    assert "Traceback" in output[1]


@pytest.fixture
def taken_port() -> Iterator[str]:
    """Listen on a port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield str(taken.getsockname()[1])


@pytest.fixture
def foreign_file(tmp_path: Path) -> str:
    """Make a database of another program."""
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    return str(file)


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--port", "taken_port", "Expected port {} of 127.0.0.1 to be free, but another program"),
        ("--port", "65536", "Expected a port from 0 to 65535, got {}."),
        ("--host", "example.com", "Expected the host to be an IP address, such as 127.0.0.1 or"),
        ("--database", "foreign_file", "Expected {} to be a database of this sandbox (version 2)"),
        ("--database", ".", "Expected {} to be a file that can be made or opened, but unable to"),
    ],
    ids=["taken port", "no port", "a name", "foreign file", "a folder"],
)
def test_program_says_in_one_sentence_why_it_cannot_start(
    start: Start, request: pytest.FixtureRequest, option: str, value: str, sentence: str
) -> None:
    """A newcomer reads one line and no traceback."""
    if value in {"taken_port", "foreign_file"}:
        value = request.getfixturevalue(value)
    port = () if option == "--port" else ("--port", "0")
    process = start(option, value, *port)
    output, error = process.communicate(timeout=10)

    expected = sentence.format(value)
    assert (process.returncode, output, error.count("\n"), error[: len(expected)]) == (
        1,
        "",
        1,
        expected,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--scenario", "unknown"), "argument --scenario: invalid choice: 'unknown' (choose from"),
        (("--port", "eighty"), "argument --port: invalid int value: 'eighty'"),
        (("--clock", "slow"), "argument --clock: invalid choice: 'slow' (choose from"),
        (("unknown",), "unrecognized arguments: unknown"),
    ],
    ids=["scenario", "port", "clock", "argument"],
)
def test_program_refuses_options_that_it_does_not_know(
    start: Start, arguments: tuple[str, ...], message: str
) -> None:
    """How it is used comes first, and the last line says what was wrong."""
    process = start(*arguments)
    _, error = process.communicate(timeout=10)

    start_of_last_line = f"python -m helpers.sandbox: error: {message}"
    last_line = error.splitlines()[-1]
    assert (process.returncode, last_line[: len(start_of_last_line)], "Traceback" in error) == (
        2,
        start_of_last_line,
        False,
    )


def test_program_tells_every_option_and_every_scenario(start: Start) -> None:
    """Its help is complete."""
    output, _ = start("--help").communicate(timeout=10)

    wanted = ["--host", "127.0.0.1", "--port", "8000", "--database FILE", "in memory", "--scenario"]
    wanted += ["--clock {real,frozen}", "--rate-limits"]
    assert [each for each in [*wanted, *SCENARIOS] if each not in output] == []


def test_file_has_every_acknowledged_write_when_the_program_is_killed(
    start: Start, tmp_path: Path
) -> None:
    """Whatever was answered with 200 before the end is in the file, and the file is good."""
    database = str(tmp_path / "sandbox.db")
    orders = [f"order{number:03}" for number in range(400)]
    store = open_store(database)
    market = store.get(("orders", "qaMAhZkZvd")).linkage["market"]
    with store.transaction():
        for order_id in orders:
            payment = ("klarna_payments", f"{order_id}Payment")
            linkage = {"customer": CUSTOMER, "market": market, "payment_source": payment}
            store.add("orders", order_id, attributes={"status": "pending"}, linkage=linkage)
            store.add(*payment, attributes={"auth_token": order_id}, linkage={})
    store.close()

    process = start("--port", "0", "--database", database)
    base_url = _base_url(process)
    acknowledged: list[str] = []
    enough = threading.Event()

    def save(some: list[str]) -> None:
        with closing(_connect(base_url)) as connection:
            for order_id in some:
                try:
                    status = _save(connection, order_id)
                except (OSError, http.client.HTTPException):
                    return  # killed
                if status == 200:
                    acknowledged.append(order_id)
                if len(acknowledged) >= 60:
                    enough.set()

    with ThreadPoolExecutor(4) as threads:
        for first in range(4):
            threads.submit(save, orders[first::4])
        came_so_far = enough.wait(10)
        process.kill()

    store = open_store(database)
    entries = [
        store.get(each).linkage["payment_source"][1]
        for each in store.linked_from(CUSTOMER, types=["customer_payment_sources"], name="customer")
    ]
    [[check]] = store._connection.execute("PRAGMA integrity_check")
    store.close()
    missing = [order_id for order_id in acknowledged if f"{order_id}Payment" not in entries]
    assert (came_so_far, len(acknowledged) < 400, missing, check) == (True, True, [], "ok")


def test_program_goes_on_where_it_was_when_it_is_started_again(
    start: Start, tmp_path: Path
) -> None:
    """What is saved today is in the wallet tomorrow."""
    database = str(tmp_path / "sandbox.db")
    process = start("--port", "0", "--database", database)
    with closing(_connect(_base_url(process))) as connection:
        _save(connection, "qaMAhZkZvd")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)

    process = start("--port", "0", "--database", database)
    headers = {"Authorization": "Bearer your-access-token"}
    with closing(_connect(_base_url(process))) as connection:
        connection.request("GET", "/api/customer_payment_sources", headers=headers)
        document = json.load(connection.getresponse())
    assert [entry["id"] for entry in document["data"]] == ["QgDXpwsqDx"]


def test_programs_share_a_database(start: Start, tmp_path: Path) -> None:
    """What one of them is told, the other knows, also where both are told at once."""
    database = str(tmp_path / "sandbox.db")
    base_urls = [
        _settings(_greeting(process))["CL_BASE_URL"]
        for process in [start("--port", "0", "--database", database) for _ in range(2)]
    ]

    def save(base_url: str) -> list[int]:
        with closing(_connect(base_url)) as connection:
            return [_save(connection, "qaMAhZkZvd") for _ in range(20)]

    with ThreadPoolExecutor(8) as threads:
        statuses = {status for some in threads.map(save, base_urls * 4) for status in some}
    entries = []
    for base_url in base_urls:
        with closing(_connect(base_url)) as connection:
            headers = {"Authorization": "Bearer your-access-token"}
            connection.request("GET", "/api/customer_payment_sources", headers=headers)
            entries += [each["id"] for each in json.load(connection.getresponse())["data"]]

    assert (statuses, entries) == ({200}, ["QgDXpwsqDx", "QgDXpwsqDx"])


def test_program_ends_when_nothing_answers_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox whose thread has died does not wait for Ctrl-C as if it were alive."""

    class Dead(Server):
        is_alive = False  # type: ignore[assignment]

    monkeypatch.setattr("helpers.sandbox.__main__.Server", Dead)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    statuses: list[int] = []
    program = threading.Thread(target=lambda: statuses.append(main(["--port", "0"])), daemon=True)
    program.start()
    program.join(10)

    assert statuses == [0]
