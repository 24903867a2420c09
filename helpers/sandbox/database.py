"""The database: its schema, and how a file of the sandbox's is told from any other."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from helpers.sandbox.conditions import indexed, register_functions
from helpers.sandbox.indexes import INDEXES

__all__ = ["DatabaseError", "connect"]

# In a database's header, so that the sandbox knows its own files: the letters "KWSB".
_APPLICATION_ID = 0x4B575342
_SCHEMA_VERSION = 2
_PATIENCE_SECONDS = 5.0
_MAGIC = b"SQLite format 3\0"
_TABLES = """
CREATE TABLE IF NOT EXISTS resource (
    sequence INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    attributes TEXT NOT NULL,
    UNIQUE (type, id)
);
CREATE TABLE IF NOT EXISTS linkage (
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    related_type TEXT NOT NULL,
    related_id TEXT NOT NULL,
    PRIMARY KEY (type, id, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS linkage_from_the_other_end
    ON linkage (related_type, related_id, type, name);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_SCHEMA = _TABLES + "".join(
    f"CREATE INDEX IF NOT EXISTS {index} ON resource"
    f" ({', '.join(map(indexed, names))}) WHERE type = '{type_}';\n"
    for index, (type_, names) in INDEXES.items()
)
_FOR_FILLING = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
"""


class DatabaseError(Exception):
    """The file is no database of the sandbox, or cannot be opened."""


def connect(database: str, *, for_filling: bool = False) -> sqlite3.Connection:
    """Open a database of the sandbox.

    Args:
        database: ``:memory:``, or the path of a file, made where there is none.
        for_filling: Whether to write as fast as can be into a file that nobody else opens, and
            that is thrown away where something goes wrong: nothing can be rolled back.

    Raises:
        DatabaseError: The file is no database of the sandbox, or cannot be opened.
    """
    if not database:
        raise DatabaseError("Expected the path of a file, or :memory:, got an empty text.")
    _refuse_foreign_file(database)
    try:
        connection = sqlite3.connect(
            database, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise DatabaseError(
            f"Expected {database} to be a file that can be made or opened, but {error}: "
            "name a file in a folder that exists and that you may write to."
        ) from None
    try:
        _prepare(connection, database)
        if for_filling:
            connection.executescript(_FOR_FILLING)
        register_functions(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_foreign_file(database: str) -> None:
    """Look at the file's header before SQLite does, which may repair or adopt what it opens."""
    if database == ":memory:":
        return
    try:
        with Path(database).open("rb") as file:
            header = file.read(100)
    except OSError:
        return  # there is no such file, or SQLite says what is wrong with it
    application_id, version = (int.from_bytes(header[at : at + 4]) for at in (68, 60))
    own = (_APPLICATION_ID, _SCHEMA_VERSION)
    if header and not (header.startswith(_MAGIC) and (application_id, version) == own):
        raise DatabaseError(
            f"Expected {database} to be a database of this sandbox (version {_SCHEMA_VERSION}), "
            "but it is another program's, or of another version: name a new file; this one was "
            "left as it was."
        )


def _prepare(connection: sqlite3.Connection, database: str) -> None:
    """Make the file a database of the sandbox, as far as it is not yet; make sure it is writable.

    The schema comes before the journal, so that a file that is not empty has the sandbox's header.
    """
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA application_id = {_APPLICATION_ID};"
            f" PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;"
        )
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        # What a query sets aside is small; a file for it would take longer than the query.
        connection.execute("PRAGMA temp_store = MEMORY")
        # What lists are read from stays at hand, and all else is read where the system has it, as
        # far as SQLite can: what is scattered over a large file takes half the time then.
        connection.execute("PRAGMA cache_size = -32768")
        connection.execute("PRAGMA mmap_size = 1099511627776")
    except sqlite3.Error as error:
        raise DatabaseError(
            f"Expected {database} to be a database of this sandbox that can be written, but "
            f"{error}: name a new file; this one was left as it was."
        ) from None


def _use_wal(connection: sqlite3.Connection) -> None:
    """Change the journal. While another program opens the file, SQLite does not wait for that."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
