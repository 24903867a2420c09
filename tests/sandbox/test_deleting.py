"""Deleting a resource: what keeps it from being deleted, what goes with it, what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier, Store

INTEGRATION = "your-integration-access-token"
DELETABLE = [name for name, type_ in resource_types().items() if "delete" in type_.actions]
# An order of John's that is pending and has a Klarna payment.
ORDER = ("orders", "kLRAyaVMqb")


def _part(store: Store, order: Identifier, type_: str) -> Identifier:
    return store.linked_from(order, types=[type_], name="order")[0]


@pytest.mark.parametrize("type_", DELETABLE)
def test_resource_is_gone_when_it_is_deleted(
    ask: Callable[..., Any], store: Store, type_: str
) -> None:
    """What nothing leads to can be deleted by an integration, of every type that says so."""
    store.add(type_, "free", attributes={"status": "draft"})
    target = f"/api/{type_}/free"
    statuses = [
        ask(method, target, access_token=INTEGRATION).status for method in ("DELETE", "GET")
    ]

    assert statuses == [204, 404]


# By hand: while the second leads to the first, the first is locked.
HOLDERS = [
    ("addresses", "Address", "orders", "shipping_address"),
    ("addresses", "Address", "orders", "billing_address"),
    ("addresses", "Address", "customer_addresses", "address"),
    ("customers", "Customer", "orders", "customer"),
    ("klarna_gateways", "KlarnaGateway", "payment_methods", "payment_gateway"),
    ("klarna_gateways", "KlarnaGateway", "klarna_payments", "payment_gateway"),
    ("klarna_payments", "KlarnaPayment", "authorizations", "payment_source"),
    ("klarna_payments", "KlarnaPayment", "customer_payment_sources", "payment_source"),
    ("stripe_payments", "StripePayment", "authorizations", "payment_source"),
    ("stripe_payments", "StripePayment", "customer_payment_sources", "payment_source"),
    ("markets", "Market", "orders", "market"),
    ("markets", "Market", "payment_methods", "market"),
    ("markets", "Market", "shipping_methods", "market"),
    ("payment_methods", "PaymentMethod", "orders", "payment_method"),
    ("payment_methods", "PaymentMethod", "customer_payment_sources", "payment_method"),
    ("price_lists", "PriceList", "markets", "price_list"),
    ("price_lists", "PriceList", "prices", "price_list"),
    ("shipping_methods", "ShippingMethod", "shipments", "shipping_method"),
    ("skus", "Sku", "line_items", "sku"),
]


@pytest.mark.parametrize(
    ("type_", "class_", "holder", "name"), HOLDERS, ids=[f"{t}-{h}-{n}" for t, _, h, n in HOLDERS]
)
def test_resource_is_locked_while_something_leads_to_it(
    ask: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    type_: str,
    class_: str,
    holder: str,
    name: str,
) -> None:
    """What something else could not be without stays as long as that is there (423)."""
    held = store.add(type_, "held", attributes={}).identifier
    holding = store.add(holder, "holding", attributes={}, linkage={name: held}).identifier
    answer = refused(ask, "DELETE", f"/api/{type_}/held", access_token=INTEGRATION)

    assert answer.document["errors"] == [
        {
            "title": "Locked resource",
            "detail": f"Failed to destroy {class_} with id=held",
            "code": "LOCKED",
            "status": "423",
        }
    ]
    store.remove(holding)
    assert ask("DELETE", f"/api/{type_}/held", access_token=INTEGRATION).status == 204


# By hand: the second goes with the first.
BELONGINGS = [
    ("customers", "customer_addresses", "customer"),
    ("customers", "customer_payment_sources", "customer"),
    ("orders", "line_items", "order"),
    ("orders", "shipments", "order"),
    ("orders", "klarna_payments", "order"),
    ("orders", "stripe_payments", "order"),
    ("orders", "resource_errors", "resource"),
    ("shipments", "line_items", "shipment"),
    ("skus", "prices", "sku"),
]


@pytest.mark.parametrize(
    ("type_", "part", "name"), BELONGINGS, ids=[f"{type_}-{part}" for type_, part, _ in BELONGINGS]
)
def test_resource_takes_with_it_what_belongs_to_it(
    ask: Callable[..., Any], store: Store, type_: str, part: str, name: str
) -> None:
    """What makes no sense on its own goes when its owner is deleted."""
    owner = store.add(type_, "owner", attributes={"status": "draft"}).identifier
    store.add(part, "part", attributes={}, linkage={name: owner})
    status = ask("DELETE", f"/api/{type_}/owner", access_token=INTEGRATION).status

    assert (status, store.find([part], "part")) == (204, None)


def test_order_takes_with_it_all_that_belongs_to_its_parts(
    ask: Callable[..., Any], store: Store
) -> None:
    """Of a pending order, nothing is left, down to the line item of its shipment."""
    ask("DELETE", "/api/orders/kLRAyaVMqb", access_token=INTEGRATION)

    types = ["line_items", "shipments", "klarna_payments"]
    assert store.linked_from(ORDER, types=types, name="order") == []
    assert store.find(["klarna_payments"], "mBqoAZyLEx") is None


@pytest.mark.parametrize("status", resource_types()["orders"].attributes["status"].enum)
def test_order_is_locked_once_it_is_placed(
    ask: Callable[..., Any], store: Store, status: str
) -> None:
    """Only a draft and a pending order can be deleted."""
    store.update(store.get(ORDER), attributes={"status": status})
    answer = ask("DELETE", "/api/orders/kLRAyaVMqb", access_token=INTEGRATION)

    is_gone = store.find(["orders"], "kLRAyaVMqb") is None
    expected = (204, True) if status in {"draft", "pending"} else (423, False)
    assert (answer.status, is_gone) == expected


@pytest.mark.usefixtures("entry_id")
def test_order_is_locked_while_its_payment_source_is_in_a_wallet(
    ask: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """What would go with it is held by something else (423)."""
    answer = refused(ask, "DELETE", "/api/orders/qaMAhZkZvd", access_token=INTEGRATION)

    assert (answer.status, answer.codes) == (423, ["LOCKED"])


PARTS = ["line_items", "shipments", "klarna_payments"]
# Who asks, what the order is, and the answer; a shop may not delete shipments at all.
STATUSES = [
    ("your-access-token", "pending", 204),
    ("your-access-token", "draft", 204),
    ("your-access-token", "editing", 401),
    ("your-access-token", "placed", 401),
    ("your-access-token", "cancelled", 401),
    (INTEGRATION, "pending", 204),
    (INTEGRATION, "draft", 204),
    (INTEGRATION, "editing", 204),
    (INTEGRATION, "placed", 423),
    (INTEGRATION, "approved", 423),
    (INTEGRATION, "cancelled", 423),
]


@pytest.mark.parametrize(("access_token", "order_status", "status"), STATUSES)
@pytest.mark.parametrize("type_", PARTS)
def test_part_of_an_order_goes_while_the_order_can_be_changed(
    ask: Callable[..., Any],
    store: Store,
    type_: str,
    access_token: str,
    order_status: str,
    status: int,
) -> None:
    """Of a placed order nothing can be deleted: 401 to a sales channel, 423 to an integration."""
    store.update(store.get(ORDER), attributes={"status": order_status})
    part = _part(store, ORDER, type_)
    before = store.dump()
    answer = ask("DELETE", "/api/{}/{}".format(*part), access_token=access_token)

    is_shop = access_token != INTEGRATION
    assert answer.status == (401 if is_shop and type_ == "shipments" else status)
    assert (store.dump() == before) == (answer.status != 204)


def test_order_is_refreshed_when_a_line_item_is_deleted(
    ask: Callable[..., Any], store: Store
) -> None:
    """Without its T-shirt, the order costs and ships nothing, and Klarna has to start again."""
    order = store.get(("orders", "qaMAhZkZvd"))
    ask("DELETE", "/api/{}/{}".format(*_part(store, order.identifier, "line_items")))

    changed = store.get(order.identifier)
    names = ("total_amount_with_taxes_cents", "skus_count", "shipments_count")
    assert [order.attributes[name] for name in names] == [6200, 1, 1]
    assert [changed.attributes[name] for name in names] == [0, 0, 0]
    assert "payment_source" not in changed.linkage
    assert changed.attributes["payment_source_details"] is None


def test_order_is_refreshed_when_a_shipment_is_deleted(
    ask: Callable[..., Any], store: Store
) -> None:
    """There is another shipment then, and nobody has chosen how it is shipped."""
    shipment = _part(store, ORDER, "shipments")
    ask("DELETE", "/api/{}/{}".format(*shipment), access_token=INTEGRATION)

    order = store.get(ORDER)
    anew = store.get(_part(store, ORDER, "shipments"))
    assert anew.identifier != shipment
    assert "shipping_method" not in anew.linkage
    assert order.attributes["total_amount_with_taxes_cents"] == 5000
    assert "payment_source" not in order.linkage


def test_order_has_no_payment_source_when_that_is_deleted(
    ask: Callable[..., Any], store: Store
) -> None:
    """The payment method stays, and the amount is the same."""
    ask("DELETE", "/api/klarna_payments/mBqoAZyLEx")

    order = ask("GET", "/api/orders/kLRAyaVMqb?include=payment_source,payment_method").data
    assert order["relationships"]["payment_source"]["data"] is None
    assert order["relationships"]["payment_method"]["data"] is not None
    assert order["attributes"]["payment_source_details"] is None
    assert order["attributes"]["total_amount_with_taxes_cents"] == 6200


def test_every_order_is_without_a_payment_source_that_is_deleted(
    ask: Callable[..., Any], store: Store, entry_id: str, update: Callable[..., Any]
) -> None:
    """An order that was to be paid from the wallet is without it, too."""
    update("pWZkeVLoJn", {"_customer_payment_source_id": entry_id})
    for path in (f"customer_payment_sources/{entry_id}", "klarna_payments/ertHJlpPTR"):
        assert ask("DELETE", f"/api/{path}").status == 204

    order = store.get(("orders", "pWZkeVLoJn"))
    assert "payment_source" not in order.linkage
    assert order.attributes["payment_source_details"] is None


def test_order_is_without_the_payment_source_of_an_order_that_is_deleted(
    ask: Callable[..., Any], store: Store, entry_id: str, update: Callable[..., Any]
) -> None:
    """What goes with a resource goes in the same way as what is deleted itself."""
    update("pWZkeVLoJn", {"_customer_payment_source_id": entry_id})
    for path in (f"customer_payment_sources/{entry_id}", "orders/qaMAhZkZvd"):
        assert ask("DELETE", f"/api/{path}", access_token=INTEGRATION).status == 204

    order = store.get(("orders", "pWZkeVLoJn"))
    assert "payment_source" not in order.linkage
    assert order.attributes["payment_source_details"] is None


def test_market_has_no_default_method_when_that_is_deleted(
    ask: Callable[..., Any], store: Store
) -> None:
    """What can be without a resource does not keep it: its relationship is emptied."""
    market = store.add("markets", "aMarket", attributes={})
    method = store.add("payment_methods", "aMethod", attributes={})
    store.update(market, linkage={"default_payment_method": method.identifier})
    status = ask("DELETE", "/api/payment_methods/aMethod", access_token=INTEGRATION).status

    assert (status, store.get(market.identifier).linkage) == (204, {})


def test_customer_deletes_themselves(ask: Callable[..., Any], store: Store) -> None:
    """Their wallet and address book go with them, and their access token is no longer good."""
    for _, id_ in store.linked_from(("customers", "jENxlDKaVB"), types=["orders"], name="customer"):
        store.remove(("orders", id_))
    status = ask("DELETE", "/api/customers/jENxlDKaVB").status

    assert status == 204
    assert store.find(["customer_addresses"], "MWXRcrPyvt") is None
    assert ask("GET", "/api/organization").codes == ["INVALID_TOKEN"]


def test_wallet_entry_goes_alone(ask: Callable[..., Any], store: Store, entry_id: str) -> None:
    """The payment source that it stood for stays the order's."""
    status = ask("DELETE", f"/api/customer_payment_sources/{entry_id}").status

    assert (status, store.find(["customer_payment_sources"], entry_id)) == (204, None)
    linkage = store.get(("orders", "qaMAhZkZvd")).linkage
    assert linkage["payment_source"] == ("klarna_payments", "ertHJlpPTR")
