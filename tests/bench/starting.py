"""What a reader waits for before the first answer: the workbench, JupyterLab, and their memory."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.bench.commands import ROOT, Running, running
from tests.bench.kernels import fresh_kernel
from tests.bench.measuring import (
    Bench,
    Figure,
    Measure,
    NotHereError,
    Sample,
    in_turn,
    sample_in_turn,
)

__all__ = [
    "BENCHES",
    "MEMORY_CELL",
    "OWN_CELL",
    "lab_bench",
    "other_cell",
    "seconds_until_ready",
    "start_bench",
]

_MILLISECONDS = 1_000
_MEGABYTE = 1e6
_READY_SECONDS = 60.0

OWN_CELL = """\
import time
began = time.perf_counter()
from helpers.orders import retrieve_order
from helpers.workbench import open_workbench
bench = open_workbench()
retrieve_order(bench.client, order_id=bench.order_id)
print(time.perf_counter() - began)
"""
# As somebody writes it who knows both: quiet, and on a socket of its own, so that nobody waits.
_OTHER_CELL = """\
import time
began = time.perf_counter()
import socket
import threading

import httpx
import uvicorn

BODY = b'{{"data":"{filling}"}}'

async def application(scope, receive, send):
    headers = [(b"content-length", b"%d" % len(BODY))]
    await send({{"type": "http.response.start", "status": 200, "headers": headers}})
    await send({{"type": "http.response.body", "body": BODY}})

listening = socket.create_server(("127.0.0.1", 0))
server = uvicorn.Server(
    uvicorn.Config(
        application, http="{http}", ws="none", lifespan="off", log_config=None, access_log=False
    )
)
threading.Thread(target=server.run, kwargs={{"sockets": [listening]}}, daemon=True).start()
while not server.started:
    time.sleep(0.001)
client = httpx.Client(base_url="http://127.0.0.1:%d" % listening.getsockname()[1])
client.get("/").json()
print(time.perf_counter() - began)
"""
_FILLING = 12_000  # characters: an order's document is as long
MEMORY_CELL = """\
import psutil
print(psutil.Process().memory_info().rss)
"""


def start_bench(*, rounds: int = 8) -> Bench:
    """Make the bench of the first cell of a notebook: how long it takes, and what it leaves."""
    figures = (
        Figure(
            "start",
            "`open_workbench()` to the first answer, in a fresh kernel",
            "`import httpx` and a request to a bare uvicorn in a thread",
            "ms",
            1.3,
        ),
        Figure(
            "kernel-memory",
            "memory of a kernel with the workbench open",
            "a kernel with httpx imported",
            "MB",
            25,
            is_difference=True,
        ),
    )
    return Bench("start", figures, rounds, _open_kernels, seconds=20)


@contextmanager
def _open_kernels() -> Iterator[Measure]:
    measures = (_own_start, _other_start, _bare_kernel)
    for each in measures:  # what is read from the disk for the first time comes later from memory
        each()

    def measure(number: int) -> Mapping[str, Sample]:
        found: dict[str, float] = {}
        for each in in_turn(number, measures):
            found |= each()
        return {
            "start": (found["own start"], found["other start"]),
            "kernel-memory": (found["own memory"], found["other memory"]),
        }

    yield measure


def _own_start() -> dict[str, float]:
    with fresh_kernel() as kernel:
        seconds = float(kernel.run(OWN_CELL))
        return {"own start": seconds * _MILLISECONDS, "own memory": _memory(kernel.run)}


def _other_start() -> dict[str, float]:
    with fresh_kernel() as kernel:
        return {"other start": float(kernel.run(other_cell())) * _MILLISECONDS}


def _bare_kernel() -> dict[str, float]:
    with fresh_kernel() as kernel:
        kernel.run("import httpx")
        return {"other memory": _memory(kernel.run)}


def _memory(run: Callable[[str], str]) -> float:
    return int(run(MEMORY_CELL)) / _MEGABYTE


def other_cell() -> str:
    """Write the cell that the first one is held against.

    Requests are read by the same one of uvicorn's parsers as in the sandbox.
    """
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    from helpers.sandbox.protocol import Protocol

    http = "httptools" if issubclass(Protocol, HttpToolsProtocol) else "h11"
    return _OTHER_CELL.format(filling="x" * _FILLING, http=http)


def lab_bench(*, rounds: int = 8) -> Bench:
    """Make the bench of opening JupyterLab for the second time, when the environment is there."""
    figure = Figure(
        "lab",
        "`make lab` when all is installed, to the first answer",
        "bare `jupyter lab` in the same environment",
        "s",
        1.15,
    )
    return Bench("lab", (figure,), rounds, _open_lab, seconds=15)


@contextmanager
def _open_lab() -> Iterator[Measure]:
    lab = ROOT / ".venv" / "bin" / "jupyter-lab"
    if shutil.which("make") is None or not lab.exists():
        raise NotHereError("It takes make, and the environment that `make lab` makes.")
    if not _is_ready(ROOT):
        raise NotHereError(
            "The environment is not what pyproject.toml and requirements.lock say: `make lab` "
            "would make it anew, under this command's feet. Run `make bench`, which does so first."
        )
    flags = ["--no-browser", *(["--allow-root"] if os.geteuid() == 0 else [])]
    own = partial(_make_lab, flags)
    other = partial(_bare_lab, lab, flags)
    own(), other()  # the first time, `make lab` trusts the notebooks

    def measure(number: int) -> Mapping[str, Sample]:
        return {"lab": sample_in_turn(number, own, other)}

    yield measure


def _is_ready(root: Path) -> bool:
    """Say whether `.venv/ready` is what the Makefile would write there."""
    try:
        made_from = "".join(
            (root / name).read_text("utf-8") for name in ("pyproject.toml", "requirements.lock")
        )
        ready = (root / ".venv" / "ready").read_text("utf-8")
    except OSError:
        return False
    return ready.rstrip("\n") == f"{root}\n{made_from}".rstrip("\n")


def _make_lab(flags: Sequence[str]) -> float:
    port = _free_port()
    began = time.perf_counter()
    arguments = ["make", "lab", f"PORT={port}", f"ARGS={' '.join(flags)}"]
    with running(arguments) as lab:
        return seconds_until_ready(lab, port, began)


def _bare_lab(lab: Path, flags: Sequence[str]) -> float:
    port = _free_port()
    began = time.perf_counter()
    arguments: list[str | Path] = [
        lab,
        *flags,
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
    ]
    with running(arguments) as program:
        return seconds_until_ready(program, port, began)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def seconds_until_ready(lab: Running, port: int, began: float) -> float:
    """Wait until it answers a request, whatever it answers."""
    while True:
        lab.check_alive()
        connection = http.client.HTTPConnection("localhost", port, timeout=_READY_SECONDS)
        try:
            connection.request("GET", "/api/status")
            connection.getresponse().read()
            return time.perf_counter() - began
        except ConnectionError:
            if time.perf_counter() - began > _READY_SECONDS:
                raise
            time.sleep(0.01)
        finally:
            connection.close()


BENCHES = (start_bench(), lab_bench())
