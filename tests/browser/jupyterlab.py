"""Serve JupyterLab from folders of its own, and drive a notebook in it as a reader would."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.browser.pages import Log, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

from tests.browser.stored import NOTEBOOKS

SECONDS_TO_START = 60
THEMES = ("JupyterLab Light", "JupyterLab Dark")

OUTPUTS = ".jp-Notebook .jp-OutputArea-output"
ERRORS = f'{OUTPUTS}:is([data-mime-type$="error"], [data-mime-type$="stderr"])'
SCROLLED = ".jp-Notebook .jp-WindowedPanel-outer"

# JupyterLab otherwise makes only the cells near the window, and looks for news of its own.
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none", "scrollPastEnd": False}
}
SWITCHED_OFF = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


@dataclass(frozen=True)
class Lab:
    """A JupyterLab server.

    Attributes:
        url: Where it listens, with a slash at the end.
        access_token: What it asks for.
    """

    url: str
    access_token: str

    def end_kernels(self) -> None:
        """End every kernel, and with it the sandbox of its notebook."""
        with httpx.Client(
            base_url=f"{self.url}api/",
            headers={"Authorization": f"token {self.access_token}"},
            timeout=SECONDS_TO_START,
            trust_env=False,
        ) as server:
            for session in server.get("sessions").raise_for_status().json():
                server.delete(f"sessions/{session['id']}").raise_for_status()


@contextmanager
def serve(folder: Path) -> Iterator[Lab]:
    """Serve a copy of the notebooks.

    Args:
        folder: An empty folder, for the copy and for all that JupyterLab wants to remember. It
            remembers nothing of this machine's user, and so trusts no notebook.

    Raises:
        TimeoutError: The server did not start to answer; the message is what it said.
    """
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "site")
    shutil.copytree(NOTEBOOKS, folder / "notebooks", ignore=ignored)
    _store(folder / "config/labconfig/page_config.json", SWITCHED_OFF)
    for plugin, values in SETTINGS.items():
        _store(folder / f"settings/{plugin}.jupyterlab-settings", values)
    own = {
        "HOME": folder,
        "IPYTHONDIR": folder / "ipython",
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
    }
    access_token = secrets.token_hex()
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0",
        f"--ServerApp.root_dir={folder / 'notebooks'}",
        f"--IdentityProvider.token={access_token}",
        "--LabApp.expose_app_in_browser=True",
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            cwd=folder,
            env={**os.environ, **{name: str(path) for name, path in own.items()}},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Lab(_wait_for(server, folder, access_token), access_token)
        finally:
            server.terminate()
            try:
                server.wait(SECONDS_TO_START)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _store(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), "utf-8")


def _wait_for(server: subprocess.Popen[bytes], folder: Path, access_token: str) -> str:
    """Wait until the server answers, and return where."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        for path in (folder / "runtime").glob("jpserver-*.json"):
            try:
                url: str = json.loads(path.read_text("utf-8"))["url"]
                httpx.get(
                    f"{url}api", params={"token": access_token}, trust_env=False
                ).raise_for_status()
            except (ValueError, httpx.HTTPError):
                break
            return url
        time.sleep(0.05)
    raise TimeoutError(f"JupyterLab did not start:\n{(folder / 'log').read_text('utf-8')}")


class Reader:
    """A reader with one notebook open.

    Attributes:
        page: The browser's page.
        log: What the page asked for and complained about.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = Log(page)

    def open(self, lab: Lab, stem: str) -> None:
        """Open a notebook, and wait until its kernel has nothing to do."""
        self.page.goto(f"{lab.url}lab/tree/{stem}.ipynb?reset&token={lab.access_token}")
        self.cells.first.wait_for()
        self.wait_until_idle()
        self._wait_for_splash()

    def _wait_for_splash(self) -> None:
        """Wait until JupyterLab's curtain, which is down while a theme loads, is up again."""
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    @property
    def cells(self) -> Locator:
        """All cells."""
        return self.page.locator(".jp-Notebook .jp-Cell")

    @property
    def views(self) -> Locator:
        """The annotated views."""
        return self.page.locator(f"{OUTPUTS} .cl-view")

    def wait_until_idle(self) -> None:
        """Wait until the kernel has nothing to do: the status bar, unlike the toolbar, is right."""
        self.page.get_by_text("| Idle").wait_for()

    def clear_all(self) -> None:
        """Take away all outputs and the numbers of the cells: what comes then was run here."""
        self.page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        self.page.wait_for_function(
            """outputs => !document.querySelector(outputs)
                && ![...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
                    .some(prompt => /\\d/.test(prompt.textContent))""",
            arg=OUTPUTS,
        )

    def run_all(self) -> None:
        """Run all cells from the menu, and wait until they were run."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.wait_until_run()

    def wait_until_run(self) -> None:
        """Wait until each code cell has its number and the kernel is idle, or until one failed."""
        self.page.wait_for_function(
            """errors => document.querySelector(errors)
                || [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
                    .every((prompt, at) => prompt.textContent.trim() === `[${at + 1}]:`)""",
            arg=ERRORS,
        )
        self.wait_until_idle()

    def numbers(self) -> list[str]:
        """Read the numbers before the code cells."""
        return self.page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").all_inner_texts()

    def errors(self) -> list[str]:
        """Read the outputs that are errors, or that were written to the error stream."""
        return self.page.locator(ERRORS).all_inner_texts()

    def use_theme(self, theme: str) -> None:
        """Choose a theme of JupyterLab's, and wait until it is there."""
        choose = "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})"
        self.page.evaluate(choose, theme)
        self.page.locator(f'body[data-jp-theme-name="{theme}"]').wait_for(state="attached")
        self._wait_for_splash()

    def show_everything(self) -> None:
        """Make the window so high that the whole notebook is in it.

        JupyterLab's page is otherwise of no height, and axe-core takes all of it for hidden.
        """
        self.page.add_style_tag(content="html, body { height: 100% }")
        height = self.page.evaluate(f"document.querySelector('{SCROLLED}').scrollHeight")
        self.page.set_viewport_size({"width": 1280, "height": height + 200})
        self.page.wait_for_function(
            f"""() => {{
                const scrolled = document.querySelector('{SCROLLED}');
                const bottom = scrolled.getBoundingClientRect().bottom;
                if (bottom <= innerHeight && bottom > innerHeight - 100
                    && scrolled.scrollHeight <= scrolled.clientHeight) return true;
                dispatchEvent(new Event('resize'));
            }}"""
        )


@contextmanager
def open_reader(browser: Browser, lab: Lab, stem: str) -> Iterator[Reader]:
    """Open a notebook in a page of its own; afterwards close the page and end the kernel."""
    with open_page(browser) as page:
        reader = Reader(page)
        reader.open(lab, stem)
        yield reader
    lab.end_kernels()
