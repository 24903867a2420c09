"""Look at the values of settings, one by one: what each has to be, and what came instead.

No message repeats a value that may be a secret. No I/O happens here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from helpers import setting_shapes as shapes
from helpers.setting_names import is_known

__all__ = ["problem_of"]

# What documentation puts where something of your own belongs.
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|your[-_ ].*|yourdomain|.*xYZkjABcde|\*{3,}|x{3,}|\u2022{3,}", re.IGNORECASE
)
_QUOTES = "\"'`\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb"  # curly ones, too
_INVISIBLE = {"Cc", "Cf", "Cn", "Co"}
_ORDER = "the id of an order, such as qaMAhZkZvd"


def _anything(_: str) -> None:
    return None


_RULES: Mapping[str, tuple[str, Callable[[str], str | None]]] = {
    "CL_PLACE": ("sandbox or organization", shapes.not_place),
    "CL_ORGANIZATION": (
        "a slug, such as acme where the address is https://acme.commercelayer.io",
        shapes.not_slug,
    ),
    "CL_DOMAIN": ("a domain, such as commercelayer.io", shapes.not_domain),
    "CL_BASE_URL": (
        "a scheme and a host and nothing else, such as https://acme.commercelayer.io",
        shapes.not_base_url,
    ),
    "CL_CLIENT_ID": ("a client id, in ASCII without spaces", shapes.not_application),
    "CL_CLIENT_SECRET": ("a client secret, in ASCII without spaces", shapes.not_application),
    "CL_SCOPE": (
        "<kind>:id:<id> or <kind>:code:<code>, such as market:code:europe",
        shapes.not_scope,
    ),
    "CL_CUSTOMER_EMAIL": ("an e-mail address", shapes.not_email),
    "CL_CUSTOMER_PASSWORD": ("a customer's password", _anything),
    "CL_ACCESS_TOKEN": ("a JSON Web Token, in ASCII without spaces", _anything),
    "CL_ORDER_ID": (_ORDER, shapes.not_order_id),
    "CL_OTHER_ORDER_ID": (_ORDER, shapes.not_order_id),
    "CL_SKU_CODE": ("the code of an SKU", _anything),
    "CL_ALLOW_LIVE": ("yes, or not set", shapes.not_allow_live),
}
# What may hold any character that can be seen.
_FREE = {"CL_CUSTOMER_PASSWORD", "CL_SKU_CODE"}


def problem_of(name: str, value: str, *, where: str, is_local: bool) -> str | None:
    """Say what is wrong with the value of a setting.

    Args:
        name: The name of the setting, such as ``CL_SCOPE``.
        value: Its value, which is not empty.
        where: Where it is set, in words.
        is_local: Whether the place is on this machine: a sandbox's credentials look made up.

    Returns:
        A sentence that says what was expected, what came and what to do; None where nothing is
        wrong.
    """
    expected, look = _RULES[name]
    came = _in_general(value, is_free=name in _FREE)
    if came is None and not is_local:
        # Of a scope, the kind is never made up, but what follows it may be.
        parts = re.split(r"[:\s]", value) if name == "CL_SCOPE" else [value]
        came = next(filter(None, map(_made_up, parts)), None)
    if came is None and name == "CL_ACCESS_TOKEN":
        came = shapes.not_access_token(value, is_local=is_local)
    if came is None:
        came = look(value)
    return came and f"Expected {name} in {where} to be {expected}, got {came}."


def _in_general(value: str, *, is_free: bool) -> str | None:
    """Look for what is wrong with most values: what came along when it was copied."""
    if re.search(r"[\r\n\t\v\f]", value):
        return "a line break or a tab in it: close the quote on the same line"
    for character in value:
        if unicodedata.category(character) in _INVISIBLE:
            return f"a character that cannot be seen (U+{ord(character):04X}): type the value anew"
    if any(is_known(name) for name in re.findall(r"\s(CL_[A-Z_]+)\s*=", value)):
        return "another setting on the same line: write one a line"
    if is_free:
        return None
    if {value[0], value[-1]} & set(_QUOTES):
        return 'a quote at its start or end: leave it out, or put " before and after all of it'
    if re.match(r"(export\s+)?CL_[A-Z_]+\s*=", value):
        return "the name of a setting within the value: leave the name out"
    if value[-1] in ",;":
        return "a comma or semicolon at its end: leave it out"
    if re.search(r"[^#\s]#", value):
        return "a # within it: a comment needs a space before it"
    return None


def _made_up(value: str) -> str | None:
    """Look for what was never meant to be sent to an organization."""
    if value.startswith("sandbox-"):
        return "what a sandbox has in its place: put your own there"
    if _PLACEHOLDER.fullmatch(value):
        return "a placeholder: put your own in its place"
    if re.search(r"\.{3}$|\u2026$", value):
        return "a shortened one: copy it whole"
    return None
