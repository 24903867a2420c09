"""Customers and their address book: e-mail addresses, passwords, and whose an address is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from helpers.sandbox.customers import customer_of_email
from helpers.sandbox.passwords import is_password
from helpers.sandbox.store import Identifier, Store

INTEGRATION, GUEST = "your-integration-access-token", "your-guest-access-token"
JOHN, JANE = ("customers", "jENxlDKaVB"), ("customers", "vMRybPWzoE")
JOHNS, JANES = ("addresses", "OOGVrlcmjc"), ("addresses", "QOCdRdhrZF")


@pytest.fixture
def create(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Create a customer, or an entry of an address book."""

    def create(
        type_: str,
        attributes: Mapping[str, Any],
        access_token: str = INTEGRATION,
        **links: Identifier,
    ) -> Any:
        relationships = {
            name: {"data": {"type": related, "id": id_}} for name, (related, id_) in links.items()
        }
        data = {"type": type_, "attributes": attributes, "relationships": relationships}
        return ask("POST", f"/api/{type_}", {"data": data}, access_token=access_token)

    return create


@pytest.fixture
def change(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Update John, as he does himself."""

    def change(**attributes: Any) -> Any:
        document = {"data": {"type": "customers", "id": JOHN[1], "attributes": attributes}}
        return ask("PATCH", f"/api/customers/{JOHN[1]}", document)

    return change


@pytest.mark.parametrize("access_token", [INTEGRATION, GUEST, "your-access-token"])
def test_customer_is_created_by_anyone(create: Callable[..., Any], access_token: str) -> None:
    """A guest becomes a customer without being one: the answer shows who they are now."""
    answer = create("customers", {"email": "Ann@Example.com"}, access_token)

    attributes = answer.data["attributes"]
    assert answer.status == 201
    assert attributes["email"] == "ann@example.com"
    assert (attributes["status"], attributes["has_password"]) == ("prospect", False)
    assert attributes["total_orders_count"] == 0
    assert attributes["shopper_reference"]
    assert attributes["profile_id"]


@pytest.mark.parametrize("email", ["ann", "@", "ann@", "@example.com", "a b@c", "a@b@c", "a@b\n"])
def test_email_is_refused_when_it_is_none(
    create: Callable[..., Any], change: Callable[..., Any], refused: Callable[..., Any], email: str
) -> None:
    """An e-mail address has something on both sides of its only @ (422)."""
    for answer in (refused(create, "customers", {"email": email}), refused(change, email=email)):
        [error] = answer.document["errors"]
        assert (error["status"], error["source"]) == ("422", {"pointer": "/data/attributes/email"})
        assert error["meta"] == {"error": "invalid", "value": email}


def test_generated_references_differ(create: Callable[..., Any]) -> None:
    """Each customer has their own, and what is sent is kept."""
    sent = {"email": "a@example.com", "shopper_reference": "mine"}
    first = create("customers", sent).data["attributes"]
    second = create("customers", {"email": "b@example.com"}).data["attributes"]

    assert first["shopper_reference"] == "mine"
    names = ("shopper_reference", "profile_id")
    assert len({each[name] for each in (first, second) for name in names}) == 4


def test_password_is_kept_as_a_hash(create: Callable[..., Any], store: Store) -> None:
    """The customer can log in with it, and nobody can read it."""
    answer = create("customers", {"email": "ann@example.com", "password": "open sesame"}, GUEST)

    assert answer.data["attributes"]["has_password"] is True
    assert "password" not in answer.data["attributes"]
    assert is_password("open sesame", store.fact("passwords")[answer.data["id"]])
    assert "open sesame" not in store.dump()


def test_password_is_changed(change: Callable[..., Any], store: Store) -> None:
    """The new one is good then, and other customers keep theirs."""
    janes = store.fact("passwords")[JANE[1]]
    answer = change(password="open sesame")

    assert (answer.status, answer.data["attributes"]["has_password"]) == (200, True)
    assert is_password("open sesame", store.fact("passwords")[JOHN[1]])
    assert store.fact("passwords")[JANE[1]] == janes


@pytest.mark.parametrize("password", ["", None])
def test_password_is_refused_when_it_is_blank(
    create: Callable[..., Any],
    change: Callable[..., Any],
    refused: Callable[..., Any],
    password: str | None,
) -> None:
    """Nobody logs in without one (422)."""
    attributes = {"email": "ann@example.com", "password": password}
    for answer in (refused(create, "customers", attributes), refused(change, password=password)):
        [error] = answer.document["errors"]
        assert error["source"] == {"pointer": "/data/attributes/password"}
        assert error["meta"] == {"error": "blank"}


def test_customer_is_found_by_their_email(store: Store) -> None:
    """Whatever letters it is written with."""
    assert customer_of_email(store, "JOHN@example.com") == JOHN


def test_customer_is_made_when_nobody_has_the_email(store: Store) -> None:
    """An order's e-mail address makes a customer, the same as a creation does."""
    made = store.get(customer_of_email(store, "Ann@example.com"))

    assert made.attributes["email"] == "ann@example.com"
    assert made.attributes["status"] == "prospect"
    assert customer_of_email(store, "ann@example.com") == made.identifier


def test_entry_is_the_access_tokens_customers(create: Callable[..., Any], store: Store) -> None:
    """To a customer's own access token, nobody else can be meant."""
    address = store.add("addresses", "new", attributes={"name": "The new one"}).identifier
    sent = {"customer_email": "jane@example.com"}
    answer = create("customer_addresses", sent, "your-access-token", address=address)

    assert answer.status == 201
    assert answer.data["attributes"]["customer_email"] == "john@example.com"
    assert answer.data["attributes"]["name"] == "The new one"
    linkage = store.get(("customer_addresses", answer.data["id"])).linkage
    assert linkage == {"customer": JOHN, "address": address}


@pytest.mark.parametrize(
    ("attributes", "links", "email"),
    [
        ({}, {"customer": JANE}, "jane@example.com"),
        ({"customer_email": "john@example.com"}, {"customer": JANE}, "jane@example.com"),
        ({"customer_email": "JANE@example.com"}, {}, "jane@example.com"),
        ({"customer_email": "ann@example.com"}, {}, "ann@example.com"),
    ],
    ids=["named", "named and e-mail", "e-mail", "new e-mail"],
)
def test_entry_is_whose_an_integration_says(
    create: Callable[..., Any],
    store: Store,
    attributes: Mapping[str, Any],
    links: Mapping[str, Identifier],
    email: str,
) -> None:
    """The customer who is named, or who has the e-mail address, or who gets to be with it."""
    answer = create("customer_addresses", attributes, address=JANES, **links)

    assert (answer.status, answer.data["attributes"]["customer_email"]) == (201, email)
    customer = store.get(("customer_addresses", answer.data["id"])).linkage["customer"]
    assert store.get(customer).attributes["email"] == email


@pytest.mark.parametrize("email", ["ann", "john@"])
def test_entry_is_refused_when_the_email_is_none(
    create: Callable[..., Any], refused: Callable[..., Any], email: str
) -> None:
    """Nobody is made of what is no e-mail address (422)."""
    answer = refused(create, "customer_addresses", {"customer_email": email}, address=JOHNS)

    found = {error["source"]["pointer"]: error["meta"] for error in answer.document["errors"]}
    assert found["/data/attributes/customer_email"] == {"error": "invalid", "value": email}


def test_entry_follows_what_it_leads_to(ask: Callable[..., Any]) -> None:
    """Given to another customer, with another address, it says so."""
    document = {
        "data": {
            "type": "customer_addresses",
            "id": "MWXRcrPyvt",
            "relationships": {
                "customer": {"data": {"type": "customers", "id": JANE[1]}},
                "address": {"data": {"type": "addresses", "id": JANES[1]}},
            },
        }
    }
    target = "/api/customer_addresses/MWXRcrPyvt"
    attributes = ask("PATCH", target, document, access_token=INTEGRATION).data["attributes"]

    assert attributes["customer_email"] == "jane@example.com"
    assert attributes["name"].startswith("Jane Brown, ")
