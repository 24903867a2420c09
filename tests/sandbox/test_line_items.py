"""Line items and shipments: what is ordered, what it costs, and how it is shipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from helpers.sandbox.store import Identifier, Store

INTEGRATION, JOHN = "your-integration-access-token", "your-access-token"
# A pending order of John's with one T-shirt, shipping chosen, and an unauthorized Klarna payment.
ORDER = ("orders", "kLRAyaVMqb")
PLACED = ("orders", "drYpoNLxZA")
T_SHIRT, HOODIE = "TSHIRTMM000000FFFFFFXLXX", "HOODIEWW000000FFFFFFMXXX"
GIFT_CARD = "GIFTCARDEMAIL00000000025"
EXPRESS, IN_USA = ("shipping_methods", "FaKoJKlhuN"), ("shipping_methods", "PdAqvzFYtw")
STOCK_LOCATION = ("inventory_stock_locations", "any")


def linked(links: Mapping[str, Identifier | None]) -> dict[str, Any]:
    """Write relationships as a document has them."""
    return {
        name: {"data": {"type": related[0], "id": related[1]} if related else None}
        for name, related in links.items()
    }


@pytest.fixture
def create(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Create a line item, or a shipment, of an order."""

    def create(
        type_: str = "line_items",
        access_token: str = JOHN,
        links: Mapping[str, Identifier | None] | None = None,
        **attributes: Any,
    ) -> Any:
        relationships = linked({"order": ORDER, **(links or {})})
        data = {"type": type_, "attributes": attributes, "relationships": relationships}
        return ask("POST", f"/api/{type_}", {"data": data}, access_token=access_token)

    return create


@pytest.fixture
def change(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Update a line item, or a shipment."""

    def change(
        identifier: Identifier,
        access_token: str = JOHN,
        links: Mapping[str, Identifier | None] | None = None,
        **attributes: Any,
    ) -> Any:
        type_, id_ = identifier
        data = {"type": type_, "id": id_, "attributes": attributes}
        document = {"data": {**data, "relationships": linked(links or {})}}
        return ask("PATCH", f"/api/{type_}/{id_}", document, access_token=access_token)

    return change


def faults(answer: Any) -> list[tuple[str, str]]:
    """Tell where a refused write is wrong, and how."""
    assert answer.status == 422
    return [
        (error["source"]["pointer"].rpartition("/")[2], error["meta"]["error"])
        for error in answer.document["errors"]
    ]


def items(store: Store, order: Identifier, type_: str = "skus") -> list[Identifier]:
    """Name the line items of an order that are of a type."""
    found = store.linked_from(order, types=["line_items"], name="order")
    return [each for each in found if store.get(each).attributes["item_type"] == type_]


def total(store: Store, order: Identifier = ORDER) -> int:
    """Tell what an order costs, in cents."""
    return int(store.get(order).attributes["total_amount_with_taxes_cents"])


def test_sku_is_found_by_its_code(create: Callable[..., Any], store: Store) -> None:
    """Name, price and currency are those of the order's market; the order costs more then."""
    answer = create(sku_code=HOODIE, quantity=2)

    attributes = answer.data["attributes"]
    assert answer.status == 201
    assert attributes["name"] == "Women's Black Hoodie with White Logo (M)"
    assert (attributes["unit_amount_cents"], attributes["total_amount_cents"]) == (7900, 15800)
    assert (attributes["currency_code"], attributes["item_type"]) == ("EUR", "skus")
    [sku] = store.find_with("skus", "code", HOODIE)
    linkage = store.get(("line_items", answer.data["id"])).linkage
    assert linkage == {"order": ORDER, "item": sku, "sku": sku}
    assert total(store) == 6200 + 15800


def test_sku_is_found_by_its_id(create: Callable[..., Any], store: Store) -> None:
    """The item that is linked tells the code."""
    [sku] = store.find_with("skus", "code", HOODIE)
    answer = create(quantity=1, links={"item": sku})

    assert answer.data["attributes"]["sku_code"] == HOODIE


def test_what_is_sent_is_not_looked_up(create: Callable[..., Any]) -> None:
    """A name, an image and a price of its own win over the catalogue's."""
    own = {"name": "Mine", "image_url": "https://example.com/a.png", "unit_amount_cents": 1}
    own["compare_at_amount_cents"] = 2
    attributes = create("line_items", INTEGRATION, sku_code=HOODIE, quantity=1, **own).data[
        "attributes"
    ]

    assert {name: attributes[name] for name in own} == own


@pytest.mark.parametrize("cents", [0, 500])
def test_item_outside_the_catalogue_has_a_name_and_a_price(
    create: Callable[..., Any], store: Store, cents: int
) -> None:
    """An integration may add what is no SKU; it may be free."""
    answer = create("line_items", INTEGRATION, quantity=1, name="Wrap", unit_amount_cents=cents)

    assert (answer.status, answer.data["attributes"]["sku_code"]) == (201, None)
    assert total(store) == 6200 + cents


# What is wrong with a new line item, and how it is told.
WRONG: Mapping[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "nothing": ({"quantity": 1}, [("sku_code", "blank")]),
    "no price": ({"quantity": 1, "name": "Wrap"}, [("sku_code", "blank")]),
    "no name": ({"quantity": 1, "unit_amount_cents": 5}, [("sku_code", "blank")]),
    "no quantity": ({"sku_code": HOODIE}, [("quantity", "blank")]),
    "unknown SKU": ({"quantity": 1, "sku_code": "unknown"}, [("sku_code", "noent_sku")]),
    "bundle": (
        {"quantity": 1, "sku_code": HOODIE, "bundle_code": "B"},
        [("bundle_code", "noent_bundle")],
    ),
    "not sold here": ({"quantity": 1, "sku_code": "PRICELESS"}, [("unit_amount_cents", "blank")]),
    "added null": (
        {"quantity": None, "sku_code": T_SHIRT, "_update_quantity": True},
        [("quantity", "blank")],
    ),
    "added too few": (
        {"quantity": 0, "sku_code": T_SHIRT, "_update_quantity": True},
        [("quantity", "greater_than_or_equal_to")],
    ),
    "of a shipment": ({"quantity": 1, "item": "shipments"}, [("item", "invalid")]),
    "of a method": ({"quantity": 1, "item": "payment_methods"}, [("item", "invalid")]),
}


@pytest.mark.parametrize(("sent", "expected"), WRONG.values(), ids=WRONG)
def test_line_item_is_refused_when_nobody_can_tell_what_it_is(
    create: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    sent: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    """It is an SKU with a price in the order's market, or it says both itself (422)."""
    store.add("skus", "priceless", attributes={"code": "PRICELESS", "name": "Priceless"})
    store.add(
        "prices",
        "elsewhere",
        attributes={"sku_code": "PRICELESS", "amount_cents": 1},
        linkage={"price_list": ("price_lists", "cEzoCsesqA")},
    )
    parts = {
        "shipments": store.linked_from(ORDER, types=["shipments"], name="order")[0],
        "payment_methods": ("payment_methods", "VDYtiKkksM"),
    }
    attributes = {name: value for name, value in sent.items() if name != "item"}
    links = {"item": parts[sent["item"]]} if "item" in sent else {}
    answer = refused(create, "line_items", INTEGRATION, links, **attributes)

    assert faults(answer) == expected


@pytest.mark.parametrize("flag", [True, "true"])
def test_quantity_is_added_when_it_is_asked_for(
    create: Callable[..., Any], store: Store, flag: object
) -> None:
    """The line item that has the SKU already is answered, with more of it."""
    [present] = items(store, ORDER)
    answer = create(sku_code=T_SHIRT, quantity=2, _update_quantity=flag)

    assert (answer.status, answer.data["id"]) == (201, present[1])
    assert answer.data["attributes"]["quantity"] == 3
    assert (items(store, ORDER), total(store)) == ([present], 16200)


@pytest.mark.parametrize(
    "sent",
    [
        {"sku_code": T_SHIRT},
        {"sku_code": T_SHIRT, "_update_quantity": False},
        {"sku_code": HOODIE, "_update_quantity": True},
    ],
    ids=["not asked", "false", "another SKU"],
)
def test_line_item_is_a_new_one_otherwise(
    create: Callable[..., Any], store: Store, sent: Mapping[str, Any]
) -> None:
    """The same SKU may be in an order twice."""
    create(quantity=2, **sent)

    assert [store.get(each).attributes["quantity"] for each in items(store, ORDER)] == [1, 2]


def test_order_follows_the_quantity(change: Callable[..., Any], store: Store) -> None:
    """More of it costs more, and what Klarna was asked for is no longer good."""
    answer = change(items(store, ORDER)[0], quantity=3)

    assert (answer.status, answer.data["attributes"]["total_amount_cents"]) == (200, 15000)
    assert total(store) == 16200
    assert "payment_source" not in store.get(ORDER).linkage


def test_another_sku_brings_its_name_and_price(change: Callable[..., Any], store: Store) -> None:
    """What was the first one's does not stay."""
    [item] = items(store, ORDER)
    attributes = change(item, sku_code=HOODIE).data["attributes"]

    assert attributes["name"] == "Women's Black Hoodie with White Logo (M)"
    assert attributes["unit_amount_cents"] == 7900
    [sku] = store.find_with("skus", "code", HOODIE)
    assert store.get(item).linkage == {"order": ORDER, "item": sku, "sku": sku}


def test_price_set_by_hand_is_taken_back(change: Callable[..., Any], store: Store) -> None:
    """Null means the catalogue's price."""
    [item] = items(store, ORDER)
    by_hand = change(item, INTEGRATION, unit_amount_cents=1).data["attributes"]
    back = change(item, INTEGRATION, unit_amount_cents=None).data["attributes"]

    assert [each["unit_amount_cents"] for each in (by_hand, back)] == [1, 5000]


@pytest.mark.parametrize("type_", ["shipments", "payment_methods"])
@pytest.mark.parametrize(
    ("name", "value"), [("sku_code", HOODIE), ("quantity", 2), ("unit_amount_cents", 1)]
)
def test_line_item_of_something_else_stays(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    type_: str,
    name: str,
    value: object,
) -> None:
    """What shipping and payment cost is told by their methods (422)."""
    [item] = items(store, ORDER, type_)
    answer = refused(change, item, INTEGRATION, **{name: value})

    assert faults(answer) == [(name, "not_editable")]


@pytest.mark.parametrize("type_", ["line_items", "shipments"])
@pytest.mark.parametrize(
    ("access_token", "status"), [(JOHN, "placed"), (JOHN, "editing"), (INTEGRATION, "placed")]
)
def test_order_that_is_placed_takes_no_more(
    create: Callable[..., Any],
    change: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    type_: str,
    access_token: str,
    status: str,
) -> None:
    """Nothing is added to it, and nothing in it changes: 401 to a sales channel, 422 else."""
    store.update(store.get(ORDER), attributes={"status": status})
    part = store.linked_from(ORDER, types=[type_], name="order")[0]
    if type_ == "line_items":
        answers = {
            "order": refused(create, type_, access_token, sku_code=HOODIE, quantity=1),
            "data": refused(change, part, access_token, quantity=2),
        }
    else:
        links = {"shipping_method": EXPRESS}
        answers = {"data": refused(change, part, access_token, links)}
        if access_token == INTEGRATION:
            links = {"inventory_stock_location": STOCK_LOCATION}
            answers["order"] = refused(create, type_, access_token, links)

    for member, answer in answers.items():
        if access_token == JOHN:
            assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])
        else:
            assert faults(answer) == [(member, "not_editable")]


def test_order_that_is_edited_takes_more_from_an_integration(
    create: Callable[..., Any], store: Store
) -> None:
    """Editing is what it is for."""
    store.update(store.get(ORDER), attributes={"status": "editing"})

    assert create("line_items", INTEGRATION, sku_code=HOODIE, quantity=1).status == 201


def test_shipping_method_is_chosen(change: Callable[..., Any], store: Store) -> None:
    """Express delivery costs more."""
    [shipment] = store.linked_from(ORDER, types=["shipments"], name="order")
    answer = change(shipment, JOHN, {"shipping_method": EXPRESS})

    assert (answer.status, answer.data["attributes"]["cost_amount_cents"]) == (200, 2200)
    assert total(store) == 7200
    assert "payment_source" not in store.get(ORDER).linkage


@pytest.mark.parametrize("method", [IN_USA, EXPRESS], ids=["another market's", "disabled"])
def test_shipping_method_is_refused_when_it_is_not_available(
    change: Callable[..., Any], refused: Callable[..., Any], store: Store, method: Identifier
) -> None:
    """A method of another market, or one that is disabled, ships nothing here (422)."""
    if method == EXPRESS:
        store.update(store.get(EXPRESS), attributes={"disabled_at": store.now()})
    [shipment] = store.linked_from(ORDER, types=["shipments"], name="order")
    answer = refused(change, shipment, INTEGRATION, {"shipping_method": method})

    assert faults(answer) == [("shipping_method", "invalid")]


def test_shipment_is_created(create: Callable[..., Any], store: Store) -> None:
    """It counts on from those that there are."""
    links = {"inventory_stock_location": STOCK_LOCATION, "shipping_method": EXPRESS}
    answer = create("shipments", INTEGRATION, links)

    number = store.get(ORDER).attributes["number"]
    attributes = answer.data["attributes"]
    assert answer.status == 201
    assert (attributes["number"], attributes["status"]) == (f"#{number}/S/002", "draft")
    assert (attributes["currency_code"], attributes["cost_amount_cents"]) == ("EUR", 2200)


@pytest.mark.parametrize("reason", ["no address", "nothing in it", "sent by e-mail"])
def test_shipment_is_refused_when_there_is_nothing_to_ship(
    create: Callable[..., Any], refused: Callable[..., Any], store: Store, reason: str
) -> None:
    """An order without an address, or without anything that ships, has no shipment (422)."""
    linkage: dict[str, Identifier] = {"market": ("markets", "govtipBiAc")}
    if reason != "no address":
        linkage["shipping_address"] = ("addresses", "OOGVrlcmjc")
    attributes = {
        "status": "draft",
        "number": "1",
        "currency_code": "EUR",
        "total_amount_with_taxes_cents": 0,
    }
    order = store.add("orders", "new", attributes=attributes, linkage=linkage).identifier
    if reason != "nothing in it":
        code = GIFT_CARD if reason == "sent by e-mail" else T_SHIRT
        create("line_items", INTEGRATION, {"order": order}, sku_code=code, quantity=1)
    links = {"order": order, "inventory_stock_location": STOCK_LOCATION}
    answer = refused(create, "shipments", INTEGRATION, links)

    assert faults(answer) == [("order", "invalid")]


def test_placed_order_stays_as_it_is_when_its_shipment_is_prepared(
    change: Callable[..., Any], store: Store
) -> None:
    """What nobody pays for can be written into a shipment at any time."""
    before = store.get(PLACED)
    [shipment] = store.linked_from(PLACED, types=["shipments"], name="order")
    answer = change(shipment, INTEGRATION, selected_rate_id="aRate", number="S1")

    assert (answer.status, answer.data["attributes"]["number"]) == (200, "S1")
    assert store.get(PLACED) == before


@pytest.mark.parametrize("item_type", ["gift_cards", "shipments"])
def test_line_item_of_another_type_is_refused(
    create: Callable[..., Any], refused: Callable[..., Any], item_type: str
) -> None:
    """Only SKUs can be put into an order; nothing else is taken for one."""
    answer = refused(create, sku_code=T_SHIRT, quantity=1, item_type=item_type)

    assert faults(answer) == [("item_type", "invalid")]


def test_line_item_that_its_order_does_without_is_not_found(
    ask: Callable[..., Any], store: Store
) -> None:
    """What a refresh takes away cannot be answered, and nothing else is changed either."""
    [shipment] = store.linked_from(("orders", "qaMAhZkZvd"), types=["shipments"], name="order")
    [item] = store.linked_from(shipment, types=["line_items"], name="item")
    store.update(store.get(shipment), linkage={"shipping_method": None})
    before = store.dump()
    data = {"type": "line_items", "id": item[1], "attributes": {"_external_price": True}}

    answer = ask(
        "PATCH",
        f"/api/line_items/{item[1]}",
        {"data": data},
        access_token="your-integration-access-token",
    )
    assert (answer.status, store.dump() == before) == (404, True)
