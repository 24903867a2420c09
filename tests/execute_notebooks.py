"""Run the notebooks in the sandbox and store what comes out: the only way outputs are made.

`make notebooks` runs all of them, `make notebooks ARGS=notebooks/01*.ipynb` one, and
`make notebooks ARGS=--check` none: it tells which are not stored as they would be here.
"""

from __future__ import annotations

import argparse
import copy
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode  # slow: imported where it is used

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
SECONDS_A_CELL = 60
METADATA: dict[str, Any] = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
RANDOM_ID = re.compile(r"[0-9a-f]{8}")


class NotebookError(Exception):
    """A notebook that cannot be stored; the message says why."""


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook without what differs from run to run and from machine to machine.

    Of a cell's metadata only the tags stay: the rest is when it ran, or how it was last looked at.
    Of the notebook's own nothing stays: it is the state of widgets, and one machine's Python.

    Raises:
        NotebookError: a cell still has the random id that JupyterLab gave it.
    """
    result = copy.deepcopy(notebook)
    result["metadata"] = copy.deepcopy(METADATA)
    for cell in result["cells"]:
        if RANDOM_ID.fullmatch(cell["id"]):
            raise NotebookError(
                f"expected a word as the id of every cell; found {cell['id']!r}, "
                f"JupyterLab's own, on the cell that begins {cell['source'][:50]!r}"
            )
        tags = cell["metadata"].get("tags")
        cell["metadata"] = {"tags": tags} if tags else {}
    return result


def serialise(notebook: NotebookNode) -> str:
    """Return the text of the notebook's file: sorted keys, an indent of one, a last newline."""
    import nbformat

    return nbformat.writes(notebook).rstrip("\n") + "\n"


def execute(path: Path) -> NotebookNode:
    """Run a notebook from top to bottom: in a fresh kernel, in its folder, in the sandbox.

    Raises:
        NotebookError: a cell failed, took too long, or ended the kernel.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(path, as_version=4)
    cell_id = "none yet"

    def remember(cell: NotebookNode, cell_index: int) -> None:
        nonlocal cell_id
        cell_id = cell["id"]

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=SECONDS_A_CELL,
        on_cell_start=remember,
        extra_arguments=["--log-level=ERROR"],  # else every kernel warns that it listens on TCP
    )
    own_settings = {name for name in os.environ if name.startswith("CL_")}
    environment = {k: v for k, v in os.environ.items() if k not in own_settings}
    try:
        client.execute(cwd=path.parent, env={**environment, "CL_PLACE": "sandbox"})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise NotebookError(f"stopped in cell {cell_id!r}; nothing stored\n{error}") from error
    return notebook


def store(path: Path, text: str) -> None:
    """Write the file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def check(path: Path) -> None:
    """Hold a stored notebook against its normal form.

    Raises:
        NotebookError: they differ.
    """
    import nbformat

    text = path.read_text(encoding="utf-8")
    if text != serialise(normalise(nbformat.reads(text, as_version=4))):
        raise NotebookError("not in normal form; `make notebooks` stores it anew")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, or check, the notebooks named on the command line, or all of them."""
    parser = argparse.ArgumentParser("python -m tests.execute_notebooks")
    parser.add_argument("--check", action="store_true", help="run nothing and store nothing")
    parser.add_argument("notebooks", metavar="notebook", type=Path, nargs="*")
    options = parser.parse_args(arguments)

    for path in options.notebooks or sorted(NOTEBOOKS.glob("*.ipynb")):
        started = time.monotonic()
        try:
            if options.check:
                check(path)
            else:
                store(path, serialise(normalise(execute(path))))
        except NotebookError as error:
            sys.exit(f"{path.name}: {error}")
        print(f"{path.name}: {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
