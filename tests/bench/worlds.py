"""Files with many seeded orders, made once and kept for the next time."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.bench.commands import ROOT

__all__ = ["world_of"]

_FOLDER = ROOT / "build" / "bench"
# Whatever decides what is in a file. Where one of them changes, the file is made anew.
_MAKERS = ("database", "indexes", "own_values", "patterns", "seeding")


def world_of(orders: int, *, folder: Path = _FOLDER) -> Path:
    """Find the file with so many seeded orders, or make it. A million takes about two minutes.

    Args:
        orders: How many; with 0, it is the scenario's world alone.
        folder: Where the files are.
    """
    file = folder / f"orders-{orders}-{_fingerprint()}.db"
    if not file.exists():
        # Here, as importing a bench has to be cheap.
        from contextlib import closing

        from helpers.sandbox.progress import Progress
        from helpers.sandbox.scenarios import open_store

        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"orders-{orders}-*"):
            old.unlink()
        with closing(Progress(orders, leave=False)) as progress:
            open_store(str(file), orders=orders or None, report=progress.report).close()
    return file


def _fingerprint() -> str:
    makers = [ROOT / "helpers" / "sandbox" / f"{name}.py" for name in _MAKERS]
    return hashlib.sha256(b"".join(file.read_bytes() for file in makers)).hexdigest()[:8]
