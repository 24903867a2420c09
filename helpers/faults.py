"""What went wrong on the way, in words of this project's own. No I/O happens here.

What a library says about a broken answer may hold parts of the answer, and so of a secret that it
repeats. Nothing of that is passed on: only what the operating system says, and which fault it was.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from helpers.errors import NoAnswerError, UnreachableError
from helpers.grants import AccessTokenAwaited

__all__ = ["is_lasting", "lost_before", "never_left", "no_answer", "reason_of"]

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_REASONS: tuple[tuple[type[httpx.RequestError], str], ...] = (
    (AccessTokenAwaited, "another thread was still asking for an access token"),
    (httpx.ConnectTimeout, "no connection came about in time"),
    (httpx.PoolTimeout, "no connection was free in time"),
    (httpx.WriteTimeout, "the request could not be sent in time"),
    (httpx.ReadTimeout, "the time for an answer was up"),
    (httpx.ProxyError, "the proxy that the environment names let nothing through"),
    (httpx.ConnectError, "no connection came about"),
    (httpx.ReadError, "the connection broke before the answer was whole"),
    (httpx.WriteError, "the connection broke while the request was sent"),
    (httpx.LocalProtocolError, "the request cannot be written as HTTP"),
    (httpx.RemoteProtocolError, "what came back is not a whole answer of HTTP"),
    (httpx.DecodingError, "the answer is packed, and cannot be unpacked"),
)


def no_answer(
    error: httpx.RequestError,
    request_line: str,
    *,
    base_url: str,
    tried: str,
    is_own: bool,
    is_repeatable: bool,
    may_have_arrived: bool,
) -> NoAnswerError:
    """Say what happened to a request that was not answered, and what to do.

    Args:
        error: What happened.
        request_line: Method and target of the request, as it may be shown.
        base_url: Where it was sent.
        tried: How often, in a sentence.
        is_own: Whether it happened to this request, and not to the one for an access token that
            goes before it.
        is_repeatable: Whether the request comes to the same when it takes effect twice.
        may_have_arrived: Whether the request may have arrived, this time or an earlier one.

    Returns:
        An error whose class tells whether the request can have had an effect.
    """
    reason = reason_of(error)
    if not is_own:
        address = error.request.url.copy_with(query=None, userinfo=b"")
        missing = f"{error.request.method} {address} gave no access token: {reason}. {tried}"
        if may_have_arrived:
            return lost_before(request_line, missing)
        return UnreachableError(
            f"{missing} {request_line} was not sent: check the network, and send it again later."
        )
    if not may_have_arrived:
        todo = "check the address and the network, and send it again"
        if isinstance(error, AccessTokenAwaited):
            todo = "send it again later"
        return UnreachableError(
            f"{request_line} could not be sent to {base_url}: {reason}. {tried} "
            f"It did nothing: {todo}."
        )
    advice = "Look whether it took effect before you send it again: nobody knows."
    if is_repeatable:
        advice = "Send it again later."
    return NoAnswerError(
        f"{request_line} got no answer from {base_url}: {reason}. {tried} {advice}"
    )


def lost_before(request_line: str, why: str) -> NoAnswerError:
    """Say of a request that got no answer why it was not sent once more.

    Args:
        request_line: Method and target of the request, as it may be shown.
        why: What became of the request for an access token that went before.
    """
    return NoAnswerError(
        f"{request_line} got no answer, so nobody knows whether it took effect, and it could not "
        f"be sent again: {why}"
    )


def reason_of(error: httpx.RequestError) -> str:
    """Say what happened, in half a sentence."""
    reason = next((words for kind, words in _REASONS if isinstance(error, kind)), "it failed")
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not one to trust ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER":
            return f"{reason} (it does not speak https; does the address start with http://?)"
        if isinstance(cause, OSError) and not isinstance(cause, TimeoutError) and cause.strerror:
            return f"{reason} ({cause.strerror})"
    return reason


def never_left(error: httpx.RequestError) -> bool:
    """Tell whether the request certainly never reached the other side."""
    return isinstance(error, _NEVER_LEFT)


def is_lasting(error: httpx.RequestError) -> bool:
    """Tell whether it would be no better a moment later: a name, a certificate, no https."""
    unknown = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
    return isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol) or any(
        isinstance(cause, ssl.SSLCertVerificationError)
        or (isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER")
        or (isinstance(cause, socket.gaierror) and cause.errno in unknown)
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
