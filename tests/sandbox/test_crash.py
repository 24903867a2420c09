"""A sandbox with a database is killed while it writes, again and again: nothing is lost."""

from __future__ import annotations

import http.client
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import helpers
from helpers.sandbox.scenarios import open_store

ROOT = Path(helpers.__file__).parent.parent
ROUNDS = 6
CLIENTS = 4
# How long it writes before it is killed, in seconds: at another moment each time. With the first
# write come the rules.
WRITES = (0.15, 0.25)
HEADERS = {
    "Accept": "application/vnd.api+json",
    "Authorization": "Bearer your-integration-access-token",
    "Content-Type": "application/vnd.api+json",
}


@dataclass
class Acknowledged:
    """What one client was told that it is written.

    Attributes:
        customers: The id of each customer that was made, by email.
        count: The last count that was written into the client's own customer.
        tried: The last count that was sent.
    """

    customers: dict[str, str] = field(default_factory=dict)
    count: int = 0
    tried: int = 0


class Connection(http.client.HTTPConnection):
    """A connection that is kept, and answers decoded."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        super().__init__(address.hostname or "", address.port, timeout=10)

    def ask(self, method: str, target: str, data: object = None) -> tuple[int, Any]:
        """Send a request, and read all of the answer."""
        body = None if data is None else json.dumps({"data": data})
        self.request(method, target, body, HEADERS)
        answer = self.getresponse()
        return answer.status, json.loads(answer.read())


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    """Keep what is started; whatever becomes of it, it ends with the test."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate(timeout=10)


def _start(database: str, processes: list[subprocess.Popen[str]]) -> str:
    process = subprocess.Popen(
        [sys.executable, "-m", "helpers.sandbox", "--port", "0", "--database", database],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    processes.append(process)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("CL_BASE_URL="):
            return line.strip().removeprefix("CL_BASE_URL=")
    raise AssertionError


def _write(base_url: str, client: int, round_: int, acknowledged: Acknowledged) -> None:
    """Make customers, and count in one, until nobody answers any more."""
    with closing(Connection(base_url)) as connection, suppress(OSError, http.client.HTTPException):
        for number in itertools.count(acknowledged.tried + 1):
            email = f"client{client}.{round_}.{number}@example.com"
            data: dict[str, Any] = {"type": "customers", "attributes": {"email": email}}
            status, customer = connection.ask("POST", "/api/customers", data)
            assert status == 201
            acknowledged.customers[email] = customer["data"]["id"]
            id_ = next(iter(acknowledged.customers.values()))
            attributes = {"reference": str(number), "metadata": {"count": number, "again": number}}
            data = {"type": "customers", "id": id_, "attributes": attributes}
            acknowledged.tried = number
            status, _ = connection.ask("PATCH", f"/api/customers/{id_}", data)
            assert status == 200
            acknowledged.count = number


def _check(base_url: str, acknowledged: Acknowledged) -> None:
    """Ask for all that was acknowledged: of each it is the whole that is there."""
    with closing(Connection(base_url)) as connection:
        for email, id_ in acknowledged.customers.items():
            status, document = connection.ask("GET", f"/api/customers/{id_}")
            assert (status, document["data"]["attributes"]["email"]) == (200, email)
        id_ = next(iter(acknowledged.customers.values()))
        attributes = connection.ask("GET", f"/api/customers/{id_}")[1]["data"]["attributes"]
    if acknowledged.tried:
        count = int(attributes["reference"] or 0)
        assert acknowledged.count <= count <= acknowledged.tried
        assert attributes["metadata"] == ({"count": count, "again": count} if count else {})
        acknowledged.count = count


def test_every_acknowledged_write_is_there_after_the_program_was_killed(
    tmp_path: Path, processes: list[subprocess.Popen[str]]
) -> None:
    """Whatever was answered is in the file, whole, and nothing is in it twice."""
    database = str(tmp_path / "sandbox.db")
    clients = [Acknowledged() for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as threads:
        for round_ in range(ROUNDS):
            base_url = _start(database, processes)
            if round_:
                list(threads.map(_check, [base_url] * CLIENTS, clients))
            writing = [
                threads.submit(_write, base_url, number, round_, acknowledged)
                for number, acknowledged in enumerate(clients)
            ]
            time.sleep(WRITES[0] + (WRITES[1] - WRITES[0]) * round_ / ROUNDS)
            processes[-1].kill()
            for each in writing:
                each.result(10)
    list(map(_check, [_start(database, processes)] * CLIENTS, clients))
    processes[-1].kill()
    processes[-1].wait(10)

    store = open_store(database)
    emails = [
        store.get(identifier).attributes["email"] for identifier in store.identifiers(["customers"])
    ]
    [[check]] = store._connection.execute("PRAGMA integrity_check")
    store.close()
    made = {email for each in clients for email in each.customers}
    assert (len(emails), made - set(emails), check) == (len(set(emails)), set(), "ok")
    assert min(len(each.customers) for each in clients) >= ROUNDS
