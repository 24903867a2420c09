"""Trigger attributes: what each row of their table changes, and what each precondition refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import ANY

import pytest

from helpers.sandbox.resources import resource_types
from helpers.sandbox.rules import TRIGGERS
from helpers.sandbox.store import Resource, Store
from helpers.sandbox.triggers import AMOUNT, ID, TEXT

SAVE = "_save_payment_source_to_customer_wallet"
REUSE = "_customer_payment_source_id"
CUSTOMER = "your-access-token"
GUEST = "your-guest-access-token"
INTEGRATION = "your-integration-access-token"
EVERYONE = (CUSTOMER, INTEGRATION)

# The documented world's orders, and what belongs to them.
READY = "orders/qaMAhZkZvd"
UNPAID = "orders/pWZkeVLoJn"
NOT_AUTHORIZED = "orders/kLRAyaVMqb"
NOBODYS = "orders/NqvGxbmPWe"
PLACED = "orders/drYpoNLxZA"
READY_PAYMENT = "klarna_payments/ertHJlpPTR"
PLACED_PAYMENT = "klarna_payments/yGmPVkqeZL"
STRIPE_PAYMENT = "stripe_payments/bZoLRxqKvN"
AUTHORIZATION = f"{PLACED}/authorizations"
CAPTURE = f"{PLACED}/captures"
SHIPMENT = f"{PLACED}/shipments"
ITEM = f"{READY}/line_items"

THEN = "2018-01-01T12:00:00.000Z"  # the scenario's instant
NOW = "2018-01-01T12:30:00.000Z"  # the trigger's
TOTAL = 6200  # of each order of the documented world

# What is sent before, by an integration: a path, and attributes.
Step = tuple[str, Mapping[str, Any]]
APPROVED: Step = (PLACED, {"_approve": True})
PAID: Step = (PLACED, {"_approve_and_capture": True})
EDITED: Step = (PLACED, {"_start_editing": True})
CANCELLED: Step = (PLACED, {"_cancel": True})
SAVED: Step = (READY, {SAVE: True})
AUTHORIZED: Step = (READY, {"_authorize": True})
CAPTURED_AT_ONCE: Step = (f"{READY}/payment_method", {"auto_capture": True})

CHARGED = {
    "type": "klarna_payment",
    "klarna_id": ANY,
    "payment_method_details": {
        "order_id": ANY,
        "fraud_status": "ACCEPTED",
        "authorized_payment_method": {"type": "pay_later"},
    },
}


@dataclass(frozen=True)
class Effect:
    """A trigger that is pulled, and all that changes of the resource that it is sent to.

    Attributes:
        path: The resource.
        sent: The trigger attributes.
        changed: Attributes and linkage that are others afterwards, as they are stored.
        before: What is sent before.
        held: Attributes that the resource is given before, as no request could.
    """

    path: str
    sent: Mapping[str, Any]
    changed: Mapping[str, Any]
    before: tuple[Step, ...] = ()
    held: Mapping[str, Any] = field(default_factory=dict)


def _flag(path: str, name: str, *before: Step, held: Any = None, **changed: Any) -> Effect:
    return Effect(path, {name: True}, changed, before, held or {})


_PAYING = {"payment_status": "paid", "payment_updated_at": NOW}
_STARTING = {"fulfillment_status": "in_progress", "fulfillment_updated_at": NOW}
_BROKEN = {"circuit_state": "open", "circuit_failure_count": 5}
_MENDED = {"circuit_state": "closed", "circuit_failure_count": 0}
_MISMATCHED = {"_intent_amount_cents": 1, "mismatched_amounts": True}
_MATCHED = {"_intent_amount_cents": TOTAL, "mismatched_amounts": False}

_TAGGED = {
    "addresses": f"{READY}/shipping_address",
    "customers": f"{READY}/customer",
    "line_items": ITEM,
    "orders": READY,
    "shipments": f"{READY}/shipments",
    "shipping_methods": "shipping_methods",
    "skus": "skus",
}

EFFECTS: Mapping[str, Effect] = {
    "orders/_archive": _flag(UNPAID, "_archive", archived_at=NOW),
    "orders/_unarchive": _flag(
        UNPAID, "_unarchive", (UNPAID, {"_archive": True}), archived_at=None
    ),
    "orders/_pending": _flag(NOBODYS, "_pending", status="pending"),
    "orders/_place": _flag(
        READY,
        "_place",
        status="placed",
        placed_at=NOW,
        payment_status="authorized",
        payment_updated_at=NOW,
        payment_source_details=CHARGED,
        place_total_amount_cents=TOTAL,
    ),
    "orders/_cancel": _flag(
        PLACED,
        "_cancel",
        status="cancelled",
        cancelled_at=NOW,
        payment_status="voided",
        payment_updated_at=NOW,
    ),
    "orders/_approve": _flag(PLACED, "_approve", status="approved", approved_at=NOW),
    "orders/_approve_and_capture": _flag(
        PLACED,
        "_approve_and_capture",
        status="approved",
        approved_at=NOW,
        **_PAYING,
        **_STARTING,
    ),
    "orders/_authorize": _flag(
        READY,
        "_authorize",
        payment_status="authorized",
        payment_updated_at=NOW,
        payment_source_details=CHARGED,
    ),
    "orders/_authorization_amount_cents": Effect(
        READY,
        {"_authorize": True, "_authorization_amount_cents": "100"},
        {
            "payment_status": "partially_authorized",
            "payment_updated_at": NOW,
            "payment_source_details": CHARGED,
        },
    ),
    "orders/_capture": _flag(PLACED, "_capture", APPROVED, **_PAYING, **_STARTING),
    "orders/_refund": _flag(
        PLACED,
        "_refund",
        PAID,
        status="cancelled",
        cancelled_at=NOW,
        payment_status="refunded",
        payment_updated_at=NOW,
        fulfillment_status="unfulfilled",
        fulfillment_updated_at=NOW,
    ),
    "orders/_fulfill": _flag(
        PLACED, "_fulfill", PAID, fulfillment_status="fulfilled", fulfillment_updated_at=NOW
    ),
    "orders/_update_taxes": _flag(
        READY, "_update_taxes", held={"tax_rate": 0.1}, tax_rate=0.22, refreshed_at=NOW
    ),
    "orders/_nullify_payment_source": _flag(
        READY, "_nullify_payment_source", payment_source=None, payment_source_details=None
    ),
    "orders/_fix_payment_source": _flag(
        PLACED,
        "_fix_payment_source",
        EDITED,
        (PLACED, {"_nullify_payment_source": True}),
        payment_source=("klarna_payments", "yGmPVkqeZL"),
        payment_source_details=CHARGED,
    ),
    "orders/_billing_address_clone_id": Effect(
        UNPAID,
        {"_billing_address_clone_id": "anAddress"},
        {"billing_address": ANY, "refreshed_at": NOW},
    ),
    "orders/_shipping_address_clone_id": Effect(
        UNPAID,
        {"_shipping_address_clone_id": "anAddress"},
        {"shipping_address": ANY, "country_code": "FR", "refreshed_at": NOW},
    ),
    "orders/_customer_payment_source_id": Effect(
        UNPAID,
        {REUSE: "QgDXpwsqDx"},
        {
            "payment_source": ("klarna_payments", "ertHJlpPTR"),
            "payment_source_details": {"type": "klarna_payment"},
            "payment_method": ("payment_methods", ANY),
            "refreshed_at": NOW,
        },
        (SAVED,),
    ),
    "orders/_shipping_address_same_as_billing": _flag(
        UNPAID, "_shipping_address_same_as_billing", shipping_address=ANY, refreshed_at=NOW
    ),
    "orders/_billing_address_same_as_shipping": _flag(
        UNPAID, "_billing_address_same_as_shipping", billing_address=ANY, refreshed_at=NOW
    ),
    f"orders/{SAVE}": _flag(READY, SAVE),
    "orders/_save_shipping_address_to_customer_address_book": _flag(
        UNPAID, "_save_shipping_address_to_customer_address_book"
    ),
    "orders/_save_billing_address_to_customer_address_book": _flag(
        UNPAID, "_save_billing_address_to_customer_address_book"
    ),
    "orders/_refresh": _flag(
        READY, "_refresh", payment_source=None, payment_source_details=None, refreshed_at=NOW
    ),
    "orders/_refresh_prices": _flag(
        READY,
        "_refresh_prices",
        (ITEM, {"unit_amount_cents": 1}),
        subtotal_amount_cents=5000,
        subtotal_tax_amount_cents=902,
        subtotal_taxable_amount_cents=4098,
        total_amount_cents=6200,
        total_tax_amount_cents=1118,
        total_taxable_amount_cents=5082,
        total_amount_with_taxes_cents=6200,
        refreshed_at=NOW,
    ),
    "orders/_validate": _flag(READY, "_validate"),
    "orders/_start_editing": _flag(PLACED, "_start_editing", status="editing"),
    "orders/_stop_editing": _flag(PLACED, "_stop_editing", EDITED, status="placed"),
    "orders/_reset_circuit": _flag(UNPAID, "_reset_circuit", held=_BROKEN, **_MENDED),
    "authorizations/_capture": _flag(
        AUTHORIZATION,
        "_capture",
        APPROVED,
        capture_amount_cents=TOTAL,
        capture_balance_cents=0,
        void_balance_cents=0,
    ),
    "authorizations/_capture_amount_cents": Effect(
        AUTHORIZATION,
        {"_capture": True, "_capture_amount_cents": 100},
        {
            "capture_amount_cents": 100,
            "capture_balance_cents": 6100,
            "void_balance_cents": 6100,
        },
        (APPROVED,),
    ),
    "authorizations/_void": _flag(
        AUTHORIZATION, "_void", capture_balance_cents=0, void_balance_cents=0
    ),
    "authorizations/_cancel": _flag(
        f"{READY}/authorizations",
        "_cancel",
        AUTHORIZED,
        capture_balance_cents=0,
        void_balance_cents=0,
    ),
    "captures/_cancel": _flag(
        f"{READY}/captures",
        "_cancel",
        CAPTURED_AT_ONCE,
        AUTHORIZED,
        refund_amount_cents=TOTAL,
        refund_balance_cents=0,
    ),
    **{
        f"{type_}/{name}": Effect(path, {name: "a, b"}, {})
        for type_, path in _TAGGED.items()
        for name in ("_add_tags", "_remove_tags")
    },
    "authorizations/_forward": _flag(AUTHORIZATION, "_forward"),
    "captures/_forward": _flag(CAPTURE, "_forward", PAID),
    "refunds/_forward": _flag(f"{PLACED}/refunds", "_forward", PAID, (PLACED, {"_refund": True})),
    "voids/_forward": _flag(f"{PLACED}/voids", "_forward", CANCELLED),
    "captures/_refund": _flag(
        CAPTURE, "_refund", PAID, refund_amount_cents=TOTAL, refund_balance_cents=0
    ),
    "captures/_refund_amount_cents": Effect(
        CAPTURE,
        {"_refund_amount_cents": 100, "_refund": True},
        {"refund_amount_cents": 100, "refund_balance_cents": 6100},
        (PAID,),
    ),
    "customers/_request_anonymization": _flag(
        f"{READY}/customer",
        "_request_anonymization",
        anonymization_status="requested",
        anonymization_info={"status": "requested", "requested_at": NOW},
    ),
    "customers/_cancel_anonymization": _flag(
        f"{READY}/customer",
        "_cancel_anonymization",
        (f"{READY}/customer", {"_request_anonymization": True}),
        anonymization_status="cancelled",
        anonymization_info={"status": "cancelled", "requested_at": THEN},
    ),
    "klarna_payments/_update": _flag(READY_PAYMENT, "_update", held=_MISMATCHED, **_MATCHED),
    "line_items/_reset_circuit": _flag(ITEM, "_reset_circuit", held=_BROKEN, **_MENDED),
    "markets/_regenerate_shared_secret": _flag(
        "markets", "_regenerate_shared_secret", shared_secret=ANY
    ),
    "shipments/_upcoming": _flag(f"{READY}/shipments", "_upcoming", status="upcoming"),
    "shipments/_cancel": _flag(SHIPMENT, "_cancel", status="cancelled"),
    "shipments/_on_hold": _flag(SHIPMENT, "_on_hold", status="on_hold", on_hold_at=NOW),
    "shipments/_picking": _flag(SHIPMENT, "_picking", status="picking", picking_at=NOW),
    "shipments/_packing": _flag(SHIPMENT, "_packing", status="packing", packing_at=NOW),
    "shipments/_ready_to_ship": _flag(
        SHIPMENT, "_ready_to_ship", status="ready_to_ship", ready_to_ship_at=NOW
    ),
    "shipments/_ship": _flag(SHIPMENT, "_ship", status="shipped", shipped_at=NOW),
    "shipments/_deliver": _flag(SHIPMENT, "_deliver", status="delivered", delivered_at=NOW),
    "shipping_methods/_regenerate_shared_secret": _flag(
        "shipping_methods", "_regenerate_shared_secret", shared_secret=ANY
    ),
    "shipping_methods/_reset_circuit": _flag(
        "shipping_methods", "_reset_circuit", held=_BROKEN, **_MENDED
    ),
    "stripe_payments/_update": _flag(
        f"{UNPAID}/payment_source", "_update", held=_MISMATCHED, **_MATCHED
    ),
    "stripe_payments/_refresh": _flag(STRIPE_PAYMENT, "_refresh"),
    **{
        f"{type_}/_disable": _flag(type_, "_disable", disabled_at=NOW)
        for type_ in ("klarna_gateways", "markets", "payment_methods", "shipping_methods")
    },
    **{
        f"{type_}/_enable": _flag(type_, "_enable", (type_, {"_disable": True}), disabled_at=None)
        for type_ in ("klarna_gateways", "markets", "payment_methods", "shipping_methods")
    },
}

ACCESS_DENIED = {
    "title": "Access denied",
    "detail": "You are not authorized to perform this action on the requested resource.",
    "code": "UNAUTHORIZED",
    "status": "401",
}
NOT_FOUND = {
    "title": "Record not found",
    "detail": "The requested resource was not found. Please double-check the resource id.",
    "code": "RECORD_NOT_FOUND",
    "status": "404",
}


def _fault(
    pointer: str, error: str, title: str, detail: str | None = None, **meta: object
) -> dict[str, Any]:
    return {
        "title": title,
        "detail": detail or f"{pointer.rpartition('/')[2]} - {title}",
        "code": "VALIDATION_ERROR",
        "status": "422",
        "source": {"pointer": f"/data/{pointer}"},
        "meta": {"error": error, **meta},
    }


def _blank(name: str) -> dict[str, Any]:
    return _fault(f"relationships/{name}", "blank", "can't be blank")


def _transition(event: str, status: str, of: str = "order") -> dict[str, Any]:
    title = "transition is not permitted"
    detail = f"status - {title}: {event} is not possible, the {of} is {status}"
    return _fault("attributes/status", "invalid_transition", title, detail)


def _too_much(name: str, asked: int, left: int) -> dict[str, Any]:
    title = f"must be less than or equal to {left}"
    pointer = f"attributes/{name}"
    return _fault(pointer, "less_than_or_equal_to", title, value=asked, count=left)


@dataclass(frozen=True)
class Refusal:
    """A trigger that is refused.

    Attributes:
        access_token: Who pulls it.
        path: The resource.
        value: The trigger's value.
        error: The one error object.
        before: What is sent before.
        also: Other trigger attributes of the request.
    """

    access_token: str
    path: str
    error: Mapping[str, Any]
    before: tuple[Step, ...] = ()
    value: Any = True
    also: Mapping[str, Any] = field(default_factory=dict)


def _denied_to_visitors(name: str) -> list[Refusal]:
    """A sales channel cannot change an order that is placed, an integration could only edit it."""
    value = "anAddress" if name.endswith("_id") else True
    member = name.removeprefix("_").removesuffix("_id")
    detail = f"{member} - can't be changed: the order is placed"
    fault = _fault(f"attributes/{name}", "not_editable", "can't be changed", detail)
    return [
        Refusal(CUSTOMER, PLACED, ACCESS_DENIED, value=value),
        Refusal(INTEGRATION, PLACED, fault, value=value),
    ]


def _in_status(name: str, *rows: tuple[str, str, tuple[Step, ...]]) -> list[Refusal]:
    """It cannot happen to an order in a status that the order has after these steps."""
    event = name.removeprefix("_")
    return [Refusal(INTEGRATION, path, _transition(event, s), steps) for s, path, steps in rows]


def _not_yet(trigger: str, status: str) -> list[Refusal]:
    """A shipment that is still a draft, or that is gone already, cannot become this."""
    rows = [("draft", f"{READY}/shipments", ()), ("delivered", SHIPMENT, (_DELIVERED,))]
    return [
        Refusal(INTEGRATION, path, _transition(status, held, "shipment"), before)
        for held, path, before in rows
        if (trigger, held) != ("_upcoming", "draft")
    ]


_DELIVERED: Step = (SHIPMENT, {"_deliver": True})
_ON_PLACED = ("placed", PLACED, ())
_ON_PENDING = ("pending", READY, ())
_ON_DRAFT = ("draft", NOBODYS, ())
_ON_EDITED = ("editing", PLACED, (EDITED,))
_ON_APPROVED = ("approved", PLACED, (APPROVED,))
_ON_CANCELLED = ("cancelled", PLACED, (CANCELLED,))
_EDITABLE = (
    "_update_taxes",
    "_nullify_payment_source",
    "_billing_address_clone_id",
    "_shipping_address_clone_id",
    "_shipping_address_same_as_billing",
    "_billing_address_same_as_shipping",
    "_refresh",
    "_refresh_prices",
)
_BOOK = {
    "_save_shipping_address_to_customer_address_book": "shipping_address",
    "_save_billing_address_to_customer_address_book": "billing_address",
}
_SHIPPED = {
    "_upcoming": "upcoming",
    "_cancel": "cancelled",
    "_on_hold": "on_hold",
    "_picking": "picking",
    "_packing": "packing",
    "_ready_to_ship": "ready_to_ship",
    "_ship": "shipped",
    "_deliver": "delivered",
}

# By trigger and precondition.
REFUSALS: Mapping[tuple[str, str], list[Refusal]] = {
    **{
        (f"orders/{name}", "order_is_editable"): _denied_to_visitors(name)
        if name != "_refresh_prices"
        else _denied_to_visitors(name)[1:]  # it is refused to them by its flag
        for name in _EDITABLE
    },
    ("orders/_pending", "status_is_draft_or_pending_or_placing"): _in_status(
        "_pending", _ON_PLACED, _ON_EDITED, _ON_CANCELLED
    ),
    ("orders/_approve", "status_is_placed_or_approved"): _in_status(
        "_approve", _ON_DRAFT, _ON_PENDING, _ON_EDITED, _ON_CANCELLED
    ),
    ("orders/_approve_and_capture", "status_is_placed_or_approved"): _in_status(
        "_approve_and_capture", _ON_DRAFT, _ON_PENDING, _ON_EDITED, _ON_CANCELLED
    ),
    ("orders/_authorize", "status_is_pending_or_placing_or_placed_or_editing"): _in_status(
        "_authorize", _ON_DRAFT, _ON_APPROVED, _ON_CANCELLED
    ),
    ("orders/_authorization_amount_cents", "amount_is_due"): [
        Refusal(
            INTEGRATION,
            READY,
            _too_much("_authorization_amount_cents", TOTAL + 1, TOTAL),
            value=TOTAL + 1,
        )
    ],
    ("orders/_fulfill", "status_is_approved"): _in_status(
        "_fulfill", _ON_DRAFT, _ON_PENDING, _ON_PLACED, _ON_EDITED, _ON_CANCELLED
    ),
    ("orders/_start_editing", "status_is_placed"): _in_status(
        "_start_editing", _ON_DRAFT, _ON_PENDING, _ON_EDITED, _ON_APPROVED, _ON_CANCELLED
    ),
    ("orders/_stop_editing", "status_is_editing"): _in_status(
        "_stop_editing", _ON_DRAFT, _ON_PENDING, _ON_PLACED, _ON_APPROVED, _ON_CANCELLED
    ),
    ("orders/_shipping_address_same_as_billing", "order_has_billing_address"): [
        Refusal(each, "orders/anOrder", _blank("billing_address")) for each in EVERYONE
    ],
    ("orders/_billing_address_same_as_shipping", "order_has_shipping_address"): [
        Refusal(each, "orders/anOrder", _blank("shipping_address")) for each in EVERYONE
    ],
    **{
        (f"orders/{name}", "bearer_has_an_owner"): [Refusal(GUEST, NOBODYS, ACCESS_DENIED)]
        for name in _BOOK
    },
    **{
        (f"orders/{name}", "order_has_customer"): [
            Refusal(INTEGRATION, NOBODYS, _blank("customer"))
        ]
        for name in _BOOK
    },
    **{
        (f"orders/{name}", f"order_has_{address}"): [
            Refusal(each, "orders/anOrder", _blank(address)) for each in EVERYONE
        ]
        for name, address in _BOOK.items()
    },
    (f"orders/{SAVE}", "bearer_has_an_owner"): [Refusal(GUEST, NOBODYS, ACCESS_DENIED)],
    (f"orders/{SAVE}", "order_has_customer"): [Refusal(INTEGRATION, NOBODYS, _blank("customer"))],
    (f"orders/{SAVE}", "payment_source_is_authorized"): [
        Refusal(each, path, error)
        for each in EVERYONE
        for path, error in (
            (UNPAID, _blank("payment_source")),
            (
                NOT_AUTHORIZED,
                _fault(
                    "relationships/payment_source",
                    "not_authorized",
                    "is not authorized",
                    "payment_source - is not authorized: its auth_token can't be blank",
                ),
            ),
        )
    ],
    (f"orders/{REUSE}", "bearer_has_an_owner"): [
        Refusal(GUEST, NOBODYS, ACCESS_DENIED, value="LZkVQvoXne")
    ],
    (f"orders/{REUSE}", "order_is_editable"): [
        Refusal(each.access_token, each.path, each.error, (SAVED,), value)
        for each in _denied_to_visitors(REUSE)
        for value in ("QgDXpwsqDx", *(["unknown"] if each.access_token == CUSTOMER else []))
    ],
    (f"orders/{REUSE}", "entry_is_in_the_wallet"): [
        Refusal(access_token, path, NOT_FOUND, (SAVED,), value)
        for access_token, path, value in (
            (CUSTOMER, UNPAID, "unknown"),
            (CUSTOMER, UNPAID, "LZkVQvoXne"),
            (CUSTOMER, UNPAID, "ertHJlpPTR"),
            (INTEGRATION, UNPAID, "LZkVQvoXne"),
            (INTEGRATION, NOBODYS, "QgDXpwsqDx"),
            (CUSTOMER, UNPAID, "QgDXpwsqDx\x00"),
            (CUSTOMER, UNPAID, "qgdxpwsqdx"),
            (INTEGRATION, NOBODYS, "nobodysEntry"),
        )
    ]
    + [Refusal(CUSTOMER, UNPAID, _blank("payment_source"), value="anEmptyEntry")],
    ("authorizations/_capture", "order_is_approved"): [
        Refusal(INTEGRATION, AUTHORIZATION, _transition("capture", "placed"))
    ],
    ("authorizations/_capture", "is_left_capture_balance_cents"): [
        Refusal(INTEGRATION, AUTHORIZATION, _too_much("_capture", 1, 0), (PAID,))
    ],
    ("authorizations/_capture_amount_cents", "is_left_capture_balance_cents"): [
        Refusal(
            INTEGRATION,
            AUTHORIZATION,
            _too_much("_capture_amount_cents", TOTAL + 1, TOTAL),
            (APPROVED,),
            TOTAL + 1,
            {"_capture": True},
        )
    ],
    ("authorizations/_void", "is_left_void_balance_cents"): [
        Refusal(INTEGRATION, AUTHORIZATION, _too_much("_void", 1, 0), (PAID,)),
        Refusal(INTEGRATION, AUTHORIZATION, _too_much("_void", 1, 0), (CANCELLED,)),
    ],
    **{
        (f"{type_}/_cancel", "order_is_pending"): [
            Refusal(INTEGRATION, path, _transition("cancel", status), before)
        ]
        for type_, path, status, before in (
            ("authorizations", AUTHORIZATION, "placed", ()),
            ("captures", CAPTURE, "approved", (PAID,)),
        )
    },
    ("authorizations/_cancel", "is_left_void_balance_cents"): [
        Refusal(
            INTEGRATION,
            f"{READY}/authorizations",
            _too_much("_cancel", 1, 0),
            (AUTHORIZED, (f"{READY}/authorizations", {"_cancel": True})),
        )
    ],
    ("captures/_cancel", "is_left_refund_balance_cents"): [
        Refusal(
            INTEGRATION,
            f"{READY}/captures",
            _too_much("_cancel", 1, 0),
            (CAPTURED_AT_ONCE, AUTHORIZED, (f"{READY}/captures", {"_cancel": True})),
        )
    ],
    ("customers/_cancel_anonymization", "anonymization_is_requested"): [
        Refusal(
            INTEGRATION,
            f"{READY}/customer",
            _fault(
                "attributes/anonymization_status",
                "invalid_transition",
                "transition is not permitted",
            ),
        )
    ],
    ("captures/_refund", "is_left_refund_balance_cents"): [
        Refusal(
            INTEGRATION, CAPTURE, _too_much("_refund", 1, 0), (PAID, (PLACED, {"_refund": True}))
        )
    ],
    ("captures/_refund_amount_cents", "is_left_refund_balance_cents"): [
        Refusal(
            INTEGRATION,
            CAPTURE,
            _too_much("_refund_amount_cents", TOTAL + 1, TOTAL),
            (PAID,),
            TOTAL + 1,
            {"_refund": True},
        )
    ],
    ("klarna_payments/_update", "payment_is_editable"): [
        Refusal(each.access_token, PLACED_PAYMENT, each.error)
        for each in _denied_to_visitors("_update")
    ],
    ("stripe_payments/_update", "payment_is_editable"): [
        Refusal(INTEGRATION, STRIPE_PAYMENT, _denied_to_visitors("_update")[1].error)
    ],
    **{
        (f"shipments/{name}", "bearer_handles_goods"): [Refusal(CUSTOMER, SHIPMENT, ACCESS_DENIED)]
        for name in _SHIPPED
    },
    **{
        (f"shipments/{name}", f"may_become_{status}"): _not_yet(name, status)
        for name, status in _SHIPPED.items()
    },
}


@pytest.fixture
def world(store: Store) -> None:
    """Add what some rows need: an address, an order without any, entries without this and that."""
    abroad = {"country_code": "FR", "name": "somewhere", "first_name": "J", "last_name": "S"}
    store.add("addresses", "anAddress", attributes=abroad)
    unpaid = store.get(("orders", "pWZkeVLoJn"))
    linkage = {"market": unpaid.linkage["market"], "customer": unpaid.linkage["customer"]}
    store.add("orders", "anOrder", attributes={"status": "pending"}, linkage=linkage)
    source = {"payment_source": ("klarna_payments", "wRzKLobPQn")}
    store.add("customer_payment_sources", "nobodysEntry", linkage=source)
    owner = {"customer": unpaid.linkage["customer"]}
    store.add("customer_payment_sources", "anEmptyEntry", linkage=owner)


@pytest.fixture
def stripe_payment(change: Callable[..., Any], create: Callable[..., Any], store: Store) -> None:
    """Let a pending order be paid with Stripe."""
    [method] = store.find_with("payment_methods", "name", "Stripe Payment")[:1]
    change(UNPAID, payment_method=method)
    create("stripe_payments", order=("orders", "pWZkeVLoJn"))


def _contents(resource: Resource) -> dict[str, Any]:
    held = {**resource.attributes, **resource.linkage}
    return {name: value for name, value in held.items() if name != "updated_at"}


@pytest.mark.parametrize("name", EFFECTS)
@pytest.mark.usefixtures("world")
def test_trigger_changes_this_and_nothing_else(
    request: pytest.FixtureRequest,
    change: Callable[..., Any],
    named: Callable[[str], tuple[str, str]],
    store: Store,
    name: str,
) -> None:
    """Of the resource that it is sent to, a trigger changes what its row says.

    It is no state itself: it does not come back.
    """
    if name == "stripe_payments/_update":
        request.getfixturevalue("stripe_payment")
    effect = EFFECTS[name]
    for path, attributes in effect.before:
        assert change(path, attributes).status == 200
    identifier = named(effect.path)
    before = _contents(store.update(store.get(identifier), attributes=effect.held))
    store.remember("clock", NOW)
    answer = change(effect.path, effect.sent)
    resource = store.get(identifier)
    after = _contents(resource)

    shown = answer.data["attributes"].keys() - {"_external_price"}
    assert [each for each in shown if each.startswith("_")] == []
    changed = {each for each in {**before, **after} if before.get(each) != after.get(each)}
    assert (answer.status, resource.attributes["updated_at"]) == (
        200,
        NOW if changed else THEN,
    )
    assert {each: after.get(each) for each in changed} == effect.changed


def test_every_trigger_has_its_effect_tested() -> None:
    """No row of the table is without a row above."""
    assert set(EFFECTS) == {"/".join(name) for name in TRIGGERS}


def test_precondition_has_a_refusal(subtests: pytest.Subtests) -> None:
    """Every precondition in the table is one that a test below runs into."""
    assert TRIGGERS
    for name in TRIGGERS:
        with subtests.test("/".join(name)):
            preconditions = [precondition.__name__ for precondition in TRIGGERS[name].preconditions]

            assert preconditions == [
                by for by in preconditions if REFUSALS.get(("/".join(name), by))
            ]


def test_refusal_has_a_precondition() -> None:
    """Every refusal is one of the table's."""
    assert set(REFUSALS) == {
        ("/".join(name), precondition.__name__)
        for name, trigger in TRIGGERS.items()
        for precondition in trigger.preconditions
    }


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        pytest.param(name, each, id=f"{name}-{by}-{each.access_token}-{each.path}-{number}")
        for (name, by), rows in REFUSALS.items()
        for number, each in enumerate(rows)
    ],
)
@pytest.mark.usefixtures("world")
def test_trigger_is_refused_when_a_precondition_does_not_hold(
    change: Callable[..., Any], refused: Callable[..., Any], name: str, refusal: Refusal
) -> None:
    """One fault is one error object, and nothing changes."""
    for path, attributes in refusal.before:
        assert change(path, attributes).status == 200
    sent = {name.partition("/")[2]: refusal.value, **refusal.also}
    answer = refused(change, refusal.path, sent, access_token=refusal.access_token)

    assert answer.document["errors"] == [refusal.error]


@pytest.mark.parametrize(
    ("attributes", "errors"),
    [
        ({}, [_blank("customer"), _blank("payment_source")]),
        (
            {"payment_source": ("klarna_payments", "mBqoAZyLEx")},
            [
                _blank("customer"),
                _fault(
                    "relationships/payment_source",
                    "not_authorized",
                    "is not authorized",
                    "payment_source - is not authorized: its auth_token can't be blank",
                ),
            ],
        ),
    ],
    ids=["without a payment source", "not authorized"],
)
def test_trigger_is_refused_fault_by_fault(
    store: Store,
    change: Callable[..., Any],
    refused: Callable[..., Any],
    attributes: dict[str, Any],
    errors: list[dict[str, Any]],
) -> None:
    """Several faults at once are several error objects."""
    market = {"market": store.get(("orders", "pWZkeVLoJn")).linkage["market"]}
    store.add("orders", "nothing", attributes={"status": "pending"}, linkage=market | attributes)
    answer = refused(change, "orders/nothing", {SAVE: True})

    assert answer.document["errors"] == errors


@pytest.mark.parametrize(
    "attributes",
    [{SAVE: True, REUSE: "unknown"}, {REUSE: "QgDXpwsqDx", SAVE: True}],
    ids=["the second refused", "the first refused"],
)
def test_triggers_do_nothing_when_one_of_them_is_refused(
    update: Callable[..., Any], refused: Callable[..., Any], attributes: dict[str, Any]
) -> None:
    """An update happens as a whole or not at all."""
    answer = refused(update, "qaMAhZkZvd", attributes)

    assert answer.document["errors"] == [NOT_FOUND]


def test_triggers_are_pulled_in_the_order_they_are_sent(
    update: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    """What the first one saves, the second one can already use."""
    answer = update("qaMAhZkZvd", {SAVE: True, REUSE: "QgDXpwsqDx"})

    assert (answer.status, ask("GET", "/api/customer_payment_sources").data[0]["id"]) == (
        200,
        "QgDXpwsqDx",
    )


def test_trigger_is_pulled_after_the_attributes_are_stored(
    change: Callable[..., Any], store: Store
) -> None:
    """One request can complete an order and place it: the trigger meets what came with it."""
    held = store.get(("orders", "qaMAhZkZvd")).linkage["billing_address"]
    change(READY, billing_address=None)
    store.update(
        store.get(("orders", "qaMAhZkZvd")),
        linkage={"payment_source": ("klarna_payments", "ertHJlpPTR")},
    )
    linkage = {"billing_address": held, "payment_source": ("klarna_payments", "ertHJlpPTR")}
    answer = change(READY, {"_place": True}, **linkage)

    assert answer.data["attributes"]["status"] == "placed"


NO_FLAGS = (False, None, 0, 1, 1.0, "", "false", "TRUE", [], {})
NO_IDS = ("", None, False, True, 1, [], {}, ["QgDXpwsqDx"])
NO_AMOUNTS = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "0",
    "-1",
    "1.5",
    "x",
    2**31,
    str(2**31),
    "9" * 5000,
    "\u0661",
    "1\n",
    [],
    {},
)
EXPECTED = {
    id(AMOUNT): ("an amount in cents, more than 0", NO_AMOUNTS),
    id(ID): ("an id, as a string", NO_IDS),
    id(TEXT): ("a text", (None, True, 1, [], {})),
}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param(name, value, words, id=f"{'/'.join(name)}-{repr(value)[:20]}-{number}")
        for name, trigger in TRIGGERS.items()
        for words, values in [EXPECTED.get(id(trigger.expected), ("true", NO_FLAGS))]
        for number, value in enumerate(values)
        # One flag shows what all of them do; the others show that they are flags.
        if words != "true" or name[1] == SAVE or value is False
    ],
)
def test_trigger_is_refused_when_its_value_is_another(
    request: pytest.FixtureRequest,
    change: Callable[..., Any],
    refused: Callable[..., Any],
    name: tuple[str, str],
    value: object,
    expected: str,
) -> None:
    """A value that means nothing to the trigger is told at the attribute (422)."""
    effect = EFFECTS["/".join(name)]
    if name == ("stripe_payments", "_update"):
        request.getfixturevalue("stripe_payment")
    for path, attributes in effect.before:
        change(path, attributes)
    answer = refused(change, effect.path, {name[1]: value})

    assert answer.document["errors"] == [
        _fault(f"attributes/{name[1]}", "invalid", f"must be {expected}")
    ]


@pytest.mark.parametrize("value", [1, "1", 100, "0100", TOTAL], ids=repr)
def test_amount_may_be_digits(change: Callable[..., Any], store: Store, value: object) -> None:
    """A number in a text is as good as a number, up to all that is due."""
    change(READY, {"_authorize": True, "_authorization_amount_cents": value})

    [authorization] = store.linked_from(
        ("orders", "qaMAhZkZvd"), types=["authorizations"], name="order"
    )
    assert store.get(authorization).attributes["amount_cents"] == int(str(value))


@pytest.mark.parametrize(
    "name",
    [
        f"{type_.name}/{attribute.name}"
        for type_ in resource_types().values()
        if "update" in type_.actions
        for attribute in type_.attributes.values()
        if attribute.name.startswith("_")
        and attribute.updatable
        and not attribute.readable
        and (type_.name, attribute.name) not in TRIGGERS
    ],
)
def test_trigger_is_refused_when_it_is_not_emulated(
    change: Callable[..., Any], refused: Callable[..., Any], name: str
) -> None:
    """A trigger of the API's that has no row says so (400), even beside one that has."""
    type_, trigger = name.split("/")
    steps = {
        "captures": [PAID],
        "voids": [CANCELLED],
        "refunds": [PAID, (PLACED, {"_refund": True})],
    }
    for step in steps.get(type_, []):
        change(*step)
    path = f"{PLACED}/{type_}" if type_ in {"authorizations", *steps} else type_
    answer = refused(change, path, {trigger: True})

    assert [(error["code"], error["detail"]) for error in answer.document["errors"]] == [
        (
            "PARAM_NOT_ALLOWED",
            f"{trigger} is not allowed: the API has it, this sandbox does not emulate it.",
        )
    ]


def test_trigger_is_one_of_the_facts(subtests: pytest.Subtests) -> None:
    """The table names updatable attributes that are never read."""
    assert TRIGGERS
    for name in TRIGGERS:
        with subtests.test("/".join(name)):
            attribute = resource_types()[name[0]].attributes[name[1]]

            assert (attribute.updatable, attribute.readable) == (True, False)
