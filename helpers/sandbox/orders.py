"""What an order's status says, and who may change the order then.

Sources: https://docs.commercelayer.io/core/v/api-reference/orders for the statuses,
https://docs.commercelayer.io/core/roles-and-permissions for the sales channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.sandbox.errors import ErrorObject, access_denied, invalid
from helpers.sandbox.store import Resource
from helpers.sandbox.tokens import Bearer

__all__ = ["fault_unless_editable", "is_editable"]


def is_editable(order: Mapping[str, Any]) -> bool:
    """Tell by its attributes whether an order can still be changed: not once it is placed."""
    return order["status"] in {"draft", "pending"}


def fault_unless_editable(bearer: Bearer, order: Resource, pointer: str) -> ErrorObject | None:
    """Tell what is wrong with changing an order, or what belongs to it.

    An integration may also change an order that is being edited after it was placed.

    Args:
        bearer: Who wants to.
        order: The order.
        pointer: JSON Pointer to the member that asks for the change.

    Raises:
        Refusal: The order is not editable, and a sales channel asks (401).
    """
    status = order.attributes["status"]
    if is_editable(order.attributes):
        return None
    if bearer.is_sales_channel:
        raise access_denied()
    if status == "editing":
        return None
    member = pointer.rpartition("/")[2].removeprefix("_").removesuffix("_id")
    of = "" if pointer == "/data" else f"{member} - "
    detail = f"{of}can't be changed: the order is {status}"
    return invalid(pointer, "not_editable", "can't be changed", detail)
