"""Settings: the environment first, then the project's ``.env``. They say where requests go.

Without settings, the embedded sandbox answers. Every name starts with ``CL_``.
"""

from __future__ import annotations

import difflib
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from dotenv.parser import parse_stream

from helpers.credentials import claims_of, customer_of, is_header_value, is_of_test_mode
from helpers.errors import SettingsError
from helpers.places import is_loopback

__all__ = [
    "DOTENV",
    "NAMES",
    "NAMES_FOR_OTHERS",
    "Organization",
    "read_settings",
]

# Next to the package, wherever a notebook or a script happens to run.
DOTENV = Path(__file__).resolve().parent.parent / ".env"

NAMES: Mapping[str, str] = {
    "CL_PLACE": "`sandbox` to use the embedded sandbox whatever else is set, or `organization`",
    "CL_ORGANIZATION": "the organization's slug: the host name before `.commercelayer.io`",
    "CL_BASE_URL": "instead of CL_ORGANIZATION: scheme and host, also of a sandbox run on its own",
    "CL_ACCESS_TOKEN": "an access token of a sales channel, issued for a customer, in test mode",
    "CL_ORDER_ID": "that customer's order whose Klarna payment has its `auth_token`",
    "CL_OTHER_ORDER_ID": "another pending order of that customer, to use the wallet entry",
    "CL_SKU_CODE": "what to buy when an order is prepared; without it, the first SKU there is",
    "CL_ALLOW_LIVE": "`yes` to let a live-mode access token through, which changes real orders",
}

# What other clients of the same place need. A sandbox that runs on its own prints them beside
# those above, for one and the same ``.env``; nothing here reads them.
NAMES_FOR_OTHERS = frozenset(
    {
        "CL_CLIENT_ID",
        "CL_CLIENT_SECRET",
        "CL_CUSTOMER_EMAIL",
        "CL_CUSTOMER_PASSWORD",
        "CL_SALES_CHANNEL_CLIENT_ID",
        "CL_SALES_CHANNEL_CLIENT_SECRET",
        "CL_SCOPE",
    }
)
_SECRET = {
    "CL_ACCESS_TOKEN",
    "CL_CLIENT_SECRET",
    "CL_CUSTOMER_PASSWORD",
    "CL_SALES_CHANNEL_CLIENT_SECRET",
}

# Two ways to say where; the environment's one wins over the file's other.
_WHERE = {"CL_ORGANIZATION", "CL_BASE_URL"}
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Organization:
    """A place other than the embedded sandbox, and what to do there.

    Attributes:
        base_url: Scheme and host, without a slash at the end.
        access_token: Never shown.
        source: Where the settings came from, in words.
        order_id: The order whose payment source is saved, or None where none is set.
        other_order_id: The order that is paid from the wallet, or None where none is set.
        sku_code: What to buy when an order is prepared, or None where nothing is set.
        customer_id: The customer that the access token was issued for, or None where it does not
            say.
    """

    base_url: str
    access_token: str = field(repr=False)
    source: str
    order_id: str | None = None
    other_order_id: str | None = None
    sku_code: str | None = None
    customer_id: str | None = None


def read_settings(
    environ: Mapping[str, str] = os.environ, *, dotenv: Path = DOTENV
) -> Organization | None:
    """Read where requests are to go.

    Args:
        environ: The environment. What it sets wins over ``.env``, an empty value sets nothing.
        dotenv: The file to read beside it; it need not exist.

    Returns:
        The organization to talk to, or None for the embedded sandbox.

    Raises:
        SettingsError: A name is unknown, a value is none that can be used, or some are missing.
            All that are missing are named at once. No message ever holds an access token.
    """
    from_environment = _ours(environ)
    if from_environment.get("CL_PLACE") == "sandbox":
        return None  # whatever stands in .env, and even if it cannot be read
    from_file = _ours(_read(dotenv))
    place = {**from_file, **from_environment}.get("CL_PLACE")
    if place == "sandbox":
        return None  # whatever else is set
    if place not in {None, "organization"}:
        raise SettingsError(f"Expected CL_PLACE to be sandbox or organization, got {place!r}.")
    _check_names(from_environment, from_file, file=dotenv.name)
    if from_environment.keys() & _WHERE:
        from_file = {name: value for name, value in from_file.items() if name not in _WHERE}
    values = {**from_file, **from_environment}
    values = {n: value for n, value in values.items() if n in NAMES and n != "CL_PLACE"}
    if place is None and not values:
        return None
    sources = [dotenv.name] * bool(from_file) + ["the environment"] * bool(from_environment)
    source = " and ".join(sources)
    _check_complete(values, source)
    base_url = _base_url(values)
    claims = _claims(
        values["CL_ACCESS_TOKEN"],
        is_local=is_loopback(base_url),
        allow_live=_allows_live(values.get("CL_ALLOW_LIVE")),
    )
    return Organization(
        base_url=base_url,
        access_token=values["CL_ACCESS_TOKEN"],
        source=source,
        order_id=values.get("CL_ORDER_ID"),
        other_order_id=values.get("CL_OTHER_ORDER_ID"),
        sku_code=values.get("CL_SKU_CODE"),
        customer_id=customer_of(claims),
    )


class _Unshown(str):
    """A text that a traceback with the values of variables does not show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'********'"


def _read(dotenv: Path) -> dict[str, str | None]:
    """Read the file, or say what in it is no setting."""
    if not dotenv.is_file():
        return {}
    try:
        bindings = list(parse_stream(StringIO(dotenv.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(
            f"Expected {dotenv.name} to be a text file that can be read, but {reason}: save it "
            "as UTF-8, or set CL_PLACE=sandbox in the environment."
        ) from None
    for binding in bindings:
        if binding.error:
            raise SettingsError(
                f"Expected {dotenv.name} to hold lines such as NAME=value, got something else at "
                f"line {binding.original.line}."
            )
    return {binding.key: binding.value for binding in bindings if binding.key}


def _ours(values: Mapping[str, str | None]) -> dict[str, str]:
    return {
        name: _Unshown(value.strip()) if name in _SECRET else value.strip()
        for name, value in values.items()
        if name.startswith("CL_") and value and value.strip()
    }


def _check_names(
    from_environment: Mapping[str, str], from_file: Mapping[str, str], *, file: str
) -> None:
    """Refuse names that are not read: in the file all of them, elsewhere those that look alike.

    The environment may hold names of other programs that happen to start the same.
    """
    for name in [*from_file, *from_environment]:
        near = difflib.get_close_matches(name, [*NAMES, *NAMES_FOR_OTHERS], n=1, cutoff=0.8)
        known = name in NAMES or name in NAMES_FOR_OTHERS
        if not known and (near or name in from_file):
            where = file if name in from_file else "the environment"
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(NAMES)}."
            raise SettingsError(f"Expected no setting named {name} in {where}. {hint}")


def _check_complete(values: Mapping[str, str], source: str) -> None:
    missing = [name for name in ("CL_ACCESS_TOKEN",) if name not in values]
    if "CL_ORGANIZATION" not in values and "CL_BASE_URL" not in values:
        missing.insert(0, "CL_ORGANIZATION")
    if missing:
        found = ", ".join(values) or "CL_PLACE"
        raise SettingsError(
            f"Expected {', '.join(missing)} beside {found} (from {source}). Set what is missing, "
            "or set CL_PLACE=sandbox to use the embedded sandbox."
        )


def _base_url(values: Mapping[str, str]) -> str:
    slug, base_url = values.get("CL_ORGANIZATION"), values.get("CL_BASE_URL")
    if slug and base_url:
        raise SettingsError("Expected CL_ORGANIZATION or CL_BASE_URL, got both: remove one.")
    if slug:
        if not _SLUG.fullmatch(slug):
            raise SettingsError(
                "Expected CL_ORGANIZATION to be a slug, such as yourdomain for "
                f"https://yourdomain.commercelayer.io, got {slug!r}."
            )
        return f"https://{slug}.commercelayer.io"
    parts = _parts(base_url or "")
    if parts is None:
        raise SettingsError(
            "Expected CL_BASE_URL to be a scheme and a host and nothing else, such as "
            "http://127.0.0.1:8000; what is set is not."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(base_url or "")):
        raise SettingsError(
            f"Expected CL_BASE_URL to start with https://, got {base_url!r}: plain http would "
            "send the access token in the clear. It is good for this machine only."
        )
    return (base_url or "").rstrip("/")


def _parts(base_url: str) -> SplitResult | None:
    """Take an address apart, or tell that it is none. It may hold a password: do not show it."""
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return None
    bracketed = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    whole = f"{parts.scheme}://{bracketed}" + (f":{port}" if port else "")
    named = re.fullmatch(r"[a-z0-9.:-]+", parts.hostname or "")
    return parts if named and base_url.lower().rstrip("/") == whole else None


def _allows_live(value: str | None) -> bool:
    if value not in {None, "yes"}:
        raise SettingsError(f"Expected CL_ALLOW_LIVE to be yes, or not set, got {value!r}.")
    return value == "yes"


def _claims(access_token: str, *, is_local: bool, allow_live: bool) -> Mapping[str, Any]:
    """Read an access token; refuse one that is none, is over, or changes real orders."""
    if not is_header_value(access_token):
        raise SettingsError(
            "Expected CL_ACCESS_TOKEN to be one line of printable ASCII without spaces; what is "
            "set is not. Copy the whole access_token of the answer from /oauth/token."
        )
    claims = claims_of(access_token)
    if claims is None:
        if is_local:
            return {}  # a sandbox that runs on its own takes texts of other forms too
        raise SettingsError(
            "Expected CL_ACCESS_TOKEN to be a JSON Web Token, three parts joined by dots; what "
            "is set is none. Copy the whole access_token of the answer from /oauth/token."
        )
    expiry = claims.get("exp")
    if isinstance(expiry, int | float) and expiry <= time.time():
        raise SettingsError(
            "Expected CL_ACCESS_TOKEN to be valid still, but it expired "
            f"{(time.time() - expiry) / 60:,.0f} minutes ago: ask /oauth/token for a new one."
        )
    if not is_of_test_mode(claims) and not allow_live:
        raise SettingsError(
            "Expected CL_ACCESS_TOKEN to be of test mode, but it is of live mode: it would change "
            "real orders. Use a test-mode one, or set CL_ALLOW_LIVE=yes if that is what you want."
        )
    return claims
