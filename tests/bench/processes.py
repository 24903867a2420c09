"""Servers that are measured: each in a process of its own, on a core of its own."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter, sleep

from tests.bench.commands import ROOT, Running, environment, running
from tests.bench.cores import Core, on_core
from tests.bench.loading import Answer, LoadError, Request, ask

__all__ = ["Command", "Server", "StartError", "memory_of", "paused", "serving"]

# Tells how to start a server at a port.
Command = Callable[[int], Sequence[str | Path]]

_SHOWN_CHARACTERS = 2_000


class StartError(Exception):
    """A server did not start to answer; the message shows what it printed."""


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        port: Where, on the loopback interface.
        group: The process group that it and its children are in.
        started_in: From its start to the end of its first answer of 200, in seconds.
        answer: That answer.
    """

    port: int
    group: int
    started_in: float
    answer: Answer

    @property
    def size(self) -> int:
        """How many bytes that answer had."""
        return len(self.answer.body)


@contextmanager
def serving(
    command: Command,
    request: Request,
    *,
    folder: Path = ROOT,
    variables: Mapping[str, str] | None = None,
    deadline: float = 60.0,
) -> Generator[Server]:
    """Start a server on a core of its own, wait until it answers, and end it at the end.

    Args:
        command: How to start it.
        request: What to ask it until it answers with 200.
        folder: Where to start it.
        variables: What it finds in its environment, beside what every program does.
        deadline: For how many seconds to wait for that.

    Yields:
        The server.

    Raises:
        StartError: It ended, or did not answer in time.
    """
    port = _free_port()
    with ExitStack() as stack:
        began = perf_counter()
        with on_core(Core.SERVER):
            env = environment(**(variables or {}))
            program = stack.enter_context(running(command(port), cwd=folder, env=env))
        with on_core(Core.CLIENT):
            answer = _first_answer(program, port, request, deadline)
        yield Server(port, program.process.pid, perf_counter() - began, answer)


@contextmanager
def paused(server: Server) -> Generator[None]:
    """Let a server rest, so that what it does unasked, such as compiling, takes from no other."""
    os.killpg(server.group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(server.group, signal.SIGCONT)


def memory_of(group: int) -> int:
    """Measure the resident memory of a process group, in bytes.

    What its processes share is counted once for each of them.
    """
    rows = _read_proc() if Path("/proc/self/stat").exists() else _ask_ps()
    return sum(size for found, size in rows if found == group)


def _read_proc() -> Iterator[tuple[int, int]]:
    """Read of each process its group, and its resident memory in bytes."""
    page = resource.getpagesize()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            # The name, in brackets, may hold anything.
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
            yield int(fields[2]), int(fields[21]) * page


def _ask_ps() -> Iterator[tuple[int, int]]:
    """The same where there is no ``/proc``."""
    command = ["ps", "-A", "-o", "pgid=", "-o", "rss="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        group, kilobytes = line.split()
        yield int(group), int(kilobytes) * 1024


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
    return port


def _first_answer(program: Running, port: int, request: Request, deadline: float) -> Answer:
    until = monotonic() + deadline
    last = "nobody listened"
    while (left := until - monotonic()) > 0:
        status = program.process.poll()
        if status is not None:
            raise StartError(_tell(program, f"ended with status {status} before it answered"))
        try:
            answer = ask(port, request, patience=left)
        except OSError:
            pass
        except LoadError as error:
            last = str(error)
        else:
            if answer.status == 200:
                return answer
            last = f"it answered {answer.status}: {answer.body[:200]!r}"
        sleep(0.001)
    raise StartError(_tell(program, f"did not answer with 200 within {deadline:g} s: {last}"))


def _tell(program: Running, reason: str) -> str:
    said = program.said()[-_SHOWN_CHARACTERS:].strip() or "nothing"
    return f"{program.process.args!r} {reason}. It printed:\n{said}"
