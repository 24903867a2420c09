"""Which core does what: what answers has one of its own, and what asks has another.

Otherwise they would take time from each other, and a server with more threads would get more of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from enum import IntEnum

__all__ = ["Core", "describe_cores", "on_core"]


class Core(IntEnum):
    """A core, by what it is for."""

    SERVER = 0
    CLIENT = 1


# Before anything is pinned: who is pinned is told of no other core.
_CORES = tuple(sorted(os.sched_getaffinity(0))) if sys.platform == "linux" else ()
_ARE_ENOUGH = len(_CORES) >= len(Core)


@contextmanager
def on_core(core: Core) -> Generator[None]:
    """Keep this thread, and every process that it starts meanwhile, on a core of its own.

    Where there is one core only, or the system does not let a program choose, nothing happens.
    """
    if sys.platform != "linux" or not _ARE_ENOUGH:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {_CORES[core]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def describe_cores() -> str:
    """Say in words whether servers and clients have cores of their own."""
    if _ARE_ENOUGH:
        return "a server has a core of its own, and what loads it has another"
    if sys.platform != "linux":
        return "servers and what loads them share all cores: this system assigns none"
    return "servers and what loads them share the only core there is"
