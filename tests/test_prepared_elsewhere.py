"""The notebook that prepares an order does so outside the embedded sandbox too, and only once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpers.sandbox.scenarios import SCENARIOS, open_store
from helpers.sandbox.server import Server
from helpers.views import View

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "04_prepare_an_order_of_your_own.ipynb"
SHOWN = ("sku", "order", "line-item", "addresses", "shipping", "method", "payment")


@pytest.fixture(params=["an access token", "credentials"])
def secrets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Serve a sandbox on its own, let the settings name it and a customer, and lend their secrets.

    The customer is named by an access token that was asked for before, or by what to ask with.
    """
    server = Server(open_store(clock="real")).start()
    known = SCENARIOS["documented"].settings
    monkeypatch.setenv("CL_PLACE", "organization")
    monkeypatch.setenv("CL_BASE_URL", server.base_url)
    monkeypatch.setenv("CL_SKU_CODE", "HOODIEWW000000FFFFFFMXXX")
    if request.param == "credentials":
        for name in ("CL_CLIENT_ID", "CL_SCOPE", "CL_CUSTOMER_EMAIL", "CL_CUSTOMER_PASSWORD"):
            monkeypatch.setenv(name, known[name])
        yield [known["CL_CUSTOMER_PASSWORD"], "eyJ"]
    else:
        access_token = log_in(server.base_url)
        monkeypatch.setenv("CL_ACCESS_TOKEN", access_token)
        yield [access_token]
    server.stop()


def log_in(base_url: str) -> str:
    """Ask for a customer's access token, as the documentation says."""
    known = SCENARIOS["documented"].settings
    answer = httpx.post(
        f"{base_url}/oauth/token",
        json={
            "grant_type": "password",
            "username": known["CL_CUSTOMER_EMAIL"],
            "password": known["CL_CUSTOMER_PASSWORD"],
            "client_id": known["CL_CLIENT_ID"],
            "scope": known["CL_SCOPE"],
        },
        trust_env=False,
    ).raise_for_status()
    return str(answer.json()["access_token"])


def run() -> dict[str, str]:
    """Run the notebook's code cells in one go; return what each shows, in all its forms."""
    names: dict[str, Any] = {}
    shown = {}
    for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            statements, _, last = source.rpartition("\n\n")
            view = None
            if last.startswith(("annotate(", "facts(")):
                exec(statements, names)
                view = eval(last, names)
            else:
                exec(source, names)
            if isinstance(view, View):
                shown[cell["id"]] = json.dumps(view._repr_mimebundle_(), ensure_ascii=False)
    names["bench"].close()
    return shown


def methods(shown: dict[str, str]) -> list[str]:
    """Tell the method of each step's last request."""
    plain = [json.loads(shown[name])["text/plain"] for name in SHOWN]
    return [text.partition(" ")[0] for text in plain]


def test_an_order_is_prepared_once_and_found_again(secrets: list[str]) -> None:
    """The first run creates, the second finds all of it; neither shows a secret."""
    first, second = run(), run()

    assert methods(first) == ["GET", "POST", "POST", "PATCH", "PATCH", "PATCH", "POST"]
    assert methods(second) == ["GET"] * len(SHOWN)
    assert "HOODIEWW000000FFFFFFMXXX" in first["line-item"]
    everything = json.dumps([first, second])
    secrets += ["stand-in-authorization-of", "client-token-of"]
    assert [secret for secret in secrets if secret in everything] == []
