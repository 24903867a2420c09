"""What must not be seen is hidden: whole, in part, and in whatever way it is written."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from html import escape
from itertools import product
from urllib.parse import quote, quote_plus

import pytest

from helpers.masking import ASTERISKS, mask, mask_text

SECRET = 'Zoë\'s "pass/word+" & <5% of> it\\'
WAYS: dict[str, Callable[[str], str]] = {
    "itself": str,
    "an address": lambda text: quote(text, safe=""),
    "an address in small letters": lambda text: quote(text, safe="").replace("%C3%AB", "%c3%ab"),
    "a form": quote_plus,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON as it is": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "Python": lambda text: repr(text)[1:-1],
    "HTML": escape,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_secret_is_hidden_in_every_way_of_writing(way: str) -> None:
    """However a secret is written inside a text, nothing of it stays."""
    written = WAYS[way](SECRET)

    assert mask_text(f"a {written} b {written}", [SECRET]) == f"a {ASTERISKS} b {ASTERISKS}"


def test_a_secret_is_hidden_in_base64(subtests: pytest.Subtests) -> None:
    """Whatever stands around it in what is coded, at most a few characters of a secret stay."""
    befores, afters = ("", "a", "ab", "abc", "client:"), ("", "z", "yz")
    for encode, before, after in product((b64encode, urlsafe_b64encode), befores, afters):
        with subtests.test(encode=encode.__name__, before=before, after=after):
            coded = encode(f"{before}{SECRET}{after}".encode()).decode()
            shown = mask_text(f"Basic {coded}", [SECRET])
            left = shown.replace(ASTERISKS, "").removeprefix("Basic ")

            assert ASTERISKS in shown
            assert len(left) <= len(encode(f"{before}{after}".encode())) + 4


@pytest.mark.parametrize("part", [slice(0, 12), slice(3, 15), slice(-12, None), slice(0, -1)])
def test_a_part_of_a_secret_is_hidden(part: slice) -> None:
    """A secret that was cut is one still, as long as enough of it is there."""
    assert mask_text(f"<{SECRET[part]}>", [SECRET]) == f"<{ASTERISKS}>"


def test_a_short_part_stays() -> None:
    """A few characters that a secret and a text share are no secret."""
    assert mask_text(SECRET[:11], [SECRET]) == SECRET[:11]


def test_a_short_secret_is_hidden_whole_only() -> None:
    """Parts of a short one would be found by accident."""
    assert mask_text("pass passwor password", ["password"]) == f"pass passwor {ASTERISKS}"


def test_an_address_is_a_secret_for_its_end_alone() -> None:
    """Where the address of a checkout is hidden, the place's other addresses are not."""
    checkout = "https://yourdomain.commercelayer.io/checkout/24b42664ce69862e6a82f623"
    others = "https://yourdomain.commercelayer.io/checkout/other"

    assert mask_text(f"{others} {checkout}", [checkout]) == f"{others} {ASTERISKS}"
    assert mask_text("at /24b42664ce69862e6a8", [checkout]) == f"at /{ASTERISKS}"


def test_secrets_side_by_side_and_over_each_other_are_hidden_together() -> None:
    """Nothing between two finds stays that is part of both."""
    secrets = ["abcdefghijklmnop", "mnopqrstuvwxyz01"]

    assert mask_text("-abcdefghijklmnopqrstuvwxyz01-", secrets) == f"-{ASTERISKS}-"
    assert mask_text("-".join(secrets), secrets) == f"{ASTERISKS}-{ASTERISKS}"
    assert mask_text("-passwords-", ["word", "passwords"]) == f"-{ASTERISKS}-"


@pytest.mark.parametrize("known", [[], [""]])
def test_without_secrets_a_text_stays_as_it_is(known: list[str]) -> None:
    """Nothing is hidden where there is nothing to hide."""
    assert mask_text("a text", known) == "a text"


@pytest.mark.parametrize("way", ["itself", "JSON", "JSON as it is", "Python"])
def test_a_secret_may_hold_half_a_pair_of_surrogates(way: str) -> None:
    """What JSON can write and UTF-8 cannot is hidden as any other secret."""
    secret = json.loads('"\\ud800aaaaaaaaaaaa"')
    written = WAYS[way](secret)

    assert mask_text(f"<{written}>", [secret]) == f"<{ASTERISKS}>"


def test_a_secret_of_one_member_is_hidden_in_every_other() -> None:
    """What a document says is a secret is one wherever it stands in the document."""
    document = {"auth_token": SECRET, "note": f"it was {quote(SECRET)}", SECRET: [SECRET[:20]]}

    assert mask(document, secrets=True) == {
        "auth_token": ASTERISKS,
        "note": f"it was {ASTERISKS}",
        ASTERISKS: [ASTERISKS],
    }
