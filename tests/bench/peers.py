"""How fast, how soon and in how much memory the sandbox answers a save, against its peers."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import partial
from math import ceil, inf
from sys import stderr

from tqdm import tqdm

from tests.bench.loading import throughput
from tests.bench.measuring import Bench, Figure, Measure, Sample, in_turn, sample_in_turn
from tests.bench.mocks import JSON_SERVER, MOCKOON, PRISM, WIREMOCK, Peer, serving_peer
from tests.bench.processes import Server, memory_of, paused
from tests.bench.serving import SAVE, serving_sandbox

__all__ = ["BENCHES", "prism_bench", "start_bench", "throughput_bench"]

_WARMING_SECONDS = 0.75  # of one load
# As fast as it gets is who is not this much faster than ever, twice in a row.
_FASTER = 1.05


def _throughput_figure(peer: Peer) -> Figure:
    what = "the same save again and again, 16 connections, server on one core"
    goal = peer.goal
    return Figure(peer.figure, what, peer.name, "requests/s", goal, at_least=True)


def _measure_throughput(
    number: int,
    own: Server,
    other: Server,
    peer: Peer,
    *,
    requests: float = inf,
    seconds: float = inf,
) -> Sample:
    found = {}
    for server in in_turn(number, (own, other)):
        request, resting = (SAVE, other) if server is own else (peer.request, own)
        with paused(resting):
            found[server.port] = throughput(
                server.port, request, server.size, requests=requests, seconds=seconds
            )
    return found[own.port], found[other.port]


def _warm(server: Server, peer: Peer, seconds: float) -> None:
    """Load a peer until it is as fast as it gets, or the time is up."""
    best, steady = 0.0, 0
    for _ in tqdm(
        range(ceil(peer.warming / _WARMING_SECONDS)),
        f"{peer.name}, warming up",
        leave=False,
        disable=not stderr.isatty(),
    ):
        found = throughput(server.port, peer.request, server.size, seconds=seconds)
        steady = 0 if found > _FASTER * best else steady + 1
        best = max(best, found)
        if steady == 2:
            break


@contextmanager
def _open_throughput(peer: Peer, seconds: float) -> Generator[Measure]:
    peer.check()
    with serving_sandbox() as own, serving_peer(peer, own.answer.body) as other:
        _measure_throughput(0, own, other, peer, seconds=seconds)
        _warm(other, peer, min(seconds, _WARMING_SECONDS))

        def measure(number: int) -> Mapping[str, Sample]:
            return {peer.figure: _measure_throughput(number, own, other, peer, seconds=seconds)}

        yield measure


@contextmanager
def _open_prism(requests: int, rounds: int) -> Generator[Measure]:
    PRISM.check()
    with serving_sandbox() as own, serving_peer(PRISM, own.answer.body) as other:
        _warm(other, PRISM, _WARMING_SECONDS)

        def measure(number: int) -> Mapping[str, Sample]:
            each = requests / rounds
            found = {PRISM.figure: _measure_throughput(number, own, other, PRISM, requests=each)}
            if number == rounds - 1:
                used = [memory_of(server.group) / 1e6 for server in (own, other)]
                found["memory-prism"] = used[0], used[1]
            return found

        yield measure


@contextmanager
def _open_start() -> Generator[Measure]:
    PRISM.check()

    def start_sandbox() -> float:
        with serving_sandbox() as server:
            return server.started_in

    def start_prism() -> float:
        with serving_peer(PRISM, b"") as server:
            return server.started_in

    def measure(number: int) -> Mapping[str, Sample]:
        return {"start-prism": sample_in_turn(number, start_sandbox, start_prism)}

    yield measure


def throughput_bench(peer: Peer, *, seconds: float = 0.5, rounds: int = 8) -> Bench:
    """Measure how many saves a second the sandbox answers, and a peer.

    Args:
        peer: Which.
        seconds: How long to load each in a round.
        rounds: How many rounds.
    """
    bench = partial(_open_throughput, peer, seconds)
    takes = 2.5 + 0.7 * peer.warming + 2 * seconds * (rounds + 1)
    figures = (_throughput_figure(peer),)
    return Bench(peer.figure, figures, rounds, bench, takes, (peer.program,))


def prism_bench(*, requests: int = 10_000, rounds: int = 11) -> Bench:
    """Measure the throughput against Prism's, and the memory after these requests.

    Args:
        requests: How many, to each, in all rounds together.
        rounds: How many rounds.
    """
    what = f"memory of the server after {requests:,} saves"
    figures = (_throughput_figure(PRISM), Figure("memory-prism", what, "Prism", "MB", 0.35))
    bench = partial(_open_prism, requests, rounds)
    return Bench("prism", figures, rounds, bench, 5 + requests / 160, (PRISM.program,))


def start_bench(*, rounds: int = 5) -> Bench:
    """Measure the start against Prism's.

    Args:
        rounds: How many starts of each.
    """
    figure = Figure(
        "start-prism", "start of the sandbox, to the first answer, on one core", "Prism", "s", 0.15
    )
    return Bench("start-prism", (figure,), rounds, _open_start, 4.0 * rounds, (PRISM.program,))


BENCHES = (
    prism_bench(),
    *map(throughput_bench, (MOCKOON, JSON_SERVER, WIREMOCK)),
    start_bench(),
)
