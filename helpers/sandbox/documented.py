"""The world of the scenario ``documented``, as the rules write it.

A start does without: the world is ready-made (``ready_made``).
"""

from __future__ import annotations

from collections.abc import Mapping

from helpers.sandbox.store import Identifier, Store
from helpers.sandbox.world import (
    add_customer,
    add_order,
    add_payment,
    add_shop,
    place_order,
    save_to_wallet,
)

__all__ = ["write_world"]

_INSTANT = "2018-01-01T12:00:00.000Z"
_AUTH_TOKEN = "0b1d9815-165e-42e2-8867-35bc03789e00"
# The hash of the customers' password, ready-made.
_PASSWORD = (
    "e8012b0fffc9687cb1ca70343673ccac$cd7b8c591f81f9d15aee9281e0913916edf07d652a0a555e49201f500cb5"
    "bc7a3bf2d57e95b666e3576500d414fa3cbc54d3fa14b354ebbe529ac659aac86514"
)


def write_world(store: Store, *, customer_id: str, settings: Mapping[str, str]) -> None:
    """Write the world into an empty store, by the rules.

    Args:
        store: Where to write.
        customer_id: The id of the page's customer.
        settings: What that customer's client knows, by the name of the setting.
    """
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
    applications = _add_applications(store, settings)
    shop = add_shop(store, applications)
    john = add_customer(store, customer_id, "john@example.com", "John Smith", _PASSWORD)
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


def _add_applications(store: Store, settings: Mapping[str, str]) -> dict[str, Identifier]:
    """Know the applications that may ask for access tokens."""
    applications: list[dict[str, str | None]] = [
        {
            "id": "kLoXRvWqbP",
            "client_id": settings["CL_CLIENT_ID"],
            "client_secret": settings["CL_CLIENT_SECRET"],
            "kind": "sales_channel",
            "name": "Your shop",
        },
        {
            "id": "nRbPvqLoWx",
            "client_id": settings["CL_INTEGRATION_CLIENT_ID"],
            "client_secret": settings["CL_INTEGRATION_CLIENT_SECRET"],
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
