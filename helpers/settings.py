"""Settings: the environment first, then the project's ``.env``. They say where requests go.

Without settings, the embedded sandbox answers. Every name starts with ``CL_``.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from helpers.errors import SettingsError

__all__ = ["DOTENV", "NAMES", "Organization", "is_loopback", "read_settings"]

# Next to the package, wherever a notebook or a script happens to run.
DOTENV = Path(__file__).resolve().parent.parent / ".env"

NAMES: Mapping[str, str] = {
    "CL_PLACE": "`sandbox` to use the embedded sandbox whatever else is set, or `organization`",
    "CL_ORGANIZATION": "the organization's slug: the host name before `.commercelayer.io`",
    "CL_BASE_URL": "instead of CL_ORGANIZATION: scheme and host, also of a sandbox run on its own",
    "CL_ACCESS_TOKEN": "an access token of a sales channel, issued for a customer, in test mode",
    "CL_ORDER_ID": "that customer's order whose Klarna payment has its `auth_token`",
    "CL_OTHER_ORDER_ID": "another pending order of that customer, to be paid from the wallet",
    "CL_ALLOW_LIVE": "`yes` to let a live-mode access token through, which changes real orders",
}

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Organization:
    """A place other than the embedded sandbox, and what to do there.

    Attributes:
        base_url: Scheme and host, without a slash at the end.
        access_token: Never shown.
        order_id: The order whose payment source is saved.
        other_order_id: The order that is paid from the wallet, or None where none is set.
        source: Where the settings came from, in words.
    """

    base_url: str
    access_token: str = field(repr=False)
    order_id: str
    other_order_id: str | None
    source: str


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
    from_file = _ours(dotenv_values(dotenv)) if dotenv.is_file() else {}
    from_environment = _ours(environ)
    values = {**from_file, **from_environment}
    place = values.pop("CL_PLACE", None)
    if place == "sandbox":
        return None
    if place not in {None, "organization"}:
        raise SettingsError(f"Expected CL_PLACE to be sandbox or organization, got {place!r}.")
    _check_names(values)
    if not values and place is None:
        return None
    sources = [str(dotenv.name)] * bool(from_file) + ["the environment"] * bool(from_environment)
    source = " and ".join(sources)
    _check_complete(values, source)
    base_url = _base_url(values)
    if not is_loopback(base_url):
        _check_access_token(values["CL_ACCESS_TOKEN"], values.get("CL_ALLOW_LIVE") == "yes")
    return Organization(
        base_url=base_url,
        access_token=values["CL_ACCESS_TOKEN"],
        order_id=values["CL_ORDER_ID"],
        other_order_id=values.get("CL_OTHER_ORDER_ID"),
        source=source,
    )


def is_loopback(base_url: str) -> bool:
    """Tell whether an address is this machine's own, where plain http is as good as https."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _ours(values: Mapping[str, str | None]) -> dict[str, str]:
    return {
        name: value.strip()
        for name, value in values.items()
        if name.startswith("CL_") and value and value.strip()
    }


def _check_names(values: Mapping[str, str]) -> None:
    for name in values:
        if name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(NAMES)}."
            raise SettingsError(f"Expected no setting named {name}: it is not read.{hint}")


def _check_complete(values: Mapping[str, str], source: str) -> None:
    missing = [name for name in ("CL_ACCESS_TOKEN", "CL_ORDER_ID") if name not in values]
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
    parts = urlsplit(base_url or "")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise SettingsError(
            "Expected CL_BASE_URL to be a scheme and a host, such as http://127.0.0.1:8000, "
            f"got {base_url!r}."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(base_url or "")):
        raise SettingsError(
            f"Expected CL_BASE_URL to start with https://, got {base_url!r}: plain http would "
            "send the access token in the clear. It is good for this machine only."
        )
    return (base_url or "").rstrip("/")


def _check_access_token(access_token: str, allow_live: bool) -> None:
    """Refuse an access token that is none, is over, or changes real orders."""
    import jwt  # only a real organization needs it, and it would slow every start

    try:
        claims = jwt.decode(access_token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise SettingsError(
            "Expected CL_ACCESS_TOKEN to be a JSON Web Token, three parts joined by dots; what "
            "is set is none. Copy the whole access_token of the answer from /oauth/token."
        ) from None
    expiry = claims.get("exp")
    if isinstance(expiry, int) and expiry <= datetime.now(UTC).timestamp():
        moment = datetime.fromtimestamp(expiry, UTC).isoformat(timespec="minutes")
        raise SettingsError(
            f"Expected CL_ACCESS_TOKEN to be valid still, but it expired at {moment}: "
            "ask /oauth/token for a new one."
        )
    if claims.get("test") is not True and not allow_live:
        raise SettingsError(
            "Expected CL_ACCESS_TOKEN to be of test mode, but it is of live mode: it would change "
            "real orders. Use a test-mode one, or set CL_ALLOW_LIVE=yes if that is what you want."
        )
