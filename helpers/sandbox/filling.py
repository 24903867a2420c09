"""A new file, filled as a whole or not at all, and faster than one that is in use."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from helpers.sandbox.database import DatabaseError
from helpers.sandbox.store import Store

__all__ = ["fill_new_file", "is_new_file"]

# What SQLite may leave beside a file.
_BESIDE = ("", "-journal", "-shm", "-wal")


def is_new_file(database: str) -> bool:
    """Tell whether a database is a file that is not there yet."""
    return database not in {"", ":memory:"} and not os.path.lexists(database)


def fill_new_file(database: str, write: Callable[[Store], object]) -> None:
    """Make a file that holds what is written, in one transaction.

    It is written beside where it will be, and gets its name when it is whole: whatever comes out
    as an exception, there is no such file then.

    Args:
        database: The path of a file that is new.
        write: Writes into a store of that file.

    Raises:
        DatabaseError: There is no room for it, it cannot be made, or parts of another database
            stand beside it, which SQLite would take for its own.
    """
    left = [
        each for each in (f"{database}{beside}" for beside in _BESIDE[1:]) if Path(each).exists()
    ]
    if left:
        raise DatabaseError(
            f"Expected nothing beside the new file {database}, but there is {left[0]}, which is of "
            "a database of that name that is gone: remove it if no sandbox uses it any more, or "
            "name another file."
        )
    draft = Path(f"{database}.{os.getpid()}.draft")
    try:
        with closing(Store(str(draft), for_filling=True)) as store, store.transaction():
            write(store)
        _to_disk(draft)
        with suppress(FileExistsError):  # somebody else was faster, and theirs is as good
            _give_name(draft, database)
    except DatabaseError as error:
        raise DatabaseError(str(error).replace(str(draft), database)) from None
    except (OSError, sqlite3.Error) as error:
        raise DatabaseError(
            f"Expected room and leave to write {database}, but {error}: make room, or name a file "
            "elsewhere; nothing is left of this one."
        ) from None
    finally:
        for beside in _BESIDE:
            with suppress(OSError):
                Path(f"{draft}{beside}").unlink()


def _give_name(draft: Path, database: str) -> None:
    """Name the file, unless something has that name by now."""
    try:
        os.link(draft, database)
    except FileExistsError:
        raise
    except OSError:  # not every file system lets a file have two names
        if is_new_file(database):
            draft.rename(database)


def _to_disk(file: Path) -> None:
    """Wait until a file is where a power cut leaves it."""
    with file.open("r+b") as opened:
        os.fsync(opened.fileno())
