"""What the sandbox remembers, and which files it opens."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helpers.sandbox import database
from helpers.sandbox.database import DatabaseError
from helpers.sandbox.store import Store

CUSTOMER = ("customers", "aCustomer")


@pytest.fixture
def empty() -> Iterator[Store]:
    """Open a store without a world."""
    store = Store()
    yield store
    store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Name a database that is not there yet."""
    return tmp_path / "sandbox.db"


def test_resource_is_found_as_it_was_added(empty: Store) -> None:
    """Attributes and linkage come back as they went in, with the times beside them."""
    empty.remember("clock", "2018-01-01T12:00:00.000Z")
    attributes = {"text": "é\x00\n", "number": 1.5, "nothing": None, "list": [{"a": []}]}
    empty.add("orders", "anOrder", attributes=attributes, linkage={"customer": CUSTOMER})
    found = empty.get(("orders", "anOrder"))

    assert (found.attributes, found.linkage) == (
        {
            "created_at": "2018-01-01T12:00:00.000Z",
            "updated_at": "2018-01-01T12:00:00.000Z",
            **attributes,
        },
        {"customer": CUSTOMER},
    )


@pytest.mark.parametrize(
    ("types", "id_"),
    [(["orders"], "unknown"), (["customers"], "anOrder"), ([], "anOrder"), (["orders"], "ANORDER")],
)
def test_resource_is_not_found_by_another_type_or_id(
    empty: Store, types: list[str], id_: str
) -> None:
    """Type and id together are a resource's name, letter by letter."""
    empty.add("orders", "anOrder", attributes={}, linkage={})
    found = empty.find(types, id_)

    assert found is None


def test_resource_that_must_be_there_is_missed_aloud(empty: Store) -> None:
    """Linkage that leads nowhere is the sandbox's own fault, and says so."""
    with pytest.raises(LookupError, match="orders/unknown is linked to, but not stored"):
        empty.get(("orders", "unknown"))


def test_resource_cannot_be_added_twice(empty: Store) -> None:
    """An id belongs to one resource of a type."""
    empty.add("orders", "anOrder", attributes={}, linkage={})

    with pytest.raises(sqlite3.IntegrityError):
        empty.add("orders", "anOrder", attributes={}, linkage={})


def test_update_keeps_what_it_does_not_name(empty: Store) -> None:
    """Attributes and linkage are changed one by one, and the time with them."""
    empty.remember("clock", "2018-01-01T12:00:00.000Z")
    market = ("markets", "aMarket")
    linkage = {"customer": ("customers", "another"), "market": market}
    order = empty.add("orders", "anOrder", attributes={"a": 1, "b": 2}, linkage=linkage)
    empty.remember("clock", "2018-01-01T12:00:01.000Z")
    updated = empty.update(order, attributes={"b": 3}, linkage={"customer": CUSTOMER})

    assert (updated.attributes, updated.linkage) == (
        {
            "created_at": "2018-01-01T12:00:00.000Z",
            "updated_at": "2018-01-01T12:00:01.000Z",
            "a": 1,
            "b": 3,
        },
        {"customer": CUSTOMER, "market": market},
    )


def test_identifiers_come_oldest_first(empty: Store) -> None:
    """A list is in the order that its resources were made in, types mixed."""
    made = [("skus", "b"), ("prices", "c"), ("skus", "a"), ("orders", "d")]
    for type_, id_ in made:
        empty.add(type_, id_, attributes={}, linkage={})

    assert empty.identifiers(["prices", "skus"]) == made[:3]


def test_linked_resources_come_oldest_first(empty: Store) -> None:
    """The other end of a relationship knows who leads to it, by that name and of those types."""
    for type_, id_, name, related in (
        ("orders", "b", "customer", CUSTOMER),
        ("orders", "a", "customer", CUSTOMER),
        ("orders", "c", "customer", ("customers", "another")),
        ("orders", "d", "buyer", CUSTOMER),
        ("returns", "e", "customer", CUSTOMER),
    ):
        empty.add(type_, id_, attributes={}, linkage={name: related})
    found = empty.linked_from(CUSTOMER, types=["orders"], name="customer")

    assert found == [("orders", "b"), ("orders", "a")]


@pytest.mark.parametrize("value", [None, "text", 1, [1, [2]], {"a": {"b": None}}], ids=repr)
def test_fact_is_recalled_as_it_was_remembered(empty: Store, value: object) -> None:
    """A fact is anything that JSON can hold; the latest one counts."""
    empty.remember("fact", "before")
    empty.remember("fact", value)

    assert empty.fact("fact", "default") == value


def test_fact_has_a_default_when_there_is_none(empty: Store) -> None:
    """What was never remembered is what the caller says it is."""
    assert (empty.fact("unknown"), empty.fact("unknown", [])) == (None, [])


def test_ids_never_repeat(empty: Store) -> None:
    """Ten thousand ids are ten thousand different ones."""
    with empty.transaction():
        ids = [empty.next_id("orders") for _ in range(10_000)]

    assert len(set(ids)) == 10_000


def test_ids_are_of_the_documented_letters(empty: Store) -> None:
    """Ten letters, and every letter but the capitals H and T is used."""
    with empty.transaction():
        ids = [empty.next_id("orders") for _ in range(1_000)]

    letters = set("ABCDEFGIJKLMNOPQRSUVWXYZabcdefghijklmnopqrstuvwxyz")
    assert ({len(id_) for id_ in ids}, set("".join(ids))) == ({10}, letters)


def test_ids_are_the_same_in_every_world(empty: Store, tmp_path: Path) -> None:
    """The same steps lead to the same ids."""
    another = Store(str(tmp_path / "another.db"))
    types = ["orders", "skus", "orders"]
    ids = [[store.next_id(type_) for type_ in types] for store in (empty, another)]
    another.close()

    assert ids[0] == ids[1]


def test_ids_are_what_they_always_were(empty: Store) -> None:
    """Documents that were stored with one version are the same with the next."""
    ids = [empty.next_id(type_) for type_ in ("orders", "orders", "skus")]

    assert ids == ["nMISnIGxhI", "rnyifBxgaB", "nYEAxPWGeL"]


def test_id_that_is_kept_for_a_type_comes_first(empty: Store) -> None:
    """A scenario decides on the first ids of a type; the others follow a count."""
    empty.remember("kept_ids", {"orders": ["first", "second"]})
    ids = [empty.next_id(type_) for type_ in ("orders", "skus", "orders", "orders")]

    assert [id_ in {"first", "second"} for id_ in ids] == [True, False, True, False]


def test_time_is_that_of_the_scenario_when_it_stopped_the_clock(empty: Store) -> None:
    """A stopped clock is what makes answers repeatable."""
    empty.remember("clock", "2018-01-01T12:00:00.000Z")

    assert empty.now() == "2018-01-01T12:00:00.000Z"


def test_time_is_written_as_the_api_writes_it(empty: Store) -> None:
    """A running clock tells UTC with milliseconds."""
    digits = "".join("0" if letter.isdecimal() else letter for letter in empty.now())

    assert digits == "0000-00-00T00:00:00.000Z"


def _write_and_raise(store: Store, failure: type[BaseException]) -> None:
    with store.transaction():
        store.next_id("orders")
        store.add("orders", "anOrder", attributes={}, linkage={"customer": CUSTOMER})
        store.update(store.get(("orders", "qaMAhZkZvd")), attributes={"a": 1}, linkage={})
        raise failure


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_transaction_leaves_nothing_behind_when_an_exception_comes_out(
    store: Store, failure: type[BaseException]
) -> None:
    """All of it happens, or nothing."""
    before = store.dump()

    with pytest.raises(failure):
        _write_and_raise(store, failure)
    assert store.dump() == before


def test_transaction_can_follow_one_that_failed(store: Store) -> None:
    """A failure is over when it is told."""
    with pytest.raises(ZeroDivisionError):
        _write_and_raise(store, ZeroDivisionError)
    with store.transaction():
        store.remember("afterwards", True)

    assert store.fact("afterwards")


def _fill(store: Store) -> None:
    with store.transaction():
        for number in range(1_000):
            store.add("skus", f"sku{number}", attributes={"text": "x" * 3_000}, linkage={})


def test_transaction_tells_that_the_disk_is_full(store: Store) -> None:
    """What SQLite ends by itself is told as it is, and nothing of it stays."""
    before = store.dump()
    store._connection.execute("PRAGMA max_page_count = 1")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        _fill(store)
    assert store.dump() == before


def test_transactions_of_many_threads_do_not_mix(store: Store) -> None:
    """One at a time: nobody reads what another is about to change."""
    together = threading.Barrier(8)

    def count(_: int) -> None:
        together.wait(5)
        for _ in range(25):
            with store.transaction():
                store.remember("count", store.fact("count", 0) + 1)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(8)))

    assert store.fact("count") == 200


def test_transaction_waits_for_the_one_that_is_open(store: Store) -> None:
    """Another thread begins when this one is done, and not in between."""
    order: list[str] = []
    came = threading.Event()

    def write() -> None:
        came.set()
        with store.transaction():
            order.append("the other")

    thread = threading.Thread(target=write)
    with store.transaction():
        thread.start()
        came.wait(5)
        thread.join(0.05)
        order.append("this one")
    thread.join(5)

    assert order == ["this one", "the other"]


def test_dump_tells_two_moments_apart(store: Store) -> None:
    """Whatever changes, shows."""
    dumps = [store.dump()]
    store.remember("fact", 1)
    dumps.append(store.dump())
    order = store.get(("orders", "qaMAhZkZvd"))
    store.update(order, attributes={"number": "1"}, linkage={})
    dumps.append(store.dump())
    store.update(order, attributes={"number": "1"}, linkage={"customer": CUSTOMER})
    dumps.append(store.dump())

    assert len(set(dumps)) == 4


def test_file_keeps_everything(file: Path) -> None:
    """A store that is opened again is as it was closed."""
    store = Store(str(file))
    store.add("orders", "anOrder", attributes={"a": 1}, linkage={"customer": CUSTOMER})
    store.remember("fact", 1)
    before = store.dump()
    store.close()

    store = Store(str(file))
    after = store.dump()
    store.close()
    assert after == before


def test_file_is_one_file_when_it_is_closed(file: Path) -> None:
    """Nothing lies beside it, so it can be copied."""
    store = Store(str(file))
    store.remember("fact", 1)
    store.close()

    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_file_bears_the_mark_of_the_sandbox(file: Path) -> None:
    """The next version knows a file of this one by its header."""
    Store(str(file)).close()
    header = file.read_bytes()[:100]

    assert (header[68:72], header[60:64]) == (b"KWSB", bytes([0, 0, 0, 2]))


def test_file_has_a_journal_that_outlives_a_killed_program(file: Path) -> None:
    """What is half-written is not in the database itself, but beside it."""
    Store(str(file)).close()
    connection = sqlite3.connect(file)
    mode = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()

    assert mode == ("wal",)


def test_file_may_be_open_twice(file: Path) -> None:
    """Another process, or another store, sees what is acknowledged."""
    first, second = Store(str(file)), Store(str(file))
    with first.transaction():
        first.remember("fact", 1)
    seen = second.fact("fact")
    first.close()
    second.close()

    assert seen == 1


def test_file_may_be_opened_by_many_at_once(file: Path) -> None:
    """Whoever comes first makes it, and the others find it made."""
    Store(str(file)).close()
    together = threading.Barrier(6)

    def open_and_write(number: int) -> None:
        together.wait(5)
        store = Store(str(file))
        with store.transaction():
            store.remember(f"fact {number}", number)
        store.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(open_and_write, range(6)))

    store = Store(str(file))
    facts = [store.fact(f"fact {number}") for number in range(6)]
    store.close()
    assert facts == list(range(6))


def test_file_is_made_where_it_is_empty(file: Path) -> None:
    """A file of no bytes is nobody's."""
    file.touch()
    store = Store(str(file))
    store.remember("fact", 1)
    fact = store.fact("fact")
    store.close()

    assert fact == 1


def _other_program(file: Path, *statements: str) -> None:
    connection = sqlite3.connect(file)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def _crashed_program(file: Path) -> None:
    """Leave what a program leaves that is killed: the last writes stand beside the file."""
    lines = [
        "import os, sqlite3, sys",
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)",
        "connection.execute('PRAGMA journal_mode = WAL')",
        "connection.execute('CREATE TABLE theirs (a)')",
        "os._exit(0)",
    ]
    subprocess.run([sys.executable, "-c", "\n".join(lines), str(file)], check=True, timeout=10)


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a letter": lambda file: file.write_text("x"),
    "a text": lambda file: file.write_text("Dear reader,\n"),
    "a long text": lambda file: file.write_text("Dear reader,\n" * 1_000),
    "zeros": lambda file: file.write_bytes(bytes(8192)),
    "the start of a database": lambda file: file.write_bytes(b"SQLite format 3\0"),
    "another program's": lambda file: _other_program(file, "CREATE TABLE theirs (a)"),
    "another program's, empty": lambda file: _other_program(file, "PRAGMA application_id = 77"),
    "another program's, crashed": _crashed_program,
    "another version's": lambda file: _other_program(
        file, "PRAGMA application_id = 1263948610", "PRAGMA user_version = 1", "CREATE TABLE a (b)"
    ),
    "of our version, another program's": lambda file: _other_program(
        file, "PRAGMA user_version = 2", "CREATE TABLE resource (a)"
    ),
}


@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN)
def test_file_is_refused_and_left_as_it_was_when_it_is_foreign(
    file: Path, make: Callable[[Path], object]
) -> None:
    """A file that is not the sandbox's own keeps every byte, and so does what lies beside it."""
    make(file)
    before = {each.name: each.read_bytes() for each in file.parent.iterdir()}

    with pytest.raises(DatabaseError, match="this one was left as it was"):
        Store(str(file))
    assert {each.name: each.read_bytes() for each in file.parent.iterdir()} == before


@pytest.mark.parametrize("path", [".", "no/such/folder/sandbox.db"], ids=["a folder", "no folder"])
def test_file_is_refused_when_it_cannot_be_made(tmp_path: Path, path: str) -> None:
    """One sentence says what was expected, and what to do."""
    database = str(tmp_path / path)

    with pytest.raises(DatabaseError) as caught:
        Store(database)
    assert str(caught.value) == (
        f"Expected {database} to be a file that can be made or opened, but unable to open "
        "database file: name a file in a folder that exists and that you may write to."
    )


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may write to every file"
)
def test_file_is_refused_when_it_is_read_only(file: Path) -> None:
    """A file that cannot be written is told right away, not at the first request."""
    Store(str(file)).close()
    file.chmod(0o444)
    before = file.read_bytes()

    with pytest.raises(DatabaseError, match="to be a database of this sandbox that can be written"):
        Store(str(file))
    assert file.read_bytes() == before


def test_file_is_refused_when_it_is_damaged(file: Path) -> None:
    """The header alone does not make a database."""
    Store(str(file)).close()
    damaged = file.read_bytes()[:100] + b"x" * 8092
    file.write_bytes(damaged)

    with pytest.raises(DatabaseError, match="malformed"):
        Store(str(file))
    assert file.read_bytes() == damaged


def test_store_cannot_be_used_when_it_is_closed(empty: Store) -> None:
    """Closed is closed."""
    empty.close()

    with pytest.raises(sqlite3.ProgrammingError):
        empty.fact("anything")


def test_file_without_a_name_is_refused() -> None:
    """An empty name would be a file that SQLite throws away, so nothing would be kept."""
    with pytest.raises(DatabaseError, match=r"^Expected the path of a file, or :memory:, got an"):
        Store("")


def test_transaction_starts_after_one_that_an_interrupt_cut_off() -> None:
    """A kernel interrupt between two statements does not end the sandbox for good."""
    store = Store()
    store._connection.execute("BEGIN IMMEDIATE")
    store.remember("cut", "off")
    with store.transaction():
        kept = store.fact("cut")
    store.close()

    assert kept is None


def test_reading_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    """Another sandbox that writes to the same file holds up no GET."""
    writer, reader = (Store(str(tmp_path / "world.db")) for _ in "12")
    with writer.transaction(), reader.transaction(writes=False):
        read = reader.fact("nothing", "read")
    writer.close()
    reader.close()

    assert read == "read"


def test_file_that_another_program_writes_is_waited_for(tmp_path: Path) -> None:
    """SQLite changes the journal at once or not at all; whoever opens the file waits instead."""
    file = tmp_path / "sandbox.db"
    Store(str(file)).close()
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN IMMEDIATE")
    own = sqlite3.connect(file, isolation_level=None)
    release = threading.Timer(0.2, other.execute, ["COMMIT"])
    release.start()
    started = time.monotonic()
    database._use_wal(own)

    assert 0.1 <= time.monotonic() - started < 4
    assert own.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    release.join()
    own.close()
    other.close()


def test_file_that_another_program_keeps_to_itself_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who never lets go of the file is told."""
    monkeypatch.setattr(database, "_PATIENCE_SECONDS", 0.1)
    file = tmp_path / "sandbox.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("CREATE TABLE theirs (x)")
    other.execute("BEGIN EXCLUSIVE")
    own = sqlite3.connect(file, timeout=0, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        database._use_wal(own)

    own.close()
    other.close()


def test_what_was_undone_is_not_in_mind(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where an interrupt cut off the undoing itself."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    with empty.transaction():
        resource = empty.add("skus", "one", attributes={"code": "before"})
    with monkeypatch.context() as patched:
        patched.setattr(empty, "_forget", interrupt)
        with pytest.raises(KeyboardInterrupt), empty.transaction():  # noqa: PT012
            empty.update(resource, attributes={"code": "refused"})
            raise ZeroDivisionError

    with empty.transaction():
        assert empty.get(("skus", "one")).attributes["code"] == "before"
