"""Grants: the ways to an access token, as a table.

Sources: https://docs.commercelayer.io/core/authentication and its page on each grant. Where they
show no error, title and text are those of OAuth 2.0 (RFC 6749) and of the Ruby library Doorkeeper,
whose texts the documented ones match.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from helpers.sandbox.errors import Refusal, authentication_refusal
from helpers.sandbox.passwords import is_password
from helpers.sandbox.refresh_tokens import Grant, read_refresh_token, revoke_refresh_token
from helpers.sandbox.scopes import Scope, read_scope
from helpers.sandbox.store import Identifier, Store

__all__ = ["GRANTS", "Application", "Demand", "GrantType", "Parameters", "missing"]

_LARGEST_ASSERTION = 4096
_CLAIMS = "https://commercelayer.io/claims"


@dataclass(frozen=True)
class Parameters:
    """What a request's body says. What is not asked for is not looked at.

    Attributes:
        members: The body's members.
    """

    members: Mapping[str, Any] = field(repr=False)

    def get(self, name: str) -> str:
        """Read a parameter; one that is absent, null or empty is an empty text.

        Raises:
            Refusal: It is something other than a text (400).
        """
        value = self.members.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            detail = f"Expected the parameter to be a string: {name}."
            raise authentication_refusal(400, "invalid_request", detail)
        return value

    def require(self, name: str) -> str:
        """Read a parameter.

        Raises:
            Refusal: It is absent, empty, or something other than a text (400).
        """
        value = self.get(name)
        if not value:
            raise missing(name)
        return value


@dataclass(frozen=True)
class Application:
    """Who asks for an access token.

    Attributes:
        id: Its id.
        client_id: Its client id.
        kind: ``sales_channel`` or ``integration``.
        is_confidential: Whether it proved itself with its client secret.
    """

    id: str
    client_id: str
    kind: str
    is_confidential: bool


@dataclass(frozen=True)
class Demand:
    """A request for an access token."""

    store: Store
    application: Application
    parameters: Parameters

    def scope(self, owner: Identifier | None, text: str | None = None) -> Scope:
        """Read the scope that is asked for, or another, for this owner."""
        text = self.parameters.get("scope") if text is None else text
        is_guest = self.application.kind == "sales_channel" and owner is None
        return read_scope(self.store, text, is_guest=is_guest)


@dataclass(frozen=True)
class GrantType:
    """A way to an access token.

    Attributes:
        kinds: The kinds of application that it is open to.
        is_renewable: Whether a refresh token comes with the access token.
        grant: Tells what is granted, or refuses.
    """

    kinds: frozenset[str]
    is_renewable: bool
    grant: Callable[[Demand], tuple[Grant, Scope]]


def missing(name: str) -> Refusal:
    """400: a parameter has to be there."""
    return authentication_refusal(400, "invalid_request", f"Missing required parameter: {name}.")


def _client_credentials(demand: Demand) -> tuple[Grant, Scope]:
    if demand.application.kind == "sales_channel":
        _require_scope(demand)
    return _granted(demand, demand.scope(None))


def _password(demand: Demand) -> tuple[Grant, Scope]:
    username = demand.parameters.require("username")
    password = demand.parameters.require("password")
    _require_scope(demand)
    found = demand.store.find_with("customers", "email", username.lower())
    hashed = demand.store.fact("passwords", {}).get(found[0][1]) if found else None
    if hashed is None or not is_password(password, hashed):
        raise _invalid_grant()
    return _granted(demand, demand.scope(found[0]), owner=found[0])


def _refresh_token(demand: Demand) -> tuple[Grant, Scope]:
    refresh_token = demand.parameters.require("refresh_token")
    grant = read_refresh_token(demand.store, refresh_token)
    if grant is None or grant.client_id != demand.application.client_id:
        raise _invalid_grant()
    if grant.owner and not demand.store.find([grant.owner[0]], grant.owner[1]):
        raise _invalid_grant()
    scope = granted = demand.scope(grant.owner, grant.scope)
    if demand.parameters.get("scope"):
        scope = demand.scope(grant.owner)
        if not scope.is_within(granted):
            detail = "The requested scope is invalid, unknown, or malformed. It was not granted."
            raise authentication_refusal(400, "invalid_scope", detail)
    revoke_refresh_token(demand.store, refresh_token)
    return _granted(demand, scope, owner=grant.owner, custom_claim=grant.custom_claim)


def _jwt_bearer(demand: Demand) -> tuple[Grant, Scope]:
    if not demand.application.is_confidential:
        raise missing("client_secret")
    claims = _read_assertion(demand.parameters.require("assertion"))
    owner, custom_claim = claims.get("owner"), claims.get("custom_claim")
    identifier = None
    if owner is not None:
        identifier = _customer(demand.store, owner)
    if custom_claim is not None and not isinstance(custom_claim, dict):
        raise _invalid_assertion()
    if identifier is None and not custom_claim:
        raise _invalid_assertion()
    scope = demand.scope(identifier)
    return _granted(demand, scope, owner=identifier, custom_claim=custom_claim)


# By the name that is sent. What is not here is refused.
GRANTS: Mapping[str, GrantType] = {
    "client_credentials": GrantType(
        frozenset({"integration", "sales_channel"}), False, _client_credentials
    ),
    "password": GrantType(frozenset({"sales_channel"}), True, _password),
    "refresh_token": GrantType(frozenset({"integration", "sales_channel"}), True, _refresh_token),
    "urn:ietf:params:oauth:grant-type:jwt-bearer": GrantType(
        frozenset({"integration", "sales_channel"}), True, _jwt_bearer
    ),
}


def _granted(
    demand: Demand,
    scope: Scope,
    *,
    owner: Identifier | None = None,
    custom_claim: Mapping[str, Any] | None = None,
) -> tuple[Grant, Scope]:
    client_id = demand.application.client_id
    return Grant(client_id, scope.text, owner=owner, custom_claim=custom_claim or None), scope


def _require_scope(demand: Demand) -> None:
    """Refuse a sales channel that names no market: it could do nothing."""
    if not demand.parameters.get("scope").strip(" ,"):
        detail = (
            "The requested scope is invalid, unknown, or malformed. A sales channel requires a "
            "market in scope, such as market:code:europe1."
        )
        raise authentication_refusal(400, "invalid_scope", detail)


def _read_assertion(assertion: str) -> dict[str, Any]:
    """Read what a JWT assertion claims. Its signature is not verified, as documented."""
    import jwt

    if len(assertion.encode()) > _LARGEST_ASSERTION:
        raise _invalid_assertion()
    try:
        payload = jwt.decode(assertion, options={"verify_signature": False, "verify_exp": True})
        claims = payload.get(_CLAIMS)
        # Python reads more than JSON is: numbers that are none, halves of a character.
        json.dumps(claims, allow_nan=False, ensure_ascii=False).encode()
    # Older versions of PyJWT let an endless number, and what is nested deeply, through to here.
    except (jwt.PyJWTError, ValueError, OverflowError, RecursionError):
        raise _invalid_assertion() from None
    if not isinstance(claims, dict):
        raise _invalid_assertion()
    return claims


def _customer(store: Store, owner: object) -> Identifier:
    """Find the customer whom an assertion names. The sandbox knows no users."""
    if not isinstance(owner, dict) or owner.get("type") != "Customer":
        raise _invalid_assertion()
    id_ = owner.get("id")
    if not isinstance(id_, str) or not store.find(["customers"], id_):
        raise _invalid_assertion()
    return "customers", id_


def _invalid_assertion() -> Refusal:
    return authentication_refusal(400, "invalid_assertion", "The provided assertion is invalid.")


def _invalid_grant() -> Refusal:
    detail = (
        "The provided authorization grant is invalid, expired, revoked, does not match the "
        "redirection URI used in the authorization request, or was issued to another client."
    )
    return authentication_refusal(400, "invalid_grant", detail)
