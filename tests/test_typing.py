"""The public API has types, and what they refuse is written down: `tests/typing/api.py`.

mypy reads it as a part of `make check`, pyright here.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import is_typeddict

import pytest

ROOT = Path(__file__).parent.parent
API = ROOT / "tests" / "typing" / "api.py"
PYRIGHT = ROOT / "tests" / "javascript" / "node_modules" / ".bin" / "pyright"
MODULES = sorted(path.stem for path in (ROOT / "helpers").glob("*.py") if path.stem != "__init__")
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
REFUSED = re.compile(r"  # type: ignore\[[\w, -]+\]  # pyright: ignore\[[\w, ]+\]$")
# Each of the first two is right and marked as refused; the last is wrong.
SPOILT = """from typing import assert_type
from helpers import places
places.is_safe("")  # type: ignore[arg-type]
places.is_safe("")  # pyright: ignore[reportArgumentType]
assert_type(places.is_safe(""), str)
"""
DEADLINE_SECONDS = 120

needs_pyright = pytest.mark.skipif(
    os.environ.get("TYPE_TESTS") != "required" and not (shutil.which("node") and PYRIGHT.exists()),
    reason="Node.js or pyright is not there; with Node.js: npm ci --prefix tests/javascript",
)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program where the project is."""
    return subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=DEADLINE_SECONDS,
        check=False,
    )


def public_names(module: str) -> list[str]:
    """Name what a module offers."""
    names: list[str] = importlib.import_module(f"helpers.{module}").__all__
    return names


def mentioned(tree: ast.AST) -> set[tuple[str, str]]:
    """Name every attribute that is read of a name, such as `orders.retrieve_order`."""
    return {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def takes_what_is_told(module: str, name: str) -> bool:
    """Tell whether a public name can be called, and says itself with what."""
    value = getattr(importlib.import_module(f"helpers.{module}"), name)
    if inspect.isclass(value):
        # The plain errors take a message as every exception does.
        return is_typeddict(value) or "__init__" in vars(value)
    return inspect.isfunction(value)


def test_every_public_name_has_its_types_written_down(subtests: pytest.Subtests) -> None:
    """A name that a module offers stands in the file that type checkers are held to."""
    assert MODULES
    for module in MODULES:
        with subtests.test(module):
            found = mentioned(ast.parse(API.read_text("utf-8")))

            assert [name for name in public_names(module) if (module, name) not in found] == []


def test_of_every_function_and_class_something_is_refused(subtests: pytest.Subtests) -> None:
    """Types that let everything through would pass any other test."""
    assert MODULES
    for module in MODULES:
        with subtests.test(module):
            lines = API.read_text("utf-8").splitlines()
            refused = [line.strip() for line in lines if REFUSED.search(line)]
            missing = [
                name
                for name in public_names(module)
                if takes_what_is_told(module, name)
                and not any(
                    re.search(rf"\b{module}\.{name}\b", line.partition("#")[0]) for line in refused
                )
            ]

            assert missing == []


def test_what_is_refused_is_refused_by_both() -> None:
    """No line is passed over by mypy alone or by pyright alone, and none without saying what."""
    lines = API.read_text("utf-8").splitlines()

    assert [line for line in lines if "ignore[" in line and not REFUSED.search(line)] == []


# The benches are the project's own; what others call has two checkers.
API_ALONE = ["helpers", "tests/typing"]


def test_both_checkers_are_strict() -> None:
    """Both read the package and its types, and report an ignore that is not needed."""
    mypy, pyright = TOOLS["mypy"], TOOLS["pyright"]

    assert (mypy["files"], mypy["strict"]) == (["helpers", "tests/bench", "tests/typing"], True)
    assert (pyright["include"], pyright["typeCheckingMode"]) == (API_ALONE, "strict")
    assert pyright["reportUnnecessaryTypeIgnoreComment"] == "error"
    assert pyright["enableTypeIgnoreComments"] is False


def test_check_reads_what_mypy_is_told_to_read() -> None:
    """`make check` names no files to mypy, so that it reads those of pyproject.toml."""
    assert "\n\t.venv/bin/mypy\n" in (ROOT / "Makefile").read_text("utf-8")


def test_package_tells_that_it_has_types() -> None:
    """The marker that type checkers of other projects look for comes with the package."""
    assert (ROOT / "helpers" / "py.typed").read_bytes() == b""
    assert TOOLS["hatch"]["build"]["targets"]["wheel"] == {"packages": ["helpers"]}


def test_mypy_notices_a_line_that_is_not_refused(tmp_path: Path) -> None:
    """Of a right line that is marked as refused, and of a wrong type, mypy says so."""
    spoilt = tmp_path / "spoilt.py"
    spoilt.write_text(SPOILT, "utf-8")
    ended = run(sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", spoilt)

    assert re.findall(r"spoilt\.py:(\d+): error: .*\[([\w-]+)\]$", ended.stdout, re.MULTILINE) == [
        ("3", "unused-ignore"),
        ("5", "assert-type"),
    ]


@needs_pyright
def test_pyright_notices_a_line_that_is_not_refused(tmp_path: Path) -> None:
    """Of a right line that is marked as refused, and of a wrong type, pyright says so."""
    spoilt = tmp_path / "spoilt.py"
    spoilt.write_text(SPOILT, "utf-8")
    ended = run(PYRIGHT, "--project", ROOT, "--pythonpath", sys.executable, spoilt)

    assert re.findall(r"spoilt\.py:(\d+):\d+ - error: .*\((\w+)\)$", ended.stdout, re.M) == [
        ("4", "reportUnnecessaryTypeIgnoreComment"),
        ("5", "reportAssertTypeFailure"),
    ]


@needs_pyright
def test_pyright_finds_no_fault() -> None:
    """A second type checker agrees with the package's types, and with what they refuse."""
    ended = run(PYRIGHT, "--project", ROOT, "--pythonpath", sys.executable)

    assert ended.returncode == 0, ended.stdout + ended.stderr
