"""Rows of what reads settings: secrets under every name, in the environment and in a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

from helpers import (
    check_settings,
    dotenv_file,
    errors,
    setting_checks,
    setting_names,
    setting_shapes,
    setting_sources,
    settings,
    workbench,
)
from tests.marked.marks import MARKS
from tests.marked.place import BASE_URL
from tests.marked.world import (
    ALL,
    ORDER,
    Row,
    Rows,
    World,
    credentials_of_a_customer,
    refused,
)


def _look_of(name: str) -> Row:
    look = getattr(setting_shapes, name)
    more = {"is_local": False} if name == "not_access_token" else {}
    return lambda _: [look(spoilt, **more) for mark in ALL for spoilt in spoilings(mark)]


def spoilings(mark: str) -> list[str]:
    """Put a secret where it does not belong, in ways that a hand may do it."""
    return [
        mark,
        f'"{mark}',
        f"{mark};",
        f"Bearer {mark}",
        f"CL_CLIENT_SECRET={mark}",
        f"https://{mark}",
        f"https://{mark}.commercelayer.io/x",
        f"https://zoe:{mark}@yourdomain.commercelayer.io",
        f"market:{mark}",
        f"{mark}:id:x",
        f"{mark} {mark}",
        f"{mark}#x",
        mark.lower(),
    ]


COMPLETE = {
    "CL_ORGANIZATION": "acme",
    "CL_CLIENT_ID": "a-client-id",
    "CL_CLIENT_SECRET": MARKS["client_secret"],
    "CL_SCOPE": "market:code:europe",
    "CL_CUSTOMER_EMAIL": "zoe@example.com",
    "CL_CUSTOMER_PASSWORD": MARKS["password"],
    "CL_ORDER_ID": ORDER,
}


def environments() -> Iterator[dict[str, str]]:
    """Set marked secrets, each where it belongs, and where it does not."""
    yield COMPLETE
    yield {"CL_ORGANIZATION": "yourdomain", "CL_ACCESS_TOKEN": MARKS["access_token"]}
    yield {"CL_ORGANIZATION": "acme", "CL_ACCESS_TOKEN": MARKS["access_token"]}
    yield {"CL_ORGANIZATION": "yourdomain", "CL_ACCESS_TOKEN": MARKS["live_access_token"]}
    for name in (*setting_names.NAMES, "CL_SECRETS", "CL_TOKEN", "CL_X"):
        for mark in ("client_secret", "password", "access_token", "refresh_token", "api_key"):
            for spoilt in spoilings(MARKS[mark]):
                yield {name: spoilt}
                yield {**COMPLETE, name: spoilt}


def dotenvs() -> Iterator[str]:
    """Write marked secrets into a file, on lines that are settings, and on lines that are none."""
    secret, password = MARKS["client_secret"], MARKS["password"]
    yield "".join(f"{name}='{value}'\n" for name, value in COMPLETE.items())
    yield f"CL_CLIENT_SECRET={secret}\nCL_CLIENT_SECRET={secret}x\n"
    yield f"CL_CLIENT_SECRET={secret} # {secret}\n"
    for line in (secret, f"CL_CLIENT_SECRET: {secret}", f"={secret}", f"a b={secret}"):
        yield f"{line}\n"
    yield f"CL_CUSTOMER_PASSWORD='{secret}\nCL_CLIENT_ID={password}\n"
    yield f"{secret}={secret}\nCL_{secret}={secret}\n"
    yield f"\ufeffCL_CLIENT_SECRET=\0{secret}\n"


def _find_settings(w: World) -> object:
    dotenv, seen = w.folder / ".env", list[object]()
    for environ in environments():
        with suppress(errors.SettingsError):
            seen.append(setting_sources.find_settings(environ, dotenv=dotenv))
        check_settings.main(environ, dotenv=dotenv)
    for text in dotenvs():
        dotenv.write_text(text, "utf-8")
        os.chmod(dotenv, 0o644)
        with suppress(errors.SettingsError):
            seen.append(setting_sources.find_settings({}, dotenv=dotenv))
        check_settings.main({}, dotenv=dotenv)
    return seen


def _read_dotenv(w: World) -> object:
    dotenv, seen = w.folder / ".env", list[object]()
    for text in dotenvs():
        dotenv.write_text(text, "utf-8")
        try:
            seen.append(dotenv_file.read_dotenv(dotenv, secrets=setting_names.SECRETS))
        except errors.SettingsError as error:
            seen.append(error)
    # By itself it is the text: it is what holds it that must not show it.
    return [seen, {"values": [dotenv_file.Unshown(mark) for mark in ALL]}]


def _read_settings(w: World) -> object:
    seen: list[object] = []
    for environ in environments():
        try:
            organization = settings.read_settings(environ, dotenv=w.folder / ".env")
        except errors.SettingsError as error:
            seen.append(error)
        else:
            seen += [organization, organization and organization.access]
    return seen


def _workbench(w: World) -> object:
    credentials_or_not = credentials_of_a_customer() if w.renews else None
    organization = settings.Organization(
        BASE_URL,
        ".env",
        access_token=None if w.renews else MARKS["access_token"],
        credentials=credentials_or_not,
    )
    with workbench.open_workbench(organization=organization) as bench:
        return [
            bench,
            bench.client,
            bench.export_lines(),
            bench.place,
            *refused(lambda: bench.order_id),
            *refused(bench.client_for, "guest"),
        ]


ROWS: Rows = {
    "setting_sources.find_settings": _find_settings,
    "setting_sources.Settings": _find_settings,
    "check_settings.main": _find_settings,
    "dotenv_file.read_dotenv": _read_dotenv,
    "dotenv_file.DotenvFile": _read_dotenv,
    "dotenv_file.Unshown": _read_dotenv,
    "settings.read_settings": _read_settings,
    "settings.choose_place": _read_settings,
    "settings.Organization": _read_settings,
    "workbench.open_workbench": _workbench,
    "workbench.Workbench": _workbench,
    **{f"setting_shapes.{name}": _look_of(name) for name in setting_shapes.__all__},
    "setting_names.is_known": lambda _: setting_names.is_known(MARKS["client_secret"]),
    "setting_names.is_name": lambda _: setting_names.is_name(MARKS["client_secret"]),
    "setting_names.nearest_name": lambda _: setting_names.nearest_name(MARKS["client_secret"]),
    "setting_checks.problem_of": lambda _: [
        setting_checks.problem_of(name, spoilt, where="the environment", is_local=is_local)
        for name in setting_names.NAMES
        for mark in ALL
        for spoilt in spoilings(mark)
        for is_local in (True, False)
    ],
}
