"""Send an access token: one that is given, or one that is asked for, kept and renewed.

Source: https://docs.commercelayer.io/core/authentication
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from weakref import WeakSet

import httpx

from helpers.credentials import Credentials, claims_of, customer_of, is_header_value
from helpers.deadlines import DEADLINE
from helpers.errors import (
    ArgumentError,
    CredentialsError,
    HowToError,
    LiveModeError,
    UnreadableAnswerError,
    error_for_status,
)
from helpers.exchanges import rate_limit_of
from helpers.grants import (
    AccessTokenAwaited,
    Granted,
    Unusable,
    exchange_of,
    faults_in,
    granted,
    refusal,
    request_for,
    told_by,
)
from helpers.masking import mask
from helpers.places import is_loopback, is_safe, origin_of, slug_of

__all__ = ["RENEWED", "AccessTokenAuth", "RenewingAuth"]

# How long before its end an access token is renewed: a minute, or a tenth of a short life.
_MARGIN_SECONDS = 60.0
# How long a refusal is told again without asking again. The API answers 30 times a minute.
_PAUSE_SECONDS = 5.0
# Under this name the attempts to send one request share whether an access token was renewed for it.
RENEWED = "renewed"

_Flow = Generator[httpx.Request, httpx.Response, None]


class AccessTokenAuth(httpx.Auth):
    """Sends an access token to the place it was issued for, and to no other.

    Args:
        access_token: Never shown.
        base_url: The place: its scheme, host and port.
        made_up: Whether the embedded sandbox made it up, and with it all that it gives access to.

    Attributes:
        made_up: Likewise.
        secrets: What must not be seen: the access token, unless it is made up.

    Raises:
        ArgumentError: The access token cannot stand in a header.
    """

    def __init__(self, access_token: str, *, base_url: str, made_up: bool = False) -> None:
        if not is_header_value(access_token):
            raise ArgumentError(
                "Expected the access token to be one line of printable ASCII without spaces, got "
                f"{len(access_token)} characters that are not."
            )
        self.made_up = made_up
        self.secrets: frozenset[str] = frozenset() if made_up else frozenset([access_token])
        self._authorization = f"Bearer {access_token}"
        self._origin = origin_of(base_url)

    def auth_flow(self, request: httpx.Request) -> _Flow:
        """Add the header, unless the request goes elsewhere."""
        if origin_of(str(request.url)) == self._origin:
            request.headers["Authorization"] = self._authorization
        yield request


class RenewingAuth(httpx.Auth):
    """Asks for an access token when the first request needs it, keeps it, and renews it.

    It sends ``POST`` to the endpoint of the credentials, with a JSON object: the grant
    ``password`` where there is a customer, later ``refresh_token``, else ``client_credentials``.
    A refresh token that is refused is forgotten, and the password sent once more.

    An access token is renewed a minute before it expires, or after nine tenths of a life of less
    than ten minutes; and where a request was answered with 401 ``INVALID_TOKEN``, once, and then
    that request is sent once more. It stays at once for all requests that share a dictionary in
    their extension ``renewed``, such as the attempts to send one. Of many threads one asks, while
    the others wait as long as their requests may take; a process that was forked waits for no
    thread that it left behind. Nothing is asked for, and no access token is sent, for a request
    to another place.

    A refusal of the credentials is kept for five seconds: whoever needs an access token within
    them gets the same error, and the endpoint is not asked. After any other failure the next
    request asks again.

    Args:
        credentials: What to ask with, and where.
        base_url: The place that the access tokens are for: its scheme, host and port.
        made_up: Whether the embedded sandbox answers, so that nothing need be hidden.
        allow_live: Whether an access token of live mode may be used.
        clock: Tells the time in seconds.

    Attributes:
        made_up: Likewise.

    Raises:
        ArgumentError: The endpoint would be reached over plain http, or only one of the
            customer's e-mail address and password is there.
        CredentialsError: From here on while a request is sent: no access token was issued for
            these credentials, or it was one of another organization than that of the place.
        LiveModeError: It was one of live mode, and that is not allowed.
        UnreadableAnswerError: The endpoint's answer holds no access token that can be used.
        TooManyRequests: The endpoint's rate limit was reached.
        ServerFailure: The endpoint failed.
        AccessTokenAwaited: Another thread was still asking when this request's time was up.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        base_url: str,
        made_up: bool = False,
        allow_live: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not is_safe(credentials.endpoint) or "@" in urlsplit(credentials.endpoint).netloc:
            raise ArgumentError(
                "Expected the endpoint for access tokens to start with https:// and a host, such "
                "as https://auth.commercelayer.io/oauth/token; what is given does not."
            )
        if bool(credentials.customer_email) != bool(credentials.customer_password):
            raise ArgumentError(
                "Expected the customer's e-mail address and password, or neither; got one of them."
            )
        self.made_up = made_up
        self._credentials = credentials
        self._base_url = base_url
        self._origin = origin_of(base_url)
        self._allow_live = allow_live
        self._clock = clock
        self._lock = threading.Lock()
        self._known = credentials.secrets
        self._kept: _Kept | None = None
        self._refusal: _Refusal | None = None
        _ALL.add(self)

    @property
    def secrets(self) -> frozenset[str]:
        """What must not be seen: of the credentials, and of all that was issued for them."""
        return frozenset() if self.made_up else self._known

    @property
    def customer_id(self) -> str | None:
        """The customer that the access token at hand was issued for; None before there is one."""
        kept = self._kept
        return customer_of((claims_of(kept.granted.access_token) if kept else None) or {})

    # Not ``auth_flow``: what fails while httpx reads an answer for it would leave the lock held.
    def sync_auth_flow(self, request: httpx.Request) -> _Flow:
        """Send a request with an access token, and once more where that was not valid any more."""
        if origin_of(str(request.url)) != self._origin:
            yield request
            return
        request.read()  # what may be sent twice must not be used up
        kept = yield from self._keep(request, refused=None)
        response = yield _with(request, kept)
        if response.status_code == 401:
            response.read()
            renewed: dict[str, bool] = request.extensions.get(RENEWED, {})
            if not renewed.get("once") and _is_invalid_token(response):
                kept = yield from self._keep(request, refused=kept)
                renewed["once"] = True  # not before: what failed may be tried again
                yield _with(request, kept)

    def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Refuse to work for tasks: unlike threads, they would wait for each other for ever."""
        raise NotImplementedError("Expected an httpx.Client, got an httpx.AsyncClient.")

    def _keep(
        self, request: httpx.Request, *, refused: _Kept | None
    ) -> Generator[httpx.Request, httpx.Response, _Kept]:
        """Take the access token that is kept, or ask for one where nobody else has meanwhile."""
        kept = self._good(refused)
        if kept:
            return kept
        lock, wait, got = self._lock, _wait_of(request), list[bool]()
        try:
            # In one call, so that no interrupt comes after the lock is held and before that is
            # known. For the same reason nothing is called at the end before the lock is released.
            got.extend(map(lock.acquire, [True], [wait]))
            if not got[0]:
                reason = "Another request was still asking for an access token."
                raise AccessTokenAwaited(reason, request=request)
            kept = self._good(refused)
            if kept:
                return kept
            if self._refusal and 0 <= self._clock() - self._refusal.at < _PAUSE_SECONDS:
                raise self._refusal.kind(self._refusal.message)
            try:
                self._kept = yield from self._ask(request)
            except (CredentialsError, LiveModeError) as error:
                self._refusal = _Refusal(type(error), str(error), self._clock())
                raise
            return self._kept
        finally:
            if got and got[0]:
                lock.release()

    def _good(self, refused: _Kept | None) -> _Kept | None:
        kept = self._kept
        is_good = kept and kept is not refused and self._clock() < kept.renew_at
        return kept if is_good else None

    def _ask(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, _Kept]:
        """Ask with the refresh token, if there is one; without, or in vain, with the rest."""
        if self._kept and self._kept.granted.refresh_token:
            try:
                return (yield from self._exchange(request, self._kept.granted))
            except CredentialsError:
                self._kept = None  # and with it the refresh token
        return (yield from self._exchange(request, None))

    def _exchange(
        self, request: httpx.Request, renewed: Granted | None
    ) -> Generator[httpx.Request, httpx.Response, _Kept]:
        """Send a demand, and check what comes."""
        asked_at = self._clock()
        response = yield request_for(request, self._credentials, renewed)
        response.read()
        if not response.is_success:
            raise self._failure(response)
        answer = granted(
            response.content, response.headers.get("Content-Type", ""), secrets=self._known
        )
        if isinstance(answer, Unusable):
            raise UnreadableAnswerError(
                f"{self._request_line} was answered with {response.status_code}, but not with an "
                f"access token that can be used: {answer.words}. "
                f"{'Send it again later' if answer.damaged else 'Check the address'}.",
                damaged=answer.damaged,
            )
        if renewed and not answer.refresh_token:
            answer = replace(answer, refresh_token=renewed.refresh_token)
        self._known |= set(filter(None, (answer.access_token, answer.refresh_token)))
        self._check(answer)
        margin = min(_MARGIN_SECONDS, answer.life_seconds / 10)
        return _Kept(answer, asked_at + answer.life_seconds - margin)

    @property
    def _request_line(self) -> str:
        return f"POST {self._credentials.endpoint}"

    def _failure(self, response: httpx.Response) -> HowToError:
        """Build the error that says what the endpoint has against it."""
        status, faults = response.status_code, faults_in(response.content)
        if status < 400:
            return UnreadableAnswerError(
                f"{self._request_line} was answered with {status}, and not with an access token: "
                "it leads elsewhere. Check the address."
            )
        if status == 429 or status >= 500:
            exchange = exchange_of(
                self._credentials,
                status,
                secrets=self.secrets,
                made_up=self.made_up,
                rate_limit=rate_limit_of(response.headers),
            )
            errors = mask(faults, secrets=True, known=self._known)
            return error_for_status(
                self._request_line, status=status, errors=errors, exchange=exchange
            )
        words = refusal(status, faults, self._credentials, secrets=self._known)
        return CredentialsError(f"{self._request_line} {words}")

    def _check(self, answer: Granted) -> None:
        """Refuse an access token that must not be used, or is of no use at this place."""
        told = told_by(answer, secrets=self._known)
        if told is None:
            if is_loopback(self._base_url):
                return  # a sandbox may issue other texts too
            raise UnreadableAnswerError(
                f"{self._request_line} gave an access token that is no JSON Web Token, three "
                "parts joined by dots, so whose it is cannot be told. Check the address."
            )
        if not told.is_test and not self._allow_live:
            raise LiveModeError(
                f"{self._request_line} gave an access token of live mode: it would change real "
                "orders. Use the client id of an application in test mode, or set "
                "CL_ALLOW_LIVE=yes if that is what you want."
            )
        here = slug_of(self._base_url)
        if here and told.slug and here != told.slug.lower():
            raise CredentialsError(
                f"{self._request_line} gave an access token of the organization {told.slug}, but "
                f"requests go to {here}, at {self._base_url}. Check CL_ORGANIZATION, and "
                "CL_CLIENT_ID, which belongs to an application of one organization."
            )


@dataclass(frozen=True)
class _Kept:
    """What is kept, and when to renew it."""

    granted: Granted
    renew_at: float


@dataclass(frozen=True)
class _Refusal:
    """An error to raise again, and when it came."""

    kind: type[CredentialsError | LiveModeError]
    message: str
    at: float


def _unlock_all() -> None:
    """Forget who was asking, in a process that was forked: that thread is not in it."""
    for each in _ALL:
        each._lock = threading.Lock()


_ALL: WeakSet[RenewingAuth] = WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlock_all)


def _wait_of(request: httpx.Request) -> float:
    """Tell how long a request may wait until no other thread asks, in seconds."""
    waits: list[float | None] = [threading.TIMEOUT_MAX]
    waits.append(request.extensions.get("timeout", {}).get("pool"))
    if DEADLINE in request.extensions:
        waits.append(request.extensions[DEADLINE] - time.monotonic())
    return max(min(each for each in waits if each is not None), 0.0)


def _is_invalid_token(response: httpx.Response) -> bool:
    return any(fault.get("code") == "INVALID_TOKEN" for fault in faults_in(response.content))


def _with(request: httpx.Request, kept: _Kept) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {kept.granted.access_token}"
    return request
