"""Named starting worlds. Each is written into an empty store, the same every time.

The scenario ``documented`` holds exactly what the how-to page shows, and beside it an order for
each refusal that the recipe can meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from helpers.sandbox.database import DatabaseError
from helpers.sandbox.filling import fill_new_file, is_new_file
from helpers.sandbox.progress import MOST_ORDERS, Report, ignore
from helpers.sandbox.ready_made import load
from helpers.sandbox.store import Identifier, Store
from helpers.sandbox.world import (
    add_customer,
    add_order,
    add_payment,
    add_shop,
    place_order,
    save_to_wallet,
)

__all__ = ["SCENARIOS", "Clock", "Scenario", "begin", "open_store"]

# Which clock a world goes by: this machine's, or one that stands still.
Clock = Literal["real", "frozen"]


@dataclass(frozen=True)
class Scenario:
    """A named starting world, and where to start in it.

    Attributes:
        name: Its name.
        summary: What it holds, in one sentence.
        build: Writes it into an empty store, by the rules.
        file: What holds all that, ready-made; or an empty text, to have it written at each start.
        access_token: An access token of its customer's sales channel.
        other_access_tokens: Those of others, by whose they are.
        customer_id: That customer.
        order_id: An order whose payment source can be saved to the customer wallet.
        other_order_id: Another order of the same customer, to be paid from the wallet.
        settings: What a client needs to ask for access tokens of its own, by the name of the
            setting. None of it is real.
    """

    name: str
    summary: str
    build: Callable[[Store], None]
    file: str
    access_token: str
    other_access_tokens: Mapping[str, str]
    customer_id: str
    order_id: str
    other_order_id: str
    settings: Mapping[str, str]


def open_store(
    database: str = ":memory:",
    *,
    scenario: str = "documented",
    clock: Clock | None = None,
    orders: int | None = None,
    report: Report = ignore,
) -> Store:
    """Open a store, and write the scenario into it where it is empty.

    Args:
        database: ``:memory:``, or the path of a file.
        scenario: The name of a scenario.
        clock: The clock to go by from now on; by default the one that the file goes by already,
            or the scenario's.
        orders: How many orders to seed beside the scenario's, 1 to ``progress.MOST_ORDERS``; by
            default none, or those that the file holds already.
        report: Told how many orders have been seeded since it was told last; at first, 0.

    Raises:
        KeyError: There is no such scenario; the message names those there are.
        ValueError: The number of orders is none that can be seeded.
        DatabaseError: The file is no database of the sandbox, holds another scenario or another
            number of seeded orders, or there is no room for it.
    """
    _check_known(scenario)
    _check_number(orders)
    if orders and is_new_file(database):
        fill_new_file(database, lambda store: begin(store, scenario, orders, report))
    store = Store(database)
    try:
        with store.transaction():
            held = store.fact("scenario")
            if held is None:
                begin(store, scenario, orders, report)
            elif held != scenario:
                raise DatabaseError(
                    f"Expected {database} to hold the scenario {scenario!r}, but it holds "
                    f"{held!r}: ask for that one, or name a new file."
                )
            elif orders is not None and orders != _seeded(store):
                raise DatabaseError(
                    f"Expected {database} to hold {orders:,} seeded orders, but it holds "
                    f"{_seeded(store):,}: go on with it without asking for a number, or "
                    "name a new file."
                )
            if clock:
                _go_by(store, clock)
    except BaseException:
        store.close()
        raise
    return store


def begin(store: Store, scenario: str, orders: int | None = None, report: Report = ignore) -> None:
    """Forget everything but what was asked for, and write the scenario's world.

    What was asked for are the clock and the seeded orders. With the key, all access tokens that
    were issued go: ids start anew, so that one of an old world could speak for somebody else in
    the new one. Called inside a transaction.

    Args:
        store: Where to write.
        scenario: The name of the scenario.
        orders: How many orders to seed beside its own; by default as many as the store held.
        report: Told how many orders have been seeded since it was told last; at first, 0.

    Raises:
        KeyError: There is no such scenario; the message names those there are.
    """
    _check_known(scenario)
    clock: Clock | None = store.fact("chosen_clock")
    orders = _seeded(store) if orders is None else orders
    store.clear()
    store.remember("scenario", scenario)
    if SCENARIOS[scenario].file:
        load(store, SCENARIOS[scenario].file)
    else:
        SCENARIOS[scenario].build(store)
    if orders:
        from helpers.sandbox.seeding import seed  # not for a start without them, which it slows

        seed(store, SCENARIOS[scenario].build, orders, report)
        store.remember("seeded_orders", orders)
    store.remember("scenario_clock", store.fact("clock"))
    if clock:
        _go_by(store, clock)


def _check_number(orders: int | None) -> None:
    if orders is not None and (isinstance(orders, bool) or not 1 <= orders <= MOST_ORDERS):
        raise ValueError(f"Expected 1 to {MOST_ORDERS:,} orders, or None; got {orders!r}.")


def _seeded(store: Store) -> int:
    return int(store.fact("seeded_orders", 0))


def _check_known(scenario: str) -> None:
    if scenario not in SCENARIOS:
        names = ", ".join(sorted(SCENARIOS))
        raise KeyError(f"Expected the name of a scenario, one of: {names}; got {scenario!r}.")


def _go_by(store: Store, clock: Clock) -> None:
    """Choose the clock. It stands at the scenario's instant, or else where it stopped.

    Where one that stood starts to go, no authorization is any older than that: years would have
    passed at once.
    """
    is_started = clock == "real" and store.fact("clock") is not None
    stopped = store.fact("clock") or store.fact("scenario_clock") or store.now()
    store.remember("chosen_clock", clock)
    store.remember("clock", stopped if clock == "frozen" else None)
    if is_started:
        store.remember("clock_started_at", store.now())


_CUSTOMER_ID = "jENxlDKaVB"
_INSTANT = "2018-01-01T12:00:00.000Z"
_AUTH_TOKEN = "0b1d9815-165e-42e2-8867-35bc03789e00"
_SETTINGS = {
    "CL_CLIENT_ID": "sandbox-sales-channel-client-id",
    "CL_CLIENT_SECRET": "sandbox-sales-channel-client-secret",
    "CL_SCOPE": "market:code:europe1",
    "CL_CUSTOMER_EMAIL": "john@example.com",
    "CL_CUSTOMER_PASSWORD": "sandbox-customer-password",
    "CL_INTEGRATION_CLIENT_ID": "sandbox-integration-client-id",
    "CL_INTEGRATION_CLIENT_SECRET": "sandbox-integration-client-secret",
    "CL_ORDER_ID": "qaMAhZkZvd",
}
# The hash of the password above, ready-made: hashing it would slow down every start.
_PASSWORD = (
    "e8012b0fffc9687cb1ca70343673ccac$cd7b8c591f81f9d15aee9281e0913916edf07d652a0a555e49201f500cb5"
    "bc7a3bf2d57e95b666e3576500d414fa3cbc54d3fa14b354ebbe529ac659aac86514"
)


def _documented(store: Store) -> None:
    store.remember("clock", _INSTANT)
    store.remember("organization", {"id": "xJLqoFWnAe", "slug": "yourdomain"})
    store.remember("last_order_number", 1233)
    store.remember("kept_ids", {"customer_payment_sources": ["QgDXpwsqDx"]})
    store.remember(
        "klarna_authorizations",
        {
            _AUTH_TOKEN: {
                "name": "XXXX-XXXX-XXXX-1111",
                "customer_token": "1",
                "payment_source_token": "7RxGd2HUyY1Yc2Tghw5N453piFs",
            }
        },
    )
    applications = _add_applications(store)
    shop = add_shop(store, applications)
    john = add_customer(store, _CUSTOMER_ID, "john@example.com", "John Smith", _PASSWORD)
    jane = add_customer(store, "vMRybPWzoE", "jane@example.com", "Jane Brown", _PASSWORD)
    _add_access_tokens(store, shop["market"][1], john, jane)
    # The page's own order: its Klarna payment is authorized, and it is not yet placed.
    order = add_order(store, shop, "qaMAhZkZvd", customer=john)
    add_payment(store, shop, "ertHJlpPTR", order=order, auth_token=_AUTH_TOKEN)
    # One to be paid from the wallet.
    add_order(store, shop, "pWZkeVLoJn", customer=john)
    # One that Klarna has not authorized.
    order = add_order(store, shop, "kLRAyaVMqb", customer=john)
    add_payment(store, shop, "mBqoAZyLEx", order=order)
    # One without a customer.
    order = add_order(store, shop, "NqvGxbmPWe", customer=None)
    add_payment(store, shop, "wRzKLobPQn", order=order, auth_token="no-customer-authorization")
    # One that is placed already.
    order = add_order(store, shop, "drYpoNLxZA", customer=john)
    add_payment(store, shop, "yGmPVkqeZL", order=order, auth_token="placed-authorization")
    place_order(store, order)
    # And another customer, with a wallet of their own: an entry of each gateway.
    order = add_order(store, shop, "gRmoXvLbKz", customer=jane, name="Jane Brown")
    add_payment(store, shop, "oPxKLZqvRb", order=order, auth_token="other-customers-authorization")
    _keep_next_id(store, "LZkVQvoXne")
    save_to_wallet(store, order)
    order = add_order(store, shop, "eVnPoWLbqR", customer=jane, name="Jane Brown")
    add_payment(store, shop, "bZoLRxqKvN", order=order, type_="stripe_payments")
    place_order(store, order)
    _keep_next_id(store, "vXoRLnkZbQ")
    save_to_wallet(store, order)


def _keep_next_id(store: Store, id_: str) -> None:
    """Let the next wallet entry have this id, before those that are kept already."""
    kept = store.fact("kept_ids")["customer_payment_sources"]
    store.remember("kept_ids", {"customer_payment_sources": [id_, *kept]})


def _add_applications(store: Store) -> dict[str, Identifier]:
    """Know the applications that may ask for access tokens."""
    applications: list[dict[str, str | None]] = [
        {
            "id": "kLoXRvWqbP",
            "client_id": _SETTINGS["CL_CLIENT_ID"],
            "client_secret": _SETTINGS["CL_CLIENT_SECRET"],
            "kind": "sales_channel",
            "name": "Your shop",
        },
        {
            "id": "nRbPvqLoWx",
            "client_id": _SETTINGS["CL_INTEGRATION_CLIENT_ID"],
            "client_secret": _SETTINGS["CL_INTEGRATION_CLIENT_SECRET"],
            "kind": "integration",
            "name": "Your integration",
        },
    ]
    store.remember("applications", applications)
    return {str(each["kind"]): ("applications", str(each["id"])) for each in applications}


def _add_access_tokens(store: Store, market_id: str, john: Identifier, jane: Identifier) -> None:
    """Know the page's access token, and others like it, that never expire."""
    sales_channel = {"kind": "sales_channel", "markets": [market_id]}
    store.remember(
        "access_tokens",
        {
            "your-access-token": {**sales_channel, "owner": john},
            "your-other-customers-access-token": {**sales_channel, "owner": jane},
            "your-guest-access-token": {**sales_channel, "owner": None},
            "your-integration-access-token": {"kind": "integration", "owner": None},
        },
    )


SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in [
        Scenario(
            name="documented",
            summary="The how-to page's own data, and an order for each refusal of the recipe.",
            build=_documented,
            file="world_documented.json",
            access_token="your-access-token",
            other_access_tokens={
                "another customer": "your-other-customers-access-token",
                "guest": "your-guest-access-token",
                "integration": "your-integration-access-token",
            },
            customer_id=_CUSTOMER_ID,
            order_id="qaMAhZkZvd",
            other_order_id="pWZkeVLoJn",
            settings=_SETTINGS,
        )
    ]
}
