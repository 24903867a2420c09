"""What the notebooks show to be tried elsewhere works there: curl commands, and JavaScript.

Each runs as a reader would run it, in a shell of its own against a sandbox of its own, and is held
to the answer that the notebook shows.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from helpers.workbench import Workbench, open_workbench

ROOT = Path(__file__).parent.parent
JAVASCRIPT = ROOT / "tests" / "javascript"
DEADLINE_SECONDS = 60
# The notebooks whose every request is shown, or whose others change nothing; and the one that has
# to be gone through before, because it puts into the wallet what is taken out of it.
NOTEBOOKS = {"00": "", "01": "", "02": "01", "05": ""}
EVERY_NOTEBOOK = sorted(path.name[:2] for path in (ROOT / "notebooks").glob("*.ipynb"))
COMMAND = re.compile(r"The same as a curl command:\n\n(.+?)\n\nResponse: (\d+)", re.DOTALL)
WHOLE = re.compile(r"<summary>The whole response</summary>\n\n```json\n(.+?)\n```", re.DOTALL)

# Where these are to be tried whatever happens, what they need has to be there.
REQUIRED = os.environ.get("SHOWN_CODE_TESTS") == "required"
needs_curl = pytest.mark.skipif(
    not REQUIRED and shutil.which("curl") is None,
    reason="curl is not there; install it to try the shown commands",
)
needs_node = pytest.mark.skipif(
    not REQUIRED and not (shutil.which("node") and (JAVASCRIPT / "node_modules").is_dir()),
    reason="Node.js or the SDK is not there; with Node.js: npm ci --prefix tests/javascript",
)


class Shown(NamedTuple):
    """A request as a notebook shows it.

    Attributes:
        cell: The id of its cell.
        command: The curl command.
        forms: The richer forms of the same view.
        status: The status of the shown answer.
        answer: The whole of it.
    """

    cell: str
    command: str
    forms: Mapping[str, str]
    status: int
    answer: Any


def cells_of(number: str) -> list[dict[str, Any]]:
    """Read the cells of the notebook with this number."""
    [path] = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    cells: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return cells


def shown_requests(number: str) -> Iterator[Shown]:
    """Read every request that a notebook shows, in the order of its cells."""
    for cell in cells_of(number):
        for output in cell.get("outputs", []):
            forms = {kind: "".join(text) for kind, text in output["data"].items()}
            found = COMMAND.search(forms["text/plain"])
            if found:
                whole = WHOLE.search(forms["text/markdown"])
                assert whole is not None, f"{cell['id']} shows a request without its answer"
                yield Shown(cell["id"], found[1], forms, int(found[2]), json.loads(whole[1]))


def code_in_prose(number: str, language: str) -> list[str]:
    """Read the blocks of code of one language that stand in a notebook's Markdown cells."""
    prose = ["".join(c["source"]) for c in cells_of(number) if c["cell_type"] == "markdown"]
    return re.findall(rf"^```{language}\n(.+?)^```$", "\n".join(prose), re.DOTALL | re.MULTILINE)


def in_a_terminal(bench: Workbench, number: str, command: str, folder: Path) -> str:
    """Run a command in a shell where the lines were pasted that the notebook says to paste."""
    exports = [block for block in code_in_prose(number, "sh") if block.startswith("export ")]
    ended = subprocess.run(
        ["sh", "-eu"],
        input="\n".join([bench.export_lines(), *exports, command]),
        # Neither a reader's own .curlrc nor a proxy stands between.
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, f"{command}\n{ended.stderr}"
    return ended.stdout


def as_shown(bench: Workbench, text: str) -> Any:
    """Read an answer, its address replaced as the notebooks replace it."""
    base_url = str(bench.client.base_url).rstrip("/")
    return json.loads(text.replace(f'"{base_url}/', '"$CL_BASE_URL/'))


@pytest.fixture
def bench() -> Iterator[Workbench]:
    """Open a sandbox that other programs reach, too."""
    with open_workbench(organization=None, door="socket") as bench:
        yield bench


@needs_curl
@pytest.mark.parametrize("number", NOTEBOOKS)
def test_shown_curl_commands_bring_the_shown_answers(
    bench: Workbench, number: str, tmp_path: Path
) -> None:
    """Pasted into a terminal one after the other, the commands do what the notebook shows."""
    before = NOTEBOOKS[number]
    for request in shown_requests(before) if before else ():
        in_a_terminal(bench, before, request.command, tmp_path)
    shown = list(shown_requests(number))
    answers = {
        request.cell: as_shown(bench, in_a_terminal(bench, number, request.command, tmp_path))
        for request in shown
    }

    assert answers == {request.cell: request.answer for request in shown}
    assert shown


@pytest.mark.parametrize("number", EVERY_NOTEBOOK)
def test_every_form_shows_the_same_curl_command(number: str) -> None:
    """What is copied from a browser is what was tried here."""
    shown = list(shown_requests(number))

    assert shown
    for request in shown:
        assert f"```sh\n{request.command}\n```" in request.forms["text/markdown"]
        assert request.command in unescape(request.forms["text/html"])


@needs_curl
def test_shown_command_resets_the_sandbox(bench: Workbench, tmp_path: Path) -> None:
    """The command that brings the starting world back does so."""
    [saving] = [request for request in shown_requests("01") if "-X PATCH" in request.command][:1]
    [retrieving] = [request for request in shown_requests("00")][:1]
    [resetting] = [block for block in code_in_prose("05", "sh") if "reset" in block]
    wallet = '"$CL_BASE_URL/api/customers/jENxlDKaVB/customer_payment_sources"'
    look = f'curl -s {wallet} -H "Authorization: Bearer $CL_ACCESS_TOKEN"'

    def entries() -> int:
        return len(json.loads(in_a_terminal(bench, "05", look, tmp_path))["data"])

    in_a_terminal(bench, "01", saving.command, tmp_path)
    saved = entries()
    in_a_terminal(bench, "05", resetting, tmp_path)

    assert (saved, entries()) == (1, 0)
    assert retrieving.answer == as_shown(
        bench, in_a_terminal(bench, "00", retrieving.command, tmp_path)
    )


def run_javascript(bench: Workbench, folder: Path) -> list[Any]:
    """Run the program that the notebook shows, and read the lines that it prints as JSON."""
    [program] = code_in_prose("05", "js")
    folder.joinpath("explore.mjs").write_text(program, "utf-8")
    folder.joinpath("node_modules").symlink_to(JAVASCRIPT / "node_modules")
    printed = in_a_terminal(bench, "05", "node explore.mjs", folder)
    return [json.loads(line) for line in printed.splitlines()]


def flat(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Write a resource object as the SDK does: its attributes beside its type and id."""
    return {"id": resource["id"], "type": resource["type"], **resource["attributes"]}


@needs_node
def test_shown_javascript_reads_what_the_notebook_reads(bench: Workbench, tmp_path: Path) -> None:
    """The vendor's own SDK, told where the sandbox is, brings the answers that are shown."""
    shown = {request.cell: request.answer for request in shown_requests("05")}
    method, gateway = shown["include"]["included"]

    orders, order, line_items = run_javascript(bench, tmp_path)

    assert orders == [flat(each) for each in shown["through"]["data"]]
    assert order == {
        **flat(shown["include"]["data"]),
        "payment_method": {**flat(method), "payment_gateway": flat(gateway)},
    }
    assert line_items == [each["id"] for each in shown["linkage"]["data"]]


def test_sdk_that_is_named_is_the_one_that_was_tried() -> None:
    """The notebook says which version to install, and that version is locked here."""
    prose = "\n".join("".join(cell["source"]) for cell in cells_of("05"))
    [package, lock] = [
        json.loads((JAVASCRIPT / name).read_text("utf-8"))
        for name in ("package.json", "package-lock.json")
    ]
    version = package["dependencies"]["@commercelayer/sdk"]

    assert f"npm install @commercelayer/sdk@{version}`" in prose
    assert lock["packages"]["node_modules/@commercelayer/sdk"]["version"] == version
    assert f"Node.js {package['engines']['node'].removeprefix('>=')} or newer" in prose


def test_lock_names_no_registry() -> None:
    """The lock holds versions and hashes, so that it works with any registry."""
    assert "http" not in (JAVASCRIPT / "package-lock.json").read_text("utf-8")
