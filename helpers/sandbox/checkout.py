"""What a creation or an update of an order involves, before and after it is stored.

Sources: https://docs.commercelayer.io/core/v/api-reference/orders,
https://docs.commercelayer.io/core/how-tos/placing-orders/payments/klarna/adding-the-payment-source
"""

from __future__ import annotations

import hashlib

from helpers.sandbox.addresses import country_fault
from helpers.sandbox.customers import check_email, customer_of_email, keep_first_password
from helpers.sandbox.errors import access_denied
from helpers.sandbox.order_parts import is_available
from helpers.sandbox.orders import fault_unless_editable, is_editable
from helpers.sandbox.passwords import hash_password
from helpers.sandbox.pricing import refresh, reprice
from helpers.sandbox.store import Identifier, Resource
from helpers.sandbox.writing import Writing

__all__ = ["complete_order", "details_of", "refresh_after", "sign_up"]

# What of an order is paid for: once it changes, a Klarna payment is no longer good.
_PAID_FOR = (
    "market",
    "shipping_address",
    "billing_address",
    "payment_method",
    "freight_taxable",
    "payment_method_taxable",
)
# Codes that no order of the sandbox can have: it has no coupons and no gift cards.
_CODES = {
    "coupon_code": "noent_coupon",
    "gift_card_code": "noent_gift_card",
    "gift_card_or_coupon_code": "noent_gift_card_or_coupon",
}
# What nothing in the sandbox counts, or nothing yet.
_COUNTED = ("line_item_options", "tax_calculations", "validations", "errors")


def complete_order(writing: Writing) -> None:
    """Fill in what the API fills in, and check what depends on the market."""
    if writing.resource is not None:
        _check_editable(writing, writing.resource)
    for name, fault in _CODES.items():
        if writing.attributes.get(name):
            writing.refuse(name, fault, "doesn't exist")
    if writing.resource is None:
        _choose_market(writing)
    elif writing.linked("market") is None:
        writing.refuse_blank("market")
    _choose_customer(writing)
    market = writing.linked("market")
    if market is None:
        return
    if writing.resource is None:
        _open(writing, market)
    elif writing.changes("market"):
        _take_over_currency(writing)
        _drop_payment_method(writing, market)
    _check_payment(writing)
    _check_country(writing)


def refresh_after(writing: Writing, order: Resource) -> None:
    """Bring the order up to date, where something that it depends on has changed."""
    if writing.changes(*_PAID_FOR, "customer"):
        is_set_anew = writing.linkage.get("payment_source") is not None
        edited = writing.changes(*_PAID_FOR) and not is_set_anew
        is_new = writing.resource is None
        if not is_new and writing.changes("market"):
            reprice(writing.store, order)
        refresh(writing.store, order.identifier, edited=edited, asked=is_new)


def sign_up(writing: Writing, order: Resource) -> None:
    """Let the order's customer log in with a password that came with it.

    That is, somebody new: whoever has other orders, or a password, is not for a guest to become.
    """
    hashed = order.attributes.get("_customer_password")
    customer = order.linkage.get("customer")
    if not hashed or not customer:
        return
    if writing.store.linked_from(customer, types=["orders"], name="customer") == [order.identifier]:
        keep_first_password(writing.store, writing.store.get(customer), hashed)


def details_of(payment_source: Resource) -> dict[str, str]:
    """Tell what an order's ``payment_source_details`` say of a source that is not charged yet."""
    return {"type": payment_source.type.removesuffix("s")}


def _check_editable(writing: Writing, order: Resource) -> None:
    if not (writing.attributes or writing.linkage):
        return  # trigger attributes have preconditions of their own
    if writing.only_notes and not writing.bearer.is_sales_channel:
        return
    name = next(iter([*writing.linkage, *writing.attributes]))
    member = "relationships" if name in writing.linkage else "attributes"
    fault = fault_unless_editable(writing.bearer, order, f"/data/{member}/{name}")
    if fault:
        writing.faults.append(fault)


def _choose_market(writing: Writing) -> None:
    """The market that is named, or the only one in scope."""
    markets = writing.bearer.markets
    named = writing.linkage.get("market")
    if named is None and markets is not None and len(markets) == 1:
        writing.linkage["market"] = ("markets", markets[0])
    elif named is None:
        writing.refuse_blank("market")
    elif markets is not None and named[1] not in markets:
        raise access_denied()


def _choose_customer(writing: Writing) -> None:
    """The access token's own customer, always; else the one that is named, or has the e-mail."""
    store, owner = writing.store, writing.bearer.owner
    held = writing.resource.linkage.get("customer") if writing.resource else None
    if writing.bearer.is_sales_channel and owner:
        writing.linkage.pop("customer", None)
        writing.attributes.pop("customer_email", None)
        if held != owner and (writing.resource is None or is_editable(writing.resource.attributes)):
            writing.linkage["customer"] = owner
            writing.attributes["guest"] = False
    elif writing.attributes.get("customer_email") and "customer" not in writing.linkage:
        check_email(writing, "customer_email")
        email = writing.attributes["customer_email"]
        writing.linkage["customer"] = customer_of_email(store, email)
    if writing.options.get("customer_password"):
        hashed = hash_password(writing.options["customer_password"])
        writing.attributes["_customer_password"] = hashed
    if "customer" in writing.linkage:
        customer = writing.related("customer")
        email = customer.attributes["email"] if customer else None
        writing.attributes["customer_email"] = email
        if customer:
            is_new = not customer.attributes.get("total_orders_count")
            writing.attributes["customer_type"] = "new" if is_new else "returning"


def _open(writing: Writing, market: Identifier) -> None:
    """Write what a new order starts from: a draft, without anything in it."""
    store, bearer = writing.store, writing.bearer
    number = store.fact("last_order_number", 0) + 1
    while store.find_with("orders", "number", str(number)):
        number += 1
    store.remember("last_order_number", number)
    slug = store.fact("organization")["slug"]
    secret = hashlib.sha256(store.next_id("orders' tokens").encode()).hexdigest()[:32]
    is_guests = bearer.is_sales_channel and bearer.owner is None
    is_taxed = bool(store.fact("tax_rates", {}).get(market[1]))
    writing.default(
        number=str(number),
        status="draft",
        payment_status="unpaid",
        fulfillment_status="unfulfilled",
        guest=is_guests,
        freight_taxable=is_taxed,
        payment_method_taxable=False,
        adjustment_taxable=False,
        gift_card_taxable=False,
        requires_billing_info=False,
        token=secret,
        checkout_url=f"https://{slug}.commercelayer.io/checkout/{secret}",
        circuit_state="closed",
        circuit_failure_count=0,
        place_total_amount_cents=0,
        **{f"{counted}_count": 0 for counted in _COUNTED},
    )
    if is_guests:
        writing.attributes["guest"] = True
    if writing.attributes.get("number") is None:
        writing.attributes["number"] = str(number)
    _take_over_currency(writing)


def _take_over_currency(writing: Writing) -> None:
    market = writing.related("market")
    price_list = market.linkage.get("price_list") if market else None
    if price_list:
        held = writing.store.get(price_list).attributes["currency_code"]
        writing.attributes["currency_code"] = held


def _drop_payment_method(writing: Writing, market: Identifier) -> None:
    """In another market, the payment method may be none of those there are."""
    method = writing.related("payment_method")
    if method and "payment_method" not in writing.linkage and not is_available(method, market):
        writing.linkage["payment_method"] = None


def _check_payment(writing: Writing) -> None:
    """Check the payment method and the payment source, and what one means for the other."""
    method = writing.related("payment_method")
    is_here = method is None or is_available(method, writing.linked("market"))
    if writing.changes("payment_method") and not is_here:
        writing.refuse("payment_method", "invalid", "is invalid")
    if "payment_source" in writing.linkage:
        source = writing.related("payment_source")
        expected = method.attributes["payment_source_type"] if method else None
        if source and source.type != expected:
            detail = f"payment_source - is invalid: the payment method's type is {expected}"
            writing.refuse("payment_source", "invalid", "is invalid", detail)
        elif source and not _may_pay_with(writing, source):
            detail = "payment_source - is invalid: it is another order's, and not in the wallet"
            writing.refuse("payment_source", "invalid", "is invalid", detail)
        writing.attributes["payment_source_details"] = details_of(source) if source else None
    elif writing.changes("payment_method"):
        writing.linkage["payment_source"] = None
        writing.attributes["payment_source_details"] = None


def _may_pay_with(writing: Writing, source: Resource) -> bool:
    """Tell whether a payment is the order's own, or in its customer's wallet."""
    if writing.resource and source.linkage.get("order") == writing.resource.identifier:
        return True
    store, customer = writing.store, writing.linked("customer")
    return any(
        store.get(entry).linkage.get("customer") == customer
        for entry in store.linked_from(
            source.identifier, types=["customer_payment_sources"], name="payment_source"
        )
    )


def _check_country(writing: Writing) -> None:
    """Check that what the order is shipped to is in the country that it is locked to."""
    if writing.changes("shipping_address", "shipping_country_code_lock"):
        lock = writing.get("shipping_country_code_lock")
        fault = country_fault(lock, writing.related("shipping_address"))
        writing.faults += [fault] if fault else []
