"""Rate limits: what is counted together, for how long, and what is told of it."""

from __future__ import annotations

import itertools

import pytest

from helpers.sandbox.messages import Request
from helpers.sandbox.rate_limits import LIMITS, RateLimits


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """Have the time stand still."""
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> RateLimits:
    """Begin to count."""
    return RateLimits(clock)


def _is_over(limits: RateLimits, request: str, *, client: str = "192.0.2.1") -> bool:
    method, _, target = request.partition(" ")
    count = limits.count(Request(method, target, {}, client=client))
    assert count is not None
    return count.is_over


def _answered(limits: RateLimits, *requests: str, client: str = "192.0.2.1") -> int:
    """Send requests in turns until one is refused, and count those before it."""
    for number, request in enumerate(itertools.cycle(requests)):
        if _is_over(limits, request, client=client):
            return number
    raise AssertionError


CLASSES = {
    "a cacheable list": ("GET /api/skus", 500, 125),
    "a cacheable resource": ("GET /api/markets/one", 500, 125),
    "what a cacheable one leads to": ("GET /api/prices/one/sku", 500, 125),
    "a promotion": ("GET /api/free_shipping_promotions", 500, 125),
    "another list": ("GET /api/orders", 100, 25),
    "no such type": ("GET /api/unknown", 100, 25),
    "no type": ("GET /api", 100, 25),
    "a head": ("HEAD /api/orders", 100, 25),
    "a creation": ("POST /api/orders", 100, 25),
    "an update of a cacheable one": ("PATCH /api/skus/one", 100, 25),
    "another method": ("PUT /api/orders/one", 100, 25),
    "a deletion": ("DELETE /api/orders/one", 100, 25),
    "an access token": ("POST /oauth/token", 30, 30),
}
EVERY_CLASS = pytest.mark.parametrize(
    ("request_line", "average", "burst"), CLASSES.values(), ids=CLASSES
)


@EVERY_CLASS
def test_burst_is_refused(limits: RateLimits, request_line: str, average: int, burst: int) -> None:
    """One endpoint answers so many requests in ten seconds."""
    assert _answered(limits, request_line) == burst


@EVERY_CLASS
def test_average_is_refused(
    limits: RateLimits, clock: Clock, request_line: str, average: int, burst: int
) -> None:
    """A whole class answers so many requests in sixty seconds, even where none is a burst."""
    answered = 0
    while not _is_over(limits, request_line):
        answered += 1
        clock.seconds += 59 / average if average != burst else 0

    assert answered == average


def test_limits_are_those_of_test_mode() -> None:
    """The rows are the documented figures, in documented order."""
    assert [(row.average, row.burst) for row in LIMITS.values()] == [
        (500, 125),
        (100, 25),
        (100, 25),
        (30, None),
    ]


@pytest.mark.parametrize(
    ("seconds", "more"), [(0, 0), (9.9, 0), (10, 25)], ids=["at once", "too early", "in time"]
)
def test_burst_slides_by(limits: RateLimits, clock: Clock, seconds: float, more: int) -> None:
    """A request counts for ten seconds at its endpoint."""
    _answered(limits, "GET /api/orders")
    clock.seconds += seconds

    assert _answered(limits, "GET /api/orders") == more


@pytest.mark.parametrize(
    ("seconds", "more"), [(0, 0), (59.9, 0), (60, 30)], ids=["at once", "too early", "in time"]
)
def test_average_slides_by(limits: RateLimits, clock: Clock, seconds: float, more: int) -> None:
    """A request counts for sixty seconds in its class."""
    _answered(limits, "POST /oauth/token")
    clock.seconds += seconds

    assert _answered(limits, "POST /oauth/token") == more


def test_window_slides_and_is_not_reset(limits: RateLimits, clock: Clock) -> None:
    """As each request grows old, one more is answered, and no more than that."""
    for _ in range(30):
        assert not _is_over(limits, "POST /oauth/token")
        clock.seconds += 1
    clock.seconds += 30

    assert _answered(limits, "POST /oauth/token") == 1


def test_refused_request_does_not_count(limits: RateLimits, clock: Clock) -> None:
    """Who tries again and again is answered as soon as who waits."""
    _answered(limits, "GET /api/orders")
    clock.seconds += 5
    for _ in range(50):
        assert _is_over(limits, "GET /api/orders")
    clock.seconds += 5

    assert _answered(limits, "GET /api/orders") == 25


@pytest.mark.parametrize(
    ("others", "more"),
    [
        (["GET /api/orders/two"], 0),
        (["GET /api/orders/one/"], 0),
        (["GET /api/orders/one?include=customer"], 0),
        (["HEAD /api/orders/one"], 0),
        (["GET /api/orders"], 25),
        (["GET /api/orders/one/line_items"], 25),
        (["GET /api/customers/one"], 25),
        (["PATCH /api/orders/one"], 25),
    ],
    ids=["id", "slash", "query", "HEAD", "list", "related", "type", "method"],
)
def test_endpoint_is_method_and_path_without_the_id(
    limits: RateLimits, others: list[str], more: int
) -> None:
    """A burst at one order is a burst at all of them, but not at their list."""
    _answered(limits, "GET /api/orders/one")

    assert _answered(limits, *others) == more


def test_classes_are_counted_apart(limits: RateLimits) -> None:
    """Whoever has read too much can write still."""
    _answered(limits, "GET /api/orders")

    answered = [
        _answered(limits, request)
        for request in ("POST /api/orders", "GET /api/skus", "POST /oauth/token")
    ]
    assert answered == [25, 125, 30]


def test_clients_are_counted_apart(limits: RateLimits) -> None:
    """One address does not use up what another may."""
    counts = [_answered(limits, "GET /api/orders", client=f"192.0.2.{n}") for n in (1, 2, 1)]

    assert counts == [25, 25, 0]


@pytest.mark.parametrize(
    "request_line",
    ["GET /", "GET /.well-known/jwks.json", "POST /oauth/revoke", "POST /sandbox/reset", "GET /x"],
)
def test_request_is_not_counted_where_no_limit_is_documented(
    limits: RateLimits, request_line: str
) -> None:
    """Nothing is told of a limit that is not there."""
    method, target = request_line.split()

    assert limits.count(Request(method, target, {})) is None


def test_headers_tell_of_the_average(limits: RateLimits) -> None:
    """How many there are, in how many seconds, and how many are left, whatever the burst is."""
    told = []
    for _ in range(26):
        count = limits.count(Request("GET", "/api/orders", {}))
        assert count is not None
        told.append((count.is_over, dict(count.headers)))

    assert (told[0], told[-1]) == (
        (
            False,
            {
                "X-Ratelimit-Limit": "100",
                "X-Ratelimit-Interval": "60",
                "X-Ratelimit-Remaining": "99",
            },
        ),
        (
            True,
            {
                "X-Ratelimit-Limit": "100",
                "X-Ratelimit-Interval": "60",
                "X-Ratelimit-Remaining": "75",
            },
        ),
    )


def test_memory_is_bounded_in_requests(limits: RateLimits, clock: Clock) -> None:
    """However much one client asks for, no more is kept than a limit's worth."""
    for number in range(5000):
        limits.count(Request("GET", f"/api/skus/{number}/{'x' * 1000}{number}", {}))
        clock.seconds += 0.05
    [window] = limits._windows.values()

    assert (len(window) <= 500, max(len(endpoint) for _, endpoint in window)) == (True, 200)


def test_memory_is_bounded_in_clients(limits: RateLimits) -> None:
    """Of more clients than a sandbox has, those not heard of for longest are forgotten."""
    _answered(limits, "GET /api/orders", client="the first")
    _answered(limits, "GET /api/orders", client="the second")
    for number in range(3999):
        limits.count(Request("GET", "/api/orders", {}, client=str(number)))
        _is_over(limits, "GET /api/orders", client="the second")

    assert (
        len(limits._windows),
        _is_over(limits, "GET /api/orders", client="the first"),
        _is_over(limits, "GET /api/orders", client="the second"),
    ) == (4000, False, True)


def test_everything_counts_anew_when_all_is_forgotten(limits: RateLimits) -> None:
    """Nothing is left of what was counted."""
    _answered(limits, "GET /api/orders")
    limits.forget()

    assert _answered(limits, "GET /api/orders") == 25
