"""What can go wrong, as a tree: one class for each thing a caller would do differently.

::

    HowToError
    ├── ArgumentError        an argument that no request can be built from
    ├── SettingsError        settings that are missing, unknown, or contradict each other
    ├── AnnotationError      a note whose JSON Pointer leads nowhere
    ├── DocumentError        an answer that is no JSON:API document, or lacks what was asked of it
    ├── AuthorizationError   the customer declined, or did not answer, or could not be asked
    ├── NoAnswerError        nothing came back; nothing is known of what the request did
    └── ApiError             the API answered with an error status
        ├── BadRequest         400: the request itself is wrong; sending it again changes nothing
        ├── Unauthorized       401: no valid access token, or one that may not do this
        ├── NotFound           404: nothing with this id is there for this access token
        ├── Unprocessable      422: understood and refused; ``errors`` says which member and why
        ├── TooManyRequests    429: a rate limit; wait and send it again
        └── ServerFailure      5xx: the other side failed; nothing is known of what it did

No I/O happens here, and no message ever holds a secret that was sent or received: a message is made
of the request line and of what the API gave as reasons, and secrets in those are hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from helpers.exchanges import Exchange
from helpers.masking import mask, secrets_in

__all__ = [
    "AnnotationError",
    "ApiError",
    "ArgumentError",
    "AuthorizationError",
    "BadRequest",
    "DocumentError",
    "HowToError",
    "NoAnswerError",
    "NotFound",
    "ServerFailure",
    "SettingsError",
    "TooManyRequests",
    "Unauthorized",
    "Unprocessable",
    "error_for_status",
    "mask_errors",
]

ErrorObject = Mapping[str, Any]


class HowToError(Exception):
    """Any failure of this package that a caller may want to catch."""


class ArgumentError(HowToError, ValueError):
    """An argument that no request can be built from."""


class SettingsError(HowToError):
    """Settings are missing, unknown, or contradict each other."""


class AnnotationError(HowToError):
    """A note's JSON Pointer leads to no member of the document."""


class DocumentError(HowToError):
    """An answer is no JSON:API document, or lacks what was asked of it."""


class AuthorizationError(HowToError):
    """The customer declined to pay, or did not answer in time, or could not be asked."""


class NoAnswerError(HowToError):
    """No answer came back: nothing is known of what the request did."""


class ApiError(HowToError):
    """The API answered with an error status.

    Args:
        request_line: Method and target, such as ``PATCH /api/orders/qaMAhZkZvd``.
        status: The HTTP status.
        errors: The error objects exactly as received; empty where the answer held none.
        body: The whole answer, to look at; None where it was no JSON object.
        exchange: The request, and the status it was answered with, to look at.
    """

    def __init__(
        self,
        request_line: str,
        status: int,
        errors: Sequence[ErrorObject],
        *,
        body: Mapping[str, Any] | None = None,
        exchange: Exchange | None = None,
    ) -> None:
        super().__init__(request_line, status, errors)
        self.request_line = request_line
        self.status = status
        self.errors = tuple(errors)
        self.body = body
        self.exchange = exchange

    def __str__(self) -> str:
        """Say what was asked, what was answered, and every reason that was given."""
        reasons = "; ".join(_reason(error) for error in mask_errors(self))
        return (
            f"{self.request_line} was answered with {self.status}: {reasons or 'no reason given'}"
        )

    def __repr__(self) -> str:
        """Show the message, and not the error objects: they may repeat what was sent."""
        return f"{type(self).__name__}({str(self)!r})"


class BadRequest(ApiError):
    """400: the request itself is wrong; sending it again changes nothing."""


class Unauthorized(ApiError):
    """401: no valid access token, or one that may not do this."""


class NotFound(ApiError):
    """404: nothing with this id is there for this access token."""


class Unprocessable(ApiError):
    """422: the request was understood and refused; ``errors`` says which member and why."""


class TooManyRequests(ApiError):
    """429: a rate limit was reached; wait and send the request again."""


class ServerFailure(ApiError):
    """5xx: the other side failed; nothing is known of what it did."""


_CLASS_FOR_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    404: NotFound,
    422: Unprocessable,
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
    place = f" at {pointer}" if pointer else ""
    return f"{detail} ({error.get('code', 'no code')}{place})"
