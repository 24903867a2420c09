"""What is sent for an access token, and what comes back. No I/O happens here.

Source: https://docs.commercelayer.io/core/authentication
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from helpers.credentials import (
    Credentials,
    claims_of,
    is_header_value,
    is_of_test_mode,
    organization_of,
)
from helpers.exchanges import Exchange, RateLimit
from helpers.masking import mask, mask_text

__all__ = [
    "MEDIA_TYPE",
    "AccessTokenAwaited",
    "Granted",
    "Told",
    "Unusable",
    "demand",
    "exchange_of",
    "faults_in",
    "granted",
    "reasons",
    "refusal",
    "request_for",
    "settings_at_fault",
    "told_by",
]

MEDIA_TYPE = "application/json"

# An answer with two tokens is some 2 kB.
_LARGEST_ANSWER = 65_536
# The API's access tokens live for hours. A year is no mistake yet; more than that is one.
_LONGEST_LIFE = 366 * 24 * 3600
_LONGEST_REASON = 300
_LONGEST_MEDIA_TYPE = 60
_LONGEST_SLUG = 60

# Any other status may come from something that is no endpoint at all.
_ABOUT_CREDENTIALS = {400, 401, 403}

# By what is sent, the setting that it comes from.
_SETTINGS = {
    "client_id": "CL_CLIENT_ID",
    "client_secret": "CL_CLIENT_SECRET",
    "scope": "CL_SCOPE",
    "username": "CL_CUSTOMER_EMAIL",
    "password": "CL_CUSTOMER_PASSWORD",
}
# By the title of an error, what of it can be at fault. Any other title may be about everything.
_AT_FAULT = {
    "invalid_client": ("client_id", "client_secret"),
    "invalid_grant": ("username", "password"),
    "invalid_scope": ("scope",),
    "unauthorized_client": ("client_id",),
}


class AccessTokenAwaited(httpx.PoolTimeout):
    """Another thread was still asking for an access token when the time of a request was up.

    That request was not sent, and did nothing.
    """


@dataclass(frozen=True)
class Granted:
    """What an answer grants.

    Attributes:
        access_token: Can stand in a header. Never shown.
        life_seconds: How long it is good.
        refresh_token: What it can be renewed with, or None. Never shown.
    """

    access_token: str = field(repr=False)
    life_seconds: float
    refresh_token: str | None = field(repr=False)


@dataclass(frozen=True)
class Told:
    """What an access token says about itself.

    Attributes:
        is_test: Whether it reaches test data only.
        slug: The slug of the organization that it is for; an empty text where it does not say.
    """

    is_test: bool
    slug: str


@dataclass(frozen=True)
class Unusable:
    """Why an answer grants nothing that can be used.

    Attributes:
        words: What was expected and did not come. They tell no value.
        damaged: Whether it looks like an answer that was damaged on the way.
    """

    words: str
    damaged: bool = False


def demand(credentials: Credentials, refresh_token: str | None = None) -> dict[str, str]:
    """Build the body of a request for an access token.

    Args:
        credentials: What to ask with.
        refresh_token: What to renew an access token with, in place of the customer's password.

    Returns:
        The members of a JSON object, secrets among them: ``grant_type``, and what it needs.
    """
    customer = {"username": credentials.customer_email, "password": credentials.customer_password}
    members: dict[str, str | None] = {"client_id": credentials.client_id}
    members["client_secret"] = credentials.client_secret
    if refresh_token is not None:
        members = {"grant_type": "refresh_token", **members, "refresh_token": refresh_token}
    elif credentials.customer_email:
        members = {"grant_type": "password", **members, "scope": credentials.scope, **customer}
    else:
        members = {"grant_type": "client_credentials", **members, "scope": credentials.scope}
    return {name: value for name, value in members.items() if value}


def request_for(
    request: httpx.Request, credentials: Credentials, renewed: Granted | None
) -> httpx.Request:
    """Build the request for an access token that another request needs, within its time.

    Args:
        request: The other request. Its extensions hold its timeouts and its deadline.
        credentials: What to ask with, and where.
        renewed: What was granted before and is renewed; None to ask anew.
    """
    headers = {"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE}
    if "User-Agent" in request.headers:
        headers["User-Agent"] = request.headers["User-Agent"]
    return httpx.Request(
        "POST",
        credentials.endpoint,
        headers=headers,
        json=demand(credentials, renewed.refresh_token if renewed else None),
        extensions=dict(request.extensions),
    )


def granted(content: bytes, media_type: str, *, secrets: Collection[str]) -> Granted | Unusable:
    """Read the answer of success.

    Args:
        content: The body of the answer.
        media_type: Its ``Content-Type``, parameters and all.
        secrets: What must not be seen, should the answer repeat it.

    Returns:
        What it grants, or why it grants nothing that can be used.
    """
    if media_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
        given = mask_text(media_type, secrets)[:_LONGEST_MEDIA_TYPE] or "no media type"
        return Unusable(f"expected {MEDIA_TYPE}, got {given}")
    if len(content) > _LARGEST_ANSWER:
        return Unusable(f"expected at most {_LARGEST_ANSWER:,} bytes, got {len(content):,}")
    members = _members(content)
    if members is None:
        return Unusable("expected a JSON object, got something else", damaged=True)
    access_token, life = members.get("access_token"), members.get("expires_in")
    refresh_token, kind = members.get("refresh_token"), members.get("token_type")
    if not isinstance(access_token, str) or not is_header_value(access_token):
        return Unusable("expected access_token to be one line of printable ASCII without spaces")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        return Unusable("expected token_type to be bearer")
    if isinstance(life, bool) or not isinstance(life, int | float) or not 0 < life <= _LONGEST_LIFE:
        return Unusable(
            f"expected expires_in to be seconds, more than 0, at most {_LONGEST_LIFE:,}"
        )
    if refresh_token is not None and (not isinstance(refresh_token, str) or not refresh_token):
        return Unusable("expected refresh_token to be a text")
    return Granted(access_token, float(life), refresh_token)


def told_by(answer: Granted, *, secrets: Collection[str]) -> Told | None:
    """Read what an access token says about itself; None where it is no JSON Web Token."""
    claims = claims_of(answer.access_token)
    if claims is None:
        return None
    slug = mask_text(organization_of(claims) or "", secrets)
    return Told(is_of_test_mode(claims), slug[:_LONGEST_SLUG])


def faults_in(content: bytes) -> list[Mapping[str, Any]]:
    """Read the error objects of an answer, whichever of three shapes they come in.

    Returns:
        Those in the list ``errors``, the only one that stands there instead, and one for
        ``error`` and ``error_description``, as OAuth 2.0 has them (RFC 6749, section 5.2).
    """
    members = _members(content) or {}
    errors = members.get("errors", [])
    faults = list(errors) if isinstance(errors, list) else [errors]
    if isinstance(members.get("error"), str):
        detail = members.get("error_description")
        faults.append({"title": members["error"], "detail": detail})
    return [fault for fault in faults if isinstance(fault, Mapping)]


def reasons(faults: Collection[Mapping[str, Any]], secrets: Collection[str]) -> str:
    """Put error objects into words, without the secrets that they may repeat."""
    return "; ".join(filter(None, (_reason(fault, secrets) for fault in faults)))


def settings_at_fault(faults: Collection[Mapping[str, Any]], credentials: Credentials) -> str:
    """Name the settings to check: those that an error's title is about, else all that were sent.

    Returns:
        Their names in a row, such as ``CL_CLIENT_ID and CL_CLIENT_SECRET (not set)``.
    """
    sent = demand(credentials)
    has_customer = "username" in sent
    about = [
        name
        for fault in faults
        for name in _AT_FAULT.get(str(fault.get("title")), ())
        if has_customer or name not in {"username", "password"}
    ]
    names = dict.fromkeys(about or [name for name in sent if name in _SETTINGS])
    told = [_SETTINGS[name] + ("" if name in sent else " (not set)") for name in names]
    return " and ".join(filter(None, [", ".join(told[:-1]), told[-1]]))


def refusal(
    status: int,
    faults: Collection[Mapping[str, Any]],
    credentials: Credentials,
    *,
    secrets: Collection[str],
) -> str:
    """Say that an endpoint refused, why, and what to check: the end of a sentence, and another."""
    address = "" if status in _ABOUT_CREDENTIALS else ", and the address"
    is_unauthorized = any(fault.get("title") == "unauthorized_client" for fault in faults)
    whose = (
        ": for a customer, it has to be a sales channel's"
        if is_unauthorized and credentials.customer_email
        else ""
    )
    return (
        f"gave no access token for these credentials. It answered with {status}: "
        f"{reasons(faults, secrets) or 'no reason given'}. "
        f"Check {settings_at_fault(faults, credentials)}{address}{whose}."
    )


def exchange_of(
    credentials: Credentials,
    status: int,
    *,
    secrets: frozenset[str],
    made_up: bool,
    rate_limit: RateLimit | None,
) -> Exchange:
    """Tell of a request for an access token as far as it may be shown: without any secret."""
    parts = urlsplit(credentials.endpoint)
    return Exchange(
        method="POST",
        base_url=f"{parts.scheme}://{parts.netloc}",
        target=parts.path,
        headers={"Accept": MEDIA_TYPE, "Content-Type": MEDIA_TYPE},
        sent=mask(demand(credentials), secrets=True),
        status=status,
        reason=httpx.codes.get_reason_phrase(status),
        secrets=secrets,
        made_up=made_up,
        rate_limit=rate_limit,
    )


def _members(content: bytes) -> dict[str, Any] | None:
    """Decode an object; what is none is not raised, because the error would show it."""
    try:
        members = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return members if isinstance(members, dict) else None


def _reason(fault: Mapping[str, Any], secrets: Collection[str]) -> str:
    texts = {
        name: " ".join(mask_text(text, secrets).split())[:_LONGEST_REASON]
        for name in ("title", "detail", "code")
        if isinstance(text := fault.get(name), str)
    }
    named = ", ".join(texts[name] for name in ("code", "title") if texts.get(name))
    detail = texts.get("detail", "").rstrip(".")
    return f"{detail} ({named})" if detail and named else detail or named
