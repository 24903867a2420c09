"""Take the benches in turn: calibrate, measure a round, show how far it is."""

from __future__ import annotations

import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, NoReturn

from tqdm import tqdm

from tests.bench.machine import Calibration, calibrate, describe_machine, judge_noise
from tests.bench.measuring import Bench, NotHereError, Point, Result, Round, judge
from tests.bench.results import Results

__all__ = ["FAILED", "STOPPED", "run"]

STOPPED = "stopped before it was done"
FAILED = "it failed"

Calibrate = Callable[[], Calibration]
if TYPE_CHECKING:
    _Bar = tqdm[NoReturn]  # it counts, and is not iterated over


@dataclass
class _Found:
    """What was found so far."""

    results: list[Result] = field(default_factory=list)
    latency: dict[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)
    calibrations: list[Calibration] = field(default_factory=list)
    programs: set[str] = field(default_factory=set)
    not_measured: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)


def run(
    benches: Sequence[Bench], *, rounds: int | None = None, calibrate: Calibrate = calibrate
) -> Results:
    """Measure, and show on stderr how far it is.

    What is not here or fails is passed over, with a word why; what fails shows its traceback, too.
    Ctrl-C ends it, and keeps what was measured so far.

    Args:
        benches: What to measure.
        rounds: How many rounds to take; by default as many as each bench asks for.
        calibrate: Does the fixed work, before each round.
    """
    began = time.monotonic()
    found = _Found()
    try:
        with tqdm(
            total=sum(bench.seconds for bench in benches),
            bar_format="{desc} |{bar}| {percentage:3.0f} %, {elapsed} gone, {remaining} to go",
            smoothing=0,  # benches differ in how well they say how long they take
            leave=False,
            disable=not sys.stderr.isatty(),
        ) as bar:
            for bench in benches:
                _take(bench, rounds or bench.rounds, calibrate, bar, found)
    except KeyboardInterrupt:
        left = [bench.name for bench in benches if bench.name not in found.done]
        found.not_measured |= dict.fromkeys(left, STOPPED)
    return Results(
        measured_at=date.today().isoformat(),
        machine=describe_machine(found.programs),
        noise=judge_noise(found.calibrations),
        seconds=time.monotonic() - began,
        results=tuple(found.results),
        latency=found.latency,
        not_measured=found.not_measured,
    )


def _take(bench: Bench, rounds: int, calibrate: Calibrate, bar: _Bar, found: _Found) -> None:
    """Measure one bench, and add what came of it."""
    before = bar.n
    if bar.disable:
        print(f"{bench.name}, {rounds} rounds", file=sys.stderr)
    try:
        taken = list(_rounds(bench, rounds, calibrate, bar, found.calibrations))
    except NotHereError as error:
        found.not_measured[bench.name] = f"{error}"
    except Exception as error:
        bar.clear()
        traceback.print_exc()
        found.not_measured[bench.name] = f"{FAILED}: {type(error).__name__}: {error}"
    else:
        _judge(bench, taken, found)
        found.latency |= _latency(taken)
        found.programs |= set(bench.programs)
    found.done.add(bench.name)
    _advance(bar, before + bench.seconds)


def _rounds(
    bench: Bench,
    rounds: int,
    calibrate: Calibrate,
    bar: _Bar,
    calibrations: list[Calibration],
) -> Iterator[Round]:
    bar.set_description_str(f"{bench.name}, getting ready")
    before, step = bar.n, bench.seconds / (rounds + 1)
    with bench.open() as measure:
        _advance(bar, before + step)
        for number in range(rounds):
            bar.set_description_str(f"{bench.name}, round {number + 1} of {rounds}")
            calibrations.append(calibrate())
            measured = measure(number)
            yield measured if isinstance(measured, Round) else Round(measured)
            _advance(bar, before + step * (number + 2))


def _advance(bar: _Bar, seconds: float) -> None:
    """Show that so many seconds of the work are done; past its end, the bar would warn."""
    bar.update(min(seconds, bar.total or 0) - bar.n)


def _judge(bench: Bench, rounds: Sequence[Round], found: _Found) -> None:
    """Judge each figure by the rounds that have a sample of it."""
    for figure in bench.figures:
        samples = [each.samples[figure.name] for each in rounds if figure.name in each.samples]
        if samples:
            found.results.append(judge(figure, samples))
        else:
            found.not_measured[figure.name] = "It takes more rounds."


def _latency(rounds: Sequence[Round]) -> Mapping[str, tuple[tuple[int, float], ...]]:
    """Take the medians over the rounds, as lines of the plot."""
    found: dict[Point, list[float]] = defaultdict(list)
    for each in rounds:
        for point, milliseconds in each.latency.items():
            found[point].append(milliseconds)
    lines: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for point, values in sorted(found.items()):
        lines[point.operation].append((point.orders, median(values)))
    return {operation: tuple(points) for operation, points in lines.items()}
