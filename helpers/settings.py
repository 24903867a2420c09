"""Settings: the environment first, then the project's ``.env``. They say where requests go.

Without settings, the embedded sandbox answers. Every name starts with ``CL_``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from helpers.claim_checks import check_claims
from helpers.credentials import Credentials, claims_of, customer_of
from helpers.errors import SettingsError
from helpers.places import is_loopback
from helpers.setting_checks import problem_of
from helpers.setting_names import CREDENTIALS, WHERE
from helpers.setting_shapes import not_base_url
from helpers.setting_sources import DOTENV, ENVIRONMENT, Settings, find_settings

__all__ = ["Organization", "choose_place", "read_settings"]

_DOMAIN = "commercelayer.io"
_CUSTOMER = {"CL_CUSTOMER_EMAIL", "CL_CUSTOMER_PASSWORD"}
_CUSTOMERS: tuple[str, ...] = (
    "CL_CLIENT_ID",
    "CL_SCOPE",
    "CL_CUSTOMER_EMAIL",
    "CL_CUSTOMER_PASSWORD",
)
_WAY_OUT = "Set what is missing, or set CL_PLACE=sandbox to use the embedded sandbox."


@dataclass(frozen=True)
class Organization:
    """A place other than the embedded sandbox, and what to do there.

    Attributes:
        base_url: Scheme and host, without a slash at the end.
        source: Where the settings came from, in words.
        access_token: One that is there already, or None. Never shown.
        credentials: What to ask for an access token with, where none is there.
        order_id: The order whose payment source is saved, or None where none is set.
        other_order_id: The order that is paid from the wallet, or None where none is set.
        sku_code: What to buy when an order is prepared, or None where nothing is set. It may be
            any text, so it is not shown either.
        customer_id: The customer that the access token was issued for, or None where it does not
            say, or is not there yet.
        allow_live: Whether real data may be read and changed.
        notes: What stands in nobody's way and is better known, a sentence each: a ``.env`` that
            others can read, settings that are not used. A warning of Python's would be shown once
            and then be gone; these stand wherever the place is shown.
    """

    base_url: str
    source: str
    access_token: str | None = field(default=None, repr=False)
    credentials: Credentials | None = None
    order_id: str | None = None
    other_order_id: str | None = None
    sku_code: str | None = field(default=None, repr=False)
    customer_id: str | None = None
    allow_live: bool = False
    notes: tuple[str, ...] = ()

    @property
    def access(self) -> str:
        """How requests come by their access token, in words and without a secret."""
        if self.credentials is None:
            return "with the access token that is set, which is not shown"
        if self.credentials.customer_email is None:
            who = "the application itself, an integration if it is one"
        else:
            who = "a customer"
        return f"as {who}; {self.credentials.endpoint} issues the access token"


def read_settings(
    environ: Mapping[str, str] | None = None, *, dotenv: Path = DOTENV
) -> Organization | None:
    """Read where requests are to go.

    Args:
        environ: The environment; by default that of this process. What it sets wins over
            ``.env``, an empty value sets nothing.
        dotenv: The file to read beside it; it need not exist.

    Returns:
        The organization to talk to, or None for the embedded sandbox.

    Raises:
        SettingsError: A name is unknown, a value is none that can be used, or some are missing.
            All that are wrong and all that are missing are named at once. No message ever holds a
            secret, nor a value that may be one in the wrong place.
    """
    return choose_place(find_settings(environ, dotenv=dotenv))


def choose_place(settings: Settings) -> Organization | None:
    """Choose where requests are to go, by what is set.

    An access token that is there wins over credentials to ask for one with.

    Args:
        settings: What is set.

    Returns:
        The organization to talk to, or None for the embedded sandbox.

    Raises:
        SettingsError: As ``read_settings`` says.
    """
    values = settings.values
    if values.get("CL_PLACE") == "sandbox":
        return None  # whatever else is set
    _refuse(settings.problems)
    if not values:
        return None
    beside = CREDENTIALS if "CL_ACCESS_TOKEN" in values else ()
    unused = {name: value for name, value in values.items() if name in beside}
    used = {name: value for name, value in values.items() if name not in beside}
    is_local = _is_local(values.get("CL_BASE_URL", ""))
    problems = [
        problem_of(name, value, where=settings.sources[name], is_local=is_local)
        for name, value in used.items()
    ]
    _refuse([*filter(None, problems), *_contradictions(used), *_missing(used, settings.source)])
    base_url = _base_url(used)
    claims = claims_of(used["CL_ACCESS_TOKEN"]) if "CL_ACCESS_TOKEN" in used else None
    allow_live = "CL_ALLOW_LIVE" in used
    notes = list(settings.notes)
    if unused:
        notes.append(
            f"CL_ACCESS_TOKEN is used as it is, and {_listed(unused)} beside it not."
            + _way_back(settings, unused)
        )
    if claims is not None:
        spare = not _missing_names({**used, **unused}, has_access_token=False)
        notes += check_claims(
            claims,
            base_url,
            allow_live=allow_live,
            has_spare=spare,
            where=settings.sources["CL_ACCESS_TOKEN"],
        )
    return Organization(
        base_url=base_url,
        source=settings.source,
        access_token=used.get("CL_ACCESS_TOKEN"),
        credentials=None if "CL_ACCESS_TOKEN" in used else _credentials(used, base_url),
        order_id=_text(used, "CL_ORDER_ID"),
        other_order_id=_text(used, "CL_OTHER_ORDER_ID"),
        sku_code=_text(used, "CL_SKU_CODE"),
        customer_id=customer_of(claims or {}),
        allow_live=allow_live,
        notes=tuple(notes),
    )


def _refuse(problems: Iterable[str]) -> None:
    message = "\n".join(problems)
    if message:
        raise SettingsError(message)


def _way_back(settings: Settings, unused: Iterable[str]) -> str:
    """Say how to use the file's credentials, where the environment's access token is used."""
    sources = settings.sources
    is_over_file = any(sources[name] != ENVIRONMENT for name in unused)
    if sources["CL_ACCESS_TOKEN"] != ENVIRONMENT or not is_over_file:
        return ""
    return (
        f" The access token comes from {ENVIRONMENT}: unless you mean that, run `unset "
        "CL_ACCESS_TOKEN` in the terminal, and start the program from there anew."
    )


def _is_local(base_url: str) -> bool:
    return not_base_url(base_url) is None and is_loopback(base_url)


def _text(values: Mapping[str, str], name: str) -> str | None:
    """Take a value that may be shown, which it is not as long as it may be anything."""
    return str(values[name]) if name in values else None


def _contradictions(values: Mapping[str, str]) -> Iterable[str]:
    if values.keys() >= WHERE:
        yield "Expected CL_ORGANIZATION or CL_BASE_URL, got both: remove one."
    client_id, order_id = values.get("CL_CLIENT_ID"), values.get("CL_ORDER_ID")
    if client_id and client_id == values.get("CL_CLIENT_SECRET"):
        yield "Expected CL_CLIENT_ID and CL_CLIENT_SECRET to differ, got the same text twice."
    if order_id and order_id == values.get("CL_OTHER_ORDER_ID"):
        yield "Expected CL_OTHER_ORDER_ID to be another order than CL_ORDER_ID, got the same."


def _missing(values: Mapping[str, str], source: str) -> Iterable[str]:
    """Name all that is missing to the nearest complete set."""
    missing = _missing_names(values, has_access_token="CL_ACCESS_TOKEN" in values)
    if not missing:
        return
    found = [name for name in values if name != "CL_PLACE"] or ["CL_PLACE"]
    why = ""
    if "CL_CUSTOMER_EMAIL" in missing and "CL_CUSTOMER_PASSWORD" in missing:
        why = "CL_ACCESS_TOKEN, an access token that you have, would do in place of credentials. "
        if {"CL_CLIENT_ID", "CL_SCOPE"} <= values.keys():
            why = "Without a customer the access token would be a guest's, who has no wallet. "
    yield f"Expected {_listed(missing)} beside {_listed(found)} (from {source}). {why}{_WAY_OUT}"


def _missing_names(values: Mapping[str, str], *, has_access_token: bool) -> list[str]:
    # A second setting on a line is not missing: it is told that it stands there.
    on_a_line = re.findall(r"\s(CL_[A-Z_]+)\s*=", " ".join(values.values()))
    found = {*values, *on_a_line}
    where = [] if found & WHERE else ["CL_ORGANIZATION"]
    who = _CUSTOMERS
    if has_access_token or "CL_ACCESS_TOKEN" in on_a_line:
        who = ()
    elif "CL_CLIENT_SECRET" in found and not found & _CUSTOMER:
        who = ("CL_CLIENT_ID",)
    return [*where, *(name for name in who if name not in found)]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _base_url(values: Mapping[str, str]) -> str:
    if "CL_ORGANIZATION" in values:
        return f"https://{values['CL_ORGANIZATION']}.{values.get('CL_DOMAIN', _DOMAIN)}"
    return values["CL_BASE_URL"].rstrip("/")


def _credentials(values: Mapping[str, str], base_url: str) -> Credentials:
    """Put together what an access token is asked for with, and where. None of it is shown."""
    return Credentials(
        endpoint=_endpoint(base_url, values.get("CL_DOMAIN", _DOMAIN)),
        client_id=values["CL_CLIENT_ID"],
        client_secret=values.get("CL_CLIENT_SECRET"),
        scope=_text(values, "CL_SCOPE"),
        customer_email=values.get("CL_CUSTOMER_EMAIL"),
        customer_password=values.get("CL_CUSTOMER_PASSWORD"),
    )


def _endpoint(base_url: str, domain: str) -> str:
    """Tell where access tokens are asked for; credentials go to the API's own host only."""
    if is_loopback(base_url):
        return f"{base_url}/oauth/token"
    parts = urlsplit(base_url)
    slug, _, rest = (parts.hostname or "").partition(".")
    if not slug or rest != domain or parts.port not in {None, 443}:
        raise SettingsError(
            f"Expected CL_BASE_URL to be an organization's address at {domain}, got {base_url}: "
            "it does not tell where access tokens are asked for. Set CL_ORGANIZATION in its place, "
            "and CL_DOMAIN if you were given another domain; or set CL_ACCESS_TOKEN."
        )
    return f"https://auth.{domain}/oauth/token"
