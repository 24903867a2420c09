"""What a reading request asks for, as query parameters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from helpers.errors import ArgumentError
from helpers.querying import query_parameters


@pytest.mark.parametrize(
    ("asked", "parameters"),
    [
        ({}, {}),
        (
            {"fields": {"orders": ("number", "customer"), "customers": ("email",)}},
            {"fields[orders]": "number,customer", "fields[customers]": "email"},
        ),
        ({"fields": {"orders": ()}}, {"fields[orders]": ""}),
        ({"filters": {"status_eq": "pending"}}, {"filter[q][status_eq]": "pending"}),
        (
            {"filters": {"number_or_customer_email_eq": "1"}},
            {"filter[q][number_or_customer_email_eq]": "1"},
        ),
        (
            {"filters": {"status_in": ("draft", "pending")}},
            {"filter[q][status_in]": "draft,pending"},
        ),
        ({"filters": {"guest_true": True}}, {"filter[q][guest_true]": "true"}),
        ({"filters": {"total_amount_cents_gt": 0}}, {"filter[q][total_amount_cents_gt]": "0"}),
        ({"sort": ("-number", "status")}, {"sort": "-number,status"}),
        ({"page_number": 2, "page_size": 25}, {"page[number]": 2, "page[size]": 25}),
    ],
    ids=[
        "nothing",
        "fields",
        "no field at all",
        "a filter",
        "a filter on either of two",
        "a filter by several values",
        "a filter by true",
        "a filter by zero",
        "sort",
        "page",
    ],
)
def test_parameters_have_the_apis_names(asked: dict[str, Any], parameters: dict[str, Any]) -> None:
    """What is asked for stands in the request as the API documents it, and nothing else does."""
    assert query_parameters(**asked) == parameters


NO_NAMES = [
    {"fields": {"orders": "number"}},
    {"fields": {"orders": ("number&sort=id",)}},
    {"fields": {"orders]": ("number",)}},
    {"filters": {"status]_eq": "pending"}},
    {"sort": "-number"},
    {"sort": ("--number",)},
    {"sort": ("number,",)},
    {"fields": "orders"},
    {"fields": {5: ("number",)}},
    {"fields": {"orders": 5}},
    {"fields": {"orders": None}},
    {"filters": ("status_eq",)},
    {"filters": {5: "pending"}},
    {"sort": 5},
    {"sort": (1,)},
]


def test_what_is_no_name_is_refused(subtests: pytest.Subtests) -> None:
    """What is no name, one name for several, and what would change the query, go nowhere."""
    for asked in NO_NAMES:
        with subtests.test(str(asked)), pytest.raises(ArgumentError, match="Expected"):
            query_parameters(**asked)


@pytest.mark.parametrize(
    "value",
    [
        None,
        datetime(2018, 1, 1, tzinfo=UTC),
        b"pending",
        {"a": "b"},
        ("draft", None),
        (("draft",),),
        "half a pair \ud800",
    ],
    ids=repr,
)
def test_what_is_no_value_is_refused(value: Any) -> None:
    """A filter's value is what the API has a text for, and the message says what to write."""
    with pytest.raises(ArgumentError, match="Expected the value of the filter 'created_at_gt'"):
        query_parameters(filters={"created_at_gt": value})


@pytest.mark.parametrize("number", ["1", 1.5, True])
@pytest.mark.parametrize("name", ["page_number", "page_size"])
def test_what_is_no_number_of_a_page_is_refused(name: str, number: Any) -> None:
    """A page is asked for by whole numbers."""
    with pytest.raises(ArgumentError, match="Expected"):
        query_parameters(**{name: number})
