"""What a reader sees and does on any page: its words, its folds, its looks."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

MILLISECONDS_TO_WAIT = 30_000
WINDOW: Any = {"width": 1280, "height": 1000}
CURL = "The same as a curl command"


@contextmanager
def open_page(browser: Browser, window: Any = WINDOW, **options: Any) -> Iterator[Page]:
    """Open an empty page that remembers nothing of other pages, and close it afterwards."""
    context = browser.new_context(viewport=window, reduced_motion="reduce", **options)
    context.set_default_timeout(MILLISECONDS_TO_WAIT)
    yield context.new_page()
    context.close()


class Log:
    """What a page asked for and complained about, from now on.

    Attributes:
        requested: The addresses of all requests and web sockets.
        complaints: Errors that were written to the console, or not caught.
    """

    def __init__(self, page: Page) -> None:
        self.requested: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("websocket", lambda socket: self.requested.append(socket.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" else None,
        )

    def elsewhere(self) -> list[str]:
        """Return the requested addresses that are not on this machine."""
        return [
            url
            for url in self.requested
            if urlsplit(url).scheme not in {"blob", "data", "file"}
            and urlsplit(url).hostname != "127.0.0.1"
        ]


def lines_of(text: str) -> list[str]:
    """Return the lines that say something; how they are spaced and set apart does not matter."""
    plain = (" ".join(line.replace("`", "").split()).rstrip(":") for line in text.splitlines())
    return [line for line in plain if line not in {"", "Request"}]


def seen_in(view: Locator) -> list[str]:
    """Return the lines that are seen of an annotated view, its curl command unfolded."""
    view.locator("details", has_text=CURL).first.evaluate("fold => { fold.open = true }")
    lines = lines_of(view.inner_text())
    view.locator("details", has_text=CURL).first.evaluate("fold => { fold.open = false }")
    return lines


def walk_through_folds(page: Page, view: Locator, *, at_most: int | None = None) -> None:
    """Open the folds of a view by keyboard alone, from the first to the last, and close them.

    Args:
        page: The page.
        view: The view; its folds are closed.
        at_most: How many of them; by default all, also those in others.

    Raises:
        AssertionError: A fold did not open or did not close, or was not reached.
    """
    every = min(view.locator("details").count(), at_most or sys.maxsize)
    assert every > 0
    view.locator("summary").first.focus()
    page.keyboard.press("Enter")
    for _ in range(every - 1):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    assert view.locator("details[open]").count() == every
    page.keyboard.press("Space")
    for _ in range(every - 1):
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
    assert view.locator("details[open]").count() == 0


def open_some_folds(view: Locator) -> None:
    """Open the first two folds of a view, so that both states of a fold are seen."""
    view.locator("details").evaluate_all("folds => folds.slice(0, 2).forEach(f => f.open = true)")


def photograph(page: Page, name: str, *, full_page: bool = False) -> None:
    """Store what is seen in the folder that BROWSER_SCREENSHOTS names, if it names one."""
    folder = os.environ.get("BROWSER_SCREENSHOTS")
    if folder:
        name = re.sub(r"\W+", "_", name.lower())
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=full_page)
