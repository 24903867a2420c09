"""Trigger attributes, as a table: what a trigger expects, what must hold before, what it does.

What is not in the table is refused, so no rule can be forgotten: it is a row or it is not there.

Source of the triggers: the how-to "Klarna: reusing the payment source",
https://docs.commercelayer.io/how-tos/placing-orders/payments/klarna/reusing-the-payment-source
It states one precondition, that ``auth_token`` is set. The other refusals are the sandbox's own
and are listed in ``choices.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from helpers.sandbox.errors import ErrorObject, Refusal, access_denied, invalid, record_not_found
from helpers.sandbox.klarna import exchange_authorization
from helpers.sandbox.orders import is_editable
from helpers.sandbox.store import Resource, Store
from helpers.sandbox.tokens import Bearer

__all__ = ["TRIGGERS", "Trigger", "pull"]


@dataclass(frozen=True)
class Occasion:
    """A trigger, about to be pulled.

    Attributes:
        store: The only thing that may change.
        bearer: Who pulls it.
        order: The order it is sent to.
        value: The value that was sent.
    """

    store: Store
    bearer: Bearer
    order: Resource
    value: Any

    def related(self, name: str) -> Resource | None:
        """Get the resource that a to-one relationship of the order leads to."""
        identifier = self.order.linkage.get(name)
        return self.store.get(identifier) if identifier else None


# A precondition returns the error object of a fault that others may stand beside, raises the
# refusal of one that ends it all, or is content.
Precondition = Callable[[Occasion], ErrorObject | None]


@dataclass(frozen=True)
class Trigger:
    """A row of the table.

    Attributes:
        expects: What its value has to be, in words.
        accepts: Whether a value is that.
        preconditions: Checked in this order; all faults are reported together.
        effect: What it does, once nothing speaks against it.
    """

    expects: str
    accepts: Callable[[Any], bool]
    preconditions: tuple[Precondition, ...]
    effect: Callable[[Occasion], None]


def bearer_has_an_owner(occasion: Occasion) -> None:
    """A sales channel without a customer has no wallet."""
    if occasion.bearer.is_sales_channel and occasion.bearer.owner is None:
        raise access_denied()


def order_has_a_customer(occasion: Occasion) -> ErrorObject | None:
    """Without a customer there is no wallet to save to."""
    if occasion.related("customer") is None:
        return invalid("/data/relationships/customer", "blank", "can't be blank")
    return None


def order_has_a_payment_source(occasion: Occasion) -> ErrorObject | None:
    """Without a payment source there is nothing to save."""
    if occasion.related("payment_source") is None:
        return invalid("/data/relationships/payment_source", "blank", "can't be blank")
    return None


def payment_source_is_authorized(occasion: Occasion) -> ErrorObject | None:
    """The documented precondition: the Klarna payment's ``auth_token`` is already set."""
    payment_source = occasion.related("payment_source")
    if payment_source is None or payment_source.attributes.get("auth_token"):
        return None
    return invalid(
        "/data/relationships/payment_source",
        "not_authorized",
        "is not authorized",
        "payment_source - is not authorized: its auth_token can't be blank",
    )


def order_is_not_placed(occasion: Occasion) -> ErrorObject | None:
    """Once an order is placed, its payment source stays."""
    if is_editable(occasion.order.attributes):
        return None
    if occasion.bearer.is_sales_channel:
        raise access_denied()
    return invalid(
        "/data/attributes/_customer_payment_source_id",
        "not_editable",
        "can't be changed",
        f"payment_source - can't be changed: the order is {occasion.order.attributes['status']}",
    )


def entry_is_in_the_wallet(occasion: Occasion) -> None:
    """The id is that of an entry in the wallet of the order's own customer."""
    entry = occasion.store.find(["customer_payment_sources"], occasion.value)
    customer = occasion.order.linkage.get("customer")
    if entry is None or customer is None or entry.linkage.get("customer") != customer:
        raise record_not_found()


def save_payment_source(occasion: Occasion) -> None:
    """Keep the order's payment source in its customer's wallet, once."""
    store, order = occasion.store, occasion.order
    payment_source = order.linkage["payment_source"]
    for identifier in store.linked_from(
        payment_source, types=["customer_payment_sources"], name="payment_source"
    ):
        if store.get(identifier).linkage.get("customer") == order.linkage["customer"]:
            return
    linkage = {"customer": order.linkage["customer"], "payment_source": payment_source}
    if "payment_method" in order.linkage:
        linkage["payment_method"] = order.linkage["payment_method"]
    store.add(
        "customer_payment_sources",
        store.next_id("customer_payment_sources"),
        attributes=exchange_authorization(store, store.get(payment_source)),
        linkage=linkage,
    )


def reuse_payment_source(occasion: Occasion) -> None:
    """Make the entry's payment source the order's, and its payment method where there is none."""
    entry = occasion.store.get(("customer_payment_sources", occasion.value))
    linkage = {
        name: entry.linkage[name]
        for name in ("payment_source", "payment_method")
        if name in entry.linkage
    }
    if "payment_method" in occasion.order.linkage:
        linkage.pop("payment_method", None)
    details = {"type": linkage["payment_source"][0].removesuffix("s")}
    occasion.store.update(
        occasion.order, attributes={"payment_source_details": details}, linkage=linkage
    )


# By resource type and name. The vendor's clients may send the text "true".
TRIGGERS: Mapping[tuple[str, str], Trigger] = {
    ("orders", "_save_payment_source_to_customer_wallet"): Trigger(
        expects="true",
        accepts=lambda value: value is True or value == "true",
        preconditions=(
            bearer_has_an_owner,
            order_has_a_customer,
            order_has_a_payment_source,
            payment_source_is_authorized,
        ),
        effect=save_payment_source,
    ),
    ("orders", "_customer_payment_source_id"): Trigger(
        expects="the id of a customer payment source, as a string",
        accepts=lambda value: isinstance(value, str) and value != "",
        preconditions=(bearer_has_an_owner, order_is_not_placed, entry_is_in_the_wallet),
        effect=reuse_payment_source,
    ),
}


def pull(trigger: Trigger, name: str, occasion: Occasion) -> None:
    """Pull a trigger, or refuse to.

    Raises:
        Refusal: The value is none that the trigger expects, or a precondition does not hold.
    """
    if not trigger.accepts(occasion.value):
        detail = f"{name} - must be {trigger.expects}"
        raise Refusal(
            422,
            invalid(f"/data/attributes/{name}", "invalid", f"must be {trigger.expects}", detail),
        )
    faults = [precondition(occasion) for precondition in trigger.preconditions]
    found = [fault for fault in faults if fault is not None]
    if found:
        raise Refusal(422, *found)
    trigger.effect(occasion)
