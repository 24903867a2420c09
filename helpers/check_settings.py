"""Tell which place the settings lead to: ``python -m helpers.check_settings``.

Nothing is sent. What is printed can be pasted into a question: of who asks it says only that it is
set, never what.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from helpers.claim_checks import minutes_left
from helpers.credentials import claims_of, customer_of, is_of_test_mode, organization_of
from helpers.dotenv_file import read_dotenv
from helpers.errors import SettingsError
from helpers.setting_names import CREDENTIALS, NAMES, SECRETS
from helpers.setting_sources import DOTENV, ENVIRONMENT, Settings, find_settings
from helpers.settings import Organization, choose_place
from helpers.views import View, facts, table

__all__ = ["main"]

# What may be a secret, also where something was put in the wrong place.
_NOT_SHOWN = (SECRETS | {*CREDENTIALS, "CL_SKU_CODE"}) - {"CL_SCOPE"}
_TWO_DAYS = 2 * 24 * 60  # minutes; what is longer is told in days
_EXAMPLE = ".env.example"
# What editors and other programs make of the name.
_ALMOST = (".env.txt", ".env.local", "env", "env.txt", "notebooks/.env")


def main(environ: Mapping[str, str] | None = None, *, dotenv: Path = DOTENV) -> int:
    """Print what is set, from where, and what comes of it.

    Args:
        environ: The environment; by default that of this process.
        dotenv: The file beside it.

    Returns:
        0 where the settings can be used, 1 where they cannot; then standard error says why.
    """
    try:
        settings = find_settings(environ, dotenv=dotenv)
    except SettingsError as error:
        return _fail(error)
    around = _around(settings, dotenv)
    try:
        organization = choose_place(settings)
    except SettingsError as error:
        print(
            _table(settings, is_wrong=True),
            facts("Around them", {**around, **_numbered(settings.notes)}),
            sep="\n\n",
            end="\n\n",
        )
        return _fail(error)
    notes = organization.notes if organization else settings.notes
    told = {**_place(organization), **around, **_numbered(notes)}
    print(_table(settings), facts("They lead to", told), sep="\n\n", end="\n\n")
    print("Nothing was sent. Whether the place agrees, a notebook's first request will tell.")
    return 0


def _fail(error: SettingsError) -> int:
    sys.stdout.flush()
    print(error, file=sys.stderr)
    return 1


def _table(settings: Settings, *, is_wrong: bool = False) -> View:
    return table("Settings", ("name", "value", "from"), list(_rows(settings, is_wrong=is_wrong)))


def _rows(settings: Settings, *, is_wrong: bool) -> Iterator[tuple[str, str, str]]:
    for name in NAMES:
        value = settings.values.get(name)
        if name in settings.displaced:
            yield name, f"set in {settings.displaced[name]}, not used", ""
        elif value is None:
            yield name, "not set", ""
        elif name in CREDENTIALS and "CL_ACCESS_TOKEN" in settings.values:
            yield name, f"set in {settings.sources[name]}, not used", ""
        else:
            # What is wrong may stand where it does not belong.
            shown = "set, not shown" if is_wrong or name in _NOT_SHOWN else str(value)
            yield name, shown, settings.sources[name]


def _place(organization: Organization | None) -> dict[str, str]:
    """Say which place it is, and as whom requests are sent."""
    if organization is None:
        return {"place": "the embedded sandbox, which a notebook starts; it is not Commerce Layer"}
    told = {"place": organization.base_url, "requests": organization.access}
    if organization.access_token:
        told["access token"] = _said_by(organization.access_token)
    elif organization.credentials:
        has_customer = organization.credentials.customer_email is not None
        told["grant"] = "password" if has_customer else "client_credentials"
        told["access token"] = "asked for when the first request needs it"
    told["live mode"] = "allowed: real orders change" if organization.allow_live else "refused"
    return told


def _around(settings: Settings, dotenv: Path) -> dict[str, str]:
    """Say which file was read, and what in it was not."""
    if settings.sources.get("CL_PLACE") == ENVIRONMENT and settings.values["CL_PLACE"] == "sandbox":
        return {"file": "not read, because CL_PLACE in the environment is sandbox"}
    told = {"file": _told_of(dotenv)}
    if settings.not_read:
        told["not read"] = ", ".join(settings.not_read)
    if dotenv.name not in settings.sources.values() and _has_values(dotenv.parent / _EXAMPLE):
        told[_EXAMPLE] = "has values, and is not read: move them to .env, which git does not commit"
    return told


def _has_values(example: Path) -> bool:
    try:
        return not read_dotenv(example, secrets=()).values.keys().isdisjoint(NAMES)
    except SettingsError:
        return False


def _numbered(notes: Sequence[str]) -> dict[str, str]:
    return {f"note {number}": note for number, note in enumerate(notes, start=1)}


def _said_by(access_token: str) -> str:
    """Say what an access token says about itself."""
    claims = claims_of(access_token)
    if claims is None:
        return "says nothing about itself"
    left = minutes_left(claims)
    until = "does not say until when"
    if left is not None:
        end = datetime.fromtimestamp(datetime.now(UTC).timestamp() + left * 60, UTC)
        lasting = f"{left:,.0f} minutes" if abs(left) < _TWO_DAYS else f"{left / 1440:,.0f} days"
        until = f"until {end:%Y-%m-%d %H:%M} UTC ({lasting})"
    return ", ".join(
        [
            f"of the organization {organization_of(claims) or 'that it does not name'}",
            "test mode" if is_of_test_mode(claims) else "live mode",
            f"for the customer {customer_of(claims)}" if customer_of(claims) else "for no customer",
            until,
        ]
    )


def _told_of(dotenv: Path) -> str:
    """Say where the file is, and who can read it."""
    if dotenv.exists():
        if os.name != "posix":
            return str(dotenv)
        mode = stat.S_IMODE(dotenv.stat().st_mode)
        return f"{dotenv}, mode {mode:04o}"
    almost = [name for name in _ALMOST if (dotenv.parent / name).is_file()]
    instead = f"; {', '.join(almost)} is there, and is not read" if almost else ""
    return f"there is no {dotenv}{instead}"


if __name__ == "__main__":
    sys.exit(main())
