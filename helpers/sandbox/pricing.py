"""Refresh an order: its shipments, its line items, its totals, its status.

Sources: https://docs.commercelayer.io/core/v/api-reference/orders for the statuses and amounts,
https://docs.commercelayer.io/core/how-tos/placing-orders/payments/klarna/adding-the-payment-source
for what happens to a Klarna payment when its order is edited. How amounts are rounded, and when
shipments come and go, is the sandbox's own choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from helpers.sandbox.order_parts import (
    items_of,
    refresh_payment_method,
    refresh_shipments,
    related,
    unit_of,
)
from helpers.sandbox.relations import linkage
from helpers.sandbox.store import Identifier, Resource, Store

__all__ = ["amount_due", "price_of", "refresh", "reprice"]

# The parts of an order's totals, by the type of the line items that each of them sums up.
_PARTS: Mapping[str, str] = {
    "skus": "subtotal",
    "shipments": "shipping",
    "payment_methods": "payment_method",
}
# Parts that nothing in the sandbox can change.
_NOTHING = {
    f"{part}_cents": 0
    for part in (
        "discount_amount",
        "adjustment_amount",
        "adjustment_tax_amount",
        "adjustment_taxable_amount",
        "gift_card_amount",
        "fees_amount",
        "duty_amount",
    )
}


class _Taxes(NamedTuple):
    """How a market's prices are taxed."""

    rate: float
    included: bool

    def of(self, cents: int) -> int:
        """Tell the tax in, or on, an amount; half a cent counts as one."""
        share = self.rate / (1 + self.rate) if self.included else self.rate
        return int(cents * share + 0.5)


def amount_due(order: Resource) -> int:
    """Tell what is to be paid for an order, in cents."""
    return int(order.attributes["total_amount_with_taxes_cents"])


def price_of(store: Store, order: Resource, sku_code: str) -> Resource | None:
    """Find the price of an SKU in the price list of an order's market."""
    market = store.get(order.linkage["market"])
    for identifier in store.find_with("prices", "sku_code", sku_code):
        price = store.get(identifier)
        if price.linkage.get("price_list") == market.linkage["price_list"]:
            return price
    return None


def reprice(store: Store, order: Resource) -> None:
    """Let every line item of an SKU cost what it costs in the order's market now."""
    for item in items_of(store, order, "skus"):
        code = item.attributes.get("sku_code")
        price = price_of(store, order, code) if code else None
        if price:
            changes = {
                "unit_amount_cents": price.attributes["amount_cents"],
                "currency_code": price.attributes["currency_code"],
            }
            store.update(item, attributes=changes)


def refresh(store: Store, identifier: Identifier, *, edited: bool, asked: bool = False) -> Resource:
    """Bring an order up to date after a change.

    Args:
        store: Where it is.
        identifier: The order.
        edited: Whether what is paid for has changed. Then a Klarna payment is no longer good, and
            the order loses it: it has to be created again.
        asked: Whether somebody asked for it. Else an order whose ``autorefresh`` is false stays as
            it is, but for that payment.

    Returns:
        The order as it is then.
    """
    order = store.get(identifier)
    changes: dict[str, Any] = {}
    if asked or order.attributes.get("autorefresh") is not False:
        refresh_shipments(store, order)
        refresh_payment_method(store, order)
        changes = {**_totals(store, order), "refreshed_at": store.now()}
    else:
        _totals(store, order)  # each line item has its own amounts all the same
    address = related(store, order, "shipping_address") or related(store, order, "billing_address")
    changes["country_code"] = address.attributes["country_code"] if address else None
    source = order.linkage.get("payment_source")
    nullified = edited and source is not None and source[0] == "klarna_payments"
    if nullified:
        changes["payment_source_details"] = None
    if order.attributes["status"] == "draft" and "customer" in order.linkage:
        changes |= {"status": "pending"} if items_of(store, order, "skus") else {}
    links = {"payment_source": None} if nullified else {}
    order = store.update(order, attributes=changes, linkage=links)
    _compare_with_payments(store, order)
    return order


def _totals(store: Store, order: Resource) -> dict[str, Any]:
    taxes = _taxes(store, order)
    totals: dict[str, Any] = {**_NOTHING, "tax_rate": taxes.rate, "tax_included": taxes.included}
    summed = {"amount": 0, "tax_amount": 0, "taxable_amount": 0}
    for type_, part in _PARTS.items():
        items = items_of(store, order, type_)
        amounts = _part(store, order, items, taxes, is_taxed=_is_taxed(order, type_))
        totals |= {f"{part}_{name}_cents": cents for name, cents in amounts.items()}
        summed = {name: summed[name] + cents for name, cents in amounts.items()}
        if type_ == "skus":
            totals["skus_count"] = sum(item.attributes["quantity"] for item in items)
    totals |= {f"total_{name}_cents": cents for name, cents in summed.items()}
    due = summed["amount"] + (0 if taxes.included else summed["tax_amount"])
    shipments = linkage(store, order, "shipments")
    return {
        **totals,
        "total_amount_with_taxes_cents": due,
        "shipments_count": len(shipments),
    }


def _part(
    store: Store, order: Resource, items: Sequence[Resource], taxes: _Taxes, *, is_taxed: bool
) -> dict[str, int]:
    """Write each line item's amounts, and sum them up."""
    summed = {"amount": 0, "tax_amount": 0, "taxable_amount": 0}
    for item in items:
        amount = item.attributes["quantity"] * unit_of(item)
        tax = taxes.of(amount) if is_taxed else 0
        taxable = (amount - tax if taxes.included else amount) if is_taxed else 0
        store.update(
            item,
            attributes={
                "total_amount_cents": amount,
                "tax_amount_cents": tax,
                "tax_rate": taxes.rate if is_taxed else 0.0,
                "options_amount_cents": 0,
                "discount_cents": 0,
            },
        )
        for name, cents in (("amount", amount), ("tax_amount", tax), ("taxable_amount", taxable)):
            summed[name] += cents
    return summed


def _is_taxed(order: Resource, type_: str) -> bool:
    flag = {"shipments": "freight_taxable", "payment_methods": "payment_method_taxable"}.get(type_)
    return flag is None or bool(order.attributes.get(flag))


def _taxes(store: Store, order: Resource) -> _Taxes:
    market = store.get(order.linkage["market"])
    price_list = related(store, market, "price_list")
    included = price_list is None or price_list.attributes.get("tax_included") is not False
    return _Taxes(store.fact("tax_rates", {}).get(market.id, 0.0), included)


def _compare_with_payments(store: Store, order: Resource) -> None:
    """Tell every payment of the order whether its amount is still the order's."""
    for type_ in ("klarna_payments", "stripe_payments"):
        for identifier in store.linked_from(order.identifier, types=[type_], name="order"):
            payment = store.get(identifier)
            differs = payment.attributes.get("_intent_amount_cents") != amount_due(order)
            if payment.attributes["mismatched_amounts"] != differs:
                store.update(payment, attributes={"mismatched_amounts": differs})
