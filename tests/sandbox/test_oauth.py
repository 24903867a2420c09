"""The authentication API: its paths, its bodies, revoking, and the key set."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.sandbox.messages import Request
from helpers.sandbox.oauth import handle
from helpers.sandbox.store import Store
from helpers.sandbox.tokens import read_access_token

EUROPE = "market:code:europe1"
GUEST = {"grant_type": "client_credentials", "client_id": "a-shop", "scope": EUROPE}
STALL = {**GUEST, "client_id": "a-stall"}
INTEGRATION = {
    "grant_type": "client_credentials",
    "client_id": "an-integration",
    "client_secret": "an-integration-secret",
}
PASSWORD = {
    "grant_type": "password",
    "client_id": "a-shop",
    "username": "john@example.com",
    "password": "the-password-of-john",
    "scope": EUROPE,
}
FORM = "application/x-www-form-urlencoded"
MALFORMED = {
    "code": "BAD_REQUEST",
    "title": "invalid_request",
    "detail": "The request is missing a required parameter, includes an unsupported parameter "
    "value, or is otherwise malformed. Expected a JSON object, or a form.",
    "status": 400,
}
NOT_ALLOWED = {
    "code": "FORBIDDEN",
    "title": "unauthorized_client",
    "detail": "You are not authorized to revoke this token",
    "status": 403,
}
# What the application of a request proves itself with.
SHOP_ID = {"client_id": "a-shop"}
SHOP = {"client_id": "a-shop", "client_secret": "a-shop-secret"}
STALL_ID = {"client_id": "a-stall"}
OWNER = {"client_id": "an-integration", "client_secret": "an-integration-secret"}

Ask = Callable[..., Any]
Refused = Callable[..., Mapping[str, Any]]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", None),
        ("application/json; charset=utf-8", None),
        ("Application/JSON", None),
        ("", None),
        ("text/plain", None),
        (FORM, urlencode(PASSWORD).encode()),
        (f"{FORM}; charset=UTF-8", urlencode(PASSWORD).encode()),
        (FORM.upper(), urlencode({"more": "é", **PASSWORD}).encode()),
        (FORM, b"grant_type=none&" + urlencode(PASSWORD).encode()),
    ],
    ids=["JSON", "charset", "letters", "none", "text", "form", "charset, form", "more", "twice"],
)
def test_body_is_read_as_json_or_as_a_form(
    ask_authority: Ask, content_type: str, body: bytes | None
) -> None:
    """A form is read as one where it says so; everything else is read as JSON."""
    answer = ask_authority(PASSWORD, content_type=content_type, body=body)

    assert answer.status == 200, answer.body


MALFORMED_BODIES = [
    ("application/json", b""),
    ("application/json", b"{"),
    ("application/json", b"[]"),
    ("application/json", b"null"),
    ("application/json", b'"text"'),
    ("application/json", b"1"),
    ("application/json", b"\xff"),
    ("application/json", b'{"grant_type": NaN}'),
    ("application/json", b'{"grant_type": "\\ud83d"}'),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"a":' * 100_000),
    ("application/json", urlencode(PASSWORD).encode()),
    (FORM, b"\xff"),
]


def test_malformed_body_is_refused(
    subtests: pytest.Subtests, refused_by_authority: Refused
) -> None:
    """What is neither a JSON object nor a form is refused (400), in bounded time."""
    targets = ("/oauth/token", "/oauth/revoke")
    for target, (content_type, body) in product(targets, MALFORMED_BODIES):
        with subtests.test(target=target, content_type=content_type, body=body[:30]):
            found = refused_by_authority(target=target, content_type=content_type, body=body)

            assert found == MALFORMED


@pytest.mark.parametrize(
    ("method", "target", "allowed"),
    [
        *((method, "/oauth/token", "POST") for method in ("GET", "HEAD", "PUT", "OPTIONS", "get")),
        *((method, "/oauth/revoke", "POST") for method in ("GET", "DELETE")),
        *((method, "/oauth/tokeninfo", "GET") for method in ("POST", "PATCH")),
        *((method, "/.well-known/jwks.json", "GET") for method in ("POST", "DELETE")),
    ],
)
def test_method_is_refused(
    refused_by_authority: Refused, method: str, target: str, allowed: str
) -> None:
    """Each path has one method (405)."""
    assert refused_by_authority(PASSWORD, method=method, target=target) == {
        "code": "METHOD_NOT_ALLOWED",
        "title": "method_not_allowed",
        "detail": f"{method} is not allowed here: send a {allowed}.",
        "status": 405,
    }


NO_PATHS = [
    "/oauth",
    "/oauth/",
    "/oauth/Token",
    "/oauth/authorize",
    "/oauth/token/x",
    "/.well-known",
    "/.well-known/openid-configuration",
    "/",
    "//oauth/token",
]


def test_path_is_refused(subtests: pytest.Subtests, refused_by_authority: Refused) -> None:
    """There is nothing else (404)."""
    for target, method in product(NO_PATHS, ("GET", "POST")):
        with subtests.test(method=method, target=target):
            assert refused_by_authority(PASSWORD, method=method, target=target) == {
                "code": "NOT_FOUND",
                "title": "not_found",
                "detail": "There is nothing at this path.",
                "status": 404,
            }


@pytest.mark.parametrize("target", ["/oauth/token/", "/oauth/token?a=b", "/oauth/%74oken"])
def test_path_is_found_however_it_is_written(ask_authority: Ask, target: str) -> None:
    """A slash at the end, a query and percent-encoding do not matter."""
    assert ask_authority(GUEST, target=target).status == 200


NAMES = ["assertion", "client_id", "client_secret", "grant_type", "password", "refresh_token"]
WORDS = [*PASSWORD.values(), *INTEGRATION.values(), "refresh_token", "market:all", "a.b.c"]
VALUES = st.sampled_from(WORDS) | st.text() | st.none() | st.integers() | st.lists(st.text())
BODIES = st.one_of(
    st.binary(),
    st.dictionaries(st.sampled_from([*NAMES, "scope", "token", "username"]), VALUES).map(
        lambda members: json.dumps(members).encode()
    ),
)


@settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    target=st.sampled_from(["/oauth/token", "/oauth/revoke"]),
    content_type=st.sampled_from(["application/json", FORM, ""]),
    body=BODIES,
)
def test_any_body_is_answered(
    ask_authority: Ask, target: str, content_type: str, body: bytes
) -> None:
    """Whatever is sent, the answer is a JSON object: granted, or refused in the right shape."""
    answer = ask_authority(target=target, content_type=content_type, body=body)

    assert answer.status in {200, 400, 401, 403}
    assert (answer.status == 200) is ("errors" not in answer.document)


def test_refusal_is_never_kept(ask_authority: Ask) -> None:
    """A refusal is not to be cached: the next try may do better."""
    answer = ask_authority({**PASSWORD, "password": "wrong"})

    assert (answer.status, answer.headers["Cache-Control"]) == (400, "no-store")


def revoke(ask: Ask, secret: object, who: Mapping[str, str], **more: object) -> Any:
    """Ask to revoke an access token or a refresh token."""
    return ask({**who, "token": secret, **more}, target="/oauth/revoke")


@pytest.mark.parametrize(
    ("parameters", "who"),
    [
        (PASSWORD, SHOP_ID),
        (PASSWORD, SHOP),
        (GUEST, SHOP),
        (INTEGRATION, OWNER),
    ],
    ids=["customer", "customer, with the secret", "guest", "integration"],
)
def test_access_token_is_revoked(
    authority: Store,
    ask_authority: Ask,
    ask: Ask,
    refused: Ask,
    parameters: dict[str, str],
    who: dict[str, str],
) -> None:
    """A customer's needs the client id only, any other the secret; then the API knows it no more.

    What a client sends beside that is not looked at.
    """
    access_token = ask_authority(parameters).document["access_token"]
    assert ask("GET", "/api/skus", access_token=access_token).status == 200
    answer = revoke(ask_authority, access_token, who, scope=["market:all"], api="core", id=1)

    assert (answer.status, answer.document) == (200, {})
    answer = refused(ask, "GET", "/api/skus", access_token=access_token)
    assert (answer.status, answer.codes) == (401, ["INVALID_TOKEN"])
    assert revoke(ask_authority, access_token, who).document == {}


@pytest.mark.parametrize(
    ("access_token", "who"),
    [
        ("your-access-token", SHOP_ID),
        ("your-access-token", STALL_ID),
        ("your-guest-access-token", SHOP),
        ("your-integration-access-token", OWNER),
    ],
)
def test_scenarios_access_token_is_revoked(
    authority: Store, ask_authority: Ask, access_token: str, who: dict[str, str]
) -> None:
    """A scenario's own access token can be revoked by an application of its kind."""
    assert read_access_token(authority, access_token) is not None
    assert revoke(ask_authority, access_token, who).document == {}
    assert read_access_token(authority, access_token) is None


def test_refresh_token_is_revoked(ask_authority: Ask, refused_by_authority: Refused) -> None:
    """A refresh token can be revoked, too, and the access token beside it stays good."""
    document = ask_authority(PASSWORD).document
    answer = revoke(ask_authority, document["refresh_token"], SHOP_ID)
    renewal = {
        "grant_type": "refresh_token",
        "client_id": "a-shop",
        "refresh_token": document["refresh_token"],
    }
    authorization = f"Bearer {document['access_token']}"
    info = ask_authority(method="GET", target="/oauth/tokeninfo", authorization=authorization)

    assert (answer.status, answer.document) == (200, {})
    assert refused_by_authority(renewal)["title"] == "invalid_grant"
    assert info.status == 200


@pytest.mark.parametrize("secret", ["unknown", "a.b.c", "é", "\x00"])
def test_unknown_text_is_as_good_as_revoked(
    authority: Store, ask_authority: Ask, secret: str
) -> None:
    """What is no good anyway needs no revoking: the answer is the same, and nothing changes."""
    before = authority.dump()

    assert revoke(ask_authority, secret, OWNER).document == {}
    assert authority.dump() == before


@pytest.mark.parametrize(
    ("parameters", "who"),
    [
        (INTEGRATION, {}),
        (INTEGRATION, {"client_secret": "an-integration-secret"}),
        (INTEGRATION, {"client_id": "an-integration"}),
        (INTEGRATION, {"client_id": "an-integration", "client_secret": "wrong"}),
        (INTEGRATION, {"client_id": "unknown", "client_secret": "an-integration-secret"}),
        (INTEGRATION, SHOP),
        (GUEST, SHOP_ID),
        (GUEST, STALL_ID),
        (GUEST, OWNER),
        (STALL, STALL_ID),
        (PASSWORD, STALL_ID),
        (PASSWORD, OWNER),
        (PASSWORD, {"client_id": "a-shop", "client_secret": "wrong"}),
        (PASSWORD, {}),
    ],
    ids=str,
)
def test_revoking_is_refused(
    authority: Store,
    ask_authority: Ask,
    refused_by_authority: Refused,
    parameters: dict[str, str],
    who: dict[str, str],
) -> None:
    """Who is not known, and whose it is not, may not revoke it (403)."""
    document = ask_authority(parameters).document
    for name in {"access_token", "refresh_token"} & document.keys():
        assert revoke(refused_by_authority, document[name], who) == NOT_ALLOWED
    assert read_access_token(authority, document["access_token"]) is not None


@pytest.mark.parametrize(
    ("access_token", "who"),
    [
        ("your-access-token", OWNER),
        ("your-access-token", {}),
        ("your-guest-access-token", SHOP_ID),
        ("your-integration-access-token", SHOP),
        ("unknown", {}),
        ("unknown", {"client_id": "an-integration"}),
    ],
)
def test_revoking_a_text_is_refused(
    refused_by_authority: Refused, access_token: str, who: dict[str, str]
) -> None:
    """A scenario's access token is no other kind's, and who is not known learns nothing (403)."""
    assert revoke(refused_by_authority, access_token, who) == NOT_ALLOWED


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ("", "Missing required parameter: token."),
        (None, "Missing required parameter: token."),
        (1, "Expected the parameter to be a string: token."),
        (["unknown"], "Expected the parameter to be a string: token."),
    ],
    ids=repr,
)
def test_revoking_nothing_is_refused(
    refused_by_authority: Refused, value: object, detail: str
) -> None:
    """There has to be something to revoke (400)."""
    found = revoke(refused_by_authority, value, OWNER)

    assert (found["status"], found["title"], found["detail"]) == (400, "invalid_request", detail)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_key_set_verifies_what_is_issued(ask_authority: Ask, method: str) -> None:
    """An issued access token names its key, which is in the key set."""
    access_token = ask_authority(PASSWORD).document["access_token"]
    answer = ask_authority(method=method, target="/.well-known/jwks.json")
    found = jwt.PyJWKSet.from_dict(answer.document)[jwt.get_unverified_header(access_token)["kid"]]
    claims = jwt.decode(
        access_token, found, algorithms=["RS512"], issuer="https://auth.commercelayer.io"
    )

    assert (answer.status, answer.headers) == (200, {"Content-Type": "application/json"})
    assert claims["owner"] == {"id": "jENxlDKaVB", "type": "Customer"}


def test_key_set_comes_before_the_first_access_token(store: Store) -> None:
    """Whoever asks first, for the keys or for an access token, has the key made."""
    request = Request("GET", "/.well-known/jwks.json", {})
    first, second = handle(store, request), handle(store, request)

    assert first.body == second.body
    assert store.fact("signing_key")["kid"] in first.body.decode()


@pytest.mark.parametrize(
    ("parameters", "markets", "kind", "owner"),
    [
        (PASSWORD, 1, "sales_channel", {"id": "jENxlDKaVB", "type": "Customer"}),
        (GUEST, 1, "sales_channel", None),
        (INTEGRATION, 0, "integration", None),
    ],
    ids=["customer", "guest", "integration"],
)
def test_token_info_tells_what_an_access_token_is_for(
    ask_authority: Ask, parameters: dict[str, str], markets: int, kind: str, owner: object
) -> None:
    """Whoever has an access token may ask what it is for, and how long it lasts."""
    document = ask_authority(parameters).document
    authorization = f"Bearer {document['access_token']}"
    info = ask_authority(method="GET", target="/oauth/tokeninfo", authorization=authorization)

    found = info.document["token"]
    assert found["test"] is True
    assert len(found["market_ids"]) == markets
    assert 0 <= document["expires_in"] - found["lifespan"] < 60
    assert (info.document["application"], info.document.get("owner")) == ({"kind": kind}, owner)


def test_token_info_of_a_scenarios_access_token_has_no_end(ask_authority: Ask) -> None:
    """A scenario's own access tokens never expire."""
    authorization = "Bearer your-access-token"
    info = ask_authority(method="GET", target="/oauth/tokeninfo", authorization=authorization)

    assert info.document["token"]["lifespan"] is None


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer unknown", "Basic a"])
def test_token_info_is_refused(ask_authority: Ask, authorization: str) -> None:
    """Without a good access token, the answer is the API's own (401)."""
    info = ask_authority(method="GET", target="/oauth/tokeninfo", authorization=authorization)

    assert (info.status, info.document) == (
        401,
        {
            "errors": [
                {
                    "title": "Invalid token",
                    "detail": "The access token you provided is invalid.",
                    "code": "INVALID_TOKEN",
                    "status": "401",
                }
            ]
        },
    )


def test_refresh_token_is_good_once_for_all_who_ask_at_once(ask_authority: Ask) -> None:
    """Of many who renew with one refresh token at a time, one succeeds."""
    renewal = {
        "grant_type": "refresh_token",
        "client_id": "a-shop",
        "refresh_token": ask_authority(PASSWORD).document["refresh_token"],
    }
    with ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(ask_authority, renewal) for _ in range(8)]
        statuses = sorted(answer.result(30).status for answer in answers)

    assert statuses == [200] + [400] * 7


def test_access_token_is_issued_quickly(ask_authority: Ask) -> None:
    """The best of ten guests waits for less than ten milliseconds."""
    took = []
    for _ in range(10):
        begun = time.perf_counter()
        ask_authority(GUEST)
        took.append(time.perf_counter() - begun)

    assert min(took) < 0.01
