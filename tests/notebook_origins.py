"""Tell whether a stored notebook was run in the embedded sandbox, and not against an organization.

Whatever came from an organization may be somebody's: it is no business of this repository.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from helpers import errors
from helpers.masking import ASTERISKS
from helpers.sandbox.resources import resource_types
from helpers.sandbox.scenarios import open_store
from helpers.workbench import open_workbench

# How many resources of a type a notebook may have made before any of them.
_MOST_MADE = 100

# The documentation's own, and where to read it.
_HOSTS = {
    *("yourdomain.commercelayer.io", "yourdomain.com", "example.com"),
    *("docs.commercelayer.io", "auth.commercelayer.io", "docs.klarna.com"),
    *("github.com", "jsonapi.org"),
}
_HOST = re.compile(r"(?:https?://|\b(?=[\w-]+\.commercelayer\.))([\w.-]*\w)")
_MAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[a-z]+)+)")
# Ids are ten letters, small and capital ones. A few names are, too.
_ID = re.compile(r"(?<![\w-])(?=[A-Za-z]*[a-z])(?=.[A-Za-z]*[A-Z])[A-Za-z]{10}(?![\w-])")
_NAMES = {"JavaScript", "nobodysOrd", *errors.__all__}
_JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+")
# The sandbox hides nothing; it has members whose values begin so, as the API's documentation has.
_HIDDEN = re.compile(rf"(?<!\*){re.escape(ASTERISKS)}(?![\w*])")
_MEMBER = r'\\?"(?:</b>)?: *(?:<span[^>]*>)? *\\?"'
_LIVE = re.compile(rf"mode{_MEMBER}live\b")
_ORGANIZATION = re.compile(rf"organization_id{_MEMBER}(\w+)")


def signs_of_an_organization(path: Path) -> list[str]:
    """Find in a notebook what the embedded sandbox did not make.

    Returns:
        A sentence for each find: where it is, and what; none for a notebook of the sandbox's.
    """
    notebook = json.loads(path.read_text("utf-8"))
    found = [f"the notebook's metadata: {sign}" for sign in _signs(str(notebook["metadata"]))]
    for cell in notebook["cells"]:
        where = f"cell {cell['id']}"
        found += [f"{where}: {sign}" for sign in _signs(_text(cell["source"]))]
        found += [f"{where}, its metadata: {sign}" for sign in _signs(str(cell["metadata"]))]
        if cell.get("attachments"):
            found.append(f"{where}: an attachment, which nobody can search")
        for output in cell.get("outputs", []):
            found += [f"{where}, its output: {sign}" for sign in _signs_in_output(output)]
    return list(dict.fromkeys(found))


def _signs_in_output(output: Mapping[str, Any]) -> Iterator[str]:
    yield from _signs(str(output.get("metadata", "")))
    forms = {kind: _text(form) for kind, form in output.get("data", {}).items()}
    texts = [
        *forms.values(),
        *(_text(output[name]) for name in ("text", "traceback", "evalue") if name in output),
    ]
    if any(kind.startswith(("image/", "application/")) for kind in forms):
        yield "an image or an object, which nobody can search"
        return
    if "Connected to" in forms.get("text/plain", "") and forms != _place():
        yield "it says that it is connected to another place than the embedded sandbox"
    for text in texts:
        yield from _signs(text)
        if _HIDDEN.search(text):
            yield f"{ASTERISKS}, in the place of a secret: nothing that the sandbox makes is hidden"


def _signs(text: str) -> Iterator[str]:
    for host in _HOST.findall(text):
        if host.lower() not in _HOSTS:
            yield f"the address of {host}"
    for domain in _MAIL.findall(text):
        if domain != "example.com":
            yield f"an e-mail address at {domain}"
    for id_ in _ID.findall(text):
        if id_ not in _ids() | _NAMES:
            yield f"the id {id_}, which the sandbox neither has nor makes"
    for id_ in _ORGANIZATION.findall(text):
        if id_ not in _ids():
            yield f"the organization {id_}"
    if _JSON_WEB_TOKEN.search(text):
        yield "what may be an access token"
    if _LIVE.search(text):
        yield "data of live mode"


def _text(value: str | list[str] | Any) -> str:
    if isinstance(value, str):
        return value
    return "".join(value) if isinstance(value, list) else json.dumps(value)


@cache
def _place() -> dict[str, str]:
    """Show the embedded sandbox as a notebook does."""
    with open_workbench(organization=None, door="process") as bench:
        return bench.place._repr_mimebundle_()


@cache
def _ids() -> frozenset[str]:
    """Name every id that the sandbox has at first, and those that it makes."""
    store = open_store(scenario="documented")
    try:
        ids = set(_ID.findall(store.dump()))
        for type_ in resource_types():
            for count in range(_MOST_MADE):
                store.remember("made_ids", count)
                ids.add(store.next_id(type_))
    finally:
        store.close()
    return frozenset(ids)
