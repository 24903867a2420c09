"""Placing an order: what has to be there, what it does, and what can become of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from helpers.sandbox.store import Identifier, Store

CUSTOMER = "your-access-token"
GUEST = "your-guest-access-token"
INTEGRATION = "your-integration-access-token"

READY = "orders/qaMAhZkZvd"
READY_PAYMENT = "klarna_payments/ertHJlpPTR"
UNPAID = "orders/pWZkeVLoJn"
NOBODYS = "orders/NqvGxbmPWe"
PLACED = "orders/drYpoNLxZA"
JOHN = ("customers", "jENxlDKaVB")
GIFT_CARD = "GIFTCARDEMAIL00000000025"  # sent by e-mail
LATER = "2018-01-01T12:30:00.000Z"

BLANK = "can't be blank"
NO_METHOD = "Some shipments are missing the shipping method"


def _order(store: Store, path: str = READY) -> Any:
    return store.get(("orders", path.split("/")[1]))


def _end(store: Store, path: str, type_: str) -> list[Identifier]:
    return store.linked_from(("orders", path.split("/")[1]), types=[type_], name="order")


def _faults(answer: Any) -> dict[str, str]:
    return {
        error["source"]["pointer"].removeprefix("/data/"): error["detail"].removeprefix(
            f"{error['source']['pointer'].rpartition('/')[2]} - "
        )
        for error in answer.document["errors"]
    }


def _drop(store: Store, *names: str) -> None:
    """Take relationships of the ready order away, and nothing that follows from that."""
    store.update(_order(store), linkage=dict.fromkeys(names))


def _drop_shipping_method(store: Store) -> None:
    for identifier in _end(store, READY, "shipments"):
        store.update(store.get(identifier), linkage={"shipping_method": None})


def _drop_items(store: Store) -> None:
    store.update(_order(store), attributes={"skus_count": 0})


def _authorize(auth_token: str | None) -> Callable[[Store], None]:
    def authorize(store: Store) -> None:
        payment = store.get(("klarna_payments", "ertHJlpPTR"))
        store.update(payment, attributes={"auth_token": auth_token})

    return authorize


# By what is wrong with the order: how it comes about, and what is told of it.
MISSING: Mapping[str, tuple[Callable[[Store], None], dict[str, str]]] = {
    "no customer": (
        lambda store: _drop(store, "customer"),
        {"relationships/customer": BLANK},
    ),
    "no billing address": (
        lambda store: _drop(store, "billing_address"),
        {"relationships/billing_address": BLANK},
    ),
    "no shipping address": (
        lambda store: _drop(store, "shipping_address"),
        {"relationships/shipping_address": BLANK},
    ),
    "no line items": (_drop_items, {"relationships/line_items": BLANK}),
    "no shipping method": (_drop_shipping_method, {"/data": NO_METHOD}),
    "no payment method": (
        lambda store: _drop(store, "payment_method"),
        {"relationships/payment_method": BLANK},
    ),
    "no payment source": (
        lambda store: _drop(store, "payment_source"),
        {"relationships/payment_source": BLANK},
    ),
    "no authorization": (
        _authorize(None),
        {"relationships/payment_source": "is not authorized: its auth_token can't be blank"},
    ),
    "an empty authorization": (
        _authorize(""),
        {"relationships/payment_source": "is not authorized: its auth_token can't be blank"},
    ),
    "an expired authorization": (
        _authorize("expired-x"),
        {"relationships/payment_source": "is expired: Klarna does not take its auth_token"},
    ),
    "a declined authorization": (
        _authorize("declined-x"),
        {"relationships/payment_source": "is declined: Klarna does not take its auth_token"},
    ),
}
AT_ONCE: Sequence[Sequence[str]] = [
    ("no customer", "no billing address"),
    ("no shipping address", "no shipping method", "no authorization"),
    ("no line items", "no payment method", "no payment source"),
    (
        "no customer",
        "no billing address",
        "no shipping address",
        "no shipping method",
        "no payment method",
        "no payment source",
    ),
]


@pytest.mark.parametrize(
    ("access_token", "names"),
    [
        pytest.param(access_token, names, id=f"{access_token}-{', '.join(names)}")
        for access_token in (CUSTOMER, INTEGRATION)
        for names in [*((name,) for name in MISSING), *AT_ONCE]
        # A customer makes an order of nobody's their own by asking for anything.
        if access_token == INTEGRATION or "no customer" not in names
    ],
)
def test_order_is_refused_thing_by_thing(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    access_token: str,
    names: Sequence[str],
) -> None:
    """Each missing thing is an error object of its own, and all are told at once (422)."""
    expected: dict[str, str] = {}
    for name in names:
        spoil, faults = MISSING[name]
        spoil(store)
        expected |= faults
    answer = refused(change, READY, {"_place": True}, access_token=access_token)

    assert (answer.status, set(answer.codes)) == (422, {"VALIDATION_ERROR"})
    assert _faults(answer) == expected
    assert len(answer.document["errors"]) == len(expected)


@pytest.mark.parametrize(
    ("now", "status"),
    [("2018-01-01T13:00:00.000Z", "placed"), ("2018-01-01T13:00:00.001Z", None)],
    ids=["in time", "too late"],
)
def test_order_has_an_hour_to_be_placed(
    change: Callable[..., Any], store: Store, now: str, status: str | None
) -> None:
    """Klarna's authorization is good that long."""
    store.remember("clock", now)
    answer = change(READY, {"_place": True})

    assert answer.document.get("data", {"attributes": {}})["attributes"].get("status") == status


def test_order_is_placed_once_the_payment_is_authorized_anew(
    change: Callable[..., Any], store: Store
) -> None:
    """A declined authorization is not the end: another one will do."""
    for auth_token in ("declined-x", "another"):
        change(READY_PAYMENT, {"auth_token": auth_token})
        answer = change(READY, {"_place": True}, access_token=CUSTOMER)

    assert answer.data["attributes"]["status"] == "placed"


@pytest.mark.parametrize(
    ("path", "status", "steps"),
    [
        (NOBODYS, "draft", []),
        (PLACED, "editing", [{"_start_editing": True}]),
        (PLACED, "cancelled", [{"_cancel": True}]),
    ],
)
def test_order_is_refused_in_another_status(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    path: str,
    status: str,
    steps: list[dict[str, bool]],
) -> None:
    """Only a pending one is placed, or one whose placing was begun (422)."""
    for attributes in steps:
        change(path, attributes)
    answer = refused(change, path, {"_place": True})

    assert _faults(answer) == {
        "attributes/status": (
            f"transition is not permitted: place is not possible, the order is {status}"
        )
    }


@pytest.mark.parametrize("steps", [[], [{"_approve": True}], [{"_approve_and_capture": True}]])
@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_order_is_placed_only_once(
    change: Callable[..., Any], store: Store, access_token: str, steps: list[dict[str, bool]]
) -> None:
    """Sent again, it is answered alike, and nothing is authorized or counted a second time."""
    change(READY, {"_place": True})
    for attributes in steps:
        change(READY, attributes)
    before = store.dump()
    store.remember("clock", LATER)
    answer = change(READY, {"_place": True}, access_token=access_token)
    store.remember("clock", "2018-01-01T12:00:00.000Z")

    assert (answer.status, store.dump()) == (200, before)
    assert len(_end(store, READY, "authorizations")) == 1


@pytest.mark.parametrize("value", [True, "true"], ids=repr)
def test_placed_order_says_so(change: Callable[..., Any], store: Store, value: object) -> None:
    """Its statuses, its instants, its amount, and what Klarna calls the order."""
    store.remember("clock", LATER)
    found = change(READY, {"_place": value}, access_token=CUSTOMER).data["attributes"]

    klarna_id = found["payment_source_details"]["klarna_id"]
    expected = {
        "status": "placed",
        "payment_status": "authorized",
        "fulfillment_status": "unfulfilled",
        "editable": False,
        "placed_at": LATER,
        "payment_updated_at": LATER,
        "approved_at": None,
        "formatted_place_total_amount": "€62,00",
        "payment_source_details": {
            "type": "klarna_payment",
            "klarna_id": klarna_id,
            "payment_method_details": {
                "order_id": klarna_id,
                "fraud_status": "ACCEPTED",
                "authorized_payment_method": {"type": "pay_later"},
            },
        },
    }
    assert {name: found[name] for name in expected} == expected


def test_placed_order_is_authorized_for_all_that_is_due(
    change: Callable[..., Any], create: Callable[..., Any], store: Store
) -> None:
    """Where the tax comes on top, it is paid for too."""
    [market] = store.find_with("markets", "code", "usa1")
    address = _order(store).linkage["billing_address"]
    methods = store.linked_from(market, types=["payment_methods"], name="market")
    linkage = {"shipping_address": address, "billing_address": address}
    id_ = create("orders", market=market, customer=JOHN, payment_method=methods[0], **linkage).data[
        "id"
    ]
    attributes = {"sku_code": "TSHIRTMM000000FFFFFFXLXX", "quantity": 2}
    create("line_items", attributes, order=("orders", id_))
    shipping = store.linked_from(market, types=["shipping_methods"], name="market")
    change(f"orders/{id_}/shipments", shipping_method=shipping[0])
    create("klarna_payments", order=("orders", id_))
    change(f"orders/{id_}/payment_source", {"auth_token": "x"})
    change(f"orders/{id_}", {"_place": True})

    [authorization] = map(store.get, _end(store, f"orders/{id_}", "authorizations"))
    assert (
        authorization.attributes["amount_cents"],
        authorization.attributes["currency_code"],
    ) == (
        13176,
        "USD",
    )


def test_order_that_is_authorized_already_is_placed_with_that(
    change: Callable[..., Any], store: Store
) -> None:
    """What was authorized before is not authorized again."""
    for attributes in ({"_authorize": True}, {"_authorize": True}, {"_place": True}):
        assert change(READY, attributes).status == 200

    assert len(_end(store, READY, "authorizations")) == 1


def test_order_is_authorized_anew_when_its_payment_source_is_another(
    change: Callable[..., Any], create: Callable[..., Any], store: Store
) -> None:
    """What another source was authorized for does not pay for the order."""
    change(READY, {"_authorize": True})
    id_ = create("klarna_payments", order=("orders", "qaMAhZkZvd")).data["id"]
    change(f"klarna_payments/{id_}", {"auth_token": "x"})
    change(READY, {"_place": True})

    sources = [
        store.get(each).linkage["payment_source"][1]
        for each in _end(store, READY, "authorizations")
    ]
    assert sources == ["ertHJlpPTR", id_]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (UNPAID, BLANK),
        ("orders/kLRAyaVMqb", "is not authorized: its auth_token can't be blank"),
    ],
)
def test_payment_source_is_not_authorized_when_it_is_not_good(
    change: Callable[..., Any], refused: Callable[..., Any], path: str, fault: str
) -> None:
    """To authorize takes what placing takes, of the payment source (422)."""
    answer = refused(change, path, {"_authorize": True})

    assert _faults(answer) == {"relationships/payment_source": fault}


def test_order_without_anything_to_pay_is_free(change: Callable[..., Any], store: Store) -> None:
    """It needs no payment, and has no transaction; it can be approved like any other."""
    store.update(_order(store, UNPAID), linkage={"payment_method": None})
    change(f"{UNPAID}/line_items", {"unit_amount_cents": 0})
    [shipment] = _end(store, UNPAID, "shipments")
    method = store.get(store.get(shipment).linkage["shipping_method"])
    store.update(method, attributes={"price_amount_cents": 0})
    change(UNPAID, {"_refresh": True})
    found = change(UNPAID, {"_place": True}, access_token=CUSTOMER).data["attributes"]
    approved = change(UNPAID, {"_approve_and_capture": True}).data["attributes"]

    assert (found["status"], found["payment_status"], found["payment_updated_at"]) == (
        "placed",
        "free",
        "2018-01-01T12:00:00.000Z",
    )
    assert _end(store, UNPAID, "authorizations") == []
    assert (approved["status"], approved["payment_status"]) == ("approved", "free")


def test_free_order_can_be_cancelled(change: Callable[..., Any], store: Store) -> None:
    """There is nothing to void, and it stays free."""
    store.update(_order(store, PLACED), attributes={"payment_status": "free"})
    for each in _end(store, PLACED, "authorizations"):
        store.remove(each)
    found = change(PLACED, {"_cancel": True}).data["attributes"]

    assert (found["status"], found["payment_status"]) == ("cancelled", "free")


def test_order_that_is_not_shipped_needs_no_fulfillment(
    change: Callable[..., Any], create: Callable[..., Any], store: Store
) -> None:
    """It needs no shipping address either."""
    market = _order(store).linkage["market"]
    linkage = {
        "billing_address": _order(store).linkage["billing_address"],
        "payment_method": _order(store).linkage["payment_method"],
    }
    id_ = create("orders", market=market, customer=JOHN, **linkage).data["id"]
    create("line_items", {"sku_code": GIFT_CARD, "quantity": 1}, order=("orders", id_))
    create("klarna_payments", order=("orders", id_))
    change(f"orders/{id_}/payment_source", {"auth_token": "x"})
    found = change(f"orders/{id_}", {"_place": True}).data["attributes"]

    assert (found["status"], found["fulfillment_status"]) == ("placed", "not_required")


def test_order_without_a_catalogues_item_is_shipped(
    change: Callable[..., Any], refused: Callable[..., Any], store: Store
) -> None:
    """What has a name and a price of its own is a thing, as far as anybody knows."""
    [item] = [
        each
        for each in _end(store, READY, "line_items")
        if store.get(each).attributes["item_type"] == "skus"
    ]
    store.update(store.get(item), linkage={"sku": None, "item": None})
    _drop(store, "shipping_address")
    answer = refused(change, READY, {"_place": True})

    assert _faults(answer) == {"relationships/shipping_address": BLANK}


@pytest.mark.parametrize(
    ("count", "expected"),
    [(None, (1, "acquired")), (0, (1, "acquired")), (1, (2, "repeat")), (5, (6, "repeat"))],
)
def test_placing_is_counted_for_the_customer(
    change: Callable[..., Any], store: Store, count: int | None, expected: tuple[int, str]
) -> None:
    """Who orders for the first time is acquired; who does again comes back."""
    store.update(store.get(JOHN), attributes={"total_orders_count": count})
    change(READY, {"_place": True})

    found = store.get(JOHN).attributes
    assert (found["total_orders_count"], found["status"]) == expected


def test_guest_without_a_password_has_none_afterwards(
    change: Callable[..., Any], store: Store
) -> None:
    """To order is not to register."""
    before = store.fact("passwords")
    change(NOBODYS, {"customer_email": "new@example.com", "_place": True}, access_token=GUEST)

    order = _order(store, NOBODYS)
    assert order.attributes["status"] == "placed"
    assert store.get(order.linkage["customer"]).attributes["has_password"] is False
    assert store.fact("passwords") == before


def test_customers_password_stays_when_the_order_brings_another(
    change: Callable[..., Any], store: Store
) -> None:
    """Nobody takes a customer's place by ordering in their name."""
    before = store.fact("passwords")
    attributes = {"customer_email": "jane@example.com", "customer_password": "a secret"}
    change(NOBODYS, attributes, access_token=GUEST)
    answer = change(NOBODYS, {"_place": True}, access_token=GUEST)

    assert (answer.data["attributes"]["status"], store.fact("passwords")) == ("placed", before)


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_asynchronous_order_keeps_its_errors(
    ask: Callable[..., Any], change: Callable[..., Any], store: Store, access_token: str
) -> None:
    """It is answered at once (200) and is placing; what is wrong with it can be read."""
    store.update(_order(store), attributes={"place_async": True})
    _drop(store, "billing_address", "payment_source")
    answer = change(READY, {"_place": True}, access_token=access_token)
    errors = ask("GET", f"/api/{READY}/resource_errors", access_token=access_token).data

    found = answer.data["attributes"]
    assert (answer.status, found["status"], found["errors_count"]) == (200, "placing", 2)
    assert [
        (each["attributes"]["name"], each["attributes"]["code"], each["attributes"]["message"])
        for each in errors
    ] == [("billing_address", "BLANK", BLANK), ("payment_source", "BLANK", BLANK)]
    assert _end(store, READY, "authorizations") == []


def test_asynchronous_order_is_mended_and_placed(change: Callable[..., Any], store: Store) -> None:
    """Back to pending, mended, and placed: the errors are gone."""
    address = _order(store).linkage["billing_address"]
    change(READY, {"place_async": True})
    store.update(_order(store), linkage={"billing_address": None})
    change(READY, {"_place": True})
    change(READY, {"_pending": True})
    change(READY, billing_address=address, payment_source=("klarna_payments", "ertHJlpPTR"))
    found = change(READY, {"_place": True}).data["attributes"]

    assert (found["status"], found["errors_count"]) == ("placed", 0)
    assert store.identifiers(["resource_errors"]) == []


def test_asynchronous_order_has_the_errors_of_the_last_try(
    change: Callable[..., Any], store: Store
) -> None:
    """Tried again, it has those that there are now, once each."""
    store.update(_order(store), attributes={"place_async": True})
    _drop(store, "billing_address")
    seen = []
    for _ in "12":
        answer = change(READY, {"_place": True})
        seen.append((answer.status, len(store.identifiers(["resource_errors"]))))

    assert seen == [(200, 1), (200, 1)]


def test_asynchronous_order_is_placed_when_nothing_is_wrong(
    change: Callable[..., Any], store: Store
) -> None:
    """There is nothing to wait for."""
    found = change(READY, {"place_async": True, "_place": True}).data["attributes"]

    assert (found["status"], found["errors_count"]) == ("placed", 0)


def test_edited_order_cannot_cost_more_than_it_did(
    change: Callable[..., Any], refused: Callable[..., Any], store: Store
) -> None:
    """What was placed, and authorized, is the most that it can cost afterwards (422)."""
    change(PLACED, {"_start_editing": True})
    change(f"{PLACED}/line_items", {"quantity": 2})
    [error] = refused(change, PLACED, {"_stop_editing": True}).document["errors"]

    assert (error["source"]["pointer"], error["detail"], error["meta"]) == (
        "/data/attributes/total_amount_cents",
        "total_amount_cents - must be less than or equal to 6200",
        {"error": "less_than_or_equal_to", "value": 11200, "count": 6200},
    )


@pytest.mark.parametrize("cents", [5000, 1])
def test_edited_order_can_cost_as_much_or_less(
    change: Callable[..., Any], store: Store, cents: int
) -> None:
    """It is placed again, and its amount at that time stays what it was."""
    change(PLACED, {"_start_editing": True})
    change(f"{PLACED}/line_items", {"unit_amount_cents": cents})
    found = change(PLACED, {"_stop_editing": True}).data["attributes"]

    assert (found["status"], found["total_amount_cents"], found["place_total_amount_cents"]) == (
        "placed",
        cents + 1200,
        6200,
    )


def test_payment_source_is_not_fixed_when_nothing_was_authorized(
    change: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """There is none to go back to (422)."""
    answer = refused(change, UNPAID, {"_fix_payment_source": True})

    assert _faults(answer) == {"relationships/authorizations": BLANK}


def test_payment_source_is_fixed_with_the_last_that_succeeded(
    change: Callable[..., Any], create: Callable[..., Any], store: Store
) -> None:
    """One that failed does not count."""
    change(READY, {"_authorize": True})
    id_ = create("klarna_payments", order=("orders", "qaMAhZkZvd")).data["id"]
    change(f"klarna_payments/{id_}", {"auth_token": "x"})
    change(READY, {"_authorize": True})
    failed = _end(store, READY, "authorizations")[-1]
    seen = []
    for succeeded in (True, False):
        store.update(store.get(failed), attributes={"succeeded": succeeded})
        change(READY, {"_nullify_payment_source": True})
        change(READY, {"_fix_payment_source": True})
        seen.append(_order(store).linkage["payment_source"][1])

    assert seen == [id_, "ertHJlpPTR"]


@pytest.mark.parametrize(
    ("limit", "status", "captures"),
    [(None, "paid", 1), (6200, "paid", 1), (6199, "authorized", 0)],
    ids=["no limit", "within", "beyond"],
)
def test_payment_is_captured_at_once_where_the_method_says_so(
    change: Callable[..., Any], store: Store, limit: int | None, status: str, captures: int
) -> None:
    """Automatic capture follows the authorization, up to the method's limit."""
    attributes = {"auto_capture": True, "auto_capture_max_amount_cents": limit}
    change(f"{READY}/payment_method", attributes)
    answer = change(READY, {"_place": True}, access_token=CUSTOMER)

    found = answer.data["attributes"]
    assert (found["status"], found["payment_status"]) == ("placed", status)
    assert len(_end(store, READY, "captures")) == captures


def test_capture_of_an_order_that_is_pending_can_be_cancelled(
    change: Callable[..., Any], store: Store
) -> None:
    """The order is left unpaid, and can be placed still."""
    change(f"{READY}/payment_method", {"auto_capture": True})
    change(READY, {"_authorize": True})
    before = _order(store).attributes["payment_status"]
    change(f"{READY}/captures", {"_cancel": True})

    found = _order(store).attributes
    assert (before, found["status"], found["payment_status"]) == ("paid", "pending", "unpaid")


def test_authorization_of_an_order_that_is_pending_can_be_cancelled(
    change: Callable[..., Any], store: Store
) -> None:
    """The order is left unpaid, and can be authorized again."""
    change(READY, {"_authorize": True})
    change(f"{READY}/authorizations", {"_cancel": True})
    cancelled = _order(store).attributes["payment_status"]
    change(READY, {"_place": True})

    found = _order(store).attributes
    assert (cancelled, found["status"], found["payment_status"]) == (
        "unpaid",
        "placed",
        "authorized",
    )


def test_cancelling_voids_every_authorization_that_is_open(
    change: Callable[..., Any], store: Store
) -> None:
    """An order may have been authorized by two payment sources; neither stays held."""
    change(READY, {"_authorize": True})
    change(READY, payment_source=None)
    change("klarna_payments/wRzKLobPQn", order=("orders", "qaMAhZkZvd"))
    change(READY, {"_place": True}, payment_source=("klarna_payments", "wRzKLobPQn"))
    change(READY, {"_cancel": True})

    authorizations = [store.get(each) for each in _end(store, READY, "authorizations")]
    assert [each.attributes["void_balance_cents"] for each in authorizations] == [0, 0]
    assert len(_end(store, READY, "voids")) == 2


@pytest.mark.parametrize(
    ("trigger", "status"), [("_picking", "cancelled"), ("_ship", "shipped")], ids=["here", "gone"]
)
def test_cancelling_calls_no_shipment_back(
    change: Callable[..., Any], store: Store, trigger: str, status: str
) -> None:
    """What has been shipped stays so; what has not is cancelled with the order."""
    change(f"{PLACED}/shipments", {trigger: True})
    change(PLACED, {"_cancel": True})

    [shipment] = _end(store, PLACED, "shipments")
    assert store.get(shipment).attributes["status"] == status


def test_asynchronous_order_names_a_fault_of_the_whole_order_base(
    ask: Callable[..., Any], change: Callable[..., Any], store: Store
) -> None:
    """A fault that is no attribute's has the name that clients know it by."""
    store.update(_order(store), attributes={"place_async": True})
    _drop_shipping_method(store)
    change(READY, {"_place": True})
    [error] = ask("GET", f"/api/{READY}/resource_errors").data

    attributes = error["attributes"]
    assert (attributes["name"], attributes["message"]) == ("base", NO_METHOD)


@pytest.mark.parametrize("quantity", [1, 2])
def test_order_that_refreshes_on_demand_is_refreshed_when_it_is_placed(
    change: Callable[..., Any], refused: Callable[..., Any], store: Store, quantity: int
) -> None:
    """Nobody pays another amount than the payment was opened for (422)."""
    change(READY, {"autorefresh": False})
    [item, *_] = _end(store, READY, "line_items")
    store.update(store.get(item), attributes={"quantity": quantity})
    if quantity == 1:
        assert change(READY, {"_place": True}).data["attributes"]["status"] == "placed"
        return
    answer = refused(change, READY, {"_place": True})

    assert [error["meta"]["error"] for error in answer.document["errors"]] == ["mismatched_amounts"]


def test_payment_of_another_amount_is_one_fault_of_several(
    change: Callable[..., Any], refused: Callable[..., Any], store: Store
) -> None:
    """It is told with everything else that is in the way."""
    store.update(
        store.get(("klarna_payments", "ertHJlpPTR")), attributes={"mismatched_amounts": True}
    )
    _drop(store, "billing_address")
    answer = refused(change, READY, {"_place": True})

    assert [error["meta"]["error"] for error in answer.document["errors"]] == [
        "blank",
        "mismatched_amounts",
    ]


def test_payment_of_another_amount_is_not_authorized(
    change: Callable[..., Any], refused: Callable[..., Any], store: Store
) -> None:
    """Klarna would refuse it."""
    store.update(
        store.get(("klarna_payments", "ertHJlpPTR")), attributes={"mismatched_amounts": True}
    )
    answer = refused(change, READY, {"_authorize": True})

    assert [error["meta"]["error"] for error in answer.document["errors"]] == ["mismatched_amounts"]
