"""The customer wallet: saving a payment source to it, paying from it, its entries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from helpers.sandbox.store import Store
from helpers.sandbox.wallet import entry_of

SAVE = "_save_payment_source_to_customer_wallet"
REUSE = "_customer_payment_source_id"
CUSTOMER = "your-access-token"
OTHER_CUSTOMER = "your-other-customers-access-token"
GUEST = "your-guest-access-token"
INTEGRATION = "your-integration-access-token"

AUTHORIZED = "qaMAhZkZvd"
WITHOUT_PAYMENT_SOURCE = "pWZkeVLoJn"
UNAUTHORIZED_KLARNA_PAYMENT = "kLRAyaVMqb"
PLACED = "drYpoNLxZA"
JOHN = ("customers", "jENxlDKaVB")
JANE = ("customers", "vMRybPWzoE")
SOURCE = ("klarna_payments", "ertHJlpPTR")


@pytest.fixture
def bare_order(store: Store) -> Callable[..., None]:
    """Store an order of which nothing is known but what the wallet needs."""

    def bare_order(customer: tuple[str, str]) -> None:
        market = store.get(("orders", AUTHORIZED)).linkage["market"]
        linkage = {"customer": customer, "payment_source": SOURCE, "market": market}
        store.add("orders", "anOrder", attributes={"status": "pending"}, linkage=linkage)

    return bare_order


def _wallet(store: Store, customer: tuple[str, str]) -> list[tuple[str, str]]:
    return store.linked_from(customer, types=["customer_payment_sources"], name="customer")


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

    assert store.get(("customer_payment_sources", "QgDXpwsqDx")).linkage == {
        "customer": JOHN,
        "payment_source": SOURCE,
        "payment_method": store.get(("orders", AUTHORIZED)).linkage["payment_method"],
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
    store: Store, update: Callable[..., Any], bare_order: Callable[..., None]
) -> None:
    """What the order has not, the entry has not."""
    bare_order(JOHN)
    update("anOrder", {SAVE: True})

    assert store.get(("customer_payment_sources", "QgDXpwsqDx")).linkage == {
        "customer": JOHN,
        "payment_source": SOURCE,
    }


@pytest.mark.usefixtures("entry_id")
def test_saving_a_shared_payment_source_is_once_for_each_customer(
    store: Store, update: Callable[..., Any], bare_order: Callable[..., None]
) -> None:
    """That another customer has saved the same source does not count."""
    bare_order(JANE)
    update("anOrder", {SAVE: True}, access_token=INTEGRATION)

    assert [len(_wallet(store, each)) for each in (JOHN, JANE)] == [1, 3]


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_reusing_gives_the_order_source_and_method(
    store: Store, update: Callable[..., Any], entry_id: str, access_token: str
) -> None:
    """An order that had neither gets the entry's payment source and its payment method."""
    query = "?include=payment_source,payment_method"
    answer = update(
        WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id}, query=query, access_token=access_token
    )

    _, method_id = store.get(("orders", AUTHORIZED)).linkage["payment_method"]
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
    attributes = {"payment_source_type": "klarna_payments", "price_amount_cents": 0}
    chosen = store.add("payment_methods", "chosen", attributes=attributes).identifier
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
    linkage = {"customer": JOHN, "payment_source": SOURCE}
    store.add("customer_payment_sources", "anEntry", linkage=linkage)
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


def test_reusing_replaces_the_method_when_its_source_is_of_another_type(
    store: Store, change: Callable[..., Any], update: Callable[..., Any], entry_id: str
) -> None:
    """A Klarna payment is no source for Stripe's payment method."""
    [stripe] = store.find_with("payment_methods", "name", "Stripe Payment")[:1]
    change(f"orders/{WITHOUT_PAYMENT_SOURCE}", payment_method=stripe)
    update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id})

    orders = [store.get(("orders", id_)) for id_ in (AUTHORIZED, WITHOUT_PAYMENT_SOURCE)]
    assert orders[1].linkage["payment_method"] == orders[0].linkage["payment_method"]


def test_reusing_makes_the_order_cost_what_the_method_costs(
    store: Store, change: Callable[..., Any], update: Callable[..., Any], entry_id: str
) -> None:
    """A payment method that comes with the entry is paid for like one that was chosen."""
    change(f"orders/{AUTHORIZED}/payment_method", {"price_amount_cents": 250})
    attributes = update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id}).data["attributes"]

    assert (attributes["payment_method_amount_cents"], attributes["total_amount_cents"]) == (
        250,
        6450,
    )


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_reusing_pays_for_another_order(
    ask: Callable[..., Any], update: Callable[..., Any], entry_id: str, access_token: str
) -> None:
    """An order that is paid for from the wallet can be placed, and charges the entry's source."""
    update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id}, access_token=access_token)
    attributes = update(WITHOUT_PAYMENT_SOURCE, {"_place": True}, access_token=access_token).data[
        "attributes"
    ]
    target = f"/api/orders/{WITHOUT_PAYMENT_SOURCE}/authorizations?include=payment_source"
    answer = ask("GET", target)

    assert (attributes["status"], attributes["payment_status"], answer.included) == (
        "placed",
        "authorized",
        ["klarna_payments/ertHJlpPTR"],
    )


def test_saving_a_reused_payment_source_keeps_one_entry(
    store: Store, update: Callable[..., Any], entry_id: str
) -> None:
    """What comes from the wallet is in it already, whichever order it is saved from."""
    update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id})
    answer = update(WITHOUT_PAYMENT_SOURCE, {SAVE: True})

    assert (answer.status, len(_wallet(store, JOHN))) == (200, 1)


@pytest.mark.parametrize(
    ("auth_token", "clock", "fault"),
    [
        ("expired-token", "2018-01-01T12:00:00.000Z", "is expired"),
        ("declined-token", "2018-01-01T12:00:00.000Z", "is declined"),
        ("good-token", "2018-01-01T13:00:00.001Z", "is expired"),
    ],
)
def test_saving_is_refused_when_klarna_refuses(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    update: Callable[..., Any],
    auth_token: str,
    clock: str,
    fault: str,
) -> None:
    """An authorization that Klarna does not take cannot be exchanged for a customer token."""
    change("klarna_payments/ertHJlpPTR", {"auth_token": auth_token})
    store.remember("clock", clock)
    [error] = refused(update, AUTHORIZED, {SAVE: True}).document["errors"]

    assert (error["detail"], error["meta"]["error"], error["source"]["pointer"]) == (
        f"payment_source - {fault}: Klarna does not take its auth_token",
        fault.removeprefix("is "),
        "/data/relationships/payment_source",
    )


@pytest.mark.parametrize("order_id", [AUTHORIZED, WITHOUT_PAYMENT_SOURCE])
def test_entry_stays_good_when_the_authorization_expires(
    store: Store, update: Callable[..., Any], entry_id: str, order_id: str
) -> None:
    """What is saved was exchanged for a customer token: it can be charged years later."""
    store.remember("clock", "2020-01-01T12:00:00.000Z")
    update(order_id, {REUSE: entry_id})

    assert update(order_id, {"_place": True}).data["attributes"]["status"] == "placed"


@pytest.mark.parametrize(
    "path",
    [
        "customer_payment_sources",
        f"orders/{AUTHORIZED}/available_customer_payment_sources",
        f"orders/{WITHOUT_PAYMENT_SOURCE}/available_customer_payment_sources",
        f"orders/{PLACED}/available_customer_payment_sources",
        "customers/jENxlDKaVB/customer_payment_sources",
    ],
)
@pytest.mark.usefixtures("entry_id")
def test_wallet_is_listed_by_each_of_its_ways(ask: Callable[..., Any], path: str) -> None:
    """The customer finds the entry through themselves and through any order of theirs."""
    assert [entry["id"] for entry in ask("GET", f"/api/{path}").data] == ["QgDXpwsqDx"]


def test_wallet_has_entries_of_several_gateways(ask: Callable[..., Any]) -> None:
    """Klarna's and Stripe's stand beside each other, each with what its gateway handed over."""
    target = "/api/customer_payment_sources?include=payment_source,payment_method"
    answer = ask("GET", target, access_token=OTHER_CUSTOMER)

    included = {(e["type"], e["id"]): e["attributes"] for e in answer.document["included"]}
    found = []
    for entry in answer.data:
        linked = entry["relationships"]
        method = linked["payment_method"]["data"]
        found.append(
            (
                linked["payment_source"]["data"]["type"],
                included[method["type"], method["id"]]["payment_source_type"],
            )
        )
    assert found == [("klarna_payments",) * 2, ("stripe_payments",) * 2]


def test_entry_of_stripe_looks_like_stripes(store: Store) -> None:
    """Its tokens are a Stripe customer's and a Stripe payment method's, by their looks."""
    entry = store.get(("customer_payment_sources", "vXoRLnkZbQ")).attributes

    assert [
        bool(re.fullmatch(pattern, entry[name]))
        for name, pattern in (
            ("name", r"stripe_payment #\d{4}"),
            ("customer_token", r"cus_[0-9a-f]{14}"),
            ("payment_source_token", r"pm_[0-9a-f]{24}"),
        )
    ] == [True] * 3


def test_entry_is_deleted_by_its_customer(
    ask: Callable[..., Any], store: Store, entry_id: str
) -> None:
    """It is gone from the wallet; the order that it was saved from keeps its payment source."""
    answer = ask("DELETE", f"/api/customer_payment_sources/{entry_id}")

    assert (answer.status, ask("GET", "/api/customer_payment_sources").data) == (204, [])
    assert store.get(("orders", AUTHORIZED)).linkage["payment_source"] == SOURCE


def test_payment_source_can_be_saved_again_when_its_entry_is_deleted(
    ask: Callable[..., Any], update: Callable[..., Any], entry_id: str
) -> None:
    """A customer may change their mind: there is an entry again, another one."""
    ask("DELETE", f"/api/customer_payment_sources/{entry_id}")
    update(AUTHORIZED, {SAVE: True})

    [entry] = ask("GET", "/api/customer_payment_sources").data
    assert (entry["id"] != entry_id, entry["attributes"]["customer_token"]) == (True, "1")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("access_token", [OTHER_CUSTOMER, GUEST])
def test_entry_is_refused_to_everybody_else(
    ask: Callable[..., Any],
    refused: Callable[..., Any],
    entry_id: str,
    access_token: str,
    method: str,
) -> None:
    """Neither another customer nor a guest may see, change or delete an entry (401)."""
    data = {"type": "customer_payment_sources", "id": entry_id, "attributes": {"reference": "x"}}
    document = {"data": data} if method == "PATCH" else None
    target = f"/api/customer_payment_sources/{entry_id}"
    answer = refused(ask, method, target, document, access_token=access_token)

    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


@pytest.mark.parametrize("trigger", [{SAVE: True}, {REUSE: "QgDXpwsqDx"}], ids=[SAVE, REUSE])
@pytest.mark.parametrize("access_token", [OTHER_CUSTOMER, GUEST])
@pytest.mark.usefixtures("entry_id")
def test_wallet_is_refused_through_somebody_elses_order(
    refused: Callable[..., Any],
    update: Callable[..., Any],
    access_token: str,
    trigger: dict[str, object],
) -> None:
    """Only the customer whose order it is saves from it, or pays for it (401)."""
    answer = refused(update, AUTHORIZED, trigger, access_token=access_token)

    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


@pytest.mark.parametrize("access_token", [CUSTOMER, GUEST])
def test_entry_is_created_by_an_integration_only(
    create: Callable[..., Any], refused: Callable[..., Any], access_token: str
) -> None:
    """A sales channel saves what it pays with; it makes up no entries (401)."""
    linkage = {"customer": JOHN, "payment_source": SOURCE}
    answer = refused(create, "customer_payment_sources", access_token=access_token, **linkage)

    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


def test_entry_of_an_integration_pays_for_an_order(
    create: Callable[..., Any], store: Store, update: Callable[..., Any]
) -> None:
    """Such an entry is named like its source, keeps the tokens it came with, and is good."""
    attributes = {"customer_token": "cus_1", "payment_source_token": "pm_1"}
    linkage = {"customer": JOHN, "payment_source": SOURCE}
    entry = create("customer_payment_sources", attributes, **linkage).data
    update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry["id"]})

    held = entry["attributes"]
    assert re.fullmatch(r"klarna_payment #\d{4}", held["name"])
    assert (held["customer_token"], held["payment_source_token"]) == ("cus_1", "pm_1")
    assert store.get(("orders", WITHOUT_PAYMENT_SOURCE)).linkage["payment_source"] == SOURCE


def test_entry_may_stand_for_no_payment_source(create: Callable[..., Any]) -> None:
    """The facts do not require one; then it has no name either."""
    data = create("customer_payment_sources", customer=JOHN).data

    assert data["attributes"]["name"] is None


@pytest.mark.parametrize(
    ("customer", "expected"),
    [(JOHN, ("customer_payment_sources", "QgDXpwsqDx")), (JANE, None)],
    ids=["own", "another's"],
)
@pytest.mark.usefixtures("entry_id")
def test_entry_is_found_by_source_and_customer(
    store: Store, customer: tuple[str, str], expected: tuple[str, str] | None
) -> None:
    """A source may be in one customer's wallet and not in another's."""
    found = entry_of(store, SOURCE, customer)

    assert (found and found.identifier) == expected


@pytest.mark.parametrize("obstacle", ["disabled", "another market"])
def test_reusing_sets_no_method_that_the_order_cannot_have(
    store: Store, update: Callable[..., Any], entry_id: str, obstacle: str
) -> None:
    """The entry's payment source is the order's; how to pay has to be chosen anew."""
    entry = store.get(("customer_payment_sources", entry_id))
    method = store.get(entry.linkage["payment_method"])
    if obstacle == "disabled":
        store.update(method, attributes={"disabled_at": store.now()})
    else:
        elsewhere = store.find_with("markets", "code", "usa1")[0]
        store.update(method, linkage={"market": elsewhere})
    update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id})

    linkage = store.get(("orders", WITHOUT_PAYMENT_SOURCE)).linkage
    assert (linkage["payment_source"], "payment_method" in linkage) == (SOURCE, False)


def test_saved_payment_source_is_good_whatever_becomes_of_its_authorization(
    store: Store, update: Callable[..., Any], entry_id: str
) -> None:
    """Klarna keeps a customer token of its own; the authorization is not asked for again."""
    store.update(store.get(SOURCE), attributes={"auth_token": None})
    answer = update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id, "_place": True})

    assert answer.data["attributes"]["status"] == "placed"


def test_reused_payment_source_is_seen_in_whatever_market(
    ask: Callable[..., Any], store: Store, entry_id: str
) -> None:
    """An access token for another market's orders leads to what pays them."""
    elsewhere = store.find_with("markets", "code", "usa1")[0]
    order = store.get(("orders", WITHOUT_PAYMENT_SOURCE))
    store.update(order, linkage={"market": elsewhere})
    held = store.fact("access_tokens")
    abroad = {**held[CUSTOMER], "markets": [elsewhere[1]]}
    store.remember("access_tokens", {**held, CUSTOMER: abroad})
    document = {"data": {"type": "orders", "id": order.id, "attributes": {REUSE: entry_id}}}
    answer = ask("PATCH", f"/api/orders/{order.id}?include=payment_source", document)

    assert answer.included == ["klarna_payments/ertHJlpPTR"]


def test_saved_payment_source_pays_for_another_amount(
    update: Callable[..., Any], store: Store, entry_id: str
) -> None:
    """That its own order costs something else by now is nothing to the others."""
    store.update(store.get(SOURCE), attributes={"mismatched_amounts": True})
    answer = update(WITHOUT_PAYMENT_SOURCE, {REUSE: entry_id, "_place": True})

    assert answer.data["attributes"]["status"] == "placed"
