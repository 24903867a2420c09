"""The one place where bytes leave: open a client, send a request, read its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx

from helpers.authentication import AccessTokenAuth, RenewingAuth
from helpers.connections import BoundedTransport, open_transport
from helpers.credentials import Credentials, claims_of, is_of_test_mode
from helpers.documents import MEDIA_TYPE, Document
from helpers.errors import ArgumentError, LiveModeError
from helpers.masking import mask_parameters
from helpers.places import is_place, is_safe
from helpers.sending import Policy, Sending

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

__all__ = ["open_client", "send"]

_METHODS = ("GET", "POST", "PATCH", "DELETE")
_TARGET = re.compile(r"/(?!/)(?:(?![#\\])[!-~]){0,8000}")
_LONGEST = 86_400.0  # a day


class _Cookies(httpx.Cookies):
    """Looks for cookies only in an answer that sets some, as to find none takes long."""

    def extract_cookies(self, response: httpx.Response) -> None:
        if "Set-Cookie" in response.headers:
            super().extract_cookies(response)


class _Client(httpx.Client):
    """A client that knows how its requests are to be sent."""

    def __init__(self, policy: Policy, **options: Any) -> None:
        super().__init__(**options)
        self.policy = policy
        self.cookies = options.get("cookies")

    @property
    def cookies(self) -> httpx.Cookies:
        """The cookies that are sent, which httpx's own property would make plain ones of."""
        return self._jar

    @cookies.setter
    def cookies(
        self,
        cookies: httpx.Cookies | CookieJar | dict[str, str] | list[tuple[str, str]] | None,
    ) -> None:
        self._jar = _Cookies(cookies)


def open_client(
    base_url: str,
    *,
    access_token: str | None = None,
    credentials: Credentials | None = None,
    made_up: bool = False,
    allow_live: bool = False,
    timeout_seconds: float = 15.0,
    budget_seconds: float = 30.0,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """Open a client of the API. Keep it: it keeps its connection, and its access token.

    Args:
        base_url: Scheme and host, such as ``https://yourdomain.commercelayer.io``. Plain http is
            for this machine only.
        access_token: Sent with every request to this host.
        credentials: What to ask for an access token with, in its place.
        made_up: Whether the embedded sandbox answers, so that nothing need be hidden.
        allow_live: Whether real data may be read and changed.
        timeout_seconds: How long to wait for an answer, each time that a request is sent.
        budget_seconds: How long to go on sending a request, with all waits between.
        transport: What carries the requests, in place of a socket.

    Returns:
        A client for the functions that send requests. It follows no redirects, checks
        certificates, and refuses an answer of more than 20 MB.

    Raises:
        ArgumentError: The access token cannot stand in a header, the address would send it in the
            clear, there is not exactly one of access token and credentials, or a time is none.
        LiveModeError: The access token is of live mode, and that is not allowed.
    """
    if not is_place(base_url):
        raise ArgumentError(
            "Expected a scheme and a host and nothing else, such as "
            "https://yourdomain.commercelayer.io; what is given is not."
        )
    if not is_safe(base_url):
        raise ArgumentError(
            f"Expected an address that starts with https://, got {base_url!r}: plain http would "
            "send the access token in the clear. It is good for this machine only."
        )
    for name, seconds in {"timeout": timeout_seconds, "budget": budget_seconds}.items():
        if not 0 < seconds <= _LONGEST:
            raise ArgumentError(
                f"Expected {name}_seconds to be more than 0 and at most a day, got {seconds!r}."
            )
    return _Client(
        Policy(timeout_seconds, budget_seconds, allow_live or made_up),
        base_url=base_url,
        auth=_auth_of(base_url, access_token, credentials, made_up=made_up, allow_live=allow_live),
        # Answers are small, and what is not packed cannot burst.
        headers={"Accept": MEDIA_TYPE, "Accept-Encoding": "identity"},
        timeout=timeout_seconds,
        transport=BoundedTransport(transport) if transport else open_transport(base_url),
    )


def _auth_of(
    base_url: str,
    access_token: str | None,
    credentials: Credentials | None,
    *,
    made_up: bool,
    allow_live: bool,
) -> httpx.Auth:
    if access_token is None and credentials is not None:
        return RenewingAuth(credentials, base_url=base_url, made_up=made_up, allow_live=allow_live)
    if access_token is None or credentials is not None:
        raise ArgumentError("Expected an access token, or credentials to ask for one; not both.")
    auth = AccessTokenAuth(access_token, base_url=base_url, made_up=made_up)
    if not (made_up or allow_live):
        claims = claims_of(access_token)
        if claims is not None and not is_of_test_mode(claims):
            raise LiveModeError(
                "Expected an access token of test mode, got one of live mode: it would change real "
                "orders. Use a test-mode one, or open the client with allow_live=True."
            )
    return auth


def send(
    client: httpx.Client,
    method: str,
    target: str,
    *,
    document: Mapping[str, Any] | None = None,
    repeatable: bool | None = None,
) -> Document:
    """Send a request and read its answer.

    Args:
        client: An open client.
        method: ``GET``, ``POST`` or ``PATCH``.
        target: Path and query, as ``documents.target_of`` builds them.
        document: The request document, for a request that has one.
        repeatable: Whether the request comes to the same when it takes effect twice, so that it
            can be sent again where nobody knows whether it did. By default a ``GET`` does.

    Returns:
        The document of a successful answer.

    Raises:
        ArgumentError: The target is none.
        UnreachableError: No connection came about. The request did nothing.
        NoAnswerError: Nothing came back, or nothing whole, or not in time.
        UnreadableAnswerError: The answer is no document of the API, or is about something else.
        ApiError: The answer's status is an error; the class says which.
        LiveModeError: The answer is about real data, which the client was not allowed to touch.
        CredentialsError: There is no access token to be had for the client's credentials.
    """
    if method not in _METHODS:
        raise ArgumentError(f"Expected one of: {', '.join(_METHODS)}; got {method!r}.")
    path = target.partition("?")[0]
    # Joined to the address, anything else could lead to another host, or another resource.
    if not _TARGET.fullmatch(target) or {".", ".."} & set(unquote(path).split("/")):
        raise ArgumentError(
            "Expected a target that starts with a slash, of printable ASCII without spaces, dots "
            f"alone between slashes or a fragment, got {mask_parameters(target)[:200]!r}."
        )
    if client.is_closed:
        raise ArgumentError("Expected an open client, got one that was closed.")
    policy = client.policy if isinstance(client, _Client) else Policy()
    return Sending(client, policy, method, target, document, repeatable).until_answered()
