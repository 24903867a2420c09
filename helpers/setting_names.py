"""The names of the settings, and what each stands for. No I/O happens here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

__all__ = [
    "CREDENTIALS",
    "NAMES",
    "NAMES_FOR_OTHERS",
    "SECRETS",
    "WHERE",
    "is_known",
    "is_name",
    "nearest_name",
]

NAMES: Mapping[str, str] = {
    "CL_PLACE": "`sandbox` to use the embedded sandbox whatever else is set, or `organization`",
    "CL_ORGANIZATION": "the organization's slug: the host name before `.commercelayer.io`",
    "CL_CLIENT_ID": "the client id of a sales channel, in test mode",
    "CL_SCOPE": "the market to sell in, such as `market:code:europe` or `market:id:` and its id",
    "CL_CUSTOMER_EMAIL": "a customer's e-mail address; an integration's credentials need none",
    "CL_CUSTOMER_PASSWORD": "that customer's password",
    "CL_CLIENT_SECRET": "the client secret of an integration; a sales channel need not have one",
    "CL_ACCESS_TOKEN": "an access token of your own, in place of the five above, until it expires",
    "CL_ORDER_ID": "that customer's order whose Klarna payment has its `auth_token`",
    "CL_OTHER_ORDER_ID": "another pending order of that customer, to use the wallet entry",
    "CL_SKU_CODE": "what to buy when an order is prepared; without it, the first SKU there is",
    "CL_BASE_URL": "instead of CL_ORGANIZATION: scheme and host, also of a sandbox run on its own",
    "CL_DOMAIN": "the API's domain, if you were given another than `commercelayer.io`",
    "CL_ALLOW_LIVE": "`yes` to let live mode through, which changes real orders",
}

# What other clients of the same place need. A sandbox that runs on its own prints them beside
# those above, for one and the same ``.env``; nothing here reads them.
NAMES_FOR_OTHERS = frozenset({"CL_INTEGRATION_CLIENT_ID", "CL_INTEGRATION_CLIENT_SECRET"})

# Two ways to say where; the environment's one wins over the file's other.
WHERE = frozenset({"CL_ORGANIZATION", "CL_BASE_URL"})
# What an access token is asked for with.
CREDENTIALS = (
    "CL_CLIENT_ID",
    "CL_CLIENT_SECRET",
    "CL_SCOPE",
    "CL_CUSTOMER_EMAIL",
    "CL_CUSTOMER_PASSWORD",
)
SECRETS = frozenset(
    {
        "CL_ACCESS_TOKEN",
        "CL_CLIENT_SECRET",
        "CL_CUSTOMER_PASSWORD",
        "CL_INTEGRATION_CLIENT_SECRET",
    }
)

# What else the same things are called. Names that only look alike would lead astray.
_ALSO_CALLED = {
    "CL_EMAIL": "CL_CUSTOMER_EMAIL",
    "CL_ENDPOINT": "CL_BASE_URL",
    "CL_HOST": "CL_BASE_URL",
    "CL_MARKET": "CL_SCOPE",
    "CL_MARKET_ID": "CL_SCOPE",
    "CL_ORGANIZATION_SLUG": "CL_ORGANIZATION",
    "CL_PASSWORD": "CL_CUSTOMER_PASSWORD",
    "CL_SECRET": "CL_CLIENT_SECRET",
    "CL_SLUG": "CL_ORGANIZATION",
    "CL_TOKEN": "CL_ACCESS_TOKEN",
    "CL_URL": "CL_BASE_URL",
    "CL_USERNAME": "CL_CUSTOMER_EMAIL",
}

_LONGEST = 40


def is_name(text: str) -> bool:
    """Tell whether a text is a name by the looks of it, which may be shown.

    What stands before an equals sign may also be a secret that was put there alone.
    """
    in_capitals = len(text) <= _LONGEST and re.fullmatch(r"[A-Z]+(_[A-Z0-9]+)*", text)
    return bool(in_capitals) or nearest_name(text) is not None


def is_known(name: str) -> bool:
    """Tell whether a setting has this name."""
    return name in NAMES or name in NAMES_FOR_OTHERS


def nearest_name(name: str) -> str | None:
    """Find the setting that was probably meant by a name that is none.

    Args:
        name: Such as ``CL_ACESS_TOKEN``, ``cl_access_token``, ``CL-ACCESS-TOKEN`` or ``CL_TOKEN``.

    Returns:
        The name of a setting, or None where the name is like no other, or does not start with
        ``CL_``, however that is written: then it is another program's.
    """
    spelt = re.sub(r"\W+", "_", name.upper().removeprefix("$ENV:")).strip("_")
    if not spelt.startswith("CL_"):
        return None
    if spelt in _ALSO_CALLED:
        return _ALSO_CALLED[spelt]
    known = [*NAMES, *sorted(NAMES_FOR_OTHERS)]
    near = difflib.get_close_matches(spelt, known, n=1, cutoff=0.8)
    return near[0] if near else None
