"""The core's walk from request to response: routes, methods, and which fault is told first."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from helpers.sandbox.app import handle
from helpers.sandbox.messages import Request
from helpers.sandbox.resources import resource_types
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.store import Store

NOT_FOUND = {
    "title": "Record not found",
    "detail": "The requested resource was not found. Please double-check the resource id.",
    "code": "RECORD_NOT_FOUND",
    "status": "404",
}


KNOWN = [
    ("/api/orders/qaMAhZkZvd", "orders/qaMAhZkZvd"),
    ("/api/orders/qaMAhZkZvd/", "orders/qaMAhZkZvd"),
    ("/api/orders/%71aMAhZkZvd", "orders/qaMAhZkZvd"),
    ("/api/orders/qaMAhZkZvd/payment_source", "klarna_payments/ertHJlpPTR"),
    ("/api/orders/qaMAhZkZvd/relationships/payment_source", "klarna_payments/ertHJlpPTR"),
    ("/api/orders/pWZkeVLoJn/payment_source", None),
    ("/api/orders/pWZkeVLoJn/relationships/payment_source", None),
    ("/api/orders/pWZkeVLoJn/store", None),
    ("/api/organization", "organizations/xJLqoFWnAe"),
    ("/api/customer_payment_sources", []),
    ("/api/customer_payment_sources/", []),
    ("/api/customers/jENxlDKaVB/customer_payment_sources", []),
    ("/api/organization/event_stores", []),
    ("/api/organization/relationships/event_stores", []),
]


def test_path_leads_to_what_it_names_when_it_is_known(
    subtests: pytest.Subtests, ask: Callable[..., Any]
) -> None:
    """A list, a resource, a related resource and a relationship each have their path."""
    for target, identifiers in KNOWN:
        with subtests.test(target):
            data = ask("GET", target).data

            found = f"{data['type']}/{data['id']}" if isinstance(data, dict) else data
            assert found == identifiers


NOWHERE = [
    "",
    "*",
    "/",
    "/api",
    "/api/",
    "//api/orders",
    "/API/orders",
    "/api//orders",
    "/apiorders",
    "http://localhost/api/orders/qaMAhZkZvd",
    "/oauth/token",
    "/api/orders%2FqaMAhZkZvd",
    "/api/orders/unknown",
    "/api/orders/ertHJlpPTR",
    "/api/orders/%00",
    "/api/orders/%ED%A0%80",
    "/api/orders/qaMAhZkZvd/unknown",
    "/api/orders/qaMAhZkZvd/number",
    "/api/orders/qaMAhZkZvd/relationships",
    "/api/orders/qaMAhZkZvd/relationships/unknown",
    "/api/orders/qaMAhZkZvd/relationships/market/more",
    "/api/orders/qaMAhZkZvd/market/price_list",
    "/api/organization/xJLqoFWnAe",
    "/api/transactions/unknown",
]


def test_path_is_not_found_when_it_leads_nowhere(
    subtests: pytest.Subtests, ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """What is not there is answered with the documented error object."""
    for target in NOWHERE:
        with subtests.test(target):
            answer = refused(ask, "GET", target)

            assert answer.document == {"errors": [NOT_FOUND]}


def test_path_to_a_type_that_is_not_emulated_says_so(
    ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """Nobody looks for a wrong id where there is no such type."""
    answer = refused(ask, "GET", "/api/webhooks/xYZkjABcde")
    detail = "There is no resource type webhooks here: either the API has none, or the sandbox."

    assert answer.document == {"errors": [{**NOT_FOUND, "detail": detail}]}


NO_ACTIONS = [
    ("PATCH", "/api/orders"),
    ("DELETE", "/api/orders"),
    ("POST", "/api/orders/qaMAhZkZvd"),
    ("PUT", "/api/orders/qaMAhZkZvd"),
    ("OPTIONS", "/api/orders/qaMAhZkZvd"),
    ("PROPFIND", "/api/orders/qaMAhZkZvd"),
    ("get", "/api/orders/qaMAhZkZvd"),
    ("", "/api/orders/qaMAhZkZvd"),
    ("POST", "/api/authorizations"),
    ("DELETE", "/api/authorizations/unknown"),
    ("PATCH", "/api/transactions/unknown"),
    ("PATCH", "/api/organization"),
    ("DELETE", "/api/organization"),
    ("PATCH", "/api/orders/qaMAhZkZvd/payment_source"),
    ("PATCH", "/api/orders/qaMAhZkZvd/relationships/payment_source"),
    ("POST", "/api/orders/qaMAhZkZvd/relationships/tags"),
    ("DELETE", "/api/orders/qaMAhZkZvd/relationships/tags"),
]


def test_method_is_not_allowed_when_there_is_no_such_action(
    subtests: pytest.Subtests, ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """A method that a path has not is refused, by name, to whoever asks."""
    access_tokens = ("your-access-token", "your-integration-access-token")
    for (method, target), access_token in product(NO_ACTIONS, access_tokens):
        with subtests.test(method=method, target=target, access_token=access_token):
            answer = refused(ask, method, f"{target}?include=market", access_token=access_token)

            assert answer.document["errors"] == [
                {
                    "title": "Method not allowed",
                    "detail": f"{method} is not possible at {target}.",
                    "code": "METHOD_NOT_ALLOWED",
                    "status": "405",
                }
            ]


# The methods that carry out an action, and the shape of the path they are sent to.
METHODS = {
    "list": ("GET", "{type}"),
    "create": ("POST", "{type}"),
    "retrieve": ("GET", "{type}/unknown"),
    "update": ("PATCH", "{type}/unknown"),
    "delete": ("DELETE", "{type}/unknown"),
}


def test_action_is_possible_when_the_facts_state_it(
    subtests: pytest.Subtests, ask: Callable[..., Any]
) -> None:
    """Of each type, what can be done is what its facts say; else 405."""
    types = [name for name, type_ in resource_types().items() if not type_.singleton]
    assert types
    for action, type_ in product(METHODS, types):
        with subtests.test(type_=type_, action=action):
            method, path = METHODS[action]
            target = f"/api/{path.format(type=type_)}"
            answer = ask(method, target, access_token="your-integration-access-token")

            is_known = answer.status != 405
            assert is_known == (action in resource_types()[type_].actions)


@pytest.mark.parametrize(
    "target",
    ["/api/orders", "/api/orders/qaMAhZkZvd", "/api/orders/qaMAhZkZvd/market", "/api/organization"],
)
def test_head_answers_as_get_does(ask: Callable[..., Any], target: str) -> None:
    """To the core, HEAD is GET; the skins leave the body out."""
    answer = ask("HEAD", target)

    assert answer == ask("GET", target)


def test_answer_names_the_media_type(ask: Callable[..., Any]) -> None:
    """Every answer is a JSON:API document."""
    answer = ask("GET", "/api/orders/qaMAhZkZvd")

    assert (answer.status, answer.headers) == (200, {"Content-Type": "application/vnd.api+json"})


def test_refusal_names_the_media_type(ask: Callable[..., Any], refused: Callable[..., Any]) -> None:
    """A refusal is a JSON:API document, too."""
    answer = refused(ask, "GET", "/api/orders/unknown")

    assert answer.headers == {"Content-Type": "application/vnd.api+json"}


BLANK = {"_save_payment_source_to_customer_wallet": True}

# Each request has this fault and the ones of all rows below it.
FAULTS: list[tuple[str, int, dict[str, Any]]] = [
    ("access token", 401, {"access_token": "unknown", "accept": "text/html"}),
    ("accept", 406, {"accept": "text/html", "content_type": "text/plain"}),
    ("content type", 415, {"content_type": "text/plain", "type": "unknown"}),
    ("path", 404, {"type": "unknown", "method": "POST"}),
    ("method", 405, {"method": "POST", "type": "price_lists"}),
    ("action", 401, {"type": "price_lists", "query": "?sort=unknown"}),
    ("query", 400, {"query": "?sort=unknown", "id": "unknown"}),
    ("resource", 404, {"id": "unknown", "document": {}}),
    ("permission", 401, {"id": "gRmoXvLbKz", "document": {}}),
    ("document", 400, {"attributes": {**BLANK, "number": "1", "status": "placed"}}),
    ("what is sent", 401, {"attributes": {**BLANK, "number": "1", "guest": "maybe"}}),
    ("value", 422, {"attributes": {**BLANK, "guest": "maybe", "_commit_invoice": True}}),
    ("trigger", 400, {"attributes": {**BLANK, "_commit_invoice": True}}),
    ("precondition", 422, {}),
]


def test_fault_is_told_before_the_next_one(
    subtests: pytest.Subtests, ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """Of two faults, that is told which the request meets first on its walk."""
    for name, status, faults in FAULTS:
        with subtests.test(name):
            id_ = faults.get("id", "pWZkeVLoJn")
            attributes = faults.get("attributes", BLANK)
            document = {"data": {"type": "orders", "id": id_, "attributes": attributes}}
            answer = refused(
                ask,
                faults.get("method", "PATCH"),
                f"/api/{faults.get('type', 'orders')}/{id_}{faults.get('query', '')}",
                faults.get("document", document),
                access_token=faults.get("access_token", "your-access-token"),
                headers={
                    "accept": faults.get("accept", "*/*"),
                    "content-type": faults.get("content_type", "application/vnd.api+json"),
                },
            )

            assert answer.status == status


@pytest.mark.parametrize(
    ("status", "document", "query"),
    [
        (401, {"type": "price_lists"}, "?sort=unknown"),
        (400, {"type": "addresses"}, "?sort=unknown"),
        (400, {"type": "addresses", "attributes": {"full_name": "A"}}, ""),
        (401, {"type": "addresses", "relationships": {"tags": {"data": []}}}, ""),
        (422, {"type": "addresses"}, ""),
    ],
    ids=["action", "query", "document", "what is sent", "value"],
)
def test_fault_of_a_creation_is_told_before_the_next_one(
    ask: Callable[..., Any],
    refused: Callable[..., Any],
    status: int,
    document: dict[str, Any],
    query: str,
) -> None:
    """A creation walks the same way as an update, without a resource."""
    answer = refused(ask, "POST", f"/api/{document['type']}{query}", {"data": document})

    assert answer.status == status


@pytest.mark.parametrize(
    ("status", "target"),
    [
        (401, "/api/orders/unknown?include=market"),
        (400, "/api/customer_payment_sources/unknown?include=customer"),
        (404, "/api/customer_payment_sources/unknown"),
        (401, "/api/customer_payment_sources/LZkVQvoXne"),
        (401, "/api/line_items/{item}"),
    ],
    ids=["action", "query", "resource", "permission", "what keeps it"],
)
def test_fault_of_a_deletion_is_told_before_the_next_one(
    ask: Callable[..., Any], refused: Callable[..., Any], store: Store, status: int, target: str
) -> None:
    """A deletion walks the same way, without a document."""
    [(_, item), *_] = store.linked_from(
        ("orders", "drYpoNLxZA"), types=["line_items"], name="order"
    )
    answer = refused(ask, "DELETE", target.format(item=item))

    assert answer.status == status


def test_creation_is_answered_with_where_it_is(ask: Callable[..., Any]) -> None:
    """201, and the new resource's own link in Location."""
    document = {
        "data": {"type": "price_lists", "attributes": {"name": "A", "currency_code": "EUR"}}
    }
    answer = ask("POST", "/api/price_lists", document, access_token="your-integration-access-token")

    own = f"http://localhost/api/price_lists/{answer.data['id']}"
    assert answer.data["links"]["self"] == own
    assert (answer.status, answer.headers) == (
        201,
        {"Content-Type": "application/vnd.api+json", "Location": own},
    )


def test_deletion_is_answered_with_nothing(ask: Callable[..., Any], entry_id: str) -> None:
    """204, without a body and what would describe it."""
    answer = ask("DELETE", f"/api/customer_payment_sources/{entry_id}")

    assert (answer.status, answer.headers, answer.body) == (204, {}, b"")


@pytest.mark.parametrize(
    ("method", "target", "attributes"),
    [
        ("POST", "/api/orders", {}),
        ("PATCH", "/api/orders/qaMAhZkZvd", {"id": "qaMAhZkZvd"}),
    ],
    ids=["POST", "PATCH"],
)
def test_answer_to_a_write_is_written_as_asked(
    ask: Callable[..., Any], method: str, target: str, attributes: dict[str, Any]
) -> None:
    """Include and fields are obeyed wherever a resource is answered."""
    query = "?include=market&fields[orders]=status,market&fields[markets]=code"
    answer = ask(method, f"{target}{query}", {"data": {"type": "orders", **attributes}})

    assert list(answer.data["attributes"]) == ["status"]
    assert list(answer.data["relationships"]) == ["market"]
    assert [each["attributes"] for each in answer.document["included"]] == [{"code": "europe1"}]


@pytest.mark.parametrize(
    ("access_token", "name"),
    [
        ("your-access-token", "Your shop"),
        ("your-guest-access-token", "Your shop"),
        ("your-integration-access-token", "Your integration"),
    ],
)
def test_application_is_the_one_that_asks(
    ask: Callable[..., Any], access_token: str, name: str
) -> None:
    """There are several; each access token is of one."""
    answer = ask("GET", "/api/application", access_token=access_token)

    assert answer.data["attributes"]["name"] == name


def _odd_request(choose: random.Random) -> Request:
    """Put a request together from parts that fit, and parts that do not."""
    names = [name for type_ in resource_types().values() for name in type_.relationships]
    values = ["", "1", "-1", "25", "9" * 5000, "%", "%00", "%ED%A0%80", "é", "a,b", "&", "=", "[["]
    values += [".".join(choose.choices([*names, "customer", "orders"], k=3)) for _ in range(4)]
    parameters = ["include", "page[number]", "page%5Bsize%5D", "page", "fields[orders]", "sort", ""]
    parameters += ["filter[q][number_eq]", "filter[q][customer_email_or_id_cont]", "filter[ids]"]
    path = ["api", choose.choice([*resource_types(), "orders", "orders", "é", ""])]
    path += [choose.choice(["qaMAhZkZvd", "pWZkeVLoJn", "unknown", "%00"])] * choose.randint(0, 1)
    path += choose.choice([[], [], [choose.choice(names)], ["relationships", choose.choice(names)]])
    query = "&".join(
        f"{choose.choice(parameters)}={choose.choice(values)}" for _ in range(choose.randint(0, 2))
    )
    data: Any = {"type": choose.choice(["orders", path[1]]), "id": "qaMAhZkZvd"}
    odd = [None, True, 1, -1.5, "", "true", "\ud800", "\x00", [], {}, [[]], {"data": None}]
    for name in choose.sample(
        ["type", "id", "attributes", "relationships"], k=choose.randint(0, 1)
    ):
        data[name] = choose.choice(odd)
    triggers = ["_save_payment_source_to_customer_wallet", "_customer_payment_source_id", "é"]
    triggers += ["_place", "metadata", "quantity", "sku_code", "email", "price_amount_cents"]
    data.setdefault("attributes", {choose.choice(triggers): choose.choice(odd)})
    bodies = [json.dumps({"data": data}).encode()] * 6
    bodies += [b"", b"\xff", b"[" * 100_000, b"9" * 5000, b"null", b'{"data":NaN}', b"{}"]
    tokens = ["your-access-token", "your-guest-access-token", "your-integration-access-token", "é"]
    return Request(
        choose.choice(["GET", "PATCH", "PATCH", "POST", "HEAD", "DELETE"]),
        f"/{'/'.join(path)}?{query}",
        {
            "authorization": f"Bearer {choose.choice(tokens)}",
            "content-type": "application/vnd.api+json",
            "host": choose.choice(["localhost", "", "é", '"']),
        },
        choose.choice(bodies),
    )


@pytest.mark.parametrize("seed", range(4))
def test_odd_request_is_answered_with_a_document(store: Store, seed: int) -> None:
    """Whatever comes in, nothing is raised, and the answer is data or error objects."""
    choose = random.Random(seed)
    answers = [handle(store, _odd_request(choose)) for _ in range(500)]

    documents = [json.loads(answer.body or b"null") for answer in answers]
    assert [("errors" in (document or {})) for document in documents] == [
        answer.status >= 400 for answer in answers
    ]
    assert [document is None for document in documents] == [
        answer.status == 204 for answer in answers
    ]


def test_reading_does_not_wait_for_another_program_that_writes(tmp_path: Path) -> None:
    """Two sandboxes on one file: while one writes, the other answers every GET."""
    writer, reader = (open_store(str(tmp_path / "world.db")) for _ in "12")
    headers = {"authorization": "Bearer your-access-token"}
    with writer.transaction():
        response = handle(reader, Request("GET", "/api/orders/qaMAhZkZvd", headers))
    writer.close()
    reader.close()

    assert response.status == 200
