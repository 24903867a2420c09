"""The rules of commerce, as tables: what a write involves, by resource type.

A type without a row has no rules but those that its facts state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from helpers.sandbox.addresses import complete_address, refresh_orders_of_address
from helpers.sandbox.catalogue import (
    complete_gateway,
    complete_market,
    complete_payment_method,
    complete_price,
    complete_shipping_method,
    complete_sku,
)
from helpers.sandbox.checkout import complete_order, refresh_after, sign_up
from helpers.sandbox.customers import (
    complete_customer,
    complete_customer_address,
    keep_password,
    name_customer_addresses,
)
from helpers.sandbox.line_items import (
    complete_line_item,
    complete_shipment,
    refresh_order,
    refresh_order_of_shipment,
)
from helpers.sandbox.order_triggers import ORDER_TRIGGERS
from helpers.sandbox.other_triggers import OTHER_TRIGGERS
from helpers.sandbox.payments import complete_payment, pay_with
from helpers.sandbox.store import Resource
from helpers.sandbox.triggers import Trigger
from helpers.sandbox.wallet import complete_entry
from helpers.sandbox.writing import Writing

__all__ = ["NO_RULES", "RULES", "TRIGGERS", "Rules"]


class Rules(NamedTuple):
    """What a creation or an update of a resource type involves.

    Attributes:
        complete: Before it is stored: fill in what is left open, note what is wrong.
        follow: After it is stored: change what depends on it.
    """

    complete: tuple[Callable[[Writing], None], ...] = ()
    follow: tuple[Callable[[Writing, Resource], None], ...] = ()


NO_RULES = Rules()

RULES: Mapping[str, Rules] = {
    "addresses": Rules(
        complete=(complete_address,), follow=(name_customer_addresses, refresh_orders_of_address)
    ),
    "customer_addresses": Rules(complete=(complete_customer_address,)),
    "customer_payment_sources": Rules(complete=(complete_entry,)),
    "customers": Rules(complete=(complete_customer,), follow=(keep_password,)),
    "klarna_gateways": Rules(complete=(complete_gateway,)),
    "klarna_payments": Rules(complete=(complete_payment,), follow=(pay_with,)),
    "line_items": Rules(complete=(complete_line_item,), follow=(refresh_order,)),
    "markets": Rules(complete=(complete_market,)),
    "orders": Rules(complete=(complete_order,), follow=(refresh_after, sign_up)),
    "payment_methods": Rules(complete=(complete_payment_method,)),
    "prices": Rules(complete=(complete_price,)),
    "shipments": Rules(complete=(complete_shipment,), follow=(refresh_order_of_shipment,)),
    "shipping_methods": Rules(complete=(complete_shipping_method,)),
    "skus": Rules(complete=(complete_sku,)),
    "stripe_payments": Rules(complete=(complete_payment,), follow=(pay_with,)),
}

# By resource type and name.
TRIGGERS: Mapping[tuple[str, str], Trigger] = {
    (type_, name): trigger
    for type_, rows in {"orders": ORDER_TRIGGERS, **OTHER_TRIGGERS}.items()
    for name, trigger in rows.items()
}
