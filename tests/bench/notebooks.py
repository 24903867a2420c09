"""What the tests take beside a floor: the suite of notebooks, and the start of pytest."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.commands import ROOT, run_timed
from tests.bench.measuring import Bench, Figure, Measure, Sample, sample_in_turn

__all__ = ["BENCHES", "ONE_LINE", "notebook_bench", "pytest_bench", "write_floor"]

# As `make test` runs them.
_PYTEST = (sys.executable, "-m", "pytest")
_NOTEBOOKS = ("--nbval", "--nbval-current-env", "--nbval-cell-timeout=30", "notebooks")
_COLLECT = ("-p", "no:nbval", "--collect-only", "-q")

# With its outputs, as they are stored.
ONE_LINE: dict[str, Any] = {
    "cells": [
        {
            "cell_type": "code",
            "id": "one",
            "execution_count": 1,
            "metadata": {},
            "source": "print(1)",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "1\n"}],
        }
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def notebook_bench(*, only: str = "*", rounds: int = 3) -> Bench:
    """Make the bench of the notebooks under strict nbval.

    Args:
        only: Which notebooks, as a pattern of their names.
        rounds: How many rounds to take.
    """
    figure = Figure(
        "notebook-suite",
        "all notebooks under strict nbval",
        "as many notebooks of one line under nbval",
        "s",
        1.3,
    )
    return Bench("notebook-suite", (figure,), rounds, partial(_open_notebooks, only), seconds=38)


@contextmanager
def _open_notebooks(only: str) -> Iterator[Measure]:
    notebooks = sorted((ROOT / "notebooks").glob(f"{only}.ipynb"))
    *options, folder = _NOTEBOOKS
    named = [f"{folder}/{path.name}" for path in notebooks] if only != "*" else [folder]
    own = partial(run_timed, [*_PYTEST, *options, *named])
    with TemporaryDirectory() as temporary:
        floor = Path(temporary)
        write_floor(floor, notebooks=len(notebooks))
        other = partial(run_timed, [*_PYTEST, *_NOTEBOOKS], cwd=floor)

        def measure(number: int) -> Mapping[str, Sample]:
            return {"notebook-suite": sample_in_turn(number, own, other)}

        yield measure


def pytest_bench(*, tests: str = "tests", rounds: int = 5) -> Bench:
    """Make the bench of pytest's start and collection, without notebooks.

    Args:
        tests: What to collect.
        rounds: How many rounds to take.
    """
    figure = Figure(
        "pytest-start",
        "pytest finding all tests but the notebooks",
        "pytest finding one empty test, same plugins",
        "s",
        1.5,
    )
    return Bench("pytest-start", (figure,), rounds, partial(_open_pytest, tests), seconds=17)


@contextmanager
def _open_pytest(tests: str) -> Iterator[Measure]:
    named = [tests] if tests != "tests" else []
    own = partial(run_timed, [*_PYTEST, *_COLLECT, *named])
    with TemporaryDirectory() as temporary:
        floor = Path(temporary)
        write_floor(floor, notebooks=0)
        other = partial(run_timed, [*_PYTEST, *_COLLECT], cwd=floor)
        own(), other()  # compiles what is not compiled yet

        def measure(number: int) -> Mapping[str, Sample]:
            return {"pytest-start": sample_in_turn(number, own, other)}

        yield measure


def write_floor(folder: Path, *, notebooks: int) -> None:
    """Write what any project with tests has: pytest's settings of this one, and an empty test.

    Args:
        folder: Where to.
        notebooks: How many notebooks of one line to write, with their outputs.
    """
    settings = re.search(
        r"^\[tool\.pytest\.ini_options\]\n.*?(?=^\[|\Z)",
        (ROOT / "pyproject.toml").read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    assert settings, "pyproject.toml has pytest's settings"
    (folder / "pyproject.toml").write_text(settings[0], encoding="utf-8")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_nothing.py").write_text("def test_nothing(): pass\n")
    (folder / "notebooks").mkdir()
    for number in range(notebooks):
        (folder / "notebooks" / f"{number}.ipynb").write_text(json.dumps(ONE_LINE))


BENCHES = (notebook_bench(), pytest_bench())
