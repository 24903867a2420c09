"""JSON:API documents, read and written without any I/O."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helpers.documents import (
    MEDIA_TYPE,
    Document,
    create_document,
    read_document,
    target_of,
    update_document,
)
from helpers.documents import update_document as update
from helpers.errors import (
    ApiError,
    ArgumentError,
    DocumentError,
    NotFound,
    UnreadableAnswerError,
)
from helpers.exchanges import Exchange

ORDER = {
    "id": "o",
    "type": "orders",
    "attributes": {"status": "pending"},
    "relationships": {
        "market": {"links": {}},
        "customer": {"data": None},
        "payment_source": {"data": {"type": "klarna_payments", "id": "k"}},
        "line_items": {"data": [{"type": "line_items", "id": i} for i in ("b", "a")]},
        "shipments": {"data": [{"type": "shipments", "id": "s"}]},
    },
}
INCLUDED = [
    {"id": "a", "type": "line_items"},
    {"id": "k", "type": "klarna_payments", "attributes": {"auth_token": "a-secret"}},
    {"id": "b", "type": "line_items"},
]


OPTIONS_AND_TARGETS: list[tuple[dict[str, Any], str]] = [
    ({}, "/api/orders/o"),
    ({"include": ("a", "b.c")}, "/api/orders/o?include=a,b.c"),
    ({"relationship": "customer"}, "/api/orders/o/customer"),
    ({"parameters": {"page[size]": 5}}, "/api/orders/o?page[size]=5"),
    ({"parameters": {"sort": "a&b=ä"}}, "/api/orders/o?sort=a%26b%3D%C3%A4"),
    ({"include": ("a",), "parameters": {"p": 1}}, "/api/orders/o?include=a&p=1"),
]


def exchange(status: int = 200) -> Exchange:
    """Make the exchange that a document comes from."""
    return Exchange(
        method="GET",
        base_url="https://yourdomain.commercelayer.io",
        target="/api/orders/o",
        headers={},
        sent=None,
        status=status,
        reason="OK",
    )


def document(data: Any, **members: Any) -> Document:
    """Make a document with this primary data."""
    return Document({"data": data, **members}, exchange())


def read(body: object, *, status: int = 200, media_type: str = MEDIA_TYPE) -> Document:
    """Read an answer with this body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_document(content, media_type=media_type, exchange=exchange(status))


def test_update_holds_type_id_and_attributes() -> None:
    """The document of an update is what the API asks for, and nothing else."""
    assert update("orders", id_="o", attributes={"_place": True}) == {
        "data": {"type": "orders", "id": "o", "attributes": {"_place": True}}
    }


def test_target_without_an_id_is_a_list() -> None:
    """The list of a type stands at the type's own path."""
    assert target_of("orders", parameters={"page[size]": 5}) == "/api/orders?page[size]=5"


@pytest.mark.parametrize(
    ("options", "expected"),
    OPTIONS_AND_TARGETS,
    ids=["bare", "include", "related", "parameters", "odd value", "both"],
)
def test_target_names_resource_and_query(options: dict[str, Any], expected: str) -> None:
    """A target is path and query, readable as the how-to writes them."""
    assert target_of("orders", "o", **options) == expected


@pytest.mark.parametrize("id_", ["", "a/b", "../markets", "a?b", "a b", "ä", "a\n", "%2e"])
def test_target_refuses_an_id_that_could_change_the_path(id_: str) -> None:
    """An id is checked before it becomes part of a path."""
    with pytest.raises(ArgumentError, match="Expected the id of one of the orders"):
        target_of("orders", id_)


@pytest.mark.parametrize("name", ["", "a,b", "a&b=c", "a..b", "A", 1, None])
def test_target_refuses_to_include_what_is_no_relationship(name: Any) -> None:
    """A name to include is checked before it becomes part of a query."""
    with pytest.raises(ArgumentError, match="Expected include to name relationships"):
        target_of("orders", "o", include=(name,))


@pytest.mark.parametrize("include", ["customer", 5, None, {"customer": 1}], ids=repr)
def test_target_refuses_anything_but_names_to_include(include: Any) -> None:
    """The comma that makes a tuple is easily forgotten; its absence is told, as is all else."""
    with pytest.raises(ArgumentError, match=r"tuple of names, such as \('customer',\)"):
        target_of("orders", "o", include=include)


def test_data_is_the_one_resource_object() -> None:
    """The primary data of a single resource is that resource object."""
    assert document(ORDER).data == ORDER


@pytest.mark.parametrize(("data", "came"), [(None, "null"), ([ORDER], "a list of 1")])
def test_data_refuses_to_be_something_else(data: Any, came: str) -> None:
    """A list, or nothing, is not taken for a resource object."""
    with pytest.raises(DocumentError, match=f"got {came}"):
        _ = document(data).data


@pytest.mark.parametrize(
    ("data", "expected"), [(None, []), (ORDER, [ORDER]), ([ORDER], [ORDER]), ([], [])]
)
def test_resources_are_the_primary_data_as_a_list(data: Any, expected: Any) -> None:
    """Whatever the primary data is, it can be read as a list."""
    assert document(data).resources == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("payment_source", ["k"]), ("line_items", ["b", "a"]), ("customer", [])]
)
def test_related_follows_the_linkage(name: str, expected: list[str]) -> None:
    """Related resource objects come in the linkage's order."""
    related = document(ORDER, included=INCLUDED).related(name)

    assert [resource["id"] for resource in related] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("market", r"Ask for it with include=\('market',\)"),
        ("wallet", "no relationship 'wallet' in this answer; there are: market, customer"),
        ("shipments", "shipments/s is linked to, but not included"),
    ],
    ids=["not included", "unknown", "half included"],
)
def test_related_says_why_it_has_nothing_to_return(name: str, expected: str) -> None:
    """A relationship that cannot be followed is told from one that leads nowhere."""
    with pytest.raises(DocumentError, match=expected):
        document(ORDER, included=INCLUDED).related(name)


@pytest.mark.parametrize("data", [ORDER, [ORDER], None], ids=["one", "many", "none"])
def test_repr_holds_no_content(data: Any) -> None:
    """A document that ends up in a log shows nothing of what it holds."""
    assert "a-secret" not in repr(document(data, included=INCLUDED))


def test_reading_brings_back_the_body_as_received() -> None:
    """No member of the answer is lost, renamed or moved."""
    body = {"data": ORDER, "included": INCLUDED, "meta": {"record_count": 1}}

    assert read(body).body == body


@pytest.mark.parametrize("media_type", [f"{MEDIA_TYPE}; charset=utf-8", MEDIA_TYPE.upper()])
def test_reading_takes_the_media_type_in_any_spelling(media_type: str) -> None:
    """Parameters and capitals make no other media type."""
    assert read({"data": None}, media_type=media_type).resources == []


NO_DOCUMENTS = {
    "html type": ({"data": ORDER}, "text/html"),
    "html": (b"<html>", MEDIA_TYPE),
    "no text": (b"\xff", MEDIA_TYPE),
    "a list": ([], MEDIA_TYPE),
    "empty": ({}, MEDIA_TYPE),
    "a text": ({"data": "o"}, MEDIA_TYPE),
    "no type": ({"data": {"id": "o"}}, MEDIA_TYPE),
    "no id": ({"data": {"type": "orders"}}, MEDIA_TYPE),
    "null item": ({"data": [None]}, MEDIA_TYPE),
    "included number": ({"data": None, "included": 5}, MEDIA_TYPE),
    "number included": ({"data": None, "included": [5]}, MEDIA_TYPE),
    "relationships as a text": ({"data": {**ORDER, "relationships": "payment_source"}}, MEDIA_TYPE),
    "relationship as a number": ({"data": {**ORDER, "relationships": {"customer": 5}}}, MEDIA_TYPE),
    "null id": ({"data": {"type": "orders", "id": None}}, MEDIA_TYPE),
    "very deep": (b"[" * 100_000, MEDIA_TYPE),
    "deep": (b'{"data": null, "meta": ' + b"[" * 100 + b"]" * 100 + b"}", MEDIA_TYPE),
}


def test_reading_refuses_what_is_no_document(subtests: pytest.Subtests) -> None:
    """A success that is no JSON:API document is told as such, without its content."""
    for case, (body, media_type) in NO_DOCUMENTS.items():
        with subtests.test(case):
            with pytest.raises(
                UnreadableAnswerError,
                match=r"with 200, but not (with a JSON:API document|by the API)",
            ) as raised:
                read(body, media_type=media_type)

            assert "html>" not in str(raised.value)


def test_error_that_is_nested_too_deep_to_be_shown_is_raised_without_it() -> None:
    """The status says enough; a broken answer does not break the error."""
    body = b'{"errors": [{"detail": ' + b"[" * 400 + b"]" * 400 + b"}]}"
    with pytest.raises(NotFound, match="no reason given"):
        read(body, status=404)


def test_document_may_be_as_deep_as_any_is() -> None:
    """What is deeper than usual is read all the same."""
    body = b'{"data": null, "meta": ' + b"[" * 98 + b"]" * 98 + b"}"

    assert read(body).body["data"] is None


def test_reading_raises_the_error_that_was_answered() -> None:
    """An error status becomes an exception, with the error objects as received."""
    errors = [{"title": "Record not found", "code": "RECORD_NOT_FOUND", "status": "404"}]
    with pytest.raises(NotFound) as raised:
        read({"errors": errors}, status=404)

    assert raised.value.errors == tuple(errors)


@pytest.mark.parametrize(
    "body", [b"<html>Bad gateway</html>", {"errors": None}, {"error": "x"}, [], "text"]
)
def test_reading_raises_an_error_whose_body_is_anything(body: object) -> None:
    """A proxy's error page is an error like any other, without reasons."""
    with pytest.raises(ApiError) as raised:
        read(body, status=502)

    assert raised.value.errors == ()


def test_reading_takes_a_single_error_object_for_a_list() -> None:
    """An authorization server may send one error object in place of a list."""
    with pytest.raises(ApiError) as raised:
        read({"errors": {"code": "UNAUTHORIZED"}}, status=401)

    assert raised.value.errors == ({"code": "UNAUTHORIZED"},)


@pytest.mark.parametrize("status", [400, 401, 422, 500])
def test_every_error_status_is_raised(status: int) -> None:
    """No answer from 400 on is taken for a success."""
    with pytest.raises(ApiError) as raised:
        read({"data": ORDER}, status=status)

    assert raised.value.status == status


@pytest.mark.parametrize(
    "relationships",
    [
        None,
        {"payment_source": None},
        {"payment_source": {"data": "k"}},
        {"payment_source": {"data": {"id": "k"}}},
    ],
    ids=["null", "relationship null", "linkage a text", "linkage without a type"],
)
def test_related_says_so_where_there_is_nothing_to_follow(relationships: Any) -> None:
    """A broken answer is told as such, and not by an error of Python's own."""
    with pytest.raises(DocumentError):
        document(
            {**ORDER, "relationships": relationships}, included=[{"id": "k"}, *INCLUDED]
        ).related("payment_source")


def test_created_document_has_no_id() -> None:
    """The API gives the id; what is sent names the type, and what is to be so."""
    market = {"type": "markets", "id": "m"}

    assert create_document(
        "orders", attributes={"guest": True}, relationships={"market": market, "tags": []}
    ) == {
        "data": {
            "type": "orders",
            "attributes": {"guest": True},
            "relationships": {"market": {"data": market}, "tags": {"data": []}},
        }
    }


def test_document_without_relationships_sends_none() -> None:
    """An empty object would be noise in what a reader is shown; attributes are always there."""
    assert [create_document("orders"), update_document("orders", id_="o")] == [
        {"data": {"type": "orders", "attributes": {}}},
        {"data": {"type": "orders", "id": "o", "attributes": {}}},
    ]


@pytest.mark.parametrize("id_", [None, "", 7])
def test_missing_id_makes_no_request_for_a_list(id_: Any) -> None:
    """A variable that holds nothing does not turn an update of one into one of all."""
    with pytest.raises(ArgumentError, match="Expected the id of one of the orders"):
        target_of("orders", id_)


def test_relationship_can_be_emptied() -> None:
    """None takes away what a relationship leads to."""
    assert update_document("orders", id_="o", relationships={"market": None})["data"][
        "relationships"
    ] == {"market": {"data": None}}


def test_error_keeps_the_answer_and_its_request_to_look_at() -> None:
    """Whoever catches an error can show what was asked and what was answered."""
    body = {"errors": [{"title": "Record not found"}], "meta": {}}
    with pytest.raises(NotFound) as raised:
        read(body, status=404)

    assert raised.value.body == body
    assert raised.value.exchange is not None
    assert raised.value.exchange.status == 404


def test_exchange_shows_nothing_of_what_was_sent() -> None:
    """A repr ends up in logs and tracebacks, and an auth_token may have been sent."""
    exchange = Exchange("PATCH", "https://h", "/", {}, {"auth_token": "a-secret"}, 200, "OK")

    assert "a-secret" not in repr(exchange)
