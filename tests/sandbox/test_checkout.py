"""A creation or an update of an order: what is filled in, what is checked, who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from helpers.sandbox.passwords import is_password
from helpers.sandbox.store import Identifier, Store

CUSTOMER = "your-access-token"
GUEST = "your-guest-access-token"
INTEGRATION = "your-integration-access-token"
EVERYBODY = (CUSTOMER, GUEST, INTEGRATION)

JOHN = ("customers", "jENxlDKaVB")
JANE = ("customers", "vMRybPWzoE")
UNPAID = "orders/pWZkeVLoJn"
NOBODYS = "orders/NqvGxbmPWe"
PLACED = "orders/drYpoNLxZA"
ACCESS_DENIED = "You are not authorized to perform this action on the requested resource."


@pytest.fixture
def market(store: Store) -> Callable[[str], Identifier]:
    """Find a market by its code."""

    def market(code: str) -> Identifier:
        [found] = store.find_with("markets", "code", code)
        return found

    return market


@pytest.fixture
def scoped(store: Store, market: Callable[[str], Identifier]) -> Callable[..., str]:
    """Know an access token with these markets in scope."""

    def scoped(kind: str, *codes: str) -> str:
        markets = [market(code)[1] for code in codes]
        held = {"kind": kind, "owner": None, "markets": markets}
        store.remember("access_tokens", {**store.fact("access_tokens"), "a-scoped-one": held})
        return "a-scoped-one"

    return scoped


@pytest.fixture
def new_order(
    create: Callable[..., Any], market: Callable[[str], Identifier], store: Store
) -> Callable[..., Any]:
    """Create an order in the European market, and get it as it is stored."""

    def new_order(
        attributes: dict[str, Any] | None = None, *, access_token: str, **linkage: Identifier
    ) -> Any:
        linkage = {"market": market("europe1"), **linkage}
        answer = create("orders", attributes, access_token=access_token, **linkage)
        assert answer.status == 201
        return store.get(("orders", answer.data["id"]))

    return new_order


def _details(answer: Any) -> list[str]:
    return [error["detail"] for error in answer.document["errors"]]


@pytest.mark.parametrize("access_token", EVERYBODY)
def test_new_order_is_an_empty_draft(new_order: Callable[..., Any], access_token: str) -> None:
    """Nothing is in it, nothing is paid, nothing is done."""
    found = new_order(access_token=access_token).attributes

    expected = {
        "status": "draft",
        "payment_status": "unpaid",
        "fulfillment_status": "unfulfilled",
        "currency_code": "EUR",
        "language_code": "en",
        "autorefresh": True,
        "place_async": False,
        "total_amount_cents": 0,
        "total_amount_with_taxes_cents": 0,
        "place_total_amount_cents": 0,
        "skus_count": 0,
        "shipments_count": 0,
        "line_item_options_count": 0,
        "tax_calculations_count": 0,
        "validations_count": 0,
        "errors_count": 0,
        "freight_taxable": True,
        "payment_method_taxable": False,
        "adjustment_taxable": False,
        "gift_card_taxable": False,
        "requires_billing_info": False,
        "circuit_state": "closed",
        "circuit_failure_count": 0,
        "refreshed_at": "2018-01-01T12:00:00.000Z",
    }
    assert {name: found[name] for name in expected} == expected


def test_new_order_has_a_token_and_a_checkout_of_its_own(new_order: Callable[..., Any]) -> None:
    """The token is 32 hexadecimal digits, and the hosted checkout's URL ends with it."""
    orders = [new_order(access_token=CUSTOMER).attributes for _ in "12"]

    assert re.fullmatch(r"[0-9a-f]{32}", orders[0]["token"])
    assert orders[0]["checkout_url"] == (
        f"https://yourdomain.commercelayer.io/checkout/{orders[0]['token']}"
    )
    assert orders[0]["token"] != orders[1]["token"]


def test_new_order_is_numbered_on(new_order: Callable[..., Any], store: Store) -> None:
    """The next number that no order has; one that is given by an integration is kept."""
    last = store.fact("last_order_number")
    taken = new_order({"number": str(last + 1)}, access_token=INTEGRATION).attributes["number"]
    numbers = [new_order(access_token=CUSTOMER).attributes["number"] for _ in "12"]

    assert [taken, *numbers] == [str(last + 1), str(last + 2), str(last + 3)]


def test_new_order_is_numbered_when_its_number_is_null(new_order: Callable[..., Any]) -> None:
    """No number is as good as none sent."""
    assert new_order({"number": None}, access_token=INTEGRATION).attributes["number"].isdecimal()


def test_order_is_refused_a_number_that_is_taken(
    create: Callable[..., Any],
    market: Callable[[str], Identifier],
    refused: Callable[..., Any],
    store: Store,
) -> None:
    """No two orders share one (422)."""
    number = store.get(("orders", "qaMAhZkZvd")).attributes["number"]
    answer = refused(create, "orders", {"number": number}, market=market("europe1"))

    assert _details(answer) == ["number - has already been taken"]


@pytest.mark.parametrize(
    ("access_token", "guest", "customer"),
    [(GUEST, True, None), (CUSTOMER, False, JOHN), (INTEGRATION, False, None)],
)
def test_new_order_is_whose_access_token_it_is(
    new_order: Callable[..., Any], access_token: str, guest: bool, customer: Identifier | None
) -> None:
    """A customer's is theirs; a guest's and an integration's is nobody's yet."""
    order = new_order(access_token=access_token)

    assert (order.attributes["guest"], order.linkage.get("customer")) == (guest, customer)


@pytest.mark.parametrize(
    ("kind", "codes", "named", "currency"),
    [
        ("sales_channel", ["usa1"], None, "USD"),
        ("sales_channel", ["europe1"], "europe1", "EUR"),
        ("sales_channel", ["europe1", "usa1"], "usa1", "USD"),
        ("integration", ["usa1"], None, "USD"),
        ("integration", ["europe1", "usa1"], "europe1", "EUR"),
    ],
)
def test_market_is_the_only_one_in_scope_or_the_one_that_is_named(
    create: Callable[..., Any],
    market: Callable[[str], Identifier],
    scoped: Callable[..., str],
    kind: str,
    codes: list[str],
    named: str | None,
    currency: str,
) -> None:
    """An access token for one market needs no other word; the currency is the market's."""
    linkage = {"market": market(named)} if named else {}
    answer = create("orders", access_token=scoped(kind, *codes), **linkage)

    assert (answer.status, answer.data["attributes"]["currency_code"]) == (201, currency)


@pytest.mark.parametrize(
    ("kind", "codes", "named", "status", "details"),
    [
        ("sales_channel", ["europe1", "usa1"], None, 422, ["market - can't be blank"]),
        ("integration", ["europe1", "usa1"], None, 422, ["market - can't be blank"]),
        ("sales_channel", ["europe1"], "usa1", 422, ["market - must exist"]),
        ("integration", ["europe1"], "usa1", 401, [ACCESS_DENIED]),
    ],
    ids=["sales channel, none", "integration, none", "sales channel, other", "integration, other"],
)
def test_order_is_refused_when_its_market_is_not_clear(
    create: Callable[..., Any],
    market: Callable[[str], Identifier],
    refused: Callable[..., Any],
    scoped: Callable[..., str],
    kind: str,
    codes: list[str],
    named: str | None,
    status: int,
    details: list[str],
) -> None:
    """Of several markets in scope one has to be named, and no other will do."""
    linkage = {"market": market(named)} if named else {}
    answer = refused(create, "orders", access_token=scoped(kind, *codes), **linkage)

    assert (answer.status, _details(answer)) == (status, details)


@pytest.mark.parametrize("how", ["unnamed", "null"])
def test_order_is_refused_without_a_market(
    create: Callable[..., Any], refused: Callable[..., Any], how: str
) -> None:
    """An integration's order is in no market by itself (422)."""
    answer = refused(create, "orders", **({} if how == "unnamed" else {"market": None}))

    assert _details(answer) == ["market - can't be blank"]


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_order_keeps_to_a_market(
    change: Callable[..., Any], refused: Callable[..., Any], access_token: str
) -> None:
    """An order has one for good: it cannot be emptied (422)."""
    answer = refused(change, UNPAID, market=None, access_token=access_token)

    assert _details(answer) == ["market - can't be blank"]


def test_order_takes_over_the_currency_of_another_market(
    change: Callable[..., Any], market: Callable[[str], Identifier]
) -> None:
    """And how it is taxed."""
    found = change(UNPAID, market=market("usa1")).data["attributes"]

    assert (found["currency_code"], found["tax_included"], found["tax_rate"]) == (
        "USD",
        False,
        0.08,
    )


@pytest.mark.parametrize("email", ["jane@example.com", "JANE@Example.com"])
@pytest.mark.parametrize("access_token", [GUEST, INTEGRATION])
def test_email_finds_the_customer(
    change: Callable[..., Any], store: Store, access_token: str, email: str
) -> None:
    """However it is written, it is the customer's who has it."""
    change(NOBODYS, {"customer_email": email}, access_token=access_token)

    order = store.get(("orders", "NqvGxbmPWe"))
    assert (order.linkage["customer"], order.attributes["customer_email"]) == (
        JANE,
        "jane@example.com",
    )


@pytest.mark.parametrize("access_token", [GUEST, INTEGRATION])
def test_email_creates_the_customer(
    change: Callable[..., Any], store: Store, access_token: str
) -> None:
    """Whoever is not known yet is from now on: a prospect, without a password."""
    change(NOBODYS, {"customer_email": "New@example.com"}, access_token=access_token)

    customer = store.get(store.get(("orders", "NqvGxbmPWe")).linkage["customer"])
    expected = {
        "email": "new@example.com",
        "status": "prospect",
        "has_password": False,
        "total_orders_count": 0,
    }
    assert {name: customer.attributes[name] for name in expected} == expected


def test_email_creates_one_customer(change: Callable[..., Any], store: Store) -> None:
    """Sent twice, it is still the same."""
    for _ in "12":
        change(NOBODYS, {"customer_email": "new@example.com"}, access_token=GUEST)

    assert len(store.find_with("customers", "email", "new@example.com")) == 1


@pytest.mark.parametrize("email", ["nobody", "@", "a@", "@b", "a b@c", "a@b c"])
def test_order_is_refused_what_is_no_email(
    change: Callable[..., Any], refused: Callable[..., Any], email: str
) -> None:
    """And no customer comes of it (422)."""
    answer = refused(change, NOBODYS, {"customer_email": email}, access_token=GUEST)

    assert [error["meta"] for error in answer.document["errors"]] == [
        {"error": "invalid", "value": email}
    ]


def test_named_customer_comes_before_the_email(change: Callable[..., Any]) -> None:
    """Where both are sent, the order's e-mail address is the customer's."""
    attributes = {"customer_email": "other@example.com"}
    found = change(NOBODYS, attributes, customer=JANE).data["attributes"]

    assert found["customer_email"] == "jane@example.com"


def test_order_without_a_customer_has_no_email(change: Callable[..., Any]) -> None:
    """It goes with the customer."""
    assert change(UNPAID, customer=None).data["attributes"]["customer_email"] is None


@pytest.mark.parametrize(
    ("customer", "type_"), [(JANE, "returning"), (JOHN, "returning"), (None, "new")]
)
def test_order_tells_whether_its_customer_has_ordered_before(
    change: Callable[..., Any], customer: Identifier | None, type_: str
) -> None:
    """Who has placed an order is a returning one."""
    linkage = {"customer": customer} if customer else {}
    attributes = {} if customer else {"customer_email": "new@example.com"}

    assert change(NOBODYS, attributes, **linkage).data["attributes"]["customer_type"] == type_


@pytest.mark.parametrize(
    "attributes",
    [{}, {"customer_email": "jane@example.com"}, {"metadata": {"a": 1}}],
    ids=["nothing", "another e-mail address", "metadata"],
)
def test_open_order_becomes_the_customers_who_changes_it(
    change: Callable[..., Any],
    new_order: Callable[..., Any],
    store: Store,
    attributes: dict[str, Any],
) -> None:
    """An update without anything in it is enough: the access token says whose it is."""
    order = new_order(access_token=GUEST)
    change(f"orders/{order.id}", attributes, access_token=CUSTOMER)

    after = store.get(order.identifier)
    assert (after.linkage["customer"], after.attributes["guest"]) == (JOHN, False)
    assert after.attributes["customer_email"] == "john@example.com"


def test_customers_order_is_theirs_whatever_they_say(
    new_order: Callable[..., Any], change: Callable[..., Any], store: Store
) -> None:
    """A customer's access token orders for that customer only."""
    attributes = {"customer_email": "jane@example.com", "guest": True}
    order = new_order(attributes, access_token=CUSTOMER)
    change(f"orders/{order.id}", {"customer_email": "jane@example.com"}, access_token=CUSTOMER)

    after = store.get(order.identifier)
    assert [
        (each.linkage["customer"], each.attributes["customer_email"], each.attributes["guest"])
        for each in (order, after)
    ] == [(JOHN, "john@example.com", False)] * 2


def test_integration_orders_for_nobody_by_itself(
    create: Callable[..., Any], market: Callable[[str], Identifier], store: Store
) -> None:
    """Even where its access token has an owner: who orders is for it to say."""
    held = {"kind": "integration", "owner": JOHN}
    store.remember("access_tokens", {**store.fact("access_tokens"), "an-owned-one": held})
    answer = create("orders", market=market("europe1"), access_token="an-owned-one")

    assert "customer" not in store.get(("orders", answer.data["id"])).linkage


def test_placed_order_of_nobody_stays_nobodys(change: Callable[..., Any], store: Store) -> None:
    """What is placed is not taken over by who looks in with an update of nothing."""
    order = store.get(("orders", "NqvGxbmPWe"))
    store.update(order, attributes={"status": "placed"})
    answer = change(NOBODYS, access_token=CUSTOMER)

    assert answer.status == 200
    assert "customer" not in store.get(order.identifier).linkage


def test_password_that_comes_with_an_order_signs_the_customer_up(
    change: Callable[..., Any], store: Store
) -> None:
    """A guest who names an e-mail address and a password becomes a customer who can log in."""
    before = store.fact("passwords")
    attributes = {"customer_email": "new@example.com", "customer_password": "a secret"}
    change(NOBODYS, attributes, access_token=GUEST)

    customer = store.get(store.get(("orders", "NqvGxbmPWe")).linkage["customer"])
    assert customer.attributes["has_password"] is True
    assert is_password("a secret", store.fact("passwords")[customer.id])
    assert set(store.fact("passwords")) == {customer.id, *before}


def test_password_that_comes_before_the_customer_is_kept_as_a_hash(
    change: Callable[..., Any], store: Store
) -> None:
    """It waits with the order, and nobody gets to read it."""
    answer = change(NOBODYS, {"customer_password": "a secret"}, access_token=GUEST)

    hashed = store.get(("orders", "NqvGxbmPWe")).attributes["_customer_password"]
    assert is_password("a secret", hashed)
    assert b"secret" not in answer.body
    assert "a secret" not in store.dump()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("coupon_code", "noent_coupon"),
        ("gift_card_code", "noent_gift_card"),
        ("gift_card_or_coupon_code", "noent_gift_card_or_coupon"),
    ],
)
@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_code_is_refused_when_there_is_no_such_thing(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    access_token: str,
    name: str,
    error: str,
) -> None:
    """The sandbox has no coupons and no gift cards; the error is the one that is recorded."""
    answer = refused(change, UNPAID, {name: "SUMMERDISCOUNT"}, access_token=access_token)

    assert answer.document["errors"] == [
        {
            "title": "doesn't exist",
            "detail": f"{name} - doesn't exist",
            "code": "VALIDATION_ERROR",
            "status": "422",
            "source": {"pointer": f"/data/attributes/{name}"},
            "meta": {"error": error},
        }
    ]


@pytest.mark.parametrize("value", [None, ""])
def test_code_may_be_taken_back(change: Callable[..., Any], value: object) -> None:
    """As the vendor's checkout does it, with nothing in its place."""
    assert change(UNPAID, {"coupon_code": value}, access_token=CUSTOMER).status == 200


def test_every_fault_is_told(
    create: Callable[..., Any],
    market: Callable[[str], Identifier],
    refused: Callable[..., Any],
    store: Store,
) -> None:
    """Several faults of one order are several error objects."""
    attributes = {"coupon_code": "X", "customer_email": "nobody", "guest": "perhaps"}
    method = store.linked_from(market("usa1"), types=["payment_methods"], name="market")[0]
    without, within = (
        refused(create, "orders", attributes, payment_method=method, **linkage)
        for linkage in ({}, {"market": market("europe1")})
    )

    faults = ["coupon_code - doesn't exist", "customer_email - is invalid", "guest - is invalid"]
    assert sorted(_details(without)) == [*faults, "market - can't be blank"]
    assert sorted(_details(within)) == [*faults, "payment_method - is invalid"]


# What an update may change of an order, and in which way it is named.
CHANGES: list[tuple[dict[str, Any], dict[str, Identifier | None], str]] = [
    ({"cart_url": "https://example.com"}, {}, "attributes/cart_url"),
    ({"metadata": {"a": 1}, "guest": True}, {}, "attributes/metadata"),
    ({}, {"billing_address": None}, "relationships/billing_address"),
    ({}, {"payment_method": None}, "relationships/payment_method"),
]


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        ("placed", []),
        ("approved", [{"_approve": True}]),
        ("cancelled", [{"_cancel": True}]),
    ],
)
@pytest.mark.parametrize(("attributes", "linkage", "pointer"), CHANGES)
def test_placed_order_is_refused_a_change(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    attributes: dict[str, Any],
    linkage: dict[str, Identifier | None],
    pointer: str,
    status: str,
    steps: list[dict[str, bool]],
) -> None:
    """What was ordered stays: 401 to a sales channel, 422 to an integration."""
    for step in steps:
        change(PLACED, step)
    denied = refused(change, PLACED, attributes, access_token=CUSTOMER, **linkage)
    [error] = refused(change, PLACED, attributes, **linkage).document["errors"]

    assert denied.status == 401
    assert (error["status"], error["source"]["pointer"], error["detail"]) == (
        "422",
        f"/data/{pointer}",
        f"{pointer.partition('/')[2]} - can't be changed: the order is {status}",
    )


@pytest.mark.parametrize("name", ["reference", "reference_origin", "metadata"])
def test_placed_order_takes_an_integrations_notes(
    change: Callable[..., Any], refused: Callable[..., Any], name: str
) -> None:
    """Whatever the shop's own systems want to remember; its visitors have nothing to note (401)."""
    value: Any = {"a": 1} if name == "metadata" else "x"
    denied = refused(change, PLACED, {name: value}, access_token=CUSTOMER)
    answer = change(PLACED, {name: value})

    assert (denied.status, answer.status) == (401, 200)
    assert answer.data["attributes"][name] == value


@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_placed_order_takes_an_update_of_nothing(
    change: Callable[..., Any], store: Store, access_token: str
) -> None:
    """It changes nothing, and is no refusal."""
    before = store.dump()
    answer = change(PLACED, access_token=access_token)

    assert (answer.status, store.dump()) == (200, before)


def test_edited_order_is_an_integrations_to_change(
    change: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """While it is being edited, and not by the customer (401)."""
    change(PLACED, {"_start_editing": True})
    sent = {"cart_url": "https://example.com"}
    denied = refused(change, PLACED, sent, access_token=CUSTOMER)
    answer = change(PLACED, sent)

    assert (denied.status, answer.status) == (401, 200)
    assert answer.data["attributes"]["cart_url"] == "https://example.com"


@pytest.mark.parametrize("what", ["of another market", "disabled"])
@pytest.mark.parametrize("access_token", [CUSTOMER, INTEGRATION])
def test_payment_method_is_refused_when_it_is_not_available(
    change: Callable[..., Any],
    market: Callable[[str], Identifier],
    refused: Callable[..., Any],
    store: Store,
    access_token: str,
    what: str,
) -> None:
    """It has to be one of the order's market, and enabled; a visitor sees no other (422)."""
    code = "usa1" if what == "of another market" else "europe1"
    method = store.linked_from(market(code), types=["payment_methods"], name="market")[0]
    if what == "disabled":
        change("/".join(method), {"_disable": True})
    answer = refused(change, UNPAID, payment_method=method, access_token=access_token)

    words = "is invalid" if access_token == INTEGRATION else "must exist"
    assert _details(answer) == [f"payment_method - {words}"]


def test_payment_method_stays_good_when_it_is_disabled_afterwards(
    change: Callable[..., Any], store: Store
) -> None:
    """An order that has it already can still be changed."""
    method = store.get(("orders", "qaMAhZkZvd")).linkage["payment_method"]
    change("/".join(method), {"_disable": True})
    answer = change("orders/qaMAhZkZvd", {"cart_url": "https://example.com"}, access_token=CUSTOMER)

    assert answer.status == 200


@pytest.mark.parametrize(
    ("linkage", "country"),
    [
        (("shipping_address",), "FR"),
        (("billing_address",), "IT"),
        (("shipping_address", "billing_address"), "FR"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else value,
)
@pytest.mark.parametrize("by_trigger", [False, True], ids=["named", "cloned"])
def test_country_is_where_the_order_is_shipped(
    change: Callable[..., Any],
    store: Store,
    linkage: tuple[str, ...],
    country: str,
    by_trigger: bool,
) -> None:
    """The shipping address's; the billing address's does not count beside it."""
    held = store.get(store.identifiers(["addresses"])[0]).attributes
    abroad = {**held, "country_code": "FR"}
    address = store.add("addresses", "abroad", attributes=abroad).identifier
    if by_trigger:
        answer = change(UNPAID, {f"_{name}_clone_id": "abroad" for name in linkage})
    else:
        answer = change(UNPAID, **dict.fromkeys(linkage, address))

    assert answer.data["attributes"]["country_code"] == country


@pytest.mark.parametrize("by_trigger", [False, True], ids=["named", "cloned"])
def test_country_is_that_of_the_bill_when_nothing_is_shipped(
    change: Callable[..., Any], new_order: Callable[..., Any], store: Store, by_trigger: bool
) -> None:
    """Without a shipping address, the billing address says it."""
    order = new_order(access_token=INTEGRATION)
    held = store.get(store.identifiers(["addresses"])[0]).attributes
    address = store.add("addresses", "abroad", attributes={**held, "country_code": "FR"})
    if by_trigger:
        answer = change(f"orders/{order.id}", {"_billing_address_clone_id": "abroad"})
    else:
        answer = change(f"orders/{order.id}", billing_address=address.identifier)

    assert answer.data["attributes"]["country_code"] == "FR"


@pytest.mark.parametrize(
    "name",
    ["_shipping_address_clone_id", "_billing_address_clone_id"],
)
def test_clone_is_refused_when_the_address_is_somebody_elses(
    change: Callable[..., Any], refused: Callable[..., Any], store: Store, name: str
) -> None:
    """An address that the customer may not see is not there (404)."""
    theirs = store.get(("orders", "gRmoXvLbKz")).linkage["shipping_address"][1]
    answers = [
        refused(change, UNPAID, {name: id_}, access_token=CUSTOMER) for id_ in (theirs, "unknown")
    ]

    assert [answer.codes for answer in answers] == [["RECORD_NOT_FOUND"]] * 2


@pytest.mark.parametrize(
    ("trigger", "name"),
    [
        ("_shipping_address_clone_id", "shipping_address"),
        ("_billing_address_same_as_shipping", "billing_address"),
    ],
)
def test_copied_address_is_one_of_its_own(
    change: Callable[..., Any], store: Store, trigger: str, name: str
) -> None:
    """It says the same, and is another address: changing one leaves the other."""
    order = store.get(("orders", "pWZkeVLoJn"))
    source = store.get(order.linkage["shipping_address"])
    change(UNPAID, {trigger: source.id if trigger.endswith("_id") else True}, access_token=CUSTOMER)
    copy = store.get(store.get(order.identifier).linkage[name])

    assert copy.identifier != source.identifier
    assert copy.attributes["name"] == source.attributes["name"]


@pytest.mark.parametrize("name", ["shipping_address", "billing_address"])
def test_address_is_saved_to_the_address_book_once(
    ask: Callable[..., Any], change: Callable[..., Any], store: Store, name: str
) -> None:
    """A copy of it is an entry of the customer's; sent again, nothing more is."""
    address = store.get(("orders", "pWZkeVLoJn")).linkage[name]
    change("/".join(address), {"city": "Siena"})
    before = len(ask("GET", "/api/customer_addresses").data)
    for _ in "12":
        attributes = {f"_save_{name}_to_customer_address_book": True}
        change(UNPAID, attributes, access_token=CUSTOMER)
    answer = ask("GET", "/api/customer_addresses?include=address")

    entry = answer.data[-1]["attributes"]
    assert len(answer.data) == before + 1
    assert entry["name"] == store.get(address).attributes["name"]
    assert entry["customer_email"] == "john@example.com"
    assert f"addresses/{address[1]}" not in answer.included


def test_address_is_not_saved_when_the_book_has_it(
    ask: Callable[..., Any], change: Callable[..., Any]
) -> None:
    """The scenario's customer has their own address already."""
    before = ask("GET", "/api/customer_addresses").document
    change(UNPAID, {"_save_shipping_address_to_customer_address_book": True})

    assert ask("GET", "/api/customer_addresses").document == before


@pytest.mark.parametrize(
    "attributes",
    [{}, {"metadata": {"a": 1}}, {"cart_url": "https://example.com"}],
    ids=["nothing", "metadata", "a URL"],
)
def test_order_is_not_refreshed_when_nothing_of_it_is_paid_for(
    change: Callable[..., Any], store: Store, attributes: dict[str, Any]
) -> None:
    """It costs what it did: nothing is added up again."""
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    found = change(UNPAID, attributes).data["attributes"]

    assert found["refreshed_at"] == "2018-01-01T12:00:00.000Z"


def test_order_is_refreshed_when_it_gets_a_customer(
    change: Callable[..., Any], store: Store
) -> None:
    """That makes a draft pending."""
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    found = change(NOBODYS, customer=JANE).data["attributes"]

    assert (found["refreshed_at"], found["status"]) == ("2018-01-02T12:00:00.000Z", "pending")


def test_order_of_a_guest_is_a_guests_whatever_is_sent(create: Callable[..., Any]) -> None:
    """A guest cannot make an order that they could not see afterwards."""
    answer = create("orders", {"guest": False}, access_token=GUEST)

    assert (answer.status, answer.data["attributes"]["guest"]) == (201, True)


@pytest.mark.parametrize(
    ("attributes", "shipped_to"),
    [
        ({"shipping_country_code_lock": "FR"}, None),
        ({"_shipping_address_clone_id": "abroad"}, None),
        ({}, "abroad"),
    ],
    ids=["locked", "cloned", "linked"],
)
def test_order_is_not_shipped_to_another_country_than_it_is_locked_to(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    attributes: dict[str, Any],
    shipped_to: str | None,
) -> None:
    """Either way round, the address and the lock have to agree (422)."""
    store.add("addresses", "abroad", attributes={"country_code": "US", "name": "abroad"})
    change(UNPAID, {"shipping_country_code_lock": "IT"})
    linkage = {"shipping_address": ("addresses", shipped_to)} if shipped_to else {}
    answer = refused(change, UNPAID, attributes, access_token=CUSTOMER, **linkage)

    [error] = answer.document["errors"]
    assert error["source"]["pointer"] == "/data/relationships/shipping_address"
    assert error["meta"]["error"] == "country_lock"


def test_order_is_billed_in_any_country_when_it_is_locked(
    change: Callable[..., Any], store: Store
) -> None:
    """The lock is about where it is shipped to."""
    store.add("addresses", "abroad", attributes={"country_code": "US", "name": "abroad"})
    change(UNPAID, {"shipping_country_code_lock": "IT"})
    answer = change(UNPAID, billing_address=("addresses", "abroad"))

    assert answer.status == 200


def test_password_is_not_taken_for_somebody_who_has_ordered_before(
    create: Callable[..., Any], store: Store
) -> None:
    """Whoever knows an e-mail address does not become its owner."""
    before = store.fact("passwords")
    attributes = {"customer_email": "new@example.com"}
    create("orders", attributes, access_token=GUEST)
    create("orders", {**attributes, "customer_password": "a secret"}, access_token=GUEST)

    [customer] = store.find_with("customers", "email", "new@example.com")
    assert store.get(customer).attributes["has_password"] is False
    assert store.fact("passwords") == before
