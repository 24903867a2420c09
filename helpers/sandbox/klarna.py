"""A stand-in for Klarna: what it would answer when a session is opened, or an authorization used.

On Klarna's side an authorization token is good for 60 minutes, for an order or for a customer
token (https://docs.klarna.com/klarna-payments/in-depth-knowledge/customer-token/). That it is
exchanged for a customer token when a payment source is saved, and what the results look like
here, is the sandbox's own choice.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from helpers.sandbox.store import Resource, Store

__all__ = ["KLARNA_REFUSES", "exchange_authorization", "klarna_order", "open_session", "refusal_of"]

# What an ``auth_token`` may start with, to try what is hard to provoke, and what Klarna says then.
KLARNA_REFUSES: Mapping[str, tuple[str, str]] = {
    "expired-": ("expired", "is expired"),
    "declined-": ("declined", "is declined"),
}
_GOOD_FOR = timedelta(minutes=60)
# Klarna's payment method categories: how much they can pay for at the most, in cents.
_CATEGORIES = (
    ("pay_later", "Pay later", 1_000_000),
    ("pay_over_time", "Pay in instalments", 1_000_000),
    ("pay_now", "Pay now", None),
)


def open_session(session_id: str, cents: int) -> dict[str, Any]:
    """Open a session for an amount.

    Args:
        session_id: The new session's id.
        cents: The amount that is going to be paid.

    Returns:
        ``session_id``, ``client_token`` and ``payment_methods``: the categories that are offered.
    """
    return {
        "session_id": str(uuid.uuid5(uuid.NAMESPACE_URL, session_id)),
        "client_token": f"client-token-of-{session_id}",
        "payment_methods": [
            {"identifier": identifier, "name": name}
            for identifier, name, most in _CATEGORIES
            if most is None or cents <= most
        ],
    }


def refusal_of(store: Store, klarna_payment: Resource) -> tuple[str, str] | None:
    """Tell whether Klarna refuses a payment's authorization: the fault's short name, and words."""
    auth_token = klarna_payment.attributes["auth_token"]
    for start, refusal in KLARNA_REFUSES.items():
        if auth_token.startswith(start):
            return refusal
    now = datetime.fromisoformat(store.now())
    instants = klarna_payment.attributes.get("_authorized_at"), store.fact("clock_started_at")
    age = now - max(map(datetime.fromisoformat, filter(None, instants)), default=now)
    return KLARNA_REFUSES["expired-"] if age > _GOOD_FOR else None


def exchange_authorization(store: Store, klarna_payment: Resource) -> dict[str, str]:
    """Exchange a Klarna payment's authorization for what a wallet entry keeps of it.

    Args:
        store: Where the scenario keeps the answers it decided on, by ``auth_token``.
        klarna_payment: A Klarna payment whose ``auth_token`` is set.

    Returns:
        ``name``, ``customer_token`` and ``payment_source_token``: the scenario's, or else such
        as follow from the ``auth_token``, the same every time.
    """
    auth_token = klarna_payment.attributes["auth_token"]
    decided: dict[str, str] | None = store.fact("klarna_authorizations", {}).get(auth_token)
    if decided is not None:
        return decided
    digest = hashlib.sha256(auth_token.encode()).hexdigest()
    return {
        "name": f"klarna_payment #{int(digest[:4], 16)}",
        "customer_token": digest[4:16],
        "payment_source_token": digest[16:44],
    }


def klarna_order(order: Resource, klarna_payment: Resource) -> dict[str, Any]:
    """Create the order on Klarna's side.

    Returns:
        What the API's order says of it in ``payment_source_details``; ``klarna_id`` is the id of
        Klarna's own order.
    """
    seed = f"{order.id} {klarna_payment.attributes['auth_token']}"
    klarna_id = str(uuid.uuid5(uuid.NAMESPACE_OID, seed))
    offered = klarna_payment.attributes["payment_methods"]
    return {
        "type": "klarna_payment",
        "klarna_id": klarna_id,
        "payment_method_details": {
            "order_id": klarna_id,
            "fraud_status": "ACCEPTED",
            "authorized_payment_method": {"type": offered[0]["identifier"]},
        },
    }
