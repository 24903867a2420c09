"""Scopes: the markets that an access token is for."""

from __future__ import annotations

import pytest

from helpers.sandbox.errors import Refusal
from helpers.sandbox.scopes import Scope, read_scope
from helpers.sandbox.store import Store


@pytest.fixture
def europe(store: Store) -> str:
    """Add markets, stores and stock locations to the documented world, and tell its own market."""
    external = {"external_prices_url": "https://prices.example.com"}
    for type_, id_, attributes, linkage in (
        ("markets", "mars", {"code": "mars1", "number": 58, **external}, {}),
        ("markets", "disabled", {"code": "old1", "disabled_at": "2018-01-01T12:00:00.000Z"}, {}),
        ("markets", "private", {"code": "club1", "private": True}, {}),
        ("markets", "grouped", {"code": "club2"}, {"customer_group": ("customer_groups", "aGr")}),
        ("markets", "located", {"code": "map1"}, {"geocoder": ("geocoders", "aGeocoder")}),
        ("stock_locations", "aWarehouse", {"code": "mars_warehouse"}, {}),
        ("stores", "anOutlet", {"code": "outlet_mars"}, {"market": ("markets", "mars")}),
    ):
        store.add(type_, id_, attributes=attributes, linkage=linkage)
    return next(id_ for _, id_ in store.find_with("markets", "code", "europe1"))


@pytest.mark.parametrize(
    ("text", "markets"),
    [
        ("market:code:europe1", ["europe"]),
        ("market:id:{europe}", ["europe"]),
        ("market:58", ["mars"]),
        ("market:id:mars market:code:europe1", ["mars", "europe"]),
        ("market:id:mars market:code:mars1", ["mars"]),
        ("store:code:outlet_mars", ["mars"]),
        ("store:id:anOutlet market:code:europe1", ["europe", "mars"]),
        ("market:code:europe1 stock_location:id:aWarehouse", ["europe"]),
        ("market:all market:code:europe1", ["europe"]),
        ("market:all", None),
    ],
)
def test_scope_stands_for_its_markets(
    store: Store, europe: str, text: str, markets: list[str] | None
) -> None:
    """A market is named by id, by code, by number or by its store; several are all in scope."""
    text = text.format(europe=europe)
    scope = read_scope(store, text, is_guest=True)

    expected = None if markets is None else tuple({"europe": europe}.get(m, m) for m in markets)
    assert (scope.text, scope.markets) == (text, expected)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", "market:all"),
        (" ", "market:all"),
        (",", "market:all"),
        ("market:id:mars,market:code:europe1", "market:id:mars market:code:europe1"),
        (" market:id:mars  market:id:mars ", "market:id:mars"),
    ],
)
@pytest.mark.usefixtures("europe")
def test_scope_is_written_in_one_way(store: Store, text: str, written: str) -> None:
    """Parts are separated by one space, none comes twice, and no scope is every market."""
    assert read_scope(store, text, is_guest=True).text == written


NO_MARKET = "There is no market of this id or code."


REFUSED = [
    ("market:code:unknown", NO_MARKET),
    ("market:id:unknown", NO_MARKET),
    ("market:id:europe1", NO_MARKET),
    ("market:code:EUROPE1", NO_MARKET),
    ("market:code:", NO_MARKET),
    ("market:id:", NO_MARKET),
    ("market:", NO_MARKET),
    ("market", NO_MARKET),
    ("market:name:EU", NO_MARKET),
    ("market:59", NO_MARKET),
    ("market:٥٨", NO_MARKET),
    ("market:" + "9" * 5000, NO_MARKET),
    ("market:ALL", NO_MARKET),
    ("market:code:europe1 market:code:unknown", NO_MARKET),
    ("market:id:\x00", NO_MARKET),
    ("market:code:' OR 1=1", NO_MARKET),
    ("store:code:unknown", "There is no store of this id or code."),
    (
        "market:code:europe1 stock_location:code:unknown",
        "There is no stock location of this id or code.",
    ),
    ("stock_location:code:mars_warehouse", "A stock location needs its market beside it."),
    (
        "market:all stock_location:code:mars_warehouse",
        "A stock location needs its market beside it.",
    ),
    ("market:code:old1", "The market is disabled."),
    ("market:code:club1", "The market is private: only its customers have access to it."),
    ("market:code:club2", "The market is private: only its customers have access to it."),
    ("everything", "Each part begins with one of: market, stock_location, store."),
    ("Market:code:europe1", "Each part begins with one of: market, stock_location, store."),
    ("provisioning-api", "Each part begins with one of: market, stock_location, store."),
    (":", "Each part begins with one of: market, stock_location, store."),
]


@pytest.mark.usefixtures("europe")
def test_scope_is_refused(subtests: pytest.Subtests, store: Store) -> None:
    """What cannot be in scope is refused (400), and the detail tells why."""
    for text, reason in REFUSED:
        with subtests.test(text[:60].encode("unicode_escape").decode()):
            with pytest.raises(Refusal) as refused:
                read_scope(store, text, is_guest=True)

            assert refused.value.errors == (
                {
                    "code": "BAD_REQUEST",
                    "title": "invalid_scope",
                    "detail": f"The requested scope is invalid, unknown, or malformed. {reason}",
                    "status": 400,
                },
            )


@pytest.mark.parametrize("code", ["club1", "club2"])
@pytest.mark.usefixtures("europe")
def test_private_market_is_open_to_who_is_no_guest(store: Store, code: str) -> None:
    """A customer of a sales channel, and an integration, may have a private market in scope."""
    assert read_scope(store, f"market:code:{code}", is_guest=False).markets is not None


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        (
            "market:code:europe1 stock_location:code:mars_warehouse",
            {
                "id": ["europe"],
                "stock_location_ids": ["aWarehouse"],
                "geocoder_id": None,
                "allows_external_prices": False,
            },
        ),
        (
            "market:code:mars1 market:code:map1",
            {
                "id": ["mars", "located"],
                "stock_location_ids": [],
                "geocoder_id": "aGeocoder",
                "allows_external_prices": True,
            },
        ),
        ("market:all", None),
    ],
    ids=["plain", "rich", "all"],
)
def test_claim_tells_of_the_markets(
    store: Store, europe: str, text: str, claim: dict[str, object] | None
) -> None:
    """The access token names the markets, and what clients want to know of them."""
    expected = {**claim, "id": [europe]} if claim and claim["id"] == ["europe"] else claim

    assert read_scope(store, text, is_guest=True).market_claim == expected


@pytest.mark.parametrize(
    ("markets", "others", "is_within"),
    [
        (("a",), ("a",), True),
        (("a",), ("a", "b"), True),
        (("a",), None, True),
        (None, None, True),
        (("a", "b"), ("a",), False),
        (("b",), ("a",), False),
        (None, ("a",), False),
    ],
)
def test_scope_is_within_another(
    markets: tuple[str, ...] | None, others: tuple[str, ...] | None, is_within: bool
) -> None:
    """A renewal may narrow the scope, not widen it."""
    assert Scope("", markets, None).is_within(Scope("", others, None)) is is_within
