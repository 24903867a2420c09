"""What measures the scale: it opens, asks, leaves the worlds as they were, and keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from helpers.sandbox.own_values import letters
from helpers.sandbox.patterns import AUTHORIZED_PLACES
from helpers.sandbox.scenarios import open_store
from tests.bench import scale, worlds
from tests.bench.measuring import Round
from tests.bench.scale import _World
from tests.bench.serving import serving_sandbox

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


@pytest.mark.parametrize("operations", [scale.SAVES, scale.LISTINGS], ids=["saves", "lists"])
def test_scale_is_measured_at_each_size(folder: Path, operations: Mapping[str, Any]) -> None:
    """Every figure has its sample, every line of the plot a point at each size."""
    few = {name: replace(each, requests=3, warming=2) for name, each in operations.items()}
    bench = scale.scale_bench("any", few, sizes=SIZES, rounds=2)
    with bench.open() as measure:
        rounds = [measure(number) for number in range(2)]
    names = {figure.name for figure in bench.figures}
    entries = []
    for size in SIZES:
        store = open_store(str(worlds.world_of(size, folder=folder)))
        entries.append(len(store.identifiers(["customer_payment_sources"])))
        store.close()

    assert names
    for each in rounds:
        assert isinstance(each, Round)
        assert set(each.samples) == names
        assert {point.orders for point in each.latency} == set(SIZES)
        assert len(each.latency) == 2 * len(SIZES)
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


def test_entry_that_was_left_is_removed(folder: Path) -> None:
    """Whoever stopped a run between a save and its end does not spoil the next one."""
    file = worlds.world_of(10, folder=folder)
    with serving_sandbox("--database", file) as server, closing(_World(server.port, 10)) as world:
        for place in AUTHORIZED_PLACES:
            order_id = letters("orders", place)
            attributes = {"_save_payment_source_to_customer_wallet": True}
            data = {"type": "orders", "id": order_id, "attributes": attributes}
            world._ask("PATCH", f"/api/orders/{order_id}", data)
        assert world.save() > 0
        _, wallet = world._ask("GET", "/api/customer_payment_sources")

    assert wallet["meta"]["record_count"] == 3


def test_list_is_another_one_each_time(folder: Path) -> None:
    """What is asked for again is known by then; the first one must not be."""
    file = worlds.world_of(10, folder=folder)
    asked: list[str] = []
    with serving_sandbox("--database", file) as server, closing(_World(server.port, 10)) as world:
        ask = world._ask
        world._ask = lambda method, target: (asked.append(target), ask(method, target))[1]  # type: ignore[method-assign,misc,assignment]
        for _ in range(6):
            world.list()
        first, again = set(asked), asked.clear()
        for _ in range(6):
            world.list_again()

    assert again is None
    assert len(first) == 6
    assert len(set(asked)) == 3


def test_page_that_is_not_full_is_no_figure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that finds nothing is found fast."""
    monkeypatch.setattr(
        scale, "_LISTS", ("filter[q][number_eq]=none&filter[q][id_not_eq]={since}",)
    )
    file = worlds.world_of(10, folder=folder)
    with (
        serving_sandbox("--database", file) as server,
        closing(_World(server.port, 10)) as world,
        pytest.raises(RuntimeError, match="A page of 10 orders has 0"),
    ):
        world.list()


def test_page_that_is_cut_short_is_no_figure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one that holds less than there is."""
    answer = (0.1, {"data": [{}] * 3, "meta": {"record_count": 100}})
    file = worlds.world_of(10, folder=folder)
    with serving_sandbox("--database", file) as server, closing(_World(server.port, 10)) as world:
        monkeypatch.setattr(world, "_ask", lambda method, target: answer)
        with pytest.raises(RuntimeError, match="A page of 10 orders has 3"):
            world.list()


def test_world_is_made_anew_when_the_rules_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever decides what is in a file has a part in its name."""
    before = worlds._fingerprint.__wrapped__()
    monkeypatch.setattr("helpers.sandbox.own_values._FIRST_NUMBER", 1)

    assert worlds._fingerprint.__wrapped__() != before
