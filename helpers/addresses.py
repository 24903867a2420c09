"""Requests about addresses: one function a request.

Besides the errors that it names, each raises ArgumentError for an id or a name to include that is
none, NoAnswerError where nothing came back, and DocumentError for an answer that is no document.
"""

from __future__ import annotations

import httpx

from helpers.client import send
from helpers.documents import Document, create_document, target_of

__all__ = ["create_address"]


def create_address(
    client: httpx.Client,
    *,
    first_name: str,
    last_name: str,
    line_1: str,
    city: str,
    country_code: str,
    phone: str,
    zip_code: str | None = None,
    state_code: str | None = None,
    line_2: str | None = None,
) -> Document:
    """Create the address of a person.

    Sends ``POST /api/addresses``. It belongs to nobody yet; ``orders.set_addresses`` puts it into
    an order.

    Args:
        client: An open client.
        first_name: The person's first name.
        last_name: The person's last name.
        line_1: Street and number.
        city: The city.
        country_code: Two letters, as in ISO 3166-1.
        phone: A telephone number.
        zip_code: The postal code; some countries have none.
        state_code: A state, a province or the like.
        line_2: What else helps to find the door.

    Returns:
        The new address.

    Raises:
        Unauthorized: The access token is not valid, or may not create an address.
        Unprocessable: A part is missing or is none of its country; ``errors`` says which.

    Source: https://docs.commercelayer.io/core/v/api-reference/addresses
    """
    attributes = {
        "first_name": first_name,
        "last_name": last_name,
        "line_1": line_1,
        "line_2": line_2,
        "city": city,
        "zip_code": zip_code,
        "state_code": state_code,
        "country_code": country_code,
        "phone": phone,
    }
    given = {name: value for name, value in attributes.items() if value is not None}
    document = create_document("addresses", attributes=given)
    return send(client, "POST", target_of("addresses"), document=document)
