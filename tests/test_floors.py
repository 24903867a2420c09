"""The floor plan, executable: a module imports only from floors below its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HELPERS = Path(__file__).parent.parent / "helpers"

FLOOR = {
    "errors": 0,
    "documents": 1,
    "folding": 1,
    "settings": 1,
    "client": 2,
    "display": 2,
    "customer_payment_sources": 3,
    "orders": 3,
    "workbench": 4,
}
FLOOR_IN_THE_ANNEXE = {
    "choices": 0,
    "conditions": 0,
    "errors": 0,
    "keys": 0,
    "messages": 0,
    "passwords": 0,
    "resources": 0,
    "sockets": 0,
    "protocol": 1,
    "rate_limits": 1,
    "requests": 1,
    "store": 1,
    "values": 1,
    "changes": 2,
    "klarna": 2,
    "predicates": 2,
    "relations": 2,
    "scopes": 2,
    "tokens": 2,
    "filters": 3,
    "orders": 3,
    "permissions": 3,
    "pricing": 3,
    "refresh_tokens": 3,
    "triggers": 3,
    "attributes": 4,
    "deleting": 4,
    "grants": 4,
    "parameters": 4,
    "transactions": 4,
    "writing": 4,
    "addresses": 5,
    "catalogue": 5,
    "customers": 5,
    "documents": 5,
    "line_items": 5,
    "oauth": 5,
    "other_triggers": 5,
    "checkout": 6,
    "payments": 7,
    "placing": 7,
    "wallet": 7,
    "order_triggers": 8,
    "rules": 9,
    "writes": 10,
    "app": 11,
    "world": 11,
    "scenarios": 12,
    "front_page": 13,
    "site": 14,
    "server": 15,
    "transport": 15,
    "__main__": 16,
}
MAY_OPEN_THE_ANNEXE = {"workbench"}


def imported(path: Path) -> Iterator[str]:
    """Name every module of the package that a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names] + [module]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "helpers")


def neighbours(path: Path, package: str) -> set[str]:
    """Name the modules of this package that a file imports, or ``outside`` for any other."""
    found = set()
    for name in imported(path):
        below = name.removeprefix(f"{package}.").split(".")[0] if name != package else ""
        module = HELPERS.parent / Path(*package.split(".")) / below
        if not name.startswith(package):
            found.add("outside")
        elif below and (module.is_dir() or module.with_suffix(".py").is_file()):
            found.add(below)
    return found


@pytest.mark.parametrize("name", FLOOR)
def test_module_imports_downwards_only(name: str) -> None:
    """No module of the client side looks up, sideways, or into the sandbox."""
    found = neighbours(HELPERS / f"{name}.py", "helpers")
    if name in MAY_OPEN_THE_ANNEXE:
        found.discard("sandbox")

    assert {n for n in found if FLOOR.get(n, 99) >= FLOOR[name]} == set()


@pytest.mark.parametrize("name", FLOOR_IN_THE_ANNEXE)
def test_sandbox_is_sealed_and_imports_downwards_only(name: str) -> None:
    """The sandbox knows nothing of the client side, so it cannot share its mistakes."""
    found = neighbours(HELPERS / "sandbox" / f"{name}.py", "helpers.sandbox")
    floor = FLOOR_IN_THE_ANNEXE[name]

    assert {n for n in found if FLOOR_IN_THE_ANNEXE.get(n, 99) >= floor} == set()


@pytest.mark.parametrize(
    ("folder", "plan"),
    [(HELPERS, FLOOR), (HELPERS / "sandbox", FLOOR_IN_THE_ANNEXE)],
    ids=["helpers", "sandbox"],
)
def test_module_has_its_floor(folder: Path, plan: dict[str, int]) -> None:
    """Every module stands on a floor, and every floor's modules exist."""
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(plan)


@pytest.mark.parametrize("name", FLOOR)
def test_floor_plan_in_the_docstring_names_the_module(name: str) -> None:
    """The package's docstring shows the floor plan that is held to here."""
    plan = ast.get_docstring(ast.parse((HELPERS / "__init__.py").read_text("utf-8"))) or ""
    lines = [line for line in plan.splitlines() if line.startswith(f"{FLOOR[name]} ")]

    assert any(f"``{name}``" in line for line in lines)


@pytest.mark.parametrize("package", ["", "sandbox"])
def test_package_reexports_nothing(package: str) -> None:
    """A package's own file holds its docstring and no code."""
    [docstring] = ast.parse((HELPERS / package / "__init__.py").read_text("utf-8")).body

    assert isinstance(docstring, ast.Expr)
