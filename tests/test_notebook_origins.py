"""A notebook that was run against an organization is told from one that the sandbox answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.sandbox.scenarios import open_store
from helpers.sandbox.server import Server
from tests import test_notebooks
from tests.execute_notebooks import normalise, serialise
from tests.notebook_origins import signs_of_an_organization

SAVE = next(path for path in test_notebooks.NOTEBOOKS if path.name.startswith("01"))
ACCESS_TOKEN = "eyJhbGciOiJIUzUxMiJ9.eyJvcmdhbml6YXRpb24iOnt9fQ.c2lnbmF0dXJl"


@pytest.fixture
def place() -> Iterator[str]:
    """Serve a sandbox of its own, which a client takes for an organization."""
    server = Server(open_store(scenario="documented")).start()
    try:
        yield server.base_url
    finally:
        server.stop()


def test_notebook_of_an_organization_is_refused(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run with settings, as a reader would, and stored as `make notebooks` does, it is noticed."""
    import nbformat  # slow, as the next is, and wanted here only
    from nbclient import NotebookClient

    notebook = nbformat.read(SAVE, as_version=4)
    settings = {
        "CL_PLACE": "organization",
        "CL_BASE_URL": place,
        "CL_ACCESS_TOKEN": "your-access-token",
        "CL_ORDER_ID": "qaMAhZkZvd",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    kernel = NotebookClient(
        notebook, kernel_name="python3", timeout=60, extra_arguments=["--log-level=ERROR"]
    )
    kernel.execute(cwd=SAVE.parent)
    stored = tmp_path / SAVE.name
    stored.write_text(serialise(normalise(notebook)), "utf-8")

    with pytest.raises(AssertionError) as caught:
        test_notebooks.test_notebook_was_run_in_the_sandbox(stored)
    message = str(caught.value)
    assert message.startswith(f"{SAVE.name} holds what the embedded sandbox did not make.")
    assert "`make notebooks`" in message
    assert "another place than the embedded sandbox" in message
    assert "********, in the place of a secret" in message


def in_output(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    """Replace a text in every output."""

    def spoil(notebook: dict[str, Any]) -> None:
        for cell in notebook["cells"]:
            if "outputs" in cell:
                text = json.dumps(cell["outputs"])
                cell["outputs"] = json.loads(text.replace(old, new))

    return spoil


def in_cell(**members: Any) -> Callable[[dict[str, Any]], None]:
    """Replace members of the first cell, which is Markdown."""
    return lambda notebook: notebook["cells"][0].update(members)


def in_code(source: str) -> Callable[[dict[str, Any]], None]:
    """Put a line into the first cell of code."""

    def spoil(notebook: dict[str, Any]) -> None:
        [cell, *_] = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        cell["source"] = [*cell["source"], f"\n{source}"]

    return spoil


def as_output(**data: Any) -> Callable[[dict[str, Any]], None]:
    """Put an output into the last cell of code."""

    def spoil(notebook: dict[str, Any]) -> None:
        [*_, cell] = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        cell["outputs"].append({"output_type": "display_data", "metadata": {}, **data})

    return spoil


PLANTED = {
    "another organization": (in_output("xJLqoFWnAe", "enWoxFMOnp"), "enWoxFMOnp"),
    "another order": (in_output("qaMAhZkZvd", "oyXNvhnXBr"), "oyXNvhnXBr"),
    "another host": (
        in_output("yourdomain.commercelayer", "acme.commercelayer"),
        "address of acme",
    ),
    "another place": (in_output("the embedded sandbox", "https://example.com"), "another place"),
    "live mode": (in_output('\\"test\\"', '\\"live\\"'), "live mode"),
    "a customer": (in_output("john@example.com", "zoe@acme.io"), "e-mail address at acme.io"),
    "a hidden secret": (in_output("0b1d9815-165e-42e2-8867-35bc03789e00", "********"), "********"),
    "an access token": (as_output(data={"text/plain": [ACCESS_TOKEN]}), "access token"),
    "a printed host": (as_output(text="GET acme.commercelayer.io"), "address of acme"),
    "an image": (as_output(data={"image/png": "aGVsbG8="}), "nobody can search"),
    "an object": (as_output(data={"application/json": {"id": "oyXNvhnXBr"}}), "nobody can search"),
    "metadata of an output": (
        as_output(data={}, metadata={"order": "oyXNvhnXBr"}),
        "oyXNvhnXBr",
    ),
    "an attachment": (in_cell(attachments={"a.png": {"image/png": "aGVsbG8="}}), "an attachment"),
    "prose": (in_cell(source=["Order `oyXNvhnXBr` at ", "https://acme.commercelayer.io."]), "acme"),
    "metadata of a cell": (in_cell(metadata={"tags": ["oyXNvhnXBr"]}), "oyXNvhnXBr"),
    "code": (in_code('order_id = "oyXNvhnXBr"'), "oyXNvhnXBr"),
    "metadata": (
        lambda notebook: notebook["metadata"].update(order="oyXNvhnXBr"),
        "the notebook's metadata: the id oyXNvhnXBr",
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_each_sign_is_noticed(what: str, tmp_path: Path) -> None:
    """A single trace of an organization, wherever it is, is named with its place."""
    spoil, said = PLANTED[what]
    notebook = json.loads(SAVE.read_text("utf-8"))
    spoil(notebook)
    path = tmp_path / SAVE.name
    path.write_text(json.dumps(notebook), "utf-8")
    signs = signs_of_an_organization(path)

    assert signs != []
    assert [sign for sign in signs if said in sign] != [], signs
