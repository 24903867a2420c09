"""What Klarna's script is told about an order follows from the order, cent by cent."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from helpers.documents import Document
from helpers.errors import DocumentError
from helpers.klarna_order import is_made_up, klarna_order
from tests.klarna import ORDER, order_elsewhere, reduced, sandbox_order

AMOUNTS = {"order_amount", "order_tax_amount", "order_lines"}


@pytest.fixture(scope="module")
def order() -> Document:
    """Retrieve one order for all tests: none changes it."""
    return sandbox_order()


def changed(order: Document, **attributes: Any) -> Document:
    """Give an order other attributes."""
    body: Any = copy.deepcopy(dict(order.body))
    body["data"]["attributes"] |= attributes
    return replace(order, body=body)


def with_items(order: Document, *items: dict[str, Any], **attributes: Any) -> Document:
    """Give an order other lines, and the amounts that go with them."""
    document = changed(order, **attributes)
    body: Any = document.body
    for index, item in enumerate(items):
        resource = {"type": "line_items", "id": f"item{index}", "attributes": item}
        body["included"].append(resource)
    linkage = [{"type": "line_items", "id": f"item{index}"} for index in range(len(items))]
    body["data"]["relationships"]["line_items"]["data"] = linkage
    return document


def item(total: int, **attributes: Any) -> dict[str, Any]:
    """Write the attributes of a line item."""
    return {
        "name": "Something",
        "item_type": "skus",
        "sku_code": "CODE",
        "quantity": 1,
        "unit_amount_cents": total,
        "total_amount_cents": total,
        "tax_amount_cents": 0,
        "tax_rate": "0.22",
        **attributes,
    }


def test_the_order_is_written_in_klarnas_terms(order: Document) -> None:
    """Country, currency, language, amounts and the order's id stand where Klarna looks for them."""
    data = klarna_order(order)

    assert {name: value for name, value in data.items() if not isinstance(value, list | dict)} == {
        "purchase_country": "IT",
        "purchase_currency": "EUR",
        "locale": "en-IT",
        "order_amount": 6200,
        "order_tax_amount": 1118,
        "merchant_data": ORDER,
    }


def test_the_lines_add_up(order: Document) -> None:
    """Each line is quantity times price, and together they are the order's amount and tax."""
    data = klarna_order(order)
    lines = data["order_lines"]

    assert [line["type"] for line in lines] == ["physical", "shipping_fee"]
    assert sum(line["total_amount"] for line in lines) == data["order_amount"]
    assert sum(line["total_tax_amount"] for line in lines) == data["order_tax_amount"]
    assert all(line["quantity"] * line["unit_price"] == line["total_amount"] for line in lines)


def test_tax_rates_are_hundredths_of_a_percent(order: Document) -> None:
    """A rate that the API writes as a text is a number of Klarna's: 22 % is 2200."""
    document = with_items(order, item(6200, tax_amount_cents=1118))

    assert [line["tax_rate"] for line in klarna_order(document)["order_lines"]] == [2200]


def test_the_addresses_have_klarnas_names(order: Document) -> None:
    """Both addresses are there, with the customer's e-mail, and without what is not known."""
    data = klarna_order(order)

    assert data["billing_address"] == {
        "given_name": "John",
        "family_name": "Smith",
        "street_address": "Via dei Mille 1",
        "postal_code": "50100",
        "city": "Firenze",
        "region": "FI",
        "phone": "+39 055 1234567890",
        "country": "IT",
        "email": "john@example.com",
    }
    assert data["shipping_address"] == data["billing_address"]


def test_an_order_without_shipping_address_names_none(order: Document) -> None:
    """What is not there is not written."""
    document = changed(order)
    document.body["data"]["relationships"]["shipping_address"]["data"] = None

    assert "shipping_address" not in klarna_order(document)


def test_tax_on_top_is_a_line_of_its_own(order: Document) -> None:
    """Where prices are without tax, Klarna wants it as one line."""
    document = with_items(
        order,
        item(5000),
        tax_included=False,
        total_tax_amount_cents=400,
        total_amount_with_taxes_cents=5400,
    )
    data = klarna_order(document)

    assert [(line["type"], line["total_amount"]) for line in data["order_lines"]] == [
        ("physical", 5000),
        ("sales_tax", 400),
    ]
    assert (data["order_amount"], data["order_tax_amount"]) == (5400, 400)
    assert "tax_rate" in data["order_lines"][0]
    assert data["order_lines"][0]["total_tax_amount"] == 0


@pytest.mark.parametrize(
    ("line_item", "expected"),
    [
        (item(900, unit_amount_cents=500, quantity=2), {"total_discount_amount": 100}),
        (item(900, unit_amount_cents=400, quantity=2), {"quantity": 1, "unit_price": 900}),
        (item(900, item_type="payment_methods"), {"type": "surcharge"}),
        (item(900, item_type="gift_cards"), {"type": "digital"}),
        (item(900, item_type="shipments", sku_code=None), {"type": "shipping_fee"}),
        (item(900, name=None), {"name": "skus"}),
    ],
    ids=["discount", "options", "fee", "gift card", "shipping", "without a name"],
)
def test_a_line_is_what_klarna_takes(
    order: Document, line_item: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Discounts come off, extras go into the price, and every line has a type and a name."""
    document = with_items(order, line_item, total_amount_with_taxes_cents=900)
    [line] = klarna_order(document)["order_lines"]

    assert expected.items() <= line.items()
    assert (
        line["quantity"] * line["unit_price"] - line.get("total_discount_amount", 0)
        == line["total_amount"]
    )


def test_what_makes_an_order_cheaper_is_a_discount(order: Document) -> None:
    """A promotion is a negative line."""
    promotion = item(-100, item_type="percentage_discount_promotions", sku_code=None)
    document = with_items(order, item(900), promotion, total_amount_with_taxes_cents=800)

    assert [line["type"] for line in klarna_order(document)["order_lines"]] == [
        "physical",
        "discount",
    ]


def test_a_gift_card_is_a_line(order: Document) -> None:
    """What a gift card pays for is taken off."""
    document = with_items(
        order, item(900), gift_card_amount_cents=-300, total_amount_with_taxes_cents=600
    )

    assert klarna_order(document)["order_lines"][-1]["total_amount"] == -300


def test_lines_that_do_not_add_up_are_left_out(order: Document) -> None:
    """Wrong amounts would be refused; without any, Klarna goes by those it has."""
    data = klarna_order(with_items(order, item(900), total_amount_with_taxes_cents=901))

    assert data.keys() & AMOUNTS == set()
    assert data["merchant_data"] == ORDER


UNREADABLE = [
    {"total_amount_cents": None},
    {"total_amount_cents": ...},
    {"total_amount_cents": "6200"},
    {"quantity": None},
    {"quantity": ...},
    {"item_type": None},
    {"item_type": ...},
    {"item_type": ["skus"]},
    {"unit_amount_cents": "6200"},
    {"tax_amount_cents": "1118"},
    {"tax_rate": "abc"},
    {"tax_rate": "nan"},
    {"tax_rate": "inf"},
    {"tax_rate": ["0.22"]},
]


def test_lines_that_cannot_be_read_are_left_out(subtests: pytest.Subtests, order: Document) -> None:
    """What an item does not tell is not made up, so Klarna goes by the amounts it has."""
    for attributes in UNREADABLE:
        with subtests.test(str(attributes)):
            line = {
                name: value
                for name, value in {**item(6200), **attributes}.items()
                if value is not ...
            }
            data = klarna_order(with_items(order, line))

            assert data.keys() & AMOUNTS == set()
            assert data["merchant_data"] == ORDER


@pytest.mark.parametrize("name", ["total_amount_with_taxes_cents", "total_tax_amount_cents"])
@pytest.mark.parametrize("value", [None, "6200", ...])
def test_an_order_that_does_not_tell_its_amounts_has_no_lines(
    order: Document, name: str, value: object
) -> None:
    """Klarna wants the lines together with amount and tax, or none of them."""
    document = changed(order, **{name: value})
    if value is ...:
        del document.body["data"]["attributes"][name]

    assert klarna_order(document).keys() & AMOUNTS == set()


@pytest.mark.parametrize("attributes", [None, "missing", {}, [1]], ids=str)
@pytest.mark.parametrize("type_", ["orders", "line_items", "addresses"])
def test_what_has_no_attributes_is_left_out(
    order: Document, type_: str, attributes: object
) -> None:
    """Whatever the answer is without, the rest is written all the same."""
    data = klarna_order(reduced(order, type_, attributes))

    assert data["merchant_data"] == ORDER
    assert ("purchase_country" in data) == (type_ != "orders")
    assert bool(data.keys() & AMOUNTS) == (type_ == "addresses")


@pytest.mark.parametrize(
    ("base_url", "client_token", "expected"),
    [
        ("http://127.0.0.1:8000", "client-token-of-a-session", True),
        ("http://localhost:8000", "xxxx-yyyy-zzzz", True),
        ("http://127.0.0.1:8000", "eyJhbGciOiJSUzI1NiJ9.eyJhIjoiMCJ9.c2ln-bmF0_dXJl", False),
        ("https://yourdomain.commercelayer.io", "client-token-of-a-session", False),
        ("http://127.0.0.1:8000", None, False),
    ],
)
def test_a_session_is_made_up_where_klarna_has_not_opened_it(
    order: Document, base_url: str, client_token: str | None, expected: bool
) -> None:
    """Neither the address alone nor the token alone makes a sandbox."""
    [payment] = order_elsewhere(order, client_token=client_token).related("payment_source")

    assert is_made_up(payment, base_url) is expected


def test_what_was_not_included_is_asked_for(order: Document) -> None:
    """An order without its lines is none that Klarna could be told about."""
    document = changed(order)
    del document.body["data"]["relationships"]["line_items"]["data"]

    with pytest.raises(DocumentError, match="include"):
        klarna_order(document)
