"""Hide what must not be seen of a JSON document or an address. No I/O happens here."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus, unquote

__all__ = [
    "ASTERISKS",
    "SECRETS",
    "is_secret",
    "mask",
    "mask_parameters",
    "mask_text",
    "secret_parameters",
    "secrets_in",
]

# Members whose values open doors, or did so once: the API's, OAuth's and Klarna's. The address of
# the checkout holds the order's token.
SECRETS = {
    "access_token",
    "api_key",
    "api_secret",
    "auth_token",
    "authorization_token",
    "checkout_url",
    "client_secret",
    "client_token",
    "customer_password",
    "customer_token",
    "ephemeral_key",
    "password",
    "payment_source_token",
    "refresh_token",
    "session_id",
    "shared_secret",
    "token",
}

ASTERISKS = "*" * 8
# Shorter ones would be found in other strings by accident.
_LONG_ENOUGH = 8
# So many characters in a row of a longer one are hidden too: it may have been cut.
_LONG_PART = 12
# JSON can write half of a pair of surrogates, which UTF-8 cannot: whoever sends it can do this.
_ERRORS = "surrogatepass"
_NAME = re.compile(r"[a-z_]+")
# What an address asks for by a secret, such as `filter[q][token_eq]=...`.
_PARAMETER = re.compile(
    rf"([?&][^=&#]*(?:token|secret|{'|'.join(sorted(SECRETS))})[^=&#]*=)([^&#]*)", re.IGNORECASE
)


def is_secret(name: str, value: object) -> bool:
    """Tell whether a member is a secret, by its name. That it is not set is none."""
    if isinstance(value, bool) or value is None:
        return False
    return name in SECRETS or name.endswith(("_token", "_secret", "_password"))


def secrets_in(value: Any, name: str = "") -> frozenset[str]:
    """Collect the secrets that are long enough to be found in another string by no accident.

    Args:
        value: A JSON document, or a part of one.
        name: The name of the member whose value this is.
    """
    if is_secret(name, value):
        return frozenset(text for text in _strings(value) if len(text) >= _LONG_ENOUGH)
    if isinstance(value, Mapping):
        return frozenset().union(*(secrets_in(member, key) for key, member in value.items()))
    if isinstance(value, list):
        return frozenset().union(*map(secrets_in, value))
    return frozenset()


def mask(
    value: Any, *, secrets: bool, base_url: str | None = None, known: Collection[str] = ()
) -> Any:
    """Copy a value as it may be shown.

    Args:
        value: A JSON document, or a part of one.
        secrets: Whether to put asterisks in the place of every secret, also where it stands
            inside another string.
        base_url: An address that strings start with, to be shown as ``$CL_BASE_URL``. It changes
            from run to run, and what is shown must not.
        known: Further secrets to look for inside strings, such as those that were sent.

    Returns:
        A copy with the same members. A secret that is null stays so: that it is not set is none.
    """
    hidden = {*secrets_in(value), *known} if secrets else set()

    def shown(key: str) -> str:
        # A secret may hold a member's name, which is none.
        return key if _NAME.fullmatch(key) and key not in hidden else mask_text(key, hidden)

    def masked(inner: Any, name: str = "") -> Any:
        if secrets and is_secret(name, inner):
            return ASTERISKS
        if isinstance(inner, Mapping):
            return {shown(key): masked(member, key) for key, member in inner.items()}
        if isinstance(inner, list):
            return [masked(item) for item in inner]
        if not isinstance(inner, str):
            return inner
        if secrets:
            inner = mask_parameters(mask_text(inner, hidden))
        if base_url:
            return re.sub(rf"\A{re.escape(base_url)}(?![^/?#])", "$CL_BASE_URL", inner)
        return inner

    return masked(value)


def mask_text(text: str, known: Collection[str]) -> str:
    """Put asterisks in the place of known secrets, and of long parts of them.

    They are found as they are, and as an address, JSON, HTML or base64 writes them.
    """
    whole, parts = _to_hide(frozenset(known))
    found = [
        (start, start + _LONG_PART)
        for start in (range(len(text) - _LONG_PART + 1) if parts else ())
        if text[start : start + _LONG_PART] in parts
    ]
    for form in whole:
        start = text.find(form)
        while start >= 0:
            found.append((start, start + len(form)))
            start = text.find(form, start + 1)
    shown, end = "", 0
    for start, to in sorted(found):
        if start > end or not shown:
            shown += text[end:start] + ASTERISKS
        end = max(end, to)
    return shown + text[end:]


@lru_cache(maxsize=64)
def _to_hide(known: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Write secrets in every form in which they may come back: whole, and long parts."""
    whole = {form for secret in known for form in _forms(secret)}
    # Of an address that is secret, only what stands at its end is; any other begins like it.
    ends = {secret.rpartition("/")[2] if "://" in secret else secret for secret in known}
    parts = {
        form[start : start + _LONG_PART]
        for secret in ends
        for form in _forms(secret)
        for start in range(len(form) - _LONG_PART + 1)
    }
    return frozenset(whole), frozenset(parts)


def _forms(secret: str) -> Iterator[str]:
    """Write a secret as others do."""
    if not secret:
        return
    yield from (secret, quote_plus(secret, errors=_ERRORS), escape(secret))
    for quoted in (quote(secret, errors=_ERRORS), quote(secret, safe="", errors=_ERRORS)):
        yield from (quoted, re.sub("%..", lambda found: found[0].lower(), quoted))
    yield from (json.dumps(secret, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False))
    yield repr(secret)[1:-1]
    if len(secret) < _LONG_ENOUGH:
        return
    encoded = secret.encode(errors=_ERRORS)
    for before in range(3):
        # What stands before and after has a part in the first and last characters.
        coded = b64encode(b"\0" * before + encoded).decode()
        coded = coded[(0, 2, 3)[before] : len(coded) - (0, 3, 2)[(len(encoded) + before) % 3]]
        yield from (coded, coded.replace("+", "-").replace("/", "_"))


def mask_parameters(address: str) -> str:
    """Put asterisks in the place of what an address asks for by a secret."""
    return _PARAMETER.sub(rf"\g<1>{ASTERISKS}", address)


def secret_parameters(address: str) -> frozenset[str]:
    """Collect what an address asks for by a secret, as it was before it was quoted."""
    values = (unquote(value) for _, value in _PARAMETER.findall(address))
    return frozenset(value for value in values if len(value) >= _LONG_ENOUGH)


def _strings(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for member in value.values() for text in _strings(member)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []
