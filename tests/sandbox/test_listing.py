"""Lists are read by indexes, remembered, and the same as without either."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from helpers.sandbox.conditions import ANYTHING, Condition, Criterion, all_of
from helpers.sandbox.filters import read_filter
from helpers.sandbox.indexes import INDEXES
from helpers.sandbox.listing import how_many, page_of
from helpers.sandbox.permissions import scope_of_list
from helpers.sandbox.queries import Lists, Query
from helpers.sandbox.resources import resource_types
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.store import Store
from helpers.sandbox.tokens import Bearer

TYPES = ("orders",)
# Of whatever a relationship leads to.
PLAIN = {"id_eq": "a", "id_null": "true", "name_eq": "a", "created_at_gt": "2018-01-01"}
INTEGRATION = "your-integration-access-token"
# Each shows what a list is commonly narrowed down by.
FILTERS = {
    "": "",
    "status_eq": "pending",
    "status_in": "placed,approved",
    "status_not_eq": "pending",
    "payment_status_eq": "paid",
    "fulfillment_status_eq": "not_required",
    "currency_code_eq": "USD",
    "country_code_eq": "IT",
    "guest_true": "true",
    "number_eq": "10000012",
    "number_gt": "10000100",
    "number_cont": "00",
    "customer_email_eq": "customer3@example.com",
    "customer_email_end": "5@example.com",
    "created_at_gteq": "2012-01-03T00:00:00Z",
    "placed_at_null": "true",
    "placed_at_not_null": "true",
    "archived_at_null": "true",
    "updated_at_lt": "2012-01-05T00:00:00Z",
    "total_amount_cents_gteq": "20000",
    "reference_null": "true",
}
SORTED_BY = (
    *("", "status", "number", "created_at", "updated_at", "placed_at", "payment_status"),
    *("total_amount_cents", "subtotal_amount_cents", "currency_code", "approved_at", "reference"),
)
PREDICATES: dict[str, Callable[[Any, str], bool]] = {
    "eq": lambda held, value: held == value,
    "in": lambda held, value: held in value.split(","),
    "not_eq": lambda held, value: held is not None and held != value,
    "gt": lambda held, value: held is not None and held > type(held)(value),
    "gteq": lambda held, value: held is not None and held >= type(held)(value),
    "lt": lambda held, value: held is not None and held < value,
    "cont": lambda held, value: held is not None and value in held,
    "end": lambda held, value: held is not None and held.endswith(value),
    "true": lambda held, value: held is True,
    "null": lambda held, value: held is None,
    "not_null": lambda held, value: held is not None,
}


@pytest.fixture(scope="module")
def seeded() -> Iterator[Store]:
    """Seed some hundred orders, some of them at the same instant and for the same amount."""
    store = open_store(orders=300)
    chance = random.Random(6)
    with store.transaction():
        for identifier in store.identifiers(TYPES):
            order, changes = store.get(identifier), {}
            if chance.random() < 0.3:
                changes |= {"created_at": "2012-01-04T00:00:00.000Z"}
            if chance.random() < 0.2:
                changes |= {"reference": chance.choice(["a", "b"]), "archived_at": "2013"}
            if changes:
                updated = {"updated_at": chance.choice(["2012", "2013"])}
                store.update(order, attributes=updated | changes)
    yield store
    store.close()


def conditions_of(name: str) -> list[Condition]:
    """Read a filter of the table above."""
    return [read_filter(f"filter[q][{name}]", FILTERS[name], TYPES)] if name else []


def order_of(name: str, *, descending: bool) -> list[Criterion]:
    """Sort by an attribute, or not at all."""
    return [Criterion(name, is_descending=descending)] if name else []


def by_hand(store: Store, name: str, sort: str, *, descending: bool) -> list[str]:
    """Filter and sort in Python: null is the most, and the older one comes first."""
    orders = [store.get(each) for each in store.identifiers(TYPES)]
    for predicate in sorted(PREDICATES, key=len, reverse=True) if name else ():
        if name.endswith(f"_{predicate}"):
            attribute, value = name.removesuffix(f"_{predicate}"), FILTERS[name]
            value = value.replace("00Z", "00.000Z")
            holds = PREDICATES[predicate]
            orders = [each for each in orders if holds(each.attributes.get(attribute), value)]
            break
    if sort:
        held = [each for each in orders if each.attributes.get(sort) is not None]
        held.sort(key=lambda each: each.attributes[sort], reverse=descending)
        null = [each for each in orders if each.attributes.get(sort) is None]
        orders = null + held if descending else held + null
    return [each.id for each in orders]


@pytest.mark.parametrize("name", FILTERS)
def test_list_is_the_same_as_one_made_by_hand(seeded: Store, name: str) -> None:
    """Whatever it is sorted by, either way, with ties and nulls, on every page."""
    conditions = conditions_of(name)
    for sort, descending in itertools.product(SORTED_BY, (False, True)):
        expected = by_hand(seeded, name, sort, descending=descending)
        order = order_of(sort, descending=descending)
        with seeded.transaction(writes=False):
            assert seeded.count(TYPES, conditions) == len(expected)
            for offset in {0, 25, max(0, len(expected) - 10)}:
                page = seeded.select(TYPES, conditions, order=order, offset=offset, limit=25)
                assert [id_ for _, id_ in page] == expected[offset : offset + 25]


def test_list_by_several_attributes_is_the_same_as_one_made_by_hand(seeded: Store) -> None:
    """The second decides where the first leaves it open."""
    orders = [seeded.get(each) for each in seeded.identifiers(TYPES)]
    orders.sort(key=lambda each: each.attributes["created_at"], reverse=True)
    orders.sort(key=lambda each: each.attributes["status"])
    order = [Criterion("status"), Criterion("created_at", is_descending=True)]
    found = seeded.select(TYPES, order=order, limit=200)

    assert found == [each.identifier for each in orders][:200]


def plan(store: Store, sql: str, bound: tuple[object, ...]) -> list[str]:
    """Tell how SQLite reads a query."""
    rows = store._connection.execute(f"EXPLAIN QUERY PLAN {sql}", bound)
    # Newer versions see of more indexes that they hold all that is asked for.
    return [
        str(row[3]).replace("USING COVERING INDEX orders", "USING INDEX orders") for row in rows
    ]


@pytest.mark.parametrize("name", FILTERS)
def test_list_reads_an_index(seeded: Store, name: str) -> None:
    """No common filter or order reads the whole table, or looks all orders up by their type."""
    conditions = conditions_of(name)
    queries = [how_many(TYPES, conditions)]
    for sort, descending in itertools.product(SORTED_BY, (False, True)):
        order = order_of(sort, descending=descending)
        queries.append(page_of(TYPES, conditions, order, offset=0, limit=25))
    for query in queries:
        reading = [
            line
            for line in plan(seeded, query.sql, query.bound)
            if line.startswith(("SCAN resource", "SEARCH resource"))
        ]
        of_all = "SEARCH resource USING COVERING INDEX sqlite_autoindex_resource_1 (type=?)"
        assert all(" INDEX orders_by_" in line or line == of_all for line in reading), reading


@pytest.mark.parametrize(
    ("name", "sort", "index"),
    [
        ("", "", "orders_by_sequence"),
        ("", "created_at", "orders_by_created_at"),
        ("", "number", "orders_by_number"),
        ("", "placed_at", "orders_by_status_and_created_at_and_more"),
        ("number_eq", "created_at", "orders_by_number (<expr>=?)"),
        ("customer_email_eq", "number", "orders_by_customer_email (<expr>=?)"),
        ("created_at_gteq", "created_at", "orders_by_created_at (<expr>>?)"),
        ("status_eq", "", "orders_by_status_and_created_at (<expr>=?)"),
        ("status_eq", "created_at", "orders_by_status_and_created_at (<expr>=?)"),
        ("payment_status_eq", "created_at", "orders_by_payment_status_and_created_at (<expr>=?)"),
        ("status_eq", "number", "orders_by_status_and_created_at_and_more (<expr>=?)"),
    ],
)
def test_list_reads_the_narrowest_index(seeded: Store, name: str, sort: str, index: str) -> None:
    """Of an index, what is looked up in it; what is in order already is not sorted."""
    order = order_of(sort, descending=False)
    query = page_of(TYPES, conditions_of(name), order, offset=0, limit=25)
    lines = plan(seeded, query.sql, query.bound)

    assert lines[0].removeprefix("SCAN").removeprefix("SEARCH") == f" resource USING INDEX {index}"
    in_order = index.startswith(f"orders_by_{sort or 'sequence'}")
    in_order |= sort == "created_at" and "_and_created_at (" in index
    assert ("USE TEMP B-TREE FOR ORDER BY" in lines) is not in_order


def test_list_by_amount_is_read_in_order_either_way(seeded: Store) -> None:
    """Also the highest first, with the older one of many that are alike first."""
    for is_descending, index in (
        (False, "orders_by_total_amount_cents"),
        (True, "orders_by_falling_total_amount_cents"),
    ):
        order = order_of("total_amount_cents", descending=is_descending)
        query = page_of(TYPES, [], order, offset=0, limit=25)
        assert plan(seeded, query.sql, query.bound) == [f"SCAN resource USING INDEX {index}"]


def test_list_that_no_index_holds_is_left_to_sqlite(seeded: Store) -> None:
    """What is rarely asked for is looked for in the orders themselves."""
    condition = read_filter("filter[q][token_eq]", "x", TYPES)

    assert "INDEXED BY" not in how_many(TYPES, [condition]).sql
    assert "INDEXED BY" not in page_of(("skus", "prices"), [], [], offset=0, limit=1).sql


@pytest.mark.parametrize("index", INDEXES)
def test_index_holds_attributes_that_there_are(index: str) -> None:
    """A misspelt attribute would be an index of nothing."""
    type_, names = INDEXES[index]
    known = resource_types()[type_].attributes

    held = {name.removeprefix("-") for name in names}
    assert held - {"sequence"} - set(known) == set()


def test_customers_list_is_read_from_the_customer_on(seeded: Store) -> None:
    """Neither all orders nor all of their market's are read for it."""
    bearer = Bearer("sales_channel", ("customers", "jENxlDKaVB"), ("aMarket",))
    scope = scope_of_list(bearer, resource_types()["orders"])
    order = order_of("created_at", descending=True)
    for query in (
        how_many(TYPES, [scope]),
        page_of(TYPES, [scope], order, offset=0, limit=25),
        page_of(TYPES, [scope, *conditions_of("status_eq")], order, offset=0, limit=25),
    ):
        lines = plan(seeded, query.sql, query.bound)
        assert [line for line in lines if line.startswith("SCAN ")] == []
        assert any("(type=? AND id=?)" in line for line in lines)
        assert [line for line in lines if line.endswith("(type=?)")] == []


@pytest.fixture
def asked(seeded: Store) -> Iterator[tuple[Store, list[str]]]:
    """Open a copy, and note which statements it runs."""
    with closing(Store()) as store:
        seeded._connection.backup(store._connection)
        statements: list[str] = []
        store._connection.set_trace_callback(statements.append)
        yield store, statements
        store._connection.set_trace_callback(None)


LIST = [read_filter("filter[q][status_eq]", "pending", TYPES)]
BY_NUMBER = [Criterion("number")]


def ask(store: Store) -> tuple[int, list[Any]]:
    """Ask for a page of a list, as a request does."""
    with store.transaction(writes=False):
        return store.count(TYPES, LIST), store.select(TYPES, LIST, order=BY_NUMBER, limit=5)


def lists_in(statements: list[str]) -> int:
    """Count what is read of lists, a count or a page in however many steps, and forget it."""
    read = {"count(*)" in each for each in statements if "INDEXED BY" in each}
    statements.clear()
    return len(read)


@pytest.mark.parametrize(
    ("change", "read_anew"),
    [
        (lambda store, id_: None, 0),
        (lambda store, id_: store.add("skus", "new"), 0),
        (lambda store, id_: store.remember("fact", 1), 0),
        (lambda store, id_: store.update(store.get(id_), attributes={"reference": "x"}), 0),
        (lambda store, id_: store.update(store.get(id_), attributes={"number": "9"}), 1),
        (lambda store, id_: store.update(store.get(id_), attributes={"status": "placed"}), 2),
        (lambda store, id_: store.remove(id_), 2),
        (lambda store, id_: store.add("orders", "new", attributes={"status": "pending"}), 2),
        (lambda store, id_: store.load([("orders", "new", '{"status":"pending"}')], []), 2),
    ],
    ids=[
        *("nothing", "another type", "a fact", "another attribute", "what it is sorted by"),
        *("what it is narrowed down by", "a resource gone", "a new resource", "loaded resources"),
    ],
)
def test_list_is_remembered_until_something_changes_it(
    asked: tuple[Store, list[str]],
    change: Callable[[Store, Any], object],
    read_anew: int,
) -> None:
    """Count and page are read again after whatever they depend on was written, not before."""
    store, statements = asked
    before = ask(store)
    assert lists_in(statements) == 2
    assert ask(store) == before
    assert lists_in(statements) == 0
    with store.transaction():
        change(store, before[1][0])
    statements.clear()
    after = ask(store)

    assert lists_in(statements) == read_anew
    assert (after != before) is bool(read_anew)
    with closing(Store()) as fresh:
        store._connection.backup(fresh._connection)
        assert ask(fresh) == after


def test_list_in_a_transaction_that_writes_is_not_remembered(store: Store) -> None:
    """What is rolled back was never there."""
    before = ask(store)
    with pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012
        store.add("orders", "new", attributes={"status": "pending", "number": "0"})
        assert store.count(TYPES, LIST) == before[0] + 1
        raise ZeroDivisionError

    assert ask(store) == before


def test_list_that_others_changed_is_read_anew(tmp_path: Path) -> None:
    """Another program that has the same file open is heard of."""
    database = str(tmp_path / "sandbox.db")
    with closing(open_store(database)) as one, closing(open_store(database)) as other:
        before = ask(one)
        with other.transaction():
            other.add("orders", "new", attributes={"status": "pending", "number": "0"})
        after = ask(one)

    assert (after[0], after[1][0]) == (before[0] + 1, ("orders", "new"))


def test_list_that_linkage_decides_on_is_read_anew_after_any_change(store: Store) -> None:
    """What a relationship leads to may be of any type."""
    condition = read_filter("filter[q][customer_email_or_customer_status_eq]", "x@x", TYPES)
    with store.transaction(writes=False):
        before = store.count(TYPES, [condition])
    with store.transaction():
        customer = store.get(("customers", "jENxlDKaVB"))
        store.update(customer, attributes={"status": "x@x"})
    with store.transaction(writes=False):
        after = store.count(TYPES, [condition])

    assert (before, after) == (0, 4)


def test_conditions_say_what_they_are_about() -> None:
    """Joined and negated ones, too; of one that does not say so, nothing is known."""
    status = read_filter("filter[q][status_eq]", "x", TYPES)
    either = read_filter("filter[q][status_or_number_eq]", "x", TYPES)
    path = read_filter("filter[q][market_code_eq]", "x", TYPES)

    assert (status.about, status.fixed) == ({"status"}, {"status"})
    assert (either.about, either.fixed) == ({"status", "number"}, frozenset())
    assert (path.about, path.fixed) == (None, {"id"})
    assert ((~status).about, (~status).fixed) == ({"status"}, frozenset())
    assert all_of([status, ANYTHING]) == status
    assert (all_of([status, path]).about, all_of([status, path]).fixed) == (None, {"status", "id"})


@pytest.mark.parametrize(
    "type_", [each.name for each in resource_types().values() if "list" in each.actions]
)
def test_every_relationship_can_be_asked_about(ask: Callable[..., Any], type_: str) -> None:
    """Also one that leads nowhere, with whatever the list is sorted by, and read by."""
    known = resource_types()[type_]
    for name in known.relationships:
        for predicate, value in PLAIN.items():
            for more in ("", "&sort=-created_at", "&filter[q][updated_at_gt]=2010-01-01"):
                target = f"/api/{known.path}?filter[q][{name}_{predicate}]={value}{more}"
                status = ask("GET", target, access_token=INTEGRATION).status
                assert status in {200, 400}, target


def test_what_there_is_none_of_is_an_empty_list(ask: Callable[..., Any]) -> None:
    """What a relationship never leads to is found without a look."""
    for query in ("", "?sort=code", "?filter[q][code_eq]=a&sort=-created_at"):
        answer = ask(
            "GET", f"/api/orders/qaMAhZkZvd/available_free_skus{query}", access_token=INTEGRATION
        )
        assert (answer.status, answer.document["data"]) == (200, [])


def test_memory_of_lists_is_bounded() -> None:
    """However many lists are about however many things."""
    lists = Lists()
    for number in range(5_000):
        about = frozenset({f"attribute{number}"})
        lists.keep(Query(f"SELECT {number}", (), "orders", about), [(1,)])

    kept = [q for kind in lists._known.values() for alike in kind.values() for q in alike]
    assert 0 < len(kept) <= 500
