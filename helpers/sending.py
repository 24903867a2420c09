"""Send one request until it was answered, or to send it again is of no use, or no good.

A request that got no answer, or a passing refusal, is sent again, as long as that can do no harm:
after a while that grows and is never quite the same, until the time or the number of attempts is
up. What may have taken effect, and must not take effect twice, is sent once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import httpx

from helpers.authentication import RENEWED
from helpers.connections import CONTENT, AnswerTooLarge
from helpers.deadlines import DEADLINE
from helpers.documents import MEDIA_TYPE, Document, read_document
from helpers.errors import (
    ApiError,
    HowToError,
    LiveModeError,
    TooManyRequests,
    UnreadableAnswerError,
)
from helpers.exchanges import Exchange, rate_limit_of, times_sent
from helpers.faults import is_lasting, lost_before, never_left, no_answer
from helpers.masking import mask_parameters, secret_parameters

__all__ = ["Policy", "Sending"]

# These tell how long their content is where they have none, too.
_WITH_CONTENT = {"POST", "PATCH"}
_ASKED_FOR = ("Accept", "Authorization", "Content-Type")
# Of these there is one, without an id; what follows in a path is a relationship.
_ONLY_ONES = {"application", "organization"}
# In so many seconds nothing comes back.
_TOO_SHORT = 0.01
# What stands between a client and the API may be out of order for a moment.
_PASSING = {502, 503, 504}


@dataclass(frozen=True)
class Policy:
    """How a client's requests are sent.

    Attributes:
        timeout_seconds: How long to wait for an answer, each time that a request is sent.
        budget_seconds: How long to go on sending a request, with all waits between.
        allow_live: Whether an answer may be about real data.
    """

    timeout_seconds: float = 15.0
    budget_seconds: float = 30.0
    allow_live: bool = False


class Sending:
    """One request, and what is known of how often it was sent."""

    def __init__(
        self,
        client: httpx.Client,
        policy: Policy,
        method: str,
        target: str,
        document: Mapping[str, Any] | None,
        repeatable: bool | None,
    ) -> None:
        self.client = client
        self.method = method
        self.target = target
        self.document = document
        self.content = json.dumps(document).encode() if document is not None else None
        self.repeatable = method == "GET" if repeatable is None else repeatable
        self.policy = policy
        self.base_url = str(client.base_url).rstrip("/")
        self.made_up: bool = getattr(client.auth, "made_up", False)
        self.shown = target if self.made_up else mask_parameters(target)
        self.line = f"{method} {self.shown}"
        self.started = time.monotonic()
        self.attempts = 0
        # Of the requests for an access token that went before, how many came to nothing.
        self.denied = 0
        # For all attempts together, so that an access token is renewed for one of them at most.
        self.renewed: dict[str, bool] = {}
        self.again = False
        self.latest: HowToError | None = None
        # In any of the attempts so far. A last one that did not leave says nothing of the others.
        self.may_have_arrived = False

    def until_answered(self) -> Document:
        """Send the request until it was answered, or to send it again is no use, or no good."""
        try:
            try:
                return self._attempt()
            except HowToError as error:
                if not self.again:
                    raise
                first = error
            return self._until_answered_after(first)
        except HowToError as error:
            # Where in a library it happened does not help to find out what happened.
            raise error.with_traceback(None) from None

    def _until_answered_after(self, first: HowToError) -> Document:
        """Go on where a first attempt failed, and another is of use."""
        # Most requests are answered at once, and to load this would slow every start.
        from helpers.retrying import retrying_within

        again = retrying_within(
            self.policy.budget_seconds, is_of_use=lambda: self.again, spent_seconds=self._seconds
        )
        return again(self._once, [first])

    def _once(self, failed: list[HowToError]) -> Document:
        """Send the request; with no time left for that, what came before is the last word.

        Args:
            failed: The attempt that was made already, to be counted as the first.
        """
        if failed:
            self.latest = failed.pop()
            raise self.latest
        left = self.started + self.policy.budget_seconds - time.monotonic()
        if self.latest is not None and left < _TOO_SHORT:
            self.again = False
            raise self.latest
        try:
            return self._attempt()
        except HowToError as error:
            self.latest = error
            raise

    def _attempt(self) -> Document:
        """Send the request, and read its answer, or say what came of it."""
        self.attempts += 1
        self.again = False
        now = time.monotonic()
        policy = self.policy
        deadline = min(now + policy.timeout_seconds, self.started + policy.budget_seconds)
        request = self._request(deadline)
        try:
            response = self.client.send(request, stream=True)
            content = response.extensions.get(CONTENT)
            if not isinstance(content, bytes):  # another transport than those of ``open_client``
                content = _read_or_close(response)
        except httpx.RequestError as error:
            is_own = error.request is request
            self.denied += not is_own
            raise self._not_answered(error, is_own=is_own) from None
        except HowToError as error:
            self.denied += 1
            raise self._denied(error) from None
        try:
            return self._read(response, content)
        except HowToError as error:
            # What was refused as it was has done nothing.
            refused = isinstance(error, ApiError) and error.status < 500
            self.may_have_arrived = self.may_have_arrived or not refused
            raise self._failed(error, is_safe=self.repeatable, times=self._times) from None

    def _request(self, deadline: float) -> httpx.Request:
        """Make the request from the target, the document, and the client's headers and cookies.

        With these it is the one that ``client.build_request`` would make, which takes five times
        as long: it joins anew what is the same each time, and looks for forms and files. Query
        parameters of the client's own are left out: all that is asked for stands in the target.
        """
        url = _address(self.base_url, self.target)
        content = self.content or b""
        headers = self.client.headers.copy()
        if "Host" not in headers:
            headers["Host"] = url.netloc.decode("ascii")
        if self.content is not None:
            headers["Content-Type"] = MEDIA_TYPE
        if self.content is not None or self.method in _WITH_CONTENT:
            headers["Content-Length"] = str(len(content))
        request = httpx.Request(
            self.method,
            url,
            headers=headers,
            cookies=self.client.cookies,
            stream=httpx.ByteStream(content),
            extensions={DEADLINE: deadline, RENEWED: self.renewed},
        )
        request.read()  # so that whoever is handed it can look at its content
        return request

    def _denied(self, error: HowToError) -> HowToError:
        """Say what became of a request for which no access token was to be had.

        Args:
            error: What was answered to the request for an access token, which goes before.
        """
        error = self._counted(self._failed(error, is_safe=True, times=self.denied), self.denied)
        return lost_before(self.line, str(error)) if self.may_have_arrived else error

    def _failed(self, error: HowToError, *, is_safe: bool, times: int) -> HowToError:
        """Tell whether to go on after an answer that was no good, and add how often it was sent.

        Args:
            error: What the answer was.
            is_safe: Whether it does no harm to send once more what was answered so.
            times: How often it was sent.
        """
        if isinstance(error, UnreadableAnswerError):
            self.again = is_safe and error.damaged
        elif isinstance(error, ApiError):
            self.again = isinstance(error, TooManyRequests) or (
                is_safe and error.status in _PASSING
            )
            if error.exchange is not None:
                error.exchange = replace(error.exchange, attempts=times, seconds=self._seconds)
        return error

    def _counted(self, error: HowToError, times: int) -> HowToError:
        """Add how often it was sent to what does not tell by itself."""
        often = times_sent(times, self._seconds)
        if isinstance(error, ApiError) or not often:
            return error
        counted = copy(error)  # the original may be raised in other threads too
        counted.args = (f"{error} {often}",)
        return counted

    def _not_answered(self, error: httpx.RequestError, *, is_own: bool) -> HowToError:
        """Tell whether to go on where no answer came, and say what happened.

        Args:
            error: What happened.
            is_own: Whether it happened to this request, and not to the one for an access token.
        """
        times = self._times if is_own else self.denied
        if isinstance(error, AnswerTooLarge):
            self.may_have_arrived = self.may_have_arrived or is_own
            line = self.line if is_own else f"{error.request.method} {error.request.url}"
            return self._counted(
                UnreadableAnswerError(
                    f"{line} was answered, but not by the API: {error} Check the address, and "
                    "what stands between this machine and it."
                ),
                times,
            )
        never_arrived = not is_own or never_left(error)
        self.again = (never_arrived or self.repeatable) and not is_lasting(error)
        self.may_have_arrived = self.may_have_arrived or not never_arrived
        often = "once" if times == 1 else f"{times} times"
        return no_answer(
            error,
            self.line,
            base_url=self.base_url,
            tried=f"It was tried {often}, in {self._seconds:.1f} s.",
            is_own=is_own,
            is_repeatable=self.repeatable,
            may_have_arrived=self.may_have_arrived,
        )

    def _read(self, response: httpx.Response, content: bytes) -> Document:
        secrets: frozenset[str] = getattr(self.client.auth, "secrets", frozenset())
        if not self.made_up:
            secrets |= secret_parameters(self.target)
        exchange = Exchange(
            method=self.method,
            base_url=self.base_url,
            target=self.shown,
            headers=_shown_headers(response.request.headers),
            sent=self.document,
            status=response.status_code,
            # In the words of the standard, and not in those that were sent.
            reason=httpx.codes.get_reason_phrase(response.status_code),
            secrets=secrets,
            made_up=self.made_up,
            attempts=self._times,
            seconds=self._seconds,
            rate_limit=rate_limit_of(response.headers),
        )
        document = read_document(
            content,
            media_type=response.headers.get("Content-Type", ""),
            exchange=exchange,
            about=_resource_of(self.method, self.target),
        )
        if not self.policy.allow_live and any(
            map(_is_live, [*document.resources, *document.included])
        ):
            raise LiveModeError(
                f"{self.line} was answered with data of live mode: expected test mode. It has had "
                "its effect, if it has any; nothing more is sent for it. Check which organization "
                "and which access token are set, or allow live mode."
            )
        return document

    @property
    def _times(self) -> int:
        """How often the request itself was sent, or was about to be."""
        return self.attempts - self.denied

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self.started


def _read_or_close(response: httpx.Response) -> bytes:
    """Read an answer; a connection that broke meanwhile is not left open."""
    try:
        return response.read()
    except BaseException:
        response.close()
        raise


@lru_cache(maxsize=256)
def _address(base_url: str, target: str) -> httpx.URL:
    """Join an address once: to take it apart is a tenth of the time that a request takes."""
    return httpx.URL(base_url + target)


def _resource_of(method: str, target: str) -> tuple[str, str | None] | None:
    """Read type and id of the one resource that is asked for; what is created has no id yet.

    Returns:
        None where something else is asked for than one resource.
    """
    match target.partition("?")[0].split("/"):
        case ["", "api", type_, id_] if type_ not in _ONLY_ONES:
            return type_, id_
        case ["", "api", type_] if method == "POST":
            return type_, None
        case _:
            return None


def _is_live(resource: Mapping[str, Any]) -> bool:
    meta = resource.get("meta")
    return isinstance(meta, Mapping) and meta.get("mode") == "live"


def _shown_headers(sent: Mapping[str, str]) -> dict[str, str]:
    """Pick the headers that the API asks for, without the access token."""
    given = {name: sent.get(name) for name in _ASKED_FOR}
    shown = {name: value for name, value in given.items() if value is not None}
    if "Authorization" in shown:
        shown["Authorization"] = "Bearer $CL_ACCESS_TOKEN"
    return shown
