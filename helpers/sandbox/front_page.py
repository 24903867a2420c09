"""The front page: what a browser shows of the sandbox. One page, no script, nothing from outside.

Filled in are the texts of ``front_page.html``; the choices come from ``choices.py`` as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources as package_files
from string import Template
from typing import Any

from helpers.sandbox.choices import CHOICES
from helpers.sandbox.messages import Request, Response
from helpers.sandbox.resources import ResourceType, resource_types
from helpers.sandbox.scenarios import SCENARIOS, Scenario
from helpers.sandbox.store import Store

__all__ = ["dotenv_lines", "show", "tell_clock"]

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
}
_KINDS = {"sales_channel": "a sales channel", "integration": "an integration"}


def show(store: Store, request: Request, *, rate_limits: bool) -> Response:
    """Show the front page.

    Args:
        store: What the sandbox remembers.
        request: The request, for the address that the client knows the sandbox by.
        rate_limits: Whether the API's rate limits hold.
    """
    with store.transaction(writes=False):
        scenario = SCENARIOS[store.fact("scenario")]
        clock = tell_clock(store)
        access_tokens = _access_tokens(store)
    base_url = request.base_url
    texts = {
        "base_url": base_url,
        "scenario": scenario.name,
        "summary": scenario.summary,
        "clock": clock,
        "rate_limits": "as in the API's test mode" if rate_limits else "off",
        "dotenv": "\n".join(dotenv_lines(scenario, base_url)),
        "access_token": scenario.access_token,
        "order_id": scenario.order_id,
        "client_id": scenario.settings["CL_INTEGRATION_CLIENT_ID"],
        "client_secret": scenario.settings["CL_INTEGRATION_CLIENT_SECRET"],
    }
    tables = {
        "access_tokens": _rows(access_tokens),
        "resource_types": "\n".join(map(_row_of_type, resource_types().values())),
        "links_to_types": ", ".join(
            f'<a href="#{name}">{escape(name)}</a>' for name in resource_types()
        ),
        "choices": "\n".join(_table_of_choices(topic, rows) for topic, rows in CHOICES.items()),
    }
    page = _template().substitute({name: escape(text) for name, text in texts.items()}, **tables)
    return Response(200, page.encode(), _HEADERS)


def dotenv_lines(scenario: Scenario, base_url: str) -> list[str]:
    """List what a client needs to know, as lines for ``.env``: a name, ``=`` and its value."""
    settings = {
        "CL_BASE_URL": base_url,
        **scenario.settings,
        "CL_ACCESS_TOKEN": scenario.access_token,
        "CL_OTHER_ORDER_ID": scenario.other_order_id,
    }
    return [f"{name}={value}" for name, value in settings.items()]


def tell_clock(store: Store) -> str:
    """Say which clock the world goes by."""
    stopped: str | None = store.fact("clock")
    return f"stopped at {stopped}" if stopped else "this machine's"


def _template() -> Template:
    file = package_files.files("helpers.sandbox").joinpath("front_page.html")
    return Template(file.read_text("utf-8"))


def _access_tokens(store: Store) -> list[tuple[str, str]]:
    """Pair each access token that never expires with whom it speaks for."""
    known: Mapping[str, Mapping[str, Any]] = store.fact("access_tokens", {})
    rows = []
    for text, row in known.items():
        kind: str = row["kind"]
        whom = _KINDS.get(kind, kind)
        if row["owner"]:
            type_, id_ = row["owner"]
            customer = store.find([type_], id_)
            email = customer.attributes["email"] if customer else "who is gone"
            whom = f"{whom}, for the customer {email}"
        rows.append((f"<code>{escape(text)}</code>", escape(whom)))
    return rows


def _row_of_type(type_: ResourceType) -> str:
    name = escape(type_.name)
    has_list = type_.singleton or "list" in type_.actions
    path = f"/api/{type_.path}" if has_list else f"/api/{type_.path}/:id"
    cells = _cells([escape(", ".join(type_.actions)), f"<code>{path}</code>"])
    return f'<tr id="{name}"><th scope="row"><code>{name}</code></th>{cells}</tr>'


def _table_of_choices(topic: str, choices: Iterable[tuple[str, str]]) -> str:
    rows = _rows([_marked_up(situation), _marked_up(answer)] for situation, answer in choices)
    return (
        f'<h3>{escape(topic)}</h3>\n<table class="choices">\n'
        '<thead><tr><th scope="col">Situation</th><th scope="col">Answer</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _rows(rows: Iterable[Sequence[str]]) -> str:
    """Write the rows of a table, each headed by its first cell. The cells are HTML already."""
    return "\n".join(
        f'<tr><th scope="row">{first}</th>{_cells(others)}</tr>' for first, *others in rows
    )


def _cells(cells: Iterable[str]) -> str:
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _marked_up(text: str) -> str:
    """Turn what stands between backticks in Markdown into code in HTML."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
