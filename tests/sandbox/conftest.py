"""What a test of the sandbox can ask for: a world, and ways to send a request to it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

import helpers
from helpers.sandbox import oauth
from helpers.sandbox.app import handle
from helpers.sandbox.keys import SigningKey, new_key
from helpers.sandbox.messages import Request
from helpers.sandbox.passwords import hash_password
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.server import Server
from helpers.sandbox.store import Store

ROOT = Path(helpers.__file__).parent.parent
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
    def resources(self) -> list[Any]:
        """The primary data as a list, also where it is one resource object."""
        data = self.data
        return data if isinstance(data, list) else [data]

    @property
    def included(self) -> list[str]:
        """What is included, as ``type/id``."""
        return [f"{each['type']}/{each['id']}" for each in self.document["included"]]

    @property
    def codes(self) -> list[str]:
        """Every error object's code."""
        return [error["code"] for error in self.document["errors"]]


@pytest.fixture(scope="session")
def documented() -> Iterator[Store]:
    """Write the documented world once: it takes longer than most tests."""
    store = open_store()
    yield store
    store.close()


@pytest.fixture
def store(documented: Store) -> Iterator[Store]:
    """Open the documented world, in memory: a copy, as if it had just been written."""
    store = Store(":memory:")
    documented._connection.backup(store._connection)
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
def create(ask: Callable[..., Answer]) -> Callable[..., Answer]:
    """Create a resource, by default as an integration; relationships are named by keyword."""

    def create(
        type_: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        query: str = "",
        access_token: str = "your-integration-access-token",
        **linkage: tuple[str, str] | None,
    ) -> Answer:
        data = {"type": type_, "attributes": attributes or {}, "relationships": _written(linkage)}
        return ask("POST", f"/api/{type_}{query}", {"data": data}, access_token=access_token)

    return create


@pytest.fixture
def named(ask: Callable[..., Answer]) -> Callable[[str], tuple[str, str]]:
    """Identify a resource: ``type/id``, or the first of what a longer or shorter path leads to."""

    def named(path: str) -> tuple[str, str]:
        segments = path.split("/")
        if len(segments) != 2:
            found = ask("GET", f"/api/{path}", access_token="your-integration-access-token").data
            first = found[0] if isinstance(found, list) else found
            segments = [first["type"], first["id"]]
        return segments[0], segments[1]

    return named


@pytest.fixture
def change(
    ask: Callable[..., Answer], named: Callable[[str], tuple[str, str]]
) -> Callable[..., Answer]:
    """Update what a path names, by default as an integration."""

    def change(
        path: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        query: str = "",
        access_token: str = "your-integration-access-token",
        **linkage: tuple[str, str] | None,
    ) -> Answer:
        type_, id_ = named(path)
        data = {
            "type": type_,
            "id": id_,
            "attributes": attributes or {},
            "relationships": _written(linkage),
        }
        target = f"/api/{type_}/{id_}{query}"
        return ask("PATCH", target, {"data": data}, access_token=access_token)

    return change


def _written(linkage: Mapping[str, tuple[str, str] | None]) -> dict[str, Any]:
    """Write linkage as relationship objects."""
    return {
        name: {"data": related and {"type": related[0], "id": related[1]}}
        for name, related in linkage.items()
    }


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
    authorization = store.identifiers(["authorizations"])[0]
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


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the sandbox as a program; whatever becomes of it, it ends with the test."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str, error: int = subprocess.PIPE) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "helpers.sandbox", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=error,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate(timeout=10)


APPLICATIONS = [
    {
        "id": "anIntegration",
        "client_id": "an-integration",
        "client_secret": "an-integration-secret",
        "kind": "integration",
        "name": "An integration",
    },
    {
        "id": "aShop",
        "client_id": "a-shop",
        "client_secret": "a-shop-secret",
        "kind": "sales_channel",
        "name": "A shop",
    },
    {
        "id": "aStall",
        "client_id": "a-stall",
        "client_secret": None,
        "kind": "sales_channel",
        "name": "A shop without a secret",
    },
]
PASSWORD = "the-password-of-john"


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """Make one key for all tests: it takes longer than most of them."""
    return new_key()


@pytest.fixture(scope="session")
def hashed_password() -> str:
    """Hash one password for all tests."""
    return hash_password(PASSWORD)


@pytest.fixture
def authority(store: Store, key: SigningKey, hashed_password: str) -> Store:
    """Add to the documented world what asks for access tokens, and what is needed to issue them."""
    store.remember("signing_key", asdict(key))
    store.remember("applications", APPLICATIONS)
    store.remember("passwords", {"jENxlDKaVB": hashed_password})
    return store


@pytest.fixture
def ask_authority(authority: Store) -> Callable[..., Answer]:
    """Send a request to the authentication API."""

    def ask_authority(
        parameters: object = None,
        *,
        method: str = "POST",
        target: str = "/oauth/token",
        content_type: str = "application/json",
        authorization: str = "",
        body: bytes | None = None,
    ) -> Answer:
        headers = {"content-type": content_type, "authorization": authorization}
        if body is None:
            body = json.dumps(parameters).encode()
        response = oauth.handle(authority, Request(method, target, headers, body))
        return Answer(response.status, response.headers, response.body)

    return ask_authority


@pytest.fixture
def refused_by_authority(
    authority: Store, ask_authority: Callable[..., Answer]
) -> Callable[..., Mapping[str, Any]]:
    """Send a request that must be refused in the authentication API's shape, and change nothing."""

    def refused_by_authority(*arguments: Any, **options: Any) -> Mapping[str, Any]:
        before = authority.dump()
        answer = ask_authority(*arguments, **options)
        assert authority.dump() == before
        assert list(answer.document) == ["errors"]
        [error] = answer.document["errors"]
        assert list(error) == ["code", "title", "detail", "status"]
        assert error["status"] == answer.status
        assert answer.headers["Content-Type"] == "application/json"
        return dict(error)

    return refused_by_authority
