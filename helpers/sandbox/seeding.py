"""Many orders beside a scenario's world, the same every time: what a shop has after some years.

Every order is a copy of one that the rules have written (``patterns.py``), with ids, numbers and
instants of its own. The documented customers have none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice

from helpers.sandbox.patterns import ORDERS, Pattern, make_pattern
from helpers.sandbox.progress import Report, ignore
from helpers.sandbox.store import Store

__all__ = ["seed"]

# What patterns differ in: the code of the market, and how much is bought, in turn.
_VARIANTS = (
    ("europe1", (1, 2, 1, 12, 3, 10, 4, 25, 1, 6)),
    ("usa1", (2, 1, 7, 1, 20, 3, 5)),
    ("europe1", (8, 1, 15, 2, 1, 1, 9, 3, 11)),
    ("europe1", (1, 5, 2, 30)),
)
# How many customers are stored at a time.
_AT_A_TIME = 50


def seed(
    store: Store,
    build: Callable[[Store], None],
    orders: int,
    report: Report = ignore,
) -> None:
    """Write orders into a store that holds a scenario's world, inside a transaction.

    Args:
        store: Where to write.
        build: Writes the scenario's world into an empty store.
        orders: How many, up to ``progress.MOST_ORDERS``. A smaller world is the beginning of a
            larger one, but for its last customer.
        report: Told 0 at first, and then how many orders have been written since it was told last.
    """
    report(0)
    customers = _customers(build, orders)
    counted: Counter[str] = Counter()
    while some := list(islice(customers, _AT_A_TIME)):
        resources: list[tuple[str, str, str]] = []
        linkage: list[tuple[str, str, str, str, str]] = []
        for pattern in some:
            texts = [gap.write(counted[gap.counted] + gap.place) for gap in pattern.gaps]
            resources += [
                (each.type, texts[each.id], each.attributes % each.fill(texts))
                for each in pattern.resources
            ]
            linkage += [
                (type_, texts[id_], name, to, end if isinstance(end, str) else texts[end])
                for type_, id_, name, to, end in pattern.linkage
            ]
            counted.update(pattern.counts)
        store.load(resources, linkage)
        report(sum(pattern.counts["orders"] for pattern in some))


def _customers(build: Callable[[Store], None], orders: int) -> Iterator[Pattern]:
    """Name the pattern of one customer after the other; the last one may have fewer orders."""
    customers, rest = divmod(orders, ORDERS)
    with closing(Store()) as store:
        build(store)
        known: dict[tuple[int, int], Pattern] = {}
        for number in range(customers + bool(rest)):
            variant = number % len(_VARIANTS)
            count = ORDERS if number < customers else rest
            if (variant, count) not in known:
                market_code, quantities = _VARIANTS[variant]
                known[variant, count] = make_pattern(
                    store,
                    name=f"pattern{len(known)}",
                    market_code=market_code,
                    quantities=quantities,
                    orders=count,
                )
            yield known[variant, count]
