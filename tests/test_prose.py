"""What people read is spelt right, and is Markdown that every reader sees the same way.

Tools that others maintain look for the faults: codespell, and PyMarkdown with the rules that
pyproject.toml leaves on. Links within the project are followed by Sphinx (tests/test_site.py);
links to elsewhere are not followed here, because tests do not leave the machine.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needed import need_packages

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "notebooks" / "site").glob("*.md"),
        *(ROOT / "tests" / "recipe").glob("*.md"),
    ]
)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# All else that somebody reads: docstrings, help, comments, diagrams, the sandbox's own page.
# Tests are not among it: they misspell on purpose.
SPELT = [
    *(ROOT / name for name in ("helpers", "notebooks/site", "notebooks/diagrams")),
    *(ROOT / name for name in ("Makefile", "environment.yml", "pyproject.toml", ".env.example")),
]
NOT_SPELT = ["*.svg", "*/__pycache__/*", "*/world_*.json"]  # made-up secrets are no words
# Not for notebooks: the rule spells anchors as GitHub does in pages, in small letters.
# JupyterLab spells them as the heading; a test below looks after them.
NOT_IN_NOTEBOOKS = ["link-fragments"]

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    """Look whether there is what checks prose."""
    need_packages("codespell_lib", "pymarkdown")


def cells(notebook: Path, kind: str) -> list[tuple[str, str]]:
    """Read the ids and sources of a notebook's cells of one kind."""
    found = json.loads(notebook.read_text("utf-8"))["cells"]
    return [(c["id"], "".join(c["source"])) for c in found if c["cell_type"] == kind]


def joined(notebook: Path) -> str:
    """Join the Markdown cells of a notebook into one document, as a reader goes through them."""
    return "\n\n".join(text.strip("\n") for _, text in cells(notebook, "markdown")) + "\n"


def misspellings(*paths: Path) -> list[str]:
    """Run codespell; return a line for each word that it would spell otherwise."""
    process = subprocess.run(
        [sys.executable, "-m", "codespell_lib", "--skip", ",".join(NOT_SPELT), *map(str, paths)],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert process.returncode in {0, 65}, process.stderr
    return process.stdout.splitlines()


def markdown_faults(text: str, *, without: list[str] | None = None) -> list[str]:
    """Run PyMarkdown; return the line, the rule and the explanation of each fault."""
    from pymarkdown.api import PyMarkdownApi

    api = PyMarkdownApi().configuration_file_path(str(ROOT / "pyproject.toml"))
    for rule in without or []:
        api = api.disable_rule_by_identifier(rule)
    result = api.scan_string(text)
    assert not result.critical_errors
    return [
        f"{f.line_number} {f.rule_name.partition(',')[0]}: {f.rule_description} "
        f"{f.extra_error_information}".strip()
        for f in result.scan_failures
    ] + [f"{error.line_number} {error.pragma_error}" for error in result.pragma_errors]


def urls(text: str) -> Iterator[str]:
    """Find the targets of a text's links and images that lead out of the project."""
    yield from re.findall(r"\]\(([a-z][a-z+.-]*:[^)\s]*)", text)
    yield from re.findall(r"<([a-z][a-z+.-]*:[^>\s]*)>", text)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Lend a page to plant faults in."""
    return tmp_path / "page.md"


def test_pages_and_code_are_spelt_right() -> None:
    """Nothing that codespell knows as a misspelling stands in pages, docstrings or comments."""
    assert misspellings(*PAGES, *SPELT) == []


def test_notebooks_are_spelt_right(tmp_path: Path) -> None:
    """Nor does it in a notebook's Markdown and code; outputs are the API's words, not ours."""
    for notebook in NOTEBOOKS:
        for kind in ("markdown", "code"):
            for id_, text in cells(notebook, kind):
                (tmp_path / f"{notebook.stem}_{id_}.txt").write_text(text, "utf-8")

    assert misspellings(tmp_path) == []


def test_planted_misspelling_is_found(page: Path) -> None:
    """A word that is spelt wrong is told, with what it should be."""
    page.write_text("Send the reqeust to the order.\n")

    assert [line.rpartition(": ")[2] for line in misspellings(page)] == ["reqeust ==> request"]


@each_page
def test_page_is_sound_markdown(page: Path) -> None:
    """Headings form an outline, lists and tables are lists and tables, no image lacks its text."""
    assert markdown_faults(page.read_text("utf-8")) == []


@each_notebook
def test_notebook_is_sound_markdown(notebook: Path) -> None:
    """The same holds for a notebook's Markdown cells, read as one document."""
    assert markdown_faults(joined(notebook), without=NOT_IN_NOTEBOOKS) == []


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        ("heading-increment", "### Two levels down\n"),
        ("single-title", "# Another title\n"),
        ("no-duplicate-heading", "## Here\n\n## Here\n"),
        ("blanks-around-lists", "A list:\n- one\n- two\n"),
        ("fenced-code-language", "```\ncode\n```\n"),
        ("no-alt-text", "![](diagrams/the_two_requests.svg)\n"),
        ("no-empty-links", "[a link]()\n"),
        ("no-reversed-links", "(a link)[page.md]\n"),
        ("link-fragments", "[a link](#nowhere)\n"),
        ("table-column-count", "| a | b |\n| --- | --- |\n| 1 |\n"),
    ],
)
def test_planted_fault_is_found(rule: str, planted: str) -> None:
    """The rules that matter to readers are on, and see what they are for."""
    faults = markdown_faults(f"# Title\n\n{planted}")

    assert [fault.split()[1].rstrip(":") for fault in faults] == [rule]


def test_long_lines_and_keys_are_no_fault() -> None:
    """A sentence is a line, however long, and a key to press is HTML."""
    text = f"# Title\n\nPress <kbd>Shift</kbd> {'and again ' * 30}.\n"

    assert markdown_faults(text) == []


@pytest.mark.parametrize("path", [*PAGES, *NOTEBOOKS], ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_elsewhere_are_https(path: Path) -> None:
    """Whoever follows a link can trust where it leads; none is followed here."""
    text = joined(path) if path in NOTEBOOKS else path.read_text("utf-8")

    assert [url for url in urls(text) if not re.fullmatch(r"https://[\w.-]+\.\w+\S*", url)] == []


@pytest.mark.parametrize("link", ["[a](http://example.com)", "<ftp://example.com>", "[a](x:y)"])
def test_planted_link_to_elsewhere_is_found(link: str) -> None:
    """A link that is not https is seen in each way to write one."""
    assert [url for url in urls(f"See {link}.") if not url.startswith("https://")] != []


@each_notebook
def test_anchor_is_spelt_as_jupyterlab_spells_it(notebook: Path) -> None:
    """A link to a heading has the heading's own words, with hyphens between them."""
    text = joined(notebook)
    headings = {
        heading.replace("`", "").replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }

    assert set(re.findall(r"\]\(#([^)]+)\)", text)) - headings == set()


def test_contributors_are_shown_the_floor_plan_that_holds() -> None:
    """CONTRIBUTING.md has each module on the floor that the docstring of the helpers gives it."""
    docstring = (ROOT / "helpers" / "__init__.py").read_text("utf-8")
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    holds = {
        (floor, name)
        for floor, line in re.findall(r"^(\d)  +(.+)$", docstring, re.MULTILINE)
        for name in re.findall(r"``(\w+)``", line)
    }
    shown = {
        (floor, name)
        for floor, names in re.findall(r"^\| (\d) \| (.+?) \|", page, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }

    assert holds
    assert shown == holds
