"""Open the place where the requests go: the embedded sandbox, or an organization of yours.

Which of the two is chosen once, here. Nothing else in the notebooks knows.
"""

from __future__ import annotations

import shlex
import sys
import weakref
from typing import TYPE_CHECKING, Any, Literal

import httpx

from helpers.client import open_client
from helpers.display import View, facts
from helpers.errors import ArgumentError, SettingsError
from helpers.sandbox.scenarios import SCENARIOS, Scenario, open_store
from helpers.sandbox.transport import SandboxTransport
from helpers.settings import Organization, read_settings

if TYPE_CHECKING:
    from helpers.sandbox.server import Server

__all__ = ["Door", "Workbench", "open_workbench"]

# How the embedded sandbox is reached: over a socket, so that other programs can reach it too, or
# in process, where there are no threads (a browser's Python) or no need of them.
Door = Literal["socket", "process"]


class Workbench:
    """A client, and what to try it on. Made by ``open_workbench``.

    Attributes:
        client: For the functions of ``orders`` and ``customer_payment_sources``.
        order_id: The order whose payment source is saved.
    """

    def __init__(
        self,
        client: httpx.Client,
        *,
        order_id: str,
        other_order_id: str | None,
        view: View,
        server: Server | None = None,
        access_token: str | None = None,
    ) -> None:
        self.client = client
        self.order_id = order_id
        self._other_order_id = other_order_id
        self._view = view
        self._access_token = access_token
        # A workbench that nobody holds any more, or a kernel that ends, leaves nothing behind.
        self._finalizer = weakref.finalize(self, _close, client, server)

    @property
    def place(self) -> View:
        """Which place this is, to look at. Unlike the workbench itself, it may be kept."""
        return self._view

    @property
    def other_order_id(self) -> str:
        """Another order of the same customer, to be paid from the wallet.

        Raises:
            SettingsError: The settings name none.
        """
        if self._other_order_id is None:
            raise SettingsError(
                "Expected CL_OTHER_ORDER_ID, got nothing: set it to another pending order of the "
                "same customer, and open the workbench again."
            )
        return self._other_order_id

    def export_lines(self) -> str:
        """Write the two lines that make a terminal's curl commands reach the same place.

        Returns:
            Two lines for a POSIX shell. They hold the sandbox's access token, which opens nothing
            else; the access token of an organization of yours is not shown, so put it in yourself.
        """
        access_token = self._access_token or "'put your access token here'"
        base_url = str(self.client.base_url).rstrip("/")
        return f"export CL_BASE_URL={shlex.quote(base_url)}\nexport CL_ACCESS_TOKEN={access_token}"

    def close(self) -> None:
        """Close the client, and the embedded sandbox with everything in it."""
        self._finalizer()

    def __enter__(self) -> Workbench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return str(self._view)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        return self._view._repr_mimebundle_(**options)


def open_workbench(
    *,
    scenario: str = "documented",
    door: Door | None = None,
    organization: Organization | Literal["settings"] | None = "settings",
) -> Workbench:
    """Open the place where the requests go.

    Without settings that is a sandbox of its own, started anew in this process.

    Args:
        scenario: The sandbox's starting world.
        door: How the sandbox is reached; by default over a socket, where there are threads.
        organization: Where to go instead; by default what the environment and ``.env`` say.

    Returns:
        An open workbench. Looked at in a notebook, it says which place it is.

    Raises:
        SettingsError: The settings are not complete, or not usable.
        ArgumentError: There is no such scenario, or the access token cannot stand in a header.
        ServerError: The sandbox did not start to answer.
    """
    if organization == "settings":
        organization = read_settings()
    if organization is not None:
        return _open_organization(organization)
    if scenario not in SCENARIOS:
        raise ArgumentError(
            f"Expected a scenario, one of: {', '.join(SCENARIOS)}; got {scenario!r}."
        )
    default: Door = "process" if sys.platform == "emscripten" else "socket"
    return _open_sandbox(SCENARIOS[scenario], door or default)


def _open_sandbox(scenario: Scenario, door: Door) -> Workbench:
    store = open_store(scenario=scenario.name)
    server: Server | None = None
    if door == "socket":
        # Where there are no threads, there is no uvicorn either.
        from helpers.sandbox.server import Server

        server = Server(store).start()
        base_url, transport = server.base_url, None
    else:
        base_url, transport = "http://sandbox.localhost", SandboxTransport(store)
    client = open_client(
        base_url, access_token=scenario.access_token, made_up=True, transport=transport
    )
    rows = {
        "place": "the embedded sandbox, started for this notebook; it is not Commerce Layer",
        "scenario": f"{scenario.name}: {scenario.summary}",
        "order": scenario.order_id,
        "another order": scenario.other_order_id,
    }
    return Workbench(
        client,
        order_id=scenario.order_id,
        other_order_id=scenario.other_order_id,
        view=facts("Connected to", rows),
        server=server,
        access_token=scenario.access_token,
    )


def _open_organization(organization: Organization) -> Workbench:
    client = open_client(organization.base_url, access_token=organization.access_token)
    rows = {
        "place": organization.base_url,
        "settings": f"from {organization.source}; the access token is set and not shown",
        "order": organization.order_id,
        "another order": organization.other_order_id or "not set",
    }
    return Workbench(
        client,
        order_id=organization.order_id,
        other_order_id=organization.other_order_id,
        view=facts("Connected to", rows),
    )


def _close(client: httpx.Client, server: Server | None) -> None:
    try:
        client.close()
    finally:
        if server is not None:
            server.stop()
