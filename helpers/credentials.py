"""What an access token is asked for with, and what it says about itself. No I/O happens here.

Source: https://docs.commercelayer.io/core/authentication
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "Credentials",
    "claims_of",
    "customer_of",
    "is_header_value",
    "is_of_test_mode",
    "organization_of",
]


@dataclass(frozen=True)
class Credentials:
    """What an access token is asked for with.

    With a customer's e-mail and password the access token is that customer's (the grant
    ``password``); without, it is the application's own (the grant ``client_credentials``).

    Attributes:
        endpoint: Where to ask, such as ``https://auth.commercelayer.io/oauth/token``.
        client_id: The application's client id. Not shown: a secret may stand there by mistake.
        client_secret: Its client secret; None for a sales channel, which need not have one.
            Never shown.
        scope: Which market, such as ``market:id:xYZkjABcde``; None for all that there are.
        customer_email: The customer's e-mail address, or None. Not shown, likewise.
        customer_password: The customer's password, or None. Never shown.
    """

    endpoint: str
    client_id: str = field(repr=False)
    client_secret: str | None = field(default=None, repr=False)
    scope: str | None = None
    customer_email: str | None = field(default=None, repr=False)
    customer_password: str | None = field(default=None, repr=False)

    @property
    def secrets(self) -> frozenset[str]:
        """What must not be seen of them."""
        return frozenset(filter(None, (self.client_secret, self.customer_password)))


def is_header_value(access_token: str) -> bool:
    """Tell whether an access token can stand in a header: printable ASCII without spaces."""
    return re.fullmatch(r"[\x21-\x7e]+", access_token) is not None


def claims_of(access_token: str) -> Mapping[str, Any] | None:
    """Read what an access token says about itself. Whether that is true, only the API can tell.

    Returns:
        Its claims, or None where it is no JSON Web Token.
    """
    import jwt  # only a place other than the embedded sandbox needs it, and it slows a start

    try:
        claims: Mapping[str, Any] = jwt.decode(access_token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return None
    return claims


def is_of_test_mode(claims: Mapping[str, Any]) -> bool:
    """Tell whether an access token reaches test data only."""
    return claims.get("test") is True


def organization_of(claims: Mapping[str, Any]) -> str | None:
    """Tell the slug of the organization that an access token was issued for."""
    match claims.get("organization"):
        case {"slug": str(slug)}:
            return slug
        case _:
            return None


def customer_of(claims: Mapping[str, Any]) -> str | None:
    """Tell the id of the customer that an access token was issued for."""
    match claims.get("owner"):
        case {"type": "Customer", "id": str(customer_id)}:
            return customer_id
        case _:
            return None
