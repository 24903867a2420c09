"""Saving and reusing a payment source: what must hold before, and what is so afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from helpers.sandbox.resources import resource_types
from helpers.sandbox.store import Store
from helpers.sandbox.triggers import TRIGGERS

SAVE = "_save_payment_source_to_customer_wallet"
REUSE = "_customer_payment_source_id"
CUSTOMER = "your-access-token"
GUEST = "your-guest-access-token"
INTEGRATION = "your-integration-access-token"

AUTHORIZED = "qaMAhZkZvd"
WITHOUT_PAYMENT_SOURCE = "pWZkeVLoJn"
UNAUTHORIZED_KLARNA_PAYMENT = "kLRAyaVMqb"
WITHOUT_CUSTOMER = "NqvGxbmPWe"
PLACED = "drYpoNLxZA"
OF_ANOTHER_CUSTOMER = "gRmoXvLbKz"

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


def _validation_error(pointer: str, error: str, title: str, detail: str) -> dict[str, Any]:
    return {
        "title": title,
        "detail": detail,
        "code": "VALIDATION_ERROR",
        "status": "422",
        "source": {"pointer": pointer},
        "meta": {"error": error},
    }


NO_CUSTOMER = _validation_error(
    "/data/relationships/customer", "blank", "can't be blank", "customer - can't be blank"
)
NO_PAYMENT_SOURCE = _validation_error(
    "/data/relationships/payment_source",
    "blank",
    "can't be blank",
    "payment_source - can't be blank",
)
NOT_AUTHORIZED = _validation_error(
    "/data/relationships/payment_source",
    "not_authorized",
    "is not authorized",
    "payment_source - is not authorized: its auth_token can't be blank",
)
NOT_EDITABLE = _validation_error(
    f"/data/attributes/{REUSE}",
    "not_editable",
    "can't be changed",
    "payment_source - can't be changed: the order is placed",
)

# By trigger and precondition: access token, order, value, and the one error object.
REFUSALS: dict[tuple[str, str], list[tuple[str, str, Any, dict[str, Any]]]] = {
    (SAVE, "bearer_has_an_owner"): [(GUEST, WITHOUT_CUSTOMER, True, ACCESS_DENIED)],
    (SAVE, "order_has_a_customer"): [(INTEGRATION, WITHOUT_CUSTOMER, True, NO_CUSTOMER)],
    (SAVE, "order_has_a_payment_source"): [
        (CUSTOMER, WITHOUT_PAYMENT_SOURCE, True, NO_PAYMENT_SOURCE),
        (INTEGRATION, WITHOUT_PAYMENT_SOURCE, True, NO_PAYMENT_SOURCE),
    ],
    (SAVE, "payment_source_is_authorized"): [
        (CUSTOMER, UNAUTHORIZED_KLARNA_PAYMENT, True, NOT_AUTHORIZED),
        (INTEGRATION, UNAUTHORIZED_KLARNA_PAYMENT, True, NOT_AUTHORIZED),
    ],
    (REUSE, "bearer_has_an_owner"): [(GUEST, WITHOUT_CUSTOMER, "LZkVQvoXne", ACCESS_DENIED)],
    (REUSE, "order_is_not_placed"): [
        (CUSTOMER, PLACED, "QgDXpwsqDx", ACCESS_DENIED),
        (CUSTOMER, PLACED, "unknown", ACCESS_DENIED),
        (INTEGRATION, PLACED, "QgDXpwsqDx", NOT_EDITABLE),
    ],
    (REUSE, "entry_is_in_the_wallet"): [
        (CUSTOMER, WITHOUT_PAYMENT_SOURCE, "unknown", NOT_FOUND),
        (CUSTOMER, WITHOUT_PAYMENT_SOURCE, "LZkVQvoXne", NOT_FOUND),
        (CUSTOMER, WITHOUT_PAYMENT_SOURCE, "ertHJlpPTR", NOT_FOUND),
        (INTEGRATION, WITHOUT_PAYMENT_SOURCE, "LZkVQvoXne", NOT_FOUND),
        (INTEGRATION, WITHOUT_CUSTOMER, "QgDXpwsqDx", NOT_FOUND),
        (CUSTOMER, WITHOUT_PAYMENT_SOURCE, "QgDXpwsqDx\x00", NOT_FOUND),
        (CUSTOMER, WITHOUT_PAYMENT_SOURCE, "qgdxpwsqdx", NOT_FOUND),
    ],
}


@pytest.mark.parametrize("name", TRIGGERS, ids=lambda name: "/".join(name))
def test_precondition_has_a_refusal(name: tuple[str, str]) -> None:
    """Every precondition in the table is one that a test below runs into."""
    preconditions = [precondition.__name__ for precondition in TRIGGERS[name].preconditions]

    assert preconditions == [by for trigger, by in REFUSALS if trigger == name[1]]


@pytest.mark.parametrize(
    ("trigger", "access_token", "order_id", "value", "error"),
    [
        pytest.param(trigger, *row, id=f"{trigger}-{by}-{'-'.join(row[:2])}-{row[2]!r}")
        for (trigger, by), rows in REFUSALS.items()
        for row in rows
    ],
)
@pytest.mark.usefixtures("entry_id")
def test_trigger_is_refused_when_a_precondition_does_not_hold(
    update: Callable[..., Any],
    refused: Callable[..., Any],
    trigger: str,
    access_token: str,
    order_id: str,
    value: object,
    error: dict[str, Any],
) -> None:
    """One fault is one error object, and nothing changes."""
    answer = refused(update, order_id, {trigger: value}, access_token=access_token)

    assert answer.document["errors"] == [error]


@pytest.mark.parametrize(
    ("payment_source", "errors"),
    [(None, [NO_CUSTOMER, NO_PAYMENT_SOURCE]), ("mBqoAZyLEx", [NO_CUSTOMER, NOT_AUTHORIZED])],
    ids=["without a payment source", "not authorized"],
)
def test_saving_is_refused_fault_by_fault(
    store: Store,
    update: Callable[..., Any],
    refused: Callable[..., Any],
    payment_source: str | None,
    errors: list[dict[str, Any]],
) -> None:
    """Several faults at once are several error objects."""
    linkage = {"payment_source": ("klarna_payments", payment_source)} if payment_source else {}
    store.add("orders", "anOrder", attributes={"status": "pending"}, linkage=linkage)
    answer = refused(update, "anOrder", {SAVE: True}, access_token=INTEGRATION)

    assert answer.document["errors"] == errors


@pytest.mark.parametrize("status", ["draft", "pending"])
def test_reusing_is_good_when_the_order_is_not_past_pending(
    store: Store, update: Callable[..., Any], entry_id: str, status: str
) -> None:
    """A draft is paid for as a pending order is."""
    order = store.get(("orders", WITHOUT_PAYMENT_SOURCE))
    store.update(order, attributes={"status": status}, linkage={})
    answer = update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id}, query="?include=payment_source")

    assert answer.included == ["klarna_payments/ertHJlpPTR"]


def test_reusing_is_refused_when_neither_order_nor_entry_has_a_customer(
    store: Store, update: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """What is in nobody's wallet is not there for an order of nobody's either."""
    linkage = {"payment_source": ("klarna_payments", "wRzKLobPQn")}
    store.add("customer_payment_sources", "anEntry", attributes={}, linkage=linkage)
    answer = refused(update, WITHOUT_CUSTOMER, {REUSE: "anEntry"}, access_token=INTEGRATION)

    assert answer.document["errors"] == [NOT_FOUND]


@pytest.mark.parametrize("status", ["editing", "placing", "placed", "approved", "cancelled"])
def test_reusing_is_refused_when_the_order_is_past_pending(
    store: Store,
    update: Callable[..., Any],
    refused: Callable[..., Any],
    entry_id: str,
    status: str,
) -> None:
    """Whatever an order is after pending, its payment source stays, and the detail says why."""
    order = store.get(("orders", WITHOUT_PAYMENT_SOURCE))
    store.update(order, attributes={"status": status}, linkage={})
    answer = refused(update, WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id}, access_token=INTEGRATION)

    assert [error["detail"] for error in answer.document["errors"]] == [
        f"payment_source - can't be changed: the order is {status}"
    ]


@pytest.mark.parametrize(
    "attributes",
    [{SAVE: True, REUSE: "unknown"}, {REUSE: "QgDXpwsqDx", SAVE: True}],
    ids=["the second refused", "the first refused"],
)
def test_triggers_do_nothing_when_one_of_them_is_refused(
    update: Callable[..., Any], refused: Callable[..., Any], attributes: dict[str, Any]
) -> None:
    """An update happens as a whole or not at all."""
    answer = refused(update, AUTHORIZED, attributes)

    assert answer.document["errors"] == [NOT_FOUND]


def test_triggers_are_pulled_in_the_order_they_are_sent(
    update: Callable[..., Any], ask: Callable[..., Any]
) -> None:
    """What the first one saves, the second one can already use."""
    answer = update(AUTHORIZED, {SAVE: True, REUSE: "QgDXpwsqDx"})

    assert (answer.status, ask("GET", "/api/customer_payment_sources").data[0]["id"]) == (
        200,
        "QgDXpwsqDx",
    )


@pytest.mark.parametrize(
    ("trigger", "value", "expected"),
    [
        *[(SAVE, value, "true") for value in (False, None, 0, 1, 1.0, "", "false", "TRUE", [], {})],
        *[
            (REUSE, value, "the id of a customer payment source, as a string")
            for value in ("", None, False, True, 1, [], {}, ["QgDXpwsqDx"])
        ],
    ],
    ids=repr,
)
def test_trigger_is_refused_when_its_value_is_another(
    update: Callable[..., Any],
    refused: Callable[..., Any],
    trigger: str,
    value: object,
    expected: str,
) -> None:
    """A value that means nothing to the trigger is told at the attribute (422)."""
    answer = refused(update, AUTHORIZED, {trigger: value})

    assert answer.document["errors"] == [
        _validation_error(
            f"/data/attributes/{trigger}",
            "invalid",
            f"must be {expected}",
            f"{trigger} - must be {expected}",
        )
    ]


@pytest.mark.parametrize("name", TRIGGERS, ids=lambda name: "/".join(name))
def test_trigger_is_one_of_the_facts(name: tuple[str, str]) -> None:
    """The table names updatable attributes that are never read."""
    attribute = resource_types()[name[0]].attributes[name[1]]

    assert (attribute.updatable, attribute.readable) == (True, False)


@pytest.mark.parametrize(
    ("trigger", "value"), [(SAVE, True), (REUSE, "QgDXpwsqDx")], ids=[SAVE, REUSE]
)
@pytest.mark.usefixtures("entry_id")
def test_trigger_does_not_come_back(
    update: Callable[..., Any], trigger: str, value: object
) -> None:
    """A trigger is no state: no answer holds it."""
    attributes = update(AUTHORIZED, {trigger: value}).data["attributes"]

    assert [name for name in attributes if name.startswith("_")] == []


@pytest.mark.parametrize("value", [True, "true"], ids=repr)
def test_saving_brings_the_entry_of_the_page(update: Callable[..., Any], value: object) -> None:
    """The included wallet entry is, value by value, the one that the how-to page shows."""
    query = "?include=available_customer_payment_sources"
    document = update(AUTHORIZED, {SAVE: value}, query=query).document

    [entry] = document["included"]
    assert (entry["type"], entry["id"], entry["attributes"]) == (
        "customer_payment_sources",
        "QgDXpwsqDx",
        {
            "name": "XXXX-XXXX-XXXX-1111",
            "customer_token": "1",
            "payment_source_token": "7RxGd2HUyY1Yc2Tghw5N453piFs",
            "created_at": "2018-01-01T12:00:00.000Z",
            "updated_at": "2018-01-01T12:00:00.000Z",
            "reference": None,
            "reference_origin": None,
            "metadata": {},
        },
    )


def test_saving_links_the_order_to_the_entry(update: Callable[..., Any]) -> None:
    """The entry is available to the order at once."""
    query = "?include=available_customer_payment_sources"
    data = update(AUTHORIZED, {SAVE: True}, query=query).data

    assert data["relationships"]["available_customer_payment_sources"]["data"] == [
        {"type": "customer_payment_sources", "id": "QgDXpwsqDx"}
    ]


def test_saving_links_the_entry_to_what_it_was_made_from(
    store: Store, update: Callable[..., Any]
) -> None:
    """The entry belongs to the order's customer and keeps its payment source and method."""
    update(AUTHORIZED, {SAVE: True})

    [payment_method] = store.identifiers(["payment_methods"])
    assert store.get(("customer_payment_sources", "QgDXpwsqDx")).linkage == {
        "customer": ("customers", "jENxlDKaVB"),
        "payment_source": ("klarna_payments", "ertHJlpPTR"),
        "payment_method": payment_method,
    }


def test_saving_changes_nothing_but_the_wallet(
    ask: Callable[..., Any], update: Callable[..., Any]
) -> None:
    """The order itself stays as it is."""
    before = ask("GET", f"/api/orders/{AUTHORIZED}").document
    after = update(AUTHORIZED, {SAVE: True}).document

    assert after == before


def test_saving_twice_keeps_one_entry(store: Store, update: Callable[..., Any]) -> None:
    """Sent again by mistake, the request is answered alike and changes nothing."""
    first = update(AUTHORIZED, {SAVE: True})
    once = store.dump()
    second = update(AUTHORIZED, {SAVE: True})

    assert (second, store.dump()) == (first, once)


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
@pytest.mark.parametrize("order_id", [AUTHORIZED, PLACED])
def test_saving_is_for_customers_and_integrations(
    ask: Callable[..., Any], update: Callable[..., Any], access_token: str, order_id: str
) -> None:
    """Both may save, before and after the order is placed; the wallet is the customer's."""
    update(order_id, {SAVE: True}, access_token=access_token)

    assert [entry["id"] for entry in ask("GET", "/api/customer_payment_sources").data] == [
        "QgDXpwsqDx"
    ]


def test_saving_another_payment_source_adds_another_entry(
    ask: Callable[..., Any], update: Callable[..., Any], entry_id: str
) -> None:
    """Each payment source has an entry of its own, oldest first."""
    update(PLACED, {SAVE: True})

    names = [
        entry["attributes"]["name"] for entry in ask("GET", "/api/customer_payment_sources").data
    ]
    assert (names[0], names[1][:16], len(names)) == ("XXXX-XXXX-XXXX-1111", "klarna_payment #", 2)


def test_saving_keeps_no_method_when_the_order_has_none(
    store: Store, update: Callable[..., Any]
) -> None:
    """What the order has not, the entry has not."""
    linkage = {
        "customer": ("customers", "jENxlDKaVB"),
        "payment_source": ("klarna_payments", "ertHJlpPTR"),
    }
    store.add("orders", "anOrder", attributes={"status": "pending"}, linkage=linkage)
    update("anOrder", {SAVE: True})

    assert store.get(("customer_payment_sources", "QgDXpwsqDx")).linkage == linkage


@pytest.mark.usefixtures("entry_id")
def test_saving_a_shared_payment_source_is_once_for_each_customer(
    ask: Callable[..., Any], store: Store, update: Callable[..., Any]
) -> None:
    """That another customer has saved the same source does not count."""
    linkage = {
        "customer": ("customers", "vMRybPWzoE"),
        "payment_source": ("klarna_payments", "ertHJlpPTR"),
    }
    store.add("orders", "anOrder", attributes={"status": "pending"}, linkage=linkage)
    update("anOrder", {SAVE: True}, access_token=INTEGRATION)

    assert (
        len(
            store.linked_from(
                ("customers", "vMRybPWzoE"), types=["customer_payment_sources"], name="customer"
            )
        )
        == 2
    )


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_reusing_gives_the_order_source_and_method(
    store: Store, update: Callable[..., Any], entry_id: str, access_token: str
) -> None:
    """An order that had neither gets the entry's payment source and its payment method."""
    query = "?include=payment_source,payment_method"
    answer = update(
        WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id}, query=query, access_token=access_token
    )

    [(_, method_id)] = store.identifiers(["payment_methods"])
    assert answer.included == ["klarna_payments/ertHJlpPTR", f"payment_methods/{method_id}"]


def test_reusing_gives_the_order_the_type_of_its_source(
    update: Callable[..., Any], entry_id: str
) -> None:
    """The details name the type, as they do for a payment source that was made for the order."""
    data = update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id}).data

    assert data["attributes"]["payment_source_details"] == {"type": "klarna_payment"}


def test_reusing_keeps_the_method_when_the_order_has_one(
    store: Store, update: Callable[..., Any], entry_id: str
) -> None:
    """The payment method that was chosen for the order stays."""
    chosen = store.add("payment_methods", "chosen", attributes={}, linkage={}).identifier
    order = store.get(("orders", WITHOUT_PAYMENT_SOURCE))
    store.update(order, attributes={}, linkage={"payment_method": chosen})
    query = "?include=payment_source,payment_method"
    answer = update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id}, query=query)

    assert answer.included == ["klarna_payments/ertHJlpPTR", "payment_methods/chosen"]


def test_reusing_replaces_the_source_when_the_order_has_one(
    update: Callable[..., Any], entry_id: str
) -> None:
    """The wallet's payment source takes the place of the order's own."""
    query = "?include=payment_source"
    answer = update(UNAUTHORIZED_KLARNA_PAYMENT, {REUSE: entry_id}, query=query)

    assert answer.included == ["klarna_payments/ertHJlpPTR"]


def test_reusing_sets_no_method_when_the_entry_has_none(
    store: Store, update: Callable[..., Any]
) -> None:
    """What the entry has not, the order does not get."""
    linkage = {
        "customer": ("customers", "jENxlDKaVB"),
        "payment_source": ("klarna_payments", "ertHJlpPTR"),
    }
    store.add("customer_payment_sources", "anEntry", attributes={}, linkage=linkage)
    query = "?include=payment_source,payment_method"
    answer = update(WITHOUT_PAYMENT_SOURCE, {REUSE: "anEntry"}, query=query)

    assert answer.included == ["klarna_payments/ertHJlpPTR"]


def test_reusing_is_answered_with_the_order_of_the_page(
    ask: Callable[..., Any], update: Callable[..., Any], entry_id: str
) -> None:
    """As the page has it, on the very order: the source is the same afterwards."""
    before = ask("GET", f"/api/orders/{AUTHORIZED}?include=payment_source").document
    after = update(AUTHORIZED, {REUSE: entry_id}, query="?include=payment_source").document

    assert after == before


def test_reusing_leaves_the_wallet_as_it_is(
    ask: Callable[..., Any], update: Callable[..., Any], entry_id: str
) -> None:
    """An entry is not used up."""
    before = ask("GET", "/api/customer_payment_sources").document
    update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id})

    assert ask("GET", "/api/customer_payment_sources").document == before


def test_reusing_leaves_the_other_orders_as_they_are(
    ask: Callable[..., Any], update: Callable[..., Any], entry_id: str
) -> None:
    """Only the order that is updated changes."""
    target = f"/api/orders/{AUTHORIZED}?include=payment_source.order"
    before = ask("GET", target).document
    update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id})

    assert ask("GET", target).document == before


def test_reusing_tells_when_the_order_was_changed(
    store: Store, update: Callable[..., Any], entry_id: str
) -> None:
    """An order that changes says so."""
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    attributes = update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id}).data["attributes"]

    assert (attributes["created_at"], attributes["updated_at"]) == (
        "2018-01-01T12:00:00.000Z",
        "2018-01-02T12:00:00.000Z",
    )
