"""What is sent for an access token, and what comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helpers.credentials import Credentials
from helpers.grants import (
    Granted,
    Unusable,
    demand,
    exchange_of,
    faults_in,
    granted,
    reasons,
    refusal,
    settings_at_fault,
)

ENDPOINT = "https://auth.commercelayer.io/oauth/token"
INTEGRATION = Credentials(ENDPOINT, "an-id", "a-client-secret")
CUSTOMER = Credentials(
    ENDPOINT,
    "an-id",
    scope="market:code:europe1",
    customer_email="john@example.com",
    customer_password="a-password",
)
ANSWER = {"access_token": "abc", "token_type": "bearer", "expires_in": 7200}


def read(answer: Any, media_type: str = "application/json") -> Granted | Unusable:
    """Read an answer, given as bytes or to be written as JSON."""
    content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return granted(content, media_type, secrets=["a-client-secret"])


def test_application_asks_for_itself() -> None:
    """Without a customer, the access token is the application's own."""
    assert demand(INTEGRATION) == {
        "grant_type": "client_credentials",
        "client_id": "an-id",
        "client_secret": "a-client-secret",
    }


def test_customer_is_named_by_password() -> None:
    """With a customer, it is that customer's; what is not set is not sent."""
    assert demand(CUSTOMER) == {
        "grant_type": "password",
        "client_id": "an-id",
        "scope": "market:code:europe1",
        "username": "john@example.com",
        "password": "a-password",
    }


def test_renewal_sends_no_password() -> None:
    """A refresh token takes the place of the customer's password."""
    assert demand(CUSTOMER, "a-refresh-token") == {
        "grant_type": "refresh_token",
        "client_id": "an-id",
        "refresh_token": "a-refresh-token",
    }


def test_answer_grants_an_access_token() -> None:
    """What the API documents is read; what it says beside that is left."""
    answer = {**ANSWER, "token_type": "Bearer", "refresh_token": "r", "scope": "s", "created_at": 1}

    assert read(answer, "application/json; charset=utf-8") == Granted("abc", 7200.0, "r")


WRONG_MEMBERS = [
    ({"access_token": None}, "access_token"),
    ({"access_token": ""}, "access_token"),
    ({"access_token": "a\r\nb"}, "access_token"),
    ({"access_token": ["a"]}, "access_token"),
    ({"token_type": "mac"}, "token_type"),
    ({"token_type": None}, "token_type"),
    ({"expires_in": None}, "expires_in"),
    ({"expires_in": "7200"}, "expires_in"),
    ({"expires_in": True}, "expires_in"),
    ({"expires_in": 0}, "expires_in"),
    ({"expires_in": -1}, "expires_in"),
    ({"expires_in": float("nan")}, "expires_in"),
    ({"expires_in": float("inf")}, "expires_in"),
    ({"expires_in": 10**400}, "expires_in"),
    ({"refresh_token": 1}, "refresh_token"),
    ({"refresh_token": ""}, "refresh_token"),
]


def test_answer_with_a_wrong_member_grants_nothing(subtests: pytest.Subtests) -> None:
    """Whatever is missing or of another kind is named, and its value is not told."""
    for change, words in WRONG_MEMBERS:
        with subtests.test(repr(change)[:60]):
            answer = read({**ANSWER, **change})

            assert isinstance(answer, Unusable)
            assert answer.words.startswith(f"expected {words} to be")
            assert not answer.damaged


@pytest.mark.parametrize(
    "content",
    [b"", b'{"access_token": "ab', b"[]", b"null", b"\xff\xfe", b"[" * 60_000],
    ids=["empty", "cut off", "a list", "null", "no text", "deep"],
)
def test_answer_that_is_no_object_is_taken_for_damaged(content: bytes) -> None:
    """What was cut off on the way may come whole the next time."""
    assert read(content) == Unusable("expected a JSON object, got something else", damaged=True)


def test_answer_of_another_media_type_is_refused() -> None:
    """A page of a portal is not searched for an access token, and what it repeats is hidden."""
    assert read(ANSWER, "text/html") == Unusable("expected application/json, got text/html")
    assert read(ANSWER, "") == Unusable("expected application/json, got no media type")
    assert "a-client-secret" not in str(read(ANSWER, "text/a-client-secret"))


def test_answer_that_is_too_large_is_refused() -> None:
    """No access token takes 64 kB."""
    answer = read({**ANSWER, "access_token": "a" * 70_000})

    assert isinstance(answer, Unusable)
    assert answer.words.startswith("expected at most 65,536 bytes, got 70,")


def test_what_is_granted_does_not_show_itself() -> None:
    """Neither of the two tokens is in what Python shows of it."""
    shown = repr(Granted("an-access-token", 1.0, "a-refresh-token"))

    assert shown == "Granted(life_seconds=1.0)"


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"code": "UNAUTHORIZED", "title": "invalid_client", "detail": "No."}]},
        {"errors": {"code": "UNAUTHORIZED", "title": "invalid_client", "detail": "No."}},
        {"error": "invalid_client", "error_description": "No."},
    ],
    ids=["a list", "a single object", "OAuth 2.0"],
)
def test_faults_are_read_in_each_of_their_shapes(body: dict[str, Any]) -> None:
    """The title says which setting is wrong, whichever way the error is written."""
    [fault] = faults_in(json.dumps(body).encode())

    assert (fault["title"], fault["detail"]) == ("invalid_client", "No.")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"errors": ["x", 3, null]}', b'{"error": 1}'])
def test_what_holds_no_fault_has_none(body: bytes) -> None:
    """An answer that is broken in another way is no reason to fail in another way."""
    assert faults_in(body) == []


def test_reasons_hold_no_secret() -> None:
    """What the endpoint repeats of a secret is hidden, wherever in the error it stands."""
    secret = "a-client-secret"
    faults = [
        {"code": f"C {secret}", "title": f"T {secret}", "detail": f"D {secret}."},
        {"code": "X"},
        {"detail": "only\n this"},
        {"title": 3},
    ]

    assert reasons(faults, [secret]) == "D ******** (C ********, T ********); X; only this"


def test_reason_that_is_cut_short_holds_no_part_of_a_secret() -> None:
    """A long text is cut after what is secret in it was hidden."""
    secret = "s" * 250
    [told] = [reasons([{"detail": f"{'x' * 100} {secret} tail"}], [secret])]

    assert told == f"{'x' * 100} ******** tail"
    assert len(reasons([{"detail": "x" * 1000}], [])) == 300


SALES_CHANNEL = Credentials(ENDPOINT, "an-id", scope="market:code:europe1")


@pytest.mark.parametrize(
    ("title", "credentials", "named"),
    [
        ("invalid_client", INTEGRATION, "CL_CLIENT_ID and CL_CLIENT_SECRET"),
        ("invalid_client", CUSTOMER, "CL_CLIENT_ID and CL_CLIENT_SECRET (not set)"),
        ("invalid_grant", CUSTOMER, "CL_CUSTOMER_EMAIL and CL_CUSTOMER_PASSWORD"),
        ("invalid_grant", INTEGRATION, "CL_CLIENT_ID and CL_CLIENT_SECRET"),
        ("invalid_scope", SALES_CHANNEL, "CL_SCOPE"),
        ("invalid_scope", INTEGRATION, "CL_SCOPE (not set)"),
        ("unauthorized_client", CUSTOMER, "CL_CLIENT_ID"),
        ("anything", SALES_CHANNEL, "CL_CLIENT_ID and CL_SCOPE"),
        (
            "anything",
            CUSTOMER,
            "CL_CLIENT_ID, CL_SCOPE, CL_CUSTOMER_EMAIL and CL_CUSTOMER_PASSWORD",
        ),
    ],
)
def test_settings_are_named_that_can_be_at_fault(
    title: str, credentials: Credentials, named: str
) -> None:
    """A reader is told which of the settings to look at, and which of them is missing."""
    assert settings_at_fault([{"title": title}], credentials) == named


@pytest.mark.parametrize(
    ("credentials", "title", "is_told"),
    [
        (CUSTOMER, "unauthorized_client", True),
        (CUSTOMER, "invalid_client", False),
        (INTEGRATION, "unauthorized_client", False),
    ],
)
def test_customer_of_an_application_that_is_no_sales_channel_is_told(
    credentials: Credentials, title: str, is_told: bool
) -> None:
    """An integration's client id is a good one, but not for a customer."""
    words = refusal(403, [{"title": title}], credentials, secrets=())

    assert (
        words.endswith("CL_CLIENT_ID: for a customer, it has to be a sales channel's.") == is_told
    )


def test_exchange_shows_no_secret() -> None:
    """A request for an access token can be looked at like any other."""
    exchange = exchange_of(CUSTOMER, 503, secrets=CUSTOMER.secrets, made_up=False, rate_limit=None)

    assert (exchange.request_line, exchange.base_url, exchange.reason, exchange.sent) == (
        "POST /oauth/token",
        "https://auth.commercelayer.io",
        "Service Unavailable",
        {**demand(CUSTOMER), "password": "********"},
    )
