"""The trigger attributes of orders, as a table.

Sources: the how-to "Klarna: reusing the payment source",
https://docs.commercelayer.io/how-tos/placing-orders/payments/klarna/reusing-the-payment-source
for the customer wallet; https://docs.commercelayer.io/core/v/api-reference/orders for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helpers.sandbox.addresses import clone_address, country_fault
from helpers.sandbox.errors import Refusal, invalid, record_not_found
from helpers.sandbox.order_preconditions import (
    amount_is_due,
    bearer_has_an_owner,
    entry_is_in_the_wallet,
    order_has,
    order_is_editable,
    payment_source_is_authorized,
    status_is,
)
from helpers.sandbox.permissions import is_visible
from helpers.sandbox.placing import (
    authorize_order,
    cancel,
    capture_order,
    details_of_charge,
    place,
    refund_order,
)
from helpers.sandbox.pricing import amount_due, refresh, reprice
from helpers.sandbox.relations import followed
from helpers.sandbox.store import Resource
from helpers.sandbox.triggers import AMOUNT, ID, TAGS, Occasion, Trigger
from helpers.sandbox.wallet import pay_with_entry, save_payment_source

__all__ = ["ORDER_TRIGGERS"]


def _save_to_wallet(occasion: Occasion) -> None:
    save_payment_source(occasion.store, occasion.resource)


def _pay_from_wallet(occasion: Occasion) -> None:
    entry = occasion.store.get(("customer_payment_sources", occasion.value))
    pay_with_entry(occasion.store, occasion.resource, entry)


def _place(occasion: Occasion) -> None:
    place(occasion.store, occasion.resource)


def _authorize(occasion: Occasion) -> None:
    cents = occasion.sent.get("_authorization_amount_cents")
    authorize_order(occasion.store, occasion.resource, None if cents is None else int(cents))


def _approve(occasion: Occasion) -> None:
    if occasion.resource.attributes["status"] == "placed":
        occasion.change(status="approved", approved_at=occasion.store.now())


def _approve_and_capture(occasion: Occasion) -> None:
    _approve(occasion)
    capture_order(occasion.store, occasion.store.get(occasion.resource.identifier))


def _fulfill(occasion: Occasion) -> None:
    occasion.change(fulfillment_status="fulfilled", fulfillment_updated_at=occasion.store.now())


def _to_pending(occasion: Occasion) -> None:
    occasion.change(status="pending")


def _nullify(occasion: Occasion) -> None:
    occasion.change({"payment_source": None}, payment_source_details=None)


def _fix(occasion: Occasion) -> None:
    """Put back the payment source of the last authorization that succeeded."""
    store = occasion.store
    found = followed(store, occasion.resource, "authorizations")
    good = [each for each in found if each.attributes["succeeded"]]
    if not good:
        title = "can't be blank"
        raise Refusal(422, invalid("/data/relationships/authorizations", "blank", title))
    source = store.get(good[-1].linkage["payment_source"])
    details = details_of_charge(occasion.resource, source)
    occasion.change({"payment_source": source.identifier}, payment_source_details=details)


def _refresh(occasion: Occasion) -> None:
    refresh(occasion.store, occasion.resource.identifier, edited=True, asked=True)


def _refresh_prices(occasion: Occasion) -> None:
    reprice(occasion.store, occasion.resource)
    _refresh(occasion)


def _update_taxes(occasion: Occasion) -> None:
    refresh(occasion.store, occasion.resource.identifier, edited=False)


def _validate(occasion: Occasion) -> None:
    """No validation rules of a shop's own are emulated: there is nothing to find."""


def _nothing(occasion: Occasion) -> None:
    """Another trigger of the same request reads this one's value."""


def _start_editing(occasion: Occasion) -> None:
    occasion.change(status="editing")


def _stop_editing(occasion: Occasion) -> None:
    before = occasion.resource.attributes["place_total_amount_cents"]
    due = amount_due(occasion.resource)
    if due > before:
        title = f"must be less than or equal to {before}"
        pointer = "/data/attributes/total_amount_cents"
        raise Refusal(
            422, invalid(pointer, "less_than_or_equal_to", title, value=due, count=before)
        )
    occasion.change(status="placed")


def _archive(occasion: Occasion) -> None:
    occasion.change(archived_at=occasion.store.now())


def _unarchive(occasion: Occasion) -> None:
    occasion.change(archived_at=None)


def _reset_circuit(occasion: Occasion) -> None:
    occasion.change(circuit_state="closed", circuit_failure_count=0)


def _use_address(occasion: Occasion, name: str, address: Resource) -> None:
    """Make a copy of an address the order's, and refresh the order."""
    fault = country_fault(occasion.resource.attributes.get("shipping_country_code_lock"), address)
    if name == "shipping_address" and fault:
        raise Refusal(422, fault)
    copy = clone_address(occasion.store, address)
    occasion.change({name: copy})
    refresh(occasion.store, occasion.resource.identifier, edited=True)


def _clone(name: str) -> Callable[[Occasion], None]:
    def effect(occasion: Occasion) -> None:
        address = occasion.store.find(["addresses"], occasion.value)
        if address is None or not is_visible(occasion.store, occasion.bearer, address):
            raise record_not_found()
        _use_address(occasion, name, address)

    return effect


def _copy(source: str, name: str) -> Trigger:
    def effect(occasion: Occasion) -> None:
        address = occasion.related(source)
        if address:
            _use_address(occasion, name, address)

    return Trigger(effect, preconditions=(order_is_editable, order_has(source)))


def _save_address(name: str) -> Trigger:
    """Save the order's address to its customer's address book, once."""

    def effect(occasion: Occasion) -> None:
        store, customer = occasion.store, occasion.related("customer")
        address = occasion.related(name)
        if customer is None or address is None:
            return
        book = followed(store, customer, "customer_addresses")
        if any(each.attributes["name"] == address.attributes["name"] for each in book):
            return
        store.add(
            "customer_addresses",
            store.next_id("customer_addresses"),
            attributes={
                "name": address.attributes["name"],
                "customer_email": customer.attributes["email"],
            },
            linkage={"customer": customer.identifier, "address": clone_address(store, address)},
        )

    preconditions = (bearer_has_an_owner, order_has("customer"), order_has(name))
    return Trigger(effect, preconditions=preconditions)


ORDER_TRIGGERS: Mapping[str, Trigger] = {
    **TAGS,
    "_archive": Trigger(_archive),
    "_unarchive": Trigger(_unarchive),
    "_pending": Trigger(_to_pending, preconditions=(status_is("draft", "pending", "placing"),)),
    "_place": Trigger(_place),
    "_cancel": Trigger(lambda occasion: cancel(occasion.store, occasion.resource)),
    "_approve": Trigger(_approve, preconditions=(status_is("placed", "approved"),)),
    "_approve_and_capture": Trigger(
        _approve_and_capture, preconditions=(status_is("placed", "approved"),)
    ),
    "_authorize": Trigger(
        _authorize, preconditions=(status_is("pending", "placing", "placed", "editing"),)
    ),
    "_authorization_amount_cents": Trigger(
        _nothing, expected=AMOUNT, preconditions=(amount_is_due,)
    ),
    "_capture": Trigger(lambda occasion: capture_order(occasion.store, occasion.resource)),
    "_refund": Trigger(lambda occasion: refund_order(occasion.store, occasion.resource)),
    "_fulfill": Trigger(_fulfill, preconditions=(status_is("approved"),)),
    "_update_taxes": Trigger(_update_taxes, preconditions=(order_is_editable,)),
    "_nullify_payment_source": Trigger(_nullify, preconditions=(order_is_editable,)),
    "_fix_payment_source": Trigger(_fix),
    "_billing_address_clone_id": Trigger(
        _clone("billing_address"), expected=ID, preconditions=(order_is_editable,)
    ),
    "_shipping_address_clone_id": Trigger(
        _clone("shipping_address"), expected=ID, preconditions=(order_is_editable,)
    ),
    "_customer_payment_source_id": Trigger(
        _pay_from_wallet,
        expected=ID,
        preconditions=(bearer_has_an_owner, order_is_editable, entry_is_in_the_wallet),
    ),
    "_shipping_address_same_as_billing": _copy("billing_address", "shipping_address"),
    "_billing_address_same_as_shipping": _copy("shipping_address", "billing_address"),
    "_save_payment_source_to_customer_wallet": Trigger(
        _save_to_wallet,
        preconditions=(
            bearer_has_an_owner,
            order_has("customer"),
            payment_source_is_authorized,
        ),
    ),
    "_save_shipping_address_to_customer_address_book": _save_address("shipping_address"),
    "_save_billing_address_to_customer_address_book": _save_address("billing_address"),
    "_refresh": Trigger(_refresh, preconditions=(order_is_editable,)),
    "_refresh_prices": Trigger(_refresh_prices, preconditions=(order_is_editable,)),
    "_validate": Trigger(_validate),
    "_start_editing": Trigger(_start_editing, preconditions=(status_is("placed"),)),
    "_stop_editing": Trigger(_stop_editing, preconditions=(status_is("editing"),)),
    "_reset_circuit": Trigger(_reset_circuit),
}
