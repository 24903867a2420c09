"""The front page runs as written, and is complete."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

import pytest

from helpers.sandbox.__main__ import _parser
from helpers.sandbox.resources import resource_types
from helpers.sandbox.scenarios import open_store
from helpers.setting_names import NAMES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "tests/recipe/README.md"]
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
LINK = re.compile(r"\]\((?!https://)([^)\s]+)\)")


def prose(notebook: str) -> str:
    """Read the Markdown cells of a notebook."""
    cells = json.loads((ROOT / "notebooks" / notebook).read_text("utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def code(notebook: str) -> str:
    """Read the code cells of a notebook."""
    cells = json.loads((ROOT / "notebooks" / notebook).read_text("utf-8"))["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def test_saves_are_counted() -> None:
    """Whoever lets the notebooks change an organization knows how often they save."""
    saves = [code(name).count(".save_payment_source_to_customer_wallet(") for name in NOTEBOOKS]

    assert (saves[1:3], saves[0]) == ([2, 1], 0)
    assert "The notebooks 01 and 02 send the save three times" in README


@pytest.mark.parametrize(
    "seen",
    [
        "no connection came about",
        "could not be sent",
        "got no answer",
        "was answered with 404",
        "was answered with 422",
        "was answered with 429",
        "gave no access token for these credentials",
    ],
)
def test_what_an_error_says_is_in_the_table(seen: str) -> None:
    """Whoever looks up an error's words finds what to do; and the helpers say these words."""
    said = seen.rstrip("0123456789")
    rows = [line for line in README.splitlines() if line.startswith("| ") and f"`{seen}`" in line]

    assert len(rows) == 1
    assert any(said in path.read_text("utf-8") for path in (ROOT / "helpers").glob("*.py"))


def test_session_runs_as_written() -> None:
    """What the front page shows of the recipe is what happens."""
    results = doctest.testfile(str(ROOT / "README.md"), module_relative=False)

    assert (results.failed, results.attempted > 5) == (0, True)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_notebook_is_in_the_table(notebook: str) -> None:
    """The front page leads to every notebook, by its title."""
    title = prose(notebook).partition("\n")[0].removeprefix("# ")

    assert f"| [{title}](notebooks/{notebook}) |" in README


def test_verb_is_in_the_table(subtests: pytest.Subtests) -> None:
    """Every command of the Makefile is explained."""
    verbs = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.M)
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

    assert verbs
    for verb in verbs:
        with subtests.test(verb):
            assert f"| `make {verb}` |" in told


def test_access_tokens_are_in_the_table() -> None:
    """Whoever explores the sandbox finds every access token that it takes."""
    store = open_store()
    known = set(store.fact("access_tokens"))
    store.close()

    assert set(re.findall(r"^\| `(your-[a-z-]+)` \|", README, re.MULTILINE)) == known


def test_options_are_in_the_table() -> None:
    """Whoever runs the sandbox on its own finds every option that it takes."""
    options = {option for action in _parser()._actions for option in action.option_strings}

    told = re.findall(r"^\| `(--[a-z-]+)", README, re.MULTILINE)
    assert {*told, "-h", "--help"} == options


def test_orders_are_in_the_table() -> None:
    """The front page tells what each order of the starting world is for."""
    store = open_store()
    orders = {id_ for _, id_ in store.identifiers(["orders"])}
    store.close()

    assert set(re.findall(r"^\| `([A-Za-z]{10})` \|", README, re.MULTILINE)) == orders


def test_number_of_resource_types_is_true() -> None:
    """The front page counts the resource types right."""
    assert f"resources of {len(resource_types())} types" in README


def test_setting_on_the_front_page_is_read(subtests: pytest.Subtests) -> None:
    """The front page names no setting that does not exist."""
    found = sorted(set(re.findall(r"CL_[A-Z_]+[A-Z]", README)))

    assert found
    for name in found:
        with subtests.test(name):
            assert name in NAMES


def test_every_setting_is_on_the_front_page() -> None:
    """Nor does it leave out one that does."""
    assert [name for name in NAMES if f"`{name}`" not in README] == []


@pytest.mark.parametrize("page", PAGES)
def test_link_leads_to_a_file_or_heading(page: str) -> None:
    """No page has a link within the project that leads nowhere."""
    text = (ROOT / page).read_text("utf-8")
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    broken = [
        target
        for target in LINK.findall(text)
        if not (
            target[1:] in headings
            if target.startswith("#")
            else (ROOT / page).parent.joinpath(target).exists()
        )
    ]

    assert broken == []


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_link_in_a_notebook_leads_to_a_file(notebook: str) -> None:
    """No notebook has a link within the project that leads nowhere."""
    targets = LINK.findall(prose(notebook))

    files = [target.partition("#")[0] for target in targets]
    assert [f for f in files if not (ROOT / "notebooks" / f).exists()] == []


def test_changelog_has_the_version() -> None:
    """The newest version in the changelog is the package's."""
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    newest = re.search(r"^## \[(\d.*?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert version is not None
    assert newest is not None
    assert newest[1] == version[1]
