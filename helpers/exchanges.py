"""What passed between a client and the API, as far as it may be shown. No I/O happens here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

__all__ = ["Exchange", "RateLimit", "rate_limit_of", "times_sent"]


@dataclass(frozen=True)
class RateLimit:
    """What an answer tells of a rate limit; None stands for what it does not tell.

    Source: https://docs.commercelayer.io/core/rate-limits

    Attributes:
        limit: How many requests of a class are answered in an interval.
        interval_seconds: How long an interval is.
        remaining: How many more requests are answered now.
        retry_after_seconds: How long to wait; the API does not promise to tell.
    """

    limit: float | None = None
    interval_seconds: float | None = None
    remaining: float | None = None
    retry_after_seconds: float | None = None


@dataclass(frozen=True)
class Exchange:
    """One request and the status it was answered with, as far as they may be shown.

    The access token is never part of it: ``headers`` names ``$CL_ACCESS_TOKEN`` in its place.

    Attributes:
        method: ``GET``, ``POST`` or ``PATCH``.
        base_url: Scheme, host and port, without a slash at the end.
        target: Path and query, such as ``/api/orders/qaMAhZkZvd?include=customer``.
        headers: Of the headers that were sent those that the API asks for, in the how-to's order.
        sent: The request document, or None for a request without one.
        status: The HTTP status of the answer.
        reason: The status in words, such as ``OK``.
        secrets: What must not be seen of it, beside what its documents say: the access token.
            Never shown.
        made_up: Whether the embedded sandbox made up everything in it, so that no secret in it is
            worth hiding.
        attempts: How often the request was sent until this answer came.
        seconds: How long that took altogether.
        rate_limit: What the answer tells of a rate limit, or None.
    """

    method: str
    base_url: str
    target: str
    headers: Mapping[str, str]
    sent: Mapping[str, Any] | None = field(repr=False)
    status: int
    reason: str
    secrets: frozenset[str] = field(default=frozenset(), repr=False, kw_only=True)
    made_up: bool = False
    attempts: int = field(default=1, kw_only=True)
    seconds: float = field(default=0.0, repr=False, compare=False, kw_only=True)
    rate_limit: RateLimit | None = field(default=None, repr=False, compare=False, kw_only=True)

    @property
    def request_line(self) -> str:
        """Method and target, as they stand on the first line of the request."""
        return f"{self.method} {self.target}"

    @property
    def tried(self) -> str:
        """How often the request was sent, in a sentence; nothing where that was once."""
        return times_sent(self.attempts, self.seconds)


def times_sent(attempts: int, seconds: float) -> str:
    """Say how often a request was sent; nothing where that was once."""
    return "" if attempts == 1 else f"It was sent {attempts} times in {seconds:.1f} s."


def rate_limit_of(headers: Mapping[str, str], *, now: datetime | None = None) -> RateLimit | None:
    """Read what an answer tells of a rate limit.

    Args:
        headers: The answer's headers.
        now: By which clock a date is read; by default this machine's.

    Returns:
        What it tells, or None where it tells nothing. What is no number is not told.

    Source: https://docs.commercelayer.io/core/rate-limits
    """
    if not any(name.lower().startswith(("x-ratelimit-", "retry-after")) for name in headers):
        return None
    limit = RateLimit(
        limit=_number(headers.get("X-Ratelimit-Limit")),
        interval_seconds=_number(headers.get("X-Ratelimit-Interval")),
        remaining=_number(headers.get("X-Ratelimit-Remaining")),
        retry_after_seconds=_wait(headers.get("Retry-After"), now or datetime.now(UTC)),
    )
    return None if limit == RateLimit() else limit


def _wait(value: str | None, now: datetime) -> float | None:
    """Read seconds, or the date until which to wait."""
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
