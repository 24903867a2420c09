"""What a seeded resource has for itself: ids, numbers, instants, counted and not drawn by lot.

Each follows from how many there are before it, so that a world is the same every time, and a
smaller one is the beginning of a larger one.
"""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta
from functools import cache, lru_cache

from helpers.sandbox.store import ID_LENGTH, ID_LETTERS

__all__ = ["client_token", "email", "hexadecimal", "instant", "letters", "order_number", "uuid"]

# Of what there are most, there is room for this many.
_MOST = 100_000_000
_IDS: int = len(ID_LETTERS) ** ID_LENGTH
_STEP = _IDS // _MOST
# Odd and large, so that what is counted does not look like it.
_FACTOR = 0x9E3779B97F4A7C15
_PAIRS = [first + second for first in ID_LETTERS for second in ID_LETTERS]
# There is room for all numbers from here on, and before here for those that clients make.
_FIRST_NUMBER = 10_000_001
# A shop that grows: the n-th order comes the square root of n times this after the beginning.
_BEGINNING = datetime(2012, 1, 1)
_PACE_MILLISECONDS = 59_000_000
# How long after an order the next thing happens to it.
_LATER = timedelta(minutes=2)


def letters(what: str, count: int) -> str:
    """Write ten letters, like an id.

    Each comes after the one before it in the alphabet. An index grows at its end then, which is
    several times as fast as anywhere.

    Args:
        what: What it is for, such as a resource type. Each begins somewhere else.
        count: How many there are before it.
    """
    number = (_beginning(what) + count * _STEP + count * _FACTOR % _STEP) % _IDS
    pairs = []
    for _ in range(ID_LENGTH // 2):
        number, last = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[last])
    return "".join(reversed(pairs))


def email(count: int) -> str:
    """Write a customer's e-mail address."""
    return f"customer{count + 1}@example.com"


def order_number(count: int) -> str:
    """Write an order's number."""
    return str(_FIRST_NUMBER + count)


def client_token(count: int) -> str:
    """Write Klarna's client token for an order."""
    return f"client-token-of-{letters('client_token', count)}"


def hexadecimal(part: int, count: int) -> str:
    """Write 32 hexadecimal digits of an order's own: four parts of them, numbered from 0."""
    return _digits(count)[32 * part : 32 * part + 32]


def uuid(part: int, count: int) -> str:
    """Write a part of the same digits as a UUID."""
    digits = hexadecimal(part, count)
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def instant(step: int, count: int) -> str:
    """Write when something happened to an order: what made it is step 0."""
    since = timedelta(milliseconds=math.isqrt(count * _PACE_MILLISECONDS**2))
    written = (_BEGINNING + since + step * _LATER).isoformat(timespec="milliseconds")
    return f"{written}Z"


@cache
def _beginning(what: str) -> int:
    number = int.from_bytes(hashlib.sha256(what.encode()).digest())
    return number % _IDS


@lru_cache(maxsize=16)
def _digits(count: int) -> str:
    return hashlib.blake2b(f"order {count}".encode()).hexdigest()
