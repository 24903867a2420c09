"""Addresses: what a creation or an update of one involves, and copies of them.

Source: https://docs.commercelayer.io/core/v/api-reference/addresses
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from helpers.sandbox.errors import ErrorObject, invalid
from helpers.sandbox.orders import fault_unless_editable
from helpers.sandbox.pricing import refresh
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.writing import Writing

__all__ = [
    "clone_address",
    "complete_address",
    "composed_names",
    "country_fault",
    "refresh_orders_of_address",
]

_COUNTRY = re.compile(r"[A-Z]{2}")
# "Required, but for some countries", the documentation says, and not which; these have no codes.
_WITHOUT_ZIP_CODE = {"AE", "AO", "BS", "FJ", "HK", "IE", "JM", "PA", "QA"}
# What a copy of an address does not take over.
_OWN = {"created_at", "updated_at", "reference", "reference_origin", "metadata"}
_IN_ORDERS = ("shipping_address", "billing_address")


def complete_address(writing: Writing) -> None:
    """Check what depends on other attributes, and compose the names."""
    needed = ["company"] if writing.get("business") else ["first_name", "last_name"]
    country = writing.get("country_code")
    if country and not _COUNTRY.fullmatch(country):
        writing.refuse("country_code", "invalid", "is invalid", value=country)
    if country not in _WITHOUT_ZIP_CODE:
        needed.append("zip_code")
    for name in needed:
        if not writing.get(name):
            writing.refuse_blank(name)
    if writing.only_notes and not writing.bearer.is_sales_channel:
        return
    if writing.resource:
        writing.faults += _faults_of_orders(writing, writing.resource)
    writing.default(is_localized=False, is_geocoded=False)
    held = writing.resource.attributes if writing.resource else {}
    writing.attributes |= composed_names({**held, **writing.attributes})


def country_fault(lock: str | None, address: Resource | None) -> ErrorObject | None:
    """Tell whether a shipping address is in another country than its order is locked to."""
    country = address.attributes["country_code"] if address else lock
    if not lock or country == lock:
        return None
    title = f"must be in {lock}"
    pointer = "/data/relationships/shipping_address"
    return invalid(pointer, "country_lock", title, value=country)


def composed_names(address: Mapping[str, Any]) -> dict[str, str]:
    """Compose an address's ``full_name``, ``full_address`` and ``name`` from its parts."""
    part = {name: value or "" for name, value in address.items()}
    person = f"{part.get('first_name', '')} {part.get('last_name', '')}".strip()
    full_name = part.get("company", "") if address.get("business") else person
    street = " ".join(filter(None, (part.get("line_1"), part.get("line_2"))))
    town = " ".join(filter(None, (part.get(n) for n in ("zip_code", "city", "state_code"))))
    full_address = f"{street}, {town} ({part.get('country_code')}) {part.get('phone')}"
    return {
        "full_name": full_name,
        "full_address": full_address,
        "name": f"{full_name}, {full_address}",
    }


def refresh_orders_of_address(writing: Writing, address: Resource) -> None:
    """Refresh the orders that the address is in: where it ships to is part of the order."""
    if not writing.changes(*(writing.attributes.keys() - _OWN)):
        return
    for order in _orders_of(writing.store, address):
        refresh(writing.store, order, edited=True)


def clone_address(store: Store, address: Resource) -> Identifier:
    """Make a copy of an address."""
    attributes = {name: value for name, value in address.attributes.items() if name not in _OWN}
    id_ = store.next_id("addresses")
    return store.add("addresses", id_, attributes=attributes).identifier


def _faults_of_orders(writing: Writing, address: Resource) -> list[ErrorObject]:
    """Tell whether an order that the address is in keeps it from being changed."""
    store = writing.store
    faults = [
        fault_unless_editable(writing.bearer, store.get(order), "/data")
        for order in _orders_of(store, address)
    ]
    return [fault for fault in faults if fault][:1]


def _orders_of(store: Store, address: Resource) -> list[Identifier]:
    found = [
        order
        for name in _IN_ORDERS
        for order in store.linked_from(address.identifier, types=["orders"], name=name)
    ]
    return list(dict.fromkeys(found))
