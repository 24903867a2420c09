"""Markets, methods, gateways, SKUs and prices: what a creation of them involves.

Source: https://docs.commercelayer.io/core/v/api-reference
"""

from __future__ import annotations

import hashlib

from helpers.sandbox.store import Resource
from helpers.sandbox.writing import Writing

__all__ = [
    "complete_gateway",
    "complete_market",
    "complete_payment_method",
    "complete_price",
    "complete_shipping_method",
    "complete_sku",
]

# How much of a key its owner may see again.
_SHOWN = 5


def complete_market(writing: Writing) -> None:
    """Give a new market its number and its shared secret."""
    if writing.resource is None:
        count = len(writing.store.identifiers(["markets"])) + 1
        writing.default(number=count, shared_secret=_shared_secret(writing))


def complete_payment_method(writing: Writing) -> None:
    """Name a new payment method after its type, and take over its market's currency."""
    type_ = writing.get("payment_source_type")
    if type_ and not writing.get("name"):
        writing.attributes["name"] = type_.removesuffix("s").replace("_", " ").title()
    _inherit_currency(writing)


def complete_shipping_method(writing: Writing) -> None:
    """Give a new shipping method its shared secret, and its market's currency."""
    if writing.resource is None:
        writing.default(shared_secret=_shared_secret(writing), circuit_state="closed")
        writing.default(circuit_failure_count=0)
    if writing.get("scheme") == "external" and not writing.get("external_prices_url"):
        writing.refuse_blank("external_prices_url")
    has_weights = writing.get("min_weight") is not None or writing.get("max_weight") is not None
    if has_weights and not writing.get("unit_of_weight"):
        writing.refuse_blank("unit_of_weight")
    _inherit_currency(writing)


def complete_gateway(writing: Writing) -> None:
    """Keep of a gateway's keys what their owner may see again."""
    shown = writing.get("credential_keys") or {}
    for name in ("api_key", "api_secret"):
        if writing.options.get(name):
            shown = {**shown, name: "*" * 8 + writing.options[name][-_SHOWN:]}
    writing.attributes["credential_keys"] = shown


def complete_sku(writing: Writing) -> None:
    """Take over what a new SKU leaves open."""
    writing.default(do_not_ship=False, do_not_track=False)


def complete_price(writing: Writing) -> None:
    """Let a price's SKU and SKU code say the same, and its currency be its price list's."""
    store = writing.store
    if "sku" in writing.linkage:
        sku: Resource | None = writing.related("sku")
        if sku:
            writing.attributes["sku_code"] = sku.attributes["code"]
    elif writing.attributes.get("sku_code"):
        found = store.find_with("skus", "code", writing.attributes["sku_code"])
        if found:
            writing.linkage["sku"] = found[0]
        else:
            writing.refuse("sku_code", "noent_sku", "doesn't exist")
    price_list = writing.related("price_list")
    if price_list:
        writing.attributes["currency_code"] = price_list.attributes["currency_code"]


def _inherit_currency(writing: Writing) -> None:
    market = writing.related("market")
    if not writing.get("currency_code"):
        price_list = market.linkage.get("price_list") if market else None
        if price_list:
            held = writing.store.get(price_list).attributes["currency_code"]
            writing.attributes["currency_code"] = held
        else:
            writing.refuse_blank("currency_code")


def _shared_secret(writing: Writing) -> str:
    """Make up a secret that looks like one: 32 hexadecimal digits."""
    return hashlib.sha256(writing.store.next_id("shared secrets").encode()).hexdigest()[:32]
