"""What machine this is, in words, and how steadily it works."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median

from tests.bench.cores import describe_cores

__all__ = [
    "LONGEST_WAIT",
    "SLOWEST",
    "Calibration",
    "Noise",
    "calibrate",
    "describe_machine",
    "judge_noise",
]

# The same work every time, about 20 ms of it: what it takes tells of the machine alone.
_STEPS = 400_000
# On a quiet machine one loop in ten takes a few per cent longer than the median, and goals lie
# some ten per cent from what is reached: half as long again would hide them.
SLOWEST = 1.5
# A loop that waits for a fifth of its time shares its core with something else.
LONGEST_WAIT = 1.25
_VERSION_SECONDS = 10


@dataclass(frozen=True)
class Calibration:
    """How long the fixed work took.

    Attributes:
        wall: Seconds on the clock.
        cpu: Seconds of the processor's time.
    """

    wall: float
    cpu: float


@dataclass(frozen=True)
class Noise:
    """How steadily the machine worked.

    Attributes:
        spread: The 90th percentile of what the fixed work took, by its median.
        waiting: What it took on the clock, by what it took of the processor's time.
    """

    spread: float
    waiting: float

    @property
    def is_too_much(self) -> bool:
        """Whether nothing that was measured meanwhile says much."""
        return self.spread > SLOWEST or self.waiting > LONGEST_WAIT


def calibrate() -> Calibration:
    """Do the fixed work once."""
    began, began_cpu = time.perf_counter(), time.thread_time()
    total = 0
    for step in range(_STEPS):
        total += step & 7
    return Calibration(time.perf_counter() - began, time.thread_time() - began_cpu)


def judge_noise(calibrations: Sequence[Calibration]) -> Noise:
    """Judge from what the fixed work took, again and again, how steadily the machine worked."""
    if not calibrations:
        return Noise(1.0, 1.0)
    walls = sorted(each.wall for each in calibrations)
    slowest = walls[ceil(0.9 * len(walls)) - 1]
    waiting = sum(walls) / sum(each.cpu for each in calibrations)
    return Noise(slowest / median(walls), waiting)


def describe_machine(programs: Iterable[str] = ()) -> dict[str, str]:
    """Tell what machine this is, without its name or anything else that is only its owner's.

    Args:
        programs: Programs whose versions are told, too, where they are installed.
    """
    machine = {
        "processor": _processor(),
        "cores": f"{_cores()}: {describe_cores()}",
        "memory": _memory(),
        "system": _system(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "SQLite": sqlite3.sqlite_version,
    }
    versions = {name: _version_of(name) for name in sorted(set(programs))}
    return machine | {name: version for name, version in versions.items() if version}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    if not named:
        named = [_said_by("sysctl", "-n", "machdep.cpu.brand_string"), platform.machine()]
    return next(filter(None, named), "unknown")


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> str:
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return "unknown"
    return f"{size / 2**30:.0f} GB"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.mac_ver()[0]}".strip()


def _version_of(program: str) -> str:
    """Ask a program for the first line of its version, such as ``v20.10.0``."""
    option = "-version" if program == "java" else "--version"
    return next(iter(_said_by(program, option).splitlines()), "")


def _said_by(program: str, *arguments: str) -> str:
    """Run a program, and return what it says; nothing where it is not there."""
    if shutil.which(program) is None:
        return ""
    try:
        done = subprocess.run(
            [program, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_VERSION_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
