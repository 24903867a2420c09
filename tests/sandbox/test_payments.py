"""Klarna payments and Stripe payments: opened for an order, authorized, and taken away again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from helpers.sandbox.store import Identifier, Store

CUSTOMER = "your-access-token"
OTHER_CUSTOMER = "your-other-customers-access-token"
GUEST = "your-guest-access-token"
INTEGRATION = "your-integration-access-token"

READY = "qaMAhZkZvd"
READY_PAYMENT = ("klarna_payments", "ertHJlpPTR")
UNPAID = "pWZkeVLoJn"
NOBODYS = "NqvGxbmPWe"
PLACED = "drYpoNLxZA"
PLACED_PAYMENT = ("klarna_payments", "yGmPVkqeZL")
T_SHIRT = "TSHIRTMM000000FFFFFFXLXX"


@pytest.fixture
def method(store: Store) -> Callable[[str], Identifier]:
    """Find the European market's payment method for a type of payment source."""

    def method(type_: str) -> Identifier:
        market = store.get(("orders", READY)).linkage["market"]
        [found] = [
            each
            for each in store.linked_from(market, types=["payment_methods"], name="market")
            if store.get(each).attributes["payment_source_type"] == type_
        ]
        return found

    return method


@pytest.fixture
def payable(change: Callable[..., Any], method: Callable[[str], Identifier]) -> Callable[..., None]:
    """Choose how the customer's unpaid order is going to be paid."""

    def payable(type_: str = "klarna_payments") -> None:
        assert change(f"orders/{UNPAID}", payment_method=method(type_)).status == 200

    return payable


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_session_is_opened_when_a_klarna_payment_is_created(
    create: Callable[..., Any], payable: Callable[..., None], access_token: str
) -> None:
    """With nothing but the order, it answers what the page's JavaScript needs next (201)."""
    payable()
    answer = create("klarna_payments", order=("orders", UNPAID), access_token=access_token)

    found = answer.data["attributes"]
    assert answer.status == 201
    assert len(found["session_id"]) == 36
    assert found["client_token"]
    assert [each["identifier"] for each in found["payment_methods"]] == [
        "pay_later",
        "pay_over_time",
        "pay_now",
    ]
    assert (found["auth_token"], found["mismatched_amounts"], found["payment_instrument"]) == (
        None,
        False,
        None,
    )


def test_session_offers_less_when_the_order_costs_more(
    create: Callable[..., Any], payable: Callable[..., None]
) -> None:
    """Klarna's categories depend on the amount."""
    payable()
    attributes = {"sku_code": T_SHIRT, "quantity": 1000}
    create("line_items", attributes, order=("orders", UNPAID))
    found = create("klarna_payments", order=("orders", UNPAID)).data["attributes"]

    assert [each["identifier"] for each in found["payment_methods"]] == ["pay_now"]


@pytest.mark.parametrize("type_", ["klarna_payments", "stripe_payments"])
def test_new_payment_is_its_orders_payment_source(
    ask: Callable[..., Any],
    create: Callable[..., Any],
    payable: Callable[..., None],
    type_: str,
) -> None:
    """The order says so at once, and of which type it is."""
    payable(type_)
    id_ = create(type_, order=("orders", UNPAID)).data["id"]
    answer = ask("GET", f"/api/orders/{UNPAID}?include=payment_source")

    assert answer.included == [f"{type_}/{id_}"]
    assert answer.data["attributes"]["payment_source_details"] == {"type": type_[:-1]}


def test_new_payment_takes_the_place_of_the_one_before(
    create: Callable[..., Any], store: Store
) -> None:
    """A second try is the one that counts; the first one is still there."""
    id_ = create("klarna_payments", order=("orders", READY)).data["id"]

    assert store.get(("orders", READY)).linkage["payment_source"] == ("klarna_payments", id_)
    assert store.get(READY_PAYMENT).linkage["order"] == ("orders", READY)


def test_klarna_payment_is_of_its_methods_gateway(
    create: Callable[..., Any], payable: Callable[..., None]
) -> None:
    """The gateway is the payment method's; the client does not name it."""
    payable()
    answer = create("klarna_payments", order=("orders", UNPAID), query="?include=payment_gateway")

    assert [each.split("/")[0] for each in answer.included] == ["klarna_gateways"]


def test_stripe_payment_has_an_intent(
    create: Callable[..., Any], payable: Callable[..., None]
) -> None:
    """Its values look like Stripe's, and need no authorization of the client's here."""
    payable("stripe_payments")
    found = create("stripe_payments", order=("orders", UNPAID)).data["attributes"]

    assert found["stripe_id"].startswith("pi_")
    assert found["client_secret"].startswith(f"{found['stripe_id']}_secret_")
    assert found["publishable_key"] == "pk_test_sandbox"


@pytest.mark.parametrize(
    ("held", "type_"),
    [
        (None, "klarna_payments"),
        ("stripe_payments", "klarna_payments"),
        ("klarna_payments", "stripe_payments"),
    ],
)
def test_payment_is_refused_when_the_method_is_another(
    create: Callable[..., Any],
    refused: Callable[..., Any],
    payable: Callable[..., None],
    held: str | None,
    type_: str,
) -> None:
    """The payment method comes first, and says which type of payment source it takes (422)."""
    if held:
        payable(held)
    answer = refused(create, type_, order=("orders", UNPAID), access_token=CUSTOMER)

    assert answer.document["errors"] == [
        {
            "title": "can't be blank",
            "detail": (
                f"payment_gateway - can't be blank: the order's payment method is of type {held}"
            ),
            "code": "VALIDATION_ERROR",
            "status": "422",
            "source": {"pointer": "/data/relationships/payment_gateway"},
            "meta": {"error": "blank"},
        }
    ]


def test_payment_is_refused_without_an_order(
    create: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """There is nothing to pay for (422)."""
    answer = refused(create, "klarna_payments")

    assert [error["detail"] for error in answer.document["errors"]] == ["order - can't be blank"]


@pytest.mark.parametrize("access_token", [OTHER_CUSTOMER, GUEST])
def test_payment_is_refused_for_somebody_elses_order(
    create: Callable[..., Any], refused: Callable[..., Any], access_token: str
) -> None:
    """What they may not see is, to them, not there (422)."""
    answer = refused(create, "klarna_payments", order=("orders", READY), access_token=access_token)

    assert [error["detail"] for error in answer.document["errors"]] == ["order - must exist"]


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_authorization_is_sent_back(
    change: Callable[..., Any],
    create: Callable[..., Any],
    payable: Callable[..., None],
    store: Store,
    access_token: str,
) -> None:
    """What Klarna's JavaScript handed over is kept, and when; the order has its source still."""
    payable()
    id_ = create("klarna_payments", order=("orders", UNPAID)).data["id"]
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    path = f"klarna_payments/{id_}"
    answer = change(path, {"auth_token": "anything"}, access_token=access_token)

    assert (answer.status, answer.data["attributes"]["auth_token"]) == (200, "anything")
    assert store.get(("klarna_payments", id_)).attributes["_authorized_at"] == (
        "2018-01-02T12:00:00.000Z"
    )
    assert store.get(("orders", UNPAID)).linkage["payment_source"] == ("klarna_payments", id_)


def test_authorization_opens_no_other_session(
    change: Callable[..., Any], create: Callable[..., Any], payable: Callable[..., None]
) -> None:
    """An update is of the session that there is."""
    payable()
    before = create("klarna_payments", order=("orders", UNPAID)).data["attributes"]
    path = f"orders/{UNPAID}/payment_source"
    after = change(path, {"auth_token": "x"}).data["attributes"]

    assert {name: after[name] for name in ("session_id", "client_token")} == {
        name: before[name] for name in ("session_id", "client_token")
    }


def test_payment_is_authorized_whatever_the_order_is_going_to_be_paid_with(
    change: Callable[..., Any], method: Callable[[str], Identifier], store: Store
) -> None:
    """A payment that its order has lost stays a payment, and does not come back by itself."""
    change(f"orders/{READY}", payment_method=method("stripe_payments"))
    answer = change("/".join(READY_PAYMENT), {"auth_token": "another"})

    assert (answer.status, answer.data["attributes"]["auth_token"]) == (200, "another")
    assert "payment_source" not in store.get(("orders", READY)).linkage


def test_authorization_is_as_old_as_it_was_when_it_is_sent_again(
    change: Callable[..., Any], store: Store
) -> None:
    """The same one again is no new one: it does not become younger."""
    held = store.get(READY_PAYMENT).attributes["auth_token"]
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    change("/".join(READY_PAYMENT), {"auth_token": held, "reference": "x"})

    assert store.get(READY_PAYMENT).attributes["_authorized_at"] == "2018-01-01T12:00:00.000Z"


EDITED: Mapping[str, Callable[..., Any]] = {
    "a line item more": lambda change, create, method: create(
        "line_items", {"sku_code": T_SHIRT, "quantity": 1}, order=("orders", READY)
    ),
    "a line item's quantity": lambda change, create, method: change(
        f"orders/{READY}/line_items", {"quantity": 2}
    ),
    "another payment method": lambda change, create, method: change(
        f"orders/{READY}", payment_method=method("stripe_payments")
    ),
    "no payment method": lambda change, create, method: change(
        f"orders/{READY}", payment_method=None
    ),
    "no shipping address": lambda change, create, method: change(
        f"orders/{READY}", shipping_address=None
    ),
    "no billing address": lambda change, create, method: change(
        f"orders/{READY}", billing_address=None
    ),
    "the address itself": lambda change, create, method: change(
        f"orders/{READY}/shipping_address", {"city": "Siena"}
    ),
    "no shipping method": lambda change, create, method: change(
        f"orders/{READY}/shipments", shipping_method=None
    ),
    "freight not taxed": lambda change, create, method: change(
        f"orders/{READY}", {"freight_taxable": False}
    ),
    "payment method taxed": lambda change, create, method: change(
        f"orders/{READY}", {"payment_method_taxable": True}
    ),
    "refreshed": lambda change, create, method: change(f"orders/{READY}", {"_refresh": True}),
    "nullified": lambda change, create, method: change(
        f"orders/{READY}", {"_nullify_payment_source": True}
    ),
}
UNTOUCHED: Mapping[str, Callable[..., Any]] = {
    "nothing": lambda change, method: change(f"orders/{READY}"),
    "metadata": lambda change, method: change(f"orders/{READY}", {"metadata": {"a": 1}}),
    "reference": lambda change, method: change(f"orders/{READY}", {"reference": "x"}),
    "another URL": lambda change, method: change(
        f"orders/{READY}", {"return_url": "https://example.com"}
    ),
    "the same payment method": lambda change, method: change(
        f"orders/{READY}", payment_method=method("klarna_payments")
    ),
    "the same flag": lambda change, method: change(f"orders/{READY}", {"freight_taxable": True}),
    "a line item's metadata": lambda change, method: change(
        f"orders/{READY}/line_items", {"metadata": {"a": 1}}
    ),
    "a line item's reference": lambda change, method: change(
        f"orders/{READY}/line_items", {"reference": "x"}
    ),
    "taxes updated": lambda change, method: change(f"orders/{READY}", {"_update_taxes": True}),
    "validated": lambda change, method: change(f"orders/{READY}", {"_validate": True}),
    "another's payment": lambda change, method: change(
        f"orders/{UNPAID}", payment_method=method("klarna_payments")
    ),
}


@pytest.mark.parametrize("name", EDITED)
def test_klarna_payment_is_lost_when_its_order_is_edited(
    change: Callable[..., Any],
    create: Callable[..., Any],
    method: Callable[[str], Identifier],
    store: Store,
    name: str,
) -> None:
    """What is paid for has changed: the order has no payment source, and its details are gone."""
    answer = EDITED[name](change, create, method)

    order = store.get(("orders", READY))
    assert answer.status in {200, 201}
    assert ("payment_source" in order.linkage, order.attributes["payment_source_details"]) == (
        False,
        None,
    )


@pytest.mark.parametrize("name", UNTOUCHED)
def test_klarna_payment_stays_when_nothing_is_edited(
    change: Callable[..., Any], method: Callable[[str], Identifier], store: Store, name: str
) -> None:
    """Notes are no edit, and neither is what stays as it was."""
    answer = UNTOUCHED[name](change, method)

    order = store.get(("orders", READY))
    assert (answer.status, order.linkage["payment_source"]) == (200, READY_PAYMENT)
    assert order.attributes["payment_source_details"] == {"type": "klarna_payment"}


def test_klarna_payment_stays_when_it_is_set_with_what_is_edited(
    change: Callable[..., Any], method: Callable[[str], Identifier], store: Store
) -> None:
    """An update that names the payment source too wants to have it."""
    change(f"orders/{READY}", {"_save_payment_source_to_customer_wallet": True})
    change(
        f"orders/{UNPAID}", payment_method=method("klarna_payments"), payment_source=READY_PAYMENT
    )

    assert store.get(("orders", UNPAID)).linkage["payment_source"] == READY_PAYMENT


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_payment_source_can_be_named(
    change: Callable[..., Any], store: Store, access_token: str
) -> None:
    """A payment that was lost can be set again, by its relationship."""
    change(f"orders/{READY}", {"_refresh": True})
    answer = change(f"orders/{READY}", payment_source=READY_PAYMENT, access_token=access_token)

    assert answer.data["attributes"]["payment_source_details"] == {"type": "klarna_payment"}
    assert store.get(("orders", READY)).linkage["payment_source"] == READY_PAYMENT


def test_payment_source_is_refused_when_the_method_is_another(
    change: Callable[..., Any],
    method: Callable[[str], Identifier],
    payable: Callable[..., None],
    refused: Callable[..., Any],
) -> None:
    """A Klarna payment is no source for Stripe's payment method (422)."""
    payable("stripe_payments")
    answer = refused(change, f"orders/{UNPAID}", payment_source=READY_PAYMENT)

    assert [error["detail"] for error in answer.document["errors"]] == [
        "payment_source - is invalid: the payment method's type is stripe_payments"
    ]


def test_payment_source_is_refused_when_there_is_no_method(
    change: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """The payment method comes first (422)."""
    answer = refused(change, f"orders/{UNPAID}", payment_source=READY_PAYMENT)

    assert [error["detail"] for error in answer.document["errors"]] == [
        "payment_source - is invalid: the payment method's type is None"
    ]


def test_stripe_payment_is_lost_when_the_method_is_another(
    change: Callable[..., Any],
    create: Callable[..., Any],
    method: Callable[[str], Identifier],
    payable: Callable[..., None],
    store: Store,
) -> None:
    """It is no source for Klarna's payment method."""
    payable("stripe_payments")
    create("stripe_payments", order=("orders", UNPAID))
    change(f"orders/{UNPAID}", payment_method=method("klarna_payments"))

    order = store.get(("orders", UNPAID))
    assert ("payment_source" in order.linkage, order.attributes["payment_source_details"]) == (
        False,
        None,
    )


def test_payment_source_can_be_emptied(change: Callable[..., Any], store: Store) -> None:
    """Set to null, it is gone with its details."""
    answer = change(f"orders/{READY}", payment_source=None)

    assert answer.data["attributes"]["payment_source_details"] is None
    assert "payment_source" not in store.get(("orders", READY)).linkage


def _add_one(create: Callable[..., Any], order_id: str) -> None:
    attributes = {"sku_code": T_SHIRT, "quantity": 1}
    assert create("line_items", attributes, order=("orders", order_id)).status == 201


@pytest.mark.parametrize("type_", ["klarna_payments", "stripe_payments"])
def test_amounts_are_mismatched_until_the_payment_is_updated(
    change: Callable[..., Any],
    create: Callable[..., Any],
    payable: Callable[..., None],
    store: Store,
    type_: str,
) -> None:
    """The order costs something else than the session is for; ``_update`` brings them together."""
    payable(type_)
    id_ = create(type_, order=("orders", UNPAID)).data["id"]
    seen = []
    for step in (lambda: None, lambda: _add_one(create, UNPAID)):
        step()
        seen.append(store.get((type_, id_)).attributes["mismatched_amounts"])
    seen.append(
        change(f"{type_}/{id_}", {"_update": True}).data["attributes"]["mismatched_amounts"]
    )

    assert seen == [False, True, False]


def test_amounts_match_again_when_the_order_costs_what_it_did(
    change: Callable[..., Any], create: Callable[..., Any], store: Store
) -> None:
    """It is the amount that counts, not how it came about."""
    seen = []
    for quantity in (2, 1):
        change(f"orders/{READY}/line_items", {"quantity": quantity})
        seen.append(store.get(READY_PAYMENT).attributes["mismatched_amounts"])

    assert seen == [True, False]


def test_stripe_payment_stays_when_its_order_is_edited(
    create: Callable[..., Any], payable: Callable[..., None], store: Store
) -> None:
    """Only Klarna's sessions cannot be changed afterwards."""
    payable("stripe_payments")
    id_ = create("stripe_payments", order=("orders", UNPAID)).data["id"]
    _add_one(create, UNPAID)

    assert store.get(("orders", UNPAID)).linkage["payment_source"] == ("stripe_payments", id_)


def test_order_is_placed_with_a_stripe_payment(
    change: Callable[..., Any], create: Callable[..., Any], payable: Callable[..., None]
) -> None:
    """It needs no authorization token, and the details name its type."""
    payable("stripe_payments")
    create("stripe_payments", order=("orders", UNPAID))
    found = change(f"orders/{UNPAID}", {"_place": True}).data["attributes"]

    assert (found["status"], found["payment_status"], found["payment_source_details"]) == (
        "placed",
        "authorized",
        {"type": "stripe_payment"},
    )


@pytest.mark.parametrize(
    ("access_token", "status", "attributes"),
    [
        (CUSTOMER, 401, {"auth_token": "x"}),
        (CUSTOMER, 401, {"metadata": {"a": 1}}),
        (CUSTOMER, 401, {}),
        (INTEGRATION, 422, {"auth_token": "x"}),
    ],
)
def test_payment_is_refused_a_change_when_its_order_is_placed(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    access_token: str,
    status: int,
    attributes: dict[str, Any],
) -> None:
    """Who pays cannot, and an integration may note something only."""
    answer = refused(change, "/".join(PLACED_PAYMENT), attributes, access_token=access_token)

    assert answer.status == status


@pytest.mark.parametrize(("access_token", "status"), [(CUSTOMER, 401), (INTEGRATION, 422)])
def test_payment_is_refused_when_its_order_is_placed(
    create: Callable[..., Any], refused: Callable[..., Any], access_token: str, status: int
) -> None:
    """What is paid for is not paid for again, and that is the one fault."""
    answer = refused(create, "klarna_payments", order=("orders", PLACED), access_token=access_token)

    pointers = [error.get("source") for error in answer.document["errors"]]
    expected = {"pointer": "/data/relationships/order"} if status == 422 else None
    assert (answer.status, pointers) == (status, [expected])


def test_payment_of_a_placed_order_takes_an_integrations_notes(
    change: Callable[..., Any], store: Store
) -> None:
    """Metadata is about nothing that was paid."""
    change("/".join(PLACED_PAYMENT), {"metadata": {"a": 1}})

    assert store.get(PLACED_PAYMENT).attributes["metadata"] == {"a": 1}


def test_payment_is_for_guests_too(
    change: Callable[..., Any], create: Callable[..., Any], store: Store
) -> None:
    """A guest opens a session for a guest's order, and sends the authorization back."""
    answer = create("klarna_payments", order=("orders", NOBODYS), access_token=GUEST)
    path = f"klarna_payments/{answer.data['id']}"
    again = change(path, {"auth_token": "x"}, access_token=GUEST)

    assert (answer.status, again.status) == (201, 200)


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
@pytest.mark.parametrize("is_moved", [False, True], ids=["as it is", "moved elsewhere"])
def test_payment_of_an_order_that_is_placed_stays_as_it_is(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    access_token: str,
    is_moved: bool,
) -> None:
    """Not by way of another order either, its own or one that pays from the wallet."""
    change(f"orders/{READY}", {"_save_payment_source_to_customer_wallet": True})
    change(f"orders/{UNPAID}", {"_customer_payment_source_id": "QgDXpwsqDx", "_place": True})
    assert store.get(("orders", UNPAID)).attributes["status"] == "placed"
    linkage = {"order": ("orders", READY)} if is_moved else {}
    attributes = {} if is_moved else {"auth_token": None}
    path = f"klarna_payments/{READY_PAYMENT[1]}"
    answer = refused(change, path, attributes, access_token=access_token, **linkage)

    assert answer.status == (401 if access_token == CUSTOMER else 422)


def test_payment_that_gets_another_order_pays_that_one(
    change: Callable[..., Any], store: Store
) -> None:
    """The order that it was for has to be paid otherwise."""
    path = f"klarna_payments/{READY_PAYMENT[1]}"
    change(path, order=("orders", UNPAID))

    before, after = (store.get(("orders", each)) for each in (READY, UNPAID))
    assert "payment_source" not in before.linkage
    assert before.attributes["payment_source_details"] is None
    assert after.linkage["payment_source"] == READY_PAYMENT
    assert after.attributes["payment_source_details"] == {"type": "klarna_payment"}


def test_payment_source_of_another_order_is_refused(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    method: Callable[[str], Identifier],
) -> None:
    """One authorization is for one order, unless it was saved."""
    linkage = {"payment_method": method("klarna_payments"), "payment_source": READY_PAYMENT}
    answer = refused(change, f"orders/{UNPAID}", access_token=CUSTOMER, **linkage)

    [error] = answer.document["errors"]
    assert error["source"]["pointer"] == "/data/relationships/payment_source"
    assert error["meta"]["error"] == "invalid"


def test_payment_source_of_another_wallet_is_refused(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    method: Callable[[str], Identifier],
) -> None:
    """Being in some wallet is not being in this customer's."""
    of_another = ("klarna_payments", "oPxKLZqvRb")
    linkage = {"payment_method": method("klarna_payments"), "payment_source": of_another}
    answer = refused(change, f"orders/{UNPAID}", access_token=INTEGRATION, **linkage)

    assert [error["meta"]["error"] for error in answer.document["errors"]] == ["invalid"]
