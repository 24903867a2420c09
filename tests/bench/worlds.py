"""Files with many seeded orders, made once and kept for the next time."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from tests.bench.commands import ROOT

__all__ = ["world_of"]

_FOLDER = ROOT / "build" / "bench"
# So many orders tell what more of them would be like.
_FEW = 40


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


@cache
def _fingerprint() -> str:
    """Tell one way to make a world from another: by all that is in a small one."""
    from contextlib import closing

    from helpers.sandbox.scenarios import open_store

    with closing(open_store(orders=_FEW)) as store:
        return hashlib.sha256(store.dump().encode()).hexdigest()[:8]
