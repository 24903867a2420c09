"""A browser for the tests of this folder, or the reason why there is none.

A machine without a browser, or without Playwright, skips these tests and says why. Where
BROWSER_TESTS is "required", that is a failure instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.jupyterlab import Lab, serve
from tests.browser.pages import open_page
from tests.needed import do_without, need_packages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("playwright", "axe_playwright_python")

# Whatever asks for a host that is not this one is told that there is none.
OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-first-run",
]


def find_browser() -> str:
    """Return the path of a Chromium: the one that CHROMIUM names, or the first on the PATH.

    Raises:
        pytest.skip.Exception: There is none, or a package is not installed; the message says so.
        pytest.fail.Exception: The same, where BROWSER_TESTS is "required".
    """
    need_packages(*PACKAGES)
    programs = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else PROGRAMS
    for program in programs:
        if path := shutil.which(program):
            return path
    do_without(f"No browser: looked for {', '.join(programs)}. CHROMIUM=/path/to/one names one.")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Lend a browser, one for all tests of this folder."""
    path = find_browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Lend a JupyterLab, one for all tests of this folder, with copies of the notebooks."""
    with serve(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Lend an empty page."""
    with open_page(browser) as page:
        yield page
