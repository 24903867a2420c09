"""Markets, methods, gateways, SKUs and prices: what a creation of them fills in and checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from helpers.sandbox.store import Identifier, Store

INTEGRATION = "your-integration-access-token"
EUROPE, USA = ("markets", "govtipBiAc"), ("markets", "WPtMvWmcqx")
EUROS, DOLLARS = ("price_lists", "hxhUyGYVsL"), ("price_lists", "cEzoCsesqA")
GATEWAY = ("klarna_gateways", "XmlRBQnhdV")
T_SHIRT, HOODIE = "TSHIRTMM000000FFFFFFXLXX", "HOODIEWW000000FFFFFFMXXX"


def _document(
    type_: str, id_: str, attributes: Mapping[str, Any], links: Mapping[str, Identifier | None]
) -> dict[str, Any]:
    relationships = {
        name: {"data": {"type": related[0], "id": related[1]} if related else None}
        for name, related in links.items()
    }
    data = {"type": type_, "attributes": attributes, "relationships": relationships}
    return {"data": {**data, "id": id_} if id_ else data}


@pytest.fixture
def create(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Create a resource."""

    def create(type_: str, attributes: Mapping[str, Any], **links: Identifier | None) -> Any:
        document = _document(type_, "", attributes, links)
        return ask("POST", f"/api/{type_}", document, access_token=INTEGRATION)

    return create


@pytest.fixture
def change(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Update a resource."""

    def change(
        identifier: Identifier, attributes: Mapping[str, Any], **links: Identifier | None
    ) -> Any:
        type_, id_ = identifier
        document = _document(type_, id_, attributes, links)
        return ask("PATCH", f"/api/{type_}/{id_}", document, access_token=INTEGRATION)

    return change


def faults(answer: Any) -> list[tuple[str, str]]:
    """Tell where a refused write is wrong, and how."""
    assert answer.status == 422
    return [
        (error["source"]["pointer"].rpartition("/")[2], error["meta"]["error"])
        for error in answer.document["errors"]
    ]


def test_market_gets_its_number_and_its_secret(create: Callable[..., Any]) -> None:
    """Each new market has the next number, and a secret of its own."""
    links = {
        "merchant": ("merchants", "any"),
        "price_list": EUROS,
        "inventory_model": ("inventory_models", "any"),
    }
    first, second = (create("markets", {"name": name}, **links).data["attributes"] for name in "AB")

    assert (first["number"], second["number"]) == (3, 4)
    assert first["private"] is False
    assert re.fullmatch(r"[0-9a-f]{32}", first["shared_secret"])
    assert first["shared_secret"] != second["shared_secret"]


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("klarna_payments", "Klarna Payment"),
        ("checkout_com_payments", "Checkout Com Payment"),
        ("wire_transfers", "Wire Transfer"),
    ],
)
def test_payment_method_is_named_after_its_type(
    create: Callable[..., Any], type_: str, name: str
) -> None:
    """The documented default: the payment source type, as a title."""
    sent = {"payment_source_type": type_, "price_amount_cents": 0}
    answer = create("payment_methods", sent, market=EUROPE, payment_gateway=GATEWAY)

    assert answer.data["attributes"]["name"] == name


METHODS = {
    "payment_methods": {"payment_source_type": "klarna_payments", "price_amount_cents": 0},
    "shipping_methods": {"name": "By hand", "price_amount_cents": 0},
}


@pytest.mark.parametrize("type_", METHODS)
@pytest.mark.parametrize(
    ("market", "sent", "expected"),
    [
        (EUROPE, {}, "EUR"),
        (USA, {}, "USD"),
        (USA, {"currency_code": "GBP"}, "GBP"),
        (None, {"currency_code": "GBP"}, "GBP"),
    ],
    ids=["Europe", "USA", "its own", "no market"],
)
def test_method_inherits_the_currency_of_its_market(
    create: Callable[..., Any],
    type_: str,
    market: Identifier | None,
    sent: Mapping[str, Any],
    expected: str,
) -> None:
    """It is the currency of the market's price list, unless another is sent."""
    links = {"payment_gateway": GATEWAY} if type_ == "payment_methods" else {}
    answer = create(type_, {**METHODS[type_], **sent}, market=market, **links)

    assert (answer.status, answer.data["attributes"]["currency_code"]) == (201, expected)


@pytest.mark.parametrize("type_", METHODS)
def test_method_is_refused_when_no_market_has_its_currency(
    create: Callable[..., Any], refused: Callable[..., Any], type_: str
) -> None:
    """Without a market, it has to be sent (422)."""
    links = {"payment_gateway": GATEWAY} if type_ == "payment_methods" else {}
    answer = refused(create, type_, METHODS[type_], **links)

    assert faults(answer) == [("currency_code", "blank")]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"scheme": "external"}, [("external_prices_url", "blank")]),
        ({"min_weight": 1}, [("unit_of_weight", "blank")]),
        ({"max_weight": 0}, [("unit_of_weight", "blank")]),
        ({"min_weight": 1, "max_weight": 2, "unit_of_weight": "gr"}, []),
        ({"scheme": "external", "external_prices_url": "https://example.com"}, []),
        ({"scheme": "flat", "external_prices_url": None}, []),
    ],
    ids=["external", "least weight", "most weight", "weights", "external with URL", "flat"],
)
def test_shipping_method_needs_what_its_scheme_needs(
    create: Callable[..., Any], sent: Mapping[str, Any], expected: list[tuple[str, str]]
) -> None:
    """An external one has a URL, one with weights a unit (422)."""
    answer = create("shipping_methods", {**METHODS["shipping_methods"], **sent}, market=EUROPE)

    assert (faults(answer) if answer.status != 201 else []) == expected


def test_shipping_method_gets_its_secret(create: Callable[..., Any]) -> None:
    """And its circuit is closed."""
    sent = METHODS["shipping_methods"]
    attributes = create("shipping_methods", sent, market=EUROPE).data["attributes"]

    assert re.fullmatch(r"[0-9a-f]{32}", attributes["shared_secret"])
    assert (attributes["circuit_state"], attributes["circuit_failure_count"]) == ("closed", 0)


def test_gateway_shows_the_ends_of_its_keys(
    create: Callable[..., Any], change: Callable[..., Any], store: Store
) -> None:
    """What else they are is neither answered nor kept; one that changes leaves the other."""
    keys = {"api_key": "a-secret-key-BW989", "api_secret": "a-secret-secret-12345"}
    answer = create("klarna_gateways", {"name": "Klarna", "country_code": "EU", **keys})
    gateway = ("klarna_gateways", answer.data["id"])
    changed = change(gateway, {"api_key": "another-key-XYZ00"})

    shown = {"api_key": "********BW989", "api_secret": "********12345"}
    assert answer.data["attributes"]["credential_keys"] == shown
    assert changed.data["attributes"]["credential_keys"] == {**shown, "api_key": "********XYZ00"}
    assert "secret-key" not in store.dump()


def test_price_finds_its_sku_by_the_code(create: Callable[..., Any], store: Store) -> None:
    """The SKU with that code is linked, and the currency is the price list's."""
    answer = create("prices", {"amount_cents": 1, "sku_code": T_SHIRT}, price_list=DOLLARS)

    [sku] = store.find_with("skus", "code", T_SHIRT)
    assert store.get(("prices", answer.data["id"])).linkage == {"price_list": DOLLARS, "sku": sku}
    assert answer.data["attributes"]["currency_code"] == "USD"


def test_price_bears_the_code_of_its_sku(create: Callable[..., Any], store: Store) -> None:
    """The SKU that is linked says what the code is, also where another one is sent."""
    [sku] = store.find_with("skus", "code", T_SHIRT)
    sent = {"amount_cents": 1, "sku_code": HOODIE}
    answer = create("prices", sent, price_list=EUROS, sku=sku)

    assert answer.data["attributes"]["sku_code"] == T_SHIRT


def test_price_is_refused_when_no_sku_has_the_code(
    create: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    """There is no price of nothing (422)."""
    sent = {"amount_cents": 1, "sku_code": "unknown"}
    answer = refused(create, "prices", sent, price_list=EUROS)

    assert ("sku_code", "noent_sku") in faults(answer)


def test_price_moves_to_another_sku_and_price_list(
    change: Callable[..., Any], store: Store
) -> None:
    """An update is read as a creation is."""
    [price, *_] = store.find_with("prices", "sku_code", T_SHIRT)
    answer = change(price, {"sku_code": HOODIE}, price_list=DOLLARS)

    [hoodie] = store.find_with("skus", "code", HOODIE)
    assert store.get(price).linkage == {"price_list": DOLLARS, "sku": hoodie}
    assert answer.data["attributes"]["currency_code"] == "USD"
