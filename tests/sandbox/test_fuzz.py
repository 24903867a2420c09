"""Any request at all, made up by Hypothesis: never the sandbox's fault, never half done.

``FUZZ_EXAMPLES=5000 pytest tests/sandbox/test_fuzz.py`` tries that many of each kind, other ones
every time; without it a few, always the same.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import TypeVar
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from helpers.sandbox.keys import new_key
from helpers.sandbox.messages import MEDIA_TYPE, Request, Response
from helpers.sandbox.resources import Relationship, ResourceType, resource_types
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.site import Site
from helpers.sandbox.store import Store

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
# What no answer may take, in seconds; most take a hundredth of that.
BOUND = 1.0
FEW = settings(
    max_examples=EXAMPLES or 150,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

T = TypeVar("T")
Send = Callable[[Request], Response]


@cache
def _ids() -> Mapping[str, list[str]]:
    """Name everything in the documented world, by type."""
    store = open_store()
    ids: dict[str, list[str]] = {}
    for type_, id_ in store.identifiers(list(resource_types())):
        ids.setdefault(type_, []).append(id_)
    store.close()
    return ids


TYPES = sorted(resource_types())
MEMBERS = sorted(
    {
        name
        for type_ in resource_types().values()
        for name in [*type_.attributes, *type_.relationships]
    }
)
SETTINGS = SCENARIOS["documented"].settings
PREDICATES = [
    *("eq", "not_eq", "in", "not_in_or_null", "lt", "gteq_any", "matches", "does_not_match_all"),
    *("cont", "not_cont_all", "start", "not_end_any", "null", "present", "true", "jcont", "x"),
]
WRITES = [
    *[("POST", "create")] * 3,
    *[("PATCH", "update")] * 3,
    ("DELETE", "delete"),
]
GRANTS = [
    *("client_credentials", "password", "refresh_token", "authorization_code"),
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
]
ASKED_FOR_TOKENS = [
    *("client_id", "client_secret", "scope", "username", "password"),
    *("refresh_token", "assertion", "token"),
]

texts = some.text(max_size=20)
scalars = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(),
    some.sampled_from([0, -1, 2**31, 2**63, 10**30, "true", "qaMAhZkZvd", "orders", "a@b.c"]),
    texts,
)
values = some.recursive(
    scalars,
    lambda inner: some.one_of(
        some.lists(inner, max_size=3), some.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=6,
)
VALUES_OF_TYPE: Mapping[str, some.SearchStrategy[object]] = {
    "array": some.lists(scalars, max_size=3),
    "boolean": some.booleans(),
    "float": some.floats(0, 1000),
    "integer": some.integers(0, 1000),
    "object": some.dictionaries(texts, scalars, max_size=3),
    "string": some.one_of(
        texts, some.sampled_from(["TSHIRTMM000000FFFFFFXL", "EUR", "IT", "jane@example.com", "1"])
    ),
}
access_tokens = some.sampled_from(
    [
        *["your-integration-access-token"] * 4,
        *["your-access-token"] * 2,
        "your-other-customers-access-token",
        "your-guest-access-token",
    ]
)


def _mostly(draw: some.DrawFn, usual: some.SearchStrategy[T], other: some.SearchStrategy[T]) -> T:
    """Draw the usual thing nine times out of ten."""
    return draw(other if draw(some.integers(0, 9)) == 9 else usual)


@some.composite
def identifiers(draw: some.DrawFn, wanted: tuple[str, ...] = ()) -> tuple[str, str]:
    """Name a resource that there is, of one of these types, nearly always."""
    held = [type_ for type_ in wanted or TYPES if type_ in _ids()] or sorted(_ids())
    type_ = _mostly(draw, some.sampled_from(held), some.one_of(some.sampled_from(TYPES), texts))
    ids = some.sampled_from(_ids().get(type_) or ["unknown"])
    return type_, _mostly(draw, ids, texts)


def _known(type_: str) -> ResourceType:
    return resource_types().get(type_) or resource_types()["orders"]


@some.composite
def documents(draw: some.DrawFn, type_: str, id_: str | None) -> object:
    """Make a document for this type, nearly always with something amiss, or make anything."""
    known, flag = _known(type_), "c" if id_ is None else "u"
    data: dict[str, object] = {"type": _mostly(draw, some.just(type_), texts)}
    if id_ is not None:
        data["id"] = _mostly(draw, some.just(id_), texts)
    attributes = [name for name, each in known.attributes.items() if flag in each.flags]
    names = draw(some.sets(some.sampled_from(attributes or MEMBERS), max_size=4))
    names |= {
        name
        for name in attributes
        if flag == "c" and known.attributes[name].required and draw(some.integers(0, 3))
    }
    data["attributes"] = {
        name: _mostly(draw, VALUES_OF_TYPE[known.attributes[name].type], values)
        if name in known.attributes
        else draw(values)
        for name in sorted(names)
    }
    relationships = [name for name, each in known.relationships.items() if flag in each.flags]
    names = draw(some.sets(some.sampled_from(relationships or MEMBERS), max_size=3))
    names |= {
        name
        for name in relationships
        if flag == "c" and known.relationships[name].required and draw(some.integers(0, 3))
    }
    data["relationships"] = {
        name: {"data": draw(_linkage(known.relationships[name]))}
        if name in known.relationships
        else draw(values)
        for name in sorted(names)
    }
    for place in ("attributes", "relationships"):
        if draw(some.integers(0, 14)) == 14:
            data[place] = draw(
                some.one_of(values, some.dictionaries(some.sampled_from(MEMBERS), values))
            )
    return _mostly(draw, some.just({"data": data}), values)


@some.composite
def _linkage(draw: some.DrawFn, relationship: Relationship) -> object:
    named = identifiers(relationship.types).map(lambda it: {"type": it[0], "id": it[1]})
    usual: some.SearchStrategy[object] = some.lists(named) if relationship.many else named
    return _mostly(draw, usual, some.one_of(some.none(), named, values))


@some.composite
def queries(draw: some.DrawFn, type_: str) -> str:
    """Make a query of parameters that there are, nearly always with something amiss."""
    known = _known(type_)
    attributes = some.sampled_from(sorted(known.attributes) or MEMBERS)
    relationships = some.sampled_from(sorted(known.relationships) or MEMBERS)
    members = some.one_of(attributes, relationships, some.sampled_from(MEMBERS), texts)
    paths = some.lists(members, max_size=2).map(lambda more: ".".join(more))
    includes = some.tuples(relationships, paths).map(lambda path: ".".join(filter(None, path)))
    filtered = some.one_of(attributes, some.builds("{}_{}".format, relationships, attributes))
    several = some.lists(some.one_of(filtered, members), min_size=1, max_size=2).map("_or_".join)
    names_and_values: Mapping[str, tuple[some.SearchStrategy[str], some.SearchStrategy[str]]] = {
        "include": (some.just("include"), some.lists(includes, max_size=3).map(",".join)),
        "fields": (
            some.sampled_from(TYPES).map("fields[{}]".format),
            some.lists(members, max_size=3).map(",".join),
        ),
        "sort": (
            some.just("sort"),
            some.lists(some.one_of(attributes, attributes.map("-{}".format)), max_size=2).map(
                ",".join
            ),
        ),
        "page": (
            some.sampled_from(["page[number]", "page[size]"]),
            some.integers(0, 26).map(str),
        ),
        "filter": (
            some.builds("filter[q][{}_{}]".format, several, some.sampled_from(PREDICATES)),
            some.one_of(texts, scalars.map(str), some.lists(texts).map(",".join)),
        ),
        "junk": (texts, values.map(json.dumps)),
    }
    name, value = names_and_values[draw(some.sampled_from(sorted(names_and_values)))]
    return f"{_quoted(_mostly(draw, name, texts))}={_quoted(_mostly(draw, value, texts))}"


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Store, bytes]]:
    """Open the documented world once, and keep a copy to go back to."""
    store = open_store()
    store.remember("signing_key", asdict(new_key()))
    yield store, store._connection.serialize()
    store.close()


@pytest.fixture(scope="module")
def send(world: tuple[Store, bytes]) -> Send:
    """Send a request to the documented world as it was at first, and judge the answer."""
    store, first = world
    site = Site(store)
    before = store.dump()

    def send(request: Request) -> Response:
        store._connection.deserialize(first)
        store._forget()
        start = time.perf_counter()
        response = site.answer(request)
        seconds = time.perf_counter() - start
        assert response.status in {200, 201, 204} or 400 <= response.status < 500
        assert seconds < BOUND
        if response.status >= 400 or request.method in {"HEAD", "OPTIONS"}:
            assert store.dump() == before
        _check_body(response)
        return response

    return send


def _check_body(response: Response) -> None:
    content_type = response.headers.get("Content-Type", "")
    if response.status == 204:
        assert response.body == b""
    elif content_type.startswith("text/html"):
        assert response.body.decode().endswith("</html>\n")
    else:
        document = json.loads(response.body, parse_constant=pytest.fail)
        json.dumps(document, ensure_ascii=False).encode()
        assert ("errors" in document) == (response.status >= 400)
        for error in document.get("errors", []) if response.status >= 400 else []:
            assert {"title", "detail", "code", "status"} <= error.keys()
            assert str(error["status"]) == str(response.status)


def _headers(access_token: str = "", content_type: str = MEDIA_TYPE) -> Mapping[str, str]:
    return {
        "host": "localhost",
        "accept": MEDIA_TYPE,
        "authorization": f"Bearer {access_token}",
        "content-type": content_type,
    }


@FEW
@given(data=some.data())
def test_write_is_done_or_refused(send: Send, data: some.DataObject) -> None:
    """Whatever a document holds, all of it happens or nothing does."""
    method, action = data.draw(some.sampled_from(WRITES))
    wanted = tuple(name for name in TYPES if action in resource_types()[name].actions)
    type_, id_ = data.draw(identifiers(wanted))
    path = [type_] if method == "POST" else [type_, id_]
    body = data.draw(documents(type_, None if method == "POST" else id_))
    query = data.draw(some.one_of(*[some.just("")] * 9, queries(type_)))
    target = f"/api/{'/'.join(map(_quoted, path))}?{query}"
    send(Request(method, target, _headers(data.draw(access_tokens)), json.dumps(body).encode()))


@FEW
@given(data=some.data())
def test_read_is_answered_or_refused(send: Send, data: some.DataObject) -> None:
    """Whatever a query asks for, the answer is a document, and soon there."""
    type_, id_ = data.draw(identifiers())
    names = some.sampled_from(sorted(_known(type_).relationships) or MEMBERS)
    path = data.draw(
        some.one_of(
            some.just([type_]),
            some.just([type_, id_]),
            names.map(lambda name: [type_, id_, name]),
            names.map(lambda name: [type_, id_, "relationships", name]),
        )
    )
    query = "&".join(data.draw(some.lists(queries(type_), max_size=3)))
    target = f"/api/{'/'.join(map(_quoted, path))}?{query}"
    send(Request("GET", target, _headers(data.draw(access_tokens))))


@FEW
@given(data=some.data())
def test_question_for_an_access_token_is_answered_or_refused(
    send: Send, data: some.DataObject
) -> None:
    """Whatever is told of an application and its owner."""
    target = data.draw(
        some.sampled_from(["/oauth/token", "/oauth/token", "/oauth/revoke", "/oauth/tokeninfo"])
    )
    right = {"username": "CL_CUSTOMER_EMAIL", "password": "CL_CUSTOMER_PASSWORD"}
    parameters = {
        name: some.one_of(
            some.just(SETTINGS.get(right.get(name, f"CL_{name.upper()}"), "your-access-token")),
            some.sampled_from([*SETTINGS.values(), "your-access-token"]),
            values,
        )
        for name in ASKED_FOR_TOKENS
    }
    parameters["grant_type"] = some.one_of(some.sampled_from(GRANTS), values)
    asked = data.draw(some.fixed_dictionaries({}, optional=parameters))
    form = "&".join(f"{name}={_quoted(str(value))}" for name, value in asked.items())
    content_type, body = data.draw(
        some.sampled_from(
            [
                ("application/json", json.dumps(asked)),
                ("application/x-www-form-urlencoded", form),
                ("application/json", form),
            ]
        )
    )
    send(Request("POST", target, _headers("your-access-token", content_type), body.encode()))


@FEW
@given(
    method=some.one_of(
        some.sampled_from(["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE"]), texts
    ),
    path=some.lists(
        some.one_of(
            some.sampled_from(["api", "oauth", "token", ".well-known", "jwks.json", "sandbox"]),
            some.sampled_from(["reset", "relationships", "%ff", "%00", "..", "", "*"]),
            some.sampled_from(TYPES),
            texts.map(_quoted),
        ),
        max_size=5,
    ),
    query=some.one_of(
        queries("orders"), texts, some.binary(max_size=20).map(lambda b: b.decode("latin-1"))
    ),
    headers=some.dictionaries(
        some.sampled_from(["host", "accept", "authorization", "content-type", "origin"]),
        some.one_of(
            some.sampled_from([MEDIA_TYPE, "Bearer your-access-token", "*/*", "text/html"]),
            some.binary(max_size=20).map(lambda value: value.decode("latin-1")),
        ),
    ),
    body=some.one_of(
        some.binary(max_size=40), values.map(lambda value: json.dumps(value).encode())
    ),
)
def test_anything_is_answered_or_refused(
    send: Send, method: str, path: list[str], query: str, headers: Mapping[str, str], body: bytes
) -> None:
    """Whatever it is, and wherever it goes to."""
    send(Request(method, f"/{'/'.join(path)}?{query}", headers, body))
