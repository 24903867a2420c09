"""Refresh tokens: what an access token is renewed with, once.

Source: https://docs.commercelayer.io/core/authentication
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from helpers.sandbox.store import Identifier, Store
from helpers.sandbox.tokens import fingerprint

__all__ = ["Grant", "issue_refresh_token", "read_refresh_token", "revoke_refresh_token"]

_LIFETIME = 14 * 24 * 3600


@dataclass(frozen=True)
class Grant:
    """What was granted to an application, and is granted again at each renewal.

    Attributes:
        client_id: The application.
        scope: The scope, as text.
        owner: The customer whom it may speak for, or None.
        custom_claim: What a JWT assertion brought along, or None.
    """

    client_id: str
    scope: str
    owner: Identifier | None = None
    custom_claim: Mapping[str, Any] | None = None


def issue_refresh_token(store: Store, grant: Grant) -> str:
    """Issue a refresh token that is good for two weeks. Only its hash is kept."""
    refresh_token = secrets.token_urlsafe(32)
    kept = {"grant": vars(grant), "expires_at": time.time() + _LIFETIME}
    store.remember(_fact_of(refresh_token), kept)
    return refresh_token


def read_refresh_token(store: Store, refresh_token: str) -> Grant | None:
    """Tell what a refresh token, or any text, stands for.

    Returns:
        What was granted, or None where it is no refresh token, was used or revoked, or has expired.
    """
    kept = store.fact(_fact_of(refresh_token))
    if kept is None or kept["expires_at"] <= time.time():
        return None
    grant: dict[str, Any] = dict(kept["grant"])
    grant["owner"] = tuple(grant["owner"]) if grant["owner"] else None
    return Grant(**grant)


def revoke_refresh_token(store: Store, refresh_token: str) -> None:
    """Refuse a refresh token from now on."""
    store.remember(_fact_of(refresh_token), None)


def _fact_of(refresh_token: str) -> str:
    return f"refresh_token {fingerprint(refresh_token)}"
