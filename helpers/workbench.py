"""Open the place where the requests go: the embedded sandbox, or an organization of yours.

Which of the two is chosen once, here. Nothing else in the notebooks knows.
"""

from __future__ import annotations

import shlex
import sys
import weakref
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import httpx

from helpers.authentication import RenewingAuth
from helpers.client import open_client
from helpers.errors import ArgumentError, SettingsError
from helpers.sandbox.scenarios import SCENARIOS, Scenario, open_store
from helpers.sandbox.transport import SandboxTransport
from helpers.settings import Organization, read_settings
from helpers.views import View, facts

if TYPE_CHECKING:
    from helpers.sandbox.server import Server

__all__ = ["Door", "Workbench", "open_workbench"]

# How the embedded sandbox is reached: over a socket, so that other programs can reach it too, or
# in process, where there are no threads (a browser's Python) or no need of them.
Door = Literal["socket", "process"]


class Workbench:
    """A client, and what to try it on. Made by ``open_workbench``.

    Attributes:
        client: For the functions that send requests, as a customer's sales channel.
        is_sandbox: Whether the embedded sandbox answers.
        sku_code: What to buy when an order is prepared, or None for the first SKU there is.
    """

    def __init__(
        self,
        client: httpx.Client,
        *,
        view: View,
        order_id: str | None = None,
        other_order_id: str | None = None,
        sku_code: str | None = None,
        customer_id: str | None = None,
        access_token: str | None = None,
        others: Mapping[str, Callable[[], httpx.Client]] | None = None,
        server: Server | None = None,
    ) -> None:
        self.client = client
        self.is_sandbox = others is not None
        self.sku_code = sku_code
        self._customer_id = customer_id
        self._order_ids = {"CL_ORDER_ID": order_id, "CL_OTHER_ORDER_ID": other_order_id}
        self._view = view
        self._access_token = access_token
        self._others = others or {}
        self._opened = {"": client}
        # A workbench that nobody holds any more, or a kernel that ends, leaves nothing behind.
        self._finalizer = weakref.finalize(self, _close, self._opened, server)

    @property
    def place(self) -> View:
        """Which place this is, to look at. Unlike the workbench itself, it may be kept."""
        return self._view

    @property
    def order_id(self) -> str:
        """The order whose payment source is saved.

        Raises:
            SettingsError: The settings name none.
        """
        return self._order_id(
            "CL_ORDER_ID",
            "a pending order whose Klarna payment has its `auth_token`; the notebook "
            "04_prepare_an_order_of_your_own makes one",
        )

    @property
    def other_order_id(self) -> str:
        """Another order of the same customer, to be paid from the wallet.

        Raises:
            SettingsError: The settings name none.
        """
        return self._order_id("CL_OTHER_ORDER_ID", "another pending order of the same customer")

    def _order_id(self, name: str, meaning: str) -> str:
        order_id = self._order_ids[name]
        if order_id is None:
            raise SettingsError(
                f"Expected {name}, got nothing: set it to {meaning}, and open the workbench again."
            )
        return order_id

    @property
    def customer_id(self) -> str | None:
        """The customer that requests are sent for, or None where that is not known.

        An access token says whose it is. One that is asked for with credentials is there after
        the first request, and no request is sent to find out sooner.
        """
        auth = self.client.auth
        return auth.customer_id if isinstance(auth, RenewingAuth) else self._customer_id

    def client_for(self, whose: str) -> httpx.Client:
        """Lend a client with the access token of somebody else, which the sandbox has at hand.

        Args:
            whose: ``another customer``, ``guest`` or ``integration``.

        Raises:
            SettingsError: This is an organization of yours; its access tokens are yours to get.
            ArgumentError: The sandbox knows nobody of this name.
        """
        if not self.is_sandbox:
            raise SettingsError(
                f"Expected the embedded sandbox, which has an access token for {whose!r} at hand; "
                "got an organization: use open_workbench(organization=None)."
            )
        if whose not in self._others:
            known = ", ".join(self._others)
            raise ArgumentError(f"Expected one of: {known}; got {whose!r}.")
        if whose not in self._opened:
            self._opened[whose] = self._others[whose]()
        return self._opened[whose]

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
        ArgumentError: There is no such scenario, or the organization's address or access token is
            none that can be used.
        LiveModeError: The organization's access token is of live mode, and that is not allowed.
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
    open_for = partial(open_client, base_url, made_up=True, transport=transport)
    rows = {
        "place": "the embedded sandbox, started for this notebook; it is not Commerce Layer",
        "scenario": f"{scenario.name}: {scenario.summary}",
        "order": scenario.order_id,
        "another order": scenario.other_order_id,
    }
    return Workbench(
        open_for(access_token=scenario.access_token),
        view=facts("Connected to", rows),
        order_id=scenario.order_id,
        other_order_id=scenario.other_order_id,
        customer_id=scenario.customer_id,
        access_token=scenario.access_token,
        others={
            whose: partial(open_for, access_token=access_token)
            for whose, access_token in scenario.other_access_tokens.items()
        },
        server=server,
    )


def _open_organization(organization: Organization) -> Workbench:
    client = open_client(
        organization.base_url,
        access_token=organization.access_token,
        credentials=organization.credentials,
        allow_live=organization.allow_live,
    )
    rows = {
        "place": organization.base_url,
        "settings": f"from {organization.source}",
        "requests": organization.access,
        "order": organization.order_id or "not set",
        "another order": organization.other_order_id or "not set",
    }
    if organization.allow_live:
        rows["live mode"] = "allowed: real orders change"
    if organization.notes:
        rows["note"] = " ".join(organization.notes)
    return Workbench(
        client,
        view=facts("Connected to", rows),
        order_id=organization.order_id,
        other_order_id=organization.other_order_id,
        sku_code=organization.sku_code,
        customer_id=organization.customer_id,
    )


def _close(clients: Mapping[str, httpx.Client], server: Server | None) -> None:
    try:
        for client in clients.values():
            client.close()
    finally:
        if server is not None:
            server.stop()
