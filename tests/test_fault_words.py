"""What went wrong on the way, in words of this project's own."""

from __future__ import annotations

import socket
import ssl

import httpx
import pytest

from helpers import faults
from helpers.errors import NoAnswerError, UnreachableError
from helpers.faults import is_lasting, never_left, no_answer, reason_of


def caused(error: httpx.RequestError, cause: BaseException) -> httpx.RequestError:
    """Make an error as a library does: because of another."""
    try:
        raise error from cause
    except httpx.RequestError as made:
        return made


REFUSED = caused(httpx.ConnectError("all attempts"), ConnectionRefusedError(111, "Refused"))
UNKNOWN_NAME = caused(
    httpx.ConnectError("x"), socket.gaierror(socket.EAI_NONAME, "Name or service not known")
)
NO_NAMES_NOW = caused(httpx.ConnectError("x"), socket.gaierror(socket.EAI_AGAIN, "Try again"))
UNTRUSTED = caused(httpx.ConnectError("x"), ssl.SSLCertVerificationError())


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (REFUSED, "no connection came about (Refused)"),
        (UNKNOWN_NAME, "no connection came about (Name or service not known)"),
        (httpx.ReadTimeout("a-secret"), "the time for an answer was up"),
        (httpx.RemoteProtocolError("a-secret"), "what came back is not a whole answer of HTTP"),
        (httpx.DecodingError("a-secret"), "the answer is packed, and cannot be unpacked"),
        (httpx.RequestError("a-secret"), "it failed"),
        (caused(httpx.ReadTimeout("x"), TimeoutError(1, "x")), "the time for an answer was up"),
    ],
)
def test_reason_is_in_words_that_are_nobody_elses(error: httpx.RequestError, expected: str) -> None:
    """What a library says may repeat what it received; what the system says does not."""
    assert reason_of(error) == expected


def test_certificate_is_told() -> None:
    """A place that cannot prove who it is is no network fault."""
    UNTRUSTED.__cause__.verify_message = "self-signed certificate"  # type: ignore[union-attr]

    assert reason_of(UNTRUSTED) == "its certificate is not one to trust (self-signed certificate)"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UNTRUSTED, True),
        (UNKNOWN_NAME, True),
        (NO_NAMES_NOW, False),
        (REFUSED, False),
        (httpx.UnsupportedProtocol(""), True),
        (httpx.LocalProtocolError(""), True),
        (httpx.ReadTimeout(""), False),
    ],
)
def test_lasting_fault_is_told_from_a_passing_one(
    error: httpx.RequestError, expected: bool
) -> None:
    """A name that nobody has is none a second later either."""
    assert is_lasting(error) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError(""), True),
        (httpx.ConnectTimeout(""), True),
        (httpx.PoolTimeout(""), True),
        (httpx.ProxyError(""), True),
        (httpx.UnsupportedProtocol(""), True),
        (httpx.WriteTimeout(""), False),
        (httpx.WriteError(""), False),
        (httpx.ReadTimeout(""), False),
        (httpx.ReadError(""), False),
        (httpx.RemoteProtocolError(""), False),
        (httpx.DecodingError(""), False),
    ],
)
def test_request_is_known_not_to_have_left_only_where_that_is_certain(
    error: httpx.RequestError, expected: bool
) -> None:
    """Once a byte was written, it may have arrived."""
    assert never_left(error) == expected


@pytest.mark.parametrize("kind", [each for each, _ in faults._REASONS])
def test_every_reason_is_reached(kind: type[httpx.RequestError]) -> None:
    """No kind of fault hides another that stands below it in the table."""
    assert reason_of(kind("")) == dict(faults._REASONS)[kind]


def told(error: httpx.RequestError, **options: bool) -> NoAnswerError:
    """Tell a fault of a request to one place, or of the request for an access token."""
    error.request = httpx.Request("POST", "https://auth.example.com/oauth/token?x=a-secret")
    arrived = not never_left(error) and options.get("is_own", True)
    usual = {"is_own": True, "is_repeatable": True, "may_have_arrived": arrived}
    return no_answer(
        error,
        "GET /api",
        base_url="https://x.example.com",
        tried="It was tried once.",
        **(usual | options),
    )


def test_fault_on_the_way_to_an_access_token_says_that_the_request_was_not_sent() -> None:
    """Whoever waits for an order learns that it is the authorization server that is away."""
    error = told(httpx.ReadTimeout(""), is_own=False)

    assert type(error) is UnreachableError
    assert str(error) == (
        "POST https://auth.example.com/oauth/token gave no access token: the time for an answer "
        "was up. It was tried once. GET /api was not sent: check the network, and send it again "
        "later."
    )


def test_fault_that_did_nothing_does_not_undo_an_earlier_one() -> None:
    """Where an earlier attempt may have arrived, that the last one did not leave says nothing."""
    error = told(httpx.ConnectError(""), may_have_arrived=True, is_repeatable=False)

    assert type(error) is NoAnswerError
    assert "nobody knows" in str(error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [(httpx.ConnectError(""), UnreachableError), (httpx.ReadError(""), NoAnswerError)],
)
def test_class_tells_whether_the_request_can_have_had_an_effect(
    error: httpx.RequestError, expected: type[NoAnswerError]
) -> None:
    """A caller need not read the message."""
    assert type(told(error)) is expected
