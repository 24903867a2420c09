"""Reading a request: headers, parameters, documents, and every way to get one wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from helpers.sandbox.messages import Request

ORDER = "/api/orders/qaMAhZkZvd"
SAVE = "_save_payment_source_to_customer_wallet"
DATA = {"type": "orders", "id": "qaMAhZkZvd"}
FORMAT = "INVALID_DATA_FORMAT"


@pytest.mark.parametrize(
    ("target", "segments"),
    [
        ("/api/orders", ["api", "orders"]),
        ("/api/orders/?include=market", ["api", "orders"]),
        ("/api/orders/a%2Fb", ["api", "orders", "a/b"]),
        ("/", []),
        ("", []),
    ],
)
def test_segments_are_decoded(target: str, segments: list[str]) -> None:
    """A path is cut at its slashes first, and decoded then."""
    request = Request("GET", target, {})

    assert request.segments == segments


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("page%5Bsize%5D=2", {"page[size]": "2"}),
        ("page[size]=2", {"page[size]": "2"}),
        ("include=", {"include": ""}),
        ("include=a&include=b", {"include": "b"}),
        ("include=a%2Cb", {"include": "a,b"}),
    ],
)
def test_query_is_decoded(query: str, expected: dict[str, str]) -> None:
    """Brackets and commas may be percent-encoded; of a repeated parameter, the last counts."""
    request = Request("GET", f"/api/orders?{query}", {})

    assert request.query == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({"host": "127.0.0.1:8000"}, "http://127.0.0.1:8000"), ({}, "http://localhost")],
    ids=["named", "not named"],
)
def test_base_url_is_the_one_that_the_client_named(headers: dict[str, str], expected: str) -> None:
    """Links lead back the way the request came."""
    request = Request("GET", "/", headers)

    assert request.base_url == expected


def test_request_keeps_headers_and_body_out_of_its_repr() -> None:
    """An access token never shows up in a traceback."""
    request = Request("GET", "/", {"authorization": "Bearer secret"}, b"secret")

    assert "secret" not in repr(request)


@pytest.mark.parametrize(
    "accept",
    [
        "application/vnd.api+json",
        "application/vnd.api+json; charset=utf-8",
        "APPLICATION/VND.API+JSON",
        "text/html, application/vnd.api+json;q=0.9",
        "application/*",
        "*/*",
    ],
)
def test_accept_is_good_when_it_covers_the_media_type(ask: Callable[..., Any], accept: str) -> None:
    """The media type may be named outright, among others, or by a range."""
    answer = ask("GET", ORDER, headers={"accept": accept})

    assert answer.status == 200


def test_accept_may_be_missing(ask: Callable[..., Any]) -> None:
    """A client that says nothing of what it accepts, accepts everything."""
    answer = ask("GET", ORDER, headers={"accept": None})

    assert answer.status == 200


@pytest.mark.parametrize("accept", ["application/json", "text/html, image/*", ""])
def test_accept_is_refused_when_it_does_not_cover_the_media_type(
    ask: Callable[..., Any], refused: Callable[..., Any], accept: str
) -> None:
    """An answer that the client would not accept is not sent (406)."""
    answer = refused(ask, "GET", ORDER, headers={"accept": accept})

    assert answer.document["errors"] == [
        {
            "title": "Not acceptable",
            "detail": "All requests must use the 'application/vnd.api+json' Accept. "
            f"This request specified '{accept}'.",
            "code": "NOT_ACCEPTABLE",
            "status": "406",
        }
    ]


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "", None])
@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_content_type_is_refused_when_it_is_another(
    ask: Callable[..., Any], refused: Callable[..., Any], method: str, content_type: str | None
) -> None:
    """A document must come with the media type of JSON:API (415)."""
    answer = refused(ask, method, ORDER, headers={"content-type": content_type})

    assert answer.document["errors"] == [
        {
            "title": "Unsupported media type",
            "detail": "All requests that create or update must use the 'application/vnd.api+json' "
            f"Content-Type. This request specified '{content_type or ''}'.",
            "code": "UNSUPPORTED_MEDIA_TYPE",
            "status": "415",
        }
    ]


@pytest.mark.parametrize(
    "content_type", ["application/vnd.api+json;charset=utf-8", "Application/VND.api+json"]
)
def test_content_type_is_good_when_it_is_the_media_type(
    update: Callable[..., Any], content_type: str
) -> None:
    """Parameters and capitals do not matter."""
    answer = update("qaMAhZkZvd", {}, headers={"content-type": content_type})

    assert answer.status == 200


def test_content_type_may_be_there_when_nothing_is_sent(ask: Callable[..., Any]) -> None:
    """The vendor's own client names a Content-Type on every GET."""
    answer = ask("GET", ORDER, headers={"content-type": "application/json"})

    assert answer.status == 200


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("unknown=1", "unknown is not allowed."),
        ("page=1", "page is not allowed."),
        ("=1", " is not allowed."),
        ("include[]=market", "include[] is not allowed."),
        (
            "fields[orders]=number",
            "fields[orders] is not allowed: the API has it, this sandbox does not emulate it.",
        ),
        (
            "filter%5Bq%5D%5Bnumber_eq%5D=1",
            "filter[q][number_eq] is not allowed: the API has it, this sandbox does not emulate "
            "it.",
        ),
        ("sort=-number", "sort is not allowed: the API has it, this sandbox does not emulate it."),
    ],
)
def test_parameter_is_refused_when_it_does_nothing_here(
    ask: Callable[..., Any], refused: Callable[..., Any], query: str, detail: str
) -> None:
    """A parameter is obeyed or refused, never ignored (400)."""
    answer = refused(ask, "GET", f"{ORDER}?{query}")

    assert answer.document["errors"] == [
        {
            "title": "Param not allowed",
            "detail": detail,
            "code": "PARAM_NOT_ALLOWED",
            "status": "400",
        }
    ]


@pytest.mark.parametrize(
    "target",
    [
        "/api/orders",
        "/api/organization",
        f"{ORDER}/market",
        f"{ORDER}/line_items",
        f"{ORDER}/relationships/market",
    ],
)
def test_parameters_are_refused_one_by_one_at_every_path(
    ask: Callable[..., Any], refused: Callable[..., Any], target: str
) -> None:
    """Each parameter that does nothing has an error object of its own."""
    answer = refused(ask, "GET", f"{target}?sort=a&filter[q]=b&fields[orders]=c&unknown=d")

    assert [error["detail"].split()[0] for error in answer.document["errors"]] == [
        "sort",
        "filter[q]",
        "fields[orders]",
        "unknown",
    ]


@pytest.mark.parametrize("name", ["page[number]", "page[size]"])
@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", ORDER),
        ("GET", "/api/organization"),
        ("GET", f"{ORDER}/market"),
        ("GET", f"{ORDER}/relationships/line_items"),
        ("PATCH", ORDER),
    ],
)
def test_page_is_refused_where_there_is_no_list(
    ask: Callable[..., Any], refused: Callable[..., Any], method: str, target: str, name: str
) -> None:
    """One resource has no pages (400)."""
    answer = refused(ask, method, f"{target}?{name}=1", {"data": DATA})

    assert [error["detail"] for error in answer.document["errors"]] == [f"{name} is not allowed."]


def test_parameters_are_refused_at_an_update(
    update: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """A fault in the query keeps the document from being acted on."""
    answer = refused(update, "qaMAhZkZvd", {SAVE: True}, query="?sort=number")

    assert (answer.status, answer.codes) == (400, ["PARAM_NOT_ALLOWED"])


@pytest.mark.parametrize(
    ("target", "include", "detail"),
    [
        (ORDER, "unknown", "unknown is not a valid includable relationship of orders"),
        (ORDER, "event_stores", "event_stores is not a valid includable relationship of orders"),
        (ORDER, "number", "number is not a valid includable relationship of orders"),
        (ORDER, "customer.market", "market is not a valid includable relationship of customers"),
        (ORDER, "customer.", " is not a valid includable relationship of customers"),
        (
            ORDER,
            "store.market",
            "market is not a valid includable relationship here: what it would belong to is not "
            "emulated",
        ),
        (
            f"{ORDER}/customer",
            "market",
            "market is not a valid includable relationship of customers",
        ),
        ("/api/orders", " market", " market is not a valid includable relationship of orders"),
    ],
)
def test_include_is_refused_when_there_is_no_such_relationship(
    ask: Callable[..., Any], refused: Callable[..., Any], target: str, include: str, detail: str
) -> None:
    """A path must exist, name by name, and event stores are not includable (400)."""
    answer = refused(ask, "GET", f"{target}?include={include}")

    assert answer.document["errors"] == [
        {
            "title": "Invalid include",
            "detail": detail,
            "code": "INVALID_INCLUDE",
            "status": "400",
        }
    ]


def test_include_is_refused_path_by_path(
    ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """Each wrong path has an error object of its own; the right ones do not help."""
    answer = refused(ask, "GET", f"{ORDER}?include=one,market,two.three&sort=number")

    assert answer.codes == ["INVALID_INCLUDE", "INVALID_INCLUDE", "PARAM_NOT_ALLOWED"]


def test_include_is_refused_of_a_relationship_itself(
    ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """A relationship's own document includes nothing."""
    answer = refused(ask, "GET", f"{ORDER}/relationships/market?include=price_list")

    assert answer.codes == ["INVALID_INCLUDE"]


def test_include_through_many_types_is_read_at_once(ask: Callable[..., Any]) -> None:
    """A path that goes to and fro does not grow with every step."""
    path = ".".join(["order", "transactions"] * 200)
    answer = ask(
        "GET", f"/api/transactions?include={path}", access_token="your-integration-access-token"
    )

    assert answer.status == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "0"),
        ("size", "26"),
        ("size", "-1"),
        ("size", "ten"),
        ("size", ""),
        ("size", "1.5"),
        ("size", "9" * 5000),
        ("number", "0"),
        ("number", "-1"),
        ("number", "one"),
        ("number", "²"),
        ("number", "9" * 5000),
    ],
    ids=lambda value: value if len(value) < 10 else "very long",
)
def test_page_is_refused_when_it_is_out_of_bounds(
    ask: Callable[..., Any], refused: Callable[..., Any], name: str, value: str
) -> None:
    """Pages count from one and hold at most 25 (400)."""
    answer = refused(ask, "GET", f"/api/orders?page[{name}]={value}")

    assert answer.document["errors"] == [
        {
            "title": "Invalid page value",
            "detail": f"{value} is not a valid value for {name} page parameter.",
            "code": "INVALID_PAGE_VALUE",
            "status": "400",
        }
    ]


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        (b"", FORMAT, "Expected a JSON document, got something else."),
        (b"{", FORMAT, "Expected a JSON document, got something else."),
        (b"\xff", FORMAT, "Expected a JSON document, got something else."),
        (b"[" * 100_000, FORMAT, "Expected a JSON document, got something else."),
        (b"9" * 5000, FORMAT, "Expected a JSON document, got something else."),
        (b'{"data": NaN}', FORMAT, "Expected a JSON document, got something else."),
        (b'{"data": "\\ud800"}', FORMAT, "Expected a JSON document, got something else."),
        (b"[]", FORMAT, "Expected a JSON object, got []."),
        (b"null", FORMAT, "Expected a JSON object, got null."),
        (b"{}", "PARAM_MISSING", "The required parameter, data, is missing."),
        (b'{"data": null}', FORMAT, "Expected data to be an object, got null."),
        (b'{"data": []}', FORMAT, "Expected data to be an object, got []."),
        (b'{"data": {"id": 1}}', "PARAM_MISSING", "The required parameter, type, is missing."),
        (
            b'{"data": {"id": 1, "type": ["' + b"a" * 99 + b'"]}}',
            "TYPE_MISMATCH",
            f'["{"a" * 58}... is not a valid type for this operation.',
        ),
    ],
    ids=[
        "nothing",
        "cut off",
        "not UTF-8",
        "very deep",
        "a very long number",
        "not a number",
        "half a character",
        "a list",
        "null",
        "no data",
        "data null",
        "data a list",
        "no type",
        "type a long list",
    ],
)
def test_body_is_refused_when_it_is_no_document(
    ask: Callable[..., Any], refused: Callable[..., Any], body: bytes, code: str, detail: str
) -> None:
    """What cannot be read as an update is refused (400)."""
    answer = refused(ask, "PATCH", ORDER, body=body)

    title = {
        FORMAT: "Invalid data format",
        "PARAM_MISSING": "Missing Parameter",
        "TYPE_MISMATCH": "Type Mismatch",
    }[code]
    assert answer.document["errors"] == [
        {"title": title, "detail": detail, "code": code, "status": "400"}
    ]


@pytest.mark.parametrize(
    ("members", "code", "title", "detail"),
    [
        (
            {"type": "skus"},
            "TYPE_MISMATCH",
            "Type Mismatch",
            "skus is not a valid type for this operation.",
        ),
        (
            {"id": "pWZkeVLoJn"},
            "KEY_NOT_INCLUDED_IN_URL",
            "Key is not included in URL",
            "The URL does not support the key pWZkeVLoJn",
        ),
        (
            {"attributes": [SAVE]},
            FORMAT,
            "Invalid data format",
            f'Expected attributes to be an object, got ["{SAVE}"].',
        ),
        (
            {"relationships": None},
            FORMAT,
            "Invalid data format",
            "Expected relationships to be an object, got null.",
        ),
        (
            {"attributes": {"unknown": 1}},
            "PARAM_NOT_ALLOWED",
            "Param not allowed",
            "unknown is not allowed.",
        ),
        (
            {"attributes": {"status": "placed"}},
            "PARAM_NOT_ALLOWED",
            "Param not allowed",
            "status is not allowed.",
        ),
        (
            {"attributes": {"_place": True}},
            "PARAM_NOT_ALLOWED",
            "Param not allowed",
            "_place is not allowed: the API has it, this sandbox does not emulate it.",
        ),
        (
            {"attributes": {"coupon_code": "A"}},
            "PARAM_NOT_ALLOWED",
            "Param not allowed",
            "coupon_code is not allowed: the API has it, this sandbox does not emulate it.",
        ),
        (
            {"relationships": {"unknown": {}}},
            "PARAM_NOT_ALLOWED",
            "Param not allowed",
            "unknown is not allowed.",
        ),
        (
            {"relationships": {"line_items": {"data": []}}},
            "PARAM_NOT_ALLOWED",
            "Param not allowed",
            "line_items is not allowed.",
        ),
        (
            {"relationships": {"payment_source": {"data": None}}},
            "PARAM_NOT_ALLOWED",
            "Param not allowed",
            "payment_source is not allowed: the API has it, this sandbox does not emulate it.",
        ),
    ],
    ids=[
        "another type",
        "another id",
        "attributes a list",
        "relationships null",
        "unknown attribute",
        "read-only attribute",
        "trigger not emulated",
        "attribute not emulated",
        "unknown relationship",
        "read-only relationship",
        "relationship not emulated",
    ],
)
def test_document_is_refused_when_a_member_is_wrong(
    ask: Callable[..., Any],
    refused: Callable[..., Any],
    members: dict[str, Any],
    code: str,
    title: str,
    detail: str,
) -> None:
    """An update names its resource, and only what can be updated here (400)."""
    attributes = {SAVE: True}
    document = {"data": {**DATA, "attributes": attributes, **members}}
    answer = refused(ask, "PATCH", ORDER, document)

    assert answer.document["errors"] == [
        {"title": title, "detail": detail, "code": code, "status": "400"}
    ]


@pytest.mark.parametrize("missing", [["type"], ["id"], ["type", "id"]], ids=" and ".join)
def test_document_is_refused_when_it_does_not_say_what_it_means(
    ask: Callable[..., Any], refused: Callable[..., Any], missing: list[str]
) -> None:
    """An update says twice which resource it means; what it leaves out is named."""
    data = {name: value for name, value in DATA.items() if name not in missing}
    answer = refused(ask, "PATCH", ORDER, {"data": data})

    assert [error["detail"] for error in answer.document["errors"]] == [
        f"The required parameter, {name}, is missing." for name in missing
    ]


@pytest.mark.parametrize(
    ("members", "names"),
    [
        ({"attributes": {"one": 1, SAVE: True, "two": 2}}, ["one", "two"]),
        ({"attributes": {"one": 1}, "relationships": {"customer": {}}}, ["one", "customer"]),
        ({"attributes": {"_place": 1, SAVE: True, "_cancel": 1}}, ["_place", "_cancel"]),
    ],
    ids=["unknown", "of both kinds", "not emulated"],
)
def test_document_is_refused_name_by_name(
    ask: Callable[..., Any],
    refused: Callable[..., Any],
    members: dict[str, Any],
    names: list[str],
) -> None:
    """Each name that cannot be updated has an error object; a good one beside it does nothing."""
    answer = refused(ask, "PATCH", ORDER, {"data": {**DATA, **members}})

    assert [error["detail"].split()[0] for error in answer.document["errors"]] == names


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"attributes": {}},
        {"relationships": {}},
        {"attributes": {}, "relationships": {}},
        {"meta": {"anything": 1}},
    ],
    ids=["nothing", "attributes", "relationships", "both", "meta"],
)
def test_document_changes_nothing_when_it_asks_for_nothing(
    ask: Callable[..., Any], members: dict[str, Any]
) -> None:
    """The vendor's own client always sends both members, even empty."""
    answer = ask("PATCH", ORDER, {"data": {**DATA, **members}})

    assert answer.document == ask("GET", ORDER).document


def test_document_may_start_with_a_byte_order_mark(ask: Callable[..., Any]) -> None:
    """Some editors put one in front of every file."""
    answer = ask("PATCH", ORDER, body=json.dumps({"data": DATA}).encode("utf-8-sig"))

    assert answer.status == 200
