"""What a test of the sandbox can ask for: a world, and ways to send a request to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from helpers.sandbox.app import handle
from helpers.sandbox.messages import Request
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.server import Server
from helpers.sandbox.store import Store

MEDIA_TYPE = "application/vnd.api+json"


@dataclass(frozen=True)
class Answer:
    """A response, and its body decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The whole document."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """The primary data."""
        return self.document["data"]

    @property
    def included(self) -> list[str]:
        """What is included, as ``type/id``."""
        return [f"{each['type']}/{each['id']}" for each in self.document["included"]]

    @property
    def codes(self) -> list[str]:
        """Every error object's code."""
        return [error["code"] for error in self.document["errors"]]


@pytest.fixture
def store() -> Iterator[Store]:
    """Open the documented world, in memory."""
    store = open_store()
    yield store
    store.close()


@pytest.fixture
def ask(store: Store) -> Callable[..., Answer]:
    """Send a request to the core, without any skin."""

    def ask(
        method: str,
        target: str,
        document: object = None,
        *,
        access_token: str | None = "your-access-token",
        headers: Mapping[str, str | None] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        sent: dict[str, str | None] = {"host": "localhost", "accept": MEDIA_TYPE}
        if method in {"POST", "PATCH"}:
            sent["content-type"] = MEDIA_TYPE
        if access_token is not None:
            sent["authorization"] = f"Bearer {access_token}"
        if body is None:
            body = b"" if document is None else json.dumps(document).encode()
        sent |= headers or {}
        kept = {name: value for name, value in sent.items() if value is not None}
        response = handle(store, Request(method, target, kept, body))
        return Answer(response.status, response.headers, response.body)

    return ask


@pytest.fixture
def update(ask: Callable[..., Answer]) -> Callable[..., Answer]:
    """Send an update of an order's attributes."""

    def update(
        order_id: str, attributes: Mapping[str, Any], *, query: str = "", **options: Any
    ) -> Answer:
        document = {"data": {"type": "orders", "id": order_id, "attributes": attributes}}
        return ask("PATCH", f"/api/orders/{order_id}{query}", document, **options)

    return update


@pytest.fixture
def refused(store: Store) -> Callable[..., Answer]:
    """Send a request that must be refused in the API's error shape, and change nothing."""

    def refused(send: Callable[..., Answer], *arguments: Any, **options: Any) -> Answer:
        before = store.dump()
        answer = send(*arguments, **options)
        assert store.dump() == before
        assert list(answer.document) == ["errors"]
        for error in answer.document["errors"]:
            assert list(error)[:4] == ["title", "detail", "code", "status"]
            assert error["status"] == str(answer.status)
        return answer

    return refused


@pytest.fixture
def entry_id(update: Callable[..., Answer]) -> str:
    """Save the page's payment source, and tell the wallet entry's id."""
    attributes = {"_save_payment_source_to_customer_wallet": True}
    query = "?include=available_customer_payment_sources"
    answer = update("qaMAhZkZvd", attributes, query=query)
    [entry] = answer.document["included"]
    return str(entry["id"])


@pytest.fixture
def one_of_each(store: Store) -> None:
    """Add what the documented world has none of, so that every resource type has a resource."""
    customer = ("customers", "jENxlDKaVB")
    placed = {
        "order": ("orders", "drYpoNLxZA"),
        "payment_source": ("klarna_payments", "yGmPVkqeZL"),
    }
    [authorization] = store.identifiers(["authorizations"])
    address = store.identifiers(["addresses"])[0]
    for type_, id_, linkage in (
        ("captures", "aCapture", {**placed, "reference_authorization": authorization}),
        ("voids", "aVoid", {**placed, "reference_authorization": authorization}),
        ("refunds", "aRefund", {**placed, "reference_capture": ("captures", "aCapture")}),
        ("resource_errors", "anError", {"resource": ("orders", "qaMAhZkZvd")}),
        ("customer_addresses", "anAddress", {"customer": customer, "address": address}),
    ):
        store.add(type_, id_, attributes={}, linkage=linkage)


@pytest.fixture
def server(store: Store) -> Iterator[Server]:
    """Serve the documented world on a loopback socket."""
    server = Server(store).start()
    yield server
    server.stop()
