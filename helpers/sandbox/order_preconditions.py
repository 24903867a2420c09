"""What must hold before a trigger attribute of an order does anything.

The how-to states one precondition, that ``auth_token`` is set. Most others are the sandbox's own.
"""

from __future__ import annotations

from helpers.sandbox.errors import ErrorObject, access_denied, invalid, record_not_found
from helpers.sandbox.orders import fault_unless_editable
from helpers.sandbox.pricing import amount_due
from helpers.sandbox.readiness import fault_of_payment_source, transition_fault
from helpers.sandbox.triggers import Occasion, Precondition

__all__ = [
    "amount_is_due",
    "bearer_has_an_owner",
    "entry_is_in_the_wallet",
    "order_has",
    "order_is_editable",
    "payment_source_is_authorized",
    "status_is",
]


def bearer_has_an_owner(occasion: Occasion) -> None:
    """A sales channel without a customer has no wallet and no address book."""
    if occasion.bearer.is_sales_channel and occasion.bearer.owner is None:
        raise access_denied()


def order_has(name: str) -> Precondition:
    """Make the precondition that a relationship of the order leads somewhere."""

    def precondition(occasion: Occasion) -> ErrorObject | None:
        if occasion.related(name) is None:
            return invalid(f"/data/relationships/{name}", "blank", "can't be blank")
        return None

    precondition.__name__ = f"order_has_{name}"
    return precondition


def payment_source_is_authorized(occasion: Occasion) -> ErrorObject | None:
    """The documented precondition: the Klarna payment's ``auth_token`` is already set."""
    return fault_of_payment_source(occasion.store, occasion.resource)


def order_is_editable(occasion: Occasion) -> ErrorObject | None:
    """Once an order is placed, what is paid for and how it is paid stay."""
    pointer = f"/data/attributes/{occasion.name}"
    return fault_unless_editable(occasion.bearer, occasion.resource, pointer)


def entry_is_in_the_wallet(occasion: Occasion) -> ErrorObject | None:
    """The id is that of an entry in the order's customer's wallet that can be paid with."""
    entry = occasion.store.find(["customer_payment_sources"], occasion.value)
    customer = occasion.resource.linkage.get("customer")
    if entry is None or customer is None or entry.linkage.get("customer") != customer:
        raise record_not_found()
    if "payment_source" not in entry.linkage:
        return invalid("/data/relationships/payment_source", "blank", "can't be blank")
    return None


def amount_is_due(occasion: Occasion) -> ErrorObject | None:
    """No more can be authorized than is to be paid."""
    due = amount_due(occasion.resource)
    if int(occasion.value) <= due:
        return None
    title = f"must be less than or equal to {due}"
    pointer = f"/data/attributes/{occasion.name}"
    return invalid(pointer, "less_than_or_equal_to", title, value=int(occasion.value), count=due)


def status_is(*statuses: str) -> Precondition:
    """Make the precondition that the order has one of these statuses."""

    def precondition(occasion: Occasion) -> ErrorObject | None:
        if occasion.resource.attributes["status"] in statuses:
            return None
        return transition_fault(occasion.resource, occasion.name.removeprefix("_"))

    precondition.__name__ = f"status_is_{'_or_'.join(statuses)}"
    return precondition
