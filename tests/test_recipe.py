"""The recipe, transcribed as data, judges both sides: the helpers and the sandbox."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from helpers import orders
from helpers.client import open_client
from helpers.sandbox.scenarios import open_store
from helpers.sandbox.server import Server
from helpers.sandbox.transport import SandboxTransport

RECIPE = Path(__file__).parent / "recipe"
PAGE_HOST = "http://yourdomain.commercelayer.io"
LEFT_OUT = "{...}"
STEPS = (1, 2)


def recipe(name: str) -> Any:
    """Read one of the referee's files."""
    return json.loads((RECIPE / name).read_text("utf-8"))


def command(step: int) -> list[str]:
    """Read the page's curl command as a shell would."""
    return shlex.split((RECIPE / f"step_{step}.sh").read_text("utf-8").replace("\\\n", " "))


def differences(expected: object, actual: object, where: str = "") -> list[str]:
    """Name every member of the page's document that the actual one lacks or has otherwise."""
    if expected == LEFT_OUT:
        return [] if actual else [f"{where}: nothing stands for what the page leaves out"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [
            difference
            for name, member in expected.items()
            for difference in (
                differences(member, actual[name], f"{where}/{name}")
                if name in actual
                else [f"{where}/{name}: missing"]
            )
        ]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [
            difference
            for index, (item, other) in enumerate(zip(expected, actual, strict=True))
            for difference in differences(item, other, f"{where}/{index}")
        ]
    if where.endswith("/links/self"):
        expected, actual = urlsplit(str(expected)).path, urlsplit(str(actual)).path
    return [] if expected == actual else [f"{where}: expected {expected!r}, got {actual!r}"]


def send(command: list[str], client: httpx.Client) -> Any:
    """Send what a curl command says, but for the host, and bring back status and document."""
    _, _, _, method, url, *options = command
    headers = dict(option.split(": ", 1) for option in options[1:6:2])
    target = url.removeprefix(PAGE_HOST)
    response = client.request(method, target, headers=headers, content=options[-1])
    return {"status": response.status_code, "body": response.json()}


@pytest.fixture(params=["process", "socket"])
def stranger(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """Open each of the sandbox's doors with a client that owes nothing to the helpers."""
    if request.param == "process":
        with httpx.Client(base_url=PAGE_HOST, transport=SandboxTransport(open_store())) as client:
            yield client
    else:
        server = Server(open_store()).start()
        with httpx.Client(base_url=server.base_url, trust_env=False) as client:
            yield client
        server.stop()


@pytest.mark.parametrize("step", STEPS)
def test_referee_tells_the_request_as_the_command_does(step: int) -> None:
    """The transcribed request is the page's curl command, taken apart."""
    _, globbing, _, method, url, *options = command(step)
    parts = urlsplit(url)

    assert (globbing, recipe(f"step_{step}_request.json")) == (
        "-g",
        {
            "method": method,
            "path": parts.path,
            "query": dict(parse_qsl(parts.query)),
            "headers": dict(option.split(": ") for option in options[1:6:2]),
            "body": json.loads(options[-1]),
        },
    )


@pytest.mark.parametrize("step", STEPS)
def test_helpers_send_the_recipes_request(step: int) -> None:
    """What a helper puts on the wire is the page's request, no member more or less."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        document = {"data": {"type": "orders", "id": "qaMAhZkZvd"}}
        return httpx.Response(200, json=document)

    with open_client(
        "https://yourdomain.commercelayer.io",
        access_token="your-access-token",
        transport=httpx.MockTransport(answer),
    ) as client:
        if step == 1:
            orders.save_payment_source_to_customer_wallet(client, order_id="qaMAhZkZvd")
        else:
            orders.reuse_customer_payment_source(
                client, order_id="qaMAhZkZvd", customer_payment_source_id="QgDXpwsqDx"
            )
    [request] = sent
    expected = recipe(f"step_{step}_request.json")

    assert {
        "method": request.method,
        "path": request.url.path,
        "query": dict(request.url.params),
        "headers": {name: request.headers.get(name) for name in expected["headers"]},
        "body": json.loads(request.content),
    } == expected


def test_sandbox_gives_the_recipes_answers(stranger: httpx.Client) -> None:
    """Sent one after the other, the page's two commands get the page's two answers."""
    answers = [send(command(step), stranger) for step in STEPS]

    assert [
        differences(recipe(f"step_{step}_response.json"), answer)
        for step, answer in zip(STEPS, answers, strict=True)
    ] == [[], []]


def test_sandbox_gives_nothing_that_the_page_does_not_ask_for(stranger: httpx.Client) -> None:
    """Step 2 includes nothing, so its answer holds no included resources and no linkage."""
    _, answer = [send(command(step), stranger) for step in STEPS]
    relationships = answer["body"]["data"]["relationships"].values()

    assert ("included" in answer["body"], [r for r in relationships if "data" in r]) == (False, [])


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on this machine")
def test_commands_of_the_page_run_in_a_shell_but_for_the_host() -> None:
    """Pasted into a shell with the sandbox's host in place of the page's, the commands work."""
    server = Server(open_store()).start()
    answers = []
    for step in STEPS:
        script = (RECIPE / f"step_{step}.sh").read_text("utf-8")
        result = subprocess.run(
            ["sh", "-c", script.replace(PAGE_HOST, server.base_url)],
            capture_output=True,
            check=True,
            timeout=30,
        )
        answers.append(json.loads(result.stdout))
    server.stop()

    assert [
        differences(recipe(f"step_{step}_response.json")["body"], answer)
        for step, answer in zip(STEPS, answers, strict=True)
    ] == [[], []]


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda body: body["data"].pop("meta"), "/data/meta: missing"),
        (lambda body: body["included"].clear(), "/included: expected"),
        (lambda body: body["data"].update(attributes={}), "/data/attributes: nothing"),
        (lambda body: body["included"][0].update(id="x"), "/included/0/id: expected"),
    ],
    ids=["a member is gone", "an item is gone", "what is left out is empty", "a value differs"],
)
def test_referee_sees_a_difference(stranger: httpx.Client, spoil: Any, found: str) -> None:
    """The referee is not blind: a spoilt answer is told from the page's."""
    body = send(command(1), stranger)["body"]
    spoil(body)
    [difference] = differences(recipe("step_1_response.json")["body"], body)

    assert difference.startswith(found)
