"""Starting worlds: what they hold, and that they are the same every time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpers.sandbox.database import DatabaseError
from helpers.sandbox.ready_made import load
from helpers.sandbox.resources import resource_types
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.store import Store

EVERY_SCENARIO = pytest.mark.parametrize("name", SCENARIOS)


@EVERY_SCENARIO
def test_scenario_is_the_same_every_time(name: str, tmp_path: Path) -> None:
    """Ids, times and all: in memory and in a file, now and then."""
    dumps = []
    for database in (":memory:", str(tmp_path / "one.db"), str(tmp_path / "two.db")):
        store = open_store(database, scenario=name)
        dumps.append(store.dump())
        store.close()

    assert dumps == [dumps[0]] * 3


@EVERY_SCENARIO
def test_scenario_bears_its_name_and_says_what_it_holds(name: str) -> None:
    """A scenario is found by its own name, and its summary is a sentence."""
    scenario = SCENARIOS[name]

    assert (scenario.name, scenario.summary[-1]) == (name, ".")


@EVERY_SCENARIO
def test_scenario_starts_with_an_order_to_save_from_and_one_to_pay(name: str) -> None:
    """Both orders are pending ones of the access token's customer; just one is authorized."""
    scenario = SCENARIOS[name]
    store = open_store(scenario=name)
    orders = [store.get(("orders", id_)) for id_ in (scenario.order_id, scenario.other_order_id)]
    owner = tuple(store.fact("access_tokens")[scenario.access_token]["owner"])
    store.close()

    assert [
        (
            order.attributes["status"],
            order.linkage["customer"] == owner,
            "payment_source" in order.linkage,
        )
        for order in orders
    ] == [("pending", True, True), ("pending", True, False)]


@EVERY_SCENARIO
def test_scenario_holds_documented_attributes_and_linkage_only(name: str) -> None:
    """What is stored is what the facts describe, and every linkage leads to a resource.

    What the sandbox keeps for itself starts with an underscore.
    """
    store = open_store(scenario=name)
    wrong: list[Any] = []
    for identifier in store.identifiers(list(resource_types())):
        resource, type_ = store.get(identifier), resource_types()[identifier[0]]
        wrong += [
            (identifier, each)
            for each in resource.attributes
            if each not in type_.attributes and not each.startswith("_")
        ]
        for each, related in resource.linkage.items():
            relationship = type_.relationships.get(each)
            known = relationship and not relationship.many and related[0] in relationship.types
            if not known or store.find([related[0]], related[1]) is None:
                wrong.append((identifier, each, related))
    store.close()

    assert wrong == []


def test_documented_world_shows_nothing_that_the_sandbox_keeps_for_itself(
    ask: Callable[..., Any], store: Store
) -> None:
    """What is stored with an underscore is in no answer, not even an integration's."""
    private = {
        (identifier, each)
        for identifier in store.identifiers(list(resource_types()))
        for each in store.get(identifier).attributes
        if each.startswith("_")
    }
    shown = {
        ((type_, id_), each)
        for (type_, id_), _ in private
        for each in ask(
            "GET", f"/api/{type_}/{id_}", access_token="your-integration-access-token"
        ).data["attributes"]
    }

    assert (len(private) > 0, private & shown) == (True, set())


@pytest.mark.parametrize(
    ("order_id", "status", "customer", "payment_source", "auth_token"),
    [
        (
            "qaMAhZkZvd",
            "pending",
            "jENxlDKaVB",
            "ertHJlpPTR",
            "0b1d9815-165e-42e2-8867-35bc03789e00",
        ),
        ("pWZkeVLoJn", "pending", "jENxlDKaVB", None, None),
        ("kLRAyaVMqb", "pending", "jENxlDKaVB", "mBqoAZyLEx", None),
        ("NqvGxbmPWe", "draft", None, "wRzKLobPQn", "no-customer-authorization"),
        ("drYpoNLxZA", "placed", "jENxlDKaVB", "yGmPVkqeZL", "placed-authorization"),
        ("gRmoXvLbKz", "pending", "vMRybPWzoE", "oPxKLZqvRb", "other-customers-authorization"),
        ("eVnPoWLbqR", "placed", "vMRybPWzoE", "bZoLRxqKvN", None),
    ],
)
def test_documented_world_has_an_order_for_each_lesson(
    store: Store,
    order_id: str,
    status: str,
    customer: str | None,
    payment_source: str | None,
    auth_token: str | None,
) -> None:
    """The page's own order, and one for each refusal."""
    order = store.get(("orders", order_id))

    payment = order.linkage.get("payment_source")
    assert (
        order.attributes["status"],
        order.linkage.get("customer", (None, None))[1],
        order.attributes["guest"],
        payment and payment[1],
        payment and store.get(payment).attributes.get("auth_token"),
    ) == (status, customer, customer is None, payment_source, auth_token)


def test_documented_world_starts_without_the_entry_of_the_page(store: Store) -> None:
    """The customer's wallet is empty; another customer has an entry of each gateway."""
    entries = map(store.get, store.identifiers(["customer_payment_sources"]))

    assert [(e.id, e.linkage["customer"][1], e.linkage["payment_source"][0]) for e in entries] == [
        ("LZkVQvoXne", "vMRybPWzoE", "klarna_payments"),
        ("vXoRLnkZbQ", "vMRybPWzoE", "stripe_payments"),
    ]


@pytest.mark.parametrize(
    ("type_", "id_", "expected"),
    [
        ("orders", "qaMAhZkZvd", {"status": "pending", "payment_status": "unpaid"}),
        ("klarna_payments", "ertHJlpPTR", {"auth_token": "0b1d9815-165e-42e2-8867-35bc03789e00"}),
        ("customers", "jENxlDKaVB", {"email": "john@example.com", "has_password": True}),
    ],
)
def test_documented_world_holds_what_the_page_shows(
    store: Store, type_: str, id_: str, expected: dict[str, object]
) -> None:
    """Its ids and values are the page's, and all of it was made at the page's instant."""
    attributes = store.get((type_, id_)).attributes

    expected = {
        **expected,
        "created_at": "2018-01-01T12:00:00.000Z",
        "updated_at": "2018-01-01T12:00:00.000Z",
    }
    assert {name: attributes[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("code", "currency", "tax_included"), [("europe1", "EUR", True), ("usa1", "USD", False)]
)
def test_documented_world_has_a_market_of_each_kind(
    store: Store, code: str, currency: str, tax_included: bool
) -> None:
    """One's prices include the tax, the other's do not; each sells everything, by any method."""
    [market] = [
        each
        for each in map(store.get, store.identifiers(["markets"]))
        if each.attributes["code"] == code
    ]
    price_list = store.get(market.linkage["price_list"])
    counts = [
        len(store.linked_from(end, types=[type_], name=name))
        for end, type_, name in (
            (price_list.identifier, "prices", "price_list"),
            (market.identifier, "shipping_methods", "market"),
            (market.identifier, "payment_methods", "market"),
        )
    ]

    held = price_list.attributes
    assert (held["currency_code"], held["tax_included"], counts) == (
        currency,
        tax_included,
        [len(store.identifiers(["skus"])), 2, 2],
    )


def test_documented_world_has_one_organization(store: Store) -> None:
    """The organization that answers name in their meta is the one that can be retrieved."""
    organization = store.fact("organization")

    assert [
        (id_, store.get((type_, id_)).attributes["slug"])
        for type_, id_ in store.identifiers(["organizations"])
    ] == [(organization["id"], organization["slug"])]


@pytest.mark.parametrize(
    ("part", "of"),
    [
        ("subtotal_amount_cents", "sku"),
        ("shipping_amount_cents", "shipment"),
        ("total_amount_cents", None),
    ],
)
def test_documented_order_adds_up(store: Store, part: str, of: str | None) -> None:
    """An order's amounts are the sums of its line items'."""
    order = store.get(("orders", "qaMAhZkZvd"))
    items = [
        store.get(each)
        for each in store.linked_from(order.identifier, types=["line_items"], name="order")
    ]

    assert order.attributes[part] == sum(
        item.attributes["total_amount_cents"] for item in items if of is None or of in item.linkage
    )


def test_store_is_refused_when_there_is_no_such_scenario(tmp_path: Path) -> None:
    """The message names those there are, and no file is made."""
    with pytest.raises(KeyError, match="one of: documented; got 'unknown'"):
        open_store(str(tmp_path / "sandbox.db"), scenario="unknown")
    assert list(tmp_path.iterdir()) == []


def test_store_keeps_its_state_when_it_is_opened_again(tmp_path: Path) -> None:
    """A scenario is where a world starts, not what it goes back to."""
    database = str(tmp_path / "sandbox.db")
    store = open_store(database)
    store.update(store.get(("orders", "qaMAhZkZvd")), attributes={"number": "1"}, linkage={})
    before = store.dump()
    store.close()

    store = open_store(database)
    after = store.dump()
    store.close()
    assert after == before


def test_store_is_refused_when_it_holds_another_scenario(tmp_path: Path) -> None:
    """One world is not taken for another, and stays as it was."""
    database = str(tmp_path / "sandbox.db")
    store = Store(database)
    store.remember("scenario", "another")
    before = store.dump()
    store.close()

    with pytest.raises(DatabaseError) as caught:
        open_store(database)
    store = Store(database)
    after = store.dump()
    store.close()
    assert (str(caught.value), after) == (
        f"Expected {database} to hold the scenario 'documented', but it holds 'another': ask for "
        "that one, or name a new file.",
        before,
    )


def test_store_lets_the_file_go_when_it_is_refused(tmp_path: Path) -> None:
    """A database that is not opened is not kept open: nothing lies beside it."""
    file = tmp_path / "sandbox.db"
    store = Store(str(file))
    store.remember("scenario", "another")
    store.close()

    with pytest.raises(DatabaseError):
        open_store(str(file))
    assert list(tmp_path.iterdir()) == [file]


def test_store_is_empty_when_the_scenario_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A world is written as a whole: the next one to open the file starts from nothing."""
    database = str(tmp_path / "sandbox.db")

    def fail(store: Store, file: str) -> None:
        load(store, file)
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("helpers.sandbox.scenarios.load", fail)
        with pytest.raises(ZeroDivisionError):
            open_store(database)

    store, expected = open_store(database), open_store()
    dumps = store.dump(), expected.dump()
    store.close()
    expected.close()
    assert dumps[0] == dumps[1]
