"""Authorizations, captures, voids and refunds, and what they make of an order's statuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from helpers.sandbox.store import Store
from helpers.sandbox.transactions import last_authorization

INTEGRATION = "your-integration-access-token"
ORDER = "orders/drYpoNLxZA"  # placed, 62 euros
AUTHORIZATION = f"{ORDER}/authorizations"
CAPTURE = f"{ORDER}/captures"
LATER = "2018-01-01T12:30:00.000Z"

Step = tuple[str, Mapping[str, Any]]
APPROVE: Step = (ORDER, {"_approve": True})
FULFILL: Step = (ORDER, {"_fulfill": True})
CANCEL: Step = (ORDER, {"_cancel": True})
CAPTURE_ALL: Step = (ORDER, {"_capture": True})
CAPTURE_SOME: Step = (AUTHORIZATION, {"_capture": True, "_capture_amount_cents": 1000})
CAPTURE_REST: Step = (AUTHORIZATION, {"_capture": True})
VOID: Step = (AUTHORIZATION, {"_void": True})
REFUND_ALL: Step = (ORDER, {"_refund": True})
REFUND_SOME: Step = (CAPTURE, {"_refund": True, "_refund_amount_cents": 300})
REFUND_FIRST: Step = (CAPTURE, {"_refund": True})

# By name: what is done, the order's three statuses afterwards, and its transactions: their type,
# their amount, and what is left of it (to capture and void, or to refund).
STORIES: Mapping[str, tuple[list[Step], str, list[tuple[Any, ...]]]] = {
    "nothing": ([], "placed authorized unfulfilled", [("authorizations", 6200, 6200)]),
    "approved": (
        [APPROVE],
        "approved authorized unfulfilled",
        [("authorizations", 6200, 6200)],
    ),
    "approved twice": (
        [APPROVE, APPROVE],
        "approved authorized unfulfilled",
        [("authorizations", 6200, 6200)],
    ),
    "captured": (
        [APPROVE, CAPTURE_ALL],
        "approved paid in_progress",
        [("authorizations", 6200, 0), ("captures", 6200, 6200)],
    ),
    "captured twice": (
        [APPROVE, CAPTURE_ALL, CAPTURE_ALL],
        "approved paid in_progress",
        [("authorizations", 6200, 0), ("captures", 6200, 6200)],
    ),
    "captured by its authorization": (
        [APPROVE, CAPTURE_REST],
        "approved paid in_progress",
        [("authorizations", 6200, 0), ("captures", 6200, 6200)],
    ),
    "captured in part": (
        [APPROVE, CAPTURE_SOME],
        "approved partially_paid unfulfilled",
        [("authorizations", 6200, 5200), ("captures", 1000, 1000)],
    ),
    "captured in parts": (
        [APPROVE, CAPTURE_SOME, CAPTURE_REST],
        "approved paid in_progress",
        [("authorizations", 6200, 0), ("captures", 1000, 1000), ("captures", 5200, 5200)],
    ),
    "captured in part, then the rest": (
        [APPROVE, CAPTURE_SOME, CAPTURE_ALL],
        "approved paid in_progress",
        [("authorizations", 6200, 0), ("captures", 1000, 1000), ("captures", 5200, 5200)],
    ),
    "voided": (
        [VOID],
        "placed voided unfulfilled",
        [("authorizations", 6200, 0), ("voids", 6200, None)],
    ),
    "captured in part, the rest voided": (
        [APPROVE, CAPTURE_SOME, VOID],
        "approved partially_voided unfulfilled",
        [("authorizations", 6200, 0), ("captures", 1000, 1000), ("voids", 5200, None)],
    ),
    "cancelled": (
        [CANCEL],
        "cancelled voided unfulfilled",
        [("authorizations", 6200, 0), ("voids", 6200, None)],
    ),
    "cancelled twice": (
        [CANCEL, CANCEL],
        "cancelled voided unfulfilled",
        [("authorizations", 6200, 0), ("voids", 6200, None)],
    ),
    "approved and cancelled": (
        [APPROVE, CANCEL],
        "cancelled voided unfulfilled",
        [("authorizations", 6200, 0), ("voids", 6200, None)],
    ),
    "voided and cancelled": (
        [VOID, CANCEL],
        "cancelled voided unfulfilled",
        [("authorizations", 6200, 0), ("voids", 6200, None)],
    ),
    "refunded": (
        [APPROVE, CAPTURE_ALL, REFUND_ALL],
        "cancelled refunded unfulfilled",
        [("authorizations", 6200, 0), ("captures", 6200, 0), ("refunds", 6200, None)],
    ),
    "refunded twice": (
        [APPROVE, CAPTURE_ALL, REFUND_ALL, REFUND_ALL],
        "cancelled refunded unfulfilled",
        [("authorizations", 6200, 0), ("captures", 6200, 0), ("refunds", 6200, None)],
    ),
    "fulfilled and refunded": (
        [APPROVE, CAPTURE_ALL, FULFILL, REFUND_ALL],
        "cancelled refunded fulfilled",
        [("authorizations", 6200, 0), ("captures", 6200, 0), ("refunds", 6200, None)],
    ),
    "refunded in part": (
        [APPROVE, CAPTURE_ALL, REFUND_SOME],
        "approved partially_refunded in_progress",
        [("authorizations", 6200, 0), ("captures", 6200, 5900), ("refunds", 300, None)],
    ),
    "fulfilled and refunded in part": (
        [APPROVE, CAPTURE_ALL, FULFILL, REFUND_SOME],
        "approved partially_refunded fulfilled",
        [("authorizations", 6200, 0), ("captures", 6200, 5900), ("refunds", 300, None)],
    ),
    "refunded in parts": (
        [APPROVE, CAPTURE_ALL, REFUND_SOME, REFUND_ALL],
        "cancelled refunded unfulfilled",
        [
            ("authorizations", 6200, 0),
            ("captures", 6200, 0),
            ("refunds", 300, None),
            ("refunds", 5900, None),
        ],
    ),
    "one capture of two refunded": (
        [APPROVE, CAPTURE_SOME, CAPTURE_REST, REFUND_FIRST],
        "approved partially_refunded in_progress",
        [
            ("authorizations", 6200, 0),
            ("captures", 1000, 0),
            ("captures", 5200, 5200),
            ("refunds", 1000, None),
        ],
    ),
    "one capture of two refunded, then the rest": (
        [APPROVE, CAPTURE_SOME, CAPTURE_REST, REFUND_FIRST, REFUND_ALL],
        "cancelled refunded unfulfilled",
        [
            ("authorizations", 6200, 0),
            ("captures", 1000, 0),
            ("captures", 5200, 0),
            ("refunds", 1000, None),
            ("refunds", 5200, None),
        ],
    ),
    "both captures refunded": (
        [APPROVE, CAPTURE_SOME, CAPTURE_REST, REFUND_ALL],
        "cancelled refunded unfulfilled",
        [
            ("authorizations", 6200, 0),
            ("captures", 1000, 0),
            ("captures", 5200, 0),
            ("refunds", 1000, None),
            ("refunds", 5200, None),
        ],
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_transactions_lead_to_these_statuses(
    ask: Callable[..., Any], change: Callable[..., Any], name: str
) -> None:
    """As the documentation's table has it, and one transaction for each thing that was done."""
    steps, statuses, transactions = STORIES[name]
    for path, attributes in steps:
        assert change(path, attributes).status == 200
    order = ask("GET", f"/api/{ORDER}").data["attributes"]
    found = [
        (each["type"], each["attributes"]) for each in ask("GET", f"/api/{ORDER}/transactions").data
    ]

    assert [order[f"{each}status"] for each in ("", "payment_", "fulfillment_")] == statuses.split()
    assert [
        (
            type_,
            each["amount_cents"],
            each.get("void_balance_cents", each.get("refund_balance_cents")),
        )
        for type_, each in found
    ] == transactions
    assert all(
        each["capture_balance_cents"] == each["void_balance_cents"]
        for type_, each in found
        if type_ == "authorizations"
    )
    assert [each["number"].rpartition("/T/")[2] for _, each in found] == [
        f"{number:03}" for number in range(1, len(found) + 1)
    ]


@pytest.mark.parametrize(
    ("cents", "payment_status"),
    [(6200, "authorized"), (6199, "partially_authorized")],
)
def test_authorization_is_partial_when_it_is_for_less(
    change: Callable[..., Any], cents: int, payment_status: str
) -> None:
    """All that is due, or part of it."""
    attributes = {"_authorize": True, "_authorization_amount_cents": cents}
    answer = change("orders/qaMAhZkZvd", attributes)

    assert answer.data["attributes"]["payment_status"] == payment_status


def test_order_is_paid_in_part_when_less_was_authorized(change: Callable[..., Any]) -> None:
    """All of a partial authorization is not all of the order."""
    path = "orders/qaMAhZkZvd"
    change(path, {"_authorize": True, "_authorization_amount_cents": 100, "_place": True})
    answer = change(path, {"_approve_and_capture": True})

    found = answer.data["attributes"]
    assert (found["payment_status"], found["fulfillment_status"]) == (
        "partially_paid",
        "unfulfilled",
    )


def test_capture_takes_no_more_than_is_due(
    ask: Callable[..., Any], change: Callable[..., Any]
) -> None:
    """An order that was edited costs less than was authorized, and less is captured."""
    change(ORDER, {"_start_editing": True})
    change(f"{ORDER}/line_items", {"unit_amount_cents": 4000})
    change(ORDER, {"_stop_editing": True, "_approve_and_capture": True})
    [capture] = ask("GET", f"/api/{CAPTURE}").data
    order = ask("GET", f"/api/{ORDER}").data["attributes"]

    assert (capture["attributes"]["amount_cents"], order["payment_status"]) == (5200, "paid")


@pytest.mark.parametrize("steps", [[], [CANCEL], [VOID]], ids=["nothing", "cancelled", "voided"])
@pytest.mark.parametrize("trigger", ["_capture", "_refund"])
def test_order_is_not_captured_or_refunded_too_early(
    change: Callable[..., Any], refused: Callable[..., Any], trigger: str, steps: list[Step]
) -> None:
    """What is not approved is not captured; what is not captured is not refunded (422)."""
    for path, attributes in steps:
        change(path, attributes)
    [error] = refused(change, ORDER, {trigger: True}).document["errors"]

    status = "cancelled" if steps == [CANCEL] else "placed"
    assert error["detail"] == (
        "status - transition is not permitted: "
        f"{trigger[1:]} is not possible, the order is {status}"
    )


@pytest.mark.parametrize(
    "steps",
    [
        [APPROVE, CAPTURE_ALL],
        [APPROVE, CAPTURE_SOME],
        [APPROVE, CAPTURE_ALL, REFUND_SOME],
    ],
    ids=["paid", "paid in part", "refunded in part"],
)
def test_order_is_not_cancelled_when_it_is_paid(
    change: Callable[..., Any], refused: Callable[..., Any], steps: list[Step]
) -> None:
    """Money that was taken has to be given back first (422)."""
    for path, attributes in steps:
        change(path, attributes)
    [error] = refused(change, ORDER, {"_cancel": True}).document["errors"]

    assert error["meta"] == {"error": "invalid_transition"}


def test_approved_order_is_not_captured_when_nothing_is_authorized(
    change: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """What was voided cannot be captured any more (422)."""
    for path, attributes in [APPROVE, VOID]:
        change(path, attributes)
    [error] = refused(change, ORDER, {"_capture": True}).document["errors"]

    assert error["meta"] == {"error": "invalid_transition"}


def test_transaction_says_what_it_is_about(
    ask: Callable[..., Any], change: Callable[..., Any]
) -> None:
    """Its number follows from the order's; it names the gateway's id, and that all went well."""
    order = ask("GET", f"/api/{ORDER}").data["attributes"]
    [found] = [each["attributes"] for each in ask("GET", f"/api/{AUTHORIZATION}").data]

    expected = {
        "number": f"{order['number']}/T/001",
        "type": "authorizations",
        "payment_method_type": "klarna_payments",
        "currency_code": "EUR",
        "formatted_amount": "€62,00",
        "succeeded": True,
        "message": "Accepted",
        "error_code": None,
        "token": order["payment_source_details"]["klarna_id"],
        "gateway_transaction_id": order["payment_source_details"]["klarna_id"],
        "capture_amount_cents": 0,
    }
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("type_", "steps", "name", "related"),
    [
        ("captures", [APPROVE, CAPTURE_ALL], "reference_authorization", "authorizations"),
        ("voids", [CANCEL], "reference_authorization", "authorizations"),
        ("refunds", [APPROVE, CAPTURE_ALL, REFUND_ALL], "reference_capture", "captures"),
    ],
)
def test_transaction_leads_to_what_it_came_from(
    ask: Callable[..., Any],
    change: Callable[..., Any],
    type_: str,
    steps: list[Step],
    name: str,
    related: str,
) -> None:
    """Also to the order and to the payment source that was charged."""
    for path, attributes in steps:
        change(path, attributes)
    include = f"{name},order,payment_source"
    answer = ask("GET", f"/api/{ORDER}/{type_}?include={include}")

    assert [each.split("/")[0] for each in answer.included] == [
        related,
        "orders",
        "klarna_payments",
    ]


@pytest.mark.parametrize(
    ("steps", "changed"),
    [
        ([APPROVE], {"approved_at"}),
        ([CAPTURE_ALL], {"payment_updated_at", "fulfillment_updated_at"}),
        ([CAPTURE_SOME], {"payment_updated_at"}),
        ([VOID], {"payment_updated_at"}),
        ([CANCEL], {"payment_updated_at", "cancelled_at"}),
        (
            [CAPTURE_ALL, REFUND_ALL],
            {"payment_updated_at", "cancelled_at", "fulfillment_updated_at"},
        ),
        ([CAPTURE_ALL, FULFILL], {"payment_updated_at", "fulfillment_updated_at"}),
    ],
)
def test_order_tells_when_it_happened(
    change: Callable[..., Any], store: Store, steps: list[Step], changed: set[str]
) -> None:
    """Each status has its instant, and only that of a status that changes is another."""
    if steps != [APPROVE]:
        change(*APPROVE)
    before = store.get(("orders", "drYpoNLxZA")).attributes
    store.remember("clock", LATER)
    for path, attributes in steps:
        change(path, attributes)
    after = store.get(("orders", "drYpoNLxZA")).attributes

    instants = {name for name in after if name.endswith("_at") and name != "updated_at"}
    assert {name: after[name] for name in instants if before.get(name) != after[name]} == (
        dict.fromkeys(changed, LATER)
    )


@pytest.mark.parametrize(("steps", "count"), [([], 1), ([VOID], 0)], ids=["open", "used up"])
def test_last_authorization_is_one_with_something_left(
    change: Callable[..., Any], store: Store, steps: list[Step], count: int
) -> None:
    """One that is voided, or captured whole, is none to go on from."""
    for path, attributes in steps:
        change(path, attributes)
    found = last_authorization(store, store.get(("orders", "drYpoNLxZA")))

    assert len([found] if found else []) == count


def test_last_authorization_is_the_latest(change: Callable[..., Any], store: Store) -> None:
    """Voided and authorized again, an order goes on from the new one."""
    change(*VOID)
    change(ORDER, {"_authorize": True})
    identifiers = store.linked_from(
        ("orders", "drYpoNLxZA"), types=["authorizations"], name="order"
    )
    found = last_authorization(store, store.get(("orders", "drYpoNLxZA")))

    assert (len(identifiers), found and found.identifier) == (2, identifiers[-1])


@pytest.mark.parametrize("type_", ["authorizations", "captures"])
@pytest.mark.parametrize("access_token", ["your-access-token", "your-guest-access-token"])
def test_transaction_is_changed_by_integrations_only(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    type_: str,
    access_token: str,
) -> None:
    """Whoever pays decides nothing of what is taken or given back (401)."""
    for path, attributes in [APPROVE, CAPTURE_SOME]:
        change(path, attributes)
    sent = {"_capture": True} if type_ == "authorizations" else {"_refund": True}
    answer = refused(change, f"{ORDER}/{type_}", sent, access_token=access_token)

    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


@pytest.mark.parametrize(
    ("path", "before", "name"),
    [
        (AUTHORIZATION, [APPROVE], "_capture"),
        (CAPTURE, [APPROVE, CAPTURE_ALL], "_refund"),
    ],
)
def test_amount_may_be_all_that_is_left(
    change: Callable[..., Any], path: str, before: list[Step], name: str
) -> None:
    """The most that can be asked for is the balance."""
    for step in before:
        change(*step)
    found = change(path, {name: True, f"{name}_amount_cents": 6200}).data["attributes"]

    assert found[f"{name[1:]}_balance_cents"] == 0


def test_order_is_approved_when_it_was_first(change: Callable[..., Any], store: Store) -> None:
    """Approved again, it says the same instant."""
    change(*APPROVE)
    store.remember("clock", LATER)
    answer = change(*APPROVE)

    assert answer.data["attributes"]["approved_at"] == "2018-01-01T12:00:00.000Z"
