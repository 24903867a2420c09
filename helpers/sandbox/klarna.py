"""A stand-in for Klarna: what it would answer when an authorization is exchanged.

On Klarna's side an authorization token can be exchanged for a customer token
(https://docs.klarna.com/klarna-payments/in-depth-knowledge/customer-token/). That this happens
when a payment source is saved, and what the result looks like here, is the sandbox's own choice.
"""

from __future__ import annotations

import hashlib

from helpers.sandbox.store import Resource, Store

__all__ = ["exchange_authorization"]


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
