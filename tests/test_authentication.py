"""Access tokens: where they are sent, and when and how they are asked for."""

from __future__ import annotations

import dis
import itertools
import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import jwt
import pytest

from helpers.authentication import AccessTokenAuth, RenewingAuth
from helpers.client import open_client, send
from helpers.credentials import Credentials
from helpers.errors import (
    ArgumentError,
    CredentialsError,
    HowToError,
    LiveModeError,
    ServerFailure,
    TooManyRequests,
    UnreachableError,
    UnreadableAnswerError,
)
from helpers.grants import AccessTokenAwaited
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.server import Server

PLACE = "https://yourdomain.commercelayer.io"
ENDPOINT = "https://auth.commercelayer.io/oauth/token"
ORDERS = f"{PLACE}/api/orders"
INTEGRATION = Credentials(ENDPOINT, "an-id", "a-client-secret")
CUSTOMER = Credentials(
    ENDPOINT,
    "an-id",
    "a-client-secret",
    scope="market:code:europe1",
    customer_email="john@example.com",
    customer_password="a-customer-password",
)
ELSEWHERE = [
    "https://elsewhere.example.com/api/orders/o",
    "http://yourdomain.commercelayer.io/api/orders/o",
    "https://yourdomain.commercelayer.io:8443/api/orders/o",
]
INVALID_TOKEN = {"errors": [{"code": "INVALID_TOKEN", "title": "Invalid token", "status": "401"}]}
UNAUTHORIZED = {"errors": [{"code": "UNAUTHORIZED", "title": "Access denied", "status": "401"}]}
INVALID_CLIENT = {
    "errors": [
        {
            "code": "UNAUTHORIZED",
            "title": "invalid_client",
            "detail": "Client authentication failed.",
            "status": 401,
        }
    ]
}
DEADLINE_SECONDS = 10

# None for what is answered otherwise.
Answer = Callable[[httpx.Request], httpx.Response | None]


def signed(**claims: Any) -> str:
    """Make an access token; what it says is read, and its signature is not looked at."""
    claims = {"organization": {"slug": "yourdomain"}, "test": True, **claims}
    return jwt.encode(claims, "a key of this test's own, 32 bytes long", algorithm="HS256")


def _number_of(request: httpx.Request) -> int:
    """Tell which access token a request carries; 0 for none."""
    access_token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not access_token:
        return 0
    return int(jwt.decode(access_token, options={"verify_signature": False})["number"])


class Endpoint:
    """Answers for the API and for its endpoint: each access token is numbered.

    Attributes:
        asked: The bodies of the requests for an access token.
        received: All other requests.
        numbers: The access tokens that these carried; 0 for none.
        valid: The numbers of the access tokens that the API takes; None for all of them.
        answer: What the endpoint answers with instead, as long as it is set.
        now: The time, in seconds.
    """

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.received: list[httpx.Request] = []
        self.numbers: list[int] = []
        self.requests: list[httpx.Request] = []
        self.valid: set[int] | None = None
        self.answer: Answer | None = None
        self.life: float = 7200
        self.now = 0.0

    def access_token(self, number: int) -> str:
        """Make the access token of this number."""
        return signed(number=number)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a request for an access token, or any other."""
        if str(request.url) == ENDPOINT:
            self.requests.append(request)
            self.asked.append(json.loads(request.content))
            number = len(self.asked)
            answer = self.answer(request) if self.answer else None
            return answer or httpx.Response(200, json=self.granted(number))
        self.received.append(request)
        number = _number_of(request)
        self.numbers.append(number)
        if self.valid is not None and number not in self.valid:
            return httpx.Response(401, json=INVALID_TOKEN)
        return httpx.Response(200, json={"data": []})

    def granted(self, number: int) -> dict[str, Any]:
        """Write the answer that grants the access token of this number."""
        has_customer = self.asked[number - 1]["grant_type"] != "client_credentials"
        return {
            "access_token": self.access_token(number),
            "token_type": "bearer",
            "expires_in": self.life,
            **({"refresh_token": f"refresh-token-{number}"} if has_customer else {}),
        }

    @property
    def grants(self) -> list[str]:
        """The grants that were asked for, in order."""
        return [body["grant_type"] for body in self.asked]

    def auth(self, credentials: Credentials = INTEGRATION, **options: Any) -> RenewingAuth:
        """Open the authentication that asks here, by the clock of this endpoint."""
        options = {"base_url": PLACE, "clock": lambda: self.now, **options}
        return RenewingAuth(credentials, **options)

    def client(self, auth: httpx.Auth) -> httpx.Client:
        """Open a client whose requests all end here."""
        return httpx.Client(base_url=PLACE, auth=auth, transport=httpx.MockTransport(self.handle))


@pytest.fixture
def endpoint() -> Endpoint:
    """Lend an endpoint that has not been asked yet."""
    return Endpoint()


def answering(status: int = 200, **options: Any) -> Answer:
    """Make an endpoint's answer that is always the same."""
    return lambda _: httpx.Response(status, **options)


def is_free(auth: RenewingAuth) -> bool:
    """Tell whether nobody is asking, so that the next thread would not wait."""
    free = auth._lock.acquire(blocking=False)
    if free:
        auth._lock.release()
    return free


# An access token that is given.


@pytest.mark.parametrize("url", ELSEWHERE, ids=["another host", "plain http", "another port"])
def test_access_token_stays_with_its_place(endpoint: Endpoint, url: str) -> None:
    """A link to elsewhere does not carry the access token along."""
    with endpoint.client(AccessTokenAuth("a-secret", base_url=PLACE)) as client:
        client.get(url)

    assert "Authorization" not in endpoint.received[0].headers


def test_place_may_be_written_with_its_port(endpoint: Endpoint) -> None:
    """The port that goes without saying makes no other place."""
    with endpoint.client(AccessTokenAuth(signed(number=7), base_url=f"{PLACE}:443")) as client:
        client.get("/api/orders")

    assert endpoint.numbers == [7]


@pytest.mark.parametrize(
    "access_token", ["", "a-secret\n", "a\r\nsecret", "a secret", "a\u200bsecret"]
)
def test_access_token_that_cannot_stand_in_a_header_is_refused_unseen(access_token: str) -> None:
    """One that was pasted with a line end is told at once, and not shown."""
    with pytest.raises(ArgumentError, match="Expected the access token to be one line") as raised:
        AccessTokenAuth(access_token, base_url=PLACE)

    assert "secret" not in str(raised.value)


def test_access_token_is_a_secret_unless_it_is_made_up() -> None:
    """What the embedded sandbox made up need not be hidden."""
    given = AccessTokenAuth("a-secret", base_url=PLACE)
    made_up = AccessTokenAuth("a-secret", base_url=PLACE, made_up=True)

    assert (given.secrets, made_up.secrets) == ({"a-secret"}, frozenset())
    assert "a-secret" not in repr(given)


# One that is asked for.


def test_access_token_is_asked_for_once_and_kept(endpoint: Endpoint) -> None:
    """The first request brings it, and the next ones carry the same."""
    with endpoint.client(endpoint.auth()) as client:
        assert endpoint.asked == []
        for _ in range(3):
            client.get("/api/orders")

    assert (endpoint.grants, endpoint.numbers) == (["client_credentials"], [1, 1, 1])


def test_it_is_asked_for_as_documented(endpoint: Endpoint) -> None:
    """The endpoint gets a JSON object, and is told that JSON is understood."""
    with endpoint.client(endpoint.auth()) as client:
        client.get("/api/orders")
    [request] = endpoint.requests

    assert (request.method, request.headers["Accept"], request.headers["Content-Type"]) == (
        "POST",
        "application/json",
        "application/json",
    )
    assert "Authorization" not in request.headers
    assert request.headers["User-Agent"] == endpoint.received[0].headers["User-Agent"]


def test_asking_takes_the_time_of_the_request_that_needs_it(endpoint: Endpoint) -> None:
    """Timeouts and deadline of a request hold for what has to be asked first."""
    with endpoint.client(endpoint.auth()) as client:
        client.get("/api/orders", timeout=3.5, extensions={"deadline": 9e9})
    [request] = endpoint.requests

    assert request.extensions["timeout"]["read"] == 3.5
    assert request.extensions["deadline"] == 9e9


@pytest.mark.parametrize("url", ELSEWHERE, ids=["another host", "plain http", "another port"])
def test_request_to_elsewhere_asks_for_nothing(endpoint: Endpoint, url: str) -> None:
    """A link to elsewhere carries no access token, and is no reason to get one."""
    with endpoint.client(endpoint.auth()) as client:
        client.get(url)
        client.get("/api/orders")
        client.get(url)

    assert (len(endpoint.asked), endpoint.numbers) == (1, [0, 1, 0])


@pytest.mark.parametrize(
    ("life", "until"), [(7200, 7140), (14_400, 14_340), (100, 90), (0.5, 0.45)]
)
def test_access_token_is_renewed_before_it_expires(
    endpoint: Endpoint, life: float, until: float
) -> None:
    """A minute before, or a tenth of a short life: by this machine's clock, and no other's."""
    endpoint.life = life
    with endpoint.client(endpoint.auth()) as client:
        client.get("/api/orders")
        endpoint.now = until - 0.001
        client.get("/api/orders")
        endpoint.now = until
        client.get("/api/orders")

    assert endpoint.numbers == [1, 1, 2]


def test_life_counts_from_when_it_was_asked_for(endpoint: Endpoint) -> None:
    """An answer that took long is not trusted for longer than it can be."""

    def slow(_: httpx.Request) -> None:
        endpoint.now += 100

    endpoint.answer = slow
    with endpoint.client(endpoint.auth()) as client:
        client.get("/api/orders")
        endpoint.now = 7140
        client.get("/api/orders")

    assert endpoint.numbers == [1, 2]


def test_customers_access_token_is_renewed_without_the_password(endpoint: Endpoint) -> None:
    """The password goes out once; each renewal brings the refresh token of the next."""
    with endpoint.client(endpoint.auth(CUSTOMER)) as client:
        for _ in range(3):
            client.get("/api/orders")
            endpoint.now += 7200

    assert endpoint.grants == ["password", "refresh_token", "refresh_token"]
    assert [body.get("refresh_token") for body in endpoint.asked] == [
        None,
        "refresh-token-1",
        "refresh-token-2",
    ]


def test_refresh_token_is_kept_where_no_other_came(endpoint: Endpoint) -> None:
    """An endpoint that gives none with a renewal means the old one to go on."""

    def bare(_: httpx.Request) -> httpx.Response | None:
        number = len(endpoint.asked)
        granted = endpoint.granted(number)
        if number > 1:
            del granted["refresh_token"]
        return httpx.Response(200, json=granted)

    endpoint.answer = bare
    with endpoint.client(endpoint.auth(CUSTOMER)) as client:
        for _ in range(3):
            client.get("/api/orders")
            endpoint.now += 7200

    assert [body.get("refresh_token") for body in endpoint.asked[1:]] == ["refresh-token-1"] * 2


@pytest.mark.parametrize("status", [400, 401])
def test_refused_refresh_falls_back_to_the_password(endpoint: Endpoint, status: int) -> None:
    """A refresh token that is used up or too old is no reason to stop."""

    def refuse(_: httpx.Request) -> httpx.Response | None:
        is_refresh = endpoint.grants[-1] == "refresh_token"
        return httpx.Response(status, json={"error": "invalid_grant"}) if is_refresh else None

    endpoint.answer = refuse
    with endpoint.client(endpoint.auth(CUSTOMER)) as client:
        client.get("/api/orders")
        endpoint.now += 7200
        client.get("/api/orders")

    assert (endpoint.grants, endpoint.numbers) == (
        ["password", "refresh_token", "password"],
        [1, 3],
    )


def test_fall_back_happens_once(endpoint: Endpoint) -> None:
    """Where the password is refused too, there is one error, and no third request."""
    with endpoint.client(endpoint.auth(CUSTOMER)) as client:
        client.get("/api/orders")
        endpoint.now += 7200
        endpoint.answer = answering(400, json={"error": "invalid_grant"})
        with pytest.raises(CredentialsError, match="CL_CUSTOMER_PASSWORD"):
            client.get("/api/orders")

    assert endpoint.grants == ["password", "refresh_token", "password"]


def test_refresh_that_was_not_refused_keeps_its_refresh_token(endpoint: Endpoint) -> None:
    """An endpoint that is out of order is no reason to send the password again."""
    with endpoint.client(endpoint.auth(CUSTOMER)) as client:
        client.get("/api/orders")
        endpoint.now += 7200
        endpoint.answer = answering(503)
        with pytest.raises(ServerFailure):
            client.get("/api/orders")
        endpoint.answer = None
        client.get("/api/orders")

    assert endpoint.grants == ["password", "refresh_token", "refresh_token"]


# After a 401.


def test_access_token_that_is_not_valid_any_more_is_renewed(endpoint: Endpoint) -> None:
    """The request is sent again with another, its document and all."""
    with endpoint.client(endpoint.auth()) as client:
        client.get("/api/orders")
        endpoint.valid = {2}
        answer = client.patch("/api/orders/o", content=iter([b'{"data": ', b"{}}"]))

    assert (answer.status_code, endpoint.numbers) == (200, [1, 1, 2])
    assert [request.content for request in endpoint.received[1:]] == [b'{"data": {}}'] * 2


def test_request_is_sent_again_once(endpoint: Endpoint) -> None:
    """A place that takes no access token at all is not asked for ever."""
    endpoint.valid = set()
    with endpoint.client(endpoint.auth()) as client:
        answer = client.get("/api/orders")

    assert (answer.status_code, endpoint.numbers, len(endpoint.asked)) == (401, [1, 2], 2)
    assert answer.json() == INVALID_TOKEN


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401, json=UNAUTHORIZED),
        httpx.Response(401, content=b"<html>"),
        httpx.Response(403, json=INVALID_TOKEN),
    ],
    ids=["UNAUTHORIZED", "no document", "another status"],
)
def test_another_refusal_renews_nothing(endpoint: Endpoint, answer: httpx.Response) -> None:
    """Another access token of the same kind may do no more than this one."""

    def handle(request: httpx.Request) -> httpx.Response:
        return endpoint.handle(request) if str(request.url) == ENDPOINT else answer

    with httpx.Client(auth=endpoint.auth(), transport=httpx.MockTransport(handle)) as client:
        received = client.get(ORDERS)

    assert (received.status_code, len(endpoint.asked)) == (answer.status_code, 1)


def test_attempts_that_share_it_renew_once(endpoint: Endpoint) -> None:
    """A place that takes no access token is not asked for another with every attempt."""
    endpoint.valid = set()
    renewed: dict[str, bool] = {}
    with endpoint.client(endpoint.auth()) as client:
        for _ in range(3):
            client.get("/api/orders", extensions={"renewed": renewed})
        assert (endpoint.numbers, len(endpoint.asked)) == ([1, 2, 2, 2], 2)
        client.get("/api/orders", extensions={"renewed": {}})

    assert (endpoint.numbers[4:], len(endpoint.asked)) == ([2, 3], 3)


def test_renewal_that_failed_is_tried_by_the_next_attempt(endpoint: Endpoint) -> None:
    """Only an access token that came counts as the one that an attempt may renew."""
    renewed: dict[str, bool] = {}
    with endpoint.client(endpoint.auth()) as client:
        client.get("/api/orders")
        endpoint.valid = {3}
        endpoint.answer = answering(503)
        with pytest.raises(ServerFailure):
            client.get("/api/orders", extensions={"renewed": renewed})
        endpoint.answer = None
        answer = client.get("/api/orders", extensions={"renewed": renewed})

    assert (answer.status_code, endpoint.numbers) == (200, [1, 1, 1, 3])


# Many threads.


def together(number: int, act: Callable[[], Any]) -> list[Any]:
    """Let threads begin at the same time, and collect what they return or raise."""
    barrier = threading.Barrier(number)

    def begin() -> Any:
        barrier.wait(DEADLINE_SECONDS)
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(number) as pool:
        futures = [pool.submit(begin) for _ in range(number)]
        return [future.result(DEADLINE_SECONDS) for future in futures]


def test_of_many_threads_one_asks(endpoint: Endpoint) -> None:
    """Sixteen that begin together wait for one access token, and all use it."""

    def slow(_: httpx.Request) -> None:
        time.sleep(0.02)  # not needed to pass: it makes a fault more likely to show

    endpoint.answer = slow
    with endpoint.client(endpoint.auth()) as client:
        answers = together(16, lambda: client.get("/api/orders").status_code)

    assert (answers, endpoint.grants) == ([200] * 16, ["client_credentials"])
    assert endpoint.numbers == [1] * 16


def test_of_many_threads_one_renews(endpoint: Endpoint) -> None:
    """Sixteen that are refused together need one renewal, not sixteen."""
    barrier = threading.Barrier(16)
    auth = endpoint.auth()

    def handle(request: httpx.Request) -> httpx.Response:
        answer = endpoint.handle(request)
        if answer.status_code == 401:
            barrier.wait(DEADLINE_SECONDS)  # until all have been refused
        return answer

    with httpx.Client(base_url=PLACE, auth=auth, transport=httpx.MockTransport(handle)) as client:
        client.get("/api/orders")
        endpoint.valid = {2}
        answers = together(16, lambda: client.get("/api/orders").status_code)

    assert (answers, len(endpoint.asked)) == ([200] * 16, 2)


def test_refusal_is_told_to_all_who_wait(endpoint: Endpoint) -> None:
    """Wrong credentials are sent once, however many threads there are, and each gets the error."""
    endpoint.answer = answering(401, json=INVALID_CLIENT)
    with endpoint.client(endpoint.auth()) as client:
        errors = together(16, lambda: client.get("/api/orders"))

    assert {type(error) for error in errors} == {CredentialsError}
    assert len({str(error) for error in errors}) == 1
    assert len({id(error) for error in errors}) == 16
    assert len(endpoint.asked) == 1


def test_refusal_is_forgotten_after_a_while(endpoint: Endpoint) -> None:
    """For five seconds nothing is asked; then somebody may have put it right."""
    endpoint.answer = answering(401, json=INVALID_CLIENT)
    with endpoint.client(endpoint.auth()) as client:
        for now in (0.0, 4.999):
            endpoint.now = now
            with pytest.raises(CredentialsError, match="invalid_client"):
                client.get("/api/orders")
        assert len(endpoint.asked) == 1
        endpoint.answer = None
        endpoint.now = 5.0
        client.get("/api/orders")

    assert endpoint.numbers == [2]


def test_clock_that_is_set_back_keeps_no_refusal(endpoint: Endpoint) -> None:
    """A refusal of the future is none."""
    endpoint.now = 1e9
    endpoint.answer = answering(401, json=INVALID_CLIENT)
    with endpoint.client(endpoint.auth()) as client:
        with pytest.raises(CredentialsError):
            client.get("/api/orders")
        endpoint.answer = None
        endpoint.now = 0
        client.get("/api/orders")

    assert endpoint.numbers == [2]


@pytest.mark.parametrize("extensions", [{}, {"deadline": 0.0}], ids=["timeout", "deadline"])
def test_nobody_waits_longer_than_their_request_may_take(
    endpoint: Endpoint, extensions: Mapping[str, float]
) -> None:
    """While another thread asks, a request whose time is up ends like one without a connection."""
    asking, go_on = threading.Event(), threading.Event()

    def slow(_: httpx.Request) -> None:
        asking.set()
        go_on.wait(DEADLINE_SECONDS)

    endpoint.answer = slow
    timeout = httpx.Timeout(5, pool=None if extensions else 0.01)
    with endpoint.client(endpoint.auth()) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.get, "/api/orders")
        try:
            assert asking.wait(DEADLINE_SECONDS)
            with pytest.raises(AccessTokenAwaited) as raised:
                client.get("/api/orders", timeout=timeout, extensions=dict(extensions))
        finally:
            go_on.set()
        assert first.result(DEADLINE_SECONDS).status_code == 200

    assert raised.value.request.url == ORDERS
    assert len(endpoint.asked) == 1


def test_message_says_that_another_thread_was_still_asking(endpoint: Endpoint) -> None:
    """Neither the address nor the network is at fault, so neither is to be checked."""
    times = {"timeout_seconds": 0.01, "budget_seconds": 0.01}
    transport = httpx.MockTransport(endpoint.handle)
    with open_client(PLACE, credentials=INTEGRATION, transport=transport, **times) as client:
        flow = client.auth.sync_auth_flow(httpx.Request("GET", ORDERS))
        next(flow)
        with pytest.raises(UnreachableError) as raised:
            send(client, "GET", "/api/orders")
        flow.close()

    message = str(raised.value)
    assert f"sent to {PLACE}: another thread was still asking for an access token. " in message
    assert message.endswith("It did nothing: send it again later.")
    assert not endpoint.requests


def interrupted_at(place: int, act: Callable[[], object]) -> bool:
    """Interrupt what is done while an access token is kept, where an interrupt can come.

    Returns:
        Whether it was interrupted: whether there is such a place.
    """
    left = place
    called: dict[FrameType, bool] = {}

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if frame.f_code.co_name != "_keep":
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            # Python looks for one after a call, and not between any other two instructions.
            if called.get(frame):
                left -= 1
                if left < 0:
                    raise KeyboardInterrupt
            name = dis.opname[frame.f_code.co_code[frame.f_lasti]]
            called[frame] = name.startswith("CALL")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_interrupt_leaves_the_lock_to_others(endpoint: Endpoint) -> None:
    """Wherever somebody interrupts who asks, the next request may ask."""
    for place in itertools.count():
        auth = endpoint.auth()
        with endpoint.client(auth) as client:
            was_interrupted = interrupted_at(place, lambda: client.get("/api/orders"))
        assert is_free(auth), place
        if not was_interrupted:
            break

    assert place > 5


FORKS = """
import os, signal
import httpx
from tests.test_authentication import Endpoint, ORDERS

endpoint = Endpoint()
auth = endpoint.auth()
next(flow := auth.sync_auth_flow(httpx.Request("GET", ORDERS)))
child = os.fork()
if not child:
    signal.alarm(5)
    with endpoint.client(auth) as client:
        os._exit(client.get("/api/orders", timeout=httpx.Timeout(5, pool=None)).status_code % 256)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), auth._lock.locked())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="This system does not fork processes.")
def test_process_that_was_forked_waits_for_nobody() -> None:
    """A thread that asks stays behind in the parent; the child asks for itself."""
    done = subprocess.run(
        [sys.executable, "-c", FORKS],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.stdout.split(), done.stderr) == (["200", "True"], "")


def fail(_: httpx.Request) -> httpx.Response:
    """Let no answer come."""
    raise httpx.ConnectError("refused")


class Broken(httpx.SyncByteStream):
    """A body that breaks off."""

    def __iter__(self) -> Iterator[bytes]:
        yield b'{"access_token": "abc'
        raise httpx.ReadError("broken off")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (fail, httpx.ConnectError),
        (answering(stream=Broken()), httpx.ReadError),
        (answering(headers={"Content-Encoding": "gzip"}, content=b"none"), httpx.DecodingError),
        (answering(content=b"<html>"), UnreadableAnswerError),
        (answering(401, json=INVALID_CLIENT), CredentialsError),
        (answering(503), ServerFailure),
    ],
    ids=["no connection", "broken off", "not packed", "no answer", "refused", "out of order"],
)
def test_whatever_happens_the_next_thread_may_ask(
    endpoint: Endpoint, answer: Answer, error: type[Exception]
) -> None:
    """No failure leaves others waiting, even while somebody still looks at it."""
    endpoint.answer = answer
    auth = endpoint.auth()
    with endpoint.client(auth) as client, pytest.raises(error) as raised:
        client.get("/api/orders")

    assert is_free(auth)
    if isinstance(raised.value, httpx.RequestError):
        assert raised.value.request.url == ENDPOINT


def test_request_that_is_given_up_lets_others_ask(endpoint: Endpoint) -> None:
    """A flow that is closed in the middle of asking holds nobody up."""
    auth = endpoint.auth()
    flow = auth.sync_auth_flow(httpx.Request("GET", ORDERS))
    asked = next(flow)
    assert (str(asked.url), is_free(auth)) == (ENDPOINT, False)
    flow.close()

    assert is_free(auth)


# What is refused.


def test_wrong_credentials_give_one_clear_error(endpoint: Endpoint) -> None:
    """It names the endpoint, what that said, and what to check, and nothing else went out."""
    endpoint.answer = answering(401, json=INVALID_CLIENT)
    with endpoint.client(endpoint.auth()) as client, pytest.raises(CredentialsError) as raised:
        client.get("/api/orders")

    assert str(raised.value) == (
        f"POST {ENDPOINT} gave no access token for these credentials. It answered with 401: "
        "Client authentication failed (UNAUTHORIZED, invalid_client). "
        "Check CL_CLIENT_ID and CL_CLIENT_SECRET."
    )
    assert endpoint.received == []


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, {"error": "invalid_scope", "error_description": "No."}, "No (invalid_scope). Check "),
        (403, {}, "no reason given. Check CL_CLIENT_ID and CL_CLIENT_SECRET."),
        (404, {}, "no reason given. Check CL_CLIENT_ID and CL_CLIENT_SECRET, and the address."),
        (405, {}, "and the address."),
        (422, {}, "and the address."),
    ],
)
def test_other_refusals_say_what_they_can(
    endpoint: Endpoint, status: int, body: dict[str, Any], said: str
) -> None:
    """A status that an address may be to blame for says so."""
    endpoint.answer = answering(status, json=body)
    with endpoint.client(endpoint.auth()) as client, pytest.raises(CredentialsError) as raised:
        client.get("/api/orders")

    assert f"with {status}: " in str(raised.value)
    assert said in str(raised.value)


def test_rate_limit_is_told_as_one(endpoint: Endpoint) -> None:
    """Too many requests are no fault of the credentials: how long to wait is told."""
    endpoint.answer = answering(
        429, json={"errors": [{"code": "X"}]}, headers={"Retry-After": "12"}
    )
    with endpoint.client(endpoint.auth()) as client, pytest.raises(TooManyRequests) as raised:
        client.get("/api/orders")
    error = raised.value

    assert (error.request_line, error.status, error.wait_seconds) == (f"POST {ENDPOINT}", 429, 12.0)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_failure_of_the_endpoint_is_its_own(endpoint: Endpoint, status: int) -> None:
    """An endpoint that is out of order is told like an API that is."""
    endpoint.answer = answering(status, content=b"<html>")
    with endpoint.client(endpoint.auth()) as client, pytest.raises(ServerFailure) as raised:
        client.get("/api/orders")

    assert str(raised.value).startswith(f"POST {ENDPOINT} was answered with {status}: no reason")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (answering(200, text="<html>"), "expected application/json, got text/plain"),
        (answering(204), "expected application/json, got no media type"),
        (answering(200, json={}), "expected access_token to be"),
        (answering(302, headers={"Location": "https://elsewhere.example.com"}), "leads elsewhere"),
        (
            answering(json={"access_token": "abc", "token_type": "bearer", "expires_in": 1}),
            "is no JSON Web Token",
        ),
    ],
    ids=["a page", "empty", "no access token", "a redirect", "no JSON Web Token"],
)
def test_answer_without_an_access_token_is_unreadable(
    endpoint: Endpoint, answer: Answer, said: str
) -> None:
    """What stands between this machine and the endpoint may answer in its place."""
    endpoint.answer = answer
    with endpoint.client(endpoint.auth()) as client, pytest.raises(UnreadableAnswerError) as raised:
        client.get("/api/orders")

    assert said in str(raised.value)
    assert "Check the address." in str(raised.value)
    assert not raised.value.damaged


def test_answer_that_was_cut_off_may_come_whole_the_next_time(endpoint: Endpoint) -> None:
    """Whoever sends requests again can tell it from an answer of somebody else."""
    headers = {"Content-Type": "application/json"}
    endpoint.answer = answering(content=b'{"access_token": "ab', headers=headers)
    with endpoint.client(endpoint.auth()) as client, pytest.raises(UnreadableAnswerError) as raised:
        client.get("/api/orders")

    assert raised.value.damaged
    assert str(raised.value).endswith("Send it again later.")


def granting(**claims: Any) -> Answer:
    """Make an answer that grants an access token with these claims."""
    members = {"token_type": "bearer", "expires_in": 7200}
    return answering(json={**members, "access_token": signed(number=1, **claims)})


@pytest.mark.parametrize("claims", [{"test": False}, {"test": None}, {"test": "true"}])
def test_access_token_of_live_mode_is_refused(endpoint: Endpoint, claims: dict[str, Any]) -> None:
    """What would change real orders is not used, unless that is wanted."""
    endpoint.answer = granting(**claims)
    with (
        endpoint.client(endpoint.auth()) as client,
        pytest.raises(LiveModeError, match="CL_ALLOW_LIVE=yes"),
    ):
        client.get("/api/orders")
    assert endpoint.received == []

    with endpoint.client(endpoint.auth(allow_live=True)) as client:
        client.get("/api/orders")
    assert endpoint.numbers == [1]


def test_access_token_of_another_organization_is_refused(endpoint: Endpoint) -> None:
    """It would open nothing here: the error names both, and where to look."""
    endpoint.answer = granting(organization={"slug": "otherdomain"})
    with endpoint.client(endpoint.auth()) as client, pytest.raises(CredentialsError) as raised:
        client.get("/api/orders")

    assert "of the organization otherdomain, but requests go to yourdomain" in str(raised.value)
    assert "Check CL_ORGANIZATION" in str(raised.value)
    assert endpoint.received == []


@pytest.mark.parametrize(
    ("base_url", "claims"),
    [
        ("http://127.0.0.1:8000", {"organization": {"slug": "otherdomain"}}),
        ("http://localhost:8000", {"organization": {"slug": "otherdomain"}}),
        ("https://192.0.2.1", {"organization": {"slug": "otherdomain"}}),
        ("https://YOURDOMAIN.commercelayer.io", {"organization": {"slug": "YourDomain"}}),
        ("https://yourdomain.commercelayer.io", {"organization": None}),
    ],
    ids=["loopback", "localhost", "an IP address", "capitals", "no slug"],
)
def test_organization_is_compared_where_there_is_one(
    endpoint: Endpoint, base_url: str, claims: dict[str, Any]
) -> None:
    """A sandbox on this machine may be anybody's."""
    endpoint.answer = granting(**claims)
    with endpoint.client(endpoint.auth(base_url=base_url)) as client:
        client.get(f"{base_url}/api/orders")

    assert endpoint.numbers == [1]


@pytest.mark.parametrize(
    "endpoint_url",
    [
        "http://auth.commercelayer.io/oauth/token",
        "ftp://auth.commercelayer.io/oauth/token",
        "https://user:a-client-secret@auth.commercelayer.io/oauth/token",
        "",
    ],
)
def test_secrets_are_sent_to_no_endpoint_that_others_can_read(endpoint_url: str) -> None:
    """Off this machine there is https, or nothing."""
    with pytest.raises(ArgumentError, match="to start with https://") as raised:
        RenewingAuth(replace(INTEGRATION, endpoint=endpoint_url), base_url=PLACE)

    assert "a-client-secret" not in str(raised.value)


@pytest.mark.parametrize("missing", ["customer_email", "customer_password"])
def test_half_a_customer_is_refused(missing: str) -> None:
    """An access token of the application is not taken for a customer's."""
    half = replace(CUSTOMER, **{missing: None})

    with pytest.raises(ArgumentError, match="e-mail address and password, or neither"):
        RenewingAuth(half, base_url=PLACE)


def test_tasks_are_refused(endpoint: Endpoint) -> None:
    """A client whose tasks would wait for each other for ever does not begin."""
    with pytest.raises(NotImplementedError, match="AsyncClient"):
        endpoint.auth().async_auth_flow(httpx.Request("GET", ORDERS))


# Secrets.


def test_secrets_are_all_that_was_sent_and_issued(endpoint: Endpoint) -> None:
    """What may be hidden later is known: of now, and of before."""
    auth = endpoint.auth(CUSTOMER)
    with endpoint.client(auth) as client:
        client.get("/api/orders")
        endpoint.now += 7200
        client.get("/api/orders")

    assert auth.secrets == {
        "a-client-secret",
        "a-customer-password",
        "refresh-token-1",
        "refresh-token-2",
        endpoint.access_token(1),
        endpoint.access_token(2),
    }


def test_what_the_sandbox_made_up_is_no_secret(endpoint: Endpoint) -> None:
    """Nothing that the embedded sandbox answers need be hidden."""
    auth = endpoint.auth(CUSTOMER, made_up=True)
    with endpoint.client(auth) as client:
        client.get("/api/orders")

    assert auth.secrets == frozenset()


def everything_shown(error: BaseException) -> str:
    """Collect what can be seen of an error: its texts, its causes, its frames with variables."""
    seen: list[str] = []
    left: list[BaseException | None] = [error]
    while left:
        each = left.pop()
        if each is not None:
            shown = traceback.TracebackException.from_exception(each, capture_locals=True)
            own = "helpers/authentication.py", "helpers/grants.py"
            frames = [frame for frame in shown.stack if frame.filename.endswith(own)]
            seen += [str(each), repr(each), repr(each.args), repr(vars(each))]
            seen += [repr(frame.locals) for frame in frames]
            left += [each.__cause__, each.__context__]
    return "\n".join(seen)


def echo(request: httpx.Request) -> str:
    """Repeat every secret that a request holds."""
    return " ".join(json.loads(request.content).values())


@pytest.mark.parametrize(
    "answer",
    [
        lambda r: httpx.Response(401, json={"error": echo(r), "error_description": echo(r)}),
        lambda r: httpx.Response(400, json={"errors": {"code": echo(r), "detail": echo(r)}}),
        lambda r: httpx.Response(404, text=echo(r)),
        lambda r: httpx.Response(429, json={"errors": [{"code": echo(r), "meta": {"a": echo(r)}}]}),
        lambda r: httpx.Response(500, json={"errors": [{"title": echo(r), "x": [echo(r)]}]}),
        lambda r: httpx.Response(503, text=echo(r)),
        lambda r: httpx.Response(200, text=echo(r), headers={"Content-Type": echo(r)}),
        lambda r: httpx.Response(200, json={"access_token": [echo(r)]}),
        lambda r: httpx.Response(200, json={"access_token": "a", "token_type": echo(r)}),
        lambda r: httpx.Response(
            200, text=f'{{"a": "{echo(r)}', headers={"Content-Type": "application/json"}
        ),
        lambda r: httpx.Response(302, headers={"Location": f"https://example.com/?{echo(r)}"}),
        granting(test=False),
        granting(organization={"slug": "a-client-secret"}),
    ],
    ids=[
        *("OAuth 2.0", "an error object", "text", "rate limit", "failure", "text of a failure"),
        *("media type", "access token", "token type", "cut off", "redirect", "live", "slug"),
    ],
)
def test_no_error_shows_a_secret(endpoint: Endpoint, answer: Answer) -> None:
    """Whatever an endpoint repeats, no text, cause or variable of an error holds it."""
    auth = endpoint.auth(CUSTOMER)
    with endpoint.client(auth) as client:
        client.get("/api/orders")
        secrets = auth.secrets
        endpoint.now += 7200
        endpoint.answer = answer
        with pytest.raises(HowToError) as raised:
            client.get("/api/orders")
    shown = everything_shown(raised.value)

    assert len(secrets) == 4
    assert [secret for secret in auth.secrets if secret in shown] == []


# The sandbox, on a socket.

SETTINGS = SCENARIOS["documented"].settings


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve a sandbox of its own."""
    server = Server(open_store()).start()
    yield server
    server.stop()


def opened(server: Server, **options: Any) -> tuple[RenewingAuth, httpx.Client]:
    """Open a client of a sandbox on a socket, as its customer's sales channel."""
    customer = Credentials(
        endpoint=f"{server.base_url}/oauth/token",
        client_id=SETTINGS["CL_CLIENT_ID"],
        scope=SETTINGS["CL_SCOPE"],
        customer_email=SETTINGS["CL_CUSTOMER_EMAIL"],
        customer_password=SETTINGS["CL_CUSTOMER_PASSWORD"],
    )
    auth = RenewingAuth(replace(customer, **options), base_url=server.base_url)
    headers = {"Accept": "application/vnd.api+json"}
    return auth, httpx.Client(base_url=server.base_url, auth=auth, headers=headers, trust_env=False)


def test_sandbox_gives_a_customers_access_token(server: Server) -> None:
    """With it the customer's own order can be read, and nobody else's."""
    auth, client = opened(server)
    with client:
        own = client.get(f"/api/orders/{SETTINGS['CL_ORDER_ID']}")
        other = client.get("/api/orders/gRmoXvLbKz")

    assert (own.status_code, other.status_code) == (200, 401)
    assert other.json()["errors"][0]["code"] == "UNAUTHORIZED"
    assert len(auth.secrets) == 3  # password, access token, refresh token: nothing was renewed


def test_customer_is_known_once_the_access_token_is_there(server: Server) -> None:
    """Whose it is, an access token says; before the first request there is none to ask."""
    auth, client = opened(server)
    with client:
        assert auth.customer_id is None
        client.get("/api/orders")

    assert auth.customer_id == SCENARIOS["documented"].customer_id


def test_sandbox_gives_an_integrations_access_token(server: Server) -> None:
    """An application with a client secret needs no customer."""
    _, client = opened(
        server,
        client_id=SETTINGS["CL_INTEGRATION_CLIENT_ID"],
        client_secret=SETTINGS["CL_INTEGRATION_CLIENT_SECRET"],
        scope=None,
        customer_email=None,
        customer_password=None,
    )
    with client:
        assert client.get("/api/orders").status_code == 200


def test_reset_of_the_sandbox_is_not_noticed(server: Server) -> None:
    """Access token and refresh token are good no more, and the password brings others."""
    auth, client = opened(server)
    with client:
        client.get("/api/orders")
        before = auth.secrets
        httpx.post(f"{server.base_url}/sandbox/reset", trust_env=False)
        after = client.get(f"/api/orders/{SETTINGS['CL_ORDER_ID']}")

    assert after.status_code == 200
    assert len(auth.secrets - before) == 2


def test_document_that_is_read_once_is_sent_twice(server: Server) -> None:
    """What a socket has carried away is there for the second time, too."""
    order_id = SETTINGS["CL_ORDER_ID"]
    document = {"data": {"type": "orders", "id": order_id, "attributes": {}}}
    _, client = opened(server)
    with client:
        client.get("/api/orders")
        httpx.post(f"{server.base_url}/sandbox/reset", trust_env=False)
        answer = client.patch(
            f"/api/orders/{order_id}",
            content=iter([json.dumps(document).encode()]),
            headers={"Content-Type": "application/vnd.api+json"},
        )

    assert answer.status_code == 200


def test_sixteen_threads_over_sockets(server: Server) -> None:
    """Before and after a reset, all get through with one access token at a time."""
    auth, client = opened(server)
    with client:
        first = together(16, lambda: client.get("/api/orders").status_code)
        assert len(auth.secrets) == 3
        httpx.post(f"{server.base_url}/sandbox/reset", trust_env=False)
        second = together(16, lambda: client.get("/api/orders").status_code)

    assert first + second == [200] * 32
    assert len(auth.secrets) == 5


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"client_id": "nobody"}, "CL_CLIENT_ID and CL_CLIENT_SECRET (not set)"),
        ({"client_secret": "none"}, "CL_CLIENT_ID and CL_CLIENT_SECRET"),
        ({"customer_password": "none"}, "CL_CUSTOMER_EMAIL and CL_CUSTOMER_PASSWORD"),
        ({"customer_email": "nobody@example.com"}, "CL_CUSTOMER_EMAIL and CL_CUSTOMER_PASSWORD"),
        ({"scope": "market:code:nowhere"}, "CL_SCOPE"),
        ({"scope": None}, "CL_SCOPE (not set)"),
    ],
)
def test_sandbox_says_which_setting_is_wrong(
    server: Server, wrong: dict[str, Any], named: str
) -> None:
    """A reader with one wrong setting finds it from the message alone."""
    _, client = opened(server, **wrong)
    with client, pytest.raises(CredentialsError) as raised:
        client.get("/api/orders")

    assert str(raised.value).endswith(f"Check {named}.")


def test_wrong_path_of_the_endpoint_is_told(server: Server) -> None:
    """An address that leads to something else is named, with its status."""
    _, client = opened(server, endpoint=f"{server.base_url}/oauth/tokens")
    with client, pytest.raises(CredentialsError, match=r"tokens gave no .* 404: .*the address\."):
        client.get("/api/orders")
