"""Rate limits: the documented ones of test mode, for each client address.

Every limit is a sliding window, which nothing resets: a request counts until it is old enough.
The average limit holds for all requests of a class, the burst limit for one endpoint: the method
and the path, with the id left open. A refused request does not count.

Source: https://docs.commercelayer.io/core/rate-limits
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

from helpers.sandbox.errors import ErrorObject, error_object
from helpers.sandbox.messages import Request

__all__ = ["LIMITS", "Count", "Limit", "RateLimits", "too_many_requests"]

_AVERAGE_SECONDS = 60
_BURST_SECONDS = 10
# More than a sandbox has; whoever was not heard of for longest is forgotten first.
_MOST_CLIENTS = 1000
_CACHEABLE = frozenset(
    {
        "bundles",
        "buy_x_pay_y_promotions",
        "external_promotions",
        "fixed_amount_promotions",
        "fixed_price_promotions",
        "flex_promotions",
        "free_gift_promotions",
        "free_shipping_promotions",
        "imports",
        "markets",
        "percentage_discount_promotions",
        "price_lists",
        "prices",
        "promotions",
        "sku_options",
        "skus",
        "stock_items",
        "stock_locations",
    }
)


class Limit(NamedTuple):
    """How many requests of a class are answered.

    Attributes:
        average: In 60 seconds, to the whole class.
        burst: In 10 seconds, to one endpoint; None where there is no such limit.
    """

    average: int
    burst: int | None


LIMITS: Mapping[str, Limit] = {
    "cacheable": Limit(average=500, burst=125),
    "other": Limit(average=100, burst=25),
    "write": Limit(average=100, burst=25),
    "access token": Limit(average=30, burst=None),
}


class Count(NamedTuple):
    """What counting a request came to.

    Attributes:
        is_over: Whether it is one too many.
        headers: What the answer tells of the average limit.
    """

    is_over: bool
    headers: Mapping[str, str]


class RateLimits:
    """Counts requests, in bounded memory. Any thread may use it.

    Args:
        clock: Tells the time in seconds, and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: OrderedDict[tuple[str, str], deque[tuple[float, str]]] = OrderedDict()

    def count(self, request: Request) -> Count | None:
        """Count a request, or find it to be one too many.

        Returns:
            None for what no limit is documented for: anything but the API and access tokens.
        """
        name = _class_of(request)
        if name is None:
            return None
        limit, endpoint = LIMITS[name], _endpoint_of(request)
        with self._lock:
            now = self._clock()
            window = self._window(request.client, name)
            while window and window[0][0] <= now - _AVERAGE_SECONDS:
                window.popleft()
            is_over = len(window) >= limit.average
            if limit.burst is not None:
                burst = sum(
                    at > now - _BURST_SECONDS and counted == endpoint for at, counted in window
                )
                is_over = is_over or burst >= limit.burst
            if not is_over:
                window.append((now, endpoint))
            headers = {
                "X-Ratelimit-Limit": str(limit.average),
                "X-Ratelimit-Interval": str(_AVERAGE_SECONDS),
                "X-Ratelimit-Remaining": str(limit.average - len(window)),
            }
        return Count(is_over, headers)

    def forget(self) -> None:
        """Start to count anew."""
        with self._lock:
            self._windows.clear()

    def _window(self, client: str, name: str) -> deque[tuple[float, str]]:
        window = self._windows.setdefault((client, name), deque())
        self._windows.move_to_end((client, name))
        if len(self._windows) > _MOST_CLIENTS * len(LIMITS):
            self._windows.popitem(last=False)
        return window


def too_many_requests() -> ErrorObject:
    """Build the error object of a request that is one too many (429)."""
    detail = (
        "You made too many requests: wait until fewer are within the last "
        f"{_BURST_SECONDS} seconds for this endpoint, and the last {_AVERAGE_SECONDS} for all."
    )
    return error_object(429, "TOO_MANY_REQUESTS", "Too many requests", detail)


def _class_of(request: Request) -> str | None:
    match request.segments:
        case ["oauth", "token"] if request.method == "POST":
            return "access token"
        case ["api", *path]:
            if request.method not in {"GET", "HEAD"}:
                return "write"
            return "cacheable" if path and path[0] in _CACHEABLE else "other"
    return None


def _endpoint_of(request: Request) -> str:
    """Name the endpoint, in so few letters that many of them are no burden."""
    area, *path = request.segments
    shape = [segment if at != 1 else ":id" for at, segment in enumerate(path)]
    return "/".join([request.method.replace("HEAD", "GET"), area, *shape])[:200]
