"""How little it matters how many orders there are: saves, reads, lists and the start."""

from __future__ import annotations

import http.client
import json
import random
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count, cycle
from statistics import median
from time import perf_counter
from typing import Any

from tests.bench.cores import Core, on_core
from tests.bench.measuring import Bench, Figure, Measure, Point, Round, Sample, in_turn
from tests.bench.serving import serving_sandbox
from tests.bench.worlds import world_of

__all__ = ["BENCHES", "LISTINGS", "SAVES", "scale_bench", "start_bench"]

_HEADERS = {
    "Accept": "application/vnd.api+json",
    "Authorization": "Bearer your-integration-access-token",
    "Content-Type": "application/vnd.api+json",
}
_SAVED = "available_customer_payment_sources"
# Lists that are asked for in turn. All orders were made since the instant: with another one each
# time it is another list of the same orders, of which nothing is known yet.
_LISTS = (
    "filter[q][status_eq]=pending&filter[q][created_at_gteq]={since}&sort=-created_at",
    "filter[q][payment_status_eq]=paid&filter[q][created_at_gteq]={since}&sort=number",
    "filter[q][created_at_gteq]={since}&sort=-total_amount_cents",
)
_PAGE_SIZE = 10
_SAVE, _READ = "save with include", "retrieve a random order with its payment source"
_LIST, _LIST_AGAIN = "list with filter and sort", "the same list again"


class _World:
    """A sandbox with many orders, and a kept connection to it.

    Args:
        port: Where it answers.
        orders: How many orders have been seeded in it.
    """

    def __init__(self, port: int, orders: int) -> None:
        from helpers.sandbox.own_values import letters
        from helpers.sandbox.patterns import AUTHORIZED_PLACES, ORDERS

        self.orders = orders
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._chance = random.Random(orders)
        self._letters = letters
        self._places = [place for place in AUTHORIZED_PLACES if place < orders]
        self._customers = max(1, orders // ORDERS)
        self._of_a_customer = ORDERS
        self._lists = cycle(f"/api/orders?page[size]={_PAGE_SIZE}&{each}" for each in _LISTS)
        self._instants = count()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def save(self) -> float:
        """Save the payment source of a random order; afterwards, the wallet is as it was."""
        id_ = self._random_order()
        attributes = {"_save_payment_source_to_customer_wallet": True}
        data = {"type": "orders", "id": id_, "attributes": attributes}
        seconds, document = self._ask("PATCH", f"/api/orders/{id_}?include={_SAVED}", data)
        for entry in document["included"]:  # also one that a run that was stopped has left
            self._ask("DELETE", f"/api/customer_payment_sources/{entry['id']}")
        return seconds

    def read(self) -> float:
        """Retrieve a random order with its payment source."""
        return self._ask("GET", f"/api/orders/{self._random_order()}?include=payment_source")[0]

    def list(self) -> float:
        """List a page of orders that was never asked for before."""
        instant = datetime(2011, 1, 1) + timedelta(milliseconds=next(self._instants))
        return self._list(f"{instant.isoformat(timespec='milliseconds')}Z")

    def list_again(self) -> float:
        """List a page of orders that was asked for before, as a shop's own pages do."""
        return self._list("2010-01-01T00:00:00.000Z")

    def _list(self, since: str) -> float:
        seconds, document = self._ask("GET", next(self._lists).format(since=since))
        found = len(document["data"])
        if found != min(_PAGE_SIZE, document["meta"]["record_count"]) or not found:
            raise RuntimeError(f"A page of {_PAGE_SIZE} orders has {found}.")
        return seconds

    def _random_order(self) -> str:
        """Name a pending order whose payment is authorized."""
        customer = self._chance.randrange(self._customers)
        place = customer * self._of_a_customer + self._chance.choice(self._places)
        return self._letters("orders", place)

    def _ask(self, method: str, target: str, data: object = None) -> tuple[float, Any]:
        body = None if data is None else json.dumps({"data": data})
        began = perf_counter()
        self._connection.request(method, target, body, _HEADERS)
        answer = self._connection.getresponse()
        read = answer.read()
        seconds = perf_counter() - began
        if answer.status not in {200, 204}:
            raise RuntimeError(f"{method} {target} was answered with {answer.status}: {read!r}")
        return seconds, json.loads(read) if read else None


@dataclass(frozen=True)
class _Operation:
    """What is measured.

    Attributes:
        ask: Does it once, and returns how many seconds it took.
        line: Its name in the plot.
        requests: How many to measure in a round, at each size.
        warming: How many to do before, so that the large file is in memory as the small one is.
    """

    ask: Callable[[_World], float]
    line: str
    requests: int
    warming: int


SAVES = {
    "scale-save": _Operation(_World.save, _SAVE, requests=48, warming=300),
    "scale-read": _Operation(_World.read, _READ, requests=48, warming=300),
}
# In servers of their own: to read a million orders takes everything else out of mind.
LISTINGS = {
    "scale-list": _Operation(_World.list, _LIST, requests=6, warming=6),
    "scale-list-again": _Operation(_World.list_again, _LIST_AGAIN, requests=48, warming=6),
}
# By name: what is measured, the place of its size among all sizes, and the goal.
_FIGURES = {
    "scale-save": ("one save of a random order", 3, 1.5),
    "scale-list": ("one list with filter and sort, never asked for before", 2, 3.0),
    "scale-list-again": ("the same list, asked for again", 2, 3.0),
}


@contextmanager
def _open_scale(sizes: Sequence[int], operations: Mapping[str, _Operation]) -> Generator[Measure]:
    files = [world_of(size) for size in sizes]
    with ExitStack() as stack:
        worlds = []
        for size, file in zip(sizes, files, strict=True):
            server = stack.enter_context(serving_sandbox("--database", file))
            worlds.append(stack.enter_context(closing(_World(server.port, size))))

        def measure(number: int) -> Round:
            found: dict[tuple[str, int], float] = {}
            with on_core(Core.CLIENT):
                for name, operation in operations.items():
                    for world in in_turn(number, worlds):
                        taken = [operation.ask(world) for _ in range(operation.requests)]
                        found[name, world.orders] = median(taken) * 1000
            samples = {
                name: (found[name, sizes[place]], found[name, sizes[0]])
                for name, (_, place, _) in _FIGURES.items()
                if name in operations
            }
            latency = {
                Point(operation.line, orders): found[name, orders]
                for name, operation in operations.items()
                for orders in sizes
            }
            return Round(samples, latency)

        for world in worlds:
            for operation in operations.values():
                for _ in range(operation.warming):
                    operation.ask(world)
        yield measure


@contextmanager
def _open_start(orders: int) -> Generator[Measure]:
    many, none = world_of(orders), world_of(0)

    def measure(number: int) -> Mapping[str, Sample]:
        found = {}
        for file in in_turn(number, (many, none)):
            with serving_sandbox("--database", file) as server:
                found[file] = server.started_in
        return {"scale-start": (found[many], found[none])}

    yield measure


def scale_bench(
    name: str,
    operations: Mapping[str, _Operation],
    *,
    sizes: Sequence[int] = (1_000, 10_000, 100_000, 1_000_000),
    rounds: int = 7,
    seconds: float = 20,
) -> Bench:
    """Measure operations, each at four sizes; the first time, it makes the files.

    Args:
        name: Of the bench.
        operations: What to measure, by the names of the figures.
        sizes: How many orders, from the smallest to the largest.
        rounds: How many rounds.
        seconds: About how long it takes.
    """
    figures = tuple(
        Figure(each, f"{what}: {sizes[place]:,} orders", f"{sizes[0]:,} orders", "ms", goal)
        for each, (what, place, goal) in _FIGURES.items()
        if each in operations
    )
    bench = partial(_open_scale, sizes, operations)
    return Bench(name, figures, rounds, bench, seconds=seconds)


def start_bench(*, orders: int = 100_000, rounds: int = 7) -> Bench:
    """Measure the start on a file with many orders against one on a file with none.

    Args:
        orders: How many.
        rounds: How many rounds.
    """
    figure = Figure(
        "scale-start",
        f"start of the sandbox on a file of {orders:,} orders",
        "on a file without seeded orders",
        "s",
        1.5,
    )
    return Bench("scale-start", (figure,), rounds, partial(_open_start, orders), seconds=12)


BENCHES = (
    scale_bench("scale", SAVES, seconds=8),
    scale_bench("scale-lists", LISTINGS, seconds=20),
    start_bench(),
)
