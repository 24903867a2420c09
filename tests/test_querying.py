"""What a reading request asks for, as query parameters."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    "asked",
    [
        {"fields": {"orders": "number"}},
        {"fields": {"orders": ("number&sort=id",)}},
        {"fields": {"orders]": ("number",)}},
        {"filters": {"status]_eq": "pending"}},
        {"sort": "-number"},
        {"sort": ("--number",)},
        {"sort": ("number,",)},
    ],
    ids=str,
)
def test_what_is_no_name_is_refused(asked: dict[str, Any]) -> None:
    """A text in the place of several names, and a name that would change the query, go nowhere."""
    with pytest.raises(ArgumentError, match="Expected"):
        query_parameters(**asked)
