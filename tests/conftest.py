"""What every test can ask for."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator

import httpx
import pytest

from helpers.workbench import Workbench, open_workbench


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let no garbage be looked for among what stays until the end: modules, tests, parameters.

    They are hundreds of thousands of objects. To go through them again and again takes a third of
    the time in which the tests are found, and goes on while they run.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(params=["process", "socket"])
def bench(request: pytest.FixtureRequest) -> Iterator[Workbench]:
    """Open a sandbox through each of its two doors: in process, and over a socket."""
    with open_workbench(door=request.param) as bench:
        yield bench


@pytest.fixture
def client(bench: Workbench) -> httpx.Client:
    """Lend the client of an open sandbox."""
    return bench.client
