"""What may come of each kind of fault, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.fault_proxy import Level, Plan

__all__ = ["ALLOWED", "NEVER_ARRIVED", "SUCCESS", "Allowed", "allowed"]

SUCCESS = "success"


@dataclass(frozen=True)
class Allowed:
    """What may come of a request that can be sent again, by the names of the errors' classes.

    Attributes:
        some: Where one of the requests is hit, or several, and not all.
        all: Where every one is.
    """

    some: frozenset[str]
    all: frozenset[str]


def _passing(*errors: str, some: tuple[str, ...] = ()) -> Allowed:
    """Allow these only where every request is hit: otherwise it is sent again, and succeeds."""
    return Allowed(frozenset({SUCCESS, *some}), frozenset(errors))


def _lasting(*errors: str) -> Allowed:
    """Allow these in any case: to send it again is no use."""
    return Allowed(frozenset(errors), frozenset(errors))


_NO_ANSWER = _passing("NoAnswerError")
_UNREADABLE = _passing("UnreadableAnswerError")
_HARMLESS = _lasting(SUCCESS)
# Whether the bound is reached first or the timeout, the machine decides.
_TOO_LARGE = Allowed(
    frozenset({SUCCESS, "UnreadableAnswerError"}),
    frozenset({"NoAnswerError", "UnreadableAnswerError"}),
)
_ERRORS = (
    *("ApiError", "BadRequest", "Conflict", "Locked", "NotFound", "ServerFailure"),
    *("TooManyRequests", "Unauthorized", "Unprocessable"),
)
_ANY = _lasting(SUCCESS, *_ERRORS, "InvalidAccessToken", "NoAnswerError", "UnreadableAnswerError")

ALLOWED: Mapping[str, Allowed] = {
    # How soon somebody listens again, and how often it is tried until then, is a matter of chance.
    "refused": _passing("UnreachableError", some=("UnreachableError",)),
    "accepted_and_never_read": _NO_ANSWER,
    "never_answered": _NO_ANSWER,
    "reset_at_once": _passing("NoAnswerError", "UnreachableError"),
    "reset_before_forwarding": _NO_ANSWER,
    "reset_after_acting": _NO_ANSWER,
    # Nobody is reached the next time; that says nothing of the time before.
    "gone_without_an_answer": _lasting("NoAnswerError"),
    "closed_without_an_answer": _NO_ANSWER,
    "stale_connection": _HARMLESS,
    "closed_in_the_status_line": _NO_ANSWER,
    "closed_in_the_headers": _NO_ANSWER,
    "closed_in_the_body": _NO_ANSWER,
    "reset_in_the_body": _NO_ANSWER,
    "silent_in_the_body": _NO_ANSWER,
    "chunked_body_cut": _NO_ANSWER,
    "chunk_sizes_garbled": _NO_ANSWER,
    "content_length_too_large": _NO_ANSWER,
    # The rest is taken for the next answer, where the connection is kept.
    "content_length_too_small": _passing("UnreadableAnswerError", "NoAnswerError"),
    "content_length_garbled": _NO_ANSWER,
    "endless_headers": _NO_ANSWER,
    "endless_header": _NO_ANSWER,
    "endless_body": _TOO_LARGE,
    "informational_flood": _NO_ANSWER,
    "body_dripped": _HARMLESS,
    "body_dripped_too_slowly": _NO_ANSWER,
    "headers_dripped_too_slowly": _NO_ANSWER,
    "slow_first_byte": _HARMLESS,
    "first_byte_too_slow": _NO_ANSWER,
    "malformed_json": _UNREADABLE,
    "invalid_utf_8": _UNREADABLE,
    "json_null": _UNREADABLE,
    "json_list": _UNREADABLE,
    "json_scalar": _UNREADABLE,
    "json_too_deep": _UNREADABLE,
    "data_of_another_shape": _UNREADABLE,
    "errors_with_200": _UNREADABLE,
    "another_order": _UNREADABLE,
    "another_type": _UNREADABLE,
    "html_200": _lasting("UnreadableAnswerError"),
    "wrong_media_type": _lasting("UnreadableAnswerError"),
    "no_content": _lasting("UnreadableAnswerError"),
    "empty_200": _UNREADABLE,
    "broken_compression": _passing("NoAnswerError", "UnreadableAnswerError"),
    "gzip_bomb": _TOO_LARGE,
    "gateway_502": _passing("ServerFailure"),
    # It may say how long to wait, and that may be too long.
    "gateway_503": _passing("ServerFailure", some=("ServerFailure",)),
    "gateway_504": _passing("ServerFailure"),
    "failure_500": _lasting("ServerFailure"),
    "invalid_access_token": _lasting("InvalidAccessToken"),
    "odd_error_objects": _lasting("Unprocessable"),
    "odd_status": Allowed(
        frozenset({SUCCESS, "ApiError", "ServerFailure", "UnreadableAnswerError"}),
        frozenset({"ApiError", "NoAnswerError", "ServerFailure", "UnreadableAnswerError"}),
    ),
    "rate_limited": _passing("TooManyRequests", some=("TooManyRequests",)),
    "rate_limited_for_a_moment": _passing("TooManyRequests"),
    "rate_limited_until_a_date": _passing("TooManyRequests"),
    "rate_limited_for_nonsense": _passing("TooManyRequests", some=("TooManyRequests",)),
    "rate_limited_for_long": _lasting("TooManyRequests"),
    "redirect_301": _lasting("UnreadableAnswerError"),
    "redirect_302": _lasting("UnreadableAnswerError"),
    "redirect_307": _lasting("UnreadableAnswerError"),
    "redirect_308": _lasting("UnreadableAnswerError"),
    "garbage": _NO_ANSWER,
    "http_0_9": _NO_ANSWER,
    # Some of them a lenient reader passes over.
    "broken_headers": _passing(
        SUCCESS, "NoAnswerError", "UnreadableAnswerError", some=("UnreadableAnswerError",)
    ),
    "continue_first": _HARMLESS,
    "switching_protocols": _NO_ANSWER,
    "answer_sent_twice": _HARMLESS,
    "answer_sent_again_later": _HARMLESS,
    "answer_and_a_half": _HARMLESS,
    "delivered_twice": _HARMLESS,
    "echo_in_an_error_object": _passing(*_ERRORS, some=_ERRORS),
    "echo_of_the_body": _lasting("BadRequest", "ServerFailure", "Unprocessable"),
    "echo_in_html": _passing(
        *_ERRORS, "UnreadableAnswerError", some=(*_ERRORS, "UnreadableAnswerError")
    ),
    "echo_in_the_status_line": _passing(
        *_ERRORS, "UnreadableAnswerError", some=(*_ERRORS, "UnreadableAnswerError")
    ),
    "echo_in_a_good_status_line": _HARMLESS,
    "echo_in_the_headers": _passing(
        *_ERRORS, "UnreadableAnswerError", some=(*_ERRORS, "UnreadableAnswerError")
    ),
    "echo_in_garbage": _passing("NoAnswerError", "UnreadableAnswerError"),
    "another_each_time": _ANY,
}

# After these a request certainly did nothing, so that any may be sent again.
NEVER_ARRIVED = {
    "refused",
    "rate_limited",
    "rate_limited_for_a_moment",
    "rate_limited_until_a_date",
    "rate_limited_for_nonsense",
}


def allowed(plan: Plan) -> frozenset[str]:
    """Tell what may come of a request that can be sent again."""
    row = ALLOWED[plan.kind.name]
    if plan.hits is None:
        return row.all
    if plan.kind.level is Level.LISTENER or 0 in plan.hits:
        return row.some
    return frozenset({SUCCESS})
