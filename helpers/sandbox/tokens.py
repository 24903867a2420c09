"""Access tokens: who sends a request.

Source: https://docs.commercelayer.io/core/authentication
"""

from __future__ import annotations

from dataclasses import dataclass

from helpers.sandbox.errors import invalid_access_token
from helpers.sandbox.store import Identifier, Store

__all__ = ["Bearer", "identify"]


@dataclass(frozen=True)
class Bearer:
    """Who holds an access token.

    Attributes:
        kind: The kind of application: ``sales_channel`` or ``integration``.
        owner: The customer it speaks for, or None.
    """

    kind: str
    owner: Identifier | None

    @property
    def is_sales_channel(self) -> bool:
        """Whether it is a shop's own, public client, which may do little."""
        return self.kind == "sales_channel"


def identify(store: Store, authorization: str) -> Bearer:
    """Tell who sends a request.

    Args:
        store: Where the access tokens are known.
        authorization: The request's ``Authorization`` header, or an empty text.

    Raises:
        Refusal: It holds no known access token (401).
    """
    scheme, _, credentials = authorization.strip().partition(" ")
    known = store.fact("access_tokens", {}).get(credentials.strip())
    if scheme.lower() != "bearer" or known is None:
        raise invalid_access_token()
    return Bearer(known["kind"], tuple(known["owner"]) if known["owner"] else None)
