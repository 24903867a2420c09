"""Addresses: what one cannot be without, the names composed from it, the orders it is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from helpers.sandbox.addresses import clone_address, composed_names
from helpers.sandbox.store import Store

INTEGRATION = "your-integration-access-token"
# One of John's, in an order that is pending and has a Klarna payment; and the order.
IN_ORDER, ORDER = ("addresses", "UegAgVJySA"), ("orders", "kLRAyaVMqb")
# One of John's address book.
IN_BOOK, ENTRY = ("addresses", "OOGVrlcmjc"), ("customer_addresses", "MWXRcrPyvt")
PERSON = {
    "first_name": "Ann",
    "last_name": "Green",
    "line_1": "1 Main Street",
    "city": "Paris",
    "zip_code": "75000",
    "country_code": "FR",
    "phone": "+33 1",
}


@pytest.fixture
def create(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Create an address as a guest does, from Ann's and what differs from it."""

    def create(**attributes: Any) -> Any:
        data = {"type": "addresses", "attributes": {**PERSON, **attributes}}
        access_token = "your-guest-access-token"
        return ask("POST", "/api/addresses", {"data": data}, access_token=access_token)

    return create


@pytest.fixture
def change(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Update an address as John does."""

    def change(address: tuple[str, str], access_token: str = "", **attributes: Any) -> Any:
        document = {"data": {"type": "addresses", "id": address[1], "attributes": attributes}}
        target = f"/api/addresses/{address[1]}"
        return ask("PATCH", target, document, access_token=access_token or "your-access-token")

    return change


@pytest.mark.parametrize(
    ("attributes", "missing"),
    [
        ({"first_name": None, "last_name": ""}, ["first_name", "last_name"]),
        ({"business": True}, ["company"]),
        ({"business": True, "company": "", "first_name": None}, ["company"]),
        ({"business": False, "company": "Green", "last_name": None}, ["last_name"]),
        ({"zip_code": None}, ["zip_code"]),
        ({"zip_code": "", "country_code": "IT"}, ["zip_code"]),
        ({"zip_code": None, "country_code": None}, ["country_code", "zip_code"]),
    ],
    ids=["person", "business", "empty", "no business", "zip code", "empty zip", "no country"],
)
def test_address_is_refused_when_what_it_depends_on_is_missing(
    create: Callable[..., Any],
    refused: Callable[..., Any],
    attributes: Mapping[str, Any],
    missing: list[str],
) -> None:
    """A person has two names, a business one; nearly everywhere there are zip codes (422)."""
    answer = refused(create, **attributes)

    found = answer.document["errors"]
    assert {error["meta"]["error"] for error in found} == {"blank"}
    assert sorted(error["source"]["pointer"] for error in found) == [
        f"/data/attributes/{name}" for name in missing
    ]


@pytest.mark.parametrize(
    "attributes",
    [
        {"business": True, "company": "Green", "first_name": None, "last_name": None},
        {"country_code": "IE", "zip_code": None},
        {"country_code": "HK", "zip_code": ""},
    ],
    ids=["business", "Ireland", "Hong Kong"],
)
def test_address_is_good_when_it_has_what_it_depends_on(
    create: Callable[..., Any], attributes: Mapping[str, Any]
) -> None:
    """A business has no first name, and some countries have no zip codes."""
    assert create(**attributes).status == 201


def test_address_that_becomes_a_business_needs_a_company(
    change: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """What an update leaves as it was counts as well (422)."""
    answer = refused(change, IN_BOOK, business=True)

    [error] = answer.document["errors"]
    assert (error["detail"], error["meta"]) == ("company - can't be blank", {"error": "blank"})


def test_business_stays_one_when_something_else_changes(
    create: Callable[..., Any], change: Callable[..., Any]
) -> None:
    """It has no first name, and needs none, as long as nobody says that it is a person."""
    names = {"first_name": None, "last_name": None}
    made = create(business=True, company="Green & Co", **names).data
    answer = change(("addresses", made["id"]), city="Lyon")

    assert (answer.status, answer.data["attributes"]["full_name"]) == (200, "Green & Co")


@pytest.mark.parametrize("code", ["it", "ITA", "I", "1T", "IT ", "ÌT"])
def test_country_is_refused_when_it_is_no_code(
    create: Callable[..., Any], refused: Callable[..., Any], code: str
) -> None:
    """Countries are two capital letters (422)."""
    answer = refused(create, country_code=code)

    [error] = answer.document["errors"]
    assert error["source"] == {"pointer": "/data/attributes/country_code"}
    assert error["meta"] == {"error": "invalid", "value": code}


STREET = "1 Main Street, 75000 Paris (FR) +33 1"


@pytest.mark.parametrize(
    ("attributes", "full_name", "full_address"),
    [
        ({}, "Ann Green", STREET),
        ({"company": "Green & Co"}, "Ann Green", STREET),
        ({"company": "Green & Co", "business": True}, "Green & Co", STREET),
        ({"line_2": "Apt. 2"}, "Ann Green", f"1 Main Street Apt. 2{STREET[13:]}"),
        ({"state_code": "75"}, "Ann Green", "1 Main Street, 75000 Paris 75 (FR) +33 1"),
        (
            {"zip_code": None, "country_code": "IE"},
            "Ann Green",
            "1 Main Street, Paris (IE) +33 1",
        ),
    ],
    ids=["least", "company", "business", "second line", "state", "no zip code"],
)
def test_names_are_composed(
    create: Callable[..., Any], attributes: Mapping[str, Any], full_name: str, full_address: str
) -> None:
    """The full name, the full address, and both of them follow from the parts."""
    answered = create(**attributes).data["attributes"]

    expected = {
        "full_name": full_name,
        "full_address": full_address,
        "name": f"{full_name}, {full_address}",
    }
    assert {name: answered[name] for name in expected} == expected


def test_names_are_composed_anew_by_an_update(change: Callable[..., Any]) -> None:
    """The parts that stay are as good as those that are sent."""
    answered = change(IN_BOOK, first_name="Jack").data["attributes"]

    assert answered["full_name"] == "Jack Smith"
    assert answered["name"].startswith("Jack Smith, Via dei Mille 1, 50100 Firenze FI (IT)")


def test_names_are_composed_of_what_is_there() -> None:
    """The example of the documentation, and no word for what is missing."""
    address = {
        "first_name": "John",
        "last_name": "Smith",
        "line_1": "2883 Geraldine Lane",
        "line_2": "Apt.23",
        "city": "New York",
        "zip_code": "10013",
        "state_code": "NY",
        "country_code": "US",
        "phone": "(212) 646-338-1228",
    }

    expected = "John Smith, 2883 Geraldine Lane Apt.23, 10013 New York NY (US) (212) 646-338-1228"
    assert composed_names(address)["name"] == expected


def test_address_book_bears_the_name_of_the_address(
    change: Callable[..., Any], store: Store
) -> None:
    """An entry's name is its address's, as it is now."""
    change(IN_BOOK, first_name="Jack")

    assert store.get(ENTRY).attributes["name"].startswith("Jack Smith, ")


def test_order_loses_its_klarna_payment_when_its_address_changes(
    change: Callable[..., Any], store: Store
) -> None:
    """Where an order ships to is part of what is paid for."""
    answer = change(IN_ORDER, city="Pisa")

    assert answer.status == 200
    assert "payment_source" not in store.get(ORDER).linkage


@pytest.mark.parametrize(
    "attributes",
    [{}, {"metadata": {"a": 1}}, {"reference": "R"}, {"city": "Firenze", "first_name": "John"}],
    ids=["nothing", "metadata", "reference", "the same"],
)
def test_order_stays_as_it_was_when_its_address_does(
    change: Callable[..., Any], store: Store, attributes: Mapping[str, Any]
) -> None:
    """What changes nothing of an address, changes nothing of the orders that it is in."""
    before = store.get(ORDER)
    answer = change(IN_ORDER, **attributes)

    assert answer.status == 200
    assert store.get(ORDER) == before


def test_address_book_stays_as_it_was_when_the_name_does(
    change: Callable[..., Any], store: Store
) -> None:
    """A note on an address is no update of the entries that lead to it."""
    before = store.get(ENTRY)
    store.remember("clock", "2018-01-02T12:00:00.000Z")
    change(IN_BOOK, reference="R")
    change(IN_BOOK, email="john@example.com")

    assert store.get(IN_BOOK).attributes["updated_at"] == "2018-01-02T12:00:00.000Z"
    assert store.get(ENTRY) == before


@pytest.mark.parametrize(
    ("access_token", "status"), [("your-access-token", 401), (INTEGRATION, 422)]
)
@pytest.mark.parametrize("name", ["shipping_address", "billing_address"])
def test_address_stays_once_its_order_is_placed(
    change: Callable[..., Any],
    refused: Callable[..., Any],
    store: Store,
    access_token: str,
    status: int,
    name: str,
) -> None:
    """An order that is placed keeps where it ships to and whom it bills, whoever asks."""
    store.update(store.get(("orders", "drYpoNLxZA")), linkage={name: IN_BOOK})
    answer = refused(change, IN_BOOK, access_token, city="Pisa")

    assert answer.status == status


def test_address_may_be_noted_on_once_its_order_is_placed(
    change: Callable[..., Any], store: Store
) -> None:
    """Reference and metadata are no part of the order; an integration may note them any time."""
    store.update(store.get(("orders", "drYpoNLxZA")), linkage={"shipping_address": IN_BOOK})
    answer = change(IN_BOOK, INTEGRATION, reference="R", metadata={"a": 1})

    assert (answer.status, answer.data["attributes"]["reference"]) == (200, "R")


def test_address_of_a_placed_order_is_closed_to_a_sales_channel(
    change: Callable[..., Any], refused: Callable[..., Any], store: Store
) -> None:
    """Not even a note is taken of who may no longer change the order (401)."""
    store.update(store.get(("orders", "drYpoNLxZA")), linkage={"shipping_address": IN_BOOK})
    answer = refused(change, IN_BOOK, reference="R")

    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


def test_clone_has_all_but_what_is_noted(store: Store) -> None:
    """A copy is an address of its own, with the same parts and names."""
    notes = {"reference": "R", "reference_origin": "here", "metadata": {"a": 1}}
    address = store.update(store.get(IN_BOOK), attributes=notes)
    clone = store.get(clone_address(store, address))

    assert clone.id != address.id
    kept = {name: value for name, value in address.attributes.items() if name not in notes}
    assert clone.attributes == kept


def test_address_of_a_placed_order_is_refused_as_a_whole(
    ask: Callable[..., Any], refused: Callable[..., Any], store: Store
) -> None:
    """What is in the way is no member of the address, so the pointer names none."""
    _, id_ = store.get(("orders", "drYpoNLxZA")).linkage["shipping_address"]
    document = {"data": {"type": "addresses", "id": id_, "attributes": {"city": "Pisa"}}}
    access_token = "your-integration-access-token"
    answer = refused(ask, "PATCH", f"/api/addresses/{id_}", document, access_token=access_token)

    [error] = answer.document["errors"]
    assert error["source"] == {"pointer": "/data"}
    assert error["detail"] == "can't be changed: the order is placed"
