"""How fast the sandbox answers a save: against fixed bytes, and with a file against in memory."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.commands import ROOT
from tests.bench.loading import Answer, Request, ask, median_latency
from tests.bench.measuring import Bench, Figure, Measure, Sample, in_turn
from tests.bench.processes import Server, serving

__all__ = [
    "BENCHES",
    "CHANGING_SAVES",
    "SAVE",
    "save_bench",
    "save_database_bench",
    "serving_sandbox",
    "site_headers",
]

_WARMING_REQUESTS = 300


def _save(**attributes: str) -> Request:
    """Read the first request of the recipe, as the documentation shows it, and add to it."""
    text = ROOT.joinpath("tests", "recipe", "step_1_request.json").read_text("utf-8")
    shown: dict[str, Any] = json.loads(text)
    query = "&".join(f"{name}={value}" for name, value in shown["query"].items())
    shown["body"]["data"]["attributes"] |= attributes
    body = json.dumps(shown["body"]).encode()
    return Request(shown["method"], f"{shown['path']}?{query}", shown["headers"], body)


SAVE = _save()
# Who saves twice changes nothing the second time, and then nothing is written. These always do.
CHANGING_SAVES = (_save(reference="one"), _save(reference="two"))


def serving_sandbox(*options: str | Path) -> AbstractContextManager[Server]:
    """Start the sandbox as a reader does, with these options."""
    program = [sys.executable, "-m", "helpers.sandbox"]
    return serving(lambda port: [*program, "--port", str(port), *options], SAVE)


def site_headers(answer: Answer) -> Mapping[str, str]:
    """Leave out of an answer's headers those that the server adds to every answer."""
    added = {"content-length", "date"}
    return {name: value for name, value in answer.headers.items() if name not in added}


@contextmanager
def _serving_fixed(answer: Answer) -> Generator[Server]:
    """Start the sandbox's server with fixed bytes and headers: those of its own answer."""
    headers = json.dumps(site_headers(answer))
    program = [sys.executable, "-m", "tests.bench.fixed"]
    with TemporaryDirectory() as folder:
        body = Path(folder, "body")
        body.write_bytes(answer.body)
        with serving(lambda port: [*program, str(port), body, headers], SAVE) as server:
            yield server


def _compare_latency(
    name: str, own: Server, other: Server, requests: Sequence[Request], count: int
) -> Measure:
    """Make what measures a round of blocks of requests, to one and to the other."""
    sizes = {it.port: len(ask(it.port, requests[0]).body) for it in (own, other)}

    def measure_one(server: Server, count: int) -> float:
        return median_latency(server.port, requests, sizes[server.port], count=count) * 1000

    for server in (own, other):
        measure_one(server, min(count, _WARMING_REQUESTS))

    def measure(number: int) -> Mapping[str, Sample]:
        found = {it.port: measure_one(it, count) for it in in_turn(number, (own, other))}
        return {name: (found[own.port], found[other.port])}

    return measure


@contextmanager
def _open_save(count: int) -> Generator[Measure]:
    with serving_sandbox() as own, _serving_fixed(own.answer) as fixed:
        yield _compare_latency("save", own, fixed, [SAVE], count)


@contextmanager
def _open_save_database(count: int) -> Generator[Measure]:
    # Not where temporary files are: on some systems those are in memory.
    parent = ROOT / "build"
    parent.mkdir(exist_ok=True)
    with (
        TemporaryDirectory(dir=parent) as folder,
        serving_sandbox("--database", Path(folder, "sandbox.db")) as own,
        serving_sandbox() as memory,
    ):
        yield _compare_latency("save-database", own, memory, CHANGING_SAVES, count)


def save_bench(*, count: int = 100, rounds: int = 15) -> Bench:
    """Measure a save in memory against what the server and its skin take for fixed bytes.

    Args:
        count: How many to measure in a round, of each.
        rounds: How many rounds.
    """
    figure = Figure(
        "save",
        "the same save again and again, answered by the sandbox (in memory)",
        "the same web server, sending a stored answer of that length",
        "ms",
        2.0,
    )
    return Bench("save", (figure,), rounds, partial(_open_save, count), seconds=8)


def save_database_bench(*, count: int = 100, rounds: int = 15) -> Bench:
    """Measure a save in a file against one in memory.

    Args:
        count: How many to measure in a round, of each.
        rounds: How many rounds.
    """
    figure = Figure(
        "save-database",
        "a save that changes the order, sandbox with a file",
        "the same, sandbox in memory",
        "ms",
        1.5,
    )
    bench = partial(_open_save_database, count)
    return Bench("save-database", (figure,), rounds, bench, seconds=9)


BENCHES = (save_bench(), save_database_bench())
