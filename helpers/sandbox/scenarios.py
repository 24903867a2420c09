"""Named starting worlds. Each is written into an empty store, the same every time.

The scenario ``documented`` holds exactly what the how-to page shows, and beside it an order for
each refusal that the recipe can meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from helpers.sandbox.store import DatabaseError, Store
from helpers.sandbox.world import (
    add_customer,
    add_klarna_payment,
    add_order,
    add_shop,
    place_order,
)

__all__ = ["SCENARIOS", "Scenario", "open_store"]


@dataclass(frozen=True)
class Scenario:
    """A named starting world, and where to start in it.

    Attributes:
        name: Its name.
        summary: What it holds, in one sentence.
        build: Writes it into an empty store.
        access_token: An access token of its customer's sales channel.
        order_id: An order whose payment source can be saved to the customer wallet.
        other_order_id: Another order of the same customer, to be paid from the wallet.
    """

    name: str
    summary: str
    build: Callable[[Store], None]
    access_token: str
    order_id: str
    other_order_id: str


def open_store(database: str = ":memory:", *, scenario: str = "documented") -> Store:
    """Open a store, and write the scenario into it where it is empty.

    Args:
        database: ``:memory:``, or the path of a file.
        scenario: The name of a scenario.

    Raises:
        KeyError: There is no such scenario; the message names those there are.
        DatabaseError: The file is no database of the sandbox, or holds another scenario.
    """
    if scenario not in SCENARIOS:
        names = ", ".join(sorted(SCENARIOS))
        raise KeyError(f"Expected the name of a scenario, one of: {names}; got {scenario!r}.")
    store = Store(database)
    try:
        with store.transaction():
            held = store.fact("scenario")
            if held is None:
                store.remember("scenario", scenario)
                SCENARIOS[scenario].build(store)
            elif held != scenario:
                raise DatabaseError(
                    f"Expected {database} to hold the scenario {scenario!r}, but it holds "
                    f"{held!r}: ask for that one, or name a new file."
                )
    except BaseException:
        store.close()
        raise
    return store


_INSTANT = "2018-01-01T12:00:00.000Z"
_AUTH_TOKEN = "0b1d9815-165e-42e2-8867-35bc03789e00"


def _documented(store: Store) -> None:
    store.remember("clock", _INSTANT)
    store.remember("organization", {"id": "xJLqoFWnAe", "slug": "yourdomain"})
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
    john = add_customer(store, "jENxlDKaVB", "john@example.com")
    jane = add_customer(store, "vMRybPWzoE", "jane@example.com")
    store.remember(
        "access_tokens",
        {
            "your-access-token": {"kind": "sales_channel", "owner": john},
            "your-other-customers-access-token": {"kind": "sales_channel", "owner": jane},
            "your-guest-access-token": {"kind": "sales_channel", "owner": None},
            "your-integration-access-token": {"kind": "integration", "owner": None},
        },
    )
    shop = add_shop(store)
    # The page's own order: its Klarna payment is authorized, and it is not yet placed.
    add_order(store, shop, "qaMAhZkZvd", number="1234", customer=john)
    add_klarna_payment(store, shop, "ertHJlpPTR", order_id="qaMAhZkZvd", auth_token=_AUTH_TOKEN)
    # One to be paid from the wallet.
    add_order(store, shop, "pWZkeVLoJn", number="1235", customer=john)
    # One that Klarna has not authorized.
    add_order(store, shop, "kLRAyaVMqb", number="1236", customer=john)
    add_klarna_payment(store, shop, "mBqoAZyLEx", order_id="kLRAyaVMqb", auth_token=None)
    # One without a customer.
    add_order(store, shop, "NqvGxbmPWe", number="1237", customer=None)
    add_klarna_payment(
        store, shop, "wRzKLobPQn", order_id="NqvGxbmPWe", auth_token="no-customer-authorization"
    )
    # One that is placed already.
    add_order(store, shop, "drYpoNLxZA", number="1238", customer=john)
    add_klarna_payment(
        store, shop, "yGmPVkqeZL", order_id="drYpoNLxZA", auth_token="placed-authorization"
    )
    place_order(store, "drYpoNLxZA")
    # And another customer, with a wallet of their own.
    add_order(store, shop, "gRmoXvLbKz", number="1239", customer=jane)
    add_klarna_payment(
        store, shop, "oPxKLZqvRb", order_id="gRmoXvLbKz", auth_token="other-customers-authorization"
    )
    store.add(
        "customer_payment_sources",
        "LZkVQvoXne",
        attributes={
            "name": "klarna_payment #4711",
            "customer_token": "other-customers-customer-token",
            "payment_source_token": "other-customers-payment-source-token",
        },
        linkage={
            "customer": jane,
            "payment_method": shop["payment_method"],
            "payment_source": ("klarna_payments", "oPxKLZqvRb"),
        },
    )


SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in [
        Scenario(
            name="documented",
            summary="The how-to page's own data, and an order for each refusal of the recipe.",
            build=_documented,
            access_token="your-access-token",
            order_id="qaMAhZkZvd",
            other_order_id="pWZkeVLoJn",
        )
    ]
}
