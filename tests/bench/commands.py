"""Run other programs: each in a process group of its own, of which nothing is left behind."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

__all__ = ["ROOT", "CommandError", "Running", "environment", "run_timed", "running"]

ROOT = Path(__file__).parent.parent.parent

_TAIL = 2_000  # characters of what a program said before it failed
_LONGEST = 120.0


class CommandError(Exception):
    """A program failed; the message has its last words."""


@dataclass(frozen=True)
class Running:
    """A program that runs.

    Attributes:
        process: Its process, the first of a group of its own.
    """

    process: subprocess.Popen[bytes]
    _output: IO[bytes]

    def said(self) -> str:
        """Return what it has written so far."""
        return os.pread(self._output.fileno(), 10_000_000, 0).decode(errors="replace")

    def check_alive(self) -> None:
        """Look whether it still runs.

        Raises:
            CommandError: It has ended.
        """
        if self.process.poll() is not None:
            raise CommandError(f"Ended with {self.process.returncode}: {self.said()[-_TAIL:]}")


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment, without what makes programs run in another way.

    That is what leads elsewhere, what belongs to a `make` or a pytest around them, and how Python
    is to run: where it may not keep what it compiles, every start is a first one. Jupyter and
    IPython keep their files in a temporary folder, which goes when this process ends.
    """
    own = ("CL_", "MAKE", "MFLAGS", "PYTEST_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    folder = _temporary_folder()
    jupyter = {"JUPYTER_RUNTIME_DIR": f"{folder}/runtime", "IPYTHONDIR": f"{folder}/ipython"}
    return {**kept, **jupyter, "CL_PLACE": "sandbox", **more}


@cache
def _temporary_folder() -> str:
    """Make a folder for this process, so that nothing is left in the home of who measures."""
    folder = tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return folder.name


@contextmanager
def running(
    arguments: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Start a program, and end it afterwards with all that it has started."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            arguments,
            cwd=cwd,
            env=environment() if env is None else env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield Running(process, output)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def run_timed(arguments: Sequence[str | Path], *, cwd: Path = ROOT) -> float:
    """Run a program to its end, and return the seconds that it took.

    Raises:
        CommandError: It failed.
    """
    began = time.perf_counter()
    with running(arguments, cwd=cwd) as program:
        status = program.process.wait(timeout=_LONGEST)
        seconds = time.perf_counter() - began
        if status:
            raise CommandError(f"Ended with {status}: {program.said()[-_TAIL:]}")
    return seconds
