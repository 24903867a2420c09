"""Write what Klarna's script is to be told about an order. No I/O happens here.

Source: https://docs.klarna.com/klarna-payments/integrate-with-klarna-payments/step-2-check-out/22-get-authorization/
What of the API's order stands for what of Klarna's is our own reading of both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from helpers.documents import Document, ResourceObject
from helpers.places import is_loopback

__all__ = ["INCLUDED", "attributes_of", "is_made_up", "klarna_order"]

# What has to be included with the order.
INCLUDED = ("billing_address", "shipping_address", "line_items", "payment_source")

# Klarna's types of order lines, by the API's types of line items. Anything else is a surcharge,
# or a discount where it makes the order cheaper.
_TYPES = {"skus": "physical", "bundles": "physical", "gift_cards": "digital"}
_FEES = {"shipments": "shipping_fee"}
# Klarna counts tax rates in hundredths of a percent.
_RATE = 10_000
_JSON_WEB_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)


class _UnreadableError(Exception):
    """A line that cannot be told to Klarna: something of it is missing, or is no number."""


def attributes_of(resource: ResourceObject) -> Mapping[str, Any]:
    """Get a resource's attributes, or none where it came without."""
    attributes = resource.get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def is_made_up(klarna_payment: ResourceObject, base_url: str) -> bool:
    """Tell whether a Klarna payment is the sandbox's, with nobody at Klarna behind it.

    It is where the requests go to this machine, and the ``client_token`` is no JSON Web Token.
    Klarna's documented ones are, and the sandbox's are none. So an organization that is reached
    through a tunnel of this machine is not taken for the sandbox.

    Args:
        klarna_payment: The Klarna payment.
        base_url: Where it was retrieved from.
    """
    client_token = attributes_of(klarna_payment).get("client_token")
    if not isinstance(client_token, str) or _JSON_WEB_TOKEN.fullmatch(client_token):
        return False
    return is_loopback(base_url)


def klarna_order(order: Document) -> dict[str, Any]:
    """Write an order as Klarna's script takes it.

    Amounts are in cents. Where the tax is part of the prices, each line tells its own; where it
    comes on top, it is a line of its own. Lines that do not add up to the order's amount, or that
    cannot be read, are left out together with the amounts: Klarna then goes by those that it was
    given by the API.

    Args:
        order: An order, with all that ``INCLUDED`` names.

    Returns:
        The data for ``Klarna.Payments.authorize``.

    Raises:
        DocumentError: Something was not included.
    """
    attributes = attributes_of(order.data)
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
    return _without_nothing({**data, **_amounts(attributes, order.related("line_items"))})


def _amounts(attributes: Mapping[str, Any], line_items: Sequence[ResourceObject]) -> dict[str, Any]:
    """Write the lines and what they add up to, or nothing of both."""
    try:
        amount = _whole(attributes.get("total_amount_with_taxes_cents"))
        tax = _whole(attributes.get("total_tax_amount_cents"))
        lines = _lines(attributes, tax, line_items)
    except _UnreadableError:
        return {}
    if sum(line["total_amount"] for line in lines) != amount:
        return {}
    return {"order_amount": amount, "order_tax_amount": tax, "order_lines": lines}


def _address(found: Sequence[ResourceObject], email: str | None) -> dict[str, Any] | None:
    if not found:
        return None
    attributes = attributes_of(found[0])
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
    return _without_nothing({**address, "email": email}) or None


def _lines(
    attributes: Mapping[str, Any], tax: int, line_items: Sequence[ResourceObject]
) -> list[dict[str, Any]]:
    tax_included = bool(attributes.get("tax_included"))
    items = [attributes_of(item) for item in line_items]
    lines = [
        _line(item, item_type, tax_included=tax_included)
        for item, item_type in zip(items, map(_item_type, items), strict=True)
        if item.get("total_amount_cents") or item_type in _TYPES
    ]
    if not tax_included and tax:
        lines.append(_single("sales_tax", "Tax", tax))
    gift_card = _whole(attributes.get("gift_card_amount_cents") or 0)
    if gift_card:
        lines.append(_single("gift_card", "Gift card", gift_card))
    return lines


def _line(item: Mapping[str, Any], item_type: str, *, tax_included: bool) -> dict[str, Any]:
    total = _whole(item.get("total_amount_cents"))
    other = "discount" if total < 0 else _FEES.get(item_type, "surcharge")
    line = _single(_TYPES.get(item_type, other), item.get("name") or item_type, total)
    unit, quantity = _whole(item.get("unit_amount_cents") or 0), _whole(item.get("quantity"))
    # Klarna takes a discount off a line, and adds nothing to one: options make the unit dearer.
    discount = unit * quantity - total
    if discount >= 0:
        line |= {"quantity": quantity, "unit_price": unit}
        line |= {"total_discount_amount": discount} if discount else {}
    if tax_included:
        line["tax_rate"] = _hundredths_of_a_percent(item.get("tax_rate") or 0)
        line["total_tax_amount"] = _whole(item.get("tax_amount_cents") or 0)
    return _without_nothing({"reference": item.get("sku_code"), **line})


def _item_type(item: Mapping[str, Any]) -> str:
    item_type = item.get("item_type")
    if not isinstance(item_type, str):
        raise _UnreadableError
    return item_type


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise _UnreadableError
    return value


def _hundredths_of_a_percent(value: Any) -> int:
    try:
        return round(float(value) * _RATE)
    except (TypeError, ValueError, OverflowError):
        raise _UnreadableError from None


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
