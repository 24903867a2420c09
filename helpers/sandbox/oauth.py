"""The authentication API: ask for access tokens, revoke them, verify them.

Sources: https://docs.commercelayer.io/core/authentication and its page on revoking a token; the
vendor's own JavaScript library for the errors. The Core API's media type and error shape do not
hold here.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from helpers.sandbox.errors import Refusal, authentication_refusal
from helpers.sandbox.grants import GRANTS, Application, Demand, Parameters
from helpers.sandbox.keys import public_jwk
from helpers.sandbox.messages import Request, Response
from helpers.sandbox.refresh_tokens import (
    Grant,
    issue_refresh_token,
    read_refresh_token,
    revoke_refresh_token,
)
from helpers.sandbox.scopes import Scope
from helpers.sandbox.store import Store
from helpers.sandbox.tokens import (
    LIFETIMES,
    AccessToken,
    authorize,
    issue_access_token,
    read_access_token,
    revoke_access_token,
    signing_key,
)

__all__ = ["handle"]

_HEADERS = {"Content-Type": "application/json"}
# Whatever is told here is for one client, once.
_SECRET = {**_HEADERS, "Cache-Control": "no-store"}
_FORM = "application/x-www-form-urlencoded"


def handle(store: Store, request: Request) -> Response:
    """Answer a request for ``/oauth`` or ``/.well-known``.

    Whatever the request changes, it changes as a whole: a refused request changes nothing.

    Args:
        store: What the sandbox remembers.
        request: Any request at all.

    Returns:
        The authentication API's answer, or an error in its shape.
    """
    try:
        path = "/".join(request.segments)
        if path not in _ROUTES:
            raise authentication_refusal(404, "not_found", "There is nothing at this path.")
        allowed, answer, headers = _ROUTES[path]
        if request.method != allowed and (request.method, allowed) != ("HEAD", "GET"):
            detail = f"{request.method} is not allowed here: send a {allowed}."
            raise authentication_refusal(405, "method_not_allowed", detail)
        with store.transaction():
            document = answer(store, request)
    except Refusal as refusal:
        return _refuse(refusal)
    except RecursionError:  # an assertion may be nested so deeply that its claims cannot be kept
        return _refuse(authentication_refusal(400, "invalid_request", "This is nested too deeply."))
    return Response(200, json.dumps(document).encode(), headers)


def _refuse(refusal: Refusal) -> Response:
    return Response(refusal.status, json.dumps({"errors": refusal.errors}).encode(), _SECRET)


def _issue(store: Store, request: Request) -> dict[str, Any]:
    """Answer with an access token, and with a refresh token where the grant has one."""
    parameters = _read_parameters(request)
    name = parameters.require("grant_type")
    if name not in GRANTS:
        detail = "The authorization grant type is not supported by the authorization server."
        if name == "authorization_code":
            detail += " It is for web applications, and this sandbox has none."
        raise authentication_refusal(400, "unsupported_grant_type", detail)
    application = _authenticate(store, parameters)
    if application is None:
        detail = (
            "Client authentication failed due to unknown client, no client authentication "
            "included, or unsupported authentication method."
        )
        raise authentication_refusal(401, "invalid_client", detail)
    if application.kind not in GRANTS[name].kinds:
        detail = "The client is not authorized to perform this request using this method."
        raise authentication_refusal(400, "unauthorized_client", detail)
    grant, scope = GRANTS[name].grant(Demand(store, application, parameters))
    refresh_token = issue_refresh_token(store, grant) if GRANTS[name].is_renewable else None
    return _answer(store, application, grant, scope, refresh_token)


def _answer(
    store: Store, application: Application, grant: Grant, scope: Scope, refresh_token: str | None
) -> dict[str, Any]:
    issued_at = int(time.time())
    access_token = issue_access_token(
        store,
        {"id": application.id, "client_id": application.client_id, "kind": application.kind},
        scope=scope.text,
        market_claim=scope.market_claim,
        owner=grant.owner,
        custom_claim=grant.custom_claim,
        is_confidential=application.is_confidential,
        issued_at=issued_at,
    )
    return {
        "access_token": access_token,
        "token_type": "bearer",
        "expires_in": LIFETIMES[application.kind],
        **({"refresh_token": refresh_token} if refresh_token else {}),
        "scope": scope.text,
        "created_at": issued_at,
        **({"owner_id": grant.owner[1], "owner_type": "customer"} if grant.owner else {}),
    }


def _revoke(store: Store, request: Request) -> dict[str, Any]:
    """Revoke an access token or a refresh token; a text that is neither is as good as revoked."""
    parameters = _read_parameters(request)
    secret = parameters.require("token")
    application = _authenticate(store, parameters)
    access_token = read_access_token(store, secret)
    grant = read_refresh_token(store, secret)
    if not application or not _may_revoke(application, access_token, grant):
        detail = "You are not authorized to revoke this token"
        raise authentication_refusal(403, "unauthorized_client", detail)
    if access_token:
        revoke_access_token(store, secret)
    if grant:
        revoke_refresh_token(store, secret)
    return {}


def _may_revoke(
    application: Application, access_token: AccessToken | None, grant: Grant | None
) -> bool:
    """Tell whether an application may revoke what it sent: its own, and a guest's by its secret.

    The scenario's own access tokens belong to every application of their kind.
    """
    if grant is not None:
        is_own, owner = grant.client_id == application.client_id, grant.owner
    elif access_token is not None:
        owner = access_token.bearer.owner
        is_own = access_token.client_id == application.client_id or (
            not access_token.client_id and access_token.bearer.kind == application.kind
        )
    else:
        return True
    return is_own and (owner is not None or application.is_confidential)


def _token_info(store: Store, request: Request) -> dict[str, Any]:
    """Tell what an access token is for: of what the vendor's own applications ask, a part."""
    found = authorize(store, request.headers.get("authorization", ""))
    left = None if found.expires_at is None else found.expires_at - int(time.time())
    owner = found.bearer.owner
    return {
        "token": {"test": True, "market_ids": found.bearer.markets or (), "lifespan": left},
        "application": {"kind": found.bearer.kind},
        **({"owner": {"id": owner[1], "type": "Customer"}} if owner else {}),
    }


def _key_set(store: Store, _: Request) -> dict[str, Any]:
    """Tell the keys that access tokens are verified with."""
    return {"keys": [public_jwk(signing_key(store))]}


_Route = tuple[str, Callable[[Store, Request], dict[str, Any]], Mapping[str, str]]
_ROUTES: Mapping[str, _Route] = {
    ".well-known/jwks.json": ("GET", _key_set, _HEADERS),
    "oauth/revoke": ("POST", _revoke, _SECRET),
    "oauth/token": ("POST", _issue, _SECRET),
    "oauth/tokeninfo": ("GET", _token_info, _SECRET),
}


def _authenticate(store: Store, parameters: Parameters) -> Application | None:
    """Find the application that a request is from; None where it is unknown or proves nothing."""
    client_id, client_secret = parameters.get("client_id"), parameters.get("client_secret")
    for known in store.fact("applications", []):
        if known["client_id"] == client_id:
            kept = known.get("client_secret") or ""
            is_confidential = bool(kept) and _are_equal(kept, client_secret)
            if is_confidential or (known["kind"] == "sales_channel" and not client_secret):
                return Application(known["id"], client_id, known["kind"], is_confidential)
    return None


def _are_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _read_parameters(request: Request) -> Parameters:
    """Read the body: JSON, or a form.

    Raises:
        Refusal: It is neither (400).
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if media_type == _FORM:
            members: object = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        else:
            members = json.loads(request.body)
            # Python reads more than JSON is: numbers that are none, halves of a character.
            json.dumps(members, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        detail = (
            "The request is missing a required parameter, includes an unsupported parameter "
            "value, or is otherwise malformed. Expected a JSON object, or a form."
        )
        raise authentication_refusal(400, "invalid_request", detail)
    return Parameters(members)
