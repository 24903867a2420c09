"""What every place refuses. Where it does not, nothing is made but what is removed again."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.contract.asking import NO_ORDER, Ask, Place, Unasked

__all__ = ["ask_refusals"]

# Ids that look like ones of the API's, and are none.
_NO_ORDER = "notAnOrder"
_NO_ENTRY = "notAnEntry"
_SAVE = "_save_payment_source_to_customer_wallet"
_MISSPELT = "_save_payment_source_to_wallet"
_REUSE = "_customer_payment_source_id"
# What is refused whichever order it is about, so that the id of none will do.
_WITHOUT_ORDER = {
    "a relationship to include that is misspelt",
    "no access token",
    "an access token that is none",
    "another media type to accept",
    "another media type that is sent",
    "a method that is not allowed",
}


def ask_refusals(place: Place) -> dict[str, str]:
    """Send each request that is to be refused.

    Returns:
        What was answered, by what was wrong.
    """
    return {what: _told(place, ask) for what, ask in _refusals(place).items()}


def _told(place: Place, ask: Ask | Unasked) -> str:
    return place.told(place.ask(ask) if isinstance(ask, Ask) else ask)


def _refusals(place: Place) -> Mapping[str, Ask | Unasked]:
    about_order = _about_order(place.order_id or _NO_ORDER, place.payment_source)
    if place.order_id is None:
        about_order = {
            what: ask if what in _WITHOUT_ORDER else NO_ORDER for what, ask in about_order.items()
        }
    return {
        "an order that is not there: retrieve it": Ask("GET", f"/api/orders/{_NO_ORDER}"),
        "an order that is not there: save": _patch(_NO_ORDER, {_SAVE: True}),
        "an order that is not there: reuse": _patch(_NO_ORDER, {_REUSE: _NO_ENTRY}),
        **about_order,
        "a page of 26": Ask("GET", "/api/skus?page[size]=26"),
        "a filter that is not there": Ask("GET", "/api/skus?filter[q][colour_eq]=red"),
        "an attribute to sort by that is not there": Ask("GET", "/api/skus?sort=colour"),
    }


def _about_order(
    order_id: str, payment_source: tuple[str, str] | None
) -> Mapping[str, Ask | Unasked]:
    target = f"/api/orders/{order_id}"
    not_an_entry: Ask | Unasked = Unasked("the order has no payment source")
    if payment_source:
        not_an_entry = _patch(order_id, {_REUSE: payment_source[1]})
    document = _document("orders", order_id, {})
    html, json_ = {"Accept": "text/html"}, {"Content-Type": "application/json"}
    return {
        "reuse: a wallet entry that is not there": _patch(order_id, {_REUSE: _NO_ENTRY}),
        "reuse: the payment source's id in the place of the entry's": not_an_entry,
        "a relationship to include that is misspelt": Ask("GET", f"{target}?include=payment_sauce"),
        "a trigger attribute that is misspelt": _patch(order_id, {_MISSPELT: True}),
        # The one wrong value that can hardly save anything, should it be taken.
        "save: false in the place of true": _patch(order_id, {_SAVE: False}),
        "no access token": Ask("GET", target, bearer="none"),
        "an access token that is none": Ask("GET", target, bearer="wrong"),
        "another media type to accept": Ask("GET", target, headers=html),
        "another media type that is sent": Ask("PATCH", target, document, json_),
        "a document that is no JSON": Ask("PATCH", target, b"{"),
        "a document of another type than the path": _patch(order_id, {}, type_="customers"),
        "a document with another id than the path": _patch(order_id, {}, inner=_NO_ORDER),
        "a method that is not allowed": Ask("POST", target, document),
    }


def _patch(
    order_id: str,
    attributes: Mapping[str, object],
    *,
    type_: str = "orders",
    inner: str | None = None,
) -> Ask:
    content = _document(type_, inner or order_id, attributes)
    return Ask("PATCH", f"/api/orders/{order_id}", content)


def _document(type_: str, id_: str, attributes: Mapping[str, object]) -> bytes:
    return json.dumps({"data": {"type": type_, "id": id_, "attributes": attributes}}).encode()
