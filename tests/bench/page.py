"""The part of the front page that tells what was measured, and its plot.

``make bench ARGS=--keep`` writes both from the same file, so that they cannot differ from it.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from helpers.views import markdown_table
from tests.bench.measuring import NotHereError
from tests.bench.results import Results
from tests.bench.table import as_markdown

__all__ = ["BEGINS", "ENDS", "PLOT", "README", "check_can_draw", "draw", "put_into", "write_page"]

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"
PLOT = ROOT / "tests" / "bench" / "latency.svg"

# The looks of the plot, without its figures; and what draws it.
_CHART = ROOT / "tests" / "bench" / "latency.vl.json"
_DRAWS = ROOT / "tests" / "bench" / "npm" / "node_modules" / ".bin" / "vl2svg"

_DESCRIBED = "How many milliseconds each operation takes, by the number of orders"
_PLOT_FROM_README = "tests/bench/latency.svg"

BEGINS = "<!-- `make bench ARGS=--keep` writes what follows. -->"
ENDS = "<!-- Up to here. -->"
_PART = re.compile(f"(?<={re.escape(BEGINS)}\n).*?(?={re.escape(ENDS)})", re.DOTALL)


def check_can_draw() -> None:
    """Look whether what draws the plot is here.

    Raises:
        NotHereError: It is not installed.
    """
    if not _DRAWS.exists():
        raise NotHereError("Vega-Lite, which draws the plot, is not installed: run `make peers`.")


def draw(latency: Mapping[str, Sequence[tuple[int, float]]]) -> str:
    """Draw how long operations take, against how many orders there are; both logarithmically.

    Args:
        latency: For each operation, pairs of a number of orders and milliseconds.

    Returns:
        An SVG image, the same for the same figures. It runs nothing and fetches nothing.

    Raises:
        NotHereError: What draws is not installed.
    """
    check_can_draw()
    chart = json.loads(_CHART.read_text("utf-8"))
    chart["data"]["values"] = [
        {"operation": operation, "orders": orders, "milliseconds": milliseconds}
        for operation, points in latency.items()
        for orders, milliseconds in points
    ]
    drawn = subprocess.run(
        [_DRAWS], input=json.dumps(chart), check=True, capture_output=True, encoding="utf-8"
    )
    return f"{drawn.stdout.strip()}\n"


def put_into(page: str, results: Results) -> str:
    """Put what was measured into the page, in place of what stood there.

    Raises:
        ValueError: The page has no place for it.
    """
    machine = "; ".join(f"{name}: {value}" for name, value in results.machine.items())
    part = (
        f"\n{_as_in_pages(as_markdown(results))}\n\n"
        f"Measured on {results.measured_at}. The machine: {machine}.\n\n"
        f"![{_DESCRIBED}]({_PLOT_FROM_README})\n\n{_points(results)}\n\n"
    )
    written, count = _PART.subn(lambda _: part, page)
    if count != 1:
        raise ValueError(f"Expected one part between {BEGINS!r} and {ENDS!r}, got {count}.")
    return written


def _points(results: Results) -> str:
    """Write the plot's points as a table: milliseconds, by operation and number of orders."""
    sizes = sorted({orders for points in results.latency.values() for orders, _ in points})
    rows = []
    for operation, points in results.latency.items():
        found = dict(points)
        rows.append([operation, *(f"{found[size]:.3g} ms" for size in sizes)])
    columns = ("orders in the sandbox", *(f"{size:,}" for size in sizes))
    return _as_in_pages(markdown_table(columns, rows))


def _as_in_pages(table: str) -> str:
    """Write a table as the others of the front page, without the looks that it has in notebooks."""
    plain = re.sub(r"^\| \*\*(.*?)\*\* \|", r"| \1 |", table, flags=re.MULTILINE)
    return plain.replace(":--", " --- ")


def write_page(results: Results, *, readme: Path = README, plot: Path = PLOT) -> None:
    """Write what was measured into the front page, and draw the plot.

    Raises:
        ValueError: The front page has no place for it. Nothing was written.
        NotHereError: What draws the plot is not installed. Nothing was written.
    """
    page = put_into(readme.read_text("utf-8"), results)
    if results.latency:
        plot.write_text(draw(results.latency), encoding="utf-8")
    readme.write_text(page, encoding="utf-8")
