"""Worlds that are ready-made: what the rules once wrote for a scenario, as a file.

To let the rules write it anew at each start takes longer than all else that a start takes. The file
is made by ``make world``, and a test holds it against what the rules write.
"""

from __future__ import annotations

import json
from importlib import resources as package_files

from helpers.sandbox.store import Store

__all__ = ["load"]

_FILES = package_files.files("helpers.sandbox")


def load(store: Store, file: str) -> None:
    """Write the world that is in a file of this package into an empty store."""
    world = json.loads(_FILES.joinpath(file).read_text("utf-8"))
    store.load(
        ((type_, id_, json.dumps(attributes)) for type_, id_, attributes in world["resources"]),
        world["linkage"],
    )
    for name, value in world["facts"].items():
        store.remember(name, value)
