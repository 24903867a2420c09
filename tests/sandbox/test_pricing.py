"""Refreshing an order: its shipments, its line items, its totals, its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.sandbox.pricing import price_of, refresh
from helpers.sandbox.store import Identifier, Store

GUEST = "your-guest-access-token"
T_SHIRT = "TSHIRTMM000000FFFFFFXLXX"
HOODIE = "HOODIEWW000000FFFFFFMXXX"
GIFT_CARD = "GIFTCARDEMAIL00000000025"  # sent by e-mail
JOHN = ("customers", "jENxlDKaVB")


@pytest.fixture
def named_in(store: Store) -> Callable[..., Identifier]:
    """Find what has a name, or a code, in a market: by default the European one."""

    def named_in(type_: str, name: str, market: str = "europe1") -> Identifier:
        key = "code" if type_ == "markets" else "name"
        [found] = [
            identifier
            for identifier in store.find_with(type_, key, name)
            if type_ == "markets"
            or store.get(identifier).linkage["market"] == named_in("markets", market)
        ]
        return found

    return named_in


@pytest.fixture
def address(store: Store) -> Identifier:
    """Find an address that there is."""
    return store.get(("orders", "pWZkeVLoJn")).linkage["shipping_address"]


@pytest.fixture
def open_order(
    create: Callable[..., Any], named_in: Callable[..., Identifier]
) -> Callable[..., str]:
    """Open an order in a market, and tell its id."""

    def open_order(
        market: str = "europe1",
        attributes: Mapping[str, Any] | None = None,
        **linkage: Identifier,
    ) -> str:
        answer = create("orders", attributes, market=named_in("markets", market), **linkage)
        return str(answer.data["id"])

    return open_order


@pytest.fixture
def put(create: Callable[..., Any]) -> Callable[..., Any]:
    """Put an SKU into an order."""

    def put(order_id: str, sku_code: str, quantity: int = 1) -> Any:
        attributes = {"sku_code": sku_code, "quantity": quantity}
        return create("line_items", attributes, order=("orders", order_id)).data

    return put


def _items(store: Store, order_id: str) -> list[tuple[Any, ...]]:
    found = store.linked_from(("orders", order_id), types=["line_items"], name="order")
    items = [store.get(each).attributes for each in found]
    return [(each["item_type"], each["name"], each["total_amount_cents"]) for each in items]


def _shipments(store: Store, order_id: str) -> list[Identifier]:
    return store.linked_from(("orders", order_id), types=["shipments"], name="order")


@pytest.mark.parametrize(
    ("customer", "skus", "status"),
    [
        (None, [], "draft"),
        (JOHN, [], "draft"),
        (None, [T_SHIRT], "draft"),
        (JOHN, [T_SHIRT], "pending"),
        (JOHN, [GIFT_CARD], "pending"),
    ],
    ids=["nothing", "a customer", "an item", "both", "an item that is not shipped"],
)
@pytest.mark.parametrize("customer_first", [True, False])
def test_order_is_pending_when_somebody_wants_something(
    ask: Callable[..., Any],
    change: Callable[..., Any],
    open_order: Callable[..., str],
    put: Callable[..., Any],
    customer: Identifier | None,
    skus: list[str],
    status: str,
    customer_first: bool,
) -> None:
    """A draft becomes pending once it has a customer and a line item, whichever comes first."""
    order_id = open_order(**({"customer": customer} if customer and customer_first else {}))
    for sku in skus:
        put(order_id, sku)
    if customer and not customer_first:
        change(f"orders/{order_id}", customer=customer)

    answer = ask("GET", f"/api/orders/{order_id}", access_token="your-integration-access-token")
    assert answer.data["attributes"]["status"] == status


def test_order_stays_pending_when_it_is_emptied(
    ask: Callable[..., Any], store: Store, open_order: Callable[..., str], put: Callable[..., Any]
) -> None:
    """What was pending once is no draft again."""
    order_id = open_order(customer=JOHN)
    item = put(order_id, T_SHIRT)
    ask("DELETE", f"/api/line_items/{item['id']}", access_token="your-integration-access-token")

    attributes = store.get(("orders", order_id)).attributes
    assert (attributes["status"], attributes["skus_count"]) == ("pending", 0)


NONE = {"amount": 0, "tax_amount": 0, "taxable_amount": 0}


def _amounts(amount: int, tax: int, taxable: int) -> dict[str, int]:
    return {"amount": amount, "tax_amount": tax, "taxable_amount": taxable}


# By name: market, SKUs and quantities, the order's attributes, the payment method's price, and
# the subtotal, the shipping, the payment method and the total; what is to be paid.
TOTALS: Mapping[str, tuple[Any, ...]] = {
    "nothing": ("europe1", {}, {}, 0, NONE, NONE, NONE, NONE, 0),
    "tax included": (
        "europe1",
        {T_SHIRT: 1},
        {},
        0,
        _amounts(5000, 902, 4098),
        _amounts(1200, 216, 984),
        NONE,
        _amounts(6200, 1118, 5082),
        6200,
    ),
    "tax on top": (
        "usa1",
        {T_SHIRT: 2},
        {},
        0,
        _amounts(11000, 880, 11000),
        _amounts(1200, 96, 1200),
        NONE,
        _amounts(12200, 976, 12200),
        13176,
    ),
    "tax included, freight not taxed": (
        "europe1",
        {T_SHIRT: 1},
        {"freight_taxable": False},
        0,
        _amounts(5000, 902, 4098),
        _amounts(1200, 0, 0),
        NONE,
        _amounts(6200, 902, 4098),
        6200,
    ),
    "tax on top, freight not taxed": (
        "usa1",
        {T_SHIRT: 1},
        {"freight_taxable": False},
        0,
        _amounts(5500, 440, 5500),
        _amounts(1200, 0, 0),
        NONE,
        _amounts(6700, 440, 5500),
        7140,
    ),
    "payment method": (
        "europe1",
        {T_SHIRT: 1},
        {},
        250,
        _amounts(5000, 902, 4098),
        _amounts(1200, 216, 984),
        _amounts(250, 0, 0),
        _amounts(6450, 1118, 5082),
        6450,
    ),
    "payment method, taxed": (
        "europe1",
        {T_SHIRT: 1},
        {"payment_method_taxable": True},
        250,
        _amounts(5000, 902, 4098),
        _amounts(1200, 216, 984),
        _amounts(250, 45, 205),
        _amounts(6450, 1163, 5287),
        6450,
    ),
    "several": (
        "europe1",
        {T_SHIRT: 3, HOODIE: 2, GIFT_CARD: 1},
        {},
        0,
        _amounts(33300, 2705 + 2849 + 451, 33300 - 6005),
        _amounts(1200, 216, 984),
        NONE,
        _amounts(34500, 6221, 28279),
        34500,
    ),
    "not shipped": (
        "usa1",
        {GIFT_CARD: 2},
        {},
        0,
        _amounts(5000, 400, 5000),
        NONE,
        NONE,
        _amounts(5000, 400, 5000),
        5400,
    ),
}


@pytest.mark.parametrize("name", TOTALS)
def test_total_is_the_sum_of_its_parts(
    ask: Callable[..., Any],
    change: Callable[..., Any],
    store: Store,
    named_in: Callable[..., Identifier],
    address: Identifier,
    open_order: Callable[..., str],
    put: Callable[..., Any],
    name: str,
) -> None:
    """Line items, shipping and payment method, each with its tax; 22 % in Europe, 8 % in the US."""
    market, skus, attributes, price, *parts, due = TOTALS[name]
    method = named_in("payment_methods", "Klarna Payment", market)
    store.update(store.get(method), attributes={"price_amount_cents": price})
    order_id = open_order(market, attributes, shipping_address=address, payment_method=method)
    for sku, quantity in skus.items():
        put(order_id, sku, quantity)
    for _, shipment in _shipments(store, order_id):
        standard = named_in("shipping_methods", "Standard shipping", market)
        change(f"shipments/{shipment}", shipping_method=standard)
    found = ask(
        "GET", f"/api/orders/{order_id}", access_token="your-integration-access-token"
    ).data["attributes"]

    assert [
        {each: found[f"{part}_{each}_cents"] for each in NONE}
        for part in ("subtotal", "shipping", "payment_method", "total")
    ] == parts
    assert (found["total_amount_with_taxes_cents"], found["skus_count"]) == (
        due,
        sum(skus.values()),
    )


def test_amounts_are_triples(ask: Callable[..., Any]) -> None:
    """Each amount is there in cents, as a float and as a text; what nothing changes is 0."""
    found = ask("GET", "/api/orders/qaMAhZkZvd").data["attributes"]

    cents = {name: value for name, value in found.items() if name.endswith("_cents")}
    assert {name: found[name.replace("_cents", "_float")] for name in cents} == {
        name: value / 100 for name, value in cents.items()
    }
    assert (found["formatted_total_amount"], found["formatted_discount_amount"]) == (
        "€62,00",
        "€0,00",
    )


@pytest.mark.parametrize(
    ("market", "rate", "included"), [("europe1", 0.22, True), ("usa1", 0.08, False)]
)
def test_order_tells_how_it_is_taxed(
    store: Store,
    open_order: Callable[..., str],
    put: Callable[..., Any],
    market: str,
    rate: float,
    included: bool,
) -> None:
    """The market's rate, and whether prices include it; a line item tells it too."""
    order_id = open_order(market)
    item = put(order_id, T_SHIRT)

    attributes = store.get(("orders", order_id)).attributes
    assert (attributes["tax_rate"], attributes["tax_included"]) == (rate, included)
    assert item["attributes"]["tax_rate"] == rate


def test_order_is_not_taxed_when_nobody_taxes_its_market(
    create: Callable[..., Any], store: Store, put: Callable[..., Any]
) -> None:
    """A market that is made by hand has no tax rate: nothing is added."""
    price_list = store.get(store.identifiers(["markets"])[1]).linkage["price_list"]
    market = store.add("markets", "aMarket", linkage={"price_list": price_list}).identifier
    order_id = create("orders", market=market).data["id"]
    put(order_id, T_SHIRT)

    found = store.get(("orders", order_id)).attributes
    assert (
        found["total_amount_with_taxes_cents"],
        found["tax_rate"],
        found["freight_taxable"],
    ) == (
        5500,
        0.0,
        False,
    )


@pytest.mark.parametrize(
    ("quantity", "free_over", "cost"),
    [(1, None, 1200), (1, 5000, 1200), (1, 4999, 0), (2, 5000, 0), (1, 0, 0)],
)
def test_shipping_is_free_over_an_amount(
    change: Callable[..., Any],
    store: Store,
    named_in: Callable[..., Identifier],
    address: Identifier,
    open_order: Callable[..., str],
    put: Callable[..., Any],
    quantity: int,
    free_over: int | None,
    cost: int,
) -> None:
    """A shipping method may cost nothing once enough is shipped; what is not shipped is no help."""
    method = named_in("shipping_methods", "Standard shipping")
    store.update(store.get(method), attributes={"free_over_amount_cents": free_over})
    order_id = open_order(shipping_address=address)
    put(order_id, T_SHIRT, quantity)
    put(order_id, GIFT_CARD, 100)
    [shipment] = _shipments(store, order_id)
    answer = change(f"shipments/{shipment[1]}", shipping_method=method)

    assert answer.data["attributes"]["cost_amount_cents"] == cost
    assert store.get(("orders", order_id)).attributes["shipping_amount_cents"] == cost


def test_shipment_comes_with_an_address_and_something_to_ship(
    store: Store, address: Identifier, open_order: Callable[..., str], put: Callable[..., Any]
) -> None:
    """One shipment for all that ships: numbered, with its address, without a shipping method."""
    order_id = open_order(shipping_address=address)
    put(order_id, GIFT_CARD)
    before = _shipments(store, order_id)
    put(order_id, T_SHIRT, 2)
    put(order_id, HOODIE)
    order = store.get(("orders", order_id))
    [shipment] = map(store.get, _shipments(store, order_id))

    shown = {"number", "status", "currency_code", "cost_amount_cents", "skus_count"}
    assert before == []
    assert {name: shipment.attributes[name] for name in shown} == {
        "number": f"#{order.attributes['number']}/S/001",
        "status": "draft",
        "currency_code": "EUR",
        "cost_amount_cents": 0,
        "skus_count": 3,
    }
    assert shipment.linkage == {"order": order.identifier, "shipping_address": address}
    assert order.attributes["shipments_count"] == 1


@pytest.mark.parametrize("what", ["the address", "the item"])
def test_shipment_goes_with_the_address_or_the_last_item(
    ask: Callable[..., Any],
    change: Callable[..., Any],
    store: Store,
    named_in: Callable[..., Identifier],
    address: Identifier,
    open_order: Callable[..., str],
    put: Callable[..., Any],
    what: str,
) -> None:
    """Nothing to ship, or nowhere to ship it to: no shipment, and nothing to pay for it."""
    order_id = open_order(shipping_address=address)
    item = put(order_id, T_SHIRT)
    put(order_id, GIFT_CARD)
    [shipment] = _shipments(store, order_id)
    standard = named_in("shipping_methods", "Standard shipping")
    change(f"shipments/{shipment[1]}", shipping_method=standard)
    with_shipment = _items(store, order_id)
    if what == "the address":
        change(f"orders/{order_id}", shipping_address=None)
    else:
        integration = "your-integration-access-token"
        ask("DELETE", f"/api/line_items/{item['id']}", access_token=integration)

    found = store.get(("orders", order_id)).attributes
    assert ("shipments", "Standard shipping", 1200) in with_shipment
    assert {each[0] for each in _items(store, order_id)} == {"skus"}
    assert (_shipments(store, order_id), found["shipments_count"]) == ([], 0)
    assert found["shipping_amount_cents"] == 0


def test_shipment_follows_the_order_to_another_address(
    change: Callable[..., Any],
    store: Store,
    open_order: Callable[..., str],
    put: Callable[..., Any],
) -> None:
    """An order that is sent elsewhere keeps its shipment, and the shipment goes there."""
    addresses = store.identifiers(["addresses"])[:2]
    order_id = open_order(shipping_address=addresses[0])
    put(order_id, T_SHIRT)
    before = _shipments(store, order_id)
    change(f"orders/{order_id}", shipping_address=addresses[1])

    assert _shipments(store, order_id) == before
    assert store.get(before[0]).linkage["shipping_address"] == addresses[1]


def test_line_item_of_a_shipment_follows_its_method(
    change: Callable[..., Any],
    store: Store,
    named_in: Callable[..., Identifier],
    address: Identifier,
    open_order: Callable[..., str],
    put: Callable[..., Any],
) -> None:
    """There is one as long as there is a method, with its name and its cost."""
    order_id = open_order(shipping_address=address)
    put(order_id, T_SHIRT)
    [shipment] = _shipments(store, order_id)
    seen = [_items(store, order_id)[1:]]
    for name in ("Standard shipping", "Express delivery", None):
        method = named_in("shipping_methods", name) if name else None
        change(f"shipments/{shipment[1]}", shipping_method=method)
        seen.append(_items(store, order_id)[1:])

    assert seen == [
        [],
        [("shipments", "Standard shipping", 1200)],
        [("shipments", "Express delivery", 2200)],
        [],
    ]


def test_line_item_of_a_payment_method_follows_it(
    change: Callable[..., Any],
    store: Store,
    named_in: Callable[..., Identifier],
    open_order: Callable[..., str],
) -> None:
    """There is one as long as the order has a payment method."""
    order_id = open_order()
    seen = [_items(store, order_id)]
    for name in ("Klarna Payment", "Stripe Payment", None):
        method = named_in("payment_methods", name) if name else None
        change(f"orders/{order_id}", payment_method=method)
        seen.append(_items(store, order_id))

    assert seen == [
        [],
        [("payment_methods", "Klarna Payment", 0)],
        [("payment_methods", "Stripe Payment", 0)],
        [],
    ]


def test_line_item_of_a_method_leads_to_it(store: Store) -> None:
    """It counts as one piece, and says of what."""
    [identifier] = [
        each
        for each in store.linked_from(("orders", "qaMAhZkZvd"), types=["line_items"], name="order")
        if store.get(each).attributes["item_type"] == "payment_methods"
    ]
    item, order = store.get(identifier), store.get(("orders", "qaMAhZkZvd"))

    method = order.linkage["payment_method"]
    assert item.linkage == {"order": order.identifier, "item": method, "payment_method": method}
    expected = {
        "quantity": 1,
        "currency_code": "EUR",
        "circuit_state": "closed",
        "circuit_failure_count": 0,
    }
    assert {name: item.attributes[name] for name in expected} == expected


@pytest.mark.parametrize("order_id", ["qaMAhZkZvd", "pWZkeVLoJn", "NqvGxbmPWe", "drYpoNLxZA"])
@pytest.mark.parametrize("edited", [True, False])
def test_refresh_changes_nothing_the_second_time(store: Store, order_id: str, edited: bool) -> None:
    """What is up to date stays as it is, to the last id."""
    refresh(store, ("orders", order_id), edited=edited)
    once = store.dump()
    refresh(store, ("orders", order_id), edited=edited)

    assert store.dump() == once


def test_refresh_changes_nothing_of_an_order_that_is_up_to_date(store: Store) -> None:
    """Every write leaves its order up to date: the scenario's have nothing to refresh."""
    before = store.dump()
    for identifier in store.identifiers(["orders"]):
        refresh(store, identifier, edited=False)

    assert store.dump() == before


@pytest.mark.parametrize(
    ("order_id", "edited", "kept"),
    [
        ("qaMAhZkZvd", False, True),
        ("qaMAhZkZvd", True, False),
        ("eVnPoWLbqR", False, True),
        ("eVnPoWLbqR", True, True),
    ],
    ids=["Klarna, as it was", "Klarna, edited", "Stripe, as it was", "Stripe, edited"],
)
def test_refresh_takes_klarnas_payment_away_when_the_order_is_edited(
    store: Store, order_id: str, edited: bool, kept: bool
) -> None:
    """Klarna's session is for what was ordered then; Stripe's can be brought up to date."""
    refresh(store, ("orders", order_id), edited=edited)

    order = store.get(("orders", order_id))
    assert ("payment_source" in order.linkage) == kept
    assert (order.attributes["payment_source_details"] is not None) == kept


@pytest.mark.parametrize(
    ("market", "sku_code", "cents"),
    [("europe1", T_SHIRT, 5000), ("usa1", T_SHIRT, 5500), ("usa1", "unknown", None)],
)
def test_price_is_that_of_the_orders_market(
    store: Store, open_order: Callable[..., str], market: str, sku_code: str, cents: int | None
) -> None:
    """The same SKU has a price in each price list; a market has one list."""
    price = price_of(store, store.get(("orders", open_order(market))), sku_code)

    assert (price and price.attributes["amount_cents"]) == cents


def test_line_item_has_no_options_and_no_discount(store: Store) -> None:
    """The sandbox has neither: they add nothing."""
    items = store.linked_from(("orders", "qaMAhZkZvd"), types=["line_items"], name="order")

    assert {
        (held["options_amount_cents"], held["discount_cents"])
        for held in (store.get(each).attributes for each in items)
    } == {(0, 0)}


def test_two_shipments_are_paid_for_twice(
    change: Callable[..., Any],
    create: Callable[..., Any],
    named_in: Callable[..., Identifier],
    store: Store,
) -> None:
    """Each has a line item of its own, that follows its own method."""
    order = store.get(("orders", "pWZkeVLoJn"))
    stock = {"inventory_stock_location": ("inventory_stock_locations", "any")}
    other = create("shipments", order=order.identifier, **stock).data["id"]
    express = named_in("shipping_methods", "Express delivery")
    change(f"shipments/{other}", shipping_method=express)

    seen = [_items(store, order.id)[1:]]
    change(f"shipments/{other}", shipping_method=None)
    seen.append(_items(store, order.id)[1:])

    standard = ("shipments", "Standard shipping", 1200)
    assert seen == [[standard, ("shipments", "Express delivery", 2200)], [standard]]


def test_payment_stays_as_it_was_when_the_amount_does(store: Store) -> None:
    """A refresh that finds nothing else to pay does not touch it."""
    before = store.get(("klarna_payments", "ertHJlpPTR"))
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    refresh(store, ("orders", "qaMAhZkZvd"), edited=False)

    assert store.get(before.identifier) == before


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.data(),
    items=st.lists(
        st.tuples(st.integers(1, 1000), st.integers(0, 10_000_000)), min_size=1, max_size=4
    ),
    shipping=st.integers(0, 100_000),
    rate=st.integers(0, 30),
)
@pytest.mark.parametrize("included", [True, False], ids=["tax included", "tax on top"])
def test_amounts_add_up_whatever_is_ordered(
    store: Store,
    included: bool,
    data: st.DataObject,
    items: list[tuple[int, int]],
    shipping: int,
    rate: int,
) -> None:
    """No cent is lost: parts make totals, tax and taxable make amounts; no tax is a cent off."""
    order = store.get(("orders", "pWZkeVLoJn"))
    market = store.get(order.linkage["market"])
    store.remember("tax_rates", {market.id: rate / 100})
    store.update(store.get(market.linkage["price_list"]), attributes={"tax_included": included})
    store.update(order, attributes={"freight_taxable": data.draw(st.booleans())})
    [shipment] = _shipments(store, order.id)
    method = store.get(store.get(shipment).linkage["shipping_method"])
    store.update(method, attributes={"price_amount_cents": shipping})
    for each in store.linked_from(order.identifier, types=["line_items"], name="order"):
        if store.get(each).attributes["item_type"] == "skus":
            store.remove(each)
    for number, (quantity, unit) in enumerate(items):
        store.remove(("line_items", f"item{number}"))
        store.add(
            "line_items",
            f"item{number}",
            attributes={"item_type": "skus", "quantity": quantity, "unit_amount_cents": unit},
            linkage={"order": order.identifier},
        )
    found = refresh(store, order.identifier, edited=False).attributes

    parts = ("subtotal", "shipping", "payment_method")
    for each in NONE:
        assert found[f"total_{each}_cents"] == sum(found[f"{part}_{each}_cents"] for part in parts)
    subtotal = sum(quantity * unit for quantity, unit in items)
    assert (found["subtotal_amount_cents"], found["shipping_amount_cents"]) == (subtotal, shipping)
    due = found["total_amount_cents"] + (0 if included else found["total_tax_amount_cents"])
    assert found["total_amount_with_taxes_cents"] == due
    tax, taxable = found["subtotal_tax_amount_cents"], found["subtotal_taxable_amount_cents"]
    assert taxable + (tax if included else 0) == subtotal
    exact = [q * u * rate / (100 + rate if included else 100) for q, u in items]
    rows = [store.get(("line_items", f"item{n}")).attributes for n in range(len(items))]
    assert all(abs(r["tax_amount_cents"] - e) <= 0.5001 for r, e in zip(rows, exact, strict=True))
    assert tax == sum(row["tax_amount_cents"] for row in rows)


def test_order_that_refreshes_on_demand_waits_for_it(
    change: Callable[..., Any],
    store: Store,
    address: Identifier,
    open_order: Callable[..., str],
    put: Callable[..., Any],
) -> None:
    """With ``autorefresh`` off, totals and shipments stay as they are until ``_refresh``."""
    order_id = open_order(attributes={"autorefresh": False}, shipping_address=address)
    item = put(order_id, T_SHIRT)["attributes"]
    order = store.get(("orders", order_id)).attributes
    shipments = _shipments(store, order_id)
    answer = change(f"orders/{order_id}", {"_refresh": True})

    assert (item["total_amount_cents"], order["total_amount_cents"], shipments) == (5000, 0, [])
    assert answer.data["attributes"]["total_amount_cents"] == 5000
    assert len(_shipments(store, order_id)) == 1


def test_order_that_refreshes_on_demand_loses_its_klarna_payment_all_the_same(
    change: Callable[..., Any], store: Store
) -> None:
    """What is paid for has changed, whether the totals say so yet or not."""
    change("orders/qaMAhZkZvd", {"autorefresh": False})
    change("orders/qaMAhZkZvd/line_items", {"quantity": 2})

    order = store.get(("orders", "qaMAhZkZvd"))
    assert "payment_source" not in order.linkage
    assert order.attributes["total_amount_cents"] == 6200


def test_orders_country_is_that_of_its_address_as_it_is_now(
    change: Callable[..., Any], store: Store
) -> None:
    """An address that is changed moves the order along."""
    path = "orders/qaMAhZkZvd"
    before = store.get(("orders", "qaMAhZkZvd")).attributes["country_code"]
    change(f"{path}/shipping_address", {"country_code": "FR"})

    after = store.get(("orders", "qaMAhZkZvd")).attributes["country_code"]
    assert (before, after) == ("IT", "FR")


def test_order_in_another_market_costs_what_it_costs_there(
    change: Callable[..., Any], store: Store, named_in: Callable[..., Identifier]
) -> None:
    """Prices, currency and taxes are the new market's; methods of the old one are gone."""
    path = "orders/qaMAhZkZvd"
    answer = change(path, market=named_in("markets", "usa1"))

    found = answer.data["attributes"]
    order = store.get(("orders", "qaMAhZkZvd"))
    [shipment] = _shipments(store, "qaMAhZkZvd")
    assert [found[name] for name in ("currency_code", "total_amount_cents", "tax_included")] == [
        "USD",
        5500,
        False,
    ]
    assert {"payment_method", "payment_source"} & set(order.linkage) == set()
    [item] = store.linked_from(order.identifier, types=["line_items"], name="order")
    assert store.get(item).attributes["currency_code"] == "USD"
    assert "shipping_method" not in store.get(shipment).linkage
    assert _items(store, "qaMAhZkZvd") == [
        ("skus", "Men's Black T-shirt with White Logo (XL)", 5500)
    ]
