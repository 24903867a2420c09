"""What a call of a helper costs, against the same request by a client of httpx that is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.bench.cores import Core, on_core
from tests.bench.measuring import Bench, Figure, Measure, Sample
from tests.bench.serving import serving_sandbox

if TYPE_CHECKING:
    import httpx

__all__ = ["BENCHES", "call_bench", "open_client_bench"]

_ACCESS_TOKEN = "your-access-token"
_ORDER_ID, _OTHER_ORDER_ID = "qaMAhZkZvd", "pWZkeVLoJn"
_WALLET_ENTRY_ID = "QgDXpwsqDx"
_MEDIA_TYPE = "application/vnd.api+json"
_PEER = "the same request by a kept `httpx.Client`, decoded"
_HELPERS = {
    "save": "save_payment_source_to_customer_wallet",
    "reuse": "reuse_customer_payment_source",
}
_MILLISECONDS = 1_000

Call = Callable[[], object]


def call_bench(*, calls: int = 200, rounds: int = 9) -> Bench:
    """Make the bench of one call: on the clock, and of this process's processor time.

    Args:
        calls: How many of each kind a round has.
        rounds: How many rounds to take.
    """
    figures = tuple(
        Figure(f"{name}-call{ending}", what, _PEER, "ms", 1.0)
        for name, helper in _HELPERS.items()
        for ending, what in {
            "": f"calling `{helper}`",
            "-cpu": "the same, time on the processor alone",
        }.items()
    )
    return Bench("calls", figures, rounds, partial(_open_calls, calls), seconds=8)


@contextmanager
def _open_calls(calls: int) -> Iterator[Measure]:
    import httpx

    from helpers.client import open_client

    headers = {
        "Accept": _MEDIA_TYPE,
        "Content-Type": _MEDIA_TYPE,
        "Authorization": f"Bearer {_ACCESS_TOKEN}",
    }
    with ExitStack() as stack:
        # In a process of its own: what time is spent in this one is the client's.
        base_url = f"http://127.0.0.1:{stack.enter_context(serving_sandbox()).port}"
        stack.enter_context(on_core(Core.CLIENT))
        client = open_client(base_url, access_token=_ACCESS_TOKEN, made_up=True)
        peer = httpx.Client(base_url=base_url, headers=headers)
        pairs = _pairs(stack.enter_context(client), stack.enter_context(peer))
        for pair in pairs.values():  # the first call of each changes something, the others nothing
            for call in pair:
                call()

        def measure(number: int) -> Mapping[str, Sample]:
            found: dict[str, Sample] = {}
            for name, pair in pairs.items():
                wall, cpu = _alternate(pair, calls, first=number % 2)
                found |= {f"{name}-call": wall, f"{name}-call-cpu": cpu}
            return found

        yield measure


def _pairs(client: httpx.Client, peer: httpx.Client) -> dict[str, tuple[Call, Call]]:
    """Write each request of the recipe twice: by a helper, and by httpx."""
    from helpers.orders import (
        reuse_customer_payment_source,
        save_payment_source_to_customer_wallet,
    )

    save = {"_save_payment_source_to_customer_wallet": True}
    reuse = {"_customer_payment_source_id": _WALLET_ENTRY_ID}
    include = {"include": "available_customer_payment_sources"}
    return {
        "save": (
            partial(save_payment_source_to_customer_wallet, client, order_id=_ORDER_ID),
            partial(_patch, peer, _ORDER_ID, save, include),
        ),
        "reuse": (
            partial(
                reuse_customer_payment_source,
                client,
                order_id=_OTHER_ORDER_ID,
                customer_payment_source_id=_WALLET_ENTRY_ID,
            ),
            partial(_patch, peer, _OTHER_ORDER_ID, reuse, {}),
        ),
    }


def _patch(
    client: httpx.Client,
    order_id: str,
    attributes: Mapping[str, Any],
    parameters: Mapping[str, str],
) -> object:
    """Change an order as a careful user of httpx does."""
    document = {"data": {"type": "orders", "id": order_id, "attributes": attributes}}
    response = client.patch(f"/api/orders/{order_id}", params=parameters, json=document)
    response.raise_for_status()
    return response.json()


def _alternate(pair: tuple[Call, Call], calls: int, *, first: int) -> tuple[Sample, Sample]:
    """Call both in turn; return the medians in milliseconds, on the clock and of the processor."""
    walls: tuple[list[float], list[float]] = ([], [])
    cpus: tuple[list[float], list[float]] = ([], [])
    for _ in range(calls):
        for which in (first, 1 - first):
            call = pair[which]
            began, began_cpu = time.perf_counter(), time.process_time()
            call()
            ended_cpu, ended = time.process_time(), time.perf_counter()
            walls[which].append((ended - began) * _MILLISECONDS)
            cpus[which].append((ended_cpu - began_cpu) * _MILLISECONDS)
    return (median(walls[0]), median(walls[1])), (median(cpus[0]), median(cpus[1]))


def open_client_bench(*, clients: int = 4, rounds: int = 9) -> Bench:
    """Make the bench of opening a client, which for plain http needs no certificates.

    Args:
        clients: How many of each kind are opened in a round.
        rounds: How many rounds to take.
    """
    figure = Figure(
        "open-client",
        "opening and closing a client for a loopback address",
        "`httpx.Client()` as it comes, which loads certificates",
        "ms",
        0.2,
    )
    return Bench("open-client", (figure,), rounds, partial(_open_clients, clients), seconds=2)


@contextmanager
def _open_clients(clients: int) -> Iterator[Measure]:
    import httpx

    from helpers.client import open_client

    def own() -> None:
        open_client("http://127.0.0.1:8000", access_token=_ACCESS_TOKEN, made_up=True).close()

    def other() -> None:
        httpx.Client().close()

    def measure(number: int) -> Mapping[str, Sample]:
        wall, _ = _alternate((own, other), clients, first=number % 2)
        return {"open-client": wall}

    own()
    other()
    yield measure


BENCHES = (call_bench(), open_client_bench())
