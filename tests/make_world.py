"""Write the worlds of the scenarios into their files: ``make world``.

The sandbox starts from these files. They hold what the rules write, and nothing else: after a rule
has changed, they are to be made anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from helpers.sandbox.scenarios import SCENARIOS, Scenario
from helpers.sandbox.store import Store

FOLDER = Path(__file__).parent.parent / "helpers" / "sandbox"


def write_out(store: Store) -> str:
    """Write out all that a store remembers, in JSON: a line for each resource, linkage and fact."""
    read = store._connection.execute
    resources = [
        [type_, id_, json.loads(attributes)]
        for type_, id_, attributes in read(
            "SELECT type, id, attributes FROM resource ORDER BY sequence"
        )
    ]
    linkage = [list(row) for row in read("SELECT * FROM linkage ORDER BY type, id, name")]
    facts = {name: json.loads(value) for name, value in read("SELECT name, value FROM fact")}
    members = [f"{json.dumps(name)}: {json.dumps(facts[name])}" for name in sorted(facts)]
    return (
        f'{{"resources": [\n{_lines(map(json.dumps, resources))}\n],\n'
        f'"linkage": [\n{_lines(map(json.dumps, linkage))}\n],\n'
        f'"facts": {{\n{_lines(members)}\n}}}}\n'
    )


def _lines(items: Iterable[str]) -> str:
    return ",\n".join(items)


def make(scenario: Scenario) -> str:
    """Let the rules write a scenario's world, and write it out."""
    with closing(Store()) as store:
        with store.transaction():
            scenario.build(store)
        return write_out(store)


def main() -> None:
    """Write every scenario's file, and tell what came of it."""
    for scenario in SCENARIOS.values():
        path, text = FOLDER.joinpath(scenario.file), make(scenario)
        is_known = path.exists() and path.read_text("utf-8") == text
        path.write_text(text, encoding="utf-8")
        print(f"{scenario.file}: {'unchanged' if is_known else 'stored anew'}")


if __name__ == "__main__":
    main()
