"""The place where requests go, chosen once."""

from __future__ import annotations

import dataclasses
import gc
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from pytest_socket import SocketConnectBlockedError

from helpers import client as client_module
from helpers import orders
from helpers.credentials import Credentials
from helpers.customer_payment_sources import list_customer_payment_sources_of_order
from helpers.display import annotate
from helpers.errors import ArgumentError, LiveModeError, SettingsError, Unauthorized
from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.server import Server
from helpers.settings import Organization
from helpers.workbench import Workbench, open_workbench

ROOT = Path(__file__).parent.parent

MINE = Organization(
    base_url="https://yourdomain.commercelayer.io",
    access_token="a-secret",
    order_id="anOrderOfMine",
    other_order_id=None,
    source=".env",
)


@pytest.fixture
def at_socket() -> Iterator[Workbench]:
    """Open a sandbox over a socket."""
    with open_workbench(door="socket") as bench:
        yield bench


def address(bench: Workbench) -> tuple[str, int]:
    """Tell host and port of a workbench."""
    return bench.client.base_url.host, bench.client.base_url.port or 80


def test_workbench_without_settings_is_the_sandbox(bench: Workbench) -> None:
    """Whoever has set nothing up can start at once, with the page's own order."""
    order = orders.retrieve_order(bench.client, order_id=bench.order_id)

    assert order.data["id"] == "qaMAhZkZvd"


def test_other_order_belongs_to_the_same_customer(bench: Workbench) -> None:
    """The wallet that the first order fills is the one that the other order pays from."""
    customers = [
        orders.retrieve_order(bench.client, order_id=id_, include=("customer",)).related("customer")
        for id_ in (bench.order_id, bench.other_order_id)
    ]

    assert customers[0] == customers[1]


def test_workbench_opened_anew_starts_from_the_beginning(bench: Workbench) -> None:
    """What one workbench changes, another does not see."""
    orders.save_payment_source_to_customer_wallet(bench.client, order_id=bench.order_id)
    with open_workbench(door="process") as another:
        order = orders.retrieve_order(
            another.client,
            order_id=another.order_id,
            include=("available_customer_payment_sources",),
        )

    assert order.related("available_customer_payment_sources") == []


def test_workbench_says_that_it_is_not_commerce_layer(bench: Workbench) -> None:
    """Nobody takes the sandbox for the real thing."""
    assert "it is not Commerce Layer" in repr(bench)


@pytest.mark.parametrize("kind", ["text/html", "text/markdown", "text/plain"])
def test_workbench_looks_the_same_every_time(kind: str) -> None:
    """What a notebook stores of a workbench holds no port, path or clock."""
    with open_workbench(door="socket") as one, open_workbench(door="socket") as two:
        assert one._repr_mimebundle_()[kind] == two._repr_mimebundle_()[kind]


def test_export_lines_let_a_terminal_reach_the_same_place(at_socket: Workbench) -> None:
    """In a shell that has run the two lines, the shown curl commands work."""
    command = f'{at_socket.export_lines()}\nprintf "%s %s" "$CL_BASE_URL" "$CL_ACCESS_TOKEN"'
    printed = subprocess.run(["sh", "-c", command], capture_output=True, check=True).stdout
    base_url, access_token = printed.decode().split()
    response = httpx.get(
        f"{base_url}/api/orders/qaMAhZkZvd",
        headers={"Authorization": f"Bearer {access_token}"},
        trust_env=False,
    )

    assert response.status_code == 200


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl on this machine")
def test_shown_curl_commands_work_in_a_terminal(at_socket: Workbench) -> None:
    """After the two export lines, every command that a notebook shows gets the same answer."""
    client, order_id = at_socket.client, at_socket.order_id
    documents = [
        orders.save_payment_source_to_customer_wallet(client, order_id=order_id),
        orders.reuse_customer_payment_source(
            client, order_id=order_id, customer_payment_source_id="QgDXpwsqDx"
        ),
        orders.retrieve_order(client, order_id=order_id, include=("customer", "market")),
        list_customer_payment_sources_of_order(client, order_id=order_id),
    ]
    answers = []
    for document in documents:
        [command] = re.findall(r"```sh\n(.*?)\n```", annotate(document).markdown, re.DOTALL)
        script = f"{at_socket.export_lines()}\n{command}"
        result = subprocess.run(["sh", "-c", script], capture_output=True, check=True, timeout=30)
        answers.append(json.loads(result.stdout))

    assert answers == [document.body for document in documents]


def test_closed_workbench_answers_no_more(at_socket: Workbench) -> None:
    """Closing frees the port."""
    host, port = address(at_socket)
    at_socket.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), timeout=5)


def test_closing_twice_is_closing_once(bench: Workbench) -> None:
    """A cell that closes can be run again."""
    bench.close()
    bench.close()

    with pytest.raises(ArgumentError, match="an open client, got one that was closed"):
        orders.retrieve_order(bench.client, order_id=bench.order_id)


def test_workbench_that_nobody_holds_closes_itself() -> None:
    """Whoever lets go of a workbench need not close it."""
    bench = open_workbench(door="socket")
    host, port = address(bench)
    del bench
    gc.collect()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), timeout=5)


def test_sandbox_stays_in_process_where_there_are_no_threads() -> None:
    """In a browser's Python, which has no uvicorn either, nothing listens and all answers."""
    program = """
import sys, threading
sys.platform, sys.modules["uvicorn"], threading.Thread.start = "emscripten", None, None
from helpers import orders
from helpers.workbench import open_workbench
with open_workbench() as bench:
    print(orders.retrieve_order(bench.client, order_id=bench.order_id).data["id"])
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (result.stdout, result.stderr) == ("qaMAhZkZvd\n", "")


def test_start_loads_nothing_that_most_have_no_use_for() -> None:
    """What sends again, reads a file of settings or looks into access tokens comes when needed.

    So do the rules of the sandbox, with the first request that writes.
    """
    program = """
import contextlib, sys
from helpers import errors, orders
from helpers.workbench import open_workbench
with open_workbench() as bench, contextlib.suppress(errors.NotFound):
    orders.retrieve_order(bench.client, order_id=bench.order_id)
    orders.retrieve_order(bench.client, order_id="none")
unused = {"cryptography", "dotenv", "jwt", "tenacity", "helpers.sandbox.rules"}
print(*unused & sys.modules.keys())
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (result.stdout, result.stderr) == ("\n", "")


def test_sandbox_listens_where_there_are_threads() -> None:
    """By default, other programs can reach the sandbox too."""
    with open_workbench() as bench:
        host, port = address(bench)
        socket.create_connection((host, port), timeout=5).close()

    assert host == "127.0.0.1"


def test_settings_decide_where_requests_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the settings name is what the workbench talks to, order by order."""
    other = dataclasses.replace(MINE, other_order_id="anotherOrderOfMine")
    monkeypatch.setattr("helpers.workbench.read_settings", lambda: other)
    with open_workbench() as bench:
        found = (str(bench.client.base_url), bench.order_id, bench.other_order_id)

    assert found == (MINE.base_url, "anOrderOfMine", "anotherOrderOfMine")


def test_workbench_is_closed_at_the_end_of_its_block() -> None:
    """A script that uses ``with`` leaves nothing behind."""
    with open_workbench(door="process") as bench:
        client = bench.client

    assert client.is_closed


@pytest.mark.parametrize(
    "path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_first_cell_run_again_leaves_no_sandbox_behind(path: Path) -> None:
    """A notebook keeps the output of every cell it ran, but no workbench with it."""
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]}
    program = """
import gc, io, sys, threading
from contextlib import redirect_stdout
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell()
with redirect_stdout(io.StringIO()):
    for cell in [sys.argv[1]] + [sys.argv[2]] * 3:
        shell.run_cell(cell, store_history=True).raise_error()
gc.collect()
print(sum(thread.name == "sandbox" for thread in threading.enumerate()))
"""
    command = [sys.executable, "-c", program, cells["imports"], cells["connect"]]
    result = subprocess.run(command, capture_output=True, text=True)

    assert result.stdout == "1\n", result.stderr


def test_unknown_scenario_is_told_with_those_there_are() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(ArgumentError, match="one of: documented; got 'documentd'"):
        open_workbench(scenario="documentd")


def test_organization_is_told_from_the_sandbox() -> None:
    """With settings, the workbench names the organization, and shows no secret."""
    with open_workbench(organization=MINE) as bench:
        shown = repr(bench) + bench.export_lines() + "".join(bench._repr_mimebundle_().values())

    assert ("https://yourdomain.commercelayer.io" in shown, "a-secret" in shown) == (True, False)


def test_organization_without_another_order_says_which_setting_is_missing() -> None:
    """The setting that only one notebook needs is asked for where it is needed."""
    with (
        open_workbench(organization=MINE) as bench,
        pytest.raises(SettingsError, match=r"^Expected CL_OTHER_ORDER_ID"),
    ):
        _ = bench.other_order_id


def test_organization_without_an_order_says_how_to_make_one() -> None:
    """Whoever has no order yet is led to the notebook that prepares one."""
    mine = dataclasses.replace(MINE, order_id=None)
    with (
        open_workbench(organization=mine) as bench,
        pytest.raises(
            SettingsError, match=r"^Expected CL_ORDER_ID.*04_prepare_an_order_of_your_own"
        ),
    ):
        _ = bench.order_id


@pytest.fixture
def served() -> Iterator[Server]:
    """Serve a sandbox on its own, which goes by the clock of 2018."""
    server = Server(open_store()).start()
    yield server
    server.stop()


def credentials(base_url: str, **others: str | None) -> Credentials:
    """Take a customer's credentials of the sandbox."""
    known = SCENARIOS["documented"].settings
    given: dict[str, str | None] = {
        "client_id": known["CL_CLIENT_ID"],
        "scope": known["CL_SCOPE"],
        "customer_email": known["CL_CUSTOMER_EMAIL"],
        "customer_password": known["CL_CUSTOMER_PASSWORD"],
        **others,
    }
    return Credentials(endpoint=f"{base_url}/oauth/token", **given)  # type: ignore[arg-type]


def test_workbench_asks_for_an_access_token_with_credentials(served: Server) -> None:
    """The whole recipe runs with nothing but what an application and a customer know."""
    mine = Organization(
        base_url=served.base_url,
        source=".env",
        credentials=credentials(served.base_url),
        order_id="qaMAhZkZvd",
    )
    with open_workbench(organization=mine) as bench:
        saved = orders.save_payment_source_to_customer_wallet(bench.client, order_id=bench.order_id)
        [entry] = saved.related("available_customer_payment_sources")
        order = orders.reuse_customer_payment_source(
            bench.client, order_id=bench.order_id, customer_payment_source_id=entry["id"]
        )

    assert order.data["id"] == "qaMAhZkZvd"


def test_customer_is_known_as_soon_as_there_is_an_access_token(served: Server) -> None:
    """Before the first request nobody is asked who it is; an integration is no customer."""
    mine = Organization(
        base_url=served.base_url, source=".env", credentials=credentials(served.base_url)
    )
    known = SCENARIOS["documented"].settings
    integration = credentials(
        served.base_url,
        client_id=known["CL_INTEGRATION_CLIENT_ID"],
        client_secret=known["CL_INTEGRATION_CLIENT_SECRET"],
        scope=None,
        customer_email=None,
        customer_password=None,
    )
    seen = []
    for organization in (mine, dataclasses.replace(mine, credentials=integration)):
        with open_workbench(organization=organization) as bench:
            before = bench.customer_id
            orders.retrieve_order(bench.client, order_id="qaMAhZkZvd")
            seen.append((before, bench.customer_id))

    assert seen == [(None, SCENARIOS["documented"].customer_id), (None, None)]


def test_workbench_shows_how_requests_come_by_an_access_token() -> None:
    """It says as whom and from where, and notes what is better known; it shows no secret."""
    mine = Organization(
        base_url="https://acme.commercelayer.io",
        source=".env",
        credentials=credentials("https://auth.commercelayer.io", client_secret="a-secret"),
        notes=("One note.", "Another."),
    )
    with open_workbench(organization=mine) as bench:
        shown = repr(bench)
        everything = shown + bench.export_lines() + "".join(bench._repr_mimebundle_().values())

    assert [line.split(None, 1) for line in shown.splitlines()[1:4]] == [
        ["place", "https://acme.commercelayer.io"],
        ["settings", "from .env"],
        [
            "requests",
            "as a customer; https://auth.commercelayer.io/oauth/token issues the access token",
        ],
    ]
    assert shown.splitlines()[-1].split(None, 1) == ["note", "One note. Another."]
    assert [text for text in ("a-secret", "sandbox-customer-p") if text in everything] == []


@pytest.mark.parametrize("allowed", [True, False])
def test_live_mode_is_allowed_to_the_client_and_shown(allowed: bool) -> None:
    """What the settings allow reaches the client, and stands where the place is shown."""
    live = jwt.encode({"test": False}, "0" * 64, algorithm="HS256")
    mine = dataclasses.replace(MINE, access_token=live, allow_live=allowed)
    with nullcontext() if allowed else pytest.raises(LiveModeError):
        with open_workbench(organization=mine) as bench:
            shown = repr(bench)

        assert re.search(r"^  live mode +allowed: real orders change$", shown, re.MULTILINE)


def test_clients_of_others_are_opened_when_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A notebook that needs none does not wait for them; asked for twice, it is the same one."""
    opened = []

    def open_client(*arguments: Any, **options: Any) -> httpx.Client:
        opened.append(options["access_token"])
        return client_module.open_client(*arguments, **options)

    monkeypatch.setattr("helpers.workbench.open_client", open_client)
    with open_workbench(door="process") as bench:
        at_first = list(opened)
        same = bench.client_for("guest") is bench.client_for("guest")

    assert (at_first, same) == (["your-access-token"], True)
    assert opened == ["your-access-token", "your-guest-access-token"]


def test_notebook_that_a_message_names_is_there() -> None:
    """The way out that an error names exists."""
    assert (ROOT / "notebooks" / "04_prepare_an_order_of_your_own.ipynb").is_file()


@pytest.mark.parametrize(
    ("whose", "seen"),
    [
        ("another customer", Unauthorized),
        ("guest", Unauthorized),
        ("integration", None),
    ],
)
def test_sandbox_lends_the_clients_of_others(
    bench: Workbench, whose: str, seen: type[Exception] | None
) -> None:
    """What somebody else may see can be tried without asking for an access token."""
    expected = pytest.raises(seen) if seen else nullcontext()
    with expected:
        orders.retrieve_order(bench.client_for(whose), order_id=bench.order_id)


def test_client_of_nobody_is_told_with_those_there_are(bench: Workbench) -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(ArgumentError, match="one of: another customer, guest, integration; got"):
        bench.client_for("admin")


def test_organization_lends_no_clients_of_others() -> None:
    """Access tokens of a real place are the reader's own to get."""
    with (
        open_workbench(organization=MINE) as bench,
        pytest.raises(SettingsError, match=r"use open_workbench\(organization=None\)"),
    ):
        bench.client_for("integration")


def test_closed_workbench_closes_every_client() -> None:
    """Closing leaves no connection behind, whoever it was lent to."""
    with open_workbench(door="process") as bench:
        lent = bench.client_for("integration")

    assert lent.is_closed


def test_workbench_says_what_it_knows(bench: Workbench) -> None:
    """A notebook that prepares an order knows where it is, and for whom."""
    order = orders.retrieve_order(bench.client, order_id=bench.order_id, include=("customer",))
    [customer] = order.related("customer")

    assert (bench.is_sandbox, bench.customer_id, bench.sku_code) == (True, customer["id"], None)


def test_settings_reach_the_workbench() -> None:
    """What the settings say about the order to prepare is at hand."""
    mine = dataclasses.replace(MINE, sku_code="TSHIRT", customer_id="c")
    with open_workbench(organization=mine) as bench:
        assert (bench.is_sandbox, bench.customer_id, bench.sku_code) == (False, "c", "TSHIRT")


def test_test_cannot_leave_this_machine() -> None:
    """A request to anywhere else fails in a test before it is sent."""
    elsewhere = dataclasses.replace(MINE, base_url="https://192.0.2.1")
    blocked = (SocketConnectBlockedError, UserWarning)  # the warning comes first where it can
    with (
        open_workbench(organization=elsewhere) as bench,
        pytest.raises(blocked, match=r"192\.0\.2\.1"),
    ):
        orders.retrieve_order(bench.client, order_id=bench.order_id)
