"""Orders to ask a customer about: one of the sandbox, and the same as if it were elsewhere."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from helpers import klarna_page, orders
from helpers.documents import Document
from helpers.workbench import open_workbench

ORDER, PAYMENT = "kLRAyaVMqb", "mBqoAZyLEx"
STAND_IN_AUTH_TOKEN = f"stand-in-authorization-of-{PAYMENT}"
ELSEWHERE = "https://yourdomain.commercelayer.io"


def sandbox_order(order_id: str = ORDER) -> Document:
    """Retrieve an order whose Klarna payment nobody has authorized, from a sandbox of its own."""
    with open_workbench(door="process", organization=None) as bench:
        return orders.retrieve_order(bench.client, order_id=order_id, include=klarna_page.INCLUDED)


def order_elsewhere(order: Document, **attributes: Any) -> Document:
    """Let an order come from an organization, with other attributes of its Klarna payment."""
    body: Any = copy.deepcopy(dict(order.body))
    for each in body["included"]:
        if each["type"] == "klarna_payments":
            each["attributes"] |= attributes
    exchange = replace(order.exchange, base_url=ELSEWHERE, made_up=False)
    return replace(order, body=body, exchange=exchange)


def reduced(order: Document, type_: str, attributes: object) -> Document:
    """Give all resources of a type other attributes, or none at all where they are "missing"."""
    body: Any = copy.deepcopy(dict(order.body))
    for each in (body["data"], *body["included"]):
        if each["type"] == type_:
            each["attributes"] = attributes
            if attributes == "missing":
                del each["attributes"]
    return replace(order, body=body)
