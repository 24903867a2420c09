"""Hide what must not be seen of a JSON document. No I/O happens here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["SECRETS", "mask"]

# Members whose values open doors, or did so once. The API's, and OAuth's.
SECRETS = {
    "access_token",
    "api_key",
    "api_secret",
    "auth_token",
    "client_secret",
    "client_token",
    "customer_password",
    "customer_token",
    "password",
    "payment_source_token",
    "refresh_token",
    "session_id",
    "shared_secret",
    "token",
}

_ASTERISKS = "*" * 8
_LONG_ENOUGH = 8


def mask(value: Any, *, secrets: bool, base_url: str | None = None) -> Any:
    """Copy a value as it may be shown.

    Args:
        value: A JSON document, or a part of one.
        secrets: Whether to put asterisks in the place of every secret, also where it stands
            inside another string, such as an order's token in its ``checkout_url``.
        base_url: An address that strings start with, to be shown as ``$CL_BASE_URL``. It changes
            from run to run, and what is shown must not.

    Returns:
        A copy with the same members. A secret that is null stays so: that it is not set is none.
    """
    hidden = sorted(_secrets(value), key=len, reverse=True) if secrets else []

    def masked(inner: Any, name: str = "") -> Any:
        if secrets and name in SECRETS and inner is not None:
            return _ASTERISKS
        if isinstance(inner, Mapping):
            return {key: masked(member, key) for key, member in inner.items()}
        if isinstance(inner, list):
            return [masked(item) for item in inner]
        if not isinstance(inner, str):
            return inner
        for secret in hidden:
            inner = inner.replace(secret, _ASTERISKS)
        if base_url:
            return re.sub(rf"\A{re.escape(base_url)}(?![^/?#])", "$CL_BASE_URL", inner)
        return inner

    return masked(value)


def _secrets(value: Any, name: str = "") -> set[str]:
    """Collect the secrets that are long enough to be found in another string by no accident."""
    if isinstance(value, Mapping):
        return set().union(*(_secrets(member, key) for key, member in value.items()))
    if isinstance(value, list):
        return set().union(*map(_secrets, value))
    is_secret = name in SECRETS and isinstance(value, str) and len(value) >= _LONG_ENOUGH
    return {value} if is_secret else set()
