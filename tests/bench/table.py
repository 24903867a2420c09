"""What came of a run, to read: in a terminal, and on a page."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import wrap

from helpers.views import markdown_table, plain_table
from tests.bench.machine import LONGEST_WAIT, SLOWEST
from tests.bench.measuring import UNCLEAR, Figure, Result
from tests.bench.results import Results

__all__ = ["as_markdown", "as_text"]

_COLUMNS = (
    "what",
    "this project",
    "compared with",
    "that",
    "ratio or difference",
    "goal",
    "verdict",
)
_WIDEST = 30  # of a column in a terminal
_TOO_NOISY = (
    "This machine was too busy: the same work took {spread:.2f} times its median in the slowest "
    f"tenth (the limit is {SLOWEST:g}), and took {{waiting:.2f}} times as long on the clock "
    f"as on the processor (limit {LONGEST_WAIT:g}). The verdicts below say little: close other "
    "programs and measure again."
)


def as_text(results: Results) -> str:
    """Write the table for a terminal; above it, where the machine was too busy, that it was."""
    lines = []
    noise = results.noise
    if noise.is_too_much:
        lines += [_TOO_NOISY.format(spread=noise.spread, waiting=noise.waiting), ""]
    rows = [row for result in results.results for row in _wrapped(_row(result, result.verdict))]
    if rows:
        lines += [plain_table(_COLUMNS, rows), ""]
    lines += [f"Not measured: {name}. {why}" for name, why in results.not_measured.items()]
    lines.append(f"It took {results.seconds:.0f} s.")
    return "\n".join(lines)


def as_markdown(results: Results) -> str:
    """Write the table for a page. What was too noisy to judge is ``unclear`` there."""
    rows = [
        _row(result, "unclear" if result.verdict == UNCLEAR else result.verdict)
        for result in results.results
    ]
    return markdown_table(_COLUMNS, rows)


def _row(result: Result, verdict: str) -> list[str]:
    figure = result.figure
    return [
        figure.what,
        f"{_amount(result.own)} {figure.unit}",
        figure.against,
        f"{_amount(result.other)} {figure.unit}",
        _compared(result),
        _goal(figure),
        verdict,
    ]


def _compared(result: Result) -> str:
    low, middle, high = (
        f"{value:+.3g}" if result.figure.is_difference else _amount(value)
        for value in (result.low, result.compared, result.high)
    )
    if result.figure.is_difference:
        middle = f"{middle} {result.figure.unit}"
    return f"{middle} ({low} to {high})" if result.has_interval else middle


def _goal(figure: Figure) -> str:
    sign = "≥" if figure.at_least else "≤"
    return (
        f"{sign} {figure.goal:+g} {figure.unit}"
        if figure.is_difference
        else (f"{sign} {figure.goal:g}")
    )


def _amount(value: float) -> str:
    """Write three digits, or all those before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def _wrapped(row: list[str]) -> list[list[str]]:
    """Break long cells, so that a row of the table is several lines."""
    columns = [wrap(cell, _WIDEST) for cell in row]
    return [list(line) for line in zip_longest(*columns, fillvalue="")]
