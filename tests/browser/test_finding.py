"""A test that cannot see says so: without a browser, and where axe-core is kept from judging."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser import axe
from tests.browser.conftest import find_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

FAULTS = {
    "contrast": ('<p style="color: #bbb">grey words</p>', "color-contrast"),
    "contrast of a number": ('<p>one <mark style="color: #ee0">①</mark></p>', "color-contrast"),
    "no name": ("<p>press <button></button></p>", "button-name"),
    "cut off": ('<div style="height: 0; overflow: hidden"><p>hidden words</p></div>', "not judged"),
    "gradient": (
        '<p style="background: linear-gradient(#000, #fff)">words</p>',
        "color-contrast",
    ),
}


def test_a_missing_browser_is_a_reason_to_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no browser is found, the reason names what was looked for."""
    monkeypatch.delenv("BROWSER_TESTS", raising=False)
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    with pytest.raises(pytest.skip.Exception, match="looked for /nowhere/chromium"):
        find_browser()


def test_a_missing_browser_is_a_failure_where_one_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With BROWSER_TESTS=required, nothing is skipped in silence."""
    monkeypatch.setenv("BROWSER_TESTS", "required")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(pytest.fail.Exception, match="looked for chromium, chromium-browser"):
        find_browser()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(page: Page, fault: str) -> None:
    """What is planted is reported, be it a violation or a text that was not judged."""
    planted, reported = FAULTS[fault]
    page.set_content(f'<html lang="en"><main>{planted}</main></html>')

    assert any(line.startswith(reported) for line in axe.faults(page, "main"))


def test_a_good_page_has_no_faults(page: Page) -> None:
    """Where all is well, nothing is reported."""
    page.set_content("<main><p>words <mark>①</mark></p></main>")

    assert axe.faults(page, "main") == []
