"""Each notebook can be run twice in one kernel, and any of its cells again: nothing piles up."""

from __future__ import annotations

import ast
import copy
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # slow: imported where they are used
    from nbclient import NotebookClient
    from nbformat import NotebookNode

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
SECONDS_A_CELL = 60
SECONDS_WORTH_WAITING = 2
# What a notebook might leave behind, and leave behind once more when a cell is run again.
COUNTED = (
    "addresses",
    "customer_payment_sources",
    "klarna_payments",
    "line_items",
    "orders",
    "shipments",
)
# Run in the notebook's kernel, where it leaves no name.
COUNT = f"""
[
    {{
        name: integration.get(f"/api/{{name}}").raise_for_status().json()["meta"]["record_count"]
        for name in {COUNTED!r}
    }}
    for integration in [bench.client_for("integration")]
][0]
"""


@dataclass
class Runs:
    """What came of running the cells of one notebook, in one kernel, in several ways.

    Attributes:
        stored: The outputs that are stored, by the cells' ids.
        outputs: The same for the first and for the second run from top to bottom.
        seconds: How long each cell took in these two.
        failed: The ids of the cells that failed, by the way in which they were run.
        counts: How many resources of each type the sandbox held after each way.
    """

    stored: dict[str, Any]
    outputs: list[dict[str, Any]] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


class Kernel:
    """A kernel with a notebook's cells, to be run in any order."""

    def __init__(self, client: NotebookClient) -> None:
        self._client = client
        cells = client.nb["cells"]
        self.places = {cell["id"]: at for at, cell in enumerate(cells) if cell["source"] != COUNT}
        self.code = [cell["id"] for cell in cells[:-1] if cell["cell_type"] == "code"]

    def run(self, id_: str) -> tuple[Any, float]:
        """Run a cell, and return its outputs and the seconds that it took."""
        at = self.places[id_]
        started = time.monotonic()
        cell = self._client.execute_cell(self._client.nb["cells"][at], at)
        return outputs_of(cell), time.monotonic() - started

    def failing(self, ids: Iterable[str]) -> list[str]:
        """Run cells, and return the ids of those that fail."""
        return [id_ for id_ in ids if has_failed(self.run(id_)[0])]

    def count(self) -> dict[str, int]:
        """Ask the sandbox how much it holds."""
        at = len(self._client.nb["cells"]) - 1
        cell = self._client.execute_cell(self._client.nb["cells"][at], at)
        counts: dict[str, int] = ast.literal_eval(cell["outputs"][0]["data"]["text/plain"])
        return counts


def has_failed(outputs: Any) -> bool:
    """Tell whether an error is among a cell's outputs."""
    return any(output["output_type"] == "error" for output in outputs)


def outputs_of(cell: NotebookNode) -> Any:
    """Copy a cell's outputs, but for the numbers that count how often anything was run."""
    outputs = copy.deepcopy(cell["outputs"])
    for output in outputs:
        output.pop("execution_count", None)
    return outputs


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def runs(request: pytest.FixtureRequest) -> Iterator[Runs]:
    """Run a notebook in one kernel: twice, then each cell twice in a row, then in reverse."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(request.param, as_version=4)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    runs = Runs({cell["id"]: outputs_of(cell) for cell in code})
    notebook["cells"].append(nbformat.v4.new_code_cell(COUNT, id="count"))
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=SECONDS_A_CELL,
        allow_errors=True,
        extra_arguments=["--log-level=ERROR"],  # else every kernel warns that it listens on TCP
    )
    with client.setup_kernel(cwd=request.param.parent, env=dict(os.environ)):
        kernel = Kernel(client)
        for _ in ("first", "second"):
            runs.outputs.append({})
            for id_ in kernel.code:
                runs.outputs[-1][id_], seconds = kernel.run(id_)
                runs.seconds.setdefault(id_, []).append(seconds)
        both = [item for outputs in runs.outputs for item in outputs.items()]
        runs.failed["from top to bottom"] = [id_ for id_, outputs in both if has_failed(outputs)]
        runs.counts["once"] = kernel.count()
        twice = (id_ for id_ in kernel.code for _ in range(2))
        runs.failed["twice in a row"] = kernel.failing(twice)
        runs.counts["twice in a row"] = kernel.count()
        # The cell that opens a new sandbox comes last but one, after the counting.
        *others, connect, imports = reversed(kernel.code)
        runs.failed["in reverse"] = kernel.failing(others)
        runs.counts["in reverse"] = kernel.count()
        runs.failed["in reverse"] += kernel.failing([connect, imports])
        yield runs


def test_the_first_run_shows_what_is_stored(runs: Runs) -> None:
    """Run from top to bottom, a notebook has the outputs that it is stored with."""
    assert runs.outputs[0] == runs.stored


def test_the_second_run_shows_the_same(runs: Runs) -> None:
    """Run once more in the same kernel, each cell has the same outputs."""
    assert runs.outputs[1] == runs.outputs[0]


@pytest.mark.parametrize("way", ["from top to bottom", "twice in a row", "in reverse"])
def test_every_cell_can_be_run_again(runs: Runs, way: str) -> None:
    """No cell fails when it was run before, nor when those below it were."""
    assert runs.failed[way] == []


@pytest.mark.parametrize("way", ["twice in a row", "in reverse"])
def test_nothing_is_created_twice(runs: Runs, way: str) -> None:
    """Cells that are run again leave no more in the sandbox than a single run."""
    more = {
        name: count for name, count in runs.counts[way].items() if count > runs.counts["once"][name]
    }

    assert runs.counts["once"]["orders"] > 0
    assert more == {}


def test_no_cell_is_worth_waiting_for(runs: Runs) -> None:
    """Each cell ends within two seconds, in the faster of two runs."""
    slow = {id_: times for id_, times in runs.seconds.items() if min(times) > SECONDS_WORTH_WAITING}

    assert slow == {}
