"""Customers and their address book: what a creation or an update of them involves.

Source: https://docs.commercelayer.io/core/v/api-reference/customers
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers.sandbox.passwords import hash_password
from helpers.sandbox.store import Identifier, Resource, Store
from helpers.sandbox.writing import Writing

__all__ = [
    "check_email",
    "complete_customer",
    "complete_customer_address",
    "customer_of_email",
    "keep_first_password",
    "keep_password",
    "name_customer_addresses",
]

# What a customer starts from, and what is made up for one who has none.
_NEW = {"status": "prospect", "has_password": False, "total_orders_count": 0}
_REFERENCES = ("shopper_reference", "profile_id")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def complete_customer(writing: Writing) -> None:
    """Check the e-mail address, and fill in what the API fills in."""
    check_email(writing, "email")
    writing.default(**_NEW)
    missing = [name for name in _REFERENCES if not writing.get(name)]
    writing.attributes |= _made_up(writing.store, missing)
    if "password" in writing.options:
        if not writing.options["password"]:
            writing.refuse_blank("password")
        else:
            writing.attributes["has_password"] = True


def keep_password(writing: Writing, customer: Resource) -> None:
    """Keep a password that came with the customer, as a hash."""
    if writing.options.get("password"):
        _keep_hash(writing.store, customer, hash_password(writing.options["password"]))


def keep_first_password(store: Store, customer: Resource, hashed: str) -> None:
    """Let a customer log in with a password, as its hash, unless they have one already."""
    if not customer.attributes.get("has_password"):
        _keep_hash(store, customer, hashed)
        store.update(customer, attributes={"has_password": True})


def _keep_hash(store: Store, customer: Resource, hashed: str) -> None:
    store.remember("passwords", {**store.fact("passwords", {}), customer.id: hashed})


def customer_of_email(store: Store, email: str) -> Identifier:
    """Find the customer with an e-mail address, or create one, as an order's does."""
    found = store.find_with("customers", "email", email.lower())
    if found:
        return found[0]
    id_ = store.next_id("customers")
    attributes = {
        "email": email.lower(),
        **_NEW,
        **_made_up(store, _REFERENCES),
    }
    return store.add("customers", id_, attributes=attributes).identifier


def _made_up(store: Store, names: Sequence[str]) -> dict[str, str]:
    return {name: store.next_id(f"customers' {name}") for name in names}


def complete_customer_address(writing: Writing) -> None:
    """Tell whose address it is: the access token's customer's, or the one that is named."""
    check_email(writing, "customer_email")
    if writing.bearer.owner:
        writing.linkage["customer"] = writing.bearer.owner
    elif not writing.linked("customer") and writing.attributes.get("customer_email"):
        email = writing.attributes["customer_email"]
        if not writing.faults:
            writing.linkage["customer"] = customer_of_email(writing.store, email)
    customer, address = writing.related("customer"), writing.related("address")
    if customer:
        writing.attributes["customer_email"] = customer.attributes["email"]
    if address:
        writing.attributes["name"] = address.attributes["name"]


def name_customer_addresses(writing: Writing, address: Resource) -> None:
    """Let the entries of address books bear the name of their address, as it is now."""
    store = writing.store
    if not writing.changes("name"):
        return
    for identifier in store.linked_from(
        address.identifier, types=["customer_addresses"], name="address"
    ):
        name = {"name": address.attributes["name"]}
        store.update(store.get(identifier), attributes=name)


def check_email(writing: Writing, name: str) -> None:
    """Check that an attribute is an e-mail address, and write it in small letters."""
    email = writing.attributes.get(name)
    if email:
        writing.attributes[name] = email.lower()
        if not _EMAIL.fullmatch(email):
            writing.refuse(name, "invalid", "is invalid", value=email)
