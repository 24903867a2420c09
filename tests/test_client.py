"""The one place where bytes leave."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from helpers.authentication import AccessTokenAuth
from helpers.client import open_client, send
from helpers.connections import CONTENT, LARGEST_ANSWER
from helpers.credentials import Credentials
from helpers.display import annotate
from helpers.documents import MEDIA_TYPE
from helpers.errors import (
    ApiError,
    ArgumentError,
    BadRequest,
    DocumentError,
    InvalidAccessToken,
    LiveModeError,
    NoAnswerError,
    TooManyRequests,
    UnreachableError,
    UnreadableAnswerError,
)
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.server import Server
from tests.certificates import make_certificate, server_context

PLACE = "https://yourdomain.commercelayer.io"
time_sleep = time.sleep
# The waits are a part of the budget, so a small one makes small waits.
BUDGET_SECONDS = 1.2
CREDENTIALS = Credentials(f"{PLACE}/oauth/token", "a-client")
ANSWER = {"data": {"id": "o", "type": "orders"}}
GRANTED = {"access_token": "an-access-token", "token_type": "bearer", "expires_in": 7200}
INVALID = {"errors": [{"code": "INVALID_TOKEN"}]}

Answer = Callable[[httpx.Request], httpx.Response]


def client_of(answer: Answer, *, allow_live: bool = False) -> httpx.Client:
    """Open a client whose requests are answered by a function."""
    return open_client(
        PLACE,
        access_token="a-secret",
        budget_seconds=BUDGET_SECONDS,
        allow_live=allow_live,
        transport=httpx.MockTransport(answer),
    )


def closed_port() -> int:
    """Name a port where nothing listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port


@contextmanager
def tls_server(folder: Path) -> Iterator[str]:
    """Listen on the loopback interface with a certificate that nobody vouches for."""
    context = server_context(make_certificate(folder))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def shake_hands() -> None:
            with suppress(OSError), listening.accept()[0] as connection:
                context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=shake_hands)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(10)


@pytest.fixture
def sent() -> list[httpx.Request]:
    """Collect the requests that a test sends."""
    return []


@pytest.fixture
def client(sent: list[httpx.Request]) -> Iterator[httpx.Client]:
    """Open a client whose every request is collected and answered with an order."""

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=ANSWER, headers={"Content-Type": MEDIA_TYPE})

    with client_of(answer) as client:
        yield client


def test_request_says_what_it_accepts_and_who_sends_it(
    client: httpx.Client, sent: list[httpx.Request]
) -> None:
    """Every request carries the two headers that the API asks for."""
    send(client, "GET", "/api/orders/o")

    assert (sent[0].headers["Accept"], sent[0].headers["Authorization"]) == (
        MEDIA_TYPE,
        "Bearer a-secret",
    )


def test_document_is_sent_with_its_media_type(
    client: httpx.Client, sent: list[httpx.Request]
) -> None:
    """A request document goes out as JSON:API."""
    send(client, "PATCH", "/api/orders/o", document={"data": {}})

    assert (sent[0].headers["Content-Type"], sent[0].content) == (MEDIA_TYPE, b'{"data": {}}')


@pytest.mark.parametrize(
    ("method", "document"),
    [
        ("GET", None),
        ("GET", {"data": {}}),
        ("POST", None),
        ("POST", {"data": {}}),
        ("PATCH", None),
        ("PATCH", {"data": {}}),
        ("DELETE", None),
        ("DELETE", {"data": []}),
    ],
)
def test_request_tells_its_host_and_how_long_it_is(
    client: httpx.Client, sent: list[httpx.Request], method: str, document: dict[str, Any] | None
) -> None:
    """It is the one that httpx would make, which need not be asked each time."""
    client.headers["X-Own"] = "kept"
    send(client, method, "/api/orders/o?include=a", document=document, repeatable=False)

    made = client.build_request(
        method,
        "/api/orders/o?include=a",
        content=json.dumps(document) if document else None,
        headers={"Content-Type": MEDIA_TYPE} if document else {},
    )
    made.headers["Authorization"] = "Bearer a-secret"
    assert (sent[0].method, sent[0].url, sent[0].headers) == (method, made.url, made.headers)
    assert sent[0].content == made.content


def test_cookie_is_sent_back_to_the_place_that_set_it() -> None:
    """What stands between a client and the API may tell its servers apart by one."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Cookie"))
        return httpx.Response(200, json=ANSWER, headers={"Set-Cookie": "server=3"})

    with client_of(answer) as client, client_of(answer) as other:
        for each in (client, client, other):
            send(each, "GET", "/api/orders/o")

    assert asked == [None, "server=3", None]


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        ({"own": "1"}, {"own=1"}),
        ([("own", "1"), ("more", "2")], {"own=1", "more=2"}),
        (httpx.Cookies({"own": "1"}), {"own=1"}),
        (httpx.Cookies({"own": "1"}).jar, {"own=1"}),
        (None, set()),
    ],
    ids=["dictionary", "pairs", "cookies", "jar", "none"],
)
def test_cookies_can_be_set_as_those_of_httpx(cookies: Any, expected: set[str]) -> None:
    """They are sent with each request, beside those that the place sets itself from then on."""
    asked: list[set[str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(set(filter(None, request.headers.get("Cookie", "").split("; "))))
        set_cookies = {"Set-Cookie": "server=3"} if len(asked) < 3 else {}
        return httpx.Response(200, json=ANSWER, headers=set_cookies)

    with client_of(answer) as client, pytest.MonkeyPatch.context() as patch:
        send(client, "GET", "/api/orders/o")
        client.cookies = cookies
        extract, looked = CookieJar.extract_cookies, list[object]()

        def noted(jar: CookieJar, *arguments: Any) -> None:
            looked.append(jar)
            extract(jar, *arguments)

        patch.setattr(CookieJar, "extract_cookies", noted)
        for _ in range(4):
            send(client, "GET", "/api/orders/o")
        held = client.cookies

    later = expected | {"server=3"}
    assert asked == [set(), expected, later, later, later]
    assert isinstance(held, httpx.Cookies)
    assert {f"{name}={value}" for name, value in held.items()} == later
    assert looked == [held.jar]  # only in the one answer that set some


@pytest.mark.parametrize("packing", [None, "gzip"])
def test_client_of_httpx_itself_can_be_used(packing: str | None) -> None:
    """Whoever opens a client in another way gets the same documents."""
    body = json.dumps(ANSWER).encode()
    headers = {"Content-Type": MEDIA_TYPE, **({"Content-Encoding": packing} if packing else {})}
    content = gzip.compress(body) if packing else body

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(content))

    with httpx.Client(base_url="https://a.example.com", transport=httpx.MockTransport(answer)) as c:
        assert send(c, "GET", "/api/orders/o").body == ANSWER


def test_headers_of_a_client_of_httpx_itself_are_kept() -> None:
    """Whoever reaches a place by another name says which, and that is what is sent."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=ANSWER)

    with httpx.Client(
        base_url="https://10.0.0.1",
        headers={"Host": "a.example.com"},
        transport=httpx.MockTransport(answer),
    ) as by_hand:
        send(by_hand, "GET", "/api/orders/o")
        del by_hand.headers["Host"]
        send(by_hand, "GET", "/api/orders/o")

    assert [each.headers.get_list("Host") for each in sent] == [["a.example.com"], ["10.0.0.1"]]


def test_query_is_that_of_the_target_alone() -> None:
    """Parameters of a client of httpx itself are left out, and do not stand in for the target's."""
    sent: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url)
        return httpx.Response(200, json=ANSWER)

    with httpx.Client(
        base_url=PLACE, params={"include": "b"}, transport=httpx.MockTransport(answer)
    ) as by_hand:
        send(by_hand, "GET", "/api/orders/o?include=a")

    assert sent == [httpx.URL(f"{PLACE}/api/orders/o?include=a")]


def test_content_can_be_looked_at_before_it_is_sent(client: httpx.Client) -> None:
    """A hook of the client, or its authentication, may read what is to go out."""
    seen: list[bytes] = []
    client.event_hooks["request"].append(lambda request: seen.append(request.content))
    send(client, "PATCH", "/api/orders/o", document={"data": {}})
    send(client, "GET", "/api/orders/o")

    assert seen == [b'{"data": {}}', b""]


@pytest.mark.parametrize("extensions", [{"content": b"other"}, {CONTENT: "other"}, {}])
def test_body_is_read_where_another_transport_says_something_else(
    extensions: dict[str, Any],
) -> None:
    """Only what the transport here has left is taken for the body."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=ANSWER, extensions=extensions)

    with httpx.Client(base_url=PLACE, transport=httpx.MockTransport(answer)) as by_hand:
        assert send(by_hand, "GET", "/api/orders/o").body == ANSWER


class BreakingStream(httpx.SyncByteStream):
    """A body that breaks after its first part."""

    def __init__(self, failure: BaseException) -> None:
        self.failure = failure
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        """Hand on a part, and fail."""
        yield b"{"
        raise self.failure

    def close(self) -> None:
        """Count how often it was closed."""
        self.closed += 1


@pytest.mark.parametrize(
    ("failure", "expected"),
    [(httpx.ReadError("broken"), NoAnswerError), (KeyboardInterrupt(), KeyboardInterrupt)],
)
def test_answer_that_breaks_off_is_closed(
    failure: BaseException, expected: type[BaseException]
) -> None:
    """A client of httpx itself keeps no connection open for it."""
    stream = BreakingStream(failure)
    with httpx.Client(
        base_url=PLACE, transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))
    ) as by_hand:
        with pytest.raises(expected):
            send(by_hand, "PATCH", "/api/orders/o", document={"data": {}})
        assert stream.closed == 1


def test_exchange_tells_the_request_without_the_access_token(client: httpx.Client) -> None:
    """What a document remembers of its request can be shown."""
    exchange = send(client, "PATCH", "/api/orders/o?include=a", document={"data": {}}).exchange

    assert (exchange.request_line, dict(exchange.headers), exchange.sent, exchange.status) == (
        "PATCH /api/orders/o?include=a",
        {
            "Accept": MEDIA_TYPE,
            "Authorization": "Bearer $CL_ACCESS_TOKEN",
            "Content-Type": MEDIA_TYPE,
        },
        {"data": {}},
        200,
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example.com/api/orders/o",
        "http://yourdomain.commercelayer.io/api/orders/o",
        "https://yourdomain.commercelayer.io:8443/api/orders/o",
    ],
    ids=["another host", "plain http", "another port"],
)
def test_access_token_stays_with_its_place(
    client: httpx.Client, sent: list[httpx.Request], url: str
) -> None:
    """A link to elsewhere does not carry the access token along."""
    client.get(url)

    assert "Authorization" not in sent[0].headers


def test_redirect_is_not_followed() -> None:
    """An answer that points elsewhere is no document."""
    redirect = httpx.Response(302, headers={"Location": "https://elsewhere.example.com"})
    with client_of(lambda _: redirect) as client, pytest.raises(DocumentError, match="with 302"):
        send(client, "GET", "/api/orders/o")


def test_nothing_shows_the_access_token(client: httpx.Client) -> None:
    """A client or its authentication in a log gives nothing away."""
    auth = AccessTokenAuth("a-secret", base_url=PLACE)

    assert "a-secret" not in repr(client) + repr(auth)


@pytest.mark.parametrize(
    "access_token", ["", "a-secret\n", "a\r\nsecret", "a secret", "a\u200bsecret"]
)
def test_access_token_that_cannot_stand_in_a_header_is_refused_unseen(access_token: str) -> None:
    """A token that was pasted with a line end is told at once, and not shown."""
    with pytest.raises(ArgumentError, match="Expected the access token to be one line") as raised:
        open_client(PLACE, access_token=access_token)

    assert "secret" not in str(raised.value)


def test_certificate_that_nobody_vouches_for_is_refused_at_once(tmp_path: Path) -> None:
    """Whoever answers for an organization has to prove who they are; to ask again is no use."""
    with (
        tls_server(tmp_path) as base_url,
        open_client(base_url, access_token="a-secret") as client,
        pytest.raises(UnreachableError, match=r"is not one to trust .*tried once"),
    ):
        send(client, "GET", "/api/orders/o")


def test_place_that_speaks_no_https_is_told_at_once() -> None:
    """Whoever runs a sandbox and writes https learns what to write."""
    server = Server(open_store()).start()
    base_url = server.base_url.replace("http:", "https:")
    with (
        open_client(base_url, access_token="a-secret") as client,
        pytest.raises(UnreachableError, match=r"does not speak https; .*http://.*tried once"),
    ):
        send(client, "GET", "/api/orders/o")
    server.stop()


def test_exchange_claims_no_header_that_was_not_sent() -> None:
    """What is shown as sent was sent."""
    request = httpx.Response(200, json=ANSWER, headers={"Content-Type": MEDIA_TYPE})
    with httpx.Client(base_url=PLACE, transport=httpx.MockTransport(lambda _: request)) as client:
        exchange = send(client, "GET", "/api/orders/o").exchange

    assert dict(exchange.headers) == {"Accept": "*/*"}


def test_exchange_tells_what_the_sandbox_made_up() -> None:
    """Only what the embedded sandbox answers may be shown in full."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=ANSWER, headers={"Content-Type": MEDIA_TYPE})

    shown = []
    for made_up in (False, True):
        transport = httpx.MockTransport(answer)
        with open_client(PLACE, access_token="x", made_up=made_up, transport=transport) as client:
            shown.append(send(client, "GET", "/api/orders/o").exchange.made_up)

    assert shown == [False, True]


def test_answer_that_cannot_be_decoded_is_no_answer() -> None:
    """A body that is not what its headers say is told like a missing one."""

    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"Content-Encoding": "gzip", "Content-Type": MEDIA_TYPE}
        return httpx.Response(200, content=b"no gzip", headers=headers)

    with client_of(answer) as client, pytest.raises(NoAnswerError, match="GET /api/orders/o got"):
        send(client, "GET", "/api/orders/o")


def in_turn(outcomes: list[httpx.Response | httpx.TransportError]) -> Answer:
    """Make what answers, or fails, with one of these after the other, and takes it away."""

    def answer(_: httpx.Request) -> httpx.Response:
        outcome = outcomes.pop(0)
        if isinstance(outcome, httpx.Response):
            return outcome
        raise outcome

    return answer


def with_credentials(answer: Answer) -> httpx.Client:
    """Open a client that has to ask for its access token first."""
    return open_client(
        "http://127.0.0.1",
        credentials=Credentials("http://127.0.0.1/oauth/token", "a-client"),
        budget_seconds=BUDGET_SECONDS,
        transport=httpx.MockTransport(answer),
    )


def failing(failure: httpx.TransportError) -> tuple[Answer, list[httpx.Request]]:
    """Make what never answers, and counts how often it was asked."""
    asked: list[httpx.Request] = []

    def fail(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise failure

    return fail, asked


@pytest.mark.parametrize(
    ("method", "repeatable", "times", "advice"),
    [
        ("GET", None, 5, "Send it again later."),
        ("PATCH", True, 5, "Send it again later."),
        ("PATCH", None, 1, "Look whether it took effect before you send it again"),
        ("POST", None, 1, "Look whether it took effect before you send it again"),
        ("DELETE", None, 1, "Look whether it took effect before you send it again"),
    ],
)
def test_only_what_can_do_no_harm_is_sent_again_where_no_answer_came(
    method: str, repeatable: bool | None, times: int, advice: str
) -> None:
    """A write may have taken effect although nothing came back."""
    fail, asked = failing(httpx.ReadTimeout(""))
    with client_of(fail) as client, pytest.raises(NoAnswerError, match=advice) as raised:
        send(client, method, "/api/orders/o", document={"data": {}}, repeatable=repeatable)

    assert (len(asked), type(raised.value)) == (times, NoAnswerError)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_request_that_never_left_is_sent_again_whatever_it_is(method: str) -> None:
    """What did not arrive has done nothing."""
    fail, asked = failing(httpx.ConnectError(""))
    with client_of(fail) as client, pytest.raises(UnreachableError, match="It did nothing"):
        send(client, method, "/api/orders/o")

    assert len(asked) == 5


@pytest.mark.parametrize(
    "first", [httpx.ReadTimeout(""), httpx.Response(503), httpx.Response(200, json={})]
)
def test_attempt_that_did_not_leave_does_not_undo_one_that_did(
    first: httpx.ReadTimeout | httpx.Response,
) -> None:
    """Only where none of the attempts can have arrived it is said that nothing was done."""
    outcomes = [first, *[httpx.ConnectError("")] * 4]

    with client_of(in_turn(outcomes)) as client, pytest.raises(NoAnswerError) as raised:
        send(client, "PATCH", "/api/orders/o", document={"data": {}}, repeatable=True)

    assert (type(raised.value), outcomes) == (NoAnswerError, [])
    assert "It did nothing" not in str(raised.value)


def test_refusal_before_an_attempt_that_did_not_leave_has_done_nothing() -> None:
    """A rate limit lets nothing through, so it is still certain that nothing was done."""
    outcomes = [httpx.Response(429), *[httpx.ConnectError("")] * 4]

    with (
        client_of(in_turn(outcomes)) as client,
        pytest.raises(UnreachableError, match="It did nothing"),
    ):
        send(client, "POST", "/api/orders", document={"data": {}})


def test_missing_answer_names_request_and_place_and_how_often_it_was_tried() -> None:
    """The message says what was asked of whom, what happened, how often, and what to do."""
    fail, _ = failing(httpx.ReadTimeout("what a library says"))
    with client_of(fail) as client, pytest.raises(NoAnswerError) as raised:
        send(client, "GET", "/api/orders/o")

    assert re.fullmatch(
        rf"GET /api/orders/o got no answer from {PLACE}: the time for an answer was up\. "
        r"It was tried 5 times, in \d\.\d s\. Send it again later\.",
        str(raised.value),
    )


def test_error_leads_to_no_library() -> None:
    """A traceback ends here, where the request was sent, and holds nothing of what broke."""
    fail, _ = failing(httpx.ReadTimeout("what a library says"))
    with client_of(fail) as client, pytest.raises(NoAnswerError) as raised:
        send(client, "GET", "/api/orders/o")
    shown = "".join(traceback.format_exception(raised.value))

    assert "what a library says" not in shown
    assert [entry.path.name for entry in raised.traceback][1:] == ["client.py", "sending.py"]


@pytest.mark.parametrize(
    ("status", "repeatable", "times"),
    [
        (429, False, 5),
        (502, True, 5),
        (503, True, 5),
        (504, True, 5),
        (502, False, 1),
        (503, False, 1),
        (500, True, 1),
        (400, True, 1),
        (401, True, 1),
        (404, True, 1),
        (422, True, 1),
    ],
)
def test_status_tells_whether_it_is_sent_again(status: int, repeatable: bool, times: int) -> None:
    """A rate limit did nothing; a gateway may have; other refusals would be the same again."""
    asked = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, json={"errors": []})

    with client_of(refuse) as client, pytest.raises(ApiError) as raised:
        send(client, "PATCH", "/api/orders/o", document={"data": {}}, repeatable=repeatable)

    assert (len(asked), raised.value.status) == (times, status)
    assert ("It was sent 5 times" in str(raised.value)) == (times == 5)


def test_answer_that_comes_at_last_counts() -> None:
    """What was out of order for a moment is no fault that anybody sees."""
    answers = [
        httpx.Response(503),
        httpx.Response(200, text="{", headers={"Content-Type": MEDIA_TYPE}),
        httpx.Response(200, json=ANSWER),
    ]
    with client_of(lambda _: answers.pop(0)) as client:
        document = send(client, "GET", "/api/orders/o")

    assert (document.data["id"], document.exchange.attempts) == ("o", 3)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_request_for_an_access_token_is_sent_again_whatever_it_is_for(method: str) -> None:
    """Before there is an access token, the request itself has not left."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        match len(asked):
            case 1:
                return httpx.Response(503)
            case 2:
                raise httpx.ReadTimeout("")
            case 3:
                return httpx.Response(200, json=GRANTED)
            case _:
                return httpx.Response(200, json=ANSWER)

    with with_credentials(answer) as client:
        document = send(client, method, "/api/orders/o")

    assert asked == ["/oauth/token"] * 3 + ["/api/orders/o"]
    assert document.exchange.attempts == 1


def test_request_for_an_access_token_that_fails_for_good_is_told() -> None:
    """The message is about the authorization server, and says that nothing was sent."""
    fail, asked = failing(httpx.ReadTimeout(""))
    with (
        with_credentials(fail) as client,
        pytest.raises(UnreachableError, match=r"/oauth/token gave no access token: .*5 times"),
    ):
        send(client, "POST", "/api/orders")

    assert len(asked) == 5


def test_retry_after_is_waited_for() -> None:
    """An answer that tells how long to wait is believed."""
    answers = [
        httpx.Response(429, headers={"Retry-After": "0.3"}),
        httpx.Response(200, json=ANSWER),
    ]
    with client_of(lambda _: answers.pop(0)) as client:
        document = send(client, "GET", "/api/orders/o")

    assert 0.3 <= document.exchange.seconds < 0.3 + BUDGET_SECONDS / 60 + 0.2


def test_retry_after_that_does_not_fit_into_the_budget_ends_it_at_once() -> None:
    """Nobody waits for what there is no time for; the message tells how long it would be."""
    limit = httpx.Response(429, headers={"Retry-After": "120"})
    with client_of(lambda _: limit) as client, pytest.raises(TooManyRequests) as raised:
        send(client, "GET", "/api/orders/o")

    assert (
        raised.value.wait_seconds,
        raised.value.exchange and raised.value.exchange.attempts,
    ) == (
        120,
        1,
    )
    assert "Wait 120 s" in str(raised.value)


def test_wait_has_to_fit_into_what_is_left_of_the_budget() -> None:
    """An attempt that took its time leaves less for waiting."""

    def answer(_: httpx.Request) -> httpx.Response:
        time_sleep(BUDGET_SECONDS / 2)
        return httpx.Response(429, headers={"Retry-After": str(BUDGET_SECONDS * 0.75)})

    started = time.monotonic()
    with client_of(answer) as client, pytest.raises(TooManyRequests):
        send(client, "GET", "/api/orders/o")

    assert time.monotonic() - started < BUDGET_SECONDS


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(302, headers={"Location": "https://x"}), "which leads elsewhere"),
        (httpx.Response(200, html="<h1>Log in</h1>"), "but not by the API"),
        (httpx.Response(200, json={"data": {"type": "orders", "id": "x"}}), "another resource"),
        (httpx.Response(200, json={"data": None}), "another resource"),
    ],
    ids=["redirect", "captive portal", "another order", "null"],
)
def test_answer_that_is_none_of_the_api_is_told(answer: httpx.Response, expected: str) -> None:
    """Nothing that only looks like an answer is taken for one."""
    with (
        client_of(lambda _: answer) as client,
        pytest.raises(UnreadableAnswerError, match=expected),
    ):
        send(client, "GET", "/api/orders/o")


def test_answer_that_is_too_large_is_refused_with_how_often_it_was_sent() -> None:
    """What is larger than the API has reason to send is not of the API."""
    answers = [httpx.Response(503), httpx.Response(200, content=b"x" * (LARGEST_ANSWER + 1))]
    with (
        client_of(lambda _: answers.pop(0)) as client,
        pytest.raises(UnreadableAnswerError, match=r"20,000,000 bytes.*It was sent 2 times"),
    ):
        send(client, "GET", "/api/orders/o")


@pytest.mark.parametrize("data", [[], None, {"type": "customers", "id": "o"}])
def test_what_was_created_is_of_the_type_that_was_asked_for(data: object) -> None:
    """Whoever creates an order is not told of something else."""
    answer = httpx.Response(201, json={"data": data})
    with (
        client_of(lambda _: answer) as client,
        pytest.raises(UnreadableAnswerError, match="Look whether it took effect"),
    ):
        send(client, "POST", "/api/orders", document={"data": {}})


def test_answer_of_live_mode_is_refused_unless_it_is_allowed() -> None:
    """Real data ends it, however they came to be answered with."""
    live = {"data": {"id": "o", "type": "orders", "meta": {"mode": "live"}}}
    with (
        client_of(lambda _: httpx.Response(200, json=live)) as client,
        pytest.raises(LiveModeError, match="GET /api/orders/o was answered with data of live"),
    ):
        send(client, "GET", "/api/orders/o")

    with client_of(lambda _: httpx.Response(200, json=live), allow_live=True) as client:
        assert send(client, "GET", "/api/orders/o").data == live["data"]


def test_live_data_beside_the_answer_are_refused_too() -> None:
    """What was included counts as well."""
    live = {"data": [], "included": [{"id": "o", "type": "orders", "meta": {"mode": "live"}}]}
    with (
        client_of(lambda _: httpx.Response(200, json=live)) as client,
        pytest.raises(LiveModeError),
    ):
        send(client, "GET", "/api/orders")


def test_access_token_of_live_mode_is_refused_unless_it_is_allowed() -> None:
    """Nothing is even sent with it."""
    live = jwt.encode({"test": False}, "0" * 64, algorithm="HS256")
    with pytest.raises(LiveModeError, match="of test mode") as raised:
        open_client(PLACE, access_token=live)
    open_client(PLACE, access_token=live, allow_live=True).close()

    assert live not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "access token, or credentials"),
        ({"access_token": "x", "credentials": CREDENTIALS}, "not both"),
        ({"access_token": "x", "timeout_seconds": 0}, "timeout_seconds to be more than 0"),
        ({"access_token": "x", "budget_seconds": float("nan")}, "budget_seconds to be more"),
        ({"access_token": "x", "timeout_seconds": 1e300}, "at most a day, got 1e.300"),
    ],
)
def test_client_that_cannot_be_opened_is_told(options: dict[str, Any], expected: str) -> None:
    """What makes no client is told before anything is sent."""
    with pytest.raises(ArgumentError, match=expected):
        open_client(PLACE, **options)


@pytest.mark.parametrize("base_url", ["http://yourdomain.commercelayer.io", "ftp://localhost"])
def test_plain_http_is_for_this_machine_only(base_url: str) -> None:
    """An access token never travels in the clear."""
    with pytest.raises(ArgumentError, match="Expected an address that starts with https://"):
        open_client(base_url, access_token="x")


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "yourdomain",
        "https://",
        "https://u:a-secret@h",
        "https://h/api",
        "https://h?x",
        "https://[",
    ],
)
def test_address_is_a_scheme_and_a_host_and_nothing_else(base_url: str) -> None:
    """An address with more in it is not shown: a password may be in it."""
    with pytest.raises(ArgumentError, match="Expected a scheme and a host and") as raised:
        open_client(base_url, access_token="x")

    assert "a-secret" not in str(raised.value)


@pytest.mark.parametrize(
    "target",
    [
        "@elsewhere.example.com/",
        "api/orders",
        ".example.com",
        "",
        "//elsewhere.example.com",
        "/api/orders/../customers",
        "/api/orders/%2e%2E/customers",
        "/api/orders/x#y",
        "/api\\orders",
        "/api/orders/\u00e9",
        "/api/orders/x\n",
        "/api/orders/" + "x" * 8000,
    ],
)
def test_target_that_could_lead_elsewhere_is_refused(
    client: httpx.Client, sent: list[httpx.Request], target: str
) -> None:
    """A target is joined to the address of the place, and has to stay there."""
    with pytest.raises(ArgumentError, match="starts with a slash") as raised:
        send(client, "GET", target)

    assert len(str(raised.value)) < 400

    assert sent == []


@pytest.mark.parametrize("method", ["get", "GET\r\nX: y", "TRACE", ""])
def test_method_is_one_of_the_apis(
    client: httpx.Client, sent: list[httpx.Request], method: str
) -> None:
    """Nothing else is put on the wire in its place."""
    with pytest.raises(ArgumentError, match="Expected one of: GET, POST, PATCH, DELETE"):
        send(client, method, "/api/orders")

    assert sent == []


def test_client_that_was_closed_is_told(client: httpx.Client) -> None:
    """Whoever goes on after the end learns that it is the end."""
    client.close()
    with pytest.raises(ArgumentError, match="Expected an open client"):
        send(client, "GET", "/api/orders")


def test_attempt_for_which_no_time_is_left_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait that took longer than was meant does not hide what was answered before."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(429)

    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: time_sleep(BUDGET_SECONDS))
    with client_of(answer) as client, pytest.raises(TooManyRequests):
        send(client, "GET", "/api/orders/o")

    assert len(asked) == 1


def test_interrupt_is_never_waited_out() -> None:
    """Whoever presses Ctrl-C wants it to end, also where the next attempt is due."""
    asked = []

    def fail(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ReadTimeout("")

    def interrupt(*_: object, **__: object) -> NoAnswerError:
        raise KeyboardInterrupt

    with client_of(fail) as client, pytest.MonkeyPatch.context() as patch:
        patch.setattr("helpers.sending.no_answer", interrupt)
        with pytest.raises(KeyboardInterrupt):
            send(client, "GET", "/api/orders/o")

    assert len(asked) == 1


def test_answer_about_an_access_token_that_is_too_large_is_told_as_such() -> None:
    """The message does not blame the API for what another server has sent."""
    large = httpx.Response(200, content=b"x" * (LARGEST_ANSWER + 1))
    with (
        with_credentials(lambda _: large) as client,
        pytest.raises(UnreadableAnswerError, match=r"^POST http://127.0.0.1/oauth/token was answ"),
    ):
        send(client, "PATCH", "/api/orders/o", document={"data": {}})


def test_access_token_is_renewed_once_for_all_attempts_of_a_request() -> None:
    """A place that takes none of them is not asked for one after the other."""
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json=GRANTED)
        is_first = asked.count("/api/orders/o") % 2 == 1
        return httpx.Response(401, json=INVALID) if is_first else httpx.Response(503)

    with with_credentials(answer) as client, pytest.raises(InvalidAccessToken):
        send(client, "GET", "/api/orders/o")

    assert (asked.count("/oauth/token"), asked.count("/api/orders/o")) == (2, 3)


@pytest.mark.parametrize(
    "denial", [httpx.Response(503), httpx.ReadTimeout(""), httpx.Response(400)]
)
def test_request_that_may_have_arrived_is_not_forgotten_for_want_of_an_access_token(
    denial: httpx.Response | httpx.ReadTimeout,
) -> None:
    """Of a write that was lost it is said that nobody knows, whatever came after it."""
    outcomes: list[httpx.Response | httpx.TransportError] = [
        httpx.Response(200, json=GRANTED | {"expires_in": 0.01}),
        httpx.ReadTimeout(""),
        *[denial] * 9,
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        time.sleep(0.02)  # longer than the access token lives
        return in_turn(outcomes)(request)

    with with_credentials(answer) as client, pytest.raises(NoAnswerError) as raised:
        send(client, "PATCH", "/api/orders/o", document={"data": {}}, repeatable=True)

    assert type(raised.value) is NoAnswerError
    assert "PATCH /api/orders/o got no answer, so nobody knows whether" in str(raised.value)
    assert "POST http://127.0.0.1/oauth/token" in str(raised.value)


def test_nothing_packed_is_asked_for(client: httpx.Client, sent: list[httpx.Request]) -> None:
    """What is not packed cannot burst."""
    send(client, "GET", "/api/orders/o")

    assert sent[0].headers["Accept-Encoding"] == "identity"


def test_place_that_is_not_there_is_told_as_such() -> None:
    """A real connection that is refused has done nothing."""
    with (
        open_client(
            f"http://127.0.0.1:{closed_port()}", access_token="x", budget_seconds=0.5
        ) as client,
        pytest.raises(UnreachableError, match="Connection refused"),
    ):
        send(client, "GET", "/api/orders/o")


def test_place_that_is_too_slow_gives_no_answer_within_the_budget() -> None:
    """An answer that does not come within the time is not waited for."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        with (
            open_client(
                f"http://127.0.0.1:{port}",
                access_token="x",
                timeout_seconds=0.2,
                budget_seconds=0.5,
            ) as client,
            pytest.raises(NoAnswerError, match="the time for an answer was up"),
        ):
            send(client, "GET", "/api/orders/o")

    assert 0.2 <= time.monotonic() - started < 0.7


def test_proxy_of_the_environment_is_not_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Requests to the sandbox never leave the machine by way of a proxy."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    port = closed_port()
    with (
        open_client(f"http://127.0.0.1:{port}", access_token="x", budget_seconds=0.1) as client,
        pytest.raises(UnreachableError, match="Connection refused"),
    ):
        send(client, "GET", "/api/orders/o")


@pytest.mark.parametrize("made_up", [False, True])
def test_secret_that_is_asked_for_is_not_shown(made_up: bool) -> None:
    """What a filter names by a secret stays out of the exchange, and so out of every view."""
    target = "/api/orders?filter[q][token_eq]=a-long-secret&sort=number"
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"data": []}))
    with open_client(
        "http://127.0.0.1", access_token="a", made_up=made_up, transport=transport
    ) as client:
        document = send(client, "GET", target)

    masked = "/api/orders?filter[q][token_eq]=********&sort=number"
    assert document.exchange.target == (target if made_up else masked)


@pytest.mark.parametrize("name", ["token", "checkout_url", "session_id", "api_key", "password"])
def test_refusal_that_repeats_what_was_asked_for_does_not_show_it(name: str) -> None:
    """The API may say in an error what a filter named."""
    fault = {"errors": [{"detail": "a-long secret is no good"}]}
    transport = httpx.MockTransport(lambda _: httpx.Response(400, json=fault))
    with (
        open_client("http://127.0.0.1", access_token="a", transport=transport) as client,
        pytest.raises(BadRequest) as raised,
    ):
        send(client, "GET", f"/api/orders?filter[q][{name}_eq]=a-long%20secret")

    assert "a-long" not in str(raised.value)
    assert "a-long" not in str(annotate(raised.value))


def test_secret_that_is_asked_for_is_not_in_an_error() -> None:
    """Nor is it in the message where no answer came."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused: a-long-secret")

    with (
        open_client(
            "http://127.0.0.1",
            access_token="a",
            budget_seconds=BUDGET_SECONDS,
            transport=httpx.MockTransport(fail),
        ) as client,
        pytest.raises(NoAnswerError) as raised,
    ):
        send(client, "GET", "/api/orders?filter[q][token_eq]=a-long-secret")

    assert "a-long-secret" not in str(raised.value)


def test_exchange_knows_the_access_token_and_does_not_show_it() -> None:
    """Whatever is made of an exchange can hide the access token in it."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"data": []}))
    with open_client(
        "http://127.0.0.1", access_token="the-access-token", transport=transport
    ) as client:
        exchange = send(client, "GET", "/api/orders").exchange

    assert exchange.secrets == {"the-access-token"}
    assert "the-access-token" not in repr(exchange)
