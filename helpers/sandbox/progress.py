"""How far the seeding is: a bar on a terminal, or else a line at the start and at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["MOST_ORDERS", "Progress", "Report", "ignore"]

MOST_ORDERS = 10_000_000
# Told 0 at first, and then how many orders have been seeded since it was told last.
Report = Callable[[int], object]


def ignore(count: int) -> None:
    """Do nothing with a report."""


class Progress:
    """Shows on the standard error stream how many orders have been seeded.

    Args:
        total: How many there are going to be, if any.
        leave: Whether the bar stays when it is full.
    """

    def __init__(self, total: int | None, *, leave: bool = True) -> None:
        self._total = total or 0
        self._leave = leave
        self._done = 0
        self._begun: float | None = None
        self._bar: tqdm[Never] | None = None

    def report(self, count: int) -> None:
        """Show that so many more have been seeded. The first time, it begins."""
        self._done += count
        if self._begun is None:
            self._begin()
        if self._bar is not None:
            self._bar.update(count)

    def close(self) -> None:
        """Show that it is over."""
        if self._bar is not None:
            self._bar.close()
        elif self._begun is not None and self._done == self._total:
            seconds = time.monotonic() - self._begun
            print(f"Seeded {self._done:,} orders in {seconds:.1f} seconds.", file=sys.stderr)

    def _begin(self) -> None:
        self._begun = time.monotonic()
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(
                total=self._total,
                desc=f"Seeding {self._total:,} orders",
                unit=" orders",
                leave=self._leave,
                file=sys.stderr,
            )
        else:
            print(f"Seeding {self._total:,} orders.", file=sys.stderr, flush=True)
