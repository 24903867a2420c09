"""A page of a long list is looked for where the list begins, and is the same as without that."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from helpers.sandbox import listing
from helpers.sandbox.conditions import Condition, Criterion
from helpers.sandbox.filters import read_filter
from helpers.sandbox.indexes import INDEXES
from helpers.sandbox.listing import beginning_of
from helpers.sandbox.store import Store

TYPES = ("orders",)
ORDERS = 2_000
WIDE = "orders_by_status_and_created_at_and_more"
MIDDLE = "2012-01-04T12:00:00.000Z"
Held = Mapping[str, Any]
# By filter, its value and what holds of an order then; null is neither more nor less than anything.
FILTERS: Mapping[str, tuple[str, Callable[[Held], bool]]] = {
    "status_eq": ("pending", lambda held: held["status"] == "pending"),
    "status_in": ("placed,approved", lambda held: held["status"] in {"placed", "approved"}),
    "payment_status_eq": ("paid", lambda held: held["payment_status"] == "paid"),
    "currency_code_not_eq": ("EUR", lambda held: held["currency_code"] == "USD"),
    "created_at_gteq": (MIDDLE, lambda held: (held["created_at"] or "") >= MIDDLE),
    "created_at_null": ("false", lambda held: held["created_at"] is not None),
    "number_cont": ("7", lambda held: "7" in (held["number"] or "")),
    "number_null": ("true", lambda held: held["number"] is None),
    "total_amount_cents_lteq": ("500", lambda held: (held["total_amount_cents"] or 501) <= 500),
    "token_start": ("a", lambda held: held["token"][0] == "a"),  # no index holds it
}
SORTED_BY = ("number", "created_at", "updated_at", "total_amount_cents", "status", "placed_at")


@pytest.fixture(scope="module")
def orders() -> Sequence[Held]:
    """Make up orders, the oldest first: with few amounts, many equal instants, and nulls."""
    chance = random.Random(4)
    days = [f"2012-01-{day:02}T00:00:00.000Z" for day in range(1, 9)]
    return [
        {
            "status": chance.choice(["pending", "pending", "placed", "approved"]),
            "payment_status": chance.choice(["unpaid", "paid"]),
            "currency_code": chance.choice(["EUR", "USD", None]),
            "number": None if chance.random() < 0.01 else str(chance.randrange(100, 1_000)),
            "created_at": None if chance.random() < 0.01 else chance.choice(days),
            "updated_at": chance.choice([*days, f"2013-01-{1 + place % 28:02}"]),
            "total_amount_cents": chance.choice([None, 100, 200, 500, 900, 900, 900, 900]),
            "placed_at": chance.choice([None, *days]),
            "token": chance.choice("abc") + str(place),
        }
        for place in range(ORDERS)
    ]


@pytest.fixture(scope="module")
def shop(orders: Sequence[Held]) -> Iterator[Store]:
    """Store the orders, and between them resources of another type that hold the same."""
    with closing(Store()) as store:
        for place, held in enumerate(orders):
            written = json.dumps(held)
            store.load([(type_, str(place), written) for type_ in ("skus", "orders")], linkage=[])
        yield store


def conditions_of(*names: str) -> list[Condition]:
    """Read filters of the table above."""
    return [read_filter(f"filter[q][{name}]", FILTERS[name][0], TYPES) for name in names]


def order_of(sort: str) -> list[Criterion]:
    """Read what to sort by, as the parameter of lists has it."""
    names = [name for name in sort.split(",") if name]
    return [Criterion(name.lstrip("-"), is_descending=name.startswith("-")) for name in names]


def by_hand(orders: Sequence[Held], names: Sequence[str], sort: str) -> list[str]:
    """Filter and sort in Python: null is the most, and the older one comes first."""
    name, is_descending = sort.lstrip("-"), sort.startswith("-")
    found = [
        (place, held)
        for place, held in enumerate(orders)
        if all(FILTERS[each][1](held) for each in names)
    ]
    if name:
        held_by = [each for each in found if each[1][name] is not None]
        held_by.sort(key=lambda each: each[1][name], reverse=is_descending)
        null = [each for each in found if each[1][name] is None]
        found = null + held_by if is_descending else held_by + null
    return [str(place) for place, _ in found]


def page(
    store: Store, conditions: Sequence[Condition], sort: str, *, offset: int = 0, limit: int = 10
) -> tuple[list[str], list[str]]:
    """Read a page of which nothing is remembered, and tell which statements were run for it."""
    statements: list[str] = []
    with store.transaction(writes=False):
        store._lists.forget_all()
        store.count(TYPES, conditions)
        store._connection.set_trace_callback(statements.append)
        order = order_of(sort)
        found = store.select(TYPES, conditions, order=order, offset=offset, limit=limit)
        store._connection.set_trace_callback(None)
    return [id_ for _, id_ in found], statements


@given(
    names=some.lists(some.sampled_from(sorted(FILTERS)), max_size=3, unique=True),
    sort=some.sampled_from(["", *(way + name for name in SORTED_BY for way in ("", "-"))]),
    offset=some.sampled_from([0, 1, 10, 60]),
    limit=some.integers(1, 25),
    share=some.sampled_from([1, 5, listing._FOUND_FOR_A_TRIED]),
    at_a_time=some.sampled_from([1, 7, listing._TRIED_AT_A_TIME]),
)
@settings(max_examples=400, derandomize=True, database=None, deadline=None)
def test_page_is_the_same_as_one_made_by_hand(
    shop: Store,
    orders: Sequence[Held],
    names: list[str],
    sort: str,
    offset: int,
    limit: int,
    share: int,
    at_a_time: int,
) -> None:
    """Whatever is looked for, in whatever order, however much of the beginning is looked at."""
    expected = by_hand(orders, names, sort)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "_FOUND_FOR_A_TRIED", share)
        patch.setattr(listing, "_TRIED_AT_A_TIME", at_a_time)
        found, _ = page(shop, conditions_of(*names), sort, offset=offset, limit=limit)

    assert found == expected[offset : offset + limit]


@pytest.mark.parametrize(
    ("names", "sort"),
    [
        (["status_eq"], ""),
        (["status_eq"], "number"),
        (["status_eq"], "-number"),
        (["status_eq"], "-updated_at"),
        (["status_eq"], "total_amount_cents"),
        (["created_at_gteq"], "-total_amount_cents"),
        (["currency_code_not_eq", "created_at_gteq"], "created_at"),
        (["total_amount_cents_lteq", "status_eq"], "-total_amount_cents"),
        (["token_start"], "created_at"),
    ],
)
def test_page_of_a_long_list_is_found_where_it_begins(
    shop: Store, orders: Sequence[Held], names: list[str], sort: str
) -> None:
    """The index of everything is not read, and few resources are."""
    found, statements = page(shop, conditions_of(*names), sort, limit=5)
    expected = by_hand(orders, names, sort)

    assert found == expected[:5]
    assert 0 < len(looked_at_in(statements)) <= len(expected) / listing._FOUND_FOR_A_TRIED
    assert [each for each in statements if WIDE in each or " OFFSET " in each] == []


def looked_at_in(statements: Sequence[str]) -> list[int]:
    """List the ages of the resources that were looked at, to see whether they are in a list."""
    texts = [re.findall(r"json_each\('(\[.*?\])'\)", each) for each in statements]
    return [place for [text] in filter(None, texts) for place in json.loads(text)]


def test_as_many_are_looked_at_as_the_page_needs(shop: Store, orders: Sequence[Held]) -> None:
    """One after the other, in the order of the list, until the page is full."""
    names = ["payment_status_eq", "currency_code_not_eq"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "_TRIED_AT_A_TIME", 1)
        patch.setattr(listing, "_FOUND_FOR_A_TRIED", 1)
        found, statements = page(shop, conditions_of(*names), "", offset=3, limit=4)
    looked_at = looked_at_in(statements)

    assert found == by_hand(orders, names, "")[3:7]
    assert len(looked_at) == int(found[-1]) + 1


@pytest.mark.parametrize(("most", "share", "bound"), [(30, 20, 30), (1_000, 20, 47)])
def test_what_is_not_found_soon_is_read_from_the_index_of_everything(
    most: int, share: int, bound: int
) -> None:
    """No more are looked at in vain than a share of what is found, and than so many."""
    with closing(Store()) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "_MOST_TRIED", most)
        patch.setattr(listing, "_FOUND_FOR_A_TRIED", share)
        rows = [
            ("orders", str(place), json.dumps({"number": f"{place:04}", "guest": place >= 1_060}))
            for place in range(2_000)
        ]
        store.load(rows, linkage=[])
        late = read_filter("filter[q][guest_true]", "true", TYPES)
        found, statements = page(store, [late], "number")

    assert found == [str(place) for place in range(1_060, 1_070)]
    assert looked_at_in(statements) == list(range(1, bound + 1))
    assert [WIDE in each for each in statements[-2:]] == [True, False]


@pytest.mark.parametrize(("share", "offset", "looked_at"), [(3, 0, 50), (2, 60, 150), (2, 90, 100)])
def test_it_is_given_up_when_the_page_is_not_going_to_end_at_the_beginning(
    share: int, offset: int, looked_at: int
) -> None:
    """After some, it can be told how many of those that may be looked at are in the list."""
    with closing(Store()) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "_FOUND_FOR_A_TRIED", 1)
        patch.setattr(listing, "_MOST_TRIED", 150)
        patch.setattr(listing, "_ENOUGH_TO_TELL", 100)
        held = [{"number": f"{place:04}", "guest": place % share == 0} for place in range(2_000)]
        rows = [("orders", str(place), json.dumps(each)) for place, each in enumerate(held)]
        store.load(rows, linkage=[])
        guest = read_filter("filter[q][guest_true]", "true", TYPES)
        found, statements = page(store, [guest], "number", offset=offset)

    assert found == [str(share * place) for place in range(offset, offset + 10)]
    assert len(looked_at_in(statements)) == looked_at


@pytest.mark.parametrize(("equal", "looked_at"), [(40, 40), (46, 46), (47, 0), (900, 0)])
def test_equals_that_are_not_all_at_the_beginning_are_not_looked_at(
    equal: int, looked_at: int
) -> None:
    """Of an index that is read backwards the youngest comes first, and the oldest is wanted."""
    with closing(Store()) as store:
        held = [
            {"guest": True, "updated_at": "2" if place < equal else "1"} for place in range(950)
        ]
        rows = [("orders", str(place), json.dumps(each)) for place, each in enumerate(held)]
        store.load(rows, linkage=[])
        guest = read_filter("filter[q][guest_true]", "true", TYPES)
        found, statements = page(store, [guest], "-updated_at")

    assert found == [str(place) for place in range(10)]
    assert looked_at_in(statements) == list(range(1, looked_at + 1))


@pytest.mark.parametrize("change", ["removed", "added", "changed"])
def test_page_that_was_found_where_its_list_begins_is_remembered(change: str) -> None:
    """Until something changes it."""
    with closing(Store()) as store:
        held = {"status": "pending", "number": "5"}
        store.load([("orders", str(place), json.dumps(held)) for place in range(500)], linkage=[])
        conditions = conditions_of("status_eq")
        statements: list[str] = []

        def ask() -> list[str]:
            statements.clear()
            with store.transaction(writes=False):
                store.count(TYPES, conditions)
                some = store.select(TYPES, conditions, order=order_of("number"), limit=3)
            return [id_ for _, id_ in some]

        store._connection.set_trace_callback(statements.append)
        assert ask() == ["0", "1", "2"]
        assert looked_at_in(statements)
        assert ask() == ["0", "1", "2"]
        assert not looked_at_in(statements)
        with store.transaction():
            if change == "removed":
                store.remove(("orders", "1"))
            elif change == "added":
                store.add("orders", "new", attributes={**held, "number": "4"})
            else:
                store.update(store.get(("orders", "1")), attributes={"number": "6"})
        assert ask() == (["new", "0", "1"] if change == "added" else ["0", "2", "3"])
        store._connection.set_trace_callback(None)


PLENTY = 1_000_000


def is_looked_for(
    names: Sequence[str],
    sort: str,
    *,
    types: Sequence[str] = TYPES,
    offset: int = 0,
    limit: int = 10,
    found: int = PLENTY,
) -> bool:
    """Tell whether a page is looked for where its list begins."""
    beginning = beginning_of(
        types, conditions_of(*names), order_of(sort), offset=offset, limit=limit, found=found
    )
    return beginning is not None


@pytest.mark.parametrize(
    ("names", "sort"),
    [
        ([], ""),
        ([], "number"),
        ([], "-created_at"),
        ([], "-total_amount_cents"),
        (["created_at_gteq"], "-created_at"),
        (["status_eq"], "created_at"),
        (["payment_status_eq"], "-created_at"),
        (["status_eq", "created_at_gteq"], "-created_at"),
    ],
)
def test_what_is_read_in_order_is_not_looked_for(names: list[str], sort: str) -> None:
    """The page's own index is read until the page is full, and tells what is in the list."""
    assert not is_looked_for(names, sort)
    assert is_looked_for([*names, "token_start"], sort)


@pytest.mark.parametrize("sort", ["placed_at", "id", "payment_status", "number,created_at"])
def test_what_no_index_has_the_order_of_is_not_looked_for(sort: str) -> None:
    """An index of several attributes, or a first criterion, has the order but of the first one."""
    assert not is_looked_for(["total_amount_cents_lteq"], sort)


@pytest.mark.parametrize(
    ("offset", "limit", "found", "is_near"),
    [
        *((0, 10, 200, True), (0, 10, 199, False), (0, 11, 219, False)),
        *((90, 10, 2_000, True), (91, 10, 2_000, False)),
        *((990, 10, PLENTY, True), (991, 10, PLENTY, False), (0, 10, 0, False)),
    ],
)
def test_what_is_not_near_the_beginning_is_not_looked_for(
    offset: int, limit: int, found: int, is_near: bool
) -> None:
    """That is: in a short list, or far down."""
    is_tried = is_looked_for(["status_eq"], "number", offset=offset, limit=limit, found=found)

    assert is_tried is is_near


def test_what_needs_more_than_the_resource_itself_is_not_looked_for() -> None:
    """To ask of what a relationship leads to takes long, each time; no index is of two types."""
    market = read_filter("filter[q][market_code_eq]", "usa1", TYPES)
    order = order_of("number")

    assert beginning_of(TYPES, [market], order, offset=0, limit=1, found=PLENTY) is None
    assert not is_looked_for(["status_eq"], "number", types=("orders", "skus"))
    assert not is_looked_for(["status_eq"], "number", types=())
    assert not is_looked_for(["status_eq"], "number", types=("skus",))


@pytest.mark.parametrize(
    ("names", "sort", "reading"),
    [
        (["status_eq"], "", "SCAN resource USING INDEX orders_by_sequence"),
        (["status_eq"], "number", "SCAN resource USING INDEX orders_by_number"),
        (["status_eq"], "-number", "SCAN resource USING INDEX orders_by_number"),
        (
            ["status_eq"],
            "-total_amount_cents",
            "SCAN resource USING INDEX orders_by_falling_total_amount_cents",
        ),
        (
            ["status_eq", "total_amount_cents_lteq"],
            "-total_amount_cents",
            "SEARCH resource USING INDEX orders_by_falling_total_amount_cents (<expr><?)",
        ),
        (
            ["status_in", "created_at_gteq"],
            "created_at",
            "SEARCH resource USING INDEX orders_by_created_at (<expr>>?)",
        ),
    ],
)
def test_beginning_is_read_in_order(shop: Store, names: list[str], sort: str, reading: str) -> None:
    """Nothing is sorted, and what is asked of the attribute itself narrows it down."""
    beginning = beginning_of(
        TYPES, conditions_of(*names), order_of(sort), offset=0, limit=10, found=PLENTY
    )
    assert beginning
    first = plan(shop, beginning.first.sql, (*beginning.first.bound, 9))
    among = plan(shop, beginning.among, ("[1]", *beginning.bound))

    alike = {reading, reading.replace("USING INDEX", "USING COVERING INDEX")}
    assert len(first) == 1
    assert first[0] in alike
    assert among[0] == "SEARCH resource USING INTEGER PRIMARY KEY (rowid=?)"


def plan(store: Store, sql: str, bound: Sequence[object]) -> list[str]:
    """Tell how SQLite reads a query."""
    return [str(row[3]) for row in store._connection.execute(f"EXPLAIN QUERY PLAN {sql}", bound)]


@pytest.mark.parametrize("name", INDEXES)
def test_file_without_an_index_gets_it(tmp_path: Path, name: str) -> None:
    """A file that an earlier sandbox made has all that lists are read by, once it is opened."""
    database = str(tmp_path / "sandbox.db")
    with closing(Store(database)) as store:
        store.load([("orders", "a", "{}")], linkage=[])
        store._connection.execute(f"DROP INDEX {name}")
    with closing(Store(database)) as store:
        made = [row[1] for row in store._connection.execute("PRAGMA index_list(resource)")]
        assert name in made
        assert page(store, [], "-total_amount_cents")[0] == ["a"]
