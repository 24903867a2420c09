"""Write what Klarna's script is to be told about an order. No I/O happens here.

Source: https://docs.klarna.com/klarna-payments/integrate-with-klarna-payments/step-2-check-out/22-get-authorization/
What of the API's order stands for what of Klarna's is our own reading of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from helpers.documents import Document, ResourceObject

__all__ = ["INCLUDED", "klarna_order"]

# What has to be included with the order.
INCLUDED = ("billing_address", "shipping_address", "line_items", "payment_source")

# Klarna's types of order lines, by the API's types of line items. Anything else is a surcharge,
# or a discount where it makes the order cheaper.
_TYPES = {"skus": "physical", "bundles": "physical", "gift_cards": "digital"}
_FEES = {"shipments": "shipping_fee"}
# Klarna counts tax rates in hundredths of a percent.
_RATE = 10_000


def klarna_order(order: Document) -> dict[str, Any]:
    """Write an order as Klarna's script takes it.

    Amounts are in cents. Where the tax is part of the prices, each line tells its own; where it
    comes on top, it is a line of its own. Lines that do not add up to the order's amount are left
    out together with the amounts: Klarna then goes by those that it was given by the API.

    Args:
        order: An order, with all that ``INCLUDED`` names.

    Returns:
        The data for ``Klarna.Payments.authorize``.

    Raises:
        DocumentError: Something was not included.
    """
    attributes = order.data["attributes"]
    email = attributes.get("customer_email")
    country_code = attributes.get("country_code")
    language_code = attributes.get("language_code") or "en"
    data = {
        "purchase_country": country_code,
        "purchase_currency": attributes.get("currency_code"),
        "locale": f"{language_code}-{country_code}" if country_code else language_code,
        "billing_address": _address(order.related("billing_address"), email),
        "shipping_address": _address(order.related("shipping_address"), email),
        "merchant_data": order.data["id"],
    }
    amount = attributes["total_amount_with_taxes_cents"]
    lines = _lines(attributes, order.related("line_items"))
    if sum(line["total_amount"] for line in lines) == amount:
        data |= {
            "order_amount": amount,
            "order_tax_amount": attributes["total_tax_amount_cents"],
            "order_lines": lines,
        }
    return _without_nothing(data)


def _address(found: Sequence[ResourceObject], email: str | None) -> dict[str, Any] | None:
    if not found:
        return None
    attributes = found[0]["attributes"]
    names = {
        "given_name": "first_name",
        "family_name": "last_name",
        "organization_name": "company",
        "street_address": "line_1",
        "street_address2": "line_2",
        "postal_code": "zip_code",
        "city": "city",
        "region": "state_code",
        "phone": "phone",
        "country": "country_code",
    }
    address = {name: attributes.get(ours) for name, ours in names.items()}
    return _without_nothing({**address, "email": email})


def _lines(
    attributes: Mapping[str, Any], line_items: Sequence[ResourceObject]
) -> list[dict[str, Any]]:
    tax_included = attributes.get("tax_included")
    items = [item["attributes"] for item in line_items]
    lines = [
        _line(item, tax_included=bool(tax_included))
        for item in items
        if item["total_amount_cents"] or item["item_type"] in _TYPES
    ]
    if not tax_included and attributes["total_tax_amount_cents"]:
        lines.append(_single("sales_tax", "Tax", attributes["total_tax_amount_cents"]))
    if attributes.get("gift_card_amount_cents"):
        lines.append(_single("gift_card", "Gift card", attributes["gift_card_amount_cents"]))
    return lines


def _line(item: Mapping[str, Any], *, tax_included: bool) -> dict[str, Any]:
    total, item_type = item["total_amount_cents"], item["item_type"]
    other = "discount" if total < 0 else _FEES.get(item_type, "surcharge")
    line = _single(_TYPES.get(item_type, other), item.get("name") or item_type, total)
    unit, quantity = item.get("unit_amount_cents") or 0, item["quantity"]
    # Klarna takes a discount off a line, and adds nothing to one: options make the unit dearer.
    discount = unit * quantity - total
    if discount >= 0:
        line |= {"quantity": quantity, "unit_price": unit}
        line |= {"total_discount_amount": discount} if discount else {}
    if tax_included:
        line["tax_rate"] = round(float(item.get("tax_rate") or 0) * _RATE)
        line["total_tax_amount"] = item.get("tax_amount_cents") or 0
    return _without_nothing({"reference": item.get("sku_code"), **line})


def _single(type_: str, name: str, cents: int) -> dict[str, Any]:
    return {
        "type": type_,
        "name": name,
        "quantity": 1,
        "unit_price": cents,
        "tax_rate": 0,
        "total_amount": cents,
        "total_tax_amount": 0,
    }


def _without_nothing(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "")}
