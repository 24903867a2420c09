"""The floor plan, executable: a module imports only from floors below its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HELPERS = Path(__file__).parent.parent / "helpers"

FLOOR = {
    "credentials": 0,
    "deadlines": 0,
    "exchanges": 0,
    "masking": 0,
    "places": 0,
    "setting_names": 0,
    "errors": 1,
    "grants": 1,
    "authentication": 2,
    "browsing": 2,
    "claim_checks": 2,
    "comparing": 2,
    "connections": 2,
    "documents": 2,
    "dotenv_file": 2,
    "faults": 2,
    "folding": 2,
    "querying": 2,
    "retrying": 2,
    "views": 2,
    "differences": 3,
    "klarna_order": 3,
    "loopback": 3,
    "overviews": 3,
    "refusals": 3,
    "rendering": 3,
    "sending": 3,
    "setting_shapes": 3,
    "setting_sources": 3,
    "client": 4,
    "setting_checks": 4,
    "addresses": 5,
    "customer_payment_sources": 5,
    "display": 5,
    "klarna_desk": 5,
    "klarna_payments": 5,
    "line_items": 5,
    "orders": 5,
    "resources": 5,
    "settings": 5,
    "shipments": 5,
    "skus": 5,
    "exploring": 6,
    "klarna_page": 6,
    "preparing": 6,
    "check_settings": 7,
    "workbench": 7,
}
FLOOR_IN_THE_ANNEXE = {
    "choices": 0,
    "errors": 0,
    "indexes": 0,
    "keys": 0,
    "messages": 0,
    "passwords": 0,
    "progress": 0,
    "queries": 0,
    "resources": 0,
    "sockets": 0,
    "stopping": 0,
    "conditions": 1,
    "database": 2,
    "listing": 2,
    "protocol": 2,
    "rate_limits": 2,
    "requests": 2,
    "values": 2,
    "predicates": 3,
    "store": 3,
    "changes": 4,
    "filling": 4,
    "klarna": 4,
    "own_values": 4,
    "relations": 4,
    "scopes": 4,
    "tokens": 4,
    "filters": 5,
    "order_parts": 5,
    "orders": 5,
    "permissions": 5,
    "ready_made": 5,
    "refresh_tokens": 5,
    "triggers": 5,
    "attributes": 6,
    "grants": 6,
    "parameters": 6,
    "pricing": 6,
    "transactions": 6,
    "writing": 6,
    "addresses": 7,
    "catalogue": 7,
    "customers": 7,
    "deleting": 7,
    "documents": 7,
    "line_items": 7,
    "oauth": 7,
    "other_triggers": 7,
    "readiness": 7,
    "calls": 8,
    "checkout": 8,
    "order_preconditions": 8,
    "payments": 9,
    "placing": 9,
    "wallet": 9,
    "order_triggers": 10,
    "rules": 11,
    "writes": 12,
    "world": 13,
    "writing_actions": 13,
    "app": 14,
    "documented": 14,
    "patterns": 14,
    "seeding": 15,
    "scenarios": 16,
    "front_page": 17,
    "site": 18,
    "server": 19,
    "transport": 19,
    "__main__": 20,
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
