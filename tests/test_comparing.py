"""What differs between two documents, and what only looks so."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.comparing import Change, changes

ORDER = ("orders", "o")
ENTRY = {"type": "customer_payment_sources", "id": "e"}
OTHER = {"type": "customer_payment_sources", "id": "f"}


def resource(
    type_: str = "orders", id_: str = "o", *, linkage: Any = None, **attributes: Any
) -> dict[str, Any]:
    """Make a resource object; ``linkage`` is what its relationships came with."""
    relationships = {name: {"links": {}, "data": data} for name, data in (linkage or {}).items()}
    return {"type": type_, "id": id_, "attributes": attributes, "relationships": relationships}


def document(data: Any, *included: dict[str, Any]) -> dict[str, Any]:
    """Make a document."""
    return {"data": data, "included": list(included)}


def test_same_documents_have_no_changes() -> None:
    """Nothing changed where nothing did."""
    one = document(resource(status="pending", linkage={"wallet": [ENTRY], "market": None}))

    assert changes(one, one) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 2}, Change("altered", ORDER, "a", ("attributes", "a"), 1, 2)),
        ({"a": None}, {"a": 0}, Change("altered", ORDER, "a", ("attributes", "a"), None, 0)),
        ({"a": 1}, {"a": True}, Change("altered", ORDER, "a", ("attributes", "a"), 1, True)),
        (
            {"a": [1]},
            {"a": [True]},
            Change("altered", ORDER, "a", ("attributes", "a"), [1], [True]),
        ),
        (
            {"a": [1]},
            {"a": [1, 1]},
            Change("altered", ORDER, "a", ("attributes", "a"), [1], [1, 1]),
        ),
        (
            {"m": {"a": None}},
            {"m": {}},
            Change("gone", ORDER, "m.a", ("attributes", "m", "a"), before=None),
        ),
        (
            {"m": {"a": 1, "b": 1}},
            {"m": {"a": 1, "b": 2}},
            Change("altered", ORDER, "m.b", ("attributes", "m", "b"), 1, 2),
        ),
        (
            {"m": {}},
            {"m": {"a": 1}},
            Change("added", ORDER, "m.a", ("attributes", "m", "a"), after=1),
        ),
        (
            {"m": {"a": 1}},
            {"m": 1},
            Change("altered", ORDER, "m", ("attributes", "m"), {"a": 1}, 1),
        ),
    ],
    ids=["altered", "was null", "true", "true inside", "more", "gone", "inside", "added", "kind"],
)
def test_attribute_that_differs_is_told(
    before: dict[str, Any], after: dict[str, Any], expected: Change
) -> None:
    """An attribute that was added, altered or is gone is told with both of its values."""
    assert changes(document(resource(**before)), document(resource(**after))) == [expected]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, ENTRY, [("altered", None, ENTRY)]),
        (ENTRY, OTHER, [("altered", ENTRY, OTHER)]),
        (ENTRY, None, [("altered", ENTRY, None)]),
        ([], [ENTRY], [("added", None, ENTRY)]),
        ([ENTRY, OTHER], [OTHER], [("gone", ENTRY, None)]),
        ([ENTRY], [OTHER], [("added", None, OTHER), ("gone", ENTRY, None)]),
        ([ENTRY, OTHER], [OTHER, ENTRY], []),
    ],
)
def test_linkage_that_differs_is_told(before: Any, after: Any, expected: Any) -> None:
    """To-one linkage is altered, to-many linkage gains and loses; its order says nothing."""
    found = changes(
        document(resource(linkage={"wallet": before})),
        document(resource(linkage={"wallet": after})),
    )

    assert [(each.kind, each.before, each.after) for each in found] == expected
    assert {each.member for each in found} <= {"wallet"}


@pytest.mark.parametrize(("before", "after"), [(1, 1.0), ([{"a": 0}], [{"a": 0.0}])])
def test_number_is_the_same_however_it_is_written(before: Any, after: Any) -> None:
    """1.0 is the number 1, and no change."""
    assert changes(document(resource(a=before)), document(resource(a=after))) == []


def test_attribute_that_was_asked_for_once_says_nothing() -> None:
    """What only one of two sparse fieldsets names is no change."""
    all_of_it, some_of_it = resource(a=1, b=2), resource(a=1)

    assert [
        changes(document(one), document(two))
        for one, two in [(all_of_it, some_of_it), (some_of_it, all_of_it)]
    ] == [[], []]


def test_pages_of_a_longer_list_are_not_compared() -> None:
    """What is on another page is neither new nor gone."""
    one, two = ({"data": [resource(id_=id_)], "meta": {"record_count": 2}} for id_ in ("a", "b"))

    assert changes(one, two) == []


@pytest.mark.parametrize("included", [None, [None], [{"type": "x"}], ["x"]])
def test_broken_answer_is_compared_as_far_as_it_goes(included: Any) -> None:
    """What names no resource is passed over."""
    one = {"data": resource(a=1, linkage={"wallet": [None, ENTRY]}), "included": included}

    assert changes(one, one) == []


def test_linkage_that_was_asked_for_once_says_nothing() -> None:
    """What only one of the requests included is no change."""
    without, with_it = resource(), resource(linkage={"wallet": [ENTRY]})

    assert [
        changes(document(a), document(b)) for a, b in [(without, with_it), (with_it, without)]
    ] == [
        [],
        [],
    ]


def test_resource_that_was_included_once_says_nothing() -> None:
    """The linkage tells what came and went; ``included`` depends on what was asked for."""
    entry = resource("customer_payment_sources", "e", name="n")

    assert changes(document(resource()), document(resource(), entry)) == []


def test_included_resource_that_was_there_before_is_compared() -> None:
    """A change in what was included both times is told with its type and id."""
    found = changes(
        document(resource(), resource("klarna_payments", "k", auth_token=None)),
        document(resource(), resource("klarna_payments", "k", auth_token="a")),
    )

    assert [(each.resource, each.member) for each in found] == [
        (("klarna_payments", "k"), "auth_token")
    ]


def test_links_are_not_compared() -> None:
    """A link is an address, not a fact."""
    one, two = ({**resource(), "links": {"self": address}} for address in "ab")

    assert changes(document(one), document(two)) == []


def test_lists_are_compared_by_what_they_hold() -> None:
    """A resource that came, or went, is told as a whole."""
    found = changes(document([resource(id_="a")]), document([resource(id_="b")]))

    assert [(each.kind, each.resource, each.member) for each in found] == [
        ("added", ("orders", "b"), ""),
        ("gone", ("orders", "a"), ""),
    ]


def test_nothing_can_be_compared_with_nothing() -> None:
    """An empty answer is a document too."""
    assert changes({"data": None}, {"data": None}) == []


def test_meta_is_told_with_where_it_is() -> None:
    """What is no attribute is not taken for one."""
    [change] = changes(
        document({**resource(), "meta": {"mode": "test"}}),
        document({**resource(), "meta": {"mode": "live"}}),
    )

    assert (change.member, change.path) == ("meta.mode", ("meta", "mode"))
