"""Everything that the sandbox serves, without any skin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import helpers
from helpers.sandbox.messages import Request, Response
from helpers.sandbox.ready_made import load
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.site import Site
from helpers.sandbox.store import Store

ROOT = Path(helpers.__file__).parent.parent
MEDIA_TYPE = "application/vnd.api+json"
HEADERS = {
    "host": "localhost:8000",
    "accept": MEDIA_TYPE,
    "authorization": "Bearer your-access-token",
    "content-type": MEDIA_TYPE,
}
ORDER = "/api/orders/qaMAhZkZvd"
SAVE = {
    "data": {
        "type": "orders",
        "id": "qaMAhZkZvd",
        "attributes": {"_save_payment_source_to_customer_wallet": True},
    }
}

Send = Callable[..., Response]


def _sender(site: Site) -> Send:
    def send(
        method: str,
        target: str,
        document: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        client: str = "192.0.2.1",
    ) -> Response:
        if body is None:
            body = b"" if document is None else json.dumps(document).encode()
        return site.answer(Request(method, target, HEADERS | (headers or {}), body, client))

    return send


@pytest.fixture
def send(store: Store) -> Send:
    """Send a request to the site."""
    return _sender(Site(store))


@pytest.fixture
def limited(store: Store) -> Send:
    """Send a request to a site whose rate limits hold."""
    return _sender(Site(store, rate_limits=True))


def _error(response: Response) -> Any:
    [error] = json.loads(response.body)["errors"]
    assert error["status"] == str(response.status)
    return error


@pytest.mark.parametrize(
    ("method", "target", "status", "content_type"),
    [
        ("GET", "/", 200, "text/html; charset=utf-8"),
        ("HEAD", "/", 200, "text/html; charset=utf-8"),
        ("GET", "/?x", 200, "text/html; charset=utf-8"),
        ("GET", ORDER, 200, MEDIA_TYPE),
        ("GET", f"{ORDER}/", 200, MEDIA_TYPE),
        ("HEAD", ORDER, 200, MEDIA_TYPE),
        ("GET", "/.well-known/jwks.json", 200, "application/json"),
        ("POST", "/sandbox/reset", 200, "application/json"),
        ("POST", "/sandbox/reset/", 200, "application/json"),
    ],
)
def test_site_answers_by_the_path(
    send: Send, method: str, target: str, status: int, content_type: str
) -> None:
    """The front page, the API, the access tokens and the reset each have their place."""
    response = send(method, target)

    assert (response.status, response.headers["Content-Type"].partition(",")[0]) == (
        status,
        content_type,
    )


REFUSED = [
    ("GET", "/favicon.ico", 404, "RECORD_NOT_FOUND"),
    ("GET", "/unknown/api/orders", 404, "RECORD_NOT_FOUND"),
    ("GET", "//", 200, ""),
    ("GET", "//api/orders", 404, "RECORD_NOT_FOUND"),
    ("GET", "/API/orders", 404, "RECORD_NOT_FOUND"),
    ("GET", "/%00", 404, "RECORD_NOT_FOUND"),
    ("GET", "/%ff", 404, "RECORD_NOT_FOUND"),
    ("OPTIONS", "/unknown", 404, "RECORD_NOT_FOUND"),
    ("GET", "/api", 404, "RECORD_NOT_FOUND"),
    ("POST", "/", 405, "METHOD_NOT_ALLOWED"),
    ("OPTIONS", "*", 405, "METHOD_NOT_ALLOWED"),
    ("TRACE", "/", 405, "METHOD_NOT_ALLOWED"),
    ("GET", "/sandbox", 404, "RECORD_NOT_FOUND"),
    ("POST", "/sandbox/reset/all", 404, "RECORD_NOT_FOUND"),
    ("GET", "/sandbox/reset", 405, "METHOD_NOT_ALLOWED"),
    ("OPTIONS", "/sandbox/reset", 405, "METHOD_NOT_ALLOWED"),
]


def test_site_refuses_in_the_shape_of_the_api(
    subtests: pytest.Subtests, send: Send, store: Store
) -> None:
    """What the sandbox has not is refused as the API refuses, and changes nothing."""
    for method, target, status, code in REFUSED:
        with subtests.test(method=method, target=target):
            before = store.dump()
            response = send(method, target)

            assert store.dump() == before
            assert response.status == status
            if code:
                assert (_error(response)["code"], response.headers["Content-Type"]) == (
                    code,
                    MEDIA_TYPE,
                )


@pytest.mark.parametrize(
    ("target", "is_open"),
    [
        (ORDER, True),
        ("/api/unknown", True),
        ("/oauth/unknown", True),
        ("/.well-known/jwks.json", True),
        ("/", False),
        ("/sandbox/reset", False),
        ("/unknown", False),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_browsers_may_read_what_the_api_answers(
    send: Send, method: str, target: str, is_open: bool
) -> None:
    """A storefront of any origin can use the API, whatever it answers; nothing else is open."""
    headers = send(method, target, headers={"origin": "https://shop.example.com"}).headers

    assert (
        headers.get("Access-Control-Allow-Origin"),
        headers.get("Access-Control-Expose-Headers"),
    ) == (
        ("*", "X-Ratelimit-Interval, X-Ratelimit-Limit, X-Ratelimit-Remaining")
        if is_open
        else (None, None)
    )


@pytest.mark.parametrize("target", [ORDER, "/api/unknown", "/oauth/token", "/.well-known/x"])
def test_preflight_is_answered(send: Send, store: Store, target: str) -> None:
    """A browser that asks first is told yes, without an access token, and nothing else happens."""
    before = store.dump()
    asked = {"authorization": "", "access-control-request-method": "PATCH"}
    response = send("OPTIONS", target, headers=asked)

    assert store.dump() == before
    allowed = response.headers["Access-Control-Allow-Methods"].split(", ")
    assert (
        response.status,
        response.body,
        allowed,
        response.headers["Access-Control-Allow-Headers"],
    ) == (204, b"", ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"], "Authorization, *")


@pytest.mark.parametrize(
    ("query", "document"),
    [("", None), ("", {}), ("", {"scenario": "documented"}), ("?scenario=documented", None)],
    ids=["held", "held, with a document", "document", "query"],
)
def test_reset_brings_the_world_back(
    send: Send, store: Store, query: str, document: object
) -> None:
    """Whatever was changed, it is as if it had never been."""
    before = store.dump()
    send("PATCH", ORDER, SAVE)
    store.remember("refresh_tokens", {"issued": "before"})
    store.add("customers", store.next_id("customers"), attributes={}, linkage={})
    response = send("POST", f"/sandbox/reset{query}", document)

    assert store.dump() == before
    assert json.loads(response.body) == {
        "scenario": "documented",
        "clock": "2018-01-01T12:00:00.000Z",
    }


def test_reset_starts_ids_anew(send: Send, store: Store) -> None:
    """The same requests after it bring the same ids as before it."""
    ids = []
    for _ in range(2):
        send("PATCH", ORDER, SAVE)
        response = send("GET", "/api/customer_payment_sources")
        ids.append([each["id"] for each in json.loads(response.body)["data"]])
        ids.append([store.next_id("orders")])
        send("POST", "/sandbox/reset")

    assert (ids[0], ids[:2]) == (["QgDXpwsqDx"], ids[2:])


def test_reset_forgets_access_tokens(send: Send) -> None:
    """One that was issued in the old world opens nothing in the new one."""
    asked = {
        "grant_type": "client_credentials",
        "client_id": "sandbox-integration-client-id",
        "client_secret": "sandbox-integration-client-secret",
    }
    plain = {"content-type": "application/json", "accept": "application/json"}
    issued = json.loads(send("POST", "/oauth/token", asked, headers=plain).body)["access_token"]
    bearer = {"authorization": f"Bearer {issued}"}
    before = send("GET", "/api/orders", headers=bearer).status
    send("POST", "/sandbox/reset")
    after = send("GET", "/api/orders", headers=bearer)

    assert (before, after.status, _error(after)["code"]) == (200, 401, "INVALID_TOKEN")


@pytest.mark.parametrize(
    ("chosen", "clock"),
    [(None, "2018-01-01T12:00:00.000Z"), ("frozen", "2018-01-01T12:00:00.000Z"), ("real", "real")],
)
def test_reset_keeps_the_chosen_clock(chosen: Any, clock: str) -> None:
    """Whoever chose a clock need not choose it again."""
    store = open_store(clock=chosen)
    documents = [
        json.loads(_sender(Site(store))("POST", "/sandbox/reset").body)["clock"] for _ in range(2)
    ]
    store.close()

    assert documents == [clock, clock]


@pytest.mark.parametrize(
    ("query", "body", "detail"),
    [
        (
            "?scenario=unknown",
            b"",
            "Expected the name of a scenario, one of: {names}; got 'unknown'.",
        ),
        (
            "",
            b'{"scenario": "unknown"}',
            "Expected the name of a scenario, one of: {names}; got 'unknown'.",
        ),
        ("?scenario=", b"", "Expected the name of a scenario, one of: {names}; got ''."),
        ("", b'{"scenario": null}', 'Expected "scenario" to be a string.'),
        ("", b'{"scenario": ["documented"]}', 'Expected "scenario" to be a string.'),
        ("", b'{"world": "documented"}', 'Expected no parameter but "scenario".'),
        ("?world=documented", b"", 'Expected no parameter but "scenario".'),
        ("", b"[]", 'Expected no body, or a JSON object such as {{"scenario": "documented"}}.'),
        ("", b"\xff", 'Expected no body, or a JSON object such as {{"scenario": "documented"}}.'),
        (
            "",
            b"[" * 100_000,
            'Expected no body, or a JSON object such as {{"scenario": "documented"}}.',
        ),
    ],
    ids=[
        "unknown in the query",
        "unknown in the document",
        "empty",
        "null",
        "a list",
        "another member",
        "another parameter",
        "no object",
        "no UTF-8",
        "deep",
    ],
)
def test_reset_is_refused_when_it_is_not_clear_to_what(
    send: Send, store: Store, query: str, body: bytes, detail: str
) -> None:
    """The sentence says what is expected; the world stays as it is (400)."""
    send("PATCH", ORDER, SAVE)
    before = store.dump()
    response = send("POST", f"/sandbox/reset{query}", body=body)

    assert store.dump() == before
    assert (response.status, _error(response)["detail"]) == (
        400,
        detail.format(names=", ".join(sorted(SCENARIOS))),
    )


@pytest.mark.parametrize(
    "origin",
    ["https://example.com", "http://localhost", "https://localhost:8000", "null", "", "x" * 10_000],
    ids=["another host", "another port", "another scheme", "none", "empty", "long"],
)
def test_reset_is_refused_to_web_pages_of_another_origin(
    send: Send, store: Store, origin: str
) -> None:
    """No page that happens to be open in a browser can take the world away (403)."""
    send("PATCH", ORDER, SAVE)
    before = store.dump()
    response = send("POST", "/sandbox/reset", headers={"origin": origin})

    assert store.dump() == before
    assert (response.status, _error(response)["code"]) == (403, "FORBIDDEN")


def test_reset_is_open_to_web_pages_of_the_sandbox(send: Send) -> None:
    """A page that the sandbox itself served may ask for it."""
    response = send("POST", "/sandbox/reset", headers={"origin": "http://LOCALHOST:8000"})

    assert response.status == 200


def test_reset_happens_as_a_whole(
    send: Send, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the new world cannot be written, the old one stays."""

    def fail(store: Store, file: str) -> None:
        load(store, file)
        raise ZeroDivisionError

    before = store.dump()
    monkeypatch.setattr("helpers.sandbox.scenarios.load", fail)
    with pytest.raises(ZeroDivisionError):
        send("POST", "/sandbox/reset")

    assert store.dump() == before


def test_rate_limits_are_off_by_default(send: Send) -> None:
    """However many there are, every request is answered, and no limit is told of."""
    answers = [send("GET", ORDER) for _ in range(30)]

    assert {(each.status, "X-Ratelimit-Limit" in each.headers) for each in answers} == {
        (200, False)
    }


@pytest.mark.parametrize(
    ("method", "target", "document", "answered"),
    [("PATCH", "/api/orders/unknown", SAVE, 25), ("POST", "/oauth/token", {}, 30)],
    ids=["an update", "an access token"],
)
def test_request_is_refused_when_it_is_one_too_many(
    limited: Send, store: Store, method: str, target: str, document: object, answered: int
) -> None:
    """The refusal has the API's shape, and nothing changes (429)."""
    statuses = {limited(method, target, document).status for _ in range(answered)}
    before = store.dump()
    response = limited(method, target.replace("unknown", "qaMAhZkZvd"), document)

    assert store.dump() == before
    assert (429 in statuses, response.status, _error(response)["code"]) == (
        False,
        429,
        "TOO_MANY_REQUESTS",
    )


def test_every_counted_answer_tells_of_the_limit(limited: Send) -> None:
    """Also a refusal, of whatever kind, and a browser may read it."""
    answers = [
        limited("GET", ORDER),
        limited("GET", "/api/unknown"),
        limited("GET", ORDER, headers={"authorization": ""}),
        *[limited("GET", ORDER) for _ in range(24)],
    ]
    told = [
        (each.status, each.headers["X-Ratelimit-Remaining"], each.headers["Content-Type"])
        for each in answers
    ]

    assert [*told[:3], told[-1]] == [
        (200, "99", MEDIA_TYPE),
        (404, "98", MEDIA_TYPE),
        (401, "97", MEDIA_TYPE),
        (429, "74", MEDIA_TYPE),
    ]
    assert {each.headers["Access-Control-Allow-Origin"] for each in answers} == {"*"}


def test_preflights_are_not_counted(limited: Send) -> None:
    """A browser's question in advance costs nothing."""
    for _ in range(30):
        limited("OPTIONS", ORDER)

    assert limited("PATCH", ORDER, SAVE).headers["X-Ratelimit-Remaining"] == "99"


def test_clients_are_told_apart_by_their_address(limited: Send) -> None:
    """One client's requests are not another's."""
    for _ in range(30):
        limited("GET", ORDER)

    assert [limited("GET", ORDER, client=f"192.0.2.{n}").status for n in (1, 2)] == [429, 200]


def test_reset_forgets_what_was_counted(limited: Send) -> None:
    """A new world starts with all of its limits."""
    for _ in range(30):
        limited("GET", ORDER)
    limited("POST", "/sandbox/reset")

    assert limited("GET", ORDER).headers["X-Ratelimit-Remaining"] == "99"


def test_start_is_spared_what_takes_long_to_import() -> None:
    """Cryptography is imported when the first access token needs it, not before."""
    program = (
        "import sys, helpers.sandbox.__main__, helpers.sandbox.transport;"
        "print(*{'cryptography', 'jwt', 'helpers.sandbox.oauth'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "\n"
