"""Customers' passwords: what is kept of them."""

from __future__ import annotations

import time

import pytest

from helpers.sandbox.passwords import hash_password, is_password

PASSWORDS = ["secret", "", "pâté ☃", "half \ud83d", "a" * 100_000, "$"]


@pytest.mark.parametrize("password", PASSWORDS, ids=lambda text: text[:10].encode("unicode_escape"))
def test_password_is_known_again(password: str) -> None:
    """Whatever its letters, a password fits its own hash."""
    assert is_password(password, hash_password(password))


@pytest.mark.parametrize("other", ["Secret", "secret ", "", "secre"])
def test_another_password_is_not_taken_for_it(other: str) -> None:
    """A password fits no other's hash."""
    assert not is_password(other, hash_password("secret"))


def test_hash_tells_nothing() -> None:
    """Equal passwords have different hashes, and none of them holds the password."""
    hashes = {hash_password("secret") for _ in range(3)}

    assert len(hashes) == 3
    assert not any("secret" in hashed for hashed in hashes)


def test_hash_is_the_same_with_the_same_salt() -> None:
    """A world can be written the same every time."""
    assert hash_password("secret", salt=b"salt") == hash_password("secret", salt=b"salt")


def test_hash_is_cheap() -> None:
    """Nobody waits for a hash: the best of five takes less than 50 milliseconds."""
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        hash_password("secret")
        took.append(time.perf_counter() - begun)

    assert min(took) < 0.05
