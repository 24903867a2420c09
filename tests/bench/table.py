"""What came of a run, to read: in a terminal, and on a page."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import wrap

from helpers.views import markdown_table, plain_table
from tests.bench.measuring import Figure, Result
from tests.bench.results import Results

__all__ = ["as_markdown", "as_text"]

_COLUMNS = ("what", "here", "against", "there", "ratio", "goal")
_WIDEST = 30  # of a column in a terminal
_TOO_NOISY = (
    "The machine was too noisy to judge: the same work took up to {:.2f} times its median, and "
    "{:.2f} times the processor's time. Let it rest, and measure again."
)


def as_text(results: Results) -> str:
    """Write the table for a terminal, with verdicts; above it, where the machine was too noisy."""
    lines = []
    noise = results.noise
    if noise.is_too_much:
        lines += [_TOO_NOISY.format(noise.spread, noise.waiting), ""]
    rows = [row for result in results.results for row in _wrapped([*_row(result), result.verdict])]
    if rows:
        lines += [plain_table((*_COLUMNS, "verdict"), rows), ""]
    lines += [f"Not measured: {name}. {why}" for name, why in results.not_measured.items()]
    lines.append(f"It took {results.seconds:.0f} s.")
    return "\n".join(lines)


def as_markdown(results: Results) -> str:
    """Write the table for a page, without verdicts: what is measured, and how it compares."""
    return markdown_table(_COLUMNS, [_row(result) for result in results.results])


def _row(result: Result) -> list[str]:
    figure = result.figure
    return [
        figure.what,
        f"{_amount(result.own)} {figure.unit}",
        figure.against,
        f"{_amount(result.other)} {figure.unit}",
        _compared(result),
        _goal(figure),
    ]


def _compared(result: Result) -> str:
    if result.figure.is_difference:
        low, high = (f"{value:+.3g}" for value in (result.low, result.high))
        return f"{result.compared:+.3g} {result.figure.unit} ({low} to {high})"
    return f"{_amount(result.compared)} ({_amount(result.low)} to {_amount(result.high)})"


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
