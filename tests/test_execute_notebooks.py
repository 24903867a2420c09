"""What is stored of a notebook is the same wherever and whenever it ran."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.execute_notebooks import NOTEBOOKS, NotebookError, main, normalise, serialise

if TYPE_CHECKING:
    from nbformat import NotebookNode  # slow: imported where it is used


def notebook(*sources: str) -> NotebookNode:
    """Write a notebook of code cells, named cell-1, cell-2, ..."""
    from nbformat import v4

    cells = [v4.new_code_cell(text, id=f"cell-{n}") for n, text in enumerate(sources, start=1)]
    return v4.new_notebook(cells=cells)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Lend a path to store a notebook at."""
    return tmp_path / "lesson.ipynb"


def test_the_time_and_the_look_of_a_cell_are_dropped() -> None:
    """Of a cell's metadata only its tags are stored."""
    given = notebook("1", "2")
    given.cells[0].metadata = {
        "execution": {"iopub.execute_input": "2026-01-01T00:00:00Z"},
        "collapsed": True,
        "tags": ["raises-exception"],
    }
    given.cells[1].metadata = {"trusted": True}

    assert [cell.metadata for cell in normalise(given).cells] == [
        {"tags": ["raises-exception"]},
        {},
    ]


def test_the_machine_is_dropped() -> None:
    """Of the notebook's metadata, only what any Python kernel would say is stored."""
    given = notebook("1")
    given.metadata = {
        "kernelspec": {"display_name": ".venv", "language": "python", "name": "venv"},
        "language_info": {"name": "python", "version": "3.11.7", "codemirror_mode": {"version": 3}},
        "widgets": {"application/vnd.jupyter.widget-state+json": {}},
    }

    assert normalise(given).metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }


def test_what_readers_see_is_kept() -> None:
    """Sources, outputs, counts and the ids that are words are stored as they are."""
    from nbformat import v4

    given = notebook("6 * 7")
    given.cells[0].execution_count = 1
    given.cells[0].outputs = [
        v4.new_output("execute_result", {"text/plain": "42"}, execution_count=1)
    ]

    assert normalise(given).cells == given.cells


def test_the_given_notebook_stays_as_it_is() -> None:
    """Normalising returns another notebook."""
    given = notebook("1")
    given.cells[0].metadata = {"collapsed": True}
    normalise(given)

    assert given.cells[0].metadata == {"collapsed": True}


@pytest.mark.parametrize("word", ["deadbeef0", "decade", "save", "facade00x"])
def test_a_word_of_hexadecimal_letters_is_a_word(word: str) -> None:
    """Only what is exactly as long as JupyterLab's random ids is taken for one."""
    given = notebook("1")
    given.cells[0].id = word

    assert normalise(given).cells[0].id == word


def test_a_random_id_is_refused() -> None:
    """A cell that was never named is found by its id and by how it begins."""
    given = notebook("1", "order = save()")
    given.cells[1].id = "3f9a01bc"

    with pytest.raises(NotebookError, match=r"expected a word.*'3f9a01bc'.*'order = save\(\)'"):
        normalise(given)


def test_the_file_is_easy_to_compare() -> None:
    """A stored notebook has one indent a level, letters as they are, and a last newline."""
    text = serialise(normalise(notebook("'Zoë'")))

    assert text.startswith('{\n "cells": [\n  {\n   "cell_type": "code",\n')
    assert "'Zoë'" in text
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


def test_the_notebooks_are_stored_in_normal_form() -> None:
    """Every notebook of the repository came from `make notebooks`."""
    main(["--check", *map(str, sorted(NOTEBOOKS.glob("*.ipynb")))])


def test_a_hand_on_the_file_is_noticed(stored: Path) -> None:
    """A notebook that something else has stored is named."""
    stored.write_text(json.dumps(notebook("1")), encoding="utf-8")

    with pytest.raises(SystemExit, match=r"lesson\.ipynb: not in normal form"):
        main(["--check", str(stored)])


def test_notebooks_run_in_the_sandbox(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel knows nothing of the settings of whoever runs it, and works in its own folder."""
    import nbformat

    monkeypatch.setenv("CL_PLACE", "organization")
    monkeypatch.setenv("CL_ACCESS_TOKEN", "a secret")
    own = "import os; {k: v for k, v in os.environ.items() if k.startswith('CL_')}"
    nbformat.write(notebook(own, "os.listdir()"), stored)
    main([str(stored)])
    settings, folder = nbformat.read(stored, as_version=4).cells

    assert settings.outputs[0].data["text/plain"] == "{'CL_PLACE': 'sandbox'}"
    assert folder.outputs[0].data["text/plain"] == "['lesson.ipynb']"
    main(["--check", str(stored)])


def test_a_notebook_that_fails_is_not_stored(stored: Path) -> None:
    """The complaint names the notebook and the cell; the file stays as it was."""
    import nbformat

    nbformat.write(notebook("1", "1 / 0", "2"), stored)
    before = stored.read_bytes()

    with pytest.raises(SystemExit, match=r"(?s)lesson\.ipynb: stopped in cell 'cell-2'.*ZeroDiv"):
        main([str(stored)])
    assert stored.read_bytes() == before
    assert [path.name for path in stored.parent.iterdir()] == ["lesson.ipynb"]
