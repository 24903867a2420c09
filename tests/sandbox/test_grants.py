"""Grants: the ways to an access token."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import jwt
import pytest

from helpers.sandbox import oauth
from helpers.sandbox.grants import Parameters
from helpers.sandbox.messages import Request
from helpers.sandbox.store import Store
from helpers.sandbox.tokens import identify

JOHN = "jENxlDKaVB"
CLAIMS = "https://commercelayer.io/claims"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EUROPE = "market:code:europe1"
GUEST = {"grant_type": "client_credentials", "client_id": "a-shop", "scope": EUROPE}
OWNER = {"client_id": "an-integration", "client_secret": "an-integration-secret"}
INTEGRATION = {"grant_type": "client_credentials", **OWNER}
PASSWORD = {
    "grant_type": "password",
    "client_id": "a-shop",
    "username": "john@example.com",
    "password": "the-password-of-john",
    "scope": EUROPE,
}
REFRESH = {"grant_type": "refresh_token", "client_id": "a-shop"}
ASSERTION = {
    "grant_type": JWT_BEARER,
    "client_id": "a-shop",
    "client_secret": "a-shop-secret",
}
CUSTOMER_CLAIM = {"owner": {"type": "Customer", "id": JOHN}}

BARE = ["access_token", "token_type", "expires_in", "scope", "created_at"]
RENEWABLE = ["access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at"]
OWNED = [*RENEWABLE, "owner_id", "owner_type"]

INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the "
    "redirection URI used in the authorization request, or was issued to another client."
)
INVALID_SCOPE = "The requested scope is invalid, unknown, or malformed."

Ask = Callable[..., Any]
Refused = Callable[..., Mapping[str, Any]]


def assertion(claims: object, *, secret: str = "cl" * 32, **others: object) -> dict[str, str]:
    """Write the request that brings a JWT assertion, as the vendor's own library does."""
    payload = {CLAIMS: claims, "iat": int(time.time()), **others}
    return {**ASSERTION, "assertion": jwt.encode(payload, secret, algorithm="HS512")}


def claims_of(answer: Any) -> dict[str, Any]:
    """Read what the access token of an answer claims."""
    assert answer.status == 200, answer.body
    claims = jwt.decode(answer.document["access_token"], options={"verify_signature": False})
    return dict(claims)


def error(status: int, title: str, detail: str) -> dict[str, object]:
    """Write the error object that is expected."""
    code = {400: "BAD_REQUEST", 401: "UNAUTHORIZED"}[status]
    return {"code": code, "title": title, "detail": detail, "status": status}


def renewed(ask_authority: Ask, **changes: object) -> dict[str, object]:
    """Log in, and write the request that renews the access token, but for some changes."""
    refresh_token = ask_authority(PASSWORD).document["refresh_token"]
    return {**REFRESH, "refresh_token": refresh_token, **changes}


@pytest.mark.parametrize(
    ("parameters", "members", "scope", "seconds"),
    [
        (GUEST, BARE, EUROPE, 14400),
        ({**GUEST, "scope": "market:all"}, BARE, "market:all", 14400),
        ({**GUEST, "client_secret": "a-shop-secret"}, BARE, EUROPE, 14400),
        ({**GUEST, "client_id": "a-stall"}, BARE, EUROPE, 14400),
        ({**GUEST, "client_secret": ""}, BARE, EUROPE, 14400),
        (INTEGRATION, BARE, "market:all", 7200),
        ({**INTEGRATION, "scope": EUROPE}, BARE, EUROPE, 7200),
        ({**INTEGRATION, "scope": "", "slug": "yourdomain"}, BARE, "market:all", 7200),
        ({**INTEGRATION, "scope": None, "nested": {"a": []}}, BARE, "market:all", 7200),
        (PASSWORD, OWNED, EUROPE, 14400),
        ({**PASSWORD, "username": "John@Example.COM"}, OWNED, EUROPE, 14400),
        (assertion(CUSTOMER_CLAIM), OWNED, "market:all", 14400),
        (assertion({"custom_claim": {"a": "b"}}), RENEWABLE, "market:all", 14400),
        ({**assertion(CUSTOMER_CLAIM), "scope": EUROPE}, OWNED, EUROPE, 14400),
        (
            {**assertion(CUSTOMER_CLAIM), **OWNER},
            OWNED,
            "market:all",
            7200,
        ),
    ],
    ids=[
        "guest",
        "guest, every market",
        "guest, with a secret",
        "guest, of a shop that has none",
        "guest, with an empty secret",
        "integration",
        "integration, one market",
        "integration, as the command line asks",
        "integration, with more than is read",
        "customer",
        "customer, in other letters",
        "assertion of a customer",
        "assertion of a claim",
        "assertion in a market",
        "assertion of an integration",
    ],
)
def test_grant_gives_what_is_documented(
    ask_authority: Ask, parameters: dict[str, Any], members: list[str], scope: str, seconds: int
) -> None:
    """The answer has the grant's members, and no others."""
    answer = ask_authority(parameters)
    document = answer.document

    assert answer.status == 200, document
    assert list(document) == members
    assert (document["token_type"], document["expires_in"]) == ("bearer", seconds)
    assert document["scope"] == scope
    assert abs(document["created_at"] - time.time()) < 60
    assert document.get("owner_id", JOHN) == JOHN
    assert document.get("owner_type", "customer") == "customer"
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        "application/json",
        "no-store",
    )


@pytest.mark.parametrize(
    ("parameters", "kind", "is_confidential", "owner", "has_market"),
    [
        (GUEST, "sales_channel", False, None, True),
        ({**GUEST, "client_secret": "a-shop-secret"}, "sales_channel", True, None, True),
        ({**GUEST, "scope": "market:all"}, "sales_channel", False, None, False),
        (INTEGRATION, "integration", True, None, False),
        ({**INTEGRATION, "scope": EUROPE}, "integration", True, None, True),
        (PASSWORD, "sales_channel", False, JOHN, True),
        (assertion(CUSTOMER_CLAIM), "sales_channel", True, JOHN, False),
    ],
    ids=["guest", "secret", "everywhere", "integration", "in a market", "customer", "assertion"],
)
def test_access_token_says_what_was_granted(
    authority: Store,
    ask_authority: Ask,
    parameters: dict[str, Any],
    kind: str,
    is_confidential: bool,
    owner: str | None,
    has_market: bool,
) -> None:
    """The claims match the answer, and the API knows the access token."""
    answer = ask_authority(parameters)
    claims = claims_of(answer)
    document = answer.document
    bearer = identify(authority, f"Bearer {document['access_token']}")
    [(_, europe)] = authority.find_with("markets", "code", "europe1")

    assert claims["application"]["client_id"] == parameters["client_id"]
    assert claims["application"]["kind"] == bearer.kind == kind
    assert claims["application"]["confidential"] is is_confidential
    assert claims.get("owner") == ({"id": owner, "type": "Customer"} if owner else None)
    assert bearer.owner == (("customers", owner) if owner else None)
    assert claims.get("market", {}).get("id") == ([europe] if has_market else None)
    assert bearer.markets == ((europe,) if has_market else None)
    assert claims["scope"] == document["scope"]
    assert claims["iat"] == document["created_at"]
    assert claims["exp"] - claims["iat"] == document["expires_in"]


NO_TYPE = "The authorization grant type is not supported by the authorization server."
NO_SCOPE = f"{INVALID_SCOPE} A sales channel requires a market in scope, such as {EUROPE}."

# What is sent, the title and the detail of the refusal; by what is wrong.
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no grant type": ({}, "invalid_request", "Missing required parameter: grant_type."),
    "grant type is no text": (
        {**GUEST, "grant_type": 1},
        "invalid_request",
        "Expected the parameter to be a string: grant_type.",
    ),
    "unknown grant type": ({**GUEST, "grant_type": "implicit"}, "unsupported_grant_type", NO_TYPE),
    "authorization code": (
        {**INTEGRATION, "grant_type": "authorization_code", "code": "a-code"},
        "unsupported_grant_type",
        f"{NO_TYPE} It is for web applications, and this sandbox has none.",
    ),
    "password of an integration": (
        {**PASSWORD, **OWNER},
        "unauthorized_client",
        "The client is not authorized to perform this request using this method.",
    ),
    "scope is no text": (
        {**GUEST, "scope": ["market:all"]},
        "invalid_request",
        "Expected the parameter to be a string: scope.",
    ),
    "unknown market": (
        {**GUEST, "scope": "market:code:unknown"},
        "invalid_scope",
        f"{INVALID_SCOPE} There is no market of this id or code.",
    ),
    "unknown stock location": (
        {**GUEST, "scope": "stock_location:code:mars_warehouse"},
        "invalid_scope",
        f"{INVALID_SCOPE} There is no stock location of this id or code.",
    ),
    **{
        f"{who} without a scope: {scope!r}": (
            {**parameters, "scope": scope},
            "invalid_scope",
            NO_SCOPE,
        )
        for who, parameters in {"guest": GUEST, "customer": PASSWORD}.items()
        for scope in ("", None, " ", ",")
    },
    **{
        f"no {name}": (
            {**parameters, name: ""},
            "invalid_request",
            f"Missing required parameter: {name}.",
        )
        for name, parameters in {
            "username": PASSWORD,
            "password": PASSWORD,
            "refresh_token": REFRESH,
            "assertion": ASSERTION,
            "client_secret": ASSERTION,
        }.items()
    },
    "password is no text": (
        {**PASSWORD, "password": {"a": 1}},
        "invalid_request",
        "Expected the parameter to be a string: password.",
    ),
    **{
        f"wrong {name}: {value!r}": (
            {**PASSWORD, name: value},
            "invalid_grant",
            INVALID_GRANT,
        )
        for name, value in (
            ("password", "wrong"),
            ("password", "THE-PASSWORD-OF-JOHN"),
            ("username", "nobody@example.com"),
            ("username", "jane@example.com"),
            ("username", JOHN),
            ("username", "john@example.com\x00"),
        )
    },
    "unknown refresh token": (
        {**REFRESH, "refresh_token": "unknown"},
        "invalid_grant",
        INVALID_GRANT,
    ),
}


def test_grant_is_refused(subtests: pytest.Subtests, refused_by_authority: Refused) -> None:
    """What cannot be granted is told in the authentication API's shape (400)."""
    assert REFUSED
    for case, (parameters, title, detail) in REFUSED.items():
        with subtests.test(case):
            assert refused_by_authority(parameters) == error(400, title, detail)


UNKNOWN_CLIENT = error(
    401,
    "invalid_client",
    "Client authentication failed due to unknown client, no client authentication included, or "
    "unsupported authentication method.",
)


WRONG_CLIENTS = [
    {"client_id": "unknown"},
    {"client_id": ""},
    {"client_id": None},
    {"client_id": "AN-INTEGRATION"},
    {"client_secret": "wrong"},
    {"client_secret": ""},
    {"client_secret": None},
    {"client_secret": "an-integration-secret "},
    {"client_id": "a-shop"},
    {"client_id": "a-stall"},
    {"client_secret": "ö"},
]


def test_client_is_refused(subtests: pytest.Subtests, refused_by_authority: Refused) -> None:
    """An unknown client, and one with a wrong secret, share one answer for every grant (401)."""
    names = ("client_credentials", "password", "refresh_token", JWT_BEARER)
    for change, name in product(WRONG_CLIENTS, names):
        with subtests.test(name=name, change=change):
            parameters = {**INTEGRATION, **change, "grant_type": name}

            assert refused_by_authority(parameters) == UNKNOWN_CLIENT


def test_integration_without_a_secret_of_its_own_is_refused(
    authority: Store, refused_by_authority: Refused
) -> None:
    """Who has nothing to prove themselves with is never let in as an integration."""
    [integration, *_] = authority.fact("applications")
    for secret in (None, ""):
        authority.remember("applications", [{**integration, "client_secret": secret}])
        parameters = {**INTEGRATION, "client_secret": ""}
        assert refused_by_authority(parameters) == UNKNOWN_CLIENT


def test_customer_without_a_password_is_refused(
    authority: Store, refused_by_authority: Refused
) -> None:
    """A world without passwords has no customer who logs in."""
    authority.remember("passwords", {})

    assert refused_by_authority(PASSWORD) == error(400, "invalid_grant", INVALID_GRANT)


def test_private_market_needs_a_customer(
    authority: Store, ask_authority: Ask, refused_by_authority: Refused
) -> None:
    """A private market is closed to guests (400), and open to who logs in."""
    authority.add("markets", "aClub", attributes={"code": "club", "private": True}, linkage={})
    scope = "market:code:club"

    assert refused_by_authority({**GUEST, "scope": scope})["title"] == "invalid_scope"
    for parameters in (PASSWORD, INTEGRATION):
        assert claims_of(ask_authority({**parameters, "scope": scope}))["market"]["id"] == ["aClub"]


def test_renewal_speaks_for_the_same_customer_in_the_same_markets(ask_authority: Ask) -> None:
    """A renewed access token says what the first one did, and comes with a new refresh token."""
    first = ask_authority(PASSWORD)
    refresh_token = first.document["refresh_token"]
    second = ask_authority({**REFRESH, "refresh_token": refresh_token})

    assert list(second.document) == OWNED
    assert second.document["refresh_token"] != refresh_token
    changing = dict.fromkeys(("rand", "iat", "exp"))
    assert {**claims_of(second), **changing} == {**claims_of(first), **changing}


def test_renewal_keeps_a_custom_claim(ask_authority: Ask) -> None:
    """What an assertion brought along is in every renewed access token."""
    first = ask_authority(assertion({"custom_claim": {"name": "Jörg"}}))
    parameters = {**REFRESH, "refresh_token": first.document["refresh_token"]}

    assert claims_of(ask_authority(parameters))["custom_claim"] == {"name": "Jörg"}


def test_refresh_token_is_good_once(ask_authority: Ask, refused_by_authority: Refused) -> None:
    """Used, it is replaced by the one that came for it."""
    parameters = renewed(ask_authority)
    answer = ask_authority(parameters)

    assert refused_by_authority(parameters) == error(400, "invalid_grant", INVALID_GRANT)
    next_one = {**REFRESH, "refresh_token": answer.document["refresh_token"]}
    assert ask_authority(next_one).status == 200


@pytest.mark.parametrize("scope", [EUROPE, "", None, f"{EUROPE} market:all"])
def test_renewal_may_name_its_scope_again(ask_authority: Ask, scope: str | None) -> None:
    """Clients send the scope at a renewal, too."""
    assert claims_of(ask_authority(renewed(ask_authority, scope=scope)))["market"]


def test_renewal_may_narrow_the_scope(authority: Store, ask_authority: Ask) -> None:
    """Of the markets that were granted, fewer may be asked for; that is what is granted then."""
    authority.add("markets", "mars", attributes={"code": "mars1"}, linkage={})
    scope = f"{EUROPE} market:code:mars1"
    refresh_token = ask_authority({**PASSWORD, "scope": scope}).document["refresh_token"]
    parameters = {**REFRESH, "refresh_token": refresh_token, "scope": "market:code:mars1"}
    answer = ask_authority(parameters)

    assert claims_of(answer)["market"]["id"] == ["mars"]
    parameters = {**REFRESH, "refresh_token": answer.document["refresh_token"]}
    assert claims_of(ask_authority(parameters))["market"]["id"] == ["mars"]


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"scope": "market:all"}, "invalid_scope"),
        ({"scope": "market:code:mars1"}, "invalid_scope"),
        ({"scope": "market:code:unknown"}, "invalid_scope"),
        ({"client_id": "a-stall"}, "invalid_grant"),
        (
            {"client_id": "an-integration", "client_secret": "an-integration-secret"},
            "invalid_grant",
        ),
    ],
    ids=["every market", "another market", "no market", "another's", "an integration's"],
)
def test_renewal_is_refused_and_the_refresh_token_kept(
    authority: Store,
    ask_authority: Ask,
    refused_by_authority: Refused,
    changes: dict[str, str],
    title: str,
) -> None:
    """A renewal cannot widen the scope, nor be another client's; a refused one uses nothing up."""
    authority.add("markets", "mars", attributes={"code": "mars1"}, linkage={})
    parameters = renewed(ask_authority)

    assert refused_by_authority({**parameters, **changes})["title"] == title
    assert ask_authority(parameters).status == 200


def test_renewal_that_fails_uses_nothing_up(
    authority: Store, ask_authority: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the sandbox itself fails half-way, the refresh token is as good as before."""
    parameters = renewed(ask_authority)
    before = authority.dump()
    with monkeypatch.context() as patch:
        patch.setattr(oauth, "issue_access_token", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ask_authority(parameters)

    assert authority.dump() == before
    assert ask_authority(parameters).status == 200


def test_renewal_is_refused_when_the_customer_is_gone(
    authority: Store, ask_authority: Ask, refused_by_authority: Refused
) -> None:
    """Nobody speaks for a customer who was deleted."""
    parameters = renewed(ask_authority)
    authority.remove(("customers", JOHN))

    assert refused_by_authority(parameters) == error(400, "invalid_grant", INVALID_GRANT)


@pytest.mark.parametrize(
    ("parameters", "owner", "custom_claim"),
    [
        (assertion(CUSTOMER_CLAIM), JOHN, None),
        (assertion(CUSTOMER_CLAIM, secret="another" * 16), JOHN, None),
        (assertion({**CUSTOMER_CLAIM, "custom_claim": {"a": 1}}), JOHN, {"a": 1}),
        (assertion({**CUSTOMER_CLAIM, "custom_claim": {}}), JOHN, None),
        (assertion({"custom_claim": {"a": {"b": ["ö"]}}}), None, {"a": {"b": ["ö"]}}),
        (assertion({"owner": None, "custom_claim": {"a": 1}}), None, {"a": 1}),
        (assertion(CUSTOMER_CLAIM, exp=time.time() + 3600), JOHN, None),
    ],
    ids=["owner", "any signature", "both", "empty claim", "claim", "null owner", "expires later"],
)
def test_assertion_is_taken_at_its_word(
    ask_authority: Ask, parameters: dict[str, str], owner: str | None, custom_claim: object
) -> None:
    """The signature is not verified, as documented: the client secret vouches for it."""
    claims = claims_of(ask_authority(parameters))

    assert claims.get("owner") == ({"type": "Customer", "id": owner} if owner else None)
    assert claims.get("custom_claim") == custom_claim


def unsigned(payload: str) -> dict[str, str]:
    """Write an assertion with a payload that no library would write."""
    header = assertion({})["assertion"].partition(".")[0]
    encoded = jwt.utils.base64url_encode(payload.replace("CLAIMS", CLAIMS).encode()).decode()
    return {**ASSERTION, "assertion": f"{header}.{encoded}.AAAA"}


WRONG_ASSERTIONS = {
    "no claims": assertion({}),
    "null claims": assertion(None),
    "list of claims": assertion([]),
    "text of claims": assertion("owner"),
    "empty owner": assertion({"owner": {}}),
    "owner by id alone": assertion({"owner": JOHN}),
    "owner without id": assertion({"owner": {"type": "Customer"}}),
    "owner with a number": assertion({"owner": {"type": "Customer", "id": 1}}),
    "owner with an object": assertion({"owner": {"type": "Customer", "id": {"id": JOHN}}}),
    "unknown customer": assertion({"owner": {"type": "Customer", "id": "unknown"}}),
    "small letter": assertion({"owner": {"type": "customer", "id": JOHN}}),
    "user": assertion({"owner": {"type": "User", "id": JOHN}}),
    "empty custom claim": assertion({"custom_claim": {}}),
    "text for a custom claim": assertion({"custom_claim": "text"}),
    "list for a custom claim": assertion({"custom_claim": ["list"]}),
    "number for a custom claim": assertion({**CUSTOMER_CLAIM, "custom_claim": 1}),
    "too large": assertion({**CUSTOMER_CLAIM, "custom_claim": {"a": "b" * 3100}}),
    "expired": assertion(CUSTOMER_CLAIM, exp=1),
    "nonsense": {**ASSERTION, "assertion": "nonsense"},
    "nonsense in three parts": {**ASSERTION, "assertion": "a.b.c"},
    "not ASCII": {**ASSERTION, "assertion": "é"},
    "long nonsense": {**ASSERTION, "assertion": "x" * 5000},
    "list": unsigned("[]"),
    "no JSON": unsigned("{"),
    "endless expiry": unsigned('{"exp": 1e999, "CLAIMS": {"custom_claim": {"a": 1}}}'),
    "wordy expiry": unsigned('{"exp": "soon", "CLAIMS": {"custom_claim": {"a": 1}}}'),
    "no number": unsigned('{"CLAIMS": {"custom_claim": {"a": NaN}}}'),
    "half a character": unsigned('{"CLAIMS": {"custom_claim": {"a": "\\ud83d"}}}'),
    "half a character for an id": unsigned(
        '{"CLAIMS": {"owner": {"type": "Customer", "id": "\\ud83d"}}}'
    ),
    "deep": unsigned("[" * 3000),
}


def test_assertion_is_refused(subtests: pytest.Subtests, refused_by_authority: Refused) -> None:
    """An assertion that is malformed, too large, expired, or of nobody's, has one answer (400)."""
    for case, parameters in WRONG_ASSERTIONS.items():
        with subtests.test(case):
            expected = error(400, "invalid_assertion", "The provided assertion is invalid.")

            assert refused_by_authority(parameters) == expected


def test_assertion_of_any_depth_is_answered(ask_authority: Ask) -> None:
    """However deeply its claims are nested, up to what Python can read, there is an answer."""
    statuses = set()
    for depth in [*range(1, 900, 100), *range(900, 1020)]:
        nested = '{"a":' + "[" * depth + "]" * depth + "}"
        parameters = unsigned(f'{{"CLAIMS": {{"custom_claim": {nested}}}}}')
        statuses.add(ask_authority(parameters).status)

    assert statuses == {200, 400}


def test_secrets_are_kept_out_of_sight(
    authority: Store, monkeypatch: pytest.MonkeyPatch, ask_authority: Ask
) -> None:
    """Neither parameters nor a request, nor what fails with them in hand, shows what was sent."""
    request = Request("POST", "/oauth/token", {"authorization": "hidden"}, b"hidden")

    assert "hidden" not in f"{Parameters({'password': 'hidden'})!r} {request!r}"
    monkeypatch.setattr(oauth, "issue_access_token", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError) as failed:
        ask_authority(PASSWORD)
    assert "the-password" not in str(failed.value)
