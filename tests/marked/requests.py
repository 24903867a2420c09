"""Rows of what sends requests: one request a function, and several one after the other."""

from __future__ import annotations

from urllib.parse import urlencode

from helpers import (
    addresses,
    client,
    customer_payment_sources,
    exploring,
    klarna_payments,
    line_items,
    orders,
    preparing,
    resources,
    sending,
    shipments,
    skus,
)
from tests.marked.marks import MARKS
from tests.marked.place import BASE_URL
from tests.marked.world import (
    ADDRESS,
    ASKED_FOR,
    CUSTOMER,
    EVERYTHING,
    KLARNA_PAYMENT,
    ORDER,
    OTHER_ORDER,
    TOKEN,
    Rows,
    World,
    credentials_of_a_customer,
    refused,
)


def shipment_of(w: World) -> str:
    """Give the order an address that its goods go to, and name its shipment."""
    order = preparing.find_or_create_addresses(w.client, order_id=ORDER, address=ADDRESS)
    return order.related("shipments")[0]["id"]


ROWS: Rows = {
    "addresses.create_address": lambda w: addresses.create_address(w.client, **ADDRESS),
    "orders.retrieve_order": World.order,
    "orders.list_orders_of_customer": lambda w: orders.list_orders_of_customer(
        w.client, customer_id=CUSTOMER, filters={"token_eq": MARKS["token"]}
    ),
    "orders.create_order": lambda w: orders.create_order(w.client, reference="how-to"),
    "orders.save_payment_source_to_customer_wallet": lambda w: (
        orders.save_payment_source_to_customer_wallet(w.client, order_id=ORDER)
    ),
    "orders.reuse_customer_payment_source": lambda w: orders.reuse_customer_payment_source(
        w.client, order_id=OTHER_ORDER, customer_payment_source_id=w.entry_id()
    ),
    "orders.set_addresses": lambda w: orders.set_addresses(
        w.client,
        order_id=OTHER_ORDER,
        billing_address_id=addresses.create_address(w.client, **ADDRESS).data["id"],
    ),
    "orders.set_payment_method": lambda w: orders.set_payment_method(
        w.client, order_id=OTHER_ORDER, payment_method_id="VDYtiKkksM"
    ),
    "customer_payment_sources.retrieve_customer_payment_source": lambda w: (
        customer_payment_sources.retrieve_customer_payment_source(
            w.client, customer_payment_source_id=w.entry_id(), include=("payment_source",)
        )
    ),
    "customer_payment_sources.list_customer_payment_sources_of_customer": lambda w: [
        w.entry_id(),
        customer_payment_sources.list_customer_payment_sources_of_customer(
            w.client, customer_id=CUSTOMER, include=("payment_source",)
        ),
    ],
    "customer_payment_sources.list_customer_payment_sources_of_order": lambda w: [
        w.entry_id(),
        customer_payment_sources.list_customer_payment_sources_of_order(w.client, order_id=ORDER),
    ],
    "klarna_payments.create_klarna_payment": lambda w: klarna_payments.create_klarna_payment(
        w.client, order_id=ORDER
    ),
    "klarna_payments.retrieve_klarna_payment": lambda w: klarna_payments.retrieve_klarna_payment(
        w.client, klarna_payment_id=KLARNA_PAYMENT, include=("order",)
    ),
    "klarna_payments.set_auth_token": lambda w: klarna_payments.set_auth_token(
        w.client, klarna_payment_id=KLARNA_PAYMENT, auth_token=MARKS["auth_token"]
    ),
    "line_items.create_line_item": lambda w: line_items.create_line_item(
        w.client, order_id=ORDER, sku_code="TSHIRTMM000000FFFFFFXLXX", include=("order",)
    ),
    "line_items.list_line_items_of_order": lambda w: line_items.list_line_items_of_order(
        w.client, order_id=ORDER, include=("order",)
    ),
    "line_items.retrieve_line_item": lambda w: line_items.retrieve_line_item(
        w.client,
        line_item_id=w.order().related("line_items")[0]["id"],
        include=("order",),
    ),
    "shipments.retrieve_shipment": lambda w: shipments.retrieve_shipment(
        w.client, shipment_id=shipment_of(w), include=("order",)
    ),
    "shipments.set_shipping_method": lambda w: shipments.set_shipping_method(
        w.client,
        shipment_id=shipment_of(w),
        shipping_method_id=shipments.retrieve_shipment(
            w.client, shipment_id=shipment_of(w), include=("available_shipping_methods",)
        ).related("available_shipping_methods")[0]["id"],
        include=("order",),
    ),
    "skus.list_skus": lambda w: skus.list_skus(w.client),
    "resources.retrieve_resource": lambda w: resources.retrieve_resource(
        w.client, "orders", ORDER, include=EVERYTHING
    ),
    "resources.list_resources": lambda w: [
        resources.list_resources(w.client, "orders", filters={"token_eq": MARKS["token"]}),
        resources.list_resources(w.client, "orders", include=("payment_source",)),
    ],
    "resources.list_related": lambda w: resources.list_related(
        w.client, "orders", ORDER, "payment_source"
    ),
    "resources.retrieve_relationship": lambda w: resources.retrieve_relationship(
        w.client, "orders", ORDER, "payment_source"
    ),
    "resources.follow_link": lambda w: [
        resources.follow_link(w.client, f"{BASE_URL}/api/orders?{urlencode(ASKED_FOR)}"),
        *refused(resources.follow_link, w.client, f"https://example.com/?{urlencode(TOKEN)}"),
        *refused(resources.follow_link, w.client, f"{BASE_URL}/cart?{urlencode(TOKEN)}"),
        *refused(resources.follow_link, w.client, f"{BASE_URL}:no/?{urlencode(TOKEN)}"),
    ],
    "client.open_client": lambda w: [
        w.client,
        w.client.auth,
        w.client.headers,
        *refused(client.open_client, "http://example.com", **w.who()),
        *refused(client.open_client, BASE_URL, access_token=f"{MARKS['access_token']} "),
        *refused(client.open_client, BASE_URL, access_token=MARKS["live_access_token"]),
        *refused(
            client.open_client,
            BASE_URL,
            access_token=MARKS["access_token"],
            credentials=credentials_of_a_customer(),
        ),
    ],
    "client.send": lambda w: [
        client.send(w.client, "GET", f"/api/orders?{urlencode(ASKED_FOR)}"),
        *refused(client.send, w.client, "GET", f"/api/orders?{urlencode(TOKEN)}"),
        *refused(
            client.send,
            w.client,
            "PATCH",
            "/api/orders/none",
            document={"data": {"attributes": {"customer_password": MARKS["password"]}}},
        ),
    ],
    "sending.Policy": lambda _: sending.Policy(),
    "sending.Sending": lambda w: [
        sending.Sending(w.client, sending.Policy(), "GET", f"/api/?{urlencode(TOKEN)}", None, None),
        sending.Sending(
            w.client, sending.Policy(), "GET", f"/api/orders?{urlencode(ASKED_FOR)}", None, None
        ).until_answered(),
    ],
    "preparing.find_sku": lambda w: preparing.find_sku(w.client),
    "preparing.find_or_create_order": lambda w: preparing.find_or_create_order(
        w.client, reference="how-to", customer_id=CUSTOMER
    ),
    "preparing.find_or_create_line_item": lambda w: preparing.find_or_create_line_item(
        w.client, order_id=ORDER, sku_code="TSHIRTMM000000FFFFFFXLXX"
    ),
    "preparing.find_or_create_addresses": lambda w: preparing.find_or_create_addresses(
        w.client, order_id=ORDER, address=ADDRESS
    ),
    "preparing.choose_shipping_method": lambda w: [
        shipment_of(w),
        preparing.choose_shipping_method(w.client, order_id=ORDER),
    ],
    "preparing.choose_klarna": lambda w: preparing.choose_klarna(w.client, order_id=ORDER),
    "preparing.find_or_create_klarna_payment": lambda w: preparing.find_or_create_klarna_payment(
        w.client, order_id=ORDER
    ),
    "exploring.explore": lambda w: [
        exploring.explore(w.client),
        exploring.explore(w.client, "orders", filters={"token_eq": MARKS["token"]}),
        exploring.explore(w.client, "orders", include=("payment_source",), page_size=1),
        exploring.explore(w.client, "orders", ORDER, include=EVERYTHING),
    ],
    "exploring.Exploration": lambda w: [
        exploring.explore(w.client, "orders").open(ORDER).follow("payment_source"),
        exploring.explore(w.client, "orders", page_size=1).next(),
        *refused(exploring.explore(w.client, "orders", ORDER).follow, "payment"),
        *refused(exploring.explore(w.client, "orders").open, 99),
    ],
}
