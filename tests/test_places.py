"""Where requests may go."""

from __future__ import annotations

import pytest

from helpers.places import is_place, is_safe, origin_of, slug_of

ADDRESSES = [
    ("https://yourdomain.commercelayer.io", True),
    ("https://yourdomain.commercelayer.io/", True),
    ("HTTPS://Yourdomain.commercelayer.io", True),
    ("http://127.0.0.1:8000", True),
    ("http://[::1]:1", True),
    ("https://h//", False),
    ("https://h:0x1", False),
    ("https://h:99999", False),
    ("https://u@h", False),
    ("https://a..b", False),
    ("https://.", False),
    (f"https://{'a' * 63}.b", True),
    (f"https://{'a' * 64}.b", False),
    ("https://-a.b", False),
    ("https://999.1.1.1", False),
    ("https://xn--a.commercelayer.io", False),
    ("https://[v1.a:b]", False),
    ("https://h#x", False),
    ("https://h h", False),
    ("h", False),
]


def test_place_is_a_scheme_and_a_host(subtests: pytest.Subtests) -> None:
    """Whatever else stands in an address would be lost, or shown, or lead elsewhere."""
    for base_url, expected in ADDRESSES:
        with subtests.test(base_url=base_url, expected=expected):
            assert is_place(base_url) == expected


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://example.com", True),
        ("http://127.0.0.1", True),
        ("http://example.com", False),
        ("ftp://127.0.0.1", False),
        ("//example.com", False),
    ],
)
def test_secret_is_safe_where_nobody_can_read_it_on_the_way(base_url: str, expected: bool) -> None:
    """That is behind https, or on this machine."""
    assert is_safe(base_url) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://h", "https://h:443/api?x", True),
        ("http://h", "http://h:80", True),
        ("https://h", "https://H", True),
        ("https://h", "http://h", False),
        ("https://h", "https://h:444", False),
        ("https://h", "https://h.example.com", False),
    ],
)
def test_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    """Two addresses are of one origin, or else the access token of one is not for the other."""
    assert (origin_of(one) == origin_of(other)) == same


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://acme.commercelayer.io", "acme"),
        ("https://acme.commercelayer.io:443", "acme"),
        ("https://10.0.0.1", None),
        ("http://127.0.0.1:8000", None),
        ("http://sandbox.localhost", None),
    ],
)
def test_slug_is_the_first_of_the_hosts_name(base_url: str, expected: str | None) -> None:
    """Whose organization this machine is, its address does not tell."""
    assert slug_of(base_url) == expected
