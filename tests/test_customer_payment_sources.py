"""Requests about the entries of a customer wallet, through both doors of the sandbox."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from helpers import customer_payment_sources as sources
from helpers import orders
from helpers.documents import Document

ORDER = "qaMAhZkZvd"
CUSTOMER = "jENxlDKaVB"

LISTS: dict[str, Callable[..., Document]] = {
    "of the customer": lambda client, **options: sources.list_customer_payment_sources_of_customer(
        client, customer_id=CUSTOMER, **options
    ),
    "of the order": lambda client, **options: sources.list_customer_payment_sources_of_order(
        client, order_id=ORDER, **options
    ),
}


@pytest.fixture
def entry_id(client: httpx.Client) -> str:
    """Save the order's payment source, and tell the wallet entry's id."""
    order = orders.save_payment_source_to_customer_wallet(client, order_id=ORDER)
    [entry] = order.related("available_customer_payment_sources")
    return entry["id"]


def test_retrieving_brings_the_entry(client: httpx.Client, entry_id: str) -> None:
    """A wallet entry can be looked at by its id, with what it stands for."""
    entry = sources.retrieve_customer_payment_source(
        client, customer_payment_source_id=entry_id, include=("payment_source",)
    )

    assert (entry.data["id"], [r["type"] for r in entry.related("payment_source")]) == (
        entry_id,
        ["klarna_payments"],
    )


@pytest.mark.parametrize("name", LISTS)
def test_list_is_empty_before_saving(client: httpx.Client, name: str) -> None:
    """A wallet that nothing was saved to has no entries."""
    assert LISTS[name](client).resources == []


@pytest.mark.parametrize("name", LISTS)
def test_list_holds_the_entry_after_saving(client: httpx.Client, entry_id: str, name: str) -> None:
    """Customer and order show the same wallet."""
    wallet = LISTS[name](client, include=("payment_source",))

    assert ([r["id"] for r in wallet.resources], [r["id"] for r in wallet.included]) == (
        [entry_id],
        ["ertHJlpPTR"],
    )


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, "page[number]=1&page[size]=10"),
        ({"page_number": 2, "page_size": 25}, "page[number]=2&page[size]=25"),
    ],
    ids=["by default", "as asked for"],
)
def test_list_asks_for_a_page(
    client: httpx.Client, name: str, options: dict[str, int], query: str
) -> None:
    """Which page, and how long it is, stands in the request."""
    assert LISTS[name](client, **options).exchange.target.endswith(f"?{query}")


@pytest.mark.parametrize("name", LISTS)
def test_list_comes_in_pages(client: httpx.Client, entry_id: str, name: str) -> None:
    """Beyond the last page there is nothing, and the count says how much there is."""
    wallet = LISTS[name](client, page_number=2, page_size=1)

    assert (wallet.resources, wallet.body["meta"]["record_count"]) == ([], 1)
