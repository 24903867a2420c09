"""What a row needs: a marked place, a client of it, and where to be remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from helpers import (
    client,
    credentials,
    errors,
    exchanges,
    klarna_order,
    klarna_payments,
    orders,
)
from helpers.documents import Document
from tests.marked.marks import MARKS
from tests.marked.place import BASE_URL, ENDPOINT, MarkedPlace, error_object

ORDER, OTHER_ORDER, CUSTOMER = "qaMAhZkZvd", "pWZkeVLoJn", "jENxlDKaVB"


KLARNA_PAYMENT = "ertHJlpPTR"


EVERYTHING = (*klarna_order.INCLUDED, "available_customer_payment_sources", "payment_method")


ADDRESS = {
    "first_name": "Zoë",
    "last_name": "Doe",
    "line_1": "Via Appia 1",
    "city": "Roma",
    "country_code": "IT",
    "phone": "+39 06 1",
    "zip_code": "00179",
    "state_code": "RM",
}


def credentials_of_a_customer(endpoint: str = ENDPOINT) -> credentials.Credentials:
    """Make the credentials that the marked place issues access tokens for."""
    return credentials.Credentials(
        endpoint=endpoint,
        client_id="a-client-id",
        client_secret=MARKS["client_secret"],
        scope="market:id:xYZkjABcde",
        customer_email="zoe@example.com",
        customer_password=MARKS["password"],
    )


@dataclass
class World:
    """A marked place, a client of it, and what it has answered.

    Attributes:
        place: The marked place.
        folder: An empty folder.
        renews: Whether the client asks for its access tokens itself.
        served_at: Where the place is reached over a socket; by default it is not.
    """

    place: MarkedPlace
    folder: Path
    renews: bool = False
    served_at: str | None = None
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        transport = None if self.served_at else self.place
        base_url = self.served_at or BASE_URL
        self.client = client.open_client(base_url, transport=transport, **self.who(), **QUICK)

    def who(self) -> dict[str, Any]:
        """Say who asks, as arguments of `open_client`."""
        if self.renews:
            endpoint = f"{self.served_at}/oauth/token" if self.served_at else ENDPOINT
            return {"credentials": credentials_of_a_customer(endpoint)}
        return {"access_token": MARKS["access_token"]}

    def order(self) -> Document:
        """Retrieve the page's order with everything in it."""
        return orders.retrieve_order(self.client, order_id=ORDER, include=EVERYTHING)

    def entry_id(self) -> str:
        """Save the order's payment source, and name the entry of the wallet."""
        [entry, *_] = orders.save_payment_source_to_customer_wallet(
            self.client, order_id=ORDER
        ).related("available_customer_payment_sources")
        return entry["id"]

    def exchange(self) -> exchanges.Exchange:
        """Exchange something with the place."""
        return self.order().exchange

    def error(self) -> errors.ApiError:
        """Be refused."""
        before, self.place.respond = self.place.respond, self.refuse
        try:
            klarna_payments.set_auth_token(
                self.client, klarna_payment_id=KLARNA_PAYMENT, auth_token=MARKS["auth_token"]
            )
        except errors.ApiError as error:
            return error
        finally:
            self.place.respond = before
        raise AssertionError("expected a refusal")

    def refuse(self, request: httpx.Request) -> httpx.Response:
        """Answer with an error that repeats the request."""
        return httpx.Response(422, json={"errors": error_object(request, 422)})


QUICK: Mapping[str, Any] = {"timeout_seconds": 5.0, "budget_seconds": 0.5}


Row = Callable[[World], object]


# By public name; names that give data away on purpose have a reason in place of a row.
Rows = dict[str, Row | str]


ASKED_FOR = {"filter[q][token_eq]": MARKS["token"]}


TOKEN = {**ASKED_FOR, "access_token": MARKS["access_token"]}


def refused(function: Callable[..., object], *args: object, **kwargs: object) -> list[Exception]:
    """Call what has to raise an error, and keep that to look at."""
    try:
        function(*args, **kwargs)
    except (errors.HowToError, httpx.RequestError) as error:
        return [error]
    raise AssertionError(f"{function} refused nothing")


JSON = {"Content-Type": "application/json"}


ALL = list(MARKS.values())
