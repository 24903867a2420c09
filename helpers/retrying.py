"""When a request is sent again, and after how long. Tenacity does the work."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)
from tenacity.wait import wait_base

from helpers.errors import ApiError, HowToError

__all__ = ["MOST_ATTEMPTS", "retrying_within"]

MOST_ATTEMPTS = 5


def retrying_within(
    budget_seconds: float, *, is_of_use: Callable[[], bool], spent_seconds: float = 0.0
) -> Retrying:
    """Make what calls a function until it returns, or to call it again is of no use.

    Between two calls it waits: as long as the last answer told in ``Retry-After``, and a random
    while on top that doubles (full jitter). With a budget of 30 s that is up to 0.5 s, then up to
    1 s, 2 s and 4 s; with a larger one never more than 15 s. Where the wait would not fit into the
    budget, it ends at once.

    Args:
        budget_seconds: How long all calls may take, with the waits between.
        is_of_use: Tells after a call that failed whether to call again. An interrupt always ends
            it.
        spent_seconds: How much of the budget is gone already.
    """
    jitter = wait_random_exponential(
        multiplier=min(budget_seconds, 60) / 60, max=min(budget_seconds, 60) / 4
    )
    return Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, HowToError) and is_of_use()),
        stop=stop_after_attempt(MOST_ATTEMPTS) | stop_before_delay(budget_seconds - spent_seconds),
        wait=_AsTold(jitter),
        reraise=True,
    )


class _AsTold(wait_base):
    """Waits as long as the answer told, and a little longer."""

    def __init__(self, jitter: wait_base) -> None:
        self._jitter = jitter

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        exchange = error.exchange if isinstance(error, ApiError) else None
        limit = exchange.rate_limit if exchange else None
        return ((limit and limit.retry_after_seconds) or 0.0) + self._jitter(retry_state)
