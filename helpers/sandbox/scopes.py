"""Scopes: the markets that an access token is for.

Source: https://docs.commercelayer.io/core/authentication#authorization-scopes
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.sandbox.errors import Refusal, authentication_refusal
from helpers.sandbox.store import Identifier, Resource, Store

__all__ = ["Scope", "read_scope"]

# Every market: what an integration's access token is for where it asks for no scope.
_EVERYTHING = "market:all"
_TYPES: Mapping[str, str] = {
    "market": "markets",
    "stock_location": "stock_locations",
    "store": "stores",
}
# By space, as documented; by comma, as the vendor's command line joins them.
_SEPARATORS = re.compile(r"[\s,]+")
# More than any market's; a number may be too long to be read at all.
_LONGEST_NUMBER = 9


@dataclass(frozen=True)
class Scope:
    """What a scope stands for.

    Attributes:
        text: The scope as it was asked for, its parts separated by a space.
        markets: The ids of its markets, or None where it is for every market.
        market_claim: What the access token says of them, or None.
    """

    text: str
    markets: tuple[str, ...] | None
    market_claim: Mapping[str, Any] | None

    def is_within(self, other: Scope) -> bool:
        """Tell whether it is for no market that another scope is not for."""
        if other.markets is None:
            return True
        return self.markets is not None and set(self.markets) <= set(other.markets)


def read_scope(store: Store, text: str, *, is_guest: bool) -> Scope:
    """Read a scope, such as ``market:code:europe1 stock_location:id:WLgbSXqyoZ``.

    Args:
        store: Where the markets are.
        text: The scope; an empty one is for every market.
        is_guest: Whether it is for a sales channel without a customer, to whom private markets
            are closed.

    Raises:
        Refusal: It names what is not there, is disabled or is closed, or a stock location without
            a market (400).
    """
    parts = list(dict.fromkeys(filter(None, _SEPARATORS.split(text)))) or [_EVERYTHING]
    found: dict[str, list[Resource]] = {kind: [] for kind in _TYPES}
    for part in parts:
        if part != _EVERYTHING:
            kind, resource = _find(store, part)
            found[kind].append(resource)
    links = [store_.linkage.get("market") for store_ in found["store"]]
    markets = [*found["market"], *(store.get(link) for link in links if link)]
    for market in markets:
        _check_open(market, is_guest=is_guest)
    if found["stock_location"] and not markets:
        raise _invalid_scope("A stock location needs its market beside it.")
    if not markets:
        return Scope(" ".join(parts), None, None)
    claim = _market_claim(markets, found["stock_location"])
    return Scope(" ".join(parts), tuple(claim["id"]), claim)


def _find(store: Store, part: str) -> tuple[str, Resource]:
    kind, _, name = part.partition(":")
    manner, _, value = name.partition(":")
    if kind not in _TYPES:
        raise _invalid_scope(f"Each part begins with one of: {', '.join(sorted(_TYPES))}.")
    type_ = _TYPES[kind]
    identifiers: Sequence[Identifier] = []
    if manner == "id":
        identifiers = [(type_, value)]
    elif manner == "code":
        identifiers = store.find_with(type_, "code", value)
    elif name.isascii() and name.isdecimal() and len(name) <= _LONGEST_NUMBER:
        identifiers = store.find_with(type_, "number", int(name))
    resource = store.find([type_], identifiers[0][1]) if identifiers else None
    if resource is None:
        raise _invalid_scope(f"There is no {kind.replace('_', ' ')} of this id or code.")
    return kind, resource


def _check_open(market: Resource, *, is_guest: bool) -> None:
    if market.attributes.get("disabled_at"):
        raise _invalid_scope("The market is disabled.")
    is_private = market.attributes.get("private") or "customer_group" in market.linkage
    if is_private and is_guest:
        raise _invalid_scope("The market is private: only its customers have access to it.")


def _market_claim(
    markets: Sequence[Resource], stock_locations: Sequence[Resource]
) -> dict[str, Any]:
    geocoders = [
        market.linkage["geocoder"][1] for market in markets if "geocoder" in market.linkage
    ]
    return {
        "id": list(dict.fromkeys(market.id for market in markets)),
        "stock_location_ids": [stock_location.id for stock_location in stock_locations],
        "geocoder_id": geocoders[0] if geocoders else None,
        "allows_external_prices": any(
            market.attributes.get("external_prices_url") for market in markets
        ),
    }


def _invalid_scope(reason: str) -> Refusal:
    detail = f"The requested scope is invalid, unknown, or malformed. {reason}"
    return authentication_refusal(400, "invalid_scope", detail)
