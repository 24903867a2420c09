"""Access tokens: issue them, and tell who sends a request.

Sources: https://docs.commercelayer.io/core/authentication for their lifetimes; what the vendor's
own JavaScript library reads in one for its claims.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from helpers.sandbox.errors import invalid_access_token
from helpers.sandbox.keys import SigningKey, new_key, sign, verify
from helpers.sandbox.store import Identifier, Store

__all__ = [
    "LIFETIMES",
    "SIGNING_KEY",
    "AccessToken",
    "Bearer",
    "authorize",
    "fingerprint",
    "identify",
    "issue_access_token",
    "read_access_token",
    "revoke_access_token",
    "signing_key",
]

# The vendor's clients take it for where to ask for access tokens.
_ISSUER = "https://auth.commercelayer.io"
_REGION = "eu-west-1"
# Of an access token, in seconds, by the kind of application.
LIFETIMES: Mapping[str, int] = {"integration": 7200, "sales_channel": 14400}
# The fact that holds the key. While it is kept, access tokens stay good.
SIGNING_KEY = "signing_key"


class Bearer(NamedTuple):
    """Who holds an access token.

    Attributes:
        kind: The kind of application: ``sales_channel`` or ``integration``.
        owner: The customer it speaks for, or None.
        markets: The ids of the markets in its scope, or None where all of them are.
    """

    kind: str
    owner: Identifier | None
    markets: tuple[str, ...] | None = None

    @property
    def is_sales_channel(self) -> bool:
        """Whether it is a shop's own, public client, which may do little."""
        return self.kind == "sales_channel"


class AccessToken(NamedTuple):
    """What an access token says.

    Attributes:
        bearer: Who holds it.
        client_id: The application that it was issued to, or an empty text where it is one of the
            scenario's, which were issued to nobody.
        expires_at: When it expires, in seconds since 1970, or None where it never does.
    """

    bearer: Bearer
    client_id: str
    expires_at: int | None


def signing_key(store: Store) -> SigningKey:
    """Recall the key that signs this world's access tokens, or make one. A write, at first."""
    known = store.fact(SIGNING_KEY)
    if known:
        return SigningKey(**known)
    key = new_key()
    store.remember(SIGNING_KEY, asdict(key))
    return key


def issue_access_token(
    store: Store,
    application: Mapping[str, Any],
    *,
    scope: str,
    market_claim: Mapping[str, Any] | None = None,
    owner: Identifier | None = None,
    custom_claim: Mapping[str, Any] | None = None,
    is_confidential: bool = False,
    issued_at: int | None = None,
) -> str:
    """Issue an access token: a JSON Web Token, with the claims that the API's have.

    Args:
        store: Where the key and the organization are.
        application: Its ``id``, ``client_id`` and ``kind``.
        scope: The scope, as text.
        market_claim: The markets in scope, where the scope names one.
        owner: The customer it speaks for.
        custom_claim: What a JWT assertion brought along.
        is_confidential: Whether the application proved itself with its client secret.
        issued_at: Seconds since 1970; by default now, by this machine's clock, whatever the
            scenario's clock says.
    """
    organization = store.fact("organization")
    issued_at = int(time.time()) if issued_at is None else issued_at
    optional = {
        "market": market_claim,
        "owner": {"id": owner[1], "type": "Customer"} if owner else None,
        "custom_claim": custom_claim,
    }
    claims = {
        "organization": {
            "id": organization["id"],
            "slug": organization["slug"],
            "enterprise": True,
            "region": _REGION,
        },
        "application": {
            "id": application["id"],
            "client_id": application["client_id"],
            "kind": application["kind"],
            "public": application["kind"] == "sales_channel",
            "confidential": is_confidential,
        },
        **{name: value for name, value in optional.items() if value is not None},
        "scope": scope,
        "exp": issued_at + LIFETIMES[application["kind"]],
        "test": True,
        "rand": random.random(),
        "iat": issued_at,
        "iss": _ISSUER,
    }
    return sign(signing_key(store), claims)


def identify(store: Store, authorization: str) -> Bearer:
    """Tell who sends a request.

    Args:
        store: Where the access tokens are known.
        authorization: The request's ``Authorization`` header, or an empty text.

    Raises:
        Refusal: It holds no access token, or one that is unknown, has expired, was revoked, or
            speaks for a customer who is gone (401).
    """
    return authorize(store, authorization).bearer


def authorize(store: Store, authorization: str) -> AccessToken:
    """Read the access token of a request, as ``identify`` does."""
    scheme, _, credentials = authorization.strip().partition(" ")
    found = read_access_token(store, credentials.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise invalid_access_token()
    return found


def read_access_token(store: Store, access_token: str) -> AccessToken | None:
    """Read an access token, or any text; None where it is no good access token."""
    found = _literal(store, access_token) or _issued(store, access_token)
    if found is None or store.fact(_revocation(access_token)):
        return None
    owner = found.bearer.owner
    return found if owner is None or store.find([owner[0]], owner[1]) else None


def revoke_access_token(store: Store, access_token: str) -> None:
    """Refuse an access token from now on."""
    store.remember(_revocation(access_token), True)


def fingerprint(secret: str) -> str:
    """Name a secret by its hash, so that it need not be kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _literal(store: Store, access_token: str) -> AccessToken | None:
    """Look among the scenario's own access tokens, which are fixed texts."""
    known = store.fact("access_tokens", {}).get(access_token)
    if known is None:
        return None
    owner, markets = known["owner"], known.get("markets")
    bearer = Bearer(
        known["kind"],
        tuple(owner) if owner else None,
        None if markets is None else tuple(markets),
    )
    return AccessToken(bearer, client_id="", expires_at=None)


def _issued(store: Store, access_token: str) -> AccessToken | None:
    known = store.fact(SIGNING_KEY)
    # Two dots are what a JSON Web Token has; nothing is imported for the sake of any other text.
    if not known or access_token.count(".") != 2:
        return None
    claims = verify(SigningKey(**known), access_token, issuer=_ISSUER)
    if claims is None:
        return None
    owner, market = claims.get("owner"), claims.get("market")
    bearer = Bearer(
        claims["application"]["kind"],
        ("customers", owner["id"]) if owner else None,
        tuple(market["id"]) if market else None,
    )
    return AccessToken(bearer, claims["application"]["client_id"], claims["exp"])


def _revocation(access_token: str) -> str:
    """Name the fact of a revocation.

    Of a signature, several spellings are good: an access token is named by what was signed.
    """
    return f"revoked_access_token {fingerprint(access_token.rpartition('.')[0] or access_token)}"
