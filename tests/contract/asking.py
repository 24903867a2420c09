"""Ask a place: send a request as it is, and tell what comes back so that it can be compared."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from helpers.authentication import AccessTokenAuth
from helpers.deadlines import DEADLINE
from helpers.errors import HowToError
from helpers.exchanges import rate_limit_of
from helpers.faults import reason_of
from helpers.masking import mask_text
from tests.contract.looks import Look, look_at

__all__ = ["MEDIA_TYPE", "NO_ORDER", "Answer", "Ask", "Place", "Unasked"]

# Written once more, on purpose: what judges both sides takes it from neither.
MEDIA_TYPE = "application/vnd.api+json"

_SECONDS = 20.0
# After so many requests in a row without an answer, nothing more is asked.
_MOST_FAILURES = 3
_LONGEST_WAIT = 60.0
_USUAL_WAIT = 10.0
_LONGEST_TEXT = 300


@dataclass(frozen=True)
class Ask:
    """A request.

    Attributes:
        method: Such as ``PATCH``.
        target: Path and query.
        content: The body, or None for a request without one.
        headers: What is sent beside or in place of the usual media types.
        bearer: Whose access token is sent: the place's own, one that is none, or no access token.
    """

    method: str
    target: str
    content: bytes | None = None
    headers: Mapping[str, str] | None = None
    bearer: Literal["own", "wrong", "none"] = "own"


@dataclass(frozen=True, repr=False)
class Answer:
    """What came back.

    Attributes:
        status: The HTTP status.
        media_type: The answer's ``Content-Type``, without parameters.
        body: The body, decoded; None where it is no JSON object.
    """

    status: int
    media_type: str
    body: Mapping[str, Any] | None


class Unasked(str):
    """Why something could not be asked. It is no answer, so it differs from none."""

    __slots__ = ()


# Why what needs an order is not asked.
NO_ORDER = Unasked("CL_ORDER_ID is not set")


class Place:
    """One of the two that are asked.

    Args:
        client: An open client of it.
        order_id: The order to ask about, or None where there is none.
        sleep: Waits a number of seconds.

    Attributes:
        client: Likewise.
        order_id: Likewise.
        payment_source: Type and id of the order's payment source, once it was looked at.
        made: The ids of wallet entries that were new in the answer to a save.
        left_behind: What could not be removed, a sentence each.
    """

    def __init__(
        self,
        client: httpx.Client,
        *,
        order_id: str | None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.order_id = order_id
        self.payment_source: tuple[str, str] | None = None
        self.made: set[str] = set()
        self.left_behind: list[str] = []
        self.sleep = sleep
        self._failures = 0

    @property
    def base_url(self) -> str:
        """Scheme and host, without a slash at the end."""
        return str(self.client.base_url).rstrip("/")

    def look(self) -> Look:
        """Look at the order, as often as it takes.

        Raises:
            HowToError: It cannot be seen; or it is real, and real data is not allowed.
        """
        assert self.order_id is not None
        return look_at(self.client, self.order_id)

    def ask(self, ask: Ask) -> Answer | Unasked:
        """Send a request once; after a rate limit, wait and send it once more.

        Where no access token is to be had for it, it is not sent, and that is told likewise.
        """
        if self._failures >= _MOST_FAILURES:
            return Unasked(f"given up after {_MOST_FAILURES} requests without an answer")
        try:
            response = self._send(ask)
            if response.status_code == 429:
                self.sleep(_wait_of(response))
                response = self._send(ask)
        except httpx.RequestError as error:
            self._failures += 1
            return Unasked(reason_of(error))
        except HowToError as error:
            self._failures += 1
            return Unasked(self.shown(str(error)).rstrip("."))
        self._failures = 0
        if response.status_code == 429:
            return Unasked("a rate limit was reached, and again after the wait")
        return Answer(
            status=response.status_code,
            media_type=response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            body=_decoded(response.content),
        )

    def recover(self) -> None:
        """Ask again, although it was given up: what was made has to be removed."""
        self._failures = 0

    def told(self, answer: Answer | Unasked) -> str:
        """Put an answer into words: its status, and what each error object says."""
        if isinstance(answer, Unasked):
            return answer
        if answer.status < 400:
            return f"{answer.status}, not refused"
        errors = (answer.body or {}).get("errors")
        if not isinstance(errors, list) or not all(isinstance(each, Mapping) for each in errors):
            return f"{answer.status} without error objects"
        said = "; ".join(map(self._error, errors)) or "no error objects"
        return f"{answer.status} {said}"

    def shown(self, text: str) -> str:
        """Prepare a text for the table: without secrets, ids of its own, and what breaks lines."""
        secrets: frozenset[str] = getattr(self.client.auth, "secrets", frozenset())
        text = mask_text(text, secrets)
        for own, name in self._names().items():
            text = re.sub(rf"(?<!\w){re.escape(own)}(?!\w)", name, text)
        text = "".join(char if char.isprintable() else " " for char in text)
        return " ".join(text.split())[:_LONGEST_TEXT]

    def _send(self, ask: Ask) -> httpx.Response:
        headers = {"Accept": MEDIA_TYPE}
        if ask.content is not None:
            headers["Content-Type"] = MEDIA_TYPE
        request = self.client.build_request(
            ask.method,
            ask.target,
            content=ask.content,
            headers={**headers, **(ask.headers or {})},
            extensions={DEADLINE: time.monotonic() + _SECONDS},
        )
        match ask.bearer:
            case "own":
                return self.client.send(request)
            case "wrong":
                auth = AccessTokenAuth("no-access-token-at-all", base_url=self.base_url)
                return self.client.send(request, auth=auth)
            case "none":
                return self.client.send(request, auth=None)

    def _names(self) -> dict[str, str]:
        """Say what stands for that which is another's at another place."""
        host = self.base_url.partition("://")[2]
        names = {self.base_url: "<place>", host: "<host>"}
        if self.order_id:
            names[self.order_id] = "<order>"
        if self.payment_source:
            names[self.payment_source[1]] = "<payment source>"
        return names

    def _error(self, error: Mapping[str, Any]) -> str:
        said = [self._code(error[name]) for name in ("code", "title", "detail") if name in error]
        source, meta = error.get("source"), error.get("meta")
        if isinstance(source, Mapping) and "pointer" in source:
            said.append(f"at {self._code(source['pointer'])}")
        if isinstance(meta, Mapping) and "error" in meta:
            said.append(f"meta.error {self._code(meta['error'])}")
        return ", ".join(said)

    def _code(self, value: object) -> str:
        return f"`{self.shown(str(value)).replace('`', chr(39))}`"


def _wait_of(response: httpx.Response) -> float:
    limit = rate_limit_of(response.headers)
    told: Sequence[float | None] = ()
    if limit:
        told = (limit.retry_after_seconds, limit.interval_seconds)
    return min(next((each for each in told if each is not None), _USUAL_WAIT), _LONGEST_WAIT)


def _decoded(content: bytes) -> Mapping[str, Any] | None:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
