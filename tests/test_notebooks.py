"""Every notebook is stored as it was run: top to bottom, in a fresh kernel, without an error."""

from __future__ import annotations

import ast
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.notebook_origins import signs_of_an_organization

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FORBIDDEN_IN_CODE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While)
# What would differ from one run, or one machine, to the next; or must not be seen at all.
NEVER_IN_OUTPUTS = {
    "port": re.compile(r"127\.0\.0\.1|localhost|\[::1\]"),
    "path": re.compile(r"/home/|/root/|/tmp/|/Users/|[A-Z]:\\\\|site-packages|\.venv"),
    "clock": re.compile(r"20(?!18-01-01T12:00:00\.000Z)\d\d-\d\d-\d\d"),
    "address": re.compile(r"0x[0-9a-f]{6,}"),
    "access token": re.compile(r"eyJ[\w-]+\.|Bearer (?!\$CL_ACCESS_TOKEN)|your-access-token"),
}

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    """Read the cells of one kind."""
    notebook = json.loads(path.read_text("utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    """Read what stands in a cell."""
    return "".join(cell["source"])


def test_there_are_notebooks() -> None:
    """The tests of each notebook have something to test."""
    assert [path.name[:2] for path in NOTEBOOKS[:3]] == ["00", "01", "02"]


@each_notebook
def test_every_code_cell_was_run_in_order(path: Path) -> None:
    """A cell that was never run has no output that nbval could compare."""
    code = cells(path, "code")

    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))


@each_notebook
def test_no_stored_output_is_an_error_or_a_warning(path: Path) -> None:
    """What readers see ended well."""
    outputs = [output for cell in cells(path, "code") for output in cell["outputs"]]

    assert [o for o in outputs if o["output_type"] in {"error", "stream"}] == []


@each_notebook
def test_something_is_stored_to_look_at(path: Path) -> None:
    """Each notebook shows at least where it is connected, and one annotated answer."""
    views = [
        set(output["data"])
        for cell in cells(path, "code")
        for output in cell["outputs"]
        if "text/html" in output.get("data", {})
    ]

    assert len(views) >= 2
    assert all(view == {"text/html", "text/markdown", "text/plain"} for view in views)


@each_notebook
def test_stored_outputs_are_the_same_everywhere(subtests: pytest.Subtests, path: Path) -> None:
    """No stored output holds a port, a path, a clock or a secret."""
    outputs = json.dumps([cell["outputs"] for cell in cells(path, "code")], ensure_ascii=False)

    for what, pattern in NEVER_IN_OUTPUTS.items():
        with subtests.test(what):
            assert pattern.findall(outputs) == []


@each_notebook
def test_notebook_was_run_in_the_sandbox(path: Path) -> None:
    """What came from an organization is never committed: it is somebody's data."""
    signs = signs_of_an_organization(path)

    assert signs == [], f"""{path.name} holds what the embedded sandbox did not make.
If you ran it against an organization: `make notebooks` runs it in the sandbox and stores that.
{chr(10).join(signs)}"""


@each_notebook
def test_code_cells_are_short_and_plain(path: Path) -> None:
    """A cell does one thing that a reader takes in at a glance."""
    faults = [
        cell["id"]
        for cell in cells(path, "code")
        if len(source(cell).splitlines()) > 14
        or any(isinstance(node, FORBIDDEN_IN_CODE) for node in ast.walk(ast.parse(source(cell))))
        or re.search(r"\bprint\(|sys\.path|^%", source(cell), re.MULTILINE)
    ]

    assert faults == []


@each_notebook
def test_every_code_cell_checks_or_shows_something(path: Path) -> None:
    """A comparison without an assert, which passes whatever happens, ends no cell unseen."""
    faults = []
    for cell in cells(path, "code"):
        statements = ast.parse(source(cell)).body
        expressions = [s for s in statements[:-1] if isinstance(s, ast.Expr)]
        unseen = isinstance(statements[-1], ast.Expr) and not cell["outputs"]
        faults += [cell["id"]] * bool(expressions or unseen)

    assert faults == []


@each_notebook
def test_headings_form_an_outline(path: Path) -> None:
    """There is one title, the file's name in words, and no level is skipped."""
    text = "\n".join(source(cell) for cell in cells(path, "markdown"))
    headings = re.findall(r"^(#+) (.+)$", text, re.MULTILINE)
    levels = [len(marks) for marks, _ in headings]

    title, name = (
        [word for word in words if word not in {"a", "the"}]
        for words in (headings[0][1].lower().split(), path.stem.split("_")[1:])
    )

    assert title == name
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_notebook
def test_cell_ids_are_words(path: Path) -> None:
    """A failing comparison names a cell that a reader finds."""
    ids = [cell["id"] for kind in ("code", "markdown") for cell in cells(path, kind)]

    assert [id_ for id_ in ids if not re.fullmatch(r"[a-z]+(-[a-z]+)*", id_)] == []
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("stem", "heading"),
    [
        ("01_save", "## 1. Save the payment source into the customer wallet"),
        ("02_reuse", "## 2. Reuse the payment source stored in the customer wallet"),
    ],
)
def test_step_stands_under_the_pages_own_heading(stem: str, heading: str) -> None:
    """Whoever knows the how-to page finds its steps again."""
    [path] = [path for path in NOTEBOOKS if path.stem.startswith(stem)]

    assert heading in [source(cell).partition("\n")[0] for cell in cells(path, "markdown")]
