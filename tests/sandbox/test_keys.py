"""The key that signs access tokens."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from dataclasses import replace

import jwt
import pytest

from helpers.sandbox.keys import SigningKey, new_key, public_jwk, sign, verify

ISSUER = "https://issuer.example.com"


def claims(**changes: object) -> dict[str, object]:
    """Make claims that are good, but for some changes."""
    return {"iss": ISSUER, "exp": int(time.time()) + 60, "rand": 0.5, **changes}


def encoded(value: object) -> str:
    """Encode a part of a JSON Web Token."""
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_claims_come_back_as_they_were_signed(key: SigningKey) -> None:
    """What the key signed, it verifies."""
    sent = claims(custom_claim={"name": "Jörg"})

    assert verify(key, sign(key, sent), issuer=ISSUER) == sent


def test_header_names_algorithm_type_and_key(key: SigningKey) -> None:
    """The header holds what the API's have, and no more."""
    header = jwt.get_unverified_header(sign(key, claims()))

    assert header == {"alg": "RS512", "typ": "JWT", "kid": key.kid}
    assert re.fullmatch("[0-9a-f]{64}", key.kid)


def test_key_is_another_every_time(key: SigningKey) -> None:
    """No two worlds share a key."""
    other = new_key()

    assert {other.kid, other.private, other.public}.isdisjoint({key.kid, key.private, key.public})


@pytest.mark.parametrize(
    "changes",
    [{"exp": 1}, {"exp": None}, {"iss": "https://another.example.com"}, {"iss": None}],
    ids=["expired", "without expiry", "another's", "nobody's"],
)
def test_claims_are_refused(key: SigningKey, changes: dict[str, object]) -> None:
    """A good signature alone is not enough."""
    sent = {name: value for name, value in claims(**changes).items() if value is not None}

    assert verify(key, sign(key, sent), issuer=ISSUER) is None


def test_signature_of_another_key_is_refused(key: SigningKey) -> None:
    """The name of the key in the header counts for nothing."""
    other = replace(new_key(), kid=key.kid)

    assert verify(key, sign(other, claims()), issuer=ISSUER) is None


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS512"}, {"alg": "RS256"}, {}, [], "nonsense", "[" * 50_000],
    ids=["none", "HS512", "RS256", "empty", "list", "no JSON", "deep"],
)
def test_header_of_another_kind_is_refused(key: SigningKey, header: object) -> None:
    """No header of a client's making gets round the signature."""
    signature = sign(key, claims()).rpartition(".")[2]
    forged = f"{encoded(header)}.{encoded(claims())}.{signature}"

    assert verify(key, forged, issuer=ISSUER) is None


def test_public_key_is_no_shared_secret(key: SigningKey) -> None:
    """What is signed with the text of the public key is refused."""
    parts = f"{encoded({'alg': 'HS512', 'typ': 'JWT'})}.{encoded(claims())}"
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA512).sign(
        parts.encode(), key.public.encode()
    )
    forged = f"{parts}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"

    assert verify(key, forged, issuer=ISSUER) is None


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é.é.é", "\x00.\x00.\x00", "half \ud83d"])
def test_text_that_was_never_signed_is_refused(key: SigningKey, text: str) -> None:
    """Any text at all may come in."""
    assert verify(key, text, issuer=ISSUER) is None


def test_published_key_verifies(key: SigningKey) -> None:
    """Whoever has the key set can verify what was signed, and finds the key by its name."""
    signed = sign(key, claims())
    found = jwt.PyJWKSet.from_dict({"keys": [public_jwk(key)]})[key.kid]

    assert jwt.decode(signed, found, algorithms=["RS512"], issuer=ISSUER)["rand"] == 0.5


def test_published_key_has_the_members_that_clients_read(key: SigningKey) -> None:
    """The key set holds these members in this order, and nothing of the private key."""
    published = public_jwk(key)

    assert list(published) == ["kty", "n", "e", "alg", "use", "kid"]
    assert {**published, "n": ""} == {
        "kty": "RSA",
        "n": "",
        "e": "AQAB",
        "alg": "RS512",
        "use": "sig",
        "kid": key.kid,
    }
    assert len(base64.urlsafe_b64decode(published["n"] + "==")) == 256


def test_private_key_is_kept_out_of_sight(key: SigningKey) -> None:
    """Neither the key's own text nor a frame's shows it."""
    assert "PRIVATE" in key.private
    assert "PRIVATE" not in repr(key)


def test_cryptography_is_imported_where_it_is_needed_only() -> None:
    """The sandbox starts without it: it takes as long to import as all the rest."""
    code = (
        "import sys, helpers.sandbox.oauth;"
        "print({'jwt', 'cryptography', 'hypothesis'} & set(sys.modules))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    ).stdout

    assert printed == "set()\n"
