"""The clock that a world goes by: the scenario's instant, or the real time."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from helpers.sandbox.klarna import refusal_of
from helpers.sandbox.scenarios import SCENARIOS, Clock, begin, open_store
from helpers.sandbox.store import Store

FROZEN = "2018-01-01T12:00:00.000Z"


def _is_now(instant: str) -> bool:
    return abs(datetime.now(UTC) - datetime.fromisoformat(instant)) < timedelta(seconds=5)


def _now(store: Store, *, writes: bool = True) -> str:
    """Tell the time inside a transaction of its own."""
    with store.transaction(writes=writes):
        return store.now()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> type:
    """Set this machine's clock."""

    class Machine(datetime):
        time = datetime(2026, 1, 1, tzinfo=UTC)

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            """Tell the time that a test has set."""
            return cls.time

    monkeypatch.setattr("helpers.sandbox.store.datetime", Machine)
    return Machine


@pytest.mark.parametrize(
    ("clock", "is_frozen"),
    [(None, True), ("frozen", True), ("real", False)],
    ids=["by default", "frozen", "real"],
)
def test_clock_is_the_one_that_is_asked_for(clock: Clock | None, is_frozen: bool) -> None:
    """By default the scenario's."""
    store = open_store(clock=clock)
    now = store.now()
    store.close()

    assert (now == FROZEN, _is_now(now)) == (is_frozen, not is_frozen)


@pytest.mark.parametrize("clock", ["frozen", "real"])
def test_world_is_that_of_the_scenario_whatever_the_clock(clock: Clock) -> None:
    """What was there from the beginning was made at the scenario's instant."""
    store = open_store(clock=clock)
    instant = store.get(("orders", "qaMAhZkZvd")).attributes["created_at"]
    store.close()

    assert instant == FROZEN


def _refusal(store: Store) -> str | None:
    """Tell the short name of why Klarna refuses the authorization of the page's order."""
    with store.transaction(writes=False):
        refusal = refusal_of(store, store.get(("klarna_payments", "ertHJlpPTR")))
    return refusal[0] if refusal else None


def test_hour_of_an_authorization_starts_with_the_real_clock(machine: type) -> None:
    """The recipe succeeds in a new world, for an hour, and again after a reset."""
    store = open_store(clock="real")
    refusals = []
    for minutes in (0, 59, 2):
        machine.time += timedelta(minutes=minutes)  # type: ignore[attr-defined]
        refusals.append(_refusal(store))
    with store.transaction():
        begin(store, "documented")
    refusals.append(_refusal(store))
    store.close()

    assert refusals == [None, None, "expired", None]


def test_hour_of_an_authorization_goes_on_when_the_database_is_opened_again(
    tmp_path: Path, machine: type
) -> None:
    """Only a clock that stood still starts; one that went all the time is not set back."""
    database = str(tmp_path / "sandbox.db")
    refusals = []
    clocks: list[Clock | None] = ["frozen", "real", "real", None, "real", "frozen", "real"]
    for clock in clocks:
        store = open_store(database, clock=clock)
        refusals.append(_refusal(store))
        store.close()
        machine.time += timedelta(minutes=25)  # type: ignore[attr-defined]

    assert refusals == [None, None, None, None, "expired", None, None]


@pytest.mark.parametrize(
    ("first", "then", "is_frozen"),
    [
        (None, None, True),
        (None, "real", False),
        ("real", None, False),
        ("real", "frozen", True),
        ("real", "real", False),
        ("frozen", None, True),
        ("frozen", "real", False),
    ],
)
def test_clock_is_kept_with_the_database(
    tmp_path: Path, first: Clock | None, then: Clock | None, is_frozen: bool
) -> None:
    """Whoever opens the file again goes on by the same clock, unless they choose another."""
    database = str(tmp_path / "sandbox.db")
    open_store(database, clock=first).close()
    store = open_store(database, clock=then)
    now = store.now()
    store.close()

    assert (now == FROZEN, _is_now(now)) == (is_frozen, not is_frozen)


def test_clock_stops_where_it_is_when_the_scenario_has_none(
    monkeypatch: pytest.MonkeyPatch, machine: type
) -> None:
    """A world that goes by the real time can be stopped, too, and stays so when it is reset."""
    scenario = SCENARIOS["documented"]._replace(build=lambda store: None, file="")
    monkeypatch.setitem(SCENARIOS, "documented", scenario)  # type: ignore[arg-type]
    store = open_store(clock="frozen")
    instants = []
    for _ in range(2):
        for _ in range(2):
            machine.time += timedelta(seconds=1)  # type: ignore[attr-defined]
            instants.append(store.now())
        with store.transaction():
            begin(store, "documented")
    store.close()

    assert instants == ["2026-01-01T00:00:00.000Z"] * 2 + ["2026-01-01T00:00:02.000Z"] * 2


def test_time_goes_on_between_transactions(machine: type) -> None:
    """Whoever asks twice is told two times."""
    store = open_store(clock="real")
    instants = []
    for _ in range(3):
        instants.append(store.now())
        machine.time += timedelta(seconds=1)  # type: ignore[attr-defined]
    store.close()

    assert [earlier < later for earlier, later in pairwise(instants)] == [True, True]


def test_time_stands_still_within_a_write(machine: type) -> None:
    """All that one request changes, it changes at the same instant."""
    store = open_store(clock="real")
    with store.transaction():
        first = store.now()
        machine.time += timedelta(seconds=1)  # type: ignore[attr-defined]
        second = store.now()
    store.close()

    assert first == second


@pytest.mark.parametrize("step", [-3600, 0, 0.0004, 3600], ids=["back", "none", "short", "on"])
def test_every_write_is_later_than_the_one_before(machine: type, step: float) -> None:
    """However fast they come, and wherever this machine's clock is set."""
    store = open_store(clock="real")
    instants = []
    for _ in range(5):
        instants.append(_now(store))
        machine.time += timedelta(seconds=step)  # type: ignore[attr-defined]
    store.close()

    assert [earlier < later for earlier, later in pairwise(instants)] == [True] * 4


def test_time_does_not_go_back_when_the_database_is_opened_again(
    tmp_path: Path, machine: type
) -> None:
    """What was written yesterday was written before what is written today."""
    database = str(tmp_path / "sandbox.db")
    instants = []
    for _ in range(3):
        store = open_store(database, clock="real")
        instants.append(_now(store))
        store.close()
        machine.time -= timedelta(days=1)  # type: ignore[attr-defined]

    assert sorted(set(instants)) == instants


def test_two_who_write_do_not_write_at_the_same_instant(tmp_path: Path, machine: type) -> None:
    """Also where they are two programs with one database."""
    database = str(tmp_path / "sandbox.db")
    stores = [open_store(database, clock="real") for _ in range(2)]
    instants = [_now(store) for store in stores * 3]
    for store in stores:
        store.close()

    assert sorted(set(instants)) == instants


def test_reading_writes_nothing(machine: type) -> None:
    """To ask for the time is no write, and the time read is not before the last write."""
    store = open_store(clock="real")
    written = _now(store)
    machine.time -= timedelta(days=1)  # type: ignore[attr-defined]
    before = store.dump()
    read = [_now(store, writes=False), store.now()]

    assert (store.dump() == before, [written < each for each in read]) == (True, [True, True])
    store.close()


def test_refused_write_takes_no_time(machine: type) -> None:
    """What is taken back leaves nothing behind, and the next write has a time of its own."""
    store = open_store(clock="real")
    before = store.dump()
    with suppress(ZeroDivisionError), store.transaction():
        taken_back = store.now()
        raise ZeroDivisionError
    after = store.dump()
    machine.time += timedelta(seconds=1)  # type: ignore[attr-defined]
    written = _now(store)
    store.close()

    assert (before == after, taken_back < written) == (True, True)
