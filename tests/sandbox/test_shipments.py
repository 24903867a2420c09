"""A shipment's way from draft to delivered, and what it means for its order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Identifier, Store

ORDER = "orders/drYpoNLxZA"
TRIGGERS = {
    "_upcoming": "upcoming",
    "_on_hold": "on_hold",
    "_picking": "picking",
    "_packing": "packing",
    "_ready_to_ship": "ready_to_ship",
    "_ship": "shipped",
    "_deliver": "delivered",
    "_cancel": "cancelled",
}
STATUSES = resource_types()["shipments"].attributes["status"].enum
# By status: what can follow.
FOLLOWS = {
    "draft": "upcoming",
    "upcoming": "on_hold picking packing ready_to_ship shipped delivered cancelled",
    "picking": "on_hold packing ready_to_ship shipped delivered cancelled",
    "packing": "on_hold ready_to_ship shipped delivered cancelled",
    "ready_to_ship": "on_hold shipped delivered cancelled",
    "shipped": "delivered",
    "delivered": "",
    "on_hold": "upcoming picking packing ready_to_ship shipped delivered cancelled",
    "cancelled": "",
}


@pytest.fixture
def shipment(store: Store) -> Identifier:
    """Find the placed order's shipment."""
    [found] = store.linked_from(("orders", "drYpoNLxZA"), types=["shipments"], name="order")
    return found


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("status", STATUSES)
def test_shipment_goes_forward_only(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    shipment: Identifier,
    status: str,
    trigger: str,
) -> None:
    """From each status it can get to those ahead of it; anything else is refused (422)."""
    store.update(store.get(shipment), attributes={"status": status})
    wanted = TRIGGERS[trigger]
    if wanted in FOLLOWS[status].split():
        answer = change("/".join(shipment), {trigger: True})
        assert answer.data["attributes"]["status"] == wanted
    else:
        [error] = refused(change, "/".join(shipment), {trigger: True}).document["errors"]
        assert (error["status"], error["detail"]) == (
            "422",
            "status - transition is not permitted: "
            f"{wanted} is not possible, the shipment is {status}",
        )


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_shipment_tells_when_it_happened(
    change: Callable[..., Any], store: Store, shipment: Identifier, trigger: str
) -> None:
    """Each status that the facts know an instant for has its own, and no other changes."""
    status = TRIGGERS[trigger]
    held = "draft" if status == "upcoming" else "upcoming"
    store.update(store.get(shipment), attributes={"status": held})
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    before = store.get(shipment).attributes
    change("/".join(shipment), {trigger: True})
    after = store.get(shipment).attributes

    instant = f"{status}_at"
    known = instant in resource_types()["shipments"].attributes
    assert {name for name in after if before.get(name) != after[name]} == {
        "status",
        "updated_at",
        *([instant] if known else []),
    }
    assert after.get(instant) == ("2018-01-02T12:00:00.000Z" if known else None)


@pytest.mark.parametrize("trigger", ["_ship", "_deliver"])
@pytest.mark.parametrize(
    ("steps", "fulfillment_status"),
    [
        ([], "unfulfilled"),
        ([{"_approve": True}], "unfulfilled"),
        ([{"_approve_and_capture": True}], "fulfilled"),
    ],
    ids=["placed", "approved", "paid"],
)
def test_order_is_fulfilled_when_all_of_it_is_paid_and_shipped(
    change: Callable[..., Any],
    store: Store,
    steps: list[dict[str, bool]],
    fulfillment_status: str,
    trigger: str,
) -> None:
    """What is on its way but not paid for is not done."""
    for attributes in steps:
        change(ORDER, attributes)
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    change(f"{ORDER}/shipments", {trigger: True})

    order = store.get(("orders", "drYpoNLxZA")).attributes
    assert order["fulfillment_status"] == fulfillment_status
    assert (order.get("fulfillment_updated_at") == "2018-01-02T12:00:00.000Z") == (
        fulfillment_status == "fulfilled"
    )


def test_free_order_is_fulfilled_when_it_is_shipped(
    change: Callable[..., Any], store: Store
) -> None:
    """What costs nothing is paid for."""
    order = store.get(("orders", "drYpoNLxZA"))
    store.update(order, attributes={"payment_status": "free"})
    change(f"{ORDER}/shipments", {"_ship": True})

    assert store.get(order.identifier).attributes["fulfillment_status"] == "fulfilled"


def test_order_is_fulfilled_only_once(change: Callable[..., Any], store: Store) -> None:
    """That what was shipped arrives is no news to the order."""
    change(ORDER, {"_approve_and_capture": True})
    change(f"{ORDER}/shipments", {"_ship": True})
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    change(f"{ORDER}/shipments", {"_deliver": True})

    order = store.get(("orders", "drYpoNLxZA")).attributes
    assert order["fulfillment_updated_at"] == "2018-01-01T12:00:00.000Z"


def test_order_is_fulfilled_when_the_last_shipment_is_shipped(
    change: Callable[..., Any], store: Store
) -> None:
    """One of two is not all; both are."""
    change(ORDER, {"_approve_and_capture": True})
    other = store.add(
        "shipments",
        "another",
        attributes={"status": "upcoming"},
        linkage={"order": ("orders", "drYpoNLxZA")},
    )
    seen = []
    for path in (f"{ORDER}/shipments", "/".join(other.identifier)):
        change(path, {"_ship": True})
        seen.append(store.get(("orders", "drYpoNLxZA")).attributes["fulfillment_status"])

    assert seen == ["in_progress", "fulfilled"]


@pytest.mark.parametrize("trigger", ["_on_hold", "_picking", "_packing", "_ready_to_ship"])
def test_order_is_as_it_was_when_its_shipment_is_under_way(
    change: Callable[..., Any], store: Store, trigger: str
) -> None:
    """Nothing but the last step is the order's business."""
    change(ORDER, {"_approve_and_capture": True})
    before = store.get(("orders", "drYpoNLxZA"))
    change(f"{ORDER}/shipments", {trigger: True})

    assert store.get(before.identifier) == before


@pytest.mark.parametrize("access_token", ["your-access-token", "your-integration-access-token"])
def test_draft_is_refused_to_be_shipped(
    change: Callable[..., Any], refused: Callable[..., Any], access_token: str
) -> None:
    """As long as nobody has ordered it, nothing is sent, whoever asks (422)."""
    answer = refused(
        change, "orders/qaMAhZkZvd/shipments", {"_ship": True}, access_token=access_token
    )

    assert (answer.status, answer.codes) == (422, ["VALIDATION_ERROR"])


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([], "upcoming"),
        ([{"_cancel": True}], "cancelled"),
        ([{"_approve": True}], "upcoming"),
    ],
    ids=["placed", "cancelled", "approved"],
)
def test_shipment_follows_its_order(
    change: Callable[..., Any],
    store: Store,
    shipment: Identifier,
    steps: list[dict[str, bool]],
    status: str,
) -> None:
    """Placed, it is to come; cancelled, it is not sent."""
    for attributes in steps:
        change(ORDER, attributes)

    assert store.get(shipment).attributes["status"] == status
