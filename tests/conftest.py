"""What every test can ask for."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from helpers.workbench import Workbench, open_workbench


@pytest.fixture(params=["process", "socket"])
def bench(request: pytest.FixtureRequest) -> Iterator[Workbench]:
    """Open a sandbox through each of its two doors: in process, and over a socket."""
    with open_workbench(door=request.param) as bench:
        yield bench


@pytest.fixture
def client(bench: Workbench) -> httpx.Client:
    """Lend the client of an open sandbox."""
    return bench.client
