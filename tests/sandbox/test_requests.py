"""Reading a request: its path, its query, its headers, and every way to get one wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helpers.sandbox.messages import Request, Response

ORDER = "/api/orders/qaMAhZkZvd"


@pytest.mark.parametrize(
    ("target", "segments"),
    [
        ("/api/orders", ("api", "orders")),
        ("/api/orders/?include=market", ("api", "orders")),
        ("/api/orders/a%2Fb", ("api", "orders", "a/b")),
        ("/", ()),
        ("", ()),
    ],
)
def test_segments_are_decoded(target: str, segments: tuple[str, ...]) -> None:
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


@pytest.mark.parametrize(("length", "is_recalled"), [(900, True), (1_001, False)])
def test_what_came_before_is_recalled_if_it_is_short(length: int, is_recalled: bool) -> None:
    """Clients ask for the same again and again; what is long would fill the memory."""
    path, query = "/a" * (length // 2) + "/" * (length % 2), f"a={'b' * (length - 2)}"
    [one, other] = [Request("GET", f"{path}?{query}", {}) for _ in range(2)]

    assert (one.segments, one.query) == (other.segments, other.query)
    assert (one.segments is other.segments) is is_recalled
    assert (one.query is other.query) is is_recalled


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({"host": "127.0.0.1:8000"}, "http://127.0.0.1:8000"), ({}, "http://localhost")],
    ids=["named", "not named"],
)
def test_base_url_is_the_one_that_the_client_named(headers: dict[str, str], expected: str) -> None:
    """Links lead back the way the request came."""
    request = Request("GET", "/", headers)

    assert request.base_url == expected


def test_headers_and_bodies_are_kept_out_of_a_repr() -> None:
    """An access token never shows up in a traceback."""
    request = Request("GET", "/", {"authorization": "Bearer secret"}, b"secret")
    response = Response(200, b"secret")

    assert "secret" not in f"{request!r} {response!r}"


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
