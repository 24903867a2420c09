"""What measures the scale: it opens, asks, leaves the worlds as they were, and keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.sandbox.scenarios import open_store
from tests.bench import scale, worlds
from tests.bench.measuring import Round

SIZES = (10, 20, 30, 40)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the worlds somewhere else."""
    monkeypatch.setattr(scale, "world_of", lambda orders: worlds.world_of(orders, folder=tmp_path))
    return tmp_path


def test_world_is_made_once(tmp_path: Path) -> None:
    """The next time, it is the same file; one of another version is made anew."""
    old = tmp_path / "orders-12-0123abcd.db"
    old.touch()
    file = worlds.world_of(12, folder=tmp_path)
    written = file.stat().st_mtime_ns

    assert (worlds.world_of(12, folder=tmp_path), file.stat().st_mtime_ns) == (file, written)
    assert list(tmp_path.iterdir()) == [file]
    store = open_store(str(file), orders=12)
    store.close()


def test_scale_is_measured_at_each_size(folder: Path) -> None:
    """Every figure has its sample, every line of the plot a point at each size."""
    bench = scale.scale_bench(sizes=SIZES, requests=3, warming=2, rounds=2)
    with bench.open() as measure:
        rounds = [measure(number) for number in range(2)]
    names = {figure.name for figure in bench.figures}
    entries = []
    for size in SIZES:
        store = open_store(str(worlds.world_of(size, folder=folder)))
        entries.append(len(store.identifiers(["customer_payment_sources"])))
        store.close()

    for each in rounds:
        assert isinstance(each, Round)
        assert set(each.samples) == names
        assert {point.orders for point in each.latency} == set(SIZES)
        assert len(each.latency) == 3 * len(SIZES)
        assert all(value > 0 for value in each.latency.values())
    # What a save has made is gone again; the documented world has two, and its own order was saved
    # to see that the sandbox answers.
    assert entries == [3] * len(SIZES)


def test_start_is_measured_on_many_and_on_none() -> None:
    """Each round starts a sandbox on either file."""
    bench = scale.start_bench(orders=20, rounds=2)
    with bench.open() as measure:
        found = measure(1)

    assert not isinstance(found, Round)
    assert list(found) == [figure.name for figure in bench.figures]
    assert all(seconds > 0 for seconds in found["scale-start"])
