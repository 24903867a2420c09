"""What can go wrong, as a tree: one class for each thing a caller would do differently.

::

    HowToError
    ├── ArgumentError            an argument that no request can be built from
    ├── SettingsError            settings that are missing, unknown, or contradict each other
    ├── AnnotationError          a note whose JSON Pointer leads nowhere
    ├── AuthorizationError       the customer declined, or did not answer, or could not be asked
    ├── CredentialsError         no access token was to be had for these credentials: correct them
    ├── LiveModeError            real data: use test mode, or allow live mode
    ├── DocumentError            an answer that lacks what was asked of it
    │   └── UnreadableAnswerError  no document of the API; nothing is known of what it did
    ├── NoAnswerError            nothing came back; nothing is known of what the request did
    │   └── UnreachableError     no connection came about; the request did nothing
    └── ApiError                 the API answered with an error status
        ├── BadRequest           400: the request itself is wrong; sending it again changes nothing
        ├── Unauthorized         401: the access token may not do this
        │   └── InvalidAccessToken   it is not valid any more, or never was: get another
        ├── NotFound             404: nothing with this id is there for this access token
        ├── Conflict             409: it is there already; use what is there
        ├── Unprocessable        422: understood and refused; ``errors`` says which member and why
        ├── Locked               423: something else needs it; it cannot be deleted
        ├── TooManyRequests      429: a rate limit; wait and send it again
        └── ServerFailure        5xx: the other side failed; nothing is known of what it did

No I/O happens here, and no message ever holds a secret that was sent or received: a message is made
of the request line and of what the API gave as reasons, and secrets in those are hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from helpers.exchanges import Exchange
from helpers.masking import mask, secrets_in

__all__ = [
    "AnnotationError",
    "ApiError",
    "ArgumentError",
    "AuthorizationError",
    "BadRequest",
    "Conflict",
    "CredentialsError",
    "DocumentError",
    "HowToError",
    "InvalidAccessToken",
    "LiveModeError",
    "Locked",
    "NoAnswerError",
    "NotFound",
    "ServerFailure",
    "SettingsError",
    "TooManyRequests",
    "Unauthorized",
    "Unprocessable",
    "UnreachableError",
    "UnreadableAnswerError",
    "error_for_status",
    "mask_errors",
]

ErrorObject = Mapping[str, Any]

# A message is to be read. All that was received stands in ``errors``.
_LONGEST_DETAIL = 300
_LONGEST_NAME = 100
_MOST_REASONS = 10
_DAY_SECONDS = 24 * 3600


class HowToError(Exception):
    """Any failure of this package that a caller may want to catch."""


class ArgumentError(HowToError, ValueError):
    """An argument that no request can be built from."""


class SettingsError(HowToError):
    """Settings are missing, unknown, or contradict each other."""


class AnnotationError(HowToError):
    """A note's JSON Pointer leads to no member of the document."""


class AuthorizationError(HowToError):
    """The customer declined to pay, or did not answer in time, or could not be asked."""


class CredentialsError(HowToError):
    """The authorization server gave no access token for these credentials: correct them."""


class LiveModeError(HowToError):
    """Real data would be touched, or were: use test mode, or allow live mode."""


class DocumentError(HowToError):
    """An answer lacks what was asked of it, or is no JSON:API document."""


class UnreadableAnswerError(DocumentError):
    """An answer is no document of the API: nothing is known of what the request did.

    Args:
        message: What was asked, and what came.
        damaged: Whether it looks like a document that was damaged on the way, so that the next
            one may be whole.
    """

    def __init__(self, message: str, *, damaged: bool = False) -> None:
        super().__init__(message)
        self.damaged = damaged


class NoAnswerError(HowToError):
    """No answer came back: nothing is known of what the request did."""


class UnreachableError(NoAnswerError):
    """No connection came about: the request was not sent, and did nothing."""


class ApiError(HowToError):
    """The API answered with an error status.

    Args:
        request_line: Method and target, such as ``PATCH /api/orders/qaMAhZkZvd``.
        status: The HTTP status.
        errors: The error objects exactly as received; empty where the answer held none.
        body: The whole answer, to look at; None where it was no JSON object.
        exchange: The request, and the status it was answered with, to look at.
    """

    _advice: ClassVar[str] = "Change the request: sending it again as it is changes nothing."

    def __init__(
        self,
        request_line: str,
        status: int,
        errors: Sequence[ErrorObject] = (),
        *,
        body: Mapping[str, Any] | None = None,
        exchange: Exchange | None = None,
    ) -> None:
        # Not with the error objects: a log may show an exception's arguments.
        super().__init__(request_line, status)
        self.request_line = request_line
        self.status = status
        self.errors = tuple(errors)
        self.body = body
        self.exchange = exchange

    @property
    def advice(self) -> str:
        """What to do about it, in a sentence."""
        # It did not come whole in time, so it did nothing, and nothing is wrong with it.
        return "Send it again later." if self.status == 408 else self._advice

    def __str__(self) -> str:
        """Say what was asked, what was answered, the reasons that were given, and what to do.

        Of a reason up to 300 characters are shown, and up to ten reasons.
        """
        given = mask_errors(self)
        told = [_reason(error) for error in given[:_MOST_REASONS]]
        if len(given) > _MOST_REASONS:
            told.append(f"and {len(given) - _MOST_REASONS:,} more")
        reasons = "; ".join(told) or "no reason given"
        tried = self.exchange.tried if self.exchange else ""
        sentences = [f"{self.request_line} was answered with {self.status}: {reasons}."]
        return " ".join([*sentences, *filter(None, [tried]), self.advice])

    def __repr__(self) -> str:
        """Show the message, and not the error objects: they may repeat what was sent."""
        return f"{type(self).__name__}({str(self)!r})"


class BadRequest(ApiError):
    """400: the request itself is wrong; sending it again changes nothing."""


class Unauthorized(ApiError):
    """401: the access token may not do this; another one of the same kind does not help."""

    _advice = "Use an access token that may do this; a customer's reaches what is theirs, no more."


class InvalidAccessToken(Unauthorized):
    """401 ``INVALID_TOKEN``: the access token is not valid, or not any more: get another."""

    _advice = "Get another access token, as /oauth/token issues them."


class NotFound(ApiError):
    """404: nothing with this id is there for this access token."""

    _advice = "Check the id, and that this access token may see what it stands for."


class Conflict(ApiError):
    """409: what was to be created is there already; use what is there."""

    _advice = "Use what is there already."


class Unprocessable(ApiError):
    """422: the request was understood and refused; ``errors`` says which member and why."""

    _advice = "Change what the reasons name, here or in the order, and send it again."


class Locked(ApiError):
    """423: something else needs it, so it cannot be deleted."""

    _advice = "Find out what needs it, and delete that first."


class TooManyRequests(ApiError):
    """429: a rate limit was reached; wait and send the request again."""

    @property
    def wait_seconds(self) -> float | None:
        """How long to wait before it is sent again, or None where the answer does not say.

        What ``Retry-After`` says; else the interval of the rate limit, which is long enough in any
        case: https://docs.commercelayer.io/core/rate-limits
        """
        limit = self.exchange.rate_limit if self.exchange else None
        if limit is None:
            return None
        told = limit.retry_after_seconds
        return limit.interval_seconds if told is None else told

    @property
    def advice(self) -> str:
        """What to do about it, in a sentence."""
        seconds = self.wait_seconds
        wait = "a minute" if seconds is None else f"{seconds:,.0f} s"
        if seconds is not None and seconds > _DAY_SECONDS:
            wait = "a long while"
        return f"Wait {wait}, send it again, and send fewer in the same time."


class ServerFailure(ApiError):
    """5xx: the other side failed; nothing is known of what it did."""

    @property
    def advice(self) -> str:
        """What to do about it, in a sentence."""
        # To ask for an access token changes nothing either.
        if self.request_line.startswith("GET ") or self.request_line.endswith("/oauth/token"):
            return "Send it again later."
        return "Look whether it took effect, then send it again later."


_CLASS_FOR_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    404: NotFound,
    409: Conflict,
    422: Unprocessable,
    423: Locked,
    429: TooManyRequests,
}


def error_for_status(
    request_line: str,
    *,
    status: int,
    errors: Sequence[ErrorObject],
    body: Mapping[str, Any] | None = None,
    exchange: Exchange | None = None,
) -> ApiError:
    """Build the error whose class says what a caller can do about this status."""
    error_class = ServerFailure if status >= 500 else _CLASS_FOR_STATUS.get(status, ApiError)
    if status == 401 and any(
        isinstance(error, Mapping) and error.get("code") == "INVALID_TOKEN" for error in errors
    ):
        error_class = InvalidAccessToken
    return error_class(request_line, status, errors, body=body, exchange=exchange)


def mask_errors(error: ApiError) -> list[Any]:
    """Copy the error objects as they may be shown: what they repeat of a secret is hidden."""
    exchange = error.exchange
    known = exchange.secrets | secrets_in(exchange.sent) if exchange else frozenset()
    shown: list[Any] = mask(
        list(error.errors), secrets=exchange is None or not exchange.made_up, known=known
    )
    return shown


def _reason(error: object) -> str:
    """Put an error object into words, whatever a broken answer holds in its place."""
    if not isinstance(error, Mapping):
        return f"not an error object but {type(error).__name__}"
    detail = error.get("detail") or error.get("title") or "no detail"
    source = error.get("source")
    pointer = source.get("pointer") if isinstance(source, Mapping) else None
    place = f" at {_cut(pointer, _LONGEST_NAME)}" if pointer else ""
    code = _cut(error.get("code", "no code"), _LONGEST_NAME)
    return f"{_cut(detail, _LONGEST_DETAIL)} ({code}{place})"


def _cut(value: object, length: int) -> str:
    """Shorten what is masked already: a part of a secret might not be found."""
    text = str(value)
    return text if len(text) <= length else text[: length - 1] + "…"
