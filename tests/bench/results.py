"""What came of a run, as a file: written whole or not at all, and compared with the next."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tests.bench.machine import Noise
from tests.bench.measuring import Figure, Result

__all__ = [
    "BUILT",
    "KEPT",
    "Results",
    "from_json",
    "read_committed",
    "read_results",
    "to_json",
    "write_results",
]

ROOT = Path(__file__).parent.parent.parent
BUILT = ROOT / "build" / "bench.json"
KEPT = ROOT / "tests" / "bench" / "measured.json"

_FIGURE = tuple(each.name for each in fields(Figure))


@dataclass(frozen=True)
class Results:
    """What came of a run.

    Attributes:
        measured_at: The day, as in 2018-01-01.
        machine: What machine it was, in words.
        noise: How steadily it worked.
        seconds: How long the run took.
        results: What came of each figure.
        latency: For the plot: for each operation, pairs of how many orders there were and how many
            milliseconds it took, from few orders to many.
        not_measured: Why not, for each bench or figure that was not measured.
    """

    measured_at: str
    machine: Mapping[str, str]
    noise: Noise
    seconds: float
    results: tuple[Result, ...]
    latency: Mapping[str, tuple[tuple[int, float], ...]]
    not_measured: Mapping[str, str]


def to_json(results: Results) -> dict[str, Any]:
    """Write results as JSON has them, with four digits: more would be noise."""
    return {
        "measured_at": results.measured_at,
        "machine": dict(results.machine),
        "noise": {
            **{name: _rounded(value) for name, value in asdict(results.noise).items()},
            "is_too_much": results.noise.is_too_much,
        },
        "seconds": round(results.seconds),
        "figures": [_figure_to_json(result) for result in results.results],
        "latency": {
            operation: [[orders, _rounded(milliseconds)] for orders, milliseconds in points]
            for operation, points in results.latency.items()
        },
        "not_measured": dict(results.not_measured),
    }


def _figure_to_json(result: Result) -> dict[str, Any]:
    return {
        **asdict(result.figure),
        **{name: _rounded(getattr(result, name)) for name in ("own", "other")},
        **{name: _rounded(getattr(result, name)) for name in ("compared", "low", "high")},
        "verdict": result.verdict,
        "rounds": result.rounds,
    }


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def from_json(document: Mapping[str, Any]) -> Results:
    """Read results that were written as JSON.

    Raises:
        KeyError: Something is missing.
    """
    noise = document["noise"]
    return Results(
        measured_at=document["measured_at"],
        machine=document["machine"],
        noise=Noise(noise["spread"], noise["waiting"]),
        seconds=document["seconds"],
        results=tuple(map(_figure_from_json, document["figures"])),
        latency={
            operation: tuple((orders, milliseconds) for orders, milliseconds in points)
            for operation, points in document["latency"].items()
        },
        not_measured=document["not_measured"],
    )


def _figure_from_json(document: Mapping[str, Any]) -> Result:
    found = {name: document[name] for name in ("own", "other", "compared", "low", "high")}
    figure = Figure(**{name: document[name] for name in _FIGURE})
    verdict, rounds = document["verdict"], document["rounds"]
    return Result(figure=figure, **found, verdict=verdict, rounds=rounds)


def write_results(path: Path, results: Results) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(json.dumps(to_json(results), indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_results(path: Path) -> Results | None:
    """Read a file of results; None where there is none.

    Raises:
        ValueError: The file holds something else.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    return _parse(text, path)


def read_committed(path: Path = KEPT) -> Results | None:
    """Read the results that were committed last; without git, those that are in the file.

    Raises:
        ValueError: They are something else.
    """
    try:
        shown = subprocess.run(
            ["git", "show", f"HEAD:./{path.name}"],
            cwd=path.parent,
            capture_output=True,
            encoding="utf-8",
        )
    except OSError:
        return read_results(path)
    return _parse(shown.stdout, path) if shown.returncode == 0 else read_results(path)


def _parse(text: str, path: Path) -> Results:
    try:
        return from_json(json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"Expected {path.name} to hold what `make bench` wrote, got something else: {error!r}."
        ) from error
