"""What passed between a client and the API."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from helpers.exchanges import Exchange, RateLimit, rate_limit_of

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(("attempts", "expected"), [(1, ""), (3, "It was sent 3 times in 1.5 s.")])
def test_exchange_tells_how_often_it_was_sent_where_that_is_worth_telling(
    attempts: int, expected: str
) -> None:
    """One time is what everybody expects."""
    exchange = Exchange(
        "GET", "http://127.0.0.1", "/", {}, None, 200, "OK", attempts=attempts, seconds=1.5
    )

    assert exchange.tried == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "Mon, 01 Jan 99999999999 00:00:00 GMT"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "2.5"}, RateLimit(retry_after_seconds=2.5)),
        (
            {"Retry-After": "Thu, 01 Jan 2026 12:00:07 GMT"},
            RateLimit(retry_after_seconds=7.0),
        ),
        ({"Retry-After": "Thu, 01 Jan 2026 11:00:00 GMT"}, RateLimit(retry_after_seconds=0.0)),
        ({"Retry-After": "Thu, 01 Jan 2026 12:00:07 -0000"}, RateLimit(retry_after_seconds=7.0)),
        (
            {
                "X-Ratelimit-Limit": "100",
                "X-Ratelimit-Interval": "60",
                "X-Ratelimit-Remaining": "0",
            },
            RateLimit(limit=100, interval_seconds=60, remaining=0),
        ),
    ],
)
def test_rate_limit_is_read_from_the_headers(
    headers: dict[str, str], expected: RateLimit | None
) -> None:
    """What is documented is read, and what is no number is not believed."""
    assert rate_limit_of(httpx.Headers(headers), now=NOW) == expected
