"""The one place where bytes leave."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator

import httpx
import pytest

from helpers.client import AccessTokenAuth, open_client, send
from helpers.display import annotate
from helpers.documents import MEDIA_TYPE
from helpers.errors import ArgumentError, BadRequest, DocumentError, NoAnswerError

PLACE = "https://yourdomain.commercelayer.io"
ANSWER = {"data": {"id": "o", "type": "orders"}}

Answer = Callable[[httpx.Request], httpx.Response]


def client_of(answer: Answer) -> httpx.Client:
    """Open a client whose requests are answered by a function."""
    return open_client(PLACE, access_token="a-secret", transport=httpx.MockTransport(answer))


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


def test_certificates_of_a_real_place_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers for an organization has to prove who they are, to those who are trusted."""
    given: dict[str, object] = {}
    monkeypatch.setattr(httpx, "Client", lambda **options: given.update(options))
    open_client(PLACE, access_token="x")

    assert (given["verify"], given["trust_env"]) == (True, True)


def test_certificates_of_nobody_are_trusted_where_there_are_none() -> None:
    """A client for plain http that is led to https trusts nobody."""
    with open_client("http://127.0.0.1:8000", access_token="x") as client:
        context = client._transport._pool._ssl_context  # type: ignore[attr-defined]

    assert (context.verify_mode, context.cert_store_stats()["x509_ca"]) == (ssl.CERT_REQUIRED, 0)


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


def test_missing_answer_to_a_write_does_not_advise_to_send_it_again() -> None:
    """A write may have taken effect although nothing came back."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("")

    with client_of(fail) as client, pytest.raises(NoAnswerError, match="look whether it took eff"):
        send(client, "PATCH", "/api/orders/o", document={"data": {}})


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), httpx.ReadTimeout("")])
def test_missing_answer_names_request_and_place(failure: httpx.TransportError) -> None:
    """When nothing comes back, the message says what was asked of whom, and what happened."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise failure

    with client_of(fail) as client, pytest.raises(NoAnswerError) as raised:
        send(client, "GET", "/api/orders/o")

    assert str(raised.value) == (
        f"GET /api/orders/o got no answer from {PLACE}: {str(failure) or 'ReadTimeout'}. "
        "Check that the place can be reached, and send the request again."
    )


def test_place_that_is_not_there_gives_no_answer() -> None:
    """A real connection that is refused is told like any other missing answer."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with (
            open_client(f"http://127.0.0.1:{port}", access_token="x") as client,
            pytest.raises(NoAnswerError, match="Connection refused"),
        ):
            send(client, "GET", "/api/orders/o")


def test_place_that_is_too_slow_gives_no_answer() -> None:
    """An answer that does not come within the time is not waited for."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with (
            open_client(
                f"http://127.0.0.1:{port}", access_token="x", timeout_seconds=0.05
            ) as client,
            pytest.raises(NoAnswerError, match="timed out"),
        ):
            send(client, "GET", "/api/orders/o")


def test_proxy_of_the_environment_is_not_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Requests to the sandbox never leave the machine by way of a proxy."""
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    with open_client("http://127.0.0.1:8000", access_token="x") as client:
        assert client._mounts == {}


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
            "http://127.0.0.1", access_token="a", transport=httpx.MockTransport(fail)
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
