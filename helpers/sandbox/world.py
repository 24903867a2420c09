"""Write customers, a shop, orders and Klarna payments into a store: what scenarios are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.sandbox.store import Identifier, Store

__all__ = ["add_customer", "add_klarna_payment", "add_order", "add_shop", "place_order"]


def _add(
    store: Store, type_: str, attributes: Mapping[str, Any], **linkage: Identifier
) -> Identifier:
    return store.add(type_, store.next_id(type_), attributes=attributes, linkage=linkage).identifier


def add_customer(store: Store, id_: str, email: str) -> Identifier:
    """Write a customer who has bought before."""
    attributes = {
        "email": email,
        "status": "acquired",
        "has_password": True,
        "total_orders_count": 1,
        "shopper_reference": f"shopper-{id_}",
        "profile_id": f"profile-{id_}",
    }
    return store.add("customers", id_, attributes=attributes, linkage={}).identifier


def add_shop(store: Store) -> dict[str, Identifier]:
    """Write what all orders share: organization, market, gateway, methods, an SKU with a price."""
    organization = store.fact("organization")
    store.add(
        "organization",
        organization["id"],
        attributes={"name": "Your Domain", "slug": organization["slug"]},
        linkage={},
    )
    _add(
        store, "application", {"name": "Your shop", "kind": "sales_channel", "public_access": True}
    )
    price_list = _add(store, "price_lists", {"name": "EU Price List", "currency_code": "EUR"})
    market = _add(
        store,
        "markets",
        {"name": "EU Market", "code": "europe1", "private": False, "shared_secret": "0" * 32},
        price_list=price_list,
    )
    gateway = _add(store, "klarna_gateways", {"name": "Klarna payment gateway"})
    method = {"currency_code": "EUR", "price_amount_cents": 0}
    payment_method = _add(
        store,
        "payment_methods",
        {
            **method,
            "name": "Klarna Payment",
            "payment_source_type": "klarna_payments",
            "moto": False,
            "require_capture": True,
            "auto_place": False,
            "auto_capture": False,
        },
        market=market,
        payment_gateway=gateway,
    )
    shipping_method = _add(
        store,
        "shipping_methods",
        {
            **method,
            "name": "Standard shipping",
            "scheme": "flat",
            "price_amount_cents": 1200,
            "shared_secret": "0" * 32,
        },
        market=market,
    )
    sku = _add(
        store,
        "skus",
        {"code": "TSHIRTMM000000FFFFFFXLXX", "name": "Men's Black T-shirt with White Logo (XL)"},
    )
    _add(
        store,
        "prices",
        {"currency_code": "EUR", "sku_code": "TSHIRTMM000000FFFFFFXLXX", "amount_cents": 5000},
        price_list=price_list,
        sku=sku,
    )
    return {
        "market": market,
        "payment_gateway": gateway,
        "payment_method": payment_method,
        "shipping_method": shipping_method,
        "sku": sku,
    }


# Two amounts, 50 euros of goods and 12 of shipping, both with 22 % tax in them.
_SUBTOTAL = {"amount_cents": 5000, "tax_amount_cents": 902, "taxable_amount_cents": 4098}
_SHIPPING = {"amount_cents": 1200, "tax_amount_cents": 216, "taxable_amount_cents": 984}
_NO_AMOUNTS = (
    "payment_method_amount_cents",
    "discount_amount_cents",
    "adjustment_amount_cents",
    "gift_card_amount_cents",
    "payment_method_tax_amount_cents",
    "adjustment_tax_amount_cents",
    "payment_method_taxable_amount_cents",
    "adjustment_taxable_amount_cents",
    "fees_amount_cents",
    "duty_amount_cents",
)


def add_order(
    store: Store,
    shop: Mapping[str, Identifier],
    id_: str,
    *,
    number: str,
    customer: Identifier | None,
) -> None:
    """Write a pending order of one T-shirt, ready to be paid."""
    email = store.get(customer).attributes["email"] if customer else None
    checkout = f"{int(number):032x}"
    total = {name: _SUBTOTAL[name] + _SHIPPING[name] for name in _SUBTOTAL}
    attributes: dict[str, Any] = {
        "number": number,
        "autorefresh": True,
        "place_async": False,
        "status": "pending",
        "payment_status": "unpaid",
        "fulfillment_status": "unfulfilled",
        "guest": customer is None,
        "customer_email": email,
        "customer_type": "returning" if customer else None,
        "language_code": "en",
        "currency_code": "EUR",
        "tax_included": True,
        "tax_rate": 0.22,
        "freight_taxable": True,
        "payment_method_taxable": False,
        "adjustment_taxable": False,
        "gift_card_taxable": False,
        "requires_billing_info": False,
        "country_code": "IT",
        **{f"subtotal_{name}": cents for name, cents in _SUBTOTAL.items()},
        **{f"shipping_{name}": cents for name, cents in _SHIPPING.items()},
        **{f"total_{name}": cents for name, cents in total.items()},
        "total_amount_with_taxes_cents": total["amount_cents"],
        "place_total_amount_cents": total["amount_cents"],
        **dict.fromkeys(_NO_AMOUNTS, 0),
        "skus_count": 1,
        "line_item_options_count": 0,
        "shipments_count": 1,
        "tax_calculations_count": 0,
        "validations_count": 0,
        "errors_count": 0,
        "token": checkout,
        "cart_url": "https://yourdomain.com/cart",
        "return_url": "https://yourdomain.com/",
        "terms_url": "https://yourdomain.com/terms",
        "privacy_url": "https://yourdomain.com/privacy",
        "checkout_url": f"https://yourdomain.commercelayer.io/checkout/{checkout}",
        "refreshed_at": store.now(),
        "circuit_state": "closed",
        "circuit_failure_count": 0,
    }
    address = _address(store)
    linkage = {"market": shop["market"], "shipping_address": address, "billing_address": address}
    if customer:
        linkage["customer"] = customer
    order = store.add("orders", id_, attributes=attributes, linkage=linkage).identifier
    _line_items(store, shop, order, number=number, address=address)


def _address(store: Store) -> Identifier:
    line = "Via dei Mille 1, 50100 Firenze FI (IT) +39 055 1234567890"
    attributes = {
        "business": False,
        "first_name": "John",
        "last_name": "Smith",
        "full_name": "John Smith",
        "line_1": "Via dei Mille 1",
        "city": "Firenze",
        "zip_code": "50100",
        "state_code": "FI",
        "country_code": "IT",
        "phone": "+39 055 1234567890",
        "full_address": line,
        "name": f"John Smith, {line}",
    }
    return _add(store, "addresses", attributes)


def _line_items(
    store: Store,
    shop: Mapping[str, Identifier],
    order: Identifier,
    *,
    number: str,
    address: Identifier,
) -> None:
    shipment = _add(
        store,
        "shipments",
        {
            "number": f"#{number}/S/001",
            "status": "draft",
            "currency_code": "EUR",
            "cost_amount_cents": _SHIPPING["amount_cents"],
            "skus_count": 1,
        },
        order=order,
        shipping_address=address,
        shipping_method=shop["shipping_method"],
    )
    sku = store.get(shop["sku"]).attributes
    for item, attributes, amounts in (
        (shop["sku"], {"sku_code": sku["code"], "name": sku["name"]}, _SUBTOTAL),
        (shipment, {"name": "Standard shipping"}, _SHIPPING),
    ):
        _add(
            store,
            "line_items",
            {
                **attributes,
                "quantity": 1,
                "currency_code": "EUR",
                "unit_amount_cents": amounts["amount_cents"],
                "options_amount_cents": 0,
                "discount_cents": 0,
                "total_amount_cents": amounts["amount_cents"],
                "tax_amount_cents": amounts["tax_amount_cents"],
                "tax_rate": 0.22,
                "item_type": item[0],
                "circuit_state": "closed",
                "circuit_failure_count": 0,
            },
            order=order,
            item=item,
            **{item[0].removesuffix("s"): item},
        )


def add_klarna_payment(
    store: Store,
    shop: Mapping[str, Identifier],
    id_: str,
    *,
    order_id: str,
    auth_token: str | None,
) -> None:
    """Write a Klarna payment and make it the order's payment source."""
    attributes = {
        "session_id": f"session-of-{id_}",
        "client_token": f"client-token-of-{id_}",
        "payment_methods": [{"identifier": "pay_later", "name": "Pay later"}],
        "auth_token": auth_token,
        "mismatched_amounts": False,
    }
    order = store.get(("orders", order_id))
    klarna_payment = store.add(
        "klarna_payments",
        id_,
        attributes=attributes,
        linkage={"order": order.identifier, "payment_gateway": shop["payment_gateway"]},
    )
    store.update(
        order,
        attributes={"payment_source_details": {"type": "klarna_payment"}},
        linkage={
            "payment_method": shop["payment_method"],
            "payment_source": klarna_payment.identifier,
        },
    )


def place_order(store: Store, order_id: str) -> None:
    """Write that an order was placed, and its payment source authorized."""
    order = store.get(("orders", order_id))
    cents = order.attributes["total_amount_cents"]
    store.update(
        order,
        attributes={
            "status": "placed",
            "payment_status": "authorized",
            "placed_at": store.now(),
            "payment_updated_at": store.now(),
        },
        linkage={},
    )
    _add(
        store,
        "authorizations",
        {
            "number": f"{order.attributes['number']}/T/001",
            "type": "authorizations",
            "currency_code": "EUR",
            "amount_cents": cents,
            "succeeded": True,
            "capture_amount_cents": 0,
            "capture_balance_cents": cents,
            "void_balance_cents": cents,
        },
        order=order.identifier,
        payment_source=order.linkage["payment_source"],
    )
