"""Seeded orders: the same every time, and like those that the rules write."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import jwt
import pytest

from helpers.sandbox import oauth
from helpers.sandbox.database import DatabaseError
from helpers.sandbox.messages import Request
from helpers.sandbox.own_values import instant, letters, order_number, uuid
from helpers.sandbox.resources import resource_types
from helpers.sandbox.scenarios import SCENARIOS, begin, open_store
from helpers.sandbox.seeding import seed
from helpers.sandbox.store import Identifier, Resource, Store

ORDERS = 120
INTEGRATION = "your-integration-access-token"
TYPES = tuple(resource_types())
CLAIMS = "https://commercelayer.io/claims"
SAVE = "_save_payment_source_to_customer_wallet"
SAVED = "available_customer_payment_sources"
# What no two resources have in common.
OWN = (
    *("id", "number", "email", "shopper_reference", "profile_id", "checkout_url", "auth_token"),
    *("client_token", "session_id", "gateway_transaction_id"),
)


@pytest.fixture(scope="module")
def seeded() -> Iterator[Store]:
    """Seed some orders beside the documented world, once."""
    store = open_store(orders=ORDERS)
    yield store
    store.close()


@pytest.fixture
def store(seeded: Store) -> Iterator[Store]:
    """Open a copy of that world, as if it had just been written."""
    store = Store()
    seeded._connection.backup(store._connection)
    yield store
    store.close()


def everything(store: Store) -> dict[Identifier, Resource]:
    """Get all resources there are."""
    with store.transaction(writes=False):
        return {each: store.get(each) for each in store.identifiers(TYPES)}


def told(resource: Resource) -> tuple[Any, ...]:
    """Tell a resource, to compare it."""
    return resource.identifier, dict(resource.attributes), dict(resource.linkage)


def new_ones(store: Store) -> list[Resource]:
    """Get what seeding has added to the documented world."""
    with closing(open_store()) as plain:
        old = set(plain.identifiers(TYPES))
    return [resource for identifier, resource in everything(store).items() if identifier not in old]


def shape(resource: Resource) -> tuple[Any, ...]:
    """Tell what a resource consists of, but for its values."""
    held, linkage = resource.attributes, resource.linkage
    state = [held.get(name) for name in ("status", "payment_status", "item_type")]
    details = held.get("payment_source_details")
    return (
        resource.type,
        *state,
        tuple((name, type(held[name])) for name in sorted(held)),
        tuple(sorted(details)) if details else None,
        tuple((name, linkage[name][0]) for name in sorted(linkage)),
    )


def test_world_is_the_same_every_time(tmp_path: Path) -> None:
    """In memory and in a file, to the last byte of what is remembered."""
    dumps = []
    for database in (":memory:", str(tmp_path / "one.db"), str(tmp_path / "two.db")):
        with closing(open_store(database, orders=13)) as store:
            dumps.append(store.dump())

    assert dumps == [dumps[0]] * 3


def test_values_are_the_same_on_every_machine() -> None:
    """They are computed and not drawn by lot."""
    assert (letters("orders", 0), letters("orders", 999_999), order_number(41)) == (
        "ZZjmkvblaF",
        "ZyjmigIhEW",
        "10000042",
    )
    assert (instant(0, 0), instant(1, 9_999_999), uuid(1, 7)) == (
        "2012-01-01T00:00:00.000Z",
        "2017-11-29T10:14:52.621Z",
        "772fc2ff-e4f8-5860-8128-d76254c9442b",
    )


def test_ids_are_in_order_and_never_repeat() -> None:
    """Each comes after the one before it, so that an index grows at its end."""
    ids = [letters("line_items", count) for count in range(20_000)]

    assert (ids == sorted(ids), len(set(ids)), {len(each) for each in ids}) == (True, 20_000, {10})
    assert letters("orders", 0) < letters("orders", 9_999_999)


@pytest.mark.parametrize("fewer", [1, 10, 12])
def test_smaller_world_is_the_beginning_of_a_larger_one(store: Store, fewer: int) -> None:
    """The same orders with the same of everything, but for what the last customer has done."""
    with closing(open_store(orders=fewer)) as small:
        found, larger = everything(small), everything(store)
    counts = [sum(type_ == "orders" for type_, _ in each) for each in (found, larger)]
    differing = [
        identifier
        for identifier, resource in found.items()
        if told(resource) != told(larger[identifier])
    ]

    assert counts == [7 + fewer, 7 + ORDERS]
    assert {type_ for type_, _ in differing} <= {"customers"}
    assert len(differing) <= 1


def test_documented_world_is_as_it_was(store: Store) -> None:
    """John and Jane have their orders and wallets, and the facts are the same but for one."""
    with closing(open_store()) as plain:
        expected = everything(plain)
        facts = [
            dict(each._connection.execute("SELECT name, value FROM fact"))
            for each in (plain, store)
        ]
    found = everything(store)

    assert {each: told(found[each]) for each in expected} == {
        each: told(resource) for each, resource in expected.items()
    }
    assert facts[1] == {**facts[0], "seeded_orders": str(ORDERS)}


def test_customer_of_the_page_lists_their_own_orders_only(ask: Callable[..., Any]) -> None:
    """However many there are of others."""
    answer = ask("GET", "/api/orders?sort=number")

    assert (answer.document["meta"]["record_count"], answer.data[0]["id"]) == (4, "qaMAhZkZvd")


def test_every_linkage_leads_to_a_resource(store: Store) -> None:
    """Nothing is linked to that is not there, and every relationship is one of the facts."""
    found = everything(store)
    linked = [
        (identifier, name, related)
        for identifier, resource in found.items()
        for name, related in resource.linkage.items()
    ]

    assert [each for each in linked if each[2] not in found] == []
    assert [
        each for each in linked if each[1] not in resource_types()[each[0][0]].relationships
    ] == []


@pytest.mark.parametrize("name", OWN)
def test_no_two_resources_share_what_is_their_own(store: Store, name: str) -> None:
    """Ids, numbers, e-mail addresses and secrets are of one resource alone."""
    values: dict[str, list[Any]] = {}
    for resource in everything(store).values():
        held = {**resource.attributes, "id": resource.id}
        if held.get(name) is not None and resource.type not in {"captures", "voids"}:
            values.setdefault(resource.type, []).append(held[name])

    assert values
    assert {type_: len(each) for type_, each in values.items()} == {
        type_: len(set(each)) for type_, each in values.items()
    }


def test_nothing_is_left_of_the_patterns(store: Store) -> None:
    """What marks a pattern's gaps is in none of its copies."""
    written = json.dumps([told(each) for each in new_ones(store)])

    assert [
        mark for mark in ("pattern", "0001-01", "authorized for", "%s") if mark in written
    ] == []


def test_orders_are_of_every_kind(store: Store) -> None:
    """Filters and orders have something to tell apart."""
    orders = [each.attributes for each in new_ones(store) if each.type == "orders"]
    states = {(each["status"], each["payment_status"]) for each in orders}

    assert states == {
        ("pending", "unpaid"),
        ("placed", "authorized"),
        ("approved", "paid"),
        ("cancelled", "voided"),
    }
    assert {each["currency_code"] for each in orders} == {"EUR", "USD"}
    assert len({each["total_amount_cents"] for each in orders}) > 10


def test_orders_are_spread_over_time(store: Store) -> None:
    """One comes after the other, all of them before the documented world begins."""
    orders = [each.attributes for each in new_ones(store) if each.type == "orders"]
    created = [each["created_at"] for each in orders]

    assert created == sorted(created)
    assert [each["number"] for each in orders] == [order_number(n) for n in range(ORDERS)]
    assert created[-1] < "2012-01-10" < instant(9, 9_999_999) < "2018-01-01T12:00"
    assert all(each["created_at"] <= each["updated_at"] for each in orders)


def test_orders_add_up(store: Store) -> None:
    """An order's amounts are those of its line items, and its payment is for as much."""
    found = everything(store)
    sums: dict[Identifier, int] = {}
    for resource in found.values():
        if resource.type == "line_items":
            order = resource.linkage["order"]
            sums[order] = sums.get(order, 0) + resource.attributes["total_amount_cents"]
    orders = [each for each in new_ones(store) if each.type == "orders"]

    assert all(each.attributes["total_amount_cents"] == sums[each.identifier] for each in orders)
    for order in orders:
        if "payment_source" in order.linkage:
            payment = found[order.linkage["payment_source"]].attributes
            due = order.attributes["total_amount_with_taxes_cents"]
            assert (payment["_intent_amount_cents"], payment["mismatched_amounts"]) == (due, False)


def test_customers_have_done_what_their_orders_say(store: Store) -> None:
    """Whoever has placed orders is counted so, and has the address that they are billed to."""
    found = new_ones(store)
    placed: dict[Identifier, int] = {}
    for each in found:
        if each.type == "orders" and each.attributes.get("placed_at"):
            customer = each.linkage["customer"]
            placed[customer] = placed.get(customer, 0) + 1
    customers = [each for each in found if each.type == "customers"]

    assert {each.identifier: each.attributes["total_orders_count"] for each in customers} == placed


@pytest.fixture
def by_rules(store: Store, ask: Callable[..., Any]) -> list[Resource]:
    """Make orders of every kind through the API, and get all that came of it."""
    before = set(store.identifiers(TYPES))

    def make(type_: str, attributes: object = None, **linkage: Identifier) -> Identifier:
        relationships = {
            name: {"data": {"type": related, "id": id_}} for name, (related, id_) in linkage.items()
        }
        data = {"type": type_, "attributes": attributes or {}, "relationships": relationships}
        answer = ask("POST", f"/api/{type_}", {"data": data}, access_token=INTEGRATION)
        assert answer.status == 201, answer.body
        return type_, answer.data["id"]

    def change(identifier: Identifier, attributes: object) -> None:
        type_, id_ = identifier
        data = {"type": type_, "id": id_, "attributes": attributes}
        answer = ask("PATCH", f"/api/{type_}/{id_}", {"data": data}, access_token=INTEGRATION)
        assert answer.status == 200, answer.body

    [market] = store.find_with("markets", "code", "europe1")
    [sku] = store.find_with("skus", "code", "GIFTCARDEMAIL00000000025")
    method = store.get(market).linkage["default_payment_method"]
    customer = make("customers", {"email": "somebody@example.com"})
    address = make(
        "addresses",
        {
            **{"first_name": "Alex", "last_name": "Doe", "line_1": "Via 1", "city": "Firenze"},
            **{"zip_code": "50100", "state_code": "FI", "country_code": "IT", "phone": "1"},
        },
    )
    for triggers in (
        None,
        (),
        ("_place",),
        ("_place", "_approve_and_capture"),
        ("_place", "_cancel"),
    ):
        order = make("orders", market=market, customer=customer, billing_address=address)
        make("line_items", {"quantity": 2}, order=order, item=sku)
        if triggers is None:
            continue
        data = {"payment_method": {"data": {"type": method[0], "id": method[1]}}}
        document = {"type": "orders", "id": order[1], "relationships": data}
        ask("PATCH", f"/api/orders/{order[1]}", {"data": document}, access_token=INTEGRATION)
        payment = make("klarna_payments", order=order)
        change(payment, {"auth_token": f"authorized {order[1]}"})
        for trigger in triggers:
            change(order, {trigger: True})
    return [store.get(each) for each in store.identifiers(TYPES) if each not in before]


def test_seeded_resources_are_like_those_that_the_rules_write(
    seeded: Store, by_rules: list[Resource]
) -> None:
    """The same attributes of the same types, and the same linkage, whatever the status."""
    assert {shape(each) for each in new_ones(seeded)} == {shape(each) for each in by_rules}


def _order(store: Store, **wanted: object) -> Resource:
    """Find a seeded order with these attributes."""
    return next(
        each
        for each in new_ones(store)
        if each.type == "orders"
        and all(each.attributes.get(name) == value for name, value in wanted.items())
    )


def _authorized(store: Store) -> Resource:
    """Find a pending seeded order whose payment is authorized."""
    return next(
        each
        for each in new_ones(store)
        if each.type == "orders"
        and each.attributes["status"] == "pending"
        and "payment_source" in each.linkage
    )


def test_seeded_order_is_retrieved_with_all_that_belongs_to_it(
    store: Store, ask: Callable[..., Any]
) -> None:
    """Any order can be included from, as any other."""
    order = _order(store, status="approved")
    paths = "customer,line_items.item,payment_source,billing_address,market,captures,authorizations"
    answer = ask("GET", f"/api/orders/{order.id}?include={paths}", access_token=INTEGRATION)

    assert answer.status == 200
    assert sorted({each.split("/")[0] for each in answer.included}) == [
        *("addresses", "authorizations", "captures", "customers", "klarna_payments"),
        *("line_items", "markets", "payment_methods", "skus"),
    ]


def test_seeded_orders_are_filtered_and_sorted(ask: Callable[..., Any]) -> None:
    """Pages of a list hold what was asked for, in order."""
    query = "filter[q][status_eq]=placed&sort=-number&page[size]=25&page[number]=1"
    document = ask("GET", f"/api/orders?{query}", access_token=INTEGRATION).document
    numbers = [each["attributes"]["number"] for each in document["data"]]

    assert document["meta"]["record_count"] == 2 + ORDERS // 5
    assert {each["attributes"]["status"] for each in document["data"]} == {"placed"}
    assert numbers == sorted(numbers, reverse=True)


def test_seeded_order_is_saved_and_reused_by_its_own_customer(
    store: Store, ask: Callable[..., Any], update: Callable[..., Any]
) -> None:
    """A customer whom a JWT assertion names saves a payment source, and pays with the entry."""
    order = _authorized(store)
    claims = {CLAIMS: {"owner": {"type": "Customer", "id": order.linkage["customer"][1]}}}
    settings = SCENARIOS["documented"].settings
    body = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "client_id": settings["CL_CLIENT_ID"],
        "client_secret": settings["CL_CLIENT_SECRET"],
        "scope": settings["CL_SCOPE"],
        "assertion": jwt.encode(claims, "x" * 32, algorithm="HS256"),
    }
    headers = {"content-type": "application/json"}
    request = Request("POST", "/oauth/token", headers, json.dumps(body).encode())
    access_token = json.loads(oauth.handle(store, request).body)["access_token"]
    saved = update(order.id, {SAVE: True}, query=f"?include={SAVED}", access_token=access_token)
    [entry] = saved.document["included"]
    other = _order(store, status="pending", payment_source_details=None)
    reused = update(
        other.id,
        {"_customer_payment_source_id": entry["id"]},
        query="?include=payment_source",
        access_token=access_token,
    )

    assert (saved.status, reused.status) == (200, 200)
    assert reused.included == [f"klarna_payments/{order.linkage['payment_source'][1]}"]
    listed = ask("GET", "/api/orders", access_token=access_token).document
    assert listed["meta"]["record_count"] == 10


def test_seeded_order_is_placed_approved_and_captured(
    store: Store, update: Callable[..., Any]
) -> None:
    """What is left to happen to an order happens by the rules."""
    order = _authorized(store)
    statuses = []
    for trigger in ("_place", "_approve_and_capture", "_refund"):
        answer = update(order.id, {trigger: True}, access_token=INTEGRATION)
        assert answer.status == 200, answer.body
        statuses.append(answer.data["attributes"]["payment_status"])

    assert statuses == ["authorized", "paid", "refunded"]


def test_new_order_has_a_number_of_the_documented_ones(
    store: Store, ask: Callable[..., Any]
) -> None:
    """Seeded numbers are far away from those that are given next."""
    [market] = store.find_with("markets", "code", "europe1")
    data = {
        "type": "orders",
        "relationships": {"market": {"data": {"type": "markets", "id": market[1]}}},
    }
    answer = ask("POST", "/api/orders", {"data": data}, access_token=INTEGRATION)

    assert answer.data["attributes"]["number"] == "1241"


def test_reset_brings_the_seeded_orders_back(store: Store, seeded: Store) -> None:
    """A starting world is all that the program started from."""
    with store.transaction():
        store.remove(("orders", letters("orders", 3)))
        store.remember("made_ids", 999)
        begin(store, "documented")

    assert store.dump() == seeded.dump()


def test_progress_is_reported(store: Store) -> None:
    """First that it begins, and then each time how many more there are."""
    counts: list[int] = []
    with closing(Store()) as other, other.transaction():
        SCENARIOS["documented"].build(other)
        seed(other, SCENARIOS["documented"].build, 1_234, counts.append)

    assert (counts[0], len(counts) > 3, sum(counts)) == (0, True, 1_234)


def test_file_goes_on_with_its_orders(tmp_path: Path) -> None:
    """With the same number of orders, or without one."""
    database = str(tmp_path / "sandbox.db")
    open_store(database, orders=10).close()
    with closing(open_store(database)) as store:
        store.remove(("orders", letters("orders", 3)))
        before = store.dump()
    with closing(open_store(database, orders=10)) as store:
        after = store.dump()

    assert after == before


@pytest.mark.parametrize(("held", "told"), [(None, "0"), (1_000, "1,000")])
def test_file_is_refused_when_it_holds_another_number_of_orders(
    tmp_path: Path, held: int | None, told: str
) -> None:
    """The message says what it holds, and what to do; the file stays as it was."""
    file = tmp_path / "sandbox.db"
    with closing(open_store(str(file), orders=held)) as store:
        before = store.dump()

    with pytest.raises(DatabaseError) as caught:
        open_store(str(file), orders=2_000)
    assert str(caught.value) == (
        f"Expected {file} to hold 2,000 seeded orders, but it holds {told}: go on with it without "
        "asking for a number, or name a new file."
    )
    assert list(tmp_path.iterdir()) == [file]
    with closing(open_store(str(file))) as store:
        assert store.dump() == before
