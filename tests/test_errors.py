"""The error tree: which class, and what it says."""

from __future__ import annotations

import inspect
import json
import pickle

import pytest

from helpers import errors
from helpers.exchanges import Exchange, RateLimit

BLANK = {
    "title": "can't be blank",
    "detail": "payment_source - can't be blank",
    "code": "VALIDATION_ERROR",
    "source": {"pointer": "/data/relationships/payment_source"},
    "status": "422",
}
CLASSES = [
    name
    for name, value in inspect.getmembers(errors, inspect.isclass)
    if issubclass(value, Exception)
]


def test_class_stands_in_the_tree_that_the_module_draws(subtests: pytest.Subtests) -> None:
    """The docstring's tree shows every class there is."""
    assert CLASSES
    for name in CLASSES:
        with subtests.test(name):
            tree = (errors.__doc__ or "").split()

            assert name in tree


def test_class_is_of_the_tree(subtests: pytest.Subtests) -> None:
    """Whoever catches the root catches them all."""
    assert CLASSES
    for name in CLASSES:
        with subtests.test(name):
            assert issubclass(getattr(errors, name), errors.HowToError)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, errors.BadRequest),
        (401, errors.Unauthorized),
        (409, errors.Conflict),
        (423, errors.Locked),
        (404, errors.NotFound),
        (408, errors.ApiError),
        (406, errors.ApiError),
        (422, errors.Unprocessable),
        (429, errors.TooManyRequests),
        (500, errors.ServerFailure),
        (503, errors.ServerFailure),
    ],
)
def test_status_decides_the_class(status: int, expected: type[errors.ApiError]) -> None:
    """A caller can tell by the class what to do about a status."""
    error = errors.error_for_status("GET /api/orders/x", status=status, errors=[])

    assert type(error) is expected


def test_code_tells_an_access_token_that_is_none_from_one_that_may_not() -> None:
    """Both are a 401; another access token helps against one of them."""
    error = errors.error_for_status("GET /", status=401, errors=[{"code": "INVALID_TOKEN"}])

    assert type(error) is errors.InvalidAccessToken


def test_message_says_what_was_asked_what_was_answered_and_why() -> None:
    """The message needs no documentation beside it."""
    error = errors.error_for_status("PATCH /api/orders/x", status=422, errors=[BLANK])

    assert str(error) == (
        "PATCH /api/orders/x was answered with 422: payment_source - can't be blank "
        "(VALIDATION_ERROR at /data/relationships/payment_source). "
        "Change what the reasons name, here or in the order, and send it again."
    )


def test_message_gives_every_reason() -> None:
    """Several faults in one request are all in the message."""
    error = errors.error_for_status("PATCH /", status=422, errors=[BLANK, {"title": "no"}])

    assert "payment_source); no (no code). " in str(error)


def test_message_is_to_be_read() -> None:
    """However much was sent as a reason, the message holds what a reader can read of it."""
    long = {"detail": "d" * 3_000_000, "code": "c" * 3_000, "source": {"pointer": "p" * 3_000}}
    error = errors.error_for_status("PATCH /", status=422, errors=[long] * 12)
    reason = f"{'d' * 299}… ({'c' * 99}… at {'p' * 99}…)"

    assert str(error).startswith(f"PATCH / was answered with 422: {reason}; {reason}; ")
    assert f"{reason}; and 2 more. Change what" in str(error)
    assert str(error).count("; ") == 10


@pytest.mark.parametrize("number", [10, 11])
def test_message_shows_ten_reasons(number: int) -> None:
    """The rest is counted, where there is a rest."""
    error = errors.error_for_status("PATCH /", status=422, errors=[BLANK] * number)

    assert str(error).count("can't be blank") == 10
    assert ("and 1 more" in str(error)) == (number == 11)


def test_secret_is_hidden_before_a_reason_is_cut() -> None:
    """The beginning of a secret that a cut would leave is hidden too."""
    given = {"detail": "d" * 294 + "a-secret-of-some-length", "token": "a-secret-of-some-length"}
    error = errors.error_for_status("PATCH /", status=422, errors=[given])

    assert f"{'d' * 294}*****… (no code)" in str(error)


def test_half_a_pair_of_surrogates_breaks_no_message() -> None:
    """A secret that JSON can write and UTF-8 cannot is hidden as any other."""
    secret = json.loads('"\\ud800aaaaaaaaaaaa"')
    given = {"detail": f"<{secret}>", "token": secret}
    error = errors.error_for_status("PATCH /", status=422, errors=[given])

    assert "422: <********> (no code)" in str(error)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (7, "Wait 7 s,"),
        (86_400, "Wait 86,400 s,"),
        (86_401, "Wait a long while,"),
        (1e308, "Wait a long while,"),
    ],
)
def test_wait_is_told_in_seconds_up_to_a_day(seconds: float, expected: str) -> None:
    """What nobody waits for is not told in hundreds of digits."""
    limit = RateLimit(retry_after_seconds=seconds)
    exchange = Exchange("GET", "https://x", "/", {}, None, 429, "", rate_limit=limit)
    error = errors.error_for_status("GET /", status=429, errors=[], exchange=exchange)

    assert error.advice == f"{expected} send it again, and send fewer in the same time."


def test_message_admits_that_there_is_no_reason() -> None:
    """An answer without error objects still makes a sentence."""
    error = errors.error_for_status("GET /", status=502, errors=[])

    assert str(error) == "GET / was answered with 502: no reason given. Send it again later."


@pytest.mark.parametrize("strange", ["a text", None, {"source": "a text"}, {"source": None}])
def test_message_survives_an_error_object_that_is_none(strange: object) -> None:
    """What a broken answer holds in place of error objects does not break the error."""
    error = errors.error_for_status("GET /", status=500, errors=[strange])  # type: ignore[list-item]

    assert str(error).startswith("GET / was answered with 500: ")


def test_error_objects_are_kept_as_received() -> None:
    """A caller can read every member that the API sent."""
    error = errors.error_for_status("PATCH /", status=422, errors=[BLANK])

    assert error.errors == (BLANK,)


def test_error_survives_being_sent_to_another_process() -> None:
    """What a worker raises is what its caller catches, with everything in it."""
    error = errors.error_for_status("PATCH /", status=422, errors=[BLANK], body={"errors": [BLANK]})
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), vars(copy), str(copy)) == (type(error), vars(error), str(error))


def test_arguments_hold_no_error_object() -> None:
    """A log that shows an exception's arguments shows nothing that was repeated of a secret."""
    error = errors.error_for_status("PATCH /", status=422, errors=[BLANK])

    assert error.args == ("PATCH /", 422)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, None),
        (RateLimit(limit=100), None),
        (RateLimit(interval_seconds=60), 60),
        (RateLimit(interval_seconds=60, retry_after_seconds=7), 7),
        (RateLimit(interval_seconds=60, retry_after_seconds=0), 0),
    ],
)
def test_rate_limit_says_how_long_to_wait(limit: RateLimit | None, expected: float | None) -> None:
    """What the answer tells goes before what its limit makes sure of."""
    exchange = Exchange("GET", "https://x", "/", {}, None, 429, "", rate_limit=limit)
    error = errors.error_for_status("GET /", status=429, errors=[], exchange=exchange)

    assert isinstance(error, errors.TooManyRequests)
    assert error.wait_seconds == expected


@pytest.mark.parametrize(
    ("request_line", "status", "code", "advice"),
    [
        ("GET /", 400, "", "Change the request"),
        ("GET /", 401, "UNAUTHORIZED", "Use an access token that may do this"),
        ("GET /", 401, "INVALID_TOKEN", "Get another access token"),
        ("GET /", 404, "", "Check the id"),
        ("PATCH /", 408, "", "). Send it again later."),
        ("POST /", 409, "", "Use what is there already"),
        ("PATCH /", 422, "", "Change what the reasons name"),
        ("DELETE /", 423, "", "delete that first"),
        ("GET /", 429, "", "Wait a minute"),
        ("GET /", 503, "", "Send it again later."),
        ("PATCH /", 503, "", "Look whether it took effect, then"),
        ("POST https://auth.example.com/oauth/token", 503, "", "). Send it again later."),
    ],
)
def test_message_ends_with_what_to_do(
    request_line: str, status: int, code: str, advice: str
) -> None:
    """A reader who knows nothing of the class knows what to do."""
    error = errors.error_for_status(request_line, status=status, errors=[{"code": code}])

    assert advice in str(error)
