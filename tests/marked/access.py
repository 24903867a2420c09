"""Rows of what asks for access tokens, and of what happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

import httpx

from helpers import (
    authentication,
    claim_checks,
    client,
    connections,
    credentials,
    deadlines,
    faults,
    grants,
    orders,
    retrying,
)
from tests.marked.marks import MARKS
from tests.marked.place import BASE_URL, ENDPOINT, error_object
from tests.marked.world import (
    ALL,
    CUSTOMER,
    JSON,
    ORDER,
    QUICK,
    TOKEN,
    Rows,
    World,
    credentials_of_a_customer,
    refused,
)


def _renewing(w: World) -> object:
    known = credentials_of_a_customer()
    auth = authentication.RenewingAuth(known, base_url=BASE_URL)
    place = w.place

    def ask(respond: Callable[[httpx.Request], httpx.Response]) -> list[Exception]:
        before, place.grant = place.grant, respond
        try:
            fresh = client.open_client(BASE_URL, credentials=known, transport=place, **QUICK)
            return refused(orders.retrieve_order, fresh, order_id=ORDER)
        finally:
            place.grant = before

    return [
        auth,
        known,
        grants.Granted(MARKS["access_token"], 1.0, MARKS["refresh_token"]),
        w.client.auth,
        *(ask(partial(refuse_grant, status)) for status in (302, 400, 401, 422, 429, 500)),
        *(ask(answer) for answer in GRANTS_OF_NO_USE),
        *refused(
            authentication.RenewingAuth,
            credentials.Credentials(f"http://{MARKS['token']}@example.com", "id"),
            base_url=BASE_URL,
        ),
    ]


def refuse_grant(status: int, request: httpx.Request) -> httpx.Response:
    """Refuse an access token, in every shape, and repeat the request."""
    told = error_object(request, status)
    texts = " ".join(each["detail"] for each in told)
    return httpx.Response(
        status,
        headers={"Location": f"https://example.com/?{MARKS['client_secret']}"},
        json={"errors": told, "error": "invalid_client", "error_description": texts},
    )


def _granting(**members: Any) -> Callable[[httpx.Request], httpx.Response]:
    answer = {"access_token": MARKS["access_token"], "token_type": "Bearer", "expires_in": 7200}
    return lambda request: httpx.Response(200, json={**answer, **members})


GRANTS_OF_NO_USE: list[Callable[[httpx.Request], httpx.Response]] = [
    _granting(access_token=MARKS["live_access_token"]),
    _granting(access_token=f"{MARKS['access_token']} "),
    _granting(access_token=MARKS["password"]),
    _granting(access_token=MARKS["refresh_token"]),
    _granting(token_type=MARKS["client_secret"]),
    _granting(expires_in=MARKS["client_secret"]),
    _granting(refresh_token=[MARKS["refresh_token"]]),
    lambda request: httpx.Response(200, content=request.read()),
    lambda request: httpx.Response(200, text=request.read().decode()),
    lambda request: httpx.Response(
        200, content=b"{}", headers={"Content-Type": f"text/{MARKS['client_secret']}"}
    ),
    lambda request: httpx.Response(
        200, content=f'{{"access_token": "{MARKS["access_token"]}'.encode(), headers=JSON
    ),
]


def _given(w: World) -> object:
    return [
        authentication.AccessTokenAuth(MARKS["access_token"], base_url=BASE_URL),
        *refused(authentication.AccessTokenAuth, f"{MARKS['access_token']}\n", base_url=BASE_URL),
    ]


CLAIMS: Mapping[str, Any] = {
    "organization": {"slug": "yourdomain"},
    "owner": {"type": "Customer", "id": CUSTOMER},
    "application": {"kind": "sales_channel"},
    "test": True,
    "exp": 4_102_444_800,
}


FAULTS = error_object(
    httpx.Request("POST", ENDPOINT, json={"password": MARKS["password"]}, headers={}), 400
)


class Repeating(httpx.BaseTransport):
    """Answers with the request itself."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Repeat the request's access token as the answer."""
        return httpx.Response(
            200, content=request.headers["Authorization"].encode() * 9, headers=JSON
        )


def faults_that_repeat() -> Iterator[httpx.RequestError]:
    """Make what a library says of an answer that it cannot read, with parts of that in it."""
    request = httpx.Request("GET", f"{BASE_URL}/api/orders?{urlencode(TOKEN)}")
    for kind in (
        httpx.RemoteProtocolError,
        httpx.LocalProtocolError,
        httpx.ReadError,
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.DecodingError,
        httpx.UnsupportedProtocol,
        httpx.ProxyError,
    ):
        fault = kind(f"illegal header line: bytearray(b'{MARKS['access_token']}')", request=request)
        fault.__cause__ = OSError(5, "Input/output error")
        yield fault


ROWS: Rows = {
    "authentication.RenewingAuth": _renewing,
    "credentials.Credentials": _renewing,
    "grants.Granted": _renewing,
    "authentication.AccessTokenAuth": _given,
    "grants.AccessTokenAwaited": lambda _: grants.AccessTokenAwaited(
        "", request=httpx.Request("GET", f"{BASE_URL}/api/orders?{urlencode(TOKEN)}")
    ),
    "grants.Told": lambda _: grants.Told(True, "yourdomain"),
    "grants.Unusable": lambda _: grants.Unusable("expected a JSON object, got something else"),
    "grants.faults_in": "gives error objects as they came, to be put into words by reasons",
    "grants.demand": "builds the body of a request",
    "grants.request_for": lambda w: grants.request_for(
        httpx.Request("GET", BASE_URL), credentials_of_a_customer(), None
    ),
    "grants.granted": lambda _: [
        grants.granted(MARKS["password"].encode(), media_type, secrets=[MARKS["password"]])
        for media_type in ("application/json", MARKS["password"], f"text/x {MARKS['password']}")
    ],
    "grants.reasons": lambda _: grants.reasons(FAULTS, ALL),
    "grants.exchange_of": lambda _: grants.exchange_of(
        credentials_of_a_customer(), 429, secrets=frozenset(ALL), made_up=False, rate_limit=None
    ),
    "grants.refusal": lambda _: grants.refusal(
        400, FAULTS, credentials_of_a_customer(), secrets=ALL
    ),
    "grants.settings_at_fault": lambda _: grants.settings_at_fault(
        FAULTS, credentials_of_a_customer()
    ),
    "grants.told_by": lambda _: grants.told_by(
        grants.Granted(MARKS["access_token"], 1.0, None), secrets=ALL
    ),
    "credentials.claims_of": lambda _: [
        credentials.claims_of(MARKS["password"]),
        credentials.claims_of(f"e30.{MARKS['client_secret']}.x"),
    ],
    "credentials.customer_of": lambda _: credentials.customer_of(CLAIMS),
    "credentials.organization_of": lambda _: credentials.organization_of(CLAIMS),
    "credentials.is_of_test_mode": lambda _: credentials.is_of_test_mode(CLAIMS),
    "credentials.is_header_value": lambda _: credentials.is_header_value(MARKS["password"]),
    "claim_checks.check_claims": lambda _: [
        claim_checks.check_claims(CLAIMS, BASE_URL, allow_live=True, has_spare=True),
        *refused(
            claim_checks.check_claims,
            {**CLAIMS, "exp": 1},
            BASE_URL,
            allow_live=True,
            has_spare=True,
        ),
    ],
    "claim_checks.minutes_left": lambda _: claim_checks.minutes_left(CLAIMS),
    "connections.AnswerTooLarge": lambda _: [
        error
        for transport in [connections.BoundedTransport(Repeating(), largest_answer=10)]
        for error in refused(
            client.send,
            client.open_client(
                BASE_URL, access_token=MARKS["access_token"], transport=transport, **QUICK
            ),
            "GET",
            f"/api/orders?{urlencode(TOKEN)}",
        )
    ],
    "connections.BoundedTransport": lambda w: connections.BoundedTransport(w.place),
    "connections.open_transport": lambda _: connections.open_transport(BASE_URL),
    "deadlines.DeadlineBackend": "carries bytes, and says nothing",
    "deadlines.Watch": lambda _: deadlines.Watch(1.0),
    "deadlines.watch": "gives a watch",
    "deadlines.watched": "gives a watch",
    "retrying.retrying_within": lambda _: retrying.retrying_within(1.0, is_of_use=lambda: False),
    "faults.no_answer": lambda _: [
        faults.no_answer(
            fault,
            "GET /api/orders",
            base_url=BASE_URL,
            tried="",
            is_own=is_own,
            is_repeatable=False,
            may_have_arrived=True,
        )
        for fault in list(faults_that_repeat())
        for is_own in (True, False)
    ],
    "faults.lost_before": lambda _: faults.lost_before("GET /api/orders", "no access token"),
    "faults.reason_of": lambda _: [faults.reason_of(fault) for fault in faults_that_repeat()],
    "faults.is_lasting": lambda _: [faults.is_lasting(fault) for fault in faults_that_repeat()],
    "faults.never_left": lambda _: [faults.never_left(fault) for fault in faults_that_repeat()],
}
