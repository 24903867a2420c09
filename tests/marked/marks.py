"""Secrets that can be found again, whole, in part, and as anything writes them down."""

from __future__ import annotations

import base64
import json
import random
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

# So many characters of a secret in a row are a find. A half of any mark is longer.
WINDOW = 16

_random = random.Random(2018)


def _letters(count: int) -> str:
    return "".join(_random.choices(string.ascii_letters + string.digits, k=count))


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def json_web_token(**claims: Any) -> str:
    """Make a JSON Web Token that nobody signed."""
    parts = [{"alg": "HS512", "typ": "JWT"}, {**claims, "rand": _letters(32)}]
    return ".".join([*(_base64(json.dumps(part).encode()) for part in parts), _letters(64)])


def access_token(*, test: bool = True) -> str:
    """Make an access token as the API issues them: for a customer, by way of a sales channel."""
    return json_web_token(
        organization={"id": "enWoxFMOnp", "slug": "yourdomain"},
        application={"id": "nGVqaimblZ", "kind": "sales_channel"},
        owner={"id": "jENxlDKaVB", "type": "Customer"},
        test=test,
        exp=4_102_444_800,
    )


# By the names of the members that they stand in. Passwords hold what has to be escaped.
MARKS: Mapping[str, str] = {
    "access_token": access_token(),
    "renewed_access_token": access_token(),
    "live_access_token": access_token(test=False),
    "refresh_token": _letters(43),
    "client_secret": f"{_letters(20)}_{_letters(22)}",
    "password": f'{_letters(20)} "&%\\<zoë>/+ {_letters(20)}',
    "auth_token": "-".join(_letters(count) for count in (20, 4, 4, 4, 20)),
    "client_token": json_web_token(session="klarna"),
    "session_id": "-".join(_letters(count) for count in (20, 4, 4, 4, 20)),
    "payment_source_token": f"{_letters(20)}/{_letters(20)}+{_letters(6)}==",
    "customer_token": f"cus_{_letters(40)}",
    "token": _letters(32),
    "checkout_url": f"https://yourdomain.commercelayer.io/checkout/{_letters(32)}",
    "api_key": f"K{_letters(40)}",
    "api_secret": f"S{_letters(40)}",
    "shared_secret": _letters(48),
}


def forms_of(secret: str) -> Iterator[str]:
    """Write a secret in each way in which it may come back."""
    content = secret.encode()
    yield secret
    yield quote(secret, safe="")
    yield re.sub("%..", lambda found: found[0].lower(), quote(secret, safe=""))
    yield quote_plus(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield escape(secret)
    for before in range(3):
        # Without the characters that also depend on what stands before and after.
        coded = base64.b64encode(b"\0" * before + content).decode()[2 if before else 0 : -4]
        yield from (coded, coded.translate(str.maketrans("+/", "-_")))


@cache
def _windows() -> dict[str, str]:
    prefix = "https://yourdomain.commercelayer.io/checkout/"
    return {
        form[start : start + WINDOW]: name
        for name, secret in MARKS.items()
        # The address of a checkout is a secret for what stands at its end.
        for form in forms_of(secret.removeprefix(prefix))
        for start in range(len(form) - WINDOW + 1)
    }


def marks_in(text: str) -> set[str]:
    """Name a secret for everything of it that stands in a text; some begin alike."""
    windows = _windows()
    found = (windows.get(text[start : start + WINDOW]) for start in range(len(text) - WINDOW + 1))
    return {name for name in found if name}


def echo(texts: Iterable[str]) -> Iterator[str]:
    """Repeat texts as a server might: in every form, and cut in the middle."""
    for text in dict.fromkeys(texts):
        middle = len(text) // 2
        yield from (text[:middle], text[middle:])
        for form in dict.fromkeys(forms_of(text)):
            yield from (form, form[len(form) // 2 :])


@dataclass
class Heard:
    """All that came out, and where; and every error among it."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def add(self, where: str, text: object) -> None:
        """Remember what came out somewhere."""
        self.texts.append((where, text if isinstance(text, str) else repr(text)))

    def finds(self) -> list[tuple[str, str, str]]:
        """Tell each find: the secret, where it came out, and what stands around it."""
        found, windows = [], _windows()
        for text, where in {text: where for where, text in self.texts}.items():
            for start in range(len(text) - WINDOW + 1):
                name = windows.get(text[start : start + WINDOW])
                if name:
                    found.append((name, where, text[max(0, start - 60) : start + 40]))
                    break
        return found
