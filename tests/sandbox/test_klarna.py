"""The stand-in for Klarna: sessions, authorizations, and what they are exchanged for."""

from __future__ import annotations

import pytest

from helpers.sandbox.klarna import (
    exchange_authorization,
    klarna_order,
    open_session,
    refusal_of,
)
from helpers.sandbox.store import Resource, Store

THEN = "2018-01-01T12:00:00.000Z"


def _payment(auth_token: str, **attributes: object) -> Resource:
    held = {"auth_token": auth_token, "payment_methods": [{"identifier": "pay_now"}], **attributes}
    return Resource("klarna_payments", "aPayment", held, {})


@pytest.mark.parametrize(
    ("cents", "identifiers"),
    [
        (0, ["pay_later", "pay_over_time", "pay_now"]),
        (1_000_000, ["pay_later", "pay_over_time", "pay_now"]),
        (1_000_001, ["pay_now"]),
    ],
)
def test_session_offers_what_the_amount_allows(cents: int, identifiers: list[str]) -> None:
    """Klarna lends up to a point; whoever has the money can always pay."""
    offered = open_session("aSession", cents)["payment_methods"]

    assert [each["identifier"] for each in offered] == identifiers


@pytest.mark.parametrize("member", ["session_id", "client_token"])
def test_session_is_another_every_time(member: str) -> None:
    """Each session has an id and a client token of its own, the same in every such world."""
    found = [open_session(id_, 1)[member] for id_ in ("one", "two", "one")]

    assert (found[0] == found[2], found[0] == found[1]) == (True, False)


@pytest.mark.parametrize(
    ("auth_token", "now", "refusal"),
    [
        ("good", THEN, None),
        ("good", "2018-01-01T13:00:00.000Z", None),
        ("good", "2018-01-01T13:00:00.001Z", ("expired", "is expired")),
        ("expired-", THEN, ("expired", "is expired")),
        ("expired-anything", THEN, ("expired", "is expired")),
        ("declined-anything", THEN, ("declined", "is declined")),
        ("declined-anything", "2018-01-01T14:00:00.000Z", ("declined", "is declined")),
        ("expired", THEN, None),
        ("not-expired-", THEN, None),
    ],
)
def test_authorization_is_good_for_an_hour_unless_its_name_says_otherwise(
    store: Store, auth_token: str, now: str, refusal: tuple[str, str] | None
) -> None:
    """Klarna refuses what is older, and what says that it is to be refused."""
    store.remember("clock", now)

    assert refusal_of(store, _payment(auth_token, _authorized_at=THEN)) == refusal


def test_authorization_is_good_when_nobody_knows_its_age(store: Store) -> None:
    """A payment that was stored without the instant is as old as it looks: not at all."""
    assert refusal_of(store, _payment("good")) is None


def test_order_of_klarna_is_described_as_recorded() -> None:
    """The details name Klarna's own order twice, and the category that was paid with."""
    order = Resource("orders", "anOrder", {}, {})
    details = klarna_order(order, _payment("good"))

    assert details == {
        "type": "klarna_payment",
        "klarna_id": details["klarna_id"],
        "payment_method_details": {
            "order_id": details["klarna_id"],
            "fraud_status": "ACCEPTED",
            "authorized_payment_method": {"type": "pay_now"},
        },
    }


def test_order_of_klarna_is_one_for_each_order_and_authorization() -> None:
    """The same order is the same one at Klarna; another one, or another authorization, is not."""
    ids = {
        klarna_order(Resource("orders", order, {}, {}), _payment(auth_token))["klarna_id"]
        for order, auth_token in [("a", "x"), ("a", "x"), ("b", "x"), ("a", "y")]
    }

    assert len(ids) == 3


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
