"""What a value looks like that is not what its setting wants. No I/O happens here.

Each function returns what came and what to do, to follow "got", or None where nothing is wrong.
None of them repeats a value, as it may be a secret that was put in the wrong place. Repeated are
single words where one of few is expected, and of an address what looks like a slug or an id.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from helpers.credentials import claims_of, is_header_value
from helpers.documents import target_of
from helpers.errors import ArgumentError
from helpers.places import is_loopback, is_place, is_safe

__all__ = [
    "not_access_token",
    "not_allow_live",
    "not_application",
    "not_base_url",
    "not_domain",
    "not_email",
    "not_order_id",
    "not_place",
    "not_scope",
    "not_slug",
]

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_KINDS = "market|store|stock_location"
_SCOPE = re.compile(rf"(?P<kind>{_KINDS}):(?:id:[\w-]+|code:[^\s:,;]+)")
# Ids of the API have ten letters; what is much longer is something else, such as a secret.
_LONGEST_ID = 15
# What stands before the domain and is no slug, and whose address it makes.
_NO_SLUGS = {
    "api": "an address of no organization",
    "auth": "the authorization server's address",
    "core": "an address of no organization",
    "dashboard": "the dashboard's address",
    "docs": "the documentation's address",
    "www": "the website's address",
}


def not_place(value: str) -> str | None:
    """Look at ``CL_PLACE``: one of two words."""
    if value in {"sandbox", "organization"}:
        return None
    return f"{_word(value)}: write one of these two, in small letters"


def not_slug(value: str) -> str | None:
    """Look at ``CL_ORGANIZATION``: a slug."""
    if value in _NO_SLUGS:
        return f"what makes {_NO_SLUGS[value]}: name your organization's slug"
    if _SLUG.fullmatch(value):
        return None
    if claims_of(value) is not None:
        return "an access token: that is CL_ACCESS_TOKEN's"
    if "." in value or "/" in value:
        first, _, domain = _host_of(value).partition(".")
        is_slug = domain.startswith("commercelayer.") and first not in _NO_SLUGS
        return f"an address: its slug is {first}" if is_slug else "an address: name its slug only"
    if value != value.lower() or " " in value:
        return "capital letters or a space: it is not the name, but what stands in the address"
    return "other characters than small letters, digits and hyphens"


def not_domain(value: str) -> str | None:
    """Look at ``CL_DOMAIN``: a domain, without what stands before it."""
    if not _HOST.fullmatch(value):
        return "something else: leave the setting out, unless you were given another domain"
    if value.partition(".")[0] in _NO_SLUGS or value.count(".") > 1:
        return "a host name with more in front: leave out what stands before the domain"
    return None


def not_base_url(value: str) -> str | None:
    """Look at ``CL_BASE_URL``: a scheme and a host, where secrets may go."""
    if not is_place(value.rstrip("/")):
        if "://" not in value:
            behind = f"http://{value}"
            is_here = is_place(behind) and is_loopback(behind)
            return f"no scheme: put {'http' if is_here else 'https'}:// before the host"
        if "@" in value:
            return "a user name or a password within the address: leave it out"
        if is_place(re.sub(r"(?<=[^:/])/.*", "", value)):
            return "a path behind the host: leave the path out"
        return "something else"
    if not is_safe(value):
        return (
            f"{urlsplit(value).scheme}://, which would send secrets in the clear, and is good for "
            "this machine only: write https://"
        )
    first, _, domain = _host_of(value).partition(".")
    if first in _NO_SLUGS and domain.startswith("commercelayer."):
        return f"{_NO_SLUGS[first]}: put your organization's slug in place of {first}"
    return None


def not_application(value: str) -> str | None:
    """Look at a client id or a client secret: only the API can tell one from the other."""
    if claims_of(value) is not None:
        return "an access token: that is CL_ACCESS_TOKEN's"
    if _SCOPE.fullmatch(value):
        return "a scope: that is CL_SCOPE's"
    if _EMAIL.fullmatch(value):
        return "an e-mail address: that is CL_CUSTOMER_EMAIL's"
    if not is_header_value(value):
        return "spaces or other characters than that: copy it whole, and nothing else"
    return None


def not_scope(value: str) -> str | None:
    """Look at ``CL_SCOPE``: one kind, or several, and what of it.

    Source: https://docs.commercelayer.io/core/authentication
    """
    if re.search(r":\s|\s:", value):
        return "a space beside a colon: leave it out"
    kinds = []
    for part in value.split():
        found = _SCOPE.fullmatch(part)
        if not found and part != "market:all":
            return _not_a_scope(part)
        kinds.append(found["kind"] if found else "market")
    if "stock_location" in kinds and "market" not in kinds:
        return "a stock location without its market: name the market too"
    return None


def _not_a_scope(part: str) -> str:
    kind, *rest = part.split(":")
    if re.search(r"[,;]", part):
        return "something between its parts: separate them by a space"
    head = part.rpartition(":")[0]
    if head != head.lower() and re.fullmatch(rf"({_KINDS})(:(id|code))?", head.lower()):
        return "capital letters before its last colon: write small ones there"
    if not rest:
        return "no kind: put market:id: or market:code: before it"
    if not re.fullmatch(_KINDS, kind):
        return "another kind: there are market, store and stock_location"
    if not rest[-1]:
        return "nothing after the last colon: put the id or the code there"
    if len(rest) == 1:
        return f"the old form: write {kind}:id: or {kind}:code: before the rest"
    if rest[0] not in {"id", "code"}:
        return "another word behind its kind: write id or code there"
    return "something else"


def not_email(value: str) -> str | None:
    """Look at ``CL_CUSTOMER_EMAIL``: an e-mail address."""
    return None if _EMAIL.fullmatch(value) else "something else: it has one @, and no spaces"


def not_access_token(value: str, *, is_local: bool) -> str | None:
    """Look at ``CL_ACCESS_TOKEN``: a JSON Web Token; a sandbox on its own takes other texts too."""
    if re.match(r"bearer\b", value, re.IGNORECASE):
        return "'Bearer' before it: leave that out"
    if value.startswith("{"):
        return "a whole answer of /oauth/token: copy only what its access_token is"
    if not is_header_value(value):
        return "spaces or other characters than that: copy the whole access_token, and only that"
    if is_local or claims_of(value) is not None:
        return None
    if value.startswith("eyJ"):
        return "a part of one: it has three parts joined by dots, copy them all"
    return "something else: copy the whole access_token of an answer from /oauth/token"


def not_order_id(value: str) -> str | None:
    """Look at the id of an order: what can stand in a path, and no number or address of one."""
    if claims_of(value) is not None:
        return "an access token: that is CL_ACCESS_TOKEN's"
    if "/" in value:
        last = re.sub(r"[?#].*", "", value).rstrip("/").rpartition("/")[2]
        is_id = "orders/" in value and re.fullmatch("[A-Za-z]{10}", last)
        where = f"; here that is {last}" if is_id else ""
        return f"an address: the id is what follows /orders/ in it{where}"
    if re.fullmatch(r"#?\s*\d+", value):
        return "an order's number: its id is another member, and has ten letters"
    try:
        target_of("orders", value)
    except ArgumentError:
        return "other characters than letters, digits, hyphens and underscores"
    return None if len(value) <= _LONGEST_ID else f"{len(value)} characters, too many for an id"


def not_allow_live(value: str) -> str | None:
    """Look at ``CL_ALLOW_LIVE``: there is no other way to say yes."""
    return None if value == "yes" else _word(value)


def _host_of(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _word(value: str) -> str:
    return repr(str(value)) if re.fullmatch(r"[A-Za-z]{1,12}", value) else "something else"
