"""Everything that the sandbox serves, by the first segment of the path.

The API and its access tokens are emulated, and are open to browsers as the API is. The front page
and ``/sandbox/reset`` are the sandbox's own: the API has nothing like them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from helpers.sandbox import app
from helpers.sandbox.errors import ErrorObject, Refusal, error_object, record_not_found
from helpers.sandbox.messages import Request, Response
from helpers.sandbox.rate_limits import RateLimits, too_many_requests
from helpers.sandbox.scenarios import begin
from helpers.sandbox.store import Store

__all__ = ["Site", "open_to_browsers"]

_OPEN_TO_BROWSERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Ratelimit-Interval, X-Ratelimit-Limit, "
    "X-Ratelimit-Remaining",
}
# A wildcard stands for every header but Authorization, which has to be named.
_PREFLIGHT = {
    "Access-Control-Allow-Headers": "Authorization, *",
    "Access-Control-Allow-Methods": "DELETE, GET, HEAD, PATCH, POST, PUT",
    "Access-Control-Max-Age": "7200",
}


class Site:
    """Answers every request, whatever skin it came through.

    Args:
        store: What the sandbox remembers.
        rate_limits: Whether the API's rate limits hold.
    """

    def __init__(self, store: Store, *, rate_limits: bool = False) -> None:
        self._store = store
        self._rate_limits = RateLimits() if rate_limits else None

    def answer(self, request: Request) -> Response:
        """Answer a request.

        Args:
            request: Any request at all.

        Returns:
            An answer; where the path is none of the sandbox's, a refusal in the API's shape.
        """
        area = _area_of(request)
        try:
            if area is None:
                raise record_not_found()
            if area.is_emulated and request.method == "OPTIONS":
                response = Response(204, b"", _PREFLIGHT)
            else:
                response = self._within_limits(area, request)
        except Refusal as refusal:
            response = app.refuse(refusal)
        return open_to_browsers(request, response)

    def _within_limits(self, area: _Area, request: Request) -> Response:
        count = self._rate_limits.count(request) if self._rate_limits else None
        if count is None:
            return area.answer(self, request)
        if count.is_over:
            response = app.refuse(Refusal(429, too_many_requests()))
        else:
            response = area.answer(self, request)
        return response._replace(headers={**response.headers, **count.headers})

    def _api(self, request: Request) -> Response:
        return app.handle(self._store, request)

    def _access_tokens(self, request: Request) -> Response:
        # Cryptography takes as long to import as all of the rest.
        from helpers.sandbox import oauth

        return oauth.handle(self._store, request)

    def _front_page(self, request: Request) -> Response:
        if request.segments:
            raise record_not_found()
        _check_method(request, "GET", "HEAD")
        from helpers.sandbox import front_page

        return front_page.show(self._store, request, rate_limits=self._rate_limits is not None)

    def _reset(self, request: Request) -> Response:
        """Bring a starting world back: all that was remembered is gone, and ids start anew."""
        if request.segments != ("sandbox", "reset"):
            raise record_not_found()
        _check_method(request, "POST")
        _check_origin(request)
        scenario = _scenario_asked_for(request)
        with self._store.transaction():
            if scenario is None:
                scenario = self._store.fact("scenario")
            try:
                begin(self._store, scenario)
            except KeyError as error:
                raise _invalid(error.args[0]) from None
            clock = self._store.fact("clock") or "real"
        if self._rate_limits:
            self._rate_limits.forget()
        document = {"scenario": scenario, "clock": clock}
        return Response(200, json.dumps(document).encode(), {"Content-Type": "application/json"})


class _Area(NamedTuple):
    """What begins with the same segment.

    Attributes:
        answer: Answers a request for something in it.
        is_emulated: Whether the API has it, too; then it is open to browsers from anywhere.
    """

    answer: Callable[[Site, Request], Response]
    is_emulated: bool


_AREAS: Mapping[str, _Area] = {
    "": _Area(Site._front_page, is_emulated=False),
    "api": _Area(Site._api, is_emulated=True),
    "oauth": _Area(Site._access_tokens, is_emulated=True),
    ".well-known": _Area(Site._access_tokens, is_emulated=True),
    "sandbox": _Area(Site._reset, is_emulated=False),
}


def open_to_browsers(request: Request, response: Response) -> Response:
    """Let a web page from anywhere read the answer, where it is one that the API gives."""
    area = _area_of(request)
    if area is None or not area.is_emulated:
        return response
    return response._replace(headers={**response.headers, **_OPEN_TO_BROWSERS})


def _area_of(request: Request) -> _Area | None:
    return _AREAS.get(next(iter(request.segments), ""))


def _check_method(request: Request, *methods: str) -> None:
    if request.method not in methods:
        detail = f"{request.method} is not among the methods there are here: {', '.join(methods)}."
        error = error_object(405, "METHOD_NOT_ALLOWED", "Method not allowed", detail)
        raise Refusal(405, error)


def _check_origin(request: Request) -> None:
    """Refuse what another site's web page sends: a browser would send it unasked."""
    origin = request.headers.get("origin")
    if origin is not None and origin.lower() != request.base_url.lower():
        detail = f"A web page of another origin may not reset the sandbox: {origin[:60]}."
        raise Refusal(403, error_object(403, "FORBIDDEN", "Forbidden", detail))


def _scenario_asked_for(request: Request) -> str | None:
    """Read the name of a scenario from the query or the document; None where there is none."""
    try:
        document: Any = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise _invalid('Expected no body, or a JSON object such as {"scenario": "documented"}.')
    asked_for = {**document, **request.query}
    if asked_for.keys() - {"scenario"}:
        raise _invalid('Expected no parameter but "scenario".')
    scenario = asked_for.get("scenario")
    if "scenario" in asked_for and not isinstance(scenario, str):
        raise _invalid('Expected "scenario" to be a string.')
    return scenario


def _invalid(detail: str) -> Refusal:
    error: ErrorObject = error_object(400, "INVALID_FIELD_VALUE", "Invalid field value", detail)
    return Refusal(400, error)
