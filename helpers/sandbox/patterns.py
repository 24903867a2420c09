"""Customers with their orders, written by the rules, as patterns to copy.

A pattern is a customer with some orders, made in a store of its own by the same requests that a
client would send. What is a resource's own becomes a gap: its id, its number, its instants.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

from helpers.sandbox import own_values as own
from helpers.sandbox.order_parts import is_available
from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.world import add_address, create, update

__all__ = ["AUTHORIZED_PLACES", "ORDERS", "Gap", "Pattern", "Template", "make_pattern"]

# What becomes of a customer's orders, one after the other: the trigger attributes that an
# integration sends, each some time after the one before. Without payment, nothing can be sent.
_UNPAID: tuple[str, ...] | None = None
_AUTHORIZED: tuple[str, ...] = ()
_PLACED = ("_place",)
_PAID = ("_place", "_approve_and_capture")
_CANCELLED = ("_place", "_cancel")
_FATES = (
    _PLACED,
    _AUTHORIZED,
    _UNPAID,
    _PAID,
    _AUTHORIZED,
    _UNPAID,
    _CANCELLED,
    _AUTHORIZED,
    _PLACED,
    _UNPAID,
)
# How many orders a customer has.
ORDERS = len(_FATES)
# Which of them are pending, with a payment that Klarna has authorized.
AUTHORIZED_PLACES = tuple(place for place, fate in enumerate(_FATES) if fate == _AUTHORIZED)
# An instant of a pattern: its day is the order's place, its minute is how far the order is.
_MARK = re.compile(r"0001-01-(\d\d)T00:(\d\d):00\.000Z")

# Attributes that no two resources have in common, and what writes them: of a customer or an order,
# by how many there are before it.
_OWN: Mapping[tuple[str, str], Callable[[int], str]] = {
    ("customers", "email"): own.email,
    ("customers", "profile_id"): partial(own.letters, "profile_id"),
    ("customers", "shopper_reference"): partial(own.letters, "shopper_reference"),
    ("orders", "number"): own.order_number,
    ("orders", "token"): partial(own.hexadecimal, 0),
    ("klarna_payments", "auth_token"): partial(own.uuid, 1),
    ("klarna_payments", "client_token"): own.client_token,
    ("klarna_payments", "session_id"): partial(own.uuid, 2),
    ("authorizations", "gateway_transaction_id"): partial(own.uuid, 3),
}


@dataclass(frozen=True)
class Gap:
    """What is another text in every copy.

    Attributes:
        counted: What is counted: the type of a resource.
        place: How many of these the pattern has before this one.
        write: Writes the text, by how many there are before it in the whole world.
    """

    counted: str
    place: int
    write: Callable[[int], str]


@dataclass(frozen=True)
class Template:
    """A resource of a pattern.

    Attributes:
        type: Its type.
        id: The gap that its id is in.
        attributes: Its attributes in JSON, to be formatted with ``%``.
        fill: Chooses what to format them with, of all the pattern's gaps.
    """

    type: str
    id: int
    attributes: str
    fill: Callable[[Sequence[str]], object]


@dataclass(frozen=True)
class Pattern:
    """A customer with some orders, to be copied.

    Attributes:
        gaps: What is another text in every copy.
        resources: The resources, oldest first.
        linkage: A row for each linkage: type, gap of the id, name, related type, and what it leads
            to: a gap, or the id of what is the same for all copies.
        counts: How many resources it has, by type.
    """

    gaps: Sequence[Gap]
    resources: Sequence[Template]
    linkage: Sequence[tuple[str, int, str, str, int | str]]
    counts: Mapping[str, int]


def make_pattern(
    store: Store, *, name: str, market_code: str, quantities: Sequence[int], orders: int
) -> Pattern:
    """Write a customer with some orders into a store, by the rules, and take the pattern of it.

    Args:
        store: Holds a scenario's world, and is not needed afterwards.
        name: Of the pattern, like no other one's.
        market_code: The code of the market that the orders are of.
        quantities: How much is bought, order by order; then again from the first.
        orders: How many orders: one to ten.
    """
    types = tuple(resource_types())
    before = set(store.identifiers(types))
    now = store.now()
    store.remember("clock", _marked(0, 0))
    customer = create(store, "customers", {"email": f"{name}@example.com"})
    address = add_address(store, "Alex Doe")
    [market] = store.find_with("markets", "code", market_code)
    made = []
    for place in range(orders):
        store.remember("clock", _marked(place, 0))
        attributes = {"number": f"{name}, number {place}"}
        order = create(
            store, "orders", attributes, market=market, customer=customer, billing_address=address
        )
        quantity = quantities[place % len(quantities)]
        create(store, "line_items", {"quantity": quantity}, order=order, item=_sent_by_email(store))
        _decide(store, order, market, place=place, now=now)
        made.append(order)
    store.remember("clock", now)
    new = [each for each in store.identifiers(types) if each not in before]
    return _take(store, new, made)


def _decide(store: Store, order: Identifier, market: Identifier, *, place: int, now: str) -> None:
    """Let happen to an order what is its fate."""
    fate = _FATES[place]
    if fate is None:
        return
    update(store, order, payment_method=_klarna(store, market))
    payment = create(store, "klarna_payments", {}, order=order)
    # An authorization is good for an hour: one that is to be used was made at the last moment.
    store.remember("clock", _marked(place, 1) if fate else now)
    update(store, payment, {"auth_token": f"authorized for {order[1]}"})
    for step, trigger in enumerate(fate, 2):
        store.remember("clock", _marked(place, step))
        update(store, order, {trigger: True})


def _marked(place: int, step: int) -> str:
    """Tell an instant that is like no other, and soon after the one of the step before."""
    return f"0001-01-{place + 1:02}T00:{step:02}:00.000Z"


def _sent_by_email(store: Store) -> Identifier:
    """Find an SKU that needs no shipment: an order of it has few parts."""
    skus = map(store.get, store.identifiers(["skus"]))
    return next(sku.identifier for sku in skus if sku.attributes.get("do_not_ship"))


def _klarna(store: Store, market: Identifier) -> Identifier:
    methods = map(store.get, store.identifiers(["payment_methods"]))
    return next(
        method.identifier
        for method in methods
        if method.attributes["payment_source_type"] == "klarna_payments"
        and is_available(method, market)
    )


def _take(store: Store, new: Sequence[Identifier], orders: Sequence[Identifier]) -> Pattern:
    """Take the pattern of what is new."""
    resources = [store.get(identifier) for identifier in new]
    gaps = _gaps(resources, orders)
    places = {text: place for place, text in enumerate(gaps)}
    found = re.compile("|".join(sorted(map(re.escape, gaps), key=len, reverse=True)))
    templates, linkage = [], []
    for resource in resources:
        written = json.dumps(dict(resource.attributes), separators=(",", ":"))
        templates.append(
            Template(
                resource.type,
                places[resource.id],
                found.sub("%s", written.replace("%", "%%")),
                itemgetter(*(places[text] for text in found.findall(written))),
            )
        )
        linkage += [
            (resource.type, places[resource.id], name, type_, places.get(id_, id_))
            for name, (type_, id_) in resource.linkage.items()
        ]
    counts = Counter(resource.type for resource in resources)
    return Pattern(tuple(gaps.values()), templates, linkage, counts)


def _gaps(resources: Sequence[Resource], orders: Sequence[Identifier]) -> dict[str, Gap]:
    """Find what is another text in every copy, by what it is here."""
    gaps: dict[str, Gap] = {}
    counts: Counter[str] = Counter()
    for resource in resources:
        type_ = resource.type
        gaps[resource.id] = Gap(type_, counts[type_], partial(own.letters, type_))
        counts[type_] += 1
        order = resource.linkage.get("order", resource.identifier)
        counted, place = ("orders", orders.index(order)) if order in orders else ("customers", 0)
        for name, value in resource.attributes.items():
            if (type_, name) in _OWN:
                gaps[value] = Gap(counted, place, _OWN[type_, name])
            elif instant := _MARK.fullmatch(str(value)):
                day, minute = map(int, instant.groups())
                gaps[value] = Gap("orders", day - 1, partial(own.instant, minute))
    return gaps
