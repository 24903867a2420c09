"""What the front page tells of what was measured is what was measured."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import page
from tests.bench.measuring import NotHereError
from tests.bench.results import KEPT, Results, read_results

LATENCY = {"save": ((1_000, 0.5), (1_000_000, 0.75))}


@pytest.fixture
def kept() -> Results:
    """Lend the committed table."""
    found = read_results(KEPT)
    assert found is not None
    return found


@pytest.fixture
def drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program that writes down what it is to draw in the place of Vega-Lite's."""
    program = tmp_path / "draw"
    program.write_text(f"#!/bin/sh\ncat > {tmp_path}/asked\necho '<svg/>'\n")
    program.chmod(0o755)
    monkeypatch.setattr(page, "_DRAWS", program)
    return tmp_path / "asked"


def test_the_front_page_has_the_committed_table(kept: Results) -> None:
    """Nobody writes a figure by hand, and none is older than the table."""
    text = page.README.read_text("utf-8")

    assert page.put_into(text, kept) == text


def test_the_plot_is_drawn_from_the_committed_table(kept: Results) -> None:
    """Each point of the plot says what it is, for those who cannot see it, too."""
    told = re.findall(
        r'aria-label="orders: ([\d,]+); milliseconds: ([\d.,]+); operation: ([^"]+)"',
        page.PLOT.read_text("utf-8"),
    )
    drawn = {
        (operation, int(orders.replace(",", ""))): float(milliseconds.replace(",", ""))
        for orders, milliseconds, operation in told
    }
    found = {
        (operation, orders): milliseconds
        for operation, series in kept.latency.items()
        for orders, milliseconds in series
    }

    assert found
    assert drawn == pytest.approx(found, rel=0.01)


def test_a_point_is_drawn_for_each_figure(drawing: Path) -> None:
    """What draws is told the looks and the figures."""
    assert page.draw(LATENCY) == "<svg/>\n"

    chart = json.loads(drawing.read_text("utf-8"))
    assert chart["encoding"]["x"]["field"] == "orders"
    assert chart["data"]["values"] == [
        {"operation": "save", "orders": 1_000, "milliseconds": 0.5},
        {"operation": "save", "orders": 1_000_000, "milliseconds": 0.75},
    ]


def test_nothing_is_written_where_nothing_can_be_drawn(
    kept: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page and plot belong together."""
    monkeypatch.setattr(page, "_DRAWS", tmp_path / "draw")
    readme, plot = tmp_path / "README.md", tmp_path / "plot.svg"
    readme.write_text(f"{page.BEGINS}\n{page.ENDS}\n")

    with pytest.raises(NotHereError, match="make peers"):
        page.write_page(replace(kept, latency=LATENCY), readme=readme, plot=plot)

    assert readme.read_text() == f"{page.BEGINS}\n{page.ENDS}\n"
    assert not plot.exists()


def test_page_and_plot_are_written(kept: Results, tmp_path: Path, drawing: Path) -> None:
    """What stands around the part stays."""
    readme, plot = tmp_path / "README.md", tmp_path / "plot.svg"
    readme.write_text(f"before\n{page.BEGINS}\nold\n{page.ENDS}\nafter\n")

    page.write_page(replace(kept, latency=LATENCY), readme=readme, plot=plot)

    text = readme.read_text("utf-8")
    assert text.startswith(f"before\n{page.BEGINS}\n")
    assert text.endswith(f"{page.ENDS}\nafter\n")
    assert kept.results[0].figure.what in text
    assert "| save | 0.5 ms | 0.75 ms |" in text
    assert "old" not in text
    assert plot.read_text() == "<svg/>\n"


@pytest.mark.parametrize("text", ["", f"{page.BEGINS}\n", f"{page.BEGINS}\n{page.ENDS}\n" * 2])
def test_a_page_has_one_place_for_it(kept: Results, text: str) -> None:
    """Where there is none, or more than one, the error says so."""
    with pytest.raises(ValueError, match="Expected one part between"):
        page.put_into(text, kept)
