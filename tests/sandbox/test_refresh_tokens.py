"""Refresh tokens: what an access token is renewed with, once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from helpers.sandbox.refresh_tokens import (
    Grant,
    issue_refresh_token,
    read_refresh_token,
    revoke_refresh_token,
)
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.store import Store

GRANT = Grant("a-shop", "market:all", ("customers", "jENxlDKaVB"), {"a": {"b": "ö"}})
TWO_WEEKS = 14 * 24 * 3600


@pytest.mark.parametrize("grant", [GRANT, Grant("a-shop", "")], ids=["full", "bare"])
def test_refresh_token_stands_for_what_was_granted(store: Store, grant: Grant) -> None:
    """What was granted comes back whole."""
    assert read_refresh_token(store, issue_refresh_token(store, grant)) == grant


@pytest.mark.parametrize("text", ["", "unknown", "half \ud83d"])
def test_text_that_is_no_refresh_token_stands_for_nothing(store: Store, text: str) -> None:
    """Any text at all may come in."""
    issue_refresh_token(store, GRANT)

    assert read_refresh_token(store, text) is None


def test_revoked_refresh_token_stands_for_nothing(store: Store) -> None:
    """A refresh token that was revoked is gone; another is not."""
    first, second = issue_refresh_token(store, GRANT), issue_refresh_token(store, GRANT)
    revoke_refresh_token(store, first)

    assert read_refresh_token(store, first) is None
    assert read_refresh_token(store, second) == GRANT


@pytest.mark.parametrize(
    ("seconds", "is_good"), [(TWO_WEEKS - 1, True), (TWO_WEEKS, False)], ids=["before", "then"]
)
def test_refresh_token_expires_after_two_weeks(
    store: Store, monkeypatch: pytest.MonkeyPatch, seconds: int, is_good: bool
) -> None:
    """It is good for two weeks of real time, to the second."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    refresh_token = issue_refresh_token(store, GRANT)
    monkeypatch.setattr(time, "time", lambda: now + seconds)

    assert (read_refresh_token(store, refresh_token) == GRANT) is is_good


def test_refresh_token_is_not_kept(store: Store) -> None:
    """The database holds the hash of it; it is long, and another every time."""
    first, second = issue_refresh_token(store, GRANT), issue_refresh_token(store, GRANT)

    assert len(first) > 40
    assert first != second
    assert first not in store.dump()


def test_refresh_token_survives_a_restart(tmp_path: Path) -> None:
    """What was issued before the sandbox stopped is good after it."""
    file = str(tmp_path / "sandbox.db")
    store = open_store(file)
    with store.transaction():
        refresh_token = issue_refresh_token(store, GRANT)
    store.close()
    store = open_store(file)
    found = read_refresh_token(store, refresh_token)
    store.close()

    assert found == GRANT
