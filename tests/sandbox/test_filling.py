"""A new file is filled as a whole, or it is not there."""

from __future__ import annotations

import os
import select
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

import helpers
from helpers.sandbox.database import DatabaseError
from helpers.sandbox.filling import fill_new_file, is_new_file
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.store import Store

ROOT = Path(helpers.__file__).parent.parent

Start = Callable[..., subprocess.Popen[str]]


def write(store: Store) -> None:
    """Write more than SQLite keeps in memory."""
    for number in range(50):
        store.add("skus", f"sku{number}", attributes={"text": "x" * 3_000})


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda file: None, True),
        (lambda file: file.touch(), False),
        (lambda file: file.symlink_to("elsewhere"), False),
        (lambda file: file.write_text("x"), False),
        (lambda file: file.mkdir(), False),
    ],
    ids=["not there", "empty", "a link", "something", "a folder"],
)
def test_file_is_new_when_it_is_not_there(
    tmp_path: Path, make: Callable[[Path], object], expected: bool
) -> None:
    """What is there is never written over."""
    file = tmp_path / "sandbox.db"
    make(file)

    assert is_new_file(str(file)) is expected


@pytest.mark.parametrize("database", ["", ":memory:"])
def test_memory_is_no_file(database: str) -> None:
    """It is filled where it is."""
    assert not is_new_file(database)


def test_file_holds_what_was_written(tmp_path: Path) -> None:
    """It is a file as any other of the sandbox's, with nothing beside it."""
    file = tmp_path / "sandbox.db"
    fill_new_file(str(file), write)

    assert list(tmp_path.iterdir()) == [file]
    with closing(Store(str(file))) as store:
        [[check]] = store._connection.execute("PRAGMA integrity_check")
        assert (len(store.identifiers(["skus"])), check) == (50, "ok")


@pytest.mark.parametrize(
    "failure", [KeyboardInterrupt, ZeroDivisionError], ids=lambda each: each.__name__
)
def test_nothing_is_left_when_it_is_interrupted(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    """Whatever comes out, comes out as it is, and there is no file."""

    def fail(store: Store) -> None:
        write(store)
        raise failure

    with pytest.raises(failure):
        fill_new_file(str(tmp_path / "sandbox.db"), fail)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_when_the_disk_is_full(tmp_path: Path) -> None:
    """One sentence says what happened, and what to do."""
    file = tmp_path / "sandbox.db"

    def fill(store: Store) -> None:
        store._connection.execute("PRAGMA max_page_count = 30")
        write(store)

    with pytest.raises(DatabaseError) as caught:
        fill_new_file(str(file), fill)
    assert str(caught.value) == (
        f"Expected room and leave to write {file}, but database or disk is full: make room, or "
        "name a file elsewhere; nothing is left of this one."
    )
    assert list(tmp_path.iterdir()) == []


def test_file_is_refused_when_its_folder_is_not_there(tmp_path: Path) -> None:
    """The message names the file that was asked for."""
    file = tmp_path / "no" / "sandbox.db"

    with pytest.raises(DatabaseError, match=f"^Expected {file} to be a file that can be made"):
        fill_new_file(str(file), write)


def test_file_of_somebody_who_was_faster_is_kept(tmp_path: Path) -> None:
    """Two programs that start at once do not take a file away from each other."""
    file = tmp_path / "sandbox.db"

    def fill(store: Store) -> None:
        with closing(Store(str(file))) as other:
            other.remember("whose", "theirs")

    fill_new_file(str(file), fill)
    with closing(Store(str(file))) as store:
        assert store.fact("whose") == "theirs"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("has_links", [True, False])
def test_name_is_not_taken_from_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    """Nor where somebody comes in the last moment, and files have one name only."""
    file = tmp_path / "sandbox.db"
    link = os.link

    def come_first(source: object, target: str) -> None:
        with closing(Store(str(file))) as other:
            other.remember("whose", "theirs")
        if not has_links:
            raise PermissionError
        link(Path(str(source)), target)

    monkeypatch.setattr(os, "link", come_first)
    fill_new_file(str(file), write)
    with closing(Store(str(file))) as store:
        assert store.fact("whose") == "theirs"
    assert list(tmp_path.iterdir()) == [file]


def test_file_is_made_where_files_have_one_name_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There, the draft gets another name."""
    file = tmp_path / "sandbox.db"

    def refuse(source: object, target: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    fill_new_file(str(file), write)
    with closing(Store(str(file))) as store:
        assert len(store.identifiers(["skus"])) == 50


@pytest.mark.parametrize("beside", ["-wal", "-shm", "-journal"])
def test_new_file_is_refused_beside_what_is_left_of_another(tmp_path: Path, beside: str) -> None:
    """SQLite would take it for its own, and write what stands there into the new file."""
    file, left = tmp_path / "sandbox.db", tmp_path / f"sandbox.db{beside}"
    left.write_bytes(b"anything")

    with pytest.raises(DatabaseError, match=f"^Expected nothing beside .* there is {left}, "):
        open_store(str(file), orders=10)
    assert list(tmp_path.iterdir()) == [left]


def test_empty_file_stays_the_same_file(tmp_path: Path) -> None:
    """It may be for its owner only, or stand elsewhere."""
    file, link = tmp_path / "real.db", tmp_path / "sandbox.db"
    file.touch(0o600)
    link.symlink_to(file)
    open_store(str(link), orders=10).close()

    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(open_store(str(file), orders=10)) as store:
        assert store.count(["orders"]) > 10


@pytest.mark.parametrize("orders", [0, -5, True, 10_000_001])
def test_number_of_orders_is_checked(orders: int) -> None:
    """Before anything is written."""
    with pytest.raises(ValueError, match=r"^Expected 1 to 10,000,000 orders, or None; got "):
        open_store(orders=orders)


@pytest.fixture
def program(start: Start) -> Start:
    """Start the program at a port that is free."""
    return partial(start, "--port", "0")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_program_leaves_nothing_when_it_is_stopped_while_it_seeds(
    tmp_path: Path, program: Start, number: signal.Signals
) -> None:
    """Ctrl-C tells what became of the file, without a traceback."""
    process = program("--database", str(tmp_path / "sandbox.db"), "--orders", "1000000")
    assert process.stderr is not None
    first = process.stderr.readline()
    until = time.monotonic() + 20
    while not list(tmp_path.iterdir()) and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(number)
    output, error = process.communicate(timeout=20)

    assert (first, output, error) == (
        "Seeding 1,000,000 orders.\n",
        "",
        "Stopped before it began to answer. A new file is gone, an older one is as it was.\n",
    )
    assert (process.returncode, list(tmp_path.iterdir())) == (130, [])


def test_program_says_when_it_has_seeded(tmp_path: Path, program: Start) -> None:
    """Where no terminal shows a bar, there is a line at the start and one at the end."""
    database = str(tmp_path / "sandbox.db")
    for expected in (["Seeding 20 orders.", "Seeded 20 orders in "], []):
        process = program("--database", database, "--orders", "20")
        assert process.stdout is not None
        assert process.stdout.readline().startswith("The sandbox answers at ")
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=20)
        lines = error.splitlines()
        assert [line[: len(start)] for line, start in zip(lines, expected, strict=True)] == expected
        assert process.returncode == 0


def test_program_shows_a_bar_on_a_terminal(program: Start) -> None:
    """It tells how many orders there are, and how far it is."""
    termios = pytest.importorskip("termios", reason="there are no such terminals here")
    terminal, other = os.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    process = program("--orders", "700", error=other)
    os.close(other)
    shown = ""
    while "700/700" not in shown:
        assert select.select([terminal], [], [], 20)[0], shown
        shown += os.read(terminal, 100_000).decode()
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    os.close(terminal)

    assert "Seeding 700 orders:   0%" in shown


@pytest.mark.parametrize("text", ["0", "-1", "10000001", "1" * 5_000, "ten", "1e3", "1.5", "", "٣"])
def test_program_refuses_what_is_no_number_of_orders(program: Start, text: str) -> None:
    """The message tells what can be asked for."""
    process = program(f"--orders={text}")
    _, error = process.communicate(timeout=20)

    assert process.returncode == 2
    assert error.splitlines()[-1] == (
        "python -m helpers.sandbox: error: argument --orders: expected a number from 1 to "
        f"10000000, in digits alone, got {text[:40]!r}"
    )


def test_file_of_seeded_orders_is_good(tmp_path: Path) -> None:
    """SQLite finds nothing wrong with it, and it is kept as any other file is."""
    with closing(open_store(str(tmp_path / "sandbox.db"), orders=300)) as store:
        connection: sqlite3.Connection = store._connection
        checks = [
            connection.execute(f"PRAGMA {pragma}").fetchone()[0]
            for pragma in ("integrity_check", "journal_mode", "synchronous", "locking_mode")
        ]

    assert checks == ["ok", "wal", 1, "normal"]
