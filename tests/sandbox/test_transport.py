"""The sandbox in process: as an httpx client sees it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from helpers.sandbox.server import Server
from helpers.sandbox.store import Store
from helpers.sandbox.transport import SandboxTransport

HEADERS = {"Accept": "application/vnd.api+json", "Authorization": "Bearer your-access-token"}
SAVE = {
    "data": {
        "type": "orders",
        "id": "qaMAhZkZvd",
        "attributes": {"_save_payment_source_to_customer_wallet": True},
    }
}


@pytest.fixture
def client(store: Store) -> Iterator[httpx.Client]:
    """Open a client whose requests never leave the process."""
    transport = SandboxTransport(store)
    with httpx.Client(
        transport=transport, base_url="http://sandbox.localhost", headers=HEADERS
    ) as client:
        yield client


def _patch(client: httpx.Client, **options: Any) -> httpx.Response:
    headers = {"Content-Type": "application/vnd.api+json"}
    return client.patch("/api/orders/qaMAhZkZvd", json=SAVE, headers=headers, **options)


def test_request_is_answered_in_process(client: httpx.Client) -> None:
    """A client needs no socket to get the API's answer."""
    answer = client.get("/api/orders/qaMAhZkZvd")

    assert (answer.status_code, answer.headers["content-type"], answer.json()["data"]["id"]) == (
        200,
        "application/vnd.api+json",
        "qaMAhZkZvd",
    )


def test_links_name_the_host_that_the_client_named(client: httpx.Client) -> None:
    """A client can follow a link as it comes."""
    link = client.get("/api/orders/qaMAhZkZvd").json()["data"]["links"]["self"]

    assert (link, client.get(link).status_code) == (
        "http://sandbox.localhost/api/orders/qaMAhZkZvd",
        200,
    )


def test_update_comes_with_its_query_and_its_document(client: httpx.Client) -> None:
    """Parameters and body reach the core as they were sent."""
    answer = _patch(client, params={"include": "available_customer_payment_sources"})

    assert [each["id"] for each in answer.json()["included"]] == ["QgDXpwsqDx"]


REQUESTS = [
    ("GET", "/api/orders?page[size]=1&include=customer", "your-access-token"),
    ("GET", "/api/orders?page%5Bsize%5D=99", "your-access-token"),
    ("GET", "/api/orders/%C3%A9", "your-access-token"),
    ("GET", "/", "your-access-token"),
    ("HEAD", "/api/orders/qaMAhZkZvd", "your-access-token"),
    ("HEAD", "/api/orders/unknown", "your-access-token"),
    ("PATCH", "/api/orders/qaMAhZkZvd", "unknown"),
    ("PATCH", "/api/orders/qaMAhZkZvd?include=customer", "your-access-token"),
    ("DELETE", "/api/orders/qaMAhZkZvd", "your-access-token"),
]


def test_answers_are_those_of_the_socket(client: httpx.Client, server: Server) -> None:
    """Both skins hand on the same requests and the same answers: status, headers, body."""
    with httpx.Client(base_url=server.base_url, headers=HEADERS, trust_env=False) as other:
        over_the_socket = [_answer(other, *request) for request in REQUESTS]
    in_process = [_answer(client, *request) for request in REQUESTS]

    assert in_process == over_the_socket


def _answer(client: httpx.Client, method: str, target: str, access_token: str) -> tuple[Any, ...]:
    headers = {
        "Host": "localhost",
        "Authorization": f"Bearer {access_token}",
        "Content-Type": "application/vnd.api+json",
    }
    document = SAVE if method == "PATCH" else None
    answer = client.request(method, target, json=document, headers=headers)
    headers = {name: answer.headers[name] for name in ("content-type", "content-length")}
    return method, target, answer.status_code, headers, answer.content


def test_head_has_no_body(client: httpx.Client) -> None:
    """The length is told, the document is not."""
    answer = client.head("/api/orders/qaMAhZkZvd")

    assert (answer.content, answer.headers["content-length"]) == (
        b"",
        str(len(client.get("/api/orders/qaMAhZkZvd").content)),
    )


def test_wallet_has_one_entry_when_twenty_threads_save_at_once(client: httpx.Client) -> None:
    """The store takes one request at a time, whatever thread it comes from."""
    together = threading.Barrier(20)

    def save(_: int) -> int:
        together.wait(5)
        return _patch(client).status_code

    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(save, range(20)))

    entries = client.get("/api/customer_payment_sources").json()["data"]
    assert (set(statuses), [each["id"] for each in entries]) == ({200}, ["QgDXpwsqDx"])


def test_store_is_closed_with_the_client(store: Store) -> None:
    """Who closes the client need not know of the store."""
    httpx.Client(transport=SandboxTransport(store)).close()

    with pytest.raises(sqlite3.ProgrammingError):
        store.dump()


def test_rate_limits_hold_in_process_when_they_are_asked_for(store: Store) -> None:
    """Without an address, all are one client."""
    transport = SandboxTransport(store, rate_limits=True)
    with httpx.Client(transport=transport, base_url="http://localhost", headers=HEADERS) as client:
        statuses = [client.get("/api/orders/qaMAhZkZvd").status_code for _ in range(26)]

    assert statuses == [200] * 25 + [429]


def test_answer_without_content_has_no_length(client: httpx.Client) -> None:
    """204 has neither a body nor a word about one."""
    answer = client.options("/api/orders")

    assert (answer.status_code, answer.content, "content-length" in answer.headers) == (
        204,
        b"",
        False,
    )
