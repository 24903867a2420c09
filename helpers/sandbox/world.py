"""Write customers, a shop, orders and payments into a store: what scenarios are made of.

All of it goes through the same rules as a client's requests, sent by an integration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.sandbox.changes import Change
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.tokens import Bearer
from helpers.sandbox.writes import write

__all__ = [
    "add_address",
    "add_customer",
    "add_order",
    "add_payment",
    "add_shop",
    "create",
    "place_order",
    "save_to_wallet",
    "update",
]

_MAKER = Bearer("integration", None)
_ADDRESS = {
    "line_1": "Via dei Mille 1",
    "city": "Firenze",
    "zip_code": "50100",
    "state_code": "FI",
    "country_code": "IT",
    "phone": "+39 055 1234567890",
}
# Code, name, price in euros' and in dollars' cents, whether it is sent by e-mail.
_SKUS = (
    ("TSHIRTMM000000FFFFFFXLXX", "Men's Black T-shirt with White Logo (XL)", 5000, 5500, False),
    ("HOODIEWW000000FFFFFFMXXX", "Women's Black Hoodie with White Logo (M)", 7900, 8900, False),
    ("GIFTCARDEMAIL00000000025", "Gift card, sent by e-mail", 2500, 2500, True),
)


def create(
    store: Store,
    type_: str,
    attributes: Mapping[str, Any],
    *,
    id_: str | None = None,
    **linkage: Identifier | None,
) -> Identifier:
    """Write a new resource.

    Args:
        store: Where to write.
        type_: The resource type.
        attributes: What a request would send.
        id_: The id; by default the store's next one.
        **linkage: To-one relationships, by name.
    """
    named = frozenset(resource_types()[type_].relationships)
    change = Change(attributes, linkage, named)
    return write(store, _MAKER, resource_types()[type_], None, change, id_=id_).identifier


def update(
    store: Store,
    identifier: Identifier,
    attributes: Mapping[str, Any] | None = None,
    **linkage: Identifier | None,
) -> Resource:
    """Change a resource: attributes, trigger attributes, and to-one relationships, by name."""
    resource = store.get(identifier)
    change = Change(attributes or {}, linkage, frozenset(linkage))
    return write(store, _MAKER, resource_types()[resource.type], resource, change)


def add_customer(store: Store, id_: str, email: str, name: str, password: str) -> Identifier:
    """Write a customer who can log in, with an address in their address book.

    Args:
        store: Where to write.
        id_: The customer's id.
        email: What the customer logs in with.
        name: First and last name.
        password: The hash of their password.
    """
    customer = create(store, "customers", {"email": email}, id_=id_)
    store.update(store.get(customer), attributes={"has_password": True})
    store.remember("passwords", {**store.fact("passwords", {}), id_: password})
    address = add_address(store, name)
    create(store, "customer_addresses", {}, customer=customer, address=address)
    return customer


def add_shop(store: Store, applications: Mapping[str, Identifier]) -> dict[str, Identifier]:
    """Write what all orders share: organization, markets, gateway, methods, SKUs with prices.

    Args:
        store: Where to write.
        applications: Identifiers of the applications, by kind.
    """
    organization = store.fact("organization")
    store.add(
        "organizations",
        organization["id"],
        attributes={
            "name": "Your Domain",
            "slug": organization["slug"],
            "domain": f"{organization['slug']}.commercelayer.io",
            "orders_sales_channel_guest_only": True,
            "addresses_phone_required": True,
        },
    )
    for kind, (type_, id_) in applications.items():
        names = {"sales_channel": "Your shop", "integration": "Your integration"}
        public = kind == "sales_channel"
        attributes = {"name": names[kind], "kind": kind, "public_access": public}
        store.add(type_, id_, attributes=attributes)
    gateway_keys = {"country_code": "EU", "api_key": "not-a-key", "api_secret": "not-a-secret"}
    gateway = create(store, "klarna_gateways", {"name": "Klarna payment gateway", **gateway_keys})
    skus = {
        code: create(store, "skus", {"code": code, "name": name, "do_not_ship": by_email})
        for code, name, _, _, by_email in _SKUS
    }
    shop = {"payment_gateway": gateway, "sku": skus[_SKUS[0][0]]}
    for code, currency, included, rate, column in (
        ("europe1", "EUR", True, 0.22, 2),
        ("usa1", "USD", False, 0.08, 3),
    ):
        region = "EU" if currency == "EUR" else "US"
        price_list = create(
            store,
            "price_lists",
            {"name": f"{region} Price List", "currency_code": currency, "tax_included": included},
        )
        market = create(
            store, "markets", {"name": f"{region} Market", "code": code}, price_list=price_list
        )
        store.remember("tax_rates", {**store.fact("tax_rates", {}), market[1]: rate})
        for row in _SKUS:
            price = {"sku_code": row[0], "amount_cents": row[column]}
            create(store, "prices", price, price_list=price_list)
        methods = _add_methods(store, market, gateway)
        update(store, market, default_payment_method=methods["payment_method"])
        if code == "europe1":
            shop |= {"market": market, **methods}
    return shop


def _add_methods(store: Store, market: Identifier, gateway: Identifier) -> dict[str, Identifier]:
    klarna = {"payment_source_type": "klarna_payments", "price_amount_cents": 0}
    methods = {
        "payment_method": create(
            store, "payment_methods", klarna, market=market, payment_gateway=gateway
        )
    }
    for key, name, cents in (
        ("shipping_method", "Standard shipping", 1200),
        ("express_shipping_method", "Express delivery", 2200),
    ):
        attributes = {"name": name, "price_amount_cents": cents}
        methods[key] = create(store, "shipping_methods", attributes, market=market)
    # Its gateway is of a type that is not emulated, so no rule would let it pass.
    stripe = {
        **store.get(methods["payment_method"]).attributes,
        "name": "Stripe Payment",
        "payment_source_type": "stripe_payments",
    }
    methods["stripe_payment_method"] = store.add(
        "payment_methods",
        store.next_id("payment_methods"),
        attributes=stripe,
        linkage={"market": market},
    ).identifier
    return methods


def add_order(
    store: Store,
    shop: Mapping[str, Identifier],
    id_: str,
    *,
    customer: Identifier | None,
    name: str = "John Smith",
) -> Identifier:
    """Write a pending order of one T-shirt, ready to be paid; without a customer, a draft."""
    address = add_address(store, name)
    attributes = {
        "cart_url": "https://yourdomain.com/cart",
        "return_url": "https://yourdomain.com/",
        "terms_url": "https://yourdomain.com/terms",
        "privacy_url": "https://yourdomain.com/privacy",
        "guest": customer is None,
    }
    linkage = {"shipping_address": address, "billing_address": address}
    if customer:
        linkage["customer"] = customer
    order = create(store, "orders", attributes, id_=id_, market=shop["market"], **linkage)
    create(store, "line_items", {"quantity": 1}, order=order, item=shop["sku"])
    [shipment] = store.linked_from(order, types=["shipments"], name="order")
    update(store, shipment, shipping_method=shop["shipping_method"])
    return order


def add_payment(
    store: Store,
    shop: Mapping[str, Identifier],
    id_: str,
    *,
    order: Identifier,
    auth_token: str | None = None,
    type_: str = "klarna_payments",
) -> Identifier:
    """Write a payment, by default Klarna's, and make it the order's payment source."""
    method = "payment_method" if type_ == "klarna_payments" else "stripe_payment_method"
    update(store, order, payment_method=shop[method])
    payment = create(store, type_, {}, id_=id_, order=order)
    if auth_token:
        update(store, payment, {"auth_token": auth_token})
    return payment


def save_to_wallet(store: Store, order: Identifier) -> None:
    """Save an order's payment source to its customer's wallet."""
    update(store, order, {"_save_payment_source_to_customer_wallet": True})


def place_order(store: Store, order: Identifier) -> None:
    """Place an order."""
    update(store, order, {"_place": True})


def add_address(store: Store, name: str) -> Identifier:
    """Write an address of somebody with this first and last name."""
    first, last = name.split()
    return create(store, "addresses", {**_ADDRESS, "first_name": first, "last_name": last})
