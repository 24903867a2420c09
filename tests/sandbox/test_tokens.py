"""Access tokens: what they say, and who sends a request."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jwt
import pytest

from helpers.sandbox.errors import Refusal
from helpers.sandbox.keys import SigningKey, new_key, sign
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.store import Store
from helpers.sandbox.tokens import (
    AccessToken,
    Bearer,
    identify,
    issue_access_token,
    read_access_token,
    revoke_access_token,
    signing_key,
)

JOHN = ("customers", "jENxlDKaVB")
SHOP = {"id": "aShop", "client_id": "a-shop", "kind": "sales_channel"}
INTEGRATION = {"id": "anIntegration", "client_id": "an-integration", "kind": "integration"}
MARKET_CLAIM = {
    "id": ["aMarket", "another"],
    "stock_location_ids": ["aWarehouse"],
    "geocoder_id": None,
    "allows_external_prices": False,
}


def issue(store: Store, application: Mapping[str, Any] = SHOP, **options: Any) -> str:
    """Issue an access token to a shop, or to another application."""
    return issue_access_token(store, application, **{"scope": "market:all", **options})


def claims_of(access_token: str) -> dict[str, Any]:
    """Read the claims, without a look at the signature."""
    return jwt.decode(access_token, options={"verify_signature": False})


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer unknown",
        "Bearer YOUR-ACCESS-TOKEN",
        "Bearer your-access-token more",
        "Bearer\tyour-access-token",
        "Basic your-access-token",
        "your-access-token",
        "Bearer é",
    ],
    ids=repr,
)
def test_access_token_is_refused_when_it_is_not_known(
    ask: Callable[..., Any], refused: Callable[..., Any], authorization: str | None
) -> None:
    """Missing, malformed and unknown access tokens share one answer (401)."""
    answer = refused(
        ask, "GET", "/api/orders", access_token=None, headers={"authorization": authorization}
    )

    assert answer.document == {
        "errors": [
            {
                "title": "Invalid token",
                "detail": "The access token you provided is invalid.",
                "code": "INVALID_TOKEN",
                "status": "401",
            }
        ]
    }


@pytest.mark.parametrize(
    "authorization",
    ["Bearer your-access-token", "bearer your-access-token", " Bearer  your-access-token "],
)
def test_access_token_is_known_however_the_scheme_is_written(
    ask: Callable[..., Any], authorization: str
) -> None:
    """The scheme's capitals, and spaces around, do not matter."""
    answer = ask("GET", "/api/orders", access_token=None, headers={"authorization": authorization})

    assert answer.status == 200


def test_claims_are_those_of_a_guest(authority: Store) -> None:
    """Without a customer, a market or a claim of its own, an access token says just this."""
    claims = claims_of(issue(authority, issued_at=1_700_000_000))
    number = claims.pop("rand")

    assert isinstance(number, float)
    assert 0 <= number < 1
    assert claims == {
        "organization": {
            "id": "xJLqoFWnAe",
            "slug": "yourdomain",
            "enterprise": True,
            "region": "eu-west-1",
        },
        "application": {
            "id": "aShop",
            "client_id": "a-shop",
            "kind": "sales_channel",
            "public": True,
            "confidential": False,
        },
        "scope": "market:all",
        "exp": 1_700_014_400,
        "test": True,
        "iat": 1_700_000_000,
        "iss": "https://auth.commercelayer.io",
    }


@pytest.mark.parametrize(
    ("option", "name", "claim"),
    [
        ({"market_claim": MARKET_CLAIM}, "market", MARKET_CLAIM),
        ({"owner": JOHN}, "owner", {"id": "jENxlDKaVB", "type": "Customer"}),
        ({"custom_claim": {"a": {"b": "ö"}}}, "custom_claim", {"a": {"b": "ö"}}),
    ],
    ids=["market", "owner", "custom claim"],
)
def test_claim_is_there_where_there_is_something_to_say(
    authority: Store, option: dict[str, Any], name: str, claim: object
) -> None:
    """These claims are there, or not there at all: clients take an empty one for something."""
    assert claims_of(issue(authority, **option))[name] == claim
    assert name not in claims_of(issue(authority))


@pytest.mark.parametrize(
    ("application", "is_confidential", "public", "lifetime"),
    [
        (SHOP, False, True, 14400),
        (SHOP, True, True, 14400),
        (INTEGRATION, True, False, 7200),
    ],
    ids=["sales channel", "sales channel with its secret", "integration"],
)
def test_application_is_told_and_has_its_lifetime(
    authority: Store,
    application: dict[str, str],
    is_confidential: bool,
    public: bool,
    lifetime: int,
) -> None:
    """A sales channel is public and has four hours; an integration is not, and has two."""
    claims = claims_of(issue(authority, application, is_confidential=is_confidential))

    told = {**application, "public": public, "confidential": is_confidential}
    assert claims["application"] == told
    assert claims["exp"] - claims["iat"] == lifetime


def test_access_token_goes_by_the_real_clock(authority: Store) -> None:
    """Where the world's clock is frozen, an access token is issued now all the same."""
    claims = claims_of(issue(authority))

    assert authority.now() == "2018-01-01T12:00:00.000Z"
    assert abs(claims["iat"] - time.time()) < 60


def test_no_two_access_tokens_are_the_same(authority: Store) -> None:
    """A random number makes a difference even within a second."""
    assert len({issue(authority, issued_at=1_700_000_000) for _ in range(3)}) == 3


@pytest.mark.parametrize(
    ("application", "options", "bearer"),
    [
        (SHOP, {}, Bearer("sales_channel", None, None)),
        (SHOP, {"owner": JOHN}, Bearer("sales_channel", JOHN, None)),
        (
            SHOP,
            {"market_claim": MARKET_CLAIM},
            Bearer("sales_channel", None, ("aMarket", "another")),
        ),
        (INTEGRATION, {}, Bearer("integration", None, None)),
    ],
    ids=["guest", "customer", "guest in markets", "integration"],
)
def test_issued_access_token_tells_its_bearer(
    authority: Store, application: dict[str, str], options: dict[str, Any], bearer: Bearer
) -> None:
    """What was issued is recognised, with its customer and its markets."""
    access_token = issue(authority, application, **options)

    assert identify(authority, f"Bearer {access_token}") == bearer
    assert read_access_token(authority, access_token) == AccessToken(
        bearer, application["client_id"], claims_of(access_token)["exp"]
    )


@pytest.mark.parametrize(
    ("known", "bearer"),
    [
        ({"kind": "integration", "owner": None}, Bearer("integration", None, None)),
        ({"kind": "sales_channel", "owner": JOHN}, Bearer("sales_channel", JOHN, None)),
        (
            {"kind": "sales_channel", "owner": None, "markets": ["aMarket"]},
            Bearer("sales_channel", None, ("aMarket",)),
        ),
        (
            {"kind": "sales_channel", "owner": None, "markets": None},
            Bearer("sales_channel", None, None),
        ),
    ],
    ids=["integration", "customer", "market", "every market"],
)
def test_scenarios_access_token_tells_its_bearer(
    store: Store, known: dict[str, Any], bearer: Bearer
) -> None:
    """A scenario's own access tokens are known by their text, and never expire."""
    store.remember("access_tokens", {"a.literal.text": known})

    assert identify(store, "Bearer a.literal.text") == bearer
    assert read_access_token(store, "a.literal.text") == AccessToken(bearer, "", None)


def _expired(authority: Store) -> str:
    return issue(authority, issued_at=int(time.time()) - 14401)


def _of_another_world(authority: Store) -> str:
    key = authority.fact("signing_key")
    authority.remember("signing_key", asdict(new_key()))
    access_token = issue(authority)
    authority.remember("signing_key", key)
    return access_token


def _of_another_issuer(authority: Store) -> str:
    claims = {**claims_of(issue(authority)), "iss": "https://auth.commercelayer.co"}
    return sign(signing_key(authority), claims)


def _widened(authority: Store) -> str:
    header, _, signature = issue(authority).split(".")
    claims = {**claims_of(issue(authority, INTEGRATION)), "exp": 2**40}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{header}.{payload}.{signature}"


def _revoked(authority: Store) -> str:
    access_token = issue(authority)
    revoke_access_token(authority, access_token)
    return access_token


def _revoked_and_spelled_anew(authority: Store) -> str:
    """The signature may be written with the signs that fill it up, or without."""
    return f"{_revoked(authority)}=="


def _revoked_literal(authority: Store) -> str:
    revoke_access_token(authority, "your-access-token")
    return "your-access-token"


def _of_a_deleted_customer(authority: Store) -> str:
    access_token = issue(authority, owner=JOHN)
    authority.remove(JOHN)
    return access_token


def _literal_of_a_deleted_customer(authority: Store) -> str:
    authority.remove(JOHN)
    return "your-access-token"


@pytest.mark.parametrize(
    "make",
    [
        _expired,
        _of_another_world,
        _of_another_issuer,
        _widened,
        _revoked,
        _revoked_and_spelled_anew,
        _revoked_literal,
        _of_a_deleted_customer,
        _literal_of_a_deleted_customer,
    ],
    ids=lambda make: make.__name__.strip("_").replace("_", " "),
)
def test_access_token_is_refused_when_it_is_good_no_more(
    authority: Store, ask: Callable[..., Any], refused: Callable[..., Any], make: Any
) -> None:
    """Expired, forged, revoked and orphaned access tokens share the answer of unknown ones."""
    answer = refused(ask, "GET", "/api/orders", access_token=make(authority))

    assert answer.document == {
        "errors": [
            {
                "title": "Invalid token",
                "detail": "The access token you provided is invalid.",
                "code": "INVALID_TOKEN",
                "status": "401",
            }
        ]
    }


def test_signature_is_good_in_either_spelling(authority: Store) -> None:
    """The spelling that a revocation must not be got round by is a good one, indeed."""
    assert read_access_token(authority, f"{issue(authority)}==") is not None


def test_revocation_leaves_others_alone(authority: Store) -> None:
    """Who has two access tokens and revokes one, keeps the other."""
    first, second = issue(authority), issue(authority)
    revoke_access_token(authority, first)

    assert read_access_token(authority, first) is None
    assert read_access_token(authority, second) is not None


def test_access_token_survives_a_restart(tmp_path: Path, key: SigningKey) -> None:
    """What was issued before the sandbox stopped is good after it, and what was revoked is not."""
    file = str(tmp_path / "sandbox.db")
    store = open_store(file)
    with store.transaction():
        store.remember("signing_key", asdict(key))
        kept, revoked = issue(store, owner=JOHN), issue(store)
        revoke_access_token(store, revoked)
    store.close()
    store = open_store(file)
    found = [read_access_token(store, each) is not None for each in (kept, revoked)]
    store.close()

    assert found == [True, False]


def test_access_token_of_another_world_is_refused_before_the_first_of_this(store: Store) -> None:
    """A world that has issued none, and has no key, knows none."""
    assert (
        read_access_token(store, sign(new_key(), {"iss": "https://auth.commercelayer.io"})) is None
    )
    assert store.fact("signing_key") is None


def test_key_is_made_once(store: Store) -> None:
    """A world's first access token makes its key; the second is signed with the same."""
    assert store.fact("signing_key") is None
    first = signing_key(store)

    assert signing_key(store) == first
    assert store.fact("signing_key") == asdict(first)


def test_failure_tells_no_secret(authority: Store) -> None:
    """Neither a refusal nor what is read of an access token repeats its text."""
    access_token = issue(authority)
    with pytest.raises(Refusal) as refused:
        identify(authority, f"Bearer {access_token}x")

    seen = f"{refused.value!r} {refused.value.errors} {read_access_token(authority, access_token)}"
    assert not any(part in seen for part in access_token.split("."))


def test_identification_is_cheap(authority: Store) -> None:
    """The best of ten takes less than two milliseconds, whichever kind of access token it is."""
    for access_token in (issue(authority, owner=JOHN), "your-access-token"):
        took = []
        for _ in range(10):
            begun = time.perf_counter()
            identify(authority, f"Bearer {access_token}")
            took.append(time.perf_counter() - begun)
        assert min(took) < 0.002
