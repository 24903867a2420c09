"""The key that signs access tokens: RS512, with an RSA key of 2048 bits.

Cryptography takes as long to import as all the rest of the sandbox, so it is imported where it is
first needed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SigningKey", "new_key", "public_jwk", "sign", "verify"]

_ALGORITHM = "RS512"


@dataclass(frozen=True)
class SigningKey:
    """A key pair.

    Attributes:
        kid: Its name: 64 hexadecimal digits that follow from the public key.
        private: The private key, in PEM.
        public: The public key, in PEM.
    """

    kid: str
    private: str = field(repr=False)
    public: str


def new_key() -> SigningKey:
    """Make a key. This takes some 30 milliseconds, sometimes 200."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SigningKey(
        kid=hashlib.sha256(public).hexdigest(),
        private=private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        public=public.decode(),
    )


def public_jwk(key: SigningKey) -> dict[str, str]:
    """Tell the public key as a JSON Web Key, as ``jwks.json`` lists it."""
    from jwt.algorithms import RSAAlgorithm

    algorithm = RSAAlgorithm(RSAAlgorithm.SHA512)
    numbers = json.loads(algorithm.to_jwk(algorithm.prepare_key(key.public)))
    return {
        "kty": "RSA",
        "n": numbers["n"],
        "e": numbers["e"],
        "alg": _ALGORITHM,
        "use": "sig",
        "kid": key.kid,
    }


def sign(key: SigningKey, claims: Mapping[str, Any]) -> str:
    """Make a JSON Web Token of these claims."""
    import jwt
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    # The key is our own: to prove its primes again would take a hundred times as long as to sign.
    private = load_pem_private_key(
        key.private.encode(), password=None, unsafe_skip_rsa_key_validation=True
    )
    return jwt.encode(
        dict(claims),
        private,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        algorithm=_ALGORITHM,
        headers={"kid": key.kid},
    )


def verify(key: SigningKey, signed: str, *, issuer: str) -> dict[str, Any] | None:
    """Read the claims of a JSON Web Token that this key signed.

    Args:
        key: The key.
        signed: Any text.
        issuer: Who is to have issued it.

    Returns:
        The claims, or None where it is no such thing, was issued by another, or has expired.
    """
    import jwt

    try:
        return jwt.decode(
            signed,
            key.public,
            algorithms=[_ALGORITHM],
            issuer=issuer,
            options={"require": ["exp", "iss"]},
        )
    # Its header is the client's, and anything may be wrong with it: older versions of PyJWT let
    # what is no text, and what is nested deeply, through to here.
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
