"""The stand-in for Klarna: what an authorization is exchanged for."""

from __future__ import annotations

import pytest

from helpers.sandbox.klarna import exchange_authorization
from helpers.sandbox.store import Resource, Store


def _payment(auth_token: str) -> Resource:
    return Resource("klarna_payments", "aPayment", {"auth_token": auth_token}, {})


def test_exchange_brings_the_values_of_the_page(store: Store) -> None:
    """For the page's authorization, it is what the page shows."""
    payment = store.get(("klarna_payments", "ertHJlpPTR"))

    assert exchange_authorization(store, payment) == {
        "name": "XXXX-XXXX-XXXX-1111",
        "customer_token": "1",
        "payment_source_token": "7RxGd2HUyY1Yc2Tghw5N453piFs",
    }


def test_exchange_brings_the_same_every_time(store: Store) -> None:
    """What follows from an authorization, follows from it again."""
    first, second = (exchange_authorization(store, _payment("anything")) for _ in "12")

    assert second == first


@pytest.mark.parametrize("member", ["customer_token", "payment_source_token"])
def test_exchange_brings_something_else_for_another_authorization(
    store: Store, member: str
) -> None:
    """No two authorizations share a token."""
    found = [exchange_authorization(store, _payment(str(number)))[member] for number in range(100)]

    assert len(set(found)) == 100


@pytest.mark.parametrize("auth_token", ["x", "é", "x" * 10_000], ids=["short", "é", "long"])
def test_exchange_brings_what_an_entry_keeps(store: Store, auth_token: str) -> None:
    """Whatever the authorization, the entry gets the same three texts."""
    found = exchange_authorization(store, _payment(auth_token))

    assert [(name, type(value)) for name, value in found.items()] == [
        ("name", str),
        ("customer_token", str),
        ("payment_source_token", str),
    ]


def test_exchange_brings_what_it_always_brought(store: Store) -> None:
    """Documents that were stored with one version are the same with the next."""
    assert exchange_authorization(store, _payment("placed-authorization")) == {
        "name": "klarna_payment #53668",
        "customer_token": "b2f42abcbc4b",
        "payment_source_token": "39d6b4f78cff45dc44d763ba561d",
    }
