"""Hold what an access token says about itself against the place that it is meant for.

No I/O happens here. Whether it is true, only the API can tell.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from helpers.credentials import customer_of, is_of_test_mode, organization_of
from helpers.errors import SettingsError
from helpers.places import is_loopback, slug_of

__all__ = ["check_claims", "minutes_left"]

# In minutes. What is longer is told in days.
_TWO_DAYS = 2 * 24 * 60


def check_claims(
    claims: Mapping[str, Any],
    base_url: str,
    *,
    allow_live: bool,
    has_spare: bool,
    where: str | None = None,
) -> list[str]:
    """Refuse an access token that is over, elsewhere's, or changes real orders.

    Args:
        claims: What the access token says.
        base_url: Where it is to be sent.
        allow_live: Whether it may be of live mode.
        has_spare: Whether there are credentials beside it, to ask for another with.
        where: Where it is set, in words; None where that is not known.

    Returns:
        What stands in nobody's way and is better known, a sentence each.

    Raises:
        SettingsError: The access token is of no use there, or does not say that it is of test mode.
    """
    named = f"CL_ACCESS_TOKEN in {where}" if where else "CL_ACCESS_TOKEN"
    notes = []
    left = minutes_left(claims)
    if left is not None and left <= 0:
        over = f"expired {_lasting(-left)} ago"
        if not is_loopback(base_url):
            renew = "ask /oauth/token for a new one, or set credentials in its place"
            if has_spare:
                renew = "remove it, and the credentials beside it bring a new one"
            raise SettingsError(f"Expected {named} to be valid still, but it {over}: {renew}.")
        notes.append(f"{named} {over} by this machine's clock; a sandbox may go by another.")
    if not allow_live:
        _check_mode(claims, named)
    here, theirs = slug_of(base_url), organization_of(claims)
    if here and theirs and here != theirs.lower():
        raise SettingsError(
            f"Expected {named} to be of the organization {here}, where requests go, got "
            f"one of the organization {theirs[:60]}: use one of {here}, or correct where they go."
        )
    match claims:
        case {"application": {"kind": "sales_channel"}} if customer_of(claims) is None:
            notes.append(
                f"{named} was issued for no customer. A guest has no wallet, so the recipe "
                "will be refused."
            )
    return notes


def minutes_left(claims: Mapping[str, Any]) -> float | None:
    """Tell how long an access token is still valid, or None where it does not say."""
    expiry = claims.get("exp")
    if isinstance(expiry, bool) or not isinstance(expiry, int | float):
        return None
    return (expiry - time.time()) / 60


def _lasting(minutes: float) -> str:
    return f"{minutes:,.0f} minutes" if minutes < _TWO_DAYS else f"{minutes / 1440:,.0f} days"


def _check_mode(claims: Mapping[str, Any], named: str) -> None:
    if is_of_test_mode(claims):
        return
    if isinstance(claims.get("test"), bool):
        raise SettingsError(
            f"Expected {named} to be of test mode, but it is of live mode: it would change "
            "real orders. Use a test-mode one, or set CL_ALLOW_LIVE=yes if that is what you want."
        )
    raise SettingsError(
        f"Expected {named} to be of test mode, but it says nothing of a mode, so it may be "
        "none of Commerce Layer's: copy the access_token of an answer from /oauth/token."
    )
