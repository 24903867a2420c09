"""What is seen of an order and its customer's wallet, whether it will do, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from helpers import orders
from helpers.documents import Document
from helpers.errors import DocumentError, NotFound, SettingsError

__all__ = ["Look", "changes", "check_order", "linked", "look_at"]

_WALLET, _SOURCE = "available_customer_payment_sources", "payment_source"
_INCLUDED = (_WALLET, _SOURCE, "payment_method", "customer")
_ATTRIBUTES = ("status", "customer_email", "guest")
_WANTED = (
    "Expected CL_ORDER_ID to name a pending order of your customer's, whose Klarna payment has "
    "its auth_token, but"
)


@dataclass(frozen=True)
class Look:
    """What is seen of an order, and of the wallet that it can be paid from.

    Attributes:
        entries: The ids of the wallet's entries.
        payment_source: Type and id of the order's payment source, or None.
        others: By name, what else of the order has to stay as it was: its status, whose it is,
            and its payment method. All of it as text.
        unfit: Why the recipe cannot be followed with this order, or None where it can.
    """

    entries: frozenset[str]
    payment_source: tuple[str, str] | None
    others: dict[str, str]
    unfit: str | None = None


def linked(body: Any, name: str) -> list[tuple[str, str]] | None:
    """Name what a relationship of a document's primary data links to.

    Returns:
        Types and ids, or None where there is no such linkage.
    """
    match body:
        case {"data": {"relationships": {**relationships}}}:
            match relationships.get(name):
                case {"data": None}:
                    return []
                case {"data": {"type": type_, "id": id_}}:
                    return [(str(type_), str(id_))]
                case {"data": [*items]} if all(isinstance(item, dict) for item in items):
                    return [(str(item.get("type")), str(item.get("id"))) for item in items]
    return None


def look_at(client: httpx.Client, order_id: str) -> Look:
    """Look at an order, and at the wallet that it can be paid from.

    Raises:
        HowToError: It cannot be seen; or it is real, and real data is not allowed.
    """
    order = orders.retrieve_order(client, order_id=order_id, include=_INCLUDED)
    links = {name: linked(order.body, name) for name in _INCLUDED}
    missing = [name for name, link in links.items() if link is None]
    if missing:
        raise DocumentError(
            f"{order.exchange.request_line}: expected the linkage of {', '.join(_INCLUDED)}, got "
            f"none of {', '.join(missing)}. Without it nobody can tell what is made or changed, "
            "so nothing is asked."
        )
    attributes = order.data["attributes"]
    others = {name: str(attributes.get(name)) for name in _ATTRIBUTES}
    for name in ("customer", "payment_method"):
        others[name] = next((id_ for _, id_ in links[name] or ()), "none")
    return Look(
        entries=frozenset(id_ for _, id_ in links[_WALLET] or ()),
        payment_source=next(iter(links[_SOURCE] or ()), None),
        others=others,
        unfit=_unfit(order, links[_SOURCE] or [], others),
    )


def check_order(client: httpx.Client, order_id: str) -> Look:
    """Look at an order for the first time: will it do for the recipe?

    Raises:
        SettingsError: It will not, or is not there.
        HowToError: As ``look_at`` says.
    """
    try:
        look = look_at(client, order_id)
    except NotFound as error:
        raise SettingsError(f"{_WANTED} {order_id} is not there for these requests.") from error
    if look.unfit:
        raise SettingsError(f"{_WANTED} {order_id} {look.unfit}.")
    return look


def changes(before: Look, after: Look) -> Iterator[tuple[str, str]]:
    """Tell what is otherwise than before: a few words or an id that name it, and all about it."""
    was = {**before.others, "payment source": "/".join(before.payment_source or ["none"])}
    now = {**after.others, "payment source": "/".join(after.payment_source or ["none"])}
    for name in was:
        if now[name] != was[name]:
            mark = f"has another {name} than before"
            yield mark, f"{mark}: it was {was[name]}, and is {now[name]}"
    counts = f"there were {len(before.entries)} entries, and are {len(after.entries)}"
    for id_ in sorted(before.entries - after.entries):
        yield id_, f"can be paid from the wallet entry {id_} no more: {counts}"
    for id_ in sorted(after.entries - before.entries):
        yield id_, f"can be paid from the wallet entry {id_}, which is new: {counts}"


def _unfit(order: Document, sources: list[tuple[str, str]], others: dict[str, str]) -> str | None:
    if others["customer"] == "none":
        return "has no customer"
    if others["status"] != "pending":
        return f"is {others['status']}"
    if not sources:
        return "has no payment source"
    if sources[0][0] != "klarna_payments":
        return f"is paid with one of {sources[0][0]}"
    [payment] = order.related(_SOURCE) or [None]
    if payment is None or not payment["attributes"].get("auth_token"):
        return "has a Klarna payment without its auth_token"
    return None
