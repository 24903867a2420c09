"""Conditions, and what a store selects and counts by them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from helpers.sandbox.conditions import (
    ANYTHING,
    NOTHING,
    Condition,
    Criterion,
    all_of,
    any_of,
    column,
    is_one_of,
)
from helpers.sandbox.store import Store


@pytest.fixture
def three() -> Iterator[Store]:
    """Write two SKUs, and a customer between them."""
    with closing(Store()) as store:
        store.add("skus", "b", attributes={"code": "B", "name": "two"}, linkage={})
        store.add("customers", "b", attributes={}, linkage={})
        store.add("skus", "a", attributes={"code": "A", "metadata": {"n": 1}}, linkage={})
        yield store


IS_A = Condition("resource.id = ?", ("a",))
IS_B = Condition("resource.id = ?", ("b",))


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (ANYTHING, ["b", "a"]),
        (NOTHING, []),
        (IS_A, ["a"]),
        (~IS_A, ["b"]),
        (~any_of([IS_A, IS_B]), []),
        (~Condition("0 OR 1"), []),
        (all_of([]), ["b", "a"]),
        (any_of([]), []),
        (all_of([IS_A]), ["a"]),
        (all_of([IS_A, IS_B]), []),
        (any_of([IS_A, IS_B]), ["b", "a"]),
        (all_of([any_of([IS_A, NOTHING]), any_of([IS_B, ANYTHING])]), ["a"]),
        (is_one_of(["customers"]), []),
        (is_one_of(["customers", "skus"]), ["b", "a"]),
        (is_one_of([]), []),
        (Condition(f"{column('code')} = ?", ("B",)), ["b"]),
        (Condition(f"{column('id')} = ?", ("a",)), ["a"]),
        (Condition(f"{column('name')} IS NULL"), ["a"]),
        (Condition(f"{column('metadata')} = ?", ("{}",)), ["b"]),
        (Condition("fold(?) = ?", ("ÀÉß", "àéß")), ["b", "a"]),
        (Condition("fold(?) IS NULL", (None,)), ["b", "a"]),
        (Condition("contains(?, ?)", ('{"a": [1, 2]}', '{"a": [2]}')), ["b", "a"]),
        (Condition("contains(?, ?) IS NULL", (None, "{}")), ["b", "a"]),
    ],
    ids=[
        "anything",
        "nothing",
        "one",
        "not one",
        "none of two",
        "not what is not in parentheses",
        "all of none",
        "any of none",
        "all of one",
        "all of two",
        "any of two",
        "within each other",
        "another type",
        "one of two types",
        "no type",
        "attribute",
        "id",
        "attribute that is not stored",
        "metadata that is not stored",
        "folded",
        "null folded",
        "contained",
        "contained in null",
    ],
)
def test_store_selects_and_counts_by_a_condition(
    three: Store, condition: Condition, ids: list[str]
) -> None:
    """Those resources of the type of which the condition holds, the oldest first."""
    found = three.select(["skus"], [condition])

    assert found == [("skus", id_) for id_ in ids]
    assert three.count(["skus"], [condition]) == len(ids)


@pytest.mark.parametrize(
    ("offset", "limit", "found"),
    [
        (0, -1, [("skus", "b"), ("customers", "b"), ("skus", "a")]),
        (0, 2, [("skus", "b"), ("customers", "b")]),
        (1, 1, [("customers", "b")]),
        (2, 5, [("skus", "a")]),
        (3, 5, []),
        (2**60, 5, []),
    ],
)
def test_store_selects_a_page(
    three: Store, offset: int, limit: int, found: list[tuple[str, str]]
) -> None:
    """Of several types, the oldest first; none after the last."""
    assert three.select(["skus", "customers"], offset=offset, limit=limit) == found


def test_store_selects_in_order(three: Store) -> None:
    """Null counts as the most; where the order leaves it open, the oldest comes first."""
    by_id = three.select(["skus", "customers"], order=[Criterion("id")])
    by_name = three.select(
        ["skus", "customers"], order=[Criterion("name"), Criterion("id", is_descending=True)]
    )

    assert by_id == [("skus", "a"), ("skus", "b"), ("customers", "b")]
    assert by_name == [("skus", "b"), ("customers", "b"), ("skus", "a")]
