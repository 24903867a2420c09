"""Customers' passwords: what is kept of them.

They are hashed as one should, with a salt of their own, but cheaply: no password of the sandbox
guards anything.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

__all__ = ["hash_password", "is_password"]

# 4 MB and about 9 milliseconds.
_COST = {"n": 2**12, "r": 8, "p": 1}


def hash_password(password: str, *, salt: bytes | None = None) -> str:
    """Hash a password.

    Args:
        password: Any text.
        salt: What makes equal passwords differ, for a world that is to be the same every time;
            by default 16 random bytes.

    Returns:
        The salt and the hash, in hexadecimal, with a dollar sign between them.
    """
    salt = secrets.token_bytes(16) if salt is None else salt
    # A JSON text may hold half a character; as a password it is as good as any other.
    encoded = password.encode("utf-8", "surrogatepass")
    return f"{salt.hex()}${hashlib.scrypt(encoded, salt=salt, **_COST).hex()}"


def is_password(password: str, hashed: str) -> bool:
    """Tell whether this is the password that was hashed."""
    salt = bytes.fromhex(hashed.partition("$")[0])
    return hmac.compare_digest(hash_password(password, salt=salt), hashed)
