"""A place that is not made up, as far as any client can tell: the sandbox, with marked secrets.

Its answers hold marks where the sandbox has values of its own, and it takes them back. It can be
told to refuse and to fail, and then repeats all that it was sent, in every form.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from helpers.sandbox.scenarios import open_store
from helpers.sandbox.transport import SandboxTransport
from tests.marked.marks import MARKS, echo, marks_in

BASE_URL = "https://yourdomain.commercelayer.io"
ENDPOINT = "https://auth.commercelayer.io/oauth/token"
# In answers, the names whose values are marks; of customer wallets' entries also where it is null.
NAMES = MARKS.keys() - {"access_token", "renewed_access_token", "live_access_token", "password"}
ALWAYS_SET = {"payment_source_token", "customer_token"}

Respond = Callable[[httpx.Request], httpx.Response]


def error_object(request: httpx.Request, status: int, **members: Any) -> list[dict[str, Any]]:
    """Build error objects that repeat a request: its headers, its body and its target."""
    body = request.read().decode()
    sent = [request.headers.get("Authorization", ""), body, str(request.url)]
    sent += _texts(json.loads(body) if body else None)
    repeated = list(echo(text for text in sent if marks_in(text))) or ["nothing"]
    return [
        {
            "title": title,
            "detail": text,
            "code": text,
            "status": str(status),
            "source": {"pointer": f"/data/attributes/{text}"},
            "meta": {text: text},
            **members,
        }
        for title, text in zip([*repeated[1:], "Refused"], repeated, strict=True)
    ]


def refusing(status: int, **members: Any) -> Respond:
    """Make what answers every request with an error status, and repeats the request."""

    def respond(request: httpx.Request) -> httpx.Response:
        errors = error_object(request, status, **members)
        return httpx.Response(status, json={"errors": errors, "sent": errors[0]["detail"]})

    return respond


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for member in value.values() for text in _texts(member)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


class MarkedPlace(httpx.BaseTransport):
    """Carries requests to a sandbox, and marks in place of its secrets.

    Attributes:
        whose: The sandbox's access token that requests are answered by.
        respond: What answers in place of the sandbox, or None.
        grant: What answers requests for an access token.
        received: Everything that came in, as text.
        sent: Everything that was answered, as text.
    """

    def __init__(self, *, whose: str = "your-access-token") -> None:
        self.whose = whose
        self.respond: Respond | None = None
        self.grant: Respond = self.issue
        self.received = ""
        self.sent = ""
        self._sandbox = SandboxTransport(open_store(scenario="documented"))
        self._own: dict[str, str] = {}  # the sandbox's values, by the marks in their place

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, and remember both."""
        body = request.read().decode()
        self.received += f"{request.url}\n{request.headers.multi_items()}\n{body}\n"
        if request.url.path == "/oauth/token":
            response = self.grant(request)
        else:
            response = (self.respond or self._answer)(request)
        self.sent += f"{response.headers.multi_items()}\n{response.content.decode()}\n"
        return response

    def issue(self, request: httpx.Request) -> httpx.Response:
        """Issue an access token, as the authorization server does."""
        first = json.loads(request.read()).get("grant_type") != "refresh_token"
        answer = {
            "access_token": MARKS["access_token" if first else "renewed_access_token"],
            "token_type": "Bearer",
            "expires_in": 7200,
            "refresh_token": MARKS["refresh_token"],
            "scope": "market:id:xYZkjABcde",
        }
        return httpx.Response(200, json=answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        """Let the sandbox answer."""
        given = request.headers["Authorization"].removeprefix("Bearer ")
        assert given in {MARKS["access_token"], MARKS["renewed_access_token"]}
        response = self._sandbox.handle_request(
            httpx.Request(
                request.method,
                httpx.URL(self._unmarked(str(request.url))),
                headers={**request.headers, "authorization": f"Bearer {self.whose}"},
                content=self._unmarked(request.read().decode()),
            )
        )
        scheme = request.url.scheme
        content = response.read().decode().replace("http://", f"{scheme}://")
        answer = json.loads(content) if content else None
        if isinstance(answer, dict) and response.status_code < 300:
            answer = self._marked(answer)
            # A server may repeat a request in a success, too.
            answer["meta"] = {**answer.get("meta", {}), "request": error_object(request, 200)}
        return httpx.Response(
            response.status_code,
            headers={"Content-Type": response.headers["Content-Type"]},
            content=json.dumps(answer),
        )

    def _marked(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._marked(member, key) for key, member in value.items()}
        if isinstance(value, list):
            return [self._marked(item) for item in value]
        if name not in NAMES or not (isinstance(value, str) or name in ALWAYS_SET):
            return value
        if isinstance(value, str):
            self._own[MARKS[name]] = value
        return MARKS[name]

    def _unmarked(self, text: str) -> str:
        for mark, own in self._own.items():
            text = text.replace(mark, own)
        return text

    def close(self) -> None:
        """Close the sandbox."""
        self._sandbox.close()


@contextmanager
def served(place: MarkedPlace) -> Iterator[str]:
    """Serve a place on the loopback interface; its headers repeat the request, too."""

    class Handler(BaseHTTPRequestHandler):
        """Hands a request to the place."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer a request."""
            length = int(self.headers.get("Content-Length", 0))
            request = httpx.Request(
                self.command,
                f"http://{self.headers['Host']}{self.path}",
                headers=dict(self.headers),
                content=self.rfile.read(length),
            )
            response = place.handle_request(request)
            self.send_response(response.status_code, request.headers.get("Authorization", ""))
            for name, value in response.headers.items():
                if name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("X-Request", request.headers.get("Authorization", ""))
            self.send_header("Set-Cookie", f"session_id={MARKS['session_id']}")
            self.send_header("Content-Length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        do_POST = do_PATCH = do_GET

        def log_message(self, *_: object) -> None:
            """Write no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
