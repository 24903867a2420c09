"""Named starting worlds. Each is written into an empty store, the same every time.

The scenario ``documented`` holds exactly what the how-to page shows, and beside it an order for
each refusal that the recipe can meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from helpers.sandbox.database import DatabaseError
from helpers.sandbox.filling import fill_new_file, is_new_file
from helpers.sandbox.progress import MOST_ORDERS, Report, ignore
from helpers.sandbox.ready_made import load
from helpers.sandbox.store import Store

__all__ = ["SCENARIOS", "Clock", "Scenario", "begin", "open_store"]

# Which clock a world goes by: this machine's, or one that stands still.
Clock = Literal["real", "frozen"]


class Scenario(NamedTuple):
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


def _documented(store: Store) -> None:
    from helpers.sandbox.documented import write_world  # not for a start: it is ready-made

    write_world(store, customer_id=_CUSTOMER_ID, settings=_SETTINGS)


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
